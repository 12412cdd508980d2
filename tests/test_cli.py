"""Commands as people call them: what they print, how they end, and how every fault reads."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from commands import HOSTILE, contents, raw, refused, run
from eutils_faults import set_of
from examplol import LITERATURE, POSITIVE

from pipeline.checks.catalogue import RULES
from pipeline.cli import app

XML = set_of(LITERATURE)


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty project as the working directory."""
    (tmp_path / "profiles").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def examplol() -> Path:
    """The directory of a drafted profile of examplol."""
    Path("records.xml").write_text(XML)
    assert run("library", "import", "records.xml").status == 0
    assert run("draft", "examplol").status == 0
    return Path("profiles/examplol")


# --- the command line itself ------------------------------------------------------------------------------------------


def commands() -> list[str]:
    """Every command and every command of a group, as it is typed."""
    group = typer.main.get_group(app)
    inner = {name: getattr(command, "commands", {}) for name, command in group.commands.items()}
    return [*inner, *(f"{name} {sub}" for name, subs in inner.items() for sub in subs)]


def test_help_lists_every_command() -> None:
    status, out, err = run("--help")
    assert (status, err) == (0, "")
    listed = {line.split()[0] for line in out.splitlines() if line.strip()}
    top = [name for name in commands() if " " not in name]
    assert {"new", "draft", "check", "rules", "explain", "status", "library"} <= set(top)
    assert set(top) <= listed


@pytest.mark.parametrize("command", commands())
def test_every_command_has_help(command: str) -> None:
    status, out, _ = run(*command.split(), "--help")
    assert status == 0
    assert "Usage:" in out
    assert len(out.splitlines()[2].strip()) > 20


def test_help_is_quick_and_imports_nothing_heavy() -> None:
    program = (
        "import sys; sys.argv = ['monograph', '--help']\n"
        "from pipeline.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print('loaded', *sorted({name.split('.')[0] for name in sys.modules}))"
    )
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 0.6
    loaded = set(done.stdout.rpartition("loaded")[2].split())
    assert "typer" in loaded
    assert not loaded & {"pydantic", "Bio", "openai", "nupunkt", "yaml", "jinja2", "sqlite3"}


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("drafft",),
        ("draft",),
        ("draft", "naltrexone", "--all"),
        ("draft", "naltrexone", "--jobs", "2", "--scheduler", "tcp://127.0.0.1:1"),
        ("draft", "a", "b", "--jobs", "2", "--model", "m"),
        ("new", "a", "b"),
        ("draft", "naltrexone", "--nonsense"),
        ("draft", "-x"),
        ("check", "naltrexone", "--format", "xml"),
        ("library",),
        ("library", "imprt"),
        ("library", "import"),
        ("library", "search", "pain", "--limit", "0"),
        ("library", "search", "pain", "--limit", "many"),
        ("explain", "NOPE001"),
        ("explain", ""),
        ("check", "naltrexone"),
    ],
    ids=" ".join,
)
def test_a_command_that_cannot_run_ends_in_two_lines(words: tuple[str, ...]) -> None:
    refused(run(*words))
    assert contents(Path("profiles")) == {}


@pytest.mark.parametrize("command", [["rules"], ["--help"], ["status"]], ids=" ".join)
def test_a_full_or_closed_output_is_no_finding(command: list[str]) -> None:
    words = [sys.executable, "-m", "pipeline.cli", *command]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(words, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 2
    assert [line.split(":")[0] for line in done.stderr.splitlines()] == ["error", "hint"]
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(words, stdout=writer, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writer)
    assert (done.returncode, done.stderr) == (2, "")


# --- names ------------------------------------------------------------------------------------------------------------

NO_NAMES = (
    "",
    " ",
    "...",
    "!?-",
    "日本",
    "..",
    "../naltrexone",
    "naltrexone/../bpc-157",
    "a/b",
    "a\\b",
    "/etc/passwd",
    "a..b",
    "a\nb",
    "a\tb",
    "a\x00b",
    "\udcff",
    "naltrexone\u202e",
    f"{HOSTILE}a",
    "x" * 500,
    "α" * 100,
)


@pytest.mark.parametrize("command", ["new", "draft", "check"])
@pytest.mark.parametrize("name", NO_NAMES, ids=lambda name: ascii(name[:20]))
def test_what_cannot_be_a_name_is_refused(command: str, name: str) -> None:
    before = sorted(Path().rglob("*"))
    said = refused(run(command, "--", name))
    assert "cannot be the name of a compound" in said
    assert len(said) < 300
    assert not raw(said)
    assert sorted(Path().rglob("*")) == before


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Examplol", "examplol"),
        ("EXAMPLOL HCl", "examplol-hcl"),
        ("GHK-Cu", "ghk-cu"),
        ("St. John's wort", "st-johns-wort"),
        ("β-alanine", "beta-alanine"),
        ("Tβ4", "tbeta4"),
        ("5-HTP", "5-htp"),
        ("Ωmega oil", "omegamega-oil"),
        ("  spaced   out ", "spaced-out"),
        ("naïve é", "naive-e"),
        ('odd "quoted": name # not a comment', "odd-quoted-name-not-a-comment"),
        ("[list]", "list"),
        ("{{ 7 * 7 }}", "7-7"),
        ("x" * 120, "x" * 120),
    ],
)
def test_a_name_gives_a_profile_that_can_be_read_back(name: str, slug: str) -> None:
    outcome = run("new", name)
    assert (outcome.status, outcome.err) == (0, "")
    assert list(contents(Path("profiles"))) == [f"{slug}/compound.yaml"]
    said = refused(run("draft", slug))
    assert f"'{' '.join(name.split())}'" in said
    assert "PubMed was not asked" in said


def test_new_refuses_to_overwrite() -> None:
    assert run("new", "examplol").status == 0
    path = Path("profiles/examplol/compound.yaml")
    path.write_text("name: examplol\naliases: [exa]\n")
    assert "exists already" in refused(run("new", "examplol"))
    assert "exists already" in refused(run("new", "EXA"))
    assert path.read_text() == "name: examplol\naliases: [exa]\n"


def test_a_bundled_compound_is_found_by_an_alias() -> None:
    assert "profiles/naltrexone/compound.yaml" in run("new", "LDN").out.replace(f"{Path.cwd()}/", "")
    assert "naltrexone" in run("draft", "ldn", "--dry-run").out


def test_an_unknown_compound_offline_is_not_drafted() -> None:
    said = refused(run("draft", "unknownol"))
    assert "NCBI_EMAIL" in said
    assert "library import" in said
    assert contents(Path("profiles")) == {}


# --- files that people edit -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("name: examplol\nalias: [exa]\n", "'aliases'"),
        ("name: examplol\ntagine: x\n", "'tagline'"),
        ("name: examplol\ntopics: [{name: sleep, term: [sleep]}]\n", "'terms'"),
        ("name: examplol\nform: {kind: oral, vial: 5}\n", "'vial_mg'"),
        ("name: examplol\nretrieve: ten\n", "retrieve"),
        ("name: examplol\nform: pill\n", "'injectable'"),
        ("name: [\n", "compound.yaml:2"),
        ("aliases: [exa]\n", "name"),
        ("- examplol\n", "no mapping"),
        ("", "no mapping"),
        ("name: !!python/object/apply:os.system [true]\n", "compound.yaml:1"),
    ],
)
def test_a_fault_in_compound_yaml_is_named(text: str, expected: str) -> None:
    path = Path("profiles/examplol/compound.yaml")
    path.parent.mkdir()
    path.write_text(text)
    for command in ("draft", "check", "new"):
        assert "compound.yaml" in refused(run(command, "examplol"))
    assert expected in refused(run("draft", "examplol"))
    assert path.read_text() == text


# --- checks and the catalogue -----------------------------------------------------------------------------------------


def test_a_clean_check_is_one_json_document() -> None:
    directory = examplol()
    status, out, err = run("check", "examplol", "--format", "json")
    assert (status, err) == (0, "")
    document = json.loads(out)
    assert set(document) == {"findings", "checked", "skipped"}
    assert set(document["checked"]) == {"claims", "references", "rules"}
    assert document["checked"]["rules"] == sum(rule.find is not None for rule in RULES)
    assert document["checked"]["claims"] > 5
    (directory / "profile.yaml").write_text((directory / "profile.yaml").read_text().replace("p < 0.001", "p < 0.1"))
    status, out, err = run("check", "examplol", "--format", "json")
    assert (status, err) == (1, "")
    findings = json.loads(out)["findings"]
    keys = {"code", "severity", "message", "file", "line", "claim", "source", "suggestion"}
    assert all(set(finding) == keys for finding in findings)
    found = next(f for f in findings if f["severity"] == "error" and f["source"] == POSITIVE)
    lines = Path(found["file"]).read_text().splitlines()
    assert found["claim"] in lines[found["line"] - 1]
    assert "error" in run("check", "examplol").out


def test_the_rules_are_listed_and_explained() -> None:
    lines = run("rules").out.splitlines()
    listed = [line.split()[:2] for line in lines if not line.startswith(" ")]
    assert listed == [[rule.code, rule.severity.value] for rule in sorted(RULES, key=lambda rule: rule.code)]
    assert max(map(len, lines)) <= 80
    for rule in RULES:
        status, out, err = run("explain", rule.code.lower())
        assert (status, err) == (0, "")
        assert out.startswith(rule.code)
        assert "Why:" in out
        assert "Fix:" in out
        assert max(map(len, out.splitlines())) <= 80
    assert "did you mean QTY001?" in refused(run("explain", "QTY01"))


def test_status_lists_what_was_drafted() -> None:
    assert "no profile yet" in run("status").out
    examplol()
    run("new", "another")
    lines = run("status").out.splitlines()
    assert [line.split()[0] for line in lines] == ["examplol", "13"]
    assert "open" in lines[0]
    assert "13 records" in lines[1]
    assert "another" not in run("status").out


@pytest.mark.parametrize(
    "words",
    [("explain",), ("library", "show"), ("library", "search"), ("library", "import"), ("draft",), ("check",), ()],
    ids=" ".join,
)
def test_no_word_of_the_command_line_is_obeyed_by_the_terminal(words: tuple[str, ...]) -> None:
    outcome = run(*words, f"{HOSTILE}x")
    assert not raw(outcome.out + outcome.err)
    assert outcome.status in (0, 2)


def test_a_mistyped_compound_is_asked_back() -> None:
    outcome = run("draft", "naltrexon", "--offline")
    assert refused(outcome).startswith("error: no record for 'naltrexon'")
    assert "did you mean naltrexone?" in outcome.err
