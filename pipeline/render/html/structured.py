"""The structured data of a page: all of it in a file beside the page, and in the page what a search engine reads."""

from __future__ import annotations

import json
from typing import Any

from pipeline.render.exports.jsonld import embedded, graph
from pipeline.render.html.page import Sight

_KEPT = ("@type", "@id", "name", "datePublished", "creativeWorkStatus", "correction")


def structured(sight: Sight) -> tuple[str, str]:
    """The JSON-LD of a page as a file, and the shorter form of it that stands in the page.

    The page names each work with its date and what became of it; authors and places are in the file. Nothing but a
    review of the whole makes a day of review.
    """
    reviewed = sight.reviewed
    whole = graph(
        sight.profile,
        sight.references,
        claims=[each.item.what for each in sight.shown],
        reviewed=reviewed.day if reviewed and sight.draft is None else None,
        url=sight.address,
    )
    return json.dumps(whole, ensure_ascii=False) + "\n", embedded({**whole, **_shorter(whole)})


def _shorter(whole: dict[str, Any]) -> dict[str, Any]:
    works = whole.get("citation")
    return {"citation": [{key: work[key] for key in _KEPT if key in work} for work in works]} if works else {}
