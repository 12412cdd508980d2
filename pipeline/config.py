"""The settings of a run: the only reader of the environment, and the only place that knows where files lie."""

from __future__ import annotations

import os
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path

from pipeline.errors import ConfigError

MOST_PARALLEL = 512


@dataclass(frozen=True)
class Settings:
    """What the environment says. Empty variables count as unset.

    `ncbi_email` set means that PubMed may be asked; `entrez_url` replaces the E-utilities base address (a proxy, a
    test); `library` is the SQLite file; `root` is the directory that holds `profiles/`. `openai_api_key` or
    `openai_base_url` set means that a model may be asked, `model` by name; `price` is what it costs in US dollars for a
    million tokens in and out, where no price list knows it; `parallel` is how many calls may run at once.
    """

    root: Path
    library: Path
    ncbi_email: str | None = None
    ncbi_api_key: str | None = None
    entrez_url: str | None = None
    openai_api_key: str | None = None
    openai_base_url: str | None = None
    model: str | None = None
    price: tuple[Decimal, Decimal] | None = None
    parallel: int | None = None

    @property
    def answers(self) -> Path:
        """The file of a model's answers, beside the library."""
        return self.library.parent / "answers.sqlite"

    @property
    def batches(self) -> Path:
        """The file that notes which batches are under way, beside the library."""
        return self.library.parent / "batches.json"

    @property
    def profiles(self) -> Path:
        """The directory of all profiles."""
        return self.root / "profiles"


def _root(start: Path) -> Path:
    """The nearest directory from `start` upwards that holds `profiles/`, or `start` itself."""
    return next((place for place in (start, *start.parents) if (place / "profiles").is_dir()), start)


def _library(path: str | None) -> Path | None:
    try:
        return Path(path).expanduser() if path else None
    except RuntimeError as error:
        raise ConfigError(
            f"MONOGRAPH_LIBRARY is '{path}': {error}", "give a path that exists, without ~user"
        ) from error


def _price(text: str | None) -> tuple[Decimal, Decimal] | None:
    if not text:
        return None
    try:
        put_in, out = (Decimal(part.strip()) for part in text.split("/"))
    except (ValueError, InvalidOperation) as error:
        raise ConfigError(
            f"MONOGRAPH_PRICE is '{text}'",
            "give US dollars for a million tokens in and out, for instance MONOGRAPH_PRICE=0.25/2.00",
        ) from error
    if not all(part.is_finite() and part >= 0 for part in (put_in, out)):
        raise ConfigError(f"MONOGRAPH_PRICE is '{text}'", "give two amounts of US dollars, none below zero")
    return put_in, out


def _parallel(text: str | None) -> int | None:
    if not text:
        return None
    if not text.isdecimal() or not 1 <= int(text) <= MOST_PARALLEL:
        raise ConfigError(f"MONOGRAPH_PARALLEL is '{text}'", f"give a number of calls from 1 to {MOST_PARALLEL}")
    return int(text)


def settings() -> Settings:
    """The settings of this process, read from the environment and the working directory.

    Raises ConfigError where a variable cannot be used.
    """
    root = _root(Path.cwd())
    return Settings(
        root=root,
        library=_library(os.environ.get("MONOGRAPH_LIBRARY")) or root / ".library" / "library.sqlite",
        ncbi_email=os.environ.get("NCBI_EMAIL") or None,
        ncbi_api_key=os.environ.get("NCBI_API_KEY") or None,
        entrez_url=os.environ.get("MONOGRAPH_ENTREZ_URL") or None,
        openai_api_key=os.environ.get("OPENAI_API_KEY") or None,
        openai_base_url=os.environ.get("OPENAI_BASE_URL") or None,
        model=os.environ.get("MONOGRAPH_MODEL") or None,
        price=_price(os.environ.get("MONOGRAPH_PRICE")),
        parallel=_parallel(os.environ.get("MONOGRAPH_PARALLEL")),
    )
