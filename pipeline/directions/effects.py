"""The words of a clause that say what happened: their sense, their reach, and whether they are negated."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from pipeline.directions.outcome_words import CHANGES, COMPARATIVES, PARTICIPLES, Sense
from pipeline.directions.words import Token, tokens

Reach = Literal["left", "right", "both"]

PREPOSITIONS = frozenset(
    """
    in of for with among after at by on under during from to than between within compared over when following
    throughout across versus vs
    """.split()
)
ADVERBS = frozenset(
    """
    significantly statistically also slightly much markedly not still similarly substantially even only clinically
    highly found seen observed more both each all shown to been have had has greatly considerably consistently
    marginally somewhat
    """.split()
)
BE = frozenset("was were is are be been being became become remained remains remain seemed appeared got".split())
OFTEN = frozenset("common frequent likely often frequently prevalent pronounced severe marked intense commonly".split())
NEGATIONS = frozenset(
    """
    no not without neither nor never none failed cannot non didn't wasn't weren't doesn't hardly fail fails lack absence
    """.split()
)
NEGATED_AFTER = re.compile(
    r"[^;]{0,70}?\b(?:was|were|is|are|did|could|has|have|had)\s?(?:not|n't)\b(?:\s+\w+){0,3}?\s+(?:significant"
    r"|significantly|statistically|observed|found|seen|noted|detected|reach|reached|achieve|different|shown|evident"
    r"|apparent)"
)
STOP = re.compile(r"[,;:.()\[\]]")
BREAK = re.compile(r"[,;()]")
OPPOSITE: dict[Sense, Sense] = {
    "up": "down",
    "down": "up",
    "better": "worse",
    "worse": "better",
    "faster": "slower",
    "slower": "faster",
    "same": "same",
    "differ": "differ",
}


class Effect(NamedTuple):
    """A word, or a degree with its change ("greater reduction"), that says what happened.

    `reach` tells on which side the thing stands that it happened to; `negated` covers "no", "did not" and "were not
    observed"; `comparative` words compare arms by themselves, changes do so only beside a reference.
    """

    start: int
    end: int
    sense: Sense
    reach: Reach
    noun: bool
    negated: bool
    comparative: bool


def _compose(degree: Sense, change: Sense) -> Sense:
    """What a change of a degree is: "greater reduction" a reduction, "less reduction" an increase."""
    if degree == "same" or change == "same":
        return "same"
    if degree in ("down", "worse", "slower"):
        return OPPOSITE[change]
    return degree if change == "differ" and degree == "up" else change


SIGNIFICANT = ("significan", "nonsignificant", "insignificant")


class _Words(NamedTuple):
    """The tokens of a clause with the clause itself."""

    text: str
    all: tuple[Token, ...]

    def lower(self, place: int) -> str:
        return self.all[place].lower if 0 <= place < len(self.all) else ""

    def gap(self, place: int) -> str:
        """What stands between the word at `place` and the next."""
        if place < 0:
            return "."
        after = self.all[place + 1].start if place + 1 < len(self.all) else len(self.text)
        return self.text[self.all[place].end : after] + ("" if place + 1 < len(self.all) else ".")

    def is_threshold(self, place: int) -> bool:
        """True for a comparison with a number: "more than 30%", "seven days or more"."""
        after = self.lower(place + 1) in ("than", "or") and self.lower(place + 2)[:1].isdigit()
        return after or (self.lower(place - 1) == "or" and not self.lower(place + 1).isalpha())

    def negated(self, place: int, end: int) -> bool:
        """Whether a negation governs the word at `place`, from before or after it."""
        for back in range(place - 1, max(-1, place - 7), -1):
            word = self.lower(back)
            if word in ("but", "only") or (
                re.search(r"[,;:)]", self.text[self.all[back].end : self.all[place].start])
                and word not in ("neither", "nor")
            ):
                break
            if (word in NEGATIONS or word.endswith("n't")) and not (word == "not" and back == 0):
                return True
        return "neither" in (self.lower(p) for p in range(place)) or NEGATED_AFTER.match(self.text, end) is not None

    def reach_of_adjective(self, place: int) -> Reach:
        """Left for a predicate ("pain was reduced in"), right for an attribute or an active verb ("reduced pain")."""
        back = place - 1
        while back >= 0 and self.lower(back) in ADVERBS and not BREAK.search(self.gap(back)):
            back -= 1
        if self.lower(back) in BE and not BREAK.search(self.gap(back)):
            return "left"
        return (
            "left"
            if STOP.search(self.gap(place)) or self.lower(place + 1) in PREPOSITIONS | ADVERBS | {"and"}
            else "right"
        )

    def reach_of_noun(self, place: int) -> Reach:
        """Right before "in", "of" or an object ("improves sleep"), left for verbs without one ("did not differ")."""
        name, after = self.lower(place), self.lower(place + 1)
        if name in ("differ", "differs", "rose", "risen", "fell", "outperformed", "grew"):
            return "left"
        if name.startswith("differen"):
            return "both"
        if after in ("in", "of", "for") or (name.endswith("s") and after not in PREPOSITIONS | BE | {""}):
            return "right"
        return "both"


def _compared(words: _Words, place: int, ignore: frozenset[int]) -> tuple[Effect, int]:
    """The effect of a comparative at `place` with the change it measures, and the place of its last word."""
    sense, last, noun = COMPARATIVES[words.lower(place)], place, False
    for ahead in range(place + 1, min(place + 5, len(words.all))):
        name = words.lower(ahead)
        if (
            STOP.search(words.gap(ahead - 1))
            or name in PREPOSITIONS | NEGATIONS | {"and", "or", "found", "showed", "reported"}
            or words.all[ahead].start in ignore
        ):
            break
        if change := CHANGES.get(name) or PARTICIPLES.get(name):
            sense, last, noun = _compose(sense, change), ahead, True
            break
    adjective = words.lower(last) in PARTICIPLES or words.lower(last) in ("effective", "beneficial")
    reach = words.reach_of_noun(last) if noun and not adjective else words.reach_of_adjective(last)
    if last == place and words.lower(place) in ("more", "less", "fewer") and words.lower(place + 1) in OFTEN:
        last = place + 1
        reach = "both"
    start, end = words.all[place].start, words.all[last].end
    return Effect(start, end, sense, reach, noun, words.negated(place, end), True), last


def _effect_at(words: _Words, place: int, before: Effect | None) -> Effect | None:
    """The effect that the word at `place` is by itself. A comparative is read by `_compared` instead."""
    word, lower = words.all[place], words.lower(place)
    if not (lower in PARTICIPLES or lower in CHANGES or lower.startswith(SIGNIFICANT)):
        return None
    negated = words.negated(place, word.end)
    goes_on = before is not None and before.negated and ";" not in words.text[before.end : word.start]
    if lower in PARTICIPLES:
        reach = words.reach_of_adjective(place)
        if goes_on and reach == "right" and words.lower(place - 1) in PREPOSITIONS:
            return Effect(word.start, word.end, "same", "right", False, True, False)
        return Effect(word.start, word.end, PARTICIPLES[lower], reach, False, negated, False)
    if lower in CHANGES:
        if lower.endswith("ing") and goes_on:
            return Effect(word.start, word.end, "same", "right", True, True, False)
        if lower.startswith("effect") and words.lower(place - 1) in ("side", "adverse", "unwanted"):
            return None
        return Effect(word.start, word.end, CHANGES[lower], words.reach_of_noun(place), True, negated, False)
    if negated or not lower.startswith("significan"):
        return Effect(word.start, word.end, "same", "both", False, True, False)
    return None


def effects(text: str, ignore: frozenset[int] = frozenset()) -> tuple[Effect, ...]:
    """The effect words of a clause in its normal form, in order; words that start at a place in `ignore` are none."""
    words = _Words(text, tokens(text))
    found: list[Effect] = []
    done = -1
    for place, word in enumerate(words.all):
        if place <= done or word.start in ignore:
            continue
        if word.lower not in COMPARATIVES:
            if effect := _effect_at(words, place, found[-1] if found else None):
                found.append(effect)
        elif not words.is_threshold(place):
            compared, done = _compared(words, place, ignore)
            if found and _trails(words, place, found[-1], compared):
                last = found.pop()
                compared = last._replace(end=word.end, sense=_compose(compared.sense, last.sense), comparative=True)
            found.append(compared)
    return tuple(found)


def _trails(words: _Words, place: int, last: Effect, effect: Effect) -> bool:
    """True for the degree behind its change: "reduced blood pressure more than"."""
    return (
        words.lower(place) in ("more", "less")
        and effect.end == words.all[place].end
        and not last.comparative
        and last.sense not in ("differ", "same")
        and words.all[place].start - last.end < 60
        and (STOP.search(words.gap(place)) is not None or words.lower(place + 1) in PREPOSITIONS)
    )
