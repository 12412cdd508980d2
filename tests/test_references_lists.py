"""Lists of references in plain text, told apart as people paste them."""

from __future__ import annotations

import pytest

from pipeline.references.lists import entries

ANSEL = "Ansel J, Bodoni K. Examplol for imagined pain: a trial. J Invent Res. 2020;1(2):101-9."
CASLON = "Caslon M. Otherol and the invented sleep of clocks. Ann Invent Med. 2018;7:1-2."
DIDOT = "Didot F, et al. A third compound in pockets. Invent Lancet. 2015;3(4):e55."
THREE = [ANSEL, CASLON, DIDOT]


def texts(text: str) -> list[str]:
    return [entry.text for entry in entries(text)]


@pytest.mark.parametrize(
    "mark",
    [
        "{n}. ",
        "{n}) ",
        "[{n}] ",
        "[{n}]",
        "- [{n}]",
        "({n}) ",
        "{n}\t",
        "- ",
        "* ",
        "• ",
        "[^{n}]: ",
        "{n}.",
        "  {n}.  ",
    ],
)
def test_marks_are_taken_off(mark: str) -> None:
    assert texts("\n".join(mark.format(n=n) + text for n, text in enumerate(THREE, 1))) == THREE


def test_one_a_line_with_and_without_blank_lines() -> None:
    assert texts("\n".join(THREE)) == THREE
    assert texts("\n\n".join(THREE)) == THREE
    assert texts("\n".join(THREE).replace("\n", "\r\n")) == THREE


@pytest.mark.parametrize("indent", ["", "   ", "\t"])
def test_wrapped_lines_are_joined_under_their_mark(indent: str) -> None:
    wrapped = [text.replace(". ", f".\n{indent}", 2) for text in THREE]
    assert texts("\n".join(f"{n}. {text}" for n, text in enumerate(wrapped, 1))) == THREE
    assert texts("\n\n".join(wrapped)) == THREE


def test_wrapped_lines_without_marks_are_joined_where_a_line_ends_in_the_middle() -> None:
    text = ANSEL.replace("imagined pain", "imagined\npain") + "\n" + CASLON.replace("sleep of", "sleep of\n")
    assert [t.replace("  ", " ") for t in texts(text)] == [ANSEL, CASLON]


def test_hanging_indents_join() -> None:
    text = "\n".join(text.replace(". J", ".\n    J").replace(". Ann", ".\n    Ann") for text in THREE)
    assert texts(text) == THREE


def test_identifiers_on_lines_of_their_own_belong_to_the_reference_before() -> None:
    assert texts(f"{ANSEL}\ndoi:10.1000/invented.1\n{CASLON}\nPMID: 90000002\n") == [
        f"{ANSEL} doi:10.1000/invented.1",
        f"{CASLON} PMID: 90000002",
    ]


@pytest.mark.parametrize(
    "lines",
    [
        ["90000001", "90000002", "90000003"],
        ["PMID: 90000001", "PMID: 90000002"],
        ["10.1000/invented.1", "10.1000/invented.2"],
        ["https://doi.org/10.1000/invented.1", "https://doi.org/10.1000/invented.2"],
        ["https://pubmed.ncbi.nlm.nih.gov/90000001/", "https://pubmed.ncbi.nlm.nih.gov/90000002/"],
        [
            "Examplol for imagined pain: a trial",
            "Otherol and the invented sleep of clocks",
            "A third compound in pockets",
        ],
        ["Ansel 2020 examplol for pain", "Caslon 2018 otherol for sleep"],
    ],
)
def test_one_short_thing_a_line(lines: list[str]) -> None:
    assert texts("\n".join(lines)) == lines


def test_a_page_is_read_from_its_heading_and_what_follows_the_list_is_no_reference() -> None:
    listed = f"References\n- [1]{ANSEL}\n- [2]{CASLON}\n"
    text = f"Examplol\nIt was studied in 2020.\n{listed}This page was made with care.\nShare this\n"
    assert texts(text) == [ANSEL, CASLON]
    assert [entry.line for entry in entries(text)] == [4, 5]


def test_lines_are_counted_in_the_file() -> None:
    wrapped = CASLON.replace(". Ann", ".\nAnn")
    text = f"\n\n{ANSEL}\n\n{wrapped}\n\n{DIDOT}\n"
    assert [entry.line for entry in entries(text)] == [3, 5, 8]


def test_a_number_that_begins_a_wrapped_line_is_no_mark() -> None:
    wrapped = ANSEL.replace(" 2020;1", "\n2020;1")
    assert texts(f"1. {wrapped}\n2. {CASLON}\n12. {DIDOT}") == THREE


@pytest.mark.parametrize("text", ["", "\n\n \n", "References\n"])
def test_nothing_is_nothing(text: str) -> None:
    assert texts(text) in ([], ["References"])
