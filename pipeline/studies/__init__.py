"""From an article and its sentences to a study: what it is, whom it treated with what, and what it found.

Every fact names the sentence it was read from. A fact is taken only from words that state it; what a record does not
state stays None.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from pipeline.directions import judge
from pipeline.evidence import first_with, name_pattern
from pipeline.identifiers import evidence_id
from pipeline.models.sources import Article, NoticeKind
from pipeline.models.studies import CASES, OBSERVED, SYNTHESES, Design, Direction, Evidence, Fact, Study
from pipeline.studies.design_words import UNCONTROLLED
from pipeline.studies.designs import design_of
from pipeline.studies.regimens import regimen_of
from pipeline.studies.samples import sample_of
from pipeline.text import any_of, normal

PILOT = any_of(
    r"\bpilot\b", r"\bproof[- ]of[- ]concept\b", r"\bfeasibility (?:study|trial)\b", r"\bpreliminary (?:study|trial)\b"
)
CROSSOVER = any_of(r"\bcross-?over\b")
Blinding = Literal["double-blind", "single-blind", "open-label"]
BLINDING: tuple[tuple[Blinding, re.Pattern[str]], ...] = (
    ("double-blind", any_of(r"\b(?:double|triple)[- ]?(?:blind|blinded|mask|masked)\b")),
    ("single-blind", any_of(r"\bsingle[- ]?(?:blind|blinded|mask|masked)\b")),
    ("open-label", any_of(r"\bopen[- ]label(?:led)?\b", r"\bunblinded\b", r"\bopen,? uncontrolled\b")),
)
CONTROLS = (
    (
        "placebo",
        any_of(
            r"\bplacebo[- ]controlled\b",
            r"\bplacebo (?:group|arm|period|capsules?|tablets?)\b",
            r"\b(?:or|versus|vs\.?|with|to|than|and|against|on|starch) (?:a |an )?(?:[\w-]+ )?placebo\b",
        ),
    ),
    ("sham", any_of(r"\bsham[- ]controlled\b", r"\bsham (?:group|treatment|procedure)\b")),
    ("vehicle", any_of(r"\bvehicle\b")),
    ("saline", any_of(r"\b(?:saline|NaCl)\b")),
    ("active drug", any_of(r"\bactive[- ](?:control|comparator)(?:led)?\b")),
    ("usual care", any_of(r"\busual care\b", r"\bstandard care\b", r"\btreatment as usual\b")),
)
KINDS = any_of(
    r"\b(?:retrospective |prospective )?(?:chart|records?) review\b",
    r"\b(?:before-and-after |before-after )?regist(?:er|ry)(?:-based)? (?:study|cohort study|cohort)\b",
    r"\b(?:retrospective|prospective|observational) (?:cohort )?(?:study|analysis)\b",
)
NO_PLACEBO = any_of(
    r"\bnot (?:an? )?(?:[\w-]+ ){0,2}placebo",
    r"\b(?:no|without(?: an?)?|had no) (?:[\w-]+ )?(?:placebo|control|sham|vehicle)\b",
    r"\buncontrolled\b",
)

LONE = any_of(r"\bcontrol (?:group|arm)", r"\buncontrolled\b", r"\b(?:single|one)[- ]arm\b", r"\bno compar\w+")
Aim = Literal["efficacy", "dose finding", "mechanism", "pharmacokinetics", "safety", "use"]
TITLE_AIMS: tuple[tuple[Aim, re.Pattern[str]], ...] = (
    ("dose finding", any_of(r"\bdose[- ]finding\b", r"\bdose[- ]response relationships?\b", r"\bED ?\d\d\b")),
    (
        "pharmacokinetics",
        any_of(
            r"\bpharmacokinetic",
            r"\bhalf-li(?:fe|ves)\b",
            r"\bbioavailability\b",
            r"\boccupancy\b",
            r"\b(?:PET|positron emission tomography|molecular imaging)\b",
            r"\breceptor blockade\b",
        ),
    ),
    (
        "use",
        any_of(
            r"\bprescri(?:bing|ptions?)\b",
            r"\butili[sz]ation (?:cohort|study)\b",
            r"\bconsumption\b",
            r"\beffects? (?:of [^.]{0,40} )?on medication\b",
        ),
    ),
    (
        "safety",
        any_of(
            r"(?<!efficacy and )(?<!effectiveness and )\bsafety\b(?! and (?:efficacy|effectiveness))",
            r"\btolerability\b",
            r"\badverse (?:events|effects|reactions)\b",
            r"\b\w*toxicity of\b",
        ),
    ),
)
EFFICACY = any_of(
    r"\beffica\w+", r"\beffective(?:ness)?\b", r"\btreat\w*\b", r"\bimprov\w+", r"\bthera\w+", r"\bheal\w*"
)
MECHANISM = any_of(
    r"\b(?:mechanis\w+|signall?ing|pathways?|receptors?|expression|binding|ion channels?|cytokines?|levels?|system)\b",
    r"\b(?:pathophysiology|pharmacological(?:ly)?|antagonists?|blockade of|vasomotor|angiogen\w+)\b",
)
TITLE_CLAIMS = any_of(
    r"\b(?:improves?|reduces?|promotes?|restores?|effective|efficacious|successful(?:ly)?|accelerates?|enhances?|prevents?)\b",
    r"\bare reduced by\b",
)
OWN_RESULTS = frozenset(Design) - {Design.PROTOCOL, Design.COMMENT, Design.NOTICE, Design.REVIEW}
COMPARED = frozenset({*SYNTHESES, Design.RANDOMISED, Design.CONTROLLED})


def _said(words: re.Pattern[str], sentences: Sequence[Evidence]) -> Fact[bool] | None:
    found = first_with(words, sentences)
    return Fact(value=True, evidence=found.id) if found else None


def _blinding(sentences: Sequence[Evidence]) -> Fact[Blinding] | None:
    for value, words in BLINDING:
        if found := first_with(words, sentences):
            return Fact(value=value, evidence=found.id)
    return None


def _kind(sentences: Sequence[Evidence]) -> Fact[str] | None:
    for sentence in sentences:
        if found := KINDS.search(normal(sentence.text)):
            return Fact(value=found.group().lower(), evidence=sentence.id)
    return None


def _uncontrolled(sentences: Sequence[Evidence]) -> Fact[Literal["control group", "placebo group"]] | None:
    """What the paper says that it had not; a study without placebo may still have had another comparison."""
    for sentence in sentences:
        text = normal(sentence.text)
        if found := UNCONTROLLED.search(text):
            bare = "placebo" in found.group().lower() and not LONE.search(text)
            return Fact(value="placebo group" if bare else "control group", evidence=sentence.id)
    return None


def _control(sentences: Sequence[Evidence]) -> Fact[str] | None:
    told = [s for s in sentences if not NO_PLACEBO.search(normal(s.text))]
    for value, words in CONTROLS:
        if found := first_with(words, told):
            return Fact(value=value, evidence=found.id)
    return None


def _aim(article: Article, design: Design, species: str | None) -> Aim:
    """What the paper wants to know, from its title; a laboratory study is about mechanism unless it says otherwise.

    A case that MeSH indexes as chemically induced is about safety.
    """
    title = normal(article.title)
    if design in CASES and any("chemically induced" in heading.qualifiers for heading in article.mesh):
        return "safety"
    compared = design in COMPARED  # a comparison of doses with placebo is about effect
    told = (aim for aim, words in TITLE_AIMS if words.search(title) and not (compared and aim == "dose finding"))
    aim = next(told, None)
    if aim is not None:
        return aim
    treats = EFFICACY.search(title) is not None
    if species == "in vitro" or (MECHANISM.search(title) and not treats and design not in (*SYNTHESES, Design.REVIEW)):
        return "mechanism"
    return "efficacy"


def _overstated(article: Article, direction: Direction) -> Fact[bool] | None:
    """Set where the title claims an effect and the results do not show one."""
    claims = TITLE_CLAIMS.search(normal(article.title))
    if claims and direction in (Direction.NO_DIFFERENCE, Direction.HARM):
        return Fact(value=True, evidence=evidence_id(article.key, 0), witness="title")
    return None


def study_of(article: Article, sentences: Sequence[Evidence], names: Sequence[str]) -> Study:
    """The study that an article reports, for the compound called by any of `names`.

    `sentences` are the article's evidence, title first. Reviews, protocols and comments come back as such; their
    direction is UNCLEAR, since the results they speak of are somebody else's.
    """
    designed = design_of(article, sentences)
    design = designed.design.value
    species = designed.species.value if designed.species else None
    sample = sample_of(sentences, name_pattern(names, sentences), synthesis=design in SYNTHESES)
    regimen = regimen_of(sentences, names)
    control = _control(sentences)
    controlled = design in COMPARED or (species != "human" and control is not None)
    judged = judge(sentences, names, controlled=controlled, observed=design in OBSERVED)
    direction = judged.direction if design in OWN_RESULTS else Direction.UNCLEAR
    return Study(
        source=article.key,
        design=designed.design,
        species=designed.species,
        animals=designed.animals,
        kind=_kind(sentences),
        aim=_aim(article, design, species),
        crossover=_said(CROSSOVER, sentences),
        blinding=_blinding(sentences),
        control=control,
        pilot=_said(PILOT, sentences),
        uncontrolled=_uncontrolled(sentences),
        combined=regimen.combined,
        n=sample.n,
        trials=sample.trials,
        population=sample.population,
        doses=regimen.doses,
        route=regimen.route,
        frequency=regimen.frequency,
        duration=regimen.duration,
        direction=Fact(value=direction, evidence=judged.results[0] if judged.results else None),
        results=judged.results,
        nulls=judged.nulls,
        harms=judged.harms,
        retracted=article.affected_by(NoticeKind.RETRACTION),
        concern=article.affected_by(NoticeKind.CONCERN),
        superseded=article.affected_by(NoticeKind.UPDATE),
        overstated=_overstated(article, direction),
        doubts=designed.doubts,
    )
