"""Nights that are killed: a child process refreshes and gets SIGKILL, another one finishes.

Called by test_refresh_killed.py, in a process of its own without threads, so that forking is safe:
`python tests/killed.py PROJECT WORKPLACE SEED COUNT` kills at random moments, `... files` before each file that is put
in place. Prints a line of JSON for each kill.
"""

from __future__ import annotations

import itertools
import json
import os
import random
import shutil
import signal
import sqlite3
import sys
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from commands import contents

from pipeline.config import settings
from pipeline.errors import PipelineError
from pipeline.patience import Patience
from pipeline.refresh.run import refresh
from pipeline.sources.entrez import PubMed

TONIGHT = date(2026, 11, 3)
TABLES = {  # without the index of the profiles' files, which the next night makes of the files as they are
    "nights.sqlite": ("day", "absent", "included", "looked", "item"),
    "library.sqlite": ("record",),
}


def night(place: Path) -> None:
    """Refresh the project at `place`."""
    os.chdir(place)
    os.environ["MONOGRAPH_LIBRARY"] = str(place / ".library" / "library.sqlite")
    refresh(settings(), today=TONIGHT, progress=lambda what, done, total: None)


def die_at_file(number: int) -> None:
    """From now on this process dies before it puts its file of that number in place."""
    put_in_place, left = Path.replace, [number]

    def replace(new: Path, path: Path) -> Path:
        left[0] -= 1
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)
        return put_in_place(new, path)

    Path.replace = replace  # type: ignore[method-assign,assignment]


def child(place: Path, kill_after: float | None = None, *, at_file: int = 0) -> tuple[int, float]:
    """A process that refreshes: its status (negative for a signal), and how long it took."""
    start = time.monotonic()
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            if at_file:
                die_at_file(at_file)
            night(place)
            status = 0
        except PipelineError as error:
            print(error.message, error.hint, file=sys.stderr)
        finally:
            os._exit(status)
    if kill_after is not None:
        time.sleep(kill_after)
        os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(status), time.monotonic() - start


def state(place: Path) -> dict[str, Any]:
    """All that a night leaves behind, but for times of files and the counts of requests."""
    report = json.loads((place / "refresh-report.json").read_text("utf-8"))
    found: dict[str, Any] = {"report": {**report, "read": 0, "requests": 0}}
    found["profiles"] = {name: text.decode() for name, text in contents(place / "profiles").items()}
    for file, tables in TABLES.items():
        with sqlite3.connect(place / ".library" / file) as db:
            for table in tables:
                columns = [row[1] for row in db.execute(f"PRAGMA table_info({table})") if row[1] not in ("id", "xml")]
                found[table] = sorted(map(list, db.execute(f"SELECT {', '.join(columns)} FROM {table}")))
    return found


def kills(random_moments: tuple[int, int] | None, whole: float) -> Iterator[tuple[float | None, int]]:
    """When to kill: after some seconds, or before the file of a number, until a night has no more of them."""
    if random_moments is not None:
        seed, count = random_moments
        moments = random.Random(seed)
        yield from ((moments.uniform(0, whole), 0) for _ in range(count))
    else:
        yield from ((None, number) for number in itertools.count(1))


def main() -> None:
    project, workplace, *how = (Path(sys.argv[1]), Path(sys.argv[2]), *sys.argv[3:])
    defaults = PubMed.__init__.__kwdefaults__
    assert defaults is not None
    defaults.update(patience=Patience(sleep=lambda _: None), rate=1000.0)
    undisturbed = workplace / "undisturbed"
    shutil.copytree(project, undisturbed)
    status, whole = child(undisturbed)
    assert status == 0, "the undisturbed night failed"
    expected = state(undisturbed)
    for moment, file in kills(None if how == ["files"] else (int(how[0]), int(how[1])), whole):
        place = workplace / "killed"
        shutil.copytree(project, place)
        killed, _ = child(place, moment, at_file=file)
        finished, _ = child(place)
        after = state(place) if finished == 0 else {}
        differing = [key for key in expected if after.get(key) != expected[key]]
        when = {"moment": moment, "of": whole, "file": file}
        print(json.dumps({**when, "killed": killed, "finished": finished, "differing": differing}), flush=True)
        shutil.rmtree(place)
        if file and not killed:
            break


if __name__ == "__main__":
    main()
