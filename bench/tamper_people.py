"""Tampering with who was studied: species, population, everybody for some. Same form as `bench.tamper_numbers`."""

from __future__ import annotations

import re
from random import Random

from bench.figures import NUMBER, digits, put
from bench.papers import Paper, Tampering
from bench.tamper_subjects import cased

HUMAN = re.compile(
    r"\b(?:patients?|humans?|people|persons?|women|woman|men|man|volunteers|participants|adults|children|infants)\b",
    re.IGNORECASE,
)
ANIMAL = re.compile(
    r"\b(?:rats?|mice|mouse|rabbits?|dogs?|pigs?|monkeys?|animals?|sheep|cats?|piglets|in vitro|cells?)\b",
    re.IGNORECASE,
)
_MODIFIED = (
    r"(?:(?:adult|young|male|female|albino|Wistar|Sprague[- ]Dawley|nude|transgenic|old|healthy|anaesthetized|"
    r"anesthetized)\s)*"
)
_ANIMALS = re.compile(
    rf"\b{_MODIFIED}(?P<who>rats|mice|rabbits|dogs|pigs|monkeys|piglets)\b(?! receptors?)", re.IGNORECASE
)
_ONE_ANIMAL = re.compile(
    r"\b(?P<before>(?:in|of|on) )(?:the |a )?(?P<who>rat|mouse|rabbit|dog|pig)(?=[.,;]|\s(?:and|after|by|with|were|"
    r"was)\b)",
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
            claim = put(claim, *match.span(), cased(match[0], word, match.start()))
        return claim
    return None


def people_as_animals(claim: str, paper: Paper, chance: Random) -> str | None:
    """People told as animals, in a paper that studied people only."""
    people = list(_HUMANS.finditer(claim))
    if not people or ANIMAL.search(f"{paper.title} {paper.text}"):
        return None
    new = chance.choice(("rats", "mice", "rabbits", "dogs", "Wistar rats"))
    for match in reversed(people):
        claim = put(claim, *match.span(), cased(match[0], new, match.start()))
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
    rf"(?P<before>\b(?:aged?|ages|mean age(?: of)?|median age(?: of)?|age,?)(?:\s(?:was|of|between|from|group|"
    rf"=))?\s?=?\s?)(?P<number>{NUMBER})"
)
_YEARS_OLD = re.compile(rf"(?P<number>{NUMBER})(?=(?:-|\s)years?(?:-|\s)(?:old|of age))")


def population(claim: str, paper: Paper, chance: Random) -> str | None:
    """Other people, or people of another age."""
    ways: list[str] = []
    for pattern, news in _PEOPLE:
        for match in re.finditer(rf"(?<![\w-]){pattern}(?![\w-])", claim, re.IGNORECASE):
            absent = [new for new in news if not paper.says(new) and not paper.says(new.removesuffix("s"))]
            ways += [put(claim, *match.span(), cased(match[0], new, match.start())) for new in absent]
    for match in (*_AGE.finditer(claim), *_YEARS_OLD.finditer(claim)):
        years = digits(match["number"])
        new = str(int(float(years)) + chance.choice((17, 23, -15 if float(years) > 40 else 31)))
        if not paper.says(new):
            ways.append(put(claim, *match.span("number"), new))
    return chance.choice(ways) if ways else None


_NARROW = re.compile(
    r"\b(?P<in>in|among) (?:\w+ )?(?:patients|women|men|children|adults|people|subjects|participants|individuals|"
    r"infants) "
    r"(?:with|who|undergoing|aged|receiving|hospitali[sz]ed|requiring) (?!.*\b(?:than|and|compared|versus|vs|only|"
    r"placebo)\b[^,]*[,.]$)[^,.;()]{3,70}?(?=[,;]|\.$)"
)


def generalised(claim: str, paper: Paper, chance: Random) -> str | None:
    """What was seen in some people told of everybody."""
    found = list(_NARROW.finditer(claim))
    if len(found) != 1 or paper.says("general population"):
        return None
    return put(claim, *found[0].span(), f"{found[0]['in']} the general population")


PEOPLE: dict[str, Tampering] = {
    "species": species,
    "people as animals": people_as_animals,
    "species dropped": species_dropped,
    "population": population,
    "generalised": generalised,
}
