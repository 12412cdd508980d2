"""How the compound was given: doses, route, frequency and duration, each bound to the compound and to no other drug."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import NamedTuple

from pipeline.evidence import name_pattern
from pipeline.models.studies import Evidence, Fact, Quantity
from pipeline.quantities import parse
from pipeline.text import any_of, normal

# Between a compound's name and its dose these words mean that the dose belongs to something else.
BREAKS = any_of(
    r";",
    r"\b(?:placebo|versus|vs|than|saline|vehicle|control|compared|against|instead|not|label(?:led)?)\b",
    r"(?:,|\b(?:or|and|plus|with)) (?!(?:then|to|up|at|once|twice|daily|be|increased|raised|titrated|given|from|for"
    r"|the|in|into|intra\w+|oral\w*|or|and)\b)[A-Za-z]",
)
# Between two doses of one list only these words stand.
LIST_WORDS = re.compile(
    r"(?:[\s,()/]|\b(?:or|and|to|then|once|twice|daily|day|per|a|each|every|nightly|weekly|month|weeks?|in|on|for|by|first|second"
    r"|increased|raised|be|given|drinking|water|titrated|up|maximum|max|of|the|at|single|doses?|intra\w+|oral\w*|subcutaneous\w*|topical\w*)\b|[\d.]+)*"
)
MASS = re.compile(r"(?:kg|g|mg|mcg|ng|pg|IU|units?)(?:/kg|/m2)?$")
IN_A_MEDIUM = any_of(
    r"\bdrinking water\b", r"\bcream\b", r"\bgel\b", r"\bointment\b", r"\bsolution\b", r"\beye ?drops\b"
)
# Doses that were found or modelled, not given; and words of results, where a dose must stand right beside the name.
NOT_GIVEN = any_of(
    r"\bED ?\d",
    r"\beffective (?:dose|in)\b",
    r"\b(?:occupancy|blockade|piston|concentrations?|plasma|serum)\b",
)
TELLS_RESULTS = any_of(
    r"\b(?:inhibition|relapse|toler\w+|lower|higher|reduced|increased|decreased|improved|counteracted)\b"
)
ADMINISTERED = any_of(
    r"\b(?:took|taken|takes?|received|receiving|given|gave|administered|treated|prescribed|injected)\b"
)
NEXT_TO = 12  # characters between a name and a dose that stand together even in a sentence on results
DRUG_AFTER = re.compile(r"(?: |of |oral |intravenous |daily |nightly |a day |per day )*$", re.IGNORECASE)
LEADING_DOSE = re.compile(r"^(?:the |daily |usual |median )*dos(?:e|es|age)\b", re.IGNORECASE)

ROUTES = (
    ("by mouth", any_of(r"\boral(?:ly)?\b", r"\bby mouth\b", r"\btablets?\b", r"\bcapsules?\b")),
    ("in drinking water", any_of(r"\bdrinking water\b")),
    ("intragastric", any_of(r"\bintragastric(?:ally)?\b", r"\bgavage\b", r"\binto the stomach\b")),
    ("intraperitoneal", any_of(r"\bintraperitoneal(?:ly)?\b")),
    ("intramuscular", any_of(r"\bintramuscular(?:ly)?\b")),
    ("subcutaneous", any_of(r"\bsubcutaneous(?:ly)?\b")),
    ("intravenous", any_of(r"\bintravenous(?:ly)?\b", r"\binfusion\b")),
    ("intra-articular", any_of(r"\bintra-?articular(?:ly)?\b", r"\binto the (?:knee|joint)\b")),
    ("intrathecal", any_of(r"\bintrathecal(?:ly)?\b")),
    ("intranasal", any_of(r"\bintranasal(?:ly)?\b")),
    ("rectal", any_of(r"\b(?:rectal(?:ly)?|enema)\b")),
    ("local", any_of(r"\b(?:given|injected|applied) locally\b", r", locally\b", r"\binto the (?:defect|wound)\b")),
    ("topical", any_of(r"\btopical(?:ly)?\b", r"\bcream\b", r"\bgel\b")),
    (
        "injected at the bladder",
        any_of(r"\b(?:injected|injection) (?:[\w-]+ ){0,3}bladder\b", r"\bintravesical(?:ly)?\b"),
    ),
)
FREQUENCIES = (
    ("nightly", any_of(r"\bnightly\b", r"\b(?:each|every) (?:night|evening)\b", r"\bat (?:night|bedtime)\b")),
    ("twice daily", any_of(r"\btwice (?:daily|a day|per day)\b", r"\bbid\b")),
    ("three times daily", any_of(r"\bthree times (?:daily|a day)\b")),
    ("once daily", any_of(r"\bonce (?:daily|a day)\b")),
    ("single dose", any_of(r"\bsingle[- ](?:[\w-]+ )?doses?\b(?![^.]*\brepeated)", r"\bone dose\b", r"\bgiven once\b")),
    ("weekly", any_of(r"\b(?:once )?weekly\b", r"\bonce a week\b")),
    ("every 4 weeks", any_of(r"\bevery (?:4|four) weeks\b", r"\bmonthly\b")),
    ("daily", any_of(r"\bdaily\b", r"\b(?:a|per|each|every) day\b", r"/d(?:ay)?\b")),
)
GIVEN = any_of(
    r"\b(?:took|taken|takes?|received|receiving|given|gave|administered|treated|treatment|therapy|dos(?:e|es|ed|ing)|injected)\b"
)
NOT_TREATMENT = any_of(
    r"^[^.;,]{0,25}\b(?:wash-?out|baseline|follow-?up|off|before|prior|earlier|after (?:surgery|stopping))\b"
)
OF_PLACEBO = re.compile(
    r"\b(?:and|then|after) (?:\w+ )?placebo (?:capsules )?for (?:about |at least )?$", re.IGNORECASE
)
BEFORE_DURATION = re.compile(
    r"\b(?:for|over|during|lasting|lasted(?: for)?) (?:about |up to |at least |a )?$", re.IGNORECASE
)
WITHIN = re.compile(r"\b(?:within|after|in|at|by) (?:about )?$", re.IGNORECASE)
STEPS = re.compile(r"\b(?:steps|increments) of (?:about )?$", re.IGNORECASE)
TREATMENT_NOUN = re.compile(
    r"^[ -]?(?:of (?:treatment|therapy)|(?:active |open-label |oral )?(?:treatment|trial|study|course|therapy)\b)",
    re.IGNORECASE,
)
OTHER = r"(?!placebo)[A-Za-z][\w+-]*(?: (?!in|to|for|was|were|or|and|of|on|at|by|than)[a-z][\w-]+)?"
LASTING = frozenset({"day", "week", "month", "year"})


class Regimen(NamedTuple):
    """The facts of how a compound was given; empty or None where the record does not say."""

    doses: tuple[Fact[Quantity], ...]
    route: Fact[str] | None
    frequency: Fact[str] | None
    duration: Fact[Quantity] | None
    combined: Fact[str] | None


def _belongs(text: str, dose: Quantity, names: re.Pattern[str]) -> bool:
    """True where the dose stands beside the compound's name with nothing between that names another thing."""
    before = list(names.finditer(text, 0, dose.start))
    if before:
        gap = text[before[-1].end() : dose.start]
        if len(gap) <= 60 and not BREAKS.search(gap):
            return True
    after = names.search(text, dose.end)
    return after is not None and DRUG_AFTER.match(text[dose.end : after.start()]) is not None


def _doses(sentence: Evidence, names: re.Pattern[str]) -> list[Fact[Quantity]]:
    """The doses of the compound that a sentence gives, those of a list together."""
    text = normal(sentence.text)
    administered = ADMINISTERED.search(text) is not None
    if NOT_GIVEN.search(text) and not administered:
        return []
    named = [match.span() for match in names.finditer(text)]
    loosely = administered or not TELLS_RESULTS.search(text)
    taken: list[Quantity] = []
    for dose in parse(text):
        unit = dose.unit or ""
        given = MASS.match(unit) or (IN_A_MEDIUM.search(text) and "/" in unit)
        if dose.kind != "dose" or not given or any(start <= dose.start < end for start, end in named):
            continue
        if STEPS.search(text[: dose.start]):
            continue
        follows = bool(taken) and LIST_WORDS.fullmatch(text[taken[-1].end : dose.start]) is not None
        beside = any(0 <= dose.start - end <= NEXT_TO for _, end in named)
        leads = LEADING_DOSE.search(text) and not BREAKS.search(text)
        if follows or (_belongs(text, dose, names) and (loosely or beside)) or (loosely and leads):
            taken.append(dose)
    return [Fact(value=dose, evidence=sentence.id) for dose in taken]


def regimen_of(sentences: Sequence[Evidence], names: Sequence[str]) -> Regimen:
    """How the compound called by any of `names` was given, from the sentences of one paper.

    A dose counts only where it stands beside a name of the compound or in a list that begins there. Route, frequency
    and duration are read from the sentences that carry a dose, else from those that name the compound.
    """
    pattern = name_pattern(names, sentences)
    doses: dict[tuple[object, ...], Fact[Quantity]] = {}
    for sentence in sentences:
        for fact in _doses(sentence, pattern):
            q = fact.value
            doses.setdefault((q.value, q.high, q.unit, q.per), fact)
    dosed = {fact.evidence for fact in doses.values()}
    naming = [s for s in sentences if s.id not in dosed and pattern.search(normal(s.text))]
    told = [s for s in sentences if s.id in dosed and s.number] + [s for s in naming if s.number] + list(sentences[:1])
    frequency = _named(FREQUENCIES, told)
    single = frequency is not None and frequency.value == "single dose"
    given = tuple(fact for fact in doses.values() if not (single and fact.value.per))
    return Regimen(given, _route(told, dosed), frequency, _duration(told, pattern), _combined(sentences, pattern))


def _route(sentences: Sequence[Evidence], dosed: Collection[str | None]) -> Fact[str] | None:
    """All routes of a sentence that carries a dose; of any other sentence the first one it names."""
    for sentence in sentences:
        text = normal(sentence.text)
        found = [(match.start(), name) for name, words in ROUTES if (match := words.search(text))]
        if found and (sentence.id in dosed or GIVEN.search(text)):
            names = [name for _, name in sorted(found)]
            return Fact(value=" or ".join(names if sentence.id in dosed else names[:1]), evidence=sentence.id)
    return None


def _named(table: Sequence[tuple[str, re.Pattern[str]]], sentences: Sequence[Evidence]) -> Fact[str] | None:
    for sentence in sentences:
        text = normal(sentence.text)
        found = next((name for name, words in table if words.search(text)), None)
        if found and GIVEN.search(text):
            return Fact(value=found, evidence=sentence.id)
    return None


def _duration(sentences: Sequence[Evidence], names: re.Pattern[str]) -> Fact[Quantity] | None:
    for sentence in sentences:
        text = normal(sentence.text)
        for quantity in parse(text):
            before, after = text[: quantity.start], text[quantity.end :]
            if quantity.kind != "duration" or quantity.unit not in LASTING:
                continue
            if NOT_TREATMENT.search(after) or OF_PLACEBO.search(before):
                continue
            lasting = BEFORE_DURATION.search(before) and GIVEN.search(text)
            drug = re.match(r" of (?:oral |daily |low-dose )?", after)
            of_drug = drug is not None and names.match(after, drug.end()) is not None and not WITHIN.search(before)
            if lasting or of_drug or TREATMENT_NOUN.search(after):
                return Fact(value=quantity, evidence=sentence.id)
    return None


def _combined(sentences: Sequence[Evidence], names: re.Pattern[str]) -> Fact[str] | None:
    """What was given with the compound as one treatment, where the paper says so at its beginning."""
    name = f"(?:low-dose |oral )?{names.pattern}"
    together = re.compile(rf"\bcombination of {name} (?:and|with|plus) ({OTHER})|{name} plus ({OTHER})", re.IGNORECASE)
    for sentence in sentences[:3]:
        if found := together.search(normal(sentence.text)):
            return Fact(value=(found.group(1) or found.group(2)).strip(), evidence=sentence.id)
    return None
