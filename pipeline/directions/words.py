"""Words as the readers of results see them: tokens with their places, stems, and what an abbreviation stands for.

A stem makes "reduction" and "reduced", "relapses" and "relapse", "oedema" and "edema" one. It is crude on purpose: it
is only ever compared with other stems and never shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from pipeline.text import normal

WORD = re.compile(r"[^\W\d_][^\W_]*(?:'[a-z]+)?|\d+(?:[.,]\d+)*")
ENDINGS = sorted(
    """
    isations izations isation ization ized ised izing ising atory ations ation ments ment ities ity ively ives ive ings
    ing ies ied ions ion ness ful ed es s ly al ic ics e y
    """.split(),
    key=len,
    reverse=True,
)
STOP_WORDS = frozenset(
    """
    a an the of in on at to for from by with and or nor as is are was were be been being it its this that these those
    than then there their them they we our he she his her which who whom whose when while where whether both all each
    either any some other others not no does do did had has have having per via into onto over under up out about
    among within without across against s t also only so if but can could may might will would should
    versus vs compared comparison relative respectively using used use eg ie nbsp amp lt gt plus minus
    one two three four five six seven eight nine ten eleven twelve
    """.split()
)


def plain(text: str) -> str:
    """The normal form of a sentence, in which NO, nitric oxide, cannot be taken for a denial."""
    same = normal(text)
    return same if same.isupper() else re.sub(r"\bNO\b", "NOx", same)


class Token(NamedTuple):
    """A word or a number with its place in the text it was read from."""

    text: str
    start: int
    end: int

    @property
    def lower(self) -> str:
        """The token in lower case."""
        return self.text.lower()

    @property
    def is_number(self) -> bool:
        """True for `12` and `4.5`, false for `IL6`."""
        return self.text[0].isdigit()


@lru_cache(maxsize=8192)
def tokens(text: str) -> tuple[Token, ...]:
    """The words and numbers of `text`, in order. Hyphens and slashes part words: MS-EGF is MS and EGF."""
    return tuple(Token(match.group(), match.start(), match.end()) for match in WORD.finditer(text))


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """The stem of a word: lower case, American spelling, without the endings of number, tense and derivation."""
    word = word.lower().removesuffix("'s").replace("ae", "e").replace("oe", "e")
    if len(word) > 5:
        word = word.replace("our", "or").replace("amme", "am")
    if len(word) <= 3 or word[0].isdigit():
        return word
    for _ in range(2):
        ending = next((e for e in ENDINGS if word.endswith(e) and len(word) - len(e) >= (5 if e == "ive" else 3)), "")
        word = word.removesuffix(ending)
    return word.removesuffix("t") if word.endswith("ct") else word


def stems(words: Iterable[str]) -> frozenset[str]:
    """The stems of `words`."""
    return frozenset(stem(word) for word in words)


def is_content(token: Token) -> bool:
    """True unless the token is a stop word or a single letter; a capital (not A, I or P) is a name, and so is `On`."""
    if len(token.text) == 1:
        return token.is_number or (token.text.isupper() and token.text not in "AIP")
    return token.text == "On" or token.lower not in STOP_WORDS


SHORT_FORM = re.compile(r"[\(\[]\s*([A-Za-z][A-Za-z0-9αβγ/+-]{0,11})\s*(?:[;,=:][^()\[\]]*)?[\)\]]")


def _long_form(short: str, before: str) -> str | None:
    """The words at the end of `before` that `short` abbreviates, by the algorithm of Schwartz and Hearst (2003)."""
    letters = [character for character in short.lower() if character.isalnum()]
    words = tokens(before)
    if not words:
        return None
    start = words[max(0, len(words) - min(len(letters) + 5, len(letters) * 2))].start
    window = before[start:].lower()
    place = len(window) - 1
    for number, letter in enumerate(reversed(letters)):
        begins_word = number == len(letters) - 1
        while place >= 0 and (window[place] != letter or (begins_word and place > 0 and window[place - 1].isalnum())):
            place -= 1
        if place < 0:
            return None
        place -= 1
    return before[start + place + 1 :]


@lru_cache(maxsize=512)
def abbreviations(texts: tuple[str, ...]) -> dict[str, frozenset[str]]:
    """What each short form that `texts` define in brackets stands for, as stems: {"bmi": {"bod", "mas", "index"}}."""
    found: dict[str, frozenset[str]] = {}
    for text in map(normal, texts):
        for match in SHORT_FORM.finditer(text):
            short = match.group(1)
            if len(short) < 2 or not any(character.isupper() for character in short):
                continue
            long = _long_form(short, text[: match.start()].rstrip())
            if long and len(long) > len(short):
                parts = frozenset(stem(token.text) for token in tokens(long) if is_content(token))
                for key in (short.lower(), short.lower().rstrip("s")):
                    found.setdefault(key, parts)
    return found
