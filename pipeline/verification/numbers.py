"""The slot of quantities: every number of a claim stands in its source, said of the same thing."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import combinations

from pipeline.models.studies import Quantity
from pipeline.models.verification import Slot, Verdict
from pipeline.quantities import missing, same, slip
from pipeline.verification.alignment import Aligned, Clash
from pipeline.verification.reading import Line, nearby
from pipeline.verification.vocabulary import HARMLESS

RESULTS = ("percent", "p_value", "interval", "mean", "number")
LEVEL = Decimal("0.05")


def _implied(wanted: Quantity, held: Quantity) -> bool:
    """A bound that the source's number keeps: "p < 0.05" of p = 0.03, "over 30%" of 31%."""
    if wanted.operator == "=" or (wanted.kind, wanted.unit, wanted.high) != (held.kind, held.unit, held.high):
        return False
    if wanted.operator in ("<", "<="):
        return held.operator in ("=", "<", "<=") and held.value <= wanted.value
    if wanted.operator in (">", ">="):
        return held.operator in ("=", ">", ">=") and held.value >= wanted.value
    return wanted.operator == "~" and held.value == wanted.value


def _stands(wanted: Quantity, claim: Line, line: Line) -> bool:
    text = claim.text[wanted.start : wanted.end]
    return not missing(text, [line.text]) or any(
        same(wanted, held) or _implied(wanted, held) for held in line.quantities
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
    return {key: near for key, near in nearby(line, quantity.start, quantity.end).items() if key not in HARMLESS}


def _overlap(claim: Line, mine: Quantity, line: Line, held: Quantity) -> float:
    here, there = _context(claim, mine), _context(line, held)
    return sum(min(near, there[key]) for key, near in here.items() if key in there)


def _swapped(aligned: Aligned) -> Iterator[Clash]:
    """Two numbers of a claim that stand each in the other's place: their surroundings fit better crosswise."""
    claim = aligned.claim
    for line in aligned.lines:
        placed = [(mine, [held for held in line.quantities if same(mine, held)]) for mine in claim.quantities]
        sure = [(mine, held[0]) for mine, held in placed if len(held) == 1]
        for (one, at), (two, to) in combinations(sure, 2):
            if one.kind != two.kind or at == to:
                continue
            straight = _overlap(claim, one, line, at) + _overlap(claim, two, line, to)
            crossed = _overlap(claim, one, line, to) + _overlap(claim, two, line, at)
            turned = (one.start < two.start) != (at.start < to.start)
            if crossed > straight + 0.4 and (turned or crossed > 1.5 * straight + 1):
                message = f"'{one.text}' and '{two.text}' stand in each other's place"
                yield Clash(Slot.QUANTITY, "QTY003", Verdict.CONTRADICTED, message, line)
                return


def _elsewhere(aligned: Aligned) -> Iterator[Clash]:
    """A number that the source says of something else, while it says another one of just this."""
    claim = aligned.claim
    for mine in claim.quantities:
        if mine.kind == "p_value" and not aligned.coverage >= 0.8:
            continue
        for line in aligned.lines:
            held = [q for q in line.quantities if same(mine, q)]
            free = [q for q in line.quantities if q.kind == mine.kind and not _told(q, aligned)]
            if not free:
                continue
            fits = max((_overlap(claim, mine, line, q) for q in held), default=0.0)
            best = max(free, key=lambda q: _overlap(claim, mine, line, q))
            other = _overlap(claim, mine, line, best)
            if held and other > fits + 1.0 and other > 1.6 * fits:
                said = line.text[best.start : best.end]
                message = f"the source says '{mine.text}' of something else, and '{said}' of this"
                yield Clash(Slot.QUANTITY, "QTY003", Verdict.CONTRADICTED, message, line)
                return


def numbers(aligned: Aligned) -> Iterator[Clash]:
    """Numbers that are absent, slipped, swapped, or said of another arm, outcome or group."""
    found = False
    for wanted in aligned.claim.quantities:
        if any(_stands(wanted, aligned.claim, line) for line in aligned.doc.lines):
            continue
        found = True
        yield _absent(aligned, wanted)
    if not found:
        yield from _swapped(aligned)
        yield from _elsewhere(aligned)
