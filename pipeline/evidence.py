"""From sources to evidence: every sentence of a title, abstract or label section, with its exact span."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from pipeline.identifiers import evidence_id
from pipeline.models.sources import Article, LabelSection, Source
from pipeline.models.studies import Evidence
from pipeline.models.verification import SourceText
from pipeline.text import normal, sentences


def first_with(words: re.Pattern[str], sentences: Iterable[Evidence]) -> Evidence | None:
    """The first sentence whose normal form holds `words`, or None."""
    return next((sentence for sentence in sentences if words.search(normal(sentence.text))), None)


def evidence_of(source: Source) -> tuple[Evidence, ...]:
    """The sentences of a source, in order: number 0 is the title, the rest count through the abstract or label.

    For each, `source.text[start:end] == text` holds. `section` is the label the journal printed, or the subject of a
    label's section.
    """
    found = [
        Evidence(
            id=evidence_id(source.key, 0),
            source=source.key,
            number=0,
            text=source.title,
            start=0,
            end=len(source.title),
        )
    ]
    offset = len(source.title) + 1
    for part in source.abstract if isinstance(source, Article) else source.sections:
        section = part.kind if isinstance(part, LabelSection) else part.label or part.category
        for start, end in sentences(part.text):
            number = len(found)
            found.append(
                Evidence(
                    id=evidence_id(source.key, number),
                    source=source.key,
                    number=number,
                    text=part.text[start:end],
                    start=offset + start,
                    end=offset + end,
                    section=section,
                )
            )
        offset += len(part.text) + 1
    return tuple(found)


def source_text(source: Source) -> SourceText:
    """A source as claims are held against it, its title apart."""
    return SourceText(id=source.key, title=source.title, text=source.text[len(source.title) + 1 :])


def name_pattern(names: Sequence[str], sentences: Sequence[Evidence]) -> re.Pattern[str]:
    """Any of the compound's names, or an abbreviation that the paper gives to one of them in brackets."""
    any_name = _spelled(tuple(names))
    given = _in_brackets(any_name)
    short = {
        match.group(1) for s in sentences for match in given.finditer(normal(s.text)) if match.group(1)[1:].isupper()
    }
    return _whole_words(any_name, tuple(sorted(short)))


@lru_cache(maxsize=64)
def _spelled(names: tuple[str, ...]) -> str:
    """The names as one alternation, the longest first, a hyphen or a space being the same."""
    plain = sorted({normal(name) for name in names}, key=len, reverse=True)
    return "|".join(re.escape(name).replace(r"\ ", "[ -]").replace(r"\-", "[ -]?") for name in plain)


@lru_cache(maxsize=64)
def _in_brackets(any_name: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{any_name})[\w\s-]{{0,15}}\(([A-Z][A-Za-z0-9-]{{1,7}})\)", re.IGNORECASE)


@lru_cache(maxsize=256)
def _whole_words(any_name: str, short: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join([any_name, *map(re.escape, short)])})(?!\w)", re.IGNORECASE)
