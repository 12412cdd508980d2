"""What a number of a sentence belongs to: the names around it, the arm it is of, the stage of the study it counts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations, pairwise

from pipeline.directions.words import stem
from pipeline.models.studies import Quantity
from pipeline.models.verification import Slot, Verdict
from pipeline.quantities import kind_of, same
from pipeline.text import any_of
from pipeline.verification.alignment import Aligned, Clash
from pipeline.verification.arms import references
from pipeline.verification.groups import PEOPLE
from pipeline.verification.reading import Line, nearby
from pipeline.verification.vocabulary import ARM_WORDS, HARMLESS

BINDING = ("percent", "mean")
COUNTS = ("count", "number")
COPIED = 0.85  # the share of its words in their order at which a claim was copied from the sentence
CLOSE = 0.75  # a sentence that holds less of the claim is not the one whose number was changed
MOST_AHEAD = 2  # words before "than in B" that name the other arm
CROSSED = 0.3  # how clearly two numbers must stand crosswise to be taken as swapped
BESIDE = re.compile(
    r"\W{0,3}(?:\([^()]*\)|\[[^\[\]]*\])?\W{0,3}(?:vs\.?|versus|v|and|compared (?:with|to)|against|or)\W{1,3}",
    re.IGNORECASE,
)
STAGES = (
    ("screened", any_of(r"\b(?:screened|assessed|approached|invited|eligible)\b")),
    ("enrolled", any_of(r"\b(?:enrol\w*|included|recruited|participated)\b")),
    ("randomised", any_of(r"\b(?:randomi[sz]ed|allocated|assigned)\b")),
    ("completed", any_of(r"\b(?:completed|finished)\b")),
    ("left", any_of(r"\b(?:withdr[ae]w\w*|dropped out|discontinued|excluded|lost to follow-up)\b")),
)
STAGE = re.compile("|".join(words.pattern for _, words in STAGES), re.IGNORECASE)
NEXT_WORD = re.compile(r" ([a-z]+)\b")
LABEL = re.compile(r"\b(?:[Gg]roup|[Aa]rm|[Cc]ohort) ([A-Z]|\d)\b")
CLAUSE_END = re.compile(r"[;.]\s")


def surroundings(line: Line, quantity: Quantity) -> dict[str, float]:
    """The names around a number with how near they stand."""
    found = nearby(line, quantity.start, quantity.end)
    return {key: near for key, near in found.items() if key not in HARMLESS - ARM_WORDS}


def overlap(claim: Line, mine: Quantity, line: Line, held: Quantity) -> float:
    """How much two numbers share of their surroundings."""
    here, there = surroundings(claim, mine), surroundings(line, held)
    return sum(min(near, there[key]) for key, near in here.items() if key in there)


def told(held: Quantity, aligned: Aligned) -> bool:
    """True where the claim gives this number of the source."""
    return any(same(mine, held) for mine in aligned.claim.quantities)


def _alike(one: Quantity, other: Quantity) -> bool:
    """True for two values of one kind, which can stand for two arms of one outcome."""
    return (kind_of(one), one.unit, one.high is None) == (kind_of(other), other.unit, other.high is None)


def _crosswise(one: Quantity, two: Quantity, line: Line) -> Clash:
    message = f"'{one.text}' and '{two.text}' stand in each other's place"
    return Clash(Slot.QUANTITY, "QTY003", Verdict.CONTRADICTED, message, line)


def _swapped(aligned: Aligned) -> Iterator[Clash]:
    """Two numbers of a claim that stand each in the other's place.

    What stands nearer to the one than to the other in the claim stands nearer to the other in the source.
    """
    claim = aligned.claim
    for line in aligned.lines:
        placed = [(mine, [held for held in line.quantities if same(mine, held)]) for mine in claim.quantities]
        sure = [(mine, held[0]) for mine, held in placed if len(held) == 1]
        for (one, at), (two, to) in combinations(sure, 2):
            if kind_of(one) != kind_of(two) or at == to or one.kind == "p_value":
                continue
            here, near = surroundings(claim, one), surroundings(claim, two)
            there, far = surroundings(line, at), surroundings(line, to)
            names = _bound(line, at) | _bound(line, to)
            contrast = sum(
                (here.get(key, 0) - near.get(key, 0)) * (there.get(key, 0) - far.get(key, 0))
                for key in names & {*here, *near} & {*there, *far}
            )
            crossed = _bound(claim, one) & _bound(line, to) and _bound(claim, two) & _bound(line, at)
            straight = _bound(claim, one) & _bound(line, at) or _bound(claim, two) & _bound(line, to)
            dosed = _doses(claim, one) & _doses(line, to) or _doses(claim, two) & _doses(line, at)
            if contrast < -CROSSED or ((crossed or dosed) and not straight):
                yield _crosswise(one, two, line)
                return


def _bound(line: Line, quantity: Quantity) -> frozenset[str]:
    """The names that a number belongs to among its like: behind it, or before it where the last one ends the list."""
    if beside := next((pair for pair in _pairs(line) if quantity in pair), None):
        return _in_order(line, beside, quantity)
    like = [q for q in line.quantities if kind_of(q) == kind_of(quantity)]
    nouns = {q: _noun(line, q) for q in like}
    same_noun = [q for q in like if nouns[q] and nouns[q] == nouns[quantity]]
    like = same_noun if len(same_noun) > 1 else like
    place = like.index(quantity)
    behind = _names(line, like[-1].end, len(line.text))
    if behind:
        end = like[place + 1].start if place + 1 < len(like) else len(line.text)
        return _names(line, quantity.end, end)
    return _names(line, like[place - 1].end if place else 0, quantity.start)


def _noun(line: Line, quantity: Quantity) -> str | None:
    """The stem of the word behind a count: the patients of "26 patients", the falls of "60 falls"."""
    word = NEXT_WORD.match(line.text, quantity.end)
    inside = quantity.kind == "count" and quantity.text.split()[-1].isalpha() and quantity.text.split()[-1]
    return stem(word.group(1)) if word else stem(inside) if inside else None


def _in_order(line: Line, pair: tuple[Quantity, Quantity], quantity: Quantity) -> frozenset[str]:
    """The arm of one of two values side by side behind the arms they are of: "in A than in B, 68% vs 38%"."""
    spans = [span for span in references(line) if span[1] <= pair[0].start]
    if not spans:
        return frozenset()
    start, end = spans[-1]
    if quantity is pair[1]:
        return _names(line, start, end)
    ahead = [item for item in line.items if item.end <= start and not item.effect]
    return _names(line, ahead[-MOST_AHEAD:][0].start, start) if ahead else frozenset()


def _doses(line: Line, quantity: Quantity) -> frozenset[str]:
    return frozenset(key for key in _bound(line, quantity) if key.startswith("#"))


def _names(line: Line, start: int, end: int) -> frozenset[str]:
    cut = CLAUSE_END.search(line.text, start, end)
    stop = cut.start() if cut else end
    doses = {
        f"#{q.value}{q.unit}"
        for q in line.quantities
        if start <= q.start < stop and q.unit and q.kind in ("dose", "number")
    }
    labels = {
        f"group {match.group(1).lower()}" for match in LABEL.finditer(line.text) if start <= match.start(1) <= stop
    }
    return frozenset(doses | labels).union(
        key
        for item in line.items
        if start <= item.start < stop and not item.effect and not PEOPLE.search(item.text)
        for key in item.keys - (HARMLESS - ARM_WORDS)
    )


def _stage(line: Line, quantity: Quantity) -> str | None:
    """The stage of a study that a count is of: "screened", "randomised", "completed"."""
    end = next((q.start for q in line.quantities if q.start > quantity.end), len(line.text))
    match = STAGE.search(line.text, quantity.end, min(end, quantity.end + 40))
    return next((name for name, words in STAGES if match and words.search(match.group())), None)


def _staged(aligned: Aligned) -> Iterator[Clash]:
    """A number of people that the source gives for another stage of the study."""
    for mine in aligned.claim.quantities:
        stage = _stage(aligned.claim, mine)
        for line in aligned.lines if stage else ():
            held = {q.text: _stage(line, q) for q in line.quantities}
            own = [held[q.text] for q in line.quantities if same(mine, q)]
            rival = next((text for text, other in held.items() if other == stage), None)
            if own and rival and all(other and other != stage for other in own):
                message = f"the source says '{mine.text}' {own[0]}, and '{rival}' {stage}"
                yield Clash(Slot.QUANTITY, "QTY003", Verdict.CONTRADICTED, message, line)
                return


def _elsewhere(aligned: Aligned) -> Iterator[Clash]:
    """A number that the source says of something else, while it says another one of just this."""
    claim = aligned.claim
    for mine in claim.quantities:
        wanted = _bound(claim, mine) if mine.kind in BINDING else frozenset()
        if mine.kind in COUNTS:
            wanted = _bound(claim, mine) & aligned.doc.arm_names
        if not wanted:
            continue
        for line in aligned.lines:
            own = [q for q in line.quantities if same(mine, q)]
            rivals = [q for q in line.quantities if _alike(q, mine) and not told(q, aligned)]
            if not own or any(_bound(line, q) & wanted for q in own):
                continue
            if mine.kind in COUNTS and not any(_bound(line, q) & aligned.doc.arm_names for q in own):
                continue
            for rival in rivals:
                if _bound(line, rival) & wanted:
                    said = line.text[rival.start : rival.end]
                    message = f"the source says '{mine.text}' of something else, and '{said}' of this"
                    yield Clash(Slot.QUANTITY, "QTY003", Verdict.CONTRADICTED, message, line)
                    return


def _pairs(line: Line) -> Iterator[tuple[Quantity, Quantity]]:
    """Two values side by side, one for each arm: "19 vs 31", "60 and 87%"."""
    for one, two in pairwise(line.quantities):
        if BESIDE.fullmatch(line.text, one.end, two.start) and kind_of(one) == kind_of(two):
            yield one, two


def _exchanged(aligned: Aligned) -> Iterator[Clash]:
    """Values side by side in the other order, while the arms and the effect stand as in the source."""
    if aligned.turned or aligned.near < CLOSE:
        return
    held = list(_pairs(aligned.best))
    for one, two in _pairs(aligned.claim):
        if (one.value, one.high) == (two.value, two.high):
            continue
        straight = any(_like(one, at) and _like(two, to) for at, to in held)
        if not straight and any(_like(one, to) and _like(two, at) for at, to in held):
            yield _crosswise(one, two, aligned.best)
            return


def _displaced(aligned: Aligned) -> Iterator[Clash]:
    """Numbers in another order than in the source, while the words around them kept theirs."""
    if aligned.order < COPIED:
        return
    claim, line = aligned.claim, aligned.best
    given = [(mine, [held for held in line.quantities if same(mine, held)]) for mine in claim.quantities]
    placed = [(mine, held[0]) for mine, held in given if len(held) == 1]
    for (one, at), (two, to) in pairwise(placed):
        if at.start > to.start and not (_doses(claim, one) & _doses(line, at) or _doses(claim, two) & _doses(line, to)):
            yield _crosswise(one, two, line)
            return


def _like(one: Quantity, other: Quantity) -> bool:
    return (one.value, one.high) == (other.value, other.high)


def misplaced(aligned: Aligned) -> Iterator[Clash]:
    """Numbers of the source that the claim gives to another arm, outcome, group or stage."""
    yield from _exchanged(aligned)
    yield from _displaced(aligned)
    yield from _swapped(aligned)
    yield from _elsewhere(aligned)
    yield from _staged(aligned)
