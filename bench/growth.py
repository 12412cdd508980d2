"""How time and memory grow with the work: from one compound to a thousand, from a thousand records to a million.

    python -m bench growth [--full]

Compounds are invented ones, drafted by two workers. Records are those of two NLM files again and again, each time
under PMIDs of their own, so that every one is new to the library; their words are the same, so its vocabulary grows
less than that of as many different records would. Every figure is that of whole processes.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import tempfile
from collections.abc import Iterator
from datetime import date
from itertools import chain, count, cycle, islice, pairwise
from pathlib import Path
from statistics import median
from typing import NamedTuple

from bench.commands import ROOT, monograph, python
from bench.compounds import generated
from bench.package import nlm_files
from bench.plot import Panel, plot
from bench.rows import Row, unmeasured
from bench.table import machine, put

COMPOUNDS = (1, 10, 100, 1_000)
RECORDS = (1_000, 10_000, 30_000)
FULL = (1_000, 10_000, 100_000, 1_000_000)
REPEATED = 100  # up to so many compounds, and a hundred times as many records, the median of three runs is taken
A_FILE = 25_000  # records, as in a file of NLM's
FIRST_PMID = 100_000_000  # PubMed has given some 42 million
EVEN = 1.1  # the power of the work above which time counts as growing faster than it
AIM = 1.7  # times as quick with two workers
SEARCHES = ("patients treatment blood clinical", "rat liver enzyme activity", "cell protein binding human")
PARSE = """
import sys
from pathlib import Path
from pipeline.sources.pubmed_xml import open_file, records
print(sum(1 for path in sorted(Path(sys.argv[1]).iterdir()) for _ in records(open_file(path), keep_xml=False)))
"""
SEARCH = """
import json, sys, time
from pathlib import Path
from pipeline.sources.library import Library
taken = []
with Library(Path(sys.argv[1])) as library:
    for query in sys.argv[2:] * 7:
        start = time.perf_counter()
        library.search(query)
        taken.append(time.perf_counter() - start)
print(json.dumps(taken))
"""


class Point(NamedTuple):
    """What so much work of a kind took: seconds, and the megabytes of the largest process."""

    kind: str
    work: int
    seconds: float
    megabytes: float


def drafts(sizes: tuple[int, ...], jobs: int) -> Iterator[Point]:
    """The draft of so many compounds from nothing, as one command."""
    for size in sizes:
        runs = []
        for _ in range(3 if size <= REPEATED else 1):
            with tempfile.TemporaryDirectory() as made:
                generated(Path(made), size)
                words = ("draft", "--all", "--extractive", "--offline", "--jobs", str(jobs))
                runs.append(monograph(Path(made), *words))
        yield Point("draft", size, median(r.seconds for r in runs), max(r.megabytes for r in runs))


def library(sizes: tuple[int, ...], nlm: Path) -> Iterator[Point]:
    """Parsing, import and search of so many records."""
    for size in sizes:
        with tempfile.TemporaryDirectory() as made:
            place, folder = Path(made), Path(made) / "records"
            written(folder, size, nlm)
            imports, times = [], 3 if size <= 100 * REPEATED else 1
            parses = [python(PARSE, folder) for _ in range(times)]
            for number in range(times):
                imports.append(monograph(place / str(number), "library", "import", *map(str, sorted(folder.iterdir()))))
            file = place / str(times - 1) / ".library" / "library.sqlite"
            found = python(SEARCH, file, *SEARCHES)
        for kind, runs in (("parse", parses), ("import", imports)):
            yield Point(kind, size, median(r.seconds for r in runs), max(r.megabytes for r in runs))
        yield Point("search", size, median(json.loads(found.said)), found.megabytes)


def articles(nlm: Path) -> Iterator[bytes]:
    """The records of the real files as they stand, without end."""
    for path in cycle(sorted(nlm.glob("*.xml.gz"))):
        with gzip.open(path) as file:
            lines: list[bytes] = []
            for line in file:
                if b"<PubmedArticle>" in line:
                    lines = []
                lines.append(line)
                if b"</PubmedArticle>" in line:
                    yield b"".join(lines)


def written(folder: Path, size: int, nlm: Path) -> None:
    """Write so many records under PMIDs of their own, in files of the size of NLM's."""
    folder.mkdir()
    numbers, rest = count(FIRST_PMID), islice(articles(nlm), size)
    for number, first in enumerate(rest):
        with gzip.open(folder / f"records{number:04}.xml.gz", "wb", compresslevel=1) as file:
            file.write(b"<PubmedArticleSet>\n")
            for xml in chain([first], islice(rest, A_FILE - 1)):
                pmid = b'<PMID Version="1">%d</PMID>' % next(numbers)
                file.write(re.sub(rb"<PMID Version=\"\d+\">\d+</PMID>", pmid, xml, count=1))
            file.write(b"</PubmedArticleSet>\n")


# --- what is told of it -----------------------------------------------------------------------------------------------


class Bend(NamedTuple):
    """Where the time of a kind of work first grows faster than the work, and by how much."""

    kind: str
    low: int
    high: int
    times: float

    def __str__(self) -> str:
        of = "compounds" if self.kind == "draft" else "records"
        more = f"{self.times:.1f} times the time for {self.high / self.low:.0f} times the work"
        return f"{self.kind}, from {self.low:,} to {self.high:,} {of}: {more}"


def bends(points: list[Point]) -> list[Bend]:
    """The first step of each kind whose time grows faster than the work; the one at the least work first."""
    found = []
    for kind in dict.fromkeys(point.kind for point in points):
        mine = [point for point in points if point.kind == kind]
        steps = (Bend(kind, a.work, b.work, b.seconds / a.seconds) for a, b in pairwise(mine))
        found += [step for step in steps if step.times > (step.high / step.low) ** EVEN][:1]
    return sorted(found, key=lambda bend: bend.low)


def told(points: list[Point]) -> str:
    """What bends first, in words, and how far memory goes."""
    kinds = list(dict.fromkeys(point.kind for point in points))
    found = bends(points)
    even = [kind for kind in kinds if kind not in {bend.kind for bend in found}]
    said = [f"What bends first: {found[0]}." if found else "Nothing bends: no time grows faster than its work."]
    said += [f"Then: {bend}." for bend in found[1:]]
    said += [f"No faster than the work grows the time of {', '.join(even)}."] if found and even else []
    for kind in kinds:
        held = [f"{m:,.0f}" for m in sorted(point.megabytes for point in points if point.kind == kind)]
        said.append(f"Memory of {kind}: {' to '.join(dict.fromkeys((held[0], held[-1])))} MB.")
    return " ".join(said)


def point_at(points: list[Point], kind: str, work: int) -> Point:
    """The point of a kind of work and a size."""
    return next(point for point in points if (point.kind, point.work) == (kind, work))


def seconds(value: float) -> str:
    """A time with its unit, to two digits or the second."""
    return f"{value * 1000:.2g} ms" if value < 0.1 else f"{value:.1f} s" if value < 100 else f"{value:,.0f} s"


def table(points: list[Point]) -> str:
    """Every point, in Markdown."""
    lines = ["| work | how much | time | memory of the largest process |", "|---|---|---|---|"]
    lines += [f"| {p.kind} | {p.work:,} | {seconds(p.seconds)} | {p.megabytes:,.0f} MB |" for p in points]
    return "\n".join(lines)


def measured(nlm: Path | None, full: bool) -> list[Point]:
    """Every point, those of records where there are NLM's files; up to a million records where `full`."""
    return [*drafts(COMPOUNDS, 2), *(library(FULL if full else RECORDS, nlm) if nlm else ())]


def rows_of(points: list[Point]) -> list[Row]:
    """One line for each kind of work."""
    found = []
    for kind in dict.fromkeys(point.kind for point in points):
        mine = [point for point in points if point.kind == kind]
        sizes = ", ".join(f"{point.work:,}" for point in mine)
        what = f"draft of {sizes} compounds" if kind == "draft" else f"{kind} of {sizes} records"
        what = what.replace("search of", "search among")
        memory = ", ".join(f"{point.megabytes:,.0f}" for point in mine)
        taken = ", ".join(seconds(point.seconds) for point in mine)
        note = f"memory {memory} MB" + ("; two workers" if kind == "draft" else "")
        found.append(Row(what, taken, "", None, "", None, note))
    return found


def workers(points: list[Point]) -> Row:
    """A thousand compounds by two workers against one."""
    two = point_at(points, "draft", COMPOUNDS[-1])
    (one,) = drafts(COMPOUNDS[-1:], 1)
    ratio = one.seconds / two.seconds
    short = "" if ratio >= AIM else "; one process hands out the works and writes the files while two do them"
    return Row(
        f"{two.work:,} invented compounds drafted, two workers",
        seconds(two.seconds),
        f"one worker: {seconds(one.seconds)}",
        ratio,
        f"≥ {AIM}",
        ratio >= AIM,
        f"one run each; {one.seconds / one.work * 1000:.0f} ms a compound by one{short}",
    )


def rows(folder: Path | None, full: bool = False) -> list[Row]:
    """The growth, and two workers against one; the plot and its figures too where `full`."""
    points = measured(folder, full)
    if full:
        write(points)
    missing = [] if folder else [unmeasured("parse, import and search of many records", "NLM's files are missing")]
    return [workers(points), *rows_of(points), *missing]


def write(points: list[Point]) -> None:
    """Put the plot and the figures into the documentation."""
    (ROOT / "docs" / "growth.svg").write_text(plot(panels(points)), "utf-8")
    put("growth", f"*{machine()}; {date.today():%-d %B %Y}*\n\n{table(points)}\n\n{told(points)}")


def panels(points: list[Point]) -> list[Panel]:
    """Time and memory against compounds and against records."""
    found = []
    for of, kinds in (("compounds drafted, two workers", ["draft"]), ("records", ["parse", "import", "search"])):
        mine = {kind: [point for point in points if point.kind == kind] for kind in kinds}
        mine = {kind: its for kind, its in mine.items() if its}
        for name, unit, place in (("time", "s", 2), ("memory of the largest process", "MB", 3)):
            lines = {kind: [(float(p.work), float(p[place])) for p in its] for kind, its in mine.items()}
            found += [Panel(f"{name}, {unit}", of, lines)] if lines else []
    return found


def main(arguments: list[str]) -> int:
    """Print every point and what bends first; with `--full` up to a million records, and into the documentation."""
    parser = argparse.ArgumentParser(prog="python -m bench growth")
    parser.add_argument("--full", action="store_true")
    given = parser.parse_args(arguments)
    points = measured(nlm_files(), given.full)
    print(table(points))
    print(f"\n{told(points)}")
    if given.full:
        write(points)
    return 0
