"""Many works done by the processes of this machine, or by those of a Dask cluster, through one small seam.

A work is a value, a task a function of one value that gives another. Who hands out the works fetches them one by one
and writes what comes back, so that the network, the library and the files have one process, wherever the rest runs.
"""

from __future__ import annotations

import gc
import hashlib
import logging
import os
import re
import signal
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, CancelledError, Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import cache
from importlib.metadata import requires, version
from itertools import chain, islice
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

from pipeline.errors import ConfigError, PipelineError, SourceError

W = TypeVar("W")
R = TypeVar("R")

FEW = 8  # works that one process has done as soon as several would, their start included
AHEAD = 2  # works for each process that are handed out or wait in front of it, so that none of them idles
PATIENCE = 15  # seconds in which a cluster has to answer, and to have a worker
STEP = 2  # seconds between two looks at a cluster's workers


class Done(NamedTuple, Generic[R]):
    """A work that is over: its result, or the fault that it ended with."""

    key: str
    result: R | None = None
    fault: Exception | None = None

    def value(self) -> R:
        """The result. Raises the fault where there is one."""
        if self.fault is not None:
            raise self.fault
        return self.result  # type: ignore[return-value]


class Workers(Protocol):
    """Whoever does works: this process, several of this machine, or a cluster."""

    def run(self, task: Callable[[W], R], works: Iterable[tuple[str, W]]) -> Iterator[Done[R]]:
        """Each work by its key, done by `task`, as soon as it is done, in any order.

        `works` is taken from as they are done, never far ahead. A process that is lost on the way costs nothing but
        time: what it had not given back is done again. Where one work takes its process with it twice, that is its
        fault. Task, works and results are pickled, but for work done in this process.
        """


class Here:
    """This process, one work after the other."""

    def run(self, task: Callable[[W], R], works: Iterable[tuple[str, W]]) -> Iterator[Done[R]]:
        """See `Workers.run`."""
        for key, work in works:
            try:
                done = Done(key, task(work))
            except Exception as error:
                done = Done(key, fault=error)
            yield done


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
                yield from _by(pool, task, every, lambda: self._jobs, lost)
            if not lost:
                return
            for key, work in lost:
                yield _apart(task, key, work)


class Cluster:
    """The workers of a Dask cluster, which need nothing but the same version of this program.

    They get works and give back results: no file, no library, no key and no network is shared with them.
    """

    def __init__(self, address: str) -> None:
        try:
            from distributed import Client
        except ModuleNotFoundError as error:
            raise ConfigError(
                "Dask is not installed, which --scheduler needs", "install it: pip install 'monograph[cluster]'"
            ) from error
        logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what it would say is said in words below
        try:
            self._client: Any = Client(address, timeout=PATIENCE, set_as_default=False)
        except (OSError, ValueError) as error:
            raise SourceError(
                f"no Dask scheduler answers at '{address}'",
                "start one with: dask scheduler; then give its address, for instance --scheduler tcp://127.0.0.1:8786",
            ) from error
        self._bare_since: float | None = None

    def close(self) -> None:
        """Leave the cluster, which goes on."""
        self._client.close()

    def run(self, task: Callable[[W], R], works: Iterable[tuple[str, W]]) -> Iterator[Done[R]]:
        """See `Workers.run`. Raises SourceError where the cluster is lost, or has no worker for `PATIENCE` seconds."""
        from distributed import KilledWorker

        self._greet()
        executor = self._client.get_executor(pure=False)
        try:
            for done in _by(executor, _Same(task, code()), iter(works), self._size, []):
                yield done._replace(fault=_killed(done.key)) if isinstance(done.fault, KilledWorker) else done
        except CancelledError as error:
            raise SourceError("the Dask cluster was lost", "what was done is written; run the same again") from error

    def _greet(self) -> None:
        """Hold the program of each worker against this one."""
        while not self._client.nthreads():
            self._size()
            time.sleep(0.2)
        answers = self._client.run(code, on_error="return").values()
        if any(answer != code() for answer in answers):
            raise _other_program()

    def _size(self) -> int:
        """How many works the cluster does at once, never less than one."""
        threads: int = sum(self._client.nthreads().values())
        self._bare_since = None if threads else self._bare_since or time.monotonic()
        if self._bare_since and time.monotonic() - self._bare_since > PATIENCE:
            raise SourceError(
                "the Dask cluster has no worker",
                "start some: dask worker tcp://ADDRESS --nthreads 1 --nworkers N; what was done is written",
            )
        return threads or 1


@contextmanager
def opened(jobs: int | None = None, scheduler: str | None = None) -> Iterator[Workers]:
    """The workers that a command names: a cluster by its address, else processes of this machine.

    Raises ConfigError where both are named or Dask is not installed, SourceError where the cluster does not answer.
    """
    if scheduler is None:
        yield Local(jobs)
        return
    if jobs is not None:
        raise ConfigError("--jobs is for this machine, and --scheduler for a cluster", "give one of the two")
    cluster = Cluster(scheduler)
    try:
        yield cluster
    finally:
        cluster.close()


def _by(
    executor: Executor,
    task: Callable[[W], R],
    works: Iterator[tuple[str, W]],
    size: Callable[[], int],
    lost: list[tuple[str, W]],
) -> Iterator[Done[R]]:
    """Works done by an executor for `size` of them at once; those that went down with it are added to `lost`."""
    under_way: dict[Future[R], tuple[str, W]] = {}
    try:
        while not lost:
            for key, work in islice(works, max(0, size() * AHEAD - len(under_way))):
                try:
                    under_way[executor.submit(task, work)] = (key, work)
                except BrokenProcessPool:
                    lost.append((key, work))
                    break
            if not under_way:
                return
            for future in wait(under_way, timeout=STEP, return_when=FIRST_COMPLETED).done:
                key, work = under_way.pop(future)
                fault = future.exception()
                if isinstance(fault, BrokenProcessPool):
                    lost.append((key, work))
                elif isinstance(fault, Exception):
                    yield Done(key, fault=fault)
                else:
                    yield Done(key, future.result())
        lost += under_way.values()
    finally:
        for future in under_way:
            future.cancel()


# --- one process ------------------------------------------------------------------------------------------------------


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
            return Done(key, fault=_killed(key))
        except Exception as error:
            return Done(key, fault=error)


def _killed(key: str) -> PipelineError:
    return SourceError(
        f"each process that worked on '{key}' was killed", "look whether memory ran out, and run it alone: --jobs 1"
    )


class _Same(Generic[W, R]):
    """A task that a process of another machine does only with the same program, since its results would differ."""

    def __init__(self, task: Callable[[W], R], code: str) -> None:
        self._task = task
        self._code = code

    def __call__(self, work: W) -> R:
        if code() != self._code:
            raise _other_program()
        return self._task(work)


def _other_program() -> PipelineError:
    return ConfigError(
        "a worker of the cluster lacks this program, or has another version of it or of a package it stands on",
        "install the same on every machine: pip install -c constraints.txt '.[cluster]'",
    )


@cache
def code() -> str:
    """The digest of this program: its files, the packages that it names, and Python's version."""
    here = Path(__file__).parent
    sha = hashlib.sha256(f"{sys.version_info[:2]}".encode())
    for path in sorted(p for p in here.rglob("*") if p.is_file() and "__pycache__" not in p.parts):
        sha.update(path.relative_to(here).as_posix().encode() + b"\0" + path.read_bytes())
    for needed in sorted(requires("monograph") or ()):
        if "extra ==" not in needed:
            sha.update(f"{needed} {version(re.split(r'[^A-Za-z0-9._-]', needed)[0])}".encode())
    return sha.hexdigest()


def _cores() -> int:
    """How many processors this process may use, where the system says so."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
