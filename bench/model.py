"""What a language model wrote for the bundled papers: how much of the truth is kept, how many falsehoods get in.

`model_truths.jsonl` holds what a strong model (Claude, November 2026) answered, once a prompt, to an earlier wording of
`prompts/section.md`;
`model_lies.jsonl` what it wrote when it was asked to lie as plausibly as it could, near to the sources' own words, with
the kind of each lie and why it is false. Both were written from the bundled synopses and without sight of the rules,
except for the lines with `"seen": true`, which were found by reading the rules and looking for holes.

    python -m bench model [FILE.jsonl ...]
"""

from __future__ import annotations

import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from bench.directions import share
from bench.rows import Row, share_row
from pipeline.compounds import resolve
from pipeline.config import settings
from pipeline.drafting import extractive
from pipeline.drafting.dossier import Dossier, dossier
from pipeline.drafting.gate import judged
from pipeline.drafting.proposals import candidates
from pipeline.drafting.tasks import Task, tasks
from pipeline.sources import synopses
from pipeline.sources.collect import collect
from pipeline.sources.library import Library

HERE = Path(__file__).parent
FILES = (HERE / "model_truths.jsonl", HERE / "model_lies.jsonl")


def known(name: str) -> tuple[Dossier, list[Task]]:
    """The dossier of a bundled compound and what a model is asked for it."""
    compound, _ = resolve(name, settings())
    with TemporaryDirectory() as place, Library(Path(place) / "library.sqlite") as library:
        collection = collect(
            compound, library, today=date.min, bundled=synopses.bundled(name), pubmed=None, progress=lambda *_: None
        )
    held = dossier(compound, collection)
    return held, list(tasks(extractive.draft(held), frozenset()))


def stands(held: Dossier, listed: Iterable[Task], row: dict[str, Any]) -> bool | None:
    """Whether the gate keeps a claim; None where its study is not told in its section any more."""
    source = row["evidence"][0].rpartition(":")[0]
    task = next((t for t in listed if t.section.id == row["section"] and source in t.sources), None)
    if task is None:
        return None
    (one,) = judged(held, task.section, candidates(held, task, [(row["text"], row["evidence"])]))
    return one.stands


class Tally(NamedTuple):
    """What the gate keeps of a file, by compound and by kind of falsehood, and the falsehoods that it kept."""

    counts: dict[str, Counter[bool | None]]
    kept: list[dict[str, Any]]

    def share(self, group: str = "all") -> tuple[int, int]:
        """How many of a group stand, of those whose study is still told."""
        count = self.counts[group]
        return count[True], count[True] + count[False]


def tally(path: Path) -> Tally:
    """Hold each claim of a file against the gate."""
    dossiers: dict[str, tuple[Dossier, list[Task]]] = {}
    done = Tally(defaultdict(Counter), [])
    for line in path.read_text("utf-8").splitlines():
        row = json.loads(line)
        name = row["compound"]
        dossiers[name] = dossiers.get(name) or known(name)
        answer = stands(*dossiers[name], row)
        groups = ("all", name, *([row["kind"]] if "kind" in row else []), *(["seen"] if row.get("seen") else []))
        for group in groups:
            done.counts[group][answer] += 1
        if answer and "kind" in row:
            done.kept.append(row)
    return done


def rows() -> list[Row]:
    """What stands of the truths and of the lies that a model wrote."""
    names = ("true sentences of a model that stand at first", "false sentences of a model that stand")
    return [share_row(what, *tally(path).share()) for what, path in zip(names, FILES, strict=True)]


def main(arguments: list[str]) -> int:
    """Print what the gate keeps of each file, by compound and by kind of falsehood."""
    for path in map(Path, arguments) if arguments else FILES:
        done = tally(path)
        print(f"{path.name}: kept")
        for group in sorted(done.counts, key=lambda name: (name != "all", -done.counts[name].total(), name)):
            stand, told = done.share(group)
            print(f"  {group:<22} {stand:>4} of {told:<4} {share(stand, told)}")
        for row in done.kept:
            print(f"  kept although false ({row['kind']}): {row['text']}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
