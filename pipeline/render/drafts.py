"""What a draft came to, as people see it in a terminal: before it is made, and when it is done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.models.calls import dollars
from pipeline.models.findings import Severity
from pipeline.render.account import show_account, spent
from pipeline.render.fates import STANDS
from pipeline.render.findings import show_finding, tally
from pipeline.render.terminal import say, short, status_of
from pipeline.render.words import grade_words

if TYPE_CHECKING:
    from pipeline.authoring import Drafted, Planned
    from pipeline.batching import Batched
    from pipeline.llm import Ledger

MOST_FINDINGS = 12
WIDEST_TITLE = 50


def show_plan(planned: Planned) -> None:
    """What a draft would ask and cost."""
    plan, model = planned.plan, planned.model
    if not planned.online:
        say("PubMed would not be asked (offline, or NCBI_EMAIL is not set): bundled and library records serve.")
    elif plan.known is None:
        say("One search of PubMed, then one request for each 200 records that are not held.")
    else:
        requests = -(-plan.to_fetch // 200)
        say(f"One search of PubMed; of its last answer {plan.to_fetch} records are not held: {requests} requests.")
    say(f"query  {plan.query}")
    if model is None:
        say("model  none: the extractive drafter makes no model calls, cost 0")
        return
    say(f"model  {model.model}")
    asked = model.papers + model.sections
    say(
        f"calls  {model.papers} papers to read, {model.sections} sections to tell; {model.answered} of these"
        f" {asked} are answered already"
    )
    if asked > model.answered:
        say(f"       then at most {model.further} more: a repair and a last reading for each section")
        cost = "unavailable (set MONOGRAPH_PRICE)" if model.cost is None else f"about {dollars(model.cost)}"
        say(f"tokens about {model.tokens_in:,} in, {model.tokens_out:,} out; cost {cost}")
    else:
        say("tokens 0, cost $0.00: everything is answered")


def show_batch(done: Batched) -> None:
    """How far the drafts of a batch are, one a line, and what is under way."""
    for name, one in done.drafted.items():
        stand = sum(fate.outcome in STANDS for fate in one.fates)
        word = "written" if one.changed else "unchanged"
        say(f"drafted  {name}: {word}; {stand}/{len(one.fates)} claims of the model stand; {tally(one.report).strip()}")
    for name in done.waiting:
        say(f"waiting  {name}")
    if done.waiting and done.standing:
        say(f"batch    {done.standing.batches} under way: {done.standing.done} of {done.standing.requests} answered")
        say("next     run the same command again: what was answered is kept, within 24 hours all of it is there")
    say(f"tokens   {spent(done.ledger)}")


def show_draft(done: Drafted, ledger: Ledger | None) -> None:
    """The closing summary of a draft: files, claims, sources, grades, findings, and what to do next."""
    profile, report, directory, changed, lapsed = done.profile, done.report, done.directory, done.changed, done.lapsed
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
    if ledger is None:
        say("tokens  0, cost 0: no model was asked")
    else:
        show_account(ledger, done.fates)
        if done.told:
            say(f"        what does not stand, and why: {short(done.told)}")
    word = "mend the errors, then: " if status_of(report) else ""
    say(
        f"next    {word}read {short(directory / 'profile.md')}, then decide claim by claim:"
        f" monograph review {profile.slug}"
    )
