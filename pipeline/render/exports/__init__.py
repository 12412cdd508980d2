"""A profile in the formats of others: its references for reference managers, its structure for the web."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pipeline.models.profile import Profile, Reference
from pipeline.render.exports.bibtex import bibtex
from pipeline.render.exports.csl import csl
from pipeline.render.exports.jsonld import jsonld
from pipeline.render.exports.ris import ris

EXPORTS: dict[str, Callable[[Profile, Mapping[str, Reference]], str]] = {
    "csl": csl,
    "bibtex": bibtex,
    "ris": ris,
    "jsonld": jsonld,
}
