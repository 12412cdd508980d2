"""What stands beside the pages: the index with its search, the feed of changes, the map of the site."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple
from uuid import NAMESPACE_URL, uuid5

from pipeline.models.profile import FOOTER
from pipeline.render.html.notices import Fate
from pipeline.render.html.page import Sight
from pipeline.render.html.text import anchor, badge, environment
from pipeline.render.words import visible

MOST_CHANGES = 200  # entries of the feed
MOST_TOLD = 100  # profiles of which the index tells more than name and tagline
_NEVER = date(1970, 1, 1)  # what a feed without an entry was last changed on


class Topic(NamedTuple):
    """A condition of a profile, with its grade in words."""

    title: str
    anchor: str
    words: str
    level: str


class Listing(NamedTuple):
    """A profile as the site lists it; `draft` says why it is none to publish.

    `updated` is the day of the last approval of what it shows. `grave` counts the cited papers that are in doubt.
    """

    slug: str
    name: str
    aliases: tuple[str, ...]
    tagline: str | None
    topics: tuple[Topic, ...]
    claims: int
    references: int
    updated: date | None
    draft: str | None
    fates: tuple[Fate, ...]

    @property
    def grave(self) -> int:
        """How many cited papers are retracted or in doubt."""
        return len({fate.key for fate in self.fates if fate.grave})

    @property
    def tally(self) -> list[tuple[str, int]]:
        """The conditions by the level of their evidence, the best first."""
        counts = Counter(topic.level for topic in self.topics)
        words = {"Gold": "Gold", "Silver": "Silver", "Bronze": "Bronze", "None found": "without a study of the effect"}
        return [(word, counts[level]) for level, word in words.items() if counts[level]]


def listing(slug: str, sight: Sight) -> Listing:
    """What the site lists of a page."""
    profile = sight.profile
    graded = [(section, badge(section.grade)) for section in profile.sections if section.grade]
    reviewed = sight.reviewed
    return Listing(
        slug=slug,
        name=profile.name,
        aliases=profile.aliases,
        tagline=profile.tagline,
        topics=tuple(Topic(each.title, anchor(each.id), found.words, found.level) for each, found in graded),
        claims=len(sight.shown),
        references=len(sight.listed.entries),
        updated=reviewed.day if reviewed else None,
        draft=sight.draft,
        fates=sight.fates,
    )


def index(entries: Sequence[Listing], address: str | None) -> str:
    """The first page: every profile by name, as a plain list that a script searches; a long one says less of each."""
    drafts = sum(entry.draft is not None for entry in entries)
    template = environment().get_template("index.html.j2")
    return template.render(
        entries=entries, brief=len(entries) > MOST_TOLD, drafts=drafts, address=address, footer=FOOTER
    )


def search(entries: Sequence[Listing]) -> str:
    """What the search of the index looks through, as JSON: names, other names and conditions of each profile."""
    rows = [
        {
            "slug": entry.slug,
            "names": [visible(name) for name in (entry.name, *entry.aliases)],
            "topics": [[visible(topic.title), topic.anchor, visible(topic.words)] for topic in entry.topics],
        }
        for entry in entries
    ]
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":")) + "\n"


class Change(NamedTuple):
    """An entry of the feed."""

    title: str
    id: str
    day: date
    path: str
    summary: str

    @property
    def updated(self) -> str:
        """The day as Atom wants it."""
        return f"{self.day.isoformat()}T00:00:00Z"


def feed(entries: Sequence[Listing], root: str) -> str:
    """The feed of changes as Atom, from the published profiles; `root` is the address of the site, empty if unknown."""
    changes = [change for entry in entries if entry.draft is None for change in _changes(entry)]
    changes.sort(key=lambda change: (change.day, change.id), reverse=True)
    latest = max((change.day for change in changes), default=_NEVER)
    return (
        environment()
        .get_template("feed.xml.j2")
        .render(entries=changes[:MOST_CHANGES], id=_id("feed"), updated=f"{latest.isoformat()}T00:00:00Z", root=root)
    )


def _changes(entry: Listing) -> list[Change]:
    """The last approval of a profile, and what became of each paper that it cites, on the day on which it did.

    A notice without a day is dated by the approval of what cites the paper, since that is made on the paper with it.
    """
    if entry.updated is None:
        return []
    topics = "; ".join(f"{topic.title}: {topic.words}" for topic in entry.topics)
    counts = f"{entry.claims} statements, {entry.references} references"
    told = Change(
        title=f"{entry.name}: approved",
        id=_id(f"{entry.slug} approved {entry.updated}"),
        day=entry.updated,
        path=f"{entry.slug}/index.html",
        summary=f"{counts}. {topics}." if topics else f"{counts}.",
    )
    return [told, *(_noticed(entry, fate, entry.updated) for fate in entry.fates)]


def _noticed(entry: Listing, fate: Fate, day: date) -> Change:
    by = f" ({fate.by})" if fate.by else ""
    return Change(
        title=f"{entry.name}: {fate.short} {fate.words}",
        id=_id(f"{entry.slug} {fate.key} {fate.words} {fate.by or ''} {fate.when or ''}"),
        day=fate.day or day,
        path=f"{entry.slug}/index.html#{fate.anchor}",
        summary=f"{fate.short}, cited in the profile of {entry.name}, {fate.words}{by}.",
    )


def _id(what: str) -> str:
    """An id that is the same wherever the site lies."""
    return f"urn:uuid:{uuid5(NAMESPACE_URL, f'monograph {what}')}"


def sitemap(entries: Sequence[Listing], root: str) -> str:
    """The map of the site for search engines."""
    published = [entry for entry in entries if entry.draft is None]
    return environment().get_template("sitemap.xml.j2").render(entries=published, root=root)


def robots(root: str) -> str:
    """`robots.txt`: all may be read; drafts say themselves that they are not to be indexed."""
    return "User-agent: *\nDisallow:\n" + (f"Sitemap: {root}sitemap.xml\n" if root else "")
