"""The one form in which the text of a drug label is kept, and against which quotations of it are held.

openFDA gives a section of a label as one run of text, in which headings, paragraphs and lists have lost their lines.
`label_text` makes of it text whose sentences can stand alone:

- characters that are not seen (control, bidi, zero-width) go, and white space is one blank;
- the section's number and heading go ("4 CONTRAINDICATIONS"); "WARNING: ..." of a boxed warning stays, as a line;
- cross references go: "[see Warnings and Precautions (5.3)]", "(see WARNINGS)", and section numbers in brackets as
  openFDA sets them off by blanks, "( 5.1, 5.2 )". "(5.1)" without the blanks stays: it may be a number of a table;
- a numbered subsection begins a line, without its number, and its heading is a line of its own;
- a list stays one sentence with the words of the label: bullets become semicolons, and so does the full stop of an
  item that is but part of the sentence that a colon began. After any other mark a bullet just goes.

All other words and every number stay as they are, in their order; markup is text like any other. A change of these
rules changes the hash of every held label, so that each looks changed once.
"""

from __future__ import annotations

import re
import unicodedata

_UNSEEN = ("Cf", "Cs", "Cn")
_BULLETS = "•‣◦▪▫●○■□⁃\uf0b7\uf0a7\uf0d8"  # the last three: bullets of symbol fonts, in the private area
_BULLET = re.compile(rf"(?:(?<=\s)|^)[{_BULLETS}](?=\s|\w)|[•●▪\uf0b7]|(?<=\s)[·∙](?=\s)")
_SEE = re.compile(r"\[\s*(?:see|refer to)\b[^\[\]]*\]|\(\s*see\b(?:[^()]|\([^()]*\))*\)", re.IGNORECASE)
_NUMBER = r"\d{1,2}(?:\.\d{1,2}){0,2}"
_NUMBERED = re.compile(rf"(?<![\d%])(?<![\d%] )\(\s(?:{_NUMBER})(?:\s?(?:,|and|to|-)\s?{_NUMBER})*\s?\)")
_BEFORE_MARK = re.compile(r"\s+([.,;:])(?=\s|$)")
_TWICE = re.compile(r"([,;])(?:\s*[,;])+")
_OPENING = re.compile(r"^(\d{1,2})(?:\.\d{1,2})?\s+(?=[A-Z])")
_CAPITALS = re.compile(r"^(WARNINGS?:? [A-Z][A-Z0-9 ,()/;:&-]*[A-Z)]) (?=[A-Z][\w®™-]*,? [a-z])")
_SMALL = frozenset("a an the and or of to in on for with from by at as into during due associated not be use".split())


def plain(text: str) -> str:
    """Text from outside on one line, without characters that are not seen."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    return " ".join("".join(_seen(char) for char in text).split())


def _seen(char: str) -> str:
    if char in _BULLETS:
        return char
    category = unicodedata.category(char)
    return " " if category == "Cc" else "" if category in _UNSEEN or category == "Co" else char


def label_text(text: str, heading: str) -> str:
    """A section of a label in the form above. `heading` is the section's own, in capitals: "CONTRAINDICATIONS"."""
    whole = _without_references(plain(text))
    number = _OPENING.match(whole)
    whole = _without_heading(whole, heading)
    first, *rest = _subsections(whole, number[1]) if number else [whole]
    first = _headed(first) if number and "." in number[0] else _CAPITALS.sub(r"\1\n", first)
    lines = [first, *map(_headed, rest)]
    return "\n".join(line for part in lines for line in map(_listed, part.split("\n")) if line)


def _without_references(text: str) -> str:
    text = _NUMBERED.sub("", _SEE.sub("", text))
    return " ".join(_TWICE.sub(r"\1", _BEFORE_MARK.sub(r"\1", text)).split())


def _without_heading(text: str, heading: str) -> str:
    """The text behind the section's number and heading, which may be printed in capitals or as a title."""
    title = rf"{re.escape(heading.title())}(?=\s*:|\s+[A-Z\d{_BULLETS}]|$)".replace("And", "[Aa]nd").replace(
        "In", "[Ii]n"
    )
    return re.sub(rf"^(?:{_NUMBER}\s+)?(?:{re.escape(heading)}(?![A-Za-z])|{title})\s*[:.]?\s*", "", text)


def _subsections(text: str, major: str) -> list[str]:
    """What comes before the first numbered subsection, then each of them without its number.

    Only the number that is next counts, behind a full stop or the like where it stands so anywhere: "in 5.2 Percent" is
    none, and the table before a subsection may end without a mark.
    """
    parts, minor = [text], 1
    while found := _begun(parts[-1], f"{major}\\.{minor}"):
        rest = parts.pop()
        parts += [rest[: found.start()].strip(), rest[found.end() :]]
        minor += 1
    return parts


def _begun(text: str, number: str) -> re.Match[str] | None:
    opens = rf"{number}\s+(?=[A-Z\"“])"
    return re.search(rf"(?:^|(?<=[.:;!?)\]] )){opens}", text) or re.search(rf"(?<=\s){opens}", text)


def _headed(text: str) -> str:
    """A subsection with its heading on a line of its own: the words in title case before the first sentence.

    The sentence begins at the last capital before the first small word: "Injection Site Reactions | Injections may be".
    """
    words = text.split(" ")
    run = 0
    while run < len(words) and (
        words[run][:1].isupper() or words[run].lower() in _SMALL or not words[run][:1].isalpha()
    ):
        run += 1
    capitals = [place for place in range(1, run) if words[place][:1].isupper()]
    if run == len(words) or not capitals or any(word.endswith((".", ":", ";")) for word in words[: capitals[-1]]):
        return text
    return " ".join(words[: capitals[-1]]) + "\n" + " ".join(words[capitals[-1] :])


def _listed(line: str) -> str:
    """A line with its bullets as semicolons; after a mark that parts already, or "and" or "or", they just go."""
    begun, *items = [part for part in map(str.strip, _BULLET.split(line)) if part] or [""]
    told, listing = begun, begun.endswith(":")
    for place, item in enumerate(items, 1):
        joined = told.endswith((".", ":", ";", ",", "?", "!")) or re.search(r"\b(?:and|or)$", told) is not None
        part = item[:-1] if listing and place < len(items) and item.find(".") == len(item) - 1 else item
        told = f"{told}{'' if joined else ';'} {part}"
    return told
