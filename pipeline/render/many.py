"""What became of many compounds, a line each, as people see it in a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from pipeline.errors import words_of
from pipeline.models.findings import Report, Severity
from pipeline.render.account import spent
from pipeline.render.findings import show_finding
from pipeline.render.terminal import say, status_of

if TYPE_CHECKING:
    from pipeline.authoring import Drafted
    from pipeline.llm import Ledger
    from pipeline.sources.collect import Progress
    from pipeline.workers import Done

R = TypeVar("R")
S = TypeVar("S")

NAME = 30  # columns of a name


class Row(NamedTuple):
    """What a draft came to, in a line."""

    counts: str
    faulty: bool
    lapsed: int
    changed: bool


def row(drafted: Drafted) -> Row:
    """The line of a draft, which is all that is kept of it where there are thousands."""
    counts = _counts(len(drafted.profile.claims), drafted.report)
    return Row(counts, bool(status_of(drafted.report)), len(drafted.lapsed), bool(drafted.changed))


def _counts(claims: int, report: Report) -> str:
    counts = Counter(finding.severity for finding in report.findings)
    return f"{claims:>5} claims {counts[Severity.ERROR]:>4} errors {counts[Severity.WARNING]:>4} warnings"


def gathered(
    done: Iterator[Done[R]], keep: Callable[[R], S], total: int, progress: Progress
) -> tuple[dict[str, S], dict[str, Exception]]:
    """What is to be kept of each compound, and the faults of the others, both by name in alphabetical order."""
    kept: dict[str, S] = {}
    failed: dict[str, Exception] = {}
    for number, each in enumerate(done, 1):
        if each.fault is None:
            kept[each.key] = keep(each.value())
        else:
            failed[each.key] = each.fault
        progress(each.key, number, total)
    return dict(sorted(kept.items())), dict(sorted(failed.items()))


def show_drafts(rows: Mapping[str, Row], failed: Mapping[str, Exception], ledger: Ledger | None) -> None:
    """Each compound in a line, then those that failed, then how many of each there are, and what a model cost."""
    for name, one in rows.items():
        edited = f"; {one.lapsed} edits replaced, see git diff" if one.lapsed else ""
        say(f"{name:<{NAME}} {one.counts}  {'written' if one.changed else 'unchanged'}{edited}")
    _show_failed(failed)
    written = sum(one.changed for one in rows.values())
    faulty = sum(one.faulty for one in rows.values())
    said = f"{written} written, {len(rows) - written} unchanged, {len(failed)} failed"
    say(f"{_compounds(len(rows) + len(failed))}: {said}; errors in {faulty}")
    if ledger:
        say(f"tokens {spent(ledger)}")


def show_checks(reports: Mapping[str, Report], failed: Mapping[str, Exception]) -> None:
    """Each compound in a line with its errors below it, then those that failed, then how many of each there are."""
    for name, report in reports.items():
        say(f"{name:<{NAME}} {_counts(report.checked.claims, report)}")
        for finding in report.findings:
            if finding.severity is Severity.ERROR:
                show_finding(finding)
    _show_failed(failed)
    faulty = sum(map(status_of, reports.values()))
    clean = f"{len(reports) - faulty} without errors, {faulty} with, {len(failed)} not checked"
    say(f"{_compounds(len(reports) + len(failed))}: {clean}; all findings of one: monograph check NAME")


def _compounds(count: int) -> str:
    return f"{count:,} compound{'' if count == 1 else 's'}"


def _show_failed(failed: Mapping[str, Exception]) -> None:
    for name, fault in failed.items():
        message, hint = words_of(fault, name)
        say(f"{name:<{NAME}} failed: {message}")
        say(f"{'':<{NAME}} {hint}")
