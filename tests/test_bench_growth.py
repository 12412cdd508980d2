"""Growth and its parts: invented compounds, records under new PMIDs, what bends, and the plot."""

from __future__ import annotations

import gzip
import xml.etree.ElementTree as ElementTree
from datetime import date
from itertools import islice
from pathlib import Path

import pytest
from commands import contents
from eutils_server import article_xml

from bench import growth
from bench.compounds import generated, name_of
from bench.growth import Point, bends, panels, rows_of, table, told
from bench.plot import Panel, plot
from pipeline import authoring
from pipeline.config import Settings
from pipeline.models.findings import Severity
from pipeline.sources.pubmed_xml import open_file, records

POINTS = [
    *(Point("draft", work, 0.5 + work / 20, 60) for work in (1, 10, 100)),
    *(Point("import", work, work / 1000, 60 + work / 1000) for work in (1_000, 10_000)),
    Point("search", 1_000, 0.0001, 44),
    Point("search", 10_000, 0.004, 44),
]


def test_the_same_compounds_are_made_each_time_and_no_two_have_one_name(tmp_path: Path) -> None:
    assert generated(tmp_path / "one", 3) == generated(tmp_path / "two", 3)
    assert contents(tmp_path / "one" / "profiles") == contents(tmp_path / "two" / "profiles")
    assert len({name_of(number) for number in range(10_000)}) == 10_000


def test_invented_compounds_are_drafted_without_an_error(tmp_path: Path) -> None:
    here = Settings(tmp_path, tmp_path / ".library" / "library.sqlite")
    for name in generated(tmp_path, 4):
        done = authoring.draft(
            name, here, offline=True, today=date(2026, 11, 20), progress=lambda *_: None, model=None, anew=True
        )
        assert [f for f in done.report.findings if f.severity is Severity.ERROR] == []
        assert done.profile.provenance.records >= 6
        assert len(done.profile.claims) >= 5


@pytest.fixture
def nlm(tmp_path: Path) -> Path:
    """Two small files as NLM's are laid out, with a PMID of another paper in each record."""
    (folder := tmp_path / "nlm").mkdir()
    cited = '<CommentsCorrections RefType="Cites"><PMID Version="1">77</PMID></CommentsCorrections>'
    for place in range(2):
        xmls = [article_xml(str(10 * place + n + 1), "A title", corrections=cited) for n in range(3)]
        lines = (
            "\n".join(xmls)
            .replace("<PubmedArticle>", "<PubmedArticle>\n")
            .replace("</PubmedArticle>", "\n</PubmedArticle>")
        )
        text = f"<PubmedArticleSet>\n{lines}\n</PubmedArticleSet>\n"
        (folder / f"{place}.xml.gz").write_bytes(gzip.compress(text.encode()))
    return folder


def test_repeated_records_are_whole_and_each_is_a_new_one(
    nlm: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(growth, "A_FILE", 4)
    growth.written(tmp_path / "out", 14, nlm)
    files = sorted((tmp_path / "out").iterdir())
    found = [record.article for path in files for record in records(open_file(path))]
    assert [len(list(records(open_file(path)))) for path in files] == [4, 4, 4, 2]
    assert [article.pmid for article in found] == [str(growth.FIRST_PMID + n) for n in range(14)]
    assert len(list(islice(growth.articles(nlm), 20))) == 20


def test_drafts_and_records_are_measured_by_their_commands(nlm: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(growth, "COMPOUNDS", (2,))
    monkeypatch.setattr(growth, "RECORDS", (6,))
    monkeypatch.setattr(growth, "REPEATED", 0)
    points = growth.measured(nlm, full=False)
    assert [(point.kind, point.work) for point in points] == [("draft", 2), ("parse", 6), ("import", 6), ("search", 6)]
    assert all(point.seconds > 0 and point.megabytes > 10 for point in points)


def test_what_bends_is_the_first_step_that_takes_more_than_its_share() -> None:
    assert [(bend.kind, bend.low, bend.high) for bend in bends(POINTS)] == [("search", 1_000, 10_000)]
    said = told(POINTS)
    assert "What bends first: search, from 1,000 to 10,000 records: 40.0 times the time for 10 times the work." in said
    assert "No faster than the work grows the time of draft, import." in said
    assert "Memory of import: 61 to 70 MB." in said
    assert told(POINTS[:5]).startswith("Nothing bends")


def test_each_kind_of_work_has_a_line_and_each_point_a_place() -> None:
    rows = rows_of(POINTS)
    assert [row.what for row in rows] == [
        "draft of 1, 10, 100 compounds",
        "import of 1,000, 10,000 records",
        "search among 1,000, 10,000 records",
    ]
    assert rows[2].ours == "0.1 ms, 4 ms"
    assert table(POINTS).count("\n| ") == len(POINTS)


def test_the_plot_is_whole_and_says_its_figures_in_words() -> None:
    svg = plot(panels(POINTS))
    root = ElementTree.fromstring(svg)
    space = "{http://www.w3.org/2000/svg}"
    assert root.attrib["role"] == "img"
    said = root.findtext(f"{space}desc") or ""
    assert "time, s of import: 1 at 1,000, 10 at 10,000" in said
    marks = [title.text for title in root.iter(f"{space}title")][1:]
    assert len(marks) == 2 * len(POINTS)
    assert plot(panels(POINTS[:3])).count('class="title"') == 2
    assert "prefers-color-scheme: dark" in svg
    assert plot([Panel("time, s", "records", {"a < b": [(1.0, 1.0), (10.0, 1.0)]})]).count("a &lt; b") > 1


def test_lines_of_python_that_fail_say_why() -> None:
    with pytest.raises(RuntimeError, match="no such thing"):
        growth.python("raise SystemExit('no such thing')")
