"""True claims said otherwise: clauses moved, dropped, joined and introduced; voice changed; claims made from fields."""

from __future__ import annotations

import re

from bench.papers import Control, Paper

_COMPARED = re.compile(
    r"\b(?:than|compared|versus|vs|from|between|whereas|but|while|both|neither|relative)\b|;", re.IGNORECASE
)


def lowered(sentence: str) -> str:
    """A sentence without its capital, unless the first word is a name, an abbreviation or a single letter."""
    first = sentence.split(maxsplit=1)[0] if sentence.split() else ""
    plain = first.strip(",").lower() in _STARTS
    return sentence[0].lower() + sentence[1:] if plain else sentence


_STARTS = {
    *"the a an this these those there in after at on during of we all both no most more less fewer patients".split(),
    *"participants subjects women men children adults rats mice median mean significant significantly overall".split(),
    *"treatment adverse each for with among by compared higher lower it they when pain changes differences".split(),
    *"greater improvements reductions mortality daily results responders safety response side".split(),
}


def raised(sentence: str) -> str:
    """A sentence with its capital."""
    return sentence[0].upper() + sentence[1:]


def group_last(claim: str, paper: Paper) -> str | None:
    """ "In patients with X, Y was Z." as "Y was Z in patients with X."."""
    match = re.fullmatch(r"(?P<first>(?:In|Among|At|During|After|For) [^,;:()]{8,90}), (?P<main>[^;]{15,160})\.", claim)
    if match is None or len(match["first"].split()) > 14 or _COMPARED.search(match["first"]):
        return None
    main = match["main"]
    if re.search(r"\b(?:which|whereas|but|while|although|respectively|and|who|that|than|compared|because)\b|,", main):
        return None
    if lowered(main) != main or re.match(
        r"(?:In|After|At) (?:addition|contrast|conclusion|summary|total|all|fact|general|turn)\b", match["first"]
    ):
        return None
    if re.search(r"\b(?:in|among|during|after|at) [\w-]+(?: [\w-]+){0,3}$", main):
        return None
    return f"{raised(main)} {match['first'][0].lower()}{match['first'][1:]}."


def group_first(claim: str, paper: Paper) -> str | None:
    """ "Y was Z in patients with X." as "In patients with X, Y was Z."."""
    match = re.fullmatch(
        r"(?P<main>[^;:()]{15,150}?) (?P<last>in (?:\w+ )?(?:patients|women|men|children|adults|people|rats|mice|"
        r"subjects|infants)"
        r"(?: (?:with|who|undergoing|aged|receiving) [^,;:()]{3,60})?)\.",
        claim,
    )
    if match is None or _COMPARED.search(match["main"]) or _COMPARED.search(match["last"]) or "," in match["main"]:
        return None
    if lowered(match["main"]) == match["main"] and match["main"].split()[0].lower() not in _STARTS:
        return None
    if re.search(r"\b(?:was|were|is|are|had|has|did|to|that)\b", match["last"]):
        return None
    if re.search(
        r"\b(?:and|or|only|not|except|especially|particularly|associated|than|seen|including|even|levels?)$",
        match["main"],
    ):
        return None
    return f"{raised(match['last'])}, {lowered(match['main'])}."


def without_parenthesis(claim: str, paper: Paper) -> str | None:
    """The sentence without its first parenthesis."""
    match = re.search(r"(?<=\w|%) \((?![^()]*\b(?:not|no|except|only|excluding|but)\b)[^()]{2,80}\)(?=[ ,.;])", claim)
    return claim[: match.start()] + claim[match.end() :] if match else None


_INTRODUCED = re.compile(
    r"^(?:In conclusion|In addition|In summary|Furthermore|Moreover|Additionally|However|Interestingly|Importantly|"
    r"Of note|Notably|Finally|Similarly|Also|Nevertheless|In contrast|Conversely|Overall|Conclusions?|Results|"
    r"Findings|Methods),? ?(?:[:,] |(?<=,) )"
    r"|^(?:The |Our |These )?(?:results|findings|analysis|data|analyses) (?:showed|revealed|demonstrated|show|"
    r"demonstrate) that "
    r"|^(?:We|It was|The authors) (?:found|observed|showed|concluded) that "
)


def without_introduction(claim: str, paper: Paper) -> str | None:
    """The sentence without "In conclusion," or "The results showed that"."""
    match = _INTRODUCED.match(claim)
    rest = claim[match.end() :] if match else ""
    return raised(rest) if len(rest.split()) > 4 else None


_PLANNED = re.compile(
    r"\b(?:is|are) to\b|\bwill\b|\b(?:aim|plan|design|conclu|recommend|should|protocol)\w*", re.IGNORECASE
)


def introduced(words: str) -> Control:
    """A control that puts an introduction in front of a claim."""

    def control(claim: str, paper: Paper) -> str | None:
        if (
            _INTRODUCED.match(claim)
            or lowered(claim) == claim
            or claim.startswith(("This", "It ", "There", "These", "We "))
        ):
            return None
        if "found" in words and _PLANNED.search(claim):
            return None
        return f"{words}{lowered(claim)}"

    return control


def joined(claim: str, paper: Paper) -> str | None:
    """Two sentences that follow one another, joined by "and"."""
    if claim not in paper.told:
        return None
    place = paper.told.index(claim)
    following = paper.told[place + 1 : place + 2]
    if (
        not following
        or lowered(following[0]) == following[0]
        or re.match(r"(?:This|These|It|They|However|In|The (?:former|latter))\b", following[0])
    ):
        return None
    both = f"{claim.removesuffix('.')}, and {lowered(following[0])}"
    return both if len(both) < 380 and claim.endswith(".") else None


def main_clause(claim: str, paper: Paper) -> str | None:
    """The sentence up to ", whereas", ", but", ", although", "; " or ", which", where what is left can stand alone."""
    match = re.search(r"(?:, (?:whereas|while|but|although|which|with no|suggesting|indicating)\b|;) ", claim)
    if match is None:
        return None
    first = claim[: match.start()]
    if re.match(r"(?:While|Although|Whereas|Despite|If|When|Not only)\b", first) or first.count("(") != first.count(
        ")"
    ):
        return None
    if first.count("[") != first.count("]"):
        return None
    verb = re.search(
        r"\b(?:was|were|is|are|had|did|showed|found|improved|increased|decreased|reduced|fell|rose|received|"
        r"differed|occurred)\b",
        first,
    )
    return f"{first}." if verb and len(first.split()) > 5 else None


_VERBS = (
    "reduced|increased|improved|decreased|lowered|inhibited|attenuated|enhanced|prevented|blocked|suppressed|abolished"
)
_ACTIVE = re.compile(
    rf"(?P<who>(?:[A-Z][\w-]*)(?: [\w-]+){{0,4}}?) (?P<how>significantly )?(?P<verb>{_VERBS}) (?P<what>(?:the |"
    rf"plasma |serum |mean )?[a-z][\w-]*(?: [\w-]+){{0,4}}?)"
    r"(?P<rest>(?: (?:in|compared with|compared to|after|by \d) [^,;:]{3,100})?)\."
)
_PASSIVE = re.compile(
    rf"(?P<what>[A-Z][\w-]*(?: [\w-]+){{0,6}}) (?P<be>was|were) (?P<how>significantly )?(?P<verb>{_VERBS}) by "
    rf"(?P<who>[a-zA-Z][\w-]*(?: (?!in\b|but\b|and\b|at\b)[\w-]+){{0,3}})(?P<rest>(?: in [^,;:]{{3,60}})?)\."
)


def passive(claim: str, paper: Paper) -> str | None:
    """ "Naltrexone reduced pain." as "Pain was reduced by naltrexone."."""
    match = _ACTIVE.fullmatch(claim)
    if match is None or re.search(
        r"\b(?:was|were|had|has|have|of|and|that|which|who|by|in|not|we|it|they|also|with|been|or|after|from|to|"
        r"for|during|more|but|without|\w+ly)\b",
        f"{match['who']} {match['what']}",
        re.IGNORECASE,
    ):
        return None
    what = match["what"]
    if match["verb"] in ("increased", "improved", "decreased") and not what.startswith("the "):
        return None
    be = "were" if what.endswith("s") and not what.endswith(("ss", "sis", "us")) else "was"
    how = match["how"] or ""
    return f"{raised(what)} {be} {how}{match['verb']} by {lowered(match['who'])}{match['rest']}."


def active(claim: str, paper: Paper) -> str | None:
    """ "Pain was reduced by naltrexone." as "Naltrexone reduced pain."."""
    match = _PASSIVE.fullmatch(claim)
    if match is None or re.search(
        r"\b(?:about|approximately|up|more|less|one|two|half|nearly|over|at|a)\b", match["who"]
    ):
        return None
    if re.search(r"\b(?:not|also|only|who|that|which|and|but)\b", claim):
        return None
    return f"{raised(match['who'])} {match['how'] or ''}{match['verb']} {lowered(match['what'])}{match['rest']}."


_NO_DIFFERENCE = re.compile(
    r"(?:There (?:was|were)|We found|We observed) no (?P<how>statistically significant |"
    r"significant )?differences? in (?P<what>[^,;:()]{3,70}?) between "
    r"(?P<groups>(?:the )?[\w-]+(?: [\w-]+){0,3} and (?:the )?[\w-]+(?: [\w-]+){0,3}|(?:the )?(?:two |"
    r"both )?(?:groups|arms|treatments))(?P<end>(?: \([^()]*\))?)\."
)


def did_not_differ(claim: str, paper: Paper) -> str | None:
    """ "There was no significant difference in O between A and B." as "A and B did not differ significantly in O."."""
    match = _NO_DIFFERENCE.fullmatch(claim)
    if match is None:
        return None
    groups = raised(match["groups"])
    how = "significantly " if match["how"] else ""
    return f"{groups} did not differ {how}in {match['what']}{match['end']}."


CLAUSES: dict[str, Control] = {
    "group last": group_last,
    "group first": group_first,
    "no parenthesis": without_parenthesis,
    "no introduction": without_introduction,
    "in this study": introduced("In this study, "),
    "researchers found": introduced("Researchers found that "),
    "according to": introduced("According to the authors, "),
    "joined": joined,
    "main clause": main_clause,
    "passive": passive,
    "active": active,
    "groups did not differ": did_not_differ,
}
