"""Invented compounds with an invented literature, as many as are asked for, and the same on every machine.

Each has a `compound.yaml` and six or more records in the library, none of which exists: their names are made of
syllables, their PMIDs are beyond those that PubMed has given, their texts are put together here. A draft of one takes
a tenth of a second or two, so that a thousand of them say what a thousand drafts cost and not what one long text does.

    python -m bench compounds ROOT COUNT
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

import yaml

from pipeline.models.sources import AbstractSection, Article, Author, MeshHeading
from pipeline.profiles import write
from pipeline.sources.library import Library
from pipeline.sources.pubmed_xml import Record

FIRST_PMID = 910_000_000  # PubMed has given some 42 million
PAPERS = range(6, 10)  # of a compound
DAY = date(2026, 11, 1)
SYLLABLES = ("ba", "de", "fi", "go", "hu", "ka", "le", "mi", "no", "ru")
CONDITIONS = ("fibromyalgia", "migraine", "psoriasis", "asthma", "insomnia", "gout", "neuropathic pain", "eczema")
OUTCOMES = ("pain", "fatigue", "sleep quality", "itch", "stiffness", "quality of life")
FAMILIES = ("Ansel", "Brandt", "Castro", "Dietz", "Eklund", "Farkas", "Grohl", "Hanak", "Ibsen", "Jansky")


class Design(NamedTuple):
    """A kind of paper: PubMed's words for it, whom it studies, and its title, methods and results as patterns."""

    types: tuple[str, ...]
    mesh: str
    title: str
    methods: str
    results: str


DESIGNS = (
    Design(
        ("Randomized Controlled Trial",),
        "Humans",
        "{Drug} for {condition}: a randomised, double-blind, placebo-controlled trial",
        "In this randomised, double-blind, placebo-controlled trial, {n} patients with {condition} received oral {drug}"
        " {dose} mg once daily or placebo for {weeks} weeks. The primary outcome was {outcome} at week {weeks}.",
        "{Outcome} improved more with {drug} than with placebo (mean difference -{effect} points, p = {p}). Nausea"
        " occurred in {percent}% of patients on {drug}.",
    ),
    Design(
        ("Randomized Controlled Trial",),
        "Humans",
        "{Drug} {dose} mg in {condition}: a randomised placebo-controlled trial",
        "We randomly assigned {n} adults with {condition} to {drug} {dose} mg/day or placebo for {weeks} weeks in a"
        " double-blind trial. The primary outcome was {outcome}.",
        "{Outcome} did not differ between {drug} and placebo at week {weeks} (mean difference -0.{percent} points,"
        " p = 0.{n}). Headache was the most common adverse event.",
    ),
    Design(
        ("Clinical Trial",),
        "Humans",
        "Open-label {drug} for {outcome} in {condition}",
        "In an open-label, single-arm study, {n} patients with {condition} took {drug} {dose} mg nightly.",
        "{Outcome} improved after {weeks} weeks (p = {p}). No serious adverse event occurred.",
    ),
    Design(
        ("Observational Study",),
        "Humans",
        "Long-term use of {drug} in {condition}: a retrospective cohort study",
        "This retrospective cohort study included {n} patients with {condition} who were prescribed {drug}.",
        "After {weeks} weeks {percent}% of the patients still took {drug}. Dizziness was reported by {effect}%.",
    ),
    Design(
        ("Case Reports",),
        "Humans",
        "Rash during treatment with {drug}: a case report",
        "We report a {n}-year-old woman with {condition} who developed a rash after {drug} {dose} mg daily.",
        "The rash resolved within {weeks} days after {drug} was stopped.",
    ),
    Design(
        (),
        "Animals",
        "{Drug} lessens signs of {condition} in rats",
        "Male Wistar rats (n = {n}) received {drug} {dose} mg/kg by mouth or vehicle for {weeks} days.",
        "{Drug} reduced interleukin-6 in serum by {percent}% compared with vehicle (p = {p}).",
    ),
    Design(
        ("Review",),
        "Humans",
        "{Drug}: a review of its pharmacology and use in {condition}",
        "This narrative review summarises what is known of {drug}. {Drug} is an inhibitor of an imagined receptor.",
        "{Drug} has an elimination half-life of {effect} hours. It was studied mostly in {condition} and {other}.",
    ),
)


def name_of(number: int) -> str:
    """The name of an invented compound: its number in syllables."""
    return "".join(SYLLABLES[int(digit)] for digit in f"{number:04}") + "rexol"


def compound_yaml(number: int) -> str:
    """What an author would have written about it."""
    about = {
        "name": name_of(number),
        "tagline": "An invented compound",
        "topics": _conditions(number),
        "mechanisms": [{"name": "inflammation", "terms": ["interleukin-6"]}],
        "form": {"kind": "oral", "presentation": "tablet"},
        "questions": [{"question": "Does it cause nausea?", "terms": ["nausea"]}],
    }
    return yaml.safe_dump(about, sort_keys=False)


def papers(number: int) -> Iterator[Article]:
    """The literature of an invented compound, each paper of a design of its own as far as there are so many."""
    dice = random.Random(number)
    drug, conditions = name_of(number), _conditions(number)
    for place in range(dice.choice(PAPERS)):
        design = DESIGNS[(place + number) % len(DESIGNS)]
        condition, other = dice.sample(conditions, 2)
        outcome = dice.choice(OUTCOMES)
        words = {
            "drug": drug,
            "Drug": drug.capitalize(),
            "condition": condition,
            "other": other,
            "outcome": outcome,
            "Outcome": outcome.capitalize(),
            "n": dice.randint(14, 96),
            "dose": dice.choice((5, 10, 20, 40, 80)),
            "weeks": dice.choice((4, 6, 8, 12, 24)),
            "effect": dice.choice((1.2, 1.4, 1.9, 2.3, 3.1)),
            "p": dice.choice((0.001, 0.004, 0.016, 0.03)),
            "percent": dice.randint(11, 39),
        }
        parts = ((label, getattr(design, label).format(**words)) for label in ("methods", "results"))
        yield Article(
            pmid=str(FIRST_PMID + number * 100 + place),
            title=design.title.format(**words),
            authors=tuple(Author(family=family, initials="A") for family in dice.sample(FAMILIES, 3)),
            journal="J Invent Res",
            journal_title="Journal of Invented Results",
            year=dice.randint(2001, 2025),
            volume=str(dice.randint(1, 60)),
            issue="2",
            pages=f"{100 * place + 1}-{100 * place + 9}",
            languages=("eng",),
            publication_types=("Journal Article", *design.types),
            mesh=(MeshHeading(descriptor=design.mesh),),
            abstract=tuple(AbstractSection(label=label.upper(), text=text) for label, text in parts),
            date_revised=DAY,
        )


def _conditions(number: int) -> list[str]:
    return random.Random(-1 - number).sample(CONDITIONS, 3)


def generated(root: Path, count: int) -> list[str]:
    """Write so many invented compounds below `root/profiles`, their records to the library there, and name them."""
    numbers = range(count)
    write({root / "profiles" / name_of(n) / "compound.yaml": compound_yaml(n) for n in numbers})
    with Library(root / ".library" / "library.sqlite") as library:
        library.add((Record(paper, b"") for n in numbers for paper in papers(n)), fetched_at=DAY)
    return [name_of(n) for n in numbers]


def main(arguments: list[str]) -> int:
    """Write the compounds to a directory and print their names."""
    if len(arguments) != 2 or not arguments[1].isdecimal():
        print("error: a directory and a number are needed\nhint: python -m bench compounds ROOT 100", file=sys.stderr)
        return 2
    print("\n".join(generated(Path(arguments[0]), int(arguments[1]))))
    return 0
