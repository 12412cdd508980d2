"""A profile as it lies on disk, with what is known of its sources and decided by people; and its check."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from pipeline import checks
from pipeline.checks.rule import Review
from pipeline.compounds import each_once, resolve
from pipeline.config import Settings
from pipeline.decisions import Standing, read_decisions, standings
from pipeline.drafting.dossier import Dossier, dossier
from pipeline.drafting.gate import review_of
from pipeline.drafting.readings import with_readings
from pipeline.errors import ProfileError
from pipeline.identifiers import is_document
from pipeline.models.compound import Compound
from pipeline.models.findings import Report
from pipeline.models.profile import Profile, Reference
from pipeline.models.review import Decision
from pipeline.models.sources import Collection
from pipeline.profiles import read_profile, read_sources
from pipeline.sources import synopses
from pipeline.sources.library import Library
from pipeline.workers import HERE, Done, Workers, each_done

_Files = tuple[Profile, dict[str, Reference], tuple[Decision, ...]]


class Lying(NamedTuple):
    """A profile on disk, the decisions of people, and the records that it was drawn from, read and not yet understood.

    `complete` is false where not every record is held.
    """

    compound: Compound
    directory: Path
    profile: Profile
    references: dict[str, Reference]
    decisions: tuple[Decision, ...]
    collection: Collection
    complete: bool


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
    files = _files(compound, directory)
    if before and _basis(before.compound, before.profile, before.references) == _basis(compound, *files[:2]):
        return before._replace(profile=files[0], references=files[1], decisions=files[2])
    with Library(settings.library) as library:
        return _understood(_lying(compound, directory, files, library))


def check(name: str, settings: Settings) -> tuple[Report, Path]:
    """Hold the profile on disk against the rules. Raises ProfileError where there is no profile."""
    (done,) = check_many([name], settings, HERE)
    return done.value()


def check_many(names: Iterable[str], settings: Settings, workers: Workers) -> Iterator[Done[tuple[Report, Path]]]:
    """The same for many profiles, each as soon as it is done. Files and records are read here, the `workers` do the
    rest; what cannot be checked is given with its fault."""
    compound_of = each_once(settings)

    def prepared(name: str, _: object) -> tuple[str, Lying] | None:
        if (meant := compound_of(name)) is None:
            return None
        compound, directory = meant
        return compound.slug, _lying(compound, directory, _files(compound, directory), library)

    with Library(settings.library) as library:
        yield from each_done(workers, _checked, names, prepared)


def _checked(lying: Lying) -> tuple[Report, Path]:
    return checks.check(_understood(lying).review), lying.directory


def _understood(lying: Lying) -> Held:
    known = dossier(lying.compound, lying.collection)
    return Held(
        lying.compound, lying.directory, lying.profile, lying.references, lying.decisions, known, lying.complete
    )


def _files(compound: Compound, directory: Path) -> _Files:
    profile = read_profile(directory)
    if profile is None:
        raise ProfileError(f"there is no profile of '{compound.name}'", f"draft it: monograph draft {compound.slug}")
    return profile, read_sources(directory), read_decisions(directory)


def _lying(compound: Compound, directory: Path, files: _Files, library: Library) -> Lying:
    profile, references, decisions = files
    bundled = synopses.bundled(compound.slug)
    papers = _papers(profile, references)
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
    return Lying(compound, directory, profile, references, decisions, collection, complete)


def _papers(profile: Profile, references: Mapping[str, Reference]) -> frozenset[str]:
    """The keys of the papers that a profile was drawn from, cited or not."""
    cited = {key for key, reference in references.items() if reference.article is not None}
    return frozenset(cited | {uncited.source for uncited in profile.uncited})


def _basis(compound: Compound, profile: Profile, references: Mapping[str, Reference]) -> tuple[object, ...]:
    """All that decides what is known of the sources of a profile."""
    return compound, profile.provenance, _papers(profile, references), references
