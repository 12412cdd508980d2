"""Facts of a study that a model read, each held against the sentence that it names before it counts.

The rules of `pipeline.studies` come first: a model only fills what they did not find. What it reads never enters a
grade or a direction.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Literal

from pipeline import prompts
from pipeline.drafting.dossier import Dossier
from pipeline.drafting.statements import states_a_finding
from pipeline.drafting.tasks import offered
from pipeline.models.calls import Prompt
from pipeline.models.profile import Read, Reading
from pipeline.models.proposals import Amount, StudyFacts
from pipeline.models.studies import SYNTHESES, Design, Evidence, Fact, Quantity, Study
from pipeline.profiles import short_digest
from pipeline.quantities import parse
from pipeline.studies.samples import ENROLLED, NOT_COUNTED, NOT_THE_SAMPLE
from pipeline.text import any_of, normal

UNREAD = (*SYNTHESES, Design.REVIEW, Design.COMMENT, Design.NOTICE, Design.PROTOCOL)
GIVEN = any_of(
    r"\b(?:received|took|taken|given|gave|administered|treated|treatment|dosed|daily|assigned|randomi[sz]ed)\b"
)
_FOR = re.compile(r"\b(?:for|over|during) (?:the |a (?:total|period) of )?(?:first )?$", re.IGNORECASE)
_OTHER_TIME = any_of(r"^ ?(?:of |-)?(?:follow|wash|run-in|baseline|old|before|after|later|apart)")


def wanted(study: Study) -> bool:
    """True for a study with a gap that its abstract may fill: its size, dose, duration or main result."""
    people = study.species is None or study.species.value == "human"
    gaps = (people and study.n is None, not study.doses, study.duration is None, not study.results)
    return study.design.value not in UNREAD and not study.retracted and any(gaps)


def study_prompt(dossier: Dossier, source: str) -> Prompt:
    """The prompt for the facts of one study."""
    sentences = [(s.number, s.text) for s in offered(dossier, source)]
    values = {"name": dossier.compound.name, "title": dossier.articles[source].title, "sentences": sentences}
    return prompts.fill("study", source, values)


def asked(prompt: Prompt) -> str:
    """The short hash of what a model was shown."""
    return short_digest(prompt.user)


def confirmed(dossier: Dossier, source: str, said: StudyFacts, hash: str) -> Reading:
    """What of a model's answer the sentences bear out and the rules had not found."""
    study = dossier.studies[source]
    held = {sentence.number: sentence for sentence in offered(dossier, source)}
    people, dose, duration = said.participants, said.dose, said.duration
    asked_for: list[tuple[Literal["n", "dose", "duration"], int, Callable[[str], Quantity | None]]] = []
    if people and study.n is None:
        asked_for.append(("n", people.sentence, lambda text: _enrolled(people.value, text)))
    if dose and not study.doses:
        asked_for.append(("dose", dose.sentence, lambda text: _dose(dose, text, dossier.names)))
    if duration and study.duration is None:
        asked_for.append(("duration", duration.sentence, lambda text: _duration(duration, text)))
    found: list[Read] = []
    for fact, number, read in asked_for:
        at = held.get(number)
        quantity = read(normal(at.text)) if at else None
        if at and quantity:
            found.append(Read(fact=fact, value=quantity.text, evidence=at.id))
    main = held.get(said.main_result or 0)
    if main and not study.results and states_a_finding(study, main):
        found.append(Read(fact="result", value="", evidence=main.id))
    return Reading(source=source, asked=hash, facts=tuple(found))


def _enrolled(value: int, text: str) -> Quantity | None:
    """The only count of a sentence on enrolment, where it is `value`; those of arms and of drop-outs make it two."""
    counts = [q for q in parse(text) if q.kind in ("count", "number") and q.unit is None and q.high is None]
    people = [
        q
        for q in counts
        if q.operator == "=" and not NOT_COUNTED.search(text[: q.start]) and not NOT_THE_SAMPLE.search(text[q.end :])
    ]
    if len(people) == 1 == len({q.value for q in counts}) and people[0].value == value > 0 and ENROLLED.search(text):
        return people[0]
    return None


def _dose(said: Amount, text: str, names: re.Pattern[str]) -> Quantity | None:
    """The only dose of a sentence that names the drug and gives it, where it is the dose that was read."""
    doses = [q for q in parse(text) if q.kind == "dose"]
    if len(doses) != 1 or not names.search(text) or not GIVEN.search(text):
        return None
    unit = said.unit.strip().partition("/")[0].strip().lower()
    same = doses[0].value == Decimal(str(said.value)) and (doses[0].unit or "").partition("/")[0].lower() == unit
    return doses[0] if same and doses[0].high is None else None


def _duration(said: Amount, text: str) -> Quantity | None:
    """The only time "for" which a sentence says that something was given, where it is the time that was read."""
    times = [q for q in parse(text) if q.kind == "duration" and q.per is None and _FOR.search(text[: q.start])]
    if len(times) != 1 or not GIVEN.search(text) or _OTHER_TIME.search(text[times[0].end :]):
        return None
    unit = said.unit.strip().lower().removesuffix("s")
    return times[0] if times[0].value == Decimal(str(said.value)) and times[0].unit == unit else None


def with_readings(dossier: Dossier, readings: Iterable[Reading]) -> Dossier:
    """The dossier with what a model read filled into its studies; grades stay those of the rules alone."""
    studies = dict(dossier.studies)
    for reading in readings:
        if reading.source in studies and reading.facts:
            sentences = {sentence.id: sentence for sentence in dossier.evidence[reading.source]}
            studies[reading.source] = _filled(studies[reading.source], reading.facts, sentences)
    if studies == dossier.studies:
        return dossier
    return replace(
        dossier,
        studies=studies,
        by_topic={name: tuple(studies[s.source] for s in group) for name, group in dossier.by_topic.items()},
        by_mechanism={name: tuple(studies[s.source] for s in group) for name, group in dossier.by_mechanism.items()},
    )


def _filled(study: Study, facts: Sequence[Read], sentences: Mapping[str, Evidence]) -> Study:
    update: dict[str, object] = {}
    for read in facts:
        sentence = sentences.get(read.evidence)
        if sentence is None:
            continue
        if read.fact == "result":
            update |= {} if study.results else {"results": (read.evidence,)}
            continue
        quantity = next((q for q in parse(normal(sentence.text)) if q.text == read.value), None)
        if quantity is None:
            continue
        if read.fact == "n" and study.n is None:
            update["n"] = Fact[int](value=int(quantity.value), evidence=read.evidence, witness="model")
        elif read.fact == "dose" and not study.doses:
            update["doses"] = (Fact[Quantity](value=quantity, evidence=read.evidence, witness="model"),)
        elif read.fact == "duration" and study.duration is None:
            update["duration"] = Fact[Quantity](value=quantity, evidence=read.evidence, witness="model")
    return study.model_copy(update=update)
