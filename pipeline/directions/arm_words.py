"""How abstracts name arms: general words, group labels, and what stands beside a name."""

from __future__ import annotations

import re

from pipeline.directions.words import stems

INTERVENTION_WORDS = stems("intervention treatment treated experimental active verum study trained".split())
COMPARATOR_WORDS = stems("control controls comparator comparison untreated".split())
# These name the comparator only where its description holds no word that the abstract uses; else they are a third arm.
INACTIVE_WORDS = stems("placebo usual sham conventional standard vehicle saline routine waitlist".split())
NEEDS_CARE = stems("usual conventional standard routine".split())
CARE_NEXT = re.compile(
    r"\s+(?:\w+\s+)?(?:care|treatment|therapy|management|practice|medication|diet|groups?|arms?)\b", re.IGNORECASE
)
SPREAD_NEXT = re.compile(r"\s+(?:deviation|error)s?\b", re.IGNORECASE)
CONTROL_WORDS = COMPARATOR_WORDS | INACTIVE_WORDS
NOTHING = re.compile(r"\b(?:no|not|without|none|alone|only|baseline|habitual|before)\b", re.IGNORECASE)
CONTROL_GROUP = re.compile(
    r"\b(?:control|placebo)s?(?: groups?| arms?| condition)?\b(?:\s*\((?P<defined>[^()]*)\))?", re.IGNORECASE
)
REFERENCE = re.compile(r"\b(?:than|compared|versus|vs)\b", re.IGNORECASE)
# Words of everyday use: they name an arm only before "group", "patients" and the like.
NEEDS_A_GROUP = (INTERVENTION_WORDS | COMPARATOR_WORDS) - stems(["intervention", "untreated"])
ALONE = frozenset({"alone", "only", "monotherapy"})
ADDED = re.compile(r"\+|\b(?:plus|combin\w+|added|addition|adjunct\w*|together|followed|and|with)\b", re.IGNORECASE)
NOT_AN_ARM = stems(
    """
    group arm patient subject participant received receive mg kg ml mcg ug iu gy min hour day week month year daily
    once twice thrice dose oral orally intravenous intravenously iv im sc bid times women men children adults cohort
    condition program programme randomized randomised assigned allocated given single session sessions based including
    included consisting prior total ratio people individuals cases case trial period phase level administered
    administration therapy treatment before after during until following
    """.split()
)
ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4", "v": "5"}
_ONE = r"(?:[1-6]|I{1,3}|IV|[A-Z])(?![\w-])"
_AND = r"\s*(?:,|and|or|&|versus|vs\.?|than|/)+\s*(?:group\s+)?"
LABEL_AFTER = re.compile(rf"\b(?:[Gg]roups?|[Aa]rms?|GROUPS?|[Cc]ohorts?)\s+({_ONE}(?:{_AND}{_ONE})*)")
LABEL_BEFORE = re.compile(
    r"(?:^|[(,;]\s*|\b(?:the|in|of|and|than|to|between|with|or|vs\.?|for|by)\s)([A-Z])[- ](?:groups?|arm)\b"
)
ONE_LABEL = re.compile(_ONE)
LETTER_FOR_ARM = re.compile(r"\(\s*([A-Z])\s*\)|\(\s*([A-Z])\s*=|^\s*([A-Z])\s*=|\b([A-Z])[- ]group\b")
_PEOPLE = (
    r"(?:groups?|arms?|patients|participants|subjects|recipients|treated|rats|mice|animals|women|men|children|controls"
    r"|condition|trial|strategy|technique|method|approach)"
)
GROUP_NEXT = re.compile(
    rf"^(?:[\s+/-]+(?!(?:in|of|for|and|than|with|to|between|among|was|were|vs|versus|had|on)\b)\w+){{0,2}}[\s-]+{_PEOPLE}\b",
    re.IGNORECASE,
)
RECEIVED = re.compile(
    r"\b(?:receiv\w+|given|taking|took|treated with|assigned to|randomi[sz]ed to) (?:the )?$", re.IGNORECASE
)
ADDED_HERE = re.compile(r"\s*(?:\+|/|plus|combin\w+|with)\s*", re.IGNORECASE)
GROUP_NAME = re.compile(
    r"\b(?:([A-Z][A-Z0-9]{1,6})[- ](?:groups?|arms?|participants|patients|subjects)|([^\W\d_]{3,})[- ](?:group|arm))\b"
)
NO_NAME = stems(
    """
    the two three four both each same all other between either entire every study age patient this that which per and
    or within any first second third whole risk subgroup one in of blood peer support focus multi single double parallel
    treated untreated respective another latter former only no a an comparison reference for trial intention
    """.split()
)
# Between two words of one arm; anything else there makes them two mentions.
JOINED = re.compile(r"(?!.*\b(?:and|or)\b)[^;:,.\d]{0,14}")
