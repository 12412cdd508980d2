"""The published site over hundreds of profiles: time of the whole command, and what its pages weigh.

`python -m bench site [--profiles 500] [--jobs N]`. The profiles are copies of the committed ones under other names,
taken as if they stood on real abstracts, with every claim approved. They are built twice: from nothing, and with
nothing new.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from statistics import median

from pipeline.decisions import dump_decisions, items
from pipeline.models.profile import Reference
from pipeline.models.review import Decision
from pipeline.profiles import Sources, dump, read_profile, read_sources, version_of

COMMITTED = Path(__file__).resolve().parents[1] / "profiles"
LIMIT = 200_000  # bytes of a page


def as_abstract(reference: Reference) -> Reference:
    """A reference as if its real abstract had been read."""
    if reference.article is None:
        return reference
    return reference.model_copy(update={"article": reference.article.model_copy(update={"text_origin": "pubmed"})})


def files(directory: Path) -> dict[str, str]:
    """The files of a committed profile, approved, with its name and slug left open as `@name@` and `@slug@`."""
    profile = read_profile(directory)
    assert profile is not None
    references = {key: as_abstract(reference) for key, reference in read_sources(directory).items()}
    origin = profile.provenance.model_copy(update={"synopses": 0})
    profile = profile.model_copy(update={"name": "@name@", "slug": "@slug@", "provenance": origin})
    decisions = [
        Decision(
            claim=item.id,
            decision="approve",
            hash=version_of(item.what, references),
            reviewer="A. Reviewer",
            date=date(2026, 11, 1),
        )
        for item in items(profile)
    ]
    return {
        "compound.yaml": "name: '@name@'\n",
        "profile.yaml": dump(profile),
        "sources.yaml": dump(Sources(sources=tuple(references.values()))),
        "review.yaml": dump_decisions(decisions),
    }


def make(place: Path, count: int) -> None:
    """Write so many approved profiles below `place`."""
    kinds = [files(directory.parent) for directory in sorted(COMMITTED.glob("*/profile.yaml"))]
    for number in range(count):
        slug = f"compound-{number:05}"
        directory = place / "profiles" / slug
        directory.mkdir(parents=True)
        for name, text in kinds[number % len(kinds)].items():
            named = text.replace("@name@", f"Compound {number}").replace("@slug@", slug)
            (directory / name).write_text(named, "utf-8")


def build(place: Path, words: list[str]) -> tuple[float, float, str]:
    """`monograph build` as a process of its own: its seconds, those of all cores, its last line."""
    surroundings = {**os.environ, "PYTHONPATH": str(COMMITTED.parent)}
    surroundings["MONOGRAPH_LIBRARY"] = str(place / ".library" / "library.sqlite")
    command = [sys.executable, "-m", "pipeline.cli", "build", "--base-url", "https://example.org/", *words]
    start, before = time.perf_counter(), os.times()
    done = subprocess.run(command, cwd=place, env=surroundings, capture_output=True, text=True, check=False)
    seconds, after = time.perf_counter() - start, os.times()
    cores = after.children_user + after.children_system - before.children_user - before.children_system
    if done.returncode:
        raise SystemExit(done.stdout + done.stderr)
    return seconds, cores, done.stdout.splitlines()[-1]


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench site")
    parser.add_argument("--profiles", type=int, default=500)
    parser.add_argument("--jobs")
    given = parser.parse_args(arguments)
    words = ["--jobs", given.jobs] if given.jobs else []
    with tempfile.TemporaryDirectory() as made:
        place = Path(made)
        make(place, given.profiles)
        for name in ("from nothing", "with nothing new"):
            seconds, cores, said = build(place, words)
            print(f"  {name}: {seconds:.1f} s, {cores:.1f} s of all cores; {said}")
        if not re.search(rf"{given.profiles} published", said):
            return 1
        sizes = [path.stat().st_size for path in (place / "site").glob("*/index.html")]
        print(f"  pages: median {median(sizes) / 1000:.0f} kB, largest {max(sizes) / 1000:.0f} kB")
        for name in ("index.html", "search.json", "feed.xml", "style.css", "page.js"):
            print(f"  {name}: {(place / 'site' / name).stat().st_size / 1000:.0f} kB")
    return int(max(sizes) > LIMIT)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
