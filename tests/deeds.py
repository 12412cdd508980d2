"""Tasks for the tests of workers: what another process is to do has to be importable there."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from pipeline.errors import SourceError
from pipeline.workers.local import Local


class Deed(NamedTuple):
    """A number, and the directory in which each beginning of work on it is noted."""

    number: int
    notes: Path


def squared(number: int) -> int:
    return number * number


def faulty(number: int) -> int:
    if number == 3:
        raise SourceError("three is out", "take four", retryable=True)
    if number == 5:
        raise KeyError("five")
    return number


def noted(deed: Deed) -> int:
    """Note that the work was begun, and do it in a moment."""
    (deed.notes / f"{deed.number}-{os.getpid()}-{time.monotonic_ns()}").touch()
    time.sleep(0.02)
    return deed.number


def killed_once(deed: Deed) -> int:
    """Note it; the first process that works on 7 is killed."""
    noted(deed)
    if deed.number == 7 and len(list(deed.notes.glob("7-*"))) == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    return deed.number


def killing(deed: Deed) -> int:
    """Note it; every process that works on 7 is killed."""
    noted(deed)
    if deed.number == 7:
        os.kill(os.getpid(), signal.SIGKILL)
    return deed.number


def killed_while_it_gives_back(deed: Deed) -> bytes:
    """Note it; the first process that worked on 7 is killed while it writes its result, which no pipe holds at once."""
    noted(deed)
    if deed.number == 7 and len(list(deed.notes.glob("7-*"))) == 1:
        threading.Thread(target=_kill_once_it_writes, args=(threading.get_ident(),), daemon=True).start()
    return bytes(100_000_000 if deed.number == 7 else 1)


def _kill_once_it_writes(thread: int) -> None:
    while sys._current_frames()[thread].f_code.co_name != "_send":
        pass
    os.kill(os.getpid(), signal.SIGKILL)


class KilledAtStart:
    """A task that doubles a number; the first processes that it comes to are killed before they get any."""

    def __init__(self, notes: Path, times: int) -> None:
        self.notes, self.times = notes, times

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__ = state
        (self.notes / f"0-{os.getpid()}").touch()
        if len(list(self.notes.iterdir())) <= self.times:
            os.kill(os.getpid(), signal.SIGKILL)

    def __call__(self, number: int) -> int:
        return 2 * number


def function_of(number: int) -> Callable[[], int]:
    return lambda: number


def given_and_killed(notes: str) -> None:
    """Give works to two processes, and be killed while they are at them."""
    works = ((f"n{number}", Deed(number, Path(notes))) for number in range(2))
    threading.Thread(target=_kill_once_two_began, args=(Path(notes),), daemon=True).start()
    list(Local(2).run(slow, works))


def slow(deed: Deed) -> int:
    noted(deed)
    time.sleep(1)
    return deed.number


def _kill_once_two_began(notes: Path) -> None:
    while len(list(notes.iterdir())) < 2:
        time.sleep(0.01)
    os.kill(os.getpid(), signal.SIGKILL)
