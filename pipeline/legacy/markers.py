"""Citation markers in running text, in their many forms, and the numbers that only look like one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal, NamedTuple

from pipeline.identifiers import parse_doi
from pipeline.legacy.blocks import CLOSE, LINK, LINKED_DOI, LINKED_PMID, OPEN, SUP

MOST_IN_RANGE = 50
_LIST = r"\d{1,5}(?:\s*(?:[,;]|[-–—−])\s*\d{1,5})*"
_RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_YEAR = r"(?:1[89]|20)\d{2}"
_PERSON = r"(?:(?:van|von|de|der|den|di|da|la|le|al)\s+)*[A-ZÀ-ÖØ-ÞŁŚŠŽČ][\w'’-]+"
_AND = (
    rf"(?:,?\s+(?:and|&|und|et)\s+{_PERSON}|(?:,\s+{_PERSON})*,?\s+(?:and|&)\s+{_PERSON}|,?\s+et\s+al\.?,?"
    r"|\s+(?:and|&)\s+(?:colleagues|co-?workers))?"
)
ONE_WORK = re.compile(
    rf"\s*(?:see(?:\s+also)?\s+|e\.g\.,?\s+|cf\.?\s+"
    rf"|reviewed\s+in\s+)?({_PERSON}){_AND},?\s+({_YEAR})([a-z])?(?:,\s*{_YEAR}[a-z]?)*\s*(?:[,:]\s*pp?\.?\s*[\d–-]+)?\s*"
)
_PATTERNS = re.compile(
    "|".join(
        (
            rf"(?P<markup>{OPEN}[^{CLOSE}]*{CLOSE})",
            r"(?P<note>\[\^[^\]\s]{1,60}\])",
            rf"(?P<square>\[(?:[Rr]ef(?:erence)?s?\.?\s*)?{_LIST}\])",
            rf"(?P<caret>\^\[?{_LIST}\]?\^)",
            rf"(?P<raised>(?<![⁻⁺{_RAISED}])[{_RAISED}]+(?:[,⁻˒][{_RAISED}]+)*)",
            r"(?P<pmid>[\[(]?\s*(?:PubMed\s*(?:ID)?|PMID)\s*:?\s*(?:#\s*)?[1-9]\d{3,8}\s*[\])]?)",
            r"(?P<doi>[\[(]?\s*(?:doi:?\s*|https?://(?:dx\.)?doi\.org/)10\.\d{4,9}/[^\s\])>]+[\])]?)",
            r"(?P<address>[\[(<]?\s*https?://(?:www\.)?(?:pubmed\.ncbi\.nlm\.nih\.gov"
            r"|ncbi\.nlm\.nih\.gov/pubmed)/[1-9]\d{0,8}/?\s*[\])>]?)",
            rf"(?P<round>\({_LIST}\))",
            rf"(?P<works>[(\[][^()\[\]]{{3,200}}?{_YEAR}[a-z]?[^()\[\]]{{0,20}}[)\]])",
            rf"(?P<told>{_PERSON}{_AND}\s+[(\[]{_YEAR}[a-z]?[)\]])",
        )
    )
)
_EXPONENT = re.compile(r"(?:\b10|\b(?:k|c|m|µ|μ)?m|\b[kMG]?Hz|\bx|\))$")
# What stands before a number in brackets that counts the parts of a sentence, and is no citation.
_COUNTING = re.compile(
    r"(?:^|[:;,]|\b(?:and|or|are|is|include|includes|including|to|of|by|either|both|namely))\s*$", re.IGNORECASE
)

Kind = Literal["number", "note", "pmid", "doi", "work", "anchor"]


class Key(NamedTuple):
    """What a marker points at: a number, a footnote, an identifier, a first author with a year, or a place."""

    kind: Kind
    value: str
    year: str = ""


class Found(NamedTuple):
    """A marker: its keys, as it was written, and the offset in the cleaned text after which it stood."""

    keys: tuple[Key, ...]
    text: str
    offset: int
    form: str


class Cleaned(NamedTuple):
    """A text without its markers, with the offsets at which something was taken out: (offset now, offset before)."""

    text: str
    found: tuple[Found, ...]
    cuts: tuple[tuple[int, int], ...]

    def before(self, offset: int) -> int:
        """Where the character at `offset` stood before anything was taken out."""
        shift = 0
        for now, then in self.cuts:
            if now > offset:
                break
            shift = then - now
        return offset + shift


def numbers(text: str) -> tuple[str, ...]:
    """The numbers of a list with ranges: "1, 3-5" is 1, 3, 4, 5; a range that is none gives its two ends."""
    found: list[str] = []
    for part in re.split(r"[,;]", text):
        ends = re.findall(r"\d{1,5}", part)
        first, last = (int(ends[0]), int(ends[-1])) if ends else (1, 0)
        found += [str(n) for n in range(first, last + 1)] if 0 <= last - first <= MOST_IN_RANGE else ends
    return tuple(dict.fromkeys(n.lstrip("0") or "0" for n in found))


def _works(inner: str) -> tuple[Key, ...]:
    """The works that a bracket names, as "(Doe, 2009; Roe et al., 2011)" does; none with anything else."""
    matches = [ONE_WORK.fullmatch(part) for part in inner.split(";")]
    if not all(matches):
        return ()
    return tuple(Key("work", m.group(1).split()[-1].lower(), m.group(2)) for m in matches if m)


def _raised(text: str) -> str:
    return "".join(str(_RAISED.index(c)) if c in _RAISED else "-" if c == "⁻" else "," for c in text)


def _read(match: re.Match[str], before: str, after: str) -> tuple[Key, ...] | str:
    """The keys of what looks like a marker; where it is none, the words that stand for it."""
    form, raw = match.lastgroup or "", match.group()
    if form == "markup":
        return _from_markup(raw[1], raw[2:-1], before, after)
    if form == "note":
        return (Key("note", raw[2:-1]),)
    if form in ("square", "caret"):
        told = numbers(re.sub(r"[^\d,;–—−-]", "", raw))
        return raw if "0" in told else tuple(Key("number", n) for n in told)
    if form == "raised":
        digits = _raised(raw)
        if _EXPONENT.search(before) or (before[-1:].isdigit() and not before.rstrip("0123456789").endswith(" ")):
            return raw
        if (not before or not before[-1:].strip() or before[-1:] in "([") and after[:1].isalpha():
            return raw
        return tuple(Key("number", n) for n in numbers(digits))
    if form in ("pmid", "address"):
        return (Key("pmid", re.findall(r"\d+", raw)[-1]),)
    if form == "doi":
        found = re.search(r"10\.\d{4,9}/[^\s\])>]+", raw)
        doi = parse_doi(found.group()) if found else None
        return (Key("doi", doi),) if doi else raw
    if form == "round":
        if (
            before[-1:].isalnum()
            or _COUNTING.search(before)
            or re.fullmatch(rf"\({_YEAR}\)", raw)
            or "0" in numbers(raw)
        ):
            return raw
        return tuple(Key("number", n) for n in numbers(raw[1:-1]))
    if form == "works":
        return _works(raw[1:-1]) or raw
    year = re.search(_YEAR, raw)
    named = re.match(_PERSON, raw)
    return (Key("work", named.group().split()[-1].lower(), year.group()),) if named and year else raw


def _from_markup(kind: str, content: str, before: str, after: str) -> tuple[Key, ...] | str:
    if kind == LINK:
        address, _, words = content.partition(" ")
        if pmid := LINKED_PMID.search(address):
            return (Key("pmid", pmid.group(1)),)
        if found := LINKED_DOI.search(address):
            doi = parse_doi(found.group(1))
            return (Key("doi", doi),) if doi else ""
        return (Key("anchor", address[1:]),) if address.startswith("#") and (words or _citing(address)) else ""
    plain = content.strip("[]() ")
    if kind == SUP and re.fullmatch(_LIST, plain):
        isotope = (not before or not before[-1:].strip() or before[-1:] in "([") and after[:1].isalpha()
        if _EXPONENT.search(before) or isotope:
            return f"^{plain}" if not isotope else plain
        return tuple(Key("number", n) for n in numbers(plain))
    note = re.fullmatch(r"\[?\^?([a-z])\]?", plain)
    return (
        (Key("note", note.group(1)),)
        if note and content.startswith("[")
        else f"^{plain}"
        if plain[:1] in "+-−"
        else plain
    )


def _citing(address: str) -> bool:
    return re.match(r"#(?:cite|ref|bib|fn|foot|note|endnote|r|b|cr)[\w:.-]*\d", address, re.IGNORECASE) is not None


def clean(text: str, *, rounds: bool) -> Cleaned:
    """A text without its markers, and the markers; numbers in round brackets count where `rounds` says that they cite.

    A narrative citation, as in "Doe et al. (2009) found", keeps its names and loses the year.
    """
    pieces: list[str] = []
    found: list[Found] = []
    cuts: list[tuple[int, int]] = []
    length = done = 0
    for match in _PATTERNS.finditer(text):
        if match.start() < done:
            continue
        before = (pieces[-1][-60:] if pieces and match.start() == done else "") + text[
            max(done, match.start() - 60) : match.start()
        ]
        if match.lastgroup == "round" and not rounds:
            continue
        keys = _read(match, before, text[match.end() : match.end() + 2])
        if isinstance(keys, str) and keys == match.group():
            continue
        kept = text[done : match.start()]
        instead = keys if isinstance(keys, str) else ""
        if match.lastgroup == "told" and not isinstance(keys, str):
            instead = re.sub(rf"\s+[(\[]{_YEAR}[a-z]?[)\]]$", "", match.group())
        if match.lastgroup == "doi" and not isinstance(keys, str):
            instead = raw_end.group() if (raw_end := re.search(r"[.,;]+$", match.group())) else ""
        if not instead or match.lastgroup == "doi":
            kept = kept.rstrip() if not isinstance(keys, str) or kept[-1:].isspace() else kept
        pieces += [kept, instead]
        length += len(kept) + len(instead)
        if not isinstance(keys, str):
            written = re.sub(rf"[{OPEN}{CLOSE}]", "", match.group())
            written = written[1:].partition(" ")[0] if match.lastgroup == "markup" else written
            found.append(Found(keys, written.strip(), length, match.lastgroup or ""))
        done = match.end()
        cuts.append((length, done))
    pieces.append(text[done:])
    return Cleaned("".join(pieces), tuple(found), tuple(cuts))


def cites_in_rounds(texts: Iterable[str], labels: frozenset[str]) -> bool:
    """True for a page that cites by numbers in round brackets: it does so nowhere in square or raised ones, and every
    number that is not counting stands in the list of references."""
    numbered: set[str] = set()
    for text in texts:
        for found in clean(text, rounds=True).found:
            if found.form in ("square", "note", "caret", "raised", "markup"):
                return False
            if found.form == "round":
                numbered |= {key.value for key in found.keys}
    return bool(numbered) and numbered <= labels
