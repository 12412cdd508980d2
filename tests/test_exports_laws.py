"""Laws of the exports: whatever stands in a record, every reader gets one reference with the words of the record."""

from __future__ import annotations

import json

import pytest
import rispy
from exported import sample
from hypothesis import given, settings
from hypothesis import strategies as st
from pybtex.database import parse_string
from test_exports import people, plain

from pipeline.models.sources import Article, Author, Notice, NoticeKind
from pipeline.references.formats import read_references
from pipeline.render.exports import EXPORTS
from pipeline.render.exports.jsonld import embedded, graph
from pipeline.render.words import visible

SIGNS = (*"{}\\\"'%&$#_~^<>@;,=", "''", "``", "?`", "!`", "--", "---", "\\&", "{\\'e}", "10^-3")
LINES = (
    "\n",
    "\r\n",
    "\t",
    "\u2028",
    "\x85",
    "\u202e",
    "\u2066",
    "\x1b[31m",
    "\0",
    "\nER  - \nTY  - JOUR\n",
    "}\n@misc{y,\n",
)
WORDS = (
    "<script>",
    "</script>",
    "<!--",
    "ER  - ",
    "TY  - ",
    "@article{x,",
    "\\end{document}",
    "PMID 1",
    "null",
    "word ",
)
NAMES = (" and ", " AND ", "others", "et al", "β", "é", "e\u0301", "群", "𝛽", "µg")
PIECES = (*SIGNS, *LINES, *WORDS, *NAMES)
LAW = settings(max_examples=100)


def nasty(least: int = 0) -> st.SearchStrategy[str]:
    """Texts of what formats, terminals and TeX obey, with something to be seen in them."""
    pieces = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=4)), min_size=least, max_size=8)
    return pieces.map("".join).filter(lambda text: len(visible(text)) >= least)


AUTHORS = st.one_of(
    st.builds(Author, family=nasty(1), initials=nasty(1), suffix=st.none() | nasty(1)),
    st.builds(Author, collective=nasty(1)),
)
ARTICLES = st.builds(
    Article,
    pmid=st.just("90000001"),
    pmcid=st.none() | nasty(),
    doi=st.none() | nasty().map("10.1000/".__add__),
    kind=st.sampled_from(["article", "book"]),
    title=nasty(1),
    vernacular_title=st.none() | nasty(),
    authors=st.lists(AUTHORS, max_size=3).map(tuple),
    authors_complete=st.booleans(),
    journal=st.none() | nasty(),
    journal_title=st.none() | nasty(),
    year=st.none() | st.integers(1500, 2100),
    month=st.none() | st.sampled_from(["Feb", "Jul-Aug"]) | nasty(),
    day=st.none() | st.integers(1, 31),
    medline_date=st.none() | nasty(),
    volume=st.none() | nasty(),
    issue=st.none() | nasty(),
    pages=st.none() | nasty(),
    languages=st.lists(nasty(), max_size=2).map(tuple),
    notices=st.lists(
        st.builds(Notice, kind=st.just(NoticeKind.RETRACTION), role=st.just("affected"), id=nasty()), max_size=1
    ).map(tuple),
)


@LAW
@given(ARTICLES)
def test_csl_keeps_every_word(article: Article) -> None:
    (item,) = json.loads(EXPORTS["csl"](*sample(article)))
    assert item["title"] == visible(article.title)
    assert item.get("page", "") == visible(article.pages or "")
    names = [(one.get("literal") or one["family"]) for one in item.get("author", ())]
    assert names == [visible(author.collective or author.family or "") for author in article.authors]
    assert "RETRACTED" in item.get("note", "") or not article.notices


@LAW
@given(ARTICLES)
def test_bibtex_keeps_every_word(article: Article) -> None:
    (entry,) = parse_string(EXPORTS["bibtex"](*sample(article)), "bibtex").entries.values()
    assert plain(entry.fields["title"]) == visible(article.title)
    assert plain(entry.fields.get("volume", "")) == visible(article.volume or "")
    read = people(entry)
    others = bool(read) and not article.authors_complete
    assert len(read) == len(article.authors) + others
    families = [family for family, _, _ in read[: len(article.authors)]]
    assert families == [visible(author.collective or author.family or "") for author in article.authors]


@LAW
@given(ARTICLES)
def test_ris_keeps_every_word(article: Article) -> None:
    text = EXPORTS["ris"](*sample(article))
    (record,) = rispy.loads(text)
    assert record["title"] == visible(article.title)
    assert record.get("volume", "") == visible(article.volume or "")
    assert len(record.get("authors", ())) == len(article.authors)
    assert all(line[2:6] == "  - " for line in text.splitlines() if line)


@LAW
@given(ARTICLES)
def test_jsonld_is_the_same_inside_html(article: Article) -> None:
    told = graph(*sample(article))
    text = embedded(told)
    assert json.loads(text) == told
    assert not set("<>&\u2028\u2029\n") & set(text)
    assert told["citation"][0]["name"] == visible(article.title)


@pytest.mark.parametrize("format", ["csl", "bibtex", "ris"])
@settings(max_examples=60)
@given(article=ARTICLES)
def test_our_own_reader_finds_one_reference(format: str, article: Article) -> None:
    (citation,) = read_references(EXPORTS[format](*sample(article)), f"export.{format}")
    assert citation.pmid == article.pmid
    assert citation.title or format == "bibtex"  # a title of nothing but braces is none, as it reads BibTeX
