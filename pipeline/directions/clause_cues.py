"""What a clause compares: both arms, one arm with its start, points in time, or nothing; and how firmly it says so."""

from __future__ import annotations

import re

from pipeline.text import any_of

_ARMS = r"(?:groups?|arms?|treatments?|conditions|interventions|cohorts|regimens|products|drugs|diets|trials)"
TOGETHER = any_of(
    rf"\b(?:both|all|each|two|three|four|either|study|treatment)(?: of)?(?: the)?(?: \w+){{0,2}} {_ARMS}\b"
)
BETWEEN = any_of(rf"\b(?:between|among|across|inter)[- ](?:\w+[- ]){{0,4}}(?:{_ARMS}|them)\b")
WITHIN = any_of(
    r"\b(?:within|in) (?:the |each |either |both )?(?:\w+ )?(?:groups?|arms?)\b.*\b(?:over time|from)\b",
    r"\bwithin[- ](?:the )?(?:\w+ )?groups?\b|\bover time\b",
)
WITHIN_GROUPS = any_of(r"\bintra-?groups?\b|\bwithin[- ](?:the )?groups?\b")
AT_START = any_of(
    r"\bat baseline\b|\bat (?:the )?(?:start|beginning|entry)\b|\bprior to\b|\b(?:preoperative\w*|pre-?intervention)\b",
    r"(?<!post-)\bbaseline (?:[\w-]+ ){0,2}(?:characteristics|scores?|values?|levels?|data|measurements?)\b",
    r"\bbefore (?:the )?(?:intervention|treatment|education|training|surgery|study|induction)\b",
)
FROM_START = any_of(
    r"\b(?:from|than|versus|vs|with|to) (?:the )?(?:baseline|pre-?\w+|before|admission)\b|\bbefore and after\b",
    r"\bfrom\s+[-+]?[\d.]+.{0,25}?\bto\s+[-+]?[\d.]+",
)
TIME_POINT = any_of(
    r"\b(\d+(?:\.\d+)?)(?:st|nd|rd|th)?[\s-]*(h|hours?|d|days?|weeks?|wks?|months?|mo|years?|yrs?|min|minutes?)\b",
    r"\b(days?|weeks?|months?|years?|hours?)\s+(\d+(?:\.\d+)?)\b",
)
TREND = any_of(r"\b(?:trend\w*|tended|numerically|non-?significant\w*|borderline|(?:not|without) reach\w*)\b")
NONE = any_of(r"\b(?:no|none)\b")
SEEN = any_of(
    r"\b(?:observed|occurred|reported|noted|seen|found|detected|recorded|experienced|developed)\b",
    r"\bthere (?:were|was)\b",
)
# "The same effect was seen in ..." repeats what was said before, and tells of no difference.
SAME_AGAIN = any_of(r"\b(?:same|similar)\b[\w\s]{0,25}\b(?:effects?|trends?|patterns?|results?|findings?)\b")
# "Changes were greater" says little without the signs of the numbers.
CHANGE = any_of(r"\bchanges?\b")
CHANGE_WAS = any_of(r"\bchanges?\b[^;]*\b(?:was|were)\b")
SIGNED = re.compile(r"(?<![\w.)])([-+])\s?\d")
# An arm is compared with here; where none is recognised, it is unknown which one.
COMPARED = any_of(
    r"\b(?:than|compared (?:with|to)|versus)\b(?!\s*[-+]?\d)(?!\s+(?:at\s+)?(?:baseline|before|expected))"
)
INSIDE = any_of(r"\b(?:in|within)\s+(?:the\s+)?(?:\w+\s+)?$")
NOT_AGAINST = any_of(r"not (?!in\b|with\b|after\b|for\b|during\b|on\b|by\b)")
AGAINST_LAST = any_of(r"\b(?:compared (?:with|to)|versus|vs\.?|than|against)\b[^,;]*$")
