"""Over real records, everything is counted a second time by plain means in the raw text."""

from __future__ import annotations

import html
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import shared

from pipeline.models.sources import Article
from pipeline.sources.pubmed_xml import open_file, records

_TAG = re.compile(r"<[^>]+>")
_OWN_ABSTRACT = re.compile(r"<Abstract>(.*?)</Abstract>", re.DOTALL)
_SECTION = re.compile(r"<AbstractText\b([^>]*)(?<!/)>(.*?)</AbstractText>", re.DOTALL)


def real_files() -> Iterator[Path]:
    root = shared("pubmed")
    for path in sorted(root.rglob("*.xml")):
        if re.search(rb"<Pubmed(Book)?Article>", path.read_bytes()):
            yield path


@pytest.fixture(scope="module")
def real() -> list[tuple[str, Article]]:
    """Each real record: its raw text, cut out by plain means, and what was read of it."""
    pairs: list[tuple[str, Article]] = []
    for path in real_files():
        raw = re.findall(r"<Pubmed(?:Book)?Article>.*?</Pubmed(?:Book)?Article>", path.read_text("utf-8"), re.DOTALL)
        with open_file(path) as stream:
            parsed = list(records(stream))
        assert [record.xml.decode() for record in parsed] == raw
        pairs.extend(zip(raw, (record.article for record in parsed), strict=True))
    return pairs


def test_every_real_record_is_read(real: list[tuple[str, Article]]) -> None:
    assert len(real) > 500
    for raw, article in real:
        own = re.search(r"<PMID[^>]*>(\d+)</PMID>", raw)
        assert own is not None
        assert article.pmid == own[1]
        assert article.kind == ("book" if raw.startswith("<PubmedBookArticle>") else "article")
        assert article.title
        assert article.year
        assert article.journal_title
    assert sum(article.kind == "book" for _, article in real) >= 1


def characters(text: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFC", text) if char.isalnum())


def test_no_text_of_a_real_abstract_or_title_is_lost(real: list[tuple[str, Article]]) -> None:
    compared = 0
    for raw, article in real:
        inside = " ".join(_OWN_ABSTRACT.findall(raw))
        expected = characters(html.unescape(_TAG.sub("", " ".join(text for _, text in _SECTION.findall(inside)))))
        found = characters("".join(section.text for section in article.abstract))
        if "mprescripts" in inside:  # what stands before its base in print follows it in the file
            expected, found = "".join(sorted(expected)), "".join(sorted(found))
        assert found == expected, article.pmid
        compared += bool(expected)
        title = re.search(r"<ArticleTitle[^>]*>(.*?)</ArticleTitle>", raw, re.DOTALL)
        if title and "[Not Available]" not in title[1]:
            assert characters(article.title) == characters(html.unescape(_TAG.sub("", title[1]))), article.pmid
    assert compared > 400


def test_structured_sections_of_real_records(real: list[tuple[str, Article]]) -> None:
    labels: Counter[str] = Counter()
    categories: Counter[str] = Counter()
    for raw, _ in real:
        for attributes, _text in _SECTION.findall(" ".join(_OWN_ABSTRACT.findall(raw))):
            labels.update(html.unescape(label) for label in re.findall(r'\bLabel="([^"]+)"', attributes))
            categories.update(re.findall(r'NlmCategory="([^"]+)"', attributes))
    del labels["UNLABELLED"]
    sections = [section for _, article in real for section in article.abstract]
    assert Counter(section.label for section in sections if section.label) == labels
    assert Counter(section.category for section in sections if section.category) == categories
    assert labels["RESULTS"] > 50


def test_links_of_real_records(real: list[tuple[str, Article]]) -> None:
    expected = Counter(word for raw, _ in real for word in re.findall(r'RefType="(\w+)"', raw))
    del expected["Cites"]
    links = [notice for _, article in real for notice in article.notices if notice.citation]
    assert Counter(link.ref_type for link in links) == expected
    kinds = Counter((link.kind.value, link.role) for link in links)
    assert kinds["retraction", "affected"] == expected["RetractionIn"] > 0
    assert kinds["retraction", "notice"] == expected["RetractionOf"] > 0
    assert kinds["concern", "affected"] == expected["ExpressionOfConcernIn"] > 0
    assert kinds["erratum", "affected"] == expected["ErratumIn"] > 0
    assert kinds["update", "affected"] == expected["UpdateIn"] > 0


def test_no_retracted_real_record_goes_without_a_notice(real: list[tuple[str, Article]]) -> None:
    retracted = [article for raw, article in real if ">Retracted Publication<" in raw]
    assert retracted
    assert all(("retraction", "affected") in {(n.kind.value, n.role) for n in a.notices} for a in retracted)


def test_authors_headings_and_substances_of_real_records(real: list[tuple[str, Article]]) -> None:
    for raw, article in real:
        if article.kind == "book":
            continue
        people = re.findall(r'<Author ValidYN="Y"[^>]*>(.*?)</Author>', raw, re.DOTALL)
        assert len(article.authors) == len(people), article.pmid
        assert sum(bool(a.collective) for a in article.authors) == sum("<CollectiveName" in p for p in people)
        assert len(article.mesh) == raw.count("<DescriptorName")
        assert sum(len(heading.qualifiers) for heading in article.mesh) == raw.count("<QualifierName")
        assert len(article.substances) == raw.count("<NameOfSubstance")
        assert len(article.registrations) == raw.count("<AccessionNumber>")
        assert len(article.keywords) == raw.count("<Keyword ")
    assert sum(bool(author.collective) for _, article in real for author in article.authors) > 0
