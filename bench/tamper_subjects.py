"""Tampering with what was studied: condition, intervention. Same form as `bench.tamper_numbers`.

What is put in is not named anywhere in the paper, unless taking it from elsewhere in the paper is the very tampering.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from random import Random

import yaml

from bench.figures import P_VALUE, PERCENT
from bench.papers import Paper, Tampering

NAMES = Path(__file__).parent / "tamper_names.yaml"
# After these words a name is part of another name: "respiratory depression", "depression rating scale".
_PART_OF_A_NAME = r"(?<!respiratory )(?<!scale for )(?<!ST )(?<!ST-segment )"
_OTHER_NAME = (
    r"(?!\s(?:\w+\s)?(?:rating|scale|inventory|questionnaire|index|kinase|volume|receptors?|status|sulphate|sulfate))"
)


@cache
def _lists(what: str) -> tuple[tuple[tuple[str, ...], ...], ...]:
    """The lines of a part of the names, each entry as its names, the common one first."""
    lines = yaml.safe_load(NAMES.read_text("utf-8"))[what].values()
    return tuple(tuple(tuple(entry.split("|")) for entry in line) for line in lines)


@cache
def _pattern(what: str) -> re.Pattern[str]:
    names = sorted((name for line in _lists(what) for entry in line for name in entry), key=len, reverse=True)
    words = "|".join(re.escape(name).replace("'", "['’]") for name in names)
    return re.compile(rf"(?<![\w-]){_PART_OF_A_NAME}(?:{words})(?![\w-]){_OTHER_NAME}", re.IGNORECASE)


def _entry(what: str, name: str) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """All names of the thing called `name`, and the other entries of its line."""
    low = name.lower().replace("’", "'")
    for line in _lists(what):
        for entry in line:
            if low in (one.lower() for one in entry):
                return entry, tuple(other for other in line if other is not entry)
    raise KeyError(name)


def cased(old: str, new: str, start: int) -> str:
    return new[0].upper() + new[1:] if start == 0 and old[0].isupper() else new


def _put_all(claim: str, name: str, new: str) -> str:
    """`new` in every place of `name`."""
    pattern = rf"(?<![\w-]){re.escape(name)}(?![\w-])"
    return re.sub(pattern, lambda m: cased(m[0], new, m.start()), claim, flags=re.IGNORECASE)


def _replaced(what: str, claim: str, paper: Paper, chance: Random) -> str | None:
    found = sorted({m[0].lower() for m in _pattern(what).finditer(claim)})
    if not found:
        return None
    name = chance.choice(found)
    entry, others = _entry(what, name)
    if any(other in found for other in entry if other.lower() != name):
        return None
    absent = [other[0] for other in others if not any(one.lower() in paper.words() for one in other)]
    absent = [new for new in absent if new.lower() not in name and name not in new.lower()]
    return _put_all(claim, name, chance.choice(absent)) if absent else None


def condition(claim: str, paper: Paper, chance: Random) -> str | None:
    """The condition replaced by another of the same field that the paper does not name."""
    return _replaced("conditions", claim, paper, chance)


def intervention(claim: str, paper: Paper, chance: Random) -> str | None:
    """A drug or treatment replaced by another of its kind that the paper does not name."""
    return _replaced("drugs", claim, paper, chance)


def other_drug(claim: str, paper: Paper, chance: Random) -> str | None:
    """The drug of a result with figures replaced by another drug of the same paper."""
    here = {m[0].lower() for m in _pattern("drugs").finditer(claim)}
    if len(here) != 1 or not (P_VALUE.search(claim) or PERCENT.search(claim)):
        return None
    (name,) = here
    entry, _ = _entry("drugs", name)
    there = {m[0].lower() for m in _pattern("drugs").finditer(paper.text)} - {one.lower() for one in entry}
    if not there or re.search(r"\b(?:both|all|groups? combined|respectively)\b", claim):
        return None
    return _put_all(claim, name, chance.choice(sorted(there)))


SUBJECTS: dict[str, Tampering] = {"condition": condition, "intervention": intervention, "other drug": other_drug}
