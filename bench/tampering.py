"""Claims tampered with in the ways of careless or dishonest writing, beside true claims said otherwise.

A tampered claim is detected when its verdict is `contradicted` or `not_supported`; a true one with that verdict is a
false alarm. `unverifiable` is neither, and has its own column. How cases are made: `bench.tamper_cases`. Half 0 may be
read; of half 1 only figures are printed.

    python -m bench tampering [--failures KIND]
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from bench.directions import DEVELOPED_ON, share
from bench.papers import papers
from bench.rows import MISSING, Row, share_row, unmeasured
from bench.tamper_cases import CONTROLS, NAMED, TAMPERINGS, TWICE, VERBATIM, Case, cases
from pipeline.models.verification import Verdict, Verification
from pipeline.verification import verify

FLAGS = (Verdict.CONTRADICTED, Verdict.NOT_SUPPORTED)
SHOWN = 40
ORIGINS = 3  # of papers; those of two lie in ../shared
Pick = Callable[[Case], bool]


class Tally:
    """How many cases of each half and row got each verdict."""

    def __init__(self, done: Sequence[tuple[Case, Verification]]) -> None:
        self.done = done

    def of(self, number: int, row: Pick) -> Counter[Verdict]:
        """The verdicts of the cases of a half that `row` picks."""
        return Counter(got.verdict for case, got in self.done if case.half == number and row(case))


def cells(counts: Counter[Verdict], first: tuple[Verdict, ...], second: Verdict) -> str:
    """n, the share of the first verdicts and that of the second."""
    n = counts.total()
    part = sum(counts[verdict] for verdict in first)
    return f"{n:>5} {part:>5} {share(part, n)} {counts[second]:>5} {share(counts[second], n)}"


def line(name: str, tally: Tally, row: Pick, *, tampered: bool) -> str:
    """A row of a table: both halves side by side."""
    second = Verdict.UNVERIFIABLE if tampered else Verdict.SUPPORTED
    both = "  |".join(cells(tally.of(number, row), FLAGS, second) for number in (0, 1))
    return f"  {name:<26}{both}"


def head(first: str, second: str) -> Iterator[str]:
    """The two lines over a table."""
    names = "  |".join(f" half {n} {'developed on' if n == DEVELOPED_ON else 'unseen':<26}" for n in (0, 1))
    yield f"  {'':<26}{names}"
    column = f"{'n':>5} {first:>13} {second:>13}"
    yield f"  {'':<26}{column}  |{column}"


def tampered(tally: Tally) -> Iterator[str]:
    """The table of tampered claims."""

    def kind(name: str) -> Pick:
        return lambda case: case.kind == name

    yield "tampered claims"
    yield from head("detected", "unverifiable")
    for name in NAMED:
        yield line(name, tally, kind(name), tampered=True)
    yield line("these together", tally, lambda case: case.kind in NAMED, tampered=True)
    yield line("  word for word", tally, lambda c: c.kind in NAMED and c.form == VERBATIM, tampered=True)
    yield line("  said otherwise", tally, lambda c: c.kind in NAMED and c.form != VERBATIM, tampered=True)
    for name in TAMPERINGS:
        if name not in NAMED:
            yield line(name, tally, kind(name), tampered=True)
    yield line("all", tally, lambda case: case.kind is not None, tampered=True)


def true(tally: Tally) -> Iterator[str]:
    """The table of true claims."""

    def form(*names: str) -> Pick:
        return lambda case: case.kind is None and case.form in names

    yield "true claims"
    yield from head("flagged", "supported")
    yield line(VERBATIM, tally, form(VERBATIM), tampered=False)
    for group, controls in CONTROLS.items():
        yield line(f"{group} said otherwise", tally, form(*controls), tampered=False)
        for name in controls:
            yield line(f"  {name}", tally, form(name), tampered=False)
    yield line(TWICE, tally, form(TWICE), tampered=False)
    yield line("all", tally, lambda case: case.kind is None, tampered=False)


def by_origin(tally: Tally, origins: Sequence[str]) -> Iterator[str]:
    """Detection and false alarms by where the papers come from."""
    yield "by origin of the paper"

    def origin_is(origin: str, *, tampered: bool) -> Pick:
        return lambda case: case.paper.origin == origin and (case.kind is not None) == tampered

    for origin in origins:
        for what, is_tampered in (("tampered", True), ("true", False)):
            yield line(f"{origin}, {what}", tally, origin_is(origin, tampered=is_tampered), tampered=is_tampered)


def failures(name: str) -> Iterator[str]:
    """The failing cases of a kind or control, of half 0 only."""
    made = [case for case in cases() if case.half == DEVELOPED_ON and case.row == name]
    wrong = [(case, got) for case in made if ((got := verify(case.statement())).verdict in FLAGS) != bool(case.kind)]
    yield f"{name}: {len(wrong)} of {len(made)} cases of half {DEVELOPED_ON} fail"
    for case, got in wrong[:SHOWN]:
        slot = f", {got.slot}" if got.slot else ""
        yield f"\n{case.paper.id} ({case.form}) {got.verdict}{slot}"
        yield f"  claim     {case.claim}"
        yield f"  sentence  {case.sentence}"


AIMS = (
    ("tampered claims flagged: the twelve named kinds", lambda case: case.kind in NAMED, "≥ 95 %"),
    ("tampered claims flagged: all kinds", lambda case: case.kind is not None, ""),
    ("true claims flagged", lambda case: case.kind is None, "≤ 2 %"),
)


def rows() -> list[Row]:
    """The figures of the half that was not read."""
    read = papers()
    if len({paper.origin for paper in read}) < ORIGINS:
        return [unmeasured(what, MISSING, target) for what, _, target in AIMS]
    unseen = [case for case in cases(read) if case.half != DEVELOPED_ON]
    tally = Tally([(case, verify(case.statement())) for case in unseen])
    found = []
    for what, row, target in AIMS:
        counts = tally.of(1 - DEVELOPED_ON, row)
        found.append(share_row(what, sum(counts[flag] for flag in FLAGS), counts.total(), target))
    return found


def main(arguments: Sequence[str]) -> int:
    """Print the tables, or the failing cases of one kind; status 2 for a kind that does not exist."""
    if arguments[:1] == ["--failures"]:
        known = {VERBATIM, TWICE, *TAMPERINGS, *(name for controls in CONTROLS.values() for name in controls)}
        name = " ".join(arguments[1:])
        if name not in known:
            print(f"error: there is no kind '{name}'\nhint: one of {', '.join(sorted(known))}", file=sys.stderr)
            return 2
        print("\n".join(failures(name)))
        return 0
    read = papers()
    origins = list(dict.fromkeys(paper.origin for paper in read))
    if len(origins) < ORIGINS:
        print(f"note: papers were found only for: {', '.join(origins)}; the rest is read from ../shared")
    tally = Tally([(case, verify(case.statement())) for case in cases(read)])
    print("claims tampered with, and true claims said otherwise")
    print("aims: at least 95 % of the tampered ones detected, at most 2 % of the true ones flagged")
    for table in (tampered(tally), true(tally), by_origin(tally, origins)):
        print("\n" + "\n".join(table))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
