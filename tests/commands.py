"""The command line inside the test process, as a person would call it: status, standard output, standard error."""

from __future__ import annotations

import io
import sys
import unicodedata
from contextlib import redirect_stderr, redirect_stdout
from datetime import date
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

import pytest

from pipeline import authoring
from pipeline.cli import main
from pipeline.config import Settings
from pipeline.patience import Patience

TODAY = date(2026, 11, 20)
# What a terminal would obey: colours, a title, a C1 control, and text turned round.
HOSTILE = "\x1b[31m\x1b]0;title\x07\x9b2J\u202e\u2066"


class Outcome(NamedTuple):
    """What a command came to."""

    status: int
    out: str
    err: str


def run(*words: str) -> Outcome:
    """`monograph WORDS...` through the entry point of the console script."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err), patch.object(sys, "argv", ["monograph", *words]):
        try:
            main()
        except SystemExit as left:
            return Outcome(int(left.code or 0), out.getvalue(), err.getvalue())
    raise AssertionError("the command line did not say how it ended")


def refused(outcome: Outcome) -> str:
    """The two lines of a command that could not run, which must be all that it printed."""
    status, out, err = outcome
    lines = err.splitlines()
    assert status == 2, outcome
    assert not out, outcome
    assert [line.split(":")[0] for line in lines] == ["error", "hint"], outcome
    assert all(len(line.partition(": ")[2]) > 5 for line in lines), outcome
    return err


def raw(text: str) -> set[str]:
    """The characters of `text` that a terminal would obey instead of showing."""
    return {c for c in text if c not in "\n\t" and unicodedata.category(c)[0] == "C"}


def draft(name: str, here: Settings, *, offline: bool = True) -> authoring.Drafted:
    """A draft without the command line, on a fixed day and without a word on progress."""
    return authoring.draft(name, here, offline=offline, today=TODAY, progress=lambda what, done, total: None)


def hurry(monkeypatch: pytest.MonkeyPatch, *clients: type, attempts: int = 5) -> None:
    """Let clients of web services, such as PubMed, not wait between requests or attempts."""
    for client in clients:
        defaults = client.__init__.__kwdefaults__  # type: ignore[misc]
        hurried = {"patience": Patience(attempts=attempts, sleep=lambda _: None), "rate": 1000.0}
        for name, value in hurried.items():
            assert name in defaults
            monkeypatch.setitem(defaults, name, value)


def contents(directory: Path) -> dict[str, bytes]:
    """Every file below `directory`, by its path from there."""
    return {str(path.relative_to(directory)): path.read_bytes() for path in directory.rglob("*") if path.is_file()}
