"""Files that a command makes all at once in a directory of its own: put in place together, and removed when gone.

A list beside them says which are ours. Nothing is written over or removed that is not on it.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.errors import ConfigError, ProfileError

MANIFEST = ".monograph-site.json"
STAGE = ".monograph-new"  # where files wait before any is put in place


@contextmanager
def staging(out: Path) -> Iterator[None]:
    """A stage below `out`, empty at first and gone at the end. Raises ProfileError where `out` cannot be written."""
    try:
        shutil.rmtree(out / STAGE, ignore_errors=True)
        (out / STAGE).mkdir(parents=True)
        yield
    except OSError as error:
        raise ProfileError(
            f"cannot write to {out}: {error.strerror or error}",
            "make room or make the directory writable, then run again",
        ) from error
    finally:
        shutil.rmtree(out / STAGE, ignore_errors=True)


def stage(out: Path, name: str, text: str) -> None:
    """Put a file on the stage, unless it is in place as it is."""
    data = text.encode()
    try:
        if (out / name).read_bytes() == data:
            return
    except OSError:
        pass
    path = out / STAGE / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def ours(out: Path) -> frozenset[str]:
    """The files in `out` that an earlier build wrote. Raises ConfigError where it holds others and no build made it."""
    elsewhere = "give a new or empty directory: --out DIR"
    if out.exists() and not out.is_dir():
        raise ConfigError(f"{out} is a file", elsewhere)
    try:
        names = json.loads((out / MANIFEST).read_text("utf-8"))["files"]
    except FileNotFoundError:
        if out.exists() and any(each.name != STAGE for each in out.iterdir()):
            raise ConfigError(f"{out} holds files that no build wrote", elsewhere) from None
        return frozenset()
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ConfigError(f"{out / MANIFEST} is not the list that a build keeps", elsewhere) from error
    inside = out.resolve()
    good = isinstance(names, list) and all(
        isinstance(name, str) and (inside / name).resolve().is_relative_to(inside) for name in names
    )
    if not good:
        raise ConfigError(f"{out / MANIFEST} names files outside {out}", elsewhere)
    return frozenset(names)


def put_in_place(out: Path, before: Collection[str], now: Collection[str]) -> tuple[int, int]:
    """Move what is staged to its place and remove what is no longer made; how many files each was.

    The list of our files is written before anything is moved and again at the end, so that a build that is killed
    leaves nothing that the next would not know as ours.
    """
    place = out / STAGE
    staged = sorted(str(path.relative_to(place)) for path in place.rglob("*") if path.is_file())
    for name in staged:
        if name not in before and (out / name).exists():
            raise ConfigError(f"{out / name} exists, and no build wrote it", "move it away, or give another --out DIR")
    _list(out, {*before, *now})
    for name in staged:
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).replace(out / name)
    gone = sorted(set(before) - set(now))
    for name in gone:
        (out / name).unlink(missing_ok=True)
        for parent in (out / name).parents:
            if parent == out or not parent.is_dir() or any(parent.iterdir()):
                break
            parent.rmdir()
    _list(out, now)
    return len(staged), len(gone)


def _list(out: Path, names: Iterable[str]) -> None:
    """Write the list of our files."""
    text = json.dumps({"written by": "monograph build", "files": sorted(names)}, indent=1) + "\n"
    new = out / STAGE / MANIFEST
    new.write_text(text, "utf-8")
    new.replace(out / MANIFEST)
