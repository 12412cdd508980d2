"""A written reference to its record, field by field."""

from __future__ import annotations

from pipeline.references.files import read_file
from pipeline.references.formats import read_references
from pipeline.references.matching import check_references

__all__ = ["check_references", "read_file", "read_references"]
