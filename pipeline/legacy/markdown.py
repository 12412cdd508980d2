"""From Markdown to the blocks of a page: its tokens are tags by another name, and footnotes are taken out before."""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.token import Token

from pipeline.legacy.blocks import Block, Builder
from pipeline.legacy.hypertext import Scribe, write_html

NOTE = re.compile(r" {0,3}\[\^([^\]\s]{1,60})\]:[ \t]*(.*)")
FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
FRONT_MATTER = re.compile(r"---\n(?:.*\n){0,200}?(?:---|\.\.\.)\n")
LONGEST = 20_000  # characters of a paragraph that are searched for markup; the search takes the square of a longer one
TITLED = re.compile(r"^title:\s*[\"']?(.+?)[\"']?\s*$", re.MULTILINE)


def _without_notes(lines: list[str]) -> list[Block]:
    """The footnotes of a page as blocks; in `lines` empty ones are left in their place."""
    notes: list[Block] = []
    number, fenced = 0, ""
    while number < len(lines):
        if fence := FENCE.match(lines[number]):
            fenced = "" if fenced == fence.group(1)[:3] else fenced or fence.group(1)[:3]
        note = NOTE.match(lines[number]) if not fenced else None
        if note is None:
            number += 1
            continue
        text = Builder()
        text.add(note.group(2), number + 1)
        lines[number] = ""
        number += 1
        while number < len(lines) and lines[number].strip() and not NOTE.match(lines[number]):
            text.add("\n" + lines[number], number)
            lines[number] = ""
            number += 1
        words, starts = text.take()
        if words:
            notes.append(Block("note", words, starts, label=note.group(1)))
    return notes


def _inline(parser: MarkdownIt, content: str, scribe: Scribe, line: int) -> None:
    if len(content) > LONGEST:
        scribe.data(content, line)
        return
    children: list[Token] = []
    parser.inline.parse(content, parser, {}, children)
    for child in children:
        if child.type in ("softbreak", "hardbreak"):
            line += 1
            scribe.data("\n", line - 1)
        elif child.type == "html_inline":
            write_html(child.content, scribe, line)
        elif child.nesting > 0:
            scribe.start(child.tag, {name: str(value) for name, value in child.attrs.items()}, line)
        elif child.nesting < 0:
            scribe.end(child.tag)
        elif child.type != "image":
            scribe.data(child.content, line)


def markdown_blocks(source: str) -> tuple[str | None, list[Block]]:
    """The title in a page's front matter, and its blocks, footnotes last."""
    title = None
    if front := FRONT_MATTER.match(source):
        named = TITLED.search(front.group())
        title = named.group(1) if named else None
        source = "\n" * front.group().count("\n") + source[front.end() :]
    lines = source.split("\n")
    notes = _without_notes(lines)
    parser = MarkdownIt("commonmark", {"maxNesting": 60}).enable("table")
    parser.core.ruler.disable("inline")
    scribe = Scribe()
    for token in parser.parse("\n".join(lines)):
        line = token.map[0] + 1 if token.map else 1
        if token.type == "inline":
            _inline(parser, token.content, scribe, line)
        elif token.type == "html_block":
            write_html(token.content, scribe, line)
        elif token.nesting > 0:
            scribe.start(token.tag, {name: str(value) for name, value in token.attrs.items()}, line)
        elif token.nesting < 0:
            scribe.end(token.tag)
        elif token.content:
            scribe.start("pre", {}, line)
            scribe.data(token.content, line)
            scribe.end("pre")
    scribe.finish()
    return title or scribe.title, [*scribe.blocks, *notes]
