"""Many works done by the processes of this machine, or by those of a Dask cluster, through one small seam.

A work is a value, a task a function of one value that gives another. Who hands out the works fetches them one by one
and writes what comes back, so that the network, the library and the files have one process, wherever the rest runs.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Generic, NamedTuple, Protocol, TypeVar

from pipeline.errors import ConfigError

UNUSED = 200_000  # new values after which Python looks for what is no longer used; its 700 take a sixth of a draft

W = TypeVar("W")
R = TypeVar("R")


def seldom_collecting() -> None:
    """Have this process look for what is no longer used less often: a profile's many small values all go at once."""
    gc.set_threshold(UNUSED)


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


HERE = Here()


@contextmanager
def opened(jobs: int | None = None, scheduler: str | None = None) -> Iterator[Workers]:
    """The workers that a command names: a cluster by its address, else processes of this machine.

    Raises ConfigError where both are named or Dask is not installed, SourceError where the cluster does not answer.
    """
    if scheduler is None:
        from pipeline.workers.local import Local

        yield Local(jobs)
        return
    if jobs is not None:
        raise ConfigError("--jobs is for this machine, and --scheduler for a cluster", "give one of the two")
    from pipeline.workers.cluster import Cluster

    cluster = Cluster(scheduler)
    try:
        yield cluster
    finally:
        cluster.close()


def each_done(
    workers: Workers,
    task: Callable[[W], R],
    names: Iterable[str],
    prepare: Callable[[str, ExitStack], tuple[str, W] | None],
) -> Iterator[Done[R]]:
    """What `prepare` makes of each name, a key and a work, done by the `workers`; None leaves a name out.

    A name that cannot be prepared is given with its fault, and the others go on. What was entered on the stack for a
    name is left when the next result is asked for.
    """
    failed: list[Done[R]] = []
    entered: dict[str, ExitStack] = {}

    def works() -> Iterator[tuple[str, W]]:
        for name in names:
            with ExitStack() as stack:
                try:
                    prepared = prepare(name, stack)
                except Exception as error:
                    failed.append(Done(name, fault=error))
                    continue
                if prepared is None:
                    continue
                entered[prepared[0]] = stack.pop_all()
            yield prepared

    try:
        for done in workers.run(task, works()):
            with entered.pop(done.key):
                yield done
            while failed:
                yield failed.pop(0)
        yield from failed
    finally:
        for stack in entered.values():
            stack.close()
