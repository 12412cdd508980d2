"""From plain text without any markup to the blocks of a page: headings, items and paragraphs by their shape."""

from __future__ import annotations

import re
from itertools import pairwise

from pipeline.legacy.blocks import Block, Builder, Kind

LONGEST_HEADING = 80
MOST_WORDS = 12
WIDEST_WRAP = 110  # a text broken into lines by hand or by a mailer is narrower than this
MOST_IN_A_ROW = 3  # headings without text between them; more are a list without bullets
# A rule, or what underlines a heading: a line that carries no words.
UNDERLINE = re.compile(r"\s*(=|-|~|\*|_|─|—)\1{2,}\s*")
BULLET = re.compile(r"\s*(?:[-*•·‣▪–—]|o(?= {2,}))\s+(?=\S)")
NUMBERED = re.compile(r"\s*(?:\[(\d{1,5})\]|\((\d{1,5})\)|(\d{1,5})[.)])\s*(?=\S)")
SECTION_NUMBER = re.compile(r"\s*((?:\d{1,2}\.)+\d{0,2}|[IVX]{1,4}\.)\s+(?=[A-Z])")
KNOWN = re.compile(
    r"(?:overview|introduction|background|summary|key (?:points|facts|takeaways)|what is .{1,40}|how it works"
    r"|mechanisms?(?: of action)?|(?:research |clinical )?evidence|research|clinical (?:trials|studies|data)|benefits"
    r"|uses|indications|dos(?:e|es|age|ages|ing)(?: .{1,25})?|administration|preparation|reconstitution(?: .{1,25})?"
    r"|pharmacokinetics|safety(?: .{1,25})?|side effects|adverse (?:effects|events|reactions)|warnings?|precautions"
    r"|contraindications|interactions|drug interactions|pregnancy(?: .{1,25})?|storage|legal status|conclusions?|faqs?"
    r"|frequently asked questions|references?|bibliography|sources|citations|literature(?: cited)?|works cited|notes"
    r"|further reading|disclaimer|disclosure)",
    re.IGNORECASE,
)
SMALL_WORDS = frozenset("a an and as at but by for from in is it of on or the to vs vs. with & / - – —".split())


def _titled(text: str) -> bool:
    """True for words of which all but the small ones begin with a capital or a digit."""
    words = [word for word in re.findall(r"[^\s/]+", text) if word.lower() not in SMALL_WORDS]
    return bool(words) and all(
        not word[0].isalpha() or word[0].isupper() for word in (w.lstrip("(\"'“‘") or "1" for w in words)
    )


def heading_shaped(text: str, *, alone: bool) -> bool:
    """True for a line that looks like a heading; `alone` where an empty line stands before it."""
    text = text.strip()
    words = text.split()
    if not words or len(text) > LONGEST_HEADING or len(words) > MOST_WORDS or BULLET.match(text):
        return False
    bare = SECTION_NUMBER.sub("", text).strip().rstrip(":")
    if KNOWN.fullmatch(bare):
        return True
    if text.endswith("?"):
        return text[0].isupper() or text[0].isdigit()
    if text[-1] in ".;,!" or not any(c.isalpha() for c in text) or "=" in text or re.search(r"\.\s+[A-Z]", bare):
        return False
    if text.endswith(":"):
        return alone and len(words) <= 6 and bare[:1].isupper()
    if bare.isupper() and len(bare) > 1:
        return True
    return _titled(bare) or (alone and bare[:1].isupper() and len(words) <= 7)


def _wrapped(lines: list[str]) -> bool:
    """True for a text whose paragraphs were broken into lines of about one width."""
    lengths = [len(line) for line, after in pairwise(lines) if line.strip() and after.strip()]
    widest = max((len(line) for line in lines), default=0)
    if widest > WIDEST_WRAP or widest < 40 or not lengths:
        return False
    return sum(length >= widest * 0.75 for length in lengths) >= max(2, len(lengths) * 0.3)


def _level(text: str, in_questions: bool, capitals: bool) -> int:
    if numbered := SECTION_NUMBER.match(text):
        return 1 + max(1, len([part for part in numbered.group(1).split(".") if part]))
    if text.strip().endswith("?") and in_questions:
        return 3
    return 3 if capitals and not text.strip().isupper() else 2


def plain_blocks(source: str) -> tuple[str | None, list[Block]]:
    """No title of its own, and the blocks of a page of plain text."""
    lines = source.split("\n")
    headings = _headings(lines)
    wrapped = _wrapped([line for number, line in enumerate(lines) if number not in headings])
    capitals = sum(lines[n].isupper() and len(lines[n].split()) > 1 for n in headings) >= 2
    blocks: list[Block] = []
    open_kind: Kind = "text"
    open_label: str | None = None
    text = Builder()
    in_questions = False
    items = 0

    def close() -> None:
        words, starts = text.take()
        if words:
            blocks.append(Block(open_kind, words, starts, items if open_kind == "item" else 0, open_label))

    for number, line in enumerate(lines):
        if not line.strip() or UNDERLINE.fullmatch(line):
            close()
            open_kind, open_label = "text", None
            continue
        if number in headings:
            close()
            level = 1 if not blocks else _level(line, in_questions, capitals)
            if not line.strip().endswith("?"):
                in_questions = re.search(r"\b(?:faqs?|questions?|q\s*&\s*a)\b", line, re.IGNORECASE) is not None
            blocks.append(Block("heading", line.strip().strip("#*_ ").rstrip(":"), ((0, number + 1),), level))
            open_kind, open_label = "text", None
            continue
        bullet, numbered = BULLET.match(line), NUMBERED.match(line)
        inner = NUMBERED.match(line, bullet.end()) if bullet else None
        mark = inner or bullet or (numbered if numbered and _begins_item(numbered, line) else None)
        if mark:
            close()
            items += 1
            open_kind = "item"
            open_label = next((label for label in mark.groups() if label), None)
            text.add(line[mark.end() :], number + 1)
        elif wrapped or (open_kind == "item" and line[:1].isspace()):
            text.add("\n" + line, number)
        else:
            close()
            open_kind, open_label = "text", None
            text.add(line, number + 1)
    close()
    return None, blocks


def _begins_item(numbered: re.Match[str], line: str) -> bool:
    """True where a number opens an item: "[3] Doe J" or "3. Take"; not where it is a quantity, as in "3.5 mg"."""
    return numbered.group(3) is None or line[numbered.end(3) + 1 : numbered.end(3) + 2].isspace()


def _headings(lines: list[str]) -> frozenset[int]:
    """The lines, from 0, that are headings by their shape, by an underline, or by their words."""
    found: set[int] = set()
    run: list[int] = []
    for number, line in enumerate(lines):
        if not line.strip():
            continue
        before = lines[number - 1] if number else ""
        after = lines[number + 1] if number + 1 < len(lines) else ""
        underlined = UNDERLINE.fullmatch(after) and not BULLET.match(line) and len(line.strip()) <= LONGEST_HEADING
        alone = not before.strip() or UNDERLINE.fullmatch(before) is not None
        if not UNDERLINE.fullmatch(line) and (underlined or heading_shaped(line, alone=alone)):
            run.append(number)
            continue
        found |= _kept(run, lines)
        run = []
    return frozenset(found | _kept(run, lines))


def _kept(run: list[int], lines: list[str]) -> set[int]:
    """The headings among neighbouring lines that look like headings: all of a few, of many only the plain ones."""
    if len(run) <= MOST_IN_A_ROW:
        return set(run)
    sure = {n for n in run if lines[n].strip().endswith("?") or KNOWN.fullmatch(lines[n].strip().rstrip(":"))}
    return sure | ({0} if run[0] == 0 else set())
