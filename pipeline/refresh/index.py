"""Which profile cites which record: the profiles' files, read once and again only when they change."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection, Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from pipeline.config import Settings
from pipeline.errors import PipelineError, ProfileError
from pipeline.identifiers import is_document
from pipeline.identifiers import slug as slug_of
from pipeline.models.nights import Failed
from pipeline.models.profile import Profile, Reference, cited_sources
from pipeline.models.sources import NoticeKind
from pipeline.profiles import read_compound, read_profile, read_sources
from pipeline.refresh.marks import mark, standing
from pipeline.refresh.memory import Memory, Row, Watched
from pipeline.sources.collect import query_of

FILES = ("compound.yaml", "profile.yaml", "sources.yaml")


class Indexed(NamedTuple):
    """The profiles that can be refreshed, by slug, and those whose files cannot be read."""

    watched: dict[str, Watched]
    failed: tuple[Failed, ...]


def index(settings: Settings, memory: Memory, chosen: Collection[str] | None = None) -> Indexed:
    """Bring the index up to the profiles' files, and give the profiles in it: all, or the `chosen` ones.

    A profile whose files cannot be read stays out of this night, with the reason.
    """
    known = memory.watched()
    stamps = dict(sorted(_stamps(settings.profiles)))
    gone = known.keys() - stamps.keys()
    if gone:
        memory.forget(gone)
    watched, failed, restamped = dict[str, Watched](), list[Failed](), list[tuple[str, str]]()
    for slug, stamp in stamps.items():
        if chosen is not None and slug not in chosen:
            continue
        before = known.get(slug)
        if before is not None and before.stamp == stamp:
            watched[slug] = before
            continue
        place = settings.profiles / slug
        try:
            content = _content(place)
            if before is not None and before.content == content:
                restamped.append((slug, stamp))
                watched[slug] = before
                continue
            watched[slug], rows = _read(place, stamp, content)
            memory.index(watched[slug], rows)
        except PipelineError as error:
            failed.append(Failed(profile=slug, message=error.message, hint=error.hint))
        except OSError as error:
            message = f"{error.filename or slug} cannot be read: {error.strerror or error}"
            hint = f"make it readable, or draft it again: monograph draft {slug}"
            failed.append(Failed(profile=slug, message=message, hint=hint))
    if restamped:
        memory.restamp(restamped)
    return Indexed(watched, tuple(failed))


def relied_on(profile: Profile) -> frozenset[str]:
    """The sources that something in a profile stands on: claims, dose rows, grades, the map, and what waits."""
    grades = [section.grade for section in profile.sections if section.grade]
    reasons = [reason for grade in grades for reason in (*grade.reasons, *grade.caps)]
    return frozenset(
        [
            *cited_sources(profile.quotations),
            *(source for reason in reasons for source in reason.sources),
            *(point.source for point in profile.points),
            *(record.source for record in profile.waiting),
        ]
    )


def rows_of(slug: str, profile: Profile, references: dict[str, Reference]) -> Iterator[Row]:
    """The rows of the index for a profile; documents without a set id, which nobody can ask for again, have none."""
    relied = relied_on(profile)
    for key, reference in references.items():
        if is_document(key) and (reference.label is None or reference.label.set_id is None):
            continue
        synopsis = reference.article is not None and reference.article.text_origin == "synopsis"
        rests = ",".join(reference.rests_on)
        article = reference.article
        gone = reference.withdrawn or (article is not None and article.affected_by(NoticeKind.DELETED))
        watched = key in relied or (article is not None and article.affected_by(NoticeKind.RETRACTION))
        yield Row(slug, key, watched, gone, synopsis, mark(reference), standing(reference), rests)


def _stamps(directory: Path) -> Iterator[tuple[str, str]]:
    """The profiles of a directory, each with the times and sizes of its files; a file that is missing has none."""
    if not directory.is_dir():
        return
    with os.scandir(directory) as entries:  # four times as fast as Path, which counts for thousands of profiles
        for entry in entries:
            stamps = []
            for name in FILES:
                with suppress(OSError):
                    stat = os.stat(f"{entry.path}/{name}")  # noqa: PTH116
                    stamps.append(f"{name}-{stat.st_mtime_ns}-{stat.st_size}")
            if slug_of(entry.name) == entry.name and any(stamp.startswith("profile.yaml") for stamp in stamps):
                yield entry.name, " ".join(stamps)


def _content(place: Path) -> str:
    return " ".join(hashlib.sha256((place / name).read_bytes()).hexdigest()[:16] for name in FILES)


def _read(place: Path, stamp: str, content: str) -> tuple[Watched, list[Row]]:
    compound, profile, references = read_compound(place), read_profile(place), read_sources(place)
    if profile is None:
        raise ProfileError(f"there is no profile in {place}", "draft it: monograph draft NAME")
    cited = set(cited_sources(profile.quotations)) - references.keys()
    if cited:
        raise ProfileError(
            f"{place / 'sources.yaml'} lacks {len(cited)} cited sources, such as {min(cited)}",
            f"draft the profile again: monograph draft {place.name}",
        )
    watched = Watched(place.name, stamp, content, query_of(compound), compound.retrieve, profile.provenance.date)
    return watched, list(rows_of(place.name, profile, references))
