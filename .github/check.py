"""What the check workflow says of the profiles that a pull request changes. Standard library, git, gh, command line.

    check.py changed BASE     # how many profiles differ from BASE, as an output of the step
    check.py run BASE         # checks each: annotations, check-report/ and the job's summary; status 1 where one fails
    check.py tell PULL        # check-report/comment.md as the one comment of ours on the pull request

Names of folders are whatever a pull request says: they are one argument of a program, and only a slug is one at all.
"""

from __future__ import annotations

import html
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from pulls import SLUG, run, say

PROGRAM = (".venv/bin/python", "-m", "pipeline.cli")
REPORT = Path("check-report")
MARKER = "<!-- monograph check -->"
BOT = "github-actions[bot]"
LONGEST_COMMENT, LONGEST_SUMMARY = 65_000, 1_000_000  # GitHub takes 65,536 characters and 1 MiB
MOST_RUNS = 20  # that code scanning takes at once
NOTHING = "No profile is changed."


class Checked(NamedTuple):
    """A changed profile: whether it fails, in a word what became of it, where its claims stand, and the report."""

    slug: str
    fails: bool
    word: str
    standing: str = ""
    report: str = ""


def changed(base: str) -> list[str]:
    """The folders below profiles/ in which a file differs between a commit and the one checked out."""
    paths = run("git", "diff", "--name-only", "--no-renames", "-z", base, "HEAD", "--", "profiles/").split("\0")
    return sorted({path.split("/")[1] for path in paths if path.count("/") > 1})


def check(base: str) -> int:
    """Check each changed profile, and write what came of it."""
    (REPORT / "sarif").mkdir(parents=True, exist_ok=True)
    found = [_checked(slug) for slug in changed(base)]
    kept = sorted((REPORT / "sarif").iterdir())
    for path in kept[MOST_RUNS:]:
        say(f"code scanning takes {MOST_RUNS} profiles at once: {path.stem} is not among them")
        path.unlink()
    (REPORT / "comment.md").write_text(_told(found, LONGEST_COMMENT), "utf-8")
    if page := os.environ.get("GITHUB_STEP_SUMMARY"):
        with Path(page).open("a", encoding="utf-8") as file:
            file.write(_told(found, LONGEST_SUMMARY))
    for each in found:
        say(f"{each.slug!a}: {each.word}")
    return int(any(each.fails for each in found))


def _checked(slug: str) -> Checked:
    folder = Path("profiles") / slug
    if not SLUG.fullmatch(slug):
        return Checked(slug, True, "fails: no profile has such a name")
    if not (folder / "profile.yaml").exists():
        return Checked(slug, False, "not drafted yet" if folder.exists() else "deleted")
    done = _monograph("check", slug, "--format", "markdown")
    if done.returncode not in (0, 1) or not done.stdout:  # 1 without a word is a fault of the program
        said = done.stderr.strip().splitlines()[-2:] or [f"ended with status {done.returncode}"]
        _annotate(f"{folder}/profile.yaml", "\n".join(said))
        return Checked(slug, True, "fails: could not be checked", report=_pre("\n".join(said)))
    sys.stdout.write(_monograph("check", slug, "--format", "github").stdout)
    log = json.loads(_monograph("check", slug, "--format", "sarif").stdout)
    for part in log["runs"]:  # what is uploaded is kept apart by it, one profile from the other
        part["automationDetails"] = {"id": f"monograph/{slug}/"}
    (REPORT / "sarif" / f"{slug}.sarif").write_text(json.dumps(log), "utf-8")
    word = "fails: errors" if done.returncode else "passes"
    report = done.stdout.partition("\n")[2].strip()  # without its heading
    return Checked(slug, done.returncode != 0, word, _standing(slug), report)


def _standing(slug: str) -> str:
    """Where the claims stand with their reviewers: "12 approved, 3 open"."""
    done = _monograph("status", slug, "--format", "json")
    if done.returncode:
        return "unknown"
    standing = json.loads(done.stdout)["profiles"][0]
    states = ", ".join(f"{count} {state}" for state, count in standing["states"].items() if count) or "no claims"
    two = f" ({standing['reviewers']} reviewers a claim)" if standing["reviewers"] > 1 else ""
    return states + two + ("; ready to publish" if standing["publishable"] else "")


def _told(found: list[Checked], longest: int) -> str:
    """All of it as Markdown. Where there is no room for a report, its folded part goes first, then the report."""
    if not found:
        return NOTHING + "\n"
    head = ["### Profiles", "", "| profile | check | reviewers |", "|---|---|---|"]
    head += [f"| {_name(each.slug)} | {each.word} | {each.standing} |" for each in found]
    text, left = "\n".join(head) + "\n", []
    if len(text) > longest // 2:
        text = text[: longest // 2].rpartition("\n")[0] + "\n"
    for each in (one for one in found if one.report):
        shorter = re.sub(r"<details>.*</details>\n*", "", each.report, flags=re.DOTALL)
        for report in (each.report, shorter):
            part = f"\n#### {_name(each.slug)}\n\n{report}\n"
            if len(text) + len(part) + 100 < longest:
                text += part
                break
        else:
            left.append(each.slug)
    return text + (f"\n{len(left)} more reports do not fit here: see the annotations of the run.\n" if left else "")


def tell(pull: str) -> None:
    """Post the comment, or bring the one that is there up to date; where no profile is changed none is begun."""
    body = (REPORT / "comment.md").read_text("utf-8")
    issues = f"repos/{os.environ['GITHUB_REPOSITORY']}/issues"
    pages = json.loads(run("gh", "api", "--paginate", "--slurp", f"{issues}/{int(pull)}/comments?per_page=100"))
    # Anybody may write the marker: only a comment of the token that asks is ours.
    ours = [one for page in pages for one in page if one["user"]["login"] == BOT and one["body"].startswith(MARKER)]
    text = f"{MARKER}\n{body}"
    if not ours and body.strip() != NOTHING:
        run("gh", "api", "--method", "POST", f"{issues}/{int(pull)}/comments", "--input", "-", give=_json(text))
        say("comment: posted")
    elif ours and ours[0]["body"].replace("\r\n", "\n").strip() != text.strip():
        address = f"{issues}/comments/{ours[0]['id']}"
        run("gh", "api", "--method", "PATCH", address, "--input", "-", give=_json(text))
        say("comment: told anew")


def _json(text: str) -> str:
    return json.dumps({"body": text})


def _monograph(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run((*PROGRAM, *words), capture_output=True, encoding="utf-8")  # noqa: S603


def _name(slug: str) -> str:
    """The name of a folder as code, in which nothing is markup."""
    return "`" + re.sub(r"[^\w.-]", "?", slug) + "`"


def _pre(text: str) -> str:
    return f"<pre>\n{html.escape(text, quote=False)}\n</pre>"


def _annotate(file: str, text: str) -> None:
    """An error beside a file; nothing in the text ends the command or begins another."""
    said = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    say(f"::error file={file},line=1::{said}")


if __name__ == "__main__":
    verb, given = sys.argv[1:]
    if verb == "changed":
        say(f"profiles={len(changed(given))}")
    elif verb == "run":
        sys.exit(check(given))
    else:
        tell(given)
