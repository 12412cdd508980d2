"""What a model may answer, as strict schemas. Nothing here is believed before checks have held it to its sources."""

from __future__ import annotations

from typing import Literal

from pipeline.models.base import Frozen


class Counted(Frozen):
    """A whole number and the number of the sentence it is said to stand in."""

    value: int
    sentence: int


class Amount(Frozen):
    """A number with its unit as printed, and the number of the sentence it is said to stand in."""

    value: float
    unit: str
    sentence: int


class StudyFacts(Frozen):
    """The answer to `prompts/study.md`: None where the abstract does not say."""

    participants: Counted | None
    dose: Amount | None
    duration: Amount | None
    main_result: int | None


class Proposed(Frozen):
    """A claim as a model proposes it: its text, and the evidence ids it is said to stand on."""

    text: str
    evidence: list[str]


class Proposals(Frozen):
    """The answer to `prompts/section.md`."""

    claims: list[Proposed]


class Repaired(Frozen):
    """A faulty claim again, by its number."""

    number: int
    text: str
    evidence: list[str]


class Repairs(Frozen):
    """The answer to `prompts/repair.md`."""

    claims: list[Repaired]


class Opinion(Frozen):
    """What the last reader says of one claim."""

    number: int
    verdict: Literal["supported", "contradicted", "not_supported"]
    reason: str


class Opinions(Frozen):
    """The answer to `prompts/judge.md`."""

    verdicts: list[Opinion]
