"""The form in which titles, names and journals are compared: the same words, whatever the typography and spelling.

Case, punctuation, markup, diacritics and the two spellings of English are folded; Greek letters become their names.
Digits are never touched, and no word is dropped: a changed word, number or negation stays a difference.
"""

from __future__ import annotations

import html
import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from pipeline.text import Span, normal

_TAG = re.compile(r"</?(?:i|b|u|em|strong|sub|sup|sc|scp|span|cite|a|p|br|bold|italic)\b[^<>]{0,200}>", re.IGNORECASE)
_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+|[<>&]")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ı": "i", "ß": "ss", "æ": "ae", "œ": "oe", "þ": "th", "ŋ": "n", "ħ": "h"}
)
# One spelling for both kinds of English (anaesthetised tumour, anesthetized tumor).
_SPELLINGS = (
    (re.compile(r"z"), "s"),
    (re.compile(r"ae|oe"), "e"),
    (re.compile(r"our"), "or"),
    (re.compile(r"ll"), "l"),
    (re.compile(r"ph(?=ur|at|on[ai])"), "f"),
    (re.compile(r"(?<=[tb])re$"), "er"),
    (re.compile(r"mme(?=s?$)"), "m"),
)


class Folded(NamedTuple):
    """A text in its comparison form; `spans` holds for each place in `key` where a token begins its range there and
    in the text."""

    key: str
    spans: tuple[tuple[Span, Span], ...]


def tidy(text: str) -> str:
    """The normal form of a text that may hold entities and tags."""
    if "&" in text or "<" in text:
        text = _TAG.sub("", html.unescape(text))
    return normal(text)


@lru_cache(maxsize=65536)
def fold_word(word: str) -> str:
    """One word or number in its comparison form."""
    if word[0].isdigit():
        return _THOUSANDS.sub("", word)
    if word == "&":
        return "and"
    folded = bare(word)
    for pattern, plain in _SPELLINGS:
        folded = pattern.sub(plain, folded)
    return folded


@lru_cache(maxsize=65536)
def bare(text: str) -> str:
    """Letters and digits alone, without case and diacritics; the spelling is kept, as names want it."""
    folded = text.casefold()
    if not folded.isascii():
        folded = "".join(_bare(char) for char in folded)
    return "".join(char for char in folded if char.isalnum())


@lru_cache(maxsize=4096)
def _bare(char: str) -> str:
    """A letter without diacritics; a Greek one by its name."""
    if "GREEK" in (name := unicodedata.name(char, "")) and "LETTER" in name:
        return name.partition("LETTER ")[2].split()[-1 if "FINAL" in name else 0].lower()
    plain = unicodedata.normalize("NFKD", char.translate(_LETTERS))
    return "".join(c for c in plain if not unicodedata.combining(c))


def words(text: str) -> list[str]:
    """The words and numbers of `text` in their comparison form."""
    return [fold_word(token) for token in _TOKEN.findall(tidy(text))]


def fold(text: str) -> Folded:
    """The comparison form of a tidy text: its words run together, with a space only between two numbers."""
    key, spans = "", []
    for match in _TOKEN.finditer(text):
        word = fold_word(match[0])
        if key and key[-1].isdigit() and word[:1].isdigit():
            key += " "
        spans.append((Span(len(key), len(key) + len(word)), Span(*match.span())))
        key += word
    return Folded(key, tuple(spans))


@lru_cache(maxsize=16384)
def fold_key(text: str) -> str:
    """The comparison form of a text: two texts that say the same word for word have one key."""
    return fold(tidy(text)).key


def find(wanted: str, folded: Folded) -> Span | None:
    """Where the text whose comparison form is `wanted` stands, on whole words; None if nowhere."""
    if not wanted:
        return None
    starts = {key.start: place.start for key, place in folded.spans}
    ends = {key.end: place.end for key, place in folded.spans}
    at = folded.key.find(wanted)
    while at >= 0:
        if at in starts and at + len(wanted) in ends:
            return Span(starts[at], ends[at + len(wanted)])
        at = folded.key.find(wanted, at + 1)
    return None
