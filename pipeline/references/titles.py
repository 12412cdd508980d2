"""When two titles are one: word for word, whatever the case, punctuation, markup and spelling, or without a subtitle.

A changed word, number or negation is a difference, however alike the rest. Likeness is for finding what may be meant.
"""

from __future__ import annotations

import re
from functools import lru_cache

from rapidfuzz import fuzz

from pipeline.references.folding import fold_key, tidy, words

_KIND = re.compile(
    r"^(?:letter|editorial|proceedings|comment|commentary|reply|review|correspondence"
    r"|retracted(?: article)?)\s*[:.]\s*",
    re.IGNORECASE,
)
_NOTE = re.compile(
    r"\s*(?:\[[^\[\]]{3,60}\]|\((?:author's transl|review|letter|editorial|protocol)\))\.?$", re.IGNORECASE
)
_PARTED = re.compile(
    r"\s*(?::\s|;\s|\s-+\s|[?!.]\s+(?=[A-Z0-9\"'(])|-(?=a (?:randomi|prospective|pilot|systematic|retrospective)))\s*"
)
_LEAST_WORDS, _LEAST_LETTERS = 3, 15  # of the part of a title before its subtitle, to stand for the whole


@lru_cache(maxsize=16384)
def forms(title: str, vernacular: str | None = None) -> tuple[str, ...]:
    """The comparison forms of a record's title, the whole first: without notes, without subtitle, in its language."""
    whole = tidy(title)
    noted = _NOTE.sub("", whole.strip("[] ."))
    bare = _KIND.sub("", noted)
    parts = [bare[: match.start()] for match in reversed([*_PARTED.finditer(bare)])]
    mains = [part for part in parts if len(words(part)) >= _LEAST_WORDS and len(part) >= _LEAST_LETTERS]
    texts = [whole, noted, bare, *([vernacular, _NOTE.sub("", vernacular)] if vernacular else []), *mains]
    return tuple(dict.fromkeys(key for text in texts if (key := fold_key(text))))


def same_title(given: str, title: str, vernacular: str | None = None) -> bool:
    """True where `given` is the title, or its part before a subtitle."""
    known = forms(title, vernacular)
    said = tidy(given).strip("[] .")
    return any(
        fold_key(text) in known for text in dict.fromkeys((given, said, _NOTE.sub("", said), _KIND.sub("", said)))
    )


def likeness(given: str, title: str) -> float:
    """How alike two titles are, 0 to 100, in whatever order their words stand. Only for finding what may be meant."""
    one, other = " ".join(words(given)), " ".join(words(title))
    return max(fuzz.ratio(one, other), fuzz.token_sort_ratio(one, other))
