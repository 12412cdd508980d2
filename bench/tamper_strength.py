"""Tampering with how much is claimed: certainty, cause, more than was found. Same form as `bench.tamper_numbers`."""

from __future__ import annotations

import re
from random import Random

from bench.figures import put
from bench.papers import Paper, Tampering

_SINGULAR = {
    "reduce": "reduces",
    "improve": "improves",
    "increase": "increases",
    "help": "helps",
    "prevent": "prevents",
    "lead": "leads",
    "affect": "affects",
    "provide": "provides",
    "decrease": "decreases",
    "cause": "causes",
    "benefit": "benefits",
    "represent": "represents",
    "contribute": "contributes",
    "play": "plays",
    "offer": "offers",
    "have": "has",
    "be": "is",
    "enhance": "enhances",
    "produce": "produces",
    "result": "results",
    "reflect": "reflects",
    "explain": "explains",
    "involve": "involves",
    "allow": "allows",
    "protect": "protects",
}
_PLURAL = re.compile(r"(?:[^s]s|\band [\w-]+|people|children|women|men|patients)\s$")


def _sure(claim: str, match: re.Match[str]) -> str:
    plural = _PLURAL.search(claim[: match.start()]) is not None
    verb = match["verb"]
    sure = "are" if plural and verb == "be" else verb if plural else _SINGULAR[verb]
    return put(claim, *match.span(), sure)


def certainty(claim: str, paper: Paper, chance: Random) -> str | None:
    """A hedge made a fact: "may reduce" becomes "reduces", "suggests" becomes "proves"."""
    verbs = "|".join(_SINGULAR)
    ways = [
        _sure(claim, m)
        for m in re.finditer(
            rf"\b(?:may|might|could(?! be\b)) (?P<verb>{verbs})\b(?! (?:due|because|possible|important|"
            rf"\w*\s?implications))",
            claim,
        )
        if not re.search(r"\b(?:that|which|who|it|they|what|whether|if|,)\s$", claim[: m.start()])
    ]
    if re.search(r"\b(?:suggest\w*|appear\w*|seem\w*|possib\w*|potential\w*|perhaps)\b", claim):
        ways = []  # the sentence would stay hedged
    for pattern, new in (
        (r"\bsuggests that\b", "proves that"),
        (r"\bsuggest that\b", "prove that"),
        (r"\bsuggested that\b", "proved that"),
        (r"(?<!not )(?<!nor )\b(appears|seems) to be\b", "is proven to be"),
        (r"\bis likely to\b", "is certain to"),
        (r"\bare likely to\b", "are certain to"),
        (r"\btended to be\b", "were"),
        (r"\bprobably\b", "definitely"),
        (r"\bpossibly\b", "definitely"),
        (r"\bpotentially\b", "definitely"),
        (r"\bmay be (?:an? )?(effective|useful|safe|beneficial)\b", r"has been proven \1"),
    ):
        ways += [put(claim, *m.span(), m.expand(new)) for m in re.finditer(pattern, claim)]
    return chance.choice(ways) if ways and not re.search(r"\b(?:whether|hypothes\w+)\b", claim) else None


def cause(claim: str, paper: Paper, chance: Random) -> str | None:
    """An association told as a cause, in a paper without randomisation."""
    if re.search(r"\brandom|\bcaus(?:e|es|ed|al)\b", f"{paper.title} {paper.text}", re.IGNORECASE):
        return None
    match = re.search(r"\b(?P<be>was|were|is|are) (?:significantly |independently |strongly )?associated with ", claim)
    if match is None or re.search(r"\b(?:not|no|none|neither|nor|whether|variables)\b", claim):
        return None
    return put(
        claim, *match.span(), {"was": "caused ", "were": "caused ", "is": "causes ", "are": "cause "}[match["be"]]
    )


_OVERCLAIMS: tuple[tuple[str, str], ...] = (
    (r"\b(?P<be>was|were|is) (?:generally |usually )?well tolerated\b", r"\g<be> free of side effects"),
    (
        r"\b(?P<be>was|were|is) (?:safe and )?effective\b(?! (?:dose|in reducing the))",
        r"\g<be> a proven cure and effective",
    ),
    (
        r"\b(?P<verb>reduced|decreased|lowered) (?=(?:the |pain|symptom|mortality|plasma|serum))",
        "completely eliminated ",
    ),
    (r"\bimproved (?=(?:symptoms|pain|the symptoms|quality|mood|sleep|function))", "completely normalised "),
    (
        r"\b(?P<who>[Ss]ome|[Mm]ost|[Mm]any) (?=(?:patients|participants|women|children|subjects|studies|trials)\b)",
        "all ",
    ),
    (r"\b(?P<few>few|minor|mild|rare|uncommon) (?=(?:side|adverse) (?:effects|events|reactions))", "no "),
)


def overclaim(claim: str, paper: Paper, chance: Random) -> str | None:
    """More claimed than was found: a cure for an effect, all for most, none for few."""
    if re.search(r"\b(?:not|no|neither|nor|whether|without)\b", claim):
        return None
    ways = [
        put(claim, *m.span(), m.expand(new).capitalize() if m.start() == 0 else m.expand(new))
        for pattern, new in _OVERCLAIMS
        for m in re.finditer(pattern, claim)
        if not re.search(
            r"\b(?:was|were|been|be|is|are|had|has|significantly|to|of|and|reported|observed|showed|which|with)\s$",
            claim[: m.start()],
        )
        or "be" in m.re.groupindex
    ]
    return chance.choice(ways) if ways else None


STRENGTH: dict[str, Tampering] = {"certainty": certainty, "cause": cause, "overclaim": overclaim}
