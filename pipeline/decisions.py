"""What people decided on a profile, and what of it still holds.

A decision is bound to what was read: the words, the quotations and the version of each source. It holds while all
three are the same, and nothing but a person writes it: what drafts and what refreshes may read this, and never decide.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

import yaml

from pipeline.errors import ProfileError
from pipeline.models.profile import Claim, DoseRow, Profile, Reference, cited_sources
from pipeline.models.review import Decision, Decisions
from pipeline.profiles import DUMPER, read, short_digest, version_of

FILE = "review.yaml"
HEADER = """\
# What people decided, a line a claim. A decision holds while the claim, its quotations and its sources are the same:
# `hash` is that of all three. Written by `monograph review` and `monograph approve`.
"""
LONGEST_NAME = 80
# A name of these words alone is a program's; people have some of them as names, beside others.
_MACHINES = frozenset(
    "extractive model monograph claude opus sonnet haiku anthropic gpt chatgpt openai gemini llama mistral mini turbo"
    " ai llm language assistant agent bot dependabot renovate github actions".split()
)
_WORD = re.compile(r"[^\W\d_]+")


class State(StrEnum):
    """Where a claim stands. `PROVISIONAL` is approved on a synopsis: enough to try, never to publish.

    `STALE` was decided on, and what was read is another now.
    """

    REJECTED = "rejected"
    STALE = "stale"
    OPEN = "open"
    PROVISIONAL = "provisional"
    APPROVED = "approved"


class Risk(StrEnum):
    """What a wrong sentence could do, the worst first."""

    DOSES = "doses"
    CONTRAINDICATIONS = "contraindications"
    INTERACTIONS = "interactions"
    PREGNANCY = "pregnancy"
    SAFETY = "other safety"
    EVIDENCE = "evidence"
    OTHER = "other"


# The ids of sections by what a wrong sentence in them could do; a section below one of them is meant too.
_RISKS = {
    "doses": Risk.DOSES,
    "preparation": Risk.DOSES,
    "safety/contraindications": Risk.CONTRAINDICATIONS,
    "safety/interactions": Risk.INTERACTIONS,
    "safety/pregnancy": Risk.PREGNANCY,
    "safety": Risk.SAFETY,
    "evidence": Risk.EVIDENCE,
}
RISKS = tuple(Risk)


class Item(NamedTuple):
    """What a person decides on: a claim, or a row of the table of doses, with the section that it stands in."""

    what: Claim | DoseRow
    section: str
    title: str
    risk: Risk

    @property
    def id(self) -> str:
        """The id of the claim or row."""
        return self.what.id

    @property
    def words(self) -> str:
        """What it says: the claim's sentence, or the cells of the row."""
        return self.what.words


class Standing(NamedTuple):
    """Where an item stands, with the version that it has now and what was decided on it.

    `decided` are the decisions on this version, `lapsed` those on an earlier one; `missing` is how many more reviewers
    have to approve.
    """

    item: Item
    version: str
    state: State
    missing: int
    decided: tuple[Decision, ...]
    lapsed: tuple[Decision, ...]

    @property
    def seen(self) -> str:
        """The hash of all that a reviewer sees of it: a decision made on another is made on something else."""
        told = [each.model_dump_json() for each in (*self.decided, *self.lapsed)]
        return short_digest("\n".join([self.version, *told]))


def items(profile: Profile) -> tuple[Item, ...]:
    """Every claim and every dose row, in reading order."""
    found: list[Item] = []
    for section in profile.sections:
        found += [Item(claim, section.id, section.title, risk_of(section.id)) for claim in section.claims]
        if section.id == "doses":
            found += [Item(row, section.id, section.title, Risk.DOSES) for row in profile.doses]
    if all(section.id != "doses" for section in profile.sections):
        found += [Item(row, "doses", "Doses studied", Risk.DOSES) for row in profile.doses]
    return tuple(found)


def risk_of(section: str) -> Risk:
    """What a wrong sentence in a section could do; `kept/safety-pregnancy` is what `safety/pregnancy` once was."""
    flat = section.removeprefix("kept/").replace("/", "-") + "-"
    return next((risk for start, risk in _RISKS.items() if flat.startswith(start.replace("/", "-") + "-")), Risk.OTHER)


def standings(
    profile: Profile, references: Mapping[str, Reference], decisions: Sequence[Decision], reviewers: int = 1
) -> tuple[Standing, ...]:
    """Where each claim and row stands, in reading order; `reviewers` have to approve each."""
    by_claim: dict[str, list[Decision]] = defaultdict(list)
    for decision in decisions:
        by_claim[decision.claim].append(decision)
    return tuple(_standing(item, references, by_claim[item.id], reviewers) for item in items(profile))


def _standing(
    item: Item, references: Mapping[str, Reference], decisions: Sequence[Decision], reviewers: int
) -> Standing:
    version = version_of(item.what, references)
    decided = tuple(decision for decision in decisions if decision.hash == version)
    lapsed = tuple(decision for decision in decisions if decision.hash != version)
    # Of two verdicts by one person the newer holds, and of one day the rejection, in whatever order a merge left them.
    told = sorted((each for each in decided if each.is_verdict), key=lambda d: (d.date, d.decision == "reject"))
    verdicts = {same_person(each.reviewer): each.decision for each in told if is_person(each.reviewer)}
    approvals = Counter(verdicts.values())["approve"]
    if "reject" in verdicts.values():
        state = State.REJECTED
    elif approvals >= reviewers:
        state = State.PROVISIONAL if stands_on_synopsis(item.what, references) else State.APPROVED
    elif not verdicts and any(each.is_verdict for each in lapsed):
        state = State.STALE
    else:
        state = State.OPEN
    return Standing(item, version, state, max(0, reviewers - approvals), decided, lapsed)


def stands_on_synopsis(what: Claim | DoseRow, references: Mapping[str, Reference]) -> bool:
    """True where a paper that it cites was read as a synopsis of this project and not as its own abstract."""
    held = (references.get(key) for key in cited_sources(what.evidence))
    return any(each.article.text_origin == "synopsis" for each in held if each is not None and each.article is not None)


def by_risk(found: Iterable[Standing]) -> tuple[Standing, ...]:
    """The standings with the greatest risk first, and in reading order within it."""
    return tuple(sorted(found, key=lambda each: RISKS.index(each.item.risk)))


# --- the file ---------------------------------------------------------------------------------------------------------


def read_decisions(directory: Path) -> tuple[Decision, ...]:
    """The decisions of `review.yaml`; none where there is no such file. Raises ProfileError where it cannot be read."""
    path = directory / FILE
    try:
        with path.open(encoding="utf-8") as lines:
            empty = all(not line.strip() or line.startswith("#") for line in lines)
    except FileNotFoundError:
        return ()
    except (OSError, UnicodeDecodeError):
        empty = False  # which is for `read` to say
    return () if empty else read(path, Decisions).decisions


def dump_decisions(decisions: Iterable[Decision]) -> str:
    """`review.yaml`: one line a decision, by claim, so that two reviewers seldom write the same line."""
    lines = [
        yaml.dump(
            decision.model_dump(mode="json", exclude_defaults=True),
            Dumper=DUMPER,
            default_flow_style=True,
            sort_keys=False,
            allow_unicode=True,
            width=2**20,
        )
        for decision in sorted(decisions, key=lambda each: each.claim)
    ]
    return HEADER + "decisions:\n" + "".join(f"- {line}" for line in lines)


def decided(decisions: Sequence[Decision], new: Decision) -> tuple[Decision, ...]:
    """The decisions with a new one. A verdict takes the place of the same person's verdict on the same claim, and an
    edit that of an earlier edit; comments add up."""
    kind = "verdict" if new.is_verdict else new.decision
    stays = [
        old
        for old in decisions
        if kind == "comment"
        or (old.claim, same_person(old.reviewer)) != (new.claim, same_person(new.reviewer))
        or ("verdict" if old.is_verdict else old.decision) != kind
    ]
    return (*stays, new)


def approved(profile: Profile, references: Mapping[str, Reference], decisions: Sequence[Decision]) -> frozenset[str]:
    """The ids of the claims and rows that a person approved and nobody rejected, all that was read being the same."""
    found = standings(profile, references, decisions)
    return frozenset(each.item.id for each in found if each.state in (State.APPROVED, State.PROVISIONAL))


def person(name: str, drafters: Collection[str] = ()) -> str:
    """The name of a reviewer, on one line. Raises ProfileError for none, and for one of a program: `drafters` and bots.

    Nobody can tell by a name whether a person typed it; this refuses what says itself that it is none.
    """
    said = " ".join(name.split())
    hint = "give the name of the person who read the claims: --reviewer 'A. Pharmacist'"
    if not any(c.isalpha() for c in said) or len(said) > LONGEST_NAME or not said.isprintable():
        raise ProfileError(f"'{said[:LONGEST_NAME]}' is no name of a reviewer", hint)
    if not is_person(said) or said.casefold() in {drafter.casefold() for drafter in drafters}:
        raise ProfileError(f"'{said}' is a program, and only a person approves", hint)
    return said


def drafters_of(profile: Profile) -> set[str]:
    """The names of the programs that wrote a profile."""
    return {profile.provenance.drafter, profile.provenance.model or profile.provenance.drafter}


def is_person(name: str) -> bool:
    """False for a name that says itself to be a program's: "github-actions[bot]", "GPT-5 mini"; "Claude Bernard" is one
    of a person."""
    words = _WORD.findall(name.casefold())
    return bool(words) and not _MACHINES.issuperset(words) and not name.casefold().rstrip().endswith("[bot]")


def same_person(name: str) -> str:
    """A name as it tells people apart, who do not count twice by another case, spacing or form of the same letters."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def decision_of(
    what: Claim | DoseRow, kind: str, version: str, reviewer: str, day: date, note: str | None = None
) -> Decision:
    """A decision of a person on a claim or row as it is in `version`. Raises ProfileError where it is none."""
    return Decision.model_validate(
        {
            "claim": what.id,
            "decision": kind,
            "hash": version,
            "reviewer": reviewer,
            "date": day,
            "note": " ".join(note.split()) or None if note else None,
        }
    )
