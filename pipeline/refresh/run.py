"""A night for all profiles: ask once for all of them, then each by itself, then the report.

Whatever the moment at which a run ends early, the next one does the rest: the profiles' own `sources.yaml` says what
was known, it is written last, and what is to be reported is kept before any file is changed.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

from pipeline.authoring import only_run
from pipeline.compounds import resolve
from pipeline.config import Settings
from pipeline.errors import ConfigError, PipelineError, ProfileError
from pipeline.identifiers import is_document
from pipeline.models.findings import Severity
from pipeline.models.nights import Change, Failed, Item, Kind, Night, Proposal, Unreachable
from pipeline.profiles import reference_of, short_digest, write
from pipeline.refresh.changes import mark
from pipeline.refresh.gathering import ABSENT_NIGHTS, Gathered, by_asking, by_files
from pipeline.refresh.index import index
from pipeline.refresh.memory import Memory, Row, Watched
from pipeline.refresh.profile import night_of
from pipeline.refresh.reading import Asking
from pipeline.refresh.touching import by_profile, item, title_of
from pipeline.render.nights import as_json, markdown, proposal_body
from pipeline.sources.collect import Progress
from pipeline.sources.entrez import PubMed
from pipeline.sources.library import Library
from pipeline.sources.openfda import DrugLabels
from pipeline.sources.pubmed import drug_labels_of, pubmed_of

REPORT, REPORT_JSON = "refresh-report.md", "refresh-report.json"


class _Sought(NamedTuple):
    """What was brought in tonight, and for each profile that was not answered for, what was not asked and why."""

    gathered: Gathered
    read: int
    requests: int
    unanswered: tuple[tuple[str, str, str], ...]
    notes: tuple[str, ...]


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
    chosen = {resolve(name, settings)[0].slug for name in names} or None
    with only_run(settings, "refresh"), Memory(settings.nights) as memory, Library(settings.library) as library:
        progress("looking for changed profiles", 0, 0)
        watched, failed = index(settings, memory, chosen)
        for slug in sorted((chosen or set()) - watched.keys() - {each.profile for each in failed}):
            raise ProfileError(f"there is no profile of '{slug}'", f"draft it: monograph draft {slug}")
        if not watched and not failed:
            raise ProfileError("there is no profile to refresh", "draft one: monograph draft NAME")
        if pubmed is None or updates:
            sought = _from_files(updates, watched, memory, library, today, progress)
        else:
            labels = drug_labels_of(settings)
            sought = _from_pubmed(pubmed, labels, watched, memory, library, today, progress, keep=not dry_run)
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


def _from_pubmed(
    pubmed: PubMed,
    drug_labels: DrugLabels | None,
    watched: dict[str, Watched],
    memory: Memory,
    library: Library,
    today: date,
    progress: Progress,
    *,
    keep: bool,
) -> _Sought:
    asking = Asking(pubmed, today, progress)
    gathered, unasked = by_asking(asking, watched, memory, library, keep=keep)
    unanswered = [(slug, "what is new", why) for slug, why in unasked.items()]
    relied = [(slug, key) for slug, key in memory.relied() if slug in watched]
    unread: dict[str, list[str]] = {}
    for slug, key in relied:
        if key in asking.unread:
            unread.setdefault(slug, []).append(key)
    for slug, keys in unread.items():
        what = f"{len(keys)} cited record{'s'[: len(keys) != 1]}"
        unanswered.append((slug, what, asking.unread[keys[0]]))
    requests = pubmed.requests
    if drug_labels is not None:
        by_key = {key: slug for slug, key in relied if is_document(key)}
        why = _labels(drug_labels, sorted(by_key), gathered, library, memory, today, keep=keep)
        unanswered += [(slug, "its drug labels", why) for slug in sorted(set(by_key.values())) if why]
        requests += drug_labels.requests
    synopses = memory.synopses(watched.keys())
    notes = [
        f"{slug}: {count} records are synopses; `monograph draft {slug}` reads the real abstracts"
        for slug, count in synopses.items()
    ]
    bare = memory.without_pmid(watched.keys())
    notes += [f"{slug}: {count} records have no PMID and cannot be read again" for slug, count in bare.items()]
    return _Sought(gathered, asking.read, requests, tuple(unanswered), tuple(notes))


def _labels(
    drug_labels: DrugLabels,
    keys: Sequence[str],
    gathered: Gathered,
    library: Library,
    memory: Memory,
    today: date,
    *,
    keep: bool,
) -> str | None:
    """Read the cited labels as they are now; in words why that failed, else None."""
    if not keys:
        return None
    set_ids = {key.removeprefix("label-"): key for key in keys}
    try:
        found = drug_labels.read(list(set_ids))
    except PipelineError as error:
        return error.message
    gathered.labels = {set_ids[set_id]: label for set_id, label in found.items()}
    absent = set(keys) - gathered.labels.keys()
    counts = memory.missed(absent, gathered.labels.keys(), today) if keep else dict.fromkeys(absent, 1)
    gathered.missing |= counts
    nights = f"not sent by openFDA on {ABSENT_NIGHTS} nights in a row"
    gathered.gone |= {key: nights for key, count in counts.items() if count >= ABSENT_NIGHTS}
    return None


def _from_files(
    updates: Sequence[Path],
    watched: dict[str, Watched],
    memory: Memory,
    library: Library,
    today: date,
    progress: Progress,
) -> _Sought:
    gathered, read, notes = by_files(updates, watched.keys(), memory, library, today, progress)
    said = (*notes, "update files tell of known records only: what is new was not asked")
    return _Sought(gathered, read, 0, (), said)


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


def _note(sought: _Sought, watched: Collection[str], memory: Memory, today: date, *, asked: bool) -> None:
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
