"""What the draft workflow does with a draft. Standard library, git, gh and the pipeline's command line.

    draft.py tell REPORT PROPOSAL     # what `make draft` printed, as a pull request; the compound is named by COMPOUND
    draft.py propose PROPOSAL BRANCH  # that pull request into BRANCH, or a word on why there is none

Branch and folder are made from the slug that the pipeline answers with, never from what was typed into the form.
"""

from __future__ import annotations

import html
import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

from pulls import SLUG, Pulls, Words, say

PROGRAM = (".venv/bin/python", "-m", "pipeline.cli")
WORDS = Words(
    taken="**Somebody committed to this branch, so the form leaves it as it is, and what follows is of a newer draft"
    " that is not on it. To draft again on this branch: `make draft` there. To start over: close this, and fill in the"
    " form again.**\n\n",
    rest="The rest: `make check` on this branch.",
)
LEFT_OUT = ("wrote   ", "next    ")  # lines of the summary that say what was written where, and what to do next
BODY = """\
<pre>
{summary}
</pre>

**Reviewers:** {waits}

**To review it** ([the guide]({guide})):

    git fetch origin
    git switch {branch}
    make review COMPOUND={slug}
    git add profiles/{slug}
    git commit -m "Review of {slug}"
    git push

### What the rules say

{findings}
"""


def tell(report: str, proposal: str) -> None:
    """Write the pull request of a draft that lies in the work tree."""
    standing = json.loads(_said("status", "--format", "json", "--", os.environ["COMPOUND"]))["profiles"][0]
    slug = standing["slug"]
    if not SLUG.fullmatch(slug):
        raise ValueError(f"not what the pipeline writes: {slug}")
    lines = Path(report).read_text("utf-8").splitlines()
    summary = "\n".join(line for line in lines if not line.startswith(LEFT_OUT))
    findings = _said("check", slug, "--format", "markdown", passes=(0, 1))
    title = f"{standing['name']}: draft of {len(standing['claims'])} claims from {standing['records']} records"
    here = "{GITHUB_SERVER_URL}/{GITHUB_REPOSITORY}/blob/HEAD/docs/reviewing.md".format(**os.environ)
    body = BODY.format(
        summary=html.escape(summary, quote=False),
        waits=_waits(standing),
        guide=here,
        branch=f"draft/{slug}",
        slug=slug,
        findings=findings.partition("\n")[2].strip(),  # without its heading
    )
    told = {"profile": slug, "branch": f"draft/{slug}", "title": title, "body": body, "files": [f"profiles/{slug}"]}
    Path(proposal).write_text(json.dumps(told), "utf-8")


def propose(proposal: str, into: str) -> None:
    """Make or update the pull request; where the draft changed nothing, say so."""
    told = json.loads(Path(proposal).read_text("utf-8"))
    pulls = Pulls("draft", into, WORDS)
    outcome = pulls.propose(told)
    if outcome is None:
        outcome = f"Nothing new: the draft of {told['profile']} is what stands in {into} already. No pull request."
        if pull := pulls.open.get(told["branch"]):
            outcome += f" #{pull['number']} is of an earlier draft, and is left as it is."
        say(outcome)
    if page := os.environ.get("GITHUB_STEP_SUMMARY"):
        with Path(page).open("a", encoding="utf-8") as file:
            file.write(outcome + "\n")


def _said(*words: str, passes: tuple[int, ...] = (0,)) -> str:
    """What the pipeline prints; a name from the form is one argument of it, and nothing of a shell."""
    done = subprocess.run((*PROGRAM, *words), stdout=subprocess.PIPE, encoding="utf-8")  # noqa: S603
    if done.returncode not in passes or not done.stdout:
        sys.exit(f"error: monograph {words[0]} ended with status {done.returncode}")
    return done.stdout


def _waits(standing: dict) -> str:
    """Where the claims stand, and what waits for a decision by what a wrong sentence could do."""
    states = ", ".join(f"{count} {state}" for state, count in standing["states"].items() if count) or "no claims"
    waiting = Counter(each["risk"] for each in standing["claims"] if each["state"] in ("open", "stale"))
    risks = ", ".join(f"{count} {risk}" for risk, count in waiting.items())  # the greatest risk first
    new = f"; {standing['waiting']} new records wait to be weighed" if standing["waiting"] else ""
    return states + (f"; to decide: {risks}" if risks else "") + new


if __name__ == "__main__":
    {"tell": tell, "propose": propose}[sys.argv[1]](*sys.argv[2:])
