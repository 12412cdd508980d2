"""PubMed as the pipeline asks it, against the loopback E-utilities server."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import date
from itertools import islice
from urllib.request import Request

import pytest
from Bio import Entrez
from conftest import shared
from eutils_faults import Fault, set_of
from eutils_server import EutilsServer, article_xml

from pipeline.errors import ConfigError, SourceError
from pipeline.patience import Patience
from pipeline.sources import transport
from pipeline.sources.entrez import PubMed

TODAY = date(2026, 11, 20)
EMAIL, KEY = "pat.doe+ncbi@example.org", "0123456789abcdef"
ATTEMPTS = Patience().attempts


def record(number: int, title: str = "An invented trial of placebol", year: int = 2020) -> str:
    return article_xml(str(90_000_000 + number), title, [("RESULTS", f"Result {number} of placebol.")], year)


@pytest.fixture
def server() -> Iterator[EutilsServer]:
    with EutilsServer(record(number, year=2000 + number) for number in range(1, 9)) as server:
        yield server


def client(server: EutilsServer, *, api_key: str | None = None, deadline: float = 5.0) -> PubMed:
    """A client that does not wait between attempts."""
    patience = Patience(sleep=lambda _: None)
    return PubMed(EMAIL, api_key, server.url, deadline=deadline, patience=patience, rate=1000)


def pmids(*numbers: int) -> list[str]:
    return [str(90_000_000 + number) for number in numbers]


def test_a_search_keeps_what_pubmed_made_of_it(server: EutilsServer) -> None:
    search = client(server).search("placebol[tiab] AND trial", today=TODAY)
    assert search.ids == tuple(pmids(*range(1, 9)))
    assert (search.found, search.query, search.date) == (8, "placebol[tiab] AND trial", TODAY)
    assert search.translation == "placebol[tiab] AND trial"
    assert search.warnings == ()


def test_every_request_says_who_asks_and_in_which_order(server: EutilsServer) -> None:
    asked = client(server, api_key=KEY)
    asked.search("placebol", today=TODAY)
    list(asked.fetch(pmids(1)))
    search, fetch = server.requests
    for seen in (search, fetch):
        assert seen.parameters.items() >= {"db": "pubmed", "tool": "monograph", "email": EMAIL, "api_key": KEY}.items()
    assert search.parameters.items() >= {"sort": "relevance", "retmax": "9999", "retmode": "xml"}.items()
    assert fetch.parameters.items() >= {"rettype": "xml", "retmode": "xml"}.items()
    client(server).search("placebol", today=TODAY)
    assert "api_key" not in server.requests[-1].parameters


def test_no_hits_are_an_answer_with_the_reasons(server: EutilsServer) -> None:
    search = client(server).search("placebol AND unheardof", today=TODAY)
    assert (search.found, search.ids) == (0, ())
    assert search.warnings == ("PhraseNotFound: unheardof", "OutputMessage: No items found.")


def test_all_kinds_of_warnings_are_kept(server: EutilsServer) -> None:
    notes = (
        "<ErrorList><PhraseNotFound>aa</PhraseNotFound><FieldNotFound>bb</FieldNotFound></ErrorList>"
        "<WarningList><PhraseIgnored>cc</PhraseIgnored><QuotedPhraseNotFound>dd</QuotedPhraseNotFound>"
        "<OutputMessage>ee</OutputMessage></WarningList>"
    )
    body = f"<eSearchResult><Count>1</Count><IdList><Id>90000001</Id></IdList>{notes}</eSearchResult>"
    server.faults.append(Fault.body("notes", body))
    search = client(server).search("placebol", today=TODAY)
    assert [warning.split(": ") for warning in search.warnings] == [
        ["PhraseNotFound", "aa"],
        ["FieldNotFound", "bb"],
        ["PhraseIgnored", "cc"],
        ["QuotedPhraseNotFound", "dd"],
        ["OutputMessage", "ee"],
    ]


def test_a_long_query_travels_by_post(server: EutilsServer) -> None:
    query = "placebol OR " + " OR ".join(f"term{number}" for number in range(200))
    assert client(server).search(query, today=TODAY).found == 8
    client(server).search("placebol", today=TODAY)
    assert [seen.method for seen in server.requests] == ["POST", "GET"]


def test_a_limit_takes_the_most_relevant(server: EutilsServer) -> None:
    search = client(server).search("placebol", today=TODAY, limit=3)
    assert (search.ids, search.found, search.warnings) == (tuple(pmids(1, 2, 3)), 8, ())
    assert server.requests[0].parameters["retmax"] == "3"


def test_hits_beyond_the_listing_are_found_by_date(server: EutilsServer) -> None:
    server.add_phantoms(25_000, "common", date(1950, 1, 1), date(2026, 11, 1))
    asked = client(server)
    search = asked.search("common", today=TODAY)
    assert search.found == 25_000
    assert len(search.ids) == len(set(search.ids)) == 25_000
    assert search.ids[:9_999] == tuple(str(90_100_000 + number) for number in range(9_999))
    assert search.warnings == ()
    assert asked.requests == len(server.requests) < 14
    assert not any("retstart" in seen.parameters for seen in server.requests)
    for seen in server.requests[1:]:
        assert seen.parameters["datetype"] == "pdat"
        assert seen.parameters["mindate"] < seen.parameters["maxdate"] <= "2027/12/31"


def test_a_large_limit_stops_when_it_is_reached(server: EutilsServer) -> None:
    server.add_phantoms(22_000, "common", date(1950, 1, 1), date(2026, 11, 1))
    search = client(server).search("common", today=TODAY, limit=10_500)
    assert (len(search.ids), search.found) == (10_500, 22_000)
    assert len(server.requests) < 8


def test_hits_that_pubmed_does_not_list_are_said(server: EutilsServer) -> None:
    server.add_phantoms(10_050, "common", date(2020, 1, 1), date(2020, 1, 1))
    search = client(server).search("common", today=TODAY)
    assert len(search.ids) == 9_999
    assert search.warnings == ("PubMed counts 10050 hits and listed 9999 of them",)


def test_a_count_without_its_list_is_asked_again(server: EutilsServer) -> None:
    server.faults.append(Fault.body("no list", "<eSearchResult><Count>8</Count><IdList/></eSearchResult>"))
    assert len(client(server).search("placebol", today=TODAY).ids) == 8
    assert len(server.requests) == 2


def test_records_come_in_batches_by_post() -> None:
    with EutilsServer(record(number) for number in range(450)) as server:
        asked = client(server)
        wanted = pmids(*reversed(range(450)))
        batches = list(asked.fetch(wanted))
    assert [len(batch.records) for batch in batches] == [200, 200, 50]
    assert [one.article.pmid for batch in batches for one in batch.records] == wanted
    assert all(one.xml.startswith(b"<PubmedArticle") for one in batches[0].records)
    assert {seen.method for seen in server.requests} == {"POST"}
    assert (server.long_gets, asked.requests, len(server.requests)) == (0, 3, 3)


def test_absent_ids_are_missing_and_no_error(server: EutilsServer) -> None:
    (batch,) = client(server).fetch(pmids(2, 77, 1, 78, 2))
    assert [one.article.pmid for one in batch.records] == pmids(2, 1)
    assert batch.missing == tuple(pmids(77, 78))


def test_an_empty_set_means_missing_and_nothing_worse(server: EutilsServer) -> None:
    server.faults.append(Fault.empty_set())
    (batch,) = client(server).fetch(pmids(1, 2))
    assert (batch.records, batch.missing) == ((), tuple(pmids(1, 2)))
    assert len(server.requests) == 1


def test_records_nobody_asked_for_are_left_out(server: EutilsServer) -> None:
    server.faults.append(Fault.body("another", set_of([record(5), record(1)])))
    (batch,) = client(server).fetch(pmids(1, 2))
    assert [one.article.pmid for one in batch.records] == pmids(1)
    assert batch.missing == tuple(pmids(2))


def test_of_two_versions_the_later_one_counts(server: EutilsServer) -> None:
    later = record(1, title="The second version").replace('PMID Version="1"', 'PMID Version="2"')
    server.faults.append(Fault.body("versions", set_of([later, record(1)])))
    (batch,) = client(server).fetch(pmids(1))
    assert [one.article.title for one in batch.records] == ["The second version"]


def test_nothing_wanted_is_nothing_asked(server: EutilsServer) -> None:
    assert list(client(server).fetch([])) == []
    assert server.requests == []


FAULTS = [
    *(Fault.status(code) for code in (429, 500, 502, 503, 504)),
    *(Fault.hang_up(), Fault.reset(), Fault.truncated(), Fault.short(), Fault.html(), Fault.json(), Fault.empty()),
    *(Fault.error(), Fault.viewer_timeout(), Fault.dribble(), Fault.dribble(header=True), Fault.silence()),
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_passing_fault_is_survived(server: EutilsServer, fault: Fault) -> None:
    asked = client(server, deadline=1.0 if fault.name in ("dribble", "silence") else 5.0)
    server.faults.append(fault)
    assert asked.search("placebol", today=TODAY).found == 8
    assert len(server.requests) == asked.requests == 2
    server.faults.append(fault)
    (batch,) = asked.fetch(pmids(1, 2))
    assert len(batch.records) == 2
    assert len(server.requests) == asked.requests == 4


@pytest.mark.parametrize("text", ["Invalid db name specified: x", "Empty term and query_key - nothing todo"])
def test_an_error_in_the_answer_is_an_error(server: EutilsServer, text: str) -> None:
    server.faults.append(Fault.error(text))
    with pytest.raises(SourceError, match=text) as caught:
        client(server).search("placebol", today=TODAY)
    assert not caught.value.retryable
    assert len(server.requests) == 1


def test_a_batch_that_times_out_at_ncbi_is_halved(server: EutilsServer) -> None:
    server.faults.extend([Fault.viewer_timeout()] * ATTEMPTS)
    batches = list(client(server).fetch(pmids(1, 2, 3, 4, 5)))
    assert [[one.article.pmid for one in batch.records] for batch in batches] == [pmids(1, 2), pmids(3, 4, 5)]


def test_one_bad_record_costs_only_itself_and_what_follows(server: EutilsServer) -> None:
    server.poison[pmids(6)[0]] = Fault.truncated()
    received: list[str | None] = []
    with pytest.raises(SourceError, match="PMID 90000006") as caught:
        for batch in client(server).fetch(pmids(*range(1, 9))):
            received.extend(one.article.pmid for one in batch.records)
    assert received == pmids(1, 2, 3, 4, 5)
    assert caught.value.retryable
    assert caught.value.hint


def test_an_outage_is_not_made_worse_by_halving(server: EutilsServer) -> None:
    server.faults.extend([Fault.status(503)] * 50)
    with pytest.raises(SourceError, match="503") as caught:
        list(client(server).fetch(pmids(1, 2, 3, 4)))
    assert caught.value.retryable
    assert len(server.requests) == ATTEMPTS


def test_an_interrupted_fetch_resumes_with_the_rest() -> None:
    with EutilsServer(record(number) for number in range(450)) as server:
        server.faults.extend([None, None, *[Fault.reset()] * ATTEMPTS])
        stored: list[str | None] = []
        with pytest.raises(SourceError, match="reached"):
            for batch in client(server).fetch(pmids(*range(450))):
                stored.extend(one.article.pmid for one in batch.records)
        assert len(stored) == 400
        before = len(server.requests)
        rest = [pmid for pmid in pmids(*range(450)) if pmid not in stored]
        (batch,) = client(server).fetch(rest)
        assert len(batch.records) == 50
        assert [seen.ids for seen in server.requests[before:]] == [rest]


def test_a_body_too_large_is_refused_and_asked_for_in_parts(
    server: EutilsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "MOST_BYTES", len(set_of([record(1)]).encode()))
    batches = client(server).fetch(pmids(1, 2))
    assert [len(batch.records) for batch in islice(batches, 2)] == [1, 1]
    assert len(server.requests) == 3


def test_objects_with_different_addresses_do_not_meet(server: EutilsServer) -> None:
    opener = vars(Entrez)["urlopen"]
    with EutilsServer(record(number) for number in range(20)) as other:
        found: list[tuple[EutilsServer, int]] = []

        def ask(where: EutilsServer) -> None:
            for _ in range(5):
                found.append((where, client(where).search("placebol", today=TODAY).found))

        threads = [threading.Thread(target=ask, args=(where,)) for where in (server, other) * 4]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(found) == 40
        assert all(count == (8 if where is server else 20) for where, count in found)
        assert len(server.requests) == len(other.requests) == 20
    assert vars(Entrez)["urlopen"] is opener


def test_without_another_address_ncbi_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    addresses = []

    def read_body(_: object, request: Request, **limits: float) -> bytes:
        addresses.append(request.full_url.partition("?")[0])
        return b"<eSearchResult><Count>0</Count><IdList/></eSearchResult>"

    monkeypatch.setattr(transport, "read_body", read_body)
    PubMed(EMAIL, rate=1000).search("placebol", today=TODAY)
    assert addresses == ["https://eutils.ncbi.nlm.nih.gov/entrez/eutils/esearch.fcgi"]


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd",
        "ftp://127.0.0.1/",
        "127.0.0.1:80",
        "",
        "http://",
        "http://a b/",
        "http://[::1",
        "http://a:b/",
    ],
)
def test_an_address_that_is_not_http_is_refused(address: str) -> None:
    with pytest.raises(ConfigError, match="MONOGRAPH_ENTREZ_URL"):
        PubMed(EMAIL, base_url=address)


def test_real_records_arrive_whole() -> None:
    files = sorted(shared("pubmed", "efetch").glob("*.xml"))
    with EutilsServer() as server:
        server.load(*files)
        batches = list(client(server).fetch([path.stem for path in files]))
        sent = {pmid: entry.xml for pmid, entry in server.entries.items()}
    received = {one.article.pmid: one.xml.decode() for batch in batches for one in batch.records}
    assert received == sent
    assert len(received) > 100
    assert {pmid for batch in batches for pmid in batch.missing} == {path.stem for path in files} - sent.keys()
