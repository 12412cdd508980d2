"""Writes docs/rules.md from the rules and their examples: `make docs`."""

from __future__ import annotations

from pathlib import Path

from pipeline.checks.catalogue import catalogue as entries
from pipeline.render.catalogue import Examples, catalogue

ROOT = Path(__file__).resolve().parents[1]
RULES = ROOT / "docs" / "rules.md"


def examples() -> dict[str, Examples]:
    """The examples of each rule for profiles, by code."""
    found = {}
    for folder in sorted((ROOT / "tests" / "checks").iterdir()):
        files = (folder / "bad.yaml", folder / "good.yaml")
        if all(path.exists() for path in files):
            found[folder.name] = Examples(*(path.read_text("utf-8") for path in files))
    return found


def written() -> str:
    """The catalogue as it ought to stand in docs/rules.md."""
    return catalogue(entries(), examples())


if __name__ == "__main__":
    RULES.write_text(written(), "utf-8")
