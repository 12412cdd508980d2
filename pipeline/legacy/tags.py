"""The tags of a page of HTML, one after the other, in the time of its length however broken it is.

The parser of the standard library takes the square of that time for tags and comments that never close.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import Literal, NamedTuple

_NAME = re.compile(r"[A-Za-z][\w:-]*")
_ATTRIBUTE = re.compile(r"""([^\s"'<>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?""")
_RAW_END = {name: re.compile(rf"</{name}\b", re.IGNORECASE) for name in ("script", "style", "textarea", "noscript")}
MOST_ATTRIBUTES = 100
TRIES = 5  # a tag whose quotation marks are open at its first `>` is looked for as far as so many further ones


class Tag(NamedTuple):
    """A tag, a text or a comment, with the line in which it begins."""

    kind: Literal["start", "end", "empty", "text", "comment"]
    text: str
    line: int
    attributes: dict[str, str | None] = {}  # noqa: RUF012  never changed


def _end_of(source: str, start: int) -> int:
    """The index of the `>` that ends the tag at `start`, or -1; quoted ones do not end it."""
    end = first = source.find(">", start)
    marks = quoted = 0
    for _ in range(TRIES):
        if end < 0:
            break
        quoted += source.count('"', start, end)
        marks += source.count("'", start, end)
        if quoted % 2 == 0 and (marks % 2 == 0 or quoted):
            return end
        start, end = end, source.find(">", end + 1)
    return first


def _attributes(text: str) -> dict[str, str | None]:
    found: dict[str, str | None] = {}
    for number, match in enumerate(_ATTRIBUTE.finditer(text[:20_000])):
        if number == MOST_ATTRIBUTES:
            break
        name, *values = match.groups()
        value = next((v for v in values if v is not None), None)
        found.setdefault(name.lower(), unescape(value) if value is not None else None)
    return found


def tags(source: str, line: int = 1) -> Iterator[Tag]:
    """The tags, texts and comments of `source`, whose first line is `line`. What is no tag is text."""
    place = told = 0
    text_from = 0

    def text(end: int) -> Iterator[Tag]:
        if end > text_from:
            yield Tag("text", unescape(source[text_from:end]), line)

    while (place := source.find("<", place)) >= 0:
        after = source[place + 1 : place + 2]
        name = _NAME.match(source, place + (2 if after == "/" else 1)) if after.isalpha() or after == "/" else None
        if name is None and after not in ("!", "?"):
            place += 1
            continue
        yield from text(place)
        line += source.count("\n", told, place)
        told = place
        if source.startswith("<!--", place):
            end = source.find("-->", place + 4)
            end = end if end >= 0 else len(source)
            yield Tag("comment", source[place + 4 : end], line)
            place = end + 3
        elif name is None:
            end = source.find(">", place)
            place = (end if end >= 0 else len(source)) + 1
        else:
            end = _end_of(source, place)
            if end < 0:
                text_from = place
                break
            word = name.group().lower()
            if after == "/":
                yield Tag("end", word, line)
            else:
                inner = source[name.end() : end]
                yield Tag("empty" if inner.endswith("/") else "start", word, line, _attributes(inner))
            place = end + 1
            if after != "/" and word in _RAW_END:
                closing = _RAW_END[word].search(source, place)
                text_from, place = place, closing.start() if closing else len(source)
                line += source.count("\n", told, text_from)
                told = text_from
                yield from text(place)
        line += source.count("\n", told, place)
        told = text_from = min(place, len(source))
    yield from text(len(source))
