"""What became of the claims that a model proposed: counted, and those that do not stand listed with the reasons."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from pipeline.identifiers import source_words
from pipeline.models.calls import Fate
from pipeline.render.markdown import code, escape

STANDS = ("kept", "mended")


def counted(fates: Sequence[Fate]) -> str:
    """How many claims came to each end: "120 proposed: 110 kept, 4 mended, 5 replaced, 1 dropped"."""
    counts = Counter(fate.outcome for fate in fates)
    return f"{len(fates)} proposed: " + ", ".join(f"{counts[o]} {o}" for o in ("kept", "mended", "replaced", "dropped"))


def fates_told(name: str, fates: Sequence[Fate]) -> str:
    """A Markdown list of every claim that a model proposed and that is not in the draft, with the reasons."""
    by_section: dict[str, list[Fate]] = defaultdict(list)
    for fate in fates:
        if fate.outcome not in STANDS:
            by_section[fate.section].append(fate)
    lines = [f"# What does not stand in the draft of {escape(name)}", "", f"Claims of the model: {counted(fates)}.", ""]
    for section, lost in by_section.items():
        lines += [f"## {escape(section)}", ""]
        for fate in lost:
            source = f" {source_words(fate.source)}" if fate.source else ""
            lines.append(f"- {fate.outcome}{source}: {code(fate.text) if fate.text else 'no claim'}")
            lines += [f"    - {escape(reason)}" for reason in fate.reasons]
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"
