"""When two names mean one journal: full titles, abbreviations with and without dots, acronyms, subtitles, ISSNs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from pipeline.models.sources import Article
from pipeline.references.folding import bare, fold_word, tidy

_ISSN = re.compile(r"(?:ISSN:?\s*)?(\d{4})-?(\d{3}[\dXx])")
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")
_ELISION = re.compile(r"\b(?:d|l|dell|dall|nell|all)'(?=\w)", re.IGNORECASE)
_BRACKETS = re.compile(r"\s*[(\[][^()\[\]]*[)\]]")
_SUBTITLE = re.compile(r"\s*(?::|;|/|\s[-=]\s|\.\s+(?=[A-Z][a-z]+ [a-z]+ ))\s*")
# Words that abbreviations leave out (ISO 4: articles, prepositions, conjunctions; NLM: Series, Section).
_SILENT = {
    bare(word)
    for word in """a an the of and for in on to at by with from de des du d la le les l et en dans pour e ed
    del della di dei delle
    il lo gli i da do das dos y el los las und der die das den dem fur im zur zum van het een voor og i och series
    section part""".split()
}
_CONTRACTED = 5  # letters of a contraction at most: Natl, Dtsch, Assn, Jpn
_LONGEST = 300  # characters of a name
_DROPPED = 2  # letters that an abbreviation leaves out at least (ISO 4)


def names(article: Article) -> Iterator[str]:
    """The names that a record gives its journal."""
    yield from (name for name in (article.journal, article.journal_title) if name)


def same_journal(given: str, article: Article) -> bool:
    """True where `given` is a name, an abbreviation or an ISSN of the journal of a record, or it names none."""
    if issn := _ISSN.fullmatch(given.strip()):
        return article.issn is None or article.issn.replace("-", "").upper() == "".join(issn.groups()).upper()
    known = tuple(names(article))
    return not known or any(same_name(given, name) for name in known)


@lru_cache(maxsize=65536)
def same_name(one: str, other: str) -> bool:
    """True where two names can be read as one journal: each word as the other's word or an abbreviation of it.

    A subtitle or a place that one of them leaves out does not count; two that differ do.
    """
    if max(len(one), len(other)) > _LONGEST:
        return False
    whole, alone, main = _forms(one)
    other_whole, other_alone, other_main = _forms(other)
    pairs = [(whole, form) for form in (other_whole, other_alone, other_main)]
    pairs += [(form, other_whole) for form in (alone, main)]
    if all(a.startswith(b) or b.startswith(a) for a, b in zip(_place(one), _place(other), strict=False)):
        pairs += [(alone, other_alone), (alone, other_main), (main, other_alone)]
    return any(_fits(a, b) for a, b in dict.fromkeys(pairs) if a and b)


@lru_cache(maxsize=16384)
def _forms(name: str) -> tuple[tuple[str, ...], ...]:
    """The words of a name: whole, without what stands in brackets, without its subtitle."""
    name = _ELISION.sub(" ", tidy(name)).replace("&", " and ").strip(" .,;:")
    alone = _BRACKETS.sub("", name)
    return tuple(_words(form) for form in (name, alone, _SUBTITLE.split(alone, maxsplit=1)[0]))


@lru_cache(maxsize=16384)
def _place(name: str) -> tuple[str, ...]:
    """The words in the brackets of a name, which tell journals of one name apart."""
    return tuple(word for place in _BRACKETS.findall(tidy(name)) for word in _words(place))


def _words(name: str) -> tuple[str, ...]:
    found = tuple(bare(word) for word in _WORD.findall(name))
    rest = "".join(word[0] for word in found[1:] if word not in _SILENT)
    return found[1:] if len(rest) > 2 and found[0] == rest else found  # JNCI Journal of the National Cancer Institute


def _fits(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    if "".join(one) == "".join(other):
        return True
    if len(one) == len(other) == 1 and abs(len(one[0]) - len(other[0])) < _DROPPED:
        return False  # Cancer and Cancers are two journals
    return _pair_off(one, other) or _acronym(one, other) or _acronym(other, one)


@lru_cache(maxsize=65536)
def _pair_off(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """True where the words of both pair off in order, but for silent ones.

    A word pairs with its abbreviation, with the words that it runs together, or with those whose first letters it is.
    """
    if (one and one[0] in _SILENT and _pair_off(one[1:], other)) or (
        other and other[0] in _SILENT and _pair_off(one, other[1:])
    ):
        return True
    if not one or not other:
        return not one and not other
    if (_abbreviates(one[0], other[0]) or _abbreviates(other[0], one[0])) and _pair_off(one[1:], other[1:]):
        return True
    return any(_spreads(short, long) for short, long in ((one, other), (other, one)))


def _spreads(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """True where the first word of `one` stands for several of `other`, and the rest pairs off."""
    word, first = one[0], other[0]
    if (
        len(first) > 2
        and word != first
        and word.startswith(first)
        and _pair_off((word[len(first) :], *one[1:]), other[1:])
    ):
        return True
    told = [place for place, that in enumerate(other) if that not in _SILENT][: len(word)]
    spelled = "".join(other[place][0] for place in told)
    return len(word) > 1 and spelled == word and _pair_off(one[1:], other[told[-1] + 1 :])


@lru_cache(maxsize=65536)
def _abbreviates(short: str, long: str) -> bool:
    """`med` for `medicine`, or a contraction such as `natl` for `national` and `dtsch` for `deutsche`."""
    if long.startswith(short) or fold_word(long).startswith(fold_word(short)):
        return True
    if not 3 <= len(short) <= _CONTRACTED or short[0] != long[0] or len(short) >= len(long):
        return False
    letters, vowels = iter(long), sum(letter in "aeiou" for letter in short)
    inside = all(letter in letters for letter in short)
    return inside and (vowels == 0 or (vowels == 1 and short[-1] == long[-1]))


def _acronym(short: tuple[str, ...], long: tuple[str, ...]) -> bool:
    """`PNAS` for `Proc Natl Acad Sci U S A`: one word of the first letters, the last of which may be left out."""
    return len(short) == 1 and len(short[0]) > 3 and "".join(word[0] for word in long).startswith(short[0])
