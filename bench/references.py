"""References written from real records, true and altered, and what the check makes of each.

Every record is written in several styles (with and without identifiers, all authors or "et al.", the journal in full
or abbreviated): true controls, then the same with harmless changes, then with one alteration of each kind. An
alteration is found when the status is not `match`; a true reference is flagged wrongly when it is not. Records are
split in two by the hash of their PMID: the rules were written on half 0 and the figures of half 1 are reported.

    python -m bench references [FILE.jsonl] [--half 0|1] [--misses]
"""

from __future__ import annotations

import hashlib
import json
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from bench.reference_styles import ALTERATIONS, HARMLESS, ISSUELESS, STYLES, Style, Written
from bench.rows import MISSING, Row, share_row, unmeasured
from pipeline.models.references import CheckedReference, RefStatus
from pipeline.models.sources import Article, Author
from pipeline.references.formats import read_references
from pipeline.references.journals import same_name
from pipeline.references.matching import check_references
from pipeline.sources.library import Library
from pipeline.sources.pubmed_xml import Record

RECORDS = Path(__file__).resolve().parents[2] / "shared" / "bench" / "references_dev.jsonl"
DEVELOPED_ON, REPORTED = 0, 1
TRUE_STYLES = 4  # styles in which each record is written unaltered


class Case(NamedTuple):
    """A written reference, of what kind it is, and the record that it is of."""

    kind: str
    true: bool
    style: str
    text: str
    key: str


def half(pmid: str) -> int:
    """0 for a record that the rules were written on."""
    return int(hashlib.sha256(pmid.encode()).hexdigest(), 16) % 2


def load(path: Path) -> list[dict[str, Any]]:
    """The records of the file."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def _names(record: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    parted = (name.rpartition(" ") for name in record["authors"])
    return tuple((family, initials) if family else (initials, "") for family, _, initials in parted)


def _pages(record: dict[str, Any]) -> str | None:
    first, last = record["fpage"], record["lpage"]
    return (f"{first}-{last}" if last and last != first else first) if first else record["elocation_id"]


def article(record: dict[str, Any]) -> Article:
    """The record as the library holds it."""
    return Article(
        pmid=record["pmid"],
        doi=record["doi"].lower() if record["doi"] else None,
        title=record["title"],
        authors=tuple(Author(family=family, initials=initials or None) for family, initials in _names(record)),
        journal=record["iso_abbrev"] or record["journal"],
        journal_title=record["journal"],
        year=int(record["year"]),
        volume=record["volume"],
        issue=record["issue"],
        pages=_pages(record),
    )


def written(record: dict[str, Any], rng: random.Random) -> Written:
    """What a reference to a record says, with everything that a writer may choose chosen at random."""
    names = _names(record)
    some = rng.choice([3, 6]) if rng.random() < 0.5 else len(names)
    return Written(
        authors=names[:some],
        et_al=some < len(names),
        title=record["title"],
        journal=record["journal"] if rng.random() < 0.5 or not record["iso_abbrev"] else record["iso_abbrev"],
        year=record["year"],
        volume=record["volume"],
        issue=record["issue"],
        pages=_pages(record),
        pmid=record["pmid"] if rng.random() < 0.4 else None,
        doi=record["doi"] if rng.random() < 0.4 else None,
    )


def cases(records: Sequence[dict[str, Any]]) -> Iterator[Case]:
    """Every reference that is checked: true, harmlessly changed, altered."""
    for number, record in enumerate(records):
        rng = random.Random(record["pmid"])
        if not record["authors"]:
            continue
        for style in rng.sample(STYLES, TRUE_STYLES):
            yield _case("as it is", True, style, written(record, rng), record)
        for kind, change in HARMLESS.items():
            style = rng.choice(STYLES)
            if changed := change(written(record, rng)):
                yield _case(kind, True, style, changed, record)
        other = written(records[(number * 7 + 1) % len(records)], rng)
        full = {
            "doi": records[(number * 7 + 1) % len(records)]["doi"],
            "pmid": records[(number * 7 + 1) % len(records)]["pmid"],
        }
        for kind, alter in ALTERATIONS.items():
            style = rng.choice([s for s in STYLES if not (kind == "issue" and s in ISSUELESS)])
            given = written(record, rng)
            if kind.startswith(("DOI", "PMID")):
                given = given.__class__(**{**given.__dict__, "doi": record["doi"], "pmid": record["pmid"]})
                that = other.__class__(**{**other.__dict__, **full})
            else:
                that = other
            same = kind == "journal replaced" and same_name(given.journal, that.journal)
            altered = alter(given, that, rng) if that.title != given.title and not same else None
            if altered:
                yield _case(kind, False, style, altered, record)


def _case(kind: str, true: bool, style: Style, what: Written, record: dict[str, Any]) -> Case:
    return Case(kind, true, style.__name__, style(what), record["pmid"])


def checked(found: Sequence[Case], library: Library) -> Iterator[tuple[Case, CheckedReference]]:
    """Each case with what the check says of it, read as a file of one reference."""
    for case in found:
        citations = read_references(case.text, f"case.{case.style}")
        (outcome, *more) = check_references(citations, library, None)
        if more:
            outcome = CheckedReference(
                input=case.text, status=RefStatus.UNCHECKED, suggestion="read as several references"
            )
        yield case, outcome


def flagged(case: Case, outcome: CheckedReference) -> bool:
    """True where the check does not call the reference right."""
    return outcome.status is not RefStatus.MATCH or outcome.id != case.key


class Tally(NamedTuple):
    """What the check made of the references of one half: by (true, kind), by (true, status), and where it was wrong."""

    records: int
    total: Counter[tuple[bool, str]]
    flagged: Counter[tuple[bool, str]]
    statuses: Counter[tuple[bool, str]]
    wrong: list[str]
    seconds: float

    def kinds(self, true: bool) -> list[str]:
        """The kinds of true references, or of altered ones."""
        return [kind for that, kind in self.total if that is true]

    def share(self, true: bool) -> tuple[int, int]:
        """How many of them were flagged, of how many."""
        kinds = self.kinds(true)
        return sum(self.flagged[true, kind] for kind in kinds), sum(self.total[true, kind] for kind in kinds)


def tally(records: Sequence[dict[str, Any]], number: int) -> Tally:
    """Check every reference of one half against a library that holds the records of both."""
    mine = [record for record in records if half(record["pmid"]) == number]
    done = Tally(len(mine), Counter(), Counter(), Counter(), [], 0.0)
    with tempfile.TemporaryDirectory() as place, Library(Path(place) / "library.sqlite") as library:
        library.add((Record(article(record), b"") for record in records), fetched_at=date(2026, 1, 1))
        found = list(cases(mine))
        start = time.perf_counter()
        for case, outcome in checked(found, library):
            done.total[case.true, case.kind] += 1
            hit = flagged(case, outcome)
            done.flagged[case.true, case.kind] += hit
            done.statuses[case.true, outcome.status.value] += 1
            if hit == case.true:
                said = "; ".join(f"{d.field}: {d.given} -> {d.found}" for d in outcome.differences)
                done.wrong.append(
                    f"  {case.kind} [{case.style}] {case.key} {outcome.status.value} {outcome.id}: {said}"
                    f"\n    {case.text}"
                )
    return done._replace(seconds=time.perf_counter() - start)


def measure(records: Sequence[dict[str, Any]], number: int, misses: bool) -> str:
    """The table of one half."""
    done = tally(records, number)
    told = "the rules were written on it" if number == DEVELOPED_ON else "unseen"
    lines = [f"half {number} ({told}): {done.records} records"]
    for true, title, word in ((False, "alteration", "flagged"), (True, "true reference", "flagged wrongly")):
        lines.append(f"{title:<32} {'n':>6} {word:>16}")
        for kind in done.kinds(true):
            n, k = done.total[true, kind], done.flagged[true, kind]
            lines.append(f"  {kind:<30} {n:>6} {k:>6}  {k / n:>8.2%}")
        k, n = done.share(true)
        lines.append(f"  {'all':<30} {n:>6} {k:>6}  {k / n:>8.2%}")
        lines.append("  said: " + ", ".join(f"{s} {c}" for (that, s), c in done.statuses.most_common() if that is true))
    n = done.total.total()
    lines.append(f"{n} references in {done.seconds:.1f} s ({n / done.seconds:.0f} a second)")
    return "\n".join([*lines, *(done.wrong if misses else ())])


AIMS = (
    ("altered references flagged", False, "≥ 99.5 %"),
    ("true references flagged", True, "≤ 0.5 %"),
)


def rows() -> list[Row]:
    """The figures of the half that was not read."""
    if not RECORDS.is_file():
        return [unmeasured(what, MISSING, target) for what, _, target in AIMS]
    done = tally(load(RECORDS), REPORTED)
    return [share_row(what, *done.share(true), target, digits=2) for what, true, target in AIMS]


def main(arguments: Sequence[str]) -> int:
    """Print the table of the half that is reported, or of the one named; status 2 where the records are missing."""
    number = int(arguments[arguments.index("--half") + 1]) if "--half" in arguments else REPORTED
    named = [Path(word) for word in arguments if word.endswith(".jsonl")]
    path = named[0] if named else RECORDS
    if not path.is_file():
        print("error: no records to measure on\nhint: name a file, or put it at ../shared/bench", file=sys.stderr)
        return 2
    print("references, true and altered")
    print(measure(load(path), number, "--misses" in arguments))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
