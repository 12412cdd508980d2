"""The rendered page: a claim a line, footnotes by PMID, and a new reference moves no other line."""

from __future__ import annotations

from datetime import date
from difflib import ndiff
from itertools import pairwise

import pytest
from markdown_pages import PARSER, footnote, notice, paper, profile, rendered

from pipeline.models.profile import (
    FOOTER,
    Claim,
    DoseRow,
    Provenance,
    Quotation,
    Section,
    Uncited,
)
from pipeline.models.sources import Label, NoticeKind
from pipeline.models.studies import Grade, Level, Reason
from pipeline.render.markdown import markdown


def test_a_claim_is_one_line_and_a_study_one_paragraph() -> None:
    lines = rendered(profile("Pain\nfell.\n\n# Much", "Sleep  improved.")).splitlines()
    at = lines.index("Pain fell. # Much[^90000001]")
    assert lines[at - 1 : at + 3] == ["", lines[at], "Sleep improved.[^90000001]", ""]


def test_claims_on_two_sources_or_on_a_label_stand_apart() -> None:
    claims = tuple(
        Claim(id=f"overview/{n}", text=f"Fact {n}.", evidence=(Quotation(id=key, text=f"Fact {n}."),))
        for n, key in enumerate(("90000001:1", "90000002:1", "label-x:1", "label-x:2"))
    )
    lines = rendered(profile(sections=(Section(id="overview", title="What?", claims=claims),))).splitlines()
    told = [n for n, line in enumerate(lines) if line.startswith("Fact ")]
    assert [two - one for one, two in pairwise(told)] == [2, 2, 2]


def test_footnotes_are_labelled_by_pmid_or_doi() -> None:
    quoted = tuple(
        Quotation(id=key, text="Pain fell.") for key in ("90000001:1", "90000001:2", "10.1234/J.x(9)1:3", "label-x:1")
    )
    claim = Claim(id="overview/a", text="Pain fell.", evidence=quoted)
    sources = (paper(), paper(pmid=None, doi="10.1234/j.x(9)1"), Label(key="label-x", title="Label of x"))
    text = rendered(profile(sections=(Section(id="overview", title="What?", claims=(claim,)),)), sources)
    assert "\nPain fell.[^90000001][^10-1234-j-x-9-1][^label-x]\n" in text
    assert footnote(text).endswith(" [PubMed](https://pubmed.ncbi.nlm.nih.gov/90000001/)")
    assert "[^label-x]: Label of x.\n" in text
    assert "\n    Abstract, sentence 2: Pain fell.\n" in text
    assert footnote(text, "10-1234-j-x-9-1").startswith("[^10-1234-j-x-9-1]: ")


def test_notices_are_told_first_and_in_bold() -> None:
    told = (notice(NoticeKind.RETRACTION, id="90000002"), notice(NoticeKind.COMMENT), notice(NoticeKind.CONCERN))
    assert footnote(rendered(sources=(paper(notices=told),))).startswith(
        "[^90000001]: **RETRACTED (PMID 90000002).** **EXPRESSION OF CONCERN.** Examplol in pain. PMID 90000001."
    )


def test_a_title_cannot_pass_for_a_notice() -> None:
    assert r"\*\*RETRACTED.\*\* Examplol" in footnote(rendered(sources=(paper(title="**RETRACTED.** Examplol"),)))


def test_a_source_without_a_record_is_said_to_be_without() -> None:
    text = markdown(profile("Pain fell."), {}, has_map=False)
    assert footnote(text).endswith("90000001/) (record not among the sources)")


def test_a_synopsis_is_never_called_an_abstract() -> None:
    text = rendered(sources=(paper(text_origin="synopsis"),))
    assert "\n    Synopsis, sentence 1: Pain fell.\n" in text
    assert "Abstract, sentence" not in text


@pytest.mark.parametrize("pmid", ["80000001", "90000000", "99999999"])
def test_a_new_reference_changes_no_other_line(pmid: str) -> None:
    before = profile("Pain fell.", "Sleep improved.")
    new = Claim(id="overview/new", text="Mood rose.", evidence=(Quotation(id=f"{pmid}:4", text="Mood rose."),))
    (section,) = before.sections
    claims = (section.claims[0], new, section.claims[1])
    after = before.model_copy(update={"sections": (section.model_copy(update={"claims": claims}),)})
    sources = (paper(), paper(pmid=pmid, title="Examplol and mood"))
    changes = [
        line
        for line in ndiff(rendered(before, sources).splitlines(), rendered(after, sources).splitlines())
        if line[0] in "-+" and line[2:]
    ]
    assert [line[0] for line in changes] == ["+"] * 3
    assert changes[0] == f"+ Mood rose.[^{pmid}]"


def test_the_banner_stands_where_there_are_synopses_and_nowhere_else() -> None:
    with_some = Provenance(drafter="extractive", version="1", date=date(2026, 1, 1), records=3, synopses=2)
    text = rendered(profile("Pain fell.", provenance=with_some))
    assert "\n> **Drafted from synopses.** 2 of 3 records are synopses" in text
    assert text.index("Drafted from synopses") < text.index("## What is it?")
    assert "synops" not in rendered(profile("Pain fell.")).lower()


def test_the_disclosure_closes_the_page_word_for_word() -> None:
    assert rendered().endswith(f"\n---\n\n{FOOTER}\n")


def test_a_grade_stands_with_its_direction_and_reasons() -> None:
    reason = Reason(code="randomised", text="2 randomised trials", sources=("90000001", "10.1234/x"))
    cap = Reason(code="pilot", text="one is a pilot")
    grade = Grade(level=Level.GOLD, direction="conflicting", counts="2 trials", reasons=(reason,), caps=(cap,))
    text = rendered(profile(sections=(Section(id="evidence/pain", title="Pain", grade=grade),)))
    assert "\n### Pain\n\n**Evidence: Gold, conflicting** — 2 trials.\n" in text
    assert (
        "\n*Why this grade:* 2 randomised trials ([PMID 90000001](https://pubmed.ncbi.nlm.nih.gov/90000001/),"
        " [doi:10.1234/x](https://doi.org/10.1234/x)); one is a pilot.\n"
    ) in text
    none = Grade(level=Level.NONE, direction="unclear", counts="no study")
    assert "**Evidence: none found** — no study." in rendered(
        profile(sections=(Section(id="evidence/pain", title="Pain", grade=none),))
    )


def test_the_map_is_shown_only_where_there_is_one() -> None:
    page = profile(sections=(Section(id="evidence", title="Research evidence"),))
    assert "](evidence-map.svg)" in rendered(page, has_map=True)
    assert "evidence-map.svg" not in rendered(page)


def test_an_unknown_cell_of_the_dose_table_says_so() -> None:
    row = DoseRow(id="doses/a", source="90000001", dose="4 mg/day", design="cohort study")
    text = rendered(profile(sections=(Section(id="doses", title="Doses studied"),), doses=(row,)))
    cells = [t.content for t in PARSER.parse(text) if t.type == "inline"]
    start = cells.index("4 mg/day")
    assert cells[start : start + 5] == ["4 mg/day", "not stated", "not stated", "not stated", "cohort study"]


def test_a_long_list_of_uncited_records_is_cut_with_its_count() -> None:
    many = tuple(Uncited(source=str(90000100 + k), reason="not about a topic") for k in range(23))
    text = rendered(profile("Pain fell.", uncited=many))
    (line,) = (line for line in text.splitlines() if line.startswith("- not about a topic (23): "))
    assert line.count("[PMID ") == 20
    assert line.endswith(" and 3 more, listed in profile.yaml")
    assert "Every record that was retrieved is cited." in rendered()
