"""Drafts of an invented compound by models that a test makes up."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml
from commands import TODAY
from eutils_faults import set_of
from examplol import LITERATURE
from model_server import ModelServer, model_at

from pipeline import authoring
from pipeline.config import Settings
from pipeline.profiles import read_profile
from pipeline.sources.files import import_files

Respond = Callable[[dict[str, Any]], Any]


def quiet(what: str, done: int, total: int) -> None:
    """No word on progress."""


def draft(name: str, here: Settings, server: ModelServer, **named: Any) -> authoring.Drafted:
    with model_at(server, here.answers, named.pop("ledger", None), **named) as model:
        return authoring.draft(name, here, offline=True, today=TODAY, progress=quiet, model=model)


def extractive(name: str, here: Settings) -> authoring.Drafted:
    return authoring.draft(name, here, offline=True, today=TODAY, progress=quiet, anew=True)


def invented(root: Path) -> Path:
    """A project with the records of examplol in its library, and its extractive draft."""
    (root / "records.xml").write_text(set_of(LITERATURE))
    here = Settings(root, root / "library" / "library.sqlite")
    import_files([root / "records.xml"], here.library, TODAY, quiet)
    extractive("examplol", here)
    return root


def texts(here: Settings, name: str = "examplol") -> str:
    """All that a profile's files say."""
    return "\n".join(path.read_text() for path in sorted((here.profiles / name).iterdir()))


def words(here: Settings, name: str = "examplol") -> list[str]:
    """The texts of a profile's claims."""
    profile = read_profile(here.profiles / name)
    assert profile is not None
    return [claim.text for claim in profile.claims]


def changed_by_hand(here: Settings, change: Callable[[list[dict[str, Any]]], None]) -> None:
    """Change the claims of examplol as a person does, in the file."""
    path = here.profiles / "examplol" / "profile.yaml"
    data = yaml.safe_load(path.read_text())
    change([claim for section in data["sections"] for claim in section.get("claims", ())])
    path.write_text(yaml.safe_dump(data, sort_keys=False, allow_unicode=True))


def read(here: Settings) -> Any:
    profile = read_profile(here.profiles / "examplol")
    assert profile is not None
    return profile
