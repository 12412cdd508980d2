"""What NLM's update files bring to a night."""

from __future__ import annotations

import io
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path

from pipeline.refresh.gathering import Gathered, Sieve, Sought, errata_of
from pipeline.refresh.memory import Memory
from pipeline.sources.collect import Progress
from pipeline.sources.library import Library
from pipeline.sources.pubmed_xml import Record, records
from pipeline.sources.update_files import md5_of, wanted_records

FILE_BATCH = 200  # records of an update file that are looked at together


def by_files(
    paths: Sequence[Path], watched: Collection[str], memory: Memory, library: Library, today: date, progress: Progress
) -> Sought:
    """What some update files of NLM say of the records of profiles.

    The files are taken in the order of their names, which is that of time. Raises FormatError for a damaged one, or one
    that does not match its .md5; nothing of it is kept.
    """
    gathered, wanted, read = Gathered(), memory.numbers(), 0
    sieve = Sieve(memory, library, watched, gathered, today)
    notes = []
    for number, path in enumerate(sorted(paths, key=lambda path: path.name)):
        progress(f"reading {path.name}", number, len(paths))
        deleted, news = list[str](), list[Record]()
        for part in _parts(wanted_records(path, wanted, deleted), FILE_BATCH):
            parsed = [record for raw in part for record in records(io.BytesIO(raw))]
            read += len(parsed)
            news += sieve.judge(parsed)
        if md5_of(path) is None:
            notes.append(f"{path.name} was not held against a checksum: there is no {path.name}.md5 beside it")
        library.add(news, fetched_at=today)
        gathered.gone |= {key: "deleted by NLM" for key in deleted if int(key) in wanted}
    gathered.errata = library.get(errata_of(gathered))
    gathered.rests = memory.rests()
    notes.append("update files tell of known records only: what is new was not asked")
    return Sought(gathered, read, 0, (), tuple(notes))


def _parts(raw: Iterable[bytes], size: int) -> Iterator[list[bytes]]:
    part: list[bytes] = []
    for one in raw:
        part.append(one)
        if len(part) == size:
            yield part
            part = []
    if part:
        yield part
