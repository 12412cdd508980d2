"""Costs: what is not known is never zero, and no run spends more than it may."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from doses import Dose
from hypothesis import HealthCheck, given
from hypothesis import settings as runs
from hypothesis import strategies as st
from model_server import Answer, Fault, ModelServer, completion, model_at

from pipeline.errors import ConfigError, ModelError, OverBudget
from pipeline.llm import Answers, Endpoint, Ledger, Model
from pipeline.llm.costs import Total, dollars, price
from pipeline.llm.requests import size
from pipeline.models.calls import ModelCall, Prompt, Usage

MILLION = Usage(prompt=1_000_000, completion=1_000_000)
PRICE = (Decimal(1), Decimal(10))


def prompt(number: int, length: int = 0) -> Prompt:
    return Prompt(name="study", version="1", subject="x", system="Read.", user=f"{number} mg {'x' * length}")


def call(cost: str | None, tokens: int | None = 10, *, remembered: bool = False) -> ModelCall:
    return ModelCall(
        prompt="study",
        subject="x",
        model="m",
        usage=None if tokens is None else Usage(prompt=tokens, completion=1),
        cost=None if cost is None else Decimal(cost),
        remembered=remembered,
    )


# Prices.


def test_prices_come_from_the_endpoint_or_the_list_or_are_unknown() -> None:
    assert price(Endpoint("gpt-5-mini"), MILLION) == Decimal("2.25")
    assert price(Endpoint("gpt-5-mini", price=PRICE), MILLION) == 11
    assert price(Endpoint("gpt-5-mini", price=(Decimal(0), Decimal(0))), MILLION) == 0
    assert price(Endpoint("gpt-5-mini", "http://127.0.0.1:8080/v1"), MILLION) is None
    assert price(Endpoint("deepseek-chat", "https://api.deepseek.com/v1"), MILLION)
    assert price(Endpoint("no-such-model"), MILLION) is None


def test_what_the_provider_read_from_its_cache_costs_less() -> None:
    cached = MILLION.model_copy(update={"cached": 1_000_000})
    assert price(Endpoint("gpt-5-mini"), cached) < price(Endpoint("gpt-5-mini"), MILLION)


def test_the_name_asked_for_goes_before_the_name_in_the_answer() -> None:
    assert price(Endpoint("gpt-5-mini"), MILLION, "gpt-5-2025-08-07") == Decimal("2.25")
    assert price(Endpoint("my-deployment"), MILLION, "gpt-5-mini-2025-08-07") == Decimal("2.25")


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        ("0", "$0.00"),
        ("1.005", "$1.00"),
        ("12", "$12.00"),
        ("0.1", "$0.10"),
        ("0.01234", "$0.0123"),
        ("0.00004", "$0.0000400"),
    ],
)
def test_small_amounts_are_not_shown_as_none(amount: str, shown: str) -> None:
    assert dollars(Decimal(amount)) == shown


# The account.


@pytest.mark.parametrize(
    ("calls", "cost", "tokens"),
    [
        ([], Total(Decimal(0), False), Total(0, False)),
        ([call("0.5"), call("0.25")], Total(Decimal("0.75"), False), Total(22, False)),
        ([call("0.5"), call(None)], Total(Decimal("0.5"), True), Total(22, False)),
        ([call(None, None)], Total(None, True), Total(None, True)),
        ([call(None, None), call("0", remembered=True)], Total(None, True), Total(None, True)),
        ([call("0", remembered=True)], Total(Decimal(0), False), Total(0, False)),
        ([call("0.5"), call(None, None)], Total(Decimal("0.5"), True), Total(11, True)),
    ],
)
def test_totals_say_what_they_do_not_know(calls: list[ModelCall], cost: object, tokens: object) -> None:
    ledger = Ledger()
    for one in calls:
        ledger.add(one)
    assert (ledger.cost, ledger.tokens, ledger.calls) == (cost, tokens, tuple(calls))


def test_a_server_that_does_not_count_has_no_cost(tmp_path: Path) -> None:
    uncounted = ModelServer(lambda body: {"mg": 1}, tokens=None)
    with uncounted as server, model_at(server, tmp_path / "a", price=PRICE) as model:
        assert model.complete(prompt(1), Dose)[1].cost is None
        assert model.ledger.cost == Total(None, True)


def test_an_attempt_whose_answer_is_lost_makes_the_cost_partial(tmp_path: Path) -> None:
    with ModelServer(lambda body: {"mg": 1}) as server, model_at(server, tmp_path / "a", price=PRICE) as model:
        server.faults.append(Fault.status(429))
        model.complete(prompt(1), Dose)
        assert model.ledger.cost == Total(Decimal("0.0003"), False)
        server.faults.append(Fault.short())
        model.complete(prompt(2), Dose)
        assert model.ledger.cost == Total(Decimal("0.0006"), True)


def test_a_refused_request_costs_nothing(tmp_path: Path) -> None:
    with ModelServer(lambda body: Fault.too_long()) as server, model_at(server, tmp_path / "a") as model:
        with pytest.raises(ModelError):
            model.complete(prompt(1), Dose)
        assert model.ledger.cost == Total(Decimal(0), False)


# The budget.


def test_a_limit_without_a_price_is_refused_at_once(tmp_path: Path) -> None:
    with Answers(tmp_path / "a") as answers, pytest.raises(ConfigError, match="no price is known") as caught:
        Model(Endpoint("local", "http://127.0.0.1:8080/v1"), answers, Ledger(Decimal(1)))
    assert "MONOGRAPH_PRICE" in caught.value.hint


def test_a_call_that_could_cost_too_much_is_not_made_and_kept_answers_still_serve(tmp_path: Path) -> None:
    with ModelServer(lambda body: {"mg": 1}) as server:
        with model_at(server, tmp_path / "a", Ledger(Decimal("0.02")), price=PRICE) as model:
            model.complete(prompt(1), Dose, most_tokens=1000)
            said = r"could cost \$0\.020\d, and of \$0\.0200 only \$0\.0197 is left"
            with pytest.raises(OverBudget, match=said) as caught:
                model.complete(prompt(2), Dose, most_tokens=2000)
            assert "--max-cost" in caught.value.hint and not caught.value.retryable
            assert model.complete(prompt(1), Dose, most_tokens=1000)[1].remembered
        assert len(server.requests) == 1


def test_attempts_are_paid_for_too(tmp_path: Path) -> None:
    with ModelServer(lambda body: Fault.short()) as server:
        limited = model_at(server, tmp_path / "a", Ledger(Decimal("0.025")), price=PRICE)
        with limited as model, pytest.raises(OverBudget):
            model.complete(prompt(1), Dose, most_tokens=1000)
        assert len(server.requests) == 2


def test_a_call_waits_for_others_that_may_turn_out_cheaper() -> None:
    ledger = Ledger(Decimal(10))
    ledger.reserve(Decimal(8))
    waiting = threading.Thread(target=ledger.reserve, args=(Decimal(7),))
    waiting.start()
    time.sleep(0.05)
    assert waiting.is_alive()
    ledger.settle(Decimal(8), Decimal(3))
    waiting.join(10)
    assert not waiting.is_alive()
    with pytest.raises(OverBudget):
        ledger.reserve(Decimal("7.01"))  # 3 are spent for good, so waiting cannot help
    ledger.settle(Decimal(7), Decimal(7))
    with pytest.raises(OverBudget):
        ledger.reserve(Decimal("0.01"))
    ledger.reserve(Decimal(0))


def test_those_who_wait_in_vain_are_told() -> None:
    ledger, told = Ledger(Decimal(10)), list[OverBudget]()

    def wait() -> None:
        try:
            ledger.reserve(Decimal(5))
        except OverBudget as error:
            told.append(error)

    ledger.reserve(Decimal(8))
    threads = [threading.Thread(target=wait) for _ in range(5)]
    for thread in threads:
        thread.start()
    ledger.settle(Decimal(8), None)
    for thread in threads:
        thread.join(10)
    assert len(told) == 5


class Till:
    """A server that charges: for `spend` of what each request may cost at most, and for some answers it loses."""

    def __init__(self, spends: list[tuple[float, float, str]]) -> None:
        self.charged = Decimal(0)
        self._spends = iter(spends * 99)
        self._lock = threading.Lock()

    def respond(self, body: dict[str, Any]) -> Answer:
        with self._lock:
            share_in, share_out, fate = next(self._spends)
            tokens = int(size(body) * share_in), int(body["max_completion_tokens"] * share_out)
            if fate not in ("429", "400"):
                self.charged += (PRICE[0] * tokens[0] + PRICE[1] * tokens[1]) / 1_000_000
        lost: dict[str, Callable[[], Fault]] = {
            "429": lambda: Fault.status(429),
            "400": lambda: Fault.status(400),
            "500": lambda: Fault.status(500),
            "short": Fault.short,
            "html": Fault.html,
        }
        if fate in lost:
            return lost[fate]()
        finish = "length" if fate == "cut" else "stop"
        return completion('{"mg": 1}', finish=finish, tokens=None if fate == "uncounted" else tokens)


share = st.floats(0, 1)
fates = st.sampled_from(["well"] * 6 + ["429", "400", "500", "short", "html", "cut", "uncounted"])


@runs(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(share, share, fates), min_size=1, max_size=20),
    st.decimals("0", "0.1", places=4),
    st.integers(1, 8),
    st.lists(st.tuples(st.integers(0, 3000), st.integers(1, 900)), min_size=1, max_size=12),
)
def test_no_run_costs_more_than_it_may(
    tmp_path_factory: pytest.TempPathFactory,
    spends: list[tuple[float, float, str]],
    most: Decimal,
    threads: int,
    calls: list[tuple[int, int]],
) -> None:
    till, ledger = Till(spends), Ledger(most)

    def ask(number: int) -> None:
        length, tokens = calls[number]
        with suppress(ModelError):
            model.complete(prompt(number, length), Dose, most_tokens=tokens)

    path = tmp_path_factory.mktemp("law") / "answers.sqlite"
    with (
        ModelServer(till.respond) as server,
        model_at(server, path, ledger, price=PRICE) as model,
        ThreadPoolExecutor(threads) as pool,
    ):
        list(pool.map(ask, range(len(calls))))
    assert till.charged <= most
    assert (ledger.cost.amount or 0) <= till.charged


def test_a_server_that_counts_more_than_it_was_sent_is_learnt_from() -> None:
    ledger = Ledger()
    assert ledger.most_tokens(100) == 100
    ledger.learn(100, Usage(prompt=30, completion=5))
    ledger.learn(100, None)
    assert ledger.most_tokens(100) == 100
    ledger.learn(100, Usage(prompt=250, completion=5))
    assert ledger.most_tokens(101) == 253
