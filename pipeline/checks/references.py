"""REF: a claim may only stand on sources that were fetched, and each is the paper that it is said to be."""

from __future__ import annotations

import re

from rapidfuzz import fuzz

from pipeline.checks.hits import Hit, Hits
from pipeline.checks.rule import Review, Rule
from pipeline.identifiers import slug, source_words, split_evidence_id
from pipeline.models.findings import Severity
from pipeline.models.sources import Article
from pipeline.text import normal

ALIKE = 80  # of 100: titles less alike than this are of two papers


def unknown_source(review: Review) -> Hits:
    """A claim cites a source that is not among the fetched records.

    Why: a well-formed PMID can belong to another paper, or to none; only what was fetched can be checked.
    Fix: cite a sentence of a fetched source, or drop the claim.
    """
    for cited in review.cited:
        for quotation in cited.evidence:
            split = split_evidence_id(quotation.id)
            if split is None:
                yield Hit(f"'{quotation.id}' is not an evidence id (source:sentence)", claim=cited.id)
            elif split[0] not in review.references:
                yield Hit(f"{split[0]} is not among the sources of this profile", claim=cited.id, source=split[0])


def other_paper(review: Review) -> Hits:
    """An identifier belongs to another paper than the one that sources.yaml describes under it.

    Why: a reader who follows the reference lands at a paper that says something else.
    Fix: run `monograph draft`, which writes the bibliography from the record, or cite the paper that was meant.
    """
    for key, reference in review.references.items():
        given, held = reference.article, review.sources.get(key)
        if given is None or not isinstance(held, Article):
            continue
        ours, theirs = (_bare(article.title) for article in (given, held))
        titled = fuzz.token_sort_ratio(ours, theirs) >= ALIKE
        if given.key != key:
            yield Hit(f"sources.yaml describes {source_words(given.key)} under {source_words(key)}", source=key)
        elif not titled or (given.published != held.published and _first(given) != _first(held)):
            yield Hit(
                f"{source_words(key)} is another paper than sources.yaml says: '{given.title}' ({given.published})",
                source=key,
                suggestion=f"'{held.title}' ({held.published}) is what the record says",
            )


def _bare(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", normal(title).lower()).strip()


def _first(article: Article) -> str:
    """The family name of the first author, or the name of the first group, without accents or case."""
    author = next(iter(article.authors), None)
    return slug(author.family or author.collective or "") if author else ""


RULES = (
    Rule("REF001", Severity.ERROR, unknown_source),
    Rule("REF002", Severity.ERROR, other_paper),
)
