"""Works handed to an executor, whatever its processes are, and never many at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait

from pipeline.errors import PipelineError, SourceError
from pipeline.workers import Done, R, W

AHEAD = 6  # works for each process that are handed out or wait before it: it does them while whoever hands out is busy
STEP = 2  # seconds between two looks at how many processes there are


def by(
    executor: Executor,
    task: Callable[[W], R],
    works: Iterator[tuple[str, W]],
    size: Callable[[], int],
    lost: type[Exception],
) -> Iterator[Done[R]]:
    """Works done by an executor for `size` of them at once, which raises `lost` where one took its processes along."""
    under_way: dict[Future[R], str] = {}
    try:
        while True:
            given = next(works, None) if len(under_way) < size() * AHEAD else None
            if given is not None:
                key, work = given
                under_way[executor.submit(task, work)] = key
            elif not under_way:
                return
            patience = STEP if given is None else 0  # to prepare the next may take long: what is done is given first
            for future in wait(under_way, patience, FIRST_COMPLETED).done:
                key = under_way.pop(future)
                fault = future.exception()
                if isinstance(fault, lost):
                    yield Done(key, fault=_killed(key))
                elif isinstance(fault, Exception):
                    yield Done(key, fault=fault)
                else:
                    yield Done(key, future.result())
    finally:
        for future in under_way:
            future.cancel()


def _killed(key: str) -> PipelineError:
    """The fault of a work that took more than one process with it."""
    return SourceError(
        f"each process that worked on '{key}' was killed", "look whether memory ran out, and run it alone: --jobs 1"
    )
