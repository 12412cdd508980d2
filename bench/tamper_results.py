"""Tampering with results: direction, negation, significance. Same form as `bench.tamper_numbers`.

A word is not turned round where that makes no result false: in a purpose ("to reduce pain"), a hypothesis, a name.
"""

from __future__ import annotations

import re
from random import Random

from bench.figures import put
from bench.papers import Paper, Tampering
from bench.tamper_arms import MEASURED

# Each word with its opposite, both ways; the forms agree, so that the sentence stays grammatical.
_OPPOSITES = (
    "increased decreased|increases decreases|increase decrease|higher lower|greater smaller|"
    "improved worsened|improves worsens|improvement deterioration|improvements deteriorations|longer shorter|"
    "better worse|larger smaller|faster slower|superior inferior|positively negatively|inhibited stimulated|"
    "inhibits stimulates|enhanced diminished|elevated lowered|rose fell|accelerated delayed|gain loss"
)
OPPOSITES = {
    word: other
    for pair in _OPPOSITES.split("|")
    for one, two in (pair.split(),)
    for word, other in ((one, two), (two, one))
} | {
    "reduced": "increased",
    "reduces": "increases",
    "reduction": "increase",
    "reductions": "increases",
    "declined": "rose",
    "attenuated": "aggravated",
    "fewer": "more",
    "less": "more",
    "dropped": "rose",
    "lessened": "aggravated",
    "prevented": "provoked",
}
_TURNED = re.compile(rf"\b(?:{'|'.join(OPPOSITES)})\b", re.IGNORECASE)
_MORE = re.compile(
    r"\bmore (?=(?:likely|often|frequent\w*|effective\w*|common\w*|patients|participants|\w+ed\b))", re.IGNORECASE
)
_STAYS = re.compile(
    r"(?:\b(?:not?|without|neither|nor|to|whether|if|or|n't|failed to|any|and/or|than|at|lack of|absence of|"
    r"rather than|"
    r"would|might|may|could|should|aimed at|need for|hypothes\w+)\s(?:\w+ly\s|\w+\s)?"
    r"|\(|[-/])$",
    re.IGNORECASE,
)
_ADJECTIVE = re.compile(
    r"^-|^\s(?:(?:limbs?|back|extremit\w+|respiratory|urinary|abdominal|abdomen|education|limit|"
    r"values? (?:are )?(?:better|worse)|"
    r"risk-|scores? (?:are |indicat|mean|is )|ends?|bounds?|than \d|doses?|leg|lip|third|half|molars?|"
    r"risk (?:group|patients))|or\b|-)",
    re.IGNORECASE,
)


def _turnable(claim: str) -> list[tuple[int, int, str]]:
    """Each word of direction that carries a result, with its opposite."""
    found = [(*m.span(), OPPOSITES[m[0].lower()]) for m in _TURNED.finditer(claim)]
    found += [(m.start(), m.end() - 1, "less") for m in _MORE.finditer(claim)]
    return [
        (start, end, new)
        for start, end, new in found
        if not _STAYS.search(claim[:start]) and not _ADJECTIVE.match(claim[end:])
    ]


def direction(claim: str, paper: Paper, chance: Random) -> str | None:
    """A word of direction turned round; not in a purpose, a hypothesis, a name or a sentence of no effect."""
    words = _turnable(claim)
    if (
        not words
        or MEASURED.search(claim)
        or re.search(
            r"\b(?:no|not|aim|objective|purpose|whether|hypothes\w+|neither|either|needed|warrant\w*|should|"
            r"required)\b",
            claim,
            re.IGNORECASE,
        )
    ):
        return None
    start, end, new = chance.choice(words)
    return put(claim, start, end, new.capitalize() if claim[start].isupper() else new)


_PAST = {
    "differ": "differed",
    "change": "changed",
    "improve": "improved",
    "increase": "increased",
    "reduce": "reduced",
    "decrease": "decreased",
    "affect": "affected",
    "alter": "altered",
    "influence": "influenced",
    "show": "showed",
    "produce": "produced",
    "cause": "caused",
    "receive": "received",
    "prevent": "prevented",
    "inhibit": "inhibited",
    "modify": "modified",
    "block": "blocked",
    "lower": "lowered",
    "enhance": "enhanced",
    "have": "had",
    "vary": "varied",
    "correlate": "correlated",
    "predict": "predicted",
    "induce": "induced",
    "suppress": "suppressed",
    "attenuate": "attenuated",
    "demonstrate": "demonstrated",
    "report": "reported",
    "occur": "occurred",
    "decline": "declined",
    "experience": "experienced",
    "develop": "developed",
    "achieve": "achieved",
    "stimulate": "stimulated",
    "promote": "promoted",
    "accelerate": "accelerated",
    "provide": "provided",
    "lead": "led",
    "result": "resulted",
    "respond": "responded",
}
_BASE = {past: base for base, past in _PAST.items()}
_NO = re.compile(
    r"\b(?P<no>[Nn]o) (?P<what>(?:\w+ )?(?:differences?|effects?|changes?|improvements?|benefits?|increases?|"
    r"reductions?|associations?|correlations?|interactions?|adverse (?:events|effects)|serious adverse events|"
    r"evidence))\b"
)
_DID_NOT = re.compile(r"\b(?:did|does|do) not (?P<verb>[a-z]+)\b(?! only)")
_BE = re.compile(
    r"\b(?P<be>was|were|is|are)(?P<after> (?!not\b|no\b|also not\b)(?:\w+ly )?(?:(?:associated|effective|observed|"
    r"found|seen|well tolerated|reduced|increased|improved|decreased|higher|lower|greater|better|superior|more|"
    r"less|similar|inhibited|blocked|enhanced|detected|attenuated|safe|correlated|different|significant|abolished|"
    r"prevented)\b))"
)
# Past forms that need no object, and those that take one: "caused by" is no main verb.
_ALONE = "increased|decreased|improved|changed|differed|declined|varied|occurred|responded|resulted|correlated"
_OBJECT = (
    "reduced|affected|altered|influenced|produced|caused|prevented|inhibited|blocked|lowered|enhanced|predicted|induced|"
    "suppressed|attenuated|stimulated|promoted|accelerated|provided|increased|decreased|improved"
)
_VERB = re.compile(
    rf"(?<![-\w])(?:significantly )?(?:(?P<past>{_ALONE}) (?=(?:significantly|in|by|from|to|with|between|after|"
    rf"during)\b)"
    rf"|(?P<past_>{_OBJECT}) (?=(?:the|a|an|both|their|pain|plasma|serum|mean|daily|overall|total)\b))"
)


def negation(claim: str, paper: Paper, chance: Random) -> str | None:
    """A "not" or "no" taken out, or a "not" put in."""
    ways: list[str] = []
    for match in _DID_NOT.finditer(claim):
        if match["verb"] in _PAST:
            ways.append(put(claim, *match.span(), _PAST[match["verb"]]))
    for match in re.finditer(r"\b(was|were|is|are) not (?!only|significant|statistically|all|any)", claim):
        ways.append(put(claim, *match.span(), f"{match[1]} "))
    for match in _NO.finditer(claim):
        if (
            not re.search(r"\b(?:or|nor|with|had|statistically)\s$", claim[: match.start()])
            and "significant" not in match["what"]
        ):
            new = (
                ""
                if match["what"].rstrip().endswith("s") or "evidence" in match["what"]
                else ("an " if match["what"][0] in "aeiou" else "a ")
            )
            new = "some " if not new and match.start() and "evidence" not in match["what"] else new
            word = f"{new}{match['what']}"
            ways.append(put(claim, *match.span(), word[0].upper() + word[1:] if match["no"] == "No" else word))
    removed = list(ways)
    if not re.search(r"\b(?:no|not|nor|neither|without|none|except|only|unless)\b", claim, re.IGNORECASE):
        for match in _BE.finditer(claim):
            if "significant" not in match["after"]:
                ways.append(put(claim, match.end("be"), match.end("be"), " not"))
        for match in _VERB.finditer(claim):
            if _subject(claim[: match.start()]):
                past = "past" if match["past"] else "past_"
                ways.append(put(claim, *match.span(past), f"did not {_BASE[match[past]]}"))
    return chance.choice(removed or ways) if ways else None


def _subject(before: str) -> bool:
    """True where what stands before a past form reads as the subject of a main clause, not as a noun it belongs to."""
    return (
        len(before.split()) >= 1
        and not re.search(
            r"\b(?:of|with|by|for|and|or|was|were|been|be|is|are|had|has|have|in|the|a|an|than|to|from|as|when|"
            r"that|which|who|"
            r"observed|showed|found|including|revealed|demonstrated|reported|significant|resulted in|no|not)\s$",
            before,
        )
        and not re.search(r"[,(]\s$", before)
    )


_SIGNIFICANCE: tuple[tuple[str, str], ...] = (
    (r"\b(was|were|is|are) (significantly|statistically significant)\b", r"\1 not \2"),
    (r"\b(was|were) not ((?:statistically )?significant(?:ly)?)\b", r"\1 \2"),
    (
        r"\b(?P<no>[Nn])o (?P<what>(?:statistically )?significant (?:\w+ ){0,2}(?:difference|effect|change|"
        r"improvement|increase|reduction|decrease|association|correlation|interaction))\b(?!s)",
        "a",
    ),
    (
        r"\b(?P<no>[Nn])o (?P<what>(?:statistically )?significant (?:\w+ ){0,2}(?:differences|effects|changes|"
        r"improvements|increases|reductions|associations|correlations|interactions))\b",
        "",
    ),
    (
        r"\b(?P<a>a|A) (?P<what>(?:statistically )?significant (?:\w+ ){0,2}(?:difference|effect|change|"
        r"improvement|increase|reduction|decrease|association|correlation|interaction))\b",
        "no",
    ),
    (r"\bdid not differ significantly\b", "differed significantly"),
    (r"\bdid not significantly differ\b", "differed significantly"),
    (r"\bdiffered significantly\b", "did not differ significantly"),
    (r"\bnon-?significant(ly)?\b", r"significant\1"),
    (r"\bdid not significantly (improve|reduce|increase|decrease|change|affect|alter)\b", "past"),
    (
        r"\bsignificantly (improved|reduced|increased|decreased|lowered|enhanced|attenuated|inhibited) (?=the|a|in|"
        r"by|pain|plasma|serum|mean|both|from|with)",
        "base",
    ),
    (r"\b(increased|decreased|improved|reduced|declined|rose|fell) significantly\b", r"\1 non-significantly"),
)


def significance(claim: str, paper: Paper, chance: Random) -> str | None:
    """Significance claimed where the paper denies it, or denied where it claims it."""
    ways = []
    for pattern, new in _SIGNIFICANCE:
        for match in re.finditer(pattern, claim):
            if new in ("a", ""):
                word = f"{new} {match['what']}".strip()
                word = word[0].upper() + word[1:] if match["no"] == "N" else word
            elif new == "no":
                word = ("No " if match["a"] == "A" else "no ") + match["what"]
            elif new == "past":
                word = f"significantly {_PAST[match[1]]}"
            elif new == "base":
                if re.search(
                    r"\b(?:was|were|been|be|is|are|had|has|have|that|which|and|the|with|of|to)\s$",
                    claim[: match.start()],
                ):
                    continue
                word = f"did not significantly {_BASE[match[1]]} "
            else:
                word = match.expand(new)
            ways.append(put(claim, *match.span(), word))
    return chance.choice(ways) if ways else None


def significance_added(claim: str, paper: Paper, chance: Random) -> str | None:
    """Significance claimed for a difference of which the paper says nothing of the kind, or says the opposite."""
    if re.search(r"\bsignifican|\bp\s?[<=>]|confidence interval|\bCI\b|p[- ]value", paper.text, re.IGNORECASE):
        return None
    if re.search(r"\b(?:not?|whether|if)\b", claim):
        return None
    match = re.search(
        r"\b(?P<be>was|were) (?P<moved>higher|lower|greater|better|longer|shorter|reduced|increased|improved)\b", claim
    )
    return put(claim, *match.span(), f"{match['be']} significantly {match['moved']}") if match else None


RESULTS: dict[str, Tampering] = {
    "direction": direction,
    "negation": negation,
    "significance": significance,
    "significance added": significance_added,
}
