"""The clauses of a sentence, and the words in them that say what happened to an outcome and on whose side."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal, NamedTuple

from pipeline.arms import Mention, Side
from pipeline.outcome_words import CHANGES, COMPARATIVES, PARTICIPLES, Sense
from pipeline.text import Span
from pipeline.words import Token, tokens

Reach = Literal["left", "right", "both"]

PREPOSITIONS = frozenset(
    """
    in of for with among after at by on under during from to than between within compared over when following
    throughout across versus vs
    """.split()
)
ADVERBS = frozenset(
    """
    significantly statistically also slightly much markedly not still similarly substantially even only clinically
    highly found seen observed more both each all shown to been have had has greatly considerably consistently
    marginally somewhat
    """.split()
)
BE = frozenset("was were is are be been being became become remained remains remain seemed appeared got".split())
OFTEN = frozenset("common frequent likely often frequently prevalent pronounced severe marked intense commonly".split())
NEGATIONS = frozenset(
    """
    no not without neither nor never none failed cannot non didn't wasn't weren't doesn't hardly fail fails lack absence
    """.split()
)
NEGATED_AFTER = re.compile(
    r"[^;]{0,70}?\b(?:was|were|is|are|did|could|has|have|had)\s?(?:not|n't)\b(?:\s+\w+){0,3}?\s+(?:significant"
    r"|significantly|statistically|observed|found|seen|noted|detected|reach|reached|achieve|different|shown|evident"
    r"|apparent)"
)
STOP = re.compile(r"[,;:.()\[\]]")
BREAK = re.compile(r"[,;()]")
OPPOSITE: dict[Sense, Sense] = {
    "up": "down",
    "down": "up",
    "better": "worse",
    "worse": "better",
    "faster": "slower",
    "slower": "faster",
    "same": "same",
    "differ": "differ",
}


class Effect(NamedTuple):
    """A word, or a degree with its change ("greater reduction"), that says what happened.

    `reach` tells on which side the thing stands that it happened to; `negated` covers "no", "did not" and "were not
    observed"; `comparative` words compare arms by themselves, changes do so only beside a reference.
    """

    start: int
    end: int
    sense: Sense
    reach: Reach
    noun: bool
    negated: bool
    comparative: bool


def _compose(degree: Sense, change: Sense) -> Sense:
    """What a change of a degree is: "greater reduction" a reduction, "less reduction" an increase."""
    if degree == "same" or change == "same":
        return "same"
    if degree in ("down", "worse", "slower"):
        return OPPOSITE[change]
    return degree if change == "differ" and degree == "up" else change


class _Words(NamedTuple):
    """The tokens of a clause with the clause itself."""

    text: str
    all: tuple[Token, ...]

    def lower(self, place: int) -> str:
        return self.all[place].lower if 0 <= place < len(self.all) else ""

    def gap(self, place: int) -> str:
        """What stands between the word at `place` and the next."""
        if place < 0:
            return "."
        after = self.all[place + 1].start if place + 1 < len(self.all) else len(self.text)
        return self.text[self.all[place].end : after] + ("" if place + 1 < len(self.all) else ".")

    def is_threshold(self, place: int) -> bool:
        """True for a comparison with a number: "more than 30%", "seven days or more"."""
        after = self.lower(place + 1) in ("than", "or") and self.lower(place + 2)[:1].isdigit()
        return after or (self.lower(place - 1) == "or" and not self.lower(place + 1).isalpha())

    def negated(self, place: int, end: int) -> bool:
        """Whether a negation governs the word at `place`, from before or after it."""
        for back in range(place - 1, max(-1, place - 7), -1):
            word = self.lower(back)
            if word in ("but", "only") or (
                re.search(r"[,;:)]", self.text[self.all[back].end : self.all[place].start])
                and word not in ("neither", "nor")
            ):
                break
            if (word in NEGATIONS or word.endswith("n't")) and not (word == "not" and back == 0):
                return True
        return "neither" in (self.lower(p) for p in range(place)) or NEGATED_AFTER.match(self.text, end) is not None

    def reach_of_adjective(self, place: int) -> Reach:
        """Left for a predicate ("pain was reduced in"), right for an attribute or an active verb ("reduced pain")."""
        back = place - 1
        while back >= 0 and self.lower(back) in ADVERBS and not BREAK.search(self.gap(back)):
            back -= 1
        if self.lower(back) in BE and not BREAK.search(self.gap(back)):
            return "left"
        return (
            "left"
            if STOP.search(self.gap(place)) or self.lower(place + 1) in PREPOSITIONS | ADVERBS | {"and"}
            else "right"
        )

    def reach_of_noun(self, place: int) -> Reach:
        """Right before "in", "of" or an object ("improves sleep"), left for verbs without one ("did not differ")."""
        name, after = self.lower(place), self.lower(place + 1)
        if name in ("differ", "differs", "rose", "risen", "fell", "outperformed", "grew"):
            return "left"
        if name.startswith("differen"):
            return "both"
        if after in ("in", "of", "for") or (name.endswith("s") and after not in PREPOSITIONS | BE | {""}):
            return "right"
        return "both"


def _compared(words: _Words, place: int, ignore: frozenset[int]) -> tuple[Effect, int]:
    """The effect of a comparative at `place` with the change it measures, and the place of its last word."""
    sense, last, noun = COMPARATIVES[words.lower(place)], place, False
    for ahead in range(place + 1, min(place + 5, len(words.all))):
        name = words.lower(ahead)
        if (
            STOP.search(words.gap(ahead - 1))
            or name in PREPOSITIONS | {"and", "or"}
            or words.all[ahead].start in ignore
        ):
            break
        if change := CHANGES.get(name) or PARTICIPLES.get(name):
            sense, last, noun = _compose(sense, change), ahead, True
            break
    adjective = words.lower(last) in PARTICIPLES or words.lower(last) in ("effective", "beneficial")
    reach = words.reach_of_noun(last) if noun and not adjective else words.reach_of_adjective(last)
    if last == place and words.lower(place) in ("more", "less", "fewer") and words.lower(place + 1) in OFTEN:
        last = place + 1
        reach = "both"
    start, end = words.all[place].start, words.all[last].end
    return Effect(start, end, sense, reach, noun, words.negated(place, end), True), last


def effects(text: str, ignore: frozenset[int] = frozenset()) -> tuple[Effect, ...]:
    """The effect words of a clause in its normal form, in order; words that start at a place in `ignore` are none."""
    words = _Words(text, tokens(text))
    found: list[Effect] = []
    done = -1
    for place, word in enumerate(words.all):
        lower = word.lower
        if place <= done or word.start in ignore:
            continue
        negated = words.negated(place, word.end)
        if (
            lower in CHANGES
            and lower.endswith("ing")
            and found
            and found[-1].negated
            and ";" not in text[found[-1].end : word.start]
        ):
            found.append(Effect(word.start, word.end, "same", "right", True, True, False))
        elif lower in COMPARATIVES:
            if words.is_threshold(place):
                continue
            effect, done = _compared(words, place, ignore)
            if found and _trails(words, place, found[-1], effect):
                last = found.pop()
                effect = last._replace(end=word.end, sense=_compose(effect.sense, last.sense), comparative=True)
            found.append(effect)
        elif lower in PARTICIPLES:
            reach = words.reach_of_adjective(place)
            found.append(Effect(word.start, word.end, PARTICIPLES[lower], reach, False, negated, False))
        elif lower in CHANGES and not (
            lower.startswith("effect") and words.lower(place - 1) in ("side", "adverse", "unwanted")
        ):
            found.append(Effect(word.start, word.end, CHANGES[lower], words.reach_of_noun(place), True, negated, False))
        elif (lower.startswith("significan") and negated) or lower in ("nonsignificant", "insignificant"):
            found.append(Effect(word.start, word.end, "same", "both", False, True, False))
    return tuple(found)


def _trails(words: _Words, place: int, last: Effect, effect: Effect) -> bool:
    """True for the degree behind its change: "reduced blood pressure more than"."""
    return (
        words.lower(place) in ("more", "less")
        and effect.end == words.all[place].end
        and not last.comparative
        and last.sense not in ("differ", "same")
        and words.all[place].start - last.end < 60
        and (STOP.search(words.gap(place)) is not None or words.lower(place + 1) in PREPOSITIONS)
    )


BRACKET = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
CUT_AFTER = re.compile(
    r";\s*|,?\s+(?:and\s+)?(?:whereas|but)\s+"
    r"|,\s*(?:and\s+)?(?:while|although|though|however|yet|despite|except)\s+|(?<=\)),?\s+(?:and\s+)?while\s+"
    r"|,\s*(?:and\s+)?(?=(?:there|this|these|the differences?|neither|it)\b)"
    r"|,\s+(?:and\s+)?(?=(?:did|was|were|had|showed|required|is|are)\b)|\s+and\s+(?=(?:did|does|do|was|were|had) not?\b)"
)
CUT_BEFORE = re.compile(
    r",?\s+(?=without\s+(?:\w+\s+){0,2}(?:differen|chang|effect|increas|affect))"
    r"|,?\s+(?:and\s+)?(?=with\s+(?:no|non)\b)|,\s*(?:and\s+)?(?=with\s+(?:a|the|significant\w*|greater|more|less|higher|lower|only)\b)"
)
OPENING = re.compile(
    r"^(?:while|whereas|although|though|despite|even though)\b[^,]*(?:\([^)]*\)[^,]*)*,", re.IGNORECASE
)


def clauses(text: str) -> tuple[Span, ...]:
    """The clauses of a sentence in its normal form, parted at semicolons, "but", ", while", ", with no" and the like.

    Brackets are never cut.
    """
    masked = BRACKET.sub(lambda match: "(" + "_" * (len(match.group()) - 2) + ")", text)
    cuts = {
        0,
        len(text),
        *(m.end() for m in CUT_AFTER.finditer(masked)),
        *(m.end() for m in CUT_BEFORE.finditer(masked)),
    }
    if opening := OPENING.match(masked):
        cuts.add(opening.end())
    ordered = sorted(cuts)
    return tuple(Span(one, two) for one, two in zip(ordered, ordered[1:], strict=False) if text[one:two].strip())


REFERENCE = re.compile(
    r"\b(?:(?P<far>than|(?:when |as )?compared (?:with|to)|in comparison (?:with|to)|comparing (?:with|to)|relative to"
    r"|(?:as )?opposed to|rather than|compared)|(?P<near>versus|over|against)\b|(?P<short>vs\b\.?))\s*",
    re.IGNORECASE,
)
AND_ONLY = re.compile(
    r"(?:\s+(?:groups?|arms?|blocks?))?\s*(?:\([^()]*\)\s*)?,?\s+and\s+(?:the\s+|in\s+)*", re.IGNORECASE
)
BOTH_COMPARED = re.compile(r"\b(?:between|among|of)(?:\s+\w+){0,3}\s*$", re.IGNORECASE)
FAVOUR = re.compile(r"favou?r", re.IGNORECASE)
TOGETHER = re.compile(
    r"\b(?:both|all|each|two|three|four|either|study|treatment)(?: of)?(?: the)?(?: \w+){0,2} (?:groups?|arms?|treatments"
    r"|regimens|drugs|conditions|interventions|products|cohorts|diets|trials)\b",
    re.IGNORECASE,
)
BETWEEN = re.compile(
    r"\b(?:between|among|across|inter)[- ](?:\w+[- ]){0,4}(?:groups?|arms?|treatments?|conditions|interventions"
    r"|cohorts|regimens|products|drugs|them)\b",
    re.IGNORECASE,
)


def reference(text: str, mentions: Sequence[Mention]) -> Mention | None:
    """The arm that others are compared with: the first one named after "than", "compared with", "versus".

    "vs" between two numbers names no reference, nor does a comparison with baseline.
    """
    for match in REFERENCE.finditer(text):
        near = match["far"] is None
        after = next((m for m in mentions if 0 <= m.start - match.end() <= (45 if near else 80)), None)
        if after is None or (near and re.match(r"[-+]?\d", text[match.end() :])):
            continue
        if "baseline" not in text[match.end() : after.start]:
            return after
    return None


def joint(text: str, mentions: Sequence[Mention]) -> bool:
    """Whether both arms are named as one subject ("X and Y improved"), which compares nothing."""
    for one, two in zip(mentions, mentions[1:], strict=False):
        if {one.side, two.side} != {"intervention", "comparator"}:
            continue
        if AND_ONLY.fullmatch(text[one.end : two.start]) and not BOTH_COMPARED.search(text[: one.start]):
            return "respectively" not in text
    return False


def of_comparator(text: str, effect: Effect, mentions: Sequence[Mention], active: Side = "intervention") -> bool | None:
    """Whether the effect is told of the comparator ("higher in the control group"); None where that cannot be told.

    Without a named arm an effect is told of the `active` one.
    """
    if joint(text, mentions):
        return None
    if FAVOUR.search(text, effect.start, effect.end):
        winner = next((m for m in mentions if 0 <= m.start - effect.end < 25 and m.side != "other"), None)
        if winner:
            return winner.side == "comparator"
    against = reference(text, mentions)
    others = [m for m in mentions if m is not against]
    if against:
        named = {m.side for m in others}
        if (
            against.side == "other"
            or named == {"other"}
            or (against.side == "intervention" and named == {"intervention"})
        ):
            return None
        return against.side == "intervention"
    others = [m for m in others if m.strong] or others
    if not others:
        return active == "comparator"
    others = [m for m in others if m.side != "other"]
    if not others:
        return None
    near = min(
        others, key=lambda m: m.start - effect.end if m.start >= effect.end else (effect.start - m.end) * 1.5 + 3
    )
    if near.side == active:
        return active == "comparator"
    subject = near.end <= effect.start and len(others) == 1
    told = (effect.comparative and (near.strong or subject)) or (
        effect.reach == "left" and near.strong and not effect.noun
    )
    return active == "intervention" if told else None
