"""What a draft would ask of a model, gathered for a batch in place of being asked."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from typing import Any, NoReturn

from pipeline.errors import Deferred
from pipeline.llm.answers import Answers
from pipeline.llm.client import Model
from pipeline.llm.costs import Ledger, price
from pipeline.llm.endpoints import Endpoint
from pipeline.llm.requests import key, size
from pipeline.models.calls import Usage

DISCOUNT = 2  # a batch costs half
_STEP = 64  # a look-up of a price takes 0.25 ms: sizes are rounded up, so that few differ


class Gathering(Model):
    """A model that only remembers: what is not kept is noted in `wanted`, and Deferred is raised."""

    def __init__(self, endpoint: Endpoint, answers: Answers) -> None:
        super().__init__(endpoint, answers, Ledger())
        self._wanted: dict[str, Mapping[str, Any]] = {}

    @property
    def wanted(self) -> dict[str, Mapping[str, Any]]:
        """The bodies of the requests that have no answer yet, by their keys."""
        with self._lock:
            return dict(self._wanted)

    def _ask(self, body: Mapping[str, Any]) -> NoReturn:
        with self._lock:
            self._wanted[key(body)] = body
        raise Deferred(
            "the answer is to come with a batch",
            "Run the same command again when the batch has ended, which takes up to 24 hours.",
        )


def most_cost(wanted: Mapping[str, Mapping[str, Any]], endpoint: Endpoint) -> Decimal | None:
    """The most US dollars that a batch of these requests can cost, or None where no price is known.

    Every byte counts as a token and every answer as one of the greatest length.
    """

    @cache
    def priced(prompt: int, completion: int) -> Decimal | None:
        return price(endpoint, Usage(prompt=prompt, completion=completion))

    total = Decimal(0)
    for body in wanted.values():
        most = priced(-(-size(body) // _STEP) * _STEP, body["max_completion_tokens"])
        if most is None:
            return None
        total += most
    return total / DISCOUNT
