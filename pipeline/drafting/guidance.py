"""What is it, preparation and safety: from labels and notes first, from what studies reported second."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal

from pipeline.drafting.claims import claim, quoted
from pipeline.drafting.dossier import Dossier
from pipeline.drafting.labels import availability, label_claims, left_out
from pipeline.drafting.research import in_reading_order, without_repeats
from pipeline.drafting.statements import design_ids, findings, harm_of
from pipeline.drafting.wording import article_for, design_words, listed, sample_words
from pipeline.models.profile import Claim, Section
from pipeline.models.studies import SYNTHESES, Design
from pipeline.text import normal

WHAT_IT_IS = ("approved_use", "chemistry")
# Parts of "What is it?" that appear only where labels or notes say something: id, title, subjects.
STANDING = (
    ("status", "Regulatory status", ("regulatory",)),
    ("evidence-base", "State of the evidence", ("evidence_base", "trials")),
)
PREPARATION = ("availability", "preparation")
# The parts of the safety section, the most urgent first: id, title, the subjects of labels that belong there.
SAFETY = (
    ("contraindications", "Contraindications", ("contraindication", "boxed_warning")),
    ("warnings", "Warnings and overdose", ("warning", "overdose")),
    ("interactions", "Interactions", ("interaction", "perioperative")),
    ("pregnancy", "Pregnancy, breast-feeding and children", ("pregnancy", "lactation", "paediatric")),
    ("liver-kidney", "Liver and kidney", ("hepatic", "renal")),
    ("adverse-effects", "Adverse effects", ("adverse_reaction",)),
)
MOST_HARMS = 10
MOST_DEFINITIONS = 2


def overview_sections(dossier: Dossier) -> tuple[Section, ...]:
    """What the compound is and how it stands: from labels and notes, else from sentences of papers that define it."""
    claims = label_claims(dossier, "overview", WHAT_IT_IS) or _definitions(dossier)
    note = left_out(dossier, WHAT_IT_IS) if claims else dossier.nothing_found
    head = Section(id="overview", title=f"What is {dossier.compound.name}?", note=note, claims=tuple(claims))
    parts = (
        Section(id=f"overview/{part}", title=title, claims=tuple(found))
        for part, title, kinds in STANDING
        if (found := label_claims(dossier, f"overview/{part}", kinds))
    )
    return (head, *parts)


def _definitions(dossier: Dossier) -> list[Claim]:
    names = "|".join(re.escape(normal(name)) for name in dossier.compound.names)
    defines = re.compile(rf"^(?:{names})(?: \([^)]{{1,40}}\))?,? (?:is|are) (?:an?|the) ", re.IGNORECASE)
    found = []
    for study in in_reading_order(dossier, dossier.studies.values()):
        for sentence in dossier.evidence[study.source][1:]:
            if defines.search(normal(sentence.text)) and not study.retracted:
                text = quoted(dossier, sentence.id)
                found.append(claim("overview", study.source, "definition", text, dossier.quote(sentence.id)))
                break
    return found[:MOST_DEFINITIONS]


def preparation_section(dossier: Dossier) -> Section:
    """How the compound is supplied, from the author's `form` and the labels; arithmetic only for injectables."""
    claims = label_claims(dossier, "preparation", PREPARATION)
    form = dossier.compound.form
    notes = []
    if form is None:
        notes.append("The form in which this compound is supplied was not stated by the author of this profile.")
    elif form.kind == "injectable":
        notes.append(_arithmetic(form.vial_mg, form.diluent_ml))
    elif form.kind == "oral":
        notes.append("Taken by mouth: there is nothing to reconstitute.")
    if form is not None and form.presentation:
        notes.insert(0, f"Form stated by the author of this profile: {form.presentation}.")
    return Section(id="preparation", title="Preparation", note=" ".join(notes) or None, claims=tuple(claims))


def _arithmetic(vial: Decimal | None, diluents: Sequence[Decimal]) -> str:
    """The arithmetic of reconstitution, in words or worked for the author's vial and volumes. Not advice."""
    rule = (
        "Arithmetic of reconstitution, not a recommendation: concentration (mg/mL) = content of the vial (mg) ÷ volume"
        " of diluent (mL); volume to draw (mL) = dose (mg) ÷ concentration (mg/mL)."
    )
    if vial is None or not diluents:
        return rule
    worked = listed(
        f"{vial:f} mg in {volume:f} mL gives {(vial / volume).quantize(Decimal('0.001')).normalize():f} mg/mL"
        for volume in diluents
    )
    return f"{rule} For the vial stated by the author: {worked}."


def safety_sections(dossier: Dossier, told: set[str]) -> tuple[Section, ...]:
    """The safety section and its parts, each with claims or with the plain statement that nothing was found.

    `told` are the sentences told so far; those told here are added.
    """
    sections = [Section(id="safety", title="Safety", note=availability(dossier))]
    for part, title, kinds in SAFETY:
        section = f"safety/{part}"
        claims = label_claims(dossier, section, kinds)
        if part == "adverse-effects":
            claims += without_repeats(_reported_harms(dossier, section), told)
        nothing = f"Nothing found on this in the sources searched on {dossier.date.isoformat()}."
        note = left_out(dossier, kinds) if claims else nothing
        sections.append(Section(id=section, title=title, note=note, claims=tuple(claims)))
    return tuple(sections)


def _reported_harms(dossier: Dossier, section: str) -> Iterable[Claim]:
    """What syntheses, then studies of people, then of animals reported on adverse effects, stronger designs first."""
    told = []
    studies = [s for s in dossier.studies.values() if (s.harms or s.aim == "safety") and not s.retracted]
    people = [s for s in studies if s.species is None or s.species.value == "human"]
    rest = [s for s in studies if s not in people]
    first = [s for s in people if s.design.value in SYNTHESES]
    for group in (first, [s for s in people if s not in first], rest):
        for study in in_reading_order(dossier, group):
            found = harm_of(dossier, study) if study.harms else next(iter(findings(dossier, study)), None)
            if found is None or study.design.value in (Design.REVIEW, Design.COMMENT, Design.PROTOCOL, Design.NOTICE):
                continue
            frame = article_for(design_words(study)) + sample_words(study)
            text = f"In {frame}: {quoted(dossier, found)}"
            told.append(claim(section, study.source, "harms", text, dossier.quote(*design_ids(study), found)))
    return told[:MOST_HARMS]
