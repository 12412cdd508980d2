"""A claim read off its sentences: it says nothing that they do not, and in their own order.

Words that are all in the source can still say the opposite of it: the arms, the outcomes or the numbers need only
change places. So each part of a claim has to follow one clause of one sentence, or several in a row, word for word but for
words that carry nothing; only a phrase of its kind alone in the sentence may stand elsewhere. What is verified about the
study may be said again anywhere. It errs on the side of refusing: a true claim in other words is refused too.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import NamedTuple

from pipeline.directions.words import abbreviations, stem, stems, tokens
from pipeline.models.studies import Quantity
from pipeline.quantities import kind_of, same
from pipeline.text import any_of
from pipeline.verification.cues import MODAL, NEGATION
from pipeline.verification.reading import Line, line_of
from pipeline.verification.vocabulary import CONTROLS, HARMLESS

MOST_PIECES = 10
MOST_STATES = 24  # ways to follow a region that are kept at once
PREPOSITIONS = frozenset(
    "in on at after before during over from with without within among by for under to between against through".split()
)
# Words that may stand in a claim and not in its sentence: they say nothing by themselves.
FREE = frozenset(
    """
    a an the and but while whereas also of in on at to for with by was were is are be been being had has have did do does
    this that these those it its they their them he she his her which who whom as from over during into there here
    trial study studies experiment review report paper abstract authors author patients participants people subjects
    reported found showed seen observed recorded noted measured said stated states gave given took taken received
    occurred experienced respectively work data result results finding findings note gives give say says tell tells told
    """.split()
)
# Words that turn a sentence when they are dropped, although they are words of research prose.
KEPT = frozenset(
    """
    primary secondary significant significantly significance only alone both each either all every any none baseline between
    first second third last half most mainly nearly almost subgroup than or nor neither if unless except before after
    until without against versus vs compared because due cannot unable whether uncertain unclear proxy possible possibly
    but whereas while although though yet however human humans animal animals rat rats mice people cell cells
    """.split()
)
AUXILIARIES = frozenset(
    "was were is are be been had has have did does do may might can could will would cannot".split()
)
JOINT = any_of(r"[;:] ?", r",? (?:and|but|while|whereas|although|though|yet|or|nor|which|with)(?: also)? ", r", ")
STRONG = any_of(r"[;:] ?", r",? (?:but|while|whereas|although|though|yet) ", r", and ", r", (?=\w+ing\b)")
DETERMINERS = frozenset("the a an this these those its their his her every each all no some".split())
TIME_OF_DAY = any_of(r"\b(?:morning|evening|night(?:ly)?|bedtime|noon|midday)\b")
LIMIT = any_of(r"\b(?:only|except|unless|if|alone|whether|cannot|can not)\b")


class Token(NamedTuple):
    """A word or a quantity at its place. `keys` are its stems; `sense` is that of a word of effect."""

    text: str
    start: int
    keys: frozenset[str]
    quantity: Quantity | None = None
    sense: str | None = None
    turns: bool = False
    bracketed: bool = False

    @property
    def lower(self) -> str:
        """The token in small letters."""
        return self.text.lower()

    def fits(self, other: Token) -> bool:
        """True where the two say the same."""
        if self.quantity or other.quantity:
            times = [m.group().lower() if (m := TIME_OF_DAY.search(t.text)) else None for t in (self, other)]
            return (
                bool(self.quantity and other.quantity and same(self.quantity, other.quantity)) and times[0] == times[1]
            )
        if self.sense or other.sense:
            return self.sense == other.sense and self.turns == other.turns
        return bool(self.keys & other.keys)


def _bracketed(text: str) -> list[bool]:
    """For each place of a text whether it stands in brackets."""
    depth, inside = 0, []
    for char in text:
        depth += (char in "([") - (char in ")]")
        inside.append(depth > 0 or char in ")]")
    return inside


@lru_cache(maxsize=2048)
def _tokens(line: Line) -> tuple[Token, ...]:
    turning = [m.span() for words in (NEGATION, MODAL, LIMIT) for m in words.finditer(line.text)]
    effects = {effect.start: effect for effect in line.effects}
    covered = [(effect.start, effect.end) for effect in line.effects]
    items = {item.start: item.keys for item in line.items}
    inside = _bracketed(line.text)
    found = [Token(q.text, q.start, frozenset(), q, bracketed=inside[q.start]) for q in line.quantities]
    spans = [(q.start, q.end) for q in line.quantities]
    for word in tokens(line.text):
        if any(start <= word.start < end for start, end in spans):
            continue
        turns = any(start <= word.start < end for start, end in turning)
        keys = items.get(word.start) or frozenset({stem(word.text)})
        effect = effects.get(word.start)
        within = any(start < word.start < end for start, end in covered)
        if turns and word.lower in ("not", "no", "nor", "neither", "never", "none", "without", "cannot"):
            keys = frozenset({"no"})
        sense = effect.sense if effect and not within else None
        found.append(Token(word.text, word.start, keys, None, sense, turns, inside[word.start]))
    return tuple(sorted(found, key=lambda token: token.start))


@dataclass(frozen=True)
class Region:
    """A clause of a sentence, or several in a row, that a piece of a claim may follow."""

    tokens: tuple[Token, ...]
    names: frozenset[str]
    framing: tuple[Token, ...]
    text: str

    @cached_property
    def arms(self) -> frozenset[str]:
        """The arms that are named, by their stems."""
        known = self.names | CONTROLS
        return frozenset(key for token in self.tokens for key in token.keys & known)

    @cached_property
    def phrases(self) -> tuple[tuple[int, int], ...]:
        """The phrases that may stand anywhere: behind a preposition that occurs once, with nothing of its kind beside it."""
        words = [token.lower for token in self.tokens]
        times = Counter(word for word in words if word in PREPOSITIONS)
        kinds = Counter(kind_of(token.quantity) for token in self.tokens if token.quantity)
        found = []
        for start, word in enumerate(words):
            if times.get(word) != 1:
                continue
            end = start + 1
            while end < len(words) and not self._ends(end) and (end == start + 1 or words[end] not in DETERMINERS):
                end += 1
            inside = self.tokens[start + 1 : end]
            alone = all(kinds[kind_of(token.quantity)] == 1 for token in inside if token.quantity)
            arms = any(token.keys & self.arms for token in inside)
            if inside and alone and (len(self.arms) <= 1 or not arms):
                found.append((start, end))
        return tuple(found)

    def _ends(self, place: int) -> bool:
        token = self.tokens[place]
        joined = token.lower in PREPOSITIONS or token.lower in ("and", "but", "or", "than", "which", "who", "that")
        return joined or token.lower in AUXILIARIES or token.turns or token.sense is not None

    def may_drop(self, token: Token) -> bool:
        """True for a token of the region that a claim need not tell: it carries nothing, or the frame tells it."""
        if token.sense or token.turns or token.lower in KEPT:
            return False
        if token.keys & self.arms:
            return len(self.arms) == 1 and bool(token.keys & self.names)
        if token in self.attributes:
            return True
        word = not token.quantity and token.text[1:].islower()
        small = token.lower in FREE or token.lower in PREPOSITIONS or (word and token.keys <= HARMLESS)
        return small or any(token.fits(other) for other in self.framing)

    @cached_property
    def attributes(self) -> frozenset[Token]:
        """The words of a low dose or of the route before the drug's name, which the name alone may stand for."""
        found: set[Token] = set()
        for place, token in enumerate(self.tokens):
            before = place - 1
            while token.keys & self.names and before >= 0 and self.tokens[before].lower in ("low", "dose", "oral"):
                found.add(self.tokens[before])
                before -= 1
        return frozenset(found)

    @cached_property
    def brackets(self) -> dict[int, frozenset[int]]:
        """For each place in a bracket without a denial the places of that bracket, which may be left out as a whole."""
        found: dict[int, frozenset[int]] = {}
        start: int | None = None
        for place in range(len(self.tokens) + 1):
            inside = place < len(self.tokens) and self.tokens[place].bracketed
            if inside and start is None:
                start = place
            elif not inside and start is not None:
                places = range(start, place)
                if not any(self.tokens[p].turns for p in places):
                    found |= dict.fromkeys(places, frozenset(places))
                start = None
        return found

    @cached_property
    def members(self) -> dict[int, frozenset[int]]:
        """For each place in a plain member of a list the places of that member, which may be left out as a whole."""
        found: dict[int, frozenset[int]] = {}
        for start, end in pairwise(self._list_borders):
            inside = range(start, end)
            first = next((p for p in inside if self.tokens[p].lower not in ("and", "or")), None)
            plain = (
                first is not None
                and self.tokens[first].lower not in PREPOSITIONS
                and not any(
                    self.tokens[p].sense
                    or self.tokens[p].turns
                    or self.tokens[p].quantity
                    or self.tokens[p].keys & self.arms
                    or self.tokens[p].lower in KEPT | AUXILIARIES
                    for p in inside
                )
            )
            if plain:
                found |= dict.fromkeys(inside, frozenset(inside))
        return found

    @cached_property
    def _list_borders(self) -> tuple[int, ...]:
        places = [
            place
            for place, token in enumerate(self.tokens)
            if place
            and (
                token.lower in ("and", "or")
                or self.text[self.tokens[place - 1].start : token.start].rstrip().endswith(",")
            )
        ]
        return tuple(
            sorted({*places, *(place for place, t in enumerate(self.tokens) if t.sense or t.lower in AUXILIARIES)})
        )


def _borders(text: str, pattern: re.Pattern[str]) -> list[tuple[int, int]]:
    """Where one piece ends and where the next begins, brackets kept whole."""
    inside = _bracketed(text)
    return [m.span() for m in pattern.finditer(text) if not inside[min(m.start(), len(text) - 1)]]


def _regions(line: Line, names: frozenset[str], framing: tuple[Token, ...]) -> Iterator[Region]:
    held = _tokens(line)
    cuts = _borders(line.text, STRONG)
    for start in (0, *(begin for _, begin in cuts)):
        for end in (*(stop for stop, _ in cuts), len(line.text)):
            inside = tuple(token for token in held if start <= token.start < end)
            if inside and (start == 0 or _has_subject(inside)):
                yield Region(inside, names, framing, line.text)


def _has_subject(clause: Sequence[Token]) -> bool:
    first = clause[0]
    return not (
        first.lower in AUXILIARIES | PREPOSITIONS
        or first.sense
        or first.turns
        or first.quantity
        or first.lower.endswith("ing")
    )


def strays(claim: str, cited: Sequence[str], frame: str, names: Sequence[str], whole: str) -> str | None:
    """Why a claim cannot be read off the sentences that it cites, or None where it can.

    `frame` is what is verified about the study, whose words and numbers a claim may use anywhere; `names` are the drug's;
    `whole` is the text of the source, for what its abbreviations stand for.
    """
    known = abbreviations((whole,))
    framing = _tokens(line_of(f"{frame}; {'; '.join(names)}", known))
    drug = stems(token.text for name in names for token in tokens(name))
    told = line_of(claim, known)
    return _read_off(told, [r for text in cited for r in _regions(line_of(text, known), drug, framing)])


def _read_off(claim: Line, regions: Sequence[Region]) -> str | None:
    held = _tokens(claim)
    cuts = [(0, 0), *_borders(claim.text, JOINT)[:MOST_PIECES], (len(claim.text), len(claim.text))]
    reached = {0: frozenset[str]()}
    furthest, reason = 0, "it follows none of the sentences that it cites"
    for i, (_, start) in enumerate(cuts[:-1]):
        if i not in reached:
            continue
        for j in range(len(cuts) - 1, i, -1):
            piece = tuple(token for token in held if start <= token.start < cuts[j][0])
            for region in regions if piece else ():
                stray = _follow(piece, region, reached[i])
                if stray is None:
                    told = frozenset(key for token in piece for key in token.keys)
                    reached[j] = reached.get(j, frozenset()) | told | reached[i]
                    break
                if stray.start >= furthest:
                    furthest = stray.start
                    reason = f"from '{stray.text}' on it does not follow a sentence that it cites"
    return None if len(cuts) - 1 in reached else reason


def _follow(piece: Sequence[Token], region: Region, before: frozenset[str]) -> Token | None:
    """The token of a piece at which it leaves the region; None where it follows it to the end, with nothing lost.

    `before` are the stems that the claim told already, which need not be said again.
    """
    moved = {place for start, end in region.phrases for place in range(start, end)}
    states: set[tuple[int, frozenset[int]]] = {(-1, frozenset())}  # the place reached, the places told
    for token in piece:
        states = set(sorted(_steps(token, states, region, moved, before), key=_promise)[:MOST_STATES])
        if not states:
            return token
    if any(
        all(_is_lost_well(place, told, region, before) for place in range(len(region.tokens))) for _, told in states
    ):
        return None
    return piece[-1]


def _promise(state: tuple[int, frozenset[int]]) -> tuple[int, int, list[int]]:
    """States that told more and went less far come first."""
    last, told = state
    return -len(told), last, sorted(told)


def _is_lost_well(place: int, told: frozenset[int], region: Region, before: frozenset[str]) -> bool:
    token = region.tokens[place]
    if place in told or region.may_drop(token):
        return True
    if token.keys and token.keys <= before and not token.turns and not token.sense and token.lower not in KEPT:
        return True
    bracket = region.brackets.get(place)
    if bracket is not None and not bracket & told:
        return not any(_alike(token, region.tokens[p]) for p in told if p > place)
    member = region.members.get(place)
    return member is not None and not member & told


def _alike(one: Token, other: Token) -> bool:
    """True for two numbers of one kind, of which the second could be taken for the first."""
    return bool(one.quantity and other.quantity and kind_of(one.quantity) == kind_of(other.quantity))


def _steps(
    token: Token,
    states: set[tuple[int, frozenset[int]]],
    region: Region,
    moved: set[int],
    before: frozenset[str],
) -> Iterator[tuple[int, frozenset[int]]]:
    places = [place for place, held in enumerate(region.tokens) if token.fits(held)]
    plain = not token.sense and not token.turns
    free = plain and (token.lower in FREE or token.lower in PREPOSITIONS)
    framed = plain and not places and token.lower not in KEPT and any(token.fits(other) for other in region.framing)
    for last, told in states:
        for place in places:
            if place in told:
                continue
            if place in moved:
                yield last, told | {place}
            elif place > last and all(
                between in moved or _is_lost_well(between, told, region, before) for between in range(last + 1, place)
            ):
                yield place, told | {place}
        if free or framed:
            yield last, told
