"""The main job, from a name to the files of a profile, for one compound or many.

    name -> Compound -> Collection -> Dossier -> Profile -> Report -> files

Each arrow is a stage of its own; this module only carries values from one to the next and knows where files lie.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, nullcontext
from datetime import date
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from rapidfuzz import process

from pipeline.compounds import each_once, resolve
from pipeline.config import Settings
from pipeline.decisions import read_decisions
from pipeline.drafting.dossier import dossier
from pipeline.drafting.planning import ModelPlan, model_plan
from pipeline.drawing import Drawn, Given, draw, in_place
from pipeline.errors import NothingFound, ProfileError, SourceError
from pipeline.llm import Answers, Model
from pipeline.llm.opening import at, opened
from pipeline.locks import only_run
from pipeline.models.calls import Fate
from pipeline.models.compound import Compound
from pipeline.models.findings import Report
from pipeline.models.profile import Profile
from pipeline.profiles import read_profile, read_sources, write
from pipeline.render.fates import fates_told
from pipeline.render.starter import starter
from pipeline.sources import synopses
from pipeline.sources.collect import Plan, Progress, collect, plan, quiet, renew
from pipeline.sources.library import Library
from pipeline.sources.pubmed import BRIEF, drug_labels_of, pubmed_of
from pipeline.workers import HERE, Done, Workers, each_done

if TYPE_CHECKING:
    from pipeline.sources.entrez import PubMed
    from pipeline.sources.openfda import DrugLabels

MOST_UNANSWERED = 3


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
        collection = collect(compound, library, today=date.min, bundled=bundled, pubmed=None, progress=quiet)
        known = dossier(compound, collection)
    with Answers(settings.answers) as answers:
        return Planned(what, online, model_plan(known, read_profile(directory), at(settings, model), answers))


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
    (done,) = drafts([name], settings, HERE, offline=offline, today=today, model=model, anew=anew, progress=progress)
    return done.value()


class _Asked(NamedTuple):
    """Where the records of drafts come from: what is held, and who is asked for more."""

    library: Library
    pubmed: PubMed | None
    drug_labels: DrugLabels | None
    today: date
    progress: Progress


def drafts(
    names: Iterable[str],
    settings: Settings,
    workers: Workers,
    *,
    offline: bool,
    today: date,
    model: Model | None = None,
    anew: bool = False,
    progress: Progress = quiet,
) -> Iterator[Done[Drafted]]:
    """Draft the profiles of many compounds, each as `draft` does, and give each as soon as it is done.

    Records are fetched here, one compound after the other, and files are written here; the `workers` do what lies
    between, which has to be this process where a `model` is asked. What cannot be drafted is given with its fault, and
    the others go on.
    """
    compound_of = each_once(settings)
    pubmed = None if offline else pubmed_of(settings)
    drug_labels = None if offline else drug_labels_of(settings, BRIEF)
    unanswered = 0  # compounds in a row

    def prepared(name: str, held: ExitStack) -> tuple[str, Given] | None:
        nonlocal unanswered
        if (meant := compound_of(name)) is None:
            return None
        compound, directory = meant
        held.enter_context(only_run(settings.library.parent, compound.slug))
        if unanswered == MOST_UNANSWERED:
            raise SourceError(
                f"not asked for, since PubMed did not answer for the {MOST_UNANSWERED} compounds before",
                "run the same command again later",
            )
        try:
            given = _given(compound, directory, asked)
        except NothingFound as error:
            raise _with_nearest(error, name, settings) from error
        except SourceError as error:
            unanswered += error.retryable
            raise
        unanswered = 0
        return compound.slug, given

    with Library(settings.library) as library:
        asked = _Asked(library, pubmed, drug_labels, today, progress)
        task = partial(draw, model=model, anew=anew, progress=progress)
        for done in each_done(workers, task, names, prepared):
            yield _put(done, settings)


def _given(compound: Compound, directory: Path, asked: _Asked) -> Given:
    """All that a profile is drawn from, fetched as far as it is not held."""
    before = read_sources(directory)
    drawn_from = {key: r.article for key, r in before.items() if r.article}
    renew(drawn_from, asked.library, asked.pubmed, asked.today, asked.progress)
    collection = collect(
        compound,
        asked.library,
        today=asked.today,
        bundled=synopses.bundled(compound.slug),
        pubmed=asked.pubmed,
        drug_labels=asked.drug_labels,
        progress=asked.progress,
    )
    return Given(compound, collection, read_profile(directory), before, read_decisions(directory))


def _put(done: Done[Drawn], settings: Settings) -> Done[Drafted]:
    """What was drawn, written."""
    directory = settings.profiles / done.key
    try:
        made = done.value()
        told = settings.library.parent / f"{done.key}-model.md" if made.fates else None
        changed = write(in_place(directory, made.files))
        if told is not None:
            write({told: fates_told(made.profile.name, made.fates)})
    except Exception as error:
        return Done(done.key, fault=error)
    return Done(done.key, Drafted(made.profile, made.report, directory, changed, made.lapsed, made.fates, told))


def _with_nearest(error: NothingFound, name: str, settings: Settings) -> NothingFound:
    """The fault with the known compound whose name is most like a mistyped one, if there is one."""
    known = {*synopses.names(), *(path.parent.name for path in settings.profiles.glob("*/compound.yaml"))}
    found = process.extractOne(name.strip().lower(), sorted(known), score_cutoff=80)
    return NothingFound(error.message, f"did you mean {found[0]}? If not: {error.hint}") if found else error
