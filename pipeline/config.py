"""The settings of a run: the only reader of the environment, and the only place that knows where files lie."""

from __future__ import annotations

import os
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path

from pipeline.errors import ConfigError

MOST_PARALLEL = 512
STALE_DAYS = 7


@dataclass(frozen=True)
class Settings:
    """What the environment says. Empty variables count as unset.

    `ncbi_email` set means that PubMed and openFDA may be asked; `entrez_url` and `openfda_url` replace their base
    addresses (a proxy, a test), `updates_url` that of NLM's folder of update files; `library` is the SQLite file;
    `root` is the directory that holds `profiles/`. `openai_api_key` or `openai_base_url` set means that a model may be
    asked, `model` by name; `price` is what it costs in US dollars for a million tokens in and out, where no price list
    knows it; `parallel` is how many calls may run at once. `stale_days` is the age of the last good answer, in days,
    from which on not being answered is an error.
    """

    root: Path
    library: Path
    ncbi_email: str | None = None
    ncbi_api_key: str | None = None
    entrez_url: str | None = None
    openfda_url: str | None = None
    updates_url: str | None = None
    openai_api_key: str | None = None
    openai_base_url: str | None = None
    model: str | None = None
    price: tuple[Decimal, Decimal] | None = None
    parallel: int | None = None
    stale_days: int = STALE_DAYS

    @property
    def nights(self) -> Path:
        """The file of what the nightly job remembers, beside the library."""
        return self.library.parent / "nights.sqlite"

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


def _number(variable: str, what: str, most: int) -> int | None:
    text = os.environ.get(variable)
    if not text:
        return None
    if not text.isdecimal() or not 1 <= int(text) <= most:
        raise ConfigError(f"{variable} is '{text}'", f"give a number of {what} from 1 to {most}")
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
        openfda_url=os.environ.get("MONOGRAPH_OPENFDA_URL") or None,
        updates_url=os.environ.get("MONOGRAPH_UPDATES_URL") or None,
        openai_api_key=os.environ.get("OPENAI_API_KEY") or None,
        openai_base_url=os.environ.get("OPENAI_BASE_URL") or None,
        model=os.environ.get("MONOGRAPH_MODEL") or None,
        price=_price(os.environ.get("MONOGRAPH_PRICE")),
        parallel=_number("MONOGRAPH_PARALLEL", "calls", MOST_PARALLEL),
        stale_days=_number("MONOGRAPH_STALE_DAYS", "days", 3650) or STALE_DAYS,
    )
