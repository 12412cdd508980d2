"""The settings of a run: the only reader of the environment, and the only place that knows where files lie."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import ConfigError


@dataclass(frozen=True)
class Settings:
    """What the environment says. Empty variables count as unset.

    `ncbi_email` set means that PubMed may be asked; `entrez_url` replaces the E-utilities base address (a proxy, a
    test); `library` is the SQLite file; `root` is the directory that holds `profiles/`.
    """

    root: Path
    library: Path
    ncbi_email: str | None = None
    ncbi_api_key: str | None = None
    entrez_url: str | None = None

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
    )
