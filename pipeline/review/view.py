"""What the review page shows, as plain data for its script: texts only, of which nothing is markup."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from pipeline.decisions import RISKS, Item, Standing, State, by_risk, stands_on_synopsis
from pipeline.holding import Held
from pipeline.identifiers import source_address, source_words
from pipeline.models.findings import Finding
from pipeline.models.profile import Claim, DoseRow, Section, cited_sources
from pipeline.models.review import Decision
from pipeline.models.sources import Article, Label
from pipeline.models.studies import Evidence, Study
from pipeline.readiness import Stood
from pipeline.references.vancouver import fates, marks, reference
from pipeline.render.differences import Word, differences
from pipeline.render.words import CHALLENGES, grade_words, visible, waiting_words
from pipeline.review.desk import Opened

Data = dict[str, Any]


def view(opened: Opened, steps: int, reviewer: str | None) -> Data:
    """The whole page: the queue with the greatest risk first, the sources that it cites, and what lies beside it.

    `steps` is how many steps can be taken back, `reviewer` the name that the page begins with.
    """
    now, profile = opened.held, opened.held.profile
    states = Counter(each.state.value for each in opened.standings.values())
    origin = profile.provenance
    claimed = {each.item.id for each in opened.standings.values()}
    return {
        "name": visible(profile.name),
        "slug": profile.slug,
        "tagline": visible(profile.tagline or ""),
        "drafted": f"{origin.records} records as of {origin.date}",
        "synopses": origin.synopses,
        "reviewers": now.compound.reviewers,
        "reviewer": reviewer or "",
        "states": {state.value: states[state.value] for state in State},
        "publishable": Stood(now.compound, profile, now.references, tuple(opened.standings.values())).why_not is None,
        "steps": steps,
        "risks": [risk.value for risk in RISKS],
        "items": [_item(opened, each) for each in by_risk(opened.standings.values())],
        "sources": {key: _source(now, key) for key in cited_sources(profile.quotations)},
        "sections": {section.id: _grade(section) for section in profile.sections if section.grade},
        "general": [_finding(f) for f in opened.report.findings if f.claim not in claimed],
        "skipped": [visible(f"{that.what}: {that.why}") for that in opened.report.skipped],
        "uncited": [{**_named(now, record.source), "reason": visible(record.reason)} for record in profile.uncited],
        "waiting": [
            {
                **_named(now, record.source),
                "reason": visible(waiting_words(record)),
                "challenges": [{"claim": c.claim, "how": CHALLENGES[c.how]} for c in record.challenges],
            }
            for record in profile.waiting
        ],
    }


def _item(opened: Opened, standing: Standing) -> Data:
    item, now = standing.item, opened.held
    quoted = " ".join(quotation.text for quotation in item.what.evidence)
    return {
        "id": item.id,
        "risk": item.risk.value,
        "section": item.section,
        "title": visible(item.title),
        "text": visible(item.words),
        "cells": _cells(item),
        "editable": isinstance(item.what, Claim),
        "state": standing.state.value,
        "synopsis": stands_on_synopsis(item.what, now.references),
        "missing": standing.missing,
        "seen": standing.seen,
        "decided": [_decision(decision) for decision in standing.decided],
        "lapsed": [_decision(decision) for decision in standing.lapsed],
        "findings": [_finding(f, quoted) for f in opened.report.findings if f.claim == item.id],
        "blocked": bool(opened.faults(item.id)),
        "evidence": [
            {"id": q.id, "text": visible(q.text), "current": _is_current(now, q.id, q.text)} for q in item.what.evidence
        ],
        "sources": list(cited_sources(item.what.evidence)),
    }


def _cells(item: Item) -> list[list[str]]:
    """The cells of a dose row under their headings; nothing for a claim."""
    if not isinstance(item.what, DoseRow):
        return []
    row = item.what
    given = (row.dose, row.route, row.duration, row.population, row.design, source_words(row.source))
    heads = ("dose", "route, frequency", "duration", "who", "design", "source")
    return [[head, visible(cell or "not stated")] for head, cell in zip(heads, given, strict=True)]


def _is_current(now: Held, key: str, text: str) -> bool | None:
    """True where the source still says it so; None where its text is not held."""
    sentence = now.known.sentences.get(key)
    return None if sentence is None else sentence.text == text


def _decision(decision: Decision) -> Data:
    return {
        "decision": decision.decision,
        "reviewer": visible(decision.reviewer),
        "date": decision.date.isoformat(),
        "note": visible(decision.note or ""),
    }


def findings_of(findings: Sequence[Finding], opened: Opened, evidence: Sequence[str] | None) -> list[Data]:
    """Findings on a claim that stands on `evidence`, as the page shows them."""
    known = opened.held.known.sentences
    quoted = " ".join(known[key].text for key in evidence or () if key in known)
    return [_finding(finding, quoted) for finding in findings]


def _finding(finding: Finding, quoted: str = "") -> Data:
    shown = finding.shown
    words, quote = (shown.words, shown.quote) if shown else (None, None)
    ours, theirs = differences(words, quote, quoted) if words and quote else ((), ())
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "message": visible(finding.message),
        "suggestion": visible(finding.suggestion or ""),
        "source": source_words(finding.source) if finding.source else "",
        "words": _marked(words, ours) if words and quote else [],
        "quote": _marked(quote, theirs) if words and quote else [],
    }


def _marked(text: str | None, words: Sequence[Word]) -> list[list[Any]]:
    """A text in pieces, each with whether it differs from the other text."""
    pieces: list[list[Any]] = []
    place = 0
    for word in words:
        if word.differs and text:
            pieces += [[visible(text[place : word.start]), False]] if text[place : word.start].strip() else []
            pieces.append([visible(text[word.start : word.end]), True])
            place = word.end
    rest = (text or "")[place:]
    return pieces + ([[visible(rest), False]] if rest.strip() else [])


def _grade(section: Section) -> Data:
    grade = section.grade
    assert grade is not None  # noqa: S101 - only graded sections are asked for
    return {
        "words": grade_words(grade),
        "counts": visible(grade.counts),
        "reasons": [visible(reason.text) for reason in (*grade.reasons, *grade.caps)],
    }


def _named(now: Held, key: str) -> Data:
    held = now.known.articles.get(key)
    there = now.references.get(key)
    source = held or (there and there.article)
    return {"source": source_words(key), "url": source_address(key), "title": visible(source.title) if source else ""}


def _source(now: Held, key: str) -> Data:
    """A cited source: its bibliography, what it is, what became of it, and its whole text by sentence."""
    there = now.references.get(key)
    source = now.known.articles.get(key) or next((label for label in now.known.labels if label.key == key), None)
    listed = there.source if there else None
    paper = listed if isinstance(listed, Article) else source if isinstance(source, Article) else None
    bibliography = listed or source
    study = now.known.studies.get(key)
    return {
        "key": key,
        "words": visible(bibliography.title) if isinstance(bibliography, Label) else source_words(key),
        "url": source_address(key),
        "reference": visible(reference(bibliography)) if bibliography is not None else "not among the sources",
        "notices": [visible(told) for told in (fates(there) if there else marks(paper) if paper else [])],
        "types": [visible(kind) for kind in paper.publication_types] if paper else [],
        "facts": _facts(study) if study else [],
        "origin": _origin(source),
        "synopsis": isinstance(source, Article) and source.text_origin == "synopsis",
        "sentences": [_sentence(sentence) for sentence in now.known.evidence.get(key, ())],
    }


def _facts(study: Study) -> list[list[str]]:
    """What a paper is, as far as it says: heading and words."""
    told = [
        ["design", study.design.value.value],
        ["participants", f"n = {study.n.value:,}" if study.n else "n not stated"],
        ["direction", study.direction.value.value],
    ]
    if study.species:
        told.append(["species", study.species.value])
    if study.population:
        told.append(["population", study.population.value])
    told += [["doubt", doubt] for doubt in study.doubts]
    return [[head, visible(words)] for head, words in told]


def _origin(source: Article | Label | None) -> str:
    if source is None:
        return "its text is not held here: fetch or import it"
    if isinstance(source, Label):
        return "drug label" if source.set_id else "facts written for this project, with their addresses in sources.yaml"
    if source.text_origin == "synopsis":
        return "synopsis written for this project, not the paper's own abstract"
    return "abstract as PubMed has it" if source.abstract else "PubMed has no abstract of it"


def _sentence(sentence: Evidence) -> Data:
    return {
        "id": sentence.id,
        "number": sentence.number,
        "section": visible(sentence.section or ""),
        "text": visible(sentence.text),
    }
