"""Which arm a sentence compares with which, as far as its own words tell."""

from __future__ import annotations

import re

from pipeline.directions.comparisons import REFERENCE
from pipeline.verification.reading import Line
from pipeline.verification.vocabulary import ARM_WORDS, HARMLESS

# Between "than" and the arm that others are compared with, and where the name of that arm ends.
LEAD = re.compile(
    r"(?:(?:in|with|on|for|of|by|after|following|under|among|during|at|the|a|an|that|those|patients|participants"
    r"|subjects|people|who|receiving"
    r"|treated|taking|given|assigned|to|were|had|received|seen|observed|found|using|did)\s+)*",
    re.IGNORECASE,
)
END = re.compile(
    r"[,;:()\[\]]|\d|\b(?:in|on|for|at|after|during|with|by|and|but|was|were|had|as|from|over|before|while|until)\b"
    r"|\b(?:within|among|when)\b"
)

MOST_ITEMS = 80  # of a sentence: what is longer is a list, and is not searched for names that changed places
MOST_WORDS = 3  # of a name that may change places with another


def references(line: Line) -> list[tuple[int, int]]:
    """Where the names of the arms stand that others are compared with: behind "than", "compared with", "versus"."""
    found = []
    for match in REFERENCE.finditer(line.text):
        if match.group().strip().lower() == "compared":
            continue
        lead = LEAD.match(line.text, match.end())
        start = lead.end() if lead else match.end()
        stop = END.search(line.text, start)
        end = stop.start() if stop else len(line.text)
        if end > start and "baseline" not in line.text[start:end]:
            found.append((start, end))
    return found


def _named(line: Line) -> tuple[frozenset[str], frozenset[str]]:
    """The stems of the arms compared with, and all other stems of the line."""
    spans = references(line)
    inside: set[str] = set()
    outside: set[str] = set()
    for item in line.items:
        told = item.keys - (HARMLESS - ARM_WORDS)
        (inside if any(start <= item.start < end for start, end in spans) else outside).update(told)
    return frozenset(inside), frozenset(outside)


def turned(claim: Line, line: Line) -> bool:
    """True where the claim compares the other way round.

    What it compares with is what the source tells of, and what the source compares with is what the claim tells of.
    """
    mine, own = _named(claim)
    theirs, others = _named(line)
    if mine and not theirs:
        return _is_subject(mine, own, line)
    if not mine or not theirs:
        return False
    new, gone = mine - theirs, theirs - mine
    moved = bool(new) and new <= others
    left = gone <= own if gone else bool(new & others)
    return moved and left and not new & (own if mine & theirs else own - others)


def _is_subject(reference: frozenset[str], own: frozenset[str], line: Line) -> bool:
    """True where a source that names one arm only tells of it what the claim tells of another, which it compares."""
    effect = next(iter(line.effects), None)
    subject = {key for item in line.items if effect and item.end <= effect.start for key in item.keys}
    told = {key for item in line.items for key in item.keys}
    return reference <= subject and bool(effect and effect.comparative) and bool(own - told)


def _order(claim: Line, line: Line) -> list[int]:
    """Where the claim's words stand in the source's sentence, in the order of the claim; of equals the k-th is k-th."""
    places: dict[str, list[int]] = {}
    for place, item in enumerate(line.items):
        places.setdefault(item.name, []).append(place)
    found = []
    for item in claim.items:
        waiting = places.get(item.name)
        if waiting:
            found.append(waiting.pop(0))
    return found


def exchanged(claim: Line, line: Line) -> bool:
    """True where two names, of up to three words each, stand each in the other's place, and the rest stayed."""
    told = REFERENCE.search(claim.text) and REFERENCE.search(line.text)
    if not told or len(claim.items) > MOST_ITEMS:
        return False
    order = [-1, *_order(claim, line), len(line.items)]
    for i in range(1, len(order) - 3):
        for size in range(1, MOST_WORDS + 1):
            for j in range(i + size + 1, len(order) - 1):
                for other in range(1, MOST_WORDS + 1):
                    if j + other < len(order) and _is_exchange(order, i, size, j, other):
                        one, two = line.items[order[j]], line.items[order[i]]
                        if REFERENCE.search(line.text, one.end, two.start):
                            return True
    return False


def _is_exchange(order: list[int], i: int, size: int, j: int, other: int) -> bool:
    first, middle, second = order[i : i + size], order[i + size : j], order[j : j + other]
    if not first[0] > second[0]:
        return False
    restored = [order[i - 1], *second, *middle, *first, order[j + other]]
    return restored == sorted(restored)
