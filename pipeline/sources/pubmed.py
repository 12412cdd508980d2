"""The clients of a run, where the settings allow them: PubMed, and openFDA's drug labels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.config import Settings
from pipeline.patience import PATIENT, Patience

if TYPE_CHECKING:
    from pipeline.sources.entrez import PubMed
    from pipeline.sources.openfda import DrugLabels

# For a draft, which goes on without what openFDA does not give soon.
BRIEF = Patience(attempts=2, first_wait=0.1, longest_wait=2.0, total=8.0)
MOST_SECONDS = 60.0  # of one request


def pubmed_of(settings: Settings) -> PubMed | None:
    """A client for PubMed, or None where no e-mail address is set, without which NCBI is not to be asked."""
    if settings.ncbi_email is None:
        return None
    from pipeline.sources.entrez import PubMed  # loads Bio, which an offline run need not wait for

    return PubMed(settings.ncbi_email, settings.ncbi_api_key, settings.entrez_url)


def drug_labels_of(settings: Settings, patience: Patience = PATIENT) -> DrugLabels | None:
    """A client for openFDA's drug labels, or None where no e-mail address is set: that is what going live means."""
    if settings.ncbi_email is None:
        return None
    from pipeline.sources.openfda import DrugLabels

    return DrugLabels(settings.openfda_url, deadline=min(MOST_SECONDS, patience.total), patience=patience)
