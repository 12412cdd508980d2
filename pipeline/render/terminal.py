"""What people see in a terminal: progress, summaries, findings and records, readable at 80 columns.

Results go to standard output, progress to standard error and only where someone is watching.
"""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

from pipeline.evidence import evidence_of
from pipeline.models.findings import Report, Severity
from pipeline.models.sources import Article
from pipeline.references.vancouver import marks, reference

if TYPE_CHECKING:
    from pipeline.sources.collect import Progress as Tell
    from pipeline.sources.files import Imported
    from pipeline.sources.library import Hit, Stats


def today() -> date:
    """The day on which a search or an import is made."""
    return date.today()


_OBEYED = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def plain(text: str) -> str:
    """Text from a source without what a terminal would obey: control, bidi and other invisible characters."""
    return "".join("\ufffd" if c not in "\n\t" and unicodedata.category(c)[:2] in _OBEYED else c for c in text)


def say(text: str | Text) -> None:
    """Print a line of results; nothing in it is markup."""
    console = Console(highlight=False, soft_wrap=not sys.stdout.isatty())
    console.print(Text(plain(text)) if isinstance(text, str) else text)


@contextmanager
def progress() -> Iterator[Tell]:
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
    say(f"file      {short(path)} ({stats.size / 1e6:.1f} MB)")
    say(f"records   {stats.records:,} ({stats.pubmed:,} from PubMed, {stats.synopses:,} synopses)")
    say(f"abstracts {stats.with_abstract:,}; retracted {stats.retracted:,}; searches {stats.searches:,}")
    if stats.oldest:
        say(f"fetched   {stats.oldest} to {stats.newest}")


def show_imported(outcomes: Sequence[Imported]) -> None:
    """What was added in all, then from each file where there are several."""
    say(_counts(*(sum(counts) for counts in zip(*(one.added for one in outcomes), strict=True))))
    for one in outcomes if len(outcomes) > 1 else ():
        say(f"{one.path}: {_counts(*one.added)}{' before its fault' if one.fault else ''}")


def _counts(new: int, updated: int, unchanged: int) -> str:
    return f"{new} new, {updated} updated, {unchanged} unchanged"


def short(path: Path) -> str:
    """A path below the working directory as it is seen from there."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)
