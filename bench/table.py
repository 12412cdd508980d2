"""The one table: on the terminal in 80 columns, and in the documentation between two comments."""

from __future__ import annotations

import os
import platform
import re
import sys
from collections.abc import Sequence
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.rows import Row

PAGE = Path(__file__).resolve().parents[1] / "docs" / "benchmarks.md"
PACKAGES = ("monograph", "biopython", "openai", "pydantic", "lxml")
HEAD = ("what", "ours", "beside", "ratio", "target", "met", "note")
WIDTH = 80
COLUMNS = {"what": 27, "ours": 17, "beside": 14, "ratio": 5, "target": 8, "met": 3}


def ratio(row: Row) -> str:
    """The ratio as people read it."""
    return "" if row.ratio is None else f"{row.ratio:.2f}"


def met(row: Row) -> str:
    """Whether the target is met, in a word."""
    return "" if row.met is None else "yes" if row.met else "no"


def machine() -> str:
    """The processor, its cores and the memory, as far as the system tells."""
    cpu, cores = Path("/proc/cpuinfo"), os.cpu_count()
    name = re.search(r"^model name\s*: (.+)$", cpu.read_text("utf-8"), re.MULTILINE) if cpu.is_file() else None
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{name[1] if name else platform.machine()}, {cores} cores, {memory:.0f} GB, {platform.system()}"


def versions(more: dict[str, str]) -> str:
    """Python, this program and what it is held against; `more` are versions that no metadata here tells."""
    found = {"Python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return ", ".join(f"{name} {number}" for name, number in (found | more).items())


def conditions(command: str, seconds: float, more: dict[str, str]) -> list[tuple[str, str]]:
    """Under what the table was made."""
    return [
        ("machine", machine()),
        ("date", f"{date.today():%-d %B %Y}"),
        ("versions", versions(more)),
        ("command", f"{command}, {seconds / 60:.1f} minutes"),
    ]


def markdown(rows: Sequence[Row], under: Sequence[tuple[str, str]]) -> str:
    """The table as it stands in the documentation."""
    lines = [f"*{name}:* {value}  " for name, value in under]
    lines += ["", f"| {' | '.join(HEAD)} |", "|---" * len(HEAD) + "|"]
    for row in rows:
        cells = (row.what, row.ours, row.beside, ratio(row), row.target, met(row), row.note)
        lines.append(f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |")
    return "\n".join(lines)


def show(rows: Sequence[Row], under: Sequence[tuple[str, str]] = ()) -> None:
    """Print the table in 80 columns, and below it the notes of what is short of its target or was not measured."""
    console = Console(width=WIDTH, file=sys.stdout, color_system=None, highlight=False, markup=False, emoji=False)
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))
    for name, width in COLUMNS.items():
        table.add_column(name, width=width, justify="right" if name == "ratio" else "left")
    for row in rows:
        table.add_row(row.what, row.ours, row.beside, ratio(row), row.target, met(row))
    console.print(table)
    for row in rows:
        if row.met is False or row.ours == "not measured":
            word = "short" if row.met is False else "not measured"
            console.print(f"{word}: {row.what}: {row.note}")
    for name, value in under:
        console.print(f"{name}: {value}")


def put(name: str, text: str, page: Path = PAGE) -> None:
    """Replace what stands between the comments `<!-- name:start -->` and `<!-- name:end -->` of a page."""
    start, end = f"<!-- {name}:start -->", f"<!-- {name}:end -->"
    whole = page.read_text("utf-8")
    before, found, rest = whole.partition(start)
    _, closed, after = rest.partition(end)
    if not found or not closed:
        raise ValueError(f"{page.name} has no place for '{name}'")
    page.write_text(f"{before}{start}\n{text}\n{end}{after}", "utf-8")
