"""An existing page, in text, Markdown or HTML, as sections, sentences with their citations, and references."""

from __future__ import annotations

from pipeline.legacy.blocks import Block
from pipeline.legacy.files import markup_of, text_of
from pipeline.legacy.hypertext import html_blocks
from pipeline.legacy.markdown import markdown_blocks
from pipeline.legacy.plain import plain_blocks
from pipeline.legacy.reading import page_of
from pipeline.models.pages import Page


def read_page(raw: bytes, name: str) -> Page:
    """The page in the bytes of a file called `name`. Raises FormatError where they are no text."""
    text = text_of(raw, name)
    readers = {"html": html_blocks, "markdown": markdown_blocks, "plain": plain_blocks}
    title, blocks = readers[markup_of(text, name)](text)
    return page_of(title, [block for block in blocks if _worded(block)])


def _worded(block: Block) -> bool:
    return any(char.isalnum() for char in block.text)
