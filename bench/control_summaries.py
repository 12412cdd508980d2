"""True claims made from fields: the sample, the dose, the design, the duration, a labelled null result."""

from __future__ import annotations

import re

from bench.control_clauses import lowered, raised
from bench.figures import COUNTED, NUMBER, ONES, P_VALUE, SPELLED
from bench.papers import Control, Paper
from bench.tamper_arms import names_of, places_of

_INCLUDED = re.compile(
    rf"^(?:A total of |In total,? |Overall,? )?(?P<number>{NUMBER}|(?:{'|'.join(SPELLED)})) (?P<who>(?:(?!(?:of|"
    rf"hundred|thousand|and|or|{'|'.join(ONES)})\b)[a-z-]+ ){{0,3}}(?:{COUNTED}))(?: [^,;:]{{0,80}}?)? were "
    r"(?P<verb>randomi[sz]ed|enrolled|included|recruited|randomly (?:assigned|allocated|divided))\b",
    re.IGNORECASE,
)


def summary_n(claim: str, paper: Paper) -> str | None:
    """A claim made from the field n: "The study included 31 patients."."""
    match = _INCLUDED.search(claim)
    if match is None or re.search(r"\b(?:group|arm|each|of whom|these)\b", claim[: match.end()]):
        return None
    number = SPELLED.get(match["number"].lower(), match["number"])
    verb = match["verb"].lower()
    people = match["who"].split()[-1].lower()
    if len(claim) % 2:
        return f"n = {number} {people} were {verb}."
    return f"In this study {number} {people} were {verb}."


def summary_dose(claim: str, paper: Paper) -> str | None:
    """A claim made from the field dose: "The dose of naltrexone was 4.5 mg/day."."""
    found = re.findall(
        rf"\b(?P<drug>[a-z]+(?:one|ine|ide|ol|am|in|ate|il|mab|cept)|BPC-157)(?: at)? (?P<dose>{NUMBER} ?(?:mg|µg|"
        rf"μg|mcg|g|microgram)(?:/kg)?(?:/d(?:ay)?)?)(?![\w/-]| or\b| and\b|,? \d| \()",
        claim,
    )
    if (
        len(found) != 1
        or len(re.findall(r"\d\s?(?:mg|µg|g|mcg|microgram)\b", claim)) != 1
        or re.search(r"\d(?:\s?[-–]\s?| (?:to|or|and) )\d", claim)
    ):
        return None
    drug, dose = found[0]
    return f"{raised(drug)} was given at a dose of {dose}."


def summary_null(claim: str, paper: Paper) -> str | None:
    """A claim made from a label and the one p-value of its sentence: "A did not differ from B in O (p = 0.4)."."""
    values = [m for m in P_VALUE.finditer(claim) if m["operator"] == "="]
    if len(values) != 1 or len(P_VALUE.findall(claim)) != 1 or float(values[0]["number"].replace("·", ".")) <= 0.1:
        return None
    if len({(label.intervention, label.comparator) for label in paper.labelled}) != 1:
        return None
    for label in paper.labelled:
        if label.label != "no difference" or len(label.outcome.split()) > 6 or not places_of(label.outcome, claim):
            continue
        one, two = names_of(label.intervention), names_of(label.comparator)
        if one and two and not re.search(r"[;()]|\b(?:passed|required|had|who)\b", f"{one[0]}{two[0]} {label.outcome}"):
            number = values[0]["number"].replace("·", ".")
            return (
                f"{raised(one[0])} did not differ from {two[0]} in {lowered(label.outcome).strip('. ')} (p = {number})."
            )
    return None


_BLIND = r"(?:double|single|triple|assessor|investigator)[- ](?:blind|mask)(?:ed)?"
_DESIGN = re.compile(
    rf"\b(?P<words>(?:(?:randomi[sz]ed|controlled|{_BLIND}|placebo-controlled|open[- ]label|uncontrolled|prospective|"
    r"retrospective|multicent(?:er|re)|multi-cent(?:er|re)|crossover|cross-over|parallel-group|pilot|phase (?:II|"
    r"III|2|3)|"
    r"observational|cross-sectional|cohort|active-controlled),? (?:and )?){2,})(?P<work>trial|study)\b(?!s)",
    re.IGNORECASE,
)


def summary_design(claim: str, paper: Paper) -> str | None:
    """A claim made from the field design: "This was a randomised, double-blind trial."."""
    match = _DESIGN.search(claim)
    own = re.match(
        r"(?:This|In (?:this|a|the)|The (?:present )?(?:study|trial) was|We (?:conducted|performed)|A\b|It was)", claim
    )
    if (
        match is None
        or own is None
        or re.search(r"\b(?:not|previous|other|protocol|future|larger)\b", claim[: match.end()])
    ):
        return None
    words = lowered_words(match["words"])
    return f"This was {'an' if words[0] in 'aou' else 'a'} {words}{match['work']}."


def lowered_words(words: str) -> str:
    """Words without their capitals, the Roman numbers of phases apart."""
    return " ".join(word if word.strip(",") in ("II", "III") else word.lower() for word in words.split()) + " "


def summary_duration(claim: str, paper: Paper) -> str | None:
    """A claim made from the field duration: "The treatment lasted 12 weeks."."""
    match = re.search(
        r"\b(?:took|received|were given|was given|treated|treatment with)\b[^.;]*?\bfor (?P<time>(?:\d+|[a-z]+teen|"
        r"two|three|four|six|"
        r"eight|ten|twelve) (?:weeks|months|days))(?=[.,;]| and\b|$)",
        claim,
    )
    followed = re.search(r"\b(?:follow\w*|examined|assessed|after|then)\b", match[0]) if match else None
    if match is None or followed or len(re.findall(r"\b(?:weeks?|months?|days?)\b", claim)) != 1:
        return None
    return f"The treatment lasted {match['time']}."


def summary_condition(claim: str, paper: Paper) -> str | None:
    """A claim made from the field condition: "The patients had fibromyalgia."."""
    match = re.search(
        r"\b(?:enrolled|included|recruited|randomi[sz]ed) (?:\d+ )?(?P<who>patients|women|men|children|adults|"
        r"people) with "
        r"(?P<what>(?!(?:or|and|at|an?)\b)[^,.;()\d]{4,50}?)(?=[,.;(]| (?:in|who|at|and|were|out|due)\b)",
        claim,
    )
    return f"The {match['who']} had {match['what'].strip()}." if match else None


SUMMARIES: dict[str, Control] = {
    "summary of n": summary_n,
    "summary of dose": summary_dose,
    "summary of design": summary_design,
    "summary of duration": summary_duration,
    "summary of condition": summary_condition,
    "summary of no difference": summary_null,
}
