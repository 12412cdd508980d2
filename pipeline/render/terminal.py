"""What people see in a terminal: progress, summaries, findings and records, readable at 80 columns.

Results go to standard output, progress to standard error and only where someone is watching.
"""

from __future__ import annotations

import sys
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

from pipeline.evidence import evidence_of
from pipeline.models.findings import Finding, Report, Severity
from pipeline.models.profile import Profile
from pipeline.models.sources import Article
from pipeline.render.markdown import grade_words
from pipeline.references.vancouver import marks, reference

if TYPE_CHECKING:
    from pipeline.sources.collect import Plan
    from pipeline.sources.collect import Progress as Report_progress
    from pipeline.sources.library import Hit, Stats

COLOURS = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.INFO: "cyan"}
MOST_FINDINGS = 12
WIDEST_TITLE = 50


def today() -> date:
    """The day on which a search or an import is made."""
    return date.today()


def plain(text: str) -> str:
    """Text from a source without what a terminal would obey: control, bidi and other invisible characters."""
    return "".join(c if c in "\n\t" or unicodedata.category(c)[0] != "C" else "\ufffd" for c in text)


def say(text: str | Text) -> None:
    """Print a line of results; nothing in it is markup."""
    console = Console(highlight=False, soft_wrap=not sys.stdout.isatty())
    console.print(Text(plain(text)) if isinstance(text, str) else text)


@contextmanager
def progress() -> Iterator[Report_progress]:
    """A progress line on standard error, for as long as the work lasts; silent where nobody is watching."""
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("starting", total=None)

        def report(what: str, done: int, total: int) -> None:
            bar.update(task, description=plain(what), completed=done, total=total or None)

        yield report


def status_of(report: Report) -> int:
    """The exit status of a report: 1 where it holds an error, else 0."""
    return int(any(f.severity is Severity.ERROR for f in report.findings))


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
        say(f"wrote   {_short(path)}")
    if not changed:
        say(f"nothing new: {_short(directory)} is unchanged")
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
    say(_tally(report))
    for finding in [f for f in report.findings if f.severity is not Severity.INFO][:MOST_FINDINGS]:
        say(_line(finding))
    say("tokens  0, cost 0: no model was asked")
    word = "mend the errors, then: " if status_of(report) else ""
    say(
        f"next    {word}read {_short(directory / 'profile.md')} and edit profile.yaml;"
        f" then monograph check {profile.slug}"
    )


def _tally(report: Report) -> str:
    counts = Counter(f.severity for f in report.findings)
    said = ", ".join(
        f"{counts[s]} {s.value}{'s' if counts[s] != 1 and s is not Severity.INFO else ''}" for s in Severity
    )
    return f"checks  {said}; {report.checked.claims} claims and dose rows against {report.checked.rules} rules"


def _line(finding: Finding) -> Text:
    place = f"{_short(Path(finding.file))}:{finding.line or 1}  " if finding.file else ""
    line = Text(plain(place))
    line.append(finding.severity.value, COLOURS[finding.severity])
    line.append(plain(f"  {finding.code}  {finding.message}"))
    if finding.claim:
        line.append(plain(f"\n        claim   {finding.claim}"))
    if finding.source:
        line.append(plain(f"\n        source  {finding.source}"))
    if finding.suggestion:
        line.append(plain(f"\n        fix     {finding.suggestion}"))
    return line


def show_report(report: Report) -> None:
    """All findings, then what was checked and what was not."""
    for finding in report.findings:
        say(_line(finding))
    for that in report.skipped:
        say(f"skipped {that.what}: {that.why}")
    say(_tally(report))


def show_status(profiles: Sequence[Profile]) -> None:
    """One line a profile: what it holds and what it was made from."""
    if not profiles:
        say("no profile yet: monograph draft NAME makes one")
    for profile in profiles:
        origin = profile.provenance
        basis = (
            f"{origin.synopses} of {origin.records} records are synopses"
            if origin.synopses
            else f"{origin.records} records"
        )
        say(f"{profile.slug:<20} {len(profile.claims):>4} claims  as of {origin.date}  {basis}; not reviewed")


def show_hits(query: str, hits: Sequence[Hit]) -> None:
    """The records a search found; that none was found is said."""
    if not hits:
        say(f"no record in the library matches: {query}")
    for hit in hits:
        say(f"{hit.key:<10} {hit.year or '':<5} {hit.title}\n           {hit.journal or ''}  {hit.snippet}")


def show_record(article: Article) -> None:
    """A record as a person reads it: reference, types, notices, then its numbered sentences."""
    say(" ".join([*(f"{mark}." for mark in marks(article)), reference(article)]))
    origin = "PubMed" if article.text_origin == "pubmed" else "synopsis written for this project, not the abstract"
    revised = f", revised {article.date_revised}" if article.date_revised else ""
    say(f"text from {origin}{revised}; types: {', '.join(article.publication_types) or 'not given'}")
    for notice in article.notices:
        say(f"notice  {notice.ref_type or notice.kind.value}: {notice.id or ''} {notice.citation or ''}".rstrip())
    for sentence in evidence_of(article)[1:]:
        say(f"{sentence.number:>3}  {sentence.text}")


def show_stats(stats: Stats, path: Path) -> None:
    """What the library holds."""
    say(f"file      {_short(path)} ({stats.size / 1e6:.1f} MB)")
    say(f"records   {stats.records:,} ({stats.pubmed:,} from PubMed, {stats.synopses:,} synopses)")
    say(f"abstracts {stats.with_abstract:,}; retracted {stats.retracted:,}; searches {stats.searches:,}")
    if stats.oldest:
        say(f"fetched   {stats.oldest} to {stats.newest}")


def _short(path: Path) -> str:
    """A path below the working directory as it is seen from there."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)
