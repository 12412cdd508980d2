"""What the sentences of an abstract say of one outcome, the surest reading first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from pipeline.directions.arm_descriptions import arms_of
from pipeline.directions.arms import Arms, Mention, Side, arm_mentions
from pipeline.directions.clause_cues import AGAINST_LAST, NOT_AGAINST
from pipeline.directions.comparisons import clauses, reference
from pipeline.directions.effects import effects
from pipeline.directions.mentions import Known, Outcome, outcome_mentions, outcome_of
from pipeline.directions.outcome_words import GENERIC
from pipeline.directions.readings import Clause, Reading, read
from pipeline.directions.sentence_cues import AIM, HOPE
from pipeline.directions.significance import verdicts
from pipeline.directions.words import abbreviations, is_content, plain, stem, tokens
from pipeline.text import Span, normal

# Words that a clause may hold and still say nothing of its own, so that it speaks of what the one before spoke of.
EMPTY = frozenset(
    """
    significant significantly statistically statistical difference differences different differ groups group ns showed
    shown found observed seen noted between ci hr rr log rank confidence interval adjusted analysis results however
    although mean trend p indicate indicates
    """.split()
)
# A clause that names at least CARRIES of the outcome is continued by empty ones, at CARRIED of its coverage.
CARRIES = 0.3
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


def _is_empty(text: str, mentions: Sequence[Mention], shared: frozenset[str]) -> bool:
    taken = [Span(m.start, m.end) for m in mentions] + [Span(e.start, e.end) for e in effects(text)]
    return not any(
        is_content(token)
        and not token.is_number
        and token.lower not in EMPTY
        and stem(token.text) not in GENERIC | shared
        and not any(start <= token.start < end for start, end in taken)
        for token in tokens(text)
    )


def _clause(text: str, question: _Question) -> Clause:
    mentions = arm_mentions(text, question.arms, question.known)
    named = tuple(
        item
        for item in outcome_mentions(text, question.outcome, question.known)
        if not any(m.start <= item.token.start < m.end for m in mentions)
    )
    own = question.outcome.coverage(frozenset(key for item in named for key in item.keys))
    return Clause(text, named, mentions, own, _is_empty(text, mentions, question.arms.shared))


def _subject(clause: Clause) -> Side | None:
    """The arm a clause speaks of: the one it names, other than the one it compares with."""
    against = reference(clause.text, clause.mentions)
    sides = {m.side for m in clause.mentions if m is not against} - {"other"}
    return sides.pop() if len(sides) == 1 else None


def _exception(clause: Clause, before: Clause, reading: Reading) -> Reading | None:
    """What "but not ..." takes back of the reading before it: the outcome it names, or the arm compared with."""
    if not clause.text.startswith("not ") or not reading.sign:
        return None
    arm = clause.mentions and all(m.side == "comparator" for m in clause.mentions) and NOT_AGAINST.match(clause.text)
    compared = arm and clause.empty and not clause.named and AGAINST_LAST.search(before.text)
    if compared or (clause.own >= 0.6 and clause.own >= before.own):
        return Reading(0, reading.rank + 0.5, "'but not'")
    return None


def _read_sentence(sentence: str, number: int, question: _Question, carried: float) -> tuple[list[Found], float]:
    """The readings of a sentence, and how much of the outcome its last clause leaves in the air for the next one."""
    found: list[Found] = []
    before: Clause | None = None
    active = question.arms.active
    for start, end in clauses(sentence):
        clause = _clause(sentence[start:end], question)
        continues = clause.empty and clause.own < carried * CARRIED
        coverage = carried * CARRIED if continues else clause.own
        if coverage >= CARRIES:
            carried = max(clause.own, carried * 0.95 if clause.empty else clause.own)
        elif not clause.empty:
            carried = 0.0
        reading = None
        if coverage >= MATCHED and (question.arms.distinct or clause.mentions):
            reading = read(clause, question.outcome, coverage, active)
        if reading is None and before and found:
            reading = _exception(clause, before, found[-1].reading)
        active = _subject(clause) or active
        before = clause
        if reading is None:
            continue
        if continues and reading.sign == 0:
            found = [f._replace(reading=f.reading.lowered(1.5)) if f.reading.sign else f for f in found]
        found.append(Found(number, reading.lowered(0.5) if HOPE.search(sentence) else reading))
    return found, carried


def readings(sentences: Sequence[str], *, intervention: str, comparator: str, outcome: str) -> list[Found]:
    """What the sentences of an abstract say of the outcome, the surest first."""
    texts = tuple(plain(sentence) for sentence in sentences)
    known = abbreviations((*texts, normal(intervention), normal(comparator), normal(outcome)))
    question = _Question(arms_of(intervention, comparator, texts, outcome), outcome_of(outcome, known), known)
    found: list[Found] = []
    carried = 0.0
    for number, sentence in enumerate(texts):
        if AIM.search(sentence) and not verdicts(sentence):
            carried = 0.0
            continue
        more, carried = _read_sentence(sentence, number, question, carried)
        found += more
    return sorted(found, key=lambda f: -f.reading.rank)
