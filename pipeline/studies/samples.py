"""Who was studied: the number enrolled, the number of trials in a synthesis, and the words that describe the people."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from pipeline.models.studies import Evidence, Fact
from pipeline.quantities import parse
from pipeline.text import any_of, normal

_PEOPLE = (
    "patients?|participants?|subjects?|volunteers?|wom[ae]n|m[ae]n|adults?|children|adolescents?|people|persons?"
    "|individuals?|outpatients?|inpatients?|veterans?|boys?|girls?|users|smokers|charts|cases?"
)
_ANIMALS = "rats?|mice|rabbits?|dogs?|beagles?|pigs?|monkeys?|hamsters?|animals"
_NOT_IN_GROUP = r"(?:of|are|were|was|is|and|or|who|in|to|the|for|with|on|at|by|had|case reports in)\b"
# Where the words for a condition end: not at the "to" of "moderate to severe" or "due to".
_TO = r"(?<!due)(?<!mild)(?<!moderate)(?<!secondary)(?<!related)(?<!resistant)(?<!refractory) to"
_NEXT = (
    r"and (?:\d|an?|were|was)|were|was|who|in (?:an?|the|one)|for (?:\d|\w+ (?:weeks|months|years))"
    r"|received|took|at|from the|per"
)
_ENDS = rf"(?=[,.;:()]|$| (?:{_NEXT}) |{_TO} )"
_CONDITION = rf"(?: (?:with|who had|suffering from|diagnosed with) [^,.;:()]{{3,80}}?{_ENDS})?"
GROUP = re.compile(
    rf"((?:(?!{_NOT_IN_GROUP})[A-Za-z][\w'-]* ){{0,5}}?"
    rf"\b(?:{_PEOPLE}|{_ANIMALS})\b(?: (?:{_PEOPLE})\b)?(?! (?:series|studies)){_CONDITION})",
    re.IGNORECASE,
)
TRIALS = re.compile(r"(?:[A-Za-z][\w'-]*,? ){0,4}?(?:trials?|RCTs?|studies)\b", re.IGNORECASE)
POOLED = re.compile(r"\d (?:[\w-]+,? ){0,4}(?:trials?|RCTs?|study|studies)\b", re.IGNORECASE)
N_EQUALS = re.compile(r"\b[nN] ?= ?(\d[\d,]*)")

ENROLLED = any_of(
    r"\b(?:enroll?ed|randomi[sz]ed|recruited|included|assigned|allocated|comprised|involved|treated|analy[sz]ed)\b",
    r"\bentered (?:the|this) (?:study|trial)\b",
)
DESCRIBES = any_of(
    r"\bth(?:is|e) [^.]{0,90}\b(?:trial|study|review|series|reports?|cohort|pilot|experiment|analysis)\b"
)
NOT_THE_SAMPLE = any_of(
    r"^ ?(?:\([^)]*\) ?)?(?:(?:who|that|were|was|had|of them) )*"
    r"(?:screened|eligible|assessed|approached|completed?|withdrew|dropped|in each|per (?:arm|group)|rated|responded"
    r"|relapsed|reported|stopped|died|improved|on placebo|in the (?:placebo|control))\b",
    r"^ to [\w-]+ and \d+ to\b",
)
BARE = re.compile(
    r"\b(\d[\d,]*)(?: in all)? "
    r"(?:(?:were|was) (?:analysed|analyzed|randomi[sz]ed|enroll?ed|included|recruited)"
    r"|entered (?:the|this) (?:study|trial))\b"
)
# A group that is named by a stage before or after the study is none: "2,137 screened subjects".
NOT_THE_GROUP = re.compile(
    r"(?:screened|eligible|excluded|approached|invited|remaining|additional|other)\b", re.IGNORECASE
)
NOT_COUNTED = re.compile(
    r"\b(?:first|other|remaining|additional|previous|aged?|age of|mean|median|of the|per) $", re.IGNORECASE
)


class Sample(NamedTuple):
    """The number enrolled, the words for them, and the number of trials of a synthesis; None where not stated."""

    n: Fact[int] | None
    population: Fact[str] | None
    trials: Fact[int] | None


class _Count(NamedTuple):
    value: int
    before: str
    after: str


def _counts(text: str, names: re.Pattern[str]) -> Iterator[_Count]:
    """The whole numbers of a sentence (digits and words) with the text on both sides, those in a name left out."""
    named = [match.span() for match in names.finditer(text)]
    for quantity in parse(text):
        if any(start <= quantity.start < end for start, end in named):
            continue
        whole = quantity.value == quantity.value.to_integral_value() and quantity.high is None
        if quantity.kind in ("count", "number") and whole and quantity.operator == "=":
            digits = re.search(r"[\d,  ]*\d|[a-z-]+", quantity.text, re.IGNORECASE)
            tail = quantity.start + (digits.end() if digits else len(quantity.text))
            yield _Count(int(quantity.value), text[: quantity.start], text[tail:])


def sample_of(sentences: Sequence[Evidence], names: re.Pattern[str], *, synthesis: bool) -> Sample:
    """The sample of a paper, `names` matching the compound.

    For a synthesis (`synthesis`) the trials are counted too, and n is all participants.

    Of several counts the one said to be enrolled, included or randomised wins, then the earliest; numbers screened,
    completing or responding are never the sample.
    """
    best: tuple[float, int, str, str] | None = None
    trials: Fact[int] | None = None
    for sentence in sentences:
        text = normal(sentence.text)
        weight = 2.0 * bool(ENROLLED.search(text)) + 1.5 * bool(DESCRIBES.search(text)) - 0.4 * sentence.number
        for count in _counts(text, names):
            studies = TRIALS.match(count.after.lstrip())
            if synthesis and studies and trials is None and count.value > 1:
                trials = Fact(value=count.value, evidence=sentence.id)
            group = GROUP.match(count.after.lstrip())
            case = group is not None and group.group(1).lower() in ("case", "cases")
            if synthesis and (case or not POOLED.search(count.before)):
                continue
            if group is None or NOT_COUNTED.search(count.before) or count.value == 0:
                continue
            if NOT_THE_GROUP.match(group.group(1)):
                continue
            rest = count.after.lstrip()[group.end() :]
            score = weight - 4.0 * bool(NOT_THE_SAMPLE.search(rest))
            score += 1.0 * bool(
                re.search(
                    r"\b(?:enroll?ed|randomi[sz]ed|recruited|included|comprised|in|of)\b[^.;]{0,25}$", count.before
                )
            )
            if best is None or score > best[0]:
                best = (score, count.value, sentence.id, group.group(1).strip())
    if best is not None and best[0] > -3:
        who = None if best[3] in ("case", "cases") else Fact[str](value=best[3], evidence=best[2])
        return Sample(Fact(value=best[1], evidence=best[2]), who, trials)
    for sentence in sentences[1:]:
        stated = BARE.search(normal(sentence.text)) or N_EQUALS.search(normal(sentence.text))
        if stated and ENROLLED.search(normal(sentence.text)):
            return Sample(Fact(value=int(stated.group(1).replace(",", "")), evidence=sentence.id), None, trials)
    return Sample(None, None, trials)
