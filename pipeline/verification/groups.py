"""The words for whom a study studied, and how: one alternative a line."""

from __future__ import annotations

import re
from typing import NamedTuple

from pipeline.text import any_of

ANIMALS = any_of(
    r"\b(?:rats?|mice|mouse|murine|rabbits?|dogs?|canine|beagles?|cats?|feline|pigs?|piglets?|porcine|swine)\b",
    r"\b(?:guinea pigs?|hamsters?|gerbils?|monkeys?|macaques?|primates?|sheep|ovine|goats?|horses?|equine|zebrafish)\b",
    r"\b(?:chickens?|rodents?|cows?|cattle|bovine|calves|ferrets?|frogs?|drosophila|wistar|sprague-?dawley|c57bl\S*)\b",
    r"\b(?:balb\S*|animals?)\b",
)
PEOPLE = any_of(
    r"\b(?:patients?|participants?|volunteers?|people|persons?|humans?|wom[ae]n|men|man|adults?|child(?:ren)?|infants?)\b",
    r"\b(?:adolescents?|neonates?|newborns?|boys?|girls?|outpatients?|inpatients?|veterans?|students?|mothers?)\b",
    r"\b(?:smokers?|drinkers?|athletes?|nurses?|residents?|toddlers?|elderly|pregnant|males?|females?|individuals)\b",
)
_SOMEBODY = r"(?:volunteers?|subjects?|people|participants?|men|women|adults?|individuals|controls?)"
# Groups of people by what excludes what: a claim on one row's people is no claim on the other's.
POPULATIONS: tuple[tuple[str, str, re.Pattern[str]], ...] = (
    ("age", "children", any_of(r"\b(?:child(?:ren)?|p(?:a)?ediatric|boys|girls|toddlers?|schoolchildren|juvenile)\b")),
    ("age", "infants", any_of(r"\b(?:infants?|neonat\w+|newborns?|preterm|bab(?:y|ies))\b")),
    ("age", "adolescents", any_of(r"\b(?:adolescents?|teenagers?|teens|adolescence)\b")),
    ("age", "adults", any_of(r"\badults?\b(?! (?:rats?|mice|male rats|dogs))")),
    (
        "age",
        "older people",
        any_of(
            r"\b(?:elderly|geriatric|seniors|aged patients)\b",
            r"\bolder (?:adults|people|patients|persons|men|women)\b",
        ),
    ),
    ("sex", "women", any_of(r"\b(?:wom[ae]n|females?|girls|mothers|postmenopausal|pregnant)\b")),
    ("sex", "men", any_of(r"\b(?:men|man|males?|boys|fathers)\b")),
    ("health", "healthy people", any_of(rf"\bhealthy (?:[\w-]+ ){{0,2}}{_SOMEBODY}\b")),
)


class DesignWords(NamedTuple):
    """How a claim names a design, and the words by which a source states it or denies it.

    `computed` designs may be inferred from what a source does not say, so their absence there proves nothing.
    """

    named: re.Pattern[str]
    stated: re.Pattern[str]
    denied: re.Pattern[str]
    computed: bool = False


_BLIND = r"(?:blind|mask)\w*"
_SITES = r"(?:cent(?:re|er)s|sites|hospitals|clinics|countries)"
_RANDOMISED = r"(?<!non-)(?<!not )(?<!non)\brandomi[sz]"
DESIGNS: tuple[DesignWords, ...] = (
    DesignWords(
        any_of(rf"{_RANDOMISED}ed\b(?! to\b)", r"\bRCTs?\b"),
        any_of(rf"{_RANDOMISED}\w*\b", r"\brandom(?:ly)?\b", r"\bRCTs?\b"),
        any_of(
            r"\b(?:non-?|not )randomi[sz]ed\b|\buncontrolled\b|\bsingle[- ]arm\b|\bcase (?:reports?|series)\b",
            r"\bcohort\b|\bobservational\b|\bretrospective(?:ly)?\b|\bcross-sectional\b|\bcase-control\b",
            r"\bbefore-and-after\b|\bsurvey\b",
        ),
    ),
    DesignWords(
        any_of(rf"\b(?:double|triple)[- ]?{_BLIND}"),
        any_of(rf"\b(?:double|triple)[- ]?{_BLIND}"),
        any_of(rf"\bopen[- ]label\w*\b|\bunblinded\b|\bsingle[- ]?{_BLIND}|\bopen\b"),
    ),
    DesignWords(
        any_of(rf"\bsingle[- ]?{_BLIND}"),
        any_of(rf"\bsingle[- ]?{_BLIND}"),
        any_of(rf"\bopen[- ]label\w*\b|\b(?:double|triple)[- ]?{_BLIND}"),
    ),
    DesignWords(
        any_of(r"\bopen[- ]label\w*"),
        any_of(r"\bopen[- ]?(?:label\w*)?\b(?=[ ,-]|$)"),
        any_of(rf"\b(?:double|triple|single)[- ]?{_BLIND}"),
    ),
    DesignWords(
        any_of(r"\bplacebo[- ]controlled\b"),
        any_of(r"\bplacebo\b"),
        any_of(r"\b(?:no|without(?: a)?) placebo\b|\buncontrolled\b|\bsingle[- ]arm\b"),
    ),
    DesignWords(any_of(r"\bcross-?over\b"), any_of(r"\bcross-?\s?over\b"), any_of(r"\bparallel(?:[- ]group)?\b")),
    DesignWords(
        any_of(r"\bmeta-?analys[ie]s\b"),
        any_of(r"\bmeta-?analy[sz]\w*|\bpooled\b|\bcochrane\b"),
        any_of(r"\b(?:narrative review|case report|single trial)\b"),
    ),
    DesignWords(
        any_of(r"\bsystematic(?: literature)? reviews?\b"),
        any_of(r"\bsystematic(?:ally)?(?: literature)? (?:review|search)\w*|\bmeta-?analy[sz]\w*"),
        any_of(r"\bnarrative review\b"),
    ),
    DesignWords(
        any_of(r"\bcohort (?:study|analysis)\b"),
        any_of(r"\bcohorts?\b|\bfollow(?:ed)?[- ]?up\b|\bprospective|\blongitudinal|\bretrospective"),
        any_of(r"\bcross-sectional\b|\bcase reports?\b|\brandomi[sz]ed\b"),
        computed=True,
    ),
    DesignWords(
        any_of(r"\bprospective(?:ly)?\b"),
        any_of(r"\bprospective(?:ly)?\b|\brandomi[sz]ed\b|\bcrossover\b"),
        any_of(r"\bretrospective(?:ly)?\b|\bchart review\b"),
        computed=True,
    ),
    DesignWords(
        any_of(r"\bretrospective(?:ly)?\b"),
        any_of(r"\bretrospective(?:ly)?\b|\b(?:chart|records?) review\w*"),
        any_of(r"\bprospective(?:ly)?\b|\brandomi[sz]ed\b"),
    ),
    DesignWords(
        any_of(r"\bmulti-?(?:cent(?:re|er)|site)\w*"),
        any_of(
            r"\bmulti-?(?:cent(?:re|er)|site|national|institution)\w*",
            rf"\b(?:\d+|two|three|four|five|six|seven|eight|nine|ten|several|many) (?:\w+ )?{_SITES}\b",
        ),
        any_of(r"\bsingle[- ](?:cent(?:re|er)|site|institution)\w*"),
    ),
    DesignWords(
        any_of(r"\bsingle[- ](?:cent(?:re|er)|site)\w*"),
        any_of(r"\bsingle[- ](?:cent(?:re|er)|site|institution)\w*|\bone (?:cent(?:re|er)|hospital|site)\b"),
        any_of(r"\bmulti-?(?:cent(?:re|er)|site)\w*"),
    ),
    DesignWords(
        any_of(r"\buncontrolled\b"),
        any_of(r"\buncontrolled\b|\bsingle[- ]arm\b|\b(?:no|without|lack\w*)(?: an?| of)? (?:\w+ )?control"),
        any_of(r"\brandomi[sz]ed\b(?=.{0,40}\bcontrolled)|\bcontrol group\b.{0,40}\b(?:n =|received|of \d)"),
        computed=True,
    ),
    DesignWords(
        any_of(r"\bobservational\b"),
        any_of(
            r"\bobservational\b|\bcohort\b|\bregist(?:er|ry)\b|\bsurvey|\bcross-sectional\b|\bcase-control\b",
            r"\b(?:chart|records?) review",
        ),
        any_of(r"\brandomi[sz]ed\b|\binterventional\b"),
        computed=True,
    ),
    DesignWords(
        any_of(r"\bcross-sectional\b"),
        any_of(r"\bcross-sectional\b|\bsurvey|\bquestionnaire|\bprevalence\b"),
        any_of(r"\brandomi[sz]ed\b|\blongitudinal\b|\bfollowed (?:up )?for\b"),
    ),
    DesignWords(
        any_of(r"\bcase[- ]control\b"),
        any_of(r"\bcase[- ]control\b|\bmatched controls?\b|\bcases and controls\b"),
        any_of(r"\brandomi[sz]ed\b|\bcohort\b"),
    ),
    DesignWords(
        any_of(r"\bcase (?:series|reports?)\b"),
        any_of(r"\bcase (?:series|reports?)\b|\b(?:a|one|two|three|the) (?:\w+ )?(?:case|patient)s?\b|\bwe report\b"),
        any_of(r"\brandomi[sz]ed\b|\bcohort\b"),
    ),
    DesignWords(
        any_of(r"\bphase (?:3|III)\b"),
        any_of(r"\bphase (?:2/)?(?:3|III)\b"),
        any_of(r"\bphase (?:1|I|2|II|4|IV)\b(?!I)"),
    ),
    DesignWords(
        any_of(r"\bpilot\b"),
        any_of(r"\bpilot\b|\bfeasibility\b|\bpreliminary\b|\bproof[- ]of[- ]concept\b|\bexploratory\b"),
        any_of(r"\bphase (?:3|III)\b|\blarge(?:-scale)?\b"),
    ),
)
