"""A list of references in plain text, told apart: numbered, bulleted, by blank lines, or one a line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_HEADING = re.compile(
    r"\W{0,8}(?:references?|bibliography|literature(?: cited)?|sources|works cited|citations|reference list)\W{0,6}",
    re.IGNORECASE,
)
_MARKER = re.compile(
    r"\s*(?:[-*+•·‣▪●–—]\s*)?(?:\[\^?(?P<square>\d{1,5})\]:?|\((?P<round>\d{1,5})\)(?=\s*\D)|(?P<plain>\d{1,5})[.)](?=\s|$|[^\W\d])"
    r"|(?P<tab>\d{1,5})\t|\[\^[\w.-]+\]:)\s*"
)
_BULLET = re.compile(r"\s*(?:[-*+•·‣▪●–—])\s+(?=\S)")
_COMPLETE = re.compile(
    r"(?<!\d)(?:1[6-9]|20)\d\d(?!\d)|\b10\.\d{4,9}/|\bPMID\b|pubmed\.ncbi|^\W*\d{5,9}\W*$", re.IGNORECASE
)
_IDENTIFIER = re.compile(r"\W*(?:(?:PMID|doi)\b\W*)?(?:https?://\S+|10\.\d{4,9}/\S+|\d{4,9})\W*", re.IGNORECASE)
_LOWER = re.compile(r"\s*[a-zà-öø-ÿ]")
_FURTHER = re.compile(
    r"\s*(?:https?://(?!\S*pubmed)|doi\b|PMC?ID\b|epub\b|available\b|accessed\b|retrieved\b|in:|[;:,)&])", re.IGNORECASE
)
_CLOSED = re.compile(r"[.!?)\]\d/\"'”>]\s*$")
_WRAPPED, _LEAST = 120, 60  # columns: a wrapped text has no longer line, and breaks no earlier
_LONGEST = 20_000  # characters of a line that are looked at
_JUMP = 30  # numbers that may be missing in a numbered list


class Entry(NamedTuple):
    """One reference as it was written, without the mark of the list, and the line on which it begins."""

    text: str
    line: int


def entries(text: str) -> tuple[Entry, ...]:
    """The references of a text, in order. What stands before a heading for them is no part of the list."""
    lines = [line[:_LONGEST] for line in text.splitlines()]
    headings = [n for n, line in enumerate(lines) if _HEADING.fullmatch(line.strip())]
    headings = [n for n in headings if any(line.strip() for line in lines[n + 1 :])]
    first = headings[-1] + 1 if headings else 0
    numbered = [(number, line) for number, line in enumerate(lines[first:], first + 1)]
    marked = list(_marked(numbered))
    if marked:
        return tuple(marked)
    return tuple(_unmarked(numbered))


def _marked(lines: list[tuple[int, str]]) -> Iterator[Entry]:
    """The entries of a list with marks. A line without one belongs to the entry before it as long as that is not whole,
    or where it is indented or cannot begin anything."""
    count = sum(1 for _, line in lines if _MARKER.match(line) or _BULLET.match(line))
    filled = sum(1 for _, line in lines if line.strip())
    if not count or (count == 1 and filled > 1 and not (_MARKER.match(lines[0][1]) or _BULLET.match(lines[0][1]))):
        return
    by_number = sum(1 for _, line in lines if _MARKER.match(line)) >= 1
    begun: list[str] = []
    start, last, blank, open_ = 0, 0, False, False
    for number, line in lines:
        match = _MARKER.match(line) or (None if by_number else _BULLET.match(line))
        if match and by_number:
            value = next((int(match[name]) for name in ("square", "round", "plain", "tab") if match[name]), None)
            if value is not None and not (value == 1 or (last < value <= last + _JUMP) or not last):
                match = None
            else:
                last = value if value is not None else last
        if match:
            if begun:
                yield Entry(_joined(begun), start)
            begun, start, blank, open_ = [line[match.end() :].strip()], number, False, True
        elif not line.strip():
            blank = True
        elif open_:
            whole = _COMPLETE.search(" ".join(begun)) and _CLOSED.search(begun[-1])
            indented = line[:1].isspace()
            if not whole or (not blank and (indented or _FURTHER.match(line) or _LOWER.match(line))):
                begun.append(line.strip())
            else:
                open_ = False
    if begun and any(begun):
        yield Entry(_joined(begun), start)


def _unmarked(lines: list[tuple[int, str]]) -> Iterator[Entry]:
    """The entries of a text without marks: blocks between blank lines, or single lines that may be wrapped."""
    blocks: list[list[tuple[int, str]]] = [[]]
    for number, line in lines:
        if line.strip():
            blocks[-1].append((number, line))
        elif blocks[-1]:
            blocks.append([])
    blocks = [block for block in blocks if block]
    for block in blocks:
        yield from _block(block, alone=len(blocks) == 1)


def _block(block: list[tuple[int, str]], *, alone: bool) -> Iterator[Entry]:
    complete = [bool(_COMPLETE.search(line)) for _, line in block]
    if not alone and len(block) > 1 and not all(complete):
        parts = [line for _, line in block]
        if sum(complete) <= 1 or any(_LOWER.match(line) for line in parts):
            yield Entry(_joined([line.strip() for line in parts]), block[0][0])
            return
    hanging = any(line[:1].isspace() for _, line in block[1:]) and not block[0][1][:1].isspace()
    widest = max(len(line) for _, line in block)
    begun: list[str] = []
    start = block[0][0]
    for number, line in block:
        if begun and not _continues(begun, line, hanging=hanging, wrapped=widest <= _WRAPPED and any(complete)):
            yield Entry(_joined(begun), start)
            begun = []
        start = start if begun else number
        begun.append(line.strip())
    yield Entry(_joined(begun), start)


def _continues(begun: list[str], line: str, *, hanging: bool, wrapped: bool) -> bool:
    """True where a line goes on with the entry before it."""
    if hanging and line[:1].isspace():
        return True
    if _FURTHER.match(line):
        return len(begun) > 1 or not _IDENTIFIER.fullmatch(begun[0])
    if _LOWER.match(line):
        return not (_COMPLETE.search(" ".join(begun)) and _CLOSED.search(begun[-1]))
    if hanging or not wrapped:
        return False
    whole = _COMPLETE.search(" ".join(begun)) is not None
    if len(begun[-1]) < _LEAST:
        return False
    return not whole or not _CLOSED.search(begun[-1])


def _joined(lines: list[str]) -> str:
    return " ".join(line for line in lines if line)
