"""Tampering with how it was studied: another design, stronger or weaker. Same form as `bench.tamper_numbers`."""

from __future__ import annotations

import re
from random import Random

from bench.figures import put
from bench.papers import Paper, Tampering
from bench.tamper_subjects import cased

_WORK = r"(?:study|trial|studies|trials|design)"
# What is said, what is put in its place, and what the paper must not say for that to be false.
_DESIGNS: tuple[tuple[str, str, str], ...] = (
    (rf"\bpilot (?P<work>{_WORK})", r"randomised controlled \g<work>", r"random"),
    (rf"\bfeasibility (?P<work>{_WORK})", r"phase III \g<work>", r"phase (?:III|3)"),
    (r"\bopen[- ]label(?:led)?\b", "double-blind", r"double[- ](?:blind|mask)"),
    (r"\bsingle[- ]blind(?:ed)?\b", "double-blind", r"double[- ](?:blind|mask)"),
    (r"\bdouble[- ](?:blind|mask)(?:ed)?\b", "open-label", r"open[- ](?:label|trial|study)|unblind"),
    (
        rf"\b(?:observational|case-control|uncontrolled|non-?randomi[sz]ed|"
        rf"quasi-experimental)(?P<mid> \w+)? (?P<work>{_WORK})",
        r"randomised controlled \g<work>",
        r"(?<!non-)(?<!non)(?<!not )randomi[sz]|RCT",
    ),
    (
        r"\b(?:retrospective|prospective|observational)?\s?(?:cohort|observational) (?P<work>study|studies|analysis)",
        r"randomised controlled \g<work>",
        r"random",
    ),
    (r"\bretrospective(?P<ly>ly)?\b", r"prospective\g<ly>", r"prospective"),
    (r"\bprospective(?P<ly>ly)?\b", r"retrospective\g<ly>", r"retrospective"),
    (r"\bcross-sectional\b", "longitudinal", r"longitudinal|follow"),
    (
        r"\b(?P<be>was|were) randomly (?P<rest>assigned|allocated|divided)",
        r"\g<be> \g<rest> at their own choice",
        r"preference|choice",
    ),
    (
        r"\b(?P<be>was|were) randomly (?P<rest>assigned|allocated|divided)",
        r"\g<be> \g<rest> without randomisation",
        r"non-?random|not random|without random",
    ),
    (
        rf"\brandomi[sz]ed(?:[ -]controlled)?(?P<mid>,? [\w-]+,?)? (?P<work>{_WORK})",
        r"uncontrolled observational \g<work>",
        r"observational|uncontrolled|non-?random",
    ),
    (r"\bplacebo-controlled\b", "uncontrolled", r"uncontrolled|open-label"),
    (r"\bsingle-cent(?P<re>er|re)\b", r"multicent\g<re>", r"multi-?cent"),
    (r"\bmulti-?cent(?P<re>er|re)\b", r"single-cent\g<re>", r"single[- ]cent|monocent"),
    (r"\bcross-?over (?P<work>design|study|trial)", r"parallel-group \g<work>", r"parallel"),
    (r"\bcase (?P<work>report|series)\b", "cohort study", r"cohort"),
    (r"\bin vitro\b", "in vivo", r"in vivo"),
    (r"\b(?:narrative|literature) review\b", "systematic review", r"systematic"),
    (r"\bsystematic review\b(?! and)", "randomised controlled trial", r"random"),
    (r"\bmeta-analysis\b", "randomised controlled trial", r"random"),
    (
        r"\b(?P<this>[Tt]his|[Tt]he present) (?P<work>study|trial|pilot|series|report|survey)\b",
        r"\g<this> randomised controlled trial",
        r"random|RCT",
    ),
)
_OTHERS = re.compile(r"\b(?:no|not|other|previous|further|future|larger|if an?|of \d+)\s(?:\w+\s)?$")


def design(claim: str, paper: Paper, chance: Random) -> str | None:
    """Another design, stronger or weaker, that the paper does not have."""
    said = f"{paper.title} {paper.text} {' '.join(paper.types)}"
    ways = [
        put(claim, *match.span(), cased(match[0], match.expand(new), match.start()))
        for pattern, new, unless in _DESIGNS
        for match in re.finditer(pattern, claim, re.IGNORECASE)
        if not _OTHERS.search(claim[: match.start()]) and not re.search(unless, said, re.IGNORECASE)
    ]
    return chance.choice(ways) if ways else None


DESIGNS: dict[str, Tampering] = {"design": design}
