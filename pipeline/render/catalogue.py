"""The catalogue of rules: a list, one rule in full, and `docs/rules.md`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from textwrap import wrap
from typing import NamedTuple

from pipeline.models.findings import Entry
from pipeline.render.terminal import say

WIDTH = 80
INDENT = 18
FAMILIES = {
    "REF": "References",
    "PUB": "What became of a source",
    "QUO": "Quotations",
    "QTY": "Quantities",
    "WRD": "Wording and meaning",
    "DES": "Designs, species, people",
    "MOD": "What a model wrote",
    "COV": "Coverage",
    "GRD": "Grades",
    "SAF": "Safety",
    "STR": "Structure",
    "INJ": "Attacks",
    "SRC": "Origin of the text",
    "REV": "Review",
}
HEAD = """\
# Rules

Every rule with why it matters, what mends it, and an example that breaks it beside one that does not. Written by
`make docs` from the rules and from `tests/checks/`; do not edit by hand. In a terminal: `monograph rules` and
`monograph explain CODE`.

A code means one fault, in a profile and in an existing page, and is never used again for another. A finding that is
wrong about one claim is answered in `profile.yaml`, under the claim, with a reason and a name:

```yaml
    suppress:
      - {code: WRD008, reason: the registry had a control group; see its protocol, by: A. Reviewer}
```

It is then counted and listed as suppressed and stays with the claim while its text and evidence do. Some rules are
never suppressed: what they find has no excuse.

"""


class Examples(NamedTuple):
    """What breaks a rule and what does not, as the YAML that its test reads."""

    bad: str
    good: str


def show_rules(entries: Sequence[Entry]) -> None:
    """Each rule on a line of its own, or on more where it is long."""
    for entry in entries:
        first, *rest = wrap(entry.fault, WIDTH - INDENT)
        say(f"{entry.code}  {entry.severity.value:<8}  {first}")
        for line in rest:
            say(" " * INDENT + line)


def show_rule(entry: Entry) -> None:
    """One rule in full."""
    say(f"{entry.code}  {entry.name}  ({_facts(entry)})\n")
    for line in wrap(entry.fault, WIDTH):
        say(line)
    for label, text in (("Why:", entry.why), ("Fix:", entry.fix)):
        say("")
        for line in wrap(f"{label} {text}", WIDTH, subsequent_indent=" " * 5):
            say(line)


def _facts(entry: Entry) -> str:
    held = " and ".join(f"{what}s" for what in entry.applies)
    return f"{entry.severity.value}; {held}" + ("" if entry.suppressible else "; never suppressed")


def catalogue(entries: Sequence[Entry], examples: Mapping[str, Examples]) -> str:
    """`docs/rules.md`: a table of all rules, then each family with its rules and their examples."""
    families = [(code, list(group)) for code, group in groupby(entries, key=lambda entry: entry.code[:3])]
    families.sort(key=lambda family: list(FAMILIES).index(family[0]))
    lines = ["| code | severity | held against | fault |", "|---|---|---|---|"]
    for _, group in families:
        for entry in group:
            held = ", ".join(entry.applies)
            lines.append(f"| [{entry.code}](#{entry.code.lower()}) | {entry.severity.value} | {held} | {entry.fault} |")
    for code, group in families:
        lines += ["", f"## {FAMILIES[code]}"]
        for entry in group:
            lines += ["", *_section(entry, examples.get(entry.code))]
    return HEAD + "\n".join(lines) + "\n"


def _section(entry: Entry, examples: Examples | None) -> list[str]:
    lines = [f"### {entry.code}", "", f"**{entry.fault}** `{entry.name}`, {_facts(entry)}.", ""]
    lines += [f"*Why:* {entry.why}", "", f"*Fix:* {entry.fix}"]
    for label, text in (("Breaks it:", examples.bad), ("Does not:", examples.good)) if examples else ():
        lines += ["", label, "", "```yaml", *text.rstrip().splitlines(), "```"]
    return lines
