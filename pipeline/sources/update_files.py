"""NLM's update files, scanned for the records of some PMIDs without parsing the others.

An update file holds about 30,000 records (some 200 MB of XML), of which a library wants a few. Between the records the
XML is read tag by tag; of a record only its PMID and its end are looked for. Memory stays flat.

All of it runs in one thread, since a second one for the decompression is no gain here: zlib takes the interpreter lock
back several times a block, and the search, which holds it, is most of the other work.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Container, Iterable, Iterator
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, NamedTuple

from isal import igzip_lib
from isal import isal_zlib as zlib  # the same interface as zlib, twice as fast

from pipeline.errors import FormatError
from pipeline.sources import pubmed_xml

LONGEST_ELEMENT = 32 * 2**20  # bytes; the longest of 50,788 real records has half a megabyte
_LONGEST_TAG = 2**16  # bytes, with what stands before it
_LONGEST_END = 2**8
_READ = 2**17  # bytes read at once; decompressed they are about a megabyte
_BLOCK = 2**20  # bytes decompressed at once, at most
GZIP = b"\x1f\x8b"
_MEMBER = zlib.MAX_WBITS | 16

_RECORDS = frozenset({b"PubmedArticle", b"PubmedBookArticle"})
UNITS = (*sorted(_RECORDS), b"DeleteCitation", b"DeleteDocument")
_SET = rb"Pubmed(?:Book)?ArticleSet"
_INSIDE = rb"""(?:\s++[\w:.-]++\s*+=\s*+(?:"[^"<]*+"|'[^'<]*+'))*+\s*+"""  # of a tag, after its name
_COMMENT = rb"<!--(?:(?!-->).)*+-->"
_PROLOG = rb"(?:\xef\xbb\xbf)?(?:\s*+(?:<\?[^>]*+>|<!DOCTYPE[^<>\[]*+>|%b))*+\s*+" % _COMMENT

ROOT = re.compile(rb"%b<(?P<set>%b)%b(?P<empty>/?)>" % (_PROLOG, _SET, _INSIDE), re.DOTALL)
_NEXT = re.compile(
    rb"\s*+(?:<(?P<name>%b)%b(?P<empty>/?)>|%b|(?P<end></%b\s*+>))" % (b"|".join(UNITS), _INSIDE, _COMMENT, _SET),
    re.DOTALL,
)
_ENDS = {name: re.compile(rb"</%b\s*+>" % name) for name in UNITS}
_PMID = re.compile(rb"<PMID%b>\s*+(?P<pmid>[0-9]{1,9})\s*+</PMID\s*+>" % _INSIDE)
_HEAD = re.compile(
    rb"\s*+<(?P<name>%b)%b>\s*+<(?:MedlineCitation|BookDocument)%b>\s*+%b"
    % (b"|".join(_RECORDS), _INSIDE, _INSIDE, _PMID.pattern)
)
_DIGEST = re.compile(r"^\s*(?:MD5\s*\(.*\)\s*=\s*([0-9a-f]{32})|([0-9a-f]{32})(?:\s.*)?)\s*$", re.I | re.M)

_AGAIN = "Download the file and its .md5 again."
_GIVE = "Give an update file of NLM's, as .xml.gz or .xml."


def wanted_records(path: Path, wanted: Container[int], deleted: list[str]) -> Iterator[bytes]:
    """The elements, as they stand in the file, of the records whose own PMID is in `wanted`, in file order.

    A PMID may come several times, as the versions of a paper do. The PMIDs that the file says NLM deleted are appended
    to `deleted`, wanted or not.

    What was yielded or appended is provisional until the iteration has ended without an error: only then is it known
    that the file is whole and, where its .md5 lies beside it (see `md5_of`), that it is what NLM published.

    Raises FormatError, retryable where downloading the file again may help: it cannot be read, is damaged, ends too
    early, is no set of PubMed records, or does not match its .md5. Damage inside an unwanted record is found by the
    checksum of the .gz or by the .md5; an .xml without .md5 is checked from record to record, not within them.
    """
    expected = md5_of(path)
    digest = hashlib.md5(usedforsecurity=False)
    try:
        with path.open("rb") as file:
            packed = file.read(len(GZIP)) == GZIP
            file.seek(0)
            chunks = _seen(file, digest.update if expected is not None else lambda _: None)
            text = _Text(decompressed(chunks) if packed else chunks)
            text.begin()
            while not text.ended:
                if packed:  # its checksum finds the damage that haste would not
                    yield from text.usual(wanted)
                unit = text.unit()
                if unit.name in _RECORDS and _own_pmid(unit.xml) in wanted:
                    yield unit.xml
                deleted.extend(_deleted(unit))
            text.end()
    except FormatError as error:
        raise FormatError(f"{path}: {error.message}", error.hint, retryable=error.retryable) from error
    except OSError as error:
        raise _unreadable(path, error) from error
    if expected not in (None, digest.hexdigest()):
        raise FormatError(f"{path} does not match its .md5: one of them is damaged or old", _AGAIN, retryable=True)


def md5_of(path: Path) -> str | None:
    """The MD5 digest that the file `<path>.md5` announces for `path`, or None where there is no such file.

    Raises FormatError where it cannot be read or holds no digest.
    """
    beside = path.with_name(f"{path.name}.md5")
    try:
        with beside.open("rb") as file:
            return digest_in(file.read(2**16))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _unreadable(beside, error) from error
    except FormatError as error:
        raise FormatError(f"{beside}: {error.message}", error.hint, retryable=error.retryable) from error


def digest_in(text: bytes) -> str:
    """The digest (lower case) that an .md5 file names, in the form of NLM or of md5sum. Raises FormatError for none."""
    match = _DIGEST.search(text.decode("ascii", "replace"))
    if not match:
        raise FormatError("it holds no MD5 digest", _AGAIN, retryable=True)
    return (match[1] or match[2]).lower()


class _Unit(NamedTuple):
    """An element below the root; without a name, a comment or the end of the root."""

    name: bytes
    xml: bytes


class _Text:
    """The XML as it comes: `data[at:]` is at hand and was not taken yet. `ended`: the root was closed."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self.data = b""
        self.at = 0
        self.ended = False
        self.records = 0  # that were whole
        self._blocks = blocks

    def begin(self) -> None:
        """Take the start of the root."""
        if root := self._take(ROOT):
            self.ended = bool(root["empty"])
            return
        for _ in pubmed_xml.records(BytesIO(self.data[:_LONGEST_TAG]), keep_xml=False):
            pass  # it knows HTML, JSON, replies of errors and the like, and says so
        raise FormatError("it holds no set of PubMed records", _GIVE)

    def usual(self, wanted: Container[int]) -> Iterator[bytes]:
        """Take the records at hand, up to one that is cut off or not as NLM writes them, and give the wanted ones."""
        while head := _HEAD.match(self.data, self.at):
            closing = b"</" + head["name"] + b">"
            end = self.data.find(closing, head.end())
            if end < 0:
                return
            self.at = end + len(closing)
            self.records += 1
            if int(head["pmid"]) in wanted:
                yield self._alone(head["name"], self.data[head.start("name") - 1 : self.at])

    def unit(self) -> _Unit:
        """Take the next element, of which nothing is presumed, or the end of the root."""
        tag = self._take(_NEXT)
        if not tag:
            raise self._broken()
        self.ended = bool(tag["end"])
        name = tag["name"] or b""
        if not name or tag["empty"]:
            return _Unit(name, tag[0].lstrip())
        self.at = tag.start("name") - 1  # it is kept from its first byte on
        searched = 1
        while not (end := _ENDS[name].search(self.data, self.at + searched)):
            held = len(self.data) - self.at
            if held > LONGEST_ELEMENT:
                raise self._fault(f"the PubMed XML has an element above {LONGEST_ELEMENT // 2**20} MB")
            if not self._more():
                raise self._fault("the PubMed XML ends too early")
            searched = max(1, held - _LONGEST_END)
        xml = self._alone(name, self.data[self.at : end.end()])
        self.at = end.end()
        self.records += name in _RECORDS
        return _Unit(name, xml)

    def end(self) -> None:
        """Read on to the end of the file, where nothing may stand."""
        while not self.data[self.at :].strip():
            self.at = len(self.data)
            if not self._more():
                return
        raise self._fault("something follows the end of the PubMed XML")

    def _more(self) -> bool:
        """Whether there was more to read."""
        try:
            block = next(self._blocks, b"")
        except EOFError as error:
            raise self._fault("the .gz file ends too early") from error
        except igzip_lib.IsalError as error:  # type: ignore[misc]  # its stub gives an instance for the class
            raise self._fault("the .gz file is damaged") from error
        self.data, self.at = self.data[self.at :] + block, 0
        return bool(block)

    def _take(self, pattern: re.Pattern[bytes]) -> re.Match[bytes] | None:
        """What matches here, which is then taken; None where nothing does, however much is read."""
        while not (match := pattern.match(self.data, self.at)):
            if len(self.data) - self.at > _LONGEST_TAG or not self._more():
                return None
        self.at = match.end()
        return match

    def _alone(self, name: bytes, xml: bytes) -> bytes:
        """`xml`, in which no second element of that name begins, as it would where the end of the first is missing."""
        if xml.find(b"<" + name, 1) >= 0:
            raise self._fault("the PubMed XML is damaged")
        return xml

    def _broken(self) -> FormatError:
        """What is wrong where neither an element nor the end of the root stands."""
        rest = self.data[self.at :].strip()
        cut = not rest or (rest.startswith(b"<") and b">" not in rest)
        return self._fault(f"the PubMed XML {'ends too early' if cut else 'is damaged'}")

    def _fault(self, said: str) -> FormatError:
        """`said`, and how far all was well."""
        records = f"{self.records:,} whole record{'' if self.records == 1 else 's'}"
        return FormatError(f"{said}, after {records}", _AGAIN, retryable=True)


def _own_pmid(record: bytes) -> int:
    """The PMID of the record itself; where it does not stand at the usual place the record is parsed."""
    if head := _HEAD.match(record):
        return int(head["pmid"])
    (parsed,) = pubmed_xml.records(BytesIO(record), keep_xml=False)
    return int(parsed.article.pmid or 0)


def _deleted(unit: _Unit) -> list[str]:
    """The PMIDs that `unit` says were deleted; none where it is a record."""
    if not unit.name.startswith(b"Delete"):
        return []
    pmids = _PMID.findall(unit.xml)
    if len(pmids) != unit.xml.count(b"<PMID"):
        raise FormatError("the list of deleted records is damaged", _AGAIN, retryable=True)
    return [pmid.decode() for pmid in pmids]


def _seen(file: BinaryIO, see: Callable[[bytes], None]) -> Iterator[bytes]:
    """The bytes of `file`, each shown to `see` first."""
    while chunk := file.read(_READ):
        see(chunk)
        yield chunk


def decompressed(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The contents of a .gz of one or more members.

    Raises EOFError where the last one is cut off, IsalError for a damaged one.
    """
    member = zlib.decompressobj(_MEMBER)
    for chunk in chunks:
        while chunk:
            if member.eof:
                chunk = chunk.lstrip(b"\0")  # padding, which gzip allows
                if not chunk:
                    break
                member = zlib.decompressobj(_MEMBER)
            if block := member.decompress(chunk, _BLOCK):
                yield block
            chunk = member.unused_data if member.eof else member.unconsumed_tail
    if not member.eof:
        raise EOFError


def _unreadable(path: Path, error: OSError) -> FormatError:
    return FormatError(f"{path} cannot be read: {error.strerror or error}", "Name a file that exists and can be read.")
