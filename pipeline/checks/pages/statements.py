"""What kind of thing a sentence of a page asserts, which decides how grave it is that it cites nothing."""

from __future__ import annotations

import re

from pipeline.quantities import parse
from pipeline.text import any_of, normal

_SYMPTOM = (
    r"pain|fatigue|symptoms?|severity|quality of life|sleep|mood|depress\w+|anxiety|progression|remission|relapses?"
    r"|mortality|survival|weight|blood pressure|healing|recovery|function\w*|strength|cognit\w+|memory|inflammation"
    r"|flares?|index|scores?|scales?|swelling|stiffness|range of motion|infection|cholesterol|glucose|hba1c|seizures?"
    r"|migraines?|headaches?|nausea|itch\w*|wounds?|disability|spasticity|mobility|appetite|libido|energy"
)
_EFFECT = (
    r"(?:reduc|increas|improv|decreas|lower|rais|enhanc|prevent|treat|heal|cur|reliev|alleviat|protect|promot"
    r"|accelerat|restor|slow|boost|eas|help|revers|eliminat|cut|halv|doubl|worsen|shorten|resolv)(?:e?s|ed|ing|e|d)?"
)
_WHO = r"patients?|people|persons?|women|men|adults|children|participants?|volunteers?|users|individuals|athletes"
_STUDY = (
    r"research|evidence|trials?|stud(?:y|ies)|rcts?|meta-?analys[ie]s|systematic reviews?|case series|cohorts?|pilots?"
)
EFFICACY = any_of(
    rf"\b{_EFFECT}\b[^.;]{{0,80}}\b(?:{_SYMPTOM}|{_WHO})\b",
    rf"\b(?:{_SYMPTOM})\b[^.;]{{0,60}}\b(?:improv|reduc|decreas|increas|fell|rose|resolv|worsen|halv|doubl)\w*",
    rf"\b(?:{_STUDY})\b[^.;]{{0,60}}\b(?:show|find|found|demonstrat|report|confirm|suggest|conclud|reveal|reduc"
    rf"|improv)\w*",
    r"\b(?:effective|efficacious|beneficial|works?|superior) (?:in|for|against|than|at|as|to)\b",
    rf"\b(?:significant|greater|larger|fewer|better)\w* (?:[\w-]+ ){{0,2}}(?:{_SYMPTOM}|improvements?|reductions?)\b",
    r"\b(?:anecdotal|promising|compelling|impressive) (?:[\w-]+ ){0,2}(?:results|data|evidence|reports|findings"
    r"|outcomes)\b",
)
SAFETY = any_of(
    r"\b(?:un)?safe(?:ly|ty)?\b|\b(?:well[- ])?tolera(?:ted|bility|ble)\b|\bside[- ]effects?\b|\badverse\b",
    r"\bcontra-?indicat\w+|\binteract(?:s|ions?)? with\b|\bdrug interactions?\b|\bpregnan\w+|\bbreast-?feed\w*",
    r"\bprecipitat\w+ withdrawal\b|\boverdose\b|\b(?:hepato|nephro|cardio|neuro|geno)?toxic\w*"
    r"|\bliver (?:damage|injury|failure)\b",
    r"\bnot (?:be )?(?:taken|used|combined|given)\b|\bmust not\b|\bcarcinogen\w*|\bfatal\w*",
)
REGULATORY = any_of(
    r"\b(?:approved|approval|licen[sc]ed|authori[sz]ed|marketed|scheduled|banned|prohibited|off-?label"
    r"|off-?patent|compounded)\b",
    r"\b(?:fda|ema|mhra|tga|wada)\b",
)
MECHANISM = any_of(
    r"\b(?:receptors?|agonists?|antagonists?|blockade|pathways?|signal\w+|cytokines?|microglia\w*|enzymes?"
    r"|upregulat\w+"
    r"|downregulat\w+|kinases?|transcription|expression|channels?|half-life|metaboli\w+|bioavailab\w+|peptide of)\b",
)
_GUIDANCE = any_of(
    r"\b(?:typical|usual|recommended|standard|starting|maintenance|optimal|effective|common(?:ly used)?|maximum"
    r"|daily|ideal|research)"
    r" (?:[\w-]+ ){0,2}(?:doses?|dosages?|dosing|protocols?)\b",
    r"\b(?:doses?|dosages?|dosing|protocols?)\b[^.;]{0,40}\b(?:is|are|ranges?|of|between|from|at|:)\s",
    r"\b(?:take|taken|start|started|inject|injected|titrate|titrated|administer|administered|given|dosed|use)\b",
    r"\b(?:once|twice|three times|nightly|at bedtime|at night|every \w+|per day|daily|weekly|before bed)\b",
)
UNDER_WAY = any_of(
    r"\b(?:trials?|stud(?:y|ies)|case series|research)\b[^.;]{0,60}\b(?:under ?-?way|ongoing|in progress"
    r"|recruiting|planned|pending|being (?:conducted|run))\b",
    r"\b(?:ongoing|current|upcoming|planned|registered) (?:[\w-]+ ){0,2}(?:trials?|stud(?:y|ies))\b",
)
ANECDOTE = any_of(
    r"\banecdot\w+|\bmany (?:users|patients|people) (?:report|say|swear|notice|claim)\b|\btestimonials?\b"
)


def is_efficacy(text: str) -> bool:
    """True for a sentence that says what the compound does for people, or what a study found."""
    return EFFICACY.search(normal(text)) is not None


def is_safety(text: str) -> bool:
    """True for a sentence on harms, interactions, pregnancy or their absence."""
    return SAFETY.search(normal(text)) is not None


def is_dosing(text: str) -> bool:
    """True for a sentence that says how much to take, or is taken; not for an approved or a mechanistic dose."""
    plain = normal(text)
    if REGULATORY.search(plain) or MECHANISM.search(plain):
        return False
    return any(q.kind == "dose" for q in parse(plain)) and _GUIDANCE.search(plain) is not None


def unnegated(pattern: re.Pattern[str], text: str) -> str | None:
    """What a pattern finds first and nothing before it denies ("no large RCTs yet"), or None."""
    plain = normal(text)
    for found in pattern.finditer(plain):
        before = plain[max(0, found.start() - 40) : found.start()]
        if not re.search(
            r"\b(?:no|not|non|without|lacks?|lacking|need\w*|await\w*|until|never|nor|few)\b(?:[\w\s-]{0,30})$"
            r"|\bnon-?$",
            before,
            re.IGNORECASE,
        ):
            return found.group()
    return None
