"""Tasks for the tests of workers: what another process is to do has to be importable there."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import NamedTuple

from pipeline.errors import SourceError


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
