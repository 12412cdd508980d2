"""What became of a source: its reference as a profile has it, held against its record as it is now."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from rapidfuzz import fuzz, process

from pipeline.evidence import evidence_of
from pipeline.models.nights import Change, Kind
from pipeline.models.profile import Reference
from pipeline.models.sources import Article
from pipeline.profiles import digest
from pipeline.quantities import missing
from pipeline.references.vancouver import authors
from pipeline.refresh.marks import NOTICE_TYPES, PRINTED
from pipeline.refresh.notices import notice_changes

_PREFIX = re.compile(r"^\W*(?:retracted(?: article)?|withdrawn|expression of concern)\s*[:.\]-]+\s*", re.IGNORECASE)
_ALIKE = 55.0  # of 100: below this a sentence has no successor in the changed abstract
_LONGEST = 60  # characters of a field that a report shows


def changes(old: Reference, article: Article, now: Reference, quoted: Mapping[str, str]) -> tuple[Change, ...]:
    """What became of the paper `old`, whose record is now `article` (as a reference: `now`), the gravest first.

    `quoted` are the sentences that the profile quotes from it, by evidence id. An abstract that changed together with a
    correction is told as that correction. A synopsis is compared by notices only.
    """
    known = old.article
    if known is None:
        return ()
    found = list(notice_changes(known, article))
    corrections = [change for change in found if change.kind in (Kind.CORRECTED, Kind.REPUBLISHED)]
    if known.text_origin == "synopsis":
        return _ordered(found)
    retold = _retitled(known.title) != _retitled(article.title)
    edited = old.hash != now.hash and not _only_title(old, known, article)
    numbers, told = _numbers(article, quoted) if edited else (False, "")
    if edited and not corrections:
        words = (
            f"the abstract was edited{told}" if told else "the abstract was edited; every cited sentence still stands"
        )
        found.append(Change(kind=Kind.ABSTRACT, words=words, numbers=numbers))
    elif edited:  # one that says itself that it corrects names is not the one that changed the abstract
        meant = [change for change in corrections if change.numbers is not False] or corrections
        found = [
            change.model_copy(update={"words": change.kind.value + told, "numbers": numbers or change.numbers})
            if change in meant
            else change
            for change in found
        ]
    found += _by_types(known, article)
    fields = [f for f in PRINTED if getattr(known, f) != getattr(article, f) and (f != "title" or retold)]
    named = [_field(field, getattr(known, field), getattr(article, field)) for field in fields]
    if authors(known) != authors(article):
        named.append(_field("authors", authors(known), authors(article)))
    if named:
        found.append(Change(kind=Kind.BIBLIOGRAPHY, words="; ".join(named)))
    if old.headings is not None and old.headings != now.headings:
        found.append(Change(kind=Kind.HEADINGS, words="indexed with other MeSH headings, keywords or substances"))
    return _ordered(found)


def _ordered(found: list[Change]) -> tuple[Change, ...]:
    order = list(Kind)
    return tuple(sorted(found, key=lambda change: order.index(change.kind)))


def _retitled(title: str) -> str:
    """A title without the words that a journal sets before it when it retracts the paper."""
    return _PREFIX.sub("", title)


def _only_title(old: Reference, known: Article, article: Article) -> bool:
    """True where the text differs in its title alone."""
    return digest(article.model_copy(update={"title": known.title}).text) == old.hash


def _by_types(known: Article, article: Article) -> Iterator[Change]:
    before, after = (set(a.publication_types) - NOTICE_TYPES for a in (known, article))
    said = [f"now {', '.join(sorted(after - before))}"] if after - before else []
    said += [f"no longer {', '.join(sorted(before - after))}"] if before - after else []
    if said:
        yield Change(kind=Kind.TYPES, words="; ".join(said))


def _field(name: str, given: object, found: object) -> str:
    old, new = (" ".join(str(value).split()) if value else "nothing" for value in (given, found))
    if max(len(old), len(new)) > _LONGEST:
        return f"{name.replace('_', ' ')} changed"
    return f"{name.replace('_', ' ')} {old} → {new}"


def _numbers(article: Article, quoted: Mapping[str, str]) -> tuple[bool, str]:
    """Whether numbers of the quoted sentences are others now, and in words what became of those sentences."""
    sentences = [sentence.text for sentence in evidence_of(article)]
    touched, told = False, []
    for identifier, text in sorted(quoted.items(), key=lambda item: (len(item[0]), item[0])):
        if text in sentences:
            continue
        number = identifier.rpartition(":")[2]
        candidates = sentences[:1] if number == "0" else sentences[1:]
        nearest = process.extractOne(text, candidates, scorer=fuzz.ratio, score_cutoff=_ALIKE)
        if nearest is None:
            touched = touched or bool(missing(text, [""]))
            told.append(f"sentence {number} is gone")
            continue
        lost, gained = missing(text, [nearest[0]]), missing(nearest[0], [text])
        if lost or gained:
            touched = True
            said = " → ".join(", ".join(q.text for q in each) or "nothing" for each in (lost, gained))
            told.append(f"sentence {number}: {said}")
        else:
            told.append(f"sentence {number} has other words, the same numbers")
    return touched, "".join(f"; {each}" for each in told)
