"""Text of any kind in Markdown: it is shown as text, and no field brings markup into the page."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it.token import Token
from markdown_pages import PARSER, notice, paper, profile, rendered

from pipeline.models.profile import (
    Claim,
    DoseRow,
    Provenance,
    Quotation,
    Section,
    Uncited,
)
from pipeline.models.sources import Author, NoticeKind, Search
from pipeline.models.studies import Grade, Level, Reason
from pipeline.render.markdown import escape
from pipeline.render.words import visible

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


def shown(tokens: list[Token]) -> str:
    """What a reader sees of inline tokens."""
    return "".join(token.content for token in tokens if token.type in ("text", "text_special", "code_inline"))


def tokens_of(text: str) -> Iterator[Token]:
    for token in PARSER.parse(text):
        yield token
        yield from token.children or ()


@pytest.mark.parametrize("text", HOSTILE)
def test_escaped_text_is_shown_as_it_is(text: str) -> None:
    (opening, inline, closing) = PARSER.parse(escape(text))
    assert (opening.type, closing.type) == ("paragraph_open", "paragraph_close")
    assert {token.type for token in inline.children or ()} <= {"text", "text_special"}
    assert shown(inline.children or []) == " ".join(text.split())
    assert not any(sign in escape(text).replace(f"\\{sign}", "") for sign in "$|<`")


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
