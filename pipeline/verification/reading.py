"""A claim or a source as the slots see it: sentences of items, each a word, a word of effect, or a quantity."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import islice
from typing import NamedTuple

from pipeline.directions.effects import Effect, effects
from pipeline.directions.mentions import Known, keyed
from pipeline.directions.outcome_words import GENERIC
from pipeline.directions.words import abbreviations, plain, stem, tokens
from pipeline.models.studies import Quantity
from pipeline.models.verification import Passage, SourceText
from pipeline.quantities import parse
from pipeline.text import sentences
from pipeline.verification.vocabulary import ARM_WORDS, CONTROLS, HARMLESS, LAY, SAME_AS, SPOKEN

# A line that is only the name of a section: "RESULTS:", "ABSTRACT.METHODS:".
HEADING = re.compile(r"[A-Z][\w .,&/-]{1,60}:")

# Words of comparison that are part of a name: the lower airways, a higher dose, the greater omentum.
NAMED = re.compile(
    r"\blower (?:respiratory|airway|limb|extremit|back|urinary|gastro|abdom|eyelid|lip|jaw|bod|o?esoph|bound)"
    r"|\b(?:lower|higher|highest|lowest|greater|smaller|larger) (?:doses?|dosages?|order|education|omentum)\b"
    r"|\blesser (?:trochanter|omentum|curvature|tuberosity)"
    r"|\bdifferent (?!(?:from|between|in|than|among|for|with|at|to|and|or|after|when)\b)\w",
    re.IGNORECASE,
)
# What differed or not is named behind "differences in": a reduction there is an outcome, and no result.
OUTCOMES = re.compile(
    r"\bdifferen\w+ (?P<of>in|for|of|regarding) (?:(?!, (?:but|while|whereas)\b)[^.;:()])*", re.IGNORECASE
)
CHANGE_NOUN = re.compile(
    r"\b(?:reductions?|improvements?|increases?|decreases?|changes?|declines?|gains?)\b", re.IGNORECASE
)
# More than a paper's whole text, and more than any sentence: beyond these, text is not read as a source or a claim.
MOST_TEXT = 400_000
MOST_SENTENCE = 3_000
MOST_CUTS = 8
JOINT = re.compile(r"; (?![^(]*\))|,? (?:and|while|whereas|but) ")
GROUP = re.compile(r"[ -](?:groups?|arms?)\b", re.IGNORECASE)
# "The same study" compares nothing; "the same in both groups" does.
SAME_THING = re.compile(r"\bsame(?! (?:in|for|as|between|across|among|with)\b) \w", re.IGNORECASE)


class Item(NamedTuple):
    """A content word at its place in the line: its own stem, all stems it stands for, and whether it is an effect."""

    text: str
    name: str
    start: int
    end: int
    keys: frozenset[str]
    effect: bool = False

    @property
    def weight(self) -> float:
        """How much the word says: a name one, a word of research prose or of degree little."""
        if self.effect or self.keys <= HARMLESS:
            return 0.2
        return 0.5 if self.keys & GENERIC else 1.0


@dataclass(frozen=True)
class Line:
    """A sentence in its normal form. Number 0 is the title; `start` and `end` count in the source as given."""

    source: str
    number: int
    start: int
    end: int
    raw: str
    text: str
    items: tuple[Item, ...]
    quantities: tuple[Quantity, ...]
    effects: tuple[Effect, ...]

    @cached_property
    def keys(self) -> frozenset[str]:
        """All stems of the line."""
        return frozenset(key for item in self.items for key in item.keys)

    @property
    def passage(self) -> Passage:
        """The place of the sentence as the contract names it."""
        return Passage(source=self.source, start=self.start, end=self.end, quote=self.raw)


@dataclass(frozen=True)
class Document:
    """The sentences of one source or of several, titles included, and what their abbreviations stand for."""

    lines: tuple[Line, ...]
    known: Known
    counts: Mapping[str, int]

    @cached_property
    def body(self) -> tuple[Line, ...]:
        """The sentences below the titles; the titles themselves where there is nothing else."""
        return tuple(line for line in self.lines if line.number) or self.lines

    @cached_property
    def text(self) -> str:
        """All sentences in their normal form, one a line."""
        return "\n".join(line.text for line in self.lines)

    @cached_property
    def title_keys(self) -> frozenset[str]:
        """All stems of the titles."""
        return frozenset(key for line in self.lines if not line.number for key in line.keys)

    @cached_property
    def arm_names(self) -> frozenset[str]:
        """The stems by which a source names its arms: the word before "group" or "arm", and the words of controls."""
        named = (item for line in self.lines for item in line.items if GROUP.match(line.text, item.end))
        return CONTROLS.union(*(item.keys for item in named if not item.keys <= HARMLESS - ARM_WORDS))

    def rarity(self, key: str) -> float:
        """How much a stem tells one sentence of this source from another: 1 in one sentence, less in several."""
        return 1 / math.sqrt(max(1, self.counts.get(key, 1)))


def _items(text: str, known: Known, quantities: tuple[Quantity, ...], found: tuple[Effect, ...]) -> Iterator[Item]:
    numbers = [(quantity.start, quantity.end) for quantity in quantities]
    told = [(effect.start, effect.end) for effect in found]
    lay = [(match.span(), SPOKEN[match.group().lower()]) for match in LAY.finditer(text)]
    for token, keys in keyed(text, known):
        if token.is_number or any(start <= token.start < end for start, end in numbers):
            continue
        spoken = next((same for (start, end), same in lay if start <= token.start < end), None)
        same = spoken or frozenset(SAME_AS.get(key, key) for key in keys)
        effect = not spoken and any(start <= token.start < end for start, end in told)
        own = stem(token.text)
        yield Item(token.text, min(spoken) if spoken else SAME_AS.get(own, own), token.start, token.end, same, effect)


def line_of(raw: str, known: Known, number: int = 1, start: int = 0, source: str = "") -> Line:
    """One sentence, read. Quantities and effects count in its normal form."""
    text = plain(raw)
    quantities = parse(text)
    named = {match.start() for pattern in (SAME_THING, NAMED) for match in pattern.finditer(text)}
    for listed in OUTCOMES.finditer(text):
        named |= {match.start() for match in CHANGE_NOUN.finditer(text, listed.end("of"), listed.end())}
    found = effects(text, frozenset(named))
    items = tuple(_items(text, known, quantities, found))
    return Line(source, number, start, start + len(raw), raw, text, items, quantities, found)


def _is_sentence(text: str) -> bool:
    return len(text) <= MOST_SENTENCE and not HEADING.fullmatch(text)


def _lines(source: SourceText, known: Known) -> Iterator[Line]:
    if source.title.strip():
        yield line_of(source.title, known, 0, 0, source.id)
    spans = [span for span in sentences(source.text[:MOST_TEXT]) if _is_sentence(source.text[span.start : span.end])]
    for number, (start, end) in enumerate(spans, 1):
        yield line_of(source.text[start:end], known, number, start, source.id)


@lru_cache(maxsize=256)
def document(sources: tuple[SourceText, ...]) -> Document:
    """The sources of a claim, read once."""
    known: dict[str, frozenset[str]] = {}
    lines: list[Line] = []
    for source in sources:
        own = abbreviations((source.title, source.text))
        lines += _lines(source, own)
        known = {**own, **known}
    return Document(tuple(lines), known, Counter(key for line in lines for key in line.keys))


def claim_lines(claim: str, known: Known) -> tuple[Line, ...]:
    """The sentences of a claim, read with the abbreviations of its sources and its own."""
    both = {**abbreviations((claim,)), **known}
    return tuple(line_of(claim[start:end], both, n, start) for n, (start, end) in enumerate(sentences(claim), 1))


def cuts(line: Line, known: Known) -> Iterator[tuple[Line, Line]]:
    """A sentence cut in two at each place where two sentences may have been joined."""
    for match in islice(JOINT.finditer(line.raw), MOST_CUTS):
        one, two = line.raw[: match.start()], line.raw[match.end() :]
        if min(len(one.split()), len(two.split())) >= 4:
            yield line_of(one, known, line.number), line_of(two, known, line.number)


def nearby(line: Line, start: int, end: int, reach: int = 5) -> dict[str, float]:
    """The stems around a place with how near they stand, from 1 down to 0; other quantities there count as well.

    A semicolon ends the search, a comma shortens it.
    """
    marks = tokens(line.text)
    around = [(item.start, item.end, item.keys) for item in line.items]
    around += [(q.start, q.end, frozenset({f"#{q.value}{q.unit or ''}"})) for q in line.quantities]
    found: dict[str, float] = {}
    for first, last, keys in around:
        if first >= end:
            between = (end, first)
        elif last <= start:
            between = (last, start)
        else:
            continue
        gap = line.text[between[0] : between[1]]
        away = sum(between[0] <= mark.start < between[1] for mark in marks) + 3 * gap.count(";") + gap.count(",")
        if away <= reach:
            for key in keys:
                found[key] = max(found.get(key, 0), 1 - away / (reach + 1))
    return found
