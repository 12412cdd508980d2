"""A run of every benchmark: accuracy first, by several processes, then speed, one benchmark at a time and alone."""

from __future__ import annotations

import sys
import time
import traceback
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from bench import package, table
from bench.rows import Row, unmeasured
from pipeline.errors import PipelineError

ACCURACY = ("references", "tampering", "statements", "directions", "designs", "model")  # the longest first
SPEED = ("parsing", "importing", "commands", "asked", "site", "nights", "growth")
ON_FILES = ("parsing", "importing", "growth")  # measured on NLM's files


def rows_of(name: str, *given: Any, **named: Any) -> list[Row]:
    """The lines of one benchmark."""
    return import_module(f"bench.{name}").rows(*given, **named)


def nlm_files() -> Path | None:
    """The directory of NLM's files; None, and said why in two lines, where they cannot be fetched."""
    try:
        return package.nlm_files()
    except PipelineError as error:
        told(error)
        return None


def told(error: PipelineError) -> str:
    """Say in two lines what is the matter and what to do; gives the first of them."""
    print(f"error: {error.message}\nhint: {error.hint}", file=sys.stderr)
    return error.message


class Run:
    """The lines of every benchmark in order, and how many broke down."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.faults = 0
        self._start = time.perf_counter()

    @property
    def seconds(self) -> float:
        """How long it has run."""
        return time.perf_counter() - self._start

    def add(self, name: str, measure: Callable[[], list[Row]]) -> None:
        """Measure, say when it was done, and go on where it breaks down."""
        try:
            self.rows += measure()
        except PipelineError as error:
            self.rows.append(unmeasured(name, told(error)))
        except (Exception, SystemExit) as error:
            traceback.print_exc()
            self.rows.append(unmeasured(name, f"it broke down: {type(error).__name__}"))
            self.faults += 1
        print(f"{self.seconds:4.0f} s  {name}", file=sys.stderr, flush=True)

    def accuracy(self) -> None:
        """Every benchmark of accuracy, side by side."""
        with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
            for name, done in [(name, pool.submit(rows_of, name)) for name in ACCURACY]:
                self.add(name, done.result)

    def speed(self, full: bool) -> None:
        """Every benchmark of speed, one after the other."""
        folder = nlm_files()
        for name in SPEED:
            given: dict[str, Any] = {"folder": folder} if name in ON_FILES else {}
            if name == "growth":
                given["full"] = full
            elif given and folder is None:
                self.rows.append(unmeasured(name, "NLM's files could not be fetched"))
                continue
            self.add(name, partial(rows_of, name, **given))


def everything(arguments: list[str]) -> int:
    """Run all, print the table, and put it into the documentation where that was asked for."""
    run = Run()
    run.accuracy()
    run.speed("--full" in arguments)
    words = "python -m bench" + "".join(f" {word}" for word in arguments)
    under = table.conditions(words, run.seconds, {"pubmed_parser": package.VERSION})
    table.show(run.rows, under)
    if "--write" in arguments:
        table.put("table", table.markdown(run.rows, under))
    return int(run.faults > 0)
