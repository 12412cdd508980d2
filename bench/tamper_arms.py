"""Tampering with arms and outcomes: exchanged, or their figures exchanged. Same form as `bench.tamper_numbers`.

A sentence whose meaning survives the change is left alone: arms are not exchanged in "no difference between A and B".
"""

from __future__ import annotations

import re
from random import Random

from bench.figures import NUMBER, put
from bench.papers import Paper, Tampering

COMPARING = re.compile(
    r"\b(?:than|compared|comparison|versus|vs|relative to|superior|inferior|against)\b", re.IGNORECASE
)
MOVING = re.compile(
    r"\b(?:higher|lower|greater|less|more|fewer|larger|smaller|longer|shorter|better|worse|faster|slower|superior|"
    r"inferior|increas\w+|decreas\w+|reduc\w+|improve\w*|worsen\w*|rose|fell|elevated|declin\w+)\b",
    re.IGNORECASE,
)
EQUAL = re.compile(
    r"\b(?:no (?:\w+ ){0,3}differen\w+|(?:not|n't) (?:\w+ )?(?:differ\w*|superior|inferior|better|worse)|similar\w*|"
    r"comparable|equivalent\w*|as \w+ as|nor|neither|non-?inferior\w*|n\.?s\.?|both|whereas neither|"
    r"no (?:\w+ ){0,2}(?:effect|change|improvement|increase|decrease|reduction)|did not|was not|were not|"
    r"not significant\w*)\b",
    re.IGNORECASE,
)
# Sentences on what was measured or is hoped for: a word turned round there makes no result false.
MEASURED = re.compile(
    r"\b(?:questionnaires?|(?:was|were) (?:\w+ )?(?:used|measured|assessed|evaluated|recorded|analy[sz]ed|"
    r"calculated|compared)|"
    r"primary outcome was|end-?points? (?:was|were|included?)|outcomes included?|could be|is possible|unclear)\b",
    re.IGNORECASE,
)
_GROUP = re.compile(
    r"\b(?P<name>(?:usual |standard |routine )?[A-Za-z][\w/+-]*)(?P<group>[\s-](?:treated\s)?(?:group|arm)\b)"
)
_NOT_AN_ARM = {
    *"both each all two the same age other either three third in per by between within multi every one an this".split(),
    *"that these first second another whole which randomized randomised respective parallel for of".split(),
    *"four five entire single patient alone combination".split(),
}
CONTROL_WORDS = r"placebo|sham|saline|vehicle|controls?|usual care|standard care|conventional (?:therapy|treatment)"


def names_of(text: str) -> list[str]:
    """The ways in which a paper may name a labelled arm: in full, without what is in brackets, and by its letters."""
    inside = re.findall(r"\(([A-Za-z][\w/+-]{0,12})\)", text)
    bare = re.sub(r"\s*\([^()]*\)", "", text).strip(" ;,.")
    undosed = re.sub(rf"\s*{NUMBER}\s?(?:mg|µg|μg|mcg|g|ml|IU)\S*.*$", "", bare).strip()
    cut = re.search(r"(?:\b(?:of|containing|with|at|a|one|and|for|to|by)|[^\w)])$", undosed)
    found = [text, bare, *([] if cut else [undosed]), *inside]
    return sorted({name for name in found if len(name) > 1 and len(name.split()) <= 6}, key=len, reverse=True)


def places_of(name: str, claim: str) -> list[re.Match[str]]:
    flags = 0 if name.isupper() else re.IGNORECASE
    return list(re.finditer(rf"(?<![\w/-]){re.escape(name)}(?![\w/-])", claim, flags))


def _exchange(claim: str, one: re.Match[str], two: re.Match[str]) -> str:
    first, second = sorted((one, two), key=re.Match.start)
    moved = put(claim, *second.span(), first[0] if second.start() else first[0].capitalize())
    name = second[0]
    if first.start() == 0 and not name.isupper():
        name = name[0].upper() + name[1:]
    return put(moved, *first.span(), name)


def _pairs(claim: str, paper: Paper) -> list[tuple[re.Match[str], re.Match[str]]]:
    """Two places that name opposite arms, each arm named once in the claim."""
    found = []
    for label in paper.labelled:
        for one in names_of(label.intervention):
            for two in names_of(label.comparator):
                a, b = places_of(one, claim), places_of(two, claim)
                if (
                    len(a) == 1 == len(b)
                    and one.lower() != two.lower()
                    and (a[0].end() <= b[0].start() or b[0].end() <= a[0].start())
                ):
                    found.append((a[0], b[0]))
    groups = [m for m in _GROUP.finditer(claim) if m["name"].lower() not in _NOT_AN_ARM]
    names = {m["name"].lower() for m in groups}
    if len(names) == 2 == len(groups):
        places = [re.compile(re.escape(m["name"])).search(claim, m.start()) for m in groups]
        found.append((places[0], places[1]))  # type: ignore[arg-type]
    return found


def arms(claim: str, paper: Paper, chance: Random) -> str | None:
    """Intervention and comparator exchanged in a comparison that has a direction."""
    if not (COMPARING.search(claim) and MOVING.search(claim)) or EQUAL.search(claim):
        return None
    pairs = _pairs(claim, paper)
    return _exchange(claim, *chance.choice(pairs)) if pairs else None


_SPREAD = r"(?:\s?%)?(?:\s?(?:±|\+/-)\s?[\d.·]+\s?%?)?(?:\s[([][^()\[\]]{1,40}[)\]])?"
_VERSUS = re.compile(
    rf"(?<![<>=≤≥])(?<![<>=≤≥] )(?P<a>[-−]?{NUMBER}){_SPREAD}(?P<between>[^.;()\[\]\d]{{0,40}}?\b(?:vs\.?|versus|"
    rf"against|compared (?:with|to))\s[^.;()\[\]\d]{{0,40}}?)"
    rf"(?P<b>[-−]?{NUMBER})"
)
_RESPECTIVELY = re.compile(
    rf"(?<![<>=≤≥])(?<![<>=≤≥] )(?P<a>{NUMBER}){_SPREAD}(?P<between>,? (?:and|vs\.?|"
    rf"versus) )(?P<b>{NUMBER})(?=.*\brespectively\b)"
)
_NAMED = re.compile(rf"\b(?:group|arm|{CONTROL_WORDS})\b", re.IGNORECASE)


def arm_numbers(claim: str, paper: Paper, chance: Random) -> str | None:
    """The figures of the two arms exchanged."""
    found = [*_VERSUS.finditer(claim), *_RESPECTIVELY.finditer(claim)]
    found = [m for m in found if m["a"].strip("−-") != m["b"].strip("−-")]
    if not found or not (MOVING.search(claim) or _NAMED.search(claim)):
        return None
    if re.search(r"\b(?:ratio|score|scale|range) of \d|\d:\d", claim):
        return None
    match = chance.choice(found)
    return put(put(claim, *match.span("b"), match["a"]), *match.span("a"), match["b"])


def _content(name: str) -> set[str]:
    """The longer words of an outcome's name: two names that share one may mean one thing."""
    return {
        word for word in re.findall(r"[a-z]{5,}", name.lower()) if word not in ("scores", "score", "levels", "level")
    }


def outcome(claim: str, paper: Paper, chance: Random) -> str | None:
    """The outcome replaced by another of the same trial on which the label says something else."""
    ways: list[str] = []
    if not (MOVING.search(claim) or EQUAL.search(claim)) or MEASURED.search(claim):
        return None
    for one in paper.labelled:
        places = places_of(one.outcome, claim)
        for two in paper.labelled:
            same_arms = (one.intervention, one.comparator) == (two.intervention, two.comparator)
            if len(places) != 1 or not same_arms or one.label == two.label:
                continue
            if (
                places_of(two.outcome.strip("* ."), claim)
                or two.outcome.lower() in one.outcome.lower()
                or one.outcome.lower() in two.outcome.lower()
            ):
                continue
            if _content(one.outcome) & _content(two.outcome):
                continue
            if len(two.outcome.split()) > 8 or re.search(r"\d", two.outcome):
                continue
            name = two.outcome if places[0].start() else two.outcome[0].upper() + two.outcome[1:]
            ways.append(put(claim, *places[0].span(), name))
    return chance.choice(ways) if ways else None


ARMS: dict[str, Tampering] = {"arm": arms, "numbers of arms": arm_numbers, "outcome": outcome}
