"""What a night is about to write of one profile, kept until it is written.

The files of a profile are put in place one by one. A run that is killed between two of them leaves a profile that is
neither the old one nor the new one, and drawing that again would tell another story of the night. So what is to be
written is put down whole beforehand, and the next run writes the rest of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from pathlib import Path

from pydantic import ValidationError

from pipeline.config import Settings
from pipeline.errors import PipelineError
from pipeline.locks import only_run
from pipeline.models.base import Frozen
from pipeline.models.sources import Label
from pipeline.profiles import digest, write
from pipeline.sources.library import Library


class Planned(Frozen):
    """A file, by its path under the project, as it is to be; `was` is the digest of what it held before, if it was."""

    path: str
    was: str | None
    text: str


class Plan(Frozen):
    """All that a night writes of the profile `slug`, and the labels that the library then has under `names`."""

    slug: str
    day: date
    files: tuple[Planned, ...]
    labels: tuple[Label, ...] = ()
    names: tuple[str, ...] = ()


def planned(files: Mapping[Path, str], root: Path) -> tuple[Planned, ...]:
    """What is to become of some files under `root`."""
    return tuple(
        Planned(path=path.relative_to(root).as_posix(), was=_now(path), text=text) for path, text in files.items()
    )


def carry_out(plan: Plan, settings: Settings, library: Library) -> None:
    """Write the files, and then the labels, with which new ones are compared until the files have them."""
    note = settings.library.parent / f"{plan.slug}.plan"
    write({note: plan.model_dump_json()})
    _do(plan, settings, library)
    note.unlink()


def finish(settings: Settings, library: Library) -> None:
    """Write what an earlier run planned and did not come to write.

    A plan is let go where somebody has changed one of its files since: what people write is not written over. One that
    cannot be written stays, and the profile's own turn tells the reason.
    """
    for note in sorted(settings.library.parent.glob("*.plan")):
        with suppress(PipelineError), only_run(settings.library.parent, note.stem):
            try:
                plan = Plan.model_validate_json(note.read_bytes())
            except ValidationError:
                plan = None
            if plan is not None and all(_is_ours(each, settings.root) for each in plan.files):
                _do(plan, settings, library)
            note.unlink()


def _do(plan: Plan, settings: Settings, library: Library) -> None:
    write({settings.root / each.path: each.text for each in plan.files})
    if plan.labels:
        library.add_labels(plan.labels, plan.names, plan.day)


def _is_ours(file: Planned, root: Path) -> bool:
    return _now(root / file.path) in (file.was, digest(file.text))


def _now(path: Path) -> str | None:
    try:
        return digest(path.read_text("utf-8"))
    except (OSError, ValueError):
        return None
