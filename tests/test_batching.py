"""Drafts through batches: the same profiles as by calls, at half the price, taken up again wherever they were left."""

from __future__ import annotations

import shutil
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from authors import truthful
from batch_server import BatchServer
from commands import TODAY, contents, run
from eutils_faults import set_of
from examplol import LITERATURE
from model_server import KEY, ModelServer, model_at

from pipeline import authoring, batching
from pipeline.config import Settings, settings
from pipeline.errors import OverBudget
from pipeline.llm import Endpoint
from pipeline.sources.files import import_files

NAMES = ("examplol", "bpc-157")


def quiet(what: str, done: int, total: int) -> None:
    """No word on progress."""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A project with the records of examplol in its library, as the working directory."""
    (tmp_path / "profiles").mkdir()
    (tmp_path / "records.xml").write_text(set_of(LITERATURE))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MONOGRAPH_LIBRARY", str(tmp_path / "library" / "library.sqlite"))
    import_files([tmp_path / "records.xml"], settings().library, TODAY, quiet)
    return settings()


def batched(here: Settings, server: BatchServer, *, stay: bool = True, **named: Any) -> batching.Batched:
    endpoint = Endpoint(model="gpt-5-mini", base_url=server.url, api_key=KEY, price=(Decimal(1), Decimal(10)))
    return batching.run(
        NAMES,
        here,
        endpoint,
        offline=True,
        today=TODAY,
        max_cost=named.pop("max_cost", None),
        stay=stay,
        progress=quiet,
        every=(0.0, 0.0),
    )


def test_a_batch_writes_what_calls_write(here: Settings) -> None:
    with BatchServer(truthful) as server:
        done = batched(here, server)
    assert done.drafted.keys() == set(NAMES)
    assert done.waiting == ()
    assert set(server.charged.values()) == {1}
    through_batches = contents(here.profiles)
    shutil.rmtree(here.profiles)
    here.answers.unlink()
    with ModelServer(truthful) as calls:
        for name in NAMES:
            with model_at(calls, here.answers) as model:
                authoring.draft(name, here, offline=True, today=TODAY, progress=quiet, model=model)
    assert contents(here.profiles) == through_batches
    assert len(calls.requests) == sum(server.charged.values())


def test_a_batch_costs_half(here: Settings) -> None:
    with BatchServer(truthful) as server:
        done = batched(here, server)
    calls = sum(server.charged.values())
    assert done.ledger.cost.amount == calls * Decimal("0.0003") / 2  # 100 tokens in at 1, 20 out at 10, a million


def test_it_can_be_left_after_every_batch_and_taken_up_again(here: Settings) -> None:
    with BatchServer(truthful) as server:
        rounds = 0
        while (done := batched(here, server, stay=False)).waiting:
            rounds += 1
            assert rounds < 40
            assert not list(here.profiles.rglob("profile.md")) or done.drafted
    assert rounds >= 3
    assert set(server.charged.values()) == {1}
    assert len(list(here.profiles.rglob("profile.md"))) == len(NAMES)


def test_nothing_new_begins_no_batch(here: Settings) -> None:
    with BatchServer(truthful) as server:
        batched(here, server)
        before, made = contents(here.profiles), Counter(server.steps)["create"]
        again = batched(here, server)
    assert Counter(server.steps)["create"] == made
    assert not any(one.changed for one in again.drafted.values())
    assert contents(here.profiles) == before


def test_a_batch_beyond_the_limit_of_costs_is_not_begun(here: Settings) -> None:
    with BatchServer(truthful) as server:
        with pytest.raises(OverBudget):
            batched(here, server, max_cost=Decimal("0.0001"))
        assert not server.charged
    assert not list(here.profiles.rglob("profile.md"))


def test_the_command_tells_what_waits_and_what_is_written(here: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    with BatchServer(truthful) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        monkeypatch.setenv("OPENAI_API_KEY", KEY)
        first = run("batch", "examplol", "--offline", "--no-wait")
        assert first.status == 0, first
        assert "waiting  examplol" in first.out
        assert "run the same command again" in first.out
        for _ in range(40):
            last = run("batch", "examplol", "--offline", "--no-wait")
            if "drafted" in last.out:
                break
    assert "drafted  examplol: written" in last.out
    assert KEY not in first.out + last.out + here.batches.read_text()
