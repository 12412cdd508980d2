"""The clauses of a sentence, and which of two arms a clause speaks of."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from pipeline.directions.arms import Mention, Side
from pipeline.directions.effects import Effect
from pipeline.text import Span

BRACKET = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
CUT_AFTER = re.compile(
    r";\s*|,?\s+(?:and\s+)?(?:whereas|but)\s+"
    r"|,\s*(?:and\s+)?(?:while|although|though|however|yet|despite|except)\s+|(?<=\)),?\s+(?:and\s+)?while\s+"
    r"|,\s*(?:and\s+)?(?=(?:there|this|these|the differences?|neither|it)\b)"
    r"|,\s+(?:and\s+)?(?=(?:did|was|were|had|showed|required|is|are)\b)"
    r"|\s+and\s+(?=(?:did|does|do|was|were|had) not?\b)"
)
CUT_BEFORE = re.compile(
    r",?\s+(?=without\s+(?:\w+\s+){0,2}(?:differen|chang|effect|increas|affect))"
    r"|,?\s+(?:and\s+)?(?=with\s+(?:no|non)\b)|,\s*(?:and\s+)?(?=with\s+(?:a|the|significant\w*|greater|more|less|higher|lower|only)\b)"
)
OPENING = re.compile(
    r"^(?:while|whereas|although|though|despite|even though)\b[^,]*(?:\([^)]*\)[^,]*)*,", re.IGNORECASE
)


def clauses(text: str) -> tuple[Span, ...]:
    """The clauses of a sentence in its normal form, parted at semicolons, "but", ", while", ", with no" and the like.

    Brackets are never cut.
    """
    masked = BRACKET.sub(lambda match: "(" + "_" * (len(match.group()) - 2) + ")", text)
    cuts = {
        0,
        len(text),
        *(m.end() for m in CUT_AFTER.finditer(masked)),
        *(m.end() for m in CUT_BEFORE.finditer(masked)),
    }
    if opening := OPENING.match(masked):
        cuts.add(opening.end())
    ordered = sorted(cuts)
    return tuple(Span(one, two) for one, two in pairwise(ordered) if text[one:two].strip())


REFERENCE = re.compile(
    r"\b(?:(?P<far>than|(?:when |as )?compared (?:with|to)|in comparison (?:with|to)|comparing (?:with|to)|relative to"
    r"|(?:as )?opposed to|rather than|compared)|(?P<near>versus|over|against)\b|(?P<short>vs\b\.?))\s*",
    re.IGNORECASE,
)
AND_ONLY = re.compile(
    r"(?:\s+(?:groups?|arms?|blocks?))?\s*(?:\([^()]*\)\s*)?,?\s+and\s+(?:the\s+|in\s+)*", re.IGNORECASE
)
BOTH_COMPARED = re.compile(r"\b(?:between|among|of)(?:\s+\w+){0,3}\s*$", re.IGNORECASE)
FAVOUR = re.compile(r"favou?r", re.IGNORECASE)


def reference(text: str, mentions: Sequence[Mention]) -> Mention | None:
    """The arm that others are compared with: the first one named after "than", "compared with", "versus".

    "vs" between two numbers names no reference, nor does a comparison with baseline.
    """
    for match in REFERENCE.finditer(text):
        near = match["far"] is None
        after = next((m for m in mentions if 0 <= m.start - match.end() <= (45 if near else 80)), None)
        if after is None or (near and re.match(r"[-+]?\d", text[match.end() :])):
            continue
        if "baseline" not in text[match.end() : after.start]:
            return after
    return None


def joint(text: str, mentions: Sequence[Mention]) -> bool:
    """Whether both arms are named as one subject ("X and Y improved"), which compares nothing."""
    for one, two in pairwise(mentions):
        if {one.side, two.side} != {"intervention", "comparator"}:
            continue
        if AND_ONLY.fullmatch(text[one.end : two.start]) and not BOTH_COMPARED.search(text[: one.start]):
            return "respectively" not in text
    return False


def of_comparator(text: str, effect: Effect, mentions: Sequence[Mention], active: Side = "intervention") -> bool | None:
    """Whether the effect is told of the comparator ("higher in the control group"); None where that cannot be told.

    Without a named arm an effect is told of the `active` one.
    """
    if joint(text, mentions):
        return None
    if FAVOUR.search(text, effect.start, effect.end):
        winner = next((m for m in mentions if 0 <= m.start - effect.end < 25 and m.side != "other"), None)
        if winner:
            return winner.side == "comparator"
    against = reference(text, mentions)
    others = [m for m in mentions if m is not against]
    if against:
        named = {m.side for m in others}
        if (
            against.side == "other"
            or named == {"other"}
            or (against.side == "intervention" and named == {"intervention"})
        ):
            return None
        return against.side == "intervention"
    others = [m for m in others if m.strong] or others
    if not others:
        return active == "comparator"
    others = [m for m in others if m.side != "other"]
    if not others:
        return None
    near = min(
        others, key=lambda m: m.start - effect.end if m.start >= effect.end else (effect.start - m.end) * 1.5 + 3
    )
    if near.side == active:
        return active == "comparator"
    subject = near.end <= effect.start and len(others) == 1
    told = (effect.comparative and (near.strong or subject)) or (
        effect.reach == "left" and near.strong and not effect.noun
    )
    return active == "intervention" if told else None
