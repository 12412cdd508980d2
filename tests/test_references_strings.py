"""One reference in running text, told apart into its parts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.models.sources import Article, Author
from pipeline.references.names import is_group
from pipeline.references.strings import read_string
from pipeline.references.vancouver import reference

TITLE = "Examplol for imagined pain: a pilot study"
STYLES = {
    "Vancouver": f"Ansel JA, Bodoni K. {TITLE}. J Invent Res. 2009;10(4):663-72.",
    "AMA": f"Ansel JA, Bodoni K. {TITLE}. *J Invent Res*. 2009 Apr;10(4):663-72. doi:10.1000/invented.1",
    "APA": f"Ansel, J. A., & Bodoni, K. (2009). {TITLE}. J Invent Res, 10(4), 663–72. https://doi.org/10.1000/invented.1",
    "Harvard": f"Ansel, J.A. and Bodoni, K., 2009. {TITLE}. J Invent Res, 10(4), pp.663-72.",
    "IEEE": f'J. A. Ansel and K. Bodoni, "{TITLE}," J Invent Res, vol. 10, no. 4, pp. 663-72, Apr. 2009.',
    "Chicago": f"Ansel, J. A., and K. Bodoni. “{TITLE}.” J Invent Res 10, no. 4 (2009): 663–72.",
    "loose": f"Ansel JA, Bodoni K (2009) {TITLE}. J Invent Res 10(4):663-72",
    "pasted": f"Ansel JA, Bodoni K. {TITLE}. J Invent Res. 2009;10(4):663-72. [PubMed] [CrossRef] [Google Scholar]",
    "Markdown": f"Ansel JA, Bodoni K. [{TITLE}.](https://doi.org/10.1000/x) J Invent Res. 2009;10(4):663-72.",
    "MLA": f"Ansel, J. A., and K. Bodoni. “{TITLE}.” J Invent Res 10.4 (2009): 663-72.",
}


@pytest.mark.parametrize("style", STYLES)
def test_the_styles_are_told_apart(style: str) -> None:
    citation = read_string(STYLES[style])
    assert [author.family for author in citation.authors] == ["Ansel", "Bodoni"]
    assert citation.title == TITLE
    assert (citation.journal, citation.year) == ("J Invent Res", 2009)
    assert (citation.volume, citation.issue, citation.pages) == ("10", "4", "663-72")


@pytest.mark.parametrize(
    ("text", "pmid", "doi"),
    [
        ("90000001", "90000001", None),
        ("PMID: 90000001", "90000001", None),
        ("https://pubmed.ncbi.nlm.nih.gov/90000001/", "90000001", None),
        ("https://www.ncbi.nlm.nih.gov/pubmed/90000001", "90000001", None),
        ("doi:10.1000/INVENTED.1.", None, "10.1000/invented.1"),
        ("https://doi.org/10.1016/S0140-6736(20)30183-5", None, "10.1016/s0140-6736(20)30183-5"),
        ("(doi: 10.1000/invented.1)", None, "10.1000/invented.1"),
        ("10.1000/invented.1; PMID 90000001", "90000001", "10.1000/invented.1"),
        (
            f"{TITLE}. doi: 10.1000/invented.1. PubMed PMID: 90000001; PubMed Central PMCID: PMC7.",
            "90000001",
            "10.1000/invented.1",
        ),
    ],
)
def test_identifiers_wherever_they_stand(text: str, pmid: str | None, doi: str | None) -> None:
    citation = read_string(text)
    assert (citation.pmid, citation.doi) == (pmid, doi)


def test_a_title_alone() -> None:
    citation = read_string(TITLE)
    assert (citation.title, citation.authors, citation.journal) == (TITLE, (), None)


def test_no_title() -> None:
    citation = read_string("Ansel JA, Bodoni K. J Invent Res 2009;10:663-72.")
    assert (citation.title, citation.journal, citation.pages) == (None, "J Invent Res", "663-72")


def test_et_al() -> None:
    citation = read_string(f"Ansel JA, et al. {TITLE}. J Invent Res. 2009.")
    assert citation.et_al
    assert [author.name for author in citation.authors] == ["Ansel JA"]


AWKWARD = Article(
    pmid="90000001",
    title="Does examplol work? Results of the J. Doe trial. Part 2, 2001-2005",
    authors=(Author(family="Ansel", initials="J"),),
    journal="Acta Invent (Oslo)",
    journal_title="Acta inventica (Oslo, Norway : 1992)",
    year=2009,
    volume="2009",
    pages="12",
)


@pytest.mark.parametrize("journal", ["Acta Invent (Oslo)", "Acta inventica (Oslo, Norway : 1992)", "Acta inventica"])
def test_a_known_record_says_where_its_title_and_journal_end(journal: str) -> None:
    citation = read_string(f"Ansel J. {AWKWARD.title}. {journal}. 2009;2009:12.", 3, AWKWARD)
    assert citation.title == AWKWARD.title
    assert (citation.journal, citation.year, citation.volume, citation.pages) == (journal, 2009, "2009", "12")
    assert citation.line == 3


@pytest.mark.parametrize("added", [" in rats", " not", ": a review of reviews"])
def test_words_added_to_a_title_belong_to_it(added: str) -> None:
    article = AWKWARD.model_copy(update={"title": TITLE})
    citation = read_string(f"Ansel J. {TITLE}{added}. Acta Invent (Oslo). 2009;2009:12.", None, article)
    assert citation.title == f"{TITLE}{added}"
    assert citation.journal == "Acta Invent (Oslo)"


WORD = st.text("abcdefghiklmnoprstuvwyz", min_size=4, max_size=9)
NAME = st.builds(str.capitalize, WORD)
FAMILY = NAME.filter(lambda name: not is_group(f"The {name}"))  # "Group A" is a group
PERSON = st.builds(Author, family=FAMILY, initials=st.text("ABCDEFGHJKLMNOPRST", min_size=1, max_size=3))
PAPERS = st.builds(
    Article,
    pmid=st.integers(90_000_000, 99_999_999).map(str),
    doi=st.one_of(st.none(), WORD.map(lambda word: f"10.1000/{word}")),
    title=st.builds(lambda first, rest: " ".join([first, *rest]), NAME, st.lists(WORD, min_size=3, max_size=12)),
    authors=st.lists(PERSON, min_size=1, max_size=6).map(tuple),
    journal=st.builds(lambda a, b: f"J {a} {b}", NAME, NAME),
    year=st.integers(1950, 2026),
    month=st.sampled_from([None, "Jan", "May", "Dec"]),
    volume=st.integers(1, 999).map(str),
    issue=st.one_of(st.none(), st.integers(1, 60).map(str)),
    pages=st.builds(lambda first, more: f"{first}-{first + more}", st.integers(1, 5000), st.integers(1, 40)),
)


@given(PAPERS)
def test_what_is_written_in_vancouver_style_is_read_as_it_was(article: Article) -> None:
    citation = read_string(reference(article))
    assert citation.authors == article.authors
    assert (citation.title, citation.journal, citation.year) == (article.title, article.journal, article.year)
    assert (citation.volume, citation.issue, citation.pages) == (article.volume, article.issue, article.pages)
    assert (citation.pmid, citation.doi) == (article.pmid, article.doi)


@given(st.text(max_size=300))
def test_every_text_is_read(text: str) -> None:
    assert read_string(text, 1, AWKWARD).raw == text


@pytest.mark.parametrize(
    "text",
    [
        f"{TITLE}. Ansel JA, Bodoni K. J Invent Res. 2009;10(4):663-72.",
        f"J Invent Res. 2009 May-Jun;10(4):663-72. doi: 10.1000/x. {TITLE}. Jo A Ansel, Kim Bodoni. PMID: 9000",
    ],
)
def test_other_orders_of_the_parts_once_the_record_is_known(text: str) -> None:
    known = AWKWARD.model_copy(update={"title": TITLE, "journal": "J Invent Res", "journal_title": None})
    citation = read_string(text, None, known)
    assert [author.family for author in citation.authors] == ["Ansel", "Bodoni"]
    assert (citation.title, citation.journal, citation.year) == (TITLE, "J Invent Res", 2009)
    assert (citation.volume, citation.issue, citation.pages) == ("10", "4", "663-72")


def test_an_initial_is_no_journal() -> None:
    known = AWKWARD.model_copy(
        update={"title": TITLE, "journal": "Masui", "journal_title": "Masui. The invented journal"}
    )
    citation = read_string(f'M. Ansel, "{TITLE}," Masui, vol. 28, no. 2, pp. 208-14, 1979.', None, known)
    assert [author.family for author in citation.authors] == ["Ansel"]
    assert (citation.journal, citation.year, citation.volume) == ("Masui", 1979, "28")
