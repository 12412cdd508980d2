"""What one clause says of one outcome: more, less or no difference, with the rule that says so."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from pipeline.arms import Mention, Side
from pipeline.comparisons import BETWEEN, REFERENCE, TOGETHER, Effect, of_comparator
from pipeline.mentions import Keyed, Outcome
from pipeline.outcome_words import BAD_IF_UP, BAD_SCALES, GOOD_IF_UP, GOOD_SCALES, PHRASE_POLARITY, TIMES
from pipeline.significance import Verdict, verdicts
from pipeline.text import Span
from pipeline.words import stem, tokens

NUMBER = re.compile(r"(?<![\w.,-])[-+]?\d+(?:,\d{3})*(?:\.\d+)?(?![\w]*\d)")
PAIR = re.compile(
    r"(?<!\+/-)(?<!\+/- )(?<![\d.])([-+]?\d+(?:,\d{3})*(?:\.\d+)?)\s*%?(?:\s*(?:\([^()]*\)|\[[^\[\]]*\]|\+/-\s*[\d.]+|[a-zA-Z/%]{1,12})){0,3}?\s*"
    r"(?:vs\.?|versus|v|compared (?:with|to))\s*([-+]?\d+(?:,\d{3})*(?:\.\d+)?)"
)
# Numbers that are not the arms' values: spreads, p-values, times, denominators.
NOT_A_VALUE = re.compile(
    r"\([^()]*(?:CI|confidence|SD|range|n\s*=|IQR)[^()]*\)|\[[^\[\]]*\]|\+/-\s*\d+(?:\.\d+)?|\b[pP]\s*[<>=]+\s*[\d.]+"
    r"|\b\d+(?:\.\d+)?\s*(?:weeks?|months?|days?|years?|h|hours?|min)\b(?=\s*(?:of|after|follow|$|,|later))"
    r"|\b(?:at|week|month|day|year|after|grade|for)\s+\d+(?:\s*(?:,|and|or|-|to)\s*\d+)*(?:-\w+)?"
    r"|(?:out )?\bof \d+|/\d+"
)
IN_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
AT_START = re.compile(
    r"\b(?:at baseline|baseline characteristics|before (?:the )?(?:intervention|treatment|education|training|surgery"
    r"|study|induction)|at (?:the )?(?:start|beginning|entry)|preoperative\w*|pre-?intervention|prior to)\b",
    re.IGNORECASE,
)
FROM_START = re.compile(
    r"\b(?:from|than|versus|vs|with|to) (?:the )?(?:baseline|pre-?\w+|before|admission)\b|\bbefore and after\b"
    r"|\bfrom\s+[-+]?[\d.]+.{0,25}?\bto\s+[-+]?[\d.]+",
    re.IGNORECASE,
)
TIME_POINT = re.compile(
    r"\b(\d+(?:\.\d+)?)(?:st|nd|rd|th)?[\s-]*(h|hours?|d|days?|weeks?|wks?|months?|mo|years?|yrs?|min|minutes?)\b"
    r"|\b(days?|weeks?|months?|years?|hours?)\s+(\d+(?:\.\d+)?)\b",
    re.IGNORECASE,
)
TREND = re.compile(
    r"\b(?:trend\w*|tended|numerically|non-?significant\w*|borderline|(?:not|without) reach\w*)\b", re.IGNORECASE
)
NONE_SEEN = re.compile(r"\b(?:no|none)\b", re.IGNORECASE)
SEEN = re.compile(
    r"\b(?:observed|occurred|reported|noted|seen|found|detected|recorded|there (?:were|was)|experienced|developed)\b",
    re.IGNORECASE,
)
TIME_TO = re.compile(
    r"\b(?:time|interval|latency|days|weeks|months)\b.{0,15}?\b(?:to|until|before)\b(.*)", re.IGNORECASE
)
PARTS = re.compile(r"\b(?:of|in|for|to|with|at|on|after|during|from|by)\b")
LESS = ("reduc", "decreas", "declin", "lower", "reliev", "fall in", "drop")


def _polarity_of_item(outcome: str) -> int:
    for phrase, sign in PHRASE_POLARITY:
        if phrase in outcome.lower():
            return sign
    if match := TIME_TO.search(outcome):
        return -_polarity_of_item(match.group(1))
    turned = 1
    for part in PARTS.split(outcome):
        found = 0
        for token in tokens(part):
            key = stem(token.text.rstrip("0123456789") or token.text)
            if token.lower.startswith("improv"):
                return 1
            if token.lower.startswith(LESS):
                turned = -1
            elif key in GOOD_IF_UP or key in GOOD_SCALES:
                found = 1
            elif key in BAD_IF_UP or key in BAD_SCALES:
                found = -1
        if found:
            return found * turned
    return 0


def polarity(outcome: str) -> int:
    """+1 where more of the outcome is good, -1 where it is bad, 0 where the vocabulary does not know.

    Of a list the majority counts; the time to a bad event is good.
    """
    votes = [_polarity_of_item(item) for item in re.split(r",|;|\band\b|\bor\b", outcome)]
    total = sum(votes)
    return (total > 0) - (total < 0) or next(filter(None, votes), 0)


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


ACROSS = 150.0
LAST_RESORT = 1000.0


def governing(found: Sequence[Effect], places: Sequence[Span]) -> Effect | None:
    """The effect word for the outcome at `places`: the nearest one that reaches towards it.

    A difference without a direction comes last.
    """

    def distance(effect: Effect, place: Span) -> float:
        away = 0.0
        if effect.end <= place.start:
            away = place.start - effect.end + (0 if effect.reach in ("right", "both") else ACROSS)
        elif effect.start >= place.end:
            away = effect.start - place.end + (0 if effect.reach in ("left", "both") else ACROSS)
        return away + (LAST_RESORT if effect.sense == "differ" and not effect.negated else 0)

    return min(found, key=lambda effect: min(distance(effect, place) for place in places), default=None)


def _blank(pattern: re.Pattern[str], text: str) -> str:
    return pattern.sub(lambda match: " " * len(match.group()), text)


def _value(text: str) -> float:
    return float(text.replace(",", ""))


def numbers_say(text: str, mentions: Sequence[Mention], places: Sequence[Span]) -> tuple[int, str] | None:
    """The sign of (intervention value - comparator value) where two numbers and two arms can be paired, in words too."""
    sides = [m.side for m in mentions]
    if match := PAIR.search(text):
        one, other = _value(match.group(1)), _value(match.group(2))
        if one != other:
            first = (
                sides[0] if len(set(sides)) == 2 else "comparator" if set(sides) == {"comparator"} else "intervention"
            )
            return ((1 if one > other else -1) * (1 if first == "intervention" else -1)), f"{one:g} against {other:g}"
    outside = _blank(IN_BRACKETS, text)
    plain = outside if sum(1 for _ in NUMBER.finditer(_blank(NOT_A_VALUE, outside))) >= 2 else text
    taken = [*((m.start, m.end) for m in mentions), *places]
    values = [
        (m.start(), _value(m.group()))
        for m in NUMBER.finditer(_blank(NOT_A_VALUE, plain))
        if not any(start <= m.start() < end for start, end in taken)
    ]
    order = "".join(kind for _, kind in sorted([*((p, "n") for p, _ in values), *((m.start, "a") for m in mentions)]))
    paired = order in ("nana", "anan", "nnaa", "aann", "naan") and set(sides) == {"intervention", "comparator"}
    if not paired or values[0][1] == values[1][1]:
        return None
    sign = 1 if values[0][1] > values[1][1] else -1
    return (sign if sides[0] == "intervention" else -sign), f"{values[0][1]:g} against {values[1][1]:g}"


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


def clusters(found: Sequence[Keyed], text: str, outcome: Outcome) -> tuple[Span, ...]:
    """The places in `text` that name most of the outcome, neighbouring words together."""
    groups: list[list[Keyed]] = []
    for item in found:
        between = text[groups[-1][-1].token.end : item.token.start] if groups else ""
        if groups and len(between) <= 25 and not re.search(r"[;()]", between):
            groups[-1].append(item)
        else:
            groups.append([item])
    values = [outcome.coverage(frozenset(key for item in group for key in item.keys)) for group in groups]
    best = max(values, default=0) - 0.01
    pairs = zip(groups, values, strict=True)
    return tuple(Span(group[0].token.start, group[-1].token.end) for group, value in pairs if value >= best)


def time_points(text: str) -> dict[Span, tuple[str, str]]:
    """The points in time that `text` names, by place: ("6", "m") for "at 6 months" and for "month 6"."""
    found = {}
    for match in TIME_POINT.finditer(text):
        number, unit, unit_first, number_last = match.groups()
        kind = (unit or unit_first).lower()
        found[Span(*match.span())] = (number or number_last, kind[:3] if kind.startswith("min") else kind[:1])
    return found


# "The same effect was seen in ..." repeats what was said before, and tells of no difference.
SAME_AGAIN = re.compile(r"\b(?:same|similar)\b[\w\s]{0,25}\b(?:effects?|trends?|patterns?|results?|findings?)\b", re.IGNORECASE)
GREATER_CHANGE = re.compile(r"\bchanges?\b", re.IGNORECASE)
CHANGE_WAS = re.compile(r"\bchanges?\b[^;]*\b(?:was|were)\b", re.IGNORECASE)
SIGNED = re.compile(r"(?<![\w.)])([-+])\s?\d")


def _change_sign(text: str, sign: int, good: int) -> int:
    """The sign of a "greater change": by the signs printed with its numbers, else for the better."""
    printed = {match.group(1) for match in SIGNED.finditer(text)}
    if len(printed) == 1:
        return sign if printed == {"+"} else -sign
    return sign * (good or 1)


class Reading(NamedTuple):
    """What a clause says of an outcome: +1, 0 or -1, how sure that is (0 to about 4), and by which rule."""

    sign: int
    rank: float
    reason: str

    def lowered(self, by: float) -> Reading:
        """The same reading, less sure."""
        return self._replace(rank=self.rank - by)


def read(
    text: str,
    places: Sequence[Span],
    found: Sequence[Effect],
    mentions: Sequence[Mention],
    outcome: Outcome,
    coverage: float,
    active: Side = "intervention",
) -> Reading | None:
    """What a clause in its normal form says of the outcome named at `places`; None where it says nothing clear.

    `coverage` is the share of the outcome's words that the clause, or the one it continues, holds.
    """
    if AT_START.search(text) and not AT_START.search(outcome.text):
        return None
    times = time_points(text)
    wanted = set(time_points(outcome.text).values())
    if wanted and times and not wanted & set(times.values()):
        return None
    sides = {m.side for m in mentions} - {"other"}
    none = NONE_SEEN.search(text)
    if none and SEEN.search(text) and not sides and any(0 <= place.start - none.end() <= 20 for place in places):
        return Reading(0, 3.0 * coverage, "none were seen")
    effect = governing(found, places)
    when = [place for place, time in times.items() if time in wanted] if len(set(times.values())) > 1 else []
    verdict = verdict_for(verdicts(text), when or places)
    between = BETWEEN.search(text) is not None
    rank = 3.0 * coverage + (0.6 if len(sides) == 2 or between else 0.3 if sides else 0) + (0.4 if verdict else 0)
    within = TOGETHER.search(text) is not None and not between and (len(sides) < 2 or not REFERENCE.search(text))
    sign = sign_of(effect, outcome) if effect else None
    if effect and sign == 0:
        if SAME_AGAIN.search(text) and not between and not TOGETHER.search(text):
            return None
        if "between" in text and len(sides) == 1 and len([m for m in mentions if m.side in sides]) > 1:
            return None
        rank -= 0.4 if verdict and verdict.significant and not between else 0
        rank -= 0.3 if within and effect.negated else 0
        return Reading(0, rank, f"'{text[effect.start : effect.end]}'" + (", negated" if effect.negated else ""))
    if verdict and not verdict.significant:
        return Reading(0, rank, verdict.reason)
    if verdict is None and (trend := TREND.search(text)):
        return Reading(0, rank, f"'{trend.group()}' and no significant test")
    if within or {m.side for m in mentions} == {"other"}:
        return None
    rank -= 0.8 if FROM_START.search(text) and len(sides) < 2 else 0
    rank -= 0.6 if verdict is None and "significan" not in text else 0
    numbers = numbers_say(text, mentions, places)
    if effect is None or sign is None:
        return Reading(numbers[0], rank - 0.2, numbers[1]) if numbers and verdict else None
    other = of_comparator(text, effect, mentions, active)
    if other is None:
        return None
    if GREATER_CHANGE.search(text, effect.start, effect.end) or (
        effect.comparative and CHANGE_WAS.search(text, 0, effect.start)
    ):
        sign = _change_sign(text, sign, goodness(outcome))
    sign = -sign if other else sign
    if numbers and numbers[0] != sign and effect.comparative and not effect.noun and effect.sense in ("up", "down"):
        return None
    rank += 0.2 if mentions else 0
    return Reading(sign, rank, f"'{text[effect.start : effect.end]}'" + (" of the comparator" if other else ""))
