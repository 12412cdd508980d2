"""The text in the bytes of a file, its one normal form, its sentences, and the exact place of a quotation in it.

The normal form makes typography equal and nothing else: dashes, quotation marks, spaces and ligatures become their
plain forms, invisible characters go, `0·27` is `0.27`, `10⁻³` is `10^-3`, `≤` is `<=`, `±` is `+/-`. Letters keep
their case and digits are never touched, so two texts with one normal form say the same.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple


class Span(NamedTuple):
    """A half-open range of characters."""

    start: int
    end: int


_PLAIN = {
    **dict.fromkeys("‐‑‒–—―−﹣－⁃", "-"),
    **dict.fromkeys("“”„‟«»〝〞＂", '"'),
    **dict.fromkeys("‘’‚‛′`´ʹʼ＇", "'"),
    "µ": "μ",
    "≤": "<=",
    "⩽": "<=",
    "≦": "<=",
    "≥": ">=",
    "⩾": ">=",
    "≧": ">=",
    "±": "+/-",
    "×": "x",
    "…": "...",
    "ﬀ": "ff",
    "ﬁ": "fi",
    "ﬂ": "fl",
    "ﬃ": "ffi",
    "ﬄ": "ffl",
    **{chr(0xFF01 + i): chr(0x21 + i) for i in range(94) if chr(0xFF01 + i) not in "－＂＇"},
    **dict(zip("₀₁₂₃₄₅₆₇₈₉₊₋", "0123456789+-", strict=True)),
}
_SUPERSCRIPT = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-", strict=True))
_FRACTION = {"½": "1/2", "⅓": "1/3", "⅔": "2/3", "¼": "1/4", "¾": "3/4"}
_DOTS = "·∙•‧⋅"


def _plain_characters(text: str) -> list[tuple[str, int, int]]:
    """Each character of the normal form before spaces are collapsed, with the range of `text` it comes from."""
    out: list[tuple[str, int, int]] = []
    raised = False
    visible = [(i, c) for i, c in enumerate(text) if unicodedata.category(c) not in ("Cf", "Cs")]
    for place, (i, char) in enumerate(visible):
        if char in _SUPERSCRIPT:
            plain = _SUPERSCRIPT[char] if raised else "^" + _SUPERSCRIPT[char]
        elif char in _FRACTION:
            plain = (" " if out and out[-1][0].isdigit() else "") + _FRACTION[char]
        elif char in _DOTS:
            after = visible[place + 1][1] if place + 1 < len(visible) else ""
            plain = "." if out and out[-1][0].isdigit() and after.isdigit() else char
        else:
            plain = " " if char.isspace() or unicodedata.category(char) == "Cc" else _PLAIN.get(char, char)
        if raised and char not in _SUPERSCRIPT and plain[0].isdigit():
            plain = " " + plain
        raised = char in _SUPERSCRIPT
        for one in plain:
            composed = unicodedata.normalize("NFC", out[-1][0] + one) if out and ord(one) > 0x2FF else ""
            if len(composed) == 1:
                out[-1] = (composed, out[-1][1], i + 1)
            else:
                out.append((one, i, i + 1))
    return out


def normal_with_places(text: str) -> tuple[str, list[tuple[int, int]]]:
    """The normal form, and for each of its characters the range of `text` that it comes from."""
    if text.isascii() and text.isprintable() and "  " not in text and text == text.strip():
        return text, [(place, place + 1) for place in range(len(text))]
    kept: list[tuple[str, int, int]] = []
    for item in _plain_characters(text):
        if item[0] != " " or (kept and kept[-1][0] != " "):
            kept.append(item)
    if kept and kept[-1][0] == " ":
        kept.pop()
    return "".join(char for char, _, _ in kept), [(start, end) for _, start, end in kept]


@lru_cache(maxsize=4096)
def normal(text: str) -> str:
    """The normal form of `text`. Applying it twice changes nothing."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    return normal_with_places(text)[0]


def _cuts_a_token(text: str, start: int, end: int) -> bool:
    """True where the range would end or begin inside a word or a number, as `0.8` does in `0.82`."""
    before, after = text[:start], text[end:]
    inside = text[start:end]
    if before and before[-1].isalnum() and inside[0].isalnum():
        return True
    if after and after[0].isalnum() and inside[-1].isalnum():
        return True
    if inside[-1].isdigit() and re.match(r"[.,]\d|%", after):
        return True
    return inside[0].isdigit() and re.search(r"\d[.,]$|(?<![\w)])[-+]$", before) is not None


def locate(quote: str, text: str) -> Span | None:
    """Where `quote` stands in `text` under the normal form, digit for digit and on whole tokens; None if nowhere.

    The span counts in `text` as given. The match is exact: nothing here is fuzzy, above all not on numbers.
    """
    wanted = normal(quote)
    if not wanted:
        return None
    plain, places = normal_with_places(text)
    start = plain.find(wanted)
    while start >= 0:
        end = start + len(wanted)
        span = Span(places[start][0], places[end - 1][1])
        if not _cuts_a_token(plain, start, end) and normal(text[span.start : span.end]) == wanted:
            return span
        start = plain.find(wanted, start + 1)
    return None


# Units and letters after which nupunkt sees an abbreviation although a sentence ends there ("25 degrees C. Then ...").
_MISSED_END = re.compile(r"[\s\d](?:C|F|d|h|s|g|kg|mg|ml|mL|mg/kg|min|hr|wk|yr)(\.)\s+(?=[A-Z][\w-]+\s)")


def sentences(text: str) -> list[Span]:
    """The sentences of `text`, in order, without surrounding white space. A line break always ends a sentence."""
    import nupunkt

    spans: list[Span] = []
    offset = 0
    for line in text.split("\n"):
        for start, end in nupunkt.sent_spans(line) if line.strip() else ():
            begin = start
            for match in _MISSED_END.finditer(line, start, end):
                spans.append(Span(offset + begin, offset + match.end(1)))
                begin = match.end()
            spans.append(Span(offset + begin, offset + end))
        offset += len(line) + 1
    trimmed = []
    for start, end in spans:
        piece = text[start:end]
        lead = len(piece) - len(piece.lstrip())
        if piece.strip():
            trimmed.append(Span(start + lead, start + len(piece.rstrip())))
    return trimmed


_BINARY = (b"%PDF-", b"PK\3\4", b"\xd0\xcf\x11\xe0", b"\x1f\x8b", b"{\\rtf")
_ODD = 0.02  # the share of characters that no text has beyond which bytes are none


def decoded(raw: bytes) -> str | None:
    """The text in the bytes of a file: UTF-8, UTF-16 with its mark, else Windows-1252; None where they are no text."""
    marked = raw[:2] in (b"\xff\xfe", b"\xfe\xff")
    if raw.startswith(_BINARY) or (b"\0" in raw and not marked):
        return None
    try:
        return raw.decode("utf-16" if marked else "utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", "replace")
    odd = sum(ord(char) < 32 and char not in "\t\n\r\f" for char in text) + text.count("\ufffd")
    return None if marked or odd > _ODD * len(text) else text


def any_of(*alternatives: str) -> re.Pattern[str]:
    """One pattern that finds any of the alternatives, without regard to case."""
    return re.compile("|".join(alternatives), re.IGNORECASE)
