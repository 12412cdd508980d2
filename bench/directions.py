"""Directions against labels: outcomes of trials labelled by people, and the bundled records.

Part one: for each labelled outcome the label of `change`. The abstracts are split in two by the hash of their PMID;
the rules were written on half 0. Of half 1 only counts were looked at, never an abstract; the thresholds were set with
those counts in view.
Part two: the direction that `judge` gives each bundled record, against the direction noted when its facts were
gathered. Each disagreement is listed.

    python -m bench directions [FILE.jsonl]
"""

from __future__ import annotations

import hashlib
import html
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from bench.rows import MISSING, Row, share_row, unmeasured
from pipeline.directions import change, judge
from pipeline.evidence import evidence_of
from pipeline.models.studies import Direction
from pipeline.sources.synopses import BUNDLED, about, bundled
from pipeline.text import any_of, sentences

SHARED = Path(__file__).resolve().parents[2] / "shared"
OUTCOMES = SHARED / "bench" / "directions_dev.jsonl"
DEVELOPED_ON = 0
LABELS = {
    "significantly increased": "increased",
    "significantly decreased": "decreased",
    "no significant difference": "no difference",
}
MOVED = {"increased", "decreased"}
TITLE = re.compile(r"\ATITLE:\s*\n[^\n]*\n")
HEADING = re.compile(r"^(?:ABSTRACT|TITLE)[^\n]*:\s*$", re.MULTILINE)
CONTROLLED = any_of(
    r"randomi[sz]ed|placebo|vehicle|saline|controlled|meta-analysis|systematic review",
)
UNCONTROLLED = any_of(r"uncontrolled|no control|no parallel control|not randomi[sz]ed(?!.*controlled)|narrative")


def half(pmid: str) -> int:
    """0 for an abstract that the rules were written on, 1 for one that was not read."""
    return int(hashlib.sha256(pmid.encode()).hexdigest(), 16) % 2


def abstract(raw: str) -> list[str]:
    """The sentences of an abstract without its title and headings."""
    body = HEADING.sub("", TITLE.sub("", raw))
    parts = (" ".join(part.split()) for part in re.split(r"\n\s*\n", body))
    return [part[start:end] for part in parts for start, end in sentences(part)]


def plain(text: str) -> str:
    """`text` without HTML entities, which some fields hold twice or three times over."""
    while (once := html.unescape(text)) != text:
        text = once
    return text


def share(part: int, whole: int) -> str:
    """A share in percent, or a dash of nothing."""
    return f"{part / whole:7.1%}" if whole else f"{'-':>7}"


def counted(path: Path) -> tuple[Counter[tuple[str, str]], ...]:
    """How often each label was given and got, for each half."""
    counts: tuple[Counter[tuple[str, str]], ...] = (Counter(), Counter())
    for line in path.read_text("utf-8").splitlines():
        case: dict[str, Any] = json.loads(line)
        got = change(
            abstract(case["abstract_raw"]),
            intervention=plain(case["intervention"]),
            comparator=plain(case["comparator"]),
            outcome=plain(case["outcome"]),
        )
        counts[half(case["pmid"])][LABELS[case["label"]], got.label] += 1
    return counts


def outcomes(path: Path) -> str:
    """The table of labels given and got for each half."""
    return "\n".join(line for number, count in enumerate(counted(path)) for line in table(number, count))


def rows() -> list[Row]:
    """The figures of the half that was not read."""
    what = "direction of a labelled outcome, of those decided"
    if not OUTCOMES.is_file():
        return [unmeasured(what, MISSING)]
    count = counted(OUTCOMES)[1 - DEVELOPED_ON]
    decided = sum(k for (_, got), k in count.items() if got != "unclear")
    right = sum(k for (label, got), k in count.items() if label == got)
    turned = sum(k for (label, got), k in count.items() if {label, got} == MOVED)
    return [
        share_row(f"{what}: right", right, decided),
        share_row("the same, of all: increase for decrease or the reverse", turned, count.total()),
    ]


def table(number: int, count: Counter[tuple[str, str]]) -> Iterator[str]:
    """The figures of one half."""
    n = sum(count.values())
    decided = sum(k for (_, got), k in count.items() if got != "unclear")
    right = sum(k for (label, got), k in count.items() if label == got)
    reversed_ = sum(k for (label, got), k in count.items() if {label, got} == MOVED)
    yield f"half {number} ({'the rules were written on it' if number == DEVELOPED_ON else 'unseen'}): n = {n}"
    yield f"  decided {share(decided, n)}   right {share(right, n)}   wrong {share(decided - right, n)}"
    yield f"  precision of the decided {share(right, decided)}   wrong direction {share(reversed_, n)}"
    yield f"  {'label':<15} {'n':>4} {'right':>7} {'precision':>10}   taken for"
    for label in LABELS.values():
        given = sum(k for (wanted, _), k in count.items() if wanted == label)
        got = sum(k for (_, said), k in count.items() if said == label)
        other = ", ".join(f"{said} {k}" for (wanted, said), k in sorted(count.items()) if wanted == label != said)
        right = count[label, label]
        yield f"  {label:<15} {given:>4} {share(right, given)} {share(right, got):>10}   {other}"


def noted(slug: str) -> dict[str, tuple[str, str]]:
    """The direction and design noted for each paper of a compound, by PMID and by DOI."""
    path = SHARED / "facts" / f"{slug}.jsonl"
    facts = [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.is_file() else []
    return {
        key.lower(): (fact["direction"] or "unclear", fact["design"] or "")
        for fact in facts
        for key in (fact["pmid"], fact["doi"])
        if key
    }


def records() -> str:
    """The confusion of `judge` with the noted directions, and each disagreement."""
    count: Counter[tuple[str, str]] = Counter()
    lines = []
    for place in sorted(BUNDLED.iterdir()):
        collection = bundled(place.name)
        labels = noted(place.name)
        if collection is None or not labels:
            continue
        names = (about(place.name).name, *about(place.name).aliases)
        for article in collection.articles:
            known = labels.get(article.pmid or "") or labels.get((article.doi or "").lower())
            if known is None:
                continue
            direction, design = known
            controlled = CONTROLLED.search(design) is not None and UNCONTROLLED.search(design) is None
            judged = judge(evidence_of(article), names, controlled=controlled)
            count[direction, judged.direction.value] += 1
            if direction != judged.direction.value:
                lines.append(f"  {article.key}: noted {direction}, judged {judged.direction.value} ({judged.reason})")
    n = sum(count.values())
    if not n:
        return "no bundled record has a noted direction: nothing was measured"
    words = [direction.value for direction in Direction]
    head = [f"{'noted':<15}" + "".join(f"{word:>15}" for word in words)]
    rows = [f"{word:<15}" + "".join(f"{count[word, got]:>15}" for got in words) for word in words]
    agree = sum(count[word, word] for word in words)
    against = sum(k for (word, got), k in count.items() if got not in (word, "unclear"))
    foot = f"agree {agree} of {n} ({agree / n:.1%}); decided otherwise {against} ({against / n:.1%})"
    return "\n".join([*head, *rows, foot, *lines])


def outcomes_file(arguments: Sequence[str]) -> Path | None:
    """The file of labelled outcomes that is named or shared; None, and said why, where there is none."""
    path = Path(arguments[-1]) if arguments else OUTCOMES
    if path.is_file():
        return path
    print("error: no labelled outcomes to measure on\nhint: name a file, or put it at ../shared/bench", file=sys.stderr)
    return None


def main(arguments: Sequence[str]) -> int:
    """Print both parts; status 2 where the labelled outcomes are missing."""
    path = outcomes_file(arguments)
    if path is None:
        return 2
    print("direction of labelled outcomes")
    print(outcomes(path))
    print("\ndirection of bundled records")
    print(records())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
