"""The arms of a comparison, and where a sentence names one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from typing import Literal, NamedTuple

from pipeline.directions.arm_words import (
    ADDED_HERE,
    ALONE,
    CARE_NEXT,
    GROUP_NAME,
    GROUP_NEXT,
    INACTIVE_WORDS,
    JOINED,
    LABEL_AFTER,
    LABEL_BEFORE,
    NEEDS_A_GROUP,
    NEEDS_CARE,
    NOT_AN_ARM,
    ONE_LABEL,
    RECEIVED,
    ROMAN,
    SPREAD_NEXT,
)
from pipeline.directions.mentions import Known, keyed
from pipeline.directions.words import Token, stem, tokens

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


def label_of(text: str) -> str:
    return "§" + ROMAN.get(text.lower(), text.lower())


def labels_in(text: str) -> list[tuple[int, int, str]]:
    found = [(match.start(1), match.end(1), label_of(match.group(1))) for match in LABEL_BEFORE.finditer(text)]
    for match in LABEL_AFTER.finditer(text):
        for one in ONE_LABEL.finditer(text, match.start(1), match.end(1)):
            found.append((one.start(), one.end(), label_of(one.group())))
    return sorted(found)


def dose_of(text: str, token: Token) -> str | None:
    """`2000iu` for "2,000 IU": a number with the word after it, as one key."""
    unit = re.match(r"\s*-?\s*([^\W\d_]+|%)", text[token.end : token.end + 12])
    return token.text.replace(",", "") + unit.group(1).lower() if unit else None


def side_of(keys: frozenset[str], named: Sequence[Set[str]]) -> Side | None:
    """The arm that a word names by more than half of what it stands for."""
    wanted = keys - NOT_AN_ARM
    for side, own in zip(SIDES, named, strict=True):
        if wanted & own and not wanted & named[1 - SIDES.index(side)] and 2 * len(wanted & own) > len(wanted):
            return side
    return None


def _word_mentions(text: str, arms: Arms, known: Known) -> Iterator[Mention]:
    for token, keys in keyed(text, known):
        rest = text[token.end :]
        strong = GROUP_NEXT.match(rest) is not None
        if token.is_number:
            keys = frozenset(filter(None, [dose_of(text, token)]))
        elif len(token.text) == 1 and token.text.isupper():
            keys = frozenset() if re.match(r"\s*[<>=]|-", rest) else frozenset({label_of(token.text)})
        keys = keys if len(keys) == 1 else keys - NEEDS_A_GROUP
        side = side_of(keys, (arms.intervention, arms.comparator))
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
    found |= {Mention(start, end, arms.side(label) or "other", True) for start, end, label in labels_in(text)}
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
