"""A night for all profiles: ask once for all of them, then each by itself, then the report.

Whatever the moment at which a run ends early, the next one does the rest: the profiles' own `sources.yaml` says what
was known, and what is to be reported and to be written is kept before any file is changed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.config import Settings
from pipeline.errors import ConfigError, ProfileError, words_of
from pipeline.locks import only_run
from pipeline.models.findings import Severity
from pipeline.models.nights import Change, Failed, Item, Kind, Night, Proposal, Unreachable
from pipeline.profiles import reference_of, short_digest, write
from pipeline.refresh.files import by_files
from pipeline.refresh.gathering import ABSENT_NIGHTS, NEWS, Gathered, Tonight
from pipeline.refresh.index import index
from pipeline.refresh.marks import mark
from pipeline.refresh.memory import Memory, Row
from pipeline.refresh.plan import Plan, carry_out, finish, planned
from pipeline.refresh.touching import by_profile, item, title_of
from pipeline.render.nights import as_json, markdown, proposal_body
from pipeline.sources.collect import Progress
from pipeline.sources.library import Library
from pipeline.sources.pubmed import drug_labels_of, pubmed_of
from pipeline.workers import HERE, Done, Workers, each_done

if TYPE_CHECKING:
    from pipeline.refresh.profile import Matter, Outcome
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
    workers: Workers = HERE,
) -> Night:
    """Refresh the named profiles, or all: over PubMed, or from update files of NLM where some are given.

    One process asks, reads and writes; the `workers` draw the profiles again to which something happened.

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
    with (
        only_run(settings.library.parent, "refresh"),
        Memory(settings.nights) as memory,
        Library(settings.library) as library,
    ):
        if not dry_run:
            finish(settings, library)
        progress("looking for changed profiles", 0, 0)
        watched, failed = index(settings, memory, chosen)
        for slug in sorted((chosen or set()) - watched.keys() - {each.profile for each in failed}):
            raise ProfileError(f"there is no profile of '{slug}'", f"draft it: monograph draft {slug}")
        if not watched and not failed:
            raise ProfileError("there is no profile to refresh", "draft one: monograph draft NAME")
        tonight = Tonight(settings, memory, library, watched, today, progress, keep=not dry_run)
        if pubmed is None or updates:
            sought = by_files(tonight, updates)
        else:
            from pipeline.refresh.pubmed import by_asking  # loads Bio, which update files need not wait for

            sought = by_asking(tonight, pubmed, drug_labels_of(settings))
        items, more = _drawn_again(tonight, sought.gathered, pubmed, workers)
        failed = (*failed, *more)
        night = Night(
            date=today,
            profiles=len(watched) + len({each.profile for each in failed} - watched.keys()),
            read=sought.read,
            requests=sought.requests,
            asked="update files" if updates else "PubMed",
            items=items,
            unreachable=tuple(_unreachable(tonight, sought.unanswered)),
            failed=failed,
            proposals=tuple(_proposals(items, settings)),
            notes=sought.notes,
        )
        if tonight.keep:
            _note(tonight, night)
            _report(night, settings)
            memory.note("reported", ["*"], today)
    return night


def _slugs(names: Sequence[str], settings: Settings) -> set[str]:
    from pipeline.compounds import resolve

    return {resolve(name, settings)[0].slug for name in names}


def _unreachable(tonight: Tonight, unanswered: Sequence[tuple[str, str, str]]) -> list[Unreachable]:
    """What was not answered, with the age of the last good answer; an error from the set age on."""
    last = tonight.memory.last("read", before=tonight.today)
    found = []
    for slug, what, why in unanswered:
        since = last.get(slug, tonight.watched[slug].drafted)
        days = (tonight.today - since).days
        severity = Severity.ERROR if days >= tonight.settings.stale_days else Severity.WARNING
        found.append(Unreachable(what=what, profile=slug, why=why, last=since, days=days, severity=severity))
    return found


def _drawn_again(
    tonight: Tonight, gathered: Gathered, pubmed: PubMed | None, workers: Workers
) -> tuple[tuple[Item, ...], tuple[Failed, ...]]:
    """Each profile that something happened to, by itself: a fault of one does not stop the others."""
    memory, told, failed = tonight.memory, list[Item](), list[Failed]()
    concerned = sorted(_concerned(gathered, memory) & tonight.watched.keys())
    for done in _outcomes(tonight, gathered, concerned, pubmed, workers) if concerned else ():
        try:
            told += _kept(tonight, done.key, done.value())
        except Exception as error:  # a bug that one profile brings to light is not to stop thousands of others
            message, hint = words_of(error, done.key)
            failed.append(Failed(profile=done.key, message=message, hint=hint))
    if tonight.keep:
        told = [
            Item.model_validate_json(text).model_copy(update={"seen": first})
            for _, text, first in memory.told(_unreported(memory, tonight.today), tonight.today)
        ]
    nights = {key: count for key, count in gathered.missing.items() if count < ABSENT_NIGHTS}
    told += [_missing(row, nights[row.key], tonight.today) for row in memory.citing(list(nights)) if row.relied]
    return _in_order([each for each in told if each.profile in tonight.watched]), tuple(failed)


def _in_order(items: Sequence[Item]) -> tuple[Item, ...]:
    """The items by profile, the sources with the gravest change first, what challenges before what only waits."""
    ranks = {kind: rank for rank, kind in enumerate(Kind)}
    gravest: dict[tuple[str, str], tuple[int, bool, bool]] = {}
    for each in items:
        place = (ranks[each.change.kind], not each.claims, not each.change.harm)
        at = (each.profile, each.source)
        gravest[at] = min(place, gravest.get(at, place))
    return tuple(
        sorted(items, key=lambda i: (i.profile, *gravest[i.profile, i.source], i.source, ranks[i.change.kind]))
    )


def _outcomes(
    tonight: Tonight, gathered: Gathered, concerned: Sequence[str], pubmed: PubMed | None, workers: Workers
) -> Iterator[Done[Outcome]]:
    """What the night is to each profile of `concerned`, which is locked until the next is asked for."""
    from pipeline.refresh.profile import matter_of, night_of  # loads all of drafting, which most nights do without

    def fetch(keys: Sequence[str]) -> None:
        if pubmed is not None:
            for batch in pubmed.fetch([key for key in keys if key.isdecimal()]):
                tonight.library.add(batch.records, fetched_at=tonight.today)

    def prepared(slug: str, held: ExitStack) -> tuple[str, Matter] | None:
        held.enter_context(only_run(tonight.settings.library.parent, slug))
        matter = matter_of(slug, gathered, tonight, fetch)
        return None if matter is None else (slug, matter)

    for number, done in enumerate(each_done(workers, night_of, concerned, prepared)):
        tonight.progress("drawing profiles again", number, len(concerned))
        yield done


def _kept(tonight: Tonight, slug: str, outcome: Outcome) -> tuple[Item, ...]:
    """What is to be told of a profile, kept before its files are written."""
    if tonight.keep:
        from pipeline.drawing import in_place

        new = [each.source for each in outcome.items if each.change.kind is Kind.NEW]
        tonight.memory.find(slug, new)
        lines = {short_digest(f"{i.source} {i.change.model_dump_json()}"): i for i in outcome.items}
        tonight.memory.tell(slug, [(key, each.model_dump_json()) for key, each in lines.items()], tonight.today)
        files = planned(in_place(tonight.settings.profiles / slug, outcome.files), tonight.settings.root)
        plan = Plan(slug=slug, day=tonight.today, files=files, labels=outcome.labels, names=outcome.names)
        carry_out(plan, tonight.settings, tonight.library)
    return outcome.items


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
    labels = {key: mark(reference_of(label)) for key, label in gathered.labels.items()}  # none of them is withdrawn
    return found | {row.slug for row in memory.citing(list(labels)) if row.mark != labels[row.key]}


def _missing(row: Row, nights: int, today: date) -> Item:
    words = f"not in the answer ({nights} of {ABSENT_NIGHTS} nights after which it counts as deleted)"
    return item(row.slug, row.key, Change(kind=Kind.MISSING, words=words), today)


def _note(tonight: Tonight, night: Night) -> None:
    """Note which profiles were asked for, and which wholly answered, and dealt with."""
    if night.asked == "PubMed":
        failed = {each.profile for each in night.failed}
        unasked = failed | {each.profile for each in night.unreachable if each.what == NEWS}
        unread = failed | {each.profile for each in night.unreachable}
        tonight.memory.note("asked", tonight.watched.keys() - unasked, tonight.today)
        tonight.memory.note("read", tonight.watched.keys() - unread, tonight.today)


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
