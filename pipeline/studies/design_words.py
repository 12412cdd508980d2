"""The words by which a paper shows its design and whom it studied: one alternative a line, matched on normal form."""

from __future__ import annotations

import re
from typing import NamedTuple

from pipeline.models.studies import Design
from pipeline.text import any_of


class Cue(NamedTuple):
    """Words that show a design. A `title` cue counts in the title only."""

    design: Design
    words: re.Pattern[str]
    title: bool = False


PUBLICATION_TYPES = (
    ("Retraction of Publication", Design.NOTICE),
    ("Retraction Notice", Design.NOTICE),
    ("Published Erratum", Design.NOTICE),
    ("Expression of Concern", Design.NOTICE),
    ("Clinical Trial Protocol", Design.PROTOCOL),
    ("Comment", Design.COMMENT),
    ("Editorial", Design.COMMENT),
    ("News", Design.COMMENT),
    ("Meta-Analysis", Design.META_ANALYSIS),
    ("Network Meta-Analysis", Design.META_ANALYSIS),
    ("Systematic Review", Design.SYSTEMATIC_REVIEW),
    ("Review", Design.REVIEW),
    ("Scoping Review", Design.REVIEW),
    ("Case Reports", Design.CASE_REPORT),
    ("Randomized Controlled Trial", Design.RANDOMISED),
    ("Pragmatic Clinical Trial", Design.RANDOMISED),
    ("Equivalence Trial", Design.RANDOMISED),
    ("Controlled Clinical Trial", Design.CONTROLLED),
    ("Randomized Controlled Trial, Veterinary", Design.ANIMAL),
    ("Clinical Trial, Veterinary", Design.ANIMAL),
    ("Observational Study", Design.COHORT),
)

_DID = r"\b(?:this|present|performed|conducted|did|undertook|carried out|updated)\b[^.]{0,60}"

# What kind of paper it is: asked first and in this order, because a review talks about trials without being one.
PAPER_CUES = (
    Cue(
        Design.NOTICE,
        any_of(
            r"^(?:author |publisher )?(?:corrections?|corrigend(?:um|a)|errat(?:um|a))\b",
            r"^(?:retraction(?! of)|expression of concern)\b",
            r"\b(?:corrigendum|erratum|retraction notice)\.?$",
            r"^retract(?:ion|ed) (?:note|notice)\b",
        ),
        title=True,
    ),
    Cue(
        Design.COMMENT,
        any_of(r"^(?:re:|reply to|response to|comment on|letter to|in reply|author's reply)", r"\bcomment on\b"),
        title=True,
    ),
    Cue(Design.COMMENT, any_of(r"\bthis (?:published )?(?:comment|reply|editorial|commentary)\b")),
    Cue(
        Design.PROTOCOL,
        any_of(
            r"\bprotocol (?:for|of)\b",
            r"\bprotocol\s*\.?$",
            r"\b(?:study|trial) protocol\b",
            r"\bstudy design and rationale\b",
        ),
        title=True,
    ),
    Cue(
        Design.PROTOCOL,
        any_of(
            r"\bthis (?:is a |paper is a |document is a )?(?:study |trial )?protocol\b", r"\bwill be randomi[sz]ed\b"
        ),
    ),
    Cue(
        Design.IN_VITRO,
        any_of(r"\bth(?:is|e) (?:in vitro|ex vivo|cell|laboratory) [^.,;]{0,50}\b(?:study|work|experiment)"),
    ),
    Cue(
        Design.CASE_SERIES,
        any_of(r"\bcase series\b", r"\b(?:two|three|four|five|\d) case (?:reports|studies)\b"),
        title=True,
    ),
    Cue(Design.CASE_REPORT, any_of(r"\bcase (?:reports?|study)\b", r"\breport of (?:a|one) case\b"), title=True),
    Cue(Design.META_ANALYSIS, any_of(r"\bmeta-?analys[ie]s\b"), title=True),
    Cue(Design.META_ANALYSIS, any_of(_DID + r"\bmeta-?analys[ie]s\b")),
    Cue(Design.REVIEW, any_of(r"\b(?:scoping|narrative|mini-?|umbrella|critical) ?review\b"), title=True),
    Cue(Design.SYSTEMATIC_REVIEW, any_of(r"\bsystematic(?:ally)? (?:literature )?review(?!er)"), title=True),
    Cue(
        Design.REVIEW, any_of(r"\bthis\b[^.]{0,40}\b(?:scoping|narrative|mini-?|critical|literature|patent) ?review\b")
    ),
    Cue(Design.SYSTEMATIC_REVIEW, any_of(_DID + r"\bsystematic(?: literature)? review\b")),
    Cue(
        Design.REVIEW,
        any_of(
            r"(?<!chart )(?<!record )(?<!records )(?<!case )\breview\b(?! of (?:records|charts|patients|\d+ cases))",
        ),
        title=True,
    ),
    Cue(
        Design.REVIEW,
        any_of(
            r"\bthis (?:article|paper|chapter) (?:briefly )?reviews\b(?! (?:the )?(?:charts|records))",
            r"\bwe (?:\w+ ){0,2}(?:review|summari[sz]e|discuss|highlight)\b(?! (?:the|our) (?:charts|records|results))",
            r"\b(?:paper|article|chapter|manuscript) (?:\w+ ){0,2}(?:reviews|summari[sz]es|discusses|outlines)\b",
            r"\b(?:paper|article|chapter|manuscript) (?:aims|seeks|is) to (?:review|summari[sz]e|discuss|outline)\b",
            r"\b(?:a|the|present|current) (?:\w+ )?review (?:is presented|aims|focuses|highlights|describes)\b",
            r"\b(?:a|the|present|current) (?:\w+ )?review (?:summari[sz]es|discusses)\b",
            r"\b(?:in the|the|our) (?:present|current) review\b",
            r"\b(?:brief )?overview of (?:recent|current|the)\b",
            r"\bin this (?:article|paper|review)[^.]{0,30}\breview\b",
            r"\b(?:is|was) an? (?:\w+ )?review of\b",
            r"\bthis (?:short |brief |updated )?review\b(?! of (?:low|the|their|our|\d))",
        ),
    ),
)

UNCONTROLLED = any_of(
    r"\b(?:no|without an?|without|lacked an?) (?:\w+ )?(?:placebo|control|comparison)(?: group| arm| condition)\b",
    r"\b(?:no|without an?|without) (?:parallel |concurrent )?(?:placebo|control|comparator)\b(?! \w*difference)",
    r"\b(?:single|one)[- ]arm(?:ed)?\b",
    r"\buncontrolled,? (?:[\w-]+,? ){0,3}(?:study|trial|pilot|cohort|series|design|pre-?post|report|review)\b",
    r"\b(?:open|open-label|prospective|interventional)(?:,| and) uncontrolled\b",
    r"\b(?:was|were|is) (?:an? )?uncontrolled\b",
)
# Words that take a randomised or controlled design away, whatever the tag says.
WEAKENERS = (
    Cue(Design.SINGLE_ARM, UNCONTROLLED),
    Cue(Design.SINGLE_ARM, any_of(r"\bup-and-down\b")),
    Cue(
        Design.CONTROLLED,
        any_of(r"\b(?:not|non)[- ]?(?:an? )?randomi[sz]ed\b", r"\bfixed[- ]order\b", r"\bquasi-?randomi[sz]ed\b"),
    ),
)

RANDOMISED = any_of(
    r"(?<!not )(?<!non-)(?<!non )\brandomi[sz](?:ed|ation|ing)\b(?! (?:[\w-]+ ){0,2}(?:trials|studies)\b)",
    r"\brandomly (?:assigned|allocated|divided|received|distributed|grouped|split|given)\b",
    r"\brandom (?:assignment|allocation|order|sequence)\b",
)
# Sentences in which a randomised trial is somebody else's, or a wish.
NOT_THIS_STUDY = any_of(
    r"\bnot (?:an? )?(?:[\w-]+,? ){0,2}randomi[sz]ed\b",
    r"\b(?:previous|prior|earlier|future|further|larger?|more|additional|published|ongoing|lack of|few|no)\b"
    r"[^.;]{0,60}\brandomi[sz]ed\b",
    r"\brandomi[sz]ed\b[^.;]{0,60}\b(?:needed|warranted|required|necessary|lacking)\b",
    r"\bmendelian\b",
    r"\brandom[- ]effects?\b",
)

# What a study of people that is not randomised calls itself, the weakest designs first.
STUDY_CUES = (
    Cue(
        Design.CASE_SERIES,
        any_of(
            r"\b(?:two|three|four|five|six|\d) (?:[\w-]+ ){0,4}(?:cases|patients)\b[^.]{0,80}"
            r"\b(?:are|is) (?:reported|presented|described)\b",
            r"\bcase series\b",
            r"\bseries of (?:\w+ )?(?:cases|patients)\b",
            r"\b(?:case reports|report of \w+ cases)\b",
        ),
    ),
    Cue(
        Design.CASE_REPORT,
        any_of(
            r"\bcase report\b",
            r"\b(?:a|one|this|the) (?:[\w-]+ ){0,3}case (?:of|with|is|was|in which)\b",
            r"\b(?:a|the) patient (?:with|who|is|was|had)\b[^.]{0,80}\b(?:is|are) (?:reported|presented|described)\b",
            r"\bwe (?:\w+ )?(?:report|describe|present) (?:a|the|an|one) (?:[\w-]+ ){0,4}(?:case|patient)\b",
            r"\ban? \d+-(?:year|month|day)-old (?:[\w-]+ ){0,2}(?:man|woman|male|female|boy|girl|infant|patient)\b",
        ),
    ),
    Cue(Design.CASE_CONTROL, any_of(r"\bcase[- ]control(?:led)?\b")),
    Cue(
        Design.COHORT,
        any_of(
            r"\bcohort\b",
            r"\bretrospective(?:ly)?\b",
            r"\b(?:chart|records?) review\b",
            r"\bregist(?:er|ry)[- ]based\b",
            r"\bregist(?:er|ry) study\b",
            r"\bquasi-?experimental\b",
            r"\bobservational\b",
            r"\b(?:follow-up|longitudinal) study\b",
            r"\bprescription database\b",
        ),
    ),
    Cue(
        Design.CROSS_SECTIONAL,
        any_of(
            r"\bcross-?sectional\b",
            r"\b(?:questionnaire|online|postal|telephone|national|web-based) survey\b",
            r"\bprevalence (?:study|survey)\b",
        ),
    ),
    Cue(
        Design.SINGLE_ARM,
        any_of(
            r"\bopen[- ]label(?:led)?\b",
            r"\bopen (?:trial|study|pilot)\b",
            r"\bbefore[- ](?:and[- ])?after\b",
            r"\bpre-?post\b",
            r"\bphase (?:i|ii|1|2)a? (?:clinical )?(?:trial|study)\b",
            r"\bdose[- ](?:escalation|finding|ranging)\b",
            r"\bpilot (?:trial|study)\b",
        ),
    ),
)
CONTROLLED = any_of(
    r"\bplacebo[- ]controlled\b",
    r"\b(?:double|triple)[- ]?(?:blind|blinded|masked)\b",
    r"\b(?:placebo|control) (?:group|arm|period)\b",
    r"\b(?:than|and|weeks of) placebo\b",
    r"\bcontrolled (?:clinical )?(?:trial|study)\b",
    r"\bcompared (?:with|to) placebo\b",
)

ANIMALS = any_of(
    r"\b(rats?|mice|mouse|murine|rabbits?|dogs?|beagles?|piglets?|minipigs?|pigs?|monkeys?|macaques?|hamsters?)\b",
    r"\b(guinea pigs?|cats?|sheep|goats?|horses?|chickens?|chicks?|zebrafish|gerbils?|ferrets?|cows?|calves)\b",
)
PEOPLE = any_of(
    r"\b(?:patients?|participants?|volunteers?|wom[ae]n|m[ae]n|adults?|children|adolescents?|infants?|neonates?)\b",
    r"\b(?:people|persons?|individuals?|outpatients?|inpatients?|veterans?|boys?|girls?|smokers|drinkers|charts?)\b",
)
CELLS = any_of(
    r"\b(?:in vitro|ex vivo|cell lines?|cell cultures?|cultured|tissue culture|explants?|fibroblasts?|transfected)\b",
    r"\bisolated (?:\w+ ){0,2}(?:aortas?|cells?|muscles?|rings?)\b",
    r"\b(?:reporter cells?|organotypic|slices?|microglia|patch-?clamp|HEK ?293\w*|HUVECs?)\b",
)
ANIMALS_TREATED = any_of(
    r"\bin (?:vivo|rats|mice|rabbits|dogs)\b",
    r"\b(?:intraperitoneal|intragastric|drinking water|injected)\b",
)
ANIMAL_TAGS = frozenset({"Animals", "Rats", "Mice", "Rabbits", "Dogs", "Swine"})
PLURALS = {
    "rat": "rats",
    "mouse": "mice",
    "murine": "mice",
    "rabbit": "rabbits",
    "dog": "dogs",
    "beagle": "beagles",
    "pig": "pigs",
    "chick": "chicks",
    "monkey": "monkeys",
    "hamster": "hamsters",
    "guinea pig": "guinea pigs",
}
