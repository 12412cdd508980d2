"""A night's report, as people and programs read it, and the text of the pull request of a profile."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby

from rich.text import Text

from pipeline.identifiers import source_words
from pipeline.models.findings import Finding, Severity
from pipeline.models.nights import Item, Kind, Night, Regraded, Touched, Unreachable
from pipeline.render.markdown import code, escape, linked
from pipeline.render.terminal import plain, say
from pipeline.render.words import CHALLENGES

WIDTH = 80
MOST_WAITING = 10  # records that only wait, of a profile
MOST_LISTED = 20  # things of one sort in a sentence or a list that people read
_NOTICED = (Kind.RETRACTED, Kind.PARTLY_RETRACTED, Kind.CONCERN, Kind.CORRECTED, Kind.NOTICE)
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
    for items in _blocks(night.items):
        block = Text("\n" + plain(f"{items[0].profile:<{column}}"))
        for number, each in enumerate(items):
            block.append("\n" + " " * column if number else "")
            block.append(each.change.kind.value, _COLOURS[each.severity])
            block.append(plain(f"  {source_words(each.source)}"))
            if said := _when(each):
                block.append("\n" + plain(_indented(said, column)))
        for line in (*filter(None, [items[0].title]), *_lines(items)):
            block.append("\n" + plain(_indented(line, column)))
        say(block)
    for profile, number in _untold(night.items):
        say(f"\n{plain(profile)}: {number} more new records wait; the JSON report lists them")
    outages = (f"not answered: {line}" for line in _outages(night.unreachable))
    for line in (*outages, *(f"{f.profile}: failed: {f.message}; {f.hint}" for f in night.failed)):
        say("\n" + textwrap.fill(plain(line), WIDTH, subsequent_indent="  "))
    for note in night.notes[:MOST_LISTED]:
        say(textwrap.fill(plain(f"note: {note}"), WIDTH, subsequent_indent="  "))


def _indented(line: str, column: int) -> str:
    first, rest = " " * column, " " * (column + 2)
    return textwrap.fill(
        line, WIDTH, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False, break_long_words=False
    )


def _blocks(items: Sequence[Item]) -> Iterator[list[Item]]:
    """The items that people read, those of one source together: of records that only wait, the first few."""
    waiting: Counter[str] = Counter()
    for _, group in groupby(items, key=lambda each: (each.profile, each.source)):
        block = list(group)
        if _only_waits(block[0]):
            waiting[block[0].profile] += 1
            if waiting[block[0].profile] > MOST_WAITING:
                continue
        yield block


def _only_waits(each: Item) -> bool:
    return each.change.kind is Kind.NEW and each.severity is Severity.INFO


def _untold(items: Sequence[Item]) -> Iterator[tuple[str, int]]:
    """How many records that only wait `_blocks` leaves out, by profile."""
    counts = Counter(each.profile for each in items if _only_waits(each))
    yield from ((profile, count - MOST_WAITING) for profile, count in counts.items() if count > MOST_WAITING)


def markdown(night: Night) -> str:
    """The night as a Markdown document."""
    lines = [f"# Night of {night.date.isoformat()}", "", headline(night), ""]
    if not night.items and not night.unreachable and not night.failed:
        lines += ["Nothing changed.", ""]
    for profile, items in groupby(night.items, key=lambda each: each.profile):
        lines += [f"## {escape(profile)}", "", *_listed(list(items))]
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
    lines += _listed([each for each in items if each.change.kind is not Kind.MISSING])
    end = "Merging takes these changes in; closing leaves the profile as it is, and the next night proposes them again."
    return "\n".join([*lines, end]) + "\n"


def _listed(items: Sequence[Item]) -> list[str]:
    """The items of one profile as a Markdown list."""
    lines = []
    for block in _blocks(items):
        for each in block:
            mark = "" if each.severity is Severity.INFO else "**"
            what = f"{mark}{each.change.kind.value}{mark}: {linked(each.source)}"
            lines.append(f"- {what} {escape(_when(each))}".rstrip())
        lines += [f"  - *{escape(block[0].title)}*"] if block[0].title else []
        lines += [*(f"  - {escape(line)}" for line in _lines(block)), ""]
    for _, number in _untold(items):
        lines += [f"- and {number} more new records, which wait", ""]
    return lines


def _when(each: Item) -> str:
    """What became of the source, since when, and by which notice."""
    change = each.change
    words = "" if change.words == change.kind.value else change.words
    since = f" {change.since}" if change.since else ""
    notice = "notice " if change.kind in _NOTICED else ""
    by = f" ({notice}{source_words(change.by)})" if change.by and change.by not in change.words else ""
    dated = f"{since}{by}".strip()
    return "; ".join(part for part in (words, dated) if part)


def _lines(block: Sequence[Item]) -> Iterator[str]:
    """What the changes of a source mean for its profile, a line a thing, the same thing once."""
    claims = {claim.claim: claim for each in reversed(block) for claim in each.claims}
    told = [claims[key] for key in dict.fromkeys(c.claim for each in block for c in each.claims)]
    yield from _claims(told, doubted=block[0].change.kind in _DOUBTING)
    graded = ((grade, each.change.kind is Kind.NEW) for each in block for grade in each.grades)
    yield from dict.fromkeys(_grade(grade, would=would) for grade, would in graded)
    yield from dict.fromkeys(line for each in block for line in each.remains)
    yield from list(dict.fromkeys(_finding(f) for each in block for f in each.findings))[:MOST_LISTED]
    yield f"first noticed {min(each.seen for each in block).isoformat()}"
    yield f"to do: {block[0].todo}"


def _finding(finding: Finding) -> str:
    return f"{finding.code}{f' in {finding.claim}' if finding.claim else ''}: {finding.message}"


_DOUBTING = (
    Kind.RETRACTED,
    Kind.PARTLY_RETRACTED,
    Kind.CONCERN,
    Kind.DELETED,
    Kind.CORRECTED,
    Kind.SUPERSEDED,
    Kind.REPUBLISHED,
    Kind.RESTS,
)
_FATES = {
    "kept as edited": "kept, since a person wrote it",
    "edit replaced": "told anew in the place of a person's words",
}


def _claims(claims: Sequence[Touched], *, doubted: bool) -> Iterator[str]:
    """The claims by what became of them: "claims a, b: told anew, approval lapsed".

    A claim whose words stand is `doubted` where its source is.
    """
    stands = {"stands": "in doubt" if doubted else "as it was"}
    fates = dict.fromkeys((claim.became, claim.lapsed, claim.revived, claim.how) for claim in claims)
    for fate in fates:
        became, lapsed, revived, how = fate
        named = [claim.claim for claim in claims if (claim.became, claim.lapsed, claim.revived, claim.how) == fate]
        more = f" and {len(named) - MOST_LISTED} more" if len(named) > MOST_LISTED else ""
        listed = ", ".join(named[:MOST_LISTED]) + more
        if became == "challenged":
            yield f"challenges {listed}{f' ({CHALLENGES[how]})' if how else ''}"
        elif became == "added":
            yield f"adds {listed}{', approved as before' if revived else ''}"
        else:
            ended = ", approval lapsed" if lapsed else ""
            yield f"claim{'s'[: len(named) != 1]} {listed}: {(_FATES | stands).get(became, became)}{ended}"


def _grade(grade: Regraded, *, would: bool) -> str:
    if grade.old and grade.new:
        return f"{grade.section}{' would go' if would else ''}: {grade.old} → {grade.new} ({grade.reason})"
    verb = ("would gain" if would else "gains") if grade.new else ("would lose" if would else "loses")
    return f"{grade.section} {verb} {grade.new or grade.old} ({grade.reason})"


def _outages(unreachable: Sequence[Unreachable]) -> Iterator[str]:
    """What was not answered, the same trouble of many profiles in one line."""
    for why, what, days, severity in dict.fromkeys((u.why, u.what, u.days, u.severity) for u in unreachable):
        alike = [u for u in unreachable if (u.why, u.what, u.days, u.severity) == (why, what, days, severity)]
        named = ", ".join(str(u.profile) for u in alike[:5]) + (f" and {len(alike) - 5} more" if len(alike) > 5 else "")
        age = f"last good answer {alike[0].last.isoformat()}, {days} day{'s'[: days != 1]} ago"
        late = "; that is too long ago to stand on" if severity is Severity.ERROR else ""
        yield f"{what} of {named}: {why}; {age}{late}"
