"""NBIB: each field, wrapped lines, notices, books, and what is refused."""

from __future__ import annotations

import gzip
import io
from datetime import date

import pytest

from pipeline.errors import FormatError
from pipeline.models.sources import AbstractSection, Article, Author, MeshHeading, Notice, NoticeKind
from pipeline.sources.nbib import records

FULL = """\
PMID- 90000001
OWN - NLM
STAT- MEDLINE
DCOM- 20210105
LR  - 20240229
IS  - 9999-0001 (Electronic)
IS  - 9999-0002 (Linking)
VI  - 12
IP  - 3
DP  - 2020 Feb 20
TI  - Zetazole in invented pain: a placebo-controlled trial with a title so long that \n      it wraps.
PG  - 101-9
LID - e55 [pii]
LID - 10.1000/Invented.2020.1 [doi]
AB  - BACKGROUND: Nothing was known (p < 0.05; 10 mg). METHODS AND RESULTS: In 31
      patients, DNA: none. See http://example.org. CONCLUSION(S): It helped.
CI  - (c) 2020 Nobody.
FAU - van der Invented, Jan W
AU  - van der Invented JW
AD  - Department of Nothing, \n      Nowhere.
AUID- ORCID: 0000-0000-0000-0000
FAU - Secundus, Ana P Jr
AU  - Secundus AP Jr
CN  - Zetazole Study Group of the Very Long Name Which Is Wrapped Onto \n      Another Line
AU  - Tertius C
LA  - eng
LA  - fre
SI  - ClinicalTrials.gov/NCT00000001
PT  - Journal Article
PT  - Randomized Controlled Trial
DEP - 20191130
TA  - J Invent Med
JT  - Journal of invented medicine
JID - 9900001
RN  - 0 (Analgesics)
RN  - ABC123DEF4 (Zetazole (racemic))
SB  - IM
CIN - J Comment. 2020 May;92(5):461-463. doi: 10.1000/comment.1. PMID: \n      90000011
EIN - J Invent Med. 2020 Jun;12(6):700
RIN - J Invent Med. 2023 Jan 15;15(1):1. doi: 10.1000/notice.1. PMID: 90000012
MH  - Humans
MH  - Zetazole/*administration & dosage/adverse effects
MH  - *Pain, Invented/drug \n      therapy
OTO - NOTNLM
OT  - *zetazole
OT  - low-dose therapy
PMC - PMC9900001
PHST- 2020/02/20 00:00 [pubmed]
AID - S0000-0000(20)00001-1 [pii]
AID - 10.1000/Invented.2020.1 [doi]
PST - ppublish
SO  - J Invent Med. 2020 Feb 20;12(3):101-9. doi: 10.1000/Invented.2020.1.
"""


def read(text: str) -> list[Article]:
    return [found.article for found in records(io.BytesIO(text.encode()))]


def only(*fields: str) -> Article:
    (article,) = read("\n".join(("PMID- 90000001", *fields)))
    return article


def test_every_field_of_a_paper() -> None:
    (found,) = records(io.BytesIO(FULL.encode()))
    assert found.xml == b""
    assert found.article == Article(
        pmid="90000001",
        doi="10.1000/invented.2020.1",
        pmcid="PMC9900001",
        title="Zetazole in invented pain: a placebo-controlled trial with a title so long that it wraps.",
        authors=(
            Author(family="van der Invented", initials="JW"),
            Author(family="Secundus", initials="AP", suffix="Jr"),
            Author(collective="Zetazole Study Group of the Very Long Name Which Is Wrapped Onto Another Line"),
            Author(family="Tertius", initials="C"),
        ),
        journal="J Invent Med",
        journal_title="Journal of invented medicine",
        issn="9999-0001",
        nlm_id="9900001",
        year=2020,
        month="Feb",
        day=20,
        year_electronic=2019,
        volume="12",
        issue="3",
        pages="101-9",
        languages=("eng", "fre"),
        publication_types=("Journal Article", "Randomized Controlled Trial"),
        mesh=(
            MeshHeading(descriptor="Humans"),
            MeshHeading(descriptor="Zetazole", qualifiers=("administration & dosage", "adverse effects"), major=True),
            MeshHeading(descriptor="Pain, Invented", qualifiers=("drug therapy",), major=True),
        ),
        keywords=("zetazole", "low-dose therapy"),
        substances=("Analgesics", "Zetazole (racemic)"),
        registrations=("NCT00000001",),
        abstract=(
            AbstractSection(label="BACKGROUND", text="Nothing was known (p < 0.05; 10 mg)."),
            AbstractSection(label="METHODS AND RESULTS", text="In 31 patients, DNA: none. See http://example.org."),
            AbstractSection(label="CONCLUSION(S)", text="It helped."),
        ),
        notices=(
            Notice(
                kind=NoticeKind.COMMENT,
                role="affected",
                id="90000011",
                citation="J Comment. 2020 May;92(5):461-463. doi: 10.1000/comment.1.",
                date="2020 May",
                ref_type="CommentIn",
            ),
            Notice(
                kind=NoticeKind.ERRATUM,
                role="affected",
                citation="J Invent Med. 2020 Jun;12(6):700",
                date="2020 Jun",
                ref_type="ErratumIn",
            ),
            Notice(
                kind=NoticeKind.RETRACTION,
                role="affected",
                id="90000012",
                citation="J Invent Med. 2023 Jan 15;15(1):1. doi: 10.1000/notice.1.",
                date="2023 Jan 15",
                ref_type="RetractionIn",
            ),
        ),
        status="MEDLINE",
        date_revised=date(2024, 2, 29),
    )


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("\n", "\r\n"),
        lambda text: "\ufeff" + text,
        lambda text: "\n\n" + text + "\n\n",
        lambda text: text.replace(" \n", "\n"),
        lambda text: text.replace("DNA: none. ", "DNA: none. \n      \n      ").replace("(p < ", "\n\n      (p < "),
    ],
    ids=["windows", "byte order mark", "blank lines", "no trailing spaces", "blank line in a field"],
)
def test_line_endings_and_blank_lines_change_nothing(change: object) -> None:
    assert callable(change) and read(change(FULL)) == read(FULL)


def test_several_records_with_and_without_a_blank_line() -> None:
    assert [
        one.title for one in read("PMID- 90000001\nTI  - A\n\nPMID- 90000002\nTI  - B\nPMID- 90000003\nTI  - C\n")
    ] == [
        "A",
        "B",
        "C",
    ]


@pytest.mark.parametrize(
    ("tag", "kind", "role"),
    [
        ("RIN", "retraction", "affected"),
        ("ROF", "retraction", "notice"),
        ("RRI", "retraction", "affected"),
        ("ECI", "concern", "affected"),
        ("ECF", "concern", "notice"),
        ("EFR", "erratum", "notice"),
        ("PRIN", "erratum", "affected"),
        ("CRI", "republication", "affected"),
        ("RPF", "republication", "notice"),
        ("UIN", "update", "affected"),
        ("UOF", "update", "notice"),
        ("CON", "comment", "notice"),
        ("SPIN", "other", "affected"),
    ],
)
def test_each_link_keeps_its_kind_and_its_side(tag: str, kind: str, role: str) -> None:
    (notice,) = only(f"{tag:4}- J Invent. 2021;1:1. PMID: 90000002").notices
    assert (notice.kind, notice.role, notice.id) == (kind, role, "90000002")


def test_a_publication_type_alone_tells_a_retraction() -> None:
    (notice,) = only("PT  - Retracted Publication").notices
    assert (notice.kind, notice.role, notice.id) == (NoticeKind.RETRACTION, "affected", None)


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("2006", (2006, None, None, None)),
        ("2006 Mar", (2006, "Mar", None, None)),
        ("2006 Mar 1", (2006, "Mar", 1, None)),
        ("1998 Dec-1999 Jan", (1998, "Dec", None, "1998 Dec-1999 Jan")),
        ("2000 Spring", (2000, None, None, "2000 Spring")),
    ],
)
def test_dates_of_issue(printed: str, expected: tuple[object, ...]) -> None:
    article = only(f"DP  - {printed}")
    assert (article.year, article.month, article.day, article.medline_date) == expected


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (["AU  - Younger J"], [("Younger", "J", None)]),
        (["FAU - Madonna", "AU  - Madonna"], [("Madonna", None, None)]),
        (["AU  - Madonna"], [("Madonna", None, None)]),
        (["FAU - de Oliveira E Silva, Ana", "AU  - de Oliveira E Silva A"], [("de Oliveira E Silva", "A", None)]),
        (["FAU - Iusupov, Iurii A", "AU  - Iusupov IuA 3rd"], [("Iusupov", "IuA", "3rd")]),
        (["FAU - Left, Out", "AD  - Somewhere", "AU  - Right B"], [("Right", "B", None)]),
    ],
)
def test_names(fields: list[str], expected: list[tuple[str, str | None, str | None]]) -> None:
    article = only(*fields)
    assert [(author.family, author.initials, author.suffix) for author in article.authors] == expected
    assert article.authors_complete


def test_a_paper_that_says_little() -> None:
    assert only("TI  - Short") == Article(pmid="90000001", title="Short")


def test_et_al_says_that_authors_are_left_out() -> None:
    article = only("AU  - Primus A", "AU  - et al.")
    assert [author.name for author in article.authors] == ["Primus A"] and not article.authors_complete


def test_an_abstract_without_a_label_at_its_start_stays_whole() -> None:
    text = "We studied 12 rats. RESULTS: none. p: 0.03."
    assert only(f"AB  - {text}").abstract == (AbstractSection(text=text),)
    assert only("TI  - No abstract").abstract == ()


def test_a_translated_title() -> None:
    article = only("TI  - [Invented pain].", "TT  - Erfundener Schmerz.")
    assert (article.title, article.vernacular_title) == ("Invented pain.", "Erfundener Schmerz.")


BOOK = (
    "STAT- Publisher",
    "DRDT- 20200523",
    "CTDT- 20120401",
    "PB  - Invented Press",
    "DP  - 1993",
    "TI  - Zetazole",
    "BTI - InventTox",
    "AB  - Text.",
    "FED - Editor, First",
    "ED  - Editor F",
    "PT  - Book Chapter",
    "AID - NBK990001 [bookaccession]",
)


def test_a_chapter_of_a_book() -> None:
    article = only(*BOOK, "FAU - Author, Second B", "AU  - Author SB")
    assert (article.kind, article.title, article.journal_title) == ("book", "Zetazole", "InventTox")
    assert (article.year, article.month, article.day, article.date_revised) == (2012, "Apr", 1, date(2020, 5, 23))
    assert (article.authors, article.publication_types) == (
        (Author(family="Author", initials="SB"),),
        ("Book Chapter",),
    )
    assert (article.doi, article.text) == (None, "Zetazole\nText.")


def test_a_book_without_authors_has_its_editors_and_its_own_title() -> None:
    assert only(*BOOK).authors == (Author(family="Editor", initials="F"),)
    assert only("BTI - A whole book").title == "A whole book"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "not NBIB"),
        (b"\n\n", "not NBIB"),
        (b"<!DOCTYPE html><html></html>", "not NBIB"),
        (b"TY  - JOUR\nTI  - RIS\nER  -\n", "not NBIB"),
        (b"      floating\nPMID- 90000001\n", "not NBIB"),
        (b"PMID- 90000001\nTI  - Lost\nindentation\n", "line 3"),
        ("PMID- 90000001\nTI  - Zürich\n".encode("latin-1"), "not UTF-8"),
        (b"PMID- none\nTI  - No id\n", "neither a PMID nor a DOI"),
        (FULL[: FULL.index("CONCLUSION")].encode(), "ends too early, in the record of PMID 90000001"),
    ],
)
def test_what_is_refused(content: bytes, said: str) -> None:
    with pytest.raises(FormatError, match=said) as caught:
        list(records(io.BytesIO(content)))
    assert caught.value.hint


def test_whole_records_before_a_fault_are_given() -> None:
    found = records(io.BytesIO((FULL + "\nPMID- 90000002\nOWN - NLM\nTI  - Cut").encode()))
    assert next(found).article.pmid == "90000001"
    with pytest.raises(FormatError, match="PMID 90000002"):
        next(found)


def test_a_truncated_gz_is_told() -> None:
    packed = gzip.compress(FULL.encode())
    with gzip.open(io.BytesIO(packed)) as whole, gzip.open(io.BytesIO(packed[:-20])) as cut:
        assert len(list(records(whole))) == 1
        with pytest.raises(FormatError, match="damaged as a"):
            list(records(cut))
