"""Many compounds at once: the same profiles as one by one, each by itself when something is wrong with it."""

from __future__ import annotations

import gzip
import hashlib
import itertools
import json
import re
import shutil
from datetime import date
from pathlib import Path

import pytest
from commands import contents, hurry, refused, run
from eutils_faults import Fault, set_of
from eutils_server import EutilsServer, article_xml
from examplol import LITERATURE
from generated import generated_project, taken_away

from bench.compounds import name_of, papers
from pipeline.locks import only_run
from pipeline.sources.entrez import PubMed

COUNT = 6
RETRACTION = (
    '<CommentsCorrections RefType="RetractionIn"><RefSource>J Invent Res. 2026 Nov 3;10(1):1</RefSource>'
    '<PMID Version="1">999999999</PMID></CommentsCorrections>'
)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return generated_project(tmp_path, COUNT, monkeypatch)


def test_two_processes_write_what_one_writes(project: Path) -> None:
    assert run("draft", "--all", "--jobs", "1").status == 0
    alone = contents(project)
    assert len(alone) >= 5 * COUNT
    taken_away(project)
    status, out, err = run("draft", "--all", "--jobs", "2")
    assert (status, err) == (0, "")
    assert contents(project) == alone
    assert out.splitlines()[-1] == f"{COUNT} compounds: {COUNT} written, 0 unchanged, 0 failed; errors in 0"
    taken_away(project)
    for number in range(COUNT):
        run("draft", name_of(number))
    assert contents(project) == alone
    again = run("draft", "--all", "--jobs", "2")
    assert f"0 written, {COUNT} unchanged" in again.out
    assert contents(project) == alone


def test_a_compound_that_cannot_be_drafted_stops_no_other(project: Path) -> None:
    (project / name_of(1) / "compound.yaml").write_text("name: [\n")
    names = [name_of(0), name_of(1), "nobodyrexol", name_of(2), "a/b"]
    with only_run(project.parent / ".library", name_of(2)):
        status, out, err = run("draft", *names, "--jobs", "2")
    assert status == 2
    assert [line.partition(":")[0] for line in err.splitlines()] == ["error", "hint"]
    assert "4 of 5 compounds could not be drafted" in err
    lines = out.splitlines()
    assert any(line.startswith(name_of(0)) and line.endswith("written") for line in lines)
    assert sum(" failed: " in line for line in lines) == 4
    assert "another run is working" in out
    assert sorted(path.parent.name for path in project.glob("*/profile.md")) == [name_of(0)]


def test_when_none_can_be_drafted_what_to_do_is_said(project: Path) -> None:
    status, _, err = run("draft", "nobodyrexol", "noonerexol")
    assert status == 2
    assert "2 of 2" in err
    assert "the others" not in err


def test_a_compound_that_is_named_twice_is_drafted_once(project: Path) -> None:
    name = name_of(0)
    status, out, _ = run("draft", name, name.upper(), name)
    assert status == 0
    assert out.splitlines()[-1].startswith("1 compound: 1 written")


def test_many_are_checked_in_one_document(project: Path) -> None:
    run("draft", name_of(0), name_of(1))
    single = {name: json.loads(run("check", name, "--format", "json").out) for name in (name_of(0), name_of(1))}
    status, out, err = run("check", "--all", "--jobs", "2", "--format", "json")
    assert status == 2
    assert "4 of 6 compounds could not be checked" in err
    found = json.loads(out)
    assert set(found) == {"findings", "checked", "skipped"}
    assert found["findings"] == [finding for name in sorted(single) for finding in single[name]["findings"]]
    assert found["checked"]["claims"] == sum(one["checked"]["claims"] for one in single.values()) > 10
    assert found["checked"]["rules"] == single[name_of(0)]["checked"]["rules"]
    missing = [skipped for skipped in found["skipped"] if "there is no profile" in skipped["why"]]
    assert [skipped["what"] for skipped in missing] == [name_of(number) for number in range(2, COUNT)]


def test_errors_of_many_are_shown_below_their_compound(project: Path) -> None:
    run("draft", name_of(0), name_of(1))
    path = project / name_of(1) / "profile.yaml"
    text = path.read_text("utf-8")
    claim = next(line for line in text.splitlines() if line.startswith("    text: ") and " mg/day" in line)
    path.write_text(text.replace(claim, re.sub(r"\d+ mg/day", "999 mg/day", claim)), "utf-8")
    status, out, _ = run("check", name_of(0), name_of(1))
    assert status == 1
    names = [line.split()[0] for line in out.splitlines() if " claims " in line]
    assert names == sorted([name_of(0), name_of(1)])
    assert "1 without errors, 1 with, 0 not checked" in out
    assert out.index(name_of(1)) < out.index("999 mg/day")


@pytest.mark.parametrize("verb", ["draft", "check"])
def test_a_command_names_compounds_or_all(verb: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert "no compound is named" in refused(run(verb))
    assert "--all" in refused(run(verb, "naltrexone", "--all"))
    assert "holds no compound" in refused(run(verb, "--all"))


def test_a_dry_run_tells_of_each(project: Path) -> None:
    status, out, _ = run("draft", name_of(0), name_of(1), "--dry-run")
    assert status == 0
    assert [line.split()[1] for line in out.splitlines() if line.startswith("draft ")] == [name_of(0), name_of(1)]
    assert not list(project.glob("*/profile.md"))


def test_a_night_of_two_processes_is_that_of_one(
    project: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("draft", "--all").status == 0
    retracted = [next(papers(number)) for number in range(COUNT)]
    records = [
        article_xml(
            paper.key,
            paper.title,
            [(section.label, section.text) for section in paper.abstract],
            paper.year or 2000,
            types=(*paper.publication_types, "Retracted Publication"),
            revised=date(2026, 11, 20),
            corrections=RETRACTION,
        )
        for paper in retracted
    ]
    nights = []
    for jobs in ("1", "2"):
        place = tmp_path_factory.mktemp("night") / "project"
        shutil.copytree(project.parent, place)
        monkeypatch.chdir(place)
        monkeypatch.setenv("MONOGRAPH_LIBRARY", str(place / ".library" / "library.sqlite"))
        updates = place.parent / "pubmed26n1335.xml.gz"
        updates.write_bytes(gzip.compress(set_of(records).encode()))
        (updates.parent / f"{updates.name}.md5").write_text(hashlib.md5(updates.read_bytes()).hexdigest())
        status, out, err = run("refresh", "--all", "--updates", str(updates), "--jobs", jobs)
        assert (status, err) == (1, ""), out
        report = (place / "refresh-report.json").read_text()
        nights.append((out, report, contents(place / "profiles")))
    assert nights[0] == nights[1]
    assert nights[0][2] != contents(project)
    assert {item["profile"] for item in json.loads(nights[0][1])["items"]} == {name_of(n) for n in range(COUNT)}


def test_one_process_asks_for_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "profiles").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NCBI_EMAIL", "pat@example.org")
    names = ["examplol", "bepecin", "naltrexone"]
    asked = []
    for jobs in ("1", "2"):
        with EutilsServer(LITERATURE) as server:
            monkeypatch.setenv("MONOGRAPH_ENTREZ_URL", server.url)
            monkeypatch.setenv("MONOGRAPH_LIBRARY", str(tmp_path / jobs / "library.sqlite"))
            run("draft", *names, "--jobs", jobs)
            asked.append([seen.utility for seen in server.requests])
            times = sorted(seen.time for seen in server.requests)
    assert asked[0] == asked[1]
    assert len(asked[0]) >= 3
    gaps = [later - earlier for earlier, later in itertools.pairwise(times)]
    assert min(gaps) > 0.3, "the pace is one for all"


def test_a_pubmed_that_is_down_is_not_waited_for_by_thousands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "profiles").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NCBI_EMAIL", "pat@example.org")
    hurry(monkeypatch, PubMed, attempts=2)
    names = ["examplol", *(f"examplol{number}" for number in range(8))]
    with EutilsServer(LITERATURE) as server:
        monkeypatch.setenv("MONOGRAPH_ENTREZ_URL", server.url)
        server.faults.extend([Fault.status(503)] * 100)
        status, out, err = run("draft", *names)
        assert len(server.requests) == 3 * 2
    assert status == 2
    assert "9 of 9 compounds could not be drafted" in err
    assert out.count("not asked for, since PubMed did not answer") == 6
