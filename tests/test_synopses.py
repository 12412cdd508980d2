"""The bundled collections: every record valid, every number of a synopsis verified, nothing left over."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import SHARED, shared

from pipeline.evidence import evidence_of
from pipeline.models.sources import Article
from pipeline.sources import synopses
from pipeline.sources.synopses import BUNDLED, BundledLabel, BundledRecord

SLUGS = sorted(place.name for place in BUNDLED.iterdir() if place.is_dir())
WORDS = (
    "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen"
    " nineteen twenty half third quarter".split()
)
NUMBER = re.compile(r"\d+(?:[.,]\d+)*|\b(?:" + "|".join(WORDS) + r")\b", re.IGNORECASE)
DIGITS = {word: str(value) for value, word in enumerate(WORDS[:19], 2)}


def load(slug: str, name: str) -> list[dict[str, Any]]:
    return list(yaml.safe_load((BUNDLED / slug / name).read_text("utf-8")))


RECORDS = [(slug, record) for slug in SLUGS for record in load(slug, "records.yaml")]


def named(item: tuple[str, dict[str, Any]]) -> str:
    return f"{item[0]}-{item[1]['pmid'] or item[1]['doi']}"


@cache
def facts(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


def spellings(text: str) -> set[str]:
    """Every number of a text in plain digits, the words for small numbers included."""
    found = set()
    for match in NUMBER.findall(text.replace(" ", " ")):
        plain = match.lower()
        found |= {plain, DIGITS.get(plain, plain), plain.replace(",", "")}
    return found


def thousands(text: str) -> str:
    """`15 297` and `15,297` as `15297`."""
    return re.sub(r"(?<![-\w.])\d{1,3}(?:[ ,]\d{3})+\b", lambda m: re.sub("[ ,]", "", m.group()), text)


def fact_of(slug: str, record: dict[str, Any]) -> str:
    """The text of the fact that a record was written from, empty where it has none in the fact base."""
    for fact in facts(shared("facts", f"{slug}.jsonl")):
        same_pmid = record["pmid"] and fact["pmid"] == record["pmid"]
        same_doi = record["doi"] and fact["doi"] and fact["doi"].lower() == record["doi"].lower()
        if same_pmid or same_doi:
            return json.dumps(fact, ensure_ascii=False)
    return ""


@pytest.mark.parametrize("item", RECORDS, ids=named)
def test_record_is_valid_and_tells_its_paper_in_a_few_sentences(item: tuple[str, dict[str, Any]]) -> None:
    record = BundledRecord.model_validate(item[1])
    assert record.pmid or record.doi
    assert record.pmid is None or re.fullmatch(r"[1-9]\d{5,8}", record.pmid)
    assert record.verified_from
    article = next(a for a in synopses.bundled(item[0]).articles if a.title == record.title)  # type: ignore[union-attr]
    told = len(evidence_of(article)) - 1
    unknown = "sources seen" in record.synopsis or "not seen" in record.synopsis
    assert (2 if unknown else 3) <= told <= 9
    assert article.text_origin == "synopsis"


@pytest.mark.parametrize("item", RECORDS, ids=named)
def test_every_number_of_a_synopsis_stands_in_the_fact_base(item: tuple[str, dict[str, Any]]) -> None:
    slug, record = item
    added = json.dumps(record["added"], ensure_ascii=False)
    known = spellings(thousands(fact_of(slug, record))) | spellings(thousands(added)) | spellings(record["title"])
    told = NUMBER.findall(thousands(" ".join(record["synopsis"].split())))
    strange = [n for n in told if not {n.lower(), DIGITS.get(n.lower(), n.lower())} & known]
    assert strange == []


@pytest.mark.parametrize("slug", SLUGS)
def test_every_fact_with_an_identifier_is_bundled(slug: str) -> None:
    held = {record["pmid"] or record["doi"].lower() for s, record in RECORDS if s == slug}
    held |= {record["doi"].lower() for s, record in RECORDS if s == slug and record["doi"]}
    wanted = [f["pmid"] or f["doi"].lower() for f in facts(shared("facts", f"{slug}.jsonl")) if f["pmid"] or f["doi"]]
    assert [key for key in wanted if key not in held] == []


@pytest.mark.parametrize("slug", SLUGS)
def test_bibliography_agrees_with_the_fact_base_where_both_speak(slug: str) -> None:
    by_pmid = {f["pmid"]: f for f in facts(shared("facts", f"{slug}.jsonl")) if f["pmid"]}
    compared = 0
    for s, record in RECORDS:
        fact = by_pmid.get(record["pmid"]) if s == slug else None
        explained = json.dumps(record["added"], ensure_ascii=False)
        for field in ("year", "volume", "issue", "pages", "month", "journal"):
            if fact and record[field] is not None and fact[field] is not None:
                compared += 1
                assert str(record[field]) == str(fact[field]) or str(record[field]) in explained, (
                    record["pmid"],
                    field,
                )
    assert compared > 100


@pytest.mark.parametrize("slug", SLUGS)
def test_labels_are_valid_and_their_numbers_verified(slug: str) -> None:
    path = SHARED / "facts" / f"{slug}-label.jsonl"
    known = spellings(thousands(shared("facts", path.name).read_text("utf-8")))
    for label in load(slug, "labels.yaml"):
        assert BundledLabel.model_validate(label).sections
        for section in label["sections"]:
            told = NUMBER.findall(thousands(" ".join(section["text"].split())))
            assert [n for n in told if not {n.lower(), DIGITS.get(n.lower(), n.lower())} & known] == []
            assert section["urls"]


def test_retracted_papers_are_marked_and_nothing_else_is() -> None:
    retracted = {
        article.key
        for slug in SLUGS
        for article in synopses.bundled(slug).articles  # type: ignore[union-attr]
        if any(n.kind == "retraction" and n.role == "affected" for n in article.notices)
    }
    said = {
        (f["pmid"] or f["doi"]).lower()
        for slug in SLUGS
        for f in facts(shared("facts", f"{slug}.jsonl"))
        if (f["pmid"] or f["doi"]) and "Retracted Publication" in f["publication_types"]
    }
    assert retracted == said


def test_names_lead_to_collections_and_strangers_nowhere() -> None:
    assert synopses.names()["ldn"] == "naltrexone"
    assert synopses.bundled("no-such-compound") is None
    assert synopses.bundled("") is None
    collection = synopses.bundled("naltrexone")
    assert collection is not None
    assert all(isinstance(article, Article) for article in collection.articles)
