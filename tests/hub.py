"""A checkout with profiles, a bare repository as its origin, and a `gh` that keeps what it is told in a file."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
BOT = "41898282+github-actions[bot]@users.noreply.github.com"
HOSTILE = "--$(touch hacked) `touch hacked` '; touch hacked; \"\n--web"

# Answers lists from the desk's file, keeps what is created, and notes every call.
GH = """#!{python} -IS
import json, pathlib, sys
path = pathlib.Path({path!r})
desk, words = json.loads(path.read_text()), sys.argv[1:]
kind, verb, *rest = words
given = sys.stdin.read() if "--body-file" in rest or "--input" in rest else ""
desk["calls"].append(words)
def of(name):
    equals = [word.partition("=")[2] for word in rest if word.startswith(name + "=")]
    return equals[0] if equals else rest[rest.index(name) + 1]
things = desk.get(kind, [])
if kind == "api":
    comments = desk["comment"]
    if "POST" in words:
        comments.append({{"id": len(comments) + 1, "user": {{"login": "github-actions[bot]"}}, **json.loads(given)}})
    elif "PATCH" in words:
        number = words[words.index("PATCH") + 1].rpartition("/")[2]
        next(each for each in comments if str(each["id"]) == number).update(json.loads(given))
    else:
        print(json.dumps([comments[:1], comments[1:]]))
elif verb == "list":
    print(json.dumps([each for each in things if each.get("state", "open") == "open"]))
elif kind in ("pr", "issue") and verb == "create":
    thing = {{"number": len(things) + 1, "title": of("--title"), "body": given, "state": "open"}}
    if kind == "pr":
        thing |= {{"headRefName": of("--head"), "base": of("--base"), "isCrossRepository": False}}
    things.append(thing)
elif verb == "edit":
    next(each for each in things if str(each["number"]) == rest[0]).update(title=of("--title"), body=given)
elif verb == "close":
    next(each for each in things if str(each["number"]) == rest[0]).update(state="closed", comment=of("--comment"))
path.write_text(json.dumps(desk))
"""


class Place:
    """A checkout with four profiles, its origin, and a stand-in for GitHub."""

    def __init__(self, root: Path) -> None:
        self.root, self.work, self.origin, self.file = root, root / "work", root / "origin.git", root / "desk.json"
        tools = root / "tools"
        tools.mkdir()
        (tools / "gh").write_text(GH.format(python=sys.executable, path=str(self.file)))
        (tools / "gh").chmod(0o755)
        self.save({"pr": [], "issue": [], "run": [], "comment": [], "calls": []})
        self.env = {
            **os.environ,
            "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
            **{f"GIT_{who}_{what}": "ada@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
            "GITHUB_SERVER_URL": "https://github.test",
            "GITHUB_REPOSITORY": "o/r",
            "GITHUB_RUN_ID": "7",
        }
        self.git("init", "--quiet", "--bare", "--initial-branch=main", str(self.origin), cwd=root)
        self.git("init", "--quiet", "--initial-branch=main", str(self.work), cwd=root)
        self.git("remote", "add", "origin", str(self.origin))
        for slug in ("aspirin", "bpc-157", "metformin", "naltrexone"):
            self.write(slug, "as drafted")
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message=Profiles")
        self.git("push", "--quiet", "origin", "main")

    def git(self, *words: str, cwd: Path | None = None) -> str:
        done = subprocess.run(["git", *words], cwd=cwd or self.work, env=self.env, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def write(self, slug: str, words: str) -> None:
        folder = self.work / "profiles" / slug
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "profile.md").write_text(words)

    def script(self, name: str, *words: str) -> subprocess.CompletedProcess[str]:
        """A script of .github, as a workflow calls it."""
        command = [sys.executable, str(ROOT / ".github" / name), *words]
        return subprocess.run(command, cwd=self.work, env=self.env, capture_output=True, text=True)

    def save(self, desk: dict[str, Any]) -> None:
        self.file.write_text(json.dumps(desk))

    @property
    def desk(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.file.read_text())
        return found

    @property
    def asked(self) -> list[str]:
        """What gh was asked to change."""
        return [" ".join(words[:2]) for words in self.desk["calls"] if words[1] not in ("list", "--paginate")]

    @property
    def branches(self) -> dict[str, str]:
        lines = self.git("for-each-ref", "--format=%(refname:short) %(objectname)", cwd=self.origin).splitlines()
        return dict(line.split() for line in lines if not line.startswith("main "))

    def changed(self, branch: str) -> str:
        return self.git("diff", "--name-only", "main", branch, cwd=self.origin)

    def pull(self, branch: str) -> dict[str, Any]:
        (found,) = (each for each in self.desk["pr"] if each["headRefName"] == branch and each["state"] == "open")
        return dict(found)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A place for each test; import it by name."""
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    return Place(tmp_path)


def workflow(name: str) -> dict[Any, Any]:
    """A workflow that promises what all of them do: no rights but those of its jobs, pinned actions, and nothing that
    others may choose in a line of a shell."""
    flow: dict[Any, Any] = yaml.safe_load((ROOT / ".github" / "workflows" / name).read_text("utf-8"))
    assert flow["permissions"] == {}
    steps = [step for job in flow["jobs"].values() for step in job["steps"]]
    used = [step["uses"] for step in steps if "uses" in step]
    assert all(re.fullmatch(r"(?:actions|github/codeql-action)/[\w/-]+@[0-9a-f]{40}", each) for each in used)
    assert not [step["run"] for step in steps if "${{" in step.get("run", "")]
    for checkout in (step for step in steps if step.get("uses", "").startswith("actions/checkout@")):
        assert checkout["with"]["persist-credentials"] is False
    return flow


def secrets_of(flow: dict[Any, Any]) -> list[str]:
    """What the steps run that are given a secret."""
    steps = [step for job in flow["jobs"].values() for step in job["steps"]]
    return [step.get("run", step.get("uses")) for step in steps if "secrets." in str(step)]


def tokens_of(flow: dict[Any, Any]) -> list[str]:
    """What the steps run that are given the token."""
    steps = [step for job in flow["jobs"].values() for step in job["steps"]]
    return [step.get("run", step.get("uses")) for step in steps if "github.token" in str(step)]


def made(
    root: Path, target: str, *words: str, script: str, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """`make TARGET` in an empty place, with a shell script in the place of the command."""
    for name in ("pyproject.toml", "constraints.txt", ".venv/.run", ".venv/.local"):
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).touch()
    command = root / "command"
    command.write_text(f"#!/bin/sh\n{script}\n")
    command.chmod(0o755)
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")} | (env or {})
    words = ("make", "-f", str(ROOT / "Makefile"), target, "MONOGRAPH=./command", *words)
    return subprocess.run(words, cwd=root, env=surroundings, capture_output=True, text=True)
