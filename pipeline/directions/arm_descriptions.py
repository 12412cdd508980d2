"""What tells the arms of a comparison apart, from their descriptions and the abstract.

Words that both arms share tell nothing and are left out, so "gemcitabine plus erlotinib" against "gemcitabine alone"
is recognised by "erlotinib" and by "alone". Group labels (group A, arm 2) are taken from the description of an arm,
else from the sentence that says who received what.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from pipeline.directions.arm_words import (
    ADDED,
    ALONE,
    COMPARATOR_WORDS,
    CONTROL_GROUP,
    CONTROL_WORDS,
    GROUP_NAME,
    INTERVENTION_WORDS,
    LETTER_FOR_ARM,
    NO_NAME,
    NOT_AN_ARM,
    NOTHING,
    REFERENCE,
)
from pipeline.directions.arms import SIDES, Arms, Side, dose_of, label_of, labels_in, side_of
from pipeline.directions.mentions import BRACKETED, Known, keyed
from pipeline.directions.words import STOP_WORDS, abbreviations, stem, tokens
from pipeline.text import normal


class _Described(NamedTuple):
    """An arm's description: its text, all its stems, those that may name the arm, and the initials of its words."""

    text: str
    plain: frozenset[str]
    words: frozenset[str]
    initials: frozenset[str]


def _names(text: str, known: Known) -> frozenset[str]:
    """The stems that may name an arm: no numbers but doses, no words of trial design."""
    found: set[str] = set()
    for token, keys in keyed(text, known):
        if token.is_number:
            found |= {dose} if (dose := dose_of(text, token)) else set()
        else:
            found |= keys - NOT_AN_ARM
    return frozenset(found)


def _described(text: str, known: Known) -> _Described:
    letters = "".join(t.text[0] for t in tokens(text) if t.lower not in STOP_WORDS and not t.is_number).lower()
    initials = frozenset({letters} if len(letters) >= 3 else ())
    return _Described(text, frozenset(stem(t.text) for t in tokens(text)), _names(text, known), initials)


def _only(told: Sequence[bool]) -> Side | None:
    """The arm that something is true of, where it is true of one only."""
    return None if told[0] == told[1] else SIDES[told.index(True)]


def _alone(arms: Sequence[_Described]) -> Side | None:
    """Which arm gets nothing added: the one that says "alone", else the one whose words are all in the other."""
    shared = arms[0].words & arms[1].words
    adds = [ADDED.search(arm.text) is not None for arm in arms]
    return (
        _only([bool(ALONE & {token.lower for token in tokens(arm.text)}) for arm in arms])
        or _only([bool(shared) and arm.words - shared <= CONTROL_WORDS for arm in arms])
        or _only([bool(shared) and adds[1 - number] and not adds[number] for number in (0, 1)])
    )


def _control(arms: Sequence[_Described], sentences: Sequence[str], known: Known) -> Side | None:
    """Which arm is the control: by its description, else by the company that "control group" keeps in the abstract."""
    shared = arms[0].words & arms[1].words
    scores = [2 * bool((arm.plain - shared) & CONTROL_WORDS) + bool(NOTHING.search(arm.text)) for arm in arms]
    if scores[0] != scores[1]:
        return SIDES[scores[1] > scores[0]]
    votes = [0, 0]
    for sentence in sentences:
        for match in CONTROL_GROUP.finditer(sentence):
            if match["defined"]:
                defined = _names(match["defined"], known)
                near = [len(defined & arm.words - shared) for arm in arms]
                votes[0] += near[0] > near[1]
                votes[1] += near[1] > near[0]
            elif REFERENCE.search(sentence):
                rest = _names(sentence.replace(match.group(), " "), known)
                named = [bool(rest & arm.words - shared) for arm in arms]
                votes[0] += named[1] and not named[0]
                votes[1] += named[0] and not named[1]
    return None if votes[0] == votes[1] else SIDES[votes[1] > votes[0]]


def _labels_defined(sentences: Sequence[str], sides: Sequence[frozenset[str]], known: Known) -> list[frozenset[str]]:
    """The group labels by the words that stand with them: "group A received X", "X (group A)"."""
    votes: dict[str, list[int]] = {}
    for sentence in sentences:
        found = labels_in(sentence)
        for number, (start, end, label) in enumerate(found):
            left = found[number - 1][1] if number else 0
            right = found[number + 1][0] if number + 1 < len(found) else len(sentence)
            bracketed = "(" in sentence[max(0, start - 9) : start]
            names = _names(sentence[left:start] if bracketed else sentence[end:right], known)
            vote = votes.setdefault(label, [0, 0])
            vote[0] += len(names & sides[0])
            vote[1] += len(names & sides[1])
    return [
        frozenset(label for label, vote in votes.items() if vote[0] > vote[1]),
        frozenset(label for label, vote in votes.items() if vote[1] > vote[0]),
    ]


def _labels_of(text: str) -> frozenset[str]:
    letters = (next(filter(None, match.groups())) for match in LETTER_FOR_ARM.finditer(text))
    return frozenset({*(label for _, _, label in labels_in(text)), *map(label_of, letters)})


def _group_names(sentences: Sequence[str], known: Known) -> dict[str, frozenset[str]]:
    """The words that stand before "group" or "arm" and name one, each with what it stands for."""
    found: dict[str, frozenset[str]] = {}
    for sentence in sentences:
        for match in GROUP_NAME.finditer(sentence):
            name = match.group(1) or match.group(2)
            keys = known.get(name.lower(), frozenset()) if name.isupper() else frozenset[str]()
            if stem(name) not in NO_NAME:
                found[stem(name)] = keys | {stem(name)}
    return found


def arms_of(intervention: str, comparator: str, sentences: Sequence[str], outcome: str = "") -> Arms:
    """What tells `intervention` and `comparator` apart in `sentences`, which are in their normal form."""
    known = abbreviations((*sentences, normal(intervention), normal(comparator)))
    arms = [_described(normal(text), known) for text in (intervention, comparator)]
    about = {key for item in keyed(BRACKETED.sub("", normal(outcome)), known) for key in item.keys}
    shared = arms[0].words & arms[1].words
    sides = [arm.words - shared - about for arm in arms]
    labels = [_labels_of(arm.text) for arm in arms]
    if not labels[0] - labels[1] or not labels[1] - labels[0]:
        labels = _labels_defined(sentences, sides, known)
    alone = _alone(arms)
    control = _control(arms, sentences, known) or alone
    place = 1 if control is None else SIDES.index(control)
    written = {stem(token.text) for sentence in sentences for token in tokens(sentence)}
    told_apart = sides[place] & written or labels[place] - labels[1 - place]
    generic = [INTERVENTION_WORDS, INTERVENTION_WORDS]
    generic[place] = COMPARATOR_WORDS if told_apart else CONTROL_WORDS
    named = [
        sides[one]
        | (labels[one] - labels[other])
        | (arms[one].initials - arms[other].initials)
        | (generic[one] - arms[other].plain - about - sides[other])
        for one, other in ((0, 1), (1, 0))
    ]
    groups = {name: side_of(keys, named) for name, keys in _group_names(sentences, known).items() if not keys & shared}
    unknown = frozenset(name for name, side in groups.items() if side is None)
    missing = [side not in groups.values() for side in SIDES]
    if len(unknown) == 1 and missing[0] != missing[1]:
        named[missing.index(True)] |= unknown
        unknown = frozenset()
    return Arms(
        intervention=named[0],
        comparator=named[1],
        alone=alone,
        shared=shared,
        others=unknown,
        active="comparator" if control == "intervention" else "intervention",
        distinct=bool(sides[0] or sides[1] or labels[0] ^ labels[1]),
        contested=(arms[0].words & about - arms[1].words, arms[1].words & about - arms[0].words),
    )
