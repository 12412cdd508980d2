"""What the results sentences of a paper say of a compound: which of them tell a result, and of which outcome."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from pipeline.directions.clause_cues import AT_START, BETWEEN, FROM_START, TOGETHER, WITHIN
from pipeline.directions.comparisons import clauses
from pipeline.directions.compound_readings import Sign, by_effects, by_numbers, compound_clause
from pipeline.directions.effects import effects
from pipeline.directions.mentions import Known, keyed, outcome_mentions, outcome_of
from pipeline.directions.outcome_words import BAD_IF_UP, BAD_SCALES, GOOD_IF_UP, GOOD_SCALES
from pipeline.directions.sentence_cues import (
    AIM,
    CONCLUSION_LABEL,
    DETAIL,
    EFFICACY_TITLE,
    HARM,
    HOPE,
    LIMIT,
    METHODS,
    MOST_OF,
    PRIMARY,
    PRIMARY_IS,
    RESULTS_LABEL,
    SAFETY_TITLE,
    SECONDARY,
    SHARE,
    SYMPTOM,
)
from pipeline.directions.significance import verdicts
from pipeline.directions.words import abbreviations, plain
from pipeline.evidence import name_pattern
from pipeline.models.studies import Evidence
from pipeline.text import any_of

ASIDE = any_of(r",\s*(?:the|an?|which|who)\b[^,]*,")
# "X showed no effect" is told of X, which need not be the compound.
AGENT_EFFECT = any_of(
    r"\b(?:had|has|showed|shows|exerted|produced) (?:no|little)\b[^.;]{0,30}"
    r"\b(?:effect|efficacy|benefit|influence)s?\b(?! on| of)"
)
POLAR = BAD_IF_UP | BAD_SCALES | GOOD_IF_UP | GOOD_SCALES
MATCHED = 0.6


class Told(NamedTuple):
    """What one sentence says of the compound: +1 better, 0 no difference, -1 worse, and the rule.

    `weight` is 2 for the main outcome, 0 for a secondary one, else 1; `in_title` where the title names the outcome.
    """

    evidence: str
    good: int
    weight: int
    in_title: bool
    reason: str


class Testimony(NamedTuple):
    """The results a paper states, in order, and the ids of its sentences on adverse effects."""

    results: tuple[Told, ...]
    harms: tuple[str, ...]


class _Paper(NamedTuple):
    names: re.Pattern[str]
    known: Known
    controlled: bool
    about_safety: bool
    title: frozenset[str]
    primary: tuple[str, ...]


def _paper(evidence: Sequence[Evidence], texts: tuple[str, ...], names: Sequence[str], controlled: bool) -> _Paper:
    known = abbreviations(texts)
    title = texts[0] if evidence and evidence[0].number == 0 else ""
    primary = [m["what"] for text in texts if (m := PRIMARY_IS.search(text)) and not SECONDARY.search(m.group())]
    return _Paper(
        name_pattern(names, evidence),
        known,
        controlled,
        SAFETY_TITLE.search(title) is not None and EFFICACY_TITLE.search(title) is None,
        frozenset(key for item in keyed(title, known) for key in item.keys & POLAR),
        tuple(item for what in primary for item in re.split(r",|\band\b", DETAIL.split(what)[0]) if item.strip()),
    )


def _begin(evidence: Sequence[Evidence], texts: Sequence[str]) -> int:
    """The number of the first sentence that may tell a result.

    Where no part is labelled, that is the first one on aims or methods, if it stands in the first half.
    """
    if any(sentence.section for sentence in evidence):
        return 1
    told = (s.number for s, text in zip(evidence, texts, strict=True) if s.number and METHODS.search(text))
    first = next(told, 1)
    return first if first <= len(evidence) / 2 else 1


def _is_result(sentence: Evidence, text: str) -> bool:
    """Whether a sentence may tell a result: by its label, else by a test or a share, or for want of cues against it.

    A title never does.
    """
    tested = bool(verdicts(text))
    if sentence.number == 0 or LIMIT.search(text) or (HOPE.search(text) and not tested):
        return False
    if sentence.section and not RESULTS_LABEL.search(sentence.section):
        return CONCLUSION_LABEL.search(sentence.section) is not None
    return tested or PRIMARY.search(text) is not None or SHARE.search(text) is not None or not AIM.search(text)


def _tells_harm(text: str) -> bool:
    """Whether a clause is about adverse effects; one on a complaint that became less is about an outcome."""
    if HARM.search(text):
        return True
    return SYMPTOM.search(text) is not None and not any(e.sense in ("down", "better", "same") for e in effects(text))


def _only_within(text: str, both: bool) -> bool:
    """Whether a clause tells of changes within groups, which compare nothing."""
    if WITHIN.search(text):
        return True
    return not both and bool(FROM_START.search(text) or (TOGETHER.search(text) and not BETWEEN.search(text)))


def _signs(text: str, paper: _Paper) -> Iterator[Sign]:
    """What the clauses of a results sentence say of the compound."""
    if (most := MOST_OF.search(text)) and "improv" in text and 2 * int(most["some"]) > int(most["all"]):
        yield Sign(1, text, f"{most.group()} improved", summary=True)
        return
    last: Sign | None = None
    harmful, about = False, ""
    for start, end in clauses(text):
        clause = compound_clause(text[start:end], paper.names, paper.known)
        inside = clause.text
        harmful = harmful or _tells_harm(inside)
        if AT_START.search(inside) or (harmful and not paper.about_safety):
            continue
        if inside.startswith("not ") and last and last.good:
            yield Sign(0, inside, "'but not'")
            continue
        straight = ASIDE.sub(" ", inside)
        agent = AGENT_EFFECT.search(straight)
        if agent and not paper.names.search(straight[: agent.start()]):
            continue
        ignored = paper.controlled and _only_within(inside, len(clause.sides) == 2)
        signs = [sign for sign in by_effects(clause, about) if not (ignored and sign.good)]
        if not signs and not ignored and (number := by_numbers(clause, controlled=paper.controlled)):
            signs = [number]
        yield from signs
        last = signs[-1] if signs else last
        about = signs[-1].about if signs else inside


def _weight(sign: Sign, text: str, paper: _Paper) -> int:
    if SECONDARY.search(text):
        return 0
    if sign.summary or PRIMARY.search(text):
        return 2
    for item in paper.primary:
        outcome = outcome_of(item, paper.known)
        found = outcome_mentions(text, outcome, paper.known)
        if outcome.coverage(frozenset(key for f in found for key in f.keys)) >= MATCHED:
            return 2
    return 1


def testimony(evidence: Sequence[Evidence], names: Sequence[str], *, controlled: bool) -> Testimony:
    """The results a paper states of the compound called by any of `names`, and its sentences on adverse effects.

    An uncontrolled study of safety states none: that nothing was seen without a control is no result.
    """
    texts = tuple(plain(sentence.text) for sentence in evidence)
    paper = _paper(evidence, texts, names, controlled)
    results: list[Told] = []
    harms: list[str] = []
    begin = _begin(evidence, texts)
    for sentence, text in zip(evidence, texts, strict=True):
        if sentence.number and _tells_harm(text) and not LIMIT.search(text):
            harms.append(sentence.id)
        if sentence.number < begin or not _is_result(sentence, text):
            continue
        seen: set[int] = set()
        for sign in _signs(text, paper):
            if sign.good not in seen:
                seen.add(sign.good)
                in_title = any(key in paper.title for item in keyed(sign.about, paper.known) for key in item.keys)
                results.append(Told(sentence.id, sign.good, _weight(sign, text, paper), in_title, sign.reason))
    return Testimony(() if paper.about_safety and not controlled else tuple(results), tuple(harms))
