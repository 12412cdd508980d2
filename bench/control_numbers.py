"""True claims said otherwise: figures, units and intervals in the other ways in which people write them.

A control takes a true sentence and its paper and gives a sentence that says the same or less, or None where it does
not apply. Nothing here may change what is claimed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

from bench.figures import COUNTED, DOSE, NUMBER, ONES, P_VALUE, SPELLED, digits, put
from bench.papers import Control, Paper

_SPELL = {value: word for word, value in SPELLED.items()}
_NOT_A_NUMBER = re.compile(
    r"(?:\b(?:of|group|phase|grade|stage|type|level|visit|week|day|month|year|no\.?|number|version|and|or|to|than|from|"
    r"between|by|every|each|other|at least one or|interleukin)|[-–—=/<>≤≥~∼±(,])\s?$",
    re.IGNORECASE,
)


def changed(new: str, old: str) -> str | None:
    return new if new != old else None


def each(pattern: str, new: str | Callable[[re.Match[str]], str], flags: int = 0) -> Control:
    """A control that puts `new` wherever `pattern` stands."""
    compiled = re.compile(pattern, flags)

    def control(claim: str, paper: Paper) -> str | None:
        return changed(compiled.sub(new, claim), claim)

    return control


def digits_for_words(claim: str, paper: Paper) -> str | None:
    """ "Seventeen patients" as "17 patients", "two weeks" as "2 weeks"."""
    words = "|".join(sorted(SPELLED, key=len, reverse=True))
    pattern = (
        rf"\b(?P<word>{words})(?= (?:\w+ ){{0,2}}(?:{COUNTED}|weeks|months|days|years|hours)\b)(?! (?:of|or|to|and|"
        rf"hundred|{'|'.join(ONES)})\b)"
    )

    def number(match: re.Match[str]) -> str:
        before = claim[: match.start()]
        if match["word"].lower() == "one" or re.search(
            r"(?:[-‐‑–]|\b(?:of|or|and|to|the|hundred|other|\w+ty)) ?$", before
        ):
            return match[0]
        return str(SPELLED[match["word"].lower()])

    return changed(re.sub(pattern, number, claim, flags=re.IGNORECASE), claim)


def words_for_digits(claim: str, paper: Paper) -> str | None:
    """ "17 patients" as "seventeen patients", "12 weeks" as "twelve weeks"."""

    def word(match: re.Match[str]) -> str:
        if _NOT_A_NUMBER.search(claim[: match.start()]) or int(match[0]) not in _SPELL or match[0] == "1":
            return match[0]
        spelled = _SPELL[int(match[0])]
        return spelled.capitalize() if match.start() == 0 else spelled

    pattern = rf"{NUMBER}(?= (?:(?!(?:of|or|to|and)\b)[a-z]+ ){{0,2}}(?:{COUNTED}|weeks|months|days|years|hours)\b)"
    return changed(re.sub(pattern, lambda m: word(m) if m[0].isdigit() else m[0], claim), claim)


def other_unit(claim: str, paper: Paper) -> str | None:
    """ "500 mg" as "0.5 g" or "0.5 g" as "500 mg": the same amount in a neighbouring unit."""
    for match in DOSE.finditer(claim):
        step = {
            "mg": ("g", "0.001", 100),
            "g": ("mg", "1000", 0),
            "mcg": ("mg", "0.001", 100),
            "µg": ("mg", "0.001", 100),
        }
        if match["unit"] not in step or re.search(r"[-–—−/,]\s?$|\b(?:to|or|and|of)\s$", claim[: match.start()]):
            continue
        unit, factor, least = step[match["unit"]]
        value = Decimal(digits(match["number"]))
        if value < least or (match["unit"] == "g" and value > 5) or match["gap"] == "-":
            continue
        new = f"{value * Decimal(factor):f}"
        new = new.rstrip("0").rstrip(".") if "." in new else new
        return put(claim, match.start("number"), match.end("unit"), f"{new} {unit}")
    return None


def p_spaced(claim: str, paper: Paper) -> str | None:
    """ "p<0.05" as "P < .05"."""
    new = P_VALUE.sub(lambda m: f"P {m['operator']} {m['number'].replace('·', '.').removeprefix('0')}", claim)
    return changed(new, claim)


def p_tight(claim: str, paper: Paper) -> str | None:
    """ "P < .05" as "p<0.05"."""
    new = P_VALUE.sub(
        lambda m: f"p{m['operator']}{'0' if m['number'][0] in '.·' else ''}{m['number'].replace('·', '.')}", claim
    )
    return changed(new, claim)


_INTERVAL = re.compile(
    r"(?P<level>9[059])\s?% ?(?:CI|confidence interval(?: \(?CI\)?)?)[:,=]?\s?(?P<open>[\[(])?\s?"
    r"(?P<low>[-−]?\d+(?:[.·]\d+)?)(?P<unit>%?)\s?(?P<between>to|"
    r"[-–—,;])\s?(?P<high>[-−]?\d+(?:[.·]\d+)?)(?![\d.·])(?P=unit)(?!%)(?P<close>\s?[\])])?"
)


def _interval(form: str) -> Control:
    def control(claim: str, paper: Paper) -> str | None:
        def written(match: re.Match[str]) -> str:
            low, high = (match[side].replace("·", ".") for side in ("low", "high"))
            if bool(match["open"]) != bool(match["close"]):
                if match["open"]:
                    return match[0]
                tail = match["close"]
            else:
                tail = ""
            if form == "dash" and (low[0] in "-−" or high[0] in "-−"):
                return match[0]
            if form == "dot":
                low, high = low.replace(".", "·"), high.replace(".", "·")
            between = {"to": " to ", "dash": "-", "dot": "–" if low[0] not in "-−" else " to ", "bracket": "; "}[form]
            low, high = low + match["unit"], high + match["unit"]
            inside = f"[{low}{between}{high}]" if form == "bracket" else f"{low}{between}{high}"
            return f"{match['level']}% CI {inside}{tail}"

        return changed(_INTERVAL.sub(written, claim), claim)

    return control


def thousands(claim: str, paper: Paper) -> str | None:
    """ "1,234 patients" as "1234 patients" and the reverse."""
    if re.search(r"(?<![\w.,])\d{1,3},\d{3}(?![\w,])(?!\.\d)", claim):
        return re.sub(r"(?<![\w.,])(\d{1,3}),(\d{3})(?![\w,])(?!\.\d)", r"\1\2", claim)
    new = re.sub(rf"(?<![\w.,/=-])(\d{{1,2}})(\d{{3}})(?= (?:\w+ ){{0,1}}(?:{COUNTED})\b)", r"\1,\2", claim)
    return changed(new, claim)


def fraction(claim: str, paper: Paper) -> str | None:
    """ "17/20 patients" as "17 of 20 patients", "17 of 20" as "17 out of 20"."""
    new = re.sub(rf"(?<![\w./])(\d{{1,4}})\s?/\s?(\d{{1,4}})(?= (?:{COUNTED}))", r"\1 of \2", claim)
    if new == claim:
        new = re.sub(rf"(?<![\w.,])(\d{{1,4}}) of (\d{{1,4}})(?= (?:{COUNTED}))", r"\1 out of \2", claim)
    return changed(new, claim)


def weeks_in_days(claim: str, paper: Paper) -> str | None:
    """ "2 weeks" as "14 days", of one to four weeks; not in a range or a list."""
    weeks = {"1": "7", "one": "7", "2": "14", "two": "14", "3": "21", "three": "21", "4": "28", "four": "28"}
    match = re.search(
        r"(?:(?<=for )|(?<=within )|(?<=after )|(?<=next ))(?P<n>[1-4]|one|two|three|four) weeks?\b(?! (?:or|to|"
        r"and|before|in|each|per|of|period)\b|,? \d)",
        claim,
    )
    if match is None or len(re.findall(r"\bweeks?\b", claim)) > 1 or re.search(r"\bat (?:week|\d)", claim):
        return None
    return put(claim, match.start("n"), match.end(), f"{weeks[match['n']]} days")


NUMBERS: dict[str, Control] = {
    "digits for words": digits_for_words,
    "words for digits": words_for_digits,
    "milligrams": each(r"(?<=\d)[\s-]?mg\b(?!/[dm]?[lL]\b)", " milligrams"),
    "micrograms": each(r"(?<=\d)\s?(?:µg|μg|mcg)\b", " micrograms"),
    "mcg": each(r"(?<=\d)\s?(?:µg|μg|micrograms?)\b", " mcg"),
    "µg": each(r"(?<=\d)\s?(?:mcg|micrograms?)\b", " µg"),
    "other unit": other_unit,
    "per day": each(r"(?<=mg|IU|µg|μg| g)\s?/\s?d(?:ay)?\b", " per day"),
    "mg daily": each(r"(?<=mg)\s?(?:/\s?d(?:ay)?|per day)\b", " daily"),
    "times a day": each(r"\btwice daily\b|\bb\.?i\.?d\b\.?(?=[ ,;)])", "two times a day", re.IGNORECASE),
    "once a day": each(r"\bonce daily\b", "once a day"),
    "per cent": each(r"(?<!CI95)(?<!CI 95)(?<=\d)\s?%(?!\s?\(?(?:CI|confidence|credible))(?![-‐\w])", " per cent"),
    "percent sign": each(r"(?<=\d) ?(?:percent|per cent)\b|(?<=\d) %", "%"),
    "p spaced": p_spaced,
    "p tight": p_tight,
    "interval with to": _interval("to"),
    "interval with dash": _interval("dash"),
    "interval with dots": _interval("dot"),
    "interval in brackets": _interval("bracket"),
    "plus-minus": each(r"\s?±\s?", " +/- "),
    "hours": each(r"(?<=\d)\s?h\b(?![/·-])", " hours"),
    "weeks in days": weeks_in_days,
    "thousands": thousands,
    "fraction": fraction,
}
