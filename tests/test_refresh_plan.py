"""What a killed night planned is written by the next run, but never over what a person wrote since."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from pipeline.config import Settings, settings
from pipeline.errors import ProfileError
from pipeline.refresh import plan as planning
from pipeline.refresh.plan import Plan, carry_out, finish, planned
from pipeline.sources.library import Library


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MONOGRAPH_LIBRARY", str(tmp_path / ".library" / "library.sqlite"))
    (tmp_path / "profiles" / "examplol").mkdir(parents=True)
    return settings()


def killed(here: Settings, library: Library, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Two files of a plan of which the first was put in place, and then the run was killed."""
    first, second = (here.profiles / "examplol" / name for name in ("profile.yaml", "sources.yaml"))
    first.write_text("old\n")
    files = planned({first: "new\n", second: "new too\n"}, here.root)

    def die(_: object) -> None:
        first.write_text("new\n")
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        keep = planning.write
        patched.setattr(planning, "write", lambda files: die(files) if first in files else keep(files))
        carry_out(Plan(slug="examplol", day=date(2026, 11, 3), files=files), here, library)
    return [first, second]


def test_the_rest_of_a_plan_is_written(here: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    with Library(here.library) as library:
        first, second = killed(here, library, monkeypatch)
        assert not second.exists()
        finish(here, library)
    assert (first.read_text(), second.read_text()) == ("new\n", "new too\n")
    assert not list(here.library.parent.glob("*.plan"))


def test_what_a_person_wrote_since_is_kept_and_the_plan_let_go(here: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    with Library(here.library) as library:
        first, second = killed(here, library, monkeypatch)
        first.write_text("mine\n")
        finish(here, library)
    assert first.read_text() == "mine\n"
    assert not second.exists()
    assert not list(here.library.parent.glob("*.plan"))


def test_a_plan_that_cannot_be_written_waits(here: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: object) -> None:
        raise ProfileError("no space", "make room")

    with Library(here.library) as library:
        _, second = killed(here, library, monkeypatch)
        with monkeypatch.context() as patched:
            patched.setattr(planning, "write", full)
            finish(here, library)
        assert not second.exists()
        finish(here, library)
    assert second.read_text() == "new too\n"


def test_a_plan_that_cannot_be_read_is_let_go(here: Settings) -> None:
    with Library(here.library) as library:
        note = here.library.parent / "examplol.plan"
        note.parent.mkdir(exist_ok=True)
        note.write_text("{")
        finish(here, library)
    assert not note.exists()
