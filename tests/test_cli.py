"""Commands as people call them: what they print, how they end, and how every fault reads."""

from __future__ import annotations

import gzip
import json
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from commands import contents, raw, refused, run
from eutils_faults import set_of
from eutils_server import article_xml
from examplol import LITERATURE, POSITIVE, RESULT

from pipeline.checks import RULES
from pipeline.cli import app
from pipeline.config import settings

XML = set_of(LITERATURE)
NBIB = """\
PMID- 90000201
OWN - NLM
STAT- MEDLINE
DP  - 2020 Feb
TI  - Examplol and imagined sleep.
AB  - RESULTS: Sleep was longer with examplol (p = 0.02).
LID - 10.1000/invented.201 [doi]
PT  - Journal Article
SO  - J Invent Res. 2020 Feb.
"""
# What a terminal would obey: colours, a title, a C1 control, and text turned round.
HOSTILE = "\x1b[31m\x1b]0;title\x07\x9b2J\u202e\u2066"


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
        ("draft", "a", "b"),
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
    assert document["checked"]["rules"] == len(RULES)
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
    listed = run("rules").out.splitlines()
    assert [line.split()[0] for line in listed] == [rule.code for rule in RULES]
    for rule in RULES:
        status, out, err = run("explain", rule.code.lower())
        assert (status, err) == (0, "")
        assert out.startswith(rule.code)
        assert "Why:" in out
        assert "Fix:" in out


def test_status_lists_what_was_drafted() -> None:
    assert "no profile yet" in run("status").out
    examplol()
    run("new", "another")
    lines = run("status").out.splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("examplol")
    assert f"{len(LITERATURE)} records" in lines[0]


# --- the library ------------------------------------------------------------------------------------------------------


def test_records_are_imported_searched_shown_and_counted() -> None:
    Path("a.xml").write_text(XML)
    Path("b.data").write_bytes(gzip.compress(set_of([article_xml("90000202", "A trial of otherol")]).encode()))
    Path("c.nbib").write_text(NBIB)
    outcome = run("library", "import", "a.xml", "b.data", "c.nbib")
    assert (outcome.status, outcome.err) == (0, "")
    assert outcome.out.startswith(f"{len(LITERATURE) + 2} new, 0 updated, 0 unchanged")
    assert run("library", "import", "a.xml").out.startswith(f"0 new, 0 updated, {len(LITERATURE)} unchanged")
    assert "90000201" in run("library", "search", "imagined sleep").out
    hits = run("library", "search", "examplol", "--limit", "3").out.splitlines()
    assert len([line for line in hits if line.startswith("9000")]) == 3
    assert "no record" in run("library", "search", "absentol").out
    shown = run("library", "show", f"https://pubmed.ncbi.nlm.nih.gov/{POSITIVE}/").out
    assert "Ansel J" in shown
    assert RESULT in " ".join(shown.split())
    assert "Sleep was longer" in run("library", "show", "doi:10.1000/INVENTED.201").out
    stats = run("library", "stats").out
    assert f"{len(LITERATURE) + 2} (" in stats
    assert "retracted 1" in stats


def test_an_empty_library_is_read_without_being_made() -> None:
    assert run("library", "stats").status == 0
    assert "no record" in run("library", "search", "pain").out
    assert "holds no record" in refused(run("library", "show", "90000101"))
    assert "neither a PMID nor a DOI" in refused(run("library", "show", "examplol"))
    assert not settings().library.exists()


WHOLE = gzip.compress(XML.encode())
FILES = {
    "binary.xml": b"\x00\x01\xfe\xff" * 99,
    "page.html": b"<!DOCTYPE html><html><body>Not found</body></html>",
    "reply.json": b'{"error": "busy"}',
    "notes.txt": b"examplol is good",
    "empty.xml": b"",
    "cut.xml": XML.encode()[:-200],
    "cut.xml.gz": WHOLE[:-30],
    "beginning.gz": WHOLE[:12],
    "two-bytes.gz": WHOLE[:2],
    "noise.gz": WHOLE[:12] + bytes(range(256)),
    "other.xml": b"<rss><channel/></rss>",
    "cut.nbib": NBIB.partition("SO ")[0].encode(),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_holds_no_whole_records_is_named_once(name: str) -> None:
    Path(name).write_bytes(FILES[name])
    said = refused(run("library", "import", name))
    assert said.splitlines()[0].startswith(f"error: {name}")
    assert said.count(name) == 1


def test_a_directory_and_a_missing_file_are_named_once() -> None:
    Path("folder").mkdir()
    for name in ("folder", "missing.xml"):
        assert refused(run("library", "import", name)).count(name) == 1


def test_what_came_before_a_fault_is_kept() -> None:
    Path("good.xml").write_text(XML)
    Path("cut.xml").write_text(set_of([article_xml("90000203", "Whole"), article_xml("90000204", "Cut")])[:-400])
    refused(run("library", "import", "good.xml", "cut.xml"))
    assert f"{len(LITERATURE) + 1} (" in run("library", "stats").out


# --- what sources and people send to the terminal ---------------------------------------------------------------------


def test_no_text_from_a_source_is_obeyed_by_the_terminal() -> None:
    hostile = NBIB.replace("TI  - Examplol", f"TI  - {HOSTILE} Examplol").replace("Sleep was", f"Sleep{HOSTILE} was")
    hostile = hostile.replace("PT  -", f"MH  - *Pain{HOSTILE}/drug therapy\nPT  - Fun{HOSTILE}\nPT  -")
    Path("a.nbib").write_text(hostile + hostile.replace("90000201", "90000301").replace("invented.201", "invented.301"))
    assert run("library", "import", "a.nbib").status == 0
    shown = [run("library", "show", "90000201"), run("library", "search", "imagined")]
    shown += [run("draft", "examplol"), run("check", "examplol"), run("status")]
    for outcome in shown:
        assert outcome.status < 2
        assert not raw(outcome.out + outcome.err)
    assert "90000201" in shown[1].out


@pytest.mark.parametrize(
    "words",
    [("explain",), ("library", "show"), ("library", "search"), ("library", "import"), ("draft",), ("check",), ()],
    ids=" ".join,
)
def test_no_word_of_the_command_line_is_obeyed_by_the_terminal(words: tuple[str, ...]) -> None:
    outcome = run(*words, f"{HOSTILE}x")
    assert not raw(outcome.out + outcome.err)
    assert outcome.status in (0, 2)


def test_nothing_is_markup() -> None:
    Path("[red]odd[].xml").write_text(set_of([article_xml("90000205", "A [bold]trial[/] of [/wrong] examplol")]))
    assert run("library", "import", "[red]odd[].xml").out.startswith("1 new")
    assert "A [bold]trial[/] of [/wrong] examplol" in run("library", "search", "examplol").out
