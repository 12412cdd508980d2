"""A night that is killed at any moment is finished by the next run, which ends where an undisturbed one does."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from commands import hurry
from eutils_server import EutilsServer
from examplol import LITERATURE, META_ANALYSIS, NOTICE, NULL, NULL_RESULT, POSITIVE, TREATED, paper
from world import World, both, entered, including, linked, replaced, typed

from pipeline.sources.entrez import PubMed

GROUPS, KILLS = 5, 10
SECOND = [xml.replace("xamplol", "maginol").replace(">900", ">910") for xml in LITERATURE]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Two profiles, approved, and a night in which something becomes of both."""
    place = tmp_path / "project"
    (place / "profiles").mkdir(parents=True)
    monkeypatch.chdir(place)
    monkeypatch.setenv("MONOGRAPH_LIBRARY", str(place / ".library" / "library.sqlite"))
    hurry(monkeypatch, PubMed)
    with EutilsServer([*LITERATURE, *SECOND]) as server:
        monkeypatch.setenv("NCBI_EMAIL", "pat@example.org")
        monkeypatch.setenv("MONOGRAPH_ENTREZ_URL", server.url)
        world = World(server, place)
        world.edit(META_ANALYSIS, lambda xml: including(xml, [POSITIVE]))
        world.draft("examplol", "emaginol")
        world.approve_all()
        assert world.night(2).outcome.status == 0
        world.edit(POSITIVE, both(linked("RetractionIn", NOTICE), typed("Retracted Publication")))
        world.edit(NULL, both(linked("ErratumIn", "90008001"), replaced("assigned 96 adults", "assigned 69 adults")))
        second = NULL.replace("900", "910", 1)
        world.edit(second, replaced("assigned 96 adults", "assigned 86 adults"))
        found = [
            ("METHODS", "500 adults with fibromyalgia were randomised to examplol or placebo."),
            ("RESULTS", NULL_RESULT),
        ]
        kind, mesh = "Randomized Controlled Trial", ["Humans", TREATED]
        server.add(
            entered(paper("90006002", "Examplol in fibromyalgia", found, 2026, kind, mesh=mesh), date(2026, 11, 3))
        )
        yield place


def killed(project: Path, workplace: Path, *how: str) -> list[dict[str, Any]]:
    """A line for each night that was killed and then finished; every one of them ended as an undisturbed one does."""
    words = [sys.executable, str(Path(__file__).with_name("killed.py")), str(project), str(workplace), *how]
    done = subprocess.run(words, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    lines: list[dict[str, Any]] = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line for line in lines if line["finished"] or line["differing"]] == [], done.stderr
    assert any(line["killed"] == -9 for line in lines)
    return lines


@pytest.mark.parametrize("group", range(GROUPS))
def test_a_killed_night_is_finished_by_the_next_run(project: Path, tmp_path: Path, group: int) -> None:
    assert len(killed(project, tmp_path, str(group), str(KILLS))) == KILLS


def test_a_night_that_is_killed_before_any_of_its_files_is_in_place_is_finished(project: Path, tmp_path: Path) -> None:
    files = len(killed(project, tmp_path, "files")) - 1  # the last night was not killed
    assert files >= 2 * (3 + 1) + 2, "each profile's files and the plan of them, and the two reports"
