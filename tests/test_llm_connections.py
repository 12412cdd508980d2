"""Calls on slow, silent, closed and strange connections: they wait, they end on time, and the key goes nowhere else."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from doses import Dose, prompt, right
from model_server import Fault, ModelServer, model_at

from pipeline.errors import (
    ConfigError,
    ModelError,
)
from pipeline.llm import Model
from pipeline.patience import Patience


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with ModelServer(right) as running:
        yield running


@pytest.fixture
def waits() -> list[float]:
    return []


@pytest.fixture
def model(server: ModelServer, tmp_path: Path, waits: list[float]) -> Iterator[Model]:
    with model_at(server, tmp_path / "answers.sqlite", patience=Patience(sleep=waits.append)) as opened:
        yield opened


def test_waits_grow_and_end(server: ModelServer, model: Model, waits: list[float]) -> None:
    server.faults.extend([Fault.status(500)] * 9)
    with pytest.raises(ModelError):
        model.complete(prompt(5), Dose)
    assert all(low <= wait <= low + 1 for low, wait in zip((1, 2, 4, 8), waits, strict=True))


def test_attempts_end_with_the_time_for_all_of_them(server: ModelServer, tmp_path: Path, waits: list[float]) -> None:
    server.faults.extend([Fault.status(500)] * 9)
    patience = Patience(first_wait=10.0, total=9.0, sleep=waits.append)
    with model_at(server, tmp_path / "a", patience=patience) as model, pytest.raises(ModelError, match="500"):
        model.complete(prompt(5), Dose)
    assert (len(server.requests), waits) == (1, [])


@pytest.mark.parametrize(
    ("headers", "least", "most"),
    [
        ({"retry_after": "7"}, 7, 7),
        ({"retry_after": "7.5"}, 7.5, 7.5),
        ({"retry_after": "0"}, 1, 2),
        ({"retry_after": "-5"}, 1, 2),
        ({"retry_after": "86400"}, 60, 60),
        ({"retry_after": "soon"}, 1, 2),
        ({"retry_after": "inf"}, 1, 2),
        ({"retry_after": "Fri, 20 Nov 2020 10:00:00 GMT"}, 1, 2),
        ({"retry_after": format_datetime(datetime.now(UTC) + timedelta(days=1), usegmt=True)}, 60, 60),
        ({"retry_after_ms": "2500", "retry_after": "9"}, 2.5, 2.5),
    ],
)
@pytest.mark.parametrize("code", [429, 503])
def test_the_server_may_ask_for_a_pause(
    server: ModelServer, model: Model, waits: list[float], code: int, headers: dict[str, Any], least: float, most: float
) -> None:
    server.faults.append(Fault.status(code, **headers))
    model.complete(prompt(5), Dose)
    (wait,) = waits
    assert least <= wait <= most


@pytest.mark.parametrize(
    "fault", [Fault.dribble(0.02), Fault.dribble(0), Fault.dribble(0.02, header=True), Fault.silence()]
)
def test_an_attempt_ends_on_time(server: ModelServer, tmp_path: Path, fault: Fault) -> None:
    server.faults.append(fault)
    start = time.monotonic()
    with (
        model_at(server, tmp_path / "a", deadline=0.2, patience=Patience(attempts=1)) as model,
        pytest.raises(ModelError, match=r"did not answer within 0\.2 seconds") as caught,
    ):
        model.complete(prompt(5), Dose)
    assert time.monotonic() - start < 5
    assert caught.value.retryable


def test_time_is_counted_for_each_attempt_of_a_connection_that_is_kept(server: ModelServer, tmp_path: Path) -> None:
    with model_at(server, tmp_path / "a", deadline=1.5) as model:
        for number in range(3):
            time.sleep(0.8)
            model.complete(prompt(number), Dose)
    assert server.connections == 1


def test_a_redirect_is_not_followed_with_the_key(server: ModelServer, model: Model) -> None:
    with ModelServer(right) as other:
        for code in (301, 302, 307, 308):
            server.faults.append(Fault.status(code, location=f"{other.url}/chat/completions"))
            with pytest.raises(ModelError, match="has moved"):
                model.complete(prompt(5), Dose)
        assert other.requests == []


def closed_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def test_a_closed_port_is_unreachable(server: ModelServer, tmp_path: Path) -> None:
    with (
        model_at(server, tmp_path / "a", base_url=f"http://127.0.0.1:{closed_port()}/v1") as model,
        pytest.raises(ModelError, match=r"127\.0\.0\.1:\d+ cannot be reached: .*refused") as caught,
    ):
        model.complete(prompt(5), Dose)
    assert caught.value.retryable


def test_an_unknown_host_is_unreachable(server: ModelServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def getaddrinfo(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    with (
        model_at(server, tmp_path / "a", base_url="http://model.invalid/v1") as model,
        pytest.raises(ModelError, match="host name was not found"),
    ):
        model.complete(prompt(5), Dose)


def test_a_server_without_encryption_is_no_secure_one(server: ModelServer, tmp_path: Path) -> None:
    with (
        model_at(server, tmp_path / "a", base_url=server.url.replace("http:", "https:")) as model,
        pytest.raises(ModelError, match="cannot be reached"),
    ):
        model.complete(prompt(5), Dose)


def test_the_proxy_of_the_environment_is_used(
    server: ModelServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", server.url.replace("http://", "http://user:word@"))
    with model_at(server, tmp_path / "a", base_url="http://model.invalid/v1") as model:
        assert model.complete(prompt(5), Dose)[0].mg == 5
    assert server.paths == ["http://model.invalid/v1/chat/completions"]
    monkeypatch.setenv("http_proxy", "socks5://127.0.0.1:9")
    with (
        model_at(server, tmp_path / "b", base_url="http://model.invalid/v1") as model,
        pytest.raises(ConfigError, match="socks5"),
    ):
        model.complete(prompt(5), Dose)
