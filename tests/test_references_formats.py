"""BibTeX, RIS, NBIB and CSL-JSON, whole and broken."""

from __future__ import annotations

import json

import pytest

from pipeline.errors import FormatError
from pipeline.models.references import Citation
from pipeline.references.formats import read_references

BIBTEX = r"""
% a comment
@article{ansel2020,
  author = {Ansel, Jo W. and M{\"u}ller, Kim and {Examplol Study Group} and others},
  title = {{Examplol} for $\alpha$-pain: a {T}rial},
  journal = {J. Invent. Res.}, year = 2020, volume = {1}, number = {2}, pages = {101--109},
  doi = {https://doi.org/10.1000/Invented.1}, note = {PMID: 90000001}
}
@article{broken,
  author = {No One
  title = {x}

@misc{short, title = "Only a title", year = {2019}}
"""
RIS = """TY  - JOUR
AU  - Ansel, Jo W.
AU  - Müller, Kim
TI  - Examplol for pain:
a trial
JO  - J Invent Res
PY  - 2020/04//
VL  - 1
IS  - 2
SP  - 101
EP  - 109
DO  - 10.1000/invented.1
ER  -

TY  - JOUR
T1  - Only a title
ER  -
"""
NBIB = """PMID- 90000001
OWN - NLM
DP  - 2020 Apr
TI  - Examplol for pain: a trial.
VI  - 1
IP  - 2
PG  - 101-9
FAU - Ansel, Jo W
AU  - Ansel JW
TA  - J Invent Res
LID - 10.1000/invented.1 [doi]
SO  - J Invent Res. 2020 Apr;1(2):101-9.

PMID- 90000002
OWN - NLM
TI  - Cut off
"""
ITEM = {
    "title": "Examplol for pain: a trial",
    "author": [
        {"family": "Ansel", "given": "Jo W."},
        {"non-dropping-particle": "van der", "family": "Bodoni", "given": "K"},
        {"literal": "Examplol Study Group"},
    ],
    "container-title": ["Journal of invented results"],
    "issued": {"date-parts": [[2020, 4]]},
    "volume": 1,
    "issue": "2",
    "page": "101-109",
    "DOI": "10.1000/INVENTED.1",
    "note": "PMID: 90000001",
}


def names(citation: Citation) -> list[str]:
    return [author.name for author in citation.authors]


def test_bibtex() -> None:
    first, broken, short = read_references(BIBTEX, "a.bib")
    assert names(first) == ["Ansel Jo W.", "Müller Kim", "Examplol Study Group"]
    assert first.et_al
    assert first.title == "Examplol for α-pain: a Trial"
    assert (first.journal, first.year, first.volume, first.issue) == ("J. Invent. Res.", 2020, "1", "2")
    assert (first.pages, first.doi, first.pmid) == ("101-109", "10.1000/invented.1", "90000001")
    assert (first.line, broken.line, short.line) == (3, 9, 13)
    assert broken.title is None
    assert broken.raw.startswith("@article{broken")
    assert (short.title, short.year) == ("Only a title", 2019)


def test_ris() -> None:
    first, second = read_references(RIS, "export")
    assert names(first) == ["Ansel Jo W.", "Müller Kim"]
    assert (first.title, first.journal, first.year) == ("Examplol for pain: a trial", "J Invent Res", 2020)
    assert (first.volume, first.issue, first.pages, first.doi) == ("1", "2", "101-109", "10.1000/invented.1")
    assert (second.title, second.line) == ("Only a title", 15)


def test_nbib() -> None:
    first, second = read_references(NBIB, "export.nbib")
    assert (first.pmid, first.year, first.volume, first.pages) == ("90000001", 2020, "1", "101-9")
    assert (first.journal, first.doi) == ("J Invent Res", "10.1000/invented.1")
    assert names(first) == ["Ansel JW"]
    assert (second.line, second.title) == (14, None)


@pytest.mark.parametrize("wrapped", [[ITEM], {"items": [ITEM]}, ITEM])
def test_csl(wrapped: object) -> None:
    (one,) = read_references(json.dumps(wrapped), "library.json")
    assert names(one) == ["Ansel Jo W.", "van der Bodoni K", "Examplol Study Group"]
    assert (one.journal, one.year, one.volume) == ("Journal of invented results", 2020, "1")
    assert (one.pages, one.doi, one.pmid) == ("101-109", "10.1000/invented.1", "90000001")


def test_the_lines_of_csl_items() -> None:
    text = json.dumps([ITEM, 7, ITEM], indent=1)
    citations = read_references(text, "x.json")
    assert [text.splitlines()[c.line - 1].strip()[:1] for c in citations if c.line] == ["{", "7", "{"]
    assert citations[1].title is None


@pytest.mark.parametrize(("text", "name"), [(BIBTEX, "x"), (RIS, "notes.txt"), (NBIB, "refs")])
def test_the_format_is_found_from_the_content(text: str, name: str) -> None:
    assert not read_references(text.lstrip(), name)[0].plain


def test_a_list_that_begins_with_a_bracket_is_no_json() -> None:
    (one,) = read_references("[1] Ansel J. Examplol for pain. J Invent Res. 2020;1:2.", "refs.txt")
    assert one.plain


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("", "a.txt"),
        ("   \n \n", "a.txt"),
        ("\0\1\2", "a.bib"),
        ('[{"title": "a"', "a.json"),
        ('[{"title": "a"} {"title": "b"}]', "a.json"),
        ("not json", "a.json"),
        ("[]", "a.json"),
        ('[{"a":' * 100_000, "a.json"),
    ],
)
def test_what_holds_no_reference_says_so(text: str, name: str) -> None:
    with pytest.raises(FormatError) as caught:
        read_references(text, name)
    assert name in caught.value.message
    assert caught.value.hint


@pytest.mark.parametrize(
    "piece", ["@article{", "{" * 50, "TY  - JOUR\n", "PMID- 1\n", "[1] ", "a and ", "10.1000/(", "((((", ", "]
)
def test_no_text_takes_long_or_fails(piece: str) -> None:
    for citation in read_references(f"Ansel {piece * 2000}", "x.txt"):
        assert len(citation.raw) <= 20_000
