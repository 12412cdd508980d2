"""PubMed XML, from EFetch or from a whole NLM file, one record at a time.

Memory stays flat: expat feeds a fresh tree builder for each record, and nothing of a record is kept once it was
yielded. Nothing is ever fetched: an external DTD is left alone, and a document that declares entities is refused.
"""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple, NoReturn, cast
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from pipeline.errors import FormatError
from pipeline.models.sources import Article
from pipeline.sources.pubmed_markup import plain
from pipeline.sources.pubmed_record import article

_SETS = frozenset({"PubmedArticleSet", "PubmedBookArticleSet"})
_RECORDS = frozenset({"PubmedArticle", "PubmedBookArticle"})
_DELETIONS = frozenset({"DeleteCitation", "DeleteDocument"})
_UNITS = _RECORDS | _DELETIONS

_UNREAD = frozenset({"History", "Reference"})

_CHUNK = 2**16
_GZIP = b"\x1f\x8b"
_ERROR = re.compile(rb"<ERROR>([^<]*)</ERROR>")
_HTML = re.compile(rb"<(?:!doctype\s+)?html\b", re.IGNORECASE)
_AGAIN = "Fetch or download it again; NLM gives an .md5 file with each of its own."
_WHAT = "Give PubMed XML: an EFetch reply (rettype=xml) or a file of NLM's baseline or updates."


class Record(NamedTuple):
    """A record, and its own element as it stood in the input (UTF-8; empty where it was not asked for)."""

    article: Article
    xml: bytes


def open_file(path: Path) -> BinaryIO:
    """The bytes of `path`, decompressed where they are gzip (told by their first bytes, not by the name).

    Raises FormatError where the file cannot be opened.
    """
    try:
        file = path.open("rb")
        if file.read(len(_GZIP)) != _GZIP:
            file.seek(0)
            return file
        file.close()
        return cast(BinaryIO, gzip.open(path, "rb"))
    except OSError as error:
        raise FormatError(
            f"{path} cannot be read: {error.strerror}", "Name a file that exists and that you may read."
        ) from error


def records(stream: BinaryIO, *, keep_xml: bool = True, deleted: list[str] | None = None) -> Iterator[Record]:
    """The records of `stream`, in order: papers and books of a set, or a single one.

    PMIDs that the file says NLM deleted are appended to `deleted`. An empty set is valid and yields nothing.

    Raises FormatError for anything else than whole PubMed XML: an error reply, HTML, JSON, an empty body, a broken or
    truncated document or .gz, a declared entity. All complete records before the fault are yielded first.
    """
    cutter = _Cutter(keep_xml)
    read = getattr(stream, "read1", stream.read)  # read() of a truncated .gz would withhold the bytes before the end
    count = 0
    while not cutter.ended:
        fault: Exception | None = None
        try:
            cutter.feed(read(_CHUNK))
        except (FormatError, expat.ExpatError, EOFError, zlib.error, gzip.BadGzipFile) as error:
            fault = error
        for element, xml in cutter.taken():
            if element.tag in _RECORDS:
                count += 1
                yield Record(_article(element), xml)
            elif deleted is not None:
                deleted.extend(plain(pmid) for pmid in element.findall("PMID"))
        if isinstance(fault, FormatError):
            raise fault
        if fault:
            raise _broken(fault, count, cutter.ended) from fault


def _article(element: Element) -> Article:
    try:
        return article(element)
    except RecursionError as error:
        raise FormatError("a PubMed record is nested too deeply to be one", _AGAIN) from error


def _broken(fault: Exception, count: int, ended: bool) -> FormatError:
    after = f"after {count} whole record{'' if count == 1 else 's'}"
    if isinstance(fault, EOFError) or (ended and isinstance(fault, expat.ExpatError)):
        return FormatError(f"the PubMed XML ends too early, {after}", _AGAIN, retryable=True)
    kind = "is no well-formed XML" if isinstance(fault, expat.ExpatError) else "is damaged as a .gz file"
    return FormatError(f"the PubMed XML {kind} ({fault}), {after}", _AGAIN, retryable=True)


class _Cutter:
    """Cuts bytes into the elements below the root.

    Within a record expat calls the C methods of the tree builder directly, which is what makes this fast. The bytes
    of the open record are kept, so that it can be handed out as it stood.
    """

    def __init__(self, keep_xml: bool) -> None:
        self.ended = False
        self._keep_xml = keep_xml
        self._rooted = False
        self._done: list[tuple[Element, bytes]] = []
        self._builder = TreeBuilder()
        self._unit = ""
        self._start = 0
        self._chunk = b""
        self._bytes = bytearray()
        self._offset = 0  # of _bytes in the whole input
        self._expat = expat.ParserCreate("utf-8")
        self._expat.buffer_text = True
        self._expat.buffer_size = _CHUNK
        self._expat.EntityDeclHandler = self._entity
        self._expat.StartElementHandler = self._open

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes, none at the end of the input."""
        if not self._offset and not self._bytes and not self._rooted:
            self._look(chunk)
        self.ended = not chunk
        self._chunk = chunk
        if self._keep_xml:
            self._bytes += chunk
        self._expat.Parse(chunk, self.ended)
        if self._keep_xml:
            used = self._start - self._offset if self._unit else len(self._bytes)
            del self._bytes[:used]
            self._offset += used

    def taken(self) -> list[tuple[Element, bytes]]:
        """The elements completed since the last call."""
        done, self._done = self._done, []
        return done

    def _look(self, chunk: bytes) -> None:
        """Refuse, by its first bytes, what is not XML. Such a body is not quoted: NCBI's echoes the API key."""
        head = chunk.removeprefix(b"\xef\xbb\xbf").lstrip()
        if not head:
            raise FormatError("the body is empty where PubMed XML was expected", _AGAIN, retryable=True)
        if _HTML.match(head):
            what = "HTML"
        elif not head.startswith(b"<"):
            what = "JSON" if head.startswith((b"{", b"[")) else "no XML"
        else:
            return
        raise FormatError(f"the body is {what} where PubMed XML was expected", _WHAT, retryable=True)

    def _entity(self, *_: object) -> NoReturn:
        raise FormatError("the document declares XML entities, which PubMed never does", _WHAT)

    def _open(self, tag: str, attributes: dict[str, str]) -> None:
        if tag in _UNITS and (self._rooted or tag in _RECORDS):
            self._unit = tag
            self._start = self._expat.CurrentByteIndex
            self._builder = TreeBuilder()
            self._builder.start(tag, attributes)
            self._expat.StartElementHandler = self._builder.start
            self._expat.CharacterDataHandler = self._builder.data
            self._expat.EndElementHandler = self._close
        elif self._rooted or tag not in _SETS:
            self._refuse(tag)
        self._rooted = True

    def _close(self, tag: str) -> None:
        element = self._builder.end(tag)
        if tag == self._unit:
            xml = b""
            if self._keep_xml:
                end = self._bytes.index(b">", self._expat.CurrentByteIndex - self._offset) + 1
                xml = bytes(self._bytes[self._start - self._offset : end])
            self._done.append((element, xml))
            self._unit = ""
            self._expat.StartElementHandler = self._open
            self._expat.CharacterDataHandler = None
            self._expat.EndElementHandler = None
        elif tag == "MedlineCitation":
            self._expat.StartElementHandler = self._skim

    def _skim(self, tag: str, attributes: dict[str, str]) -> None:
        if tag in _UNREAD:
            self._unread = tag
            self._expat.StartElementHandler = None
            self._expat.CharacterDataHandler = None
            self._expat.EndElementHandler = self._resume
        else:
            self._builder.start(tag, attributes)

    def _resume(self, tag: str) -> None:
        if tag == self._unread:
            self._expat.StartElementHandler = self._skim
            self._expat.CharacterDataHandler = self._builder.data
            self._expat.EndElementHandler = self._close

    def _refuse(self, tag: str) -> NoReturn:
        if error := _ERROR.search(self._chunk):
            said = " ".join(error[1].decode("utf-8", "replace").split())[:200]
            raise FormatError(f"PubMed answered with an error: {said}", "Check the identifiers and the query.")
        raise FormatError(f"the document holds <{tag}> where PubMed records were expected", _WHAT)
