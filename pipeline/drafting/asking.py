"""A model asked from several threads at once, all of which stop when one call fails for good."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from typing import Protocol, TypeVar

from pipeline.errors import Deferred, UnusableAnswer
from pipeline.llm.endpoints import Endpoint
from pipeline.models.base import Frozen
from pipeline.models.calls import ModelCall, Prompt
from pipeline.sources.collect import Progress

Value = TypeVar("Value", bound=Frozen)
Item = TypeVar("Item")
Result = TypeVar("Result")


class Asks(Protocol):
    """What the drafter needs of a model."""

    @property
    def endpoint(self) -> Endpoint:
        """Which model it is, and how many calls may run at once."""

    def complete(self, prompt: Prompt, schema: type[Value], *, most_tokens: int) -> tuple[Value, ModelCall]:
        """One answer, or a ModelError."""


class Asking:
    """Asks a model from several threads, and stops asking once one call failed for good."""

    def __init__(self, model: Asks) -> None:
        self._model = model
        self._pool = ThreadPoolExecutor(max_workers=model.endpoint.parallel, thread_name_prefix="draft")
        self._stopped = False

    def __enter__(self) -> Asking:
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped = True
        self._pool.shutdown(cancel_futures=True)

    def complete(self, prompt: Prompt, schema: type[Value], most_tokens: int) -> Value:
        """One answer. Raises UnusableAnswer for what concerns this call only."""
        if self._stopped:
            raise UnusableAnswer("the draft was stopped", "run it again: answers are kept")
        value, _ = self._model.complete(prompt, schema, most_tokens=most_tokens)
        return value

    def all(self, do: Callable[[Item], Result], items: Sequence[Item], words: str, progress: Progress) -> list[Result]:
        """What `do` makes of each item, in their order, several at once."""
        futures: list[Future[Result]] = [self._pool.submit(do, item) for item in items]
        late: Deferred | None = None
        for number, future in enumerate(as_completed(futures), 1):
            try:
                future.result()
            except Deferred as error:  # all that can be asked now is asked before the batch is waited for
                late = error
            progress(words, number, len(futures))
        if late is not None:
            raise late
        return [future.result() for future in futures]
