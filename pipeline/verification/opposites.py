"""Words replaced by their opposites, wherever in a sentence they stand."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher
from itertools import product

from pipeline.directions.effects import OPPOSITE
from pipeline.directions.outcome_words import CHANGES, COMPARATIVES, PARTICIPLES, Sense
from pipeline.directions.words import tokens
from pipeline.models.verification import Slot, Verdict
from pipeline.text import any_of
from pipeline.verification.alignment import Aligned, Clash

MOST_WORDS = 3  # that may stand in the place of others for one of them to be its opposite
CLOSE = 0.6  # a sentence that holds less of the claim is not the one whose word was turned
# Pairs of words that turn a sentence round and are no words of effect.
ANTONYMS = tuple(
    tuple(any_of(rf"\b(?:{side})\b") for side in row.split(" / "))
    for row in """
    effective|efficacious|successful|successfully / ineffective|inefficacious|unsuccessful|unsuccessfully
    safe|safely / unsafe|toxic|dangerous|harmful
    positive|positively / negative|negatively
    high|highly|highest / low|lowest
    before / after
    above / below
    agonists? / antagonists?
    activat\\w+|stimulat\\w+ / inhibit\\w+|block\\w+|suppress\\w+|deactivat\\w+
    presence|present / absence|absent|lack
    success|succeeded|succeeds / failure|failed|fails
    more / less|fewer
    better / worse
    early|earlier / late|later
    all|every / none|no
    all|every|always / many|most|some|several|often|sometimes
    majority|most / minority|few
    sensitiv\\w+ / resistan\\w+
    upregulat\\w+ / downregulat\\w+
    hyper\\w+ / hypo\\w+
    well[- ]tolerated|tolerated / poorly tolerated|not tolerated|intolera\\w+
    significant|significantly / insignificant|insignificantly|nonsignificant|non-significant
    superior|superiority / inferior|inferiority
    gain|gained|gains / loss|lost|loses
    benefit|benefits|beneficial / harm|harms|harmful|detrimental
    best / worst
    survival|survived|survivors / death|died|mortality
    maximum|maximal / minimum|minimal
    first|initial / last|final
    in vivo / in vitro
    remission|recovery / relapse|recurrence
    common|frequent|often / rare|infrequent|rarely|uncommon
    major|large / minor|small
    strong|strongly / weak|weakly
    long|longer / short|shorter
    adequate|sufficient / inadequate|insufficient
    with / without
    approved / unapproved
    recommended / contraindicated
    """.strip().splitlines()
    for row in [row.strip()]
)


def _sense(word: str) -> Sense | None:
    return COMPARATIVES.get(word) or PARTICIPLES.get(word) or CHANGES.get(word)


def _opposed(one: str, other: str) -> bool:
    """True for "increased" and "fell", "more" and "fewer", "with" and "without"."""
    mine, theirs = _sense(one), _sense(other)
    if mine and theirs:
        return mine not in ("same", "differ") and OPPOSITE[mine] == theirs
    return any(
        (left.fullmatch(one) and right.fullmatch(other)) or (right.fullmatch(one) and left.fullmatch(other))
        for left, right in ANTONYMS
    )


def _replaced(aligned: Aligned) -> tuple[str, str] | None:
    """A word of the claim and its opposite that stands at the same place of the source's sentence."""
    mine, theirs = ([token.lower for token in tokens(line.text)] for line in (aligned.claim, aligned.best))
    for kind, i, j, k, m in SequenceMatcher(None, mine, theirs, autojunk=False).get_opcodes():
        if kind == "replace" and max(j - i, m - k) <= MOST_WORDS:
            for pair in product(mine[i:j], theirs[k:m]):
                if _opposed(*pair):
                    return pair
    return None


def opposites(aligned: Aligned) -> Iterator[Clash]:
    """A word replaced by its opposite, while the arms of the comparison stand as in the source."""
    claim, line = aligned.claim, aligned.best
    if aligned.near < CLOSE or aligned.turned or aligned.exchanged:
        return
    pair = _replaced(aligned)
    for one, other in ANTONYMS if pair is None else ():
        for mine, theirs in ((one, other), (other, one)):
            here, there = mine.search(claim.text), theirs.search(line.text)
            if here and there and not theirs.search(claim.text) and not mine.search(line.text):
                pair = pair or (here.group(), there.group())
    if pair:
        message = f"the claim says '{pair[0]}', the source '{pair[1]}'"
        yield Clash(Slot.DIRECTION, "WRD001", Verdict.CONTRADICTED, message, line)
