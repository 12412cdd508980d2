"""From what a model proposes to claims: under which id, behind which lead, on which quotations."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipeline.checks.rule import LEAD
from pipeline.drafting.dossier import Dossier
from pipeline.drafting.statements import fact_ids
from pipeline.drafting.tasks import Task, facts_words, offered
from pipeline.drafting.wording import capital, run_on
from pipeline.grading import counts_as_efficacy
from pipeline.identifiers import footnote_label, split_evidence_id
from pipeline.models.profile import Claim
from pipeline.models.studies import Design
from pipeline.profiles import claim_hash
from pipeline.prompts import shown
from pipeline.quantities import missing
from pipeline.text import any_of, normal

MOST_IDS = 8  # sentences of one claim
MOST_OF_A_STUDY = 4
LEADLESS = ("overview", "faq")  # sections whose claims stand alone
# What a model sets before a result to say what the study was, which the lead says already.
_SETTING = re.compile(r"(?:in|among|from)\b", re.IGNORECASE)
_BORDER = re.compile(r"[,:] ")
_STUDY = any_of(
    r"\b(?:trial|study|experiment|review|meta-analysis|analysis|series|report|protocol|cohort|survey)\b",
    r"\b\d[\d,]* (?:[\w'-]+ ){0,4}(?:patients|participants|people|women|men|adults|children|volunteers|rats|mice)\b",
)
_NOT_SETTING = any_of(
    r"[:;]|\b(?:placebo|sham|vehicle|saline|controls?|subgroups?|subsets?|responders?|completers?|users|taking)\b(?!-controlled)",
    r"\b(?:not?|nor|neither|than|compared|versus|vs|found|showed|reported|was|were|did|fell|rose)\b",
)
_WORD = re.compile(r"[a-z]+(?:-[a-z]+)*|\d+(?:[.,]\d+)*", re.IGNORECASE)
# Words of a setting that carry nothing a lead lacks.
_EMPTY = frozenset(
    """
    in among from this these a an the of and or with who were was for over during by to on at as trial study studies
    experiment review analysis series report protocol cohort survey randomised randomized controlled double-blind
    single-blind open-label placebo-controlled crossover cross-over pilot uncontrolled clinical prospective
    retrospective multicentre multicenter single-centre parallel-group group small large patients participants people
    """.split()
)


@dataclass(frozen=True)
class Candidate:
    """A claim as proposed. `words` are the model's without a setting; `claim` is None where none can be put together.

    `faults` say what is wrong with it; none while it may stand.
    """

    number: int
    source: str | None
    text: str
    evidence: tuple[str, ...]
    words: str = ""
    claim: Claim | None = None
    faults: tuple[str, ...] = ()

    @property
    def stands(self) -> bool:
        """True where nothing was found against it."""
        return self.claim is not None and not self.faults


def candidates(dossier: Dossier, task: Task, proposed: Iterable[tuple[str, Sequence[str]]]) -> tuple[Candidate, ...]:
    """The candidates of a task, in the order of its studies, numbered from 1; at most a few for each study."""
    found = [_placed(task, dossier, text, evidence) for text, evidence in proposed]
    order = {source: place for place, source in enumerate(task.sources)}
    found.sort(key=lambda entry: order.get(entry[0] or "", len(order)))
    told: dict[str | None, list[str]] = {}
    listed = []
    for number, (source, text, ids, fault) in enumerate(found, 1):
        taken = told.setdefault(source, [])
        if fault is None and len(taken) >= MOST_OF_A_STUDY:
            fault = f"more than {MOST_OF_A_STUDY} claims on one study"
        if fault or source is None:
            listed.append(Candidate(number, source, text, ids, faults=(fault or "no study is named",)))
            continue
        words = _without_setting(dossier, source, text)
        claim = composed(dossier, task, source, words, ids, taken, first=True)
        taken.append(claim.id)
        listed.append(Candidate(number, source, text, ids, words, claim))
    return tuple(listed)


def _placed(
    task: Task, dossier: Dossier, text: str, evidence: Sequence[str]
) -> tuple[str | None, str, tuple[str, ...], str | None]:
    """The source that a proposal is on, its text and ids made plain, and what is wrong with them."""
    text = shown(text)
    ids = tuple(dict.fromkeys(identifier.strip().strip("[]") for identifier in evidence))
    split = [split_evidence_id(identifier) for identifier in ids]
    sources = {found[0] for found in split if found is not None}
    if not text or LEAD.search(text):
        return None, text, ids, "the program says what the study was" if text else "the claim is empty"
    if not ids or len(ids) > MOST_IDS:
        return (
            None,
            text,
            ids,
            "the claim names no sentence" if not ids else f"more than {MOST_IDS} sentences are named",
        )
    source = next(iter(sources)) if len(sources) == 1 else None
    if source is None or None in split or source not in task.sources:
        return None, text, ids, "the ids are not those of sentences of one study that was given"
    given = {sentence.id for sentence in offered(dossier, source)}
    if unknown := next((identifier for identifier in ids if identifier not in given), None):
        return source, text, ids, f"'{unknown}' is no sentence that was given"
    return source, text, ids, None


def composed(
    dossier: Dossier, task: Task, source: str, words: str, ids: Sequence[str], taken: Sequence[str], *, first: bool
) -> Claim:
    """The claim of a proposal: the drafter's lead and the model's words, on the sentences of both.

    It takes the id of the extractive claim that tells the same sentence; `taken` are the ids given on this study.
    `first` claims say what the study was.
    """
    section, name = task.section.id, dossier.compound.name
    facts = _facts(dossier, source)
    if section.partition("/")[0] in LEADLESS:
        text, facts = capital(words), ()
    elif first:
        study = dossier.studies[source]
        counts = counts_as_efficacy(study) or study.design.value is Design.REVIEW or not section.startswith("evidence/")
        lead = f"in {facts_words(dossier, source)}: "
        text = (capital(lead) if counts else f"Not counted towards the grade: {lead}") + run_on(
            words, name, dossier.common
        )
    else:
        text = capital(words)
        held = [dossier.sentences[identifier].text for identifier in ids]
        facts = tuple(
            i for i in facts if any(not missing(q.text, [dossier.sentences[i].text]) for q in missing(words, held))
        )
    alike = [c.id for c in task.fallback[source] if c.evidence[-1].id in ids and c.id not in taken]
    free = (f"{section}/{footnote_label(source)}-more-{number}" for number in range(1, MOST_OF_A_STUDY + 1))
    identifier = alike[0] if alike else next(name for name in free if name not in taken)
    quotations = dossier.quote(*(i for i in facts if i not in ids), *ids)
    return Claim(
        id=identifier,
        text=text,
        evidence=quotations,
        drafter="model",
        drafted=claim_hash(text, [quotation.id for quotation in quotations]),
    )


def _facts(dossier: Dossier, source: str) -> tuple[str, ...]:
    return fact_ids(dossier.studies[source]) if source in dossier.studies else ()


def _without_setting(dossier: Dossier, source: str, text: str) -> str:
    """A model's sentence without an opening that only says again what the lead says.

    Its numbers stand in the lead, its words there or in the sentences that the lead stands on.
    """
    lead = normal(f"{facts_words(dossier, source)} {dossier.compound.name}")
    held = {word.lower() for word in _WORD.findall(lead)} | _EMPTY
    sentences = (normal(dossier.sentences[identifier].text) for identifier in _facts(dossier, source))
    words = {word.lower() for sentence in sentences for word in _WORD.findall(sentence) if word[0].isalpha()}
    for border in reversed(list(_BORDER.finditer(text)) if _SETTING.match(text) else []):
        opening = text[: border.start()]
        said = {word.lower() for word in _WORD.findall(opening)}
        if said <= held | words and _STUDY.search(opening) and not _NOT_SETTING.search(opening):
            return text[border.end() :]
    return text
