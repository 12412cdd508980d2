"""One task told by a model: asked, held against the rules, mended once, read by a last reader, and put together."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from pipeline import prompts
from pipeline.drafting.asking import Asking
from pipeline.drafting.dossier import Dossier
from pipeline.drafting.gate import judged
from pipeline.drafting.proposals import Candidate, candidates, composed
from pipeline.drafting.tasks import Task, facts_words, section_prompt, setting, study_values
from pipeline.errors import UnusableAnswer
from pipeline.models.calls import Fate, Outcome
from pipeline.models.profile import Claim
from pipeline.models.proposals import Opinions, Proposals, Proposed, Repairs
from pipeline.text import normal
from pipeline.verification.cues import NEGATION

SECTION_TOKENS, REPAIR_TOKENS, JUDGE_TOKENS = 3000, 2000, 2000  # of an answer, at most
TOLD_SHARE = 0.5  # of the words of a sentence that a claim must have to tell it


@dataclass(frozen=True)
class Told:
    """What a task came to: the model's claims that stand, by source, and what became of every proposal."""

    task: Task
    claims: Mapping[str, tuple[Claim, ...]]
    fates: tuple[Fate, ...] = ()


def tell(dossier: Dossier, task: Task, asking: Asking) -> Told:
    """The claims of a task as a model tells them, as far as they stand."""
    try:
        answer = asking.complete(section_prompt(dossier, task), Proposals, SECTION_TOKENS)
    except UnusableAnswer as error:
        return Told(task, {}, tuple(_fate(task, source, "replaced", "", (error.message,)) for source in task.sources))
    first = judged(dossier, task.section, candidates(dossier, task, [(c.text, c.evidence) for c in answer.claims]))
    faulty = [candidate for candidate in first if not candidate.stands]
    good = [candidate for candidate in first if candidate.stands]
    again = _repaired(dossier, task, faulty, asking)
    if again:
        both = [*((c.text, c.evidence) for c in good), *((c.text, c.evidence) for c in again.values())]
        final = judged(dossier, task.section, candidates(dossier, task, both))
    else:
        final = tuple(good)
    refused = _refused(dossier, task, [candidate for candidate in final if candidate.stands], asking)
    final = tuple(replace(c, faults=refused.get(c.number, c.faults)) for c in final)
    claims = {source: found for source in task.sources if (found := _claims(dossier, task, source, final))}
    kept = {candidate.text for candidate in good}
    fates = []
    for candidate in (*final, *(c for c in faulty if c.number not in again)):
        lost: Outcome = "dropped" if candidate.source in claims or candidate.source is None else "replaced"
        outcome: Outcome = ("kept" if candidate.text in kept else "mended") if candidate.stands else lost
        fates.append(_fate(task, candidate.source, outcome, candidate.text, candidate.faults))
    return Told(task, claims, tuple(fates))


def _repaired(dossier: Dossier, task: Task, faulty: Sequence[Candidate], asking: Asking) -> dict[int, Proposed]:
    """The faulty claims once more by number, as far as the model has other words for them."""
    if not faulty:
        return {}
    listed = [
        {"number": c.number, "text": c.text, "evidence": list(c.evidence), "findings": list(c.faults)} for c in faulty
    ]
    sources = [s for s in task.sources if any(c.source in (s, None) for c in faulty)]
    values = {"studies": [study_values(dossier, source) for source in sources], "claims": listed}
    try:
        answer = asking.complete(
            prompts.fill("repair", task.subject, setting(dossier, task) | values), Repairs, REPAIR_TOKENS
        )
    except UnusableAnswer:
        return {}
    asked_for = {candidate.number for candidate in faulty}
    again: dict[int, Proposed] = {}
    for repair in answer.claims:
        if repair.number in asked_for and repair.text.strip():
            again.setdefault(repair.number, Proposed(text=repair.text, evidence=repair.evidence))
    return again


def _refused(dossier: Dossier, task: Task, standing: Sequence[Candidate], asking: Asking) -> dict[int, tuple[str, ...]]:
    """Why the last reader refuses some of the claims, by number. It can refuse a claim and admit none."""
    if not standing:
        return {}
    listed = [
        {
            "number": candidate.number,
            "text": candidate.words,
            "facts": facts_words(dossier, candidate.source or ""),
            "sentences": [(i, dossier.sentences[i].text) for i in candidate.evidence],
        }
        for candidate in standing
    ]
    values = {"name": dossier.compound.name, "title": task.section.title, "claims": listed}
    try:
        answer = asking.complete(prompts.fill("judge", task.subject, values), Opinions, JUDGE_TOKENS)
    except UnusableAnswer:
        return {}
    said = "the last reader found it {}"
    return {
        opinion.number: (said.format(opinion.verdict.replace("_", " ")),)
        for opinion in answer.verdicts
        if opinion.verdict != "supported"
    }


def _claims(dossier: Dossier, task: Task, source: str, proposed: Iterable[Candidate]) -> tuple[Claim, ...]:
    """The claims on one study as they are put into the section: the model's that stand, and the extractive ones that
    tell what those do not. The main result comes first, behind the lead; empty where none of the model's stands.
    """
    mine = [c for c in proposed if c.stands and c.source == source]
    if not mine:
        return ()
    main, *others = task.fallback[source]
    first = next((c for c in mine if _tells([c], main, dossier)), None)
    ordered = [first, *(c for c in mine if c is not first)] if first else mine
    claims: list[Claim] = [] if first else [main]
    for candidate in ordered:
        taken = [claim.id for claim in claims]
        leads = candidate is first
        claims.append(composed(dossier, task, source, candidate.words, candidate.evidence, taken, first=leads))
    ids = {claim.id for claim in claims}
    left = [c for c in others if not _tells(mine, c, dossier)]
    claims += [c for c in left if c.id not in ids]
    return tuple(claims)


def _tells(candidates: Sequence[Candidate], claim: Claim, dossier: Dossier) -> bool:
    """True where some candidates tell the sentence that an extractive claim quotes: most words, and its denial."""
    identifier = claim.evidence[-1].id
    sentence = normal(dossier.sentences[identifier].text)
    said = " ".join(normal(c.words) for c in candidates if identifier in c.evidence)
    words, told = _words(sentence), _words(said)
    denied = NEGATION.search(sentence) is None or NEGATION.search(said) is not None
    return bool(words) and denied and len(words & told) >= TOLD_SHARE * len(words)


def _words(text: str) -> set[str]:
    return {word for word in re.findall(r"[a-z0-9.]+", text.lower()) if len(word) > 2}


def _fate(task: Task, source: str | None, outcome: Outcome, text: str, reasons: tuple[str, ...] = ()) -> Fate:
    return Fate(section=task.section.id, source=source, outcome=outcome, text=text, reasons=reasons)
