"""A page as a run of blocks, which is all that its three readers have to agree on.

A reader puts what its markup says of citations into the text of a block, between two characters that no page may
bring itself: `SUP` and a raised text, `LINK` and the address of a link.
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

OPEN, CLOSE = "\ue000", "\ue001"
SUP, LINK = "^", "@"
SENTINEL = re.compile(f"{OPEN}(.)([^{CLOSE}]*){CLOSE}")
# What the address of a link says of the paper behind it.
LINKED_PMID = re.compile(r"ncbi\.nlm\.nih\.gov/(?:pubmed/)?([1-9]\d{0,8})(?:[/?#]|$)")
LINKED_DOI = re.compile(r"doi\.org/(10\.\d{4,9}/\S+)")

Kind = Literal["heading", "text", "item", "row", "furniture", "hidden", "note"]


class Block(NamedTuple):
    """A heading, a paragraph, an item of a list, a row of a table, or a piece that is no text of the page.

    `starts` are pairs of offset and line: from that offset on `text` stands in that line of the file. `label` is the
    number of an item or the name of a footnote, `anchor` an id that links may point at. `why` says of furniture and of
    hidden text what makes it so.
    """

    kind: Kind
    text: str
    starts: tuple[tuple[int, int], ...]
    level: int = 0
    label: str | None = None
    anchor: str | None = None
    why: str = ""

    @property
    def line(self) -> int:
        """The line in which the block begins."""
        return self.starts[0][1]

    def line_at(self, offset: int) -> int:
        """The line in which the character at `offset` of the text stands."""
        found = self.starts[0][1]
        for start, line in self.starts:
            if start > offset:
                break
            found = line
        return found


def marked(kind: str, content: str) -> str:
    """What markup says of a citation, as it stands in the text of a block."""
    return f"{OPEN}{kind}{content}{CLOSE}"


def words_of(block: Block) -> str:
    """The text of a block as a reader sees it."""
    return SENTINEL.sub("", block.text).strip()


class Builder:
    """Text gathered piece by piece, white space collapsed, each piece with its line."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._starts: list[tuple[int, int]] = []
        self._length = 0
        self._spaced = True

    def add(self, text: str, line: int) -> None:
        """Append text that begins in `line` of the file."""
        for number, part in enumerate(text.split("\n")):
            words = " ".join(part.split())
            if number or part[:1].isspace():
                self._space()
            if not words:
                continue
            if not self._starts or self._starts[-1][1] != line + number:
                self._starts.append((self._length, line + number))
            self._pieces.append(words)
            self._length += len(words)
            self._spaced = False
            if part[-1:].isspace():
                self._space()

    def _space(self) -> None:
        if not self._spaced:
            self._pieces.append(" ")
            self._length += 1
            self._spaced = True

    def take(self) -> tuple[str, tuple[tuple[int, int], ...]]:
        """What was gathered, with its lines; the builder is empty afterwards."""
        text, starts = "".join(self._pieces).rstrip(), tuple(self._starts)
        self._pieces, self._starts, self._length, self._spaced = [], [], 0, True
        return text, starts
