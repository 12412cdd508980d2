"""The rendered page: hostile text is shown as text, and a new reference moves no other line."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from difflib import ndiff
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from pipeline.models.profile import (
    FOOTER,
    Claim,
    DoseRow,
    Profile,
    Provenance,
    Quotation,
    Reference,
    Section,
    Uncited,
)
from pipeline.models.sources import Article, Author, Label, Notice, NoticeKind, Search
from pipeline.models.studies import Grade, Level, Reason
from pipeline.render.markdown import escape, markdown, visible

PARSER = MarkdownIt("commonmark").enable("table").enable("strikethrough")
HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<!-- hidden -->",
    "[click](https://example.org)",
    "![image](https://example.org/x.png)",
    "[^90000009]: another footnote",
    "a | b | c",
    "$x^2$ and $$y$$",
    "`code` and ```fence",
    "**bold** and __bold__ and *it* and _it_ and ~~gone~~ and snake_case_name",
    "&lt;script&gt; and &#60;b&#62; and AT&T",
    "back\\slash \\* and \\",
    "# heading",
    "### ",
    "- item",
    "+ item",
    "1. item",
    "2020) item",
    "---",
    "===",
    "> quote",
    "    indented code",
    "~~~ fence",
]


def paper(**fields: Any) -> Article:
    return Article.model_validate({"pmid": "90000001", "title": "Examplol in pain", **fields})


def notice(kind: NoticeKind, role: str = "affected", **more: str) -> Notice:
    return Notice.model_validate({"kind": kind, "role": role, **more})


def shown(tokens: list[Token]) -> str:
    """What a reader sees of inline tokens."""
    return "".join(token.content for token in tokens if token.type in ("text", "text_special", "code_inline"))


def tokens_of(text: str) -> Iterator[Token]:
    for token in PARSER.parse(text):
        yield token
        yield from token.children or ()


def profile(*claims: str, **more: Any) -> Profile:
    """A profile with a claim for each text, standing on sentence 1 of PMID 90000001."""
    quoted = (Quotation(id="90000001:1", text="Pain fell."),)
    made = tuple(Claim(id=f"overview/{k}", text=text, evidence=quoted) for k, text in enumerate(claims))
    origin = Provenance(drafter="extractive", version="1", date=date(2026, 1, 1), records=3, synopses=0)
    fields = {
        "name": "examplol",
        "slug": "examplol",
        "provenance": origin,
        "sections": (Section(id="overview", title="What is it?", claims=made),),
        "footer": FOOTER,
    }
    return Profile.model_validate({**fields, **more})


def rendered(
    given_profile: Profile | None = None, sources: tuple[Article | Label, ...] = (), has_map: bool = False
) -> str:
    held = {
        source.key: Reference(
            key=source.key,
            article=source if isinstance(source, Article) else None,
            label=source if isinstance(source, Label) else None,
            hash="sha256:0",
        )
        for source in sources or (paper(),)
    }
    return markdown(given_profile or profile("Pain fell."), held, has_map=has_map)


def footnote(text: str, label: str = "90000001") -> str:
    (line,) = (line for line in text.splitlines() if line.startswith(f"[^{label}]:"))
    return line


@pytest.mark.parametrize("text", HOSTILE)
def test_escaped_text_is_shown_as_it_is(text: str) -> None:
    (opening, inline, closing) = PARSER.parse(escape(text))
    assert (opening.type, closing.type) == ("paragraph_open", "paragraph_close")
    assert {token.type for token in inline.children or ()} <= {"text", "text_special"}
    assert shown(inline.children or []) == " ".join(text.split())
    assert not any(sign in escape(text).replace(f"\\{sign}", "") for sign in "$|<`")


@settings(deadline=None)
@given(st.text(alphabet="ab1 _*`[]()<>!&#;\\|$~^.-+=\n\t:/\"'", min_size=1, max_size=30))
def test_any_escaped_text_is_shown_as_it_is(text: str) -> None:
    tokens = PARSER.parse(escape(text))
    inner = [token for block in tokens for token in block.children or ()]
    assert [token.type for token in tokens] in ([], ["paragraph_open", "inline", "paragraph_close"])
    assert {token.type for token in inner} <= {"text", "text_special"}
    assert shown(inner) == visible(text)


@pytest.mark.parametrize(
    "hidden",
    ["\u202e", "\u2066", "\u200b", "\u200d", "\ufeff", "\u061c", "\u00ad", "\U000e0041", "\x1b", "\x00", "\ue000"],
    ids=ascii,
)
def test_unseen_characters_are_shown(hidden: str) -> None:
    assert escape(f"safe{hidden}text") == "safe\ufffdtext"


def everything_hostile(text: str) -> str:
    """A profile in which every free field carries the same text."""
    reason = Reason(code="limited", text=text, sources=("90000001",))
    grade = Grade(level=Level.BRONZE, direction="unclear", counts=text, reasons=(reason,))
    quoted = (Quotation(id="90000001:0", text=text), Quotation(id="90000001:1", text=text))
    search = Search(query=text, translation=text, warnings=(text,), found=1, ids=(), date=date(2026, 1, 1))
    row = DoseRow(
        id="doses/a",
        source="90000001",
        dose=text,
        route=text,
        duration=text,
        population=text,
        design=text,
        evidence=quoted,
    )
    hostile = profile(
        name=text,
        tagline=text,
        provenance=Provenance(
            drafter="extractive", version="1", date=date(2026, 1, 1), records=1, synopses=1, searches=(search,)
        ),
        sections=(
            Section(id="evidence", title=text, note=text),
            Section(id="evidence/x", title=text, grade=grade, claims=(Claim(id="a", text=text, evidence=quoted),)),
            Section(id="doses", title=text),
        ),
        doses=(row,),
        uncited=(Uncited(source="10.1234/" + text.replace(" ", ""), reason=text),),
        footer=text,
    )
    written = paper(title=text, authors=(Author(collective=text),), journal=text, volume=text, pages=text)
    marked = written.model_copy(update={"notices": (notice(NoticeKind.ERRATUM, id=text, date=text),)})
    return rendered(hostile, (marked,), has_map=True)


@pytest.mark.parametrize("text", [*HOSTILE, "one\n\n<b>two</b>\n\n- three"])
def test_no_field_brings_markup_into_the_page(text: str) -> None:
    # The parser knows no footnotes: without their indent their sentences are read as text, not as code.
    tokens = list(tokens_of(everything_hostile(text).replace("\n    ", "\n")))
    plain = list(tokens_of(everything_hostile("plain").replace("\n    ", "\n")))
    assert [token.type for token in tokens if token.type.startswith("html")] == []
    kinds = ("link_open", "image", "heading_open", "bullet_list_open", "ordered_list_open", "fence", "td_open", "hr")
    assert [t.type for t in tokens if t.type in kinds] == [t.type for t in plain if t.type in kinds]
    addresses = [str(t.attrGet("href")) for t in tokens if t.type == "link_open"]
    assert {address.split("/")[2] for address in addresses} <= {"pubmed.ncbi.nlm.nih.gov", "doi.org"}


@pytest.mark.parametrize(
    ("key", "address"),
    [
        ("10.1234/a(98)00180-x", "https://doi.org/10.1234/a%2898%2900180-x"),
        ("10.1234/a)b(c", "https://doi.org/10.1234/a%29b%28c"),
        ("10.1002/(sici)1<1661::aid-x>3.0.co;2-2", "https://doi.org/10.1002/%28sici%291%3C1661::aid-x%3E3.0.co;2-2"),
        ("10.1234/<script>", "https://doi.org/10.1234/%3Cscript%3E"),
    ],
)
def test_any_doi_makes_a_whole_link(key: str, address: str) -> None:
    text = rendered(profile("Pain fell.", uncited=(Uncited(source=key, reason="not about a topic"),)))
    (place,) = (t for t in PARSER.parse(text) if t.type == "inline" and t.content.startswith("not about a topic"))
    (link,) = (t for t in place.children or () if t.type == "link_open")
    assert link.attrGet("href") == address
    assert shown(place.children or []) == f"not about a topic (1): doi:{key}"


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
