"""Cases for the tamper benchmark: true claims, word for word and said otherwise, and the same claims tampered with.

A claim is a sentence of an abstract that tells what was done or found and holds something to tamper with. Every case
follows from the hash of its paper and sentence; of each kind a bounded number is kept, at most two of a paper.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from hashlib import sha256
from itertools import chain
from typing import NamedTuple

from bench.control_clauses import CLAUSES
from bench.control_numbers import NUMBERS as FIGURES
from bench.control_summaries import SUMMARIES
from bench.control_words import WORDS
from bench.directions import half
from bench.papers import Control, Paper, Tampering, dice, papers
from bench.tamper_arms import ARMS
from bench.tamper_designs import DESIGNS
from bench.tamper_numbers import NUMBERS
from bench.tamper_people import PEOPLE
from bench.tamper_results import RESULTS
from bench.tamper_strength import STRENGTH
from bench.tamper_subjects import SUBJECTS
from bench.tamper_units import UNITS
from pipeline.models.verification import Statement
from pipeline.text import normal

TAMPERINGS: dict[str, Tampering] = {
    **NUMBERS,
    **UNITS,
    **ARMS,
    **RESULTS,
    **STRENGTH,
    **SUBJECTS,
    **PEOPLE,
    **DESIGNS,
}
# The kinds that the aim of 95 % speaks of; the others are measured beside them.
NAMED = (
    *("dose", "unit", "n", "percent", "p-value", "arm", "numbers of arms", "direction", "negation", "condition"),
    *("species", "design"),
)
CONTROLS: dict[str, dict[str, Control]] = {
    "figures": FIGURES,
    "words": WORDS,
    "clauses": CLAUSES,
    "fields": SUMMARIES,
}
VERBATIM = "verbatim"
TWICE = "two at once"
KEPT = {VERBATIM: 200, TWICE: 100}
KEPT_CONTROLS = 10
KEPT_TAMPERED = 30
OF_A_PAPER = 2

HOLDS = re.compile(
    r"\d|\b(?:than|compared|versus|vs|differ\w*|random\w*|blind\w*|placebo|pilot|retrospective\w*|cohort|"
    r"significant\w*|"
    r"increas\w+|decreas\w+|reduc\w+|improv\w+|higher|lower|greater|patients|women|children|rats|mice|dose|effective|"
    r"associated|no effect|open-label|controlled|review|meta-analysis)\b",
    re.IGNORECASE,
)
UNCLAIMED = re.compile(
    r"^(?:To |We aim|We hypothes|The (?:aim|purpose|objective|goal)|Our (?:aim|purpose|objective)|Further|Future|"
    r"More research)"
    r"|\?$|\b(?:hypothes\w+|is needed|are needed|are warranted|is warranted)\b"
)


class Case(NamedTuple):
    """One claim for a checker: how the true sentence was said, and how it was then tampered with, if at all."""

    paper: Paper
    sentence: str
    claim: str
    form: str
    kind: str | None = None

    @property
    def half(self) -> int:
        """0 for what may be read while rules are written, 1 for what is only counted."""
        return half(self.paper.id)

    @property
    def row(self) -> str:
        """The line of the table that this case belongs to."""
        return self.kind or self.form

    def statement(self) -> Statement:
        """What a checker gets to see."""
        name = sha256(f"{self.paper.id}|{self.claim}".encode()).hexdigest()[:12]
        return Statement(id=name, claim=self.claim, sources=(self.paper.source(),))


def _hash(text: str) -> bytes:
    return sha256(text.encode()).digest()


def claims(paper: Paper) -> Iterator[str]:
    """The sentences of a paper that are fit to be claimed."""
    for sentence in paper.told:
        whole = sentence[0].isalnum() and sentence.endswith(".") and sentence.count("(") == sentence.count(")")
        if whole and 40 <= len(sentence) <= 330 and HOLDS.search(sentence) and not UNCLAIMED.search(sentence):
            yield sentence


def said_otherwise(paper: Paper, sentence: str) -> dict[str, str]:
    """Every control that applies to a sentence, with what it makes of it."""
    found = {}
    for controls in CONTROLS.values():
        for name, control in controls.items():
            claim = control(sentence, paper)
            if claim is not None and claim != sentence:
                found[name] = claim
    return found


def _twice(paper: Paper, sentence: str, others: dict[str, str]) -> str | None:
    """A sentence after two controls, one after the other; every third sentence is tried."""
    chance = dice(paper.id, sentence, TWICE)
    if chance.randrange(3):
        return None
    for name in chance.sample(sorted(others), len(others)):
        more = {k: v for k, v in said_otherwise(paper, others[name]).items() if k != name and v != sentence}
        if more:
            return more[chance.choice(sorted(more))]
    return None


def _true(paper: Paper, sentence: str, others: dict[str, str]) -> Iterator[Case]:
    yield Case(paper, sentence, sentence, VERBATIM)
    for name, claim in others.items():
        yield Case(paper, sentence, claim, name)
    twice = _twice(paper, sentence, others)
    if twice is not None:
        yield Case(paper, sentence, twice, TWICE)


def _tampered(paper: Paper, sentence: str, others: dict[str, str]) -> Iterator[Case]:
    """A sentence tampered with in every way, word for word and once said otherwise."""
    names = sorted(others)
    for kind, tamper in TAMPERINGS.items():
        forms = [(VERBATIM, sentence)]
        if others:
            other = names[_hash(f"{sentence}|{kind}")[0] % len(names)]
            forms.append((other, others[other]))
        for form, claim in forms:
            made = tamper(claim, paper, dice(paper.id, claim, kind))
            if made is not None and made != claim:
                yield Case(paper, sentence, made, form, kind)


def _true_still(case: Case) -> bool:
    """True where a tampered claim says what the sentence says, or what the paper says in so many words."""
    plain = normal(case.claim).lower()
    return plain == normal(case.sentence).lower() or plain.rstrip(".") in case.paper.words()


def _kept(cases: Iterable[Case]) -> Iterator[Case]:
    """A bounded number of each half and kind, taken by hash, at most two of a paper."""
    piles: dict[tuple[int, str, bool, bool], list[Case]] = defaultdict(list)
    for case in cases:
        piles[case.half, case.row, case.kind is not None, case.form == VERBATIM].append(case)
    for (_, row, tampered, _), pile in sorted(piles.items(), key=lambda item: item[0]):
        limit = KEPT_TAMPERED if tampered else KEPT.get(row, KEPT_CONTROLS)
        pile.sort(key=lambda case: _hash(f"{case.paper.id}|{case.claim}"))
        of: Counter[str] = Counter()
        kept = 0
        for case in pile:
            if kept < limit and of[case.paper.id] < OF_A_PAPER and not (tampered and _true_still(case)):
                of[case.paper.id] += 1
                kept += 1
                yield case


def cases(sources: Iterable[Paper] | None = None) -> list[Case]:
    """The cases of the benchmark, the same on every machine for the same papers."""

    def every() -> Iterator[Case]:
        for paper in papers() if sources is None else sources:
            # A few sentences of each paper are enough, and keep this quick.
            told = sorted(set(claims(paper)), key=lambda s: _hash(f"{paper.id}|{s}"))[:5]
            for sentence in told:
                others = said_otherwise(paper, sentence)
                yield from chain(_true(paper, sentence, others), _tampered(paper, sentence, others))

    return list(_kept(every()))
