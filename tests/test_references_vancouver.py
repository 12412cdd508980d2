"""References as they are printed, whole and with holes in the record."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from pipeline.models.sources import Article, Author, Label, LabelSection, Notice, NoticeKind
from pipeline.references.vancouver import marks, reference


def people(count: int) -> tuple[Author, ...]:
    return tuple(Author(family=f"Example{chr(65 + k)}", initials="XY") for k in range(count))


def paper(**fields: Any) -> Article:
    return Article.model_validate({"pmid": "90000001", "title": "Examplol in pain", **fields})


PRINTED = {"journal": "J Invented Res", "year": 2020, "month": "Apr", "volume": "10", "issue": "4", "pages": "663-72"}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (
            {"authors": people(2), **PRINTED, "doi": "10.1234/x"},
            "ExampleA XY, ExampleB XY. Examplol in pain. J Invented Res. 2020 Apr;10(4):663-72. PMID 90000001."
            " doi:10.1234/x",
        ),
        ({}, "Examplol in pain. PMID 90000001."),
        ({"pmid": None, "doi": "10.1234/x"}, "Examplol in pain. doi:10.1234/x"),
        ({"title": "Does examplol help?"}, "Does examplol help? PMID 90000001."),
        ({"title": "Examplol hilft.", "vernacular_title": "x"}, "[Examplol hilft]. PMID 90000001."),
        ({"authors": (Author(),)}, "Examplol in pain. PMID 90000001."),
        ({"authors": (Author(), *people(1))}, "ExampleA XY. Examplol in pain. PMID 90000001."),
    ],
)
def test_a_reference_says_what_the_record_gives(fields: dict[str, Any], expected: str) -> None:
    assert reference(paper(**fields)) == expected


@pytest.mark.parametrize(
    ("missing", "expected"),
    [
        ("journal", "2020 Apr;10(4):663-72."),
        ("year", "J Invented Res. Apr;10(4):663-72."),
        ("month", "J Invented Res. 2020;10(4):663-72."),
        ("volume", "J Invented Res. 2020 Apr;(4):663-72."),
        ("issue", "J Invented Res. 2020 Apr;10:663-72."),
        ("pages", "J Invented Res. 2020 Apr;10(4)."),
        ("volume issue", "J Invented Res. 2020 Apr;663-72."),
        ("volume issue pages", "J Invented Res. 2020 Apr."),
        ("year month", "J Invented Res. 10(4):663-72."),
        ("year month volume issue pages", "J Invented Res."),
    ],
)
def test_what_is_missing_leaves_no_hole(missing: str, expected: str) -> None:
    given_fields = {name: value for name, value in PRINTED.items() if name not in missing.split()}
    assert reference(paper(**given_fields)) == f"Examplol in pain. {expected} PMID 90000001."


def test_a_date_in_words_stands_in_for_the_year() -> None:
    assert "J Invented Res. 1998 Dec-1999 Jan;3." in reference(
        paper(journal="J Invented Res", medline_date="1998 Dec-1999 Jan", volume="3")
    )


@pytest.mark.parametrize(
    ("count", "complete", "expected"),
    [
        (1, True, "ExampleA XY."),
        (6, True, "ExampleA XY, ExampleB XY, ExampleC XY, ExampleD XY, ExampleE XY, ExampleF XY."),
        (7, True, "ExampleA XY, ExampleB XY, ExampleC XY, ExampleD XY, ExampleE XY, ExampleF XY, et al."),
        (2, False, "ExampleA XY, ExampleB XY, et al."),
    ],
)
def test_up_to_six_authors_are_named(count: int, complete: bool, expected: str) -> None:
    said = reference(paper(authors=people(count), authors_complete=complete))
    assert said == f"{expected} Examplol in pain. PMID 90000001."


def test_groups_and_suffixes_are_authors() -> None:
    names = (Author(family="Example", initials="XY", suffix="Jr"), Author(collective="Examplol Study Group"))
    assert reference(paper(authors=names)).startswith("Example XY Jr, Examplol Study Group. Examplol in pain.")


def notice(kind: NoticeKind, role: str = "affected", **more: str) -> Notice:
    return Notice.model_validate({"kind": kind, "role": role, **more})


@pytest.mark.parametrize(
    ("given_notice", "expected"),
    [
        (notice(NoticeKind.RETRACTION, id="90000002", date="2021"), ["RETRACTED 2021 (PMID 90000002)"]),
        (notice(NoticeKind.RETRACTION, id="10.1234/x"), ["RETRACTED (10.1234/x)"]),
        (notice(NoticeKind.CONCERN), ["EXPRESSION OF CONCERN"]),
        (notice(NoticeKind.ERRATUM), ["Erratum published"]),
        (notice(NoticeKind.UPDATE), ["Updated"]),
        (notice(NoticeKind.COMMENT), []),
        (notice(NoticeKind.RETRACTION, role="notice"), []),
    ],
)
def test_a_notice_on_the_paper_is_told(given_notice: Notice, expected: list[str]) -> None:
    assert marks(paper(notices=(given_notice,))) == expected


def test_a_label_says_its_date_and_where_it_was_read() -> None:
    sections = tuple(
        LabelSection(kind="dose", text="x", urls=(url,))
        for url in ("https://example.org/a", "https://example.org/a (mirror)", "https://example.org/b", "by hand")
    )
    label = Label(key="label-examplol", title="Label of examplol", effective=date(2020, 1, 2), sections=sections)
    assert reference(label) == (
        "Label of examplol. Effective 2020-01-02. Read from 2 public pages, listed in sources.yaml."
    )
    one = Label(key="label-examplol", title="Label of examplol", sections=sections[:1])
    assert reference(one).endswith(". Read from 1 public page, listed in sources.yaml.")
