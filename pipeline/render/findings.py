"""Findings as people read them in a terminal: the place, what is wrong, the claim over its source, what mends it.

At most as wide as the terminal, and 80 columns where there is none. The words in which claim and source differ are bold
and underlined; without colours they stand over carets.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.console import Console
from rich.text import Text

from pipeline.identifiers import source_words
from pipeline.models.findings import Finding, Report, Severity
from pipeline.render.differences import Word, differences
from pipeline.render.terminal import plain, say, short

COLOURS = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.INFO: "cyan"}
MARK = "bold underline"
WIDTH = 80
LABEL = 11  # the columns before what a label names
MOST = 900  # characters of a claim or a sentence that are shown


def show_report(report: Report) -> None:
    """All findings, then what was checked, what was not, and what was suppressed."""
    for finding in report.findings:
        show_finding(finding)
    for that in report.skipped:
        say(f"skipped {that.what}: {that.why}")
    for hidden in report.suppressed:
        found = hidden.finding
        say(f"suppressed {found.code} on {found.claim}, by {hidden.by}: {hidden.reason}")
    say(tally(report))


def show_finding(finding: Finding) -> None:
    """One finding, and an empty line after it."""
    console = Console(highlight=False)
    width = min(console.width, 100) if console.is_terminal else WIDTH
    say(block(finding, width, coloured=console.color_system is not None and not console.no_color))


def tally(report: Report) -> str:
    """How many findings of each severity, and how much was checked."""
    counts = Counter(f.severity for f in report.findings)
    said = [f"{counts[s]} {s.value}{'s' if counts[s] != 1 and s is not Severity.INFO else ''}" for s in Severity]
    said += [f"suppressed {len(report.suppressed)}"] if report.suppressed else []
    held = f"{report.checked.claims} claims and {report.checked.references} references"
    return f"checks  {', '.join(said)}; {held} against {report.checked.rules} rules"


def block(finding: Finding, width: int, *, coloured: bool) -> Text:
    """A finding as a block of lines of at most `width` columns, the last one empty."""
    place = f"{short(Path(finding.file))}:{finding.line or 1}  " if finding.file else ""
    lines = [Text(plain(place)).append(finding.severity.value, COLOURS[finding.severity])]
    head = plain(f"  {finding.code}  {_line(finding.message)}")
    if len(lines[0]) + len(head) <= width:
        lines[0].append(head)
    else:
        lines[0].append(f"  {finding.code}")
        lines += [Text(" " * 3 + piece) for piece in _pieces(plain(_line(finding.message)), width - 3)]
    shown = finding.shown
    named = plain(_line(finding.claim or ""))
    words = plain(_line(shown.words or "")) if shown and shown.words else named
    quote = plain(_line(shown.quote or "")) if shown else ""
    ours, theirs = differences(words, quote) if words and quote else ((), ())
    if named and named != words:
        lines += _labelled("claim", named, (), width, coloured=coloured)
    if words:
        lines += _labelled("" if named and named != words else "claim", words, ours, width, coloured=coloured)
    if finding.source:
        lines += _labelled("source", plain(source_words(finding.source)), (), width, coloured=coloured)
    if quote:
        lines += _labelled("" if finding.source else "source", quote, theirs, width, coloured=coloured)
    if finding.suggestion:
        lines += _labelled("fix", plain(_line(finding.suggestion)), (), width, coloured=coloured)
    return Text("\n").join([*lines, Text("")])


def _line(text: str) -> str:
    """A text on one line, cut where it is very long."""
    whole = " ".join(text.split())
    return whole if len(whole) <= MOST else whole[:MOST].rsplit(" ", 1)[0] + " ..."


def _pieces(text: str, width: int) -> list[str]:
    return [text[start:end] for start, end in _breaks(text, width)]


def _breaks(text: str, width: int) -> Iterator[tuple[int, int]]:
    """Where the lines of a text begin and end, broken at spaces, and inside a word only where it is too long."""
    start = 0
    while len(text) - start > width:
        space = text.rfind(" ", start, start + width + 1)
        end = space if space > start else start + width
        yield start, end
        start = end + (space > start)
    yield start, len(text)


def _labelled(label: str, text: str, words: Sequence[Word], width: int, *, coloured: bool) -> list[Text]:
    """Lines under a label, with the words that differ marked."""
    lines = []
    for number, (start, end) in enumerate(_breaks(text, width - LABEL)):
        lead = f"   {label if number == 0 else '':<{LABEL - 3}}"
        line = Text(lead + text[start:end])
        inside = [(w.start - start, min(w.end, end) - start) for w in words if w.differs and start <= w.start < end]
        for first, last in inside if coloured else ():
            line.stylize(MARK, LABEL + first, LABEL + last)
        lines.append(line)
        if inside and not coloured:
            carets = [" "] * (end - start)
            for first, last in inside:
                carets[first:last] = "^" * (last - first)
            lines.append(Text(" " * LABEL + "".join(carets).rstrip()))
    return lines
