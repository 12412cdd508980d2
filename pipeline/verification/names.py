"""The slots of intervention, comparator and condition: names that a claim puts where its source has others."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.directions.mentions import NEGATED
from pipeline.models.verification import Slot, Verdict
from pipeline.text import normal
from pipeline.verification.alignment import Aligned, Change, Clash
from pipeline.verification.groups import ANIMALS, PEOPLE
from pipeline.verification.reading import Item
from pipeline.verification.vocabulary import CONDITION, CONTROLS, DRUG, HARMLESS

SAME = 0.75  # the share of its words in their order at which a sentence was copied but for a name
NEARLY = 0.6  # the same where the name is one that the source does not hold
NAMED = 0.5  # a sentence that holds less cannot be held against the name of a drug or a disease
CLOSE = 0.7  # a sentence that holds less of the claim is not the one that was changed
LONGEST = 3  # words that may stand in the place of others
CODES = {Slot.CONDITION: "DES003", Slot.INTERVENTION: "WRD005", Slot.COMPARATOR: "WRD005", Slot.POPULATION: "DES004"}


def _kind(words: str) -> Slot | None:
    if DRUG.search(words):
        return Slot.INTERVENTION
    if CONDITION.search(words):
        return Slot.CONDITION
    return None


def _named(items: tuple[Item, ...]) -> str:
    return " ".join(item.text for item in items)


def _counts(item: Item) -> bool:
    plain = {key.removeprefix(NEGATED) for key in item.keys}
    return not item.effect and not plain <= HARMLESS and not ANIMALS.search(item.text) and not PEOPLE.search(item.text)


def _names(items: tuple[Item, ...]) -> bool:
    """True where a word names something: a drug, a disease, a proper noun or an abbreviation."""
    return any((item.start > 0 and item.text[0].isupper()) or _kind(normal(item.text)) for item in items)


def replaced(aligned: Aligned) -> Iterator[Clash]:
    """A name in the place of another one, and a name that the source does not hold at all."""
    held = frozenset(aligned.doc.counts)
    for change in aligned.changes:
        new = tuple(item for item in change.claim if _counts(item))
        old = tuple(item for item in change.source if _counts(item))
        if new and not (all(map(_is_control, new)) and any(map(_is_control, old))):
            yield from _judged(aligned, Change(new, old), held)


def _is_named(aligned: Aligned, items: tuple[Item, ...]) -> bool:
    """True for words that the paper's title or the names of its arms hold, or that look like a drug or a disease."""
    told = aligned.doc.title_keys | aligned.doc.arm_names
    return any(item.keys & told for item in items) or _names(items)


def _is_control(item: Item) -> bool:
    """True for a word that names a control group, of which one is as good as another."""
    return bool({key.removeprefix(NEGATED) for key in item.keys} & CONTROLS)


def _judged(aligned: Aligned, change: Change, held: frozenset[str]) -> Iterator[Clash]:
    absent = tuple(item for item in change.claim if not item.keys & held)
    said, there = _named(change.claim), _named(change.source)
    mine, theirs = _kind(normal(said)), _kind(normal(there))
    controls = any(item.keys & CONTROLS for item in (*change.claim, *change.source))
    slot = Slot.COMPARATOR if controls else mine or theirs or Slot.INTERVENTION
    code = CODES[slot]
    message = f"the claim says '{said}' where the source says '{there}'"
    short = change.source and len(change.claim) <= LONGEST and len(change.source) <= LONGEST
    arms = aligned.doc.arm_names
    drugs = all(any(item.keys & arms or DRUG.search(item.text) for item in side) for side in change)
    tight = short and aligned.near >= (NAMED if drugs or (mine and absent) else CLOSE)
    copied = aligned.order >= (NAMED if drugs else SAME)
    if tight and ((mine and (absent or copied)) or (controls and copied) or (absent and _names(absent))):
        yield Clash(slot, code, Verdict.CONTRADICTED, message, aligned.best)
    elif tight and (copied or (absent and aligned.order >= NEARLY and _is_named(aligned, change.source))):
        yield Clash(slot, code, Verdict.NOT_SUPPORTED, message, aligned.best)
    elif any(_kind(normal(item.text)) for item in absent):
        yield Clash(slot, code, Verdict.NOT_SUPPORTED, f"the source does not speak of '{_named(absent)}'", aligned.best)
