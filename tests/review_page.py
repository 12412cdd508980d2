"""The real review server over a made-up profile: uvicorn on a free port of loopback, in a thread.

`reviewed` is a fixture: a project of its own with a drafted profile of examplol (papers and a label), its page served.
Import it, and `drafted`, by name into a test module: `from review_page import drafted, reviewed`.
"""

from __future__ import annotations

import secrets
import shutil
import threading
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any, Self

import commands
import pytest
import yaml
from eutils_server import EutilsServer
from examplol import LITERATURE
from label_texts import exampline
from openfda_server import OpenFDAServer
from waiting import until

from pipeline.config import settings
from pipeline.decisions import Standing, State, by_risk, read_decisions
from pipeline.models.profile import Profile
from pipeline.models.review import Decision
from pipeline.profiles import read_profile
from pipeline.review.desk import Desk
from pipeline.review.serving import HOST, application, bound, server_of
from pipeline.sources.entrez import PubMed
from pipeline.sources.openfda import DrugLabels

DAY = date(2026, 11, 20)
WHO = "A. Pharmacist"


class Served:
    """The review page of a profile below the working directory, inside its `with` block."""

    def __init__(self, root: Path, name: str = "examplol", reviewer: str | None = WHO) -> None:
        self.root = root
        self.place = root / "profiles" / name
        self.desk = Desk(name, settings())
        self.token = secrets.token_urlsafe(24)
        self._socket = bound(0)
        self.port = int(self._socket.getsockname()[1])
        app = application(self.desk, self.token, self.port, reviewer, lambda: DAY)
        self._server = server_of(app)
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._socket]}, daemon=True)

    @property
    def base(self) -> str:
        """The page's address without the token."""
        return f"http://{HOST}:{self.port}"

    @property
    def url(self) -> str:
        """The address that is opened."""
        return f"{self.base}/?token={self.token}"

    def __enter__(self) -> Self:
        self._thread.start()
        until(lambda: self._server.started)
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """End the server, also under an open page."""
        self._server.should_exit = self._server.force_exit = True
        self._thread.join()
        self._socket.close()

    # --- what lies on disk

    @property
    def profile(self) -> Profile:
        """The profile as it lies on disk."""
        found = read_profile(self.place)
        assert found is not None
        return found

    @property
    def decisions(self) -> tuple[Decision, ...]:
        """The decisions as they lie on disk."""
        return read_decisions(self.place)

    def on(self, claim: str) -> list[Decision]:
        """The decisions on one claim."""
        return [decision for decision in self.decisions if decision.claim == claim]

    @property
    def queue(self) -> tuple[Standing, ...]:
        """Every claim and row, in the order of the page."""
        return by_risk(self.desk.open().standings.values())

    def waiting(self) -> list[str]:
        """The ids that wait, in the order of the page."""
        return [each.item.id for each in self.queue if each.state in (State.OPEN, State.STALE)]

    def words(self, claim: str) -> str:
        """What a claim says on disk."""
        return next(each.text for each in self.profile.claims if each.id == claim)

    def change(self, name: str, change: Callable[[Any], None]) -> None:
        """Change a file of the profile by hand: its data, written back whole."""
        change_file(self.place / name, change)


def change_file(path: Path, change: Callable[[Any], None]) -> None:
    """Change a file by hand: its data, written back whole."""
    data = yaml.safe_load(path.read_text("utf-8"))
    change(data)
    put(path, yaml.safe_dump(data, sort_keys=False, allow_unicode=True))


def put(path: Path, text: str) -> None:
    """Write a file at once, so that the page never reads half of it."""
    beside = path.with_name(f"{path.name}.new")
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)


def claims_of(data: Any) -> dict[str, Any]:
    """The claims in the data of a `profile.yaml`, by id."""
    return {claim["id"]: claim for section in data["sections"] for claim in section.get("claims", ())}


@pytest.fixture(scope="session")
def drafted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with a drafted profile of examplol, to be copied and never changed."""
    root = tmp_path_factory.mktemp("drafted")
    (root / "profiles").mkdir()
    servers = EutilsServer(LITERATURE), OpenFDAServer([exampline()])
    with pytest.MonkeyPatch.context() as patch, servers[0] as pubmed, servers[1] as openfda:
        patch.chdir(root)
        commands.hurry(patch, PubMed, DrugLabels, attempts=2)
        patch.setenv("HOME", str(root))
        patch.setenv("NCBI_EMAIL", "pat@example.org")
        patch.setenv("MONOGRAPH_LIBRARY", str(root / ".library" / "library.sqlite"))
        patch.setenv("MONOGRAPH_ENTREZ_URL", pubmed.url)
        patch.setenv("MONOGRAPH_OPENFDA_URL", openfda.url)
        patch.setattr("pipeline.render.terminal.today", lambda: DAY)
        outcome = commands.run("draft", "examplol")
        assert outcome.status == 0, outcome
    return root


@pytest.fixture
def project(drafted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the drafted project that a test may change, as the working directory."""
    root = tmp_path / "project"
    shutil.copytree(drafted, root)
    monkeypatch.chdir(root)
    monkeypatch.setenv("MONOGRAPH_LIBRARY", str(root / ".library" / "library.sqlite"))
    return root


@pytest.fixture
def reviewed(project: Path) -> Iterator[Served]:
    """The project with its review page served."""
    with Served(project) as served:
        yield served
