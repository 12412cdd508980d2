"""What becomes of a proposed claim: it runs the rules that hold for a single claim, and any breach keeps it out.

A warning that a reader may weigh is a breach here: the extractive claim of the same study is at hand.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from pipeline import checks
from pipeline.checks.rule import Review
from pipeline.drafting.dossier import Dossier
from pipeline.drafting.proposals import Candidate
from pipeline.identifiers import slug
from pipeline.models.findings import Severity
from pipeline.models.profile import FOOTER, Claim, Profile, Provenance, Reference, Section
from pipeline.models.sources import Source
from pipeline.profiles import digest

# The families of rules on one claim and its sentences. What a source is worth was decided before a model was asked.
FAMILIES = ("QUO", "QTY", "WRD", "DES", "COV", "INJ", "STR", "MOD")
RULES = tuple(rule for rule in checks.RULES if rule.code.startswith(FAMILIES))


def review_of(dossier: Dossier, profile: Profile, references: dict[str, Reference]) -> Review:
    """A profile as the rules look at it, with what the dossier holds of its sources."""
    sources: dict[str, Source] = {**dossier.articles, **{label.key: label for label in dossier.labels}}
    return Review(
        profile=profile,
        references=references,
        sources={key: source for key, source in sources.items() if key in references},
        sentences={key: s for key, s in dossier.sentences.items() if s.source in references},
        studies={key: study for key, study in dossier.studies.items() if key in references},
        grades={f"evidence/{slug(topic)}": grade for topic, grade in dossier.grades.items()},
    )


def faults(dossier: Dossier, section: Section, claims: Sequence[Claim]) -> dict[str, tuple[str, ...]]:
    """What the rules find against each of some claims of a section, by claim id; one without a fault is left out."""
    keys = {source for claim in claims for source in (q.id.rpartition(":")[0] for q in claim.evidence)}
    references = {
        key: Reference(key=key, article=dossier.articles[key], hash=digest(dossier.articles[key].text))
        for key in sorted(keys & dossier.articles.keys())
    }
    profile = Profile(
        name=dossier.compound.name,
        slug=dossier.compound.slug,
        provenance=Provenance(drafter="model", version="", date=dossier.date, records=len(references), synopses=0),
        sections=(section.model_copy(update={"claims": tuple(claims)}),),
        footer=FOOTER,
    )
    review = review_of(dossier, profile, references)
    ids = {claim.id for claim in claims}
    found: dict[str, list[str]] = defaultdict(list)
    for rule in RULES:
        for finding in rule.findings(review):
            if finding.claim in ids and finding.severity is not Severity.INFO:
                found[finding.claim].append(f"{finding.message} ({finding.code})")
    return {key: tuple(dict.fromkeys(said)) for key, said in found.items()}


def judged(dossier: Dossier, section: Section, proposed: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """The candidates with what the rules find against them."""
    claims = [candidate.claim for candidate in proposed if candidate.claim is not None]
    found = faults(dossier, section, claims)
    return tuple(replace(c, faults=found.get(c.claim.id, ())) if c.claim else c for c in proposed)
