"""What of the last draft stands as it is: what a model told, or tried to tell, of the same records."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from pipeline import prompts
from pipeline.drafting.dossier import Dossier
from pipeline.drafting.tasks import Task, facts_words, offered
from pipeline.models.profile import Claim, Profile, Reading, cited_sources
from pipeline.profiles import is_edited, short_digest


def shown_hash(dossier: Dossier, task: Task, source: str) -> str:
    """The short hash of what a model is shown of a study for one section."""
    sentences = [f"{sentence.id} {sentence.text}" for sentence in offered(dossier, source)]
    return short_digest("\n".join([task.section.title, facts_words(dossier, source), *sentences]))


def versions() -> tuple[str, ...]:
    """The prompts as the provenance names them, in the order of their use."""
    return tuple(f"{name} {prompts.version(name)}" for name in prompts.NAMES)


def _by_model(old: Profile | None, model: str | None) -> Profile | None:
    """The last draft where it is one of `model` and of the prompts as they are; of any model where `model` is None."""
    origin = old.provenance if old else None
    if origin is None or origin.model is None:
        return None
    return old if model is None or (origin.model, origin.prompts) == (model, versions()) else None


def told_before(old: Profile | None, model: str | None) -> dict[tuple[str, str], tuple[Claim, ...]]:
    """The claims of the last draft by section and source, where a model told or tried to tell them.

    `model` is the one to be asked now, None for none: what another model or other prompts told is told anew.
    """
    old = _by_model(old, model)
    if old is None:
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
    old = _by_model(old, model)
    return {reading.source: reading for reading in old.readings} if old else {}
