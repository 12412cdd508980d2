"""The one PubMed client of a run, where the settings allow it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.config import Settings

if TYPE_CHECKING:
    from pipeline.sources.entrez import PubMed


def pubmed_of(settings: Settings) -> PubMed | None:
    """A client for PubMed, or None where no e-mail address is set, without which NCBI is not to be asked."""
    if settings.ncbi_email is None:
        return None
    from pipeline.sources.entrez import PubMed  # loads Bio, which an offline run need not wait for

    return PubMed(settings.ncbi_email, settings.ncbi_api_key, settings.entrez_url)
