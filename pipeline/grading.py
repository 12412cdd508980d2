"""Grades, computed from study facts by the rubric of docs/grading.md and never asked of a model.

Gold    randomised data in people
Silver  consistent non-randomised data in people, or consistent data in animals from independent groups
Bronze  limited, preliminary or inconsistent data
None    no study of the effect was found

The direction stands beside the level: two positive and two null trials are "Gold, conflicting", never plain "Gold".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Literal

from pipeline.models.sources import Article
from pipeline.models.studies import CASES, OBSERVED, SYNTHESES, Design, Direction, Grade, Level, Reason, Study

SMALL = 20  # participants; a randomised trial below this is preliminary, whatever it found
CONSISTENT = 2  # non-randomised studies of people that must agree for Silver
ANIMAL_STUDIES = 3  # animal experiments that must agree for Silver, ...
ANIMAL_GROUPS = 2  # ... from so many groups that share no author

CLINICAL = (Design.CONTROLLED, Design.SINGLE_ARM, *OBSERVED)

Sense = Literal["favours", "no difference", "harm", "conflicting", "mixed", "unclear"]
_WORDS: dict[Direction, Sense] = {
    Direction.BENEFIT: "favours",
    Direction.NO_DIFFERENCE: "no difference",
    Direction.HARM: "harm",
    Direction.MIXED: "mixed",
    Direction.UNCLEAR: "unclear",
}


def counts_as_efficacy(study: Study) -> bool:
    """True for a study whose results say whether the compound works: not a protocol, review, comment or notice.

    A retracted study never counts, nor one that a newer version replaces, nor a study of mechanism, pharmacokinetics,
    dose finding or prescribing. A study of safety counts where it has a direction of its own.
    """
    design = study.design.value
    if (
        study.retracted
        or study.superseded
        or design in (Design.PROTOCOL, Design.REVIEW, Design.COMMENT, Design.NOTICE, Design.UNCLEAR)
    ):
        return False
    if design is Design.IN_VITRO or study.aim in ("mechanism", "pharmacokinetics", "dose finding", "use"):
        return False
    return study.aim == "efficacy" or study.direction.value is not Direction.UNCLEAR


def sense_of(studies: Sequence[Study]) -> Sense:
    """The common direction of some studies: one word where they agree, "conflicting" where benefit meets its denial."""
    found = {study.direction.value for study in studies} - {Direction.UNCLEAR}
    if not found:
        return "unclear"
    if len(found) == 1:
        return _WORDS[found.pop()]
    if Direction.BENEFIT in found and found & {Direction.NO_DIFFERENCE, Direction.HARM}:
        return "conflicting"
    return "mixed"


def grade_of(studies: Sequence[Study], articles: Mapping[str, Article]) -> Grade:
    """The grade of a topic from its studies, with the reasons and the caps that were applied, and the counts in words.

    `articles` give the authors, by whom animal groups are told apart.
    """
    bare = [s for s in studies if not articles[s.source].abstract]
    studies = [s for s in studies if articles[s.source].abstract]
    counted = [study for study in studies if counts_as_efficacy(study)]
    people = [s for s in counted if s.design.value not in (*SYNTHESES, Design.ANIMAL)]
    trials = [s for s in people if s.design.value is Design.RANDOMISED]
    others = [s for s in people if s.design.value in CLINICAL]
    cases = [s for s in people if s.design.value in CASES]
    syntheses = [s for s in counted if s.design.value in SYNTHESES]
    animals = [s for s in counted if s.design.value is Design.ANIMAL]
    firm = [s for s in trials if not _preliminary(s)]
    caps = _caps(studies, trials, animals, people)
    if bare:
        caps.append(_reason("no-abstract", "records without an abstract are not counted", bare))
    if firm:
        text = "randomised data in people" + (", from a single trial" if len(firm) == 1 else "")
        level, reasons, sense = Level.GOLD, [_reason("randomised", text, firm)], sense_of(firm)
    elif trials or others:
        level, reasons, sense = _without_firm_trials(trials, others)
    elif syntheses:
        level, sense = Level.BRONZE, sense_of(syntheses)
        reasons = [_reason("syntheses-only", "known here only through reviews of trials", syntheses)]
    elif cases:
        level, sense = Level.BRONZE, sense_of(cases)
        reasons = [_reason("cases-only", "case reports or series only", cases)]
    elif animals:
        level, reasons, sense = _animals_only(animals, articles)
    else:
        told = [s for s in studies if s.design.value is not Design.PROTOCOL and not s.retracted]
        rest = (
            "; studies of prescribing, mechanism, dose or safety, and reviews, are told but not counted" if told else ""
        )
        none = Reason(code="no-study", text="no study of the effect was found" + rest)
        return Grade(level=Level.NONE, direction="unclear", counts=_counts(studies), reasons=(none,), caps=tuple(caps))
    if sense == "conflicting":
        reasons.append(
            Reason(code="conflicting", text=_newest_and_largest(firm or trials or others or animals, articles))
        )
    return Grade(level=level, direction=sense, counts=_counts(studies), reasons=tuple(reasons), caps=tuple(caps))


def _preliminary(study: Study) -> bool:
    return study.pilot is not None or (study.n is not None and study.n.value < SMALL)


def _reason(code: str, text: str, studies: Sequence[Study]) -> Reason:
    return Reason(code=code, text=text, sources=tuple(s.source for s in studies))


def _without_firm_trials(trials: list[Study], others: list[Study]) -> tuple[Level, list[Reason], Sense]:
    """Silver where at least two studies of people agree; Bronze else."""
    both = [*trials, *others]
    sense = sense_of(both)
    agree = [s for s in both if s.direction.value is not Direction.UNCLEAR]
    if sense in ("favours", "no difference", "harm") and len(agree) >= CONSISTENT:
        return (
            Level.SILVER,
            [_reason("consistent", "studies in people agree, none of them a firm randomised trial", agree)],
            sense,
        )
    disagree = sense in ("conflicting", "mixed") and len(agree) > 1
    text = "studies in people disagree" if disagree else "too few studies in people"
    return Level.BRONZE, [_reason("limited", text, both)], sense


def _animals_only(animals: list[Study], articles: Mapping[str, Article]) -> tuple[Level, list[Reason], Sense]:
    sense = sense_of(animals)
    told = [s for s in animals if s.direction.value is not Direction.UNCLEAR]
    groups = _groups([articles[s.source] for s in told])
    if sense in ("favours", "no difference", "harm") and len(told) >= ANIMAL_STUDIES and groups >= ANIMAL_GROUPS:
        text = f"animal experiments agree, from {groups} groups that share no author"
        return Level.SILVER, [_reason("animals-consistent", text, told)], sense
    known = "from more than one group" if groups > 1 else "not known to come from more than one group"
    return (
        Level.BRONZE,
        [_reason("animals-limited", f"animal experiments only, few or inconsistent, {known}", animals)],
        sense,
    )


def _groups(articles: Sequence[Article]) -> int:
    """How many groups wrote the papers, two papers being of one group when they share an author.

    A paper whose list of authors is not whole cannot show that it is independent, so it makes no group of its own.
    """
    groups: list[set[str]] = []
    for article in articles:
        authors = {author.name for author in article.authors}
        if not authors or not article.authors_complete:
            continue
        joined = [group for group in groups if group & authors]
        groups = [group for group in groups if not group & authors] + [authors.union(*joined)]
    return max(len(groups), min(len(articles), 1))


def _caps(studies: Sequence[Study], trials: list[Study], animals: list[Study], people: list[Study]) -> list[Reason]:
    """What held the grade down or was kept out of it."""
    caps = []
    small = [s for s in trials if _preliminary(s)]
    if small:
        caps.append(_reason("pilot-or-small", f"randomised but pilot or under {SMALL} participants", small))
    if animals and not people:
        caps.append(_reason("animals-only", "animal data only: the effect in people is unknown", animals))
    loose = [
        s for s in people if s.uncontrolled and s.uncontrolled.value == "control group" and s.design.value not in CASES
    ]
    if loose and not any(s.design.value in (Design.RANDOMISED, Design.CONTROLLED) for s in people):
        text = "no comparison with untreated people: improvement may be natural course or expectation"
        caps.append(_reason("uncontrolled", text, loose))
    retracted = [s for s in studies if s.retracted]
    if retracted:
        caps.append(_reason("retracted", "retracted papers are not counted", retracted))
    doubted = [s for s in studies if s.concern and not s.retracted]
    if doubted:
        caps.append(_reason("concern", "a counted paper carries an expression of concern", doubted))
    weaker = [s for s in studies if s.doubts and s.design.value not in (*SYNTHESES, Design.REVIEW)]
    if weaker:
        caps.append(
            _reason("weaker-design", "counted by the weaker of two designs that its record and its words name", weaker)
        )
    overstated = [s for s in studies if s.overstated and not s.retracted]
    if overstated:
        caps.append(_reason("title-overstates", "a title claims more than its abstract shows", overstated))
    return caps


def _newest_and_largest(studies: Sequence[Study], articles: Mapping[str, Article]) -> str:
    """Which side of a conflict the largest and the newest studies are on."""
    told = [s for s in studies if s.direction.value is not Direction.UNCLEAR]
    largest = max(told, key=lambda s: (s.size, s.source))
    newest = max(told, key=lambda s: (articles[s.source].published or 0, s.source))
    said = {Direction.BENEFIT: "favourable", Direction.NO_DIFFERENCE: "null", Direction.HARM: "unfavourable"}
    large = said.get(largest.direction.value, largest.direction.value.value)
    new = said.get(newest.direction.value, newest.direction.value.value)
    if large == new:
        return f"direction conflicting; the largest and the newest study are {large}"
    return f"direction conflicting; the largest study is {large}, the newest {new}"


_NOUNS = (
    ((Design.RANDOMISED,), "randomised trial", "participants"),
    ((Design.CONTROLLED,), "controlled trial without randomisation", "participants"),
    ((Design.SINGLE_ARM,), "uncontrolled trial", "participants"),
    (OBSERVED, "observational study", "people"),
    (CASES, "case report or series", "people"),
    ((Design.META_ANALYSIS,), "meta-analysis", ""),
    ((Design.SYSTEMATIC_REVIEW,), "systematic review", ""),
    ((Design.ANIMAL,), "animal experiment", ""),
)
_PLURALS = {
    "controlled trial without randomisation": "controlled trials without randomisation",
    "observational study": "observational studies",
    "case report or series": "case reports or series",
    "meta-analysis": "meta-analyses",
}
_VERDICTS = (
    (Direction.BENEFIT, "favours", "favour"),
    (Direction.NO_DIFFERENCE, "found no difference", "found no difference"),
    (Direction.HARM, "found harm", "found harm"),
    (Direction.MIXED, "was mixed", "were mixed"),
    (Direction.UNCLEAR, "gave no clear direction", "gave no clear direction"),
)


def _counts(studies: Sequence[Study]) -> str:
    """The studies of a topic counted by design, people and direction: the line under a topic's heading."""
    counted = [s for s in studies if counts_as_efficacy(s)]
    parts = []
    for designs, noun, people in _NOUNS:
        group = [s for s in counted if s.design.value in designs]
        if not group:
            continue
        total = sum(s.n.value for s in group if s.n)
        known = f" ({total:,} {people})" if people and total and all(s.n for s in group) else ""
        many = noun if len(group) == 1 else _PLURALS.get(noun, noun + "s")
        parts.append(
            f"{len(group)} {many}{known}: {_verdicts(group)}"
            if people or noun == "animal experiment"
            else f"{len(group)} {many}"
        )
    protocols = sum(s.design.value is Design.PROTOCOL for s in studies)
    if protocols:
        parts.append(f"{protocols} trial{'s' if protocols > 1 else ''} planned or under way")
    return "; ".join(parts) if parts else "no study of the effect was found"


def _verdicts(group: Sequence[Study]) -> str:
    tally = Counter(s.direction.value for s in group)
    said = [(tally[d], one if tally[d] == 1 else many) for d, one, many in _VERDICTS if tally[d]]
    return ", ".join(f"{count} {words}" for count, words in said)
