"""The papers that claims are taken from: labelled trials, real PubMed records, and the bundled synopses.

A paper is given to a checker in one of the forms in which people hold abstracts: with the headings of its sections in
front of them, on lines of their own, or without. Which form is decided by the hash of its id, as everything here.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from bench.designs import articles, files
from bench.directions import LABELS, OUTCOMES, plain
from bench.statements import source
from pipeline.models.sources import Article
from pipeline.models.verification import SourceText
from pipeline.sources.synopses import BUNDLED, bundled
from pipeline.text import normal, sentences

MEDICAL = re.compile(
    r"\b(?:patients?|participants|subjects|volunteers|women|infants|rats?|mice|mouse|placebo|treat(?:ed|ment)|therapy|"
    r"drugs?|dos(?:e|es|age)|mg|clinical|disease)\b",
    re.IGNORECASE,
)
UNTOLD = re.compile(
    r"backgr|introd|objectiv|\baims?\b|purpose|context|registr|rationale|hypothes|importance", re.IGNORECASE
)
FURNITURE = re.compile(
    r"online version|supplementary material|clinicaltrials\.gov|NCT\d|ISRCTN|ACTRN|\bregist(?:ered|ry|ration)\b|doi:|"
    r"copyright|sources seen|EudraCT|all rights reserved|DOSAGE ERROR",
    re.IGNORECASE,
)
PARTED = re.compile(r"[\w.]")
FOLLOWED = re.compile(r"[\w%]|\.\d")
HEADING = re.compile(r"^ABSTRACT\.?(?P<name>[^\n]*?):?\s*$", re.MULTILINE)


# A tampering makes one thing of a claim false; a control says it otherwise. None where there is nothing to do.
Tampering = Callable[[str, "Paper", random.Random], str | None]
Control = Callable[[str, "Paper"], str | None]


class Labelled(NamedTuple):
    """An outcome of a trial as people labelled it: `label` says what the intervention did to it."""

    intervention: str
    comparator: str
    outcome: str
    label: str


class Paper(NamedTuple):
    """A paper as a checker is given it, with the sentences of its abstract and what is known of it besides.

    `told` are those sentences that tell what was done and found: not what is known, hoped or meant to be done.
    """

    id: str
    title: str
    text: str
    sentences: tuple[str, ...]
    told: tuple[str, ...]
    origin: str
    types: tuple[str, ...] = ()
    labelled: tuple[Labelled, ...] = ()

    def source(self) -> SourceText:
        """What a checker gets to see."""
        return SourceText(id=self.id, title=self.title, text=self.text)

    def words(self) -> str:
        """Title and text in lower case and the normal form, with each space single."""
        return _words(self.title, self.text)

    def says(self, phrase: str) -> bool:
        """True where `phrase` stands in title or text as whole words and whole numbers, whatever its case."""
        wanted, words = normal(phrase).lower(), self.words()
        start = words.find(wanted)
        while start >= 0:
            if not (PARTED.search(words[:start][-1:]) or FOLLOWED.match(words, start + len(wanted))):
                return True
            start = words.find(wanted, start + 1)
        return False


@cache
def _words(title: str, text: str) -> str:
    return normal(f"{title} {text}").lower()


def dice(*parts: str) -> random.Random:
    """A source of chance that is the same for the same parts, on every machine."""
    return random.Random("|".join(parts))


def _told(parts: list[tuple[str, str]]) -> tuple[str, ...]:
    """The sentences on methods, results and conclusions; where no section is named, all after the first third."""
    if any(name for name, _ in parts):
        found = [s for name, text in parts if not UNTOLD.search(name) for s in _split(text)]
    else:
        whole = [s for _, text in parts for s in _split(text)]
        found = whole[len(whole) // 3 :]
    return _without_furniture(found)


def _without_furniture(found: Iterable[str]) -> tuple[str, ...]:
    return tuple(s for s in found if not FURNITURE.search(s))


def _split(text: str) -> tuple[str, ...]:
    return tuple(text[start:end] for start, end in sentences(text))


def _joined(parts: list[tuple[str, str]], chance: random.Random) -> str:
    """Sections as text, in one of three forms."""
    form = chance.randrange(3)
    if form == 0:
        return " ".join(text for _, text in parts)
    if form == 1:
        return "\n".join(f"{name}: {text}" if name else text for name, text in parts)
    return "\n\n".join(f"{name}\n{text}" if name else text for name, text in parts)


def _sections(raw: str) -> list[tuple[str, str]]:
    """Heading and text of each section of a raw abstract."""
    pieces = HEADING.split(raw)
    names = ["", *pieces[1::2]]
    found = [(name.rstrip(": "), " ".join(text.split())) for name, text in zip(names, pieces[::2], strict=True)]
    return [(name, text) for name, text in found if text]


def labelled_papers(path: Path = OUTCOMES) -> Iterator[Paper]:
    """The trials of the labelled outcomes, one paper for all outcomes of an abstract."""
    cases: dict[str, list[dict[str, str]]] = {}
    for line in path.read_text("utf-8").splitlines() if path.is_file() else ():
        case = json.loads(line)
        cases.setdefault(case["pmid"], []).append(case)
    for pmid, ours in cases.items():
        given = source(pmid, ours[0]["abstract_raw"])
        keys = ("intervention", "comparator", "outcome")
        names = [{key: " ".join(plain(case[key]).split()) for key in keys} for case in ours]
        labels = (Labelled(**of, label=LABELS[case["label"]]) for of, case in zip(names, ours, strict=True))
        parts = _sections(given.text)
        text = _joined(parts, dice(pmid, "form"))
        whole = tuple(s for _, section in parts for s in _split(section))
        yield Paper(pmid, given.title, text, whole, _told(parts), "labelled trials", labelled=tuple(labels))


def _article(article: Article, origin: str) -> Paper:
    parts = [(section.label or "", " ".join(section.text.split())) for section in article.abstract]
    whole = tuple(sentence for _, text in parts for sentence in _split(text))
    return Paper(
        article.key,
        article.title,
        _joined(parts, dice(article.key, "form")),
        whole,
        _without_furniture(whole) if article.text_origin == "synopsis" else _told(parts),
        origin,
        article.publication_types,
    )


def pubmed_papers() -> Iterator[Paper]:
    """The shared PubMed records that speak of patients, animals or drugs; notices and foreign languages left out."""
    for article in articles(files()):
        text = " ".join(section.text for section in article.abstract)
        notice = {"Published Erratum", "Retraction of Publication"} & set(article.publication_types)
        if len(MEDICAL.findall(text)) >= 3 and not notice:
            yield _article(article, "PubMed records")


def synopses() -> Iterator[Paper]:
    """The bundled synopses of this project."""
    for place in sorted(BUNDLED.iterdir()):
        collection = bundled(place.name)
        for article in collection.articles if collection else ():
            yield _article(article, "bundled synopses")


def papers() -> list[Paper]:
    """Every paper once, the labelled ones first."""
    found: dict[str, Paper] = {}
    for paper in (*labelled_papers(), *pubmed_papers(), *synopses()):
        found.setdefault(paper.id, paper)
    return list(found.values())
