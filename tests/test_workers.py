"""Works done by this process and by several: each once, whatever becomes of a process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import islice
from pathlib import Path

import deeds
import pytest
from deeds import Deed
from waiting import until

from pipeline.errors import ConfigError, SourceError
from pipeline.workers import Done, Here, Workers, each_done, opened
from pipeline.workers.executing import AHEAD
from pipeline.workers.local import FEW, Local

BOTH = [pytest.param(Here(), id="here"), pytest.param(Local(2), id="local")]


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    place = tmp_path / "notes"
    place.mkdir()
    return place


def numbers(count: int) -> Iterator[tuple[str, int]]:
    return ((f"n{number}", number) for number in range(count))


def works(count: int, notes: Path) -> Iterator[tuple[str, Deed]]:
    return ((f"n{number}", Deed(number, notes)) for number in range(count))


def begun(notes: Path) -> Counter[int]:
    """How often each work was begun."""
    return Counter(int(path.name.partition("-")[0]) for path in notes.iterdir())


@pytest.mark.parametrize("workers", BOTH)
def test_each_work_gives_its_result(workers: Workers) -> None:
    done = list(workers.run(deeds.squared, numbers(20)))
    assert {each.key: each.value() for each in done} == {f"n{n}": n * n for n in range(20)}
    assert len(done) == 20


@pytest.mark.parametrize("workers", BOTH)
def test_no_work_gives_nothing(workers: Workers) -> None:
    assert list(workers.run(deeds.squared, numbers(0))) == []


@pytest.mark.parametrize("workers", BOTH)
def test_a_fault_is_that_of_one_work(workers: Workers) -> None:
    done = {each.key: each for each in workers.run(deeds.faulty, numbers(9))}
    assert sorted(done) == [f"n{n}" for n in range(9)]
    assert {key for key, each in done.items() if each.fault} == {"n3", "n5"}
    fault = done["n3"].fault
    assert isinstance(fault, SourceError)
    assert (fault.message, fault.hint, fault.retryable) == ("three is out", "take four", True)
    assert isinstance(done["n5"].fault, KeyError)
    with pytest.raises(SourceError, match="three is out"):
        done["n3"].value()


def test_works_are_taken_as_they_are_done() -> None:
    taken = 0

    def counted() -> Iterator[tuple[str, int]]:
        nonlocal taken
        for each in numbers(100):
            taken += 1
            yield each

    for given, _ in enumerate(Local(2).run(deeds.squared, counted())):
        assert taken <= given + 1 + 2 * AHEAD + 2


def test_what_is_done_is_given_while_the_next_is_still_prepared(notes: Path) -> None:
    taken = 0

    def slowly() -> Iterator[tuple[str, Deed]]:
        nonlocal taken
        for each in works(40, notes):
            if taken > 1:  # two are taken before any process is begun
                until(lambda: list(notes.iterdir()))
            time.sleep(0.2)
            taken += 1
            yield each

    every = Local(2).run(deeds.noted, slowly())
    next(every)
    assert taken < 2 * AHEAD
    every.close()  # type: ignore[attr-defined]


def test_a_few_works_are_not_worth_a_process(notes: Path) -> None:
    assert len(list(Local().run(deeds.noted, works(FEW - 1, notes)))) == FEW - 1
    assert len({path.name.split("-")[1] for path in notes.iterdir()}) == 1


def test_several_processes_work(notes: Path) -> None:
    assert len(list(Local(2).run(deeds.noted, works(30, notes)))) == 30
    assert len({path.name.split("-")[1] for path in notes.iterdir()}) == 2
    assert set(begun(notes).values()) == {1}


def test_what_a_killed_process_had_is_done_again_and_nothing_twice(notes: Path) -> None:
    done = Counter(each.value() for each in Local(2).run(deeds.killed_once, works(30, notes)))
    assert done == Counter(range(30))
    assert [number for number, times in begun(notes).items() if times > 1] == [7]


def test_a_process_that_is_killed_while_it_gives_back_is_not_waited_for(notes: Path) -> None:
    done = {each.key: len(each.value()) for each in Local(2).run(deeds.killed_while_it_gives_back, works(30, notes))}
    assert done == {f"n{n}": 100_000_000 if n == 7 else 1 for n in range(30)}
    assert [number for number, times in begun(notes).items() if times > 1] == [7]


def test_a_process_that_is_killed_while_it_starts_costs_no_work(notes: Path) -> None:
    done = {each.key: each.value() for each in Local(2).run(deeds.KilledAtStart(notes, 2), numbers(20))}
    assert done == {f"n{n}": 2 * n for n in range(20)}
    assert len(list(notes.iterdir())) == 4


def test_where_no_process_can_be_started_each_work_says_so(notes: Path) -> None:
    for done in Local(2).run(deeds.KilledAtStart(notes, 1000), numbers(3)):
        assert isinstance(done.fault, SourceError)
        assert "killed" in done.fault.message


def test_a_result_that_cannot_be_given_back_is_a_fault() -> None:
    done = list(Local(2).run(deeds.function_of, numbers(5)))
    assert len(done) == 5
    assert all(each.fault is not None and "pickle" in str(each.fault) for each in done)


def test_a_work_that_kills_each_process_is_a_fault_of_its_own(notes: Path) -> None:
    done = {each.key: each for each in Local(2).run(deeds.killing, works(20, notes))}
    assert len(done) == 20
    assert [key for key, each in done.items() if each.fault] == ["n7"]
    assert begun(notes)[7] == 2
    fault = done["n7"].fault
    assert isinstance(fault, SourceError)
    assert "killed" in fault.message
    assert "memory" in fault.hint


@pytest.mark.parametrize("workers", BOTH)
def test_names_are_prepared_or_left_out_or_given_with_their_fault(workers: Workers) -> None:
    def prepared(name: str, _: ExitStack) -> tuple[str, int] | None:
        number = int(name)
        return None if number % 2 else (f"n{number}", number)

    done = {each.key: each for each in each_done(workers, deeds.squared, ["1", "x", "2", "3", "4"], prepared)}
    assert {key: each.result for key, each in done.items()} == {"n2": 4, "n4": 16, "x": None}
    assert isinstance(done["x"].fault, ValueError)


@pytest.mark.parametrize("workers", BOTH)
def test_what_was_entered_for_a_name_is_left_once_its_result_was_dealt_with(workers: Workers) -> None:
    held = set[int]()

    def prepared(name: str, stack: ExitStack) -> tuple[str, int] | None:
        held.add(int(name))
        stack.callback(held.remove, int(name))
        if name == "3":
            raise ValueError
        return None if name == "5" else (name, int(name))

    names = [str(number) for number in range(30)]
    every = each_done(workers, deeds.squared, names, prepared)
    for done in islice(every, 20):
        if done.fault is None:
            assert int(done.key) in held
        assert {3, 5} & held == set()
    assert len(held) <= 1 + 2 * AHEAD + 2
    every.close()  # type: ignore[attr-defined]
    assert not held


def test_a_generator_that_is_left_takes_its_processes_along() -> None:
    some = Local(2).run(deeds.squared, numbers(1000))
    assert isinstance(next(some), Done)
    some.close()  # type: ignore[attr-defined]


def test_processes_end_with_the_one_that_gave_them_works(notes: Path) -> None:
    """They hold its output, which ends for whoever reads it once they have."""
    call = [sys.executable, "-c", "import sys, deeds; deeds.given_and_killed(sys.argv[1])", str(notes)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(call, env=environment, stdout=subprocess.PIPE, check=False, timeout=60)
    assert (done.returncode, len(begun(notes))) == (-signal.SIGKILL, 2)


def test_a_machine_and_a_cluster_are_not_named_at_once() -> None:
    with pytest.raises(ConfigError, match="--jobs"), opened(2, "tcp://127.0.0.1:1"):
        pass
