"""A night's report, as people and programs read it, and the text of the pull request of a profile."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from rich.text import Text

from pipeline.identifiers import source_words
from pipeline.models.findings import Severity
from pipeline.models.nights import Item, Kind, Night, Regraded, Touched, Unreachable
from pipeline.render.markdown import code, escape, linked
from pipeline.render.terminal import plain, say

WIDTH = 80
MOST_LISTED = 20  # things of one sort in a sentence or a list that people read
_COLOURS = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.INFO: ""}


def as_json(night: Night) -> str:
    """The night as one JSON document, with a line break at its end."""
    return night.model_dump_json(indent=2) + "\n"


def status_of(night: Night) -> int:
    """1 where something is grave or a profile failed; 2 where nothing was answered at all; else 0."""
    if night.unreachable and not night.read and night.asked == "PubMed":
        return 2
    severities = {each.severity for each in night.items} | {each.severity for each in night.unreachable}
    grave = Severity.ERROR in severities
    return 1 if grave or night.failed else 0


def headline(night: Night) -> str:
    """The night in a sentence: how many profiles were touched, how much was read, what was not reached."""
    touched = len({each.profile for each in night.items if each.change.kind is not Kind.MISSING})
    said = [f"{touched:,} of {night.profiles:,} profile{'s'[: night.profiles != 1]} touched"]
    asked = f" in {night.requests:,} request{'s'[: night.requests != 1]}" if night.asked == "PubMed" else ""
    said.append(f"{night.read:,} record{'s'[: night.read != 1]} read{asked}")
    said.append(f"{len({each.profile for each in night.unreachable}):,} not answered for")
    return "; ".join([*said, *([f"{len(night.failed):,} failed"] if night.failed else [])]) + "."


def show(night: Night) -> None:
    """The night for a terminal of 80 columns."""
    say(headline(night))
    column = min(max((len(each.profile) for each in night.items), default=0), 20) + 2
    for each in night.items:
        block = Text("\n" + plain(f"{each.profile:<{column}}"))
        block.append(each.change.kind.value, _COLOURS[each.severity])
        block.append(plain(f"  {source_words(each.source)}"))
        if said := _when(each):
            block.append("\n" + plain(_indented(said, column)))
        for line in _lines(each):
            block.append("\n" + plain(_indented(line, column)))
        say(block)
    for line in (*_outages(night.unreachable), *(f"{f.profile}: failed: {f.message}; {f.hint}" for f in night.failed)):
        say("\n" + textwrap.fill(plain(line), WIDTH, subsequent_indent="  "))
    for note in night.notes[:MOST_LISTED]:
        say(textwrap.fill(plain(f"note: {note}"), WIDTH, subsequent_indent="  "))


def _indented(line: str, column: int) -> str:
    first, rest = " " * column, " " * (column + 2)
    return textwrap.fill(line, WIDTH, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False)


def markdown(night: Night) -> str:
    """The night as a Markdown document."""
    lines = [f"# Night of {night.date.isoformat()}", "", headline(night), ""]
    if not night.items and not night.unreachable and not night.failed:
        lines += ["Nothing changed.", ""]
    profile = None
    for each in night.items:
        if each.profile != profile:
            profile = each.profile
            lines += [f"## {escape(profile)}", ""]
        lines += _bullet(each)
    if night.unreachable or night.failed:
        lines += ["## Not answered", ""]
        lines += [f"- {escape(line)}" for line in _outages(night.unreachable)]
        lines += [f"- {code(f.profile)} failed: {escape(f.message)}. {escape(f.hint)}." for f in night.failed]
        lines.append("")
    if night.notes:
        lines += ["## Notes", "", *(f"- {escape(note)}" for note in night.notes[:MOST_LISTED])]
        more = len(night.notes) - MOST_LISTED
        lines += [f"- and {more} more, in the JSON report"] if more > 0 else []
        lines.append("")
    return "\n".join(lines)


def proposal_body(slug: str, items: Sequence[Item]) -> str:
    """The text of a profile's pull request: each change, the claims it touches, and what to do."""
    lines = [f"The nightly job found changes in the sources of `{slug}`.", ""]
    for each in items:
        if each.change.kind is not Kind.MISSING:
            lines += _bullet(each)
    lines.append(
        "Merging takes these changes in; closing leaves the profile as it is, and the next night proposes them again."
    )
    return "\n".join(lines) + "\n"


def _bullet(each: Item) -> list[str]:
    mark = {Severity.ERROR: "**", Severity.WARNING: "**", Severity.INFO: ""}[each.severity]
    first = f"- {mark}{each.change.kind.value}{mark}: {linked(each.source)} {escape(_when(each))}".rstrip()
    return [first, *(f"  - {escape(line)}" for line in _lines(each)), ""]


def _when(each: Item) -> str:
    """What became of the source, since when, and by which notice."""
    change = each.change
    words = "" if change.words == change.kind.value else change.words
    since = f" {change.since}" if change.since else ""
    named = change.by and change.kind not in (Kind.MERGED, Kind.SUPERSEDED, Kind.RESTS)
    notice = f" (notice {source_words(change.by)})" if named and change.by else ""
    by = f" ({source_words(change.by)})" if change.by and not named and change.by not in change.words else ""
    return f"{words}{since}{notice}{by}".strip()


def _lines(each: Item) -> Iterator[str]:
    """What a change means for the profile, a line a thing."""
    yield from _claims(each.claims)
    for grade in each.grades:
        yield _grade(grade, would=each.change.kind is Kind.NEW)
    yield from each.remains
    for finding in each.findings[:MOST_LISTED]:
        at = f" in {finding.claim}" if finding.claim else ""
        yield f"{finding.code}{at}: {finding.message}"
    yield f"first noticed {each.seen.isoformat()}"
    yield f"to do: {each.todo}"


def _claims(claims: Sequence[Touched]) -> Iterator[str]:
    """The claims by what became of them: "claims a, b: told anew, approval lapsed"."""
    fates = dict.fromkeys((claim.became, claim.lapsed) for claim in claims)
    for became, lapsed in fates:
        named = [claim.claim for claim in claims if (claim.became, claim.lapsed) == (became, lapsed)]
        listed = ", ".join(named[:MOST_LISTED]) + (
            f" and {len(named) - MOST_LISTED} more" if len(named) > MOST_LISTED else ""
        )
        if became == "challenged":
            yield f"challenges {listed}"
        elif became == "added":
            yield f"adds {listed}"
        else:
            fate = {"stands": "in doubt", "kept as edited": "kept, since a person wrote it"}.get(became, became)
            yield f"claim{'s'[: len(named) != 1]} {listed}: {fate}{', approval lapsed' if lapsed else ''}"


def _grade(grade: Regraded, *, would: bool) -> str:
    return f"{grade.section}{' would go' if would else ''}: {grade.old} → {grade.new} ({grade.reason})"


def _outages(unreachable: Sequence[Unreachable]) -> Iterator[str]:
    """What was not answered, the same trouble of many profiles in one line."""
    for why, what, days, severity in dict.fromkeys((u.why, u.what, u.days, u.severity) for u in unreachable):
        alike = [u for u in unreachable if (u.why, u.what, u.days, u.severity) == (why, what, days, severity)]
        named = ", ".join(str(u.profile) for u in alike[:5]) + (f" and {len(alike) - 5} more" if len(alike) > 5 else "")
        age = f"last good answer {alike[0].last.isoformat()}, {days} day{'s'[: days != 1]} ago"
        late = "; that is too long ago to stand on" if severity is Severity.ERROR else ""
        yield f"not answered: {what} of {named}: {why}; {age}{late}"
