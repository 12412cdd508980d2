"""Study design on real records whose publication types are hidden, against the design that PubMed tags.

Only records with a tag that names one design are counted. The tags are not the truth (some are wrong, and the weaker
of two witnesses is meant to win), so a disagreement is a place to look, not always an error.

    python -m bench designs [FILE.xml[.gz] ...]
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from bench.rows import MISSING, Row, share_row, unmeasured
from pipeline.evidence import evidence_of
from pipeline.models.sources import Article
from pipeline.models.studies import CASES, OBSERVED, Design
from pipeline.sources.files import read_records
from pipeline.studies.designs import design_of

SHARED = Path(__file__).resolve().parents[2] / "shared" / "pubmed"
# What each tag says, most specific first, and which answers of the rules agree with it.
TAGS: tuple[tuple[str, set[Design]], ...] = (
    ("Clinical Trial Protocol", {Design.PROTOCOL}),
    ("Meta-Analysis", {Design.META_ANALYSIS}),
    ("Systematic Review", {Design.SYSTEMATIC_REVIEW, Design.META_ANALYSIS}),
    ("Review", {Design.REVIEW, Design.SYSTEMATIC_REVIEW, Design.META_ANALYSIS}),
    ("Randomized Controlled Trial", {Design.RANDOMISED}),
    ("Case Reports", set(CASES)),
    ("Observational Study", {*OBSERVED, Design.CASE_SERIES}),
    ("Published Erratum", {Design.NOTICE}),
    ("Retraction of Publication", {Design.NOTICE}),
)
NOTICES = {"Published Erratum", "Retraction of Publication"}
INFLATED = "weaker papers taken for a randomised trial or meta-analysis"
STRONG = {Design.META_ANALYSIS, Design.RANDOMISED}


def files() -> list[Path]:
    """The shared PubMed files."""
    return [
        path
        for path in sorted(SHARED.rglob("*.xml"))
        if path.name.startswith(("pubmed", "nlm", "corr")) or path.stem.isdigit()
    ]


def articles(paths: Sequence[Path]) -> Iterator[Article]:
    """Each article once, by PMID; files without PubMed records are passed over."""
    seen: set[str] = set()
    for path in paths:
        for record in read_records(path):
            if record.article.kind == "article" and record.article.key not in seen:
                seen.add(record.article.key)
                yield record.article


class Tally(NamedTuple):
    """What each tag was taken for, and how often a weaker paper was taken for a strong one."""

    took: dict[str, Counter[Design]]
    inflated: int

    @property
    def total(self) -> int:
        """All papers that were judged."""
        return sum(count.total() for count in self.took.values())

    @property
    def right(self) -> int:
        """Those whose tag the rules agree with."""
        return sum(agreed(name, self.took[name]) for name in self.took)

    @property
    def unstated(self) -> int:
        """Those of which the rules say that no design is stated."""
        return sum(count[Design.UNCLEAR] for count in self.took.values())


def agreed(tag: str, took: Counter[Design]) -> int:
    """How many answers agree with a tag."""
    return sum(took[design] for design in dict(TAGS)[tag])


def tally(paths: Sequence[Path]) -> Tally:
    """The design of each tagged paper of some files, its tag hidden."""
    took: dict[str, Counter[Design]] = {}
    inflated = 0
    for article in articles(paths):
        if not article.abstract and not {"Published Erratum", "Retraction of Publication"} & set(
            article.publication_types
        ):
            continue
        tag = next(((name, fits) for name, fits in TAGS if name in article.publication_types), None)
        if tag is None:
            continue
        hidden = Article(**article.model_dump(exclude={"publication_types", "notices"}))
        design = design_of(hidden, evidence_of(hidden)).design.value
        took.setdefault(tag[0], Counter())[design] += 1
        inflated += design in STRONG and design not in tag[1]
    return Tally(took, inflated)


def measure(paths: Sequence[Path]) -> str:
    """The table of agreement by tag, and how often a weaker paper was taken for a strong one."""
    done = tally(paths)
    n = done.total
    if not n:
        return "no tagged record was found: nothing was measured"
    lines = [f"{'tag in PubMed (hidden)':<28} {'n':>5} {'agree':>7}   other answers"]
    for name, fits in TAGS:
        if took := done.took.get(name):
            others = [f"{word} {k}" for word, k in took.most_common() if word not in fits]
            said = ", ".join(others[:4])
            lines.append(f"{name:<28} {took.total():>5} {agreed(name, took) / took.total():>7.1%}   {said}")
    lines.append(f"{'all':<28} {n:>5} {done.right / n:>7.1%}")
    lines.append(f"{INFLATED}: {done.inflated} of {n} ({done.inflated / n:.1%})")
    lines.append(f"design not stated: {done.unstated} of {n} ({done.unstated / n:.1%})")
    return "\n".join(lines)


def rows() -> list[Row]:
    """The figures on the shared records."""
    what = "study design agrees with PubMed's tag, which is hidden"
    if not (paths := files()):
        return [unmeasured(what, MISSING)]
    done = tally(paths)
    return [share_row(what, done.right, done.total), share_row(INFLATED, done.inflated, done.total)]


def main(arguments: Sequence[str]) -> int:
    """Print the table; status 2 where there is nothing to measure on."""
    paths = [Path(a) for a in arguments] or files()
    if not paths:
        print(
            "error: no PubMed records to measure on\nhint: name files, or put them at ../shared/pubmed", file=sys.stderr
        )
        return 2
    print("study design, publication types hidden")
    print(measure(paths))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
