"""The words around a number that say what it is: comparisons, intervals and spreads, p-values, sizes, ages, changes.

All functions work on the normal form of `pipeline.text`.
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

Operator = Literal["=", "<", ">", "<=", ">=", "~"]


class Statistic(NamedTuple):
    """The name of an interval ("95% CI", "IQR") or of a spread ("SD", "SE"), and where it stands."""

    name: str
    start: int
    end: int

    @property
    def is_spread(self) -> bool:
        """True for a spread, which is one number; an interval is two."""
        return self.name in ("SD", "SE")


_STATISTIC = re.compile(
    r"(?<![\w.])(?:(?:(?P<level>[1-9][0-9](?:\.[0-9]+)?) ?%[ -]?)?(?:two-sided |bootstrap(?:ped)? |Bayesian )?"
    r"(?:(?P<cri>CrIs?|[Cc]redib(?:le|ility) [Ii]ntervals?)|(?:CIs?|C\.I\.|[Cc]onfidence (?:[Ii]nterval|[Ll]imit)s?))"
    r"(?: ?[(\[](?:[0-9]{2} ?%[ -]?)?(?:CIs?|CrIs?|C\.I\.)[)\]])?(?(level)|(?:[ ,]?(?P<after>80|90|9[589]) ?%)?)"
    r"|(?P<iqr>[Ii]nter-?quartile [Rr]anges?(?: ?[(\[]IQR[)\]])?|IQRs?)"
    r"|(?P<sd>SDs?|sd|S\.D\.|s\.d\.|[Ss]tandard [Dd]eviations?(?: ?[(\[]SD[)\]])?)"
    r"|(?P<se>SEMs?|SEs?|S\.E\.(?:M\.)?|s\.e\.(?:m\.)?"
    r"|[Ss]tandard [Ee]rrors?(?: of (?:the )?mean)?(?: ?[(\[]SEM?[)\]])?))"
    r"(?![A-Za-z])"
)
_TO_NUMBER = re.compile(
    r"[ )\]]*(?:[ ,;:=(\[]|(?:of|was|were|is|for|the|between|from|ranged|ranging|difference)(?= )|\+/-|[+])*"
)

_LESS = r"(?:less|lower|fewer|smaller|shorter|younger)"
_MORE = r"(?:more|greater|higher|larger|longer|older)"
# Tried in this order; the first that ends at the number holds. "over" before a time mostly means "during".
_BEFORE: tuple[tuple[Operator, str, str], ...] = (
    (">=", ">=|=>|>/=|> ?or ?=", rf"{_MORE} than or equal to|equal to or {_MORE} than|at least|n(?:o|ot) {_LESS} than"),
    ("<=", "<=|=<|</=|< ?or ?=", rf"{_LESS} than or equal to|equal to or {_LESS} than|at most|n(?:o|ot) {_MORE} than"),
    ("<=", "(?!)", r"up to(?: about)?|max(?:\.|imum)?(?: of)?"),
    (">=", "(?!)", r"a minimum of"),
    (">", ">", rf"{_MORE} than|exceeding|exceeds?|exceeded|above|beyond|in excess of"),
    ("<", "<", rf"{_LESS} than|below"),
    (
        "~",
        "[~≈∼≅≃]",
        r"about|approximately|approx\.?|around|roughly|nearly|almost|circa|ca\.|an approximate|an estimated",
    ),
    ("=", "=", "(?!)"),
)
_OPERATORS = re.compile(
    "(?:"
    + "|".join(f"(?P<o{i}>{signs}|(?<![A-Za-z])(?:{words}))" for i, (_, signs, words) in enumerate(_BEFORE))
    + r")(?: a| an)? ?[(\[]?$",
    re.IGNORECASE,
)
_OVER = re.compile(r"(?<![A-Za-z])(?P<o>over|under) $", re.IGNORECASE)
_OVER_AGE = re.compile(r"(?<![A-Za-z])(?P<o>over|above|under|below) the age of $", re.IGNORECASE)
_OF_AGE = r" ?(?:years?|yrs?|y)?(?: of age| old)?,? ?(?:or|and) "
_OR_MORE = re.compile(rf"\+(?= |\)|,|$|-year)|{_OF_AGE}(?:more|greater|higher|above|over|older|longer)\b")
_OR_LESS = re.compile(rf"{_OF_AGE}(?:less|fewer|lower|below|under|younger|shorter)\b")

# People, animals, and the other things a study counts. A number before one of them is a count.
_COUNTED_NOUNS = (
    r"patients?|women|woman|men|man|people|persons?|participants?|subjects?|adults?|children|child|infants?|neonates?"
    r"|newborns?|toddlers?|boys?|girls?|males?|females?|adolescents?|teenagers?|students?|volunteers?|individuals?"
    r"|residents?|recipients?|respondents?|users?|smokers?|veterans?|mothers?|families|households?|caregivers?|nurses?"
    r"|clinicians?|physicians?|pharmacists?|workers?|athletes?|cases?|controls?|outpatients?|inpatients?|survivors?"
    r"|responders?|completers?|addicts?|eyes?|teeth|limbs?|knees?|hips?|donors?|deaths?|births?|pregnancies"
    r"|mice|mouse|rats?|rabbits?|dogs?|cats?|pigs?|monkeys?|animals?|sheep|hamsters?|trials?|studies|RCTs?|articles?"
    r"|papers?|records?|reports?|reviews?|cohorts?|centers?|centres?|sites?|hospitals?|clinics?|practices?|schools?"
    r"|pharmacies|countries|prescriptions?|fills?|samples?|specimens?|biopsies|tumou?rs?|lesions?|events?|episodes?"
    r"|visits?|infusions?|injections?|sessions?|publications?|citations?|references?|items?|genes?|variants?|isolates?"
)
_NO_ADJECTIVES = (
    r"of|in|on|at|to|and|or|for|with|from|by|was|were|is|are|be|been|had|has|have|the|an?|than|as|per|after|before"
    r"|versus|vs|compared|that|who|whom|which|when|while|between|among|during|out|both|received|completed|showed|did"
    r"|may|within|without|all|these|those|this|respectively|experienced|reported|each|every|if|but|because|over|under"
)
COUNTED = re.compile(
    rf"(?:[ ](?!(?:{_NO_ADJECTIVES})\b)[A-Za-z][\w'/-]*){{0,4}}?[ ](?:{_COUNTED_NOUNS})(?![\w-])", re.IGNORECASE
)
COUNTED_NEXT = re.compile(rf" (?:{_COUNTED_NOUNS})(?!\w)", re.IGNORECASE)

P_VALUE = re.compile(
    r"(?<![A-Za-z])[Pp](?:'?s)?(?:[ -]?[Vv]alues?)?"
    r"(?:[ _-]?(?:for |of |adj|trend|FDR|interaction|corr|raw)[\w -]{0,40})?"
    r"(?: ?[(\[][\w -]{1,24}[)\]])?(?:,| of| was| were| is|:)? ?$"
)
P_BARE = re.compile(r"(?<![A-Za-z])[Pp](?:[ -]?values?(?: of| was| were|:)?)? $")
P_AFTER = re.compile(r" ?(?:>=|>|<=|<) ?[Pp](?:[ -]value)?(?= ?[<>])")
SIZE = re.compile(r"(?<![A-Za-z0-9])[nN](?:'?s)?[:,]? ?$")
AGE_BEFORE = re.compile(
    r"\bage[sd]?\b(?:[ ,:=(\[]|of|was|were|is|between|from|rang(?:ed?|ing)|groups?|median|mean|years?|yrs|at least"
    r"|SD|IQR|\+/-|about|the|(?:the |all )?(?:patients|participants|subjects|men|women|children|group|sample)\b)*$",
    re.IGNORECASE,
)
AGE_AFTER = re.compile(
    r"(?: |-)?(?:years?|yrs?|y|months?|weeks?|days?)?(?:[ -]olds?\b| of age\b|,? (?:and|or) (?:older|younger)\b)",
    re.IGNORECASE,
)
PERSON_BEFORE = re.compile(
    r"\b(?:patients|participants|subjects|men|women|children|adolescents|adults|volunteers|males?|females?)[ ,(]{1,2}$"
)
CHANGED = re.compile(
    r"(?:increas|decreas|reduc|improv|declin|ris|rose|fell|fall|drop|chang|went|grew|lower|rais|titrat|escalat|shift"
    r"|progress|advanc)\w*[^;.]{0,80}\bfrom $",
    re.IGNORECASE,
)


def statistics(text: str) -> list[Statistic]:
    """The names of intervals and spreads in `text`, in order."""
    found = []
    for match in _STATISTIC.finditer(text):
        level = match["level"] or match["after"]
        kind = (
            "CrI" if match["cri"] else "IQR" if match["iqr"] else "SD" if match["sd"] else "SE" if match["se"] else "CI"
        )
        found.append(Statistic(f"{level}% {kind}" if level else kind, match.start(), match.end()))
    return found


def leads_to(text: str, statistic: Statistic, place: int) -> bool:
    """True where nothing but connecting words stands between the name of a statistic and the number at `place`."""
    header = text[statistic.start - 1 : statistic.start] in ("(", "[") and text[statistic.end : statistic.end + 1] in (
        ")",
        "]",
    )
    return not header and place - statistic.end <= 40 and _TO_NUMBER.fullmatch(text, statistic.end, place) is not None


def operator_before(text: str, *, during: bool) -> tuple[Operator, int]:
    """The comparison at the end of `text` and where it begins; "=" and the end of `text` where there is none.

    `during` is true before a duration or a small number, where "over 12 weeks", "over two visits" compare nothing.
    """
    if match := _OPERATORS.search(text):
        place = next(i for i in range(len(_BEFORE)) if match[f"o{i}"] is not None)
        return _BEFORE[place][0], match.start()
    if match := _OVER_AGE.search(text) or (None if during else _OVER.search(text)):
        return (">" if match["o"].lower() in ("over", "above") else "<"), match.start()
    return "=", len(text)


def operator_after(text: str, place: int) -> tuple[Operator, int]:
    """The comparison after a number ("65+", "18 years or older") and where it ends; "=" and `place` for none."""
    if match := _OR_MORE.match(text, place):
        return ">=", match.end()
    if match := _OR_LESS.match(text, place):
        return "<=", match.end()
    return "=", place
