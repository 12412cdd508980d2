"""The slots of species, population and design: who was studied, and how."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.directions.words import stem
from pipeline.models.verification import Slot, Verdict
from pipeline.verification.alignment import Aligned, Clash
from pipeline.verification.reading import Document
from pipeline.verification.vocabulary import (
    ANIMALS,
    DESIGN_NAMED,
    DESIGNS,
    PEOPLE,
    POPULATIONS,
    SAME_AS,
)

WHO = ("children", "adults", "women", "men")


def _text(doc: Document) -> str:
    return "\n".join(line.text for line in doc.lines)


def _animal(word: str) -> str:
    return SAME_AS.get(stem(word), stem(word))


def species(aligned: Aligned) -> Iterator[Clash]:
    """Animals told as people, people as animals, one animal as another."""
    claim, text = aligned.claim.text, _text(aligned.doc)
    mine, theirs = (
        {_animal(m.group()) for m in ANIMALS.finditer(claim)},
        {_animal(m.group()) for m in ANIMALS.finditer(text)},
    )
    people = PEOPLE.search(claim)
    if people and theirs and not mine and not PEOPLE.search(text):
        yield Clash(
            Slot.SPECIES,
            "DES001",
            Verdict.CONTRADICTED,
            f"the claim speaks of '{people.group()}', the source of animals",
            aligned.best,
        )
    here = {_animal(m.group()) for m in ANIMALS.finditer(aligned.best.text)}
    if people and here and not mine and not PEOPLE.search(aligned.best.text) and aligned.coverage > 0.6:
        yield Clash(
            Slot.SPECIES,
            "DES001",
            Verdict.CONTRADICTED,
            f"the claim speaks of '{people.group()}', the sentence of animals",
            aligned.best,
        )
    generic = {"anim", _animal("animals")}
    for word in sorted(mine - theirs - generic):
        if theirs - generic or PEOPLE.search(text):
            yield Clash(
                Slot.SPECIES,
                "DES001",
                Verdict.CONTRADICTED if theirs - generic else Verdict.NOT_SUPPORTED,
                f"the source does not speak of the claim's '{word}'",
                aligned.best,
            )


def population(aligned: Aligned) -> Iterator[Clash]:
    """A group of people that the source does not speak of, where it names another one."""
    claim, text = aligned.claim.text, _text(aligned.doc)
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


def design(aligned: Aligned) -> Iterator[Clash]:
    """A design that the source does not state, or states otherwise."""
    claim, text = aligned.claim.text, _text(aligned.doc)
    stated = {name: (words, denied) for name, words, denied in DESIGNS}
    for name, named in DESIGN_NAMED:
        here = named.search(claim)
        if not here:
            continue
        words, denied = stated[name]
        if words.search(text):
            continue
        against = denied.search(text)
        verdict = Verdict.CONTRADICTED if against else Verdict.NOT_SUPPORTED
        said = f"; it says '{against.group()}'" if against else ""
        yield Clash(Slot.DESIGN, "DES002", verdict, f"the source does not say '{here.group()}'{said}", aligned.best)
        return
