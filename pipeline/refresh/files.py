"""What NLM's update files bring to a night."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from pipeline.refresh.gathering import Gathered, Sieve, Sought, Tonight, errata_of
from pipeline.sources.pubmed_xml import Record, records
from pipeline.sources.update_files import md5_of, wanted_records

FILE_BATCH = 200  # records of an update file that are looked at together


def by_files(tonight: Tonight, paths: Sequence[Path]) -> Sought:
    """What some update files of NLM say of the records of profiles.

    The files are taken in the order of their names, which is that of time. Raises FormatError for a damaged one, or one
    that does not match its .md5; nothing of it is kept.
    """
    gathered, wanted, read = Gathered(), tonight.memory.numbers(), 0
    sieve = Sieve(tonight, gathered)
    notes = []
    for number, path in enumerate(sorted(paths, key=lambda path: path.name)):
        tonight.progress(f"reading {path.name}", number, len(paths))
        deleted, news = list[str](), list[Record]()
        for part in _parts(wanted_records(path, wanted, deleted), FILE_BATCH):
            parsed = [record for raw in part for record in records(io.BytesIO(raw))]
            read += len(parsed)
            news += sieve.judge(parsed)
        if md5_of(path) is None:
            notes.append(f"{path.name} was not held against a checksum: there is no {path.name}.md5 beside it")
        tonight.library.add(news, fetched_at=tonight.today)
        for key in deleted:
            if int(key) in wanted:
                gathered.forget(key)
                gathered.gone[key] = "deleted by NLM"
    gathered.errata = tonight.library.get(errata_of(gathered))
    gathered.rests = tonight.memory.rests()
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
