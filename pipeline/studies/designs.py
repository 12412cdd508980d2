"""The design and the species of a study, from two witnesses: what PubMed tagged and what the paper says.

Publication types and MeSH come first, the paper's own words second. Tags lag by months and are sometimes wrong, so a
word of the paper that makes the design weaker always wins ("no placebo group" beats the tag Randomized Controlled
Trial), and the disagreement is kept as a doubt. A tag that is merely less specific ("Clinical Trial") does not
contradict a paper that calls itself randomised.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from pipeline.evidence import first_with
from pipeline.models.sources import Article
from pipeline.models.studies import SYNTHESES, Design, Evidence, Fact
from pipeline.studies.design_words import (
    ANIMAL_TAGS,
    ANIMALS,
    ANIMALS_TREATED,
    CELLS,
    CONTROLLED,
    NOT_THIS_STUDY,
    PAPER_CUES,
    PEOPLE,
    PLURALS,
    PUBLICATION_TYPES,
    RANDOMISED,
    STUDY_CUES,
    WEAKENERS,
    Cue,
)
from pipeline.text import normal

Species = Literal["human", "animal", "in vitro"]

WORDS: tuple[tuple[Species, re.Pattern[str]], ...] = (("human", PEOPLE), ("animal", ANIMALS), ("in vitro", CELLS))
# Tags that say less than the paper does, without contradicting it: (tag, words).
LESS_SPECIFIC = (
    (Design.REVIEW, Design.META_ANALYSIS),
    (Design.REVIEW, Design.SYSTEMATIC_REVIEW),
    (Design.CASE_REPORT, Design.CASE_SERIES),
)
RANK = {design: rank for rank, design in enumerate(Design)}


class Designed(NamedTuple):
    """A design and species with their witnesses, and the doubts where witnesses disagree."""

    design: Fact[Design]
    species: Fact[Species] | None
    animals: Fact[str] | None
    doubts: tuple[str, ...]


def weaker_of(one: Design, other: Design) -> Design:
    """The weaker of two designs in the order of `Design`."""
    return max(one, other, key=RANK.__getitem__)


def _first(cue: Cue, sentences: Sequence[Evidence]) -> Evidence | None:
    return first_with(cue.words, sentences[:1] if cue.title else sentences)


def _listed(names: Iterable[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last


def species_of(article: Article, sentences: Sequence[Evidence]) -> tuple[Fact[Species] | None, Fact[str] | None]:
    """Who or what was studied, and which animals, by the first sentence that names any.

    MeSH decides where it names only people or only animals. Otherwise the words of the paper do, the title counting
    three times: people where they are named at least as often as animals and cells; animals where they are named as
    often as cells or were treated; else cells.
    """
    counts: dict[Species, int] = {"human": 0, "animal": 0, "in vitro": 0}
    first: dict[Species, Evidence] = {}
    animals: Fact[str] | None = None
    for sentence in sentences:
        plain = normal(sentence.text)
        for species, words in WORDS:
            found = [match.group().lower() for match in words.finditer(plain)]
            counts[species] += len(found) * (3 if sentence.number == 0 else 1)
            if found:
                first.setdefault(species, sentence)
            if found and species == "animal" and animals is None:
                animals = Fact(value=_listed(dict.fromkeys(PLURALS.get(a, a) for a in found)), evidence=sentence.id)
    tags = {heading.descriptor for heading in article.mesh}
    if "Humans" in tags and not tags & ANIMAL_TAGS and counts["in vitro"] <= 2 * counts["human"]:
        return Fact(value="human", witness="mesh"), None
    if tags & ANIMAL_TAGS and "Humans" not in tags and (counts["animal"] or not counts["in vitro"]):
        return Fact(value="animal", witness="mesh"), animals
    if not any(counts.values()):
        return None, None
    treated = any(ANIMALS_TREATED.search(normal(s.text)) for s in sentences)
    best: Species = "in vitro"
    if counts["human"] >= max(counts["animal"], counts["in vitro"]):
        best = "human"
    elif counts["animal"] and (treated or counts["animal"] >= counts["in vitro"]):
        best = "animal"
    return Fact(value=best, evidence=first[best].id), animals if best == "animal" else None


def _tagged(article: Article) -> Design | None:
    types = set(article.publication_types)
    found = [design for name, design in PUBLICATION_TYPES if name in types]
    reviews = [design for design in SYNTHESES if design in found]
    return next(iter(reviews or found), None)


def _told_by_people(sentences: Sequence[Evidence]) -> tuple[Design, Evidence] | None:
    """The design that a paper on people gives itself, with the sentence that says so."""
    weak = next(((cue.design, s) for cue in WEAKENERS if (s := _first(cue, sentences))), None)
    for sentence in sentences:
        plain = normal(sentence.text)
        if RANDOMISED.search(plain) and not NOT_THIS_STUDY.search(plain):
            return weak or (Design.RANDOMISED, sentence)
    told = next(((cue.design, s) for cue in STUDY_CUES if (s := _first(cue, sentences))), None)
    if told and told[0] is not Design.SINGLE_ARM:
        return told
    controlled = first_with(CONTROLLED, sentences)
    alone = weak if weak and weak[0] is Design.SINGLE_ARM else None
    if controlled and not alone:
        return Design.CONTROLLED, controlled
    return alone or told


def design_of(article: Article, sentences: Sequence[Evidence]) -> Designed:
    """The design, the weaker of two disagreeing witnesses, with a doubt that says what each of them said.

    `sentences` are the evidence of the article, title first. UNCLEAR where neither witness says anything.
    """
    species, animals = species_of(article, sentences)
    tagged = _tagged(article)
    told = next(((cue.design, s) for cue in PAPER_CUES if (s := _first(cue, sentences))), None)
    if told is None and species is not None and species.value != "human":
        design = Design.ANIMAL if species.value == "animal" else Design.IN_VITRO
        if tagged is None or RANK[tagged] < RANK[design]:
            fact = Fact[Design](value=design, evidence=species.evidence, witness=species.witness)
            return Designed(fact, species, animals, ())
    told = told or _told_by_people(sentences)
    by_tag = Fact[Design](value=tagged or Design.UNCLEAR, witness="publication type")
    if told is None:
        return Designed(by_tag if tagged else Fact(value=Design.UNCLEAR), species, animals, ())
    text, sentence = told
    by_text = Fact[Design](value=text, evidence=sentence.id, witness="text" if sentence.number else "title")
    if text is Design.IN_VITRO:
        species, animals = Fact(value="in vitro", evidence=sentence.id), None
    if tagged is None or tagged is text or (tagged, text) in LESS_SPECIFIC:
        return Designed(by_text, species, animals, ())
    doubt = f"PubMed tags it {tagged.value}, its own words say {text.value}"
    wins = by_text if weaker_of(tagged, text) is text else by_tag
    return Designed(wins, species, animals, (doubt,))
