"""A claim read off its sentences: what they say, in their words and their order, with nothing left out that turns it.

Words that are all in the source can still say the opposite of it: the arms, the outcomes or the numbers need only
change places, a "not" or a "likely" need only go. So each part of a claim has to follow one clause of one sentence, or
several in a row, word for word. What may differ is listed here and nowhere else: spelling, endings, articles, an
opening that says nothing, a bracket, a member of a list, a clause of its own. It errs on the side of refusing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import accumulate, pairwise
from typing import NamedTuple

from pipeline.directions.words import WORD, stem, stems, tokens
from pipeline.models.studies import Quantity
from pipeline.quantities import kind_of, parse, same
from pipeline.text import any_of, normal
from pipeline.verification.cues import MODAL, NEGATION
from pipeline.verification.vocabulary import CONTROLS

MOST_PIECES = 10
LEAST_STEM = 5  # letters of a word that may differ from another in its ending
ARTICLES = frozenset("a an the".split())
# What may be missing from a claim, and what may be added to mend the style of a telegram.
DROPPED = ARTICLES | frozenset("also thus therefore further furthermore moreover additionally finally overall".split())
ADDED = ARTICLES | frozenset("was were is are had also".split())
VERBS = frozenset(
    "was were is are be been had has have did does do may might can could will would showed found".split()
)
# An opening that says only that somebody found what follows, and a phrase that says only where.
OPENING = re.compile(
    r"(?:(?:thus|further|furthermore|moreover|however|overall|in contrast|in addition|in summary),? )?"
    r"(?:(?:we|the authors|the investigators|the results|th(?:is|e) (?:present )?(?:study|trial|review|analysis)) "
    r"(?:also )?(?:found|showed|report(?:ed|s)?|observed|noted|state[sd]?) that )?",
    re.IGNORECASE,
)
PLACE = re.compile(
    r"\b(?:in|of) (?:this|the|the present) ((?:[\w-]+ ){0,3})(?:trial|study|review|series|cohort|analysis)\b"
    r"(?! (?:of|in|with|on|and)\b)",
    re.IGNORECASE,
)
# Where a piece of a claim may end, and where a clause of a source may: not before a "but", which takes something back.
JOINT = any_of(r"[;:] ?", r",? (?:and|but|while|whereas|although|though|yet|nor|which) ", r", ")
CLAUSE = any_of(
    r"; ?", r": ", r",? (?:while|whereas) ", r", and ", r", (?=(?:suggest|indicat|support|confirm|imply)ing\b)"
)
AFTER = any_of(r",? (?:but|although|though|yet) ")
TIME_OF_DAY = any_of(r"\b(?:morning|evening|night(?:ly)?|bedtime|noon|midday)\b")


class Token(NamedTuple):
    """A word or a quantity at its place; `turns` where it denies or doubts."""

    text: str
    start: int
    quantity: Quantity | None = None
    turns: bool = False
    bracketed: bool = False
    comma: bool = False

    @property
    def lower(self) -> str:
        """The token in small letters."""
        return self.text.lower()

    def fits(self, other: Token) -> bool:
        """True where the two are one word in any spelling and with any ending, or one quantity."""
        if self.quantity or other.quantity:
            times = [m.group().lower() if (m := TIME_OF_DAY.search(t.text)) else None for t in (self, other)]
            equal = self.quantity and other.quantity and same(self.quantity, other.quantity)
            return bool(equal) and times[0] == times[1]
        one, two = self.lower, other.lower
        if one == two or one + "s" == two or two + "s" == one:
            return True
        return min(len(one), len(two)) >= LEAST_STEM and not self.turns and stem(one) == stem(two)


def _bracketed(text: str) -> list[bool]:
    """For each place of a text whether it stands in brackets."""
    depth, inside = 0, []
    for char in text:
        depth += (char in "([") - (char in ")]")
        inside.append(depth > 0 or char in ")]")
    return inside


@lru_cache(maxsize=4096)
def _tokens(text: str) -> tuple[Token, ...]:
    turning = [m.span() for words in (NEGATION, MODAL) for m in words.finditer(text)]
    inside = _bracketed(text)
    spans = [(q.start, q.end, q) for q in parse(text)]
    parts: list[tuple[int, int, Quantity | None]] = [*spans]
    parts += [
        (m.start(), m.end(), None) for m in WORD.finditer(text) if not any(a <= m.start() < b for a, b, _ in spans)
    ]
    return tuple(
        Token(
            text[start:end],
            start,
            quantity,
            any(a <= start < b for a, b in turning),
            inside[start],
            text[end : end + 1] == ",",
        )
        for start, end, quantity in sorted(parts, key=lambda part: part[0])
    )


@dataclass(frozen=True)
class Region:
    """A clause of a sentence, or several in a row, that a piece of a claim may follow."""

    tokens: tuple[Token, ...]
    names: frozenset[str]

    @cached_property
    def skips(self) -> dict[int, tuple[int, ...]]:
        """From which place on to which others a claim may pass over the tokens of the region."""
        found: dict[int, set[int]] = {place: set() for place in range(len(self.tokens))}
        for place, token in enumerate(self.tokens):
            if token.lower in DROPPED:
                found[place].add(place + 1)
        for start, end in (*self._brackets(), *self._members(), *self._attributes(), *self._places()):
            found[start].add(end)
        return {place: tuple(sorted(ends)) for place, ends in found.items()}

    def _brackets(self) -> Iterator[tuple[int, int]]:
        """Brackets that deny nothing and hold no number that could be taken for a later one of its kind."""
        start: int | None = None
        for place in range(len(self.tokens) + 1):
            inside = place < len(self.tokens) and self.tokens[place].bracketed
            if inside and start is None:
                start = place
            elif not inside and start is not None:
                held, later = self.tokens[start:place], self.tokens[place:]
                kinds = {kind_of(t.quantity) for t in held if t.quantity}
                if not any(t.turns for t in held) and not any(
                    t.quantity and kind_of(t.quantity) in kinds for t in later
                ):
                    yield start, place
                start = None

    def _members(self) -> Iterator[tuple[int, int]]:
        """Members of the list that is the subject: "pain, sleep and mood did not differ"."""
        verb = next((n for n, t in enumerate(self.tokens) if t.lower in VERBS or t.turns or t.quantity), 0)
        subject = self.tokens[:verb]
        if any(t.bracketed or t.lower in ("of", "or", "between", "with", "plus", "both", "neither") for t in subject):
            return
        borders = [0]
        for place, token in enumerate(subject):
            if token.comma:
                borders.append(place + 1)
            elif token.lower == "and":
                borders.append(place)
        if len(borders) < 2 or "and" not in {t.lower for t in subject}:
            return
        for start, end in pairwise(borders):
            held = subject[start:end]
            if not any({stem(t.text)} & (self.names | CONTROLS) or t.lower == "and" for t in held):
                yield start, end + (start == 0 and subject[end].lower == "and")

    def _attributes(self) -> Iterator[tuple[int, int]]:
        """What the name of the drug alone may stand for: a low dose of it, by mouth."""
        if any(token.turns for token in self.tokens):
            return
        for place, token in enumerate(self.tokens):
            start = place
            while stem(token.text) in self.names and start and self.tokens[start - 1].lower in ("low", "dose", "oral"):
                start -= 1
            if start < place:
                yield start, place

    def _places(self) -> Iterator[tuple[int, int]]:
        """The phrase "in this trial" and its like, with the name of the drug at most."""
        words = " ".join(token.text for token in self.tokens)
        lengths = accumulate(len(token.text) + 1 for token in self.tokens)
        places = {offset: place for place, offset in enumerate((0, *lengths))}
        for match in PLACE.finditer(words):
            start, end = places.get(match.start()), places.get(match.end() + 1)
            if start is not None and end is not None and stems(match[1].split()) <= self.names:
                yield start, end


def _cuts(text: str, pattern: re.Pattern[str]) -> list[tuple[int, int]]:
    """Where one part ends and where the next begins, brackets kept whole."""
    inside = _bracketed(text)
    return [m.span() for m in pattern.finditer(text) if not inside[min(m.start(), len(text) - 1)]]


def _regions(sentence: str, names: frozenset[str]) -> Iterator[Region]:
    """A sentence, with and without its opening, and every run of its clauses that has a subject of its own.

    Each stands there once more without any of its brackets.
    """
    text = normal(sentence)
    held = _tokens(text)
    cuts = _cuts(text, CLAUSE)
    opening = OPENING.match(text)
    whole = (0, *([opening.end()] if opening and opening.end() else []))
    further = [start for _, start in (*cuts, *_cuts(text, AFTER)) if not _is_governed(text, start)]
    for start in (*whole, *further):
        for end in (*(stop for stop, _ in cuts), len(text)):
            inside = tuple(token for token in held if start <= token.start < end)
            if inside and (start in whole or _has_subject(inside)):
                yield Region(inside, names)
                bare = tuple(token for token in inside if not token.bracketed)
                if bare and bare != inside and not any(t.turns for t in inside if t.bracketed):
                    yield Region(bare, names)


def _is_governed(text: str, start: int) -> bool:
    """True for a clause under a doubt or a denial that stands before it: "the data suggest that A, and B"."""
    head, colon, tail = text[:start].rpartition(":")
    part = f"{head}{colon}" if colon and any(words.search(head) for words in (MODAL, NEGATION)) else tail or head
    same = part if colon and part != tail else part.rpartition(";")[2]
    return MODAL.search(same) is not None or (NEGATION.search(same) is not None and " that " in same)


def _has_subject(clause: Sequence[Token]) -> bool:
    first = clause[0]
    return (
        first.lower not in VERBS and not first.turns and not first.quantity and not first.lower.endswith(("ing", "ed"))
    )


def strays(claim: str, cited: Sequence[str], names: Sequence[str]) -> str | None:
    """Why a claim cannot be read off the sentences that it cites, or None where it can. `names` are the drug's."""
    drug = stems(token.text for name in names for token in tokens(name))
    text = normal(claim)
    regions = [region for sentence in cited for region in _regions(sentence, drug)]
    held = _tokens(text)
    cuts = [(0, 0), *_cuts(text, JOINT)[:MOST_PIECES], (len(text), len(text))]
    reached = {0}
    furthest, word = -1, text.split(" ")[0]
    for i, (_, start) in enumerate(cuts[:-1]):
        if i not in reached:
            continue
        for j in range(len(cuts) - 1, i, -1):
            piece = tuple(token for token in held if start <= token.start < cuts[j][0])
            for region in regions if piece else ():
                place = _follow(piece, region)
                if place is None:
                    reached.add(j)
                    break
                if piece[place].start > furthest:
                    furthest, word = piece[place].start, piece[place].text
    return None if len(cuts) - 1 in reached else f"from '{word}' on it does not follow a sentence that it cites"


def _follow(piece: Sequence[Token], region: Region) -> int | None:
    """The place at which a piece leaves the region; None where it follows it to the end, with nothing lost."""
    reached = _passed({0}, region)
    for place, token in enumerate(piece):
        added = reached if token.lower in ADDED else set()
        ahead = {at + 1 for at in reached if at < len(region.tokens) and token.fits(region.tokens[at])}
        if not added and not ahead:
            return place
        reached = _passed(ahead | added, region)
    return None if len(region.tokens) in reached else len(piece) - 1


def _passed(reached: set[int], region: Region) -> set[int]:
    """The places reached, and those to which what may be left out leads from there."""
    found, waiting = set(reached), list(reached)
    while waiting:
        for end in region.skips.get(waiting.pop(), ()):
            if end not in found:
                found.add(end)
                waiting.append(end)
    return found
