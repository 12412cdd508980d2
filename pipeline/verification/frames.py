"""A claim as a comparison: who did what to which outcome, against whom; and what a source says of just that."""

from __future__ import annotations

import re
from typing import NamedTuple

from pipeline.directions import Change, change
from pipeline.directions.effects import effects
from pipeline.directions.outcome_words import CHANGES, PARTICIPLES
from pipeline.directions.polarity import polarity
from pipeline.directions.words import plain
from pipeline.verification.reading import Document

SIGN = {"increased": 1, "decreased": -1, "no difference": 0}


class Frame(NamedTuple):
    """The parts of a comparison. `sign` is +1, 0 or -1 for more, no different and less of the outcome."""

    intervention: str
    comparator: str
    outcome: str
    sign: int


_VERBS = "|".join(sorted({*PARTICIPLES, *CHANGES} - {"effect", "effects", "differences", "difference"}, key=len)[::-1])
_AGAINST = (
    r"(?:(?:when |as )?compared (?:with|to)|in comparison (?:with|to)|relative to|as opposed to|versus|vs\.?|than|over)"
)
_ADVERB = r"(?:(?:statistically |clinically )?significantly |markedly |substantially )"
_FORMS = (
    # X made no significant difference in Y compared with Z; X had no significant effect on Y compared with Z
    re.compile(
        r"^(?P<i>.+?) (?:made|had|showed|produced|resulted in|led to|has|makes) "
        r"(?P<no>no (?:statistically )?(?:significant )?)(?:differences?|effects?|changes?|impact|influence) "
        rf"(?:in|on|to|for|of) (?P<o>.+) {_AGAINST} (?P<c>.+)$",
        re.IGNORECASE,
    ),
    # X did not significantly reduce Y compared with Z
    re.compile(
        rf"^(?P<i>.+?) (?P<no>(?:did|does|do) not) {_ADVERB}?(?P<verb>\w+) (?P<o>.+) {_AGAINST} (?P<c>.+)$",
        re.IGNORECASE,
    ),
    # there was no significant difference in Y between X and Z
    re.compile(
        r"^(?:there (?:was|were) )?(?P<no>no (?:statistically )?(?:significant )?)differences? (?:in|of|for) (?P<o>.+)"
        r" (?:was |were )?(?:seen |found |observed )?between (?P<i>.+) and (?P<c>.+)$",
        re.IGNORECASE,
    ),
    # X significantly increased Y compared with Z
    re.compile(rf"^(?P<i>.+?) {_ADVERB}(?P<verb>{_VERBS}) (?P<o>.+) {_AGAINST} (?P<c>.+)$", re.IGNORECASE),
    # Y was significantly higher with X than with Z
    re.compile(
        rf"^(?P<o>.+?) (?:was|were|is|are) (?P<no>not )?{_ADVERB}?(?P<degree>\w+) (?:with|in|on|after|under|for) "
        rf"(?P<i>.+) {_AGAINST} (?:with |in |on |after |under |for )?(?P<c>.+)$",
        re.IGNORECASE,
    ),
    # X increased Y compared with Z
    re.compile(rf"^(?P<i>.+?) (?P<verb>{_VERBS}) (?P<o>.+) {_AGAINST} (?P<c>.+)$", re.IGNORECASE),
)

SETTING = re.compile(r"^(?:in|among|for|at|after|during|within|overall|here)\b[^,]*, ", re.IGNORECASE)
DEGREE = re.compile(r" (?:significantly )?(?:more|further|better|to a greater (?:extent|degree))$", re.IGNORECASE)


def _sign(word: str, outcome: str) -> int | None:
    told = effects(f"{word} it")
    if not told:
        return None
    sense = told[0].sense
    if sense in ("up", "down"):
        return 1 if sense == "up" else -1
    if sense in ("better", "worse"):
        return (polarity(outcome) * (1 if sense == "better" else -1)) or None
    return 0 if sense == "same" else None


def frame(claim: str) -> Frame | None:
    """The claim as a comparison of two arms in one outcome, or None where it is not told as one."""
    text = plain(claim).strip().rstrip(".")
    for form in _FORMS:
        match = form.match(text)
        if not match:
            continue
        parts = match.groupdict()
        i, c = SETTING.sub("", parts["i"]).strip(" ,"), parts["c"].strip(" ,")
        o = DEGREE.sub("", parts["o"]).strip(" ,")
        if parts.get("no"):
            return Frame(i, c, o, 0)
        sign = _sign(parts.get("verb") or parts.get("degree") or "", o)
        if sign is not None:
            return Frame(i, c, o, sign)
    return None


def told(claim: Frame, source: Document) -> Change:
    """What the source says happened to the outcome of the claim, between its two arms."""
    texts = [line.text for line in source.body]
    return change(texts, intervention=claim.intervention, comparator=claim.comparator, outcome=claim.outcome)
