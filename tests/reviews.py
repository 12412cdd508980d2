"""A profile as a rule sees it, written as an example: a whole one without a fault, changed only where it says so.

An example says only what matters for its rule; `review_of` fills in the rest of a profile without a fault. Its keys:

    claims     of the section "overview", each with `text`, `evidence` (evidence id: quotation), maybe `id`, `suppress`,
               `drafter`
    sections   by id, over the required ones, which carry a note; null takes one out
    sources    articles and labels that are held, beside the article 90000001
    references what sources.yaml says otherwise than the held articles, by key
    rests_on   retracted papers in the reference lists of reviews, by key
    doses, points, uncited, waiting, footer, grades (recomputed, by section id)
    decisions  of people: `claim`, `decision`, `reviewer`, and `earlier` where they read another version
    publish    true where the profile is to be published
"""

from __future__ import annotations

from datetime import date
from typing import Any

from pipeline.checks.rule import Review
from pipeline.checks.safety import KINDS
from pipeline.checks.structure import REQUIRED
from pipeline.decisions import decision_of, items, standings
from pipeline.evidence import evidence_of
from pipeline.models.profile import FOOTER, Profile, Reference
from pipeline.models.review import Decision
from pipeline.models.sources import Article, Label, Source
from pipeline.models.studies import Grade
from pipeline.profiles import claim_hash, version_of
from pipeline.studies import study_of

KEYS = {"claims", "sections", "sources", "references", "rests_on", "doses", "points", "uncited", "waiting", "footer"}
KEYS |= {"grades", "decisions", "publish"}
EVIDENCE = {"90000001:1": "Pain fell by 30% with examplol 4 mg/day."}
PAPER = Article.model_validate(
    {
        "pmid": "90000001",
        "title": "Examplol in people with imagined pain",
        "abstract": [{"text": "Pain fell by 30% with examplol 4 mg/day. Nothing else was seen."}],
    }
)


def quotations(evidence: dict[str, str]) -> list[dict[str, str]]:
    return [{"id": key, "text": text} for key, text in evidence.items()]


def decisions_of(example: dict[str, Any], profile: Profile, references: dict[str, Reference]) -> list[Decision]:
    """The decisions that an example describes, on the claims as they are or as they were earlier."""
    there = {item.id: item.what for item in items(profile)}
    return [
        decision_of(
            there[given["claim"]],
            given["decision"],
            "sha256:1" if given.get("earlier") else version_of(there[given["claim"]], references),
            given["reviewer"],
            date(2026, 1, 2),
        )
        for given in example.get("decisions", ())
    ]


def review_of(example: dict[str, Any]) -> Review:
    """The review that an example describes: a whole profile, changed only where the example says so."""
    assert example.keys() <= KEYS, "an example with a key that nothing reads"
    claims = [
        {
            "id": claim.get("id", f"overview/{number}"),
            "text": claim["text"],
            "evidence": quotations(claim.get("evidence", {})),
            "suppress": claim.get("suppress", ()),
            "drafter": claim.get("drafter", "extractive"),
            "drafted": claim_hash(claim["text"], [*claim.get("evidence", {})]) if "drafter" in claim else None,
        }
        for number, claim in enumerate(example.get("claims", [{"text": "Pain fell.", "evidence": EVIDENCE}]))
    ]
    sections: dict[str, dict[str, Any]] = {
        name: {"title": name.title(), "note": "Nothing is known."} for name in REQUIRED
    }
    sections["safety"]["note"] = f"Nothing is known of {', '.join(KINDS)}."
    sections |= example.get("sections", {})
    sections["overview"] = {**sections["overview"], "claims": claims}
    held: dict[str, Source] = {PAPER.key: PAPER}
    for source in example.get("sources", ()):
        read = (Label if "key" in source else Article).model_validate(source)
        held[read.key] = read
    profile = Profile.model_validate(
        {
            "name": "examplol",
            "slug": "examplol",
            "provenance": {
                "drafter": "extractive",
                "version": "1",
                "date": "2026-01-01",
                "records": len(held),
                "synopses": 0,
            },
            "sections": [{"id": name, **section} for name, section in sections.items() if section],
            "doses": [
                {"id": f"doses/{number}", **row, "evidence": quotations(row.get("evidence", {}))}
                for number, row in enumerate(example.get("doses", ()))
            ],
            "points": example.get("points", ()),
            "uncited": example.get("uncited", ()),
            "waiting": example.get("waiting", ()),
            "footer": example.get("footer", FOOTER),
        }
    )
    given = {key: Article.model_validate(article) for key, article in example.get("references", {}).items()}
    papers = {key: source for key, source in held.items() if isinstance(source, Article)} | given
    rests_on = example.get("rests_on", {})
    evidence = {key: evidence_of(source) for key, source in held.items()}
    beside = {
        key: Reference(key=key, article=papers.get(key), hash="sha256:0", rests_on=rests_on.get(key, ()))
        for key in held
    }
    return Review(
        profile=profile,
        references=beside,
        standings=standings(profile, beside, decisions_of(example, profile, beside)),
        publish=example.get("publish", False),
        sources=held,
        sentences={sentence.id: sentence for found in evidence.values() for sentence in found},
        studies={
            key: study_of(source, evidence[key], ["examplol"])
            for key, source in held.items()
            if isinstance(source, Article)
        },
        grades={name: Grade.model_validate(grade) for name, grade in example.get("grades", {}).items()},
    )
