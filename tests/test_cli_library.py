"""The library commands on good and bad files, and what a terminal is shown of their text."""

from __future__ import annotations

import gzip
import io
import sys
from pathlib import Path

import pytest
from commands import HOSTILE, raw, refused, run
from eutils_faults import set_of
from eutils_server import article_xml
from examplol import LITERATURE, POSITIVE, RESULT

from pipeline.config import settings
from pipeline.render.terminal import progress

XML = set_of(LITERATURE)
NBIB = """\
PMID- 90000201
OWN - NLM
STAT- MEDLINE
DP  - 2020 Feb
TI  - Examplol and imagined sleep.
AB  - RESULTS: Sleep was longer with examplol (p = 0.02).
LID - 10.1000/invented.201 [doi]
PT  - Journal Article
SO  - J Invent Res. 2020 Feb.
"""


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty project as the working directory."""
    (tmp_path / "profiles").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_records_are_imported_searched_shown_and_counted() -> None:
    Path("a.xml").write_text(XML)
    Path("b.data").write_bytes(gzip.compress(set_of([article_xml("90000202", "A trial of otherol")]).encode()))
    Path("c.nbib").write_text(NBIB)
    outcome = run("library", "import", "a.xml", "b.data", "c.nbib")
    assert (outcome.status, outcome.err) == (0, "")
    assert outcome.out.startswith(f"{len(LITERATURE) + 2} new, 0 updated, 0 unchanged")
    assert run("library", "import", "a.xml").out.startswith(f"0 new, 0 updated, {len(LITERATURE)} unchanged")
    assert "90000201" in run("library", "search", "imagined sleep").out
    hits = run("library", "search", "examplol", "--limit", "3").out.splitlines()
    assert len([line for line in hits if line.startswith("9000")]) == 3
    assert "no record" in run("library", "search", "absentol").out
    shown = run("library", "show", f"https://pubmed.ncbi.nlm.nih.gov/{POSITIVE}/").out
    assert "Ansel J" in shown
    assert RESULT in " ".join(shown.split())
    assert "Sleep was longer" in run("library", "show", "doi:10.1000/INVENTED.201").out
    stats = run("library", "stats").out
    assert f"{len(LITERATURE) + 2} (" in stats
    assert "retracted 1" in stats


def test_an_empty_library_is_read_without_being_made() -> None:
    assert run("library", "stats").status == 0
    assert "no record" in run("library", "search", "pain").out
    assert "holds no record" in refused(run("library", "show", "90000101"))
    assert "neither a PMID nor a DOI" in refused(run("library", "show", "examplol"))
    assert not settings().library.exists()


WHOLE = gzip.compress(XML.encode())
FILES = {
    "binary.xml": b"\x00\x01\xfe\xff" * 99,
    "page.html": b"<!DOCTYPE html><html><body>Not found</body></html>",
    "reply.json": b'{"error": "busy"}',
    "notes.txt": b"examplol is good",
    "empty.xml": b"",
    "cut.xml": XML.encode()[:-200],
    "cut.xml.gz": WHOLE[:-30],
    "beginning.gz": WHOLE[:12],
    "two-bytes.gz": WHOLE[:2],
    "noise.gz": WHOLE[:12] + bytes(range(256)),
    "other.xml": b"<rss><channel/></rss>",
    "cut.nbib": NBIB.partition("SO ")[0].encode(),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_holds_no_whole_records_is_named_once(name: str) -> None:
    Path(name).write_bytes(FILES[name])
    said = refused(run("library", "import", name))
    assert said.splitlines()[0].startswith(f"error: {name}")
    assert said.count(name) == 1


def test_a_directory_and_a_missing_file_are_named_once() -> None:
    Path("folder").mkdir()
    for name in ("folder", "missing.xml"):
        assert refused(run("library", "import", name)).count(name) == 1


def test_what_came_before_a_fault_is_kept() -> None:
    Path("good.xml").write_text(XML)
    Path("cut.xml").write_text(set_of([article_xml("90000203", "Whole"), article_xml("90000204", "Cut")])[:-400])
    outcome = run("library", "import", "good.xml", "cut.xml")
    assert "cut.xml" in refused(outcome._replace(out=""))
    assert outcome.out.splitlines() == [
        f"{len(LITERATURE) + 1} new, 0 updated, 0 unchanged",
        f"good.xml: {len(LITERATURE)} new, 0 updated, 0 unchanged",
        "cut.xml: 1 new, 0 updated, 0 unchanged before its fault",
    ]
    assert f"{len(LITERATURE) + 1} (" in run("library", "stats").out


def test_a_directory_is_imported_by_two_processes() -> None:
    Path("many").mkdir()
    for number in range(4):
        body = set_of([article_xml(f"9000022{number}", f"Paper {number}")]).encode()
        Path(f"many/{number}.xml.gz").write_bytes(gzip.compress(body))
    outcome = run("library", "import", "many", "--jobs", "2")
    assert (outcome.status, outcome.err) == (0, "")
    assert outcome.out.splitlines()[0] == "4 new, 0 updated, 0 unchanged"
    assert outcome.out.splitlines()[4] == "many/3.xml.gz: 1 new, 0 updated, 0 unchanged"
    assert "--jobs" in refused(run("library", "import", "many", "--jobs", "2", "--scheduler", "tcp://127.0.0.1:9"))


# --- what sources send to the terminal ---------------------------------------------------------------------


def test_no_text_from_a_source_is_obeyed_by_the_terminal() -> None:
    hostile = NBIB.replace("TI  - Examplol", f"TI  - {HOSTILE} Examplol").replace("Sleep was", f"Sleep{HOSTILE} was")
    hostile = hostile.replace("PT  -", f"MH  - *Pain{HOSTILE}/drug therapy\nPT  - Fun{HOSTILE}\nPT  -")
    Path("a.nbib").write_text(hostile + hostile.replace("90000201", "90000301").replace("invented.201", "invented.301"))
    assert run("library", "import", "a.nbib").status == 0
    shown = [run("library", "show", "90000201"), run("library", "search", "imagined")]
    shown += [run("draft", "examplol"), run("check", "examplol"), run("status")]
    for outcome in shown:
        assert outcome.status < 2
        assert not raw(outcome.out + outcome.err)
    assert "90000201" in shown[1].out


def test_nothing_is_markup() -> None:
    Path("[red]odd[].xml").write_text(set_of([article_xml("90000205", "A [bold]trial[/] of [/wrong] examplol")]))
    assert run("library", "import", "[red]odd[].xml").out.startswith("1 new")
    assert "A [bold]trial[/] of [/wrong] examplol" in run("library", "search", "examplol").out


def test_a_progress_line_is_neither_markup_nor_obeyed(monkeypatch: pytest.MonkeyPatch) -> None:
    watched = io.StringIO()
    monkeypatch.setattr(watched, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stderr", watched)
    with progress() as report:
        report(f"importing [/odd]{HOSTILE}.xml", 500, 0)
    shown = watched.getvalue()
    assert "[/odd]" in shown
    assert not raw(shown) & set(HOSTILE) - {"\x1b"}
    assert "\x1b]0;" not in shown


def test_progress_is_silent_where_nobody_is_watching(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    unwatched = io.StringIO()
    monkeypatch.setattr(sys, "stderr", unwatched)
    with progress() as report:
        report("importing", 500, 0)
    assert unwatched.getvalue() == ""
