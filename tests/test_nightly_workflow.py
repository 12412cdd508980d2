"""The nightly job on GitHub: the workflow, its make target, and what its script does with a night's report.

git is the real one, with a bare repository as `origin`; `gh` is a stand-in that keeps its pull requests in a file.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hub import BOT, HOSTILE, ROOT, Place, place, workflow

__all__ = ["place"]
ALARM = "The nightly job failed three nights in a row"


def night(place: Place, changes: dict[str, str], **other: Any) -> subprocess.CompletedProcess[str]:
    """A night that changed these profiles, each told in a proposal; `other` goes into the report as it is."""
    for slug, words in changes.items():
        place.write(slug, words)
    proposals = [proposal(slug, f"now: {words}") for slug, words in changes.items()]
    report = {"asked": "PubMed", "unreachable": [], "failed": [], "proposals": proposals, **other}
    path = place.root / "report.json"
    path.write_text(json.dumps(report))
    place.save({**place.desk, "calls": []})
    done = place.script("nightly.py", "propose", str(path), "main")
    assert not list(place.root.rglob("hacked"))
    return done


def proposal(slug: str, body: str, title: str = "corrected") -> dict[str, Any]:
    files = [f"profiles/{slug}"]
    return {"profile": slug, "branch": f"refresh/{slug}", "title": f"{slug}: {title}", "body": body, "files": files}


def test_a_pull_request_for_each_changed_profile_with_its_files_only(place: Place) -> None:
    (place.work / "profiles" / "naltrexone" / "new.svg").write_text("a new file")
    done = night(place, {"naltrexone": "retracted", "bpc-157": "corrected"})
    assert done.returncode == 0, done.stderr
    assert place.asked == ["pr create", "pr create"]
    assert place.changed("refresh/bpc-157") == "profiles/bpc-157/profile.md"
    assert place.changed("refresh/naltrexone").split() == [
        "profiles/naltrexone/new.svg",
        "profiles/naltrexone/profile.md",
    ]
    pull = place.pull("refresh/naltrexone")
    assert (pull["title"], pull["body"], pull["base"]) == ("naltrexone: corrected", "now: retracted", "main")
    told = place.git("log", "-1", "--format=%P %an <%ae> %cn %B", "refresh/naltrexone", cwd=place.origin)
    main = place.git("rev-parse", "main")
    assert told == f"{main} github-actions[bot] <{BOT}> github-actions[bot] naltrexone: corrected"
    assert place.git("status", "--porcelain") == ""
    assert place.git("branch", "--show-current") == "main"


def test_the_same_night_again_does_nothing(place: Place) -> None:
    night(place, {"naltrexone": "retracted"})
    before = place.branches
    assert night(place, {"naltrexone": "retracted"}).returncode == 0
    assert (place.branches, place.asked) == (before, [])
    # Something else was merged meanwhile: no reason to push, which would end the approvals of the pull request.
    place.git("commit", "--quiet", "--allow-empty", "--message=Something else")
    assert night(place, {"naltrexone": "retracted"}).returncode == 0
    assert (place.branches, place.asked) == (before, [])
    assert place.git("status", "--porcelain") == ""


def test_more_on_the_next_night_goes_to_the_same_pull_request(place: Place) -> None:
    night(place, {"naltrexone": "corrected"})
    before = place.branches
    assert night(place, {"naltrexone": "retracted"}).returncode == 0
    assert place.asked == ["pr edit"]
    assert place.branches.keys() == before.keys()
    assert place.git("show", "refresh/naltrexone:profiles/naltrexone/profile.md", cwd=place.origin) == "retracted"
    assert place.git("rev-list", "--count", "main..refresh/naltrexone", cwd=place.origin) == "1"
    assert place.pull("refresh/naltrexone")["body"] == "now: retracted"


def test_a_closed_pull_request_is_opened_anew_and_one_of_a_fork_is_not_ours(place: Place) -> None:
    fork = {"number": 1, "title": "x", "body": "x", "headRefName": "refresh/naltrexone", "isCrossRepository": True}
    place.save({**place.desk, "pr": [fork]})
    night(place, {"naltrexone": "corrected"})
    assert place.asked == ["pr create"]
    desk = place.desk
    desk["pr"][1]["state"] = "closed"
    place.save(desk)
    assert night(place, {"naltrexone": "corrected"}).returncode == 0
    assert place.asked == ["pr create"]


def test_what_is_merged_or_taken_back_is_closed(place: Place) -> None:
    night(place, {"naltrexone": "corrected", "bpc-157": "corrected"})
    place.git("push", "--quiet", "origin", "main:refresh/NOT_ours")
    done = night(place, {"bpc-157": "as drafted"})  # told, and no file changed: nothing to propose either
    assert done.returncode == 0, done.stderr
    assert place.asked == ["pr close", "pr close"]
    assert {each["state"] for each in place.desk["pr"]} == {"closed"}
    assert "nothing to change" in place.desk["pr"][0]["comment"]
    assert list(place.branches) == ["refresh/NOT_ours"]


@pytest.mark.parametrize(
    "other",
    [
        {"unreachable": [{"profile": "naltrexone"}]},
        {"unreachable": [{"profile": None}]},
        {"failed": [{"profile": "naltrexone"}]},
        {"asked": "update files"},
    ],
)
def test_what_was_not_answered_for_closes_nothing(place: Place, other: dict[str, Any]) -> None:
    night(place, {"naltrexone": "corrected"})
    before = place.branches
    for told in ({}, {"naltrexone": "as drafted"}):
        assert night(place, told, **other).returncode == 0
        assert (place.branches, place.asked) == (before, [])


def test_a_branch_that_somebody_works_on_is_left_to_them(place: Place) -> None:
    night(place, {"naltrexone": "corrected", "bpc-157": "corrected"})
    for slug in ("naltrexone", "bpc-157"):
        place.git("checkout", "--quiet", f"origin/refresh/{slug}")
        place.git("commit", "--quiet", "--allow-empty", "--message=A reviewer's wording")
        place.git("push", "--quiet", "origin", f"HEAD:refresh/{slug}")
        place.git("checkout", "--quiet", "main")
    before = place.branches
    assert night(place, {"naltrexone": "retracted"}).returncode == 0
    assert place.branches == before
    assert place.asked == ["pr edit"]
    assert re.match(r"\*\*Somebody committed(?s:.*)now: retracted$", place.pull("refresh/naltrexone")["body"])


def test_words_of_a_record_stay_words(place: Place) -> None:
    bad = proposal("naltrexone", f"{HOSTILE}\n@someone, a@b.org, fixes #12, www&#8203;.x\n" + "x" * 70_000, HOSTILE)
    bad["title"] = bad["title"].removeprefix("naltrexone: ")
    place.write("naltrexone", "changed")
    done = night(place, {}, proposals=[bad])
    assert done.returncode == 0, done.stderr
    pull = place.pull("refresh/naltrexone")
    assert pull["title"] == HOSTILE.replace("\n", " ")
    assert place.git("log", "-1", "--format=%B", "refresh/naltrexone", cwd=place.origin) == pull["title"]
    assert pull["body"].startswith(f"{HOSTILE}\n@&#8203;someone, a@b.org, fixes #&#8203;12, www&#8203;.x\nxxx")
    assert len(pull["body"]) < 65_536
    assert pull["body"].endswith("The rest is in the night's report.\n")


def test_a_fault_of_one_profile_does_not_stop_the_others(place: Place) -> None:
    hook = place.origin / "hooks" / "update"
    hook.write_text('#!/bin/sh\ntest "$1" != refs/heads/refresh/aspirin\n')
    hook.chmod(0o755)
    slugs = ("aspirin", "bpc-157", "metformin", "naltrexone")
    for slug in slugs:
        place.write(slug, "corrected")
    told = [proposal(slug, "body") for slug in (*slugs, "../x")]
    told[1]["files"] = ["profiles/bpc-157", ".github"]
    told[2]["title"] = "\ud800"  # half of a pair, which no argument can hold
    done = night(place, {}, proposals=told)
    assert done.returncode == 1
    assert done.stderr.endswith("error: no pull request for '../x', 'aspirin', 'bpc-157', 'metformin'\n")
    assert list(place.branches) == ["refresh/naltrexone"]
    assert [each["headRefName"] for each in place.desk["pr"]] == ["refresh/naltrexone"]


def ended(*conclusions: str) -> list[dict[str, Any]]:
    """Runs, the newest first; tonight's own and one that waits are among those that GitHub lists."""
    others: list[dict[str, Any]] = [
        {"status": "completed", "conclusion": each, "url": f"https://github.test/{number}"}
        for number, each in enumerate(conclusions, 100)
    ]
    return [{"status": each, "conclusion": "", "url": ""} for each in ("queued", "in_progress")] + others


@pytest.mark.parametrize(
    ("tonight", "before", "opens"),
    [
        ("failure", ("failure", "cancelled", "success"), True),
        ("cancelled", ("timed_out", "startup_failure"), True),
        ("failure", ("failure", "success", "failure"), False),
        ("failure", ("success", "failure", "failure"), False),
        ("failure", ("failure",), False),
        ("success", ("failure", "failure"), False),
    ],
)
def test_an_issue_after_three_failed_nights(place: Place, tonight: str, before: tuple[str, ...], opens: bool) -> None:
    place.save({**place.desk, "run": ended(*before)})
    done = place.script("nightly.py", "alarm", "main", tonight)
    assert done.returncode == 0, done.stderr
    issues = place.desk["issue"]
    assert [each["title"] for each in issues] == ([ALARM] if opens else [])
    if opens:
        addresses = re.findall(r"^- (.*)", issues[0]["body"], re.MULTILINE)
        assert addresses == [
            "https://github.test/o/r/actions/runs/7",
            *(f"https://github.test/{n}" for n in (100, 101)),
        ]


def test_one_issue_is_open_at_a_time_and_a_good_night_closes_it(place: Place) -> None:
    place.save({**place.desk, "run": ended("failure", "failure")})
    for _ in range(2):
        assert place.script("nightly.py", "alarm", "main", "failure").returncode == 0
    assert len(place.desk["issue"]) == 1
    assert place.script("nightly.py", "alarm", "main", "success").returncode == 0
    (issue,) = place.desk["issue"]
    assert issue["state"] == "closed"
    assert issue["comment"].endswith("/o/r/actions/runs/7")


@pytest.mark.parametrize(
    ("words", "status", "report", "passes"),
    [
        ((), 0, True, True),
        ((), 1, True, False),
        (("NIGHTLY=1",), 0, True, True),
        (("NIGHTLY=1",), 1, True, True),
        (("NIGHTLY=1",), 1, False, False),  # broke down
        (("NIGHTLY=1",), 2, True, False),
    ],
)
def test_make_tells_a_grave_night_from_a_failed_one(
    tmp_path: Path, words: tuple[str, ...], status: int, report: bool, passes: bool
) -> None:
    done, said = made(tmp_path, *words, status=status, report=report)
    assert (done.returncode == 0) == passes, done.stderr
    assert said == ["refresh"]


def test_make_passes_on_what_is_asked(tmp_path: Path) -> None:
    _, said = made(tmp_path, "COMPOUND=low dose", "UPDATES=a.xml.gz b.xml.gz", "DRY_RUN=1")
    assert said == ["refresh", "low dose", "--updates", "a.xml.gz", "--updates", "b.xml.gz", "--dry-run"]


def made(
    root: Path, *words: str, status: int = 0, report: bool = True
) -> tuple[subprocess.CompletedProcess[str], list[str]]:
    """`make refresh` with a stand-in for the command; the report of an earlier night lies there."""
    if shutil.which("make") is None:
        pytest.skip("make is not installed")
    for name in ("pyproject.toml", "constraints.txt", ".venv/.run", "refresh-report.json"):
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text("{}")
    command = root / "command"
    writes = "echo '{}' > refresh-report.json\n" if report else ""
    command.write_text(f"#!/bin/sh\nprintf '%s\\n' \"$@\" > said\n{writes}exit {status}\n")
    command.chmod(0o755)
    words = ("make", "-f", str(ROOT / "Makefile"), "refresh", "MONOGRAPH=./command", *words)
    env = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    done = subprocess.run(words, cwd=root, env=env, capture_output=True, text=True)
    return done, (root / "said").read_text().splitlines()


def test_the_workflow_keeps_what_it_promises() -> None:
    flow = workflow("nightly.yml")
    starts = flow[True]  # YAML 1.1 reads "on" as true
    assert starts.keys() == {"schedule", "workflow_dispatch"}
    minute, hour = (int(word) for word in starts["schedule"][0]["cron"].split()[:2])
    refresh, alarm = flow["jobs"]["refresh"], flow["jobs"]["alarm"]
    # 21:00 to 05:00 in New York, in summer (UTC-4) and winter (UTC-5), to the end of the longest night.
    assert hour * 60 + minute >= 2 * 60
    assert hour * 60 + minute + refresh["timeout-minutes"] <= 9 * 60
    assert refresh["permissions"] == {"contents": "write", "pull-requests": "write"}
    assert alarm["permissions"] == {"actions": "read", "contents": "read", "issues": "write"}
    assert flow["concurrency"] == {"group": "nightly", "cancel-in-progress": False}
    assert alarm["needs"] == "refresh"
    assert alarm["if"].startswith("always()")

    steps = [*refresh["steps"], *alarm["steps"]]
    saving = next(step for step in steps if "cache/save" in step.get("uses", ""))
    restoring = next(step for step in steps if "cache/restore" in step.get("uses", ""))
    assert saving["if"] == "always()"
    assert saving["with"]["key"] == restoring["with"]["key"]
    assert restoring["with"]["key"].startswith(restoring["with"]["restore-keys"])
    assert [step for step in steps if "secrets." in str(step)] == [
        step for step in steps if str(step.get("run", "")).startswith("make refresh NIGHTLY=1")
    ]
    assert [step for step in steps if "GH_TOKEN" in step.get("env", {})] == [
        step for step in steps if ".github/nightly.py" in step.get("run", "")
    ]
