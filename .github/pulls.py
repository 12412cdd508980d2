"""One pull request for what changed in one profile, on a branch of its own. Standard library, git and gh.

Titles and bodies hold words of other people's records: they go to git and gh as single arguments or on standard input,
never through a shell.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from typing import NamedTuple

BOT = "41898282+github-actions[bot]@users.noreply.github.com"
NAMES = {"GIT_AUTHOR_NAME": "github-actions[bot]", "GIT_AUTHOR_EMAIL": BOT}
NAMES |= {"GIT_COMMITTER_NAME": "github-actions[bot]", "GIT_COMMITTER_EMAIL": BOT}
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
LONGEST_TITLE, LONGEST_BODY = 250, 60_000  # GitHub takes 256 and 65,536 characters


def run(*words: str, give: str | None = None, **env: str) -> str:
    """What a program prints; its complaints go to the log."""
    surroundings = {**os.environ, **env}
    done = subprocess.run(words, input=give, stdout=subprocess.PIPE, encoding="utf-8", env=surroundings, check=True)  # noqa: S603
    return done.stdout.strip()


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


class Words(NamedTuple):
    """What a kind of pull request says of itself: over a body that its branch may not hold, and where one was cut."""

    taken: str
    rest: str


class Pulls:
    """The branches `kind/SLUG` and their pull requests into `into`; every commit stands on the one checked out."""

    def __init__(self, kind: str, into: str, words: Words) -> None:
        self.kind, self.into, self.words = kind, into, words
        self.base = run("git", "rev-parse", "HEAD")
        remote = f"refs/remotes/origin/{kind}/"
        run("git", "fetch", "--quiet", "--prune", "origin", f"+refs/heads/{kind}/*:{remote}*")
        listed = run("git", "for-each-ref", "--format=%(refname:lstrip=3) %(objectname)", remote)
        self.tips = dict(line.split(" ") for line in listed.splitlines())
        fields = "number,title,body,headRefName,isCrossRepository"
        found = json.loads(run("gh", "pr", "list", "--state", "open", "--limit", "1000", "--json", fields))
        # A fork may have a branch of the same name; its pull requests are not ours.
        self.open = {each["headRefName"]: each for each in found if not each["isCrossRepository"]}

    def propose(self, proposal: dict) -> str | None:
        """One commit with what changed in one profile, pushed where it is not there yet, and its pull request.

        What became of it; None where no file of the profile changed. Afterwards the folder is as in the base.
        """
        slug, branch, files = proposal["profile"], proposal["branch"], proposal["files"]
        folder = f"profiles/{slug}"
        if not SLUG.fullmatch(slug) or branch != f"{self.kind}/{slug}" or files != [folder]:
            raise ValueError(f"not what the pipeline writes: branch {branch}, files {files}")
        title = " ".join(proposal["title"].split())[:LONGEST_TITLE]
        body = self._fitting(proposal["body"])

        tree = self._tree(folder)
        if tree == run("git", "rev-parse", f"{self.base}^{{tree}}"):
            return None
        commit = run("git", "commit-tree", tree, "-p", self.base, give=title + "\n", **NAMES)
        tip, pull = self.tips.get(branch, ""), self.open.get(branch)
        if pull and self.taken(tip):
            body = self.words.taken + body
            say(f"{branch}: left as it is, somebody committed to it")
        elif not _same(tip, commit, folder):
            self.push(branch, commit)
            say(f"{branch}: pushed")
        if _at(self.base, folder):
            run("git", "restore", f"--source={self.base}", "--staged", "--worktree", "--", folder)
        run("git", "clean", "-d", "--force", "--quiet", "--", folder)

        if not pull:
            words = ("--base", self.into, "--head", branch, f"--title={title}", "--body-file", "-")
            address = run("gh", "pr", "create", *words, give=body)
            say(address)
            return address or f"{branch}: opened"
        if (pull["title"], pull["body"].replace("\r\n", "\n").strip()) != (title, body.strip()):
            run("gh", "pr", "edit", str(pull["number"]), f"--title={title}", "--body-file", "-", give=body)
            say(f"{branch}: told anew")
        return f"#{pull['number']}"

    def push(self, branch: str, commit: str) -> None:
        """Put a commit on a branch, or delete it for an empty one, where it is as it was seen."""
        lease = f"--force-with-lease={branch}:{self.tips.get(branch, '')}"
        run("git", "push", "--quiet", lease, "origin", f"{commit}:refs/heads/{branch}")

    def taken(self, tip: str) -> bool:
        """Whether somebody else committed to a branch: their work is not pushed over."""
        log = run("git", "log", "--format=%ae", f"{self.base}..{tip}") if tip else ""
        return any(mail != BOT for mail in log.splitlines())

    def _fitting(self, body: str) -> str:
        if len(body) > LONGEST_BODY:
            body = body[:LONGEST_BODY] + f"\n\n{self.words.rest}\n"
        # As Renovate does: words of a record call nobody and close no issue. What is escaped already stays as it is.
        return re.sub(r"(?<!\w)@(?=\w)|(?<!&)#(?=\d)", r"\g<0>&#8203;", body)

    def _tree(self, folder: str) -> str:
        """The tree of the base with the folder as it lies in the work tree."""
        with tempfile.TemporaryDirectory() as place:  # an index of its own: the work tree stays on its commit
            index = {"GIT_INDEX_FILE": f"{place}/index"}
            run("git", "read-tree", self.base, **index)
            run("git", "add", "--all", "--", folder, **index)
            return run("git", "write-tree", **index)


def _at(commit: str, folder: str) -> str:
    """What a folder is in a commit; empty where it is not there."""
    return run("git", "ls-tree", commit, "--", folder)


def _same(tip: str, commit: str, folder: str) -> bool:
    """Whether two commits change a profile from the same to the same: a push for an unrelated merge ends approvals."""

    def change(of: str) -> tuple[str, str]:
        return _at(f"{of}^", folder), _at(of, folder)

    return bool(tip) and change(tip) == change(commit)
