"""One run at a time on one thing: two that write the same files would undo each other's work."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from pipeline.errors import PipelineError, ProfileError, SourceError


def held(path: Path, busy: PipelineError) -> TextIO:
    """The lock file `path`, held for this process until it is closed.

    Raises `busy` where another process holds it, OSError where it cannot be opened.
    """
    import fcntl

    handle = path.open("w")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        handle.close()
        raise busy from error
    return handle


@contextmanager
def only_run(directory: Path, name: str) -> Iterator[None]:
    """Hold a profile, or another work by its name, with a lock file in `directory`.

    Raises ProfileError when another run holds it, SourceError where the directory cannot be written.
    """
    busy = ProfileError(f"another run is working on '{name}'", "wait for it to end, then run again")
    try:
        directory.mkdir(parents=True, exist_ok=True)
        handle = held(directory / f"{name}.lock", busy)
    except OSError as error:
        raise SourceError(
            f"cannot write to {directory}: {error.strerror or error}",
            "make room or make it writable, or set MONOGRAPH_LIBRARY to another place",
        ) from error
    with handle:
        yield
