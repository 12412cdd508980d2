"""Field by field: what counts as the same, and what never does."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.models.references import Citation
from pipeline.models.sources import Article, Author
from pipeline.references.fields import compare
from pipeline.references.journals import same_name
from pipeline.references.names import read_names, same_authors
from pipeline.references.places import read_place, same_issue, same_pages, same_volume
from pipeline.references.titles import same_title

SAME_PAGES = [
    ("663-72", "663-672"),
    ("663–672", "663-72"),
    ("663", "663-72"),
    ("663-72", "663"),
    ("e0159223", "0159223"),
    ("S12-S18", "S12-8"),
    ("1126-1137", "1126-37"),
    ("p. 12-3", "12-13"),
    ("123-124", "123-4; discussion 125"),
    ("S0894-7317(21)00483-1", "S0894-7317(21)00483-1"),
]
OTHER_PAGES = [
    ("1-6", "820-8"),
    ("663-82", "663-72"),
    ("636-72", "663-72"),
    ("12-18", "S12-8"),
    ("100", "10"),
    ("10", "1"),
]


@pytest.mark.parametrize(("one", "other"), SAME_PAGES)
def test_pages_that_are_the_same(one: str, other: str) -> None:
    assert same_pages(one, other)
    assert same_pages(other, one)


@pytest.mark.parametrize(("one", "other"), OTHER_PAGES)
def test_pages_that_are_not(one: str, other: str) -> None:
    assert not same_pages(one, other)
    assert not same_pages(other, one)


@given(st.integers(1, 99999), st.integers(0, 400))
def test_however_a_range_is_shortened_it_is_the_same(first: int, more: int) -> None:
    whole, last = str(first), str(first + more)
    for cut in range(len(last)):
        if len(whole) == len(last) and whole[:cut] == last[:cut]:
            assert same_pages(f"{whole}-{last[cut:]}", f"{whole}-{last}")
    assert not same_pages(f"{first}-{first + more}", f"{first}-{first + more + 1}") or more == 0


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("4", "4", True),
        ("no. 4", "4", True),
        ("Suppl 1", "S1", True),
        ("Suppl1", "Suppl 1", True),
        ("1-2", "1/2", True),
        ("1", "1-2", True),
        ("4", "4 Pt 1", True),
        ("4", "5", False),
        ("1", "10", False),
        ("Suppl 1", "Suppl 2", False),
        ("Pt A", "Pt B", False),
    ],
)
def test_issues(one: str, other: str, same: bool) -> None:
    assert same_issue(one, other) is same


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [("10", "10", True), ("vol. 10", "10", True), ("10", "10 Suppl 1", True), ("10", "100", False), ("10", "1", False)],
)
def test_volumes(one: str, other: str, same: bool) -> None:
    assert same_volume(one, other) is same
    assert same_volume(other, one) is same


SAME_JOURNALS = [
    ("Pain Med", "Pain medicine (Malden, Mass.)"),
    ("N Engl J Med", "The New England journal of medicine"),
    ("NEJM", "N Engl J Med"),
    ("PNAS", "Proc Natl Acad Sci U S A"),
    ("Proc. Natl. Acad. Sci. USA", "Proceedings of the National Academy of Sciences of the United States of America"),
    ("Lancet", "The Lancet (London, England)"),
    (
        "J Gerontol A Biol Sci Med Sci",
        "The journals of gerontology. Series A, Biological sciences and medical sciences",
    ),
    ("Dtsch Med Wochenschr", "Deutsche medizinische Wochenschrift"),
    ("JSLS", "JSLS : Journal of the Society of Laparoendoscopic Surgeons"),
    ("Onco Targets Ther", "OncoTargets and therapy"),
    ("PLOS ONE", "PLoS One"),
    ("J Natl Cancer Inst", "JNCI Journal of the National Cancer Institute"),
    ("Z Gastroenterol", "Zeitschrift für Gastroenterologie"),
    ("Diabetes Obes Metab", "Diabetes, Obesity & Metabolism"),
]
OTHER_JOURNALS = [
    ("Pain", "Pain Med"),
    ("J Neurol Sci", "Journal of Neurosurgical Sciences"),
    ("Cancer", "Cancers"),
    ("Lancet", "Lancet Oncol"),
    ("BMJ", "BMJ Open"),
    ("PLoS One", "PLoS Medicine"),
    ("International Journal of Cardiology", "International Journal of Radiology"),
    ("J Dent (Tehran)", "J Dent (Shiraz)"),
    ("Am J Med", "Ann Med"),
]


@pytest.mark.parametrize(("one", "other"), SAME_JOURNALS)
def test_names_of_one_journal(one: str, other: str) -> None:
    assert same_name(one, other)
    assert same_name(other, one)


@pytest.mark.parametrize(("one", "other"), OTHER_JOURNALS)
def test_names_of_two_journals(one: str, other: str) -> None:
    assert not same_name(one, other)
    assert not same_name(other, one)


TITLE = "Effect of 4.5 mg of β-examplol on tumour pain: a randomised trial."


@pytest.mark.parametrize(
    "given_title",
    [
        TITLE,
        TITLE.upper(),
        "Effect of 4.5 mg of beta-examplol on tumor pain - A randomized trial",
        "Effect of 4·5 mg of <i>β‐examplol</i> on tumour pain: a randomised trial",
        "Effect of 4.5 mg of β-examplol on tumour pain",
        "[Effect of 4.5 mg of β-examplol on tumour pain: a randomised trial]",
    ],
)
def test_a_title_is_the_same_in_other_dress(given_title: str) -> None:
    assert same_title(given_title, TITLE)


@pytest.mark.parametrize(
    "given_title",
    [
        TITLE.replace("4.5", "45"),
        TITLE.replace("4.5", "4.6"),
        TITLE.replace("on tumour", "on no tumour"),
        TITLE.replace("β", "α"),
        TITLE.replace("randomised", "pilot"),
        TITLE.replace("Effect", "Effects"),
        "A randomised trial",
        "Effect",
    ],
)
def test_a_changed_word_or_number_is_another_title(given_title: str) -> None:
    assert not same_title(given_title, TITLE)


def people(text: str) -> tuple[Author, ...]:
    return tuple(Author(family=name.rpartition(" ")[0], initials=name.rpartition(" ")[2]) for name in text.split(", "))


RECORD = Article(pmid="90000001", title="x", authors=people("van der Ansel JP, Müller K, O'Caslon MA, Didot-Elzevir F"))


@pytest.mark.parametrize(
    "written",
    [
        "van der Ansel JP, Müller K, O'Caslon MA, Didot-Elzevir F",
        "Van der Ansel, J. P., Mueller, K., O’Caslon, M. A., & Didot Elzevir, F.",
        "J.-P. van der Ansel, K. Muller, M. A. OCaslon and F. Didot-Elzevir",
        "VAN DER ANSEL JP, MULLER K, O'CASLON MA, DIDOT-ELZEVIR F",
        "van der Ansel J, Müller K, O'Caslon M, Didot-Elzevir F",
        "van der Ansel JP, Müller K, et al",
        "Ansel JP et al.",
        "van der Ansel, Jean Paul; Müller, Karla; O'Caslon, Mary Ann; Didot-Elzevir, Fay",
        "van der Ansel JP, Müller K, ... Didot-Elzevir F",
        "van der Ansel JP Jr, Müller K, O'Caslon MA, Didot-Elzevir F",
    ],
)
def test_authors_in_other_dress(written: str) -> None:
    assert same_authors(*read_names(written), RECORD)


@pytest.mark.parametrize(
    "written",
    [
        "Müller K, van der Ansel JP, O'Caslon MA, Didot-Elzevir F",
        "van der Ansel JP, Müller K, Didot-Elzevir F",
        "van der Ansel JP, Müller K, O'Caslon MA",
        "van der Ansel JP, Müller K, O'Caslon MA, Didot-Elzevir F, Estienne R",
        "van der Ansel JP, Estienne R, et al",
        "van der Ansel PJ, Müller K, O'Caslon MA, Didot-Elzevir F",
        "van der Ansel JP, Müller R, O'Caslon MA, Didot-Elzevir F",
        "van der Ansel JP, Müller K, O'Caslon M, Didot-Elzevir F",
        "van der Ansel JP, O'Caslon MA, ... Didot-Elzevir F",
        "van der Ansel JP, Müller K, ... O'Caslon MA",
    ],
)
def test_an_added_dropped_swapped_or_replaced_author(written: str) -> None:
    assert not same_authors(*read_names(written), RECORD)


def test_groups_count_where_both_sides_name_one() -> None:
    article = RECORD.model_copy(update={"authors": (*RECORD.authors[:1], Author(collective="Examplol Study Group"))})
    assert same_authors(*read_names("van der Ansel JP; Examplol Study Group"), article)
    assert same_authors(*read_names("van der Ansel JP"), article)
    assert not same_authors(*read_names("Müller K, Examplol Study Group"), article)


PAPER = Article(
    pmid="90000001",
    doi="10.1000/invented.1",
    title="Examplol for imagined pain",
    authors=people("Ansel J, Bodoni K"),
    journal="J Invent Res",
    journal_title="Journal of invented results",
    year=2020,
    year_electronic=2019,
    volume="1",
    issue="2",
    pages="101-9",
)


def differing(**fields: Any) -> list[tuple[str, str, str]]:
    comparison = compare(Citation(raw="x", **fields), PAPER)
    return [(d.field, d.given, d.found) for d in comparison.differences]


def test_a_field_that_is_not_given_or_not_known_is_no_difference() -> None:
    assert differing() == []
    assert differing(title="Examplol for imagined pain", volume="1") == []
    bare = Article(pmid="90000001", title="Examplol for imagined pain")
    given_fields: dict[str, Any] = {"volume": "9", "issue": "9", "pages": "9", "journal": "X", "doi": "10.1000/9"}
    assert compare(Citation(raw="x", year=1999, **given_fields), bare).differences == ()


def test_what_differs_is_told_with_both_sides() -> None:
    assert differing(year=2011, volume="106") == [("year", "2011", "2020"), ("volume", "106", "1")]
    assert differing(pmid="90000002") == [("pmid", "90000002", "90000001")]


def test_the_year_of_electronic_publication_is_a_remark() -> None:
    comparison = compare(Citation(raw="x", year=2019), PAPER)
    assert comparison.differences == ()
    assert comparison.remark == "2019 is the year of electronic publication; the issue is of 2020"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Pain Med. 2009 Apr;10(4):663-72.", ("Pain Med", 2009, "10", "4", "663-72")),
        ("Pain Medicine, 10(4), 663-672. ", ("Pain Medicine", None, "10", "4", "663-672")),
        ("Pain Med. 10, 663-672 (2009).", ("Pain Med", 2009, "10", None, "663-672")),
        ("Pain Medicine 10, no. 4 (2009): 663-72.", ("Pain Medicine", 2009, "10", "4", "663-72")),
        ("Pain Med., vol. 10, no. 4, pp. 663-672, Apr. 2009.", ("Pain Med", 2009, "10", "4", "663-672")),
        ("Pain Med., vol. 8, pp. 1973-1977, 2016.", ("Pain Med", 2016, "8", None, "1973-1977")),
        ("PLoS ONE, 11(7), Article e0159223.", ("PLoS ONE", None, "11", "7", "e0159223")),
        ("Ann Oncol. 2009;20 Suppl 1:i12-i18.", ("Ann Oncol", 2009, "20 Suppl 1", None, "i12-i18")),
        ("Cochrane Database Syst Rev. 2014;(4):CD007876.", ("Cochrane Database Syst Rev", 2014, None, "4", "CD007876")),
        ("Obesity (Silver Spring). 2010;18:12-8", ("Obesity (Silver Spring)", 2010, "18", None, "12-8")),
        ("Biomed Res Int. 2014;2014:568197.", ("Biomed Res Int", 2014, "2014", None, "568197")),
        ("J Foo 235-236 (2021): 106650.", ("J Foo", 2021, "235-236", None, "106650")),
        ("Pain Med. 2009.", ("Pain Med", 2009, None, None, None)),
        ("Pain Med. 2009; part 2: 55-60.", ("Pain Med", 2009, None, "part 2", "55-60")),
        ("Pain Med 2011;12;Suppl 1:S5.", ("Pain Med", 2011, "12", "Suppl 1", "S5")),
    ],
)
def test_places_as_references_write_them(text: str, expected: tuple[object, ...]) -> None:
    assert tuple(read_place(text)) == expected
