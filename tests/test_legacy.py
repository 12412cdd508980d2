"""Existing pages in text, Markdown and HTML: sections, sentences with lines and citations, references, the rest."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from conftest import shared

from pipeline.errors import FormatError
from pipeline.legacy import read_page
from pipeline.legacy.files import LARGEST, read_bytes
from pipeline.legacy.reading import factual
from pipeline.models.pages import Page
from pipeline.models.profile import FOOTER


def page(text: str, name: str = "page.txt") -> Page:
    return read_page(text.encode(), name)


def cited(page: Page) -> list[tuple[int, str, tuple[int, ...]]]:
    return [(s.line, s.text, s.references) for s in page.sentences]


REFERENCES = (
    "\n\nReferences\n\n1. Doe J. One. J Invented Res. 2009;1:1-2.\n2. Roe K. Two. J Invented Res. 2010;2:3-4.\n"
)


def test_text_without_any_markup() -> None:
    found = page("Examplol\n\nWhat is it?\n\nExamplol lowers pain [1]. It is a drug.[2]" + REFERENCES)
    assert found.title == "Examplol"
    assert [(s.title, s.line, s.empty) for s in found.sections] == [
        ("Examplol", 1, False),
        ("What is it?", 3, False),
        ("References", 7, False),
    ]
    assert cited(found) == [(5, "Examplol lowers pain.", (0,)), (5, "It is a drug.", (1,))]
    assert [(r.label, r.line, r.raw[:4]) for r in found.references] == [("1", 9, "Doe "), ("2", 10, "Roe ")]


def test_wrapped_text_keeps_the_line_in_which_a_sentence_begins() -> None:
    text = (
        "EXAMPLOL\n\nOVERVIEW\n\nExamplol is an invented drug that blocks a receptor which\n"
        "nobody has seen [1]. In a trial of 31 women it lowered the\npain"
        " of an imagined illness for twelve weeks [2].\n"
    )
    found = page(text + REFERENCES)
    assert [(line, refs) for line, _, refs in cited(found)] == [(5, (0,)), (6, (1,))]
    assert cited(found)[1][1].startswith("In a trial of 31 women it lowered the pain")


def test_underlines_numbers_and_capitals_make_headings() -> None:
    found = page(
        "Examplol\n========\n\n1. Uses\n-------\n\nIt lowers pain in adults.\n\nSIDE EFFECTS\n\nNausea was reported.\n"
    )
    assert [section.title for section in found.sections] == ["Examplol", "1. Uses", "SIDE EFFECTS"]
    assert [sentence.line for sentence in found.sentences] == [7, 11]


def test_a_list_without_bullets_is_no_row_of_headings() -> None:
    found = page(
        "Examplol\n\nUses\n\nIt is used for:\n\nMigraine\nAsthma\nGout\nHay Fever\nEczema\n\nIt lowers pain.\n"
    )
    assert [section.title for section in found.sections] == ["Examplol", "Uses"]


def test_markdown_with_footnotes_a_table_and_links() -> None:
    text = (
        "# Examplol\n\nIt lowers pain[^a] in\nadults. See [a study](https://pubmed.ncbi.nlm.nih.gov/90000009/)"
        " of it.\n\n"
        "| dose | who |\n|---|---|\n| 5 mg/day | 31 women [^b] |\n\n[^a]: Doe J. One."
        " J Invented Res.\n    2009;1:1-2.\n"
        "[^b]: https://doi.org/10.1000/xy\n"
    )
    found = page(text, "page.md")
    assert cited(found) == [
        (3, "It lowers pain in adults.", (0,)),
        (4, "See a study of it.", (2,)),
        (6, "dose; who", ()),
        (8, "5 mg/day; 31 women", (1,)),
    ]
    assert [(r.raw, r.line, r.listed) for r in found.references] == [
        ("Doe J. One. J Invented Res. 2009;1:1-2.", 10, True),
        ("https://doi.org/10.1000/xy", 12, True),
        ("PMID 90000009", 4, False),
    ]


def test_html_in_any_state_of_repair() -> None:
    text = (
        "<html><head><title>Examplol | Site</title><style>.x{display:none}</style></head><body><nav>Home</nav>\n"
        "<h1>Examplol</h1><p>It lowers <b>pain</b> &amp; fever.<sup>1</sup>\n<p>It has\nbeen known"
        "<sup><a href='#r2'>[2]</a></sup>"
        " for years.<ul><li>One effect is sleep<li>Another is mood</ul>\n<script>var x = '<p>no</p>'</script>\n"
        "<p class=x>Nobody sees this text.</p><span style='color:#fff'>Nor this here.</span><!-- a note -->\n"
        "<h2>Sources</h2><ol><li>Doe J. One. 2009.<li id=r2>Roe K.<br>Two. 2010.</ol>"
    )
    found = page(text, "page.html")
    assert found.title == "Examplol"
    assert cited(found) == [
        (2, "It lowers pain & fever.", (0,)),
        (3, "It has been known for years.", (1,)),
        (4, "One effect is sleep", ()),
        (4, "Another is mood", ()),
    ]
    assert [(r.raw, r.label) for r in found.references] == [("Doe J. One. 2009.", "1"), ("Roe K. Two. 2010.", "2")]
    assert [(piece.text, piece.why) for piece in found.hidden] == [
        ("Nobody sees this text.", "hidden by its style"),
        ("Nor this here.", "white on white"),
        ("a note", "a comment of the source"),
    ]
    assert [piece.why for piece in found.furniture] == ["navigation"]


def test_html_that_links_its_markers_and_sets_its_headings_in_bold() -> None:
    text = (
        "<h1>Examplol</h1><p><b>Overview</b></p><p>It lowers pain.<a href='#fn2'>2</a>"
        " See <a href='#top'>the top</a>.</p>"
        "<p><strong>References:</strong></p>"
        "<p>[1] Doe J. One. J Invented Res. 2009;1:1.<br>[2] Roe K. Two. 2010;2:2.</p>"
    )
    found = page(text, "page.html")
    assert [section.title for section in found.sections] == ["Examplol", "Overview", "References"]
    assert cited(found) == [(1, "It lowers pain.", (1,)), (1, "See the top.", ())]
    assert [reference.label for reference in found.references] == ["1", "2"]


def test_white_letters_on_a_dark_ground_are_seen() -> None:
    found = page("<div style='background:#000'><p style='color:#fff'>It lowers pain.</p></div>", "p.html")
    assert [sentence.text for sentence in found.sentences] == ["It lowers pain."]


def test_markers_that_point_nowhere() -> None:
    found = page("Examplol\n\nIt lowers pain [1, 7]. It helps (Poe et al., 2011). Study (2010) was one." + REFERENCES)
    assert [m.dangling for s in found.sentences for m in s.markers] == [("7",), ("poe 2011",)]


def test_authors_and_years_find_their_entry() -> None:
    found = page("Examplol\n\nRoe et al. (2010) found it. It lowers pain (Doe, 2009).\n" + REFERENCES)
    assert [refs for _, _, refs in cited(found)] == [(1,), (0,)]


def test_round_brackets_cite_only_where_nothing_else_does() -> None:
    assert [r for *_, r in cited(page("Examplol\n\nIt lowers pain (2). It helps." + REFERENCES))] == [(1,), ()]
    assert [r for *_, r in cited(page("Examplol\n\nIt lowers pain (2). It helps [1]." + REFERENCES))] == [(), (0,)]


def test_references_without_a_heading() -> None:
    entries = REFERENCES.replace("References", "")
    assert len(page("Examplol\n\nIt lowers pain [1].\n" + entries).references) == 2


@pytest.mark.parametrize(
    ("altered", "why"),
    [(FOOTER, ""), (FOOTER.replace(" — ", " -- "), "altered"), (FOOTER.replace("AI-assisted", "expert"), "altered")],
)
def test_the_footer_is_found_verbatim_or_altered(altered: str, why: str) -> None:
    found = page(f"Examplol\n\nIt lowers pain.\n\n{altered}\n")
    assert found.footer is not None
    assert found.footer.why == why
    assert [sentence.text for sentence in found.sentences] == ["It lowers pain."]


@pytest.mark.parametrize(
    "text",
    [
        "Examplol reduces pain.",
        "It is approved in Utopia.",
        "Take 5 mg at night.",
        "No large trials have been done yet.",
        "Adverse events were rare.",
    ],
)
def test_what_asserts_something(text: str) -> None:
    assert factual(text)


@pytest.mark.parametrize(
    "text",
    [
        "Does it help people with pain?",
        "See the table below.",
        "This article explains what the drug does.",
        "This is not medical advice.",
        "Talk to your doctor before you take it.",
        "Evidence grades: Gold = trials · Silver = animals · Bronze = theory",
        "Share this article",
        "Subscribe to our newsletter for updates",
        "Coming soon",
        "Thank you for reading.",
        "It is used for:",
        "Last updated in March 2024 by our team.",
    ],
)
def test_what_asserts_nothing(text: str) -> None:
    assert not factual(text)


@pytest.mark.parametrize(
    "text", ["Share this article", "Add to cart", "Home > Compounds > Examplol", "Accept all cookies"]
)
def test_furniture(text: str) -> None:
    found = page(f"Examplol\n\nIt lowers pain in adults.\n\n{text}\n")
    assert [(piece.text, piece.line) for piece in found.furniture] == [(text, 5)]
    assert len(found.sentences) == 1


def test_a_section_with_nothing_but_furniture_is_empty() -> None:
    found = page("# Examplol\n\n## Doses\n\nComing soon\n\n## Uses\n\n### Pain\n\nIt lowers pain.\n", "p.md")
    assert [section.title for section in found.sections if section.empty] == ["Doses"]


@pytest.mark.parametrize(
    "raw", [b"\x7fELF\0\0\1", b"%PDF-1.7 text", b"PK\3\4 text", bytes(range(1, 32)) * 9 + b"\xff\xfd"]
)
def test_what_is_no_text_says_so(raw: bytes) -> None:
    with pytest.raises(FormatError, match="is no text"):
        read_page(raw, "page.txt")


def test_encodings_and_line_ends() -> None:
    for raw in (
        "\ufeffTitle\r\n\r\nIt lowers caf\u00e9 pain.\r\n".encode(),
        "Title\r\rIt lowers caf\u00e9 pain.\r".encode("latin-1"),
        "Title\n\nIt lowers caf\u00e9 pain.\n".encode("utf-16"),
    ):
        assert cited(read_page(raw, "page.txt")) == [(3, "It lowers caf\u00e9 pain.", ())]
    assert read_page(b"", "page.txt") == Page()


def test_what_is_no_page_is_refused(tmp_path: Path) -> None:
    large = tmp_path / "large.txt"
    with large.open("wb") as file:
        file.truncate(LARGEST + 1)
    for path, said in ((tmp_path, "is a directory"), (tmp_path / "none.txt", "No such file"), (large, "at most")):
        with pytest.raises(FormatError, match=said):
            read_bytes(path)


@pytest.mark.parametrize(
    "text",
    [
        "<div>" * 100_000,
        "<b>" * 50_000 + "</i>" * 50_000,
        "<!--" * 200_000,
        '<a href="' * 100_000,
        "<" * 300_000,
        "<p>It lowers pain.<sup>" * 20_000,
    ],
)
def test_broken_markup_takes_no_longer_than_its_length(text: str) -> None:
    begun = time.process_time()
    read_page(text.encode(), "page.html")
    assert time.process_time() - begun < 20


def test_markdown_that_opens_and_never_closes() -> None:
    begun = time.process_time()
    read_page(("[" * 200_000 + "\n\n" + ">" * 20_000 + "\n\n" + "**a_" * 5_000).encode(), "page.md")
    assert time.process_time() - begun < 20


def test_the_specimen() -> None:
    found = read_page(shared("specimen", "ldn-page.txt").read_bytes(), "ldn-page.txt")
    assert found.title == "LDN"
    assert [section.line for section in found.sections if section.empty] == [11]
    assert {s.line for s in found.statements} == {4, 5, 7, 8, 9, 13, 16, 18}
    assert [reference.line for reference in found.references] == [20, 21]
    assert [piece.line for piece in found.furniture] == [23]
    assert found.footer is not None
    assert (found.footer.line, found.footer.why) == (22, "")
