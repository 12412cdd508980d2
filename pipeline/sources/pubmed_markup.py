"""PubMed's inline markup as plain text that says the same.

Titles and abstracts carry `<i> <b> <u> <sub> <sup>` and MathML. Here is what becomes of it, on purpose:

- Superscripts are written with a caret, whatever they hold: `10^-3`, `m^2`, `Ca^2+`, `CD4^+`, `^11C`, `PrP^Sc`. This
  is also how the normal form of `pipeline.text` writes superscript characters. Only ordinals (`19th`) and trade
  marks (`®`, `TM`) go without. One that could run into what follows gets parentheses: `2^(n-1)`.
- Subscripts are plain (`H2O`, `NaV1.5`), but two numbers never become one: where a digit would touch a digit, `_`
  stands before the subscript (`0.81_0.86`) and a space after a script (`log10 5`, `mc^2 155`).
- MathML follows the same rules; fractions are `a/b`, roots `√3`, accents combining characters.
- White space is collapsed to single spaces and the text composed (NFC). Invisible characters stay: checks find them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from xml.etree.ElementTree import Element

# Marks that stand in the text until all of it is known. XML forbids these characters, so no text holds them.
# _RAISED_EDGE is the end of a superscript already written out; _EDGE is either side of a fraction or a root.
_SUP, _SUP_END, _SUB, _SUB_END, _RAISED_EDGE, _EDGE = "\x01", "\x02", "\x03", "\x04", "\x05", "\x06"

_RAISED = re.compile(f"{_SUP}([^{_SUP}{_SUP_END}]*){_SUP_END}")
_UNRAISED = re.compile(r"th|st|nd|rd|TM|SM|\(R\)|[®©™℠ⓇⓒⒸ]+")
_SIGN_APART = re.compile(r"(?<=[-+−–])\s+(?=\d)")
_COMPOUND = re.compile(r"\w(?:\s+|\s*[-+−–/·*×=]\s*)\w")
_MARKS = re.compile(f"[{_SUP}-{_EDGE}]+")
_NUMBER_BEFORE_SUB = re.compile(r"\d[.,]?\Z")
_NUMBER_IN_SUB = re.compile(r"\s*[-+−–.,]?\d")
_MORE_DIGITS = re.compile(r"[.,·]?\d")
_UNSIGNED = re.compile(r"\.?\d")

_XML_SPACE = " \t\r\n"
_SINGLE = re.compile(r"[\w.]*")
_SPACED_OPERATORS = frozenset("=<>≤≥≠≈≅±×∼~→")
_ACCENTS = {".": "\u0307", "˙": "\u0307", "¯": "\u0304", "‾": "\u0304", "^": "\u0302", "~": "\u0303", "→": "\u20d7"}


def plain(element: Element | None) -> str:
    """The text of `element` as described above; empty for None."""
    if element is None:
        return ""
    raw = _scripts(_inline(element)) if len(element) else element.text
    if not raw:
        return ""
    text = " ".join(raw.split())
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def _inline(element: Element) -> str:
    parts = [element.text or ""]
    for child in element:
        name = _name(child)
        if name == "math":
            parts.append(_math(child))
        else:
            inside = _inline(child)
            parts.append(_sup(inside) if name == "sup" else _sub(inside) if name == "sub" else inside)
        parts.append(child.tail or "")
    return "".join(parts)


def _name(element: Element) -> str:
    return element.tag.rpartition(":")[2]


def _sup(inside: str) -> str:
    return f"{_SUP}{inside}{_SUP_END}" if inside else ""


def _sub(inside: str) -> str:
    return f"{_SUB}{inside}{_SUB_END}" if inside else ""


def _scripts(text: str) -> str:
    """`text` with its marked scripts written out, neighbours joined first (`<sup>-</sup><sup>1</sup>` is one)."""
    text = text.replace(_SUP_END + _SUP, "").replace(_SUB_END + _SUB, "")
    while _SUP in text:
        text = _RAISED.sub(_raise, text)
    return _MARKS.sub(_separate, text)


def _separate(marks: re.Match[str]) -> str:
    """What must stand in the place of `marks`, if anything, so that no number runs into another."""
    text, (start, end) = marks.string, marks.span()
    before = text[max(start - 2, 0) : start]
    if _SUB in marks[0]:
        return "_" if _NUMBER_BEFORE_SUB.search(before) and _NUMBER_IN_SUB.match(text, end) else ""
    if before[-1:].isdecimal():
        return " " if _MORE_DIGITS.match(text, end) else ""
    if _RAISED_EDGE in marks[0] and before.endswith(("-", "+", "−", "–")):
        return " " if _UNSIGNED.match(text, end) else ""
    return ""


def _raise(match: re.Match[str]) -> str:
    inside = match[1]
    core = inside.strip()
    if not core or _UNRAISED.fullmatch(core):
        return inside
    written = _SIGN_APART.sub("", core)
    if _COMPOUND.search(written):
        written = f"({written})"
    caret = "" if match.string[match.start() - 1 : match.start()] == "^" else "^"
    return inside.replace(core, f"{caret}{written}{_RAISED_EDGE}")


def _math(element: Element) -> str:
    """A MathML element in one line."""
    match _name(element), list(element):
        case "mi" | "mn", _:
            return "".join(element.itertext()).strip()
        case "mtext" | "ms", _:
            return "".join(element.itertext()).strip(_XML_SPACE) or " "
        case "mo", _:
            operator = "".join(element.itertext()).strip()
            return f" {operator} " if operator in _SPACED_OPERATORS else operator
        case "mspace", _:
            return " "
        case "semantics", [shown, *_]:
            return _math(shown)
        case "msup", [base, over]:
            return _math(base) + _sup(_math(over))
        case "mover", [base, over]:
            return _accented(_math(base), _math(over).strip())
        case "msub" | "munder", [base, under]:
            return _math(base) + _sub(_math(under))
        case "msubsup" | "munderover", [base, under, over]:
            return _math(base) + _sub(_math(under)) + _sup(_math(over))
        case "mmultiscripts", [base, *scripts]:
            return _multiscripts(base, scripts)
        case "mfrac", [above, below]:
            return f"{_EDGE}{_grouped(_math(above))}/{_grouped(_math(below))}{_EDGE}"
        case "mroot", [base, index]:
            return _grouped(_math(base)) + _sup(f"1/{_math(index)}")
        case "msqrt", inside:
            return f"√{_grouped(_joined(inside))}{_EDGE}"
        case "mfenced", inside:
            separator = element.get("separators", ",")[:1]
            return element.get("open", "(") + separator.join(map(_math, inside)) + element.get("close", ")")
        case "mtd" | "mtr", inside:
            return _joined(inside) + " "
        case _, inside:
            return (element.text or "").strip() + _joined(inside)


def _joined(elements: Iterable[Element]) -> str:
    return "".join(_math(element) + (element.tail or "").strip() for element in elements)


def _grouped(text: str) -> str:
    return text if _SINGLE.fullmatch(text) else f"({text})"


def _accented(base: str, over: str) -> str:
    return base + (_ACCENTS[over] if len(base) == 1 and over in _ACCENTS else _sup(over))


def _multiscripts(base: Element, scripts: list[Element]) -> str:
    """Isotopes and tensors: what stands before the base is written before it, lower script first."""
    names = [_name(script) for script in scripts]
    split = names.index("mprescripts") if "mprescripts" in names else len(names)

    def written(run: list[Element]) -> str:
        return "".join((_sup if place % 2 else _sub)(_math(script)) for place, script in enumerate(run))

    return written(scripts[split + 1 :]) + _math(base) + written(scripts[:split])
