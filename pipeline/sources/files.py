"""Records from files that people have: PubMed XML, plain or compressed, and NBIB."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from pipeline.errors import FormatError, SourceError
from pipeline.identifiers import parse_doi, parse_pmid
from pipeline.models.sources import Article
from pipeline.sources import nbib, pubmed_xml
from pipeline.sources.collect import Progress
from pipeline.sources.library import Added, Library
from pipeline.sources.pubmed_xml import Record

STEP = 500  # records between two words on progress


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


def import_files(files: Sequence[Path], library: Path, today: date, progress: Progress) -> Added:
    """Add the records of some files to the library; whole batches stay when a later record or file is at fault."""
    total = Added()

    def counted(path: Path) -> Iterator[Record]:
        for number, record in enumerate(read_records(path), 1):
            if number % STEP == 0:
                progress(f"importing {path.name}", number, 0)
            yield record

    with Library(library) as held:
        for path in files:
            added = held.add(counted(path), fetched_at=today)
            total = Added(*(sum(pair) for pair in zip(total, added, strict=True)))
    return total


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
