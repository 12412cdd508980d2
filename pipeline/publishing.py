"""The published site: which profiles are on it, their pages made by several processes, the files put in place.

A profile is published where a person approved every statement of it that is to be shown, on the real abstracts. What
was rejected is left out. Nothing is put in place before all of it is made, and nothing is removed that no build wrote.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from pipeline.config import Settings
from pipeline.decisions import read_decisions, standings
from pipeline.errors import ConfigError, ProfileError
from pipeline.identifiers import slug as slug_of
from pipeline.locks import only_run
from pipeline.placing import ours, put_in_place, stage, staging
from pipeline.profiles import read_compound, read_profile, read_sources
from pipeline.readiness import Stood
from pipeline.render.html.page import DATA_FILE, PAGE_FILE, STUDIES_FILE, Sight, page, studies
from pipeline.render.html.site import Listing, feed, index, listing, robots, search, sitemap
from pipeline.render.html.structured import structured
from pipeline.render.html.text import STATIC, static
from pipeline.workers.local import Local

if TYPE_CHECKING:  # what it brings along is not needed in a process that makes pages
    from pipeline.sources.collect import Progress

_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]*[a-z0-9])?")
_STEP = re.compile(r"(?!\.\.?$)(?:[\w.~-]|%[0-9A-Fa-f]{2})*(?<!\.html)")


class Held(NamedTuple):
    """A profile that is not published, why, and whether its author says that it has to be."""

    slug: str
    why: str
    demanded: bool


class Built(NamedTuple):
    """What a build came to: what is on the site (with drafts where they were asked for), what is not published and why,
    and how many files were written and removed."""

    out: Path
    listed: tuple[Listing, ...]
    held: tuple[Held, ...]
    written: int
    removed: int


class Task(NamedTuple):
    """What one process needs to make the page of a profile."""

    directory: Path
    out: Path
    drafts: bool
    root: str
    checked: date | None


class Made(NamedTuple):
    """What came of it: the listing where there is a page, and why it is not published where it is not."""

    listing: Listing | None = None
    held: Held | None = None
    files: tuple[str, ...] = ()


def build(
    settings: Settings,
    out: Path,
    *,
    drafts: bool,
    base_url: str | None,
    jobs: int | None,
    refreshed: Mapping[str, date],
    progress: Progress,
) -> Built:
    """Build the site in `out`. `refreshed` are the days on which the sources of a profile were last read again.

    Raises ConfigError for an address or a directory that cannot be used, ProfileError for a file that cannot be read;
    the site is then as it was.
    """
    root = _root(base_url)
    with only_run(settings.library.parent, "the site"):
        before = ours(out)
        with staging(out):
            found = sorted(path.parent for path in settings.profiles.glob("*/compound.yaml"))
            tasks = [Task(place, out, drafts, root, refreshed.get(place.name)) for place in found]
            made = []
            for done in Local(jobs).run(_make, ((task.directory.name, task) for task in tasks)):
                made.append(done.value())
                progress("profiles", len(made), len(tasks))
            listed = sorted((each.listing for each in made if each.listing), key=lambda e: (e.name.casefold(), e.slug))
            files = _beside(listed, root)
            for name, text in files.items():
                stage(out, name, text)
            now = {*files, *(name for each in made for name in each.files)}
            written, removed = put_in_place(out, before, now)
    held = tuple(sorted(each.held for each in made if each.held))
    return Built(out, tuple(listed), held, written, removed)


def _root(base_url: str | None) -> str:
    """The address of the site with a slash at its end, empty where it is not known."""
    if base_url is None:
        return ""
    try:
        parts = urlsplit(base_url)
        good = parts.scheme in ("http", "https") and _HOST.fullmatch(parts.hostname or "") is not None
        good = good and not (parts.query or parts.fragment or "@" in parts.netloc) and (parts.port or 1) > 0
        good = good and all(_STEP.fullmatch(step) for step in parts.path.strip("/").split("/"))
    except ValueError:
        good = False
    if not good or not base_url.isascii() or not base_url.isprintable() or any(c in base_url for c in " \"'<>\\"):
        raise ConfigError(f"'{base_url}' is no address of a site", "give one such as --base-url https://example.org/")
    return base_url.rstrip("/") + "/"


# --- one profile ------------------------------------------------------------------------------------------------------


def _make(task: Task) -> Made:
    """The page of a profile, put on the stage where it is another than the one in place."""
    slug = task.directory.name
    if slug_of(slug) != slug:
        raise ProfileError(f"{task.directory} has no name of a profile", f"call it {slug_of(slug) or 'otherwise'}")
    compound = read_compound(task.directory)
    profile = read_profile(task.directory)
    if profile is None:
        return Made(held=Held(slug, "it is not drafted yet", compound.publish is True))
    references = read_sources(task.directory)
    found = standings(profile, references, read_decisions(task.directory), compound.reviewers)
    why = Stood(compound, profile, references, found).why_not
    held = Held(slug, why, compound.publish is True) if why else None
    if why and not task.drafts:
        return Made(held=held)
    address = f"{task.root}{slug}/" if task.root else None
    sight = Sight(profile, references, found, why, task.checked, address)
    data, short = structured(sight)
    files = {PAGE_FILE: page(sight, short), STUDIES_FILE: studies(profile), DATA_FILE: data}
    for name, text in files.items():
        stage(task.out, f"{slug}/{name}", text)
    return Made(listing(slug, sight), held, tuple(f"{slug}/{name}" for name in files))


# --- the files --------------------------------------------------------------------------------------------------------


def _beside(listed: Sequence[Listing], root: str) -> dict[str, str]:
    """The files of the site that are of no single profile."""
    made = {name: static(name) for name in STATIC}
    made |= {"index.html": index(listed, root or None), "search.json": search(listed), "feed.xml": feed(listed, root)}
    made["robots.txt"] = robots(root)
    return made | ({"sitemap.xml": sitemap(listed, root)} if root else {})
