"""What a model is asked to write: the claims of one section on a few of its studies, as a prompt."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pipeline import prompts
from pipeline.drafting.claims import frame_words
from pipeline.drafting.dossier import Dossier
from pipeline.identifiers import is_document
from pipeline.models.calls import Prompt
from pipeline.models.profile import Claim, Profile, Section, cited_sources
from pipeline.models.studies import Evidence

MOST_STUDIES = 4  # in one call: the answer stays short, and a changed record disturbs few others
MOST_SENTENCES = 40  # of one source
_PURPOSES = (
    ("evidence", "what these studies found, the null result as plainly as the positive one"),
    ("others", "what these studies found, the null result as plainly as the positive one"),
    ("mechanism", "how the drug works and what the body does with it, as far as these studies show"),
    ("safety", "what these studies report of adverse effects, and nothing on benefit"),
    ("overview", "what the drug is, as these papers define it"),
    ("faq", "an answer to this question, as far as these studies give one"),
)


@dataclass(frozen=True)
class Task:
    """Some studies of a section of the extractive draft, to be told by a model.

    `fallback` are the extractive claims by source: what is told where the model's claims on that source do not stand.
    """

    section: Section
    subject: str
    fallback: Mapping[str, tuple[Claim, ...]]

    @property
    def sources(self) -> tuple[str, ...]:
        """The keys of the studies, in reading order."""
        return tuple(self.fallback)


def tasks(profile: Profile, withheld: frozenset[str]) -> Iterator[Task]:
    """The tasks of an extractive draft, in reading order: every section that tells of papers, a few of them at a time.

    What labels and notes say stays in their own words. `withheld` are sources that no model is shown.
    """
    for section in profile.sections:
        by_source: dict[str, list[Claim]] = {}
        for claim in section.claims:
            sources = cited_sources(claim.evidence)
            if len(sources) == 1 and not is_document(sources[0]) and sources[0] not in withheld:
                by_source.setdefault(sources[0], []).append(claim)
        told = [(source, tuple(claims)) for source, claims in by_source.items()]
        for start in range(0, len(told), MOST_STUDIES):
            number = start // MOST_STUDIES + 1
            subject = section.id if number == 1 else f"{section.id} ({number})"
            yield Task(section, subject, dict(told[start : start + MOST_STUDIES]))


def offered(dossier: Dossier, source: str) -> tuple[Evidence, ...]:
    """The sentences of a source that a model may cite: all but the title, up to a limit."""
    return dossier.evidence[source][1 : MOST_SENTENCES + 1]


def facts_words(dossier: Dossier, source: str) -> str:
    """What the rules know of a study, in words."""
    study = dossier.studies.get(source)
    return frame_words(study, dossier.compound.name) if study else "nothing"


def study_values(dossier: Dossier, source: str) -> dict[str, Any]:
    """A study as the prompts show it."""
    sentences = [(sentence.id, sentence.text) for sentence in offered(dossier, source)]
    return {"source": source, "facts": facts_words(dossier, source), "sentences": sentences}


def setting(dossier: Dossier, task: Task) -> dict[str, Any]:
    """The drug, the section and what it is for, as the prompts show them."""
    purpose = next(words for prefix, words in _PURPOSES if task.section.id.partition("/")[0] == prefix)
    return {"name": dossier.compound.name, "title": task.section.title, "purpose": purpose}


def section_prompt(dossier: Dossier, task: Task) -> Prompt:
    """The prompt for the claims of a task."""
    studies = [study_values(dossier, source) for source in task.sources]
    return prompts.fill("section", task.subject, setting(dossier, task) | {"studies": studies})
