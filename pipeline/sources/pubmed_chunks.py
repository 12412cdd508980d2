"""A whole file of PubMed XML in chunks of whole elements, each of which any process can parse.

One process reads and decompresses, and cuts where a record ends; what a chunk holds is found where it is parsed. Both
know only what NLM's files are made of. Whatever else stands in a file, damage above all, is neither judged nor
explained here: from there on the file is left to `pubmed_xml.records`. So the elements of a chunk are either all
well-formed and give just what `records` gives, or the chunk gives nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import partial
from io import BytesIO
from itertools import chain
from pathlib import Path
from typing import NamedTuple
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from isal import igzip_lib

from pipeline.errors import FormatError
from pipeline.sources.pubmed_record import article
from pipeline.sources.pubmed_xml import Record, records
from pipeline.sources.update_files import GZIP, LONGEST_ELEMENT, ROOT, UNITS, decompressed

CHUNK = 2**20  # bytes; some hundred records, a twentieth of a second
_RECORD_END = b"</PubmedArticle>"
_CLOSING = re.compile(rb"</(?P<set>Pubmed(?:Book)?ArticleSet)[ \t\r\n]*>[ \t\r\n]*\Z")
_UNIT = re.compile(rb"[ \t\r\n]*<(?P<name>%b)[ \t\r\n>]" % b"|".join(UNITS))
_BLANK = re.compile(rb"[ \t\r\n]*")


class Chunk(NamedTuple):
    """Whole elements. `summed`: a checksum at the end of their file vouches for them."""

    xml: bytes
    summed: bool


def chunks(path: Path) -> Iterator[Chunk | None]:
    """The elements of the set in `path`, in order, in one chunk at least.

    The last is None where the file goes on in another way than NLM's do, cannot be read, or is damaged.
    """
    try:
        if not path.is_file():  # a pipe can be read only once
            yield None
            return
        with path.open("rb") as file:
            packed = file.read(len(GZIP)) == GZIP
            file.seek(0)
            blocks = iter(partial(file.read, 2**17 if packed else CHUNK), b"")
            for xml in _cut(decompressed(blocks) if packed else blocks):
                yield None if xml is None else Chunk(xml, packed)
    except (OSError, EOFError, igzip_lib.IsalError):  # type: ignore[misc]  # its stub gives an instance for the class
        yield None


def _cut(blocks: Iterable[bytes]) -> Iterator[bytes | None]:
    held, root = b"", None
    for block in chain(blocks, (b"",)):  # the empty one is the end
        held += block
        if block and len(held) < CHUNK:
            continue
        if root is None:
            root = ROOT.match(held)
            if not root or root["empty"] or not _sound(root):
                break
            held = held[root.end() :]
        if not block:
            closing = _CLOSING.search(held)
            if not closing or closing["set"] != root["set"]:
                break
            yield held[: closing.start()]
            return
        end = held.rfind(_RECORD_END) + len(_RECORD_END)
        if end >= len(_RECORD_END):
            yield held[:end]
            held = held[end:]
        elif len(held) > LONGEST_ELEMENT:
            break
    yield None


def _sound(root: re.Match[bytes]) -> bool:
    """Whether what stands up to the first element is well-formed, and begins a set."""
    try:
        return not list(records(BytesIO(b"%b</%b>" % (root[0], root["set"]))))
    except FormatError:
        return False


def parsed(chunk: Chunk) -> list[Record] | None:
    """The records of a chunk, each with its own bytes; None where it is not wholly as NLM writes them.

    Where a checksum vouches for the file, what is never read of a record is not looked at.
    """
    text = chunk.xml
    hasty = chunk.summed and b"<!" not in text and b"<?" not in text  # within these what looks like a tag is none
    found: list[Record] = []
    names: dict[str, str] = {}
    at = 0
    try:
        while start := _UNIT.match(text, at):
            closing = b"</%b>" % start["name"]
            at = text.index(closing, start.end()) + len(closing)
            xml = text[start.start("name") - 1 : at]
            element = _tree(_read(xml) if hasty else xml, names)
            if not start["name"].startswith(b"Delete"):
                found.append(Record(article(element), xml))
    except (expat.ExpatError, FormatError, RecursionError, ValueError):  # the last: an end that is missing
        return None
    return found if _BLANK.fullmatch(text, at) else None


def _read(xml: bytes) -> bytes:
    """A record without its history and its references, which stand behind the citation and are never read.

    Where another record begins in them, the end of this one is written in another way than NLM's, and all of it is left
    to the parser, which refuses it.
    """
    citation = xml.find(b"</MedlineCitation>")
    for name in (b"History", b"ReferenceList") if citation > 0 else ():
        start = xml.find(b"<%b>" % name, citation)
        end = xml.rfind(b"</%b>" % name, start)
        if 0 < start < end and xml.find(b"<Pubmed", start, end) < 0:
            xml = xml[:start] + xml[end + len(name) + 3 :]
    return xml


def _tree(xml: bytes, names: dict[str, str]) -> Element:
    """One element, which expat hands to the tree builder without a step of Python. `names` are those met so far."""
    builder = TreeBuilder()
    parser = expat.ParserCreate("utf-8", None, names)
    parser.buffer_text = True
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.data
    parser.Parse(xml, True)
    return builder.close()
