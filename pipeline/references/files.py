"""References from a file: what is no text, is too large or cannot be read says so in two lines."""

from __future__ import annotations

from pathlib import Path

from pipeline.errors import FormatError
from pipeline.models.references import Citation
from pipeline.references.formats import read_references
from pipeline.text import decoded

LARGEST = 32 * 2**20  # bytes; 10,000 BibTeX entries with their abstracts have about 25 MB
_FORMATS = "give a file of references: text, BibTeX, RIS, NBIB or CSL-JSON"


def read_file(path: Path) -> tuple[Citation, ...]:
    """The references of a file, in order. Raises FormatError where it cannot be read, is no text, or holds none."""
    text = decoded(_bytes(path))
    if text is None:
        raise FormatError(f"{path.name} is no text", _FORMATS)
    return read_references(text, path.name)


def _bytes(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise FormatError(f"{path} is a directory", _FORMATS)
        with path.open("rb") as file:  # a device or a pipe has no size that could be asked
            raw = file.read(LARGEST + 1)
    except (OSError, ValueError) as error:  # ValueError: a name with a null character
        raise FormatError(f"cannot read {path}: {getattr(error, 'strerror', None) or error}", _FORMATS) from error
    if len(raw) > LARGEST:
        raise FormatError(f"{path} has more than {LARGEST // 2**20} MB", "split it, and check its parts one by one")
    return raw
