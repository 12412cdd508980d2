"""The slot of quantities: every number of a claim stands in its source, said of the same thing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import combinations

from pipeline.models.studies import Quantity
from pipeline.models.verification import Slot, Verdict
from pipeline.quantities import kind_of, missing, same, slip
from pipeline.quantities.rates import rates_in
from pipeline.verification.alignment import Aligned, Clash
from pipeline.verification.binding import CLOSE, misplaced, overlap, told
from pipeline.verification.reading import Line

BOUNDED = ("p_value", "percent")
LEVELS = (90, 95, 99)
NEIGHBOUR = 25  # characters between a number and the neighbour whose unit it shares
MOST_GROUPS = 6  # counts of one sentence that are added up
_SMALL = "one|two|three|four|five|six|seven|eight|nine|ten"
_NEAR = r"(?:\b(?:more|less|fewer) than |\b(?:about|nearly|almost|over|some) )?"
SHARE = re.compile(
    rf"\b(?:{_SMALL}) (?:in|out of)(?: every)? (?:{_SMALL})\b"
    rf"|{_NEAR}\b(?:a|one|two|three)?[ -]?(?:half|thirds?|quarters?|fifths?|tenths?)\b",
    re.IGNORECASE,
)
HERE = 0.5  # what the surroundings of two numbers must share for the one to stand in the other's place


def _measure(quantity: Quantity) -> tuple[object, ...]:
    return quantity.kind, quantity.unit, quantity.per, quantity.high


def _implied(wanted: Quantity, held: Quantity) -> bool:
    """A bound that the source's number keeps: "p < 0.05" of p = 0.03, "over 30%" of 31%."""
    if wanted.operator == "=" or wanted.kind not in BOUNDED or _measure(wanted) != _measure(held):
        return False
    if wanted.operator in ("<", "<="):
        return held.operator in ("=", "<", "<=") and held.value <= wanted.value
    if wanted.operator in (">", ">="):
        return held.operator in ("=", ">", ">=") and held.value >= wanted.value
    return wanted.operator == "~" and held.value == wanted.value


def _stands(wanted: Quantity, claim: Line, line: Line) -> bool:
    text = claim.text[wanted.start : wanted.end]
    return not missing(text, [line.text]) or any(
        same(wanted, held) or _implied(wanted, held) or _is_end(wanted, held) or _shares_unit(wanted, claim, held, line)
        for held in line.quantities
    )


def _is_sum(wanted: Quantity, line: Line) -> bool:
    """A number of people that the sentence gives in its groups: 42 of "22 with examplol and 20 controls"."""
    counts = [q.value for q in line.quantities if kind_of(q) == "number" and q.high is None and q.unit is None]
    groups = [count for count in counts if count > 1]
    whole = kind_of(wanted) == "number" and wanted.unit is None and wanted.high is None and len(groups) <= MOST_GROUPS
    return whole and any(sum(some) == wanted.value for size in (2, 3) for some in combinations(groups, size))


def _is_share(wanted: Quantity, claim: Line) -> bool:
    """A small number in words of a share, which is no figure of the paper: "two in three patients"."""
    return any(match.start() <= wanted.start < match.end() for match in SHARE.finditer(claim.text))


def _is_end(wanted: Quantity, held: Quantity) -> bool:
    """One end of an interval, told by itself."""
    return (
        held.kind == "interval"
        and wanted.kind == "number"
        and wanted.high is None
        and wanted.value in (held.value, held.high)
    )


def _shares_unit(wanted: Quantity, claim: Line, held: Quantity, line: Line) -> bool:
    """One number printed twice, once with the unit of its neighbour: "11.7 days vs 14.37", "8.5 (7-10) days"."""
    alike = (wanted.value, wanted.high) == (held.value, held.high) and (wanted.unit is None) != (held.unit is None)
    bare, place, unit = (held, line, wanted.unit) if held.unit is None else (wanted, claim, held.unit)
    near = (q for q in place.quantities if q is not bare and -NEIGHBOUR <= q.start - bare.end <= NEIGHBOUR)
    return alike and any(q.unit == unit for q in near)


def _is_level(wanted: Quantity, claim: Line) -> bool:
    """The level of an interval, printed apart from it: "CI 95 per cent"."""
    return (
        wanted.unit == "%" and wanted.value in LEVELS and "CI" in claim.text[max(0, wanted.start - 6) : wanted.end + 6]
    )


def _absent(aligned: Aligned, wanted: Quantity) -> Clash:
    claim = aligned.claim
    here = claim.text[wanted.start : wanted.end]
    doses = aligned.doc.body if wanted.kind == "dose" else ()
    for line in (*aligned.lines, *doses):
        for held in line.quantities:
            named = slip(wanted, held)
            if named and (wanted.unit or wanted.kind != "number"):
                said = line.text[held.start : held.end]
                return Clash(
                    Slot.QUANTITY,
                    "QTY002",
                    Verdict.CONTRADICTED,
                    f"'{here}' stands where the source says '{said}' ({named})",
                    line,
                )
    rivals = [held for held in aligned.best.quantities if held.kind == wanted.kind and not told(held, aligned)]
    if rivals and aligned.coverage >= 0.5:
        near = max(rivals, key=lambda held: overlap(claim, wanted, aligned.best, held))
        said = aligned.best.text[near.start : near.end]
        return Clash(
            Slot.QUANTITY,
            "QTY001",
            Verdict.CONTRADICTED,
            f"'{here}' stands where the source says '{said}'",
            aligned.best,
        )
    return Clash(Slot.QUANTITY, "QTY001", Verdict.NOT_SUPPORTED, f"'{here}' does not stand in the source", aligned.best)


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
        (overlap(aligned.claim, wanted, line, held), line, held)
        for line, held in free
        if line is aligned.best and kind_of(held) == kind_of(wanted)
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


def numbers(aligned: Aligned) -> Iterator[Clash]:
    """Numbers that are absent, slipped, swapped, or said of another arm, outcome or group."""
    left, free = _left(aligned)
    clashes = []
    for wanted in left:
        if _is_level(wanted, aligned.claim) or _is_share(wanted, aligned.claim):
            continue
        if any(_stands(wanted, aligned.claim, line) or _is_sum(wanted, line) for line in aligned.doc.lines):
            clashes.append(_replaced(aligned, wanted, free))
        else:
            clashes.append(_absent(aligned, wanted))
    found = [clash for clash in clashes if clash]
    yield from found
    yield from _rates(aligned)
    if not found:
        yield from misplaced(aligned)
