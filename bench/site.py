"""The published site over hundreds of profiles: time of the whole command, and what its pages weigh.

`python -m bench site [--profiles 500] [--jobs N]`. The profiles are copies of the committed ones under other names,
taken as if they stood on real abstracts, with every claim approved. They are built twice: from nothing, and with
nothing new.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import tempfile
from datetime import date
from pathlib import Path
from statistics import median

from bench.commands import monograph
from bench.rows import Row
from pipeline.decisions import dump_decisions, items
from pipeline.models.profile import Reference
from pipeline.models.review import Decision
from pipeline.profiles import Sources, dump, read_profile, read_sources, version_of

COMMITTED = Path(__file__).resolve().parents[1] / "profiles"
PROFILES, SECONDS = 500, 20  # of the site in the table, and what it may take
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
    ran = monograph(place, "build", "--base-url", "https://example.org/", *words)
    if ran.status:
        raise SystemExit(ran.said)
    return ran.seconds, ran.cores, ran.said.splitlines()[-1]


def figures(profiles: int, words: list[str], times: int = 2) -> tuple[list[tuple[float, float, str]], dict[str, int]]:
    """Each build of the same profiles as `build` gives it, the first from nothing, and the size of each file."""
    with tempfile.TemporaryDirectory() as made:
        place = Path(made)
        make(place, profiles)
        builds = [build(place, words) for _ in range(times)]
        if not all(re.search(rf"\b{profiles} published", said) for _, _, said in builds):
            raise SystemExit(f"not all of {profiles} profiles were published: {builds[0][2]}")
        site = place / "site"
        return builds, {f.relative_to(site).as_posix(): f.stat().st_size for f in site.rglob("*") if f.is_file()}


def pages(sizes: dict[str, int]) -> list[int]:
    """The sizes of the pages of profiles."""
    return [size for name, size in sizes.items() if re.fullmatch(r"[^/]+/index\.html", name)]


def rows() -> list[Row]:
    """The build of a site from nothing, and what its pages weigh."""
    ((seconds, cores, _),), sizes = figures(PROFILES, [], times=1)
    page, met = max(pages(sizes)), seconds <= SECONDS
    note = f"one run; {cores:.0f} s of all cores, so {cores / (os.cpu_count() or 1):.0f} s at the least"
    what = f"site of {PROFILES} profiles from nothing"
    return [
        Row(what, f"{seconds:.1f} s", "", None, f"≤ {SECONDS} s", met, note),
        Row("its largest page", f"{page / 1000:.0f} kB", "", None, f"≤ {LIMIT // 1000} kB", page <= LIMIT, ""),
    ]


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench site")
    parser.add_argument("--profiles", type=int, default=500)
    parser.add_argument("--jobs")
    given = parser.parse_args(arguments)
    words = ["--jobs", given.jobs] if given.jobs else []
    builds, sizes = figures(given.profiles, words)
    for name, (seconds, cores, said) in zip(("from nothing", "with nothing new"), builds, strict=True):
        print(f"  {name}: {seconds:.1f} s, {cores:.1f} s of all cores; {said}")
    found = pages(sizes)
    print(f"  pages: median {median(found) / 1000:.0f} kB, largest {max(found) / 1000:.0f} kB")
    for name in ("index.html", "search.json", "feed.xml", "style.css", "page.js"):
        print(f"  {name}: {sizes[name] / 1000:.0f} kB")
    return int(max(found) > LIMIT)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
