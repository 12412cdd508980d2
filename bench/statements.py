"""Three rival statements of each labelled outcome, each held against the abstract it was labelled from.

"I significantly increased O compared with C", "... decreased ..." and "I made no significant difference in O compared
with C": one is right by the label, two are wrong. None stands in its abstract word for word, so this measures meaning
where the tampered claims measure care. Halves as in `bench.directions`.

    python -m bench statements [FILE.jsonl]
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from bench.directions import DEVELOPED_ON, LABELS, OUTCOMES, half, outcomes_file, plain, share
from bench.rows import MISSING, Row, share_row, unmeasured
from pipeline.models.verification import SourceText, Statement, Verdict
from pipeline.text import normal
from pipeline.verification import verify

FRAMES = {
    "increased": "{I} significantly increased {O} compared with {C}",
    "decreased": "{I} significantly decreased {O} compared with {C}",
    "no difference": "{I} made no significant difference in {O} compared with {C}",
}
TITLE = re.compile(r"\ATITLE:\s*(?P<title>[^\n]*)\n(?P<text>.*)\Z", re.DOTALL)
LOOSE = re.compile(r"[\W_]+")


class Rivals(NamedTuple):
    """The three statements of one labelled outcome, by what they say, and the label."""

    pmid: str
    label: str
    statements: dict[str, Statement]


class Tally(NamedTuple):
    """What was counted in one half: by label, and by (label, what the statement says, verdict)."""

    outcomes: Counter[str]
    verdicts: Counter[tuple[str, str, Verdict]]


Checker = Callable[[Statement], Verdict]


def source(pmid: str, raw: str) -> SourceText:
    """A raw abstract with its title apart; everything else stays as it stands, headings included."""
    text = plain(raw)
    match = TITLE.match(text)
    if match is None:
        return SourceText(id=pmid, text=text.strip())
    return SourceText(id=pmid, title=match["title"].strip(), text=match["text"].strip())


def rivals(case: dict[str, Any]) -> Rivals:
    """The three statements of one line of labelled outcomes."""
    words = {"I": case["intervention"], "O": case["outcome"], "C": case["comparator"]}
    names = {key: " ".join(plain(value).split()) for key, value in words.items()}
    text = source(case["pmid"], case["abstract_raw"])
    statements = {
        said: Statement(id=f"{case['prompt_id']}:{said}", claim=frame.format(**names), sources=(text,))
        for said, frame in FRAMES.items()
    }
    return Rivals(case["pmid"], LABELS[case["label"]], statements)


def read(path: Path) -> Iterator[Rivals]:
    """The rivals of every labelled outcome."""
    for line in path.read_text("utf-8").splitlines():
        yield rivals(json.loads(line))


def substring(statement: Statement) -> Verdict:
    """The baseline: supported where the words of the claim stand in a source in the same order, else not decided."""
    wanted = LOOSE.sub(" ", normal(statement.claim).lower()).strip()
    held = (LOOSE.sub(" ", normal(f"{s.title} {s.text}").lower()) for s in statement.sources)
    return Verdict.SUPPORTED if any(wanted in text for text in held) else Verdict.UNVERIFIABLE


def count(cases: Sequence[Rivals], checker: Checker) -> Tally:
    """The verdicts of `checker` on every statement."""
    tally = Tally(Counter(), Counter())
    for case in cases:
        tally.outcomes[case.label] += 1
        for said, statement in case.statements.items():
            tally.verdicts[case.label, said, checker(statement)] += 1
    return tally


def part(tally: Tally, verdict: Verdict, *, right: bool, label: str | None = None) -> int:
    """How many right (or wrong) statements got `verdict`."""
    return sum(
        n
        for (wanted, said, got), n in tally.verdicts.items()
        if got is verdict and (said == wanted) is right and label in (None, wanted)
    )


def table(name: str, tally: Tally) -> Iterator[str]:
    """The figures of one checker on one half: all outcomes, then by label."""
    yield f"  {name:<15} {'n':>4}  {'right supported':>17}  {'wrong supported':>17}  {'right contradicted':>18}"
    for label in (None, *LABELS.values()):
        n = sum(k for wanted, k in tally.outcomes.items() if label in (None, wanted))
        figures = (
            (part(tally, Verdict.SUPPORTED, right=True, label=label), n),
            (part(tally, Verdict.SUPPORTED, right=False, label=label), 2 * n),
            (part(tally, Verdict.CONTRADICTED, right=True, label=label), n),
        )
        cells = "  ".join(f"{k:>5} of {of:<4}{share(k, of)}" for k, of in figures)
        yield f"  {label or 'all':<15} {n:>4}  {cells}"


AIMS = (
    ("right statement of an outcome supported", Verdict.SUPPORTED, True, "≥ 60 %"),
    ("wrong statement of an outcome supported", Verdict.SUPPORTED, False, "≤ 5 %"),
    ("right statement of an outcome contradicted", Verdict.CONTRADICTED, True, "≤ 3 %"),
)


def rows() -> list[Row]:
    """The figures of the half that was not read, beside a substring match."""
    if not OUTCOMES.is_file():
        return [unmeasured(what, MISSING, target) for what, _, _, target in AIMS]
    ours = [case for case in read(OUTCOMES) if half(case.pmid) != DEVELOPED_ON]
    tally, simple = count(ours, lambda s: verify(s).verdict), count(ours, substring)
    found = []
    for what, verdict, right, target in AIMS:
        whole = len(ours) * (1 if right else 2)
        other = f"substring match: {100 * part(simple, verdict, right=right) / whole:.1f} %"
        found.append(share_row(what, part(tally, verdict, right=right), whole, target, other))
    return found


def main(arguments: Sequence[str]) -> int:
    """Print the tables of both halves; status 2 where the labelled outcomes are missing."""
    path = outcomes_file(arguments)
    if path is None:
        return 2
    print("three statements of each labelled outcome against its abstract")
    print("aims: right supported >= 60 %, wrong supported <= 5 %, right contradicted <= 3 %")
    cases = tuple(read(path))
    for number in (0, 1):
        ours = [case for case in cases if half(case.pmid) == number]
        print(f"half {number} ({'developed on' if number == DEVELOPED_ON else 'unseen'})")
        for name, checker in (("verify", lambda s: verify(s).verdict), ("substring", substring)):
            print("\n".join(table(name, count(ours, checker))))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
