"""The invented PubMed files under `data/pubmed`, parsed."""

from __future__ import annotations

from pathlib import Path

from pipeline.models.sources import Article
from pipeline.sources.pubmed_xml import open_file, records

PUBMED = Path(__file__).parent / "data" / "pubmed"


def articles(name: str) -> list[Article]:
    """All records of `<name>.xml`."""
    with open_file(PUBMED / f"{name}.xml") as stream:
        return [record.article for record in records(stream)]


def only(name: str) -> Article:
    """The one record of `<name>.xml`."""
    (article,) = articles(name)
    return article
