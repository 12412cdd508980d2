"""Records from files that people have: PubMed XML, plain or compressed, and NBIB."""

from __future__ import annotations

import zlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from itertools import chain, groupby, islice
from pathlib import Path
from typing import NamedTuple, TypeVar

from pipeline.errors import FormatError, SourceError
from pipeline.identifiers import parse_doi, parse_pmid
from pipeline.models.sources import Article
from pipeline.sources import nbib, pubmed_xml
from pipeline.sources.collect import Progress
from pipeline.sources.library import Added, Library
from pipeline.sources.library_entries import Entry, entry
from pipeline.sources.pubmed_chunks import Chunk, chunks, parsed
from pipeline.sources.pubmed_xml import Record
from pipeline.workers import HERE, Done, Workers

W = TypeVar("W")
R = TypeVar("R")

SUFFIXES = (".xml", ".xml.gz", ".nbib")
STEP = 500  # records between two words on progress
_BATCH = 2_000  # records stored at once, some ten megabytes
_WAITING = 32  # results, of a megabyte at most, that wait for one before them


class Imported(NamedTuple):
    """What came of a file: what was added, and the fault that it has behind that."""

    path: Path
    added: Added
    fault: FormatError | None = None


def read_records(path: Path) -> Iterator[Record]:
    """The records of a file, in order; XML is told from NBIB by its first character.

    Raises FormatError naming the file where it is neither, is damaged or cannot be read; what came before a fault was
    yielded.
    """
    stream = pubmed_xml.open_file(path)
    try:
        with stream:
            start = stream.peek(64)[:64].lstrip(b"\xef\xbb\xbf \t\r\n") if hasattr(stream, "peek") else b"<"
            yield from pubmed_xml.records(stream) if start[:1] in (b"<", b"") else nbib.records(stream)
    except FormatError as error:
        raise FormatError(f"{path}: {error.message}", error.hint) from error
    except (OSError, EOFError, zlib.error) as error:  # the last two: a .gz that is damaged in its first bytes
        raise FormatError(
            f"{path} cannot be read: {getattr(error, 'strerror', None) or error}",
            "give the path of a PubMed XML or NBIB file",
        ) from error


def files_in(paths: Iterable[Path]) -> list[Path]:
    """`paths`, with the PubMed XML and NBIB files of a directory in its place, by name. Raises FormatError for none."""
    found: list[Path] = []
    for path in paths:
        inside = sorted(file for file in path.iterdir() if file.name.endswith(SUFFIXES)) if path.is_dir() else [path]
        if not inside:
            raise FormatError(f"{path} holds no file to import", f"one is called *{', *'.join(SUFFIXES)}")
        found += inside
    return found


def import_files(
    files: Sequence[Path], library: Path, today: date, progress: Progress, workers: Workers = HERE
) -> list[Imported]:
    """Add the records of some files to the library, in their order; `workers` parse them, this process writes.

    A fault in a file stops that file only: its records before the fault are stored, and so are all other files. Raises
    SourceError for a fault of the library or of the workers; whole batches stay.
    """
    outcomes: list[Imported] = []
    with Library(library) as held:
        for path, entries in _parsed(files, workers):
            faults: list[FormatError] = []
            added = held.store(_watched(entries, path.name, progress, faults), fetched_at=today, batch=_BATCH)
            outcomes.append(Imported(path, added, *faults))
    return outcomes


def fault_of(outcomes: Sequence[Imported]) -> FormatError | None:
    """The fault of the files together: that of the only one at fault, or those of all in one sentence."""
    faults = [one.fault for one in outcomes if one.fault]
    if len(faults) < 2:
        return faults[0] if faults else None
    said = "; ".join(fault.message for fault in faults)
    return FormatError(f"{len(faults)} of {len(outcomes)} files are at fault: {said}", faults[0].hint)


def _watched(entries: Iterator[Entry], name: str, progress: Progress, faults: list[FormatError]) -> Iterator[Entry]:
    """`entries` up to their fault, which is appended to `faults`."""
    try:
        for number, one in enumerate(entries, 1):
            if number % STEP == 0:
                progress(f"importing {name}", number, 0)
            yield one
    except FormatError as error:
        faults.append(error)


class _Part(NamedTuple):
    """What a chunk of one of the files holds; None where it, and what follows, has to be read with more care."""

    place: int
    entries: list[Entry] | None


def _part(work: tuple[int, Chunk | None]) -> _Part:
    place, chunk = work
    records = None if chunk is None else parsed(chunk)
    return _Part(place, None if records is None else list(map(entry, records)))


def _parsed(files: Sequence[Path], workers: Workers) -> Iterator[tuple[Path, Iterator[Entry]]]:
    """Each file with its records, which are gone when the next one comes."""
    works = ((place, chunk) for place, path in enumerate(files) for chunk in chunks(path))
    named = ((f"{files[work[0]]}, chunk {number}", work) for number, work in enumerate(works, 1))
    for place, parts in groupby(_in_order(workers, _part, named), lambda part: part.place):
        yield files[place], _entries(files[place], parts)


def _entries(path: Path, parts: Iterator[_Part]) -> Iterator[Entry]:
    given = 0
    for part in parts:
        if part.entries is None:
            yield from map(entry, islice(read_records(path), given, None))
            return
        yield from part.entries
        given += len(part.entries)


def _in_order(workers: Workers, task: Callable[[W], R], works: Iterator[tuple[str, W]]) -> Iterator[R]:
    """The results in the order of the works. Where too many wait for one, nothing is handed out until that one came."""
    order: deque[str] = deque()
    waiting: dict[str, Done[R]] = {}

    def handed(work: tuple[str, W]) -> Iterator[tuple[str, W]]:
        for key, one in chain((work,), works):
            order.append(key)
            yield key, one
            if len(waiting) >= _WAITING:
                return

    for work in works:
        for done in workers.run(task, handed(work)):
            waiting[done.key] = done
            while order and order[0] in waiting:
                yield waiting.pop(order.popleft()).value()


def one(key: str, library: Path) -> Article:
    """One record by PMID or DOI. Raises SourceError where the library does not hold it."""
    wanted = parse_pmid(key) or parse_doi(key)
    if wanted is None:
        raise SourceError(f"'{key}' is neither a PMID nor a DOI", "give a PMID such as 17222320, or a DOI")
    with Library(library) as held:
        found = held.get([wanted])
    if wanted not in found:
        raise SourceError(
            f"the library holds no record {wanted}", "import it from a file, or draft a profile that fetches it"
        )
    return found[wanted]
