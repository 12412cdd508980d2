"""The endpoint that the settings describe."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from doses import Dose, prompt, right
from model_server import KEY, ModelServer, model_at

from pipeline.config import settings
from pipeline.errors import (
    ConfigError,
)
from pipeline.llm import Endpoint, endpoint


def test_an_endpoint_follows_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigError, match="neither OPENAI_API_KEY nor OPENAI_BASE_URL"):
        endpoint(settings())
    monkeypatch.setenv("OPENAI_API_KEY", f"{KEY}\n")
    assert endpoint(settings()) == Endpoint("gpt-5-mini", api_key=KEY, parallel=128)
    assert endpoint(settings()).service == "OpenAI"
    monkeypatch.setenv("MONOGRAPH_MODEL", "other")
    monkeypatch.setenv("MONOGRAPH_PRICE", "1/2")
    monkeypatch.setenv("MONOGRAPH_PARALLEL", "4")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:8080/v1")
    found = endpoint(settings())
    assert found == Endpoint("other", "http://127.0.0.1:8080/v1", KEY, (Decimal(1), Decimal(2)), 4)
    assert (found.service, endpoint(settings(), "third").model) == ("127.0.0.1:8080", "third")
    monkeypatch.delenv("OPENAI_API_KEY")
    assert endpoint(settings()).api_key is None


@pytest.mark.parametrize(
    "url",
    [
        *(
            "127.0.0.1:8080",
            "ftp://x/v1",
            "http://",
            "http://[::1",
            "http://a b/",
            "http://x:99999/",
            "http://ü/",
            "a\n",
        ),
        *("http://user:hidden@x/v1", "https://x/v1?api-key=hidden", "https://x/#hidden"),
    ],
)
def test_an_address_that_cannot_be_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(ConfigError, match="OPENAI_BASE_URL") as caught:
        Endpoint("m", url)
    assert "hidden" not in caught.value.message + caught.value.hint


def test_a_server_that_wants_no_key_is_sent_none_of_ours(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)  # of the environment, which the endpoint goes before
    with ModelServer(right) as server, model_at(server, tmp_path / "a", api_key=None) as model:
        model.complete(prompt(5), Dose)
    assert server.keys == ["Bearer none"]
