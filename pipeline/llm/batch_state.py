"""Which batches are under way: one JSON file, replaced as a whole, with nothing secret in it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Set
from pathlib import Path
from typing import Literal, TextIO

from pydantic import Field, ValidationError

from pipeline.errors import ModelError
from pipeline.llm.reading import line
from pipeline.locks import held
from pipeline.models.base import Frozen

_MOST_ENDED = 1000


class Batch(Frozen):
    """Requests that were sent to `service` together, or are about to be while `id` is None.

    `name` says in the service's own list which requests they are.
    """

    service: str
    model: str
    name: str
    keys: tuple[str, ...]
    id: str | None = None


class State(Frozen):
    """All that is to be known in the next run.

    `ended`: ids of batches that were read; `failures`: in how many batches a request failed; `not_taken`: parameters
    that a model does not take.
    """

    format: Literal["monograph batches 1"]
    batches: tuple[Batch, ...] = ()
    ended: tuple[str, ...] = ()
    failures: dict[str, int] = Field(default_factory=dict)
    not_taken: dict[str, tuple[str, ...]] = Field(default_factory=dict)

    @property
    def seen(self) -> Set[str]:
        """The ids of all batches that are known here."""
        return {*self.ended, *(batch.id for batch in self.batches if batch.id is not None)}

    def at(self, service: str) -> tuple[Batch, ...]:
        """The batches of one service."""
        return tuple(batch for batch in self.batches if batch.service == service)

    def put(self, batch: Batch, identifier: str | None = None) -> State:
        """With `batch`, in place of one of the same name, under the id that the service gave it."""
        kept = batch.model_copy(update={"id": identifier})
        return self.model_copy(update={"batches": (*self.without(batch).batches, kept)})

    def without(self, batch: Batch) -> State:
        """Without `batch`, as if it had never been."""
        others = (one for one in self.batches if (one.service, one.name) != (batch.service, batch.name))
        return self.model_copy(update={"batches": tuple(others)})

    def after(self, batch: Batch, failures: dict[str, int], not_taken: Set[str]) -> State:
        """What is to be known when `batch` was read."""
        ended = (*self.ended, *filter(None, [batch.id]))[-_MOST_ENDED:]
        taken = self.not_taken | {batch.model: tuple(sorted(not_taken))} if not_taken else self.not_taken
        update = {"ended": ended, "failures": failures, "not_taken": taken}
        return self.without(batch).model_copy(update=update)


def hold(path: Path) -> TextIO:
    """The file at `path` for this process, until what is given is closed. Raises ModelError where another has it."""
    busy = ModelError(
        f"another run is at work on the batches in {path}",
        "Wait for it to end, or stop it: batches stay under way, and the next run takes them up.",
        retryable=True,
    )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return held(path.with_name(f"{path.name}.lock"), busy)
    except OSError as error:
        raise _inaccessible(path, error) from error


def load(path: Path) -> State:
    """The state in the file at `path`; an empty one where there is none."""
    try:
        return State.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return State(format="monograph batches 1")
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        said = line(".".join(map(str, first["loc"])) + " " + first["msg"])
        raise ModelError(
            f"{path} is no list of batches of this program ({said})",
            "Move the file away: batches of the same requests are found again, others are asked and paid for again.",
        ) from None
    except OSError as error:
        raise _inaccessible(path, error) from error


def save(path: Path, state: State) -> None:
    """Put `state` in place of what the file held; it is on the disk when this returns."""
    new: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        new = Path(name)
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(state.model_dump_json(indent=1, exclude_defaults=True))
            stream.flush()
            os.fsync(stream.fileno())
        new.replace(path)
        _sync(path.parent)
    except OSError as error:
        raise _inaccessible(path, error) from error
    finally:
        if new is not None:
            new.unlink(missing_ok=True)


def _sync(directory: Path) -> None:
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _inaccessible(path: Path, error: OSError) -> ModelError:
    return ModelError(
        f"the list of batches {path} cannot be read or written ({error.strerror or line(error)})",
        "Check the path and its permissions; the file lies beside the library (MONOGRAPH_LIBRARY).",
    )
