"""Where claims stand with their reviewers, for a terminal of 80 columns and for programs."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date

from pipeline.decisions import RISKS, Standing, State, by_risk
from pipeline.errors import ProfileError
from pipeline.readiness import Stood
from pipeline.render.terminal import plain, say

STATES = (State.APPROVED, State.PROVISIONAL, State.STALE, State.OPEN, State.REJECTED)
MOST = 20  # claims of one state that are listed


def tally(standings: Sequence[Standing]) -> str:
    """How many are in each state that some are in: "12 approved, 3 open"."""
    counts = Counter(each.state for each in standings)
    return ", ".join(f"{counts[state]} {state.value}" for state in STATES if counts[state]) or "no claims"


def show_profiles(found: Sequence[Stood], refreshed: Mapping[str, date]) -> None:
    """Two lines a profile: where its claims stand; what it was made from, and when its references were last checked."""
    if not found:
        say("no profile yet: monograph draft NAME makes one")
    for each in found:
        say(f"{each.profile.slug:<20} {tally(each.standings)}{'; ready to publish' * (each.why_not is None)}")
        say(f"{'':<20} {basis(each, refreshed)}")


def basis(each: Stood, refreshed: Mapping[str, date]) -> str:
    """What a profile was made from and when, and what waits to be weighed."""
    origin, waiting = each.profile.provenance, len(each.profile.waiting)
    records = f"{origin.records} records as of {origin.date}"
    said = [f"{records}, {origin.synopses} of them synopses" if origin.synopses else records]
    if day := refreshed.get(each.profile.slug):
        said.append(f"references checked {day}")
    if waiting:
        said.append(f"{waiting} new record{'s' * (waiting > 1)} to weigh")
    return "; ".join(said)


def show_profile(each: Stood, refreshed: Mapping[str, date]) -> None:
    """One profile: a table by risk, then the claims that are not approved, the greatest risk first."""
    say(f"{each.profile.name}: {tally(each.standings)}")
    say(basis(each, refreshed))
    if each.compound.reviewers > 1:
        say(f"{each.compound.reviewers} reviewers have to approve each claim")
    say("\n" + f"{'risk':<20}" + "".join(f"{state.value:>12}" for state in STATES))
    for risk in RISKS:
        counts = Counter(one.state for one in each.standings if one.item.risk is risk)
        if counts:
            say(f"{risk.value:<20}" + "".join(f"{counts[state] or '-':>12}" for state in STATES))
    for state in (State.STALE, State.REJECTED, State.OPEN):
        listed = [one for one in by_risk(each.standings) if one.state is state]
        if listed:
            say(f"\n{state.value}")
        for one in listed[:MOST]:
            say(f"  {one.item.id}{_why(one)}")
        if len(listed) > MOST:
            say(f"  and {len(listed) - MOST} more")
    states = {one.state for one in each.standings}
    say("\nready to publish: monograph build" if each.why_not is None else f"\nnot published: {each.why_not}")
    if states & {State.OPEN, State.STALE}:
        say(f"to decide: monograph review {each.profile.slug}")
    if State.PROVISIONAL in states:
        say(f"to have the real abstracts: set NCBI_EMAIL, then monograph draft {each.profile.slug}")


def _why(standing: Standing) -> str:
    """Who decided what, in a few words."""
    told = standing.lapsed if standing.state is State.STALE else standing.decided
    said = [
        f"{decision.decision} by {decision.reviewer}, {decision.date}" + (f": {decision.note}" if decision.note else "")
        for decision in told
        if decision.is_verdict or decision.decision == "comment"
    ]
    return f"\n      {'; '.join(said)}" if said else ""


def show_decided(
    kind: str, done: Sequence[str], refused: Mapping[str, ProfileError], standings: Mapping[str, Standing]
) -> None:
    """What was decided on, what was refused and why, and where the profile stands now."""
    word = {"approve": "approved", "reject": "rejected"}[kind]
    for claim, error in refused.items():
        say(f"refused   {claim}\n          {plain(error.message)}\n          {plain(error.hint)}")
    provisional = [claim for claim in done if standings[claim].state is State.PROVISIONAL]
    waits = [claim for claim in done if kind == "approve" and standings[claim].state is State.OPEN]
    say(f"{len(done)} {word}, {len(refused)} refused; now {tally(list(standings.values()))}")
    if provisional:
        say(
            f"{len(provisional)} of them provisionally, on synopses: they are not published, and end when the real"
            " abstract is fetched"
        )
    if waits:
        say(f"{len(waits)} of them wait for another reviewer")


def as_json(found: Sequence[Stood], refreshed: Mapping[str, date]) -> str:
    """The standing of some profiles as one JSON document."""
    return json.dumps({"profiles": [_profile(each, refreshed) for each in found]}, ensure_ascii=False, indent=2)


def _profile(each: Stood, refreshed: Mapping[str, date]) -> dict[str, object]:
    day = refreshed.get(each.profile.slug)
    by_state = Counter(one.state for one in each.standings)
    return {
        "slug": each.profile.slug,
        "name": each.profile.name,
        "drafted": each.profile.provenance.date.isoformat(),
        "records": each.profile.provenance.records,
        "synopses": each.profile.provenance.synopses,
        "refreshed": day.isoformat() if day else None,
        "waiting": len(each.profile.waiting),
        "publishable": each.why_not is None,
        "reviewers": each.compound.reviewers,
        "states": {state.value: by_state[state] for state in STATES},
        "claims": [
            {"claim": one.item.id, "risk": one.item.risk.value, "state": one.state.value, "missing": one.missing}
            for one in by_risk(each.standings)
        ],
    }
