"""PubMed over NCBI's E-utilities: searches and records, through Bio.Entrez.

The only module that imports Bio. Bio.Entrez makes the requests (addresses, parameters, POST for long ones); sending
them, with the pauses, deadlines and retries it lacks, is `transport`'s part.
"""

from __future__ import annotations

import io
import re
import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple, NoReturn, TypeVar
from urllib.request import Request
from xml.etree import ElementTree

from Bio import Entrez as untyped_entrez

from pipeline.errors import FormatError, SourceError
from pipeline.models.sources import Search
from pipeline.patience import PATIENT, Patience
from pipeline.sources.pubmed_xml import Record, records
from pipeline.sources.transport import LATER, Failure, Service, Transport

T = TypeVar("T")
Entrez: Any = untyped_entrez

MOST_HITS = 9_999  # what ESearch lists of one PubMed query, however many it counts
PLACES = 100  # citations an ECitMatch request
ASKED_ABOUT = 500  # ids in the words of one search
BATCH = 200  # ids an EFetch request, NCBI's own advice
RATE, RATE_WITH_KEY = 2.5, 8.0  # requests a second, below the 3 and 10 that NCBI allows
_OLDEST = date(1800, 1, 1)  # before the first publication in PubMed

SERVICE = Service(
    "PubMed",
    "MONOGRAPH_ENTREZ_URL",
    "NCBI's",
    request="Correct what the answer names: the query in compound.yaml, NCBI_API_KEY or MONOGRAPH_ENTREZ_URL.",
    more="NCBI_API_KEY allows more a second.",
)

_NO_FIELD = re.compile(r"[|\s]+")  # what separates the fields and the lines of ECitMatch

_BIO = threading.Lock()
_ERROR = re.compile(rb"<ERROR>([^<]+)</ERROR>")
# What NCBI says when the request is at fault; any other <ERROR> is its own trouble, and passes.
_AT_FAULT = re.compile(r"\b(?:invalid|empty|not supported|required)\b", re.IGNORECASE)


class Batch(NamedTuple):
    """The records of some ids, in the order asked for, and the ids that PubMed did not send.

    `others` are records that came without being asked for, as the one does into which another was merged.
    """

    records: tuple[Record, ...]
    missing: tuple[str, ...]
    others: tuple[Record, ...] = ()


class Place(NamedTuple):
    """Where a paper stands, as ECitMatch asks for it; an empty text for what is not known."""

    journal: str
    year: str
    volume: str
    page: str
    author: str


class _Page(NamedTuple):
    """An answer of ESearch: how many hits there are, and the first of them."""

    found: int
    ids: tuple[str, ...]
    translation: str | None
    warnings: tuple[str, ...]


class PubMed:
    """PubMed, asked politely. Several objects and threads share one limit of requests a second.

    `base_url` replaces the address of the E-utilities. `deadline` is the time (seconds) of one request with its
    answer. `rate` (requests a second) is what NCBI allows unless given. Raises ConfigError for a `base_url` that is not
    an HTTP address; the methods raise SourceError, with `retryable` where the same call may succeed later.
    """

    def __init__(
        self,
        email: str,
        api_key: str | None = None,
        base_url: str | None = None,
        *,
        deadline: float = 60.0,
        patience: Patience = PATIENT,
        rate: float | None = None,
    ) -> None:
        self._identity = {"tool": "monograph", "email": email, "api_key": api_key}
        self._base_url = base_url
        self._transport = Transport(
            SERVICE.at(base_url),
            (email, api_key or ""),
            rate=rate or (RATE_WITH_KEY if api_key else RATE),
            deadline=deadline,
            patience=patience,
        )

    @property
    def requests(self) -> int:
        """How many requests were sent, those tried again included."""
        return self._transport.requests

    def search(self, query: str, *, today: date, limit: int | None = None) -> Search:
        """The hits of `query`, most relevant first: the first `limit`, or all.

        PubMed lists 9,999 of a query. Where more are wanted, the rest is asked for by ranges of the publication date,
        newest first. What PubMed did not understand, and hits it counts but does not list, are in `warnings`.
        """
        wanted = MOST_HITS if limit is None else limit
        page = self._page(query, min(wanted, MOST_HITS))
        ids, warnings = dict.fromkeys(page.ids), page.warnings
        if page.found > MOST_HITS and (limit is None or limit > MOST_HITS):
            for part in self._by_date(query, _OLDEST, date(today.year + 1, 12, 31)):
                ids.update(dict.fromkeys(part.ids))
                if limit is not None and len(ids) >= limit:
                    break
        taken = tuple(ids)[:limit]
        if len(taken) < (page.found if limit is None else min(page.found, limit)):
            warnings += (f"PubMed counts {page.found} hits and listed {len(taken)} of them",)
        return Search(
            query=query,
            translation=page.translation,
            warnings=warnings,
            found=page.found,
            ids=taken,
            date=today,
        )

    def retracted(self, pmids: Sequence[str]) -> frozenset[str]:
        """Those of `pmids` that PubMed lists as retracted publications, by one search for each 500."""
        found = set[str]()
        for start in range(0, len(pmids), ASKED_ABOUT):
            part = pmids[start : start + ASKED_ABOUT]
            ids = " OR ".join(f"{pmid}[uid]" for pmid in part)
            found |= set(self._page(f'"Retracted Publication"[pt] AND ({ids})', MOST_HITS, post=True).ids) & set(part)
        return frozenset(found)

    def fetch(self, pmids: Sequence[str]) -> Iterator[Batch]:
        """The records of `pmids`, in batches of at most 200, as they arrive.

        A batch that PubMed does not send whole is halved, down to single ids; one that still fails raises SourceError
        naming it, after all batches before it were handed out. An id in `missing` was asked for and not sent: that
        says nothing about the record.
        """
        wanted = list(dict.fromkeys(pmids))
        for start in range(0, len(wanted), BATCH):
            yield from self._batches(wanted[start : start + BATCH])

    def matched(self, places: Sequence[Place]) -> tuple[str | None, ...]:
        """For each place the PMID of the one paper that stands there (ECitMatch), or None."""
        found: list[str | None] = []
        for start in range(0, len(places), PLACES):
            part = places[start : start + PLACES]
            lines = "\r".join(
                "|".join([*(_NO_FIELD.sub(" ", word) for word in place), str(n), ""]) for n, place in enumerate(part)
            )
            answer = self._ask(Entrez.ecitmatch, _read_matches, bdata=lines, retmode="xml")
            found += [answer.get(n) for n in range(len(part))]
        return tuple(found)

    def _batches(self, ids: list[str]) -> Iterator[Batch]:
        try:
            sent = self._ask(Entrez.efetch, _read_records, post=True, id=ids, rettype="xml", retmode="xml")
        except Failure as failure:
            if not failure.smaller:
                raise
            if len(ids) == 1:
                message = f"the record of PMID {ids[0]} cannot be fetched: {failure.message}"
                raise SourceError(message, failure.hint, retryable=True) from failure
            half = len(ids) // 2
            yield from self._batches(ids[:half])
            yield from self._batches(ids[half:])
            return
        found: dict[str | None, Record] = {}
        for record in sorted(sent, key=lambda record: record.article.version):
            found[record.article.pmid] = record
        others = tuple(record for pmid, record in found.items() if pmid not in ids)
        yield Batch(tuple(found[i] for i in ids if i in found), tuple(i for i in ids if i not in found), others)

    def _by_date(self, query: str, first: date, last: date) -> Iterator[_Page]:
        """The hits from `first` to `last`, which are too many for one page, in ranges that are not (or are one day)."""
        middle = first + (last - first) // 2
        for start, end in ((middle + timedelta(days=1), last), (first, middle)):
            page = self._page(query, MOST_HITS, (start, end))
            if page.found > MOST_HITS and start < end:
                yield from self._by_date(query, start, end)
            else:
                yield page

    def _page(self, query: str, most: int, window: tuple[date, date] | None = None, *, post: bool = False) -> _Page:
        """The first `most` hits, of all or of those published in `window` (both days included)."""
        dates: dict[str, Any] = {}
        if window:
            dates = {"datetype": "pdat", "mindate": f"{window[0]:%Y/%m/%d}", "maxdate": f"{window[1]:%Y/%m/%d}"}
        page = self._ask(
            Entrez.esearch, _read_page, post=post, term=query, sort="relevance", retmode="xml", retmax=most, **dates
        )
        return page._replace(ids=page.ids[:most])

    def _ask(
        self, utility: Callable[..., Any], read: Callable[[bytes], T], *, post: bool = False, **parameters: Any
    ) -> T:
        def build() -> Request:
            request = _made_by_bio(utility, db="pubmed", **self._identity, **parameters)
            address, _, query = request.full_url.partition("?")
            if post and query:
                request.method, request.data, query = "POST", query.encode(), ""
            if self._base_url:
                address = f"{self._base_url.rstrip('/')}/{address.rsplit('/', 1)[-1]}"
            request.full_url = f"{address}?{query}" if query else address
            return request

        return self._transport.ask(build, read)


class _Made(Exception):
    def __init__(self, request: Request) -> None:
        self.request = request


def _made_by_bio(utility: Callable[..., Any], **parameters: Any) -> Request:
    """The request that Bio.Entrez makes for `utility`, caught on its way out.

    Bio.Entrez opens addresses through a module global and paces itself by another, without a lock: both are changed
    and put back under ours, so that objects with different addresses do not meet in them.
    """

    def catch(request: Request) -> NoReturn:
        raise _Made(request)

    with _BIO:
        kept = Entrez.urlopen, Entrez.max_tries
        Entrez.urlopen, Entrez.max_tries = catch, 1
        Entrez._open.previous = 0.0  # no pause of its own: the transport waits for its turn
        try:
            utility(**parameters)
        except _Made as made:
            return made.request
        finally:
            Entrez.urlopen, Entrez.max_tries = kept
    raise RuntimeError("Bio.Entrez no longer opens addresses by its own `urlopen`")


def _refuse_error(body: bytes) -> None:
    """Raise what an `<ERROR>` of NCBI says: SourceError where the request is at fault, else FormatError."""
    if error := _ERROR.search(body, 0, 4096):
        text = error.group(1).decode(errors="replace").strip()
        if _AT_FAULT.search(text):
            raise SourceError(f"PubMed refused the request: {text}", SERVICE.request)
        raise FormatError(f"PubMed reports an error: {text}", LATER)


def _read_records(body: bytes) -> list[Record]:
    _refuse_error(body)
    return list(records(io.BytesIO(body)))


def _read_page(body: bytes) -> _Page:
    _refuse_error(body)
    root = ElementTree.fromstring(body)  # noqa: S314 - the size is bounded, and expat bounds entities
    count, ids = root.findtext("Count", ""), tuple(node.text or "" for node in root.findall("IdList/Id"))
    if root.tag != "eSearchResult" or not count.isdecimal() or not all(i.isdecimal() for i in ids):
        raise FormatError("it is no answer to a search", LATER)
    if int(count) and not ids and root.findtext("RetMax") != "0":
        raise FormatError(f"{count} hits and no list of them", LATER)
    notes = (node for kind in ("ErrorList", "WarningList") for node in root.findall(f"{kind}/*"))
    return _Page(
        found=int(count),
        ids=ids,
        translation=root.findtext("QueryTranslation") or None,
        warnings=tuple(f"{node.tag}: {node.text.strip()}" for node in notes if node.text and node.text.strip()),
    )


def _read_matches(body: bytes) -> dict[int, str]:
    """The PMIDs of an answer of ECitMatch by key: lines `journal|year|volume|page|author|key|PMID`."""
    text = body.decode("utf-8", "replace")
    if text.lstrip().startswith("<"):
        raise FormatError("it is no answer to a match of citations", LATER)
    rows = (line.strip().split("|") for line in text.splitlines() if line.strip())
    return {
        int(row[5]): row[6].strip()
        for row in rows
        if len(row) > 6 and row[5].isdecimal() and row[6].strip().isdecimal()
    }
