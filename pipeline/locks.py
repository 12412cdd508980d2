"""One run at a time on one thing: two that write the same files would undo each other's work."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from pipeline.config import Settings
from pipeline.errors import ProfileError, SourceError


@contextmanager
def only_run(settings: Settings, slug: str) -> Iterator[None]:
    """Hold the profile `slug` (or another name of work) for this process. Raises ProfileError when another holds it."""
    import fcntl

    path = settings.library.parent / f"{slug}.lock"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = path.open("w")
    except OSError as error:
        raise SourceError(
            f"cannot write to {path.parent}: {error.strerror or error}",
            "make room or make it writable, or set MONOGRAPH_LIBRARY to another place",
        ) from error
    with handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise ProfileError(f"another run is working on '{slug}'", "wait for it to end, then run again") from error
        yield
