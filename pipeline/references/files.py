"""References from a file: what is no text, is too large or cannot be read says so in two lines."""

from __future__ import annotations

from pathlib import Path

from pipeline.errors import FormatError
from pipeline.models.references import Citation
from pipeline.references.formats import read_references

LARGEST = 32 * 2**20  # bytes; 10,000 BibTeX entries with their abstracts have about 25 MB
_BINARY = (b"%PDF-", b"PK\3\4", b"\xd0\xcf\x11\xe0", b"\x1f\x8b", b"{\\rtf")
_FORMATS = "give a file of references: text, BibTeX, RIS, NBIB or CSL-JSON"


def read_file(path: Path) -> tuple[Citation, ...]:
    """The references of a file, in order. Raises FormatError where it cannot be read, is no text, or holds none."""
    return read_references(_text(_bytes(path), path.name), path.name)


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


def _text(raw: bytes, name: str) -> str:
    """UTF-8, UTF-16 with its mark, else Windows-1252, in which older reference managers write."""
    try:
        if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
            return raw.decode("utf-16")
        if raw.startswith(_BINARY) or b"\0" in raw:
            raise FormatError(f"{name} is not a text file", _FORMATS)
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", "replace")
    if sum(ord(c) < 32 and c not in "\t\n\r\f" for c in text) + text.count("\ufffd") > len(text) / 100:
        raise FormatError(f"{name} is not text in UTF-8 or Windows-1252", "save it as UTF-8 text")
    return text
