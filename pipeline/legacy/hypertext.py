"""From the tags of a page to its blocks.

The Markdown reader sends its tokens here too, since they are tags by another name. Nothing here recurses, and each tag
costs the same however deep it stands, so that a broken or hostile page is read in the time of its length.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

from pipeline.legacy.blocks import LINK, SUP, Block, Builder, Kind, marked
from pipeline.legacy.elements import BLOCK, HEADING, IMPLIED, LISTS, SILENT, VOID, furniture, hidden, is_dark
from pipeline.legacy.tags import tags

NEAR = 40  # so many elements up an element left open is looked for
STYLE_RULE = re.compile(r"([.#][\w-]+)\s*\{([^{}]{0,2000})\}")
CITING_ADDRESS = re.compile(r"#|https?://(?:\w+\.)*(?:ncbi\.nlm\.nih\.gov|doi\.org)/", re.IGNORECASE)
NUMBERS = re.compile(r"\[?\s*\d{1,3}(?:\s*[,;–-]\s*\d{1,3})*\s*\]?")


class _Open(NamedTuple):
    """An element that is open: what it and those around it make of its text."""

    tag: str
    why_hidden: str
    why_furniture: str
    dark: bool
    heading: int
    item: int
    anchor: str | None


class Scribe:
    """Writes the blocks of a page from its tags, in any state of repair."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.title: str | None = None
        self._open: list[_Open] = [_Open("", "", "", False, 0, 0, None)]
        self._count: Counter[str] = Counter()
        self._text = Builder()
        self._sheet: dict[str, str] = {}
        self._lists: list[int | None] = []
        self._items = 0
        self._label: str | None = None
        self._cells: list[Block] = []
        self._header = True
        self._silent = 0
        self._raised: list[str] | None = None
        self._address: str | None = None
        self._linked: list[str] = []
        self._waiting: list[tuple[str, int]] | None = None  # the text of a link that may turn out to be a marker
        self._line = 1

    def start(self, tag: str, attributes: Mapping[str, str | None], line: int) -> None:
        """An element begins."""
        self._line = line
        if tag in SILENT:
            self._silent += 1
        if tag in BLOCK or tag == "sup":
            self._release()
        if tag in BLOCK:
            self._flush()
            if self._count["p"] and tag != "br":
                self._close("p")
            if tag in IMPLIED:
                self._imply(*IMPLIED[tag])
        if tag in VOID:
            return
        above = self._open[-1]
        style = " ".join([attributes.get("style") or "", *self._styles(attributes)])
        dark = above.dark or is_dark(style)
        item = above.item
        if tag in LISTS:
            first = attributes.get("start") or "1"
            self._lists.append(int(first) if tag == "ol" and first.isdigit() and len(first) < 6 else None)
        elif tag == "li":
            self._items += 1
            item = self._items
            number = self._lists[-1] if self._lists else None
            self._label = str(number) if number is not None else None
            if number is not None:
                self._lists[-1] = number + 1
        elif tag == "tr":
            self._cells, self._header = [], True
        elif tag == "td":
            self._header = False
        elif tag == "sup" and self._raised is None:
            self._raised = []
        elif tag == "a":
            self._release()
            self._address, self._linked = attributes.get("href"), []
            self._waiting = [] if (self._address or "").startswith("#") and self._raised is None else None
        why_hidden, why_furniture = hidden(attributes, style, dark=dark), furniture(tag, attributes)
        if (why_hidden and not above.why_hidden) or (why_furniture and not above.why_furniture):
            self._flush()
        self._count[tag] += 1
        self._open.append(
            _Open(
                tag,
                above.why_hidden or why_hidden,
                above.why_furniture or why_furniture,
                dark,
                int(tag[1]) if HEADING.fullmatch(tag) else above.heading,
                item,
                attributes.get("id") or above.anchor,
            )
        )

    def end(self, tag: str) -> None:
        """An element ends; one that was never begun is passed over."""
        if tag in VOID or not self._count[tag]:
            return
        if tag in BLOCK:
            self._flush()
        if tag == "sup" and self._raised is not None:
            raised, self._raised = "".join(self._raised), None
            self._text.add(marked(SUP, " ".join(raised.split())), self._line)
        self._close(tag)

    def data(self, text: str, line: int) -> None:
        """Text stands in the innermost open element."""
        self._line = line
        if self._open[-1].tag == "style":
            for name, rule in STYLE_RULE.findall(text[:200_000]):
                self._sheet[name] = rule
        if self._silent:
            return
        if self._raised is not None:
            self._raised.append(text)
            return
        if self._address is not None:
            self._linked.append(text)
        if self._waiting is not None:
            self._waiting.append((text, line))
        else:
            self._text.add(text, line)

    def _release(self) -> None:
        """Let the text of a link be text."""
        waiting, self._waiting = self._waiting, None
        for text, line in waiting or ():
            self._text.add(text, line)

    def comment(self, text: str, line: int) -> None:
        """A comment, which nobody sees who reads the page."""
        if words := " ".join(text.split()):
            self.blocks.append(Block("hidden", words, ((0, line),), why="a comment of the source"))

    def finish(self) -> None:
        """The page ends, whatever is still open."""
        while len(self._open) > 1:
            self.end(self._open[-1].tag)
        self._flush()

    def _close(self, tag: str) -> None:
        """Take elements off the stack up to and with the innermost `tag`, which is there."""
        while True:
            closed, around = self._open[-1], self._open[-2]
            if (closed.why_hidden, closed.why_furniture) != (around.why_hidden, around.why_furniture):
                self._flush()
            self._open.pop()
            self._count[closed.tag] -= 1
            if closed.tag in SILENT:
                self._silent -= 1
            elif closed.tag in LISTS and self._lists:
                self._lists.pop()
            elif closed.tag == "tr":
                self._row()
            elif closed.tag == "a":
                self._link()
            elif closed.tag == "sup":
                self._raised = None
            if closed.tag == tag:
                return

    def _imply(self, ended: str, stop: str) -> None:
        for entry in self._open[: -NEAR - 1 : -1]:
            if entry.tag in stop.split():
                return
            if entry.tag in ended.split():
                self._flush()
                self._close(entry.tag)
                return

    def _link(self) -> None:
        """What a link says of a citation: its address, where that is a paper's or a place of this page."""
        address, self._address = self._address, None
        words = "".join(self._linked).strip()
        if self._waiting is not None and NUMBERS.fullmatch(words):
            self._waiting = None
            self._text.add(marked(SUP, words), self._line)
            return
        self._release()
        if address is None or not CITING_ADDRESS.match(address) or self._raised is not None:
            return
        if not (address.startswith("#") and re.fullmatch(r"\[[^\]]+\]", words)):
            self._text.add(marked(LINK, f"{address} {words if NUMBERS.fullmatch(words) else ''}".strip()), self._line)

    def _styles(self, attributes: Mapping[str, str | None]) -> list[str]:
        names = [f".{name}" for name in (attributes.get("class") or "").split()[:20]]
        names += [f"#{attributes['id']}"] if attributes.get("id") else []
        return [self._sheet[name] for name in names if name in self._sheet]

    def _flush(self) -> None:
        self._release()
        text, starts = self._text.take()
        if not text:
            return
        here = self._open[-1]
        if here.tag == "title" or (self._count["title"] and self._count["head"]):
            self.title = self.title or text
            return
        kind: Kind = "text"
        if here.why_hidden:
            kind = "hidden"
        elif here.why_furniture:
            kind = "furniture"
        elif here.heading:
            kind = "heading"
        elif self._count["td"] or self._count["th"]:
            self._cells.append(Block("row", text, starts, anchor=here.anchor))
            return
        elif here.item:
            kind = "item"
        level = here.heading if kind == "heading" else here.item
        label, self._label = (self._label, None) if kind == "item" else (None, self._label)
        why = here.why_hidden or here.why_furniture
        self.blocks.append(Block(kind, text, starts, level, label, here.anchor, why))

    def _row(self) -> None:
        cells, self._cells = self._cells, []
        if not cells:
            return
        starts: list[tuple[int, int]] = []
        text = ""
        for cell in cells:
            text += "; " if text else ""
            starts += [(start + len(text), line) for start, line in cell.starts]
            text += cell.text
        self.blocks.append(Block("row", text, tuple(starts), int(self._header)))


def write_html(source: str, scribe: Scribe, line: int = 1) -> None:
    """Send HTML through a scribe; `line` is that in which it begins."""
    for tag in tags(source, line):
        if tag.kind == "text":
            scribe.data(tag.text, tag.line)
        elif tag.kind == "comment":
            scribe.comment(tag.text, tag.line)
        elif tag.kind == "end":
            scribe.end(tag.text)
        else:
            scribe.start(tag.text, tag.attributes, tag.line)
            if tag.kind == "empty" and tag.text in SILENT:
                scribe.end(tag.text)


def html_blocks(source: str) -> tuple[str | None, list[Block]]:
    """The title that a page of HTML gives itself, and its blocks."""
    scribe = Scribe()
    write_html(source, scribe)
    scribe.finish()
    return scribe.title, scribe.blocks
