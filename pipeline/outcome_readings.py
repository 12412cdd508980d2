"""What the sentences of an abstract say of one outcome, the surest reading first."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from pipeline.arms import Arms, Mention, Side, arm_mentions, arms_of
from pipeline.comparisons import clauses, effects, reference
from pipeline.mentions import Keyed, Known, Outcome, outcome_mentions, outcome_of
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
NOT_AGAINST = re.compile(r"not (?!in\b|with\b|after\b|for\b|during\b|on\b|by\b)")
AGAINST_LAST = re.compile(r"\b(?:compared (?:with|to)|versus|vs\.?|than|against)\b[^,;]*$", re.IGNORECASE)
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


class _Clause(NamedTuple):
    """A clause with what it names. `own` is the share of the outcome's words it holds; `empty` if it holds no others."""

    text: str
    named: tuple[Keyed, ...]
    mentions: tuple[Mention, ...]
    own: float
    empty: bool

    @property
    def subject(self) -> Side | None:
        """The arm the clause speaks of: the one it names, other than the one it compares with."""
        against = reference(self.text, self.mentions)
        sides = {m.side for m in self.mentions if m is not against} - {"other"}
        return sides.pop() if len(sides) == 1 else None


def _clause(text: str, question: _Question) -> _Clause:
    named = outcome_mentions(text, question.outcome, question.known)
    mentions = arm_mentions(text, question.arms, question.known)
    own = question.outcome.coverage(frozenset(key for item in named for key in item.keys))
    return _Clause(text, named, mentions, own, _says_nothing_of_its_own(text, mentions, question.arms.shared))


def _read_clause(clause: _Clause, coverage: float, question: _Question, active: Side) -> Reading | None:
    if coverage < MATCHED:
        return None
    text = clause.text
    places = clusters(clause.named, text, question.outcome) or (Span(0, 0),)
    words = effects(text, frozenset(item.token.start for item in clause.named))
    if not words and clause.mentions:
        words = effects(text)
    return read(text, places, words, clause.mentions, question.outcome, coverage, active)


def _exception(clause: _Clause, before: _Clause, reading: Reading) -> Reading | None:
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
    before: _Clause | None = None
    active = question.arms.active
    for start, end in clauses(sentence):
        clause = _clause(sentence[start:end], question)
        continues = clause.empty and clause.own < carried * CARRIED
        coverage = carried * CARRIED if continues else clause.own
        if coverage >= CARRIES:
            carried = max(clause.own, carried * 0.95 if clause.empty else clause.own)
        elif not clause.empty:
            carried = 0.0
        if question.arms.distinct or clause.mentions:
            reading = _read_clause(clause, coverage, question, active)
        else:
            reading = None
        if reading is None and before and found:
            reading = _exception(clause, before, found[-1].reading)
        active = clause.subject or active
        before = clause
        if reading is None:
            continue
        if continues and reading.sign == 0:
            found = [f._replace(reading=f.reading.lowered(1.5)) if f.reading.sign else f for f in found]
        found.append(Found(number, reading.lowered(0.5) if HOPE.search(sentence) else reading))
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
