"""The nightly job over thousands of profiles: requests, time and memory, over the API and over an update file.

`python -m bench nights [--profiles 1000] [--references 40] [--file pubmed20n0014.xml.gz]`. Two worlds are made in a
temporary directory, each with as many profiles as asked. In the one a loopback E-utilities serves invented records. In
the other the profiles cite real records of an NLM file, as many as a day's update would touch; without `--file` that
half is left out.
"""

from __future__ import annotations

import argparse
import io
import json
import random
import sys
import tempfile
import time
import zlib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from eutils_server import EutilsServer, article_xml

from bench.commands import ROOT, process
from bench.rows import Row
from pipeline.models.compound import Compound
from pipeline.models.profile import FOOTER, Claim, Profile, Provenance, Quotation, Reference, Section
from pipeline.models.sources import Article
from pipeline.profiles import Sources, claim_hash, reference_of
from pipeline.render.starter import starter
from pipeline.sources.pubmed_xml import Record, open_file, records

PROFILES, EACH = 300, 40  # of the night in the table
SHARE = 0.001  # of the citations that a day's file holds: 30,000 records of 38 million
RUN = """
import json, sys, time
start = time.perf_counter()
from datetime import date
from pathlib import Path
from pipeline.config import settings
from pipeline.refresh.run import refresh
if not sys.argv[1:]:
    from pipeline.sources.entrez import PubMed
    PubMed.__init__.__kwdefaults__["rate"] = 100_000.0
night = refresh(settings(), updates=[Path(p) for p in sys.argv[1:]], today=date(2026, 11, 2), progress=lambda *_: None)
told = {"items": len(night.items), "failed": len(night.failed), "read": night.read, "requests": night.requests}
print(json.dumps({**told, "seconds": time.perf_counter() - start}))
"""


def profile_files(place: Path, number: int, references: list[Reference]) -> None:
    """Write a profile that quotes the title of each of its references."""
    slug = f"compound-{number:05}"
    claims = []
    for reference in references:
        title = reference.article.title if reference.article else ""
        quotation = Quotation(id=f"{reference.key}:0", text=title)
        claim = Claim(id=f"overview/{reference.key}-result", text=f"“{title}”", evidence=(quotation,))
        claims.append(claim.model_copy(update={"drafted": claim_hash(claim.text, [quotation.id])}))
    profile = Profile(
        name=slug,
        slug=slug,
        provenance=Provenance(
            drafter="extractive", version="0", date=date(2026, 11, 1), records=len(claims), synopses=0
        ),
        sections=(Section(id="overview", title=slug, claims=tuple(claims)),),
        footer=FOOTER,
    )
    directory = place / "profiles" / slug
    directory.mkdir(parents=True)
    (directory / "compound.yaml").write_text(starter(Compound(name=slug, slug=slug)), "utf-8")
    sources = Sources(sources=tuple(references))
    for name, value in (("profile", profile), ("sources", sources)):  # JSON is YAML, and 50 times as quick to write
        (directory / f"{name}.yaml").write_text(value.model_dump_json(exclude_defaults=True), "utf-8")


def night(place: Path, *files: Path, **environment: str) -> dict[str, float]:
    """A night in a process of its own: what it came to, its seconds with all of Python's start, and its memory."""
    here = {"PYTHONPATH": str(ROOT), "MONOGRAPH_LIBRARY": str(place / ".library" / "library.sqlite")}
    ran = process([sys.executable, "-c", RUN, *map(str, files)], place, **here, **environment)
    if ran.status:
        raise RuntimeError(ran.said.strip())
    return {**json.loads(ran.said.splitlines()[-1]), "whole": ran.seconds, "megabytes": ran.megabytes}


class Quick(EutilsServer):
    """A server whose searches find nothing, so that it is not what is measured."""

    def esearch(self, parameters: dict[str, str]) -> tuple[int, str]:
        return 200, ("<eSearchResult><Count>0</Count><RetMax>0</RetMax><RetStart>0</RetStart><IdList/></eSearchResult>")


class Night(NamedTuple):
    """A night over the API: what it came to, the requests it made, and the fewest that would do."""

    done: dict[str, float]
    requests: int
    fewest: int

    @property
    def as_computed(self) -> bool:
        """True where no request was too many, nothing failed and nothing was found that is not there."""
        return self.requests == self.fewest and not self.done["items"] and not self.done["failed"]


def over_the_api(profiles: int, each: int, place: Path) -> Iterator[Night]:
    """The first night, which reads every profile, and the same again."""
    pool = [str(80_000_000 + number) for number in range(max(profiles, each))]
    xmls = {pmid: article_xml(pmid, f"Paper {pmid}", [(None, f"Abstract of paper {pmid}.")]) for pmid in pool}
    known = {r.article.key: reference_of(r.article) for xml in xmls.values() for r in parsed(xml)}
    choice = random.Random(1)
    used: set[str] = set()
    for number in range(profiles):
        keys = sorted(choice.sample(pool, each))
        used.update(keys)
        profile_files(place, number, [known[key] for key in keys])
    with Quick(xmls.values()) as server:
        surroundings = {"NCBI_EMAIL": "bench@example.org", "MONOGRAPH_ENTREZ_URL": server.url}
        surroundings["MONOGRAPH_OPENFDA_URL"] = "http://127.0.0.1:9"
        fewest = profiles + -(-len(used) // 200)
        for _ in range(2):
            server.requests.clear()
            yield Night(night(place, **surroundings), len(server.requests), fewest)


def rows() -> list[Row]:
    """The requests and the time of a quiet night over a few hundred profiles."""
    with tempfile.TemporaryDirectory() as made:
        _, quiet = over_the_api(PROFILES, EACH, Path(made))
    size = f"{PROFILES} profiles with {EACH} references each, {int(quiet.done['read']):,} papers; nothing new"
    requests = Row(
        "nightly requests",
        f"{quiet.requests}",
        f"computed: {quiet.fewest}",
        quiet.requests / quiet.fewest,
        "as computed",
        quiet.as_computed,
        f"{size}; computed: one search a profile and one request for 200 papers",
    )
    own = f"{quiet.done['megabytes']:.0f} MB; NCBI's limits come on top, 0.4 s a request without a key"
    return [requests, Row("the same night, own work", f"{quiet.done['whole']:.1f} s", "", None, "", None, own)]


def over_a_file(profiles: int, each: int, file: Path, place: Path) -> int:
    choice = random.Random(2)
    inside: list[Reference] = []
    with open_file(file) as stream:
        for number, record in enumerate(records(stream, keep_xml=False)):
            if number % 100 == 0:
                inside.append(reference_of(record.article))
    elsewhere = reference_of(Article(pmid="1", title="A paper that is in no file", abstract=()))
    for number in range(profiles):
        found = []
        for place_in_list in range(each):
            if choice.random() < SHARE:
                found.append(choice.choice(inside))
            else:
                pmid = str(90_000_000 + number * each + place_in_list)
                article = elsewhere.article.model_copy(update={"pmid": pmid}) if elsewhere.article else None
                found.append(elsewhere.model_copy(update={"key": pmid, "article": article}))
        profile_files(place, number, list({reference.key: reference for reference in found}.values()))
    start = time.perf_counter()
    size = decompressed(file)
    plain = time.perf_counter() - start
    print(f"  plain decompression of {file.name} ({size / 2**20:.0f} MB): {plain:.2f} s")
    night(place, file)  # reads every profile
    for _ in range(3):
        start = time.perf_counter()
        decompressed(file)
        plain = time.perf_counter() - start
        done = night(place, file)
        tell("a night", done, f"{done['whole'] / plain:.2f} times plain decompression ({plain:.2f} s)")
    return 0


def decompressed(file: Path) -> int:
    """The size of a .gz, decompressed as plainly as Python can."""
    size, member = 0, zlib.decompressobj(31)
    with file.open("rb") as stream:
        while chunk := stream.read(2**17):
            size += len(member.decompress(chunk))
    return size


def parsed(xml: str) -> list[Record]:
    return list(records(io.BytesIO(f"<PubmedArticleSet>{xml}</PubmedArticleSet>".encode())))


def tell(name: str, done: dict[str, float], more: str) -> None:
    said = f"{done['read']:,} records read, {done['items']} items, {done['whole']:.2f} s, {done['megabytes']:.0f} MB"
    print(f"  {name}: {said}; {more}")


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench nights")
    parser.add_argument("--profiles", type=int, default=1_000)
    parser.add_argument("--references", type=int, default=40)
    parser.add_argument("--file", type=Path)
    parser.add_argument("--only", choices=["api", "file"])
    given = parser.parse_args(arguments)
    status = 0
    print(f"{given.profiles:,} profiles with {given.references} references each")
    with tempfile.TemporaryDirectory() as made:
        names = ("first night, which reads every profile", "the same night again")
        if given.only != "file":
            for name, one in zip(
                names, over_the_api(given.profiles, given.references, Path(made) / "api"), strict=True
            ):
                tell(name, one.done, f"{one.requests:,} requests, {one.fewest:,} computed")
                status = max(status, int(not one.as_computed))
        if given.file and given.only != "api":
            status = max(
                status, over_a_file(given.profiles, given.references, given.file.resolve(), Path(made) / "file")
            )
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
