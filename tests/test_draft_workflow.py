"""The form that drafts a profile: the workflow, its make target, and the pull request that comes of a draft."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hub import BOT, ROOT, Place, made, place, secrets_of, tokens_of, workflow

__all__ = ["place"]
COMMITTED = ROOT / "profiles" / "bpc-157"
EVIL = "-n\"; touch hacked; $(touch hacked) `touch hacked` $(shell touch hacked) '; touch hacked #"
TOLD = """\
wrote   profiles/bpc-157/profile.md
claims  90 in 16 sections, 31 dose rows, 49 sources cited of 71 records
grade   Tendon </pre> @someone  Iron, one study
checks  1 error, 1 warning, 0 info; 121 claims and 49 references against 57 rules
tokens  1,200, cost $0.01
next    mend the errors
"""


def draft(place: Place, compound: str = "BPC 157", **changes: str) -> subprocess.CompletedProcess[str]:
    """A draft of bpc-157 as committed, with what `changes` says of its files, told and proposed."""
    folder = place.work / "profiles" / "bpc-157"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(COMMITTED, folder)
    for name, words in changes.items():
        path = folder / f"{name}.md"
        path.write_text(words)
    if not (place.work / ".venv").exists():
        (place.work / ".venv").symlink_to(sys.prefix)
    (place.work / "draft-report.txt").write_text(TOLD)
    page = place.root / "page.md"
    page.write_text("")
    place.env |= {"COMPOUND": compound, "PYTHONPATH": str(ROOT), "GITHUB_STEP_SUMMARY": str(page)}
    place.save({**place.desk, "calls": []})
    done = place.script("draft.py", "tell", "draft-report.txt", "draft-proposal.json")
    assert done.returncode == 0, done.stderr
    return place.script("draft.py", "propose", "draft-proposal.json", "main")


def page(place: Place) -> str:
    return (place.root / "page.md").read_text()


@pytest.fixture
def without(place: Place) -> Place:
    """A place whose main branch has no profile of bpc-157 yet."""
    place.git("rm", "-r", "--quiet", "profiles/bpc-157")
    place.git("commit", "--quiet", "--message=No draft yet")
    place.git("push", "--quiet", "origin", "main")
    return place


def test_a_draft_becomes_one_pull_request(without: Place) -> None:
    done = draft(without)
    assert done.returncode == 0, done.stderr
    assert without.asked == ["pr create"]
    assert list(without.branches) == ["draft/bpc-157"]
    pull = without.pull("draft/bpc-157")
    assert pull["base"] == "main"
    assert pull["title"].startswith("BPC-157: draft of ")
    body = pull["body"]
    assert body.startswith("<pre>\nclaims  90 in 16 sections")
    assert "grade   Tendon &lt;/pre&gt; @&#8203;someone  Iron, one study\n" in body
    assert "tokens  1,200, cost $0.01\n</pre>" in body
    assert "**Reviewers:** 1" in body
    assert " open; to decide: " in body
    for line in ("git switch draft/bpc-157", "make review COMPOUND=bpc-157", "git push"):
        assert f"\n    {line}\n" in body
    assert "](https://github.test/o/r/blob/HEAD/docs/reviewing.md)" in body
    assert "| warning | `SRC001` |" in body
    log = without.git("log", "-1", "--format=%ae %s", "draft/bpc-157", cwd=without.origin)
    assert log == f"{BOT} {pull['title']}"
    changed = without.changed("draft/bpc-157").split()
    assert changed == sorted(f"profiles/bpc-157/{path.name}" for path in COMMITTED.iterdir())


def test_the_same_form_again_pushes_nothing_and_tells_what_is_new(without: Place) -> None:
    draft(without)
    before = without.branches
    assert draft(without).returncode == 0
    assert (without.branches, without.asked) == (before, [])
    desk = without.desk
    desk["pr"][0]["body"] = "as it was told before"
    without.save(desk)
    assert draft(without).returncode == 0
    assert (without.branches, without.asked) == (before, ["pr edit"])
    assert without.pull("draft/bpc-157")["body"].startswith("<pre>")
    assert draft(without, profile="drawn otherwise").returncode == 0
    assert without.branches.keys() == before.keys()
    assert without.branches != before
    assert without.git("rev-list", "--count", "main..draft/bpc-157", cwd=without.origin) == "1"


def test_a_draft_that_changes_nothing_says_so(place: Place) -> None:
    shutil.rmtree(place.work / "profiles" / "bpc-157")
    shutil.copytree(COMMITTED, place.work / "profiles" / "bpc-157")
    place.git("add", "profiles")
    place.git("commit", "--quiet", "--message=Merged")
    done = draft(place)
    assert done.returncode == 0, done.stderr
    assert place.asked == []
    assert place.branches == {}
    said = "Nothing new: the draft of bpc-157 is what stands in main already. No pull request.\n"
    assert (done.stdout, page(place)) == (said, said)


def test_a_branch_that_a_reviewer_committed_to_is_left_to_them(without: Place) -> None:
    draft(without)
    without.git("fetch", "--quiet")
    without.git("checkout", "--quiet", "origin/draft/bpc-157")
    without.git("commit", "--quiet", "--allow-empty", "--message=Review of bpc-157")
    without.git("push", "--quiet", "origin", "HEAD:draft/bpc-157")
    without.git("checkout", "--quiet", "main")
    before = without.branches
    assert draft(without, profile="drawn otherwise").returncode == 0
    assert without.branches == before
    assert without.pull("draft/bpc-157")["body"].startswith("**Somebody committed to this branch")


def test_a_name_from_the_form_is_a_name_and_nothing_else(without: Place) -> None:
    draft(without)
    without.env["COMPOUND"] = EVIL
    done = without.script("draft.py", "tell", "draft-report.txt", "draft-proposal.json")
    assert done.returncode == 1
    assert "error: monograph status ended with status 2" in done.stderr
    assert not list(without.root.rglob("hacked"))


@pytest.mark.parametrize("told", [{"branch": "draft/x"}, {"profile": "../x"}, {"files": [".github"]}])
def test_only_what_the_pipeline_writes_is_proposed(without: Place, told: dict[str, Any]) -> None:
    draft(without)
    path = without.work / "draft-proposal.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **told}))
    before = without.branches
    assert without.script("draft.py", "propose", "draft-proposal.json", "main").returncode != 0
    assert without.branches == before


PRINTS = "printf '%s\\n' \"$@\"; exit "


def test_make_takes_the_name_and_the_model_as_words(tmp_path: Path) -> None:
    env = {"COMPOUND": EVIL, "MODEL": f"local {EVIL}", "EXTRACTIVE": "1"}
    done = made(tmp_path, "draft", script=PRINTS + "0", env=env)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["draft", "--model", f"local {EVIL}", "--extractive", "--", EVIL]
    assert not list(tmp_path.rglob("hacked"))
    done = made(tmp_path, "draft", "COMPOUND=low dose", "OFFLINE=1", script=PRINTS + "0", env={"MODEL": ""})
    assert done.stdout.splitlines() == ["draft", "--offline", "--", "low dose"]
    done = made(tmp_path, "draft", script=PRINTS + "0", env={"COMPOUND": ""})
    assert done.returncode != 0
    assert "error: no compound is named" in done.stderr


@pytest.mark.parametrize(
    ("script", "passes"),
    [(PRINTS + "0", True), (PRINTS + "1", True), ("exit 1", False), (PRINTS + "2", False), ("exit 2", False)],
)
def test_make_tells_a_draft_with_findings_from_a_failed_one(tmp_path: Path, script: str, passes: bool) -> None:
    (tmp_path / "draft-report.txt").write_text("of an earlier draft")
    done = made(tmp_path, "draft", "COMPOUND=x", "REPORT=1", script=script)
    assert (done.returncode == 0) == passes, done.stderr
    assert done.stdout == ""  # a line of a record could be a command to the runner
    if passes:
        assert (tmp_path / "draft-report.txt").read_text() == "draft\n--\nx\n"


def test_the_workflow_keeps_what_it_promises() -> None:
    flow = workflow("draft.yml")
    starts = flow[True]  # YAML 1.1 reads "on" as true
    assert starts.keys() == {"workflow_dispatch"}
    inputs = starts["workflow_dispatch"]["inputs"]
    assert {name: (each["type"], each.get("required", False)) for name, each in inputs.items()} == {
        "compound": ("string", True),
        "model": ("string", False),
        "extractive": ("boolean", False),
    }
    (job,) = flow["jobs"].values()
    assert job["permissions"] == {"contents": "write", "pull-requests": "write"}
    assert secrets_of(flow) == ["make draft REPORT=1"]
    assert tokens_of(flow) == [job["steps"][-1]["run"]]
    assert "draft.py propose" in job["steps"][-1]["run"]
    (drafting,) = (step for step in job["steps"] if step.get("run") == "make draft REPORT=1")
    assert set(drafting["env"]) == {
        "COMPOUND",
        "MODEL",
        "EXTRACTIVE",
        "NCBI_EMAIL",
        "NCBI_API_KEY",
        "OPENAI_API_KEY",
    }
    saving = next(step for step in job["steps"] if "cache/save" in step.get("uses", ""))
    assert not saving["with"]["key"].startswith("library-")  # the night's memory is the night's
