"""Authors as people write them, and when two lists name the same people in the same order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from pipeline.models.sources import Article, Author
from pipeline.references.folding import bare, words

_ET_AL = re.compile(
    r"[\s,;]*(?:\(\s*)?(?:\bet\.?\s*al(?:ii|\b)\.?|\band\s+(?:others|co-?workers|colleagues)\b"
    r"|\b(?:(?-i:u\.\s?a\.)|et col|y cols)\.?)\s*\)?",
    re.IGNORECASE,
)
_GAP = re.compile(r"\.\s?\.\s?\.|\[\.\.\.\]")  # what stands for the authors left out: Doe J, Roe K, ... Poe L
_AND = re.compile(r"[\s,;]+(?:and|und|et|y|&)\s+|\s*&\s*")
_ROLE = re.compile(
    r"[\s,;(]*\b(?:for|on behalf of|writing (?:for|group)|members of)\s+the\b.*$|(?-i:[,(]\s*[Ee]ds?\.?\)?$)",
    re.IGNORECASE,
)
_CAPITALS = "".join(char for char in map(chr, range(0x41, 0x530)) if char.isupper())
_DOTTED = r"[^\W\d_]{1,2}\."
_INITIALS = re.compile(
    rf"(?:{_DOTTED}[ -]?){{1,5}}(?:[^\W\d_])?"
    rf"|[{_CAPITALS}](?:[ -][{_CAPITALS}]){{0,4}}\.?|[{_CAPITALS}]{{1,5}}\.?|[{_CAPITALS}]+-[{_CAPITALS}]"
)
_LOOSE_INITIALS = re.compile(rf"[{_CAPITALS}][{_CAPITALS}a-z]{{0,4}}|[a-z]{{1,3}}")
_SUFFIX = re.compile(r"(?:Jr|jr|Sr|sr|Jnr|Snr|2nd|3rd|4th|II|III|IV)\.?")
_PARTICLES = set(
    """van von der den de del della di da das do dos du la le les el al ter ten te zu zur af av bin ibn abu abd st
    san santa vander vande lo""".split()
)
_GROUPS = set(
    """group groups collaboration collaborators collaborative consortium committee investigators network society
    association team initiative trialists project program council organisation institute federation alliance
    foundation agency force centre center department study trial workshop panel commission board""".split()
)
_GROUP_WORDS = {word for name in _GROUPS for word in words(name)}
LEFT_OUT = Author(collective="...")  # what stands for the authors between the first and the last
_LEAST = 2  # authors with a shortened first name at least, to call it the style of the list


def read_names(text: str) -> tuple[tuple[Author, ...], bool]:
    """The authors that `text` lists, and whether it says that there are more.

    Vancouver (`Doe JA, Roe K`), APA (`Doe, J. A., & Roe, K.`), given names first or last; a semicolon separates names
    wherever there is one.
    """
    text = _ROLE.sub("", text.strip(" .,;:-(\"'"))
    cut = _ET_AL.search(text)
    text, et_al = (text[: cut.start()], True) if cut else (text, False)
    gap = _GAP.search(text)
    if gap:
        first, last = read_names(text[: gap.start()])[0], read_names(text[gap.end() :])[0]
        return (*first, LEFT_OUT, *last), True
    if ";" in text:
        listed = [part.split(",", 1) for part in re.split(r"\s*;\s*(?:(?:and|&)\s+)?", text)]
        listed = [one for part in listed for one in ([part] if len(part) > 1 else [[p] for p in _AND.split(part[0])])]
        return tuple(author for one in listed if (author := _one([part.strip() for part in one]))), et_al
    pieces = [piece.strip(" ,") for piece in re.split(r"\s*,\s*", _AND.sub(", ", text))]
    return tuple(author for one in _paired([p for p in pieces if p], "," in text) if (author := _one(one))), et_al


def _paired(pieces: list[str], commas: bool) -> list[list[str]]:
    """The pieces between commas, those of one name together: a family name and what stands behind its comma."""
    whole = len(pieces[0].split()) > 1 and _INITIALS.fullmatch(pieces[0].split()[-1]) if pieces else None
    inverted = not whole and len(pieces) > 1 and _INITIALS.fullmatch(pieces[1]) is not None
    found: list[list[str]] = []
    for piece in pieces:
        behind = inverted and found and len(found[-1]) == 1 and _INITIALS.fullmatch(piece)
        if found and (behind or _SUFFIX.fullmatch(piece)):
            found[-1].append(piece)
        else:
            found.append([piece])
    first = found[0] if found else []
    if commas and len(found) > 1 and first == [pieces[0]] and len(found[1]) == 1 and _is_inverted(pieces):
        found[:2] = [[pieces[0], pieces[1]]]  # Doe, Jane, and Kim Roe
    return found


def _is_inverted(pieces: list[str]) -> bool:
    """True for `Doe, Jane A.` followed by nothing or by whole names."""
    if len(pieces[0].split()) > 1 and pieces[0].split()[0].lower() not in _PARTICLES:
        return False
    if _LOOSE_INITIALS.fullmatch(pieces[0].split()[-1]) and len(pieces[0].split()) > 1:
        return False
    return len(pieces) == 2 or all(len(piece.split()) > 1 for piece in pieces[2:])


def _one(parts: list[str]) -> Author | None:
    """One author from the pieces of the name: `[Doe JA]`, `[Doe, J. A.]`, `[Jane A. Doe]`, `[Doe, J. A., Jr]`."""
    parts = [part for part in parts if any(c.isalpha() for c in part)]
    if not parts:
        return None
    suffix = parts.pop().rstrip(".") if len(parts) > 1 and _SUFFIX.fullmatch(parts[-1]) else None
    if len(parts) > 1:
        return Author(family=parts[0], initials=" ".join(parts[1:]), suffix=suffix)
    if is_group(parts[0]):
        return Author(collective=parts[0])
    tokens = parts[0].split()
    if len(tokens) > 1 and _SUFFIX.fullmatch(tokens[-1]) and not (len(tokens) == 2 and len(tokens[1]) < 3):
        suffix = tokens.pop().rstrip(".")
    if len(tokens) == 1:
        return Author(family=tokens[0], suffix=suffix)
    leading = next((n for n, token in enumerate(tokens) if not token.endswith(".")), len(tokens) - 1)
    if leading and not all(_INITIALS.fullmatch(token) for token in tokens):
        return Author(family=" ".join(tokens[leading:]), initials=" ".join(tokens[:leading]), suffix=suffix)
    for count in range(len(tokens) - 1, 0, -1):  # initials behind the family name, as many as there are
        if _INITIALS.fullmatch(" ".join(tokens[-count:])):
            return Author(family=" ".join(tokens[:-count]), initials=" ".join(tokens[-count:]), suffix=suffix)
    inside = [n for n, token in enumerate(tokens[1:-1], 1) if _INITIALS.fullmatch(token)]
    if inside and tokens[-1][1:].islower() and len(tokens[-1]) > _LEAST:  # Jane A. Doe
        return Author(
            family=" ".join(tokens[inside[-1] + 1 :]), initials=" ".join(tokens[: inside[-1] + 1]), suffix=suffix
        )
    if _INITIALS.fullmatch(tokens[0]) or not _LOOSE_INITIALS.fullmatch(tokens[-1]):
        start = next((n for n, token in enumerate(tokens) if n and token.lower() in _PARTICLES), len(tokens) - 1)
        start = max(
            next((n for n, token in enumerate(tokens) if not _INITIALS.fullmatch(token)), 0),
            1,
            *([start] if not _INITIALS.fullmatch(tokens[0]) else []),
        )
        return Author(family=" ".join(tokens[start:]), initials=" ".join(tokens[:start]), suffix=suffix)
    return Author(family=" ".join(tokens[:-1]), initials=tokens[-1], suffix=suffix)


def is_group(name: str) -> bool:
    """True for the name of a study group, a committee, a society."""
    return bool(_GROUP_WORDS & set(words(name))) and len(name.split()) > 1


def same_family(one: str, other: str) -> bool:
    """True for one family name, whatever its diacritics, hyphens, case and particles."""
    return bool(families(one) & families(other))


@lru_cache(maxsize=32768)
def families(name: str) -> frozenset[str]:
    """The comparison forms of a family name: whole, without particles, with `ue` as `u`."""
    told = [bare(part) for part in re.split(r"[\s-]+", name)]
    counted = [word for word in told if word not in _PARTICLES]
    whole = {"".join(told), "".join(counted or told)}
    return frozenset(whole | {form.replace("ue", "u").replace("oe", "o").replace("ae", "a") for form in whole})


def letters(given: str) -> str:
    """The initials of given names, however written: `JP`, `J.-P.`, `Jean Paul`."""
    return _letters(given)[0]


@lru_cache(maxsize=32768)
def _letters(given: str) -> tuple[str, bool]:
    """The initials, and whether the names were written out."""
    parts = re.findall(r"[^\W\d_]+", given)
    whole = any(len(part) > 1 and part[1:].islower() and len(part) > 2 for part in parts)
    found = "".join(part if part.isupper() and len(part) < 5 and not whole else part[0] for part in parts)
    if not whole and len(parts) == 1 and len(parts[0]) < 5:
        found = parts[0]
    return bare(found), whole


def same_person(given: Author, found: Author, *, shortened: bool = False) -> bool:
    """True where a written author is that of the record. `shortened`: the list gives one initial a person.

    A middle name that only the written one spells out cannot be checked, nor can initials that one side lacks.
    """
    if _whole_names(given) & _whole_names(found):
        return True
    if not same_family(given.family or "", found.family or ""):
        return False
    if not given.initials or not found.initials:
        return True
    (said, whole), known = _letters(given.initials), letters(found.initials)
    if said == known or (whole and (said.startswith(known) or known.startswith(said))):
        return True
    return known.startswith(said) and (shortened or "-" in found.initials)


def _whole_names(author: Author) -> set[str]:
    """A name in its comparison form, with the initials behind and before: what they are is not always seen."""
    family, initials = author.family or "", author.initials or ""
    return {bare(family + initials), bare(initials + family)}


def same_authors(given: Sequence[Author], et_al: bool, article: Article) -> bool:
    """True where `given` lists the record's authors in their order: all of them, or the first ones before "et al.".

    Groups count only where both sides name one; a record that says its list is not whole cannot be checked beyond it.
    """
    if LEFT_OUT in given:
        cut = list(given).index(LEFT_OUT)
        people = [author for author in article.authors if author.family]
        last = given[cut + 1 :]
        return (
            _in_order(given[:cut], people)
            and (not last or _in_order(last, people[-len(last) :]))
            and cut <= len(people)
        )
    groups = [author.collective for author in article.authors if author.collective]
    people = [author for author in article.authors if author.family]
    named = [author for author in given if not _is_one_of(author, groups)]
    if groups and not named:
        return True
    named = [author for author in named if author.family or not people]
    if not named:
        return not given or not people
    if any(author.collective for author in named) or not article.authors:
        return not article.authors
    if len(named) > len(people):
        return not article.authors_complete and _in_order(named[: len(people)], people)
    return _in_order(named, people) and (et_al or not article.authors_complete or len(named) == len(people))


def _in_order(named: Sequence[Author], people: Sequence[Author]) -> bool:
    cut = sum(
        len(letters(a.initials or "")) == 1 < len(letters(b.initials or ""))
        for a, b in zip(named, people, strict=False)
    )
    most = max((len(letters(author.initials or "")) for author in named), default=0)
    shortened = most == 1 and cut >= _LEAST
    return all(same_person(a, b, shortened=shortened) for a, b in zip(named, people, strict=False))


def _is_one_of(author: Author, groups: Sequence[str]) -> bool:
    said = words(author.collective or f"{author.initials or ''} {author.family or ''}")
    return any(set(said) <= set(words(group)) or set(words(group)) <= set(said) for group in groups) if said else False
