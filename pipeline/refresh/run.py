"""A night for all profiles: ask once for all of them, then each by itself, then the report.

Whatever the moment at which a run ends early, the next one does the rest: the profiles' own `sources.yaml` says what
was known, it is written last, and what is to be reported is kept before any file is changed.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.config import Settings
from pipeline.errors import ConfigError, PipelineError, ProfileError
from pipeline.locks import only_run
from pipeline.models.findings import Severity
from pipeline.models.nights import Change, Failed, Item, Kind, Night, Proposal, Unreachable
from pipeline.profiles import reference_of, short_digest, write
from pipeline.refresh.files import by_files
from pipeline.refresh.gathering import ABSENT_NIGHTS, Gathered, Sought
from pipeline.refresh.index import index
from pipeline.refresh.marks import mark
from pipeline.refresh.memory import Memory, Row, Watched
from pipeline.refresh.touching import by_profile, item, title_of
from pipeline.render.nights import as_json, markdown, proposal_body
from pipeline.sources.collect import Progress
from pipeline.sources.library import Library
from pipeline.sources.pubmed import drug_labels_of, pubmed_of

if TYPE_CHECKING:
    from pipeline.sources.entrez import PubMed

REPORT, REPORT_JSON = "refresh-report.md", "refresh-report.json"


def refresh(
    settings: Settings,
    *,
    names: Sequence[str] = (),
    updates: Sequence[Path] = (),
    dry_run: bool = False,
    today: date,
    progress: Progress,
) -> Night:
    """Refresh the named profiles, or all: over PubMed, or from update files of NLM where some are given.

    Writes the profiles that changed and the report; with `dry_run` neither. Raises ConfigError where nothing may be
    asked or there is no profile, FormatError for a damaged update file.
    """
    pubmed = pubmed_of(settings)
    if pubmed is None and not updates:
        raise ConfigError(
            "PubMed cannot be asked: NCBI_EMAIL is not set",
            "set it to your address, or give NLM's update files: monograph refresh --updates FILE...",
        )
    chosen = _slugs(names, settings) if names else None
    with only_run(settings, "refresh"), Memory(settings.nights) as memory, Library(settings.library) as library:
        progress("looking for changed profiles", 0, 0)
        watched, failed = index(settings, memory, chosen)
        for slug in sorted((chosen or set()) - watched.keys() - {each.profile for each in failed}):
            raise ProfileError(f"there is no profile of '{slug}'", f"draft it: monograph draft {slug}")
        if not watched and not failed:
            raise ProfileError("there is no profile to refresh", "draft one: monograph draft NAME")
        if pubmed is None or updates:
            sought = by_files(updates, watched.keys(), memory, library, today, progress)
        else:
            from pipeline.refresh.pubmed import by_asking  # loads Bio, which update files need not wait for

            labels = drug_labels_of(settings)
            sought = by_asking(pubmed, labels, watched, memory, library, today, progress, keep=not dry_run)
        unreachable = tuple(_unreachable(sought.unanswered, watched, memory, today, settings.stale_days))
        items, more = _each(sought.gathered, watched, settings, memory, library, pubmed, today, progress, dry_run)
        if not dry_run:
            _note(sought, watched, memory, today, asked=not updates)
        failed = (*failed, *more)
        night = Night(
            date=today,
            profiles=len(watched) + len({each.profile for each in failed} - watched.keys()),
            read=sought.read,
            requests=sought.requests,
            asked="update files" if updates else "PubMed",
            items=items,
            unreachable=unreachable,
            failed=failed,
            proposals=tuple(_proposals(items, settings)),
            notes=sought.notes,
        )
        if not dry_run:
            _report(night, settings)
            memory.note("reported", ["*"], today)
    return night


def _slugs(names: Sequence[str], settings: Settings) -> set[str]:
    from pipeline.compounds import resolve

    return {resolve(name, settings)[0].slug for name in names}


def _unreachable(
    unanswered: Sequence[tuple[str, str, str]], watched: dict[str, Watched], memory: Memory, today: date, stale: int
) -> list[Unreachable]:
    """What was not answered, with the age of the last good answer; an error from `stale` days on."""
    last = memory.last("read", before=today)
    found = []
    for slug, what, why in unanswered:
        since = last.get(slug, watched[slug].drafted)
        days = (today - since).days
        severity = Severity.ERROR if days >= stale else Severity.WARNING
        found.append(Unreachable(what=what, profile=slug, why=why, last=since, days=days, severity=severity))
    return found


def _each(
    gathered: Gathered,
    watched: dict[str, Watched],
    settings: Settings,
    memory: Memory,
    library: Library,
    pubmed: PubMed | None,
    today: date,
    progress: Progress,
    dry_run: bool,
) -> tuple[tuple[Item, ...], tuple[Failed, ...]]:
    """Each profile that something happened to, by itself: a fault of one does not stop the others."""

    def fetch(keys: Sequence[str]) -> None:
        if pubmed is not None:
            for batch in pubmed.fetch([key for key in keys if key.isdecimal()]):
                library.add(batch.records, fetched_at=today)

    told, failed = list[Item](), list[Failed]()
    concerned = sorted(_concerned(gathered, memory) & watched.keys())
    for number, slug in enumerate(concerned):
        progress("drawing profiles again", number, len(concerned))
        try:
            from pipeline.refresh.profile import night_of  # loads all of drafting, which most nights do without

            with only_run(settings, slug):
                outcome = night_of(slug, gathered, settings, library, today, fetch)
                if dry_run:
                    told += outcome.items
                    continue
                lines = {short_digest(f"{i.source} {i.change.model_dump_json()}"): i for i in outcome.items}
                memory.find(slug, [each.source for each in outcome.items if each.change.kind is Kind.NEW])
                memory.tell(slug, [(key, each.model_dump_json()) for key, each in lines.items()], today)
                write(outcome.files)
                if outcome.labels:
                    library.add_labels(outcome.labels, outcome.names, today)
        except PipelineError as error:
            failed.append(Failed(profile=slug, message=error.message, hint=error.hint))
    missing = [_missing(row.slug, row.key, gathered.missing[row.key], today) for row in _absent(gathered, memory)]
    if not dry_run:
        told = [
            Item.model_validate_json(text).model_copy(update={"seen": first})
            for slug, text, first in memory.told(_unreported(memory, today))
        ]
    found = [each for each in (*told, *missing) if each.profile in watched]
    order = list(Kind)
    return tuple(sorted(found, key=lambda i: (i.profile, order.index(i.change.kind), i.source))), tuple(failed)


def _unreported(memory: Memory, today: date) -> date:
    """The first day of which something may have been told and not reported, since a run ended early."""
    last = memory.last("reported", before=today).get("*")
    return last + timedelta(days=1) if last else date.min


def _concerned(gathered: Gathered, memory: Memory) -> set[str]:
    """The profiles that something happened to."""
    found = {row.slug for rows in gathered.differing.values() for row in rows}
    found |= {slug for slug, keys in gathered.hits.items() if any(key in gathered.fresh for key in keys)}
    rows = memory.citing([*gathered.gone, *gathered.merged])
    found |= {row.slug for row in rows}
    found |= {r.slug for r in memory.citing(list(gathered.rests)) if r.rests != ",".join(gathered.rests[r.key])}
    labels = {key: mark(reference_of(label)) for key, label in gathered.labels.items()}
    return found | {row.slug for row in memory.citing(list(labels)) if row.mark != labels[row.key]}


def _absent(gathered: Gathered, memory: Memory) -> list[Row]:
    keys = [key for key, nights in sorted(gathered.missing.items()) if nights < ABSENT_NIGHTS]
    return [row for row in memory.citing(keys) if row.relied]


def _missing(slug: str, source: str, nights: int, today: date) -> Item:
    words = f"not in the answer ({nights} of {ABSENT_NIGHTS} nights after which it counts as deleted)"
    return item(slug, source, Change(kind=Kind.MISSING, words=words), today)


def _note(sought: Sought, watched: Collection[str], memory: Memory, today: date, *, asked: bool) -> None:
    """Note which profiles were asked for and wholly answered tonight."""
    if not asked:
        return
    unasked = {slug for slug, what, _ in sought.unanswered if what == "what is new"}
    unread = {slug for slug, what, _ in sought.unanswered if what != "what is new"}
    memory.note("asked", set(watched) - unasked, today)
    memory.note("read", set(watched) - unread - unasked, today)


def _proposals(items: Sequence[Item], settings: Settings) -> list[Proposal]:
    """A pull request for each profile whose files change, under a name that stays the same from night to night."""
    found = []
    for slug, told in by_profile(items).items():
        if any(each.change.kind is not Kind.MISSING for each in told):
            files = (f"{(settings.profiles / slug).relative_to(settings.root).as_posix()}",)
            title, body = title_of(told), proposal_body(slug, told)
            found.append(Proposal(profile=slug, branch=f"refresh/{slug}", title=title, body=body, files=files))
    return found


def _report(night: Night, settings: Settings) -> None:
    """Write the report, unless the one of an earlier run of this night says the same."""
    path = settings.root / REPORT_JSON
    counts = ("read", "requests")
    try:
        before = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        before = None
    now = json.loads(as_json(night))
    same = isinstance(before, dict) and {**before, **{key: now[key] for key in counts}} == now
    if not same:
        write({settings.root / REPORT: markdown(night), path: as_json(night)})
