"""Works done in this process, or in several of this machine."""

from __future__ import annotations

import gc
import os
import signal
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import chain, islice
from multiprocessing import active_children, get_context

from pipeline.workers import Done, Here, R, W
from pipeline.workers.executing import by, killed

FEW = 8  # works that one process has done as soon as several would, their start included


class Local:
    """Several processes of this machine: `jobs` of them, or as many as it has cores where there is much to do."""

    def __init__(self, jobs: int | None = None) -> None:
        self._jobs = jobs or _cores()
        self._few = FEW if jobs is None else 2

    def run(self, task: Callable[[W], R], works: Iterable[tuple[str, W]]) -> Iterator[Done[R]]:
        """See `Workers.run`."""
        rest = iter(works)
        first = list(islice(rest, self._few))
        every = chain(first, rest)
        if self._jobs < 2 or len(first) < self._few:
            yield from Here().run(task, every)
            return
        while True:
            lost = list[tuple[str, W]]()
            with _pool(self._jobs) as pool:
                yield from by(pool, task, every, lambda: self._jobs, lost)
                if lost:
                    _end_rest()
            if not lost:
                return
            for key, work in lost:
                yield _apart(task, key, work)


def _pool(size: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(size, mp_context=get_context("spawn"), initializer=_alone)


def _alone() -> None:
    """Leave it to the first process to be interrupted, and look for what is no longer used less often than Python does.

    A profile is a hundred thousand small values that all go at once; looking through them is a sixth of the time.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.freeze()
    gc.set_threshold(200_000)


def _apart(task: Callable[[W], R], key: str, work: W) -> Done[R]:
    """A work that was lost, in a process of its own."""
    with _pool(1) as pool:
        try:
            return Done(key, pool.submit(task, work).result())
        except BrokenProcessPool:
            _end_rest()
            return Done(key, fault=killed(key))
        except Exception as error:
            return Done(key, fault=error)


def _end_rest() -> None:
    """End what a broken pool leaves: a process that was being started as it broke is waited for, and never ends."""
    for process in active_children():
        process.kill()


def _cores() -> int:
    """How many processors this process may use, where the system says so."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
