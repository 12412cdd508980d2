"""The model drafter: papers read, sections told, every claim held against the rules, what fails mended or left out.

    read papers -> extractive draft -> tell sections -> rules, mended once -> last reader -> profile

Papers and sections are asked for in parallel. Nothing that a model says enters a profile by itself: what does not
stand is replaced by the extractive claims of the same study.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from pipeline.checks.injections import speaks_to_a_model
from pipeline.checks.rule import LEAD
from pipeline.drafting import extractive
from pipeline.drafting.asking import Asking, Asks
from pipeline.drafting.dossier import Dossier
from pipeline.drafting.readings import asked, confirmed, study_prompt, wanted, with_readings
from pipeline.drafting.settled import read_before, settled, shown_hash, told_before, versions
from pipeline.drafting.tasks import Task, tasks
from pipeline.drafting.telling import Told, tell
from pipeline.errors import UnusableAnswer
from pipeline.models.calls import Fate
from pipeline.models.findings import Report, Severity
from pipeline.models.profile import Claim, Profile, Provenance, Reading, Section, cited_sources
from pipeline.models.proposals import StudyFacts
from pipeline.sources.collect import Progress
from pipeline.text import normal

STUDY_TOKENS = 600  # of an answer, at most


class Drafted(NamedTuple):
    """A draft, what became of every claim that a model proposed for it, and the extractive draft beneath it."""

    profile: Profile
    fates: tuple[Fate, ...]
    base: Profile


class Work(NamedTuple):
    """What a draft still has to ask: studies to read and tasks to tell, and what stands already."""

    withheld: frozenset[str]
    readings: Mapping[str, Reading]
    to_read: tuple[str, ...]
    base: Profile
    dossier: Dossier
    tasks: tuple[Task, ...]
    standing: Mapping[str, Mapping[str, tuple[Claim, ...]]]

    @property
    def to_tell(self) -> tuple[Task, ...]:
        """The tasks of which something is not told yet."""
        return tuple(task for task in self.tasks if self.standing[task.subject].keys() != set(task.sources))


def work(dossier: Dossier, old: Profile | None, model: str | None) -> Work:
    """What a draft by `model` has to ask, None for none, given the last draft."""
    withheld = frozenset(key for key, article in dossier.articles.items() if speaks_to_a_model(article.text))
    base = extractive.draft(dossier)
    told = {source for task in tasks(base, withheld) for source in task.sources} | {row.source for row in base.doses}
    open_ = sorted(s for s in told - withheld if s in dossier.studies and wanted(dossier.studies[s]))
    before = read_before(old, model)
    readings = {s: before[s] for s in open_ if s in before and before[s].asked == asked(study_prompt(dossier, s))}
    to_read = tuple(s for s in open_ if s not in readings)
    return _laid_out(dossier, base, withheld, readings, to_read, told_before(old, model))


def _laid_out(
    dossier: Dossier,
    base: Profile,
    withheld: frozenset[str],
    readings: Mapping[str, Reading],
    to_read: tuple[str, ...],
    before: Mapping[tuple[str, str], tuple[Claim, ...]],
) -> Work:
    """The work where these readings are known; `base` is the draft of `dossier`, which they may leave as it is."""
    known = with_readings(dossier, readings.values())
    base = extractive.draft(known) if known is not dossier else base
    listed = tuple(tasks(base, withheld))
    standing = {task.subject: settled(known, task, before) for task in listed}
    return Work(withheld, readings, to_read, base, known, listed, standing)


def draft(dossier: Dossier, old: Profile | None, model: Asks | None, progress: Progress) -> Drafted:
    """The profile drafted by a model; what stands from the last draft, `old`, is not asked again.

    Without a model what an earlier draft has from one stays while its records do. Raises ModelError where the model
    cannot be asked at all; answers that were paid for are kept by whoever answers.
    """
    todo = work(dossier, old, model.endpoint.model if model else None)
    if model is None:
        told = [Told(task, todo.standing[task.subject]) for task in todo.tasks]
        return Drafted(
            _assembled(todo, told, old.provenance if old and any(todo.standing.values()) else None), (), todo.base
        )
    name = model.endpoint.model
    with Asking(model) as asking:
        read = asking.all(lambda source: _read(dossier, source, asking), todo.to_read, "reading papers", progress)
        readings = {**todo.readings, **{reading.source: reading for reading in read}}
        todo = todo._replace(readings=readings)
        if any(reading.facts for reading in read):
            todo = _laid_out(dossier, todo.base, todo.withheld, readings, (), told_before(old, name))
        told = asking.all(lambda task: tell(todo.dossier, task, asking), todo.to_tell, "drafting sections", progress)
    fresh = {told_now.task.subject: told_now for told_now in told}
    merged = [_with_standing(task, todo.standing[task.subject], fresh.get(task.subject)) for task in todo.tasks]
    origin = todo.base.provenance.model_copy(update={"model": name, "prompts": versions()})
    profile = _assembled(todo, [_marked(todo.dossier, each) for each in merged], origin)
    return Drafted(profile, tuple(fate for each in merged for fate in each.fates), todo.base)


def _read(dossier: Dossier, source: str, asking: Asking) -> Reading:
    prompt = study_prompt(dossier, source)
    try:
        said = asking.complete(prompt, StudyFacts, STUDY_TOKENS)
    except UnusableAnswer:
        return Reading(source=source, asked=asked(prompt))
    return confirmed(dossier, source, said, asked(prompt))


def _with_standing(task: Task, standing: Mapping[str, tuple[Claim, ...]], told: Told | None) -> Told:
    """What stands from the last draft, and what was told now of the other studies."""
    now = told or Told(task, {})
    fates = tuple(fate for fate in now.fates if fate.source not in standing)
    return Told(task, {**now.claims, **standing}, fates)


def _marked(dossier: Dossier, told: Told) -> Told:
    """A task of which every claim, the extractive ones that stay too, bears the hash of what the model was shown."""
    claims = {}
    for source, fallback in told.task.fallback.items():
        mark = shown_hash(dossier, told.task, source)
        claims[source] = tuple(c.model_copy(update={"asked": mark}) for c in told.claims.get(source, fallback))
    return Told(told.task, claims, told.fates)


def _assembled(todo: Work, told: Sequence[Told], origin: Provenance | None) -> Profile:
    """The extractive draft with what was told in the place of its claims, study by study; `origin` names the model."""
    if origin is None:
        return todo.base
    replaced = {(each.task.section.id, source): claims for each in told for source, claims in each.claims.items()}
    sections: list[Section] = []
    for section in todo.base.sections:
        claims: list[Claim] = []
        done: set[str] = set()
        for claim in section.claims:
            sources = cited_sources(claim.evidence)
            source = sources[0] if len(sources) == 1 else ""
            if (section.id, source) not in replaced:
                claims.append(claim)
            elif source not in done:
                done.add(source)
                claims += replaced[section.id, source]
        sections.append(section.model_copy(update={"claims": tuple(claims)}))
    sections = _without_repeats(sections)
    names = {"drafter": "model", "model": origin.model, "prompts": origin.prompts}
    return todo.base.model_copy(
        update={
            "sections": tuple(sections),
            "provenance": todo.base.provenance.model_copy(update=names),
            "readings": tuple(todo.readings[source] for source in sorted(todo.readings)),
        }
    )


def _without_repeats(sections: Sequence[Section]) -> list[Section]:
    """The sections without a model's further claims on a study that another place of the profile tells as well."""
    seen = {_told(claim) for section in sections for claim in section.claims if not _is_further(claim)}
    kept = []
    for section in sections:
        claims = []
        for claim in section.claims:
            if not _is_further(claim) or _told(claim) not in seen:
                claims.append(claim)
                seen.add(_told(claim))
        kept.append(section.model_copy(update={"claims": tuple(claims)}))
    return kept


def _is_further(claim: Claim) -> bool:
    return claim.drafter == "model" and not LEAD.match(claim.text)


def _told(claim: Claim) -> str:
    return normal(LEAD.sub("", claim.text)).lower()


def without_errors(drafted: Drafted, report: Report) -> Drafted:
    """The draft with the extractive claims of every study of which a model's claim has an error in `report`."""
    mine = {claim.id: cited_sources(claim.evidence)[0] for claim in drafted.profile.claims if claim.drafter == "model"}
    faulty = {f.claim: f.message for f in report.findings if f.severity is Severity.ERROR and f.claim in mine}
    if not faulty:
        return drafted
    sections: list[Section] = []
    fates = list(drafted.fates)
    base = {section.id: section for section in drafted.base.sections}
    for section in drafted.profile.sections:
        bad = {mine[c.id]: faulty[c.id] for c in section.claims if c.id in faulty}
        kept = [c for c in section.claims if not set(cited_sources(c.evidence)) & bad.keys()]
        back = [c for c in base[section.id].claims if set(cited_sources(c.evidence)) & bad.keys()]
        sections.append(section.model_copy(update={"claims": (*kept, *back)}) if bad else section)
        fates += [
            Fate(section=section.id, source=source, outcome="replaced", text="", reasons=(why,))
            for source, why in bad.items()
        ]
    profile = drafted.profile.model_copy(update={"sections": tuple(sections)})
    return Drafted(profile, tuple(fates), drafted.base)
