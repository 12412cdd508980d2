"""What the nightly job does on GitHub with a night's report. Standard library, git and gh; knows nothing of `pipeline`.

    nightly.py propose REPORT BRANCH   # one pull request into BRANCH for each profile that the night changed
    nightly.py alarm BRANCH RESULT     # an issue after three failed nights in a row; a good night closes it

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
from pathlib import Path

BOT = "41898282+github-actions[bot]@users.noreply.github.com"
NAMES = {"GIT_AUTHOR_NAME": "github-actions[bot]", "GIT_AUTHOR_EMAIL": BOT}
NAMES |= {"GIT_COMMITTER_NAME": "github-actions[bot]", "GIT_COMMITTER_EMAIL": BOT}
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
LONGEST_TITLE, LONGEST_BODY = 250, 60_000  # GitHub takes 256 and 65,536 characters
GONE = "The last night found nothing to change in this profile any more: this was merged, or taken back by its source."
TAKEN = (
    "**Somebody committed to this branch, so the nightly job leaves it as it is, and what follows may not be on it."
    " Close this and the next night proposes everything anew.**\n\n"
)
NIGHTS, LABEL, TITLE = 3, "nightly", "The nightly job failed three nights in a row"


def run(*words: str, give: str | None = None, **env: str) -> str:
    """What a program prints; its complaints go to the log."""
    surroundings = {**os.environ, **env}
    done = subprocess.run(words, input=give, stdout=subprocess.PIPE, encoding="utf-8", env=surroundings, check=True)  # noqa: S603
    return done.stdout.strip()


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def propose(report: str, into: str) -> None:
    night = json.loads(Path(report).read_text("utf-8"))
    base = run("git", "rev-parse", "HEAD")
    run("git", "fetch", "--quiet", "--prune", "origin", "+refs/heads/refresh/*:refs/remotes/origin/refresh/*")
    listed = run("git", "for-each-ref", "--format=%(refname:lstrip=3) %(objectname)", "refs/remotes/origin/refresh/")
    tips = dict(line.split(" ") for line in listed.splitlines())
    fields = "number,title,body,headRefName,isCrossRepository"
    found = json.loads(run("gh", "pr", "list", "--state", "open", "--limit", "1000", "--json", fields))
    # A fork may have a branch of the same name; its pull requests are not ours.
    pulls = {each["headRefName"]: each for each in found if not each["isCrossRepository"]}

    # What was not answered for tonight is unknown, and no reason to close anything.
    unknown = {each["profile"] for each in (*night["unreachable"], *night["failed"])}
    proposals = {each["profile"]: each for each in night["proposals"]}
    all_asked = night["asked"] == "PubMed" and None not in unknown
    ours = {slug for slug in (branch.removeprefix("refresh/") for branch in tips) if SLUG.fullmatch(slug)}
    failed = []
    for slug in sorted(proposals.keys() | ours):
        branch = f"refresh/{slug}"
        try:
            proposed = slug in proposals and _propose(proposals[slug], base, into, tips, pulls)
            if not proposed and all_asked and slug not in unknown:
                _close(branch, base, tips, pulls)
        except (subprocess.CalledProcessError, ValueError) as error:  # ValueError: what no argument can hold
            say(f"{branch!a}: failed: {error!a}")
            failed.append(slug)
    if failed:
        sys.exit(f"error: no pull request for {', '.join(ascii(slug) for slug in failed)}")


def _propose(proposal: dict, base: str, into: str, tips: dict[str, str], pulls: dict[str, dict]) -> bool:
    """One commit on `base` with what changed in one profile, pushed where it is not there yet, and its pull request.

    False where no file of the profile changed.
    """
    slug, branch, files = proposal["profile"], proposal["branch"], proposal["files"]
    folder = f"profiles/{slug}"
    if not SLUG.fullmatch(slug) or branch != f"refresh/{slug}" or files != [folder]:
        raise ValueError(f"not what the pipeline writes: branch {branch}, files {files}")
    title = " ".join(proposal["title"].split())[:LONGEST_TITLE]
    body = proposal["body"]
    if len(body) > LONGEST_BODY:
        body = body[:LONGEST_BODY] + "\n\nThe rest is in the night's report.\n"
    # As Renovate does: words of a record call nobody and close no issue.
    body = re.sub(r"(?<!\w)@(?=\w)|#(?=\d)", r"\g<0>&#8203;", body)

    with tempfile.TemporaryDirectory() as place:  # an index of its own: the work tree stays on its commit
        index = {"GIT_INDEX_FILE": f"{place}/index"}
        run("git", "read-tree", base, **index)
        run("git", "add", "--all", "--", folder, **index)
        tree = run("git", "write-tree", **index)
    if tree == run("git", "rev-parse", f"{base}^{{tree}}"):
        return False
    commit = run("git", "commit-tree", tree, "-p", base, give=title + "\n", **NAMES)
    tip, pull = tips.get(branch, ""), pulls.get(branch)
    if pull and _taken(tip, base):
        body = TAKEN + body
        say(f"{branch}: left as it is, somebody committed to it")
    elif not _same(tip, commit, folder):
        run("git", "push", "--quiet", f"--force-with-lease={branch}:{tip}", "origin", f"{commit}:refs/heads/{branch}")
        say(f"{branch}: pushed")
    run("git", "restore", f"--source={base}", "--staged", "--worktree", "--", folder)
    run("git", "clean", "-d", "--force", "--quiet", "--", folder)

    if not pull:
        words = ("--base", into, "--head", branch, f"--title={title}", "--body-file", "-")
        say(run("gh", "pr", "create", *words, give=body))
    elif (pull["title"], pull["body"].replace("\r\n", "\n").strip()) != (title, body.strip()):
        run("gh", "pr", "edit", str(pull["number"]), f"--title={title}", "--body-file", "-", give=body)
        say(f"{branch}: told anew")
    return True


def _close(branch: str, base: str, tips: dict[str, str], pulls: dict[str, dict]) -> None:
    """Close the pull request of a branch that nothing is left of, and delete the branch, if it is there."""
    tip, pull = tips.get(branch), pulls.get(branch)
    if not tip:
        return
    if pull and _taken(tip, base):
        say(f"{branch}: left open, somebody committed to it")
        return
    if pull:
        run("gh", "pr", "close", str(pull["number"]), "--comment", GONE)
    run("git", "push", "--quiet", f"--force-with-lease={branch}:{tip}", "origin", f":refs/heads/{branch}")
    say(f"{branch}: closed")


def _taken(tip: str, base: str) -> bool:
    """Whether somebody else committed to a branch: their work is not pushed over."""
    return bool(tip) and any(mail != BOT for mail in run("git", "log", "--format=%ae", f"{base}..{tip}").splitlines())


def _same(tip: str, commit: str, folder: str) -> bool:
    """Whether two commits change a profile from the same to the same: a push for an unrelated merge ends approvals."""

    def change(of: str) -> str:
        return run("git", "rev-parse", f"{of}^:{folder}", f"{of}:{folder}")

    return bool(tip) and change(tip) == change(commit)


def alarm(branch: str, result: str) -> None:
    """A night without success is a failed one, also where not even the installation worked or the time ran out."""
    found = json.loads(run("gh", "issue", "list", "--state", "open", "--label", LABEL, "--json", "number,title"))
    ours = [str(each["number"]) for each in found if each["title"] == TITLE]
    here = "{GITHUB_SERVER_URL}/{GITHUB_REPOSITORY}/actions/runs/{GITHUB_RUN_ID}".format(**os.environ)
    if result == "success":
        for number in ours:
            run("gh", "issue", "close", number, "--comment", f"The night went well again: {here}")
        return
    words = ("--workflow", "nightly.yml", "--branch", branch, "--limit", "20", "--json", "status,conclusion,url")
    runs = json.loads(run("gh", "run", "list", *words))  # the newest first; this one is not completed yet
    before = [each for each in runs if each["status"] == "completed"][: NIGHTS - 1]
    if ours or len(before) < NIGHTS - 1 or any(each["conclusion"] == "success" for each in before):
        return
    body = "\n".join(f"- {url}" for url in (here, *(each["url"] for each in before)))
    body = f"Until this is mended no record is read again, and no retraction noticed.\n\n{body}\n"
    run("gh", "label", "create", LABEL, "--force", "--description", "about the nightly job")
    say(run("gh", "issue", "create", "--title", TITLE, "--label", LABEL, "--body-file", "-", give=body))


if __name__ == "__main__":
    {"propose": propose, "alarm": alarm}[sys.argv[1]](*sys.argv[2:])
