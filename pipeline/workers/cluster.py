"""Works done by a Dask cluster."""

from __future__ import annotations

import hashlib
import logging
import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError
from functools import cache
from importlib.metadata import requires, version
from pathlib import Path
from typing import Any, Generic

import pipeline
from pipeline.errors import ConfigError, PipelineError, SourceError
from pipeline.workers import Done, R, W
from pipeline.workers.executing import by

ANSWERS = 15  # seconds in which a scheduler has to answer
SCHEMES = ("tcp://", "tls://", "ws://", "wss://", "ucx://")
PATIENCE = 60  # seconds for which a cluster may be without a worker


class Cluster:
    """The workers of a Dask cluster, which need nothing but the same version of this program.

    They get works and give back results: no file, no library, no key and no network is shared with them.
    """

    def __init__(self, address: str) -> None:
        try:
            from distributed import Client
        except ModuleNotFoundError as error:
            raise ConfigError(
                "Dask is not installed, which --scheduler needs",
                "install it, here and on every machine: pip install -c constraints.txt '.[cluster]'",
            ) from error
        for name in ("distributed", "distributed.client", "tornado", "asyncio"):  # what they would say is said below
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)
        if "://" in address and not address.startswith(SCHEMES):
            raise ConfigError(f"'{address}' is no address of a Dask scheduler", f"give one that begins {SCHEMES[0]}")
        try:
            self._client: Any = Client(address, timeout=ANSWERS, set_as_default=False)
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

        try:
            self._greet()
            executor = self._client.get_executor(pure=False)
            yield from by(executor, _Same(task, code()), iter(works), self._size, KilledWorker)
        except (CancelledError, OSError) as error:
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
    here = Path(pipeline.__path__[0])
    sha = hashlib.sha256(f"{sys.version_info[:2]}".encode())
    for path in sorted(p for p in here.rglob("*") if p.is_file() and "__pycache__" not in p.parts):
        sha.update(path.relative_to(here).as_posix().encode() + b"\0" + path.read_bytes())
    for needed in sorted(requires("monograph") or ()):
        if "extra ==" not in needed:
            sha.update(f"{needed} {version(re.split(r'[^A-Za-z0-9._-]', needed)[0])}".encode())
    return sha.hexdigest()
