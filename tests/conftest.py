"""Every test runs with an empty home, no keys, its own library, and no network but loopback."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest

if TYPE_CHECKING:
    from pipeline.config import Settings

# The same examples in every run, however slow the machine: a test fails by what was changed and by nothing else.
# `pytest --hypothesis-profile random` looks for others.
LAWS = hypothesis.settings(deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow], database=None)
hypothesis.settings.register_profile("random", LAWS)
hypothesis.settings.register_profile("same", LAWS, derandomize=True)
hypothesis.settings.load_profile("same")

SHARED = Path(__file__).resolve().parents[2] / "shared"


def shared(*parts: str) -> Path:
    """A path below the shared data, skipping the test with a reason where it is missing."""
    path = SHARED.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"shared data not present: {'/'.join(parts)}")
    return path


@pytest.fixture(autouse=True)
def clean_surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Point HOME and the library at a temporary directory and take away keys, settings and the outside world."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    for name in list(os.environ):
        ours = name.startswith(("NCBI_", "OPENAI_", "MONOGRAPH_", "FORCE_COLOR", "TTY_"))
        if ours or name.lower() in ("http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("MONOGRAPH_LIBRARY", str(tmp_path / "library" / "library.sqlite"))
    monkeypatch.setenv("MONOGRAPH_OPENFDA_URL", "http://127.0.0.1:9")  # discard: nobody listens, refused at once
    connect = socket.socket.connect

    def only_loopback(self: socket.socket, address: object) -> None:
        host = address[0] if isinstance(address, tuple) else None
        if host is not None and host not in ("127.0.0.1", "::1", "localhost"):
            raise AssertionError(f"a test tried to reach {host}")
        connect(self, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", only_loopback)
    yield


@pytest.fixture(scope="session")
def examplol_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with the records of examplol and the extractive draft of it, to be copied and not to be touched."""
    from model_drafts import invented

    return invented(tmp_path_factory.mktemp("examplol"))


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, examplol_once: Path) -> Settings:
    """The invented project as the working directory."""
    from pipeline.config import settings

    shutil.copytree(examplol_once, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return settings()
