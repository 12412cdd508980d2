"""Commands as people start them: whole processes, their wall time and memory, and what a fresh clone takes.

    python -m bench commands

Each draft from nothing has a root of its own with the committed compound.yaml and neither library nor profile; no
network, no model. Medians of several runs.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from typing import NamedTuple

from bench.rows import Row, unmeasured
from pipeline.models.sources import AbstractSection
from pipeline.sources import synopses
from pipeline.sources.library import Library
from pipeline.sources.pubmed_xml import Record

ROOT = Path(__file__).resolve().parents[1]
NAME = "naltrexone"
CHANGED = "17222320"  # the record that is revised: its abstract is told in several sections
OURS = ("NCBI_", "OPENAI_", "MONOGRAPH_", "MAKE", "MFLAGS", "VIRTUAL_ENV", "PYTHON")
DRAFT = ("draft", NAME, "--extractive", "--offline")
QUICK, SLOW = 5, 3  # runs
# A process begins with the memory of the one that starts it, and that counts as its own: so a small one starts it.
LAUNCH = """
import json, os, sys, time
start = time.perf_counter()
child = os.posix_spawnp(sys.argv[2], sys.argv[2:], os.environ)
_, status, used = os.wait4(child, 0)
seconds = time.perf_counter() - start
with open(sys.argv[1], "w") as told:
    cores = used.ru_utime + used.ru_stime
    json.dump([seconds, cores, used.ru_maxrss / 1024, os.waitstatus_to_exitcode(status)], told)
"""


class Ran(NamedTuple):
    """What a process came to: its seconds and those of all cores, its largest process in MB, its status and output."""

    seconds: float
    cores: float
    megabytes: float
    status: int
    said: str


def surroundings(**more: str) -> dict[str, str]:
    """The environment without what would change a measurement, and with what is given."""
    return {k: v for k, v in os.environ.items() if not k.startswith(OURS)} | more


def process(command: list[str], place: Path, **environment: str) -> Ran:
    """Run a command in a directory to its end."""
    with tempfile.TemporaryDirectory() as made, tempfile.TemporaryFile("w+") as out:
        told = Path(made) / "told"
        subprocess.run(
            [sys.executable, "-I", "-S", "-c", LAUNCH, told, *command],
            cwd=place,
            env=surroundings(**environment),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            check=True,
        )
        out.seek(0)
        return Ran(*json.loads(told.read_text()), out.read())


def monograph(place: Path, *words: str, **environment: str) -> Ran:
    """`monograph WORDS...` in a project directory, with its library there. Raises RuntimeError where it cannot run."""
    (place / "profiles").mkdir(parents=True, exist_ok=True)
    here = {"PYTHONPATH": str(ROOT), "MONOGRAPH_LIBRARY": str(place / ".library" / "library.sqlite")}
    ran = process([sys.executable, "-m", "pipeline.cli", *words], place, **here, **environment)
    if ran.status not in (0, 1):
        raise RuntimeError(f"monograph {' '.join(words)}: {ran.said.strip()}")
    return ran


def python(code: str, *words: object) -> Ran:
    """Some lines of Python as a process. Raises RuntimeError where they fail."""
    ran = process([sys.executable, "-c", code, *map(str, words)], ROOT)
    if ran.status:
        raise RuntimeError(ran.said.strip())
    return ran


def project(place: Path) -> Path:
    """Make a project directory with what an author wrote of naltrexone, no library and no draft."""
    (directory := place / "profiles" / NAME).mkdir(parents=True)
    shutil.copy(ROOT / "profiles" / NAME / "compound.yaml", directory)
    return place


def middle(runs: list[Ran]) -> tuple[float, str]:
    """The median of the seconds, and a note on how many there were and on memory."""
    return median(ran.seconds for ran in runs), f"{len(runs)} runs; {max(ran.megabytes for ran in runs):.0f} MB"


def timed(what: str, runs: list[Ran], most: float | None, beside: str = "", why: str = "") -> Row:
    """The line of a command; `most` are the seconds of its target, `why` says what takes the time where it is short."""
    seconds, note = middle(runs)
    target, met = (f"≤ {most} s", seconds <= most) if most else ("", None)
    return Row(what, f"{seconds:.2f} s", beside, None, target, met, note if met is not False else f"{note}; {why}")


def held(place: Path) -> dict[str, bytes]:
    """Every file of the profiles below a directory."""
    return {p.relative_to(place).as_posix(): p.read_bytes() for p in (place / "profiles").rglob("*") if p.is_file()}


def revise(place: Path, number: int) -> None:
    """Let the library hold a newer version of a record, with another sentence at the end of its abstract."""
    collection = synopses.bundled(NAME)
    assert collection is not None
    (old,) = (article for article in collection.articles if article.key == CHANGED)
    told = AbstractSection(text=f"In revision {number}, headache occurred in {number + 1}% of patients on naltrexone.")
    new = old.model_copy(
        update={
            "abstract": (*old.abstract, told),
            "text_origin": "pubmed",
            "date_revised": date(2026, 1, 1) + timedelta(days=number),
        }
    )
    with Library(place / ".library" / "library.sqlite") as library:
        library.add([Record(new, b"")], fetched_at=date(2026, 11, 1))


def drafts(place: Path) -> Iterator[Row]:
    """The draft from nothing, with nothing new, and after one changed record; then the check."""
    cold = [monograph(project(place / f"cold-{number}"), *DRAFT) for number in range(SLOW)]
    yield timed(f"draft of {NAME} from nothing", cold, None)
    here = place / "cold-0"
    before = held(here)
    warm = [monograph(here, *DRAFT) for _ in range(QUICK)]
    same = held(here) == before
    row = timed("draft with nothing new", warm, 1.5, why="every paper is read and judged again, nothing is remembered")
    note = f"{row.note}; {'no byte' if same else 'some file'} changed"
    yield row._replace(target=f"{row.target}, no byte changed", met=row.met and same, note=note)
    changed = []
    for number in range(SLOW):
        revise(here, number)
        before = held(here)
        changed.append(monograph(here, *DRAFT))
        if held(here) == before:
            raise RuntimeError(f"the revision of {CHANGED} changed no file of the draft")
    yield timed("draft after one changed record", changed, None)
    yield timed(f"check of {NAME}", [monograph(here, "check", NAME) for _ in range(QUICK)], None)


def fresh_clone(place: Path) -> Row:
    """A new clone of what is committed, its environment built from the registry, and the first draft."""
    what, target, most = "fresh clone to first draft", "< 90 s", 90
    (home := place / "home").mkdir()
    start = time.perf_counter()
    cloned = process(["git", "clone", "--quiet", str(ROOT), str(place / "clone")], place)
    if cloned.status:
        return unmeasured(what, "this is no git repository", target)
    python = getattr(sys, "_base_executable", sys.executable)
    made = process(
        ["make", "draft", f"COMPOUND={NAME}", "OFFLINE=1", f"PYTHON={python}"], place / "clone", HOME=str(home)
    )
    if made.status:
        last = (made.said.strip().splitlines() or ["it failed"])[-1]
        return unmeasured(what, f"the environment could not be built: {last[:80]}", target)
    seconds = time.perf_counter() - start
    return Row(what, f"{seconds:.0f} s", "", None, target, seconds < most, "one run; packages from the registry")


def rows() -> list[Row]:
    """Every command in turn."""
    with tempfile.TemporaryDirectory() as made:
        place = Path(made)
        bare = [process([sys.executable, "-c", "pass"], place) for _ in range(QUICK)]
        help_ = [monograph(place, "--help") for _ in range(QUICK)]
        found = [
            timed(
                "monograph --help",
                help_,
                0.3,
                beside=f"python -c pass: {middle(bare)[0]:.2f} s",
                why="start and imports",
            )
        ]
        found += drafts(place)
        if shutil.which("git") and shutil.which("make"):
            found.append(fresh_clone(place))
        return found
