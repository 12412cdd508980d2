"""A loopback E-utilities server: ESearch, EFetch and ECitMatch of PubMed over real HTTP, with faults on request.

In a test:

    with EutilsServer([article_xml("90000001", "A title", [(None, "An abstract.")], 2020)]) as server:
        server.faults.append(Fault.status(429, retry_after=0))  # the next request gets it, the one after does not
        PubMed("a@example.org", base_url=server.url).search("title", today=TODAY)
        assert len(server.requests) == 2

By hand: `python tests/eutils_server.py --port 8080 --records FILE...`, then MONOGRAPH_ENTREZ_URL=http://127.0.0.1:8080.

A query is words, AND, OR, NOT and brackets over the words of title, abstract, publication types and identifiers, read
from left to right as PubMed does. Field tags are ignored, but for ranges of dates
(`"2026/01/01"[edat] : "3000"[edat]`).
"""

from __future__ import annotations

import argparse
import re
import time
from calendar import monthrange
from collections import deque
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit
from xml.etree import ElementTree
from xml.sax.saxutils import escape, quoteattr

from eutils_faults import Fault, set_of
from loopback import Answering, Loopback

MOST_LISTED = 9_999
_RECORD = re.compile(r"<(PubmedArticle|PubmedBookArticle)[ >].*?</\1>", re.DOTALL)
_DAY = r'"?(\d{4}(?:/\d{1,2}){0,2})"?'
_RANGE = re.compile(rf"{_DAY}(?:\[\w+\])?\s*:\s*{_DAY}\[(\w+)\]")
_TAG = re.compile(r"\[[^\]]*\]")
_TOKEN = re.compile(r'"[^"]*"|[()]|[^\s()"]+')
_WORD = re.compile(r"\w+")
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]


def article_xml(
    pmid: str,
    title: str,
    abstract_sections: Sequence[tuple[str | None, str]] = (),
    year: int = 2020,
    *,
    types: Sequence[str] = ("Journal Article",),
    entered: date = date(2020, 1, 1),
    revised: date = date(2020, 1, 1),
    corrections: str = "",
) -> str:
    """A PubmedArticle. A section is a label (or None) and plain text; `corrections` is the inside of its list."""

    def day(tag: str, value: date, attribute: str = "") -> str:
        parts = f"<Year>{value.year}</Year><Month>{value.month}</Month><Day>{value.day}</Day>"
        return f"<{tag}{attribute}>{parts}</{tag}>"

    labels = [(f" Label={quoteattr(label)}" if label else "", escape(text)) for label, text in abstract_sections]
    sections = "".join(f"<AbstractText{label}>{text}</AbstractText>" for label, text in labels)
    abstract = f"<Abstract>{sections}</Abstract>" if sections else ""
    kinds = "".join(f"<PublicationType>{escape(kind)}</PublicationType>" for kind in types)
    links = f"<CommentsCorrectionsList>{corrections}</CommentsCorrectionsList>" if corrections else ""
    return f"""<PubmedArticle><MedlineCitation Status="MEDLINE" Owner="NLM"><PMID Version="1">{pmid}</PMID>\
{day("DateRevised", revised)}<Article PubModel="Print"><Journal><ISSN IssnType="Print">0000-0000</ISSN>\
<JournalIssue CitedMedium="Print"><Volume>1</Volume><Issue>2</Issue><PubDate><Year>{year}</Year></PubDate>\
</JournalIssue><Title>Journal of invented results</Title><ISOAbbreviation>J Invent Res</ISOAbbreviation></Journal>\
<ArticleTitle>{escape(title)}</ArticleTitle><Pagination><MedlinePgn>3-4</MedlinePgn></Pagination>{abstract}\
<AuthorList CompleteYN="Y"><Author ValidYN="Y"><LastName>Doe</LastName><ForeName>Jo</ForeName><Initials>J</Initials>\
</Author></AuthorList><Language>eng</Language><PublicationTypeList>{kinds}</PublicationTypeList></Article>\
<MedlineJournalInfo><MedlineTA>J Invent Res</MedlineTA><NlmUniqueID>0000000</NlmUniqueID></MedlineJournalInfo>\
{links}</MedlineCitation><PubmedData><History>{day("PubMedPubDate", entered, ' PubStatus="entrez"')}</History>\
<PublicationStatus>ppublish</PublicationStatus><ArticleIdList><ArticleId IdType="pubmed">{pmid}</ArticleId>\
</ArticleIdList></PubmedData></PubmedArticle>"""


@dataclass(frozen=True)
class Entry:
    """A record of the server: its XML as given (None for one that is listed and never sent), and what finds it."""

    pmid: str
    xml: str | None
    words: frozenset[str]
    dates: dict[str, date] = field(default_factory=dict)


@dataclass(frozen=True)
class Seen:
    """A request as it came: `time` is monotonic seconds."""

    method: str
    utility: str
    parameters: dict[str, str]
    time: float

    @property
    def ids(self) -> list[str]:
        return [one for one in self.parameters.get("id", "").split(",") if one]


def _date(node: ElementTree.Element | None) -> date | None:
    if node is None:
        return None
    year = re.search(r"\d{4}", node.findtext("Year") or node.findtext("MedlineDate") or "")
    month = (node.findtext("Month") or "1").lower()[:3]
    number = int(month) if month.isdecimal() else _MONTHS.index(month) + 1 if month in _MONTHS else 1
    return date(int(year.group()), number, int(node.findtext("Day") or 1)) if year else None


def _entry(xml: str) -> Entry:
    root = ElementTree.fromstring(xml)
    paths = (".//ArticleTitle", ".//BookTitle", ".//Abstract", ".//PublicationTypeList", "./PubmedData/ArticleIdList")
    texts = [root.find(path) for path in paths]
    found = {
        "pdat": _date(root.find(".//PubDate")),
        "edat": _date(root.find(".//PubMedPubDate[@PubStatus='entrez']")),
        "mdat": _date(root.find("./MedlineCitation/DateRevised")),
    }
    return Entry(
        pmid=root.findtext("./MedlineCitation/PMID") or root.findtext("./BookDocument/PMID") or "",
        xml=xml,
        words=frozenset(_WORD.findall(" ".join(" ".join(t.itertext()) for t in texts if t is not None).lower())),
        dates={kind: day for kind, day in found.items() if day},
    )


def _within(text_low: str, text_high: str) -> tuple[date, date]:
    """The first and the last day of a range whose ends may lack the day or the month."""
    low, high = ([int(part) for part in text.split("/")] for text in (text_low, text_high))
    year, month = (*high, 12)[:2]
    day = high[2] if len(high) > 2 else monthrange(year, month)[1]
    return date(*(*low, 1, 1)[:3]), date(year, month, day)


def _stands(xml: str, fields: Sequence[str]) -> bool:
    """True where journal, year, volume, first page and author of a citation, as far as given, are those of a record."""
    root = ElementTree.fromstring(xml)
    journals = (root.findtext(".//MedlineTA", ""), root.findtext(".//Journal/Title", ""))
    page = root.findtext(".//MedlinePgn", "").partition("-")[0]
    has = (root.findtext(".//PubDate/Year"), root.findtext(".//JournalIssue/Volume"), page)
    author = f"{root.findtext('.//LastName')} {root.findtext('.//Initials')}".lower()
    return (
        (not fields[0] or fields[0].lower().rstrip(".") in [journal.lower() for journal in journals])
        and all(not given or given == found for given, found in zip(fields[1:4], has, strict=True))
        and (not fields[4] or author.startswith(fields[4].lower().split(" ")[0]))
    )


class EutilsServer(Loopback):
    """The server; running inside its `with` block. `faults` are used up one a request (None is an honest answer).

    `poison` names PMIDs whose presence in an EFetch request brings that fault, every time.
    """

    request_queue_size = 64

    def __init__(self, records: Iterable[str] = (), *, port: int = 0) -> None:
        super().__init__(_Handler, port)
        self.faults: deque[Fault | None] = deque()
        self.poison: dict[str, Fault] = {}
        self.requests: list[Seen] = []
        self.entries: dict[str, Entry] = {}
        for xml in records:
            self.add(xml)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/entrez/eutils"

    @property
    def long_gets(self) -> int:
        """How many requests named more than 200 ids in the address, which NCBI asks not to do."""
        return sum(seen.method == "GET" and len(seen.ids) > 200 for seen in self.requests)

    def add(self, xml: str) -> None:
        """Take in one PubmedArticle or PubmedBookArticle, kept as it is."""
        entry = _entry(xml)
        self.entries[entry.pmid] = entry

    def load(self, *paths: Path) -> None:
        """Take in every record of some PubMed XML files."""
        for path in paths:
            for match in _RECORD.finditer(path.read_text(encoding="utf-8")):
                self.add(match.group())

    def add_phantoms(self, count: int, word: str, first_day: date, last_day: date, *, first: int = 90_100_000) -> None:
        """Add `count` ids that `word` finds and that are never sent, spread evenly over days of publication."""
        days = (last_day - first_day).days + 1
        for number in range(count):
            pmid, day = str(first + number), first_day + timedelta(days=number * days // count)
            self.entries[pmid] = Entry(pmid, None, frozenset({word}), {"pdat": day})

    def esearch(self, parameters: dict[str, str]) -> tuple[int, str]:
        start, most = int(parameters.get("retstart", 0)), min(int(parameters.get("retmax", 20)), MOST_LISTED)
        if start > MOST_LISTED - 1:
            return 400, _search_result("<ERROR>'retstart' cannot be larger than 9998</ERROR>")
        if ("mindate" in parameters) != ("maxdate" in parameters):
            return 200, _search_result("<ERROR>mindate and maxdate are required together</ERROR>")
        term, unknown = _RANGE.sub(r" \3:\1:\2 ", parameters.get("term", "")), list[str]()
        hits = self._evaluate(deque(_TOKEN.findall(_TAG.sub(" ", term))), unknown)
        if "mindate" in parameters:
            kind = parameters.get("datetype", "pdat")
            hits &= self._dated(kind, parameters["mindate"], parameters["maxdate"])
        ids = [pmid for pmid in self.entries if pmid in hits]
        page = ids[start : start + most]
        notes = "".join(f"<PhraseNotFound>{escape(word)}</PhraseNotFound>" for word in unknown)
        notes = f"<ErrorList>{notes}</ErrorList>" if notes else ""
        if not ids:
            notes += "<WarningList><OutputMessage>No items found.</OutputMessage></WarningList>"
        listed = "".join(f"<Id>{pmid}</Id>\n" for pmid in page)
        return 200, _search_result(
            f"<Count>{len(ids)}</Count><RetMax>{len(page)}</RetMax><RetStart>{start}</RetStart><IdList>{listed}</IdList>"
            f"<TranslationSet/><QueryTranslation>{escape(parameters.get('term', ''))}</QueryTranslation>{notes}"
        )

    def efetch(self, ids: list[str]) -> str:
        """The records of `ids` in the order of the server, without those it does not have."""
        asked = set(ids)
        return set_of(entry.xml for pmid, entry in self.entries.items() if pmid in asked and entry.xml)

    def ecitmatch(self, lines: str) -> str:
        """The lines of citations, each with the PMID of the one record that has all the fields given, or a word."""
        answers = []
        for line in filter(None, re.split(r"[\r\n]+", lines)):
            found = [pmid for pmid, entry in self.entries.items() if entry.xml and _stands(entry.xml, line.split("|"))]
            word = found[0] if len(found) == 1 else f"AMBIGUOUS {','.join(found)}" if found else "NOT_FOUND"
            answers.append(f"{line.rstrip('|')}|{word}\n")
        return "".join(answers)

    def _dated(self, kind: str, low: str, high: str) -> set[str]:
        first, last = _within(low, high)
        return {pmid for pmid, e in self.entries.items() if (day := e.dates.get(kind)) and first <= day <= last}

    def _evaluate(self, tokens: deque[str], unknown: list[str]) -> set[str]:
        """The PMIDs that `tokens` find, up to the bracket that closes them; words that nothing has go to `unknown`."""
        found: set[str] | None = None
        operator = "AND"
        while tokens and (token := tokens.popleft()) != ")":
            if token in ("AND", "OR", "NOT"):
                operator = token
                continue
            if token == "(":
                part = self._evaluate(tokens, unknown)
            elif token.count(":") == 2:
                part = self._dated(*token.split(":"))
            else:
                words = set(_WORD.findall(token.lower()))
                part = {pmid for pmid, entry in self.entries.items() if words <= entry.words}
                unknown.extend([token] if not part else [])
            if found is None:
                found = part
            else:
                found = found & part if operator == "AND" else found | part if operator == "OR" else found - part
            operator = "AND"
        return found or set()


def _search_result(inside: str) -> str:
    return f'<?xml version="1.0" encoding="UTF-8" ?>\n<eSearchResult>{inside}</eSearchResult>\n'


class _Handler(Answering):
    server: EutilsServer
    kind = "text/xml; charset=UTF-8"

    def do_GET(self) -> None:
        self._answer(urlsplit(self.path).query)

    def do_POST(self) -> None:
        self._answer(self.rfile.read(int(self.headers.get("Content-Length", 0))).decode())

    def _answer(self, query: str) -> None:
        utility = urlsplit(self.path).path.rsplit("/", 1)[-1]
        seen = Seen(self.command, utility, dict(parse_qsl(query, keep_blank_values=True)), time.monotonic())
        self.server.requests.append(seen)
        status, body = 404, "no such utility"
        if utility == "esearch.fcgi":
            status, body = self.server.esearch(seen.parameters)
        elif utility == "efetch.fcgi":
            status, body = 200, self.server.efetch(seen.ids)
        elif utility == "ecitmatch.cgi":
            status, body = 200, self.server.ecitmatch(seen.parameters.get("bdata", ""))
        fault = next((self.server.poison[pmid] for pmid in seen.ids if pmid in self.server.poison), None)
        with suppress(IndexError):
            fault = self.server.faults.popleft() or fault
        if fault is None:
            self.reply(body.encode(), status)
        else:
            fault.act(self, body.encode())


def main() -> None:
    parser = argparse.ArgumentParser(description="Serve PubMed records over loopback E-utilities.")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--records", type=Path, nargs="+", required=True, metavar="FILE")
    arguments = parser.parse_args()
    with EutilsServer(port=arguments.port) as server:
        server.load(*arguments.records)
        print(f"{len(server.entries)} records at {server.url}", flush=True)
        with suppress(KeyboardInterrupt):
            server.closing.wait()


if __name__ == "__main__":
    main()
