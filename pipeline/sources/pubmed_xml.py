"""PubMed XML, from EFetch or from a whole NLM file, one record at a time.

Memory stays flat: expat feeds a fresh tree builder for each record, and nothing of a record is kept once it was
yielded. Nothing is ever fetched: an external DTD is left alone, and a document that declares entities, or uses any
that XML does not define itself, is refused.
"""

from __future__ import annotations

import codecs
import gzip
import re
import zlib
from collections.abc import Callable, Iterator
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
_UNITS = _RECORDS | {"DeleteCitation", "DeleteDocument"}
_UNREAD = frozenset({"History", "Reference"})

_CHUNK = 2**16
_GZIP = b"\x1f\x8b"
_HTML = re.compile(rb"<(?:!doctype\s+)?html\b", re.IGNORECASE)
_ERROR = re.compile(rb"<ERROR>([^<]*)</ERROR>")

_AGAIN = "Fetch or download it again; NLM gives an .md5 file with each of its own."
_GIVE = "Give PubMed XML: an EFetch reply (retmode=xml), or a file of NLM's baseline or updates."


class Record(NamedTuple):
    """A record, and its own element as it stood in the input (UTF-8; empty where it was not asked for)."""

    article: Article
    xml: bytes


def open_file(path: Path) -> BinaryIO:
    """The bytes of `path`, decompressed where they are gzip (told by their first bytes, not by the name).

    Raises FormatError where the file cannot be opened.
    """
    try:
        with path.open("rb") as file:
            compressed = file.read(len(_GZIP)) == _GZIP
        return cast(BinaryIO, gzip.open(path)) if compressed else path.open("rb")
    except OSError as error:
        hint = "Name a file that exists and can be read."
        raise FormatError(f"{path} cannot be read: {error.strerror}", hint) from error


def records(stream: BinaryIO, *, keep_xml: bool = True, deleted: list[str] | None = None) -> Iterator[Record]:
    """The records of `stream`, in order: papers and books of a set, or a single one.

    PMIDs that the file says NLM deleted are appended to `deleted`. An empty set is valid and yields nothing.

    Raises FormatError for anything else than whole PubMed XML: an error reply, HTML, JSON, an empty body, a broken or
    truncated document or .gz, a declared entity. All complete records before the fault are yielded first.
    """
    cutter = _Cutter(keep_xml=keep_xml)
    read = getattr(stream, "read1", stream.read)  # read() would withhold the last bytes of a truncated .gz
    while not cutter.ended:
        fault: Exception | None = None
        try:
            cutter.feed(read(_CHUNK))
        except (FormatError, expat.ExpatError, EOFError, zlib.error, gzip.BadGzipFile) as error:
            fault = error
        for element, xml in cutter.taken():
            if element.tag in _RECORDS:
                yield Record(_article(element), xml)
            elif deleted is not None:
                deleted.extend(plain(pmid) for pmid in element.findall("PMID"))
        if isinstance(fault, FormatError):
            raise fault
        if fault:
            raise cutter.diagnosis(fault) from fault


def _article(element: Element) -> Article:
    try:
        return article(element)
    except RecursionError as error:
        raise FormatError("a PubMed record is nested too deeply to be one", _AGAIN) from error


class _Cutter:
    """Cuts bytes into the elements below the root.

    Within a record expat calls the C methods of a tree builder directly, which is what makes this fast; the parts of a
    record that are many and never read are not built. The bytes of the open record are kept, to be handed out as they
    stood.
    """

    def __init__(self, *, keep_xml: bool) -> None:
        self.ended = False
        self._keep_xml = keep_xml
        self._rooted = False
        self._count = 0
        self._done: list[tuple[Element, bytes]] = []
        self._unit = ""  # the tag of the open element below the root, and where it starts
        self._start = 0
        self._unread = ""
        self._bytes = bytearray()
        self._offset = 0  # of _bytes in the input
        self._builder = TreeBuilder()
        self._expat = expat.ParserCreate("utf-8")
        self._expat.buffer_text = True
        self._expat.buffer_size = _CHUNK
        self._expat.EntityDeclHandler = self._entity
        self._expat.SkippedEntityHandler = self._entity
        self._expat.StartElementHandler = self._open

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes, none at the end of the input."""
        self.ended = not chunk
        self._bytes += chunk
        self._expat.Parse(chunk, self.ended)
        if self._rooted:
            # Outside a record the next start tag may have come in part; it begins at the last "<".
            needed = self._start - self._offset if self._unit else max(self._bytes.rfind(b"<"), 0)
            del self._bytes[:needed]
            self._offset += needed

    def taken(self) -> list[tuple[Element, bytes]]:
        """The elements completed since the last call."""
        done, self._done = self._done, []
        return done

    def diagnosis(self, fault: Exception) -> FormatError:
        """What `fault` of the parser or the decompression means. No body is quoted: NCBI's may echo the API key."""
        head = bytes(self._bytes[:_CHUNK]).removeprefix(codecs.BOM_UTF8).lstrip()
        after = f"after {self._count} whole record{'' if self._count == 1 else 's'}"
        hint = _AGAIN
        if isinstance(fault, zlib.error | gzip.BadGzipFile):
            said = f"the .gz file is damaged, {after}"
        elif not self._rooted and not head and self.ended:
            said = "the body is empty where PubMed XML was expected"
        elif not self._rooted and _HTML.match(head):
            said, hint = "the body is HTML where PubMed XML was expected", _GIVE
        elif not self._rooted and not head.startswith(b"<"):
            kind = "JSON" if head.startswith((b"{", b"[")) else "no XML"
            said, hint = f"the body is {kind} where PubMed XML was expected", _GIVE
        elif self.ended or isinstance(fault, EOFError):
            said = f"the PubMed XML ends too early, {after}"
        else:
            said = f"the PubMed XML is not well-formed ({fault}), {after}"
        return FormatError(said, hint, retryable=True)

    def _entity(self, *_: object) -> NoReturn:
        raise FormatError("the document declares or uses XML entities of its own, which PubMed never does", _GIVE)

    def _open(self, tag: str, attributes: dict[str, str]) -> None:
        if not self._rooted and self._bytes.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            raise FormatError("the document is UTF-16, where PubMed XML is UTF-8", _GIVE)
        if tag in _RECORDS or (self._rooted and tag in _UNITS):
            self._unit = tag
            self._start = self._expat.CurrentByteIndex
            self._builder = TreeBuilder()
            self._builder.start(tag, attributes)
            self._listen(self._builder.start)
        elif self._rooted or tag not in _SETS:
            self._refuse(tag)
        self._rooted = True

    def _close(self, tag: str) -> None:
        try:
            element = self._builder.end(tag)
        except IndexError as error:
            raise FormatError("a PubMed record is nested in a way that none is", _AGAIN) from error
        if tag == "MedlineCitation":
            self._expat.StartElementHandler = self._skim
        elif tag == self._unit:
            self._done.append((element, self._own_bytes() if self._keep_xml else b""))
            self._count += tag in _RECORDS
            self._unit = ""
            self._expat.StartElementHandler = self._open
            self._expat.CharacterDataHandler = None
            self._expat.EndElementHandler = None

    def _own_bytes(self) -> bytes:
        end = self._bytes.index(b">", self._expat.CurrentByteIndex - self._offset) + 1
        return bytes(self._bytes[self._start - self._offset : end])

    def _listen(self, start: Callable[[str, dict[str, str]], object]) -> None:
        self._expat.StartElementHandler = start
        self._expat.CharacterDataHandler = self._builder.data
        self._expat.EndElementHandler = self._close

    def _skim(self, tag: str, attributes: dict[str, str]) -> None:
        """Build what follows the citation, but not the parts that are never read."""
        if tag in _UNREAD:
            self._unread = tag
            self._expat.StartElementHandler = None
            self._expat.CharacterDataHandler = None
            self._expat.EndElementHandler = self._resume
        else:
            self._builder.start(tag, attributes)

    def _resume(self, tag: str) -> None:
        if tag == self._unread:
            self._listen(self._skim)

    def _refuse(self, tag: str) -> NoReturn:
        if tag.lower() == "html":
            raise FormatError("the body is HTML where PubMed XML was expected", _GIVE, retryable=True)
        if error := _ERROR.search(self._bytes):
            said = " ".join(error[1].decode("utf-8", "replace").split())[:200]
            raise FormatError(f"PubMed answered with an error: {said}", "Check the identifiers and the query.")
        raise FormatError(f"the document holds <{tag}> where PubMed records were expected", _GIVE)
