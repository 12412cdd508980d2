"""Tampering with results: arms, direction, negation, significance, certainty, outcomes.

Same form as `bench.tamper_numbers`. A sentence whose meaning survives the change is left alone: arms are not exchanged
in "no difference between A and B", a purpose ("to reduce pain") is not turned round, and so on.
"""

from __future__ import annotations

import re
from random import Random

from bench.papers import Paper
from bench.tamper_numbers import NUMBER, Tampering, put

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
    r"no (?:\w+ ){0,2}(?:effect|change|improvement|increase|decrease|reduction)|did not|was not|were not|not significant\w*)\b",
    re.IGNORECASE,
)
_GROUP = re.compile(
    r"\b(?P<name>(?:usual |standard |routine )?[A-Za-z][\w/+-]*)(?P<group>[\s-](?:treated\s)?(?:group|arm)\b)"
)
_NOT_AN_ARM = {
    *"both each all two the same age other either three third study-wide in per by between within multi every one an".split(),
    *"this that these treatment-by first second another whole which randomized randomised respective parallel for of".split(),
    *"four five entire single patient alone combination".split(),
}
CONTROL_WORDS = r"placebo|sham|saline|vehicle|controls?|usual care|standard care|conventional (?:therapy|treatment)"


def _names(text: str) -> list[str]:
    """The ways in which a paper may name a labelled arm: in full, without what is in brackets, and by its letters."""
    inside = re.findall(r"\(([A-Za-z][\w/+-]{0,12})\)", text)
    bare = re.sub(r"\s*\([^()]*\)", "", text).strip(" ;,.")
    undosed = re.sub(rf"\s*{NUMBER}\s?(?:mg|µg|μg|mcg|g|ml|IU)\S*.*$", "", bare).strip()
    cut = re.search(r"(?:\b(?:of|containing|with|at|a|one|and|for|to|by)|[^\w)])$", undosed)
    found = [text, bare, *([] if cut else [undosed]), *inside]
    return sorted({name for name in found if len(name) > 1 and len(name.split()) <= 6}, key=len, reverse=True)


def _find(name: str, claim: str) -> list[re.Match[str]]:
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
        for one in _names(label.intervention):
            for two in _names(label.comparator):
                a, b = _find(one, claim), _find(two, claim)
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
    rf"(?<![<>=≤≥])(?<![<>=≤≥] )(?P<a>[-−]?{NUMBER}){_SPREAD}(?P<between>[^.;()\[\]\d]{{0,40}}?\b(?:vs\.?|versus|against|compared (?:with|to))\s[^.;()\[\]\d]{{0,40}}?)"
    rf"(?P<b>[-−]?{NUMBER})"
)
_RESPECTIVELY = re.compile(
    rf"(?<![<>=≤≥])(?<![<>=≤≥] )(?P<a>{NUMBER}){_SPREAD}(?P<between>,? (?:and|vs\.?|versus) )(?P<b>{NUMBER})(?=.*\brespectively\b)"
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
}  # fmt: skip
_TURNED = re.compile(rf"\b(?:{'|'.join(OPPOSITES)})\b", re.IGNORECASE)
_MORE = re.compile(
    r"\bmore (?=(?:likely|often|frequent\w*|effective\w*|common\w*|patients|participants|\w+ed\b))", re.IGNORECASE
)
_STAYS = re.compile(
    r"(?:\b(?:not?|without|neither|nor|to|whether|if|or|n't|failed to|any|and/or|than|at|lack of|absence of|rather than|"
    r"would|might|may|could|should|aimed at|need for|dose|score|scores|values?|test(?:ed|s)?|hypothes\w+)\s(?:\w+ly\s|\w+\s)?"
    r"|\(|[-/])$",
    re.IGNORECASE,
)
_ADJECTIVE = re.compile(
    r"^\s(?:(?:limbs?|back|extremit\w+|respiratory|urinary|abdominal|abdomen|education|limit|values? (?:are )?(?:better|worse)|"
    r"risk-|scores? (?:are |indicat|mean|is )|ends?|bounds?|than \d|doses?|leg|lip|third|half|molars?|risk (?:group|patients))|or\b|-)",
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


# Sentences on what was measured or is hoped for: a word turned round there makes no result false.
_MEASURED = re.compile(
    r"\b(?:questionnaires?|(?:was|were) (?:\w+ )?(?:used|measured|assessed|evaluated|recorded|analy[sz]ed|calculated|compared)|"
    r"primary outcome was|end-?points? (?:was|were|included?)|outcomes included?|could be|is possible|unclear)\b",
    re.IGNORECASE,
)


def direction(claim: str, paper: Paper, chance: Random) -> str | None:
    """A word of direction turned round; not in a purpose, a hypothesis, a name or a sentence of no effect."""
    words = _turnable(claim)
    if (
        not words
        or _MEASURED.search(claim)
        or re.search(
            r"\b(?:no|not|aim|objective|purpose|whether|hypothes\w+|neither|either|needed|warrant\w*|should|required)\b",
            claim,
            re.I,
        )
    ):
        return None
    start, end, new = chance.choice(words)
    return put(claim, start, end, new.capitalize() if claim[start].isupper() else new)


_PAST = {
    "differ": "differed", "change": "changed", "improve": "improved", "increase": "increased", "reduce": "reduced",
    "decrease": "decreased", "affect": "affected", "alter": "altered", "influence": "influenced", "show": "showed",
    "produce": "produced", "cause": "caused", "receive": "received", "prevent": "prevented", "inhibit": "inhibited",
    "modify": "modified", "block": "blocked", "lower": "lowered", "enhance": "enhanced", "have": "had",
    "vary": "varied", "correlate": "correlated", "predict": "predicted", "induce": "induced", "suppress": "suppressed",
    "attenuate": "attenuated", "demonstrate": "demonstrated", "report": "reported", "occur": "occurred",
    "decline": "declined", "experience": "experienced", "develop": "developed", "achieve": "achieved",
    "stimulate": "stimulated", "promote": "promoted", "accelerate": "accelerated", "provide": "provided",
    "lead": "led", "result": "resulted", "respond": "responded",
}  # fmt: skip
_BASE = {past: base for base, past in _PAST.items()}
_NO = re.compile(
    r"\b(?P<no>[Nn]o) (?P<what>(?:\w+ )?(?:differences?|effects?|changes?|improvements?|benefits?|increases?|reductions?|associations?|correlations?|interactions?|adverse (?:events|effects)|serious adverse events|evidence))\b"
)
_DID_NOT = re.compile(r"\b(?:did|does|do) not (?P<verb>[a-z]+)\b(?! only)")
_BE = re.compile(
    r"\b(?P<be>was|were|is|are)(?P<after> (?!not\b|no\b|also not\b)(?:\w+ly )?(?:(?:associated|effective|observed|found|seen|well tolerated|reduced|increased|improved|decreased|higher|lower|greater|better|superior|more|less|similar|inhibited|blocked|enhanced|detected|attenuated|safe|correlated|different|significant|abolished|prevented)\b))"
)
# Past forms that need no object, and those that take one: "caused by" is no main verb.
_ALONE = "increased|decreased|improved|changed|differed|declined|varied|occurred|responded|resulted|correlated"
_OBJECT = "reduced|affected|altered|influenced|produced|caused|prevented|inhibited|blocked|lowered|enhanced|predicted|induced|suppressed|attenuated|stimulated|promoted|accelerated|provided|increased|decreased|improved"
_VERB = re.compile(
    rf"(?<![-\w])(?:significantly )?(?:(?P<past>{_ALONE}) (?=(?:significantly|in|by|from|to|with|between|after|during)\b)"
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
            r"\b(?:of|with|by|for|and|or|was|were|been|be|is|are|had|has|have|in|the|a|an|than|to|from|as|when|that|which|who|"
            r"observed|showed|found|including|revealed|demonstrated|reported|significant|resulted in|no|not)\s$",
            before,
        )
        and not re.search(r"[,(]\s$", before)
    )


_SIGNIFICANCE: tuple[tuple[str, str], ...] = (
    (r"\b(was|were|is|are) (significantly|statistically significant)\b", r"\1 not \2"),
    (r"\b(was|were) not ((?:statistically )?significant(?:ly)?)\b", r"\1 \2"),
    (r"\b(?P<no>[Nn])o (?P<what>(?:statistically )?significant (?:\w+ ){0,2}(?:difference|effect|change|improvement|increase|reduction|decrease|association|correlation|interaction))\b(?!s)", "a"),
    (r"\b(?P<no>[Nn])o (?P<what>(?:statistically )?significant (?:\w+ ){0,2}(?:differences|effects|changes|improvements|increases|reductions|associations|correlations|interactions))\b", ""),
    (r"\b(?P<a>a|A) (?P<what>(?:statistically )?significant (?:\w+ ){0,2}(?:difference|effect|change|improvement|increase|reduction|decrease|association|correlation|interaction))\b", "no"),
    (r"\bdid not differ significantly\b", "differed significantly"),
    (r"\bdid not significantly differ\b", "differed significantly"),
    (r"\bdiffered significantly\b", "did not differ significantly"),
    (r"\bnon-?significant(ly)?\b", r"significant\1"),
    (r"\bdid not significantly (improve|reduce|increase|decrease|change|affect|alter)\b", "past"),
    (r"\bsignificantly (improved|reduced|increased|decreased|lowered|enhanced|attenuated|inhibited) (?=the|a|in|by|pain|plasma|serum|mean|both|from|with)", "base"),
    (r"\b(increased|decreased|improved|reduced|declined|rose|fell) significantly\b", r"\1 non-significantly"),
)  # fmt: skip


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


_SINGULAR = {"reduce": "reduces", "improve": "improves", "increase": "increases", "help": "helps", "prevent": "prevents", "lead": "leads", "affect": "affects", "provide": "provides", "decrease": "decreases", "cause": "causes", "benefit": "benefits", "represent": "represents", "contribute": "contributes", "play": "plays", "offer": "offers", "have": "has", "be": "is", "enhance": "enhances", "produce": "produces", "result": "results", "reflect": "reflects", "explain": "explains", "involve": "involves", "allow": "allows", "protect": "protects"}  # fmt: skip
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
            rf"\b(?:may|might|could(?! be\b)) (?P<verb>{verbs})\b(?! (?:due|because|possible|important|\w*\s?implications))",
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


def _content(name: str) -> set[str]:
    """The longer words of an outcome's name: two names that share one may mean one thing."""
    return {
        word for word in re.findall(r"[a-z]{5,}", name.lower()) if word not in ("scores", "score", "levels", "level")
    }


def outcome(claim: str, paper: Paper, chance: Random) -> str | None:
    """The outcome replaced by another of the same trial on which the label says something else."""
    ways: list[str] = []
    if not (MOVING.search(claim) or EQUAL.search(claim)) or _MEASURED.search(claim):
        return None
    for one in paper.labelled:
        places = _find(one.outcome, claim)
        for two in paper.labelled:
            same_arms = (one.intervention, one.comparator) == (two.intervention, two.comparator)
            if len(places) != 1 or not same_arms or one.label == two.label:
                continue
            if (
                _find(two.outcome.strip("* ."), claim)
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


def cause(claim: str, paper: Paper, chance: Random) -> str | None:
    """An association told as a cause, in a paper without randomisation."""
    if re.search(r"\brandomi[sz]|\bcaus(?:e|es|ed|al)\b", f"{paper.title} {paper.text}", re.IGNORECASE):
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


RESULTS: dict[str, Tampering] = {
    "arm": arms,
    "numbers of arms": arm_numbers,
    "direction": direction,
    "negation": negation,
    "significance": significance,
    "significance added": significance_added,
    "certainty": certainty,
    "outcome": outcome,
    "cause": cause,
    "overclaim": overclaim,
}
