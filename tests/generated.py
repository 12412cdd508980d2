"""Projects of many invented compounds, and what was drafted in them."""

from __future__ import annotations

from pathlib import Path

import pytest
from commands import contents

from bench.compounds import generated


def generated_project(place: Path, count: int, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a project of invented compounds, with their records in its library and nothing drafted: its profiles."""
    generated(place, count)
    monkeypatch.setenv("MONOGRAPH_LIBRARY", str(place / ".library" / "library.sqlite"))
    monkeypatch.chdir(place)
    return place / "profiles"


def taken_away(profiles: Path) -> dict[str, bytes]:
    """What was drafted, which is deleted."""
    found = contents(profiles)
    for path in profiles.glob("*/*"):
        if path.name != "compound.yaml":
            path.unlink()
    return found
