"""The rules for existing pages, a file by family; a code means the same fault here and in a profile."""

from __future__ import annotations

from pipeline.checks.pages import (
    coverage,
    designs,
    grades,
    injections,
    meaning,
    references,
    safety,
    status,
    structure,
    wording,
)

FAMILIES = (references, status, meaning, wording, designs, coverage, grades, safety, structure, injections)
