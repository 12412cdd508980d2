"""The slots of species, population and design: who was studied, and how."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from pipeline.directions.words import is_content, stem, tokens
from pipeline.models.verification import Slot, Verdict
from pipeline.text import any_of
from pipeline.verification.alignment import Aligned, Clash
from pipeline.verification.groups import ANIMALS, DESIGNS, PEOPLE, POPULATIONS
from pipeline.verification.vocabulary import HARMLESS, SAME_AS

SAME = 0.75  # a sentence that holds less was not changed in one word only
CLOSE = 0.6  # a sentence that holds less of the claim is not the one it was made from
# Words for people before an animal belong to the animal: "adult male rats", "female beagle dogs".
_BEFORE = r"\b(?:adults?|males?|females?|individual|young|old|pregnant|infant)\b,? (?:and )?(?:\S+ ){0,3}?"
BEASTS = re.compile(rf"(?:{_BEFORE})?(?:{ANIMALS.pattern})", re.IGNORECASE)

BY_CHANCE = any_of(r"(?<!not )(?<!non-)(?<!never )\brandom(?:ly|i[sz]ed)\b")
BY_CHOICE = any_of(
    r"\b(?:own choice|preference|convenience|availability|self-select\w*|non-?random\w*|consecutive(?:ly)?)\b",
    r"\balternat\w+\b",
)
ASSIGNED = any_of(r"\b(?:assign|allocat|divid|receiv|group|select|alloc)\w*")


def _animal(word: str) -> str:
    return SAME_AS.get(stem(word), stem(word))


GENERIC = frozenset({_animal("animals"), _animal("rodents")})


def _humans(text: str) -> set[str]:
    """The words for people in a text; the adults and males of an animal are none."""
    return {match.group().lower() for match in PEOPLE.finditer(BEASTS.sub(" ", text))}


def _animals(text: str) -> set[str]:
    return {_animal(match.group()) for match in ANIMALS.finditer(text)}


def species(aligned: Aligned) -> Iterator[Clash]:
    """Animals told as people, people as animals, one animal as another."""
    claim, line, text = aligned.claim.text, aligned.best.text, aligned.doc.text
    people, mine, theirs = sorted(_humans(claim)), _animals(claim), _animals(text)
    here = _animals(line)
    if people and theirs and not mine and not _humans(text):
        message = f"the claim speaks of '{people[0]}', the source of animals"
        yield Clash(Slot.SPECIES, "DES001", Verdict.CONTRADICTED, message, aligned.best)
    elif people and here - mine - GENERIC and not _humans(line) and aligned.near >= CLOSE:
        message = f"the claim speaks of '{people[0]}', the sentence of animals"
        yield Clash(Slot.SPECIES, "DES001", Verdict.CONTRADICTED, message, aligned.best)
    for word in sorted(mine - theirs - GENERIC):
        verdict = Verdict.CONTRADICTED if theirs - GENERIC else Verdict.NOT_SUPPORTED
        message = f"the source does not speak of the claim's '{word}'"
        yield Clash(Slot.SPECIES, "DES001", verdict, message, aligned.best)


def population(aligned: Aligned) -> Iterator[Clash]:
    """A group of people that the source does not speak of, where it names another one."""
    claim, text = aligned.claim.text, aligned.doc.text
    for kind, name, words in POPULATIONS:
        here = words.search(claim)
        if not here or words.search(text):
            continue
        rivals = [other for k, other, pattern in POPULATIONS if k == kind and other != name and pattern.search(text)]
        verdict = Verdict.CONTRADICTED if rivals else Verdict.NOT_SUPPORTED
        said = f", but of {rivals[0]}" if rivals else ""
        if kind == "age" and name == "adults" and not rivals:
            continue
        yield Clash(
            Slot.POPULATION, "DES004", verdict, f"the source does not speak of '{here.group()}'{said}", aligned.best
        )
        return


def described(aligned: Aligned) -> Iterator[Clash]:
    """People described by a word that the source does not know: "retired people" for its students."""
    claim = aligned.claim
    for item, word in pairwise(tokens(claim.text)):
        known = stem(item.text) in aligned.doc.counts or stem(item.text) in HARMLESS or not is_content(item)
        if known or not PEOPLE.fullmatch(word.text) or PEOPLE.search(item.text) or ANIMALS.search(item.text):
            continue
        if aligned.near >= SAME and claim.text[item.end : word.start] == " " and _is_new(aligned, item.start):
            message = f"the source does not speak of '{item.text} {word.text}'"
            yield Clash(Slot.POPULATION, "DES004", Verdict.NOT_SUPPORTED, message, aligned.best)
            return


def _is_new(aligned: Aligned, place: int) -> bool:
    item = next((item for item in aligned.claim.items if item.start == place), None)
    return item is not None and not item.effect and not item.keys & aligned.doc.counts.keys()


def design(aligned: Aligned) -> Iterator[Clash]:
    """A design that the source does not state, or states otherwise."""
    claim, text = aligned.claim.text, aligned.doc.text
    for words in DESIGNS:
        here = words.named.search(claim)
        if not here or words.stated.search(text):
            continue
        against = words.denied.search(text)
        if against is None and words.computed:
            continue
        verdict = Verdict.CONTRADICTED if against else Verdict.NOT_SUPPORTED
        said = f"; it says '{against.group()}'" if against else ""
        yield Clash(Slot.DESIGN, "DES002", verdict, f"the source does not say '{here.group()}'{said}", aligned.best)
        return
    line = aligned.best.text
    new = [here for words in DESIGNS if (here := words.named.search(claim)) and not words.stated.search(line)]
    gone = [there for words in DESIGNS if (there := words.named.search(line)) and not words.stated.search(claim)]
    if new and gone and aligned.order >= SAME:
        message = f"the claim says '{new[0].group()}' where the source says '{gone[0].group()}'"
        yield Clash(Slot.DESIGN, "DES002", Verdict.CONTRADICTED, message, aligned.best)
        return
    by_chance = BY_CHANCE.search(line)
    if by_chance and not BY_CHANCE.search(claim) and ASSIGNED.search(claim):
        otherwise = BY_CHOICE.search(claim)
        added = [item for change in aligned.changes for item in change.claim if not item.effect]
        strange = [item.text for item in added if not item.keys & (aligned.doc.counts.keys() | HARMLESS)]
        instead = otherwise.group() if otherwise else strange[0] if strange and aligned.order >= SAME else None
        if instead and aligned.near >= CLOSE:
            message = f"the source says '{by_chance.group()}', the claim '{instead}'"
            yield Clash(Slot.DESIGN, "DES002", Verdict.CONTRADICTED, message, aligned.best)
