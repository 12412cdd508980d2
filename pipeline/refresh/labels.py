"""What became of a drug label: its new text held against the one that the profile tells, section by section."""

from __future__ import annotations

from collections.abc import Mapping

from rapidfuzz import fuzz, process

from pipeline.evidence import evidence_of
from pipeline.models.nights import Change, Kind
from pipeline.models.profile import Reference
from pipeline.models.sources import Label
from pipeline.profiles import reference_of

GRAVE = ("boxed_warning", "contraindication")  # subjects of a label that nobody may miss
MOST_LOST = 0.5  # of a label's subjects: an answer that lacks more of them is not believed
_ALIKE = 40.0  # of 100: below this a sentence has no successor


def is_whole(label: Label, held: Label | None) -> bool:
    """False for an answer that lacks the label's sections, or most of those that it had."""
    kinds, before = ({s.kind for s in each.sections} if each else set() for each in (label, held))
    return bool(kinds) and len(before - kinds) <= MOST_LOST * len(before)


def is_older(label: Label, known: Label | None) -> bool:
    """True for an earlier version of a label than the known one: a server that lags behind."""
    numbers = [each.version for each in (label, known) if each and each.version and each.version.isdecimal()]
    return len(numbers) == 2 and int(numbers[0]) < int(numbers[1])


def label_change(old: Reference, now: Label, quoted: Mapping[str, str]) -> Change | None:
    """How a label differs from the one that a profile has, or None where both say the same.

    `quoted` are the sentences that the profile quotes from it, by evidence id. A new version with the same words is no
    change, nor is another title: labels are filed anew for reasons of the package.
    """
    before, after = old.parts, reference_of(now).parts
    if before == after or old.label is None:
        return Change(kind=Kind.REINSTATED, words="openFDA holds the label again") if old.withdrawn else None
    said = []
    if old.label.version != now.version:
        said.append(f"version {old.label.version or 'unknown'} → {now.version or 'unknown'}")
    for word, kinds in (
        ("changed", [kind for kind in after if kind in before and before[kind] != after[kind]]),
        ("added", [kind for kind in after if kind not in before]),
        ("left out", [kind for kind in before if kind not in after]),
    ):
        if kinds:
            ordered = sorted(kinds, key=lambda kind: kind not in GRAVE)
            said.append(f"{', '.join(kind.replace('_', ' ') for kind in ordered)} {word}")
    grave = [kind for kind in GRAVE if before.get(kind) != after.get(kind)]
    said += _retold(now, grave, quoted)
    since = now.effective.isoformat() if now.effective else None
    return Change(kind=Kind.LABEL, words="; ".join(said), since=since, harm=bool(grave))


def _retold(now: Label, kinds: list[str], quoted: Mapping[str, str]) -> list[str]:
    """The sentences of some sections that are others now, each as it was, where that is quoted, and as it is."""
    every = [sentence for sentence in evidence_of(now) if sentence.number]
    texts = {sentence.text for sentence in every}
    gone = [text for text in quoted.values() if text not in texts]
    told = []
    for sentence in every:
        if sentence.section in kinds and sentence.text not in quoted.values():
            was = process.extractOne(sentence.text, gone, scorer=fuzz.ratio, score_cutoff=_ALIKE)
            told.append(f"“{was[0]}” → “{sentence.text}”" if was else f"new: “{sentence.text}”")
    return told
