"""What of the last draft stands as it is: told by a model of the same records, or approved by a person."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from pipeline import prompts
from pipeline.drafting.dossier import Dossier
from pipeline.drafting.tasks import Task, facts_words, offered
from pipeline.models.profile import Claim, Profile, Reading, cited_sources
from pipeline.profiles import digest, is_edited


def shown_hash(dossier: Dossier, task: Task, source: str) -> str:
    """The short hash of what a model is shown of a study for one section."""
    sentences = [f"{sentence.id} {sentence.text}" for sentence in offered(dossier, source)]
    return digest("\n".join([task.section.title, facts_words(dossier, source), *sentences]))[: len("sha256:") + 16]


def versions() -> tuple[str, ...]:
    """The prompts as the provenance names them, in the order of their use."""
    return tuple(f"{name} {prompts.version(name)}" for name in prompts.NAMES)


def told_before(old: Profile | None, model: str | None) -> dict[tuple[str, str], tuple[Claim, ...]]:
    """The claims of the last draft by section and source, where a model told or tried to tell them.

    `model` is the one to be asked now, None for none: what another model or other prompts told is told anew.
    """
    origin = old.provenance if old else None
    if old is None or origin is None or origin.model is None:
        return {}
    if model is not None and (origin.model, origin.prompts) != (model, versions()):
        return {}
    found: dict[tuple[str, str], list[Claim]] = defaultdict(list)
    for section in old.sections:
        for claim in section.claims:
            sources = cited_sources(claim.evidence)
            if len(sources) == 1:
                found[section.id, sources[0]].append(claim)
    return {key: tuple(claims) for key, claims in found.items() if any(claim.asked for claim in claims)}


def settled(
    dossier: Dossier, task: Task, before: Mapping[tuple[str, str], tuple[Claim, ...]]
) -> dict[str, tuple[Claim, ...]]:
    """The claims of a task that stand as they are, by source: what a model would be shown is what it was shown.

    A claim that a person edited since is no reason to ask again.
    """
    found = {}
    for source in task.sources:
        claims = before.get((task.section.id, source), ())
        now = shown_hash(dossier, task, source)
        marks = {claim.asked for claim in claims if not (is_edited(claim) and claim.asked is None)}
        quoted = all(
            dossier.sentences.get(q.id) is not None and dossier.sentences[q.id].text == q.text
            for claim in claims
            for q in claim.evidence
        )
        if marks == {now} and quoted:
            found[source] = claims
    return found


def read_before(old: Profile | None, model: str | None) -> dict[str, Reading]:
    """The readings of the last draft by source, as `told_before` takes its claims."""
    origin = old.provenance if old else None
    if old is None or origin is None or (model is not None and (origin.model, origin.prompts) != (model, versions())):
        return {}
    return {reading.source: reading for reading in old.readings}
