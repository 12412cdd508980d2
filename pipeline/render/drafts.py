"""What a draft came to, as people see it in a terminal: before it is made, and when it is done."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.models.findings import Report, Severity
from pipeline.models.profile import Profile
from pipeline.render.findings import show_finding, tally
from pipeline.render.markdown import grade_words
from pipeline.render.terminal import say, short, status_of

if TYPE_CHECKING:
    from pipeline.sources.collect import Plan

MOST_FINDINGS = 12
WIDEST_TITLE = 50


def show_plan(query: str, plan: Plan, online: bool) -> None:
    """What a draft would ask and cost."""
    if not online:
        say("PubMed would not be asked (offline, or NCBI_EMAIL is not set): bundled and library records serve.")
    elif plan.known is None:
        say("One search of PubMed, then one request for each 200 records that are not held.")
    else:
        requests = -(-plan.to_fetch // 200)
        say(f"One search of PubMed; of its last answer {plan.to_fetch} records are not held: {requests} requests.")
    say(f"query  {query}")
    say("model  none: the extractive drafter makes no model calls, cost 0")


def show_draft(
    profile: Profile, report: Report, directory: Path, changed: Sequence[Path], lapsed: Sequence[str]
) -> None:
    """The closing summary of a draft: files, claims, sources, grades, findings, and what to do next."""
    origin = profile.provenance
    for path in sorted(changed):
        say(f"wrote   {short(path)}")
    if not changed:
        say(f"nothing new: {short(directory)} is unchanged")
    say(
        f"claims  {len(profile.claims)} in {len(profile.sections)} sections, {len(profile.doses)} dose rows,"
        f" {report.checked.references} sources cited of {origin.records} records"
    )
    if origin.synopses:
        say(f"        {origin.synopses} records are synopses, not abstracts: for provisional review only")
    for search in origin.searches:
        say(f"search  {search.found} found on {search.date}: {search.translation or search.query}")
        for warning in search.warnings:
            say(f"        PubMed warned: {warning}")
    graded = [(section.title, section.grade) for section in profile.sections if section.grade]
    width = min(max((len(title) for title, _ in graded), default=0), WIDEST_TITLE)
    for title, grade in graded:
        say(f"grade   {title:<{width}}  {grade_words(grade)}")
    for key in lapsed:
        say(f"edited  {key}: its source changed, so your wording was replaced; see git diff")
    say(tally(report))
    for finding in [f for f in report.findings if f.severity is not Severity.INFO][:MOST_FINDINGS]:
        show_finding(finding)
    say("tokens  0, cost 0: no model was asked")
    word = "mend the errors, then: " if status_of(report) else ""
    say(
        f"next    {word}read {short(directory / 'profile.md')} and edit profile.yaml;"
        f" then monograph check {profile.slug}"
    )
