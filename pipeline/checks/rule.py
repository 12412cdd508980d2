"""What a rule is: small functions over a frozen review or page, whose docstring is its documentation."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from pipeline.models.findings import Finding, Severity
from pipeline.models.profile import Profile, Quotation, Reference
from pipeline.models.sources import Source
from pipeline.models.studies import Evidence, Grade

if TYPE_CHECKING:
    from pipeline.checks.pages.audit import Audit


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
    """One breach of a rule: what is wrong, and where as far as it has a place.

    `line` is that of a page's file; `severity` is set where the breach is milder or graver than the rule's own.
    """

    message: str
    claim: str | None = None
    source: str | None = None
    suggestion: str | None = None
    line: int | None = None
    severity: Severity | None = None


Hits = Iterator[Hit]


class Rule(NamedTuple):
    """A rule with the code under which it is known for good, and how bad a breach is.

    `find` looks at a profile, `page` at an existing page; a rule has one of them or both, for one and the same fault.
    """

    code: str
    severity: Severity
    find: Callable[[Review], Hits] | None = None
    page: Callable[[Audit], Hits] | None = None

    @property
    def title(self) -> str:
        """The first line of the rule's docstring: the fault in a sentence."""
        return self.explanation.partition("\n")[0]

    @property
    def explanation(self) -> str:
        """The docstring of the rule's finder, that for profiles where there are two: the fault, then Why and Fix."""
        return inspect.getdoc(self.find or self.page) or ""

    def finding(self, hit: Hit) -> Finding:
        """A breach of this rule as it is reported."""
        told = {field: value for field, value in hit._asdict().items() if value is not None}
        return Finding.model_validate({"code": self.code, "severity": self.severity} | told)


def joined(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    """Each code once, in order of first mention, with the finders that were given for it in different files."""
    by_code: dict[str, Rule] = {}
    for rule in rules:
        held = by_code.get(rule.code, rule)
        by_code[rule.code] = held._replace(find=held.find or rule.find, page=held.page or rule.page)
    return tuple(by_code.values())
