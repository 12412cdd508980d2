"""Where a sentence speaks of an outcome: by overlap of stems, with abbreviations expanded and synonyms made one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from pipeline.directions.outcome_words import GENERIC, SYNONYMS
from pipeline.directions.words import Token, is_content, stem, tokens
from pipeline.text import normal

Known = Mapping[str, frozenset[str]]
NEGATORS = frozenset({"no", "non", "not", "without"})
NEGATED = "¬"
PHRASES = sorted(
    (
        (tuple(stem(token.text) for token in tokens(phrase)), frozenset(stem(token.text) for token in tokens(row[0])))
        for row in SYNONYMS
        for phrase in row
    ),
    key=lambda pair: -len(pair[0]),
)
# The numbers of the phrases that begin with a stem; lower numbers, the longer phrases, go first.
BEGINNING: dict[str, list[int]] = {}
for _number, (_phrase, _) in enumerate(PHRASES):
    BEGINNING.setdefault(_phrase[0], []).append(_number)


class Keyed(NamedTuple):
    """A token with the stems it stands for."""

    token: Token
    keys: frozenset[str]


def keyed(text: str, known: Known) -> tuple[Keyed, ...]:
    """The content tokens of `text` with their stems: abbreviations in `known` expanded, synonyms replaced.

    The stems of a word after "no", "non-", "not" or "without" begin with a sign of negation, so that the arm "without
    tourniquet" is not the arm "tourniquet".
    """
    everything = tokens(text)
    plain = [stem(token.text) for token in everything]
    same: dict[int, frozenset[str]] = {}
    begun = sorted((number, place) for place, word in enumerate(plain) for number in BEGINNING.get(word, ()))
    for number, place in begun:
        phrase, canonical = PHRASES[number]
        if place not in same and tuple(plain[place : place + len(phrase)]) == phrase:
            same.update(dict.fromkeys(range(place, place + len(phrase)), canonical))
    found = []
    for place, token in enumerate(everything):
        if place not in same and not is_content(token):
            continue
        expansion = known.get(token.lower, frozenset()) if token.lower != token.text else frozenset()
        keys = same.get(place) or expansion | {plain[place]}
        if place and everything[place - 1].lower in NEGATORS:
            keys = frozenset(NEGATED + key for key in keys)
        found.append(Keyed(token, keys))
    return tuple(found)


class Outcome(NamedTuple):
    """An outcome to look for: the weight of each stem, once for its name and once for each abbreviation printed.

    `short` holds those abbreviations ("(DLQI)").
    """

    text: str
    short: tuple[str, ...]
    names: tuple[dict[str, float], ...]

    @property
    def stems(self) -> frozenset[str]:
        """All stems of all names."""
        return frozenset(key for name in self.names for key in name)

    def coverage(self, found: frozenset[str]) -> float:
        """The weighted share of the outcome's stems that were found, by the name that fits best."""
        return max(
            (sum(w for key, w in name.items() if key in found) / sum(name.values()) for name in self.names), default=0.0
        )


BRACKETED = re.compile(r"\s*[\(\[](?:[^()\[\]]|\([^()]*\)|\[[^\[\]]*\])*[\)\]]")
SHORT_NAME = re.compile(r"[\(\[]\s*([A-Z][\w-]{1,11})\s*[\)\]]")
GENERIC_WEIGHT = 0.3


def _weights(text: str, known: Known) -> dict[str, float]:
    weights: dict[str, float] = {}
    for token, keys in keyed(text, known):
        for key in sorted(known.get(token.lower, keys) if len(keys) > 1 else keys):
            plain = key.removeprefix(NEGATED)
            weight = GENERIC_WEIGHT if plain in GENERIC or token.is_number else 1.0
            weights[plain] = max(weights.get(plain, 0), weight)
    return weights


def outcome_of(outcome: str, known: Known) -> Outcome:
    """What to look for: a content word counts one, a generic word (score, level, rate) or a number a fraction."""
    text = normal(outcome)
    plain = BRACKETED.sub("", text).strip() or text
    short = tuple(SHORT_NAME.findall(text))
    names = [_weights(plain, known), *(_weights(name, {}) for name in short)]
    return Outcome(plain, short, tuple(name for name in names if name))


def outcome_mentions(text: str, outcome: Outcome, known: Known) -> tuple[Keyed, ...]:
    """The tokens of `text` that speak of the outcome, each with the outcome's stems it stands for.

    An abbreviation counts where at least half of what it stands for belongs to the outcome: CVAI is not the CI.
    """
    wanted = outcome.stems
    found = []
    for token, keys in keyed(text, known):
        plain = frozenset(key.removeprefix(NEGATED) for key in keys)
        expansion = plain - {stem(token.text)} - GENERIC
        hits = plain & wanted
        if hits and (len(plain) == 1 or stem(token.text) in wanted or 2 * len(hits & expansion) >= len(expansion)):
            found.append(Keyed(token, hits))
    return tuple(found)
