"""A claim held against its sources: what was asked, what came out, and which sentence and slot decided."""

from __future__ import annotations

from enum import StrEnum

from pydantic import ConfigDict

from pipeline.models.base import Frozen
from pipeline.models.findings import Finding


class Verdict(StrEnum):
    """What the sources say of a claim.

    `not_supported`: the sources speak of the matter and lack a part of the claim. `unverifiable`: they do not speak of
    the matter, or not in words that the rules can follow.
    """

    SUPPORTED = "supported"
    CONTRADICTED = "contradicted"
    NOT_SUPPORTED = "not_supported"
    UNVERIFIABLE = "unverifiable"


class Slot(StrEnum):
    """The part of a claim that decided."""

    INTERVENTION = "intervention"
    COMPARATOR = "comparator"
    CONDITION = "condition"
    POPULATION = "population"
    SPECIES = "species"
    DESIGN = "design"
    DIRECTION = "direction"
    NEGATION = "negation"
    SIGNIFICANCE = "significance"
    QUANTITY = "quantity"
    CERTAINTY = "certainty"


class SourceText(Frozen):
    """A source as it was given with a claim. Other people's files may hold more keys, which are passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore", coerce_numbers_to_str=True)

    id: str
    title: str = ""
    text: str = ""


class Statement(Frozen):
    """A claim and the sources it is said to stand on: a line of the input of `monograph claims`."""

    model_config = ConfigDict(frozen=True, extra="ignore", coerce_numbers_to_str=True)

    id: str
    claim: str
    sources: tuple[SourceText, ...] = ()


class Passage(Frozen):
    """A sentence of a source: `quote` is exactly `text[start:end]` of the source as given, or of its title where
    the source has no other text."""

    source: str
    start: int
    end: int
    quote: str


class Verification(Frozen):
    """The verdict on a claim, the slot that decided it, the findings that say why, and the sentences looked at."""

    id: str
    verdict: Verdict
    slot: Slot | None = None
    findings: tuple[Finding, ...] = ()
    evidence: tuple[Passage, ...] = ()

    def quote(self, finding: Finding) -> str | None:
        """The sentence that shows a finding: the first of its source, else the first of any."""
        near = sorted(self.evidence, key=lambda passage: passage.source != finding.source)
        return near[0].quote if near else None
