"""From blocks to a page: headings, sentences with their markers, the list of references, furniture, what is hidden."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rapidfuzz import fuzz

from pipeline.legacy.blocks import Block, words_of
from pipeline.legacy.entries import YEARS, entries, reference
from pipeline.legacy.markers import Cleaned, Found, Key, Kind, cites_in_rounds, clean
from pipeline.legacy.page_words import (
    DISCLAIMER,
    FURNITURE,
    LEGEND,
    LONGEST_FURNITURE,
    PLACEHOLDER,
    REFERENCES,
    SUBJECT,
    TRANSITION,
    VERB,
)
from pipeline.legacy.plain import KNOWN, LONGEST_HEADING
from pipeline.models.pages import Marker, Page, PageReference, PageSection, PageSentence, Piece
from pipeline.models.profile import FOOTER
from pipeline.quantities import parse
from pipeline.text import Span, normal, sentences

LONGEST_TAGLINE = 20  # words
LEAST_SUBTITLE = 5
LONGEST_SENTENCE = 3000
FOOTER_LIKE = 75  # per cent of the words of the footer, in their order, that an altered one still has
_FIRST_WORDS = re.compile(r"^[^\w]*((?:(?:van|von|de|der|den|di|da|la|le)\s+)*[^\W\d_][\w'’-]+)")


def page_of(title: str | None, blocks: Sequence[Block]) -> Page:
    """The page that some blocks make. `title` is what the page calls itself outside its text, if it does."""
    blocks = [_headed(block) for block in blocks]
    hidden = tuple(Piece(text=b.text, line=b.line, why=b.why) for b in blocks if b.kind == "hidden")
    shown = [b for b in blocks if b.kind != "hidden"]
    footer = _footer(shown)
    furniture: list[Piece] = []
    body: list[Block] = []
    for block in shown:
        if footer is not None and block.line == footer.line and footer.text == words_of(block):
            continue
        why = _furniture(block)
        if why:
            if not (
                furniture
                and furniture[-1].why == why
                and block.kind == "furniture"
                and block.line - furniture[-1].line < 3
            ):
                furniture.append(Piece(text=words_of(block)[:200], line=block.line, why=why))
        else:
            body.append(block)
    groups = entries(body)
    listed = {id(block) for group in groups for block in group}
    prose = [block for block in body if id(block) not in listed]
    return _Reader([reference(group) for group in groups], groups, prose).page(
        title, prose, body, footer, tuple(furniture), hidden
    )


def _headed(block: Block) -> Block:
    """A paragraph of nothing but the usual words of a heading, perhaps in bold, as the heading that it is."""
    words = words_of(block).rstrip(": ")
    usual = (
        block.kind == "text"
        and len(words) <= LONGEST_HEADING
        and (KNOWN.fullmatch(words) or REFERENCES.fullmatch(words))
    )
    return block._replace(kind="heading", text=words, level=2) if usual else block


def _footer(blocks: Sequence[Block]) -> Piece | None:
    """The disclosure, or the block that most resembles it."""
    wanted = normal(FOOTER)
    best, found = float(FOOTER_LIKE), None
    for block in blocks:
        if len(block.text) > 3 * len(FOOTER) or len(block.text) < 40:
            continue
        text = normal(words_of(block))
        score = 101.0 if text == wanted else fuzz.ratio(text.lower(), wanted.lower())
        if "ai-assisted research synthesis" in text.lower():
            score = max(score, best + 0.1)
        if score > best:
            best, found = score, Piece(text=words_of(block), line=block.line, why="" if text == wanted else "altered")
    return found


def _furniture(block: Block) -> str:
    """Why a block is no text of the page, or nothing."""
    text = words_of(block)
    if block.kind == "furniture":
        return block.why
    if len(text) > LONGEST_FURNITURE or block.kind == "note":
        return ""
    plain = normal(text)
    if PLACEHOLDER.search(plain):
        return "a placeholder"
    return "a button, advert or navigation" if FURNITURE.search(plain) else ""


class _Reader:
    """Reads the sentences of a page, with what its markers can point at."""

    def __init__(
        self, references: list[PageReference], groups: Sequence[Sequence[Block]], prose: Sequence[Block]
    ) -> None:
        self.references = references
        self._named: dict[Key, int] = {}
        self._authors: dict[tuple[str, str], list[int]] = {}
        for number, (entry, group) in enumerate(zip(references, groups, strict=True)):
            kind: Kind = "note" if group[0].kind == "note" else "number"
            if entry.label is not None:
                self._named.setdefault(Key(kind, entry.label), number)
                if kind == "note" and entry.label.isdigit():
                    self._named.setdefault(Key("number", entry.label), number)
            elif kind == "number":
                self._named.setdefault(Key("number", str(number + 1)), number)
            for block in group:
                if block.anchor:
                    self._named.setdefault(Key("anchor", block.anchor), number)
            self._learn(entry.raw, number)
        labels = frozenset(key.value for key in self._named if key.kind == "number")
        self._rounds = cites_in_rounds((block.text for block in prose), labels) if labels else False

    def _learn(self, raw: str, number: int) -> None:
        if pmid := re.search(r"\bPMID:?\s*([1-9]\d{0,8})\b|pubmed\.ncbi\.nlm\.nih\.gov/([1-9]\d{0,8})", raw):
            self._named.setdefault(Key("pmid", pmid.group(1) or pmid.group(2)), number)
        if doi := re.search(r"10\.\d{4,9}/[^\s\])>]+", raw):
            self._named.setdefault(Key("doi", doi.group().rstrip(".,;").lower()), number)
        first = _FIRST_WORDS.match(raw)
        if first:
            family = first.group(1).split()[-1].lower()
            for year in dict.fromkeys(YEARS.findall(raw)):
                self._authors.setdefault((family, year), []).append(number)

    def page(
        self,
        title: str | None,
        prose: Sequence[Block],
        body: Sequence[Block],
        footer: Piece | None,
        furniture: tuple[Piece, ...],
        hidden: tuple[Piece, ...],
    ) -> Page:
        sections: list[PageSection] = []
        told: list[PageSentence] = []
        filled: set[int] = set()
        paragraphs = 0
        kept = {id(block) for block in prose}
        for block in body:
            if block.kind == "heading":
                cleaned = clean(block.text, rounds=False)
                markers = tuple(self._marker(found, block, cleaned) for found in cleaned.found)
                sections.append(
                    PageSection(title=cleaned.text.strip(), line=block.line, level=block.level, markers=_real(markers))
                )
                continue
            filled.add(len(sections) - 1)
            if id(block) in kept:
                paragraphs += 1
                tagline = paragraphs == 1 and len(sections) == 1 and _tagline(block)
                told += (
                    [s.model_copy(update={"factual": False}) for s in self._sentences(block, 0, 1)]
                    if tagline
                    else self._sentences(block, len(sections) - 1 if sections else None, paragraphs)
                )
        return Page(
            title=(sections[0].title if sections and sections[0].level == 1 else None)
            or title
            or (sections[0].title if sections else None),
            sections=tuple(_emptied(sections, filled)),
            sentences=tuple(told),
            references=tuple(self.references),
            footer=footer,
            furniture=furniture,
            hidden=hidden,
        )

    def _sentences(self, block: Block, section: int | None, paragraph: int) -> list[PageSentence]:
        cleaned = clean(block.text, rounds=self._rounds)
        spans = sentences(cleaned.text)
        if block.kind == "row" and spans:
            spans = [Span(spans[0].start, spans[-1].end)]
        out: list[PageSentence] = []
        waiting = list(cleaned.found)
        for number, (start, end) in enumerate(spans):
            last = number == len(spans) - 1
            own = [f for f in waiting if f.offset <= end or last]
            waiting = [f for f in waiting if f not in own]
            text = cleaned.text[start : min(end, start + LONGEST_SENTENCE)]
            text = text.rstrip("; ") if block.kind == "row" else text
            out.append(
                PageSentence(
                    text=text,
                    line=block.line_at(cleaned.before(start)),
                    section=section,
                    paragraph=paragraph,
                    factual=not (block.kind == "row" and block.level) and factual(text, row=block.kind == "row"),
                    markers=_real(tuple(self._marker(found, block, cleaned) for found in own)),
                )
            )
        return out

    def _marker(self, found: Found, block: Block, cleaned: Cleaned) -> Marker:
        numbers: list[int] = []
        dangling: list[str] = []
        for key in found.keys:
            held = self._find(key)
            if held is not None:
                numbers.append(held)
            elif key.kind in ("pmid", "doi"):
                self._named[key] = len(self.references)
                numbers.append(len(self.references))
                raw = f"PMID {key.value}" if key.kind == "pmid" else f"doi:{key.value}"
                self.references.append(
                    PageReference(raw=raw, line=block.line_at(cleaned.before(found.offset)), listed=False)
                )
            elif key.kind != "work" or self._means_a_work(found, key):
                dangling.append(f"{key.value} {key.year}".strip())
        return Marker(
            text=found.text,
            line=block.line_at(cleaned.before(found.offset)),
            references=tuple(dict.fromkeys(numbers)),
            dangling=tuple(dangling),
        )

    def _find(self, key: Key) -> int | None:
        if key.kind == "work":
            held = self._authors.get((key.value, key.year), [])
            return held[0] if held else None
        return self._named.get(key)

    def _means_a_work(self, found: Found, key: Key) -> bool:
        """False for words that only look like a work, as in "Study (2010)" where nothing is listed by that name."""
        return "et al" in found.text or (found.form == "works" and bool(self.references) and "," in found.text)


def _tagline(block: Block) -> bool:
    """True for the words under a title that say what the page is and assert nothing."""
    return len(block.text.split()) <= LONGEST_TAGLINE and VERB.search(normal(block.text)) is None


def _real(markers: tuple[Marker, ...]) -> tuple[Marker, ...]:
    return tuple(marker for marker in markers if marker.references or marker.dangling)


def _under_title(title: PageSection, section: PageSection) -> bool:
    """True for a line right under the title that says more of it, and is no heading of a section."""
    distance = section.line - title.line
    return title.level == 1 and (distance == 1 or (distance == 2 and len(section.title.split()) >= LEAST_SUBTITLE))


def _emptied(sections: Sequence[PageSection], filled: set[int]) -> list[PageSection]:
    """The sections, with those marked under which there is neither text nor a lower heading. A title is never empty."""
    out: list[PageSection] = []
    for number, section in enumerate(sections):
        following = sections[number + 1] if number + 1 < len(sections) else None
        parent = following is not None and following.level > section.level
        top = number == 0 or (number == 1 and 0 not in filled and _under_title(sections[0], section))
        out.append(section.model_copy(update={"empty": number not in filled and not parent and not top}))
    return out


def factual(text: str, *, row: bool = False) -> bool:
    """True for a sentence that asserts something about a compound, disease, dose, effect or study."""
    plain = normal(text).strip("\"'*_ ")
    words = re.findall(r"[^\W\d_][\w'-]*", plain)
    if len(words) < (1 if row else 3) or plain.endswith("?"):
        return False
    if DISCLAIMER.search(plain) or TRANSITION.search(plain) or LEGEND.search(plain):
        return False
    if len(plain) < LONGEST_FURNITURE and (FURNITURE.search(plain) or PLACEHOLDER.search(plain)):
        return False
    if plain.endswith(":") and len(words) < 12:
        return False
    return SUBJECT.search(plain) is not None or any(q.unit for q in parse(plain))
