"""What calls took: tokens and dollars, a bound on them, and never a zero for what is not known."""

from __future__ import annotations

import math
import threading
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Generic, TypeVar

from pipeline.errors import ConfigError, OverBudget
from pipeline.llm.endpoints import Endpoint
from pipeline.llm.reading import line
from pipeline.models.calls import ModelCall, Usage, dollars

Number = TypeVar("Number", int, Decimal)
_MILLION = 1_000_000


@dataclass(frozen=True)
class Total(Generic[Number]):
    """A sum over calls. `amount` is None where no call told its part; `partial` says that some did not."""

    amount: Number | None
    partial: bool


def price(endpoint: Endpoint, usage: Usage, answered_as: str | None = None) -> Decimal | None:
    """The US dollars that `usage` costs, or None where no price is known.

    `answered_as` is the model's name in the answer, looked up where the name asked for has no price.
    """
    if endpoint.price is not None:
        put_in, out = endpoint.price
        return (put_in * usage.prompt + out * usage.completion) / _MILLION
    from genai_prices import Usage as Tokens
    from genai_prices import calc_price

    tokens = Tokens(input_tokens=usage.prompt, output_tokens=usage.completion, cache_read_tokens=usage.cached)
    for name in filter(None, (endpoint.model, answered_as)):
        try:
            return calc_price(tokens, model_ref=name, provider_api_url=endpoint.url).total_price
        except LookupError:
            continue
    return None


def unpriced(endpoint: Endpoint) -> ConfigError:
    """That no limit of costs can be kept, since nobody knows what the model costs."""
    return ConfigError(
        f"no price is known for the model '{line(endpoint.model)}', so no limit of costs can be kept",
        "Set MONOGRAPH_PRICE to US dollars for a million tokens in and out: MONOGRAPH_PRICE=0.25/2.00.",
    )


class Ledger:
    """The account of a run, for all threads. With `max_cost` no call is begun that could lead beyond it."""

    def __init__(self, max_cost: Decimal | None = None) -> None:
        self.max_cost = max_cost
        self._calls: list[ModelCall] = []
        self._changed = threading.Condition()
        self._spent = Decimal(0)
        self._reserved = Decimal(0)
        self._under_way = 0
        self._lost = 0
        self._tokens_a_byte = Fraction(1)

    @property
    def calls(self) -> tuple[ModelCall, ...]:
        """Every call that was answered, in the order of the answers."""
        with self._changed:
            return tuple(self._calls)

    @property
    def cost(self) -> Total[Decimal]:
        """The US dollars that were spent now: answers of an earlier run cost nothing.

        It is partial, too, where an attempt may have been charged for and its answer did not arrive.
        """
        asked = [call.cost for call in self.calls if not call.remembered]
        told = [cost for cost in asked if cost is not None]
        partial = len(told) < len(asked) or self._lost > 0
        return Total(sum(told, Decimal(0)) if told or not partial else None, partial)

    @property
    def tokens(self) -> Total[int]:
        """The tokens in and out that were used now."""
        asked = [call.usage for call in self.calls if not call.remembered]
        told = [usage.prompt + usage.completion for usage in asked if usage is not None]
        return Total(sum(told) if told or not asked else None, len(told) < len(asked))

    def add(self, call: ModelCall) -> None:
        """Enter a call that was answered."""
        with self._changed:
            self._calls.append(call)

    def most_tokens(self, size: int) -> int:
        """The most tokens that a request of `size` bytes has: one a byte, or more where a server counted more."""
        with self._changed:
            return math.ceil(size * self._tokens_a_byte)

    def learn(self, size: int, used: Usage | None) -> None:
        """Note how many tokens a server counted in a request of `size` bytes."""
        with self._changed:
            if used is not None:
                self._tokens_a_byte = max(self._tokens_a_byte, Fraction(used.prompt, size))

    def reserve(self, most: Decimal) -> None:
        """Set `most` aside for a call; waits while it does not fit and calls under way may turn out cheaper.

        Raises OverBudget where it cannot fit any more. Every reservation is given back by `settle`.
        """
        with self._changed:
            while self.max_cost is not None and self._spent + self._reserved + most > self.max_cost:
                if not self._under_way or self._spent + most > self.max_cost:
                    raise OverBudget(
                        f"the next call could cost {dollars(most)}, and of {dollars(self.max_cost)}"
                        f" only {dollars(self.max_cost - self._spent)} is left",
                        "Raise --max-cost and run the command again: the answers already paid for are kept.",
                    )
                self._changed.wait()
            self._reserved += most
            self._under_way += 1

    def settle(self, reserved: Decimal, actual: Decimal | None) -> None:
        """Replace a reservation by what was spent; None, for what may have been spent, counts as all of it."""
        with self._changed:
            self._reserved -= reserved
            self._under_way -= 1
            self._lost += actual is None
            self._spent += reserved if actual is None else actual
            self._changed.notify_all()
