"""`monograph export` as a person calls it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from commands import refused, run
from exported import PROFILES, committed

from pipeline.render.exports import EXPORTS


@pytest.fixture
def at_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "profiles").symlink_to(PROFILES)
    return tmp_path


@pytest.mark.parametrize("format", EXPORTS)
def test_the_verb_prints_or_writes_the_same(format: str, at_home: Path) -> None:
    printed = run("export", "LDN", "--to", format)
    assert (printed.status, printed.err) == (0, "")
    assert printed.out == EXPORTS[format](*committed("naltrexone"))
    written = run("export", "naltrexone", "--to", format, "--out", "new/references")
    assert (written.status, written.out, written.err) == (0, "", "")
    assert (at_home / "new" / "references").read_text("utf-8") == printed.out
    assert [path.name for path in (at_home / "new").iterdir()] == ["references"]


def test_refs_finds_nothing_wrong_in_what_export_wrote(at_home: Path) -> None:
    run("export", "naltrexone", "--to", "ris", "--out", "all.ris")
    told: dict[str, Any] = json.loads(run("refs", "all.ris", "--offline", "--format", "json").out)
    assert {one["status"] for one in told["references"] if one["id"]} == {"match"}


def test_what_cannot_be_exported_says_so_in_two_lines(at_home: Path) -> None:
    assert "no profile of 'nosuchol'" in refused(run("export", "nosuchol", "--to", "ris"))
    assert "cannot be the name" in refused(run("export", "../etc", "--to", "ris"))
    assert "to" in refused(run("export", "naltrexone"))
    (at_home / "plain").write_text("kept")
    for target in (".", "plain/inside.ris", "/dev/null"):
        assert "cannot write to" in refused(run("export", "naltrexone", "--to", "ris", "--out", target))
    assert (at_home / "plain").read_text() == "kept"


def test_a_source_without_a_record_is_left_out_and_named(at_home: Path) -> None:
    (at_home / "profiles").unlink()
    home = at_home / "profiles" / "naltrexone"
    home.mkdir(parents=True)
    for name in ("compound.yaml", "profile.yaml"):
        (home / name).write_bytes((PROFILES / "naltrexone" / name).read_bytes())
    outcome = run("export", "naltrexone", "--to", "csl")
    assert (outcome.status, outcome.out) == (0, "[]\n")
    assert outcome.err.startswith("left out, having no record in sources.yaml: ")
    assert "16670409" in outcome.err
