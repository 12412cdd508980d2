"""Whether a profile may be published: every statement decided on by people, on the papers' own abstracts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

from pipeline.decisions import Standing, State
from pipeline.models.compound import Compound
from pipeline.models.profile import Profile, Reference, cited_sources


class Stood(NamedTuple):
    """A profile with where each of its claims and rows stands, in reading order."""

    compound: Compound
    profile: Profile
    references: Mapping[str, Reference]
    standings: tuple[Standing, ...]

    @property
    def why_not(self) -> str | None:
        """Why it is not published, in words; None for one that is.

        What was rejected is decided on: it stays out of what is published.
        """
        found = self.standings
        states = Counter(each.state for each in found)
        left = len(found) - states[State.APPROVED] - states[State.REJECTED]
        if self.compound.publish is False:
            return "its author keeps it off the site (publish: false)"
        if not found:
            return "it says nothing"
        if left:
            more = [
                f"{states[state]} {words}"
                for state, words in (
                    (State.STALE, "changed since they were reviewed"),
                    (State.PROVISIONAL, "approved on synopses only"),
                )
                if states[state]
            ]
            return f"{left} of {len(found)} claims are not approved" + (f" ({', '.join(more)})" if more else "")
        if not states[State.APPROVED]:
            return f"all of its {len(found)} claims were rejected"
        synopses = self._synopses
        return f"{synopses} of the papers that it stands on were read as synopses" if synopses else None

    @property
    def _synopses(self) -> int:
        """How many of the papers behind what is shown, the grades and the map were read as synopses of this project."""
        shown = [each.item.what for each in self.standings if each.state is not State.REJECTED]
        keys = {key for each in shown for key in cited_sources(each.evidence)}
        keys |= {point.source for point in self.profile.points}
        grades = [section.grade for section in self.profile.sections if section.grade]
        keys |= {key for grade in grades for reason in (*grade.reasons, *grade.caps) for key in reason.sources}
        papers = (self.references[key].article for key in keys if key in self.references)
        return sum(paper is not None and paper.text_origin == "synopsis" for paper in papers)
