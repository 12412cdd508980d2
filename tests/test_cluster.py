"""A Dask cluster of separate worker processes: the same profiles, whatever becomes of a worker on the way."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import deeds
import pytest
from commands import contents, refused, run
from deeds import Deed
from generated import generated_project, taken_away

from pipeline.errors import SourceError
from pipeline.workers import cluster, opened

ROOT = Path(__file__).resolve().parents[1]
COUNT = 24


class Machines(NamedTuple):
    """A scheduler with its address, and two workers with one thread each, every one a process of its own."""

    address: str
    scheduler: subprocess.Popen[bytes]
    workers: list[subprocess.Popen[bytes]]


def _dask(place: Path, *words: str, program: Path = ROOT) -> subprocess.Popen[bytes]:
    """A command of Dask, away from every profile and library, in an environment that holds nothing of them."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(place), "PYTHONPATH": f"{program}:{ROOT / 'tests'}"}
    command = [sys.executable, "-m", "dask", *words, "--no-dashboard"]
    with (place / f"{words[0]}.log").open("ab") as log:
        return subprocess.Popen(command, cwd=place, env=environment, stdout=log, stderr=log)


def _worker(place: Path, address: str, program: Path = ROOT) -> subprocess.Popen[bytes]:
    more = ("--nthreads", "1", "--no-nanny", "--local-directory", str(place), "--host", "127.0.0.1")
    return _dask(place, "worker", address, *more, program=program)


@pytest.fixture
def machines(tmp_path: Path) -> Iterator[Machines]:
    place = tmp_path / "machines"
    place.mkdir()
    note = place / "scheduler.json"
    scheduler = _dask(place, "scheduler", "--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(note))
    workers: list[subprocess.Popen[bytes]] = []
    try:
        until = time.monotonic() + 60
        while not note.exists() or not note.read_text():
            assert time.monotonic() < until, "the scheduler did not start"
            time.sleep(0.1)
        address = json.loads(note.read_text())["address"]
        workers += [_worker(place, address) for _ in range(2)]
        yield Machines(address, scheduler, workers)
    finally:
        for process in (*workers, scheduler):
            process.kill()
            process.wait()


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    place = tmp_path / "notes"
    place.mkdir()
    return place


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return generated_project(tmp_path, COUNT, monkeypatch)


def test_a_cluster_that_loses_a_worker_writes_the_same(machines: Machines, project: Path) -> None:
    assert run("draft", "--all", "--jobs", "1").status == 0
    alone = taken_away(project)
    command = [sys.executable, "-m", "pipeline.cli", "draft", "--all", "--scheduler", machines.address]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    drafting = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    until = time.monotonic() + 60
    while len(list(project.glob("*/profile.md"))) < 4:
        assert time.monotonic() < until and drafting.poll() is None, drafting.communicate()
        time.sleep(0.01)
    machines.workers[0].send_signal(signal.SIGKILL)
    assert len(list(project.glob("*/profile.md"))) < COUNT, "the worker is killed in the middle"
    out, err = drafting.communicate(timeout=120)
    assert (drafting.returncode, err) == (0, "")
    assert out.splitlines()[-1] == f"{COUNT} compounds: {COUNT} written, 0 unchanged, 0 failed; errors in 0"
    assert contents(project) == alone
    status, out, err = run("check", "--all", "--scheduler", machines.address)
    assert (status, err) == (0, "")
    assert f"{COUNT} without errors" in out


def test_what_a_lost_worker_had_is_done_again_and_nothing_else(machines: Machines, notes: Path) -> None:
    given = [(f"n{number}", Deed(number, notes)) for number in range(40)]
    with opened(scheduler=machines.address) as workers:
        done = Counter(each.value() for each in workers.run(deeds.killed_once, given))
    assert done == Counter(range(40))
    begun = Counter(int(path.name.partition("-")[0]) for path in notes.iterdir())
    assert begun[7] == 2
    assert sum(begun.values()) <= 40 + 4


def test_a_work_that_kills_its_workers_is_a_fault_of_its_own(machines: Machines, notes: Path, tmp_path: Path) -> None:
    machines.workers.extend(_worker(tmp_path / "machines", machines.address) for _ in range(4))
    given = [(f"n{number}", Deed(number, notes)) for number in range(20)]
    with opened(scheduler=machines.address) as workers:
        done = {each.key: each for each in workers.run(deeds.killing, given)}
    assert len(done) == 20
    assert [key for key, each in done.items() if each.fault] == ["n7"]
    assert "killed" in str(done["n7"].fault)


def test_a_lost_scheduler_is_said_and_what_was_done_is_kept(machines: Machines, notes: Path) -> None:
    done = 0
    with opened(scheduler=machines.address) as workers:
        given = ((f"n{number}", Deed(number, notes)) for number in range(1000))
        with pytest.raises(SourceError, match="lost") as caught:
            for each in workers.run(deeds.noted, given):
                done += each.result is not None
                if done == 10:
                    machines.scheduler.kill()
    assert done >= 10
    assert "run the same again" in caught.value.hint


def test_a_cluster_without_a_worker_is_said(machines: Machines, notes: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for worker in machines.workers:
        worker.kill()
        worker.wait()
    monkeypatch.setattr(cluster, "PATIENCE", 1)
    with opened(scheduler=machines.address) as workers, pytest.raises(SourceError, match="no worker"):
        list(workers.run(deeds.noted, [("n1", Deed(1, notes))]))


def test_a_worker_with_another_program_is_refused(machines: Machines, project: Path, tmp_path: Path) -> None:
    other = tmp_path / "machines" / "other"
    shutil.copytree(ROOT / "pipeline", other / "pipeline", ignore=shutil.ignore_patterns("__pycache__"))
    (other / "pipeline" / "more.py").write_text("# another version\n")
    machines.workers.append(_worker(tmp_path / "machines", machines.address, other))
    with opened(scheduler=machines.address) as workers:
        workers._client.wait_for_workers(3, timeout=30)  # type: ignore[attr-defined]
    assert "another version" in refused(run("draft", "--all", "--scheduler", machines.address))
    assert not list(project.glob("*/profile.md"))


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "127.0.0.1:9", "nonsense://x", "", "tcp://"])
def test_where_no_scheduler_is_two_lines_say_so(address: str, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "ANSWERS", 1)
    assert "scheduler" in refused(run("draft", "--all", "--scheduler", address)).lower()
    assert not list(project.glob("*/profile.md"))


def test_where_dask_is_missing_two_lines_say_so(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    assert "[cluster]" in refused(run("draft", "--all", "--scheduler", "tcp://127.0.0.1:9"))
