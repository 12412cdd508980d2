"""A profile drawn from all that is known of its compound, with what people wrote and decided: values in, values out.

Nothing here reads a file or writes one, so that it can be done anywhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from pipeline import checks
from pipeline.decisions import FILE, approved, dump_decisions
from pipeline.drafting.dossier import Dossier, dossier
from pipeline.drafting.extractive import references as sources_of
from pipeline.drafting.gate import review_of
from pipeline.drafting.model import draft as by_model
from pipeline.drafting.model import without_errors
from pipeline.llm import Model
from pipeline.merging import carried, merge
from pipeline.models.calls import Fate
from pipeline.models.compound import Compound
from pipeline.models.findings import Report
from pipeline.models.profile import Profile, Reference
from pipeline.models.review import Decision
from pipeline.models.sources import Collection
from pipeline.profiles import HEADER, Sources, dump, reference_of
from pipeline.render.evidence_map import evidence_map
from pipeline.render.markdown import MAP_FILE, markdown
from pipeline.render.starter import starter
from pipeline.sources.collect import Progress, quiet

BY_HAND = ("compound.yaml", FILE)  # begun once, and then written by people only


class Given(NamedTuple):
    """All that a profile is drawn from: the records of a compound, the profile as it was, and what people decided.

    `before` are the references of `old`.
    """

    compound: Compound
    collection: Collection
    old: Profile | None
    before: dict[str, Reference]
    decisions: tuple[Decision, ...]


class Drawn(NamedTuple):
    """A profile drawn from a dossier and not written yet: what it is, what the checks say of it, its files by name."""

    profile: Profile
    references: dict[str, Reference]
    report: Report
    lapsed: tuple[str, ...]
    fates: tuple[Fate, ...]
    files: dict[str, str]


def draw(given: Given, *, model: Model | None = None, anew: bool = False, progress: Progress = quiet) -> Drawn:
    """The profile of a compound; see `drawn`."""
    progress("reading studies", 0, 1)
    known = dossier(given.compound, given.collection)
    return drawn(known, given.old, given.before, given.decisions, model=model, anew=anew, progress=progress)


def drawn(
    known: Dossier,
    old: Profile | None,
    before: Mapping[str, Reference],
    decisions: Sequence[Decision],
    *,
    model: Model | None = None,
    anew: bool = False,
    progress: Progress,
) -> Drawn:
    """The profile of a compound from all that is `known`, with what people wrote in `old` and decided on it.

    `before` are the references of `old`.
    """
    texts = {key: sentence.text for key, sentence in known.sentences.items()}
    current = carried({source.key: reference_of(source) for source in known.sources}, before)
    kept = approved(old, current, decisions) if old else frozenset[str]()
    drafted = by_model(known, None if anew else old, model, progress)
    while True:
        profile, lapsed = merge(drafted.profile, old, texts, kept)
        references = {r.key: r for r in sources_of(known, profile)}
        waiting = {r.source: before[r.source] for r in profile.waiting if r.source in before}
        references = carried({**references, **waiting}, before)
        report = checks.check(review_of(known, profile, references))
        mended = without_errors(drafted, report)
        if mended is drafted:
            break
        drafted = mended
    return Drawn(profile, references, report, lapsed, drafted.fates, files_of(profile, references, known.compound))


def files_of(profile: Profile, references: Mapping[str, Reference], compound: Compound) -> dict[str, str]:
    """The contents of a profile's files by name, `sources.yaml` last, against which the next night compares."""
    drawing = evidence_map(f"Evidence map: {profile.name}", profile.points)
    files = {"compound.yaml": starter(compound), FILE: dump_decisions(()), "profile.yaml": dump(profile, HEADER)}
    files["profile.md"] = markdown(profile, references, has_map=drawing is not None)
    if drawing is not None:
        files[MAP_FILE] = drawing
    files["sources.yaml"] = dump(Sources(sources=tuple(references.values())))
    return files


def in_place(directory: Path, files: Mapping[str, str]) -> dict[Path, str]:
    """Files as they are written to a directory: what people write there is left out where it exists already."""
    there = {name for name in BY_HAND if (directory / name).exists()}
    return {directory / name: text for name, text in files.items() if name not in there}
