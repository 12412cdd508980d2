"""From the bytes of a page to its text and its markup: a page that cannot be read says why."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

from pipeline.errors import FormatError
from pipeline.legacy.blocks import CLOSE, OPEN
from pipeline.text import decoded

LARGEST = 5_000_000  # bytes; the longest review article is below 1 MB
MARKUP = Literal["html", "markdown", "plain"]
BY_NAME: dict[str, MARKUP] = {
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".md": "markdown",
    ".markdown": "markdown",
}
_HTML = re.compile(
    r"\s*(?:<!--.*?-->\s*)*<(?:!doctype html|html|head|body|article|main|div|h1|p)\b", re.IGNORECASE | re.DOTALL
)
_MARKDOWN = re.compile(r"^(?:#{1,6} \S|\[\^[^\]\s]+\]: )|\]\(https?://|^\|(?: *:?-{3,}:? *\|)+ *$", re.MULTILINE)


def read_bytes(path: Path) -> bytes:
    """The bytes of a page. Raises FormatError for what is no file, cannot be read, or is larger than a page can be."""
    try:
        if path.is_dir():
            raise FormatError(f"{path} is a directory", "name a page: a file of text, Markdown or HTML")
        size = path.stat().st_size
        if size > LARGEST:
            raise FormatError(
                f"{path} has {size / 1e6:.0f} MB, and a page has {LARGEST / 1e6:.0f} MB at most",
                "audit the page itself, not a dump of the site",
            )
        with path.open("rb") as file:  # a device or a pipe has no size that could be asked
            raw = file.read(LARGEST + 1)
    except (OSError, ValueError) as error:  # ValueError: a name with a null character
        why = getattr(error, "strerror", None) or error
        raise FormatError(f"cannot read {path}: {why}", "name a page: a file of text, Markdown or HTML") from error
    if len(raw) > LARGEST:
        raise FormatError(f"{path} has more than {LARGEST / 1e6:.0f} MB", "audit the page itself")
    return raw


def text_of(raw: bytes, name: str) -> str:
    """The text of a page, its line ends made one kind. Raises FormatError for what is no text.

    The two characters that readers use among themselves do not come through.
    """
    text = decoded(raw)
    if text is None:
        raise FormatError(f"{name} is no text", "save the page as text, Markdown or HTML first")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return re.sub(f"[{OPEN}{CLOSE}\f\v\x1c-\x1e\x85\u2028\u2029]", " ", text)


def markup_of(text: str, name: str) -> MARKUP:
    """How a page is marked up: by the ending of its name, else by how it begins and what stands in it."""
    known = BY_NAME.get(Path(name).suffix.lower())
    if known:
        return known
    if _HTML.match(text[:5000]):
        return "html"
    return "markdown" if _MARKDOWN.search(text) else "plain"
