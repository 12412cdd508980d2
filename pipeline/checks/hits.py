"""What a rule finds: one breach, and where as far as it has a place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from pipeline.models.findings import Severity


class Hit(NamedTuple):
    """One breach of a rule: what is wrong, and where as far as it has a place.

    `quote` is the sentence of the source that shows it, `words` those of the claim where its id does not name them.
    `line` is that of a page's file; `severity` is set where the breach is milder or graver than the rule's own.
    """

    message: str
    claim: str | None = None
    source: str | None = None
    suggestion: str | None = None
    line: int | None = None
    severity: Severity | None = None
    quote: str | None = None
    words: str | None = None


Hits = Iterator[Hit]
