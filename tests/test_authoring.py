"""Drafts from the bundled collections: the same bytes every time, edits kept, and old files safe from every fault."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from commands import TODAY, contents, draft, raw, refused, run
from eutils_faults import set_of
from examplol import LITERATURE, POSITIVE, RESULT, positive

from pipeline import authoring, holding
from pipeline.config import Settings, settings
from pipeline.models.findings import Severity
from pipeline.profiles import read_profile
from pipeline.sources.files import import_files

FILES = {"compound.yaml", "profile.md", "profile.yaml", "sources.yaml"}


def settings_of(root: Path) -> Settings:
    return Settings(root, root / "library" / "library.sqlite")


@pytest.fixture(scope="module")
def drafted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with a drafted profile of each bundled compound, to be copied and not to be touched."""
    root = tmp_path_factory.mktemp("drafted")
    for name in ("naltrexone", "bpc-157"):
        draft(name, settings_of(root))
    return root


@pytest.fixture(scope="module")
def invented_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with a drafted profile of examplol from imported records, to be copied and not to be touched."""
    root = tmp_path_factory.mktemp("invented")
    (root / "records.xml").write_text(set_of(LITERATURE))
    import_files([root / "records.xml"], settings_of(root).library, TODAY, lambda what, done, total: None)
    draft("examplol", settings_of(root))
    return root


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, drafted: Path) -> Settings:
    """A copy of the bundled project as the working directory."""
    shutil.copytree(drafted, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return settings()


@pytest.fixture
def invented(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, invented_once: Path) -> Settings:
    """A copy of the invented project as the working directory."""
    shutil.copytree(invented_once, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return settings()


def text_of(directory: Path) -> str:
    return (directory / "profile.yaml").read_text()


def edit(directory: Path, claim: str, new: str) -> None:
    """Change a claim's text as a person does, in the file."""
    path = directory / "profile.yaml"
    data = yaml.safe_load(path.read_text())
    (found,) = [c for section in data["sections"] for c in section.get("claims", ()) if c["id"] == claim]
    assert found["text"] != new
    found["text"] = new
    path.write_text(yaml.safe_dump(data, sort_keys=False, allow_unicode=True))


def claim_on(directory: Path, source: str) -> str:
    """The id of the claim on a source's result."""
    profile = read_profile(directory)
    assert profile is not None
    return next(claim.id for claim in profile.claims if claim.id.endswith(f"/{source}-result"))


# --- the same inputs, the same bytes ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["naltrexone", "bpc-157"])
def test_a_draft_has_all_its_files_and_no_error(drafted: Path, name: str) -> None:
    assert set(contents(drafted / "profiles" / name)) >= FILES
    report, _ = holding.check(name, settings_of(drafted))
    assert [f for f in report.findings if f.severity is Severity.ERROR] == []
    assert report.checked.claims > 20
    assert report.checked.references > 10
    assert report.skipped == ()


def test_the_bytes_do_not_depend_on_library_place_or_hashes(drafted: Path, tmp_path: Path) -> None:
    runs = []
    for seed, name in (("1", "naltrexone"), ("2", "bpc-157")):
        place = tmp_path / name
        (place / "profiles").mkdir(parents=True)
        environment = {**os.environ, "PYTHONHASHSEED": seed, "MONOGRAPH_LIBRARY": str(place / "library.sqlite")}
        command = [sys.executable, "-m", "pipeline.cli", "draft", name]
        runs.append((subprocess.Popen(command, cwd=place, env=environment, stdout=subprocess.DEVNULL), place))
    for process, place in runs:
        assert process.wait() != 2
        assert contents(place / "profiles" / place.name) == contents(drafted / "profiles" / place.name)


def test_a_second_draft_touches_no_file(invented: Settings) -> None:
    def stamps() -> dict[Path, tuple[int, int]]:
        return {path: (path.stat().st_mtime_ns, path.stat().st_ino) for path in invented.profiles.rglob("*")}

    before = stamps()
    assert "unchanged" in run("draft", "examplol").out
    assert stamps() == before


@pytest.mark.parametrize(
    ("alias", "slug"), [("LDN", "naltrexone"), (" body protection compound 157 ", "bpc-157"), ("BPC 157", "bpc-157")]
)
def test_an_alias_finds_the_same_profile(here: Settings, alias: str, slug: str) -> None:
    for _ in ("by its compound.yaml", "as a bundled compound"):
        compound, directory = authoring.resolve(alias, here)
        assert (compound.slug, directory) == (slug, here.profiles / slug)
        shutil.rmtree(here.profiles, ignore_errors=True)


def test_records_of_other_compounds_do_not_leak_in(here: Settings) -> None:
    before = contents(here.profiles / "bpc-157")
    Path("records.xml").write_text(set_of(LITERATURE))
    run("library", "import", "records.xml")
    assert draft("bpc-157", here).changed == ()
    assert contents(here.profiles / "bpc-157") == before


# --- what people wrote ------------------------------------------------------------------------------------------------


def test_an_edited_claim_survives_a_redraft(invented: Settings) -> None:
    directory = invented.profiles / "examplol"
    claim = claim_on(directory, POSITIVE)
    edit(directory, claim, "Examplol eased pain in this trial.")
    done = draft("examplol", invented)
    assert done.lapsed == ()
    assert [c.text for c in done.profile.claims if c.id == claim] == ["Examplol eased pain in this trial."]
    assert "Examplol eased pain in this trial." in (directory / "profile.md").read_text()
    assert draft("examplol", invented).changed == ()


def test_an_edit_lapses_and_is_named_when_its_source_changed(invented: Settings) -> None:
    directory = invented.profiles / "examplol"
    claim = claim_on(directory, POSITIVE)
    edit(directory, claim, "Examplol eased pain in this trial.")
    revised = RESULT.replace("-1.4", "-0.6")
    Path("revised.xml").write_text(set_of([positive(revised)]))
    assert "1 updated" in run("library", "import", "revised.xml").out
    outcome = run("draft", "examplol")
    assert [line for line in outcome.out.splitlines() if claim in line]
    assert revised in text_of(directory)
    assert "eased pain" not in text_of(directory)
    assert claim not in run("draft", "examplol").out


def test_an_edit_that_its_source_does_not_bear_is_an_error(invented: Settings) -> None:
    directory = invented.profiles / "examplol"
    claim = claim_on(directory, POSITIVE)
    edit(directory, claim, "Examplol 700 mg/day eased pain in this trial.")
    outcome = run("check", "examplol")
    assert outcome.status == 1
    assert claim in outcome.out
    assert run("draft", "examplol").status == 1
    assert "700 mg/day" in text_of(directory)


def test_compound_yaml_is_never_rewritten(invented: Settings) -> None:
    path = invented.profiles / "examplol" / "compound.yaml"
    path.write_text("name: examplol   # mine\ntopics: [{name: sleep, terms: [sleep quality, sleep]}]\n")
    done = draft("examplol", invented)
    assert path.read_text().startswith("name: examplol   # mine")
    assert "sleep" in {section.title.lower() for section in done.profile.sections}


@pytest.mark.parametrize("gone", ["profile.yaml", "sources.yaml", "profile.md"])
def test_a_deleted_file_is_made_again(invented: Settings, gone: str) -> None:
    directory = invented.profiles / "examplol"
    before = contents(directory)
    (directory / gone).unlink()
    assert run("draft", "examplol").status == 0
    assert contents(directory) == before


@pytest.mark.parametrize(
    "broken",
    ["", "name: [", "- a list", "name: examplol\nslugg: examplol\n", "\x00", "name: examplol\nsections: 3\n"],
)
def test_a_broken_profile_is_never_overwritten(invented: Settings, broken: str) -> None:
    directory = invented.profiles / "examplol"
    (directory / "profile.yaml").write_text(broken)
    before = contents(directory)
    assert "profile.yaml" in refused(run("draft", "examplol"))
    assert "profile.yaml" in refused(run("check", "examplol"))
    assert contents(directory) == before


# --- faults of the machine --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("content", [b"not a database" * 99, b"SQLite format 3\0" + bytes(500)], ids=["text", "header"])
def test_a_corrupt_library_is_named_and_left_alone(here: Settings, content: bytes) -> None:
    here.library.write_bytes(content)
    before = contents(here.profiles)
    assert str(here.library) in refused(run("draft", "naltrexone"))
    assert str(here.library) in refused(run("check", "naltrexone"))
    assert here.library.read_bytes() == content
    assert contents(here.profiles) == before


def test_a_library_that_cannot_be_made_is_refused(here: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    before = contents(here.profiles)
    Path("a file").write_text("")
    monkeypatch.setenv("MONOGRAPH_LIBRARY", str(here.root / "a file" / "library.sqlite"))
    said = refused(run("draft", "naltrexone"))
    assert "MONOGRAPH_LIBRARY" in said
    assert contents(here.profiles) == before


@pytest.mark.parametrize("number", [1, 2])
def test_a_full_disk_leaves_the_old_files(invented: Settings, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    directory = invented.profiles / "examplol"
    compound = (directory / "compound.yaml").read_text()
    (directory / "compound.yaml").write_text(compound + 'tagline: "another"\n')
    before = contents(invented.profiles)
    written = 0

    def full(handle: int) -> None:
        nonlocal written
        written += 1
        if written >= number:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        said = refused(run("draft", "examplol"))
    assert written == number
    assert "No space left" in said
    assert contents(invented.profiles) == before
    assert len(draft("examplol", invented).changed) >= 2


def test_a_profile_directory_that_is_a_file_is_refused(invented: Settings) -> None:
    shutil.rmtree(invented.profiles / "examplol")
    (invented.profiles / "examplol").write_text("mine")
    assert "examplol" in refused(run("draft", "examplol"))
    assert (invented.profiles / "examplol").read_text() == "mine"


def test_one_run_at_a_time_works_on_a_profile(invented: Settings) -> None:
    before = contents(invented.profiles)
    with authoring.only_run(invented.library.parent, "examplol"):
        assert "another run" in refused(run("draft", "examplol"))
        assert run("check", "examplol").status == 0
        with authoring.only_run(invented.library.parent, "another"):
            pass
    assert contents(invented.profiles) == before


def test_the_lock_file_of_a_killed_run_does_not_lock(invented: Settings) -> None:
    lock = invented.library.parent / "examplol.lock"
    lock.write_text("")
    assert run("draft", "examplol").status == 0
    assert draft("examplol", invented).changed == ()


# --- the check of what lies there -------------------------------------------------------------------------------------


def test_a_check_needs_a_profile(here: Settings) -> None:
    assert "there is no profile" in refused(run("check", "examplol"))


def test_a_check_without_the_records_says_what_it_skipped(invented: Settings) -> None:
    invented.library.unlink()
    report, _ = holding.check("examplol", invented)
    assert POSITIVE in {that.what for that in report.skipped}
    assert "grades" in {that.what for that in report.skipped}
    assert report.checked.references == 0


def test_a_forged_quotation_is_an_error(invented: Settings) -> None:
    path = invented.profiles / "examplol" / "profile.yaml"
    path.write_text(path.read_text().replace("p < 0.001", "p < 0.0001"))
    outcome = run("check", "examplol")
    assert outcome.status == 1
    assert POSITIVE in outcome.out
    assert not raw(outcome.out)


def test_a_check_recomputes_grades_from_records_that_are_not_cited_too(invented: Settings) -> None:
    profile = invented.root / "profiles" / "examplol" / "profile.yaml"
    drawn = {uncited["source"] for uncited in yaml.safe_load(profile.read_text("utf-8")).get("uncited", ())}
    assert drawn
    report, _ = holding.check("examplol", invented)
    assert not [finding for finding in report.findings if finding.code == "GRD001"]
    assert not [skipped for skipped in report.skipped if skipped.what == "grades"]
