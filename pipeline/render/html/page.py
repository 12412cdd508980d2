"""The page of one profile: what of it is shown, in reading order, with the source sentences beside each statement."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple

from markupsafe import Markup

from pipeline.decisions import Standing, State
from pipeline.models.profile import Claim, DoseRow, Profile, Reference, Section, Waiting, cited_sources
from pipeline.models.studies import Reason
from pipeline.profiles import short_digest
from pipeline.render.evidence_map import evidence_map
from pipeline.render.html.notices import Fate, fates
from pipeline.render.html.references import Cite, Link, References, unique
from pipeline.render.html.text import Badge, anchor, badge, environment, short_form
from pipeline.render.words import CHALLENGES, MOST_WAITING, same_study, visible, waiting_words

PAGE_FILE, STUDIES_FILE, DATA_FILE = "index.html", "studies.json", "profile.jsonld"
MOST_WARNINGS = 3  # contraindications at the head of a page
MOST_UNCITED = 20  # records that were not cited for one reason
CONTRAINDICATIONS = "safety/contraindications"
_OWN = "top main glance fates contents grades new-evidence not-cited references method map-title source".split()
_NAMED = re.compile(r"“([^”]+)”|(?<=See the section on )(.+)(?=\.)")


class Reviewed(NamedTuple):
    """By whom what is shown was approved, and when last."""

    names: tuple[str, ...]
    day: date


@dataclass(frozen=True)
class Sight:
    """A profile and where everything in it stands; `draft` says why it is none to publish, None for one that is.

    `checked` is the day on which its sources were last read again, None where no night has read them. `address` is that
    of the page, where the site knows its own.
    """

    profile: Profile
    references: Mapping[str, Reference]
    standings: Sequence[Standing]
    draft: str | None = None
    checked: date | None = None
    address: str | None = None

    @cached_property
    def shown(self) -> tuple[Standing, ...]:
        """What the page says, in reading order: all but what was rejected."""
        return tuple(each for each in self.standings if each.state is not State.REJECTED)

    @cached_property
    def reviewed(self) -> Reviewed | None:
        """Who approved what is shown; None where nobody approved any of it."""
        good = [each for each in self.shown if each.state is State.APPROVED]
        made = [one for each in good for one in each.decided if one.decision == "approve"]
        names = tuple(dict.fromkeys(one.reviewer for one in made))
        return Reviewed(names, max(one.date for one in made)) if made else None

    @cached_property
    def listed(self) -> References:
        """The references of what is shown."""
        return References([each.item.what for each in self.shown], self.references)

    @cached_property
    def fates(self) -> tuple[Fate, ...]:
        """What became of the papers that the page cites."""
        return fates(self.listed.anchors, self.references)


class Said(NamedTuple):
    """A claim as the page says it; `state` is where it stands, where it is not approved."""

    anchor: str
    text: str
    cites: tuple[Cite, ...]
    state: str | None


class Paragraph(NamedTuple):
    """What is said on one study. `lead` names the study where the statement that did so was rejected, else is empty:
    what follows speaks of "the same study"."""

    lead: str
    said: tuple[Said, ...]


class Part(NamedTuple):
    """A section of the page. `left_out` is how many of its statements a reviewer rejected."""

    id: str
    anchor: str
    title: str
    level: int
    badge: Badge | None
    counts: str
    note: Markup
    paragraphs: tuple[Paragraph, ...]
    reasons: tuple[tuple[str, tuple[Link, ...]], ...]
    left_out: int


class Dose(NamedTuple):
    """A row of the table of doses."""

    anchor: str
    row: DoseRow
    source: str
    cites: tuple[Cite, ...]
    state: str | None


STATES = {
    State.OPEN: "not reviewed",
    State.STALE: "changed since it was reviewed",
    State.PROVISIONAL: "approved on a synopsis only",
}


def page(sight: Sight, structured: str | None = None) -> str:
    """The page of a profile as HTML; `structured` is its JSON-LD, as it may stand in a script element."""
    profile, listed = sight.profile, sight.listed
    states = {each.item.id: STATES.get(each.state) for each in sight.shown}
    homes = unique((section.id for section in profile.sections), anchor, _OWN)
    anchors = unique(states, lambda name: f"c-{short_digest(name)[-8:]}")
    parts = tuple(_part(section, sight, listed, states, homes, anchors) for section in profile.sections)
    by_id = {part.id: part for part in parts}
    drawn = evidence_map(f"Evidence map: {profile.name}", profile.points)
    return (
        environment()
        .get_template("profile.html.j2")
        .render(
            sight=sight,
            profile=profile,
            structured=Markup(structured) if structured else None,  # noqa: S704 - escaped by the one who made it
            parts=parts,
            contents=_contents(parts),
            topics=[part for part in parts if part.badge],
            warnings=_warnings(by_id.get(CONTRAINDICATIONS)),
            grave=[fate for fate in sight.fates if fate.grave],
            milder=[fate for fate in sight.fates if not fate.grave],
            doses=[
                Dose(anchors[row.id], row, _short(row.source, sight), listed.cites(row.evidence), states[row.id])
                for row in profile.doses
                if row.id in states
            ],
            map=Markup(drawn) if drawn else None,  # noqa: S704 - drawn here, its text escaped
            points=[(point, listed.link(point.source)) for point in profile.points],
            waiting=[_waiting(each, sight, listed, anchors) for each in profile.waiting[:MOST_WAITING]],
            challenging=sum(bool(each.challenges) for each in profile.waiting),
            uncited=_uncited(profile, listed),
            most_uncited=MOST_UNCITED,
            entries=listed.entries,
        )
    )


def _contents(parts: Sequence[Part]) -> list[tuple[Part, list[Part]]]:
    """The sections, each with those below it."""
    found: list[tuple[Part, list[Part]]] = []
    for part in parts:
        if part.level == 2 or not found:
            found.append((part, []))
        else:
            found[-1][1].append(part)
    return found


def _part(
    section: Section,
    sight: Sight,
    listed: References,
    states: Mapping[str, str | None],
    homes: Mapping[str, str],
    anchors: Mapping[str, str],
) -> Part:
    groups: list[list[Claim]] = []
    for claim in section.claims:
        if groups and same_study(groups[-1][-1], claim):
            groups[-1].append(claim)
        else:
            groups.append([claim])
    paragraphs = []
    for group in groups:
        kept = [claim for claim in group if claim.id in states]
        said = tuple(Said(anchors[each.id], each.text, listed.cites(each.evidence), states[each.id]) for each in kept)
        headless = bool(kept) and kept[0] is not group[0]
        lead = _short(next(iter(cited_sources(kept[0].evidence))), sight) if headless else ""
        paragraphs += [Paragraph(lead, said)] if said else []
    grade = section.grade
    reasons: tuple[Reason, ...] = (*grade.reasons, *grade.caps) if grade else ()
    rejected = sum(claim.id not in states for claim in section.claims)
    if section.id == "doses":
        rejected += sum(row.id not in states for row in sight.profile.doses)
    return Part(
        id=section.id,
        anchor=homes[section.id],
        title=section.title,
        level=3 if "/" in section.id else 2,
        badge=badge(grade) if grade else None,
        counts=grade.counts if grade else "",
        note=_note(section.note or "", sight.profile.sections, homes),
        paragraphs=tuple(paragraphs),
        reasons=tuple(
            (each.text, tuple(listed.link(key) for key in each.sources) if len(each.sources) <= 4 else ())
            for each in reasons
        ),
        left_out=rejected,
    )


def _note(note: str, sections: Sequence[Section], homes: Mapping[str, str]) -> Markup:
    """A note; where it names a section of the page, the name leads there."""
    known = {visible(section.title).casefold(): homes[section.id] for section in reversed(sections)}
    text, made, last = visible(note), Markup(), 0
    for found in _NAMED.finditer(text):
        at = 1 if found.group(1) else 2
        home = known.get(found.group(at).casefold())
        if home:
            made += text[last : found.start(at)] + Markup('<a href="#{}">{}</a>').format(home, found.group(at))
            last = found.end(at)
    return made + text[last:]


def _warnings(part: Part | None) -> dict[str, Any] | None:
    """What must be read first: the contraindications, or what is said in their place."""
    if part is None:
        return None
    said = [each for paragraph in part.paragraphs for each in paragraph.said]
    return {"part": part, "first": said[:MOST_WARNINGS], "more": max(0, len(said) - MOST_WARNINGS)}


def _short(key: str, sight: Sight) -> str:
    held = sight.references.get(key)
    return short_form(key, held.source if held else None)


def _waiting(record: Waiting, sight: Sight, listed: References, anchors: Mapping[str, str]) -> dict[str, Any]:
    held = sight.references.get(record.source)
    return {
        "words": waiting_words(record),
        "link": listed.link(record.source),
        "title": held.article.title if held and held.article else "",
        "against": [(anchors[each.claim], CHALLENGES[each.how]) for each in record.challenges if each.claim in anchors],
    }


def _uncited(profile: Profile, listed: References) -> list[tuple[str, list[Link]]]:
    """The records that were retrieved and not cited, by reason."""
    reasons: dict[str, list[Link]] = defaultdict(list)
    for record in profile.uncited:
        reasons[record.reason].append(listed.link(record.source))
    return sorted(reasons.items())


def studies(profile: Profile) -> str:
    """The data behind the evidence map, as JSON."""
    rows: Iterable[dict[str, Any]] = (
        {
            "source": visible(point.source),
            "condition": visible(point.row),
            "year": point.year,
            "participants": point.n,
            "design": point.design.value,
            "direction": point.direction.value,
        }
        for point in profile.points
    )
    return json.dumps(list(rows), ensure_ascii=False, indent=1) + "\n"
