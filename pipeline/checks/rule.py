"""What a rule is: a small function over a frozen review, whose docstring is its documentation."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from pipeline.models.findings import Severity
from pipeline.models.profile import Profile, Quotation, Reference
from pipeline.models.sources import Source
from pipeline.models.studies import Evidence, Grade


@dataclass(frozen=True)
class Review:
    """What the rules look at: a profile, the references beside it, and what is held of its sources now.

    `sources` are the held records by key; `sentences` their sentences by evidence id; `grades` the grades recomputed
    from them, by section id, None where too little is held to recompute.
    """

    profile: Profile
    references: Mapping[str, Reference]
    sources: Mapping[str, Source]
    sentences: Mapping[str, Evidence]
    grades: Mapping[str, Grade] | None

    @property
    def cited(self) -> Iterator[Cited]:
        """Every claim and dose row as one shape: its id, its words and the quotations it stands on."""
        for claim in self.profile.claims:
            yield Cited(claim.id, claim.text, claim.evidence)
        for row in self.profile.doses:
            cells = (row.dose, row.route, row.duration, row.population, row.design)
            yield Cited(row.id, "; ".join(cell for cell in cells if cell), row.evidence)


class Cited(NamedTuple):
    """A claim or a dose row, as the rules on evidence see it."""

    id: str
    text: str
    evidence: tuple[Quotation, ...]


class Hit(NamedTuple):
    """One breach of a rule: what is wrong, and where as far as it has a place."""

    message: str
    claim: str | None = None
    source: str | None = None
    suggestion: str | None = None


Hits = Iterator[Hit]


class Rule(NamedTuple):
    """A rule with the code under which it is known for good, and how bad a breach is."""

    code: str
    severity: Severity
    find: Callable[[Review], Hits]

    @property
    def title(self) -> str:
        """The first line of the rule's docstring: the fault in a sentence."""
        return self.explanation.partition("\n")[0]

    @property
    def explanation(self) -> str:
        """The rule's docstring: the fault, then Why and Fix."""
        return inspect.getdoc(self.find) or ""
