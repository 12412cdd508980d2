"""The loopback server keeps the rules of the real one that other tests rely on."""

from __future__ import annotations

import subprocess
import sys
import urllib.error
import urllib.request
from datetime import date
from pathlib import Path
from urllib.parse import urlencode
from xml.etree import ElementTree

import pytest
from eutils_faults import set_of
from eutils_server import EutilsServer, article_xml

RECORDS = [
    article_xml("90000001", "Placebol in mice", [("RESULTS", "Pain < 3 & less")], 2001, entered=date(2001, 5, 6)),
    article_xml("90000002", "Placebol in people", [], 2015, entered=date(2026, 11, 19)),
    article_xml("90000003", "Another compound in people", [], 2020, entered=date(2026, 11, 20)),
]


def ask(server: EutilsServer, utility: str, **parameters: str | int) -> ElementTree.Element:
    with urllib.request.urlopen(f"{server.url}/{utility}.fcgi?{urlencode(parameters)}", timeout=30) as answer:
        return ElementTree.fromstring(answer.read())


@pytest.mark.parametrize(
    ("term", "last_digits"),
    [
        ("placebol", "12"),
        ("placebol[tiab] AND people[Title]", "2"),
        ("mice OR compound", "13"),
        ('people NOT ("another compound" OR mice)', "2"),
        ('people AND "2026/11/20"[edat] : "3000"[edat]', "3"),
        ("2015/01:2020[pdat]", "23"),
        ("less", "1"),
        ("nothing", ""),
    ],
)
def test_words_operators_and_ranges_find_records(term: str, last_digits: str) -> None:
    with EutilsServer(RECORDS) as server:
        answer = ask(server, "esearch", term=term)
    assert [node.text for node in answer.findall("IdList/Id")] == [f"9000000{digit}" for digit in last_digits]
    assert answer.findtext("Count") == str(len(last_digits))


def test_pages_and_dates_narrow_a_search() -> None:
    with EutilsServer(RECORDS) as server:
        page = ask(server, "esearch", term="in", retstart=1, retmax=1)
        dated = ask(server, "esearch", term="in", datetype="pdat", mindate="2002", maxdate="2015/01/01")
        half = ask(server, "esearch", term="in", mindate="2002")
    assert [node.text for node in page.findall("IdList/Id")] == ["90000002"]
    assert [node.text for node in dated.findall("IdList/Id")] == ["90000002"]
    assert half.findtext("ERROR")


def test_no_page_starts_behind_the_last_listed_hit() -> None:
    with EutilsServer(RECORDS) as server:
        assert ask(server, "esearch", term="in", retstart=9998).findtext("Count") == "3"
        with pytest.raises(urllib.error.HTTPError, match="400") as caught:
            ask(server, "esearch", term="in", retstart=9999)
        caught.value.close()


def test_records_are_sent_as_they_are() -> None:
    with EutilsServer(RECORDS) as server:
        ids = ",".join(["90000003", "90000009", "90000001", *["1"] * 200])
        with urllib.request.urlopen(f"{server.url}/efetch.fcgi?id={ids}", timeout=30) as answer:
            assert answer.read().decode() == set_of([RECORDS[0], RECORDS[2]])
        assert server.long_gets == 1


def test_it_serves_files_from_the_command_line(tmp_path: Path) -> None:
    file = tmp_path / "records.xml"
    file.write_text(set_of(RECORDS), encoding="utf-8")
    script = Path(__file__).with_name("eutils_server.py")
    process = subprocess.Popen([sys.executable, script, "--records", file], stdout=subprocess.PIPE, text=True)
    with process:
        assert process.stdout is not None
        count, _, url = process.stdout.readline().partition(" records at ")
        with urllib.request.urlopen(f"{url.strip()}/esearch.fcgi?term=placebol", timeout=30) as answer:
            assert b"<Count>2</Count>" in answer.read()
        process.terminate()
    assert count == "3"
