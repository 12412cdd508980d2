"""Sentences, quantities, study facts and grades."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import Generic, Literal, TypeVar

from pipeline.models.base import Frozen


class Evidence(Frozen):
    """One sentence of a source: `text` is exactly `source.text[start:end]`. `section` is the printed label."""

    id: str
    source: str
    number: int
    text: str
    start: int
    end: int
    section: str | None = None


class Quantity(Frozen):
    """A number with its kind and unit, and where it stands in the text it was read from (`text[start:end]`).

    `value` and `high` are exact decimals as printed; `high` is the upper end of a range or interval, the spread of a
    "mean", or the second part of a number whose unit is "ratio". `unit` is canonical ("mg", "mcg", "mg/kg", "IU",
    "week", "%"); `per` is the rate of a dose ("day", "twice daily", "every 4 weeks"), or "every" where a duration is
    an interval of time ("every 4 weeks"). `statistic` names what an interval or a spread is ("95% CI", "IQR", "SD",
    "SE"), None where the text does not say. `operator` is one of "=", "<", ">", "<=", ">=" and "~".
    """

    kind: Literal["dose", "count", "percent", "p_value", "interval", "duration", "age", "mean", "number"]
    value: Decimal
    high: Decimal | None = None
    unit: str | None = None
    per: str | None = None
    statistic: str | None = None
    operator: Literal["=", "<", ">", "<=", ">=", "~"] = "="
    text: str
    start: int
    end: int


class Design(StrEnum):
    """Study designs, strongest first; `weaker_of` in `studies` uses this order."""

    META_ANALYSIS = "meta-analysis"
    SYSTEMATIC_REVIEW = "systematic review"
    RANDOMISED = "randomised trial"
    CONTROLLED = "controlled trial, not randomised"
    SINGLE_ARM = "uncontrolled trial"
    COHORT = "cohort study"
    CASE_CONTROL = "case-control study"
    CROSS_SECTIONAL = "cross-sectional study"
    CASE_SERIES = "case series"
    CASE_REPORT = "case report"
    ANIMAL = "animal study"
    IN_VITRO = "laboratory study"
    REVIEW = "narrative review"
    PROTOCOL = "protocol"
    COMMENT = "comment"
    NOTICE = "notice"
    UNCLEAR = "design not stated"


SYNTHESES = (Design.META_ANALYSIS, Design.SYSTEMATIC_REVIEW)
OBSERVED = (Design.COHORT, Design.CASE_CONTROL, Design.CROSS_SECTIONAL)
CASES = (Design.CASE_SERIES, Design.CASE_REPORT)


class Direction(StrEnum):
    """What the main outcome of a study says of the compound."""

    BENEFIT = "benefit"
    NO_DIFFERENCE = "no difference"
    HARM = "harm"
    MIXED = "mixed"
    UNCLEAR = "unclear"


T = TypeVar("T")


class Fact(Frozen, Generic[T]):
    """A value read from a record, with the sentence it stands on. The witness "model" read what the rules did not find.

    `evidence` is None only where the witness is a publication type or a MeSH heading, which have no sentence.
    """

    value: T
    evidence: str | None = None
    witness: Literal["publication type", "mesh", "title", "text", "model"] = "text"


class Study(Frozen):
    """What one paper is and found. A fact that the record does not state is None, never a guess.

    `uncontrolled` names what the paper says that it had not; `combined` names what was given together with the
    compound, so that its effect cannot be told apart. `kind` is the noun by which an observational study calls itself
    ("retrospective chart review"). `results` are the ids of the sentences that carry the main outcome, the most telling
    first; `nulls` those that say what did not differ; `harms` those on adverse effects. `overstated` is set where the
    title claims an effect that the direction denies. `doubts` say in words where two witnesses disagree.
    """

    source: str
    design: Fact[Design]
    species: Fact[Literal["human", "animal", "in vitro"]] | None = None
    animals: Fact[str] | None = None
    kind: Fact[str] | None = None
    aim: Literal["efficacy", "dose finding", "mechanism", "pharmacokinetics", "safety", "use"] = "efficacy"
    crossover: Fact[bool] | None = None
    blinding: Fact[Literal["double-blind", "single-blind", "open-label"]] | None = None
    control: Fact[str] | None = None
    pilot: Fact[bool] | None = None
    uncontrolled: Fact[Literal["control group", "placebo group"]] | None = None
    combined: Fact[str] | None = None
    n: Fact[int] | None = None
    trials: Fact[int] | None = None
    population: Fact[str] | None = None
    doses: tuple[Fact[Quantity], ...] = ()
    route: Fact[str] | None = None
    frequency: Fact[str] | None = None
    duration: Fact[Quantity] | None = None
    direction: Fact[Direction] = Fact(value=Direction.UNCLEAR)
    results: tuple[str, ...] = ()
    nulls: tuple[str, ...] = ()
    harms: tuple[str, ...] = ()
    retracted: bool = False
    concern: bool = False
    superseded: bool = False
    overstated: Fact[bool] | None = None
    doubts: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """The number of participants, 0 where it is not stated: for putting the larger study first."""
        return self.n.value if self.n else 0


class Level(StrEnum):
    """The grade of a topic's evidence; NONE where no study of the effect was found."""

    GOLD = "Gold"
    SILVER = "Silver"
    BRONZE = "Bronze"
    NONE = "None"


class Reason(Frozen):
    """Why a grade is what it is: a code that never changes, the same in words, and the sources it rests on."""

    code: str
    text: str
    sources: tuple[str, ...] = ()


class Grade(Frozen):
    """A computed grade with the direction of the evidence beside it, and its reasons and caps in the order applied."""

    level: Level
    direction: Literal["favours", "no difference", "harm", "conflicting", "mixed", "unclear"]
    counts: str
    reasons: tuple[Reason, ...] = ()
    caps: tuple[Reason, ...] = ()
