"""The check of a pull request: which profiles it changes, what is said of them, and when it fails."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from typing import Any

import pytest
import yaml
from hub import ROOT, Place, place, secrets_of, tokens_of, workflow

__all__ = ["place"]
SLUG = "bpc-157"
MARKER = "<!-- monograph check -->"


@pytest.fixture
def real(place: Place) -> Place:
    """A place where main holds the committed profile of bpc-157, and a branch is checked out."""
    shutil.rmtree(place.work / "profiles")
    shutil.copytree(ROOT / "profiles" / SLUG, place.work / "profiles" / SLUG)
    for other in ("aspirin", "metformin"):
        place.write(other, "as drafted")
    (place.work / ".venv").symlink_to(sys.prefix)
    place.git("add", "profiles")
    place.git("commit", "--quiet", "--message=Profiles")
    place.git("switch", "--quiet", "--create", "change")
    page, library = place.root / "page.md", place.root / "library" / "library.sqlite"
    place.env |= {"PYTHONPATH": str(ROOT), "GITHUB_STEP_SUMMARY": str(page), "MONOGRAPH_LIBRARY": str(library)}
    return place


def merged(place: Place) -> subprocess.CompletedProcess[str]:
    """The check of all that lies in the work tree, merged into main as GitHub merges it."""
    place.git("add", "profiles")
    place.git("commit", "--quiet", "--allow-empty", "--message=A change")
    place.git("switch", "--quiet", "--detach", "main")
    place.git("merge", "--quiet", "--no-ff", "--message=Merge", "change")
    shutil.rmtree(place.work / "check-report", ignore_errors=True)
    done = place.script("check.py", "run", "HEAD^1")
    place.git("switch", "--quiet", "change")
    assert not list(place.root.rglob("hacked"))
    return done


def change(place: Place, name: str, **keys: Any) -> None:
    path = place.work / "profiles" / SLUG / name
    path.write_text(yaml.safe_dump({**yaml.safe_load(path.read_text()), **keys}, sort_keys=False))


def comment(place: Place) -> str:
    return (place.work / "check-report" / "comment.md").read_text()


def monograph(place: Place, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pipeline.cli", *words]
    return subprocess.run(command, cwd=place.work, env=place.env, capture_output=True, text=True)


def test_a_pull_request_that_changes_no_profile_passes_without_the_program(place: Place) -> None:
    place.git("switch", "--quiet", "--create", "change")
    (place.work / "profiles" / "README.md").write_text("not in a profile")
    (place.work / "other").write_text("nor is this")
    place.git("add", "other")
    done = merged(place)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert comment(place) == "No profile is changed.\n"
    assert place.script("check.py", "tell", "5").returncode == 0
    assert place.asked == []
    assert place.script("check.py", "changed", "main").stdout == "profiles=0\n"


def test_a_changed_profile_is_checked_and_told(real: Place) -> None:
    change(real, "compound.yaml", tagline="said otherwise")
    done = merged(real)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "::warning file=profiles/bpc-157/profile.yaml,line=1,title=SRC001::" in done.stdout
    said = comment(real)
    assert "| profile | check | reviewers |" in said
    assert "\n| `bpc-157` | passes | 1" in said
    assert " open |\n\n#### `bpc-157`\n\n0 errors, 1 warning" in said
    assert (real.root / "page.md").read_text() == said
    log = json.loads((real.work / "check-report" / "sarif" / "bpc-157.sarif").read_text())
    assert [part["automationDetails"] for part in log["runs"]] == [{"id": "monograph/bpc-157/"}]
    assert {result["ruleId"] for result in log["runs"][0]["results"]} == {"SRC001"}
    assert real.script("check.py", "changed", "main").stdout == "profiles=1\n"


def test_what_is_to_be_published_and_not_approved_fails(real: Place) -> None:
    change(real, "compound.yaml", publish=True)
    approved = monograph(real, "approve", SLUG, "overview/status", "--reviewer", "Ada Quist")
    assert approved.returncode in (0, 1), approved.stderr
    done = merged(real)
    assert done.returncode == 1
    assert "title=REV001::this is to be published, and nobody has approved it" in done.stdout
    assert "| `bpc-157` | fails: errors | " in comment(real)
    assert "| error | `REV001` |" in comment(real)


def test_where_the_reviewers_are_is_told(real: Place) -> None:
    assert monograph(real, "approve", SLUG, "--reviewer", "Ada Quist").returncode == 0
    assert merged(real).returncode == 0
    (row,) = (line for line in comment(real).splitlines() if line.startswith("| `bpc-157`"))
    assert " provisional |" in row
    change(real, "compound.yaml", reviewers=2)
    assert merged(real).returncode == 0
    assert " open (2 reviewers a claim) |" in comment(real)


def test_decisions_that_cannot_be_read_or_are_a_program_s_fail(real: Place) -> None:
    assert monograph(real, "approve", SLUG, "--reviewer", "Ada Quist").returncode == 0
    path = real.work / "profiles" / SLUG / "review.yaml"
    whole = path.read_text()
    path.write_text(whole.replace("Ada Quist", "claude", 1))
    done = merged(real)
    assert (done.returncode, "REV003" in done.stdout) == (1, True)
    path.write_text(whole.replace("decision: approve", "decision: <b>aprove", 1))
    done = merged(real)
    assert done.returncode == 1
    assert "::error file=profiles/bpc-157/profile.yaml,line=1::error: " in done.stdout
    assert "| `bpc-157` | fails: could not be checked |  |" in comment(real)
    assert "<pre>\nerror: " in comment(real)
    assert "<b>" not in comment(real)
    assert not (real.work / "check-report" / "sarif" / "bpc-157.sarif").exists()


def test_a_deleted_profile_and_one_that_is_not_drafted_are_no_failure(real: Place) -> None:
    shutil.rmtree(real.work / "profiles" / SLUG)
    new = real.work / "profiles" / "newdrug"
    new.mkdir()
    (new / "compound.yaml").write_text("name: newdrug\n")
    done = merged(real)
    assert done.returncode == 0, done.stderr
    assert "| `bpc-157` | deleted |  |\n| `newdrug` | not drafted yet |  |" in comment(real)


def test_a_folder_that_no_profile_is_called_fails_and_nothing_is_run(real: Place) -> None:
    folder = real.work / "profiles" / "$(touch hacked)|::error::`x`"
    folder.mkdir()
    (folder / "profile.yaml").write_text("name: x\n")
    done = merged(real)
    assert done.returncode == 1
    assert "| `??touch?hacked????error???x?` | fails: no profile has such a name |" in comment(real)
    assert not [line for line in done.stdout.splitlines() if line.startswith("::")]


def test_a_fault_of_the_program_is_a_failure(real: Place) -> None:
    change(real, "compound.yaml", tagline="said otherwise")
    (real.work / ".venv").unlink()
    python = real.work / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text("#!/bin/sh\necho 'Traceback\n::set-env::' >&2\nexit 1\n")
    python.chmod(0o755)
    done = merged(real)
    assert done.returncode == 1
    assert "line=1::Traceback%0A::set-env::\n" in done.stdout
    assert "fails: could not be checked" in comment(real)


def test_what_the_library_does_not_hold_is_said(real: Place) -> None:
    profile = yaml.safe_load((real.work / "profiles" / SLUG / "profile.yaml").read_text())
    section = next(each for each in profile["sections"] if each.get("claims"))
    section["claims"][0]["evidence"].append({"id": "39999999:1", "text": "A sentence of a paper."})
    change(real, "profile.yaml", sections=profile["sections"])
    sources = yaml.safe_load((real.work / "profiles" / SLUG / "sources.yaml").read_text())["sources"]
    paper = next(each for each in sources if each.get("article", {}).get("pmid"))
    unheld = {**paper, "key": "39999999", "article": {**paper["article"], "pmid": "39999999", "doi": None}}
    change(real, "sources.yaml", sources=[*sources, unheld])
    merged(real)
    assert "- skipped " in comment(real)
    assert "39999999" in comment(real)


def test_one_comment_that_is_brought_up_to_date(real: Place) -> None:
    spoofed = {"id": 1, "user": {"login": "somebody"}, "body": MARKER}
    real.save({**real.desk, "comment": [spoofed]})
    change(real, "compound.yaml", tagline="said otherwise")
    merged(real)
    assert real.script("check.py", "tell", "5").returncode == 0
    assert real.asked == ["api --method"]
    assert real.desk["comment"][0] == spoofed
    assert real.desk["comment"][1]["body"] == f"{MARKER}\n{comment(real)}"
    assert "repos/o/r/issues/5/comments" in real.desk["calls"][-1]
    assert real.script("check.py", "tell", "5").returncode == 0
    assert real.asked == ["api --method"]  # nothing new, nothing asked
    shutil.rmtree(real.work / "profiles" / SLUG)
    merged(real)
    assert real.script("check.py", "tell", "5").returncode == 0
    assert "repos/o/r/issues/comments/2" in real.desk["calls"][-1]
    assert len(real.desk["comment"]) == 2
    assert "deleted" in real.desk["comment"][1]["body"]


def test_a_long_report_loses_its_folded_part_and_then_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / ".github"))
    import check  # type: ignore[import-not-found]

    folded = "<details><summary>Claims</summary>\n\n" + "x" * 40_000 + "\n\n</details>\n\n- skipped y: not held"
    found = [check.Checked(f"p{n}", True, "fails: errors", "1 open", f"| t{n} |\n\n{folded}") for n in range(3)]
    found.append(check.Checked("long", False, "passes", "", "z" * 70_000))
    told = check._told(found, check.LONGEST_COMMENT)
    assert len(told) < 65_536 - len(MARKER)
    assert told.count("<details>") == told.count("</details>") == 1
    assert told.count("- skipped y: not held") == 3
    assert "zzz" not in told
    assert told.endswith("\n1 more reports do not fit here: see the annotations of the run.\n")
    many = [check.Checked(f"p{n}", False, "passes", "1 open") for n in range(5_000)]
    assert len(check._told(many, check.LONGEST_COMMENT)) < 65_536 - len(MARKER)


def test_the_workflow_keeps_what_it_promises() -> None:
    flow = workflow("check.yml")
    assert flow[True] == {"pull_request": None}  # never pull_request_target: this runs what others wrote
    (job,) = flow["jobs"].values()
    assert job["permissions"] == {"contents": "read", "pull-requests": "write", "security-events": "write"}
    assert secrets_of(flow) == []
    assert tokens_of(flow) == ['python3 .github/check.py tell "$PULL"']
    own = "github.event.pull_request.head.repo.full_name == github.repository"
    writing = [step for step in job["steps"] if "check.py tell" in str(step) or "upload-sarif" in str(step)]
    assert len(writing) == 2
    assert all(own in step["if"] and step["if"].startswith("always()") for step in writing)
    assert not [step for step in job["steps"] if "cache/save" in step.get("uses", "")]
