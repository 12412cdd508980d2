"""The main job, from a name to the files of a profile, and the check of what lies there.

    name -> Compound -> Collection -> Dossier -> Profile -> Report -> files

Each arrow is a stage of its own; this module only carries values from one to the next and knows where files lie.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from rapidfuzz import process

from pipeline import checks
from pipeline.checks.rule import Review
from pipeline.compounds import resolve
from pipeline.config import Settings
from pipeline.decisions import Standing, read_decisions, standings
from pipeline.drafting.dossier import Dossier, dossier
from pipeline.drafting.gate import review_of
from pipeline.drafting.planning import ModelPlan, model_plan
from pipeline.drafting.readings import with_readings
from pipeline.drawing import drawn, in_place
from pipeline.errors import NothingFound, ProfileError
from pipeline.identifiers import is_document
from pipeline.llm import Answers, Model
from pipeline.llm.opening import at, opened
from pipeline.locks import only_run
from pipeline.models.calls import Fate
from pipeline.models.compound import Compound
from pipeline.models.findings import Report
from pipeline.models.profile import Profile, Reference
from pipeline.models.review import Decision
from pipeline.models.sources import Collection
from pipeline.profiles import read_profile, read_sources, write
from pipeline.render.fates import fates_told
from pipeline.render.starter import starter
from pipeline.sources import synopses
from pipeline.sources.collect import Plan, Progress, collect, plan, renew
from pipeline.sources.library import Library
from pipeline.sources.pubmed import BRIEF, drug_labels_of, pubmed_of


class Drafted(NamedTuple):
    """What a draft came to: the profile, what the checks say of it, the files, and what became of edits.

    `fates` tell what became of the claims that a model proposed, `told` is the file that lists those that do not stand.
    """

    profile: Profile
    report: Report
    directory: Path
    changed: tuple[Path, ...]
    lapsed: tuple[str, ...]
    fates: tuple[Fate, ...] = ()
    told: Path | None = None


def _nearest(name: str, settings: Settings) -> str | None:
    """The known compound whose name is most like a mistyped one, or None."""
    known = {*synopses.names(), *(path.parent.name for path in settings.profiles.glob("*/compound.yaml"))}
    found = process.extractOne(name.strip().lower(), sorted(known), score_cutoff=80)
    return found[0] if found else None


def new(name: str, settings: Settings) -> Path:
    """Write a commented compound.yaml. Raises ProfileError where there is one already."""
    compound, directory = resolve(name, settings)
    path = directory / "compound.yaml"
    if path.exists():
        raise ProfileError(f"{path} exists already", f"edit it, or run: monograph draft {compound.slug}")
    write({path: starter(compound)})
    return path


class Planned(NamedTuple):
    """What a draft would ask: of PubMed, and of a model where one is asked (None where not), with what it may cost."""

    plan: Plan
    online: bool
    model: ModelPlan | None


def planned(name: str, settings: Settings, *, offline: bool, model: str | None, extractive: bool) -> Planned:
    """What a draft would ask of PubMed and of a model, with nothing asked.

    The model's part is worked out from the records that are held now.
    """
    compound, directory = resolve(name, settings)
    online = settings.ncbi_email is not None and not offline
    with Library(settings.library) as library:
        what = plan(compound, library)
        if extractive:
            return Planned(what, online, None)
        bundled = synopses.bundled(compound.slug)
        collection = collect(compound, library, today=date.min, bundled=bundled, pubmed=None, progress=_quiet)
        known = dossier(compound, collection)
    with Answers(settings.answers) as answers:
        return Planned(what, online, model_plan(known, read_profile(directory), at(settings, model), answers))


def _quiet(*_: object) -> None:
    """No progress to tell."""


def asking(
    settings: Settings, model: str | None, max_cost: Decimal | None, fresh: bool, asks: bool
) -> AbstractContextManager[Model | None]:
    """The model of a draft, opened; nothing where none is to be asked."""
    return opened(settings, model, max_cost=max_cost, fresh=fresh) if asks else nullcontext()


def draft(
    name: str,
    settings: Settings,
    *,
    offline: bool,
    today: date,
    progress: Progress,
    model: Model | None = None,
    anew: bool = False,
) -> Drafted:
    """Draft the profile of a compound and write its files; nothing is written when any stage fails.

    `model` is asked for the words; what an earlier draft has from a model stays while its records do, with or without
    one, unless all is to be told `anew`.
    """
    compound, directory = resolve(name, settings)
    with only_run(settings.library.parent, compound.slug), Library(settings.library) as library:
        pubmed = None if offline else pubmed_of(settings)
        drug_labels = None if offline else drug_labels_of(settings, BRIEF)
        bundled = synopses.bundled(compound.slug)
        before = read_sources(directory)
        renew({key: r.article for key, r in before.items() if r.article}, library, pubmed, today, progress)
        try:
            collection = collect(
                compound,
                library,
                today=today,
                bundled=bundled,
                pubmed=pubmed,
                drug_labels=drug_labels,
                progress=progress,
            )
        except NothingFound as error:
            if near := _nearest(name, settings):
                raise NothingFound(error.message, f"did you mean {near}? If not: {error.hint}") from error
            raise
        progress("reading studies", 0, 1)
        old, known = read_profile(directory), dossier(compound, collection)
        made = drawn(known, old, before, read_decisions(directory), model=model, anew=anew, progress=progress)
        told = settings.library.parent / f"{compound.slug}-model.md" if made.fates else None
        changed = write(in_place(directory, made.files))
        if told is not None:
            write({told: fates_told(made.profile.name, made.fates)})
    return Drafted(made.profile, made.report, directory, changed, made.lapsed, made.fates, told)


class Held(NamedTuple):
    """A profile on disk, with what is known of its sources and the decisions of people.

    `complete` is false where not every record is held that it was drawn from.
    """

    compound: Compound
    directory: Path
    profile: Profile
    references: dict[str, Reference]
    decisions: tuple[Decision, ...]
    known: Dossier
    complete: bool

    @property
    def standings(self) -> tuple[Standing, ...]:
        """Where each claim and row stands with its reviewers, in reading order."""
        return standings(self.profile, self.references, self.decisions, self.compound.reviewers)

    @property
    def review(self) -> Review:
        """The profile as the rules look at it. Grades are recomputed only where every record is held."""
        known = with_readings(self.known, self.profile.readings)
        review = review_of(known, self.profile, self.references)
        grades = review.grades if self.complete else None
        return replace(review, grades=grades, standings=self.standings, publish=self.compound.publish is True)


def held(name: str, settings: Settings, before: Held | None = None) -> Held:
    """The profile on disk with the sources that the library and the bundle hold.

    What is known of the sources is taken from `before` where it was drawn from the same. Raises ProfileError where
    there is no profile.
    """
    compound, directory = resolve(name, settings)
    profile = read_profile(directory)
    if profile is None:
        raise ProfileError(f"there is no profile of '{compound.name}'", f"draft it: monograph draft {compound.slug}")
    references, decisions = read_sources(directory), read_decisions(directory)
    if before and _basis(before.compound, before.profile, before.references) == _basis(compound, profile, references):
        return before._replace(profile=profile, references=references, decisions=decisions)
    bundled = synopses.bundled(compound.slug)
    papers = _papers(profile, references)
    with Library(settings.library) as library:
        articles = {a.key: a for a in bundled.articles} if bundled else {}
        articles |= {article.key: article for article in library.get(papers).values()}
        labels = {label.key: label for label in bundled.labels} if bundled else {}
        labels |= library.labels(key for key in references if is_document(key))
    collection = Collection(
        articles=tuple(articles[key] for key in sorted(papers & articles.keys())),
        labels=tuple(labels.values()),
        searches=profile.provenance.searches,
        label_search=profile.provenance.label_search,
        date=profile.provenance.date,
    )
    complete = all(key in articles for key in papers)
    return Held(compound, directory, profile, references, decisions, dossier(compound, collection), complete)


def _papers(profile: Profile, references: Mapping[str, Reference]) -> frozenset[str]:
    """The keys of the papers that a profile was drawn from, cited or not."""
    cited = {key for key, reference in references.items() if reference.article is not None}
    return frozenset(cited | {uncited.source for uncited in profile.uncited})


def _basis(compound: Compound, profile: Profile, references: Mapping[str, Reference]) -> tuple[object, ...]:
    """All that decides what is known of the sources of a profile."""
    return compound, profile.provenance, _papers(profile, references), references


def check(name: str, settings: Settings) -> tuple[Report, Path]:
    """Hold the profile on disk against the rules. Raises ProfileError where there is no profile."""
    found = held(name, settings)
    return checks.check(found.review), found.directory
