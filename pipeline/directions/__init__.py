"""What happened, by documented rules: `change` for one outcome, `judge` for a study. Unclear rather than a guess."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal, NamedTuple

from pipeline.directions.outcome_readings import readings
from pipeline.directions.study_readings import Told, testimony
from pipeline.evidence import name_pattern
from pipeline.models.studies import Direction, Evidence
from pipeline.text import any_of, normal

Label = Literal["increased", "decreased", "no difference", "unclear"]
LABELS: dict[int, Label] = {1: "increased", 0: "no difference", -1: "decreased"}
# A reading below these does not decide; one that disagrees within MARGIN of the best leaves the outcome undecided.
# They were set so that under 8 % of all labelled outcomes come out wrong (`python -m bench directions`).
ENOUGH_FOR_NO_DIFFERENCE = 2.4
ENOUGH_FOR_A_CHANGE = 2.8
MARGIN = 0.6
MOST_RESULTS = 3

# Words by which a result sets two arms against each other, and by which it sets an arm against its own past.
COMPARED = any_of(
    r"\b(?:than|versus|vs|against|between|relative to|compared (?:with|to)|differ\w*|favou?r\w*|superior|inferior)\b",
    r"\b(?:placebo|control|sham|vehicle|saline|comparator)\b",
)
# How an observational study names who took the compound and who did not.
EXPOSED = any_of(
    r"\b(?:un|non-?)?(?:treated|exposed|users?)\b|\b(?:exposure|use|recipients|groups|cohorts|controls?|comparators?)\b",
)
FROM_BASELINE = any_of(
    r"\b(?:from|than|to|versus|with) (?:the )?(?:baseline|pre-?treatment)\b",
    r"\bbefore (?:treatment|therapy)\b",
    r"\bwithin[- ](?:the )?(?:\w+ )?groups?\b",
)


class Change(NamedTuple):
    """What happened to an outcome, the index of the sentence that decides it, the rule in words, and how sure it is.

    `rank` is that of the deciding reading (0 to about 4.5), 0 where nothing is decided.
    """

    label: Label
    sentence: int | None
    reason: str
    rank: float = 0.0


class Judgement(NamedTuple):
    """What the main outcome of a study says of the compound.

    `results` are the evidence ids of the sentences that decide it, main outcome first, at most three; `nulls` say what
    did not differ or improve; `harms` speak of adverse effects. `reason` is the deciding rule in words.
    """

    direction: Direction
    results: tuple[str, ...]
    nulls: tuple[str, ...]
    harms: tuple[str, ...]
    reason: str


def change(sentences: Sequence[str], *, intervention: str, comparator: str, outcome: str) -> Change:
    """What the intervention did to the outcome compared with the comparator, by the sentences of an abstract.

    The surest reading decides; where one that disagrees is nearly as sure, the answer is "unclear".
    """
    found = readings(sentences, intervention=intervention, comparator=comparator, outcome=outcome)
    if not found:
        return Change("unclear", None, "no sentence compares the arms on this outcome")
    best = found[0].reading
    if best.rank < (ENOUGH_FOR_A_CHANGE if best.sign else ENOUGH_FOR_NO_DIFFERENCE):
        return Change("unclear", None, "no sentence is clear enough about this outcome")
    rival = next(
        (f.reading for f in found if f.reading.sign != best.sign and best.rank - f.reading.rank < MARGIN), None
    )
    if rival:
        return Change("unclear", None, f"sentences disagree: {best.reason}; {rival.reason}")
    return Change(LABELS[best.sign], found[0].sentence, best.reason, best.rank)


def _ids(told: Sequence[Told]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(t.evidence for t in told))


def _attributed(
    results: Sequence[Told], evidence: Sequence[Evidence], names: Sequence[str], compared: re.Pattern[str]
) -> list[Told]:
    """The results that name the compound or compare arms; "it fell in all" does neither."""
    texts = {sentence.id: normal(sentence.text) for sentence in evidence}
    named = name_pattern(names, evidence)
    return [t for t in results if named.search(texts[t.evidence]) or compared.search(texts[t.evidence])]


def _only_from_baseline(evidence: Sequence[Evidence], deciding: Sequence[str]) -> bool:
    """True where no deciding sentence names a comparison, and the paper says that it compares with the time before."""
    texts = {sentence.id: normal(sentence.text) for sentence in evidence[1:]}
    compared = any(COMPARED.search(texts.get(identifier, "")) for identifier in deciding)
    return not compared and any(FROM_BASELINE.search(text) for text in texts.values())


def _direction(main: Sequence[Told], controlled: bool) -> tuple[Direction, str]:
    """The direction that the main results point to, and why."""
    signs = {told.good for told in main}
    first = main[0]
    if len(signs) == 1:
        direction = {1: Direction.BENEFIT, 0: Direction.NO_DIFFERENCE, -1: Direction.HARM}[first.good]
        return direction, first.reason
    good, null, bad = (sum(told.good == sign for told in main) for sign in (1, 0, -1))
    if first.weight < 2 and not controlled and not bad and good > null:
        return Direction.BENEFIT, f"{good} results improved and {null} did not; {first.reason}"
    return Direction.MIXED, f"main results disagree: {good} better, {null} without a difference, {bad} worse"


def judge(evidence: Sequence[Evidence], names: Sequence[str], *, controlled: bool, observed: bool = False) -> Judgement:
    """What a paper's main outcome says of the compound called by any of `names`.

    `evidence` are the sentences of one paper, number 0 the title. In a `controlled` design changes within a group do
    not decide; in it, as in an `observed` cohort, a result must name the compound or a comparison. The primary outcome
    decides where one is named, else the outcome in the title, else all results.
    """
    told = testimony(evidence, names, controlled=controlled)
    nulls = _ids([t for t in told.results if t.good == 0])
    results = list(told.results)
    if controlled or observed:
        results = _attributed(results, evidence, names, COMPARED if controlled else EXPOSED)
    deciding = [t for t in results if t.weight == 2]
    others = [t for t in results if t.weight] or results
    if not deciding and any(t.in_title for t in others):
        deciding = [t for number, t in enumerate(others) if t.in_title or number == 0]
    deciding = deciding or others
    if not deciding:
        return Judgement(Direction.UNCLEAR, (), nulls, told.harms, "no sentence states a result of the compound")
    direction, reason = _direction(deciding, controlled)
    if controlled and direction is Direction.BENEFIT and _only_from_baseline(evidence, _ids(deciding)):
        direction, reason = Direction.UNCLEAR, "improvement from baseline, not against the comparator"
    return Judgement(direction, _ids(deciding)[:MOST_RESULTS], nulls, told.harms, reason)
