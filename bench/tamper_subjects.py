"""Tampering with what was studied: condition, species, population, design, intervention.

Same form as `bench.tamper_numbers`. What is put in must not be named anywhere in the paper, unless taking it from
elsewhere in the paper is the very tampering.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from random import Random

import yaml

from bench.papers import Paper
from bench.tamper_numbers import NUMBER, P_VALUE, PERCENT, Tampering, digits, put

NAMES = Path(__file__).parent / "tamper_names.yaml"
# After these words a name is part of another name: "respiratory depression", "depression rating scale".
_PART_OF_A_NAME = r"(?<!respiratory )(?<!scale for )(?<!ST )(?<!ST-segment )"
_OTHER_NAME = (
    r"(?!\s(?:\w+\s)?(?:rating|scale|inventory|questionnaire|index|kinase|volume|receptors?|status|sulphate|sulfate))"
)


@cache
def _lists(what: str) -> tuple[tuple[tuple[str, ...], ...], ...]:
    """The lines of a part of the names, each entry as its names, the common one first."""
    lines = yaml.safe_load(NAMES.read_text("utf-8"))[what].values()
    return tuple(tuple(tuple(entry.split("|")) for entry in line) for line in lines)


@cache
def _pattern(what: str) -> re.Pattern[str]:
    names = sorted((name for line in _lists(what) for entry in line for name in entry), key=len, reverse=True)
    words = "|".join(re.escape(name).replace("'", "['’]") for name in names)
    return re.compile(rf"(?<![\w-]){_PART_OF_A_NAME}(?:{words})(?![\w-]){_OTHER_NAME}", re.IGNORECASE)


def _entry(what: str, name: str) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """All names of the thing called `name`, and the other entries of its line."""
    low = name.lower().replace("’", "'")
    for line in _lists(what):
        for entry in line:
            if low in (one.lower() for one in entry):
                return entry, tuple(other for other in line if other is not entry)
    raise KeyError(name)


def _cased(old: str, new: str, start: int) -> str:
    return new[0].upper() + new[1:] if start == 0 and old[0].isupper() else new


def _put_all(claim: str, name: str, new: str) -> str:
    """`new` in every place of `name`."""
    pattern = rf"(?<![\w-]){re.escape(name)}(?![\w-])"
    return re.sub(pattern, lambda m: _cased(m[0], new, m.start()), claim, flags=re.IGNORECASE)


def _replaced(what: str, claim: str, paper: Paper, chance: Random) -> str | None:
    found = sorted({m[0].lower() for m in _pattern(what).finditer(claim)})
    if not found:
        return None
    name = chance.choice(found)
    entry, others = _entry(what, name)
    if any(other in found for other in entry if other.lower() != name):
        return None
    absent = [other[0] for other in others if not any(one.lower() in paper.words() for one in other)]
    absent = [new for new in absent if new.lower() not in name and name not in new.lower()]
    return _put_all(claim, name, chance.choice(absent)) if absent else None


def condition(claim: str, paper: Paper, chance: Random) -> str | None:
    """The condition replaced by another of the same field that the paper does not name."""
    return _replaced("conditions", claim, paper, chance)


def intervention(claim: str, paper: Paper, chance: Random) -> str | None:
    """A drug or treatment replaced by another of its kind that the paper does not name."""
    return _replaced("drugs", claim, paper, chance)


def other_drug(claim: str, paper: Paper, chance: Random) -> str | None:
    """The drug of a result with figures replaced by another drug of the same paper."""
    here = {m[0].lower() for m in _pattern("drugs").finditer(claim)}
    if len(here) != 1 or not (P_VALUE.search(claim) or PERCENT.search(claim)):
        return None
    (name,) = here
    entry, _ = _entry("drugs", name)
    there = {m[0].lower() for m in _pattern("drugs").finditer(paper.text)} - {one.lower() for one in entry}
    if not there or re.search(r"\b(?:both|all|groups? combined|respectively)\b", claim):
        return None
    return _put_all(claim, name, chance.choice(sorted(there)))


HUMAN = re.compile(
    r"\b(?:patients?|humans?|people|persons?|women|woman|men|man|volunteers|participants|adults|children|infants)\b",
    re.I,
)
ANIMAL = re.compile(
    r"\b(?:rats?|mice|mouse|rabbits?|dogs?|pigs?|monkeys?|animals?|sheep|cats?|piglets|in vitro|cells?)\b", re.I
)
_MODIFIED = r"(?:(?:adult|young|male|female|albino|Wistar|Sprague[- ]Dawley|nude|transgenic|old|healthy|anaesthetized|anesthetized)\s)*"
_ANIMALS = re.compile(
    rf"\b{_MODIFIED}(?P<who>rats|mice|rabbits|dogs|pigs|monkeys|piglets)\b(?! receptors?)", re.IGNORECASE
)
_ONE_ANIMAL = re.compile(
    r"\b(?P<before>(?:in|of|on) )(?:the |a )?(?P<who>rat|mouse|rabbit|dog|pig)(?=[.,;]|\s(?:and|after|by|with|were|was)\b)",
    re.IGNORECASE,
)
_HUMANS = re.compile(
    rf"\b{_MODIFIED}(?P<who>patients|participants|women|men|volunteers|children|adults|people)\b", re.IGNORECASE
)


def species(claim: str, paper: Paper, chance: Random) -> str | None:
    """Animals told as people, in a paper that studied animals only."""
    animals = [*_ANIMALS.finditer(claim), *_ONE_ANIMAL.finditer(claim)]
    about = f"{paper.title} {paper.text}"
    # A synopsis says in so many words that its animals are not people.
    if animals and (not HUMAN.search(re.sub(r"\bnot (?:from )?(?:people|humans|patients)\b", "", about))):
        new = chance.choice(("patients", "patients", "women", "men", "adults", "healthy volunteers", "people"))
        for match in reversed(animals):
            word = f"{match['before']}{new}" if match.re is _ONE_ANIMAL else new
            claim = put(claim, *match.span(), _cased(match[0], word, match.start()))
        return claim
    return None


def people_as_animals(claim: str, paper: Paper, chance: Random) -> str | None:
    """People told as animals, in a paper that studied people only."""
    people = list(_HUMANS.finditer(claim))
    if not people or ANIMAL.search(f"{paper.title} {paper.text}"):
        return None
    new = chance.choice(("rats", "mice", "rabbits", "dogs", "Wistar rats"))
    for match in reversed(people):
        claim = put(claim, *match.span(), _cased(match[0], new, match.start()))
    return claim


_IN_ANIMALS = re.compile(
    rf",? in {_MODIFIED}(?:(?:the )?rats?|mice|rabbits|dogs|pigs|monkeys)\b(?=[.,;])", re.IGNORECASE
)


def species_dropped(claim: str, paper: Paper, chance: Random) -> str | None:
    """ "in rats" left out, in a sentence that names no other animal."""
    match = _IN_ANIMALS.search(claim)
    if match is None:
        return None
    rest = put(claim, *match.span(), "")
    return None if ANIMAL.search(rest) or HUMAN.search(rest) else rest


_PEOPLE: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"children", ("adults", "elderly people")),
    (r"adolescents", ("older adults", "infants")),
    (r"infants", ("adults", "adolescents")),
    (r"(?:preterm|premature) infants", ("adults", "adolescents")),
    (r"adults", ("children", "adolescents")),
    (r"(?:older|elderly) (?:adults|people|patients|women|men)", ("children", "young adults")),
    (r"elderly", ("paediatric", "adolescent")),
    (r"men", ("women",)),
    (r"women", ("men",)),
    (r"boys", ("girls",)),
    (r"girls", ("boys",)),
    (r"healthy (?:volunteers|subjects|participants|adults|men|women)", ("patients with diabetes", "smokers")),
    (r"postmenopausal women", ("premenopausal women", "men")),
    (r"pregnant women", ("postmenopausal women", "men")),
    (r"athletes", ("hospital patients",)),
    (r"students", ("retired people",)),
)
_AGE = re.compile(
    rf"(?P<before>\b(?:aged?|ages|mean age(?: of)?|median age(?: of)?|age,?)(?:\s(?:was|of|between|from|group|=))?\s?=?\s?)(?P<number>{NUMBER})"
)
_YEARS_OLD = re.compile(rf"(?P<number>{NUMBER})(?=(?:-|\s)years?(?:-|\s)(?:old|of age))")


def population(claim: str, paper: Paper, chance: Random) -> str | None:
    """Other people, or people of another age."""
    ways: list[str] = []
    for pattern, news in _PEOPLE:
        for match in re.finditer(rf"(?<![\w-]){pattern}(?![\w-])", claim, re.IGNORECASE):
            absent = [new for new in news if not paper.says(new) and not paper.says(new.removesuffix("s"))]
            ways += [put(claim, *match.span(), _cased(match[0], new, match.start())) for new in absent]
    for match in (*_AGE.finditer(claim), *_YEARS_OLD.finditer(claim)):
        years = digits(match["number"])
        new = str(int(float(years)) + chance.choice((17, 23, -15 if float(years) > 40 else 31)))
        if not paper.says(new):
            ways.append(put(claim, *match.span("number"), new))
    return chance.choice(ways) if ways else None


_NARROW = re.compile(
    r"\b(?P<in>in|among) (?:\w+ )?(?:patients|women|men|children|adults|people|subjects|participants|individuals|infants) "
    r"(?:with|who|undergoing|aged|receiving|hospitali[sz]ed|requiring) (?!.*\b(?:than|and|compared|versus|vs|only|placebo)\b[^,]*[,.]$)[^,.;()]{3,70}?(?=[,;]|\.$)"
)


def generalised(claim: str, paper: Paper, chance: Random) -> str | None:
    """What was seen in some people told of everybody."""
    found = list(_NARROW.finditer(claim))
    if len(found) != 1 or paper.says("general population"):
        return None
    return put(claim, *found[0].span(), f"{found[0]['in']} the general population")


_WORK = r"(?:study|trial|studies|trials|design)"
# What is said, what is put in its place, and what the paper must not say for that to be false.
_DESIGNS: tuple[tuple[str, str, str], ...] = (
    (rf"\bpilot (?P<work>{_WORK})", r"randomised controlled \g<work>", r"random"),
    (rf"\bfeasibility (?P<work>{_WORK})", r"phase III \g<work>", r"phase (?:III|3)"),
    (r"\bopen[- ]label(?:led)?\b", "double-blind", r"double[- ](?:blind|mask)"),
    (r"\bsingle[- ]blind(?:ed)?\b", "double-blind", r"double[- ](?:blind|mask)"),
    (r"\bdouble[- ](?:blind|mask)(?:ed)?\b", "open-label", r"open[- ](?:label|trial|study)|unblind"),
    (rf"\b(?:observational|case-control|uncontrolled|non-?randomi[sz]ed|quasi-experimental)(?P<mid> \w+)? (?P<work>{_WORK})", r"randomised controlled \g<work>", r"(?<!non-)(?<!non)(?<!not )randomi[sz]|RCT"),
    (r"\b(?:retrospective|prospective|observational)?\s?(?:cohort|observational) (?P<work>study|studies|analysis)", r"randomised controlled \g<work>", r"random"),
    (r"\bretrospective(?P<ly>ly)?\b", r"prospective\g<ly>", r"prospective"),
    (r"\bprospective(?P<ly>ly)?\b", r"retrospective\g<ly>", r"retrospective"),
    (r"\bcross-sectional\b", "longitudinal", r"longitudinal|follow"),
    (
        r"\b(?P<be>was|were) randomly (?P<rest>assigned|allocated|divided)",
        r"\g<be> \g<rest> at their own choice",
        r"preference|choice",
    ),
    (
        r"\b(?P<be>was|were) randomly (?P<rest>assigned|allocated|divided)",
        r"\g<be> \g<rest> without randomisation",
        r"non-?random|not random|without random",
    ),
    (rf"\brandomi[sz]ed(?:[ -]controlled)?(?P<mid>,? [\w-]+,?)? (?P<work>{_WORK})", r"uncontrolled observational \g<work>", r"observational|uncontrolled|non-?random"),
    (r"\bplacebo-controlled\b", "uncontrolled", r"uncontrolled|open-label"),
    (r"\bsingle-cent(?P<re>er|re)\b", r"multicent\g<re>", r"multi-?cent"),
    (r"\bmulti-?cent(?P<re>er|re)\b", r"single-cent\g<re>", r"single[- ]cent|monocent"),
    (r"\bcross-?over (?P<work>design|study|trial)", r"parallel-group \g<work>", r"parallel"),
    (r"\bcase (?P<work>report|series)\b", "cohort study", r"cohort"),
    (r"\bin vitro\b", "in vivo", r"in vivo"),
    (r"\b(?:narrative|literature) review\b", "systematic review", r"systematic"),
    (r"\bsystematic review\b(?! and)", "randomised controlled trial", r"random"),
    (r"\bmeta-analysis\b", "randomised controlled trial", r"random"),
    (r"\b(?P<this>[Tt]his|[Tt]he present) (?P<work>study|trial|pilot|series|report|survey)\b", r"\g<this> randomised controlled trial", r"random|RCT"),
)  # fmt: skip


_OTHERS = re.compile(r"\b(?:no|not|other|previous|further|future|larger|if an?|of \d+)\s(?:\w+\s)?$")


def design(claim: str, paper: Paper, chance: Random) -> str | None:
    """Another design, stronger or weaker, that the paper does not have."""
    said = f"{paper.title} {paper.text} {' '.join(paper.types)}"
    ways = [
        put(claim, *match.span(), _cased(match[0], match.expand(new), match.start()))
        for pattern, new, unless in _DESIGNS
        for match in re.finditer(pattern, claim, re.IGNORECASE)
        if not _OTHERS.search(claim[: match.start()]) and not re.search(unless, said, re.IGNORECASE)
    ]
    return chance.choice(ways) if ways else None


SUBJECTS: dict[str, Tampering] = {
    "condition": condition,
    "species": species,
    "people as animals": people_as_animals,
    "species dropped": species_dropped,
    "population": population,
    "generalised": generalised,
    "design": design,
    "intervention": intervention,
    "other drug": other_drug,
}
