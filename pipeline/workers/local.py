"""Works done in this process, or in several of this machine."""

from __future__ import annotations

import gc
import os
import signal
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import chain, islice
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from multiprocessing.reduction import ForkingPickler
from traceback import format_exc
from typing import Generic

from pipeline.workers import HERE, Done, R, W, seldom_collecting
from pipeline.workers.executing import by

FEW = 8  # works that one process has done as soon as several would, their start included
STARTS = 3  # times that a process is begun which is killed before it is ready


class Local:
    """Several processes of this machine: `jobs` of them, or as many as it has cores where there is much to do."""

    def __init__(self, jobs: int | None = None) -> None:
        self._jobs = jobs or _cores()
        self._few = FEW if jobs is None else 2

    def run(self, task: Callable[[W], R], works: Iterable[tuple[str, W]]) -> Iterator[Done[R]]:
        """See `Workers.run`."""
        if self._jobs < 2:
            yield from HERE.run(task, works)
            return
        rest = iter(works)
        first = list(islice(rest, self._few))
        every = chain(first, rest)
        if len(first) < self._few:
            yield from HERE.run(task, every)
            return
        idle = [_Process(task) for _ in range(self._jobs)]

        def handed(work: W) -> R:
            process = idle.pop()
            try:
                return process.do(work)
            finally:
                idle.append(process)

        try:
            with ThreadPoolExecutor(self._jobs) as threads:
                yield from by(threads, handed, every, lambda: self._jobs, _Killed)
        finally:
            for process in idle:
                process.end()


class _Killed(Exception):
    """A work took more than one process with it."""


class _Process(Generic[W, R]):
    """A process that does one work after the other; where it is killed, another takes its place.

    It has a pipe of its own, which ends with it. The processes of `concurrent.futures` all write into one, and what was
    being written by one that is killed is waited for without an end.
    """

    def __init__(self, task: Callable[[W], R]) -> None:
        self._task = task
        self._running: tuple[SpawnProcess, Connection] | None = None

    def do(self, work: W) -> R:
        """What the task makes of the work. Raises what the task raises, and _Killed."""
        for _ in range(2):
            pipe = self._running[1] if self._running else self._started()
            try:
                pipe.send(work)
                result, fault = pipe.recv()
            except (EOFError, OSError):
                self.end()
                continue
            if fault is not None:
                raise fault
            return result  # type: ignore[no-any-return]
        raise _Killed

    def end(self) -> None:
        """End the process. It has nothing to lose: what it does is given back, and written by another."""
        if self._running:
            process, pipe = self._running
            pipe.close()
            process.kill()
            process.join()
        self._running = None

    def _started(self) -> Connection:
        """The pipe of a new process that is ready, so that no work is blamed for what kills it on the way there."""
        spawn = get_context("spawn")
        for _ in range(STARTS):
            with suppress(EOFError, OSError):
                ours, theirs = spawn.Pipe()
                with theirs:
                    process = spawn.Process(target=_serve, args=(theirs, self._task), daemon=True)
                    process.start()
                self._running = process, ours
                ours.recv_bytes()
                return ours
            self.end()
        raise _Killed


def _serve(pipe: Connection, task: Callable[[W], R]) -> None:
    """Do the works that come through the pipe, until whoever gives them is gone; only that one is to be interrupted."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.freeze()
    seldom_collecting()
    with suppress(EOFError, OSError):
        pipe.send_bytes(b"ready")
        while True:
            pipe.send_bytes(_answer(task, pipe.recv_bytes()))


def _answer(task: Callable[[W], R], work: bytes) -> memoryview:
    """The result of a task with a work, or the fault that it ended with; all but the task pickled."""
    try:
        return ForkingPickler.dumps((task(ForkingPickler.loads(work)), None))
    except Exception as error:
        error.add_note(f"In a process of its own:\n{format_exc()}")
        fault = error
    try:
        return ForkingPickler.dumps((None, fault))
    except Exception:
        return ForkingPickler.dumps((None, RuntimeError(repr(fault))))


def _cores() -> int:
    """How many processors this process may use, where the system says so."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
