"""Which compound a page is about."""

from __future__ import annotations

from pathlib import Path

from commands import TODAY
from examples import article

from pipeline.compounds import recognised
from pipeline.config import Settings
from pipeline.sources.library import Library
from pipeline.sources.pubmed_xml import Record


def held(tmp_path: Path) -> Settings:
    here = Settings(root=tmp_path, library=tmp_path / "library.sqlite")
    papers = [article(f"9000000{n}", f"Examplol in imagined pain {n}", "Examplol was given.") for n in (1, 2)]
    with Library(here.library) as library:
        library.add([Record(paper, b"") for paper in papers], fetched_at=TODAY)
    return here


def name(title: str | None, text: str, here: Settings, headings: tuple[str, ...] = ()) -> str | None:
    found = recognised(title, headings, text, here)
    return found.name if found else None


def test_a_known_name_in_the_title_decides(tmp_path: Path) -> None:
    here = held(tmp_path)
    assert name("LDN: a guide", "Examplol, examplol and examplol again.", here) == "naltrexone"
    assert name("BPC 157 explained", "", here) == "BPC-157"


def test_a_name_that_the_library_knows_is_taken_from_title_or_heading(tmp_path: Path) -> None:
    here = held(tmp_path)
    text = "Examplol is a drug. Examplol lowers pain. Unlike naltrexone, naltrexone or naltrexone, examplol is new."
    assert name("Examplol - SomeSite", text, here) == "Examplol"
    assert name("Home", text, here, ("What is examplol?",)) == "examplol"


def test_else_the_known_name_that_the_page_names_most(tmp_path: Path) -> None:
    here = held(tmp_path)
    assert name("A guide", "Naltrexone is old. LDN is a low dose of naltrexone.", here) == "naltrexone"
    assert name("A guide", "It was compared with naltrexone once.", here) is None
    assert name("Unheardol", "Unheardol is new. Unheardol helps. Unheardol, unlike naltrexone, works.", here) is None
    assert name(None, "", here) is None
