"""What a rule is: small functions over a frozen review or page, whose docstring is its documentation."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Literal, NamedTuple

from pipeline.checks.hits import Hit, Hits
from pipeline.decisions import Standing
from pipeline.evidence import source_text
from pipeline.models.findings import Entry, Finding, Severity, Shown
from pipeline.models.profile import Profile, Quotation, Reference, Suppression, cited_sources
from pipeline.models.sources import Source
from pipeline.models.studies import Evidence, Grade, Study
from pipeline.models.verification import SourceText, Statement, Verification
from pipeline.profiles import is_edited
from pipeline.text import normal

if TYPE_CHECKING:
    from pipeline.checks.pages.audit import Audit


OUTCOME = ("WRD001", "WRD002", "WRD003", "WRD004", "WRD005")


@dataclass(frozen=True)
class Review:
    """What the rules look at: a profile, the references beside it, and what is held of its sources now.

    `sources` are the held records by key; `sentences` their sentences by evidence id; `studies` what the papers among
    them are and found; `grades` the grades recomputed from them, by section id, None where too little is held to
    recompute. `standings` say what reviewers decided, `publish` that the profile is meant to be on the site. `found`
    are the codes that the other rules found by claim, for the rules that run last.
    """

    profile: Profile
    references: Mapping[str, Reference]
    sources: Mapping[str, Source]
    sentences: Mapping[str, Evidence]
    studies: Mapping[str, Study]
    grades: Mapping[str, Grade] | None
    standings: Sequence[Standing] = ()
    publish: bool = False
    found: Mapping[str, frozenset[str]] | None = None

    @cached_property
    def claims(self) -> tuple[Cited, ...]:
        """Every claim, in reading order."""
        return tuple(
            Cited(claim.id, claim.text, claim.evidence, claim.suppress, None if is_edited(claim) else claim.drafter)
            for claim in self.profile.claims
        )

    @cached_property
    def cited(self) -> tuple[Cited, ...]:
        """Every claim, then every dose row, as one shape: its id, its words and the quotations it stands on."""
        rows = (Cited(row.id, row.words, row.evidence, row.suppress) for row in self.profile.doses)
        return (*self.claims, *rows)

    @cached_property
    def verified(self) -> tuple[tuple[Cited, Verification], ...]:
        """Every claim in somebody's own words whose sources are held, against the whole of them: once for all rules.

        What the extractive drafter composed and nobody changed is left out: it is the source's own sentence in a frame
        of facts, and every one of its words and numbers is held against the cited sentences by other rules. Of a
        model's claim the frame is the drafter's too.
        """
        return tuple(
            (cited, _verified(cited.told, sources))
            for cited in self.claims
            if cited.drafter != "extractive"
            and (sources := tuple(source_text(self.sources[key]) for key in cited.sources if key in self.sources))
        )

    def told(self, code: str) -> Hits:
        """What the verification of the claims found under a code, once a claim, with the sentence that decided.

        Of a claim that repeats a cited sentence word for word the outcome is the source's own.
        """
        for cited, verification in self.verified:
            found = [f for f in _gravest(verification.findings) if f.code == code]
            if found and not (code in OUTCOME and cited.repeats):
                finding = found[0]
                yield Hit(
                    finding.message,
                    cited.id,
                    finding.source,
                    finding.suggestion,
                    severity=finding.severity,
                    quote=verification.quote(finding),
                )


def _gravest(findings: Sequence[Finding]) -> list[Finding]:
    """What contradicts a claim, else what is merely not supported; a negation only where no more telling fault is."""
    errors = [finding for finding in findings if finding.severity is Severity.ERROR] or list(findings)
    telling = {finding.code for finding in errors} & {"WRD001", "WRD003"}
    return [finding for finding in errors if not (telling and finding.code == "WRD002")]


@lru_cache(maxsize=4096)
def _verified(claim: str, sources: tuple[SourceText, ...]) -> Verification:
    """What some sources say of a claim. A model's claim is asked about when it is proposed, and when all is checked."""
    from pipeline.verification import verify  # its words take time to load, which most drafts need not spend

    return verify(Statement(id="claim", claim=claim, sources=sources))


# What a drafter sets before the words of a source or of a model: the verified facts of the study.
LEAD = re.compile(r"(?:Not counted towards the grade: i|I)n (?:the same study|an? [^:]*): ")


class Cited(NamedTuple):
    """A claim or a dose row, as the rules on evidence see it; `drafter` wrote it, None where a person did."""

    id: str
    text: str
    evidence: tuple[Quotation, ...]
    suppress: tuple[Suppression, ...] = ()
    drafter: str | None = None

    @property
    def told(self) -> str:
        """What has to be shown by the sources: in a model's claim what follows the drafter's lead, else all of it."""
        lead = LEAD.match(self.text) if self.drafter == "model" else None
        told = self.text[lead.end() :] if lead else self.text
        return told[:1].upper() + told[1:]

    @property
    def sources(self) -> tuple[str, ...]:
        """The keys of the sources that it cites, each once, in order."""
        return cited_sources(self.evidence)

    @property
    def repeats(self) -> bool:
        """True where the claim holds a cited sentence word for word."""
        return self.own_words != normal(self.text).lower()

    @property
    def own_words(self) -> str:
        """What of the claim is not a cited sentence word for word, in the normal form and small letters."""
        text = normal(self.text).lower()
        for quotation in self.evidence:
            text = text.replace(normal(quotation.text).lower(), " ")
        return text


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

    def part(self, name: Literal["Why", "Fix"]) -> str:
        """What the docstring says after `Why:` or `Fix:`, on one line."""
        found = re.search(rf"^{name}: (.+?)(?=^[A-Z][a-z]+: |\Z)", self.explanation, re.MULTILINE | re.DOTALL)
        return " ".join(found[1].split()) if found else ""

    def entry(self, *, suppressible: bool) -> Entry:
        """The rule as the catalogue prints it."""
        finder = self.find or self.page
        return Entry(
            code=self.code,
            name=finder.__name__.replace("_", "-") if finder else self.code,
            severity=self.severity,
            fault=self.title,
            why=self.part("Why"),
            fix=self.part("Fix"),
            applies=(*(("profile",) if self.find else ()), *(("page",) if self.page else ())),
            suppressible=suppressible,
        )

    def finding(self, hit: Hit) -> Finding:
        """A breach of this rule as it is reported."""
        told = {field: value for field, value in hit._asdict().items() if value is not None}
        shown = Shown(words=told.pop("words", None), quote=told.pop("quote", None))
        return Finding.model_validate({"code": self.code, "severity": self.severity, "shown": shown} | told)

    def findings(self, review: Review) -> tuple[Finding, ...]:
        """What the rule finds in a profile."""
        return tuple(map(self.finding, self.find(review))) if self.find else ()


def joined(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    """Each code once, in order of first mention, with the finders that were given for it in different files."""
    by_code: dict[str, Rule] = {}
    for rule in rules:
        held = by_code.get(rule.code, rule)
        by_code[rule.code] = held._replace(find=held.find or rule.find, page=held.page or rule.page)
    return tuple(by_code.values())
