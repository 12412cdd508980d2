"""The slot of quantities: every number of a claim stands in its source, said of the same thing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import combinations, pairwise

from pipeline.models.studies import Quantity
from pipeline.models.verification import Slot, Verdict
from pipeline.quantities import missing, same, slip
from pipeline.quantities.rates import rates_in
from pipeline.text import any_of
from pipeline.verification.alignment import Aligned, Clash
from pipeline.verification.arms import turned
from pipeline.verification.groups import PEOPLE
from pipeline.verification.reading import Line, nearby
from pipeline.verification.vocabulary import ARM_WORDS, HARMLESS

BINDING = ("percent", "mean")
LEVELS = (90, 95, 99)
COPIED = 0.85  # the share of its words in their order at which a claim was copied from the sentence
CLOSE = 0.75  # a sentence that holds less of the claim is not the one whose number was changed
HERE = 0.5  # what the surroundings of two numbers must share for the one to stand in the other's place
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
CLAUSE_END = re.compile(r"[;.]\s")


def _measure(quantity: Quantity) -> tuple[object, ...]:
    return quantity.kind, quantity.unit, quantity.per, quantity.high


def _implied(wanted: Quantity, held: Quantity) -> bool:
    """A bound that the source's number keeps: "p < 0.05" of p = 0.03, "over 30%" of 31%."""
    if wanted.operator == "=" or _measure(wanted) != _measure(held):
        return False
    if wanted.operator in ("<", "<="):
        return held.operator in ("=", "<", "<=") and held.value <= wanted.value
    if wanted.operator in (">", ">="):
        return held.operator in ("=", ">", ">=") and held.value >= wanted.value
    return wanted.operator == "~" and held.value == wanted.value


def _stands(wanted: Quantity, claim: Line, line: Line) -> bool:
    text = claim.text[wanted.start : wanted.end]
    return not missing(text, [line.text]) or any(
        same(wanted, held) or _implied(wanted, held) or _is_end(wanted, held) or _shares_unit(wanted, held, line)
        for held in line.quantities
    )


def _is_end(wanted: Quantity, held: Quantity) -> bool:
    """One end of an interval, told by itself."""
    return (
        held.kind == "interval"
        and wanted.kind == "number"
        and wanted.high is None
        and wanted.value in (held.value, held.high)
    )


def _shares_unit(wanted: Quantity, held: Quantity, line: Line) -> bool:
    """A number whose unit follows in the source behind something else: "8.5 (7-10) days"."""
    if held.unit is not None or wanted.unit is None or wanted.kind != held.kind:
        return False
    named = any(q.unit == wanted.unit for q in line.quantities if 0 <= q.start - held.end <= 25)
    return named and (wanted.value, wanted.high) == (held.value, held.high)


def _is_level(wanted: Quantity, claim: Line) -> bool:
    """The level of an interval, printed apart from it: "CI 95 per cent"."""
    return (
        wanted.unit == "%" and wanted.value in LEVELS and "CI" in claim.text[max(0, wanted.start - 6) : wanted.end + 6]
    )


def _absent(aligned: Aligned, wanted: Quantity) -> Clash:
    claim = aligned.claim
    here = claim.text[wanted.start : wanted.end]
    for line in aligned.lines:
        for held in line.quantities:
            if named := slip(wanted, held):
                said = line.text[held.start : held.end]
                return Clash(
                    Slot.QUANTITY,
                    "QTY002",
                    Verdict.CONTRADICTED,
                    f"'{here}' stands where the source says '{said}' ({named})",
                    line,
                )
    rivals = [held for held in aligned.best.quantities if held.kind == wanted.kind and not _told(held, aligned)]
    if rivals and aligned.coverage >= 0.5:
        near = max(rivals, key=lambda held: _overlap(claim, wanted, aligned.best, held))
        said = aligned.best.text[near.start : near.end]
        return Clash(
            Slot.QUANTITY,
            "QTY001",
            Verdict.CONTRADICTED,
            f"'{here}' stands where the source says '{said}'",
            aligned.best,
        )
    return Clash(Slot.QUANTITY, "QTY001", Verdict.NOT_SUPPORTED, f"'{here}' does not stand in the source", aligned.best)


def _told(held: Quantity, aligned: Aligned) -> bool:
    return any(same(mine, held) for mine in aligned.claim.quantities)


def _context(line: Line, quantity: Quantity) -> dict[str, float]:
    found = nearby(line, quantity.start, quantity.end)
    return {key: near for key, near in found.items() if key not in HARMLESS - ARM_WORDS}


def _overlap(claim: Line, mine: Quantity, line: Line, held: Quantity) -> float:
    here, there = _context(claim, mine), _context(line, held)
    return sum(min(near, there[key]) for key, near in here.items() if key in there)


def _kind(quantity: Quantity) -> str:
    return "number" if quantity.kind == "count" else quantity.kind


def _alike(one: Quantity, other: Quantity) -> bool:
    """True for two values of one kind, which can stand for two arms of one outcome."""
    return (_kind(one), one.unit, one.high is None) == (_kind(other), other.unit, other.high is None)


def _swapped(aligned: Aligned) -> Iterator[Clash]:
    """Two numbers of a claim that stand each in the other's place.

    What stands nearer to the one than to the other in the claim stands nearer to the other in the source.
    """
    claim = aligned.claim
    for line in aligned.lines:
        placed = [(mine, [held for held in line.quantities if same(mine, held)]) for mine in claim.quantities]
        sure = [(mine, held[0]) for mine, held in placed if len(held) == 1]
        for (one, at), (two, to) in combinations(sure, 2):
            if _kind(one) != _kind(two) or at == to or one.kind == "p_value":
                continue
            here, near = _context(claim, one), _context(claim, two)
            there, far = _context(line, at), _context(line, to)
            contrast = sum(
                (here.get(key, 0) - near.get(key, 0)) * (there.get(key, 0) - far.get(key, 0))
                for key in {*here, *near} & {*there, *far}
            )
            crossed = _bound(claim, one) & _bound(line, to) and _bound(claim, two) & _bound(line, at)
            if contrast < -CROSSED or (crossed and not _bound(claim, one) & _bound(line, at)):
                message = f"'{one.text}' and '{two.text}' stand in each other's place"
                yield Clash(Slot.QUANTITY, "QTY003", Verdict.CONTRADICTED, message, line)
                return


def _bound(line: Line, quantity: Quantity) -> frozenset[str]:
    """The names that a number belongs to among its like: behind it, or before it where the last one ends the list."""
    like = [q for q in line.quantities if _kind(q) == _kind(quantity)]
    place = like.index(quantity)
    behind = _names(line, like[-1].end, len(line.text))
    if behind:
        end = like[place + 1].start if place + 1 < len(like) else len(line.text)
        return _names(line, quantity.end, end)
    return _names(line, like[place - 1].end if place else 0, quantity.start)


def _names(line: Line, start: int, end: int) -> frozenset[str]:
    cut = CLAUSE_END.search(line.text, start, end)
    stop = cut.start() if cut else end
    return frozenset(
        key
        for item in line.items
        if start <= item.start < stop and not item.effect and not PEOPLE.search(item.text)
        for key in item.keys - HARMLESS
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
        if not wanted:
            continue
        for line in aligned.lines:
            own = [q for q in line.quantities if same(mine, q)]
            rivals = [q for q in line.quantities if _alike(q, mine) and not _told(q, aligned)]
            if not own or any(_bound(line, q) & wanted for q in own):
                continue
            for rival in rivals:
                if _bound(line, rival) & wanted:
                    said = line.text[rival.start : rival.end]
                    message = f"the source says '{mine.text}' of something else, and '{said}' of this"
                    yield Clash(Slot.QUANTITY, "QTY003", Verdict.CONTRADICTED, message, line)
                    return


def _left(aligned: Aligned) -> tuple[list[Quantity], list[tuple[Line, Quantity]]]:
    """The numbers of the claim and of its sentences that are left when equal ones are paired off, one for one."""
    mine, theirs = list(aligned.claim.quantities), [(line, q) for line in aligned.lines for q in line.quantities]
    for agree in (same, _loosely):
        for wanted in list(mine):
            pair = next((entry for entry in theirs if agree(wanted, entry[1])), None)
            if pair:
                mine.remove(wanted)
                theirs.remove(pair)
    return mine, theirs


def _loosely(wanted: Quantity, held: Quantity) -> bool:
    return _implied(wanted, held) or not missing(wanted.text, [held.text])


def _replaced(aligned: Aligned, wanted: Quantity, free: list[tuple[Line, Quantity]]) -> Clash | None:
    """A number that the source says elsewhere, in the place of the one that it says here."""
    if aligned.near < CLOSE:
        return None
    rivals = [
        (_overlap(aligned.claim, wanted, line, held), line, held)
        for line, held in free
        if line is aligned.best and _kind(held) == _kind(wanted)
    ]
    fit, line, held = max(rivals, key=lambda rival: rival[0], default=(0.0, aligned.best, wanted))
    if fit < HERE:
        return None
    said = line.text[held.start : held.end]
    message = f"'{wanted.text}' stands where the source says '{said}'"
    return Clash(Slot.QUANTITY, "QTY003", Verdict.CONTRADICTED, message, line)


def _rates(aligned: Aligned) -> Iterator[Clash]:
    """How often something was done, where no dose stands beside it: "once daily administration"."""
    mine, theirs = Counter(rates_in(aligned.claim.text)), Counter(rates_in(aligned.best.text))
    wrong, due = mine - theirs, theirs - mine
    if wrong and due and aligned.near >= CLOSE:
        message = f"'{next(iter(wrong))}' stands where the source says '{next(iter(due))}'"
        yield Clash(Slot.QUANTITY, "QTY002", Verdict.CONTRADICTED, message, aligned.best)


def _pairs(line: Line) -> Iterator[tuple[Quantity, Quantity]]:
    """Two values side by side, one for each arm: "19 vs 31", "60 and 87%"."""
    for one, two in pairwise(line.quantities):
        if BESIDE.fullmatch(line.text, one.end, two.start) and _kind(one) == _kind(two):
            yield one, two


def _exchanged(aligned: Aligned) -> Iterator[Clash]:
    """Values side by side in the other order, while the arms and the effect stand as in the source."""
    if turned(aligned.claim, aligned.best) or aligned.near < CLOSE:
        return
    held = list(_pairs(aligned.best))
    for one, two in _pairs(aligned.claim):
        if (one.value, one.high) == (two.value, two.high):
            continue
        straight = any(_like(one, at) and _like(two, to) for at, to in held)
        if not straight and any(_like(one, to) and _like(two, at) for at, to in held):
            message = f"'{one.text}' and '{two.text}' stand in each other's place"
            yield Clash(Slot.QUANTITY, "QTY003", Verdict.CONTRADICTED, message, aligned.best)
            return


def _displaced(aligned: Aligned) -> Iterator[Clash]:
    """Numbers in another order than in the source, while the words around them kept theirs."""
    if aligned.order < COPIED:
        return
    line = aligned.best
    told = [(mine, [held for held in line.quantities if same(mine, held)]) for mine in aligned.claim.quantities]
    placed = [(mine, held[0].start) for mine, held in told if len(held) == 1]
    for (one, at), (two, to) in pairwise(placed):
        if at > to:
            message = f"'{one.text}' and '{two.text}' stand in each other's place"
            yield Clash(Slot.QUANTITY, "QTY003", Verdict.CONTRADICTED, message, line)
            return


def _like(one: Quantity, other: Quantity) -> bool:
    return (one.value, one.high) == (other.value, other.high)


def numbers(aligned: Aligned) -> Iterator[Clash]:
    """Numbers that are absent, slipped, swapped, or said of another arm, outcome or group."""
    left, free = _left(aligned)
    clashes = []
    for wanted in left:
        if _is_level(wanted, aligned.claim):
            continue
        if any(_stands(wanted, aligned.claim, line) for line in aligned.doc.lines):
            clashes.append(_replaced(aligned, wanted, free))
        else:
            clashes.append(_absent(aligned, wanted))
    found = [clash for clash in clashes if clash]
    yield from found
    yield from _rates(aligned)
    if not found:
        yield from _exchanged(aligned)
        yield from _displaced(aligned)
        yield from _swapped(aligned)
        yield from _elsewhere(aligned)
        yield from _staged(aligned)
