"""What a clause says of a compound, whatever the outcome: better, worse or no difference."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from pipeline.directions.arm_numbers import numbers_say
from pipeline.directions.arm_words import COMPARATOR_WORDS, INACTIVE_WORDS
from pipeline.directions.arms import Arms, Mention, Side, arm_mentions
from pipeline.directions.clause_cues import BETWEEN, TREND
from pipeline.directions.comparisons import of_comparator
from pipeline.directions.effects import Effect, effects
from pipeline.directions.mentions import Known
from pipeline.directions.outcome_words import REMEDIES
from pipeline.directions.polarity import polarity
from pipeline.directions.readings import verdict_for
from pipeline.directions.sentence_cues import GOOD_EVENT, REACHED, SHARE
from pipeline.directions.significance import verdicts
from pipeline.directions.words import is_content, tokens
from pipeline.text import Span, any_of

# Where the words end that an effect governs to its right.
PHRASE_END = re.compile(
    r"[;()]|,(?!\s*(?:and\b|\w+(?:\s\w+){0,3},|\w+(?:\s\w+){0,3} and\b))"
    r"|\b(?:than|compared|versus|vs|with|after|by|during|from|between|against|was|were|when)\b"
)
# Of these, faster is worse.
WORSENING = any_of(r"\b(?:progress|declin|deteriorat|relaps|recurr|growth|loss|decay)\w*")
# Whether more of these is good depends on the tissue.
AMBIGUOUS = any_of(r"\bproliferat\w*|\bapoptosis\b")
ACTING = any_of(r"\b(?:with|on|under|by|after|in) (?:\w+ ){0,4}$")
CHANGED_BY = any_of(r"\bchange[ds]?\b(?:\s+\w+){0,6}?\s+(?:by|of)\s+(?P<sign>[-+])\d")
# Behind an article a participle describes: "counteracted the raised bilirubin".
DESCRIBED = any_of(r"\b(?:the|an?) $")
COMPARED_GROUPS = any_of(r"\b(?:both|all|between|among|across|groups|arms)\b")
# Words of judgement: they tell a result only where both arms or a test stand beside them.
PRAISE = frozenset({"effective", "beneficial", "benefit", "benefits", "advantage"})
COMPARATORS = Arms(frozenset(), COMPARATOR_WORDS | INACTIVE_WORDS)


class CompoundClause(NamedTuple):
    """A clause in its normal form with the places where it names the compound and what it is compared with."""

    text: str
    mentions: tuple[Mention, ...]

    @property
    def sides(self) -> set[Side]:
        """The arms it names."""
        return {m.side for m in self.mentions}


class Sign(NamedTuple):
    """+1 better, 0 no difference, -1 worse; the words it is about, and the rule. `summary` sums up all outcomes."""

    good: int
    about: str
    reason: str
    summary: bool = False


def compound_clause(text: str, names: re.Pattern[str], known: Known) -> CompoundClause:
    """The clause `text` with its mentions of the compound called by `names` and of controls."""
    own = [Mention(m.start(), m.end(), "intervention", True) for m in names.finditer(text)]
    taken = {place for m in own for place in range(m.start, m.end)}
    others = [m for m in arm_mentions(text, COMPARATORS, known) if m.start not in taken and m.side == "comparator"]
    return CompoundClause(text, tuple(sorted([*own, *others])))


def _phrase(text: str, effect: Effect, previous: int) -> str:
    """The words an effect governs: what it happened to."""
    before = text[previous : effect.start]
    if effect.reach == "left":
        return before
    rest = text[effect.end :]
    lead = re.match(r"\s*(?:in|of|for)\b", rest)
    start = lead.end() if lead else 0
    stop = PHRASE_END.search(rest, start)
    right = rest[start : stop.start() if stop else len(rest)]
    return right if effect.reach == "right" or right.strip() else before


def _good(text: str, effect: Effect, phrase: str) -> int | None:
    """Whether the effect is good (+1), bad (-1) or none (0); None where the vocabulary cannot tell."""
    if effect.negated:
        return None if effect.sense == "same" and effect.comparative else 0
    if effect.sense in ("same", "better", "worse"):
        return {"same": 0, "better": 1, "worse": -1}[effect.sense]
    kind = polarity(phrase)
    if text[effect.start : effect.end].lower() in REMEDIES and kind <= 0:
        return 1
    if AMBIGUOUS.search(phrase):
        return None
    if effect.sense in ("faster", "slower"):
        quick = 1 if effect.sense == "faster" else -1
        return -quick if WORSENING.search(phrase) else quick
    if effect.sense in ("up", "down"):
        return kind * (1 if effect.sense == "up" else -1) or None
    return None


def _acts(clause: CompoundClause, effect: Effect) -> bool:
    """Whether the compound is what did it: named before the effect, or after "with", "on", "by" and the like."""
    own = [m for m in clause.mentions if m.side == "intervention"]
    return any(m.start < effect.start or ACTING.search(clause.text, effect.end, m.start) for m in own)


def _by_effect(clause: CompoundClause, effect: Effect, phrase: str) -> Sign | None:
    text = clause.text
    good = _good(text, effect, phrase)
    word = f"'{text[effect.start : effect.end]}'"
    verdict = verdict_for(verdicts(text), (Span(effect.start, effect.end),))
    if good == 0:
        anchored = clause.mentions or BETWEEN.search(text) or verdict or polarity(phrase)
        if not anchored or clause.sides == {"comparator"}:
            return None
        return Sign(0, phrase, word + (", negated" if effect.negated else ""))
    if good is None:
        return None
    if verdict and not verdict.significant:
        return Sign(0, phrase, verdict.reason)
    if verdict is None and (trend := TREND.search(text)):
        return Sign(0, phrase, f"'{trend.group()}' and no significant test")
    other = of_comparator(text, effect, clause.mentions)
    if other is None:
        return None
    good = -good if other else good
    if good < 0 and not _acts(clause, effect):
        return None
    if text[effect.start : effect.end].lower() in PRAISE and not verdict and len(clause.sides) < 2:
        return None
    return Sign(good, phrase, word + (" of the comparator" if other else ""))


def _told_effects(text: str) -> Iterator[Effect]:
    """The effect words of a clause that have a direction, or say that there was none."""
    by = CHANGED_BY.search(text)
    for number, effect in enumerate(effects(text)):
        if number and effect.reach == "right" and not effect.noun and DESCRIBED.search(text, 0, effect.start):
            continue
        if by and by.start() == effect.start:
            effect = effect._replace(sense="up" if by["sign"] == "+" else "down", reach="left", negated=False)
        same_thing = text[effect.start : effect.end].lower() == "same" and effect.reach == "right"
        if (effect.sense != "differ" or effect.negated) and not (same_thing and not COMPARED_GROUPS.search(text)):
            yield effect


def by_effects(clause: CompoundClause, about: str) -> Iterator[Sign]:
    """What the effect words of a clause say of the compound. `about` is what the clause before it spoke of."""
    previous = 0
    for effect in _told_effects(clause.text):
        phrase = _phrase(clause.text, effect, previous)
        about = phrase if any(is_content(token) for token in tokens(phrase)) else about
        previous = effect.end
        if sign := _by_effect(clause, effect, about):
            yield sign


def by_numbers(clause: CompoundClause, *, controlled: bool) -> Sign | None:
    """The better arm by two numbers, or the share of patients who got well where there is no control."""
    text = clause.text
    first = re.search(r"\d", text)
    if not first:
        return None
    verdict = verdict_for(verdicts(text), (Span(0, first.start()),))
    numbers = numbers_say(text, clause.mentions, ()) if len(clause.sides) == 2 else None
    lead = re.split(r"[:(]", text[: first.start()])[0]
    if numbers and controlled and (verdict or "%" in text):
        if verdict and not verdict.significant:
            return Sign(0, lead, verdict.reason)
        kind = 1 if REACHED.search(text) else polarity(lead)
        return Sign(kind * numbers[0], lead, f"{numbers[1]} between the arms") if kind else None
    if verdict and not verdict.significant and BETWEEN.search(text):
        return Sign(0, lead, verdict.reason)
    if not controlled and SHARE.search(text) and (event := GOOD_EVENT.search(text)):
        return Sign(1, lead, f"a share of the patients with '{event.group()}'")
    return None
