"""What one clause says of one outcome: more, less or no difference, with the rule that says so."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from pipeline.directions.arm_numbers import numbers_say
from pipeline.directions.arms import Mention, Side
from pipeline.directions.clause_cues import (
    AT_START,
    BETWEEN,
    CHANGE,
    CHANGE_WAS,
    COMPARED,
    FROM_START,
    INSIDE,
    NONE,
    SAME_AGAIN,
    SEEN,
    SIGNED,
    TIME_POINT,
    TOGETHER,
    TREND,
    WITHIN_GROUPS,
)
from pipeline.directions.comparisons import REFERENCE, of_comparator
from pipeline.directions.effects import Effect, effects
from pipeline.directions.mentions import Keyed, Outcome
from pipeline.directions.outcome_words import TIMES
from pipeline.directions.polarity import polarity
from pipeline.directions.significance import Verdict, verdicts
from pipeline.text import Span


class Reading(NamedTuple):
    """What a clause says of an outcome: +1, 0 or -1, how sure that is (0 to about 4), and by which rule."""

    sign: int
    rank: float
    reason: str

    def lowered(self, by: float) -> Reading:
        """The same reading, less sure."""
        return self._replace(rank=self.rank - by)


class Clause(NamedTuple):
    """A clause in its normal form with what it names of the outcome and of the arms.

    `own` is the share of the outcome's words that it holds; `empty` is true where it holds no words but those of
    comparing, so that it continues the clause before it.
    """

    text: str
    named: tuple[Keyed, ...]
    mentions: tuple[Mention, ...]
    own: float
    empty: bool

    @property
    def sides(self) -> set[Side]:
        """The arms of the comparison that it names."""
        return {m.side for m in self.mentions} - {"other"}

    @property
    def between(self) -> bool:
        """Whether it speaks of a difference between groups."""
        return BETWEEN.search(self.text) is not None


def goodness(outcome: Outcome) -> int:
    """The polarity of an outcome, first by the abbreviation printed with it."""
    return next(filter(None, map(polarity, outcome.short)), 0) or polarity(outcome.text)


def sign_of(effect: Effect, outcome: Outcome) -> int | None:
    """What an effect word says of the amount of the outcome: +1, -1 or 0; None where it cannot tell."""
    if effect.negated:
        return None if effect.sense == "same" and effect.comparative else 0
    if effect.sense in ("up", "down"):
        return 1 if effect.sense == "up" else -1
    if effect.sense in ("faster", "slower"):
        quick = 1 if effect.sense == "faster" else -1
        return -quick if outcome.stems & TIMES else quick
    if effect.sense in ("better", "worse"):
        return goodness(outcome) * (1 if effect.sense == "better" else -1) or None
    return 0 if effect.sense == "same" else None


# Characters that a word loses which does not reach towards the outcome, or tells of a difference without a direction.
ACROSS = 150.0
LAST_RESORT = 1000.0
# Numbers within this many characters behind an effect word may contradict it.
NEAR = 150


def governing(found: Sequence[Effect], places: Sequence[Span]) -> Effect | None:
    """The effect word for the outcome at `places`: the nearest one that reaches towards it."""

    def distance(effect: Effect, place: Span) -> float:
        away = 0.0
        if effect.end <= place.start:
            away = place.start - effect.end + (0 if effect.reach in ("right", "both") else ACROSS)
        elif effect.start >= place.end:
            away = effect.start - place.end + (0 if effect.reach in ("left", "both") else ACROSS)
        return away + (LAST_RESORT if effect.sense == "differ" and not effect.negated else 0)

    return min(found, key=lambda effect: min(distance(effect, place) for place in places), default=None)


def verdict_for(found: Sequence[Verdict], places: Sequence[Span]) -> Verdict | None:
    """The p-value or interval that belongs to the outcome: the first behind its last place, else the last before it.

    Of an interval and a p-value that stand together the p-value decides.
    """
    last = max((place.end for place in places), default=0)
    after = [verdict for verdict in found if verdict.start >= last]
    if not after:
        return found[-1] if found else None
    tests = [verdict for verdict in after if verdict.reason.startswith("p")]
    return next((v for v in tests if len(tests) == 1 or v.start - after[0].end <= 60), after[0])


def clusters(clause: Clause, outcome: Outcome) -> tuple[Span, ...]:
    """The places in a clause that name most of the outcome, neighbouring words together; its start if none do."""
    groups: list[list[Keyed]] = []
    for item in clause.named:
        between = clause.text[groups[-1][-1].token.end : item.token.start] if groups else ""
        if groups and len(between) <= 25 and not re.search(r"[;()]", between):
            groups[-1].append(item)
        else:
            groups.append([item])
    values = [outcome.coverage(frozenset(key for item in group for key in item.keys)) for group in groups]
    best = max(values, default=0) - 0.01
    pairs = zip(groups, values, strict=True)
    spans = (Span(group[0].token.start, group[-1].token.end) for group, value in pairs if value >= best)
    return tuple(spans) or (Span(0, 0),)


def time_points(text: str) -> dict[Span, tuple[str, str]]:
    """The points in time that `text` names, by place: ("6", "m") for "at 6 months" and for "month 6"."""
    found = {}
    for match in TIME_POINT.finditer(text):
        number, unit, unit_first, number_last = match.groups()
        kind = (unit or unit_first).lower()
        found[Span(*match.span())] = (number or number_last, kind[:3] if kind.startswith("min") else kind[:1])
    return found


def _change_sign(text: str, sign: int, good: int) -> int:
    """The sign of a "greater change": by the signs printed with its numbers, else for the better."""
    printed = {match.group(1) for match in SIGNED.finditer(text)}
    if len(printed) == 1:
        return sign if printed == {"+"} else -sign
    return sign * (good or 1)


def _compares_nothing(clause: Clause, effect: Effect, verdict: Verdict | None) -> bool:
    """True for a lack of change "in the control group", "between A1 and A2", or "the same effect" as before."""
    text, own = clause.text, [m for m in clause.mentions if m.side != "other"]
    if SAME_AGAIN.search(text) and not clause.between and not TOGETHER.search(text):
        return True
    if len(clause.sides) != 1:
        return False
    inside = effect.end < own[0].start and INSIDE.search(text[: own[0].start]) and not REFERENCE.search(text)
    return bool(inside and not clause.between and not verdict) or ("between" in text and len(own) > 1)


def _is_within(clause: Clause) -> bool:
    """Whether a clause tells what happened in both groups alike, without comparing them."""
    compared = clause.between or (len(clause.sides) == 2 and REFERENCE.search(clause.text))
    within = TOGETHER.search(clause.text) or WITHIN_GROUPS.search(clause.text)
    return within is not None and not compared


def _no_difference(clause: Clause, effect: Effect, verdict: Verdict | None, rank: float) -> Reading | None:
    if _compares_nothing(clause, effect, verdict):
        return None
    rank -= 0.4 if verdict and verdict.significant and not clause.between else 0
    rank -= 0.3 if effect.negated and _is_within(clause) else 0
    word = f"'{clause.text[effect.start : effect.end]}'"
    return Reading(0, rank, word + (", negated" if effect.negated else ""))


def _difference(
    clause: Clause, effect: Effect, sign: int, outcome: Outcome, active: Side, numbers: int | None
) -> tuple[int, str] | None:
    """The sign for the intervention and the rule, where it can be told which arm the effect is told of."""
    text = clause.text
    if not clause.mentions and effect.comparative and COMPARED.search(text):
        return None
    other = of_comparator(text, effect, clause.mentions, active)
    if other is None:
        return None
    change_was = effect.comparative and CHANGE_WAS.search(text, 0, effect.start)
    if CHANGE.search(text, effect.start, effect.end) or change_was:
        sign = _change_sign(text, sign, goodness(outcome))
    sign = -sign if other else sign
    plain = effect.comparative and not effect.noun and effect.sense in ("up", "down")
    if plain and numbers is not None and numbers != sign:
        return None
    return sign, f"'{text[effect.start : effect.end]}'" + (" of the comparator" if other else "")


def read(clause: Clause, outcome: Outcome, coverage: float, active: Side) -> Reading | None:
    """What a clause says of the outcome; None where it says nothing clear.

    `coverage` is the share of the outcome's words that the clause, or the one it continues, holds; `active` the arm
    that it speaks of where it names none.
    """
    text, places = clause.text, clusters(clause, outcome)
    times, wanted = time_points(text), set(time_points(outcome.text).values())
    if AT_START.search(text) and not AT_START.search(outcome.text):
        return None
    if wanted and times and not wanted & set(times.values()):
        return None
    none = NONE.search(text)
    if none and SEEN.search(text) and not clause.sides and any(0 <= p.start - none.end() <= 20 for p in places):
        return Reading(0, 3.0 * coverage, "none were seen")
    found = effects(text, frozenset(item.token.start for item in clause.named))
    if not found and clause.mentions:
        found = effects(text)
    effect = governing(found, places)
    when = [place for place, time in times.items() if time in wanted] if len(set(times.values())) > 1 else []
    verdict = verdict_for(verdicts(text), when or places)
    both = len(clause.sides) == 2
    rank = 3.0 * coverage + (0.6 if both or clause.between else 0.3 if clause.sides else 0) + (0.4 if verdict else 0)
    sign = sign_of(effect, outcome) if effect else None
    if effect and sign == 0:
        return _no_difference(clause, effect, verdict, rank)
    if verdict and not verdict.significant:
        return Reading(0, rank, verdict.reason)
    if verdict is None and (trend := TREND.search(text)):
        return Reading(0, rank, f"'{trend.group()}' and no significant test")
    if _is_within(clause) or {m.side for m in clause.mentions} == {"other"}:
        return None
    rank -= 0.8 if FROM_START.search(text) and not both else 0
    rank -= 0.6 if verdict is None and "significan" not in text else 0
    if effect is None or sign is None:
        numbers = numbers_say(text, clause.mentions, places)
        return Reading(numbers[0], rank - 0.2, numbers[1]) if numbers and verdict else None
    near = effect.end + NEAR
    beside = numbers_say(text[:near], [m for m in clause.mentions if m.end <= near], places)
    told = _difference(clause, effect, sign, outcome, active, beside[0] if beside else None)
    return Reading(told[0], rank + (0.2 if clause.mentions else 0), told[1]) if told else None
