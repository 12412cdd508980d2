"""The numbers of a text, in digits or words, told apart from digits that are part of a name.

`IL-6`, `TLR4`, `5-HT`, `week 12`, `Fig 1`, `NCT00568555`, `1990s` and `2nd` name something and are not numbers here.
All functions work on the normal form of `pipeline.text`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from pipeline.quantities.number_words import SMALL, SPELLED, multiplied, spelled_value
from pipeline.quantities.phrases import COUNTED, COUNTED_NEXT
from pipeline.quantities.units import unit_at


class Numeral(NamedTuple):
    """A number and its place. `word` is true for one that is spelled out."""

    value: Decimal
    start: int
    end: int
    word: bool = False


# Things that are told apart by numbers: "week 12" and "phase 2" are names, "12 weeks" and "2 phases" are quantities.
_NUMBERED = (
    r"fig(?:ure|s|\.)?s?|tables?|appendix|ref(?:erence|\.)?s?|equations?|chapters?|boxes|box|sections?|no\."
    r"|numbers?|visits?|phases?|grades?|stages?|types?|subtypes?|groups?|arms?|cohorts?|study|studies|trial|experiments?"
    r"|parts?|steps?|cycles?|levels?|class|classes|categor(?:y|ies)|criteri(?:on|a)|models?|modules?|tiers?|aims?"
    r"|questions?|hypothes[ie]s|schedules?|compounds?|derivatives?|analogs?|exons?|introns?|chromosomes?|codons?"
    r"|positions?|loc(?:us|i)|receptors?|interleukins?|factors?|kinases?|caspases?|syntaxin|phosphodiesterase|delta"
    r"|genotypes?|proteins?|serotypes?|isoforms?|clusters?|wave|generations?|status|form|cathepsin|galectin|omega"
)
_DATED = r"(?<!every )(?<!each )(?<!per )(?<!\ba )(?<!one )(?<!/)(?:weeks?|days?|months?|years?|hours?|wk|nights?)"
_LISTED = r"[0-9]{1,3}[A-Za-z]?(?![\w%]|[.,:][0-9]| (?:[mnpkμ]?g|mcg|m?L|ml|IU)\b)"
_LABEL = (
    rf"\b(?i:(?P<noun>{_NUMBERED}|{_DATED}))(?: (?:no\.|number))?[ :#]{{1,2}}"
    rf"(?P<listed>{_LISTED}(?:(?:, ?(?:and |or )?| ?[-/&] ?| (?:and|or|to|through|vs\.?|versus) ){_LISTED})*)"
)
_TIMES_COUNTED = re.compile(rf"(?:[0-9]|\b{SMALL})[- ](?:weeks|days|months|years|hours|nights) $", re.IGNORECASE)
_OUT_OF = re.compile(r" ?\([0-9]+(?:\.[0-9]+)? ?%| of (?:the )?[0-9]")

_NAMES = {
    "address": r"https?://\S+|www\.\S+|\bdoi:? ?\S+|\b10\.[0-9]{4,9}/\S+",
    "record": r"\b(?:PMID|PMCID|CAS|EudraCT|ISBN|ISRCTN)[ :]*[0-9]\S*",
    "registration": r"(?i:\b(?:regist\w+|identifier|protocol)(?: (?:no\.?|number|id))?[ :#]*)[0-9]{5,}",
    "subscript": r"(?<=[A-Za-z\])])\((?:[0-9]{1,3}[A-Z]{0,2}[+-]?|-[0-9])\)",  # H(2)O, Ca(2+), 5-HT(1A), min(-1)
    "isotope": r"\([0-9]{1,3}m?\)(?=[A-Z][a-z]?\b)",  # (13)C, (99m)Tc
    "enumeration": (
        r"(?:^|(?<=[:;,.] )|(?<=\band )|(?<=\bor ))\([1-9]\)(?= [A-Za-z0-9])|(?:^|(?<=[.] ))[1-9]\. (?=[A-Z])"
        r"|\(1\)(?= [^|]{0,300}\(2\) )|(?<=[a-z] )1\)(?= [^|]{0,300} 2\))"
        r"|(?:(?<=[:;,] )|(?<=\band )|(?<=\bor )|(?<=\bto ))[1-9]\)(?= [A-Za-z0-9])"
    ),
    "citation": r"(?:(?<=[A-Za-z.,;)])|(?<=[A-Za-z.,;)] ))\[[1-9][0-9]{0,2}(?:, ?[1-9][0-9]{0,2})*\]",
    "superscript": r"\^[+-]?\w+|(?<=[A-Za-z])-1\b(?![.,]?[0-9])",  # m^2, 3^rd, min-1
    "version": r"\b[Vv]ersions? ?[0-9][0-9.]*|[0-9]+(?:\.[0-9]+){2,}|\bCOVID[ -]19\b",
    "variant": r"\b[cgm]\.[0-9]\S*|\bt\([0-9]{1,2};[0-9]{1,2}\)",  # c.453+2T>C, t(9;22)
    "ordinal": r"[0-9]+\^?(?:st|nd|rd|th)\b",
    "decade": r"[0-9]{4}'?s\b|[0-9]{2}s\b(?<=0s)",
    "date": r"[0-9]+(?:-[0-9]+){2,}",
    "allocation": r"[0-9]+(?::[0-9]+){2,}",
    "clock": (
        r"[0-9]{1,2}[:.][0-9]{2} ?(?:[ap]\.?m\b\.?|[AP]\.?M\b\.?|h\b)"
        r"|[0-9]{1,2}:[0-9]{2}(?: ?(?:-|to|and) ?[0-9]{1,2}:[0-9]{2})"
    ),
    "chemical": r"[0-9]+'?(?:,[0-9]+'?)+-(?=[A-Za-z(])|[0-9]+'|[0-9]+\((?:OH|R|S|H|E|Z)\)",  # 2,3-dioxygenase, 25(OH)D
    "power of a unit": r"\bx ?10(?:\^|\()?-?[0-9]{1,2}\)?",  # x10^9/L
}

# "0,03", "0/03" and "64,3%" are decimals: no number of another kind is written so.
_DECIMAL_COMMA = r"0[,/]0[0-9]+|0,[0-9]+|[0-9]{1,3},[0-9]{1,2}(?= ?%)"
_THOUSANDS = r"[1-9][0-9]{0,2}(?:(?:,[0-9]{3})+(?!,?[0-9])|(?: [0-9]{3})+(?![0-9]))(?:\.[0-9]+)?"
_NO_ZERO = r"(?<![0-9])(?<![A-OQ-Za-oq-z])\.[0-9]+"  # .05, and the P of "P.05" may touch it
_DIGITS = rf"(?:{_THOUSANDS}|{_DECIMAL_COMMA}|[0-9]+(?:\.[0-9]+)?|{_NO_ZERO})"
_SIGN = (
    r"(?P<sign>(?<![\w)\]%'\"/+])-"  # not after a word, a number or a bracket, nor in +/- and +-
    r"|(?:(?<=[=<>(\[])|(?<=[,;:]))(?: - ?| ?- )|(?:(?<=CI)|(?<=MD)|(?<=RD))-)?"
)
_POWER = (
    rf"(?:(?P<mantissa>{_DIGITS}) ?[x*·] ?)?\b10"
    r"(?:\^(?P<raised>[+-]?[0-9]{1,2})|\((?P<bracketed>(?(mantissa)[+-]?|-)[0-9]{1,2})\))"
    rf"|(?P<before>{_DIGITS}) ?[x*·] ?10(?P<bare>-[0-9]{{1,2}})"
    r"|(?P<plain>[0-9]+(?:\.[0-9]+)?)[eE](?P<e>[+-]?[0-9]{1,2})"
)
_MIXED = r"(?:(?P<whole>[0-9]{1,3}) )?(?P<over>1/[234]|[23]/[34])(?![\w/%]|[.,][0-9])"
# A word with the digits and hyphens in it; not the unit or the "to" before a number: "10 mg-20 mg", "6-to-12-month".
_BEFORE_DASH = r"(?:to|and|or|mg|mcg|[μu]?g|kg|m[lL]|IU|weeks?|months?|years?|days?|h|min|[mc]m)-[0-9]"
_WORD = rf"(?<![^\W\d_])(?!{_BEFORE_DASH})[^\W\d]\w*(?:(?<=[0-9])[.:][0-9]+)*(?:-(?![0-9]*\.[0-9])\w+)*"
_TOKEN = re.compile(
    rf"(?P<label>{_LABEL})|(?P<name>{'|'.join(_NAMES.values())})"
    rf"|{_SIGN}(?:(?P<power>{_POWER})(?![0-9A-Za-z]|\^)|(?P<mixed>{_MIXED})|(?P<digits>{_DIGITS}))"
    rf"|(?P<spelled>(?i:{SPELLED}))|{_WORD}"
)
_REST_OF_NAME = re.compile(r"[\w'-]*")
# What may be joined to a number by a hyphen without making a name of it; units may, too.
_JOINED = re.compile(
    r"-(?:items?|points?|arms?|armed|steps?|levels?|groups?|period|doses?|sites?|cent(?:er|re)s?|times?|sessions?"
    r"|parts?|patients?|persons?|people|questions?|symptoms?|domains?|factors?|visits?|nights?|lead|channel|gauge|body"
    r"|to|or|and|January|February|March|April|May|June|July|August|September|October|November|December)(?![a-z])"
    r"|-(?![\w(])",
    re.IGNORECASE,
)
_ONE_OF = re.compile(rf"(?: in| of(?: the)?| out of| or| to| and)[ -](?:[0-9]|{SMALL}\b)", re.IGNORECASE)


def _value(match: re.Match[str]) -> Decimal:
    def decimal(digits: str) -> Decimal:
        if re.fullmatch(_DECIMAL_COMMA.replace("(?= ?%)", ""), digits):
            return Decimal(digits.replace(",", ".").replace("/", "."))
        return Decimal(digits.replace(",", "").replace(" ", ""))

    if match["digits"]:
        value = decimal(match["digits"])
    elif match["mixed"]:
        above, below = match["over"].split("/")
        value = Decimal(match["whole"] or 0) + Decimal(above) / Decimal(below)
    else:
        mantissa = match["mantissa"] or match["before"] or match["plain"] or "1"
        exponent = match["raised"] or match["bracketed"] or match["bare"] or match["e"]
        value = Decimal(f"{decimal(mantissa)}E{exponent}")
    return value.copy_negate() if match["sign"] and value else value


def _begins_name(text: str, end: int) -> bool:
    """True where the number ending at `end` is the beginning of a name: `5HT`, `5-HT`, `3-methyl`."""
    after = text[end : end + 1]
    if after.isalpha() or after == "_":
        return unit_at(text, end) is None and not text.startswith("vs", end)
    if after == "-" and text[end + 1 : end + 2].isalpha():
        return unit_at(text, end) is None and not _JOINED.match(text, end)
    return False


def _counts_one(text: str, start: int, end: int) -> bool:
    """True where the word "one" counts something: "one patient", "one of 20", not "no one" or "one another"."""
    if re.search(r"\bno $", text[max(0, start - 4) : start], re.IGNORECASE):
        return False
    return any((COUNTED.match(text, end), unit_at(text, end), _ONE_OF.match(text, end), _JOINED.match(text, end)))


def _end_of_label(label: re.Match[str], text: str) -> int:
    """Where reading goes on after a label: behind "weeks 4, 8 and 12", but in "group 1, 12 of 20" before the 12.

    Where the number counts what follows ("in group 12 mice") it is no name, and reading goes on before it.
    """
    start, end = label.span("listed")
    if "," in label["listed"] and not label["noun"].lower().endswith(("s", "a", "i")):
        end = start + label["listed"].index(",")
    counts = COUNTED_NEXT.match(text, end) and re.fullmatch("[0-9]{2,}", text[start:end])
    counted = _TIMES_COUNTED.search(text[max(0, start - 24) : start])
    return start if counts or counted or unit_at(text, end) or _OUT_OF.match(text, end) else end


def numerals(text: str) -> Iterator[Numeral]:
    """The numbers of `text`, in order. A sign belongs to its number; a range dash and a hyphen do not."""
    place = 0
    while match := _TOKEN.search(text, place):
        start, place = match.span()
        if match["label"]:
            place = _end_of_label(match, text)
        elif match["spelled"]:
            value, place = multiplied(spelled_value(match), text, place)
            counts = match["spelled"].lower() != "one" or _counts_one(text, start, place)
            if counts and not _begins_name(text, place):
                yield Numeral(value, start, place, word=True)
        elif match["digits"] or match["mixed"] or match["power"]:
            value, place = multiplied(_value(match), text, place)
            if not _begins_name(text, place):
                yield Numeral(value, start, place)
            elif rest := _REST_OF_NAME.match(text, place):
                place = rest.end()
