"""A profile in the formats of others: its references for reference managers, its structure for the web."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pipeline.models.profile import Profile, Reference
from pipeline.render.exports.jsonld import jsonld

EXPORTS: dict[str, Callable[[Profile, Mapping[str, Reference]], str]] = {
    "jsonld": jsonld,
}
