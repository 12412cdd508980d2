"""The drug labels of a compound: the bundled ones, and those of openFDA as it gave them last."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from pipeline.errors import SourceError
from pipeline.identifiers import slug
from pipeline.models.sources import Label, Search
from pipeline.sources.library import Library

if TYPE_CHECKING:
    from pipeline.sources.openfda import DrugLabels

# What a remembered search for labels says of a failure, without its day: a redraft is not to differ by that.
NEVER_ANSWERED = "openFDA could not be asked"
NOT_LATELY = "openFDA could not be asked again"


class Found(NamedTuple):
    """The labels of openFDA for a compound, and what became of asking for them (None where nobody ever did)."""

    labels: tuple[Label, ...]
    search: Search | None


def query_of(names: Sequence[str]) -> str:
    """Under what the library remembers a search for the labels of a compound. PubMed has no such query."""
    return "openFDA drug labels: " + "; ".join(sorted({folded for name in names if (folded := slug(name))}))


def found(names: Sequence[str], library: Library, client: DrugLabels | None, today: date) -> Found:
    """openFDA's labels for a compound, stored in the library on the way; without a client as it gave them last.

    Where openFDA does not answer, what the library holds serves, and the search says so in `warnings`. The date is that
    of the day on which the answer was first given, or on which openFDA was first asked in vain.
    """
    query = query_of(names)
    known = library.recall(query)
    if client is not None:
        known = library.remember(_asked(names, library, client, known, query, today))
    if known is None or known.warnings == (NEVER_ANSWERED,):
        return Found(library.labels_of(names), known)
    held = library.labels(known.ids)
    return Found(tuple(held[key] for key in known.ids if key in held), known)


def _asked(
    names: Sequence[str], library: Library, client: DrugLabels, known: Search | None, query: str, today: date
) -> Search:
    """The search as it came out now; one with the answer that was known keeps the day on which it was first given."""
    answered = known if known is not None and known.warnings != (NEVER_ANSWERED,) else None
    try:
        labels = client.find(names)
    except SourceError:
        if answered is not None:
            return answered.model_copy(update={"warnings": (NOT_LATELY,)})
        return known or Search(query=query, warnings=(NEVER_ANSWERED,), found=0, ids=(), date=today)
    if labels:
        library.add_labels(labels, names, today)
    keys = tuple(label.key for label in labels)
    first = answered.date if answered is not None and answered.ids == keys else today
    return Search(query=query, found=len(keys), ids=keys, date=first)
