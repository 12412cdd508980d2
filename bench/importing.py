"""NLM's files imported into a library, which is then searched, and references held against it.

`python -m bench.importing [FOLDER]`. The import is a process of its own, measured once, with its start and those of its
workers; searches and references are of records drawn at random, and a search of each is for four words of its title.
"""

from __future__ import annotations

import json
import random
import re
import resource
import sqlite3
import statistics
import sys
import tempfile
import time
from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from bench.commands import Ran, python
from bench.package import nlm_files
from bench.reference_styles import STYLES
from bench.references import written
from bench.rows import Row
from pipeline.models.references import CheckedReference, RefStatus
from pipeline.models.sources import Article
from pipeline.references.formats import read_references
from pipeline.references.matching import check_references
from pipeline.sources.files import import_files
from pipeline.sources.library import Library
from pipeline.workers import opened

REFERENCES, SEARCHES = 1_000, 200
PROCESSES = 2
_WORD = re.compile(r"(?<!\w)[^\W\d_]{5,}(?!\w)")


def child(folder: str, library: str) -> None:
    """Import a folder in this process, and tell the records and the most memory held, in MB."""
    with opened(PROCESSES) as workers:
        outcomes = import_files(
            sorted(Path(folder).glob("*.xml.gz")), Path(library), date.today(), lambda *_: None, workers
        )
    own, others = (resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    print(json.dumps([sum(sum(one.added) for one in outcomes), (own + PROCESSES * others) / 1024]))


def imported(folder: Path, library: Path) -> tuple[int, float, Ran]:
    """The records of a folder, the memory of their import in MB, and its process."""
    ran = python(f"from bench.importing import child; child({str(folder.resolve())!r}, {str(library)!r})")
    count, megabytes = json.loads(ran.said)
    return count, megabytes, ran


def drawn(library: Path, number: int) -> list[Article]:
    """Some records that a reference can be written of, at random, always the same."""
    with sqlite3.connect(library) as db:
        keys = [key for (key,) in db.execute("SELECT key FROM record ORDER BY key")]
    random.Random(7).shuffle(keys)
    with Library(library) as held:
        found = (held.get([key])[key] for key in keys)
        fit = (a for a in found if a.pmid and a.year and a.volume and a.journal and a.authors and a.authors[0].family)
        return [article for article, _ in zip(fit, range(number), strict=False)]


def searches(articles: list[Article], library: Path) -> list[float]:
    """The milliseconds of each search for four words of a title, which finds its record and maybe others."""
    took = []
    with Library(library) as held:
        for article in articles:
            words = list(dict.fromkeys(_WORD.findall(article.title)))
            if len(words) < 4:
                continue
            query = " ".join(random.Random(article.key).sample(words, 4))
            start = time.perf_counter()
            hits = held.search(query)
            took.append(1000 * (time.perf_counter() - start))
            if not hits:
                raise RuntimeError(f"'{query}' does not find {article.key}")
    return took


def verified(articles: list[Article], library: Path) -> tuple[float, list[tuple[str, CheckedReference]]]:
    """The seconds in which a reference to each is read and checked, two in three without an identifier, and what of."""
    texts = []
    for article in articles:
        chance = random.Random(article.key)
        reference = written(_said(article), chance)
        if chance.random() < 2 / 3:
            reference = replace(reference, pmid=None, doi=None)
        style = chance.choice(STYLES)
        texts.append((style(reference), f"case.{style.__name__}"))
    start = time.perf_counter()
    with Library(library) as held:
        citations = [citation for text, name in texts for citation in read_references(text, name)]
        outcomes = check_references(citations, held, None)
    seconds = time.perf_counter() - start
    if len(outcomes) != len(articles):
        raise RuntimeError(f"{len(outcomes)} references were read of {len(articles)}")
    return seconds, list(zip((article.key for article in articles), outcomes, strict=True))


def _said(article: Article) -> dict[str, Any]:
    """A record as the benchmark of references takes it."""
    first, _, last = (article.pages or "").partition("-")
    return {
        "pmid": article.pmid,
        "doi": article.doi,
        "title": article.title,
        "authors": [f"{author.family} {author.initials or ''}" for author in article.authors if author.family],
        "iso_abbrev": article.journal,
        "journal": article.journal_title or article.journal,
        "year": str(article.year),
        "volume": article.volume,
        "issue": article.issue,
        "fpage": first,
        "lpage": last or None,
        "elocation_id": None,
    }


def rows(folder: Path) -> list[Row]:
    """The lines of the table, for all .xml.gz files of a folder."""
    with tempfile.TemporaryDirectory() as made:
        library = Path(made) / "library.sqlite"
        count, megabytes, ran = imported(folder, library)
        articles = drawn(library, REFERENCES)
        took = searches(articles[:SEARCHES], library)
        checking, outcomes = verified(articles, library)
        size = library.stat().st_size / 2**20
    statuses = Counter(outcome.status for _, outcome in outcomes)
    right = sum(outcome.status is RefStatus.MATCH and outcome.id == key for key, outcome in outcomes)
    return [
        Row(
            f"import of {count:,} records, {PROCESSES} processes that parse",
            f"{ran.seconds:.1f} s, {count / ran.seconds:,.0f} records/s, {megabytes:.0f} MB",
            "",
            None,
            "≤ 20 s",
            ran.seconds <= 20,
            f"one run; memory of all {PROCESSES + 1} processes; a library of {size:.0f} MB; "
            f"{ran.cores:.0f} s of all cores",
        ),
        Row(
            f"search for four words among {count:,} records",
            f"{statistics.median(took):.1f} ms",
            "",
            None,
            "",
            None,
            f"median of {len(took)} searches, words of one title each; the slowest {max(took):.0f} ms",
        ),
        Row(
            f"{REFERENCES:,} references held against {count:,} records",
            f"{checking:.1f} s",
            "",
            None,
            "≤ 60 s",
            checking <= 60,
            f"{right:,} match their record; {', '.join(f'{s.value} {n}' for s, n in statuses.most_common())}",
        ),
    ]


if __name__ == "__main__":
    for row in rows(Path(sys.argv[1]) if sys.argv[1:] else nlm_files()):
        print(row)
