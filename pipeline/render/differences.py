"""Which words of a claim and of a sentence of its source differ, for people to see at a glance."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from pipeline.text import normal

# A number with its sign and decimals, a word with its hyphens and apostrophes, or any other visible character.
_TOKEN = re.compile(r"[+-]?(?<![\w.])\d[\d,]*(?:[.·]\d+)?%?|\w+(?:[-'’]\w+)*|\S")
_NUMBER = re.compile(r"\d")
ALIKE = 0.45  # below this the two say different things, and only numbers are worth a mark
FRAME = 6  # more words than this that only one of them has are a frame around the matter


class Word(NamedTuple):
    """A token of a text by its place, and whether the other text has another in its stead."""

    start: int
    end: int
    differs: bool


def differences(words: str, quote: str, beside: str = "") -> tuple[tuple[Word, ...], tuple[Word, ...]]:
    """The tokens of a claim and of a source's sentence, each marked where the two differ.

    What only one of them has is marked where it is short: "not" matters, the frame that names the study does not.
    Punctuation is never marked, nor a number of the claim that stands in what it cites `beside` the sentence.
    """
    ours, theirs = list(_TOKEN.finditer(words)), list(_TOKEN.finditer(quote))
    left, right = ([normal(token.group()).lower() for token in side] for side in (ours, theirs))
    matcher = SequenceMatcher(a=left, b=right, autojunk=False)
    alike = matcher.ratio() >= ALIKE
    one, two = set[int](), set[int]()
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind != "equal" and alike:
            one |= set(range(a, b)) if b - a <= FRAME else set()
            two |= set(range(c, d)) if d - c <= FRAME else set()
    elsewhere = {normal(token.group()).lower() for token in _TOKEN.finditer(beside)}
    one |= {i for i, token in enumerate(left) if _NUMBER.search(token) and token not in right}
    one -= {i for i in one if _NUMBER.search(left[i]) and left[i] in elsewhere}
    two |= {i for i, token in enumerate(right) if _NUMBER.search(token) and token not in left and alike}
    return _marked(ours, one), _marked(theirs, two)


def _marked(tokens: Sequence[re.Match[str]], differing: set[int]) -> tuple[Word, ...]:
    return tuple(
        Word(*token.span(), i in differing and any(c.isalnum() for c in token.group()))
        for i, token in enumerate(tokens)
    )
