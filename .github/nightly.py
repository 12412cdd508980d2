"""What the nightly job does on GitHub with a night's report. Standard library, git and gh; knows nothing of `pipeline`.

    nightly.py propose REPORT BRANCH   # one pull request into BRANCH for each profile that the night changed
    nightly.py alarm BRANCH RESULT     # an issue after three failed nights in a row; a good night closes it

Titles and bodies hold words of other people's records: they go to git and gh as single arguments or on standard input,
never through a shell.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from pulls import SLUG, Pulls, Words, run, say

GONE = "The last night found nothing to change in this profile any more: this was merged, or taken back by its source."
WORDS = Words(
    taken="**Somebody committed to this branch, so the nightly job leaves it as it is, and what follows may not be on"
    " it. Close this and the next night proposes everything anew.**\n\n",
    rest="The rest is in the night's report.",
)
NIGHTS, LABEL, TITLE = 3, "nightly", "The nightly job failed three nights in a row"


def propose(report: str, into: str) -> None:
    night = json.loads(Path(report).read_text("utf-8"))
    pulls = Pulls("refresh", into, WORDS)

    # What was not answered for tonight is unknown, and no reason to close anything.
    unknown = {each["profile"] for each in (*night["unreachable"], *night["failed"])}
    proposals = {each["profile"]: each for each in night["proposals"]}
    all_asked = night["asked"] == "PubMed" and None not in unknown
    ours = {slug for slug in (branch.removeprefix("refresh/") for branch in pulls.tips) if SLUG.fullmatch(slug)}
    failed = []
    for slug in sorted(proposals.keys() | ours):
        branch = f"refresh/{slug}"
        try:
            proposed = pulls.propose(proposals[slug]) if slug in proposals else None
            if proposed is None and all_asked and slug not in unknown:
                _close(branch, pulls)
        except (subprocess.CalledProcessError, ValueError) as error:  # ValueError: what no argument can hold
            say(f"{branch!a}: failed: {error!a}")
            failed.append(slug)
    if failed:
        sys.exit(f"error: no pull request for {', '.join(ascii(slug) for slug in failed)}")


def _close(branch: str, pulls: Pulls) -> None:
    """Close the pull request of a branch that nothing is left of, and delete the branch, if it is there."""
    tip, pull = pulls.tips.get(branch), pulls.open.get(branch)
    if not tip:
        return
    if pull and pulls.taken(tip):
        say(f"{branch}: left open, somebody committed to it")
        return
    if pull:
        run("gh", "pr", "close", str(pull["number"]), "--comment", GONE)
    pulls.push(branch, "")
    say(f"{branch}: closed")


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
