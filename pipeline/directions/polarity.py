"""Which way an outcome is good: more of it, or less."""

from __future__ import annotations

import re

from pipeline.directions.outcome_words import BAD_IF_UP, BAD_SCALES, GOOD_IF_UP, GOOD_SCALES, PHRASE_POLARITY
from pipeline.directions.words import stem, tokens

TIME_TO = re.compile(
    r"\b(?:time|interval|latency|days|weeks|months)\b.{0,15}?\b(?:to|until|before)\b(.*)", re.IGNORECASE
)
PARTS = re.compile(r"\b(?:of|in|for|to|with|at|on|after|during|from|by)\b")
LESS = ("reduc", "decreas", "declin", "lower", "reliev", "fall in", "drop")


def _polarity_of_item(outcome: str) -> int:
    for phrase, sign in PHRASE_POLARITY:
        if phrase in outcome.lower():
            return sign
    if match := TIME_TO.search(outcome):
        return -_polarity_of_item(match.group(1))
    turned = 1
    for part in PARTS.split(outcome):
        found = 0
        for token in tokens(part):
            key = stem(token.text.rstrip("0123456789") or token.text)
            if token.lower.startswith("improv"):
                return 1
            if token.lower.startswith(LESS):
                turned = -1
            elif key in GOOD_IF_UP or key in GOOD_SCALES:
                found = 1
            elif key in BAD_IF_UP or key in BAD_SCALES:
                found = -1
        if found:
            return found * turned
    return 0


def polarity(outcome: str) -> int:
    """+1 where more of the outcome is good, -1 where it is bad, 0 where the vocabulary does not know.

    Of a list the majority counts; the time to a bad event is good.
    """
    votes = [_polarity_of_item(item) for item in re.split(r",|;|\band\b|\bor\b", outcome)]
    total = sum(votes)
    return (total > 0) - (total < 0) or next(filter(None, votes), 0)
