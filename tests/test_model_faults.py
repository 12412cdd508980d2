"""A draft by a model that fails, costs or takes its time, and what the command says of it."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import pytest
from authors import truthful
from commands import contents, refused, run
from model_drafts import Respond, draft, extractive, texts
from model_server import KEY, Fault, ModelServer, completion, prompt_of

from pipeline.config import Settings
from pipeline.errors import ModelError, OverBudget
from pipeline.llm import Ledger

FATAL = {
    "insufficient quota": Fault.insufficient_quota(),
    "wrong key": Fault.key_echoed(401),
    "model unknown": Fault.model_unknown(),
    "HTML": Fault.html(200),
    "always too many": Fault.status(429),
    "always broken": Fault.status(500),
    "hangs up": Fault.hang_up(),
}
PASSING = {
    "too many requests": Fault.status(429),
    "too many, wait": Fault.status(429, retry_after=7),
    "broken": Fault.status(500),
    "reset": Fault.reset(),
    "cut off": Fault.short(),
}
UNUSABLE = {
    "truncated": completion('{"claims": [', finish="length"),
    "refused": completion(None, refusal="I cannot help with that."),
    "filtered": completion(None, finish="content_filter"),
    "empty": completion(""),
    "not JSON": "I would rather write a poem.",
    "wrong schema": {"poem": "a drug, a dose"},
    "context": Fault.too_long(),
}


@pytest.mark.parametrize("fault", FATAL.values(), ids=FATAL)
def test_a_fault_of_the_service_ends_in_two_lines_and_leaves_all_files(fault: Fault, here: Settings) -> None:
    before = contents(here.profiles)
    with ModelServer(lambda body: fault) as server, pytest.raises(ModelError) as caught:
        draft("examplol", here, server)
    assert caught.value.message
    assert caught.value.hint
    assert KEY not in caught.value.message + caught.value.hint
    assert contents(here.profiles) == before


@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING)
def test_a_fault_that_passes_is_waited_out(fault: Fault, here: Settings) -> None:
    with ModelServer(truthful) as server:
        server.faults.extend([fault, None, fault, fault])
        done = draft("examplol", here, server)
    assert {"kept"} <= {fate.outcome for fate in done.fates}


@pytest.mark.parametrize("answer", UNUSABLE.values(), ids=UNUSABLE)
def test_an_unusable_answer_leaves_the_extractive_claims_and_is_told(answer: Any, here: Settings) -> None:
    plain = extractive("examplol", here)
    with ModelServer(lambda body: answer) as server:
        done = draft("examplol", here, server)
        asked = len(server.requests)
        assert not draft("examplol", here, server).changed
    assert len(server.requests) == asked
    assert [c.text for c in done.profile.claims] == [c.text for c in plain.profile.claims]
    assert {fate.outcome for fate in done.fates} == {"replaced"}
    assert all(fate.reasons for fate in done.fates)


# --- costs and time ---------------------------------------------------------------------------------------------------


def test_costs_stop_before_the_limit_and_what_was_paid_is_kept(here: Settings) -> None:
    before = contents(here.profiles)
    ledger = Ledger(Decimal("0.02"))
    with ModelServer(truthful) as server:
        with pytest.raises(OverBudget):
            draft("examplol", here, server, ledger=ledger, price=(Decimal(1), Decimal(10)))
        assert ledger.cost.amount is not None
        assert ledger.cost.amount <= Decimal("0.02")
        paid = len(server.requests)
        assert contents(here.profiles) == before
        draft("examplol", here, server, price=(Decimal(1), Decimal(10)))
        assert sum(call.remembered for call in ledger.calls) == 0
        assert len({prompt_of(body) for body in server.requests}) == len(server.requests)
    assert paid >= 1


def test_sections_and_papers_are_asked_for_side_by_side(here: Settings) -> None:
    latency, chain = 2.5, 3  # a paper is read, its section told, and the claims are read by the last reader

    def taken(pause: float) -> float:
        with ModelServer(truthful, latency=pause) as server:
            start = time.monotonic()
            draft("naltrexone", here, server)
            seconds = time.monotonic() - start
        shutil.rmtree(here.profiles / "naltrexone")
        here.answers.unlink()
        assert len(server.requests) > 10 * chain
        assert not pause or server.most_at_once > 10
        return seconds

    # What else the machine does makes a draft slower and never faster: the best of a few is what ours costs.
    extra = (taken(latency) - taken(0) for _ in range(3))
    assert any(seconds < 1.3 * chain * latency for seconds in extra)


@contextmanager
def served(respond: Respond, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModelServer]:
    with ModelServer(respond) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        monkeypatch.setenv("OPENAI_API_KEY", KEY)
        yield server


def test_the_command_tells_calls_tokens_and_cost_beforehand_and_after(
    here: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with served(truthful, monkeypatch) as server:
        plan = run("draft", "examplol", "--offline", "--dry-run")
        assert (plan.status, server.requests) == (0, [])
        assert "model  gpt-5-mini" in plan.out
        assert "papers to read" in plan.out
        assert "cost" in plan.out
        done = run("draft", "examplol", "--offline")
        assert done.status == 0, done
        assert f"{len(server.requests)} calls" in done.out
        assert "        fibromyalgia " in done.out
        assert "proposed:" in done.out
        asked = len(server.requests)
        assert "everything is answered" in run("draft", "examplol", "--offline", "--dry-run").out
        assert "nothing had to be asked" in run("draft", "examplol", "--offline").out
        assert len(server.requests) == asked
        assert run("draft", "examplol", "--offline", "--fresh").status == 0
        assert len(server.requests) == 2 * asked
    account = [line for line in done.out.splitlines() if line.startswith((" " * 8, "model ", "claims  of"))]
    assert len(account) > 4
    assert max(map(len, account)) <= 80
    assert KEY not in done.out + texts(here) + here.answers.read_bytes().decode("latin-1")


def test_the_command_refuses_what_cannot_be(here: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "OPENAI_API_KEY" in refused(run("draft", "examplol", "--offline", "--model", "some"))
    assert "--extractive" in refused(run("draft", "examplol", "--extractive", "--model", "some"))
    with served(truthful, monkeypatch):
        said = refused(run("draft", "examplol", "--offline", "--model", "no-such-model", "--max-cost", "1"))
    assert "MONOGRAPH_PRICE" in said


def test_unknown_costs_are_not_told_as_none(here: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    with served(truthful, monkeypatch):
        done = run("draft", "examplol", "--offline", "--model", "no-such-model")
    assert "cost unavailable" in done.out
    assert "$0.00" not in done.out
