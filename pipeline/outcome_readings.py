"""What the sentences of an abstract say of one outcome, the surest reading first."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from pipeline.arms import Arms, Mention, arm_mentions, arms_of
from pipeline.comparisons import clauses, effects
from pipeline.mentions import Known, Outcome, outcome_mentions, outcome_of
from pipeline.outcome_words import GENERIC
from pipeline.readings import Reading, clusters, read
from pipeline.significance import verdicts
from pipeline.text import Span, normal
from pipeline.words import abbreviations, is_content, stem, tokens

AIM = re.compile(
    r"^(?:\w+:\s*)?(?:(?:the |our |main |primary )*(?:aim|objective|purpose|goal)s?\b|we (?:aimed|sought|hypothesi"
    r"|evaluated|investigated|assessed|compared|examined|studied)|to (?:evaluate|assess|compare|determine|investigate"
    r"|examine|study|test|describe|explore)\b|this (?:study|trial)[\w\s,-]*(?:aim|evaluat|investigat|compar|assess|examin"
    r"|was (?:designed|conducted|undertaken)))|\b(?:was|were) (?:conducted|performed|designed|carried out|undertaken) to\b"
    r"|\bwere (?:then )?(?:randomly|randomi[sz]ed|allocated|assigned|enrolled|recruited|included|measured|assessed"
    r"|recorded|evaluated|compared)\b|\bwas (?:measured|assessed|recorded|evaluated)\b"
    r"|\boutcomes? (?:measures? )?(?:was|were|included|included)\b|\bend ?points? (?:was|were|included)\b"
    r"|\bhypothesi[sz]ed?\b|\bwas defined as\b",
    re.IGNORECASE,
)
HOPE = re.compile(
    r"\b(?:may|might|could|should|suggests?|seems?|appears?|potential|promising|further (?:studies|research)|needed"
    r"|warranted|conclu\w+|recommend\w*)\b",
    re.IGNORECASE,
)
# Words that a clause may hold and still say nothing of its own, so that it speaks of what the one before spoke of.
EMPTY = frozenset(
    """
    significant significantly statistically statistical difference differences different differ groups group ns showed
    shown found observed seen noted between ci hr rr log rank confidence interval adjusted analysis results however
    although mean trend p indicate indicates
    """.split()
)
CARRIED = 0.85
MATCHED = 0.4


class Found(NamedTuple):
    """A reading with the index of its sentence."""

    sentence: int
    reading: Reading


class _Question(NamedTuple):
    arms: Arms
    outcome: Outcome
    known: Known


def _says_nothing_of_its_own(text: str, mentions: Sequence[Mention], shared: frozenset[str]) -> bool:
    taken = [Span(m.start, m.end) for m in mentions] + [Span(e.start, e.end) for e in effects(text)]
    return not any(
        is_content(token)
        and not token.is_number
        and token.lower not in EMPTY
        and stem(token.text) not in GENERIC | shared
        and not any(start <= token.start < end for start, end in taken)
        for token in tokens(text)
    )


def _read_sentence(sentence: str, number: int, question: _Question, carried: float) -> tuple[list[Found], float]:
    """The readings of a sentence, and how much of the outcome its last clause leaves in the air for the next one."""
    found: list[Found] = []
    outcome = question.outcome
    for start, end in clauses(sentence):
        text = sentence[start:end]
        named = outcome_mentions(text, outcome, question.known)
        own = outcome.coverage(frozenset(key for item in named for key in item.keys))
        mentions = arm_mentions(text, question.arms, question.known)
        empty = _says_nothing_of_its_own(text, mentions, question.arms.shared)
        continues = empty and own < carried * CARRIED
        coverage = carried * CARRIED if continues else own
        if coverage >= 0.3:
            carried = max(own, carried * 0.95 if empty else own)
        elif not empty:
            carried = 0.0
        reading = None
        if coverage >= MATCHED:
            places = clusters(named, text, outcome) or (Span(0, 0),)
            words = effects(text, frozenset(item.token.start for item in named)) or effects(text)
            reading = read(text, places, words, mentions, outcome, coverage, question.arms.active)
        before = found[-1] if found else None
        if reading is None and before and before.reading.sign and text.startswith("not "):
            of_comparator = mentions and all(m.side == "comparator" for m in mentions)
            if own >= 0.3 or (of_comparator and not named and empty):
                reading = Reading(0, before.reading.rank + 0.5, "'but not'")
        if reading is None:
            continue
        if continues and reading.sign == 0:
            found = [
                f._replace(reading=f.reading._replace(rank=f.reading.rank - 1.5)) if f.reading.sign else f
                for f in found
            ]
        if HOPE.search(sentence):
            reading = reading._replace(rank=reading.rank - 0.5)
        found.append(Found(number, reading))
    return found, carried


def readings(sentences: Sequence[str], *, intervention: str, comparator: str, outcome: str) -> list[Found]:
    """What the sentences of an abstract say of the outcome, the surest first."""
    plain = tuple(normal(sentence) for sentence in sentences)
    known = abbreviations((*plain, normal(intervention), normal(comparator), normal(outcome)))
    question = _Question(arms_of(intervention, comparator, plain, outcome), outcome_of(outcome, known), known)
    found: list[Found] = []
    carried = 0.0
    for number, sentence in enumerate(plain):
        if AIM.search(sentence) and not verdicts(sentence):
            carried = 0.0
            continue
        more, carried = _read_sentence(sentence, number, question, carried)
        found += more
    return sorted(found, key=lambda f: -f.reading.rank)
