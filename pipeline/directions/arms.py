"""What tells the arms of a comparison apart, and where a sentence names one.

Words that both arms share tell nothing and are left out, so "gemcitabine plus erlotinib" against "gemcitabine alone"
is recognised by "erlotinib" and by "alone". Group labels (group A, arm 2) are taken from the description of an arm,
else from the sentence that says who received what.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from typing import Literal, NamedTuple

from pipeline.directions.arm_words import (
    ADDED,
    ADDED_HERE,
    ALONE,
    CARE_NEXT,
    COMPARATOR_WORDS,
    CONTROL_GROUP,
    CONTROL_WORDS,
    GROUP_NAME,
    GROUP_NEXT,
    INACTIVE_WORDS,
    INTERVENTION_WORDS,
    JOINED,
    LABEL_AFTER,
    LABEL_BEFORE,
    LETTER_FOR_ARM,
    NEEDS_A_GROUP,
    NEEDS_CARE,
    NO_NAME,
    NOT_AN_ARM,
    NOTHING,
    ONE_LABEL,
    RECEIVED,
    REFERENCE,
    ROMAN,
    SPREAD_NEXT,
)
from pipeline.directions.mentions import BRACKETED, Known, keyed
from pipeline.directions.words import STOP_WORDS, Token, abbreviations, stem, tokens
from pipeline.text import normal

Side = Literal["intervention", "comparator", "other"]

SIDES: tuple[Side, Side] = ("intervention", "comparator")


class Mention(NamedTuple):
    """A place where a sentence names an arm. `strong` where it says "group", "patients" or a label with it."""

    start: int
    end: int
    side: Side
    strong: bool = False


class Arms(NamedTuple):
    """The stems and group labels ("§a", "§2") that name each arm.

    `shared` are the stems that name both, `others` those before "group" or "arm" that name neither. `alone` is the arm
    that gets nothing added, `active` the one that results without a named arm are told of.
    `distinct` is false where the descriptions hold no word of their own; `contested` are the words of each arm that
    the outcome holds too, which name the arm only as "X group" and "received X".
    """

    intervention: frozenset[str]
    comparator: frozenset[str]
    alone: Side | None = None
    shared: frozenset[str] = frozenset()
    others: frozenset[str] = frozenset()
    active: Side = "intervention"
    distinct: bool = True
    contested: tuple[frozenset[str], frozenset[str]] = (frozenset(), frozenset())

    def side(self, key: str) -> Side | None:
        """The arm that a stem or label names."""
        if key in self.intervention:
            return "intervention"
        return "comparator" if key in self.comparator else None


def _label(text: str) -> str:
    return "§" + ROMAN.get(text.lower(), text.lower())


def _labels(text: str) -> list[tuple[int, int, str]]:
    found = [(match.start(1), match.end(1), _label(match.group(1))) for match in LABEL_BEFORE.finditer(text)]
    for match in LABEL_AFTER.finditer(text):
        for one in ONE_LABEL.finditer(text, match.start(1), match.end(1)):
            found.append((one.start(), one.end(), _label(one.group())))
    return sorted(found)


def _dose(text: str, token: Token) -> str | None:
    """`2000iu` for "2,000 IU": a number with the word after it, as one key."""
    unit = re.match(r"\s*-?\s*([^\W\d_]+|%)", text[token.end : token.end + 12])
    return token.text.replace(",", "") + unit.group(1).lower() if unit else None


def _names(text: str, known: Known) -> set[str]:
    """The stems that may name an arm: no numbers but doses, no words of trial design."""
    found: set[str] = set()
    for token, keys in keyed(text, known):
        if token.is_number:
            found |= {dose} if (dose := _dose(text, token)) else set()
        else:
            found |= keys - NOT_AN_ARM
    return found


def _initials(text: str) -> set[str]:
    """The initials of a description of three words or more, by which an abstract may call it without saying so."""
    letters = "".join(t.text[0] for t in tokens(text) if t.lower not in STOP_WORDS and not t.is_number).lower()
    return {letters} if len(letters) >= 3 else set()


def _labels_defined(sentences: Sequence[str], sides: Sequence[set[str]], known: Known) -> list[set[str]]:
    """The group labels by the words that stand with them: "group A received X", "X (group A)"."""
    votes: dict[str, list[int]] = {}
    for sentence in sentences:
        found = _labels(sentence)
        for number, (start, end, label) in enumerate(found):
            left = found[number - 1][1] if number else 0
            right = found[number + 1][0] if number + 1 < len(found) else len(sentence)
            bracketed = "(" in sentence[max(0, start - 9) : start]
            names = _names(sentence[left:start] if bracketed else sentence[end:right], known)
            vote = votes.setdefault(label, [0, 0])
            vote[0] += len(names & sides[0])
            vote[1] += len(names & sides[1])
    return [{k for k, v in votes.items() if v[0] > v[1]}, {k for k, v in votes.items() if v[1] > v[0]}]


def _alone(texts: Sequence[str], words: Sequence[set[str]]) -> Side | None:
    """Which arm gets nothing added: the one that says "alone", else the one whose words are all in the other."""
    shared = words[0] & words[1]
    for rule in (
        lambda one, own, other: bool(ALONE & {token.lower for token in tokens(texts[one])}),
        lambda one, own, other: bool(shared) and own - shared <= CONTROL_WORDS,
        lambda one, own, other: bool(shared and ADDED.search(texts[1 - one]) and not ADDED.search(texts[one])),
    ):
        found = [rule(0, words[0], words[1]), rule(1, words[1], words[0])]
        if found[0] != found[1]:
            return SIDES[found.index(True)]
    return None


def _control(texts: Sequence[str], words: Sequence[set[str]], sentences: Sequence[str], known: Known) -> Side | None:
    """Which arm is the control: by its description, else by the company that "control group" keeps in the abstract."""
    shared = words[0] & words[1]
    scores = [2 * bool((_plain_stems(text) - shared) & CONTROL_WORDS) + bool(NOTHING.search(text)) for text in texts]
    if scores[0] != scores[1]:
        return SIDES[scores[1] > scores[0]]
    votes = [0, 0]
    for sentence in sentences:
        for match in CONTROL_GROUP.finditer(sentence):
            if match["defined"]:
                defined = _names(match["defined"], known)
                near = [len(defined & side - shared) for side in words]
                votes[0] += near[0] > near[1]
                votes[1] += near[1] > near[0]
            elif REFERENCE.search(sentence):
                rest = _names(sentence.replace(match.group(), " "), known)
                named = [bool(rest & side - shared) for side in words]
                votes[0] += named[1] and not named[0]
                votes[1] += named[0] and not named[1]
    return None if votes[0] == votes[1] else SIDES[votes[1] > votes[0]]


def _side_of(keys: frozenset[str], named: Sequence[Set[str]]) -> Side | None:
    """The arm that a word names by more than half of what it stands for."""
    wanted = keys - NOT_AN_ARM
    for side, own in zip(SIDES, named, strict=True):
        if wanted & own and not wanted & named[1 - SIDES.index(side)] and 2 * len(wanted & own) > len(wanted):
            return side
    return None


def _plain_stems(text: str) -> frozenset[str]:
    return frozenset(stem(token.text) for token in tokens(text))


def arms_of(intervention: str, comparator: str, sentences: Sequence[str], outcome: str = "") -> Arms:
    """What tells `intervention` and `comparator` apart in `sentences`, which are in their normal form."""
    texts = normal(intervention), normal(comparator)
    known = abbreviations((*sentences, *texts))
    words = [_names(text, known) for text in texts]
    about = {key for item in keyed(BRACKETED.sub("", normal(outcome)), known) for key in item.keys}
    shared = words[0] & words[1]
    sides = [side - shared - about for side in words]
    labels = [
        {label for _, _, label in _labels(text)}
        | {_label(next(filter(None, m.groups()))) for m in LETTER_FOR_ARM.finditer(text)}
        for text in texts
    ]
    if not labels[0] - labels[1] or not labels[1] - labels[0]:
        labels = _labels_defined(sentences, sides, known)
    alone = _alone(texts, words)
    control = _control(texts, words, sentences, known) or alone
    place = 1 if control is None else SIDES.index(control)
    written = {stem(token.text) for sentence in sentences for token in tokens(sentence)}
    inactive = frozenset[str]() if sides[place] & written or labels[place] - labels[1 - place] else INACTIVE_WORDS
    plain = [_plain_stems(text) for text in texts]
    generic = [INTERVENTION_WORDS, INTERVENTION_WORDS]
    generic[place] = COMPARATOR_WORDS | inactive
    initials = [_initials(text) for text in texts]
    named = [
        sides[i]
        | (labels[i] - labels[1 - i])
        | (initials[i] - initials[1 - i])
        | (generic[i] - plain[1 - i] - about - sides[1 - i])
        for i in (0, 1)
    ]
    groups = _group_names(sentences, known)
    told = {name: _side_of(keys, named) for name, keys in groups.items() if not keys & shared}
    unknown = frozenset(name for name, side in told.items() if side is None)
    missing = [side not in told.values() for side in SIDES]
    if len(unknown) == 1 and missing[0] != missing[1]:
        named[missing.index(True)] |= unknown
        unknown = frozenset()
    return Arms(
        frozenset(named[0]),
        frozenset(named[1]),
        alone,
        frozenset(shared),
        unknown,
        "comparator" if control == "intervention" else "intervention",
        bool(sides[0] or sides[1] or labels[0] ^ labels[1]),
        (frozenset(words[0] & about - words[1]), frozenset(words[1] & about - words[0])),
    )


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


def _word_mentions(text: str, arms: Arms, known: Known) -> Iterator[Mention]:
    for token, keys in keyed(text, known):
        rest = text[token.end :]
        strong = GROUP_NEXT.match(rest) is not None
        if token.is_number:
            keys = frozenset(filter(None, [_dose(text, token)]))
        elif len(token.text) == 1 and token.text.isupper():
            keys = frozenset() if re.match(r"\s*[<>=]|-", rest) else frozenset({_label(token.text)})
        keys = keys if len(keys) == 1 else keys - NEEDS_A_GROUP
        side = _side_of(keys, (arms.intervention, arms.comparator))
        sides: set[Side] = {side} if side else set()
        if not sides and (strong or RECEIVED.search(text[: token.start])):
            sides = {side for side, own in zip(SIDES, arms.contested, strict=True) if keys & own}
        if len(keys) == 1 and keys & NEEDS_A_GROUP and not strong:
            strong = token.lower == "controls" or (
                token.lower == "control" and re.match(r"\s*[,.;)]|$", rest) is not None
            )
            sides = sides if strong else set()
        if SPREAD_NEXT.match(rest):
            sides = set()
        elif not sides and keys & INACTIVE_WORDS and (not keys & NEEDS_CARE or CARE_NEXT.match(rest)):
            sides = {"other"}
        if (
            not sides
            and strong
            and arms.alone
            and keys & arms.shared
            and not ADDED_HERE.search(text[max(0, token.start - 12) : token.start])
        ):
            sides = set() if ADDED_HERE.match(rest) else {arms.alone}
        if len(sides) == 1:
            yield Mention(token.start, token.end, sides.pop(), strong)


def arm_mentions(text: str, arms: Arms, known: Known) -> tuple[Mention, ...]:
    """Where `text` names an arm, in order; neighbouring words of one arm are one mention.

    A group that is neither arm ("SMT participants", "group C") is a mention of an "other" arm.
    """
    found = set(_word_mentions(text, arms, known))
    if arms.alone:
        found |= {Mention(t.start, t.end, arms.alone) for t in tokens(text) if t.lower in ALONE}
    found |= {Mention(start, end, arms.side(label) or "other", True) for start, end, label in _labels(text)}
    taken = {place for mention in found for place in range(mention.start, mention.end)}
    for match in GROUP_NAME.finditer(text):
        start, end = match.span(1) if match.group(1) else match.span(2)
        if start not in taken and stem(text[start:end]) in arms.others:
            found.add(Mention(start, end, "other", True))
    merged: list[Mention] = []
    for mention in sorted(found):
        last = merged[-1] if merged else None
        if last and last.side == mention.side and JOINED.fullmatch(text[last.end : mention.start]):
            merged[-1] = Mention(last.start, max(last.end, mention.end), last.side, last.strong or mention.strong)
        else:
            merged.append(mention)
    return tuple(merged)
