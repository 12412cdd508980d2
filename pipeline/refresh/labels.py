"""What became of a drug label: its new text held against the one that the profile tells, section by section."""

from __future__ import annotations

from pipeline.models.nights import Change, Kind
from pipeline.models.profile import Reference
from pipeline.models.sources import Label
from pipeline.profiles import digest

GRAVE = ("boxed_warning", "contraindication")  # subjects of a label that nobody may miss


def label_change(old: Reference, held: Label | None, now: Label | None, gone: str | None) -> Change | None:
    """How a label differs from the one that a profile has, or None where both say the same.

    `now` is the label as it was sent tonight, None where it was not; `gone` says why it counts as withdrawn.

    `held` is the library's, by which the sections that changed are told where it is still the old one. A new version
    with the same words is no change: labels are filed anew for reasons of the package.
    """
    if old.label is None:
        return None
    if now is None:
        return Change(kind=Kind.DELETED, words=gone) if gone and not old.withdrawn else None
    if old.hash == digest(now.text):
        return Change(kind=Kind.REINSTATED, words="openFDA holds the label again") if old.withdrawn else None
    if held is None or digest(held.text) != old.hash:
        return _changed(old.label, now, ["its text changed"])
    before, after = ({section.kind: section.text for section in label.sections} for label in (held, now))
    said = []
    for word, kinds in (
        ("changed", [kind for kind in after if kind in before and before[kind] != after[kind]]),
        ("added", [kind for kind in after if kind not in before]),
        ("left out", [kind for kind in before if kind not in after]),
    ):
        if kinds:
            said.append(f"{', '.join(kind.replace('_', ' ') for kind in dict.fromkeys(kinds))} {word}")
    grave = any(before.get(kind) != after.get(kind) for kind in GRAVE)
    return _changed(old.label, now, said or ["its title changed"]).model_copy(update={"harm": grave})


def _changed(old: Label, now: Label, said: list[str]) -> Change:
    version = f"version {old.version or 'unknown'} → {now.version or 'unknown'}" if old.version != now.version else ""
    words = "; ".join(part for part in (version, *said) if part)
    return Change(kind=Kind.LABEL, words=words, since=now.effective.isoformat() if now.effective else None)
