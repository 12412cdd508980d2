"""PubMed XML parsed: ours in one process and in two, beside pubmed_parser, Bio.Entrez, and what no parser goes below.

`python -m bench.parsing [FOLDER]`. Each is measured in a process of its own, all in turn, three times over the same
files; a figure is the median. Ours ends with the text of each record's Article, from which it comes back whole.
"""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from bench.package import nlm_files, parser
from bench.rows import Row
from pipeline.sources.pubmed_chunks import Chunk, chunks, parsed
from pipeline.sources.update_files import wanted_records
from pipeline.workers import Here, Workers
from pipeline.workers.local import Local

ROUNDS = 3
BATCH, SLICE = 200, 2_000  # records that Bio.Entrez reads at once, and of how many in all
WANTED = 100_000
WHY = "both cores are busy throughout; building the elements, in C, is two fifths of the work, reading them the rest"
DOCTYPE = (
    b'<?xml version="1.0" ?>\n<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st January 2019//EN" '
    b'"https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_190101.dtd">\n'
)
PUBMED_PARSER = """
import json, resource, sys, time
from pathlib import Path
import pubmed_parser
start = time.perf_counter()
files = sorted(Path(sys.argv[1]).glob("*.xml.gz"))
count = sum(1 for path in files for _ in pubmed_parser.parse_medline_xml(str(path)))
seconds = time.perf_counter() - start
print(json.dumps([count, seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]))
"""


class Run(NamedTuple):
    """What one process did: its records or bytes, its seconds, and the most memory that it and its own held, in MB."""

    count: int
    seconds: float
    megabytes: float


def texts(chunk: Chunk) -> list[str]:
    """The records of a chunk as JSON."""
    return [record.article.model_dump_json(exclude_defaults=True) for record in parsed(chunk) or ()]


def _ours(files: list[Path], workers: Workers) -> int:
    works = ((f"{path} {number}", chunk) for path in files for number, chunk in enumerate(chunks(path)) if chunk)
    return sum(len(done.value()) for done in workers.run(texts, works))


def one(files: list[Path]) -> int:
    return _ours(files, Here())


def two(files: list[Path]) -> int:
    return _ours(files, Local(2))


def iterparse(files: list[Path]) -> int:
    import gzip
    from xml.etree.ElementTree import iterparse

    count = 0
    for path in files:
        with gzip.open(path) as stream:
            for _, element in iterparse(stream):
                if element.tag == "PubmedArticle":
                    count += 1
                    element.clear()
    return count


def with_zlib(files: list[Path]) -> int:
    import zlib

    return sum(_decompressed(path, zlib.decompressobj(31).decompress) for path in files)


def with_isal(files: list[Path]) -> int:
    from isal import isal_zlib

    return sum(_decompressed(path, isal_zlib.decompressobj(31).decompress) for path in files)


def _decompressed(path: Path, decompress: Callable[[bytes], bytes]) -> int:
    size = 0
    with path.open("rb") as stream:
        while block := stream.read(2**17):
            size += len(decompress(block))
    return size


def entrez(files: list[Path]) -> int:
    """The first records of a file, in replies as PubMed gives them."""
    from Bio import Entrez

    records: list[bytes] = []
    for chunk in chunks(files[0]):
        records += [record.xml for record in parsed(chunk) or ()] if chunk else []
        if len(records) >= SLICE:
            break
    bodies = [
        b"%b<PubmedArticleSet>%b</PubmedArticleSet>" % (DOCTYPE, b"\n".join(records[place : place + BATCH]))
        for place in range(0, SLICE, BATCH)
    ]
    global began
    began = time.perf_counter()
    return sum(len(Entrez.read(BytesIO(body))["PubmedArticle"]) for body in bodies)


def scan(files: list[Path]) -> int:
    wanted = range(10_000_000, 40_000_000, 30_000_000 // WANTED)
    held = frozenset(wanted)
    return sum(1 for path in files for _ in wanted_records(path, held, []))


began = 0.0
MEASURED: dict[str, Callable[[list[Path]], int]] = {
    job.__name__: job for job in (one, two, iterparse, with_zlib, with_isal, entrez, scan)
}


def child(name: str, folder: str) -> None:
    """Measure one of them, in this process."""
    global began
    began = time.perf_counter()
    count = MEASURED[name](sorted(Path(folder).glob("*.xml.gz")))
    seconds = time.perf_counter() - began
    own, others = (resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    print(json.dumps([count, seconds, (own + 2 * others) / 1024]))


def _run(command: list[str]) -> Run:
    here = Path(__file__).resolve().parents[1]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=here)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return Run(*json.loads(done.stdout))


def measure(folder: Path) -> dict[str, Run]:
    """The medians of all of them."""
    commands = {
        name: [sys.executable, "-c", f"from bench.parsing import child; child({name!r}, {str(folder.resolve())!r})"]
        for name in MEASURED
    }
    commands["pubmed_parser"] = [str(parser()), "-c", PUBMED_PARSER, str(folder.resolve())]
    runs: dict[str, list[Run]] = {name: [] for name in commands}
    for _ in range(ROUNDS):
        for name, command in commands.items():
            runs[name].append(_run(command))
    return {
        name: Run(those[0].count, *(statistics.median(run[place] for run in those) for place in (1, 2)))
        for name, those in runs.items()
    }


def rows(folder: Path) -> list[Row]:
    """The lines of the table, over all .xml.gz files of a folder."""
    runs = measure(folder)
    theirs, plain, iterated = runs["pubmed_parser"], runs["with_zlib"], runs["iterparse"]
    if not theirs.count == runs["one"].count == runs["two"].count:
        raise RuntimeError(f"not the same records: {runs}")

    def rate(name: str) -> str:
        run = runs[name]
        return f"{run.count / run.seconds:,.0f} records/s, {run.megabytes:.0f} MB"

    def beside(what: str, name: str, target: float | None, note: str) -> Row:
        ratio = (runs[name].count / runs[name].seconds) / (theirs.count / theirs.seconds)
        said = f"≥ {target:.0f} times" if target else ""
        met = ratio >= target if target else None
        return Row(what, rate(name), f"pubmed_parser 0.5.1: {rate('pubmed_parser')}", ratio, said, met, note)

    def times(what: str, name: str, other: Run, named: str, target: float | None, note: str) -> Row:
        ratio = runs[name].seconds / other.seconds
        said = f"≤ {target:.0f} times" if target else ""
        met = ratio <= target if target else None
        ours = f"{runs[name].seconds:.2f} s, {runs[name].megabytes:.0f} MB"
        return Row(what, ours, f"{named}: {other.seconds:.2f} s", ratio, said, met, note)

    sizes = f"{theirs.count:,} records, {plain.count / 2**20:,.0f} MB of XML"
    slice_rate = runs["entrez"].count / runs["entrez"].seconds
    return [
        beside("PubMed XML parsed, two processes", "two", 3, f"{sizes}; memory of all three processes; {WHY}"),
        beside("PubMed XML parsed, one process", "one", None, sizes),
        Row(
            "PubMed XML parsed, one process",
            rate("one"),
            f"Bio.Entrez.read: {rate('entrez')}",
            runs["one"].count / runs["one"].seconds / slice_rate,
            "",
            None,
            f"of Bio.Entrez a slice of {SLICE:,} records, {BATCH} at once",
        ),
        times("PubMed XML parsed, two processes", "two", iterated, "iterparse without reading a field", None, sizes),
        times("PubMed XML parsed, two processes", "two", plain, "decompression alone, zlib", None, sizes),
        times("decompression alone, isal", "with_isal", plain, "zlib", None, sizes),
        times(f"scan for {WANTED:,} PMIDs", "scan", plain, "decompression alone, zlib", 2, sizes),
        times(f"scan for {WANTED:,} PMIDs", "scan", runs["with_isal"], "decompression alone, isal", None, sizes),
        times(f"scan for {WANTED:,} PMIDs", "scan", iterated, "iterparse without reading a field", None, sizes),
        times(f"scan for {WANTED:,} PMIDs", "scan", theirs, "pubmed_parser 0.5.1", None, sizes),
    ]


if __name__ == "__main__":
    for row in rows(Path(sys.argv[1]) if sys.argv[1:] else nlm_files()):
        print(row)
