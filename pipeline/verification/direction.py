"""The slots of direction, negation and significance: what a claim says happened, against what its source says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pipeline.directions.comparisons import REFERENCE
from pipeline.directions.effects import OPPOSITE, Effect
from pipeline.directions.mentions import NEGATED
from pipeline.directions.polarity import polarity
from pipeline.directions.significance import verdicts
from pipeline.models.verification import Slot, Verdict
from pipeline.quantities import same
from pipeline.text import any_of
from pipeline.verification.alignment import Aligned, Clash
from pipeline.verification.cues import NEGATION
from pipeline.verification.reading import Line, nearby
from pipeline.verification.vocabulary import HARMLESS

FOLLOWS = 0.6  # the share of its words in their order at which a claim follows its sentence
COPIED = 0.9  # a sentence that holds so much of the claim is the one it was made from
TOLD = 0.85  # a sentence that holds less may leave the test to another one
CLEARLY = 0.7  # how nearly as well as the best the effect must fit that confirms a claim
ALSO = 0.45  # how nearly as well another effect must fit that agrees with the claim
DENIED = 0.7  # a sentence that holds less of the claim is not the one that was denied
CLOSE = 0.75  # a sentence that holds less of the claim is not the one whose arms were exchanged
FITS = 0.4  # what an effect of the claim must share with one of the source to be told of the same thing
Told = Literal["up", "down", "better", "worse", "faster", "slower", "differ", "null"]
OPPOSITES = {frozenset(pair) for pair in OPPOSITE.items() if pair[0] != pair[1]}
# Of the words that name a change without its direction only these say that two things were not the same.
DIFFERED = any_of(r"\bdiffer\w*|\bsignifican\w+")


def _told(effect: Effect) -> Told:
    if effect.negated or effect.sense == "same":
        return "differ" if effect.negated and effect.sense == "same" and effect.comparative else "null"
    return effect.sense


def _good(told: Told, near: str) -> int:
    """+1 for better, -1 for worse, 0 where it cannot be told."""
    if told in ("better", "worse"):
        return 1 if told == "better" else -1
    if told in ("up", "down"):
        return polarity(near) * (1 if told == "up" else -1)
    return 0


def _conflict(mine: Told, theirs: Told, here: str, there: str) -> Slot | None:
    if mine == theirs:
        return None
    if "null" in (mine, theirs):
        return Slot.NEGATION
    if frozenset({mine, theirs}) in OPPOSITES:
        return Slot.DIRECTION
    good, other = _good(mine, here), _good(theirs, there)
    return Slot.DIRECTION if good * other < 0 and {mine, theirs} & {"better", "worse"} else None


def _around(line: Line, effect: Effect) -> dict[str, float]:
    found = nearby(line, effect.start, effect.end, reach=9)
    return {key: near for key, near in found.items() if key not in HARMLESS}


def _fit(aligned: Aligned, mine: Effect, line: Line, theirs: Effect) -> float:
    """How much of what an effect of the claim is told of stands beside one of the source, rare words above all."""
    here, there = _around(aligned.claim, mine), _around(line, theirs)
    shared = sum(min(near, there[key]) * aligned.doc.rarity(key) for key, near in here.items() if key in there)
    word = aligned.claim.text[mine.start : mine.end].lower() == line.text[theirs.start : theirs.end].lower()
    return shared + 0.3 * word


def _changed_places(aligned: Aligned) -> bool:
    """True where two names changed places and their numbers did not go with them."""
    held = aligned.best.quantities
    places = [next((q.start for q in held if same(mine, q)), None) for mine in aligned.claim.quantities]
    kept = [place for place in places if place is not None]
    return aligned.exchanged and kept == sorted(kept)


def _compares_alike(claim: Line) -> bool:
    """True for a comparison that may be told from either side: no difference between A and B."""
    match = REFERENCE.search(claim.text)
    before = [effect for effect in claim.effects if match is None or effect.start < match.start()]
    return bool(before) and _told(before[-1]) == "null"


def direction(aligned: Aligned) -> Iterator[Clash]:
    """Effects that the claim turns round, denies, or affirms against its source; and arms that changed places."""
    claim = aligned.claim
    reversed_effects = []
    for mine in claim.effects:
        pairs = [(_fit(aligned, mine, line, theirs), line, theirs) for line in aligned.lines for theirs in line.effects]
        best = max(pairs, key=lambda pair: pair[0], default=None)
        if best is None or best[0] < FITS:
            continue
        fit, line, theirs = best
        here, there = " ".join(_around(claim, mine)), " ".join(_around(line, theirs))
        slot = _conflict(_told(mine), _told(theirs), here, there)
        if slot is None or (_told(theirs) == "differ" and not DIFFERED.match(line.text, theirs.start)):
            continue
        agreeing = [
            other
            for other in aligned.doc.body
            for held in other.effects
            if _conflict(_told(mine), _told(held), here, " ".join(_around(other, held))) is None
            and _fit(aligned, mine, other, held) >= ALSO * fit
        ]
        if not agreeing:
            reversed_effects.append((slot, mine, theirs, line))
    moved = aligned.near >= CLOSE and _changed_places(aligned)
    swapped = _swaps(aligned)
    opposed = [entry for entry in reversed_effects if entry[0] is Slot.DIRECTION]
    if swapped and not opposed and not _compares_alike(claim):
        message = "the arms of the comparison changed places"
        yield Clash(Slot.INTERVENTION, "WRD005", Verdict.CONTRADICTED, message, aligned.best, moved)
    for slot, mine, theirs, line in reversed_effects:
        if swapped and slot is Slot.DIRECTION:
            continue
        code = "WRD002" if slot is Slot.NEGATION else "WRD001"
        said, held = claim.text[mine.start : mine.end], line.text[theirs.start : theirs.end]
        word = "not " if mine.negated else ""
        held_word = "not " if theirs.negated else ""
        yield Clash(
            slot, code, Verdict.CONTRADICTED, f"the claim says '{word}{said}', the source '{held_word}{held}'", line
        )


def confirmed(aligned: Aligned) -> bool:
    """True where each word of effect in the claim has one in the source that says the same of the same things.

    Another word of effect that says otherwise must not fit clearly better.
    """
    changed = _swaps(aligned)
    for mine in aligned.claim.effects:
        told, here = _told(mine), " ".join(_around(aligned.claim, mine))
        if told == "differ":
            continue
        fits = [
            (_fit(aligned, mine, line, theirs), _agrees(mine, here, line, theirs, changed), line)
            for line in aligned.lines
            for theirs in line.effects
        ]
        good = max((fit for fit, agrees, line in fits if agrees and _has_object(aligned, mine, line)), default=0.0)
        if good < max(FITS, CLEARLY * max((fit for fit, agrees, _ in fits if not agrees), default=0.0)):
            return False
    return True


def _agrees(mine: Effect, here: str, line: Line, theirs: Effect, changed: bool) -> bool:
    one, other = _told(mine), _told(theirs)
    if changed:
        return frozenset({one, other}) in OPPOSITES
    return one == other or _good(one, here) * _good(other, " ".join(_around(line, theirs))) > 0


def _has_object(aligned: Aligned, mine: Effect, line: Line) -> bool:
    """True unless the things that an effect happens to stand in other sentences only; the title's words are none."""
    near = nearby(aligned.claim, mine.start, mine.end, reach=1)
    things = {key for key in near if key in aligned.doc.counts and key not in HARMLESS} - aligned.doc.title_keys
    return not things or bool(things & line.keys)


def _swaps(aligned: Aligned) -> bool:
    """True where the arms of the comparison changed places against the closest sentence."""
    return aligned.near >= CLOSE and (_changed_places(aligned) or aligned.turned)


def _denials(text: str) -> int:
    """How often a text denies; "neither ... nor" is one denial."""
    return sum(match.group().lower() != "nor" for match in NEGATION.finditer(text))


def _is_told_elsewhere(aligned: Aligned) -> bool:
    """True where another sentence of the source denies what a claim in words of its own denies."""
    claim = aligned.claim
    if aligned.near >= COPIED:
        return False
    told = {key for match in NEGATION.finditer(claim.text) for key in nearby(claim, *match.span(), reach=3)}
    return any(
        told & line.keys and (NEGATION.search(line.text) or any(not test.significant for test in verdicts(line.text)))
        for line in aligned.doc.body
        if line is not aligned.best
    )


def negation(aligned: Aligned) -> Iterator[Clash]:
    """A negation added to, or dropped from, a sentence that is otherwise the source's."""
    claim, line = aligned.claim, aligned.best
    mine, theirs = _denials(claim.text), _denials(line.text)
    if mine == theirs or aligned.near < DENIED or (not line.number and len(aligned.doc.lines) > 1):
        return
    alone = not mine or not theirs or aligned.order >= TOLD
    for key in claim.keys - line.keys if alone else ():
        other = key.removeprefix(NEGATED) if key.startswith(NEGATED) else NEGATED + key
        if other in line.keys - claim.keys:
            word = key.removeprefix(NEGATED)
            message = f"'{word}' is denied in {'the claim' if mine > theirs else 'the source'} only"
            yield Clash(Slot.NEGATION, "WRD002", Verdict.CONTRADICTED, message, line)
            return
    tested = [test.significant for test in verdicts(line.text)]
    if (
        len(aligned.lines) > 1
        or aligned.order < FOLLOWS
        or (mine > theirs and (False in tested or _is_told_elsewhere(aligned)))
    ):
        return
    length = len(claim.items) / max(1, len(line.items))
    if (mine > theirs and not theirs) or (theirs > mine and length > 0.9 and not mine):
        word = "adds" if mine > theirs else "drops"
        yield Clash(Slot.NEGATION, "WRD002", Verdict.CONTRADICTED, f"the claim {word} a negation", line)


SIGNIFICANT = any_of(r"(?<!not )(?<!no )(?<!non-)(?<!in)(?<!non)\b(?:statistically )?significant(?:ly)?\b")
NO_TEST = any_of(
    r"\b(?:not|no|non-?|without(?: any)?|nor|neither)\W{0,2}(?:\w+ ){0,4}significan\w+|\bnon-?significan\w+",
    r"\bneither (?:[\w-]+,? ){0,12}significan\w+|\binsignificant\w*|\btrend\w*|\btended\b|\bnumerical(?:ly)?\b",
)


def _affirmed(text: str) -> bool:
    """True where a text calls something significant, and not only denies it."""
    denied = [match.span() for match in NO_TEST.finditer(text)]
    return any(not any(a <= m.start() < b for a, b in denied) for m in SIGNIFICANT.finditer(text))


def significance(aligned: Aligned) -> Iterator[Clash]:
    """A difference called significant where the source's test is not, or denied where the source calls it so."""
    claim = aligned.claim.text
    affirmed = any(_affirmed(line.text) for line in aligned.lines)
    denial = next((line for line in aligned.lines if NO_TEST.search(line.text)), None)
    denied = NO_TEST.search(denial.text) if denial else None
    tests = [test for line in aligned.lines for test in verdicts(line.text)]
    if _affirmed(claim) and not affirmed and (denied or tests):
        said = denied.group() if denied else next((test.reason for test in tests if not test.significant), None)
        if said and (denied or not any(test.significant for test in tests)):
            message = f"the claim says significant, the source '{said}'"
            yield Clash(Slot.SIGNIFICANCE, "WRD003", Verdict.CONTRADICTED, message, denial or aligned.best)
    elif _affirmed(claim) and not affirmed and not tests and aligned.order >= TOLD:
        message = "the source names no test of significance here"
        yield Clash(Slot.SIGNIFICANCE, "WRD003", Verdict.NOT_SUPPORTED, message, aligned.best)
    elif NO_TEST.search(claim) and not denied:
        null = any(
            NEGATION.search(line.text) or any(_told(e) == "null" for e in line.effects) for line in aligned.lines
        )
        shown = tests and all(test.significant for test in tests)
        if not null and (affirmed or shown):
            message = "the claim denies a significance that the source states"
            yield Clash(Slot.SIGNIFICANCE, "WRD003", Verdict.CONTRADICTED, message, aligned.best)
