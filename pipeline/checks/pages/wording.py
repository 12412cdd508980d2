"""WRD: a page uses no words that the papers behind it, or any paper, cannot carry."""

from __future__ import annotations

import re

from pipeline.checks.hits import Hit, Hits
from pipeline.checks.pages.audit import Audit
from pipeline.checks.pages.designs import behind, overstated
from pipeline.checks.rule import Rule
from pipeline.checks.wording import ADVICE, CAUSE, GOOD, NULL, OVERCLAIM, OWNED, RECOMMENDED, UNCONTROLLED
from pipeline.identifiers import source_words
from pipeline.models.findings import Severity
from pipeline.models.studies import Direction
from pipeline.text import any_of, normal

# Words of the trade: they say nothing that a study could measure.
MARKETING = any_of(
    r"\bentirely (?:different|new|unique|safe)\b|\bcompletely (?:different|new|unique)\b",
    r"\b(?:compelling|impressive|remarkable|extraordinary|stunning|exciting|powerful|potent healing) "
    r"(?:[\w-]+ ){0,3}(?:data|evidence|results?|effects?|benefits?|potential|properties|outcomes?|tool|option"
    r"|solution)\b",
    r"\bpromising anecdotal\b|\b(?:best|most (?:powerful|effective|potent|advanced)) (?:[\w-]+ ){0,3}(?:peptide"
    r"|compound|supplement"
    r"|treatment|option|drug|medicine|therapy|available|on the market)\b",
    r"\b(?:immune|hormone|metabolic|performance|brain|health|gut) (?:optimi[sz]ation|boosting|hacking)\b"
    r"|\bboosts? (?:your )?immun\w+",
    r"\b(?:unlock|supercharge|turbocharge|harness|transform) (?:your|the (?:power|full potential))\b"
    r"|\bhealing powers?\b",
    r"\b(?:doctors?|big pharma|they) (?:hate|don't want|do not want)\b|\b(?:secret|hidden) (?:cure|remedy|weapon)\b",
    r"\bdetox(?:es|ing)?\b|\bsuperfood\b|\btoxins\b",
)
# Words that claim a difference between groups, and not merely some good.
BETTER = any_of(
    r"\b(?:superior|outperform\w*|significant\w*|better|more effective)\b",
    r"\b(?:vs\.?|versus|than|compared (?:with|to)) placebo\b",
)
# A hypothesis told as settled, or a word that no single study can earn.
SETTLED = any_of(
    r"\b(?:mechanisms?|pathways?|effects?|efficacy|benefits?|safety|hypothes[ie]s|theory)\b[^.;]{0,40}"
    r"\b(?:confirmed|proven|proved|established beyond|settled|undisputed|verified)\b",
    r"\b(?:confirm(?:s|ed)|proves?|proved|establish(?:es|ed)) (?:that|the|its|an?) [^.;]{0,60}"
    r"\b(?:mechanism|works|effective|efficacy|safe|cures?|benefits?)\b",
    r"\b(?:has|have|had) (?:been )?(?:conclusively|definitively|clinically|scientifically) (?:been )?(?:shown"
    r"|proven|demonstrated|established)\b",
    r"\b(?:clinically|scientifically|medically) (?:proven|validated)\b",
    r"\b(?:cures?|cured|guarantee[sd]?|eliminates all|100 ?% (?:safe|effective))\b(?! rates?\b)",
    r"\b(?:no|zero|without(?: any)?) (?:known |reported |serious |significant )*(?:side[- ]effects?|risks?"
    r"|adverse (?:effects|events|reactions)|toxicity)\b",
    r"\b(?:is|are) (?:completely |perfectly |totally |extremely |very |generally considered )?(?:safe|harmless"
    r"|non-?toxic)\b",
)
OBSERVED_IN = re.compile(
    r" (?:of [\w-]+ )?(?:were|was|have been|had been|occurred|reported|seen|observed|emerged|noted|in \d|among"
    r"|compared|than)\b",
    re.IGNORECASE,
)
DENIED = any_of(
    r"\b(?:not|never|no|nor|neither|cannot|hardly|unclear|unknown|whether|if|without|lacks?|un)\b[^.;]{0,40}$"
)


def overclaim(audit: Audit) -> Hits:
    """A page uses words that no study can carry: proven, cures, safe, no side effects, or the words of advertising.

    Why: trust in one such sentence outweighs the ten careful ones around it.
    Fix: say what was found, in whom and how often, and what was not studied.
    """
    for sentence in audit.page.sentences:
        plain = normal(sentence.text)
        grave = next((f for f in SETTLED.finditer(plain) if not _told(plain, f)), None)
        found = grave or next((f for f in OVERCLAIM.finditer(plain) if not _told(plain, f)), None)
        found = found or MARKETING.search(plain)
        if found:
            yield Hit(
                f"'{found.group().strip()}' is more than a study can show",
                sentence.text,
                line=sentence.line,
                severity=Severity.ERROR if grave else Severity.WARNING,
            )


def _told(text: str, found: re.Match[str]) -> bool:
    """True for words that are denied, or that tell what a study saw: "no side effects were reported by 12 adults"."""
    return _denied(text, found.start()) or OBSERVED_IN.match(text, found.end()) is not None


def _denied(text: str, start: int) -> bool:
    """True where what is found at `start` is denied or put in doubt: "not proven", "no evidence that it cures"."""
    before = text[max(0, start - 60) : start].lower()
    return DENIED.search(before) is not None


def cause_without_control(audit: Audit) -> Hits:
    """A page tells a cause where the papers behind the sentence only observed, or compared with nobody.

    Why: people who get better, who choose a drug or who are seen by a doctor differ in more than the drug.
    Fix: name the design, and say "was associated with" or "after" instead.
    """
    for sentence in audit.page.statements:
        studies = behind(audit, sentence)
        if not studies or any(study.design.value not in UNCONTROLLED for study in studies):
            continue
        if overstated(audit, sentence):  # there DES002 says what the study was
            continue
        plain = normal(sentence.text)
        found = CAUSE.search(plain)
        if found and not OWNED.search(plain):
            named = "; ".join(f"{source_words(study.source)} ({study.design.value.value})" for study in studies[:3])
            said = "the only paper" if len(studies) == 1 else "the only papers"
            yield Hit(
                f"'{found.group().strip()}', but {said} behind it had no control group: {named}",
                sentence.text,
                studies[0].source,
                audit.better(sentence, {study.source for study in studies}),
                sentence.line,
            )


def spin(audit: Audit) -> Hits:
    """A sentence is favourable where the main outcome of the only paper that it cites did not differ.

    Why: a null trial under a hopeful conclusion is the commonest way in which true sentences mislead.
    Fix: tell the main outcome first, as the source reports it.
    """
    for sentence in audit.page.statements:
        keys = audit.sources(sentence)
        study = audit.studies.get(keys[0]) if len(keys) == 1 else None
        plain = normal(sentence.text)
        if study is None or study.direction.value is not Direction.NO_DIFFERENCE or NULL.search(plain):
            continue
        if GOOD.search(plain):
            compares = BETTER.search(plain) is not None
            yield Hit(
                f"the main outcome of {source_words(study.source)} did not differ, and the sentence does not say so",
                sentence.text,
                study.source,
                line=sentence.line,
                severity=Severity.ERROR if compares else Severity.WARNING,
                quote=audit.main_result(study),
            )


def advice(audit: Audit) -> Hits:
    """A page advises to take a dose.

    Why: a profile tells what was studied; a dose for a person is the decision of somebody who knows that person.
    Fix: say which dose was studied, in whom and by which study.
    """
    for sentence in audit.page.sentences:
        plain = normal(sentence.text)
        found = ADVICE.search(plain) or RECOMMENDED.search(plain)
        if found and not _denied(plain, found.start()):
            rest = re.match(r"\S*(?: \S+){0,3}", plain[found.end() :])
            said = f"{found.group()}{rest.group() if rest else ''}".strip(" .:;")
            yield Hit(f"'{said}' is advice on a dose", sentence.text, line=sentence.line)


RULES = (
    Rule("WRD006", Severity.WARNING, page=overclaim),
    Rule("WRD008", Severity.WARNING, page=cause_without_control),
    Rule("WRD009", Severity.WARNING, page=spin),
    Rule("WRD011", Severity.ERROR, page=advice),
)
