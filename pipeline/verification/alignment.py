"""Which sentences of a source a claim speaks of, and where the two part."""

from __future__ import annotations

import re
from dataclasses import replace
from difflib import SequenceMatcher
from functools import cached_property
from typing import NamedTuple

from pipeline.models.verification import Slot, Verdict
from pipeline.quantities import same
from pipeline.verification.arms import exchanged, turned
from pipeline.verification.cues import HEDGE, NEGATION
from pipeline.verification.reading import Document, Item, Line
from pipeline.verification.vocabulary import CONTROLS

SECOND = 0.2  # what another sentence must add of a claim to be taken as a second one
PIECE = 6  # words that a piece of a sentence needs to be a claim of its own
CLAUSE = re.compile(r"[;:]|, (?:and|but|while|whereas) ")
TURNS = re.compile(f"{NEGATION.pattern}|{HEDGE.pattern}", re.IGNORECASE)
DENIALS = ("wasnot", "werenot", "didnot", "wasn't", "weren't", "isnot", "arenot", "couldnot", "maybe", "mightbe")
COPIED = 0.7  # the share of its words in their order at which a claim was copied from one sentence
NUMBER = 0.5  # what a quantity weighs beside a name
MOST_LINES = 3


class Clash(NamedTuple):
    """A part of a claim that its source does not bear: the rule's code, what the claim says, what the source says.

    `exchange` is true where two names changed places, which no other wording of the source can explain.
    """

    slot: Slot
    code: str
    verdict: Verdict
    message: str
    line: Line | None = None
    exchange: bool = False


class Change(NamedTuple):
    """Words of the claim that stand where the source has others; `source` is empty where words were added."""

    claim: tuple[Item, ...]
    source: tuple[Item, ...]


class Aligned:
    """A sentence of a claim beside the sentences of a source that hold most of it, the best first."""

    def __init__(self, claim: Line, doc: Document) -> None:
        self.claim = claim
        self.doc = doc
        self.lines = _closest(claim, doc)

    @cached_property
    def keys(self) -> frozenset[str]:
        """All stems of the sentences it is held against."""
        return frozenset(key for line in self.lines for key in line.keys)

    @cached_property
    def coverage(self) -> float:
        """The weighted share of the claim's items that those sentences hold.

        What the paper is about by its title need not be said again in every sentence; an arm without the drug must.
        """
        titles = self.doc.title_keys - CONTROLS
        given = tuple(item for item in self.claim.items if not item.keys & titles or item.keys & self.keys)
        return _covered(replace(self.claim, items=given), self.lines)

    @cached_property
    def order(self) -> float:
        """The share of the claim's words that stand in the closest sentence, and in its order."""
        mine, theirs = ([item.name for item in line.items] for line in (self.claim, self.best))
        weights = [item.weight for item in self.claim.items]
        blocks = SequenceMatcher(None, mine, theirs, autojunk=False).get_matching_blocks()
        kept = sum(sum(weights[block.a : block.a + block.size]) for block in blocks)
        return kept / sum(weights) if weights else 0.0

    @cached_property
    def near(self) -> float:
        """The share that the closest sentence holds alone; a title counts only where there is nothing else."""
        return max((_covered(self.claim, (line,)) for line in self.doc.body), default=0.0)

    @cached_property
    def exact(self) -> bool:
        """True where the claim is a sentence of the source, or a piece of one that nothing cut off denies or doubts."""
        return any(_stands_in(self.claim.text, line.text) for line in self.lines)

    @property
    def best(self) -> Line:
        """The closest sentence."""
        return self.lines[0]

    @cached_property
    def turned(self) -> bool:
        """True where the claim compares the other way round than the closest sentence."""
        return turned(self.claim, self.best)

    @cached_property
    def exchanged(self) -> bool:
        """True where two names stand each in the place that the other has in the closest sentence."""
        return exchanged(self.claim, self.best)

    @cached_property
    def changes(self) -> tuple[Change, ...]:
        """What was replaced or added, read along the closest sentence.

        Words that only moved are left out, and in a claim in its own words those that another of the sentences holds.
        """
        mine, theirs = self.claim.items, self.best.items
        named = {item.name: place for place, item in enumerate(theirs)}
        keyed = {key: place for place, item in enumerate(theirs) for key in item.keys}
        names = [named.get(item.name, next((keyed[k] for k in sorted(item.keys) if k in keyed), None)) for item in mine]
        labels = [f"s{name}" if name is not None else f"c{place}" for place, name in enumerate(names)]
        marks = [f"s{named[item.name]}" for item in theirs]
        matched = set(labels)
        found = []
        for tag, i, j, k, m in SequenceMatcher(None, labels, marks, autojunk=False).get_opcodes():
            if tag == "equal":
                continue
            new = tuple(item for item, name in zip(mine[i:j], names[i:j], strict=True) if name is None)
            if self.order < COPIED:
                new = tuple(item for item in new if not item.keys & self.keys)
            old = tuple(item for item, mark in zip(theirs[k:m], marks[k:m], strict=True) if mark not in matched)
            if new:
                found.append(Change(new, old))
        return tuple(found)


def _stands_in(claim: str, line: str) -> bool:
    mine, theirs = _plain(claim), _plain(line)
    if mine == theirs or len(claim.split()) < PIECE or mine not in theirs:
        return mine == theirs
    before, _, after = theirs.partition(mine)
    cut = len(line) * len(before) // max(1, len(theirs))
    opening = CLAUSE.split(line[:cut])[-1]
    return not (TURNS.search(opening) or after.startswith(DENIALS))


def _plain(text: str) -> str:
    """The text without case, spaces and the punctuation that carries no meaning; signs and operators stay."""
    return re.sub(r"[\s,;:.\"'()\[\]](?!\d)|\s", "", text.lower())


def _closest(claim: Line, doc: Document) -> tuple[Line, ...]:
    """The sentence that covers most of the claim, its rarest words above all, then those that add enough to it.

    Of equals the first in the body is taken.
    """
    pool = [*doc.body, *(line for line in doc.lines if not line.number)]
    wanted = [(item.keys, item.weight * max(map(doc.rarity, item.keys))) for item in claim.items]
    chosen: list[Line] = []
    reached = -1.0
    while len(chosen) < MOST_LINES:
        left = [
            (_share(wanted, claim, (*chosen, line)), -place) for place, line in enumerate(pool) if line not in chosen
        ]
        if not left:
            break
        score, place = max(left)
        if chosen and score - reached < SECOND:
            break
        chosen.append(pool[-place])
        reached = score
    return tuple(chosen)


def _covered(claim: Line, lines: tuple[Line, ...]) -> float:
    return _share([(item.keys, item.weight) for item in claim.items], claim, lines)


def _share(wanted: list[tuple[frozenset[str], float]], claim: Line, lines: tuple[Line, ...]) -> float:
    """The share of the wanted weights, and of the claim's quantities, that the lines hold."""
    keys = frozenset(key for line in lines for key in line.keys)
    held = [quantity for line in lines for quantity in line.quantities]
    total = sum(weight for _, weight in wanted) + NUMBER * len(claim.quantities)
    got = sum(weight for stems, weight in wanted if stems & keys)
    got += NUMBER * sum(any(same(mine, quantity) for quantity in held) for mine in claim.quantities)
    return got / total if total else 0.0
