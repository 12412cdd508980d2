"""GRD: a page does not leave out what disagrees, and its legend of grades grades something."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.checks.hits import Hit, Hits
from pipeline.checks.pages.audit import Audit
from pipeline.checks.pages.designs import behind
from pipeline.checks.pages.held import RANKS
from pipeline.checks.pages.statements import is_efficacy
from pipeline.checks.rule import Rule
from pipeline.checks.wording import GOOD, NULL
from pipeline.grading import counts_as_efficacy
from pipeline.legacy.page_words import LEGEND
from pipeline.models.findings import Severity
from pipeline.models.pages import PageSentence
from pipeline.models.studies import SYNTHESES, Design, Direction, Study
from pipeline.text import any_of, normal

TRIALS = (Design.RANDOMISED, Design.CONTROLLED, *SYNTHESES)
AGAINST = (Direction.NO_DIFFERENCE, Direction.HARM)
# How a page owns to a result that is none.
DENIAL = any_of(
    r"\b(?:no|without) (?:[\w-]+ ){0,4}"
    r"(?:differences?|(?<!side )(?<!adverse )effects?|benefits?|improvements?|changes?|advantage|reduction)\b",
    r"\b(?:did|does|do|was|were|is|are|could|has|have) ?n[o']t (?:[\w-]+ ){0,3}"
    r"(?:differ\w*|better|superior|effective|improve\w*|reduc\w+|help\w*|work|separate|beat|outperform\w*|benefit\w*"
    r"|confirm\w*|replicat\w+|significant\w*)\b",
    r"\b(?:failed to|fails to|null|negative (?:trial|result)\w*|mixed (?:results?|evidence)|conflicting)\b",
    r"\binconsistent\b",
)
NAMED_GRADE = re.compile(r"\b(gold|silver|bronze|platinum|(?:grade|level|class|tier) [A-D1-5])\b", re.IGNORECASE)


def otherwise_not_told(audit: Audit) -> Hits:
    """Newer or better evidence that is held says otherwise than the papers behind a sentence, and is not mentioned.

    Why: one in six highly cited findings is contradicted by a later study.
    Fix: tell of that study too.
    """
    for sentence in audit.page.statements:
        own = [s for s in behind(audit, sentence) if s.source in audit.held.studies]
        studies = [s for s in own if s.direction.value is Direction.BENEFIT]
        if not studies or not _favourable(sentence):
            continue
        newest = max(_year(audit, study) for study in studies)
        best = min(RANKS[study.design.value] for study in studies)
        largest = max(study.size for study in studies)
        told = {name for name, first in _favoured(audit) if first == sentence and not _owned(audit, name)}
        rivals = [
            s
            for name in audit.conditions(sentence)
            if name not in told  # there GRD005 names them
            for s in audit.held.by_condition[name]
            if s.source not in audit.cited
            and counts_as_efficacy(s)
            and s.direction.value in AGAINST
            and s.design.value in TRIALS
            and RANKS[s.design.value] <= best
            and (_year(audit, s) > newest or s.size > largest)
        ]
        if rivals:
            first = max(rivals, key=lambda s: (s.size, _year(audit, s)))
            yield Hit(
                f"later or larger studies that are held say otherwise: {audit.held.described(_unique(rivals)[:4])}",
                sentence.text,
                first.source,
                line=sentence.line,
                quote=audit.main_result(first),
            )


def nulls_not_told(audit: Audit) -> Hits:
    """A page tells of benefit in a condition, and not of the trials that found no difference or harm.

    Why: cherry-picking needs no false sentence.
    Fix: tell of the null trials beside the others.
    """
    for name, sentence in _favoured(audit):
        missing = [
            s
            for s in audit.held.by_condition[name]
            if s.design.value in TRIALS
            and s.direction.value in AGAINST
            and counts_as_efficacy(s)
            and s.source not in audit.cited
        ]
        if missing and not _owned(audit, name):
            ordered = sorted(missing, key=lambda s: (-s.size, s.source))
            yield Hit(
                f"{name}: found no difference or harm and not mentioned: {audit.held.described(ordered[:5])}",
                sentence.text,
                ordered[0].source,
                line=sentence.line,
                quote=audit.main_result(ordered[0]),
            )


def _favoured(audit: Audit) -> Iterator[tuple[str, PageSentence]]:
    """Each condition in which the page tells of benefit, with the first sentence that does."""
    seen: set[str] = set()
    for sentence in audit.page.statements:
        if _favourable(sentence) and audit.tells_of_it(sentence):
            for name in audit.conditions(sentence):
                if name not in seen:
                    seen.add(name)
                    yield name, sentence


def _favourable(sentence: PageSentence) -> bool:
    plain = normal(sentence.text)
    return (is_efficacy(plain) or GOOD.search(plain) is not None) and not NULL.search(plain)


def _owned(audit: Audit, name: str) -> bool:
    """True where the page says of the condition that something did not differ."""
    return any(DENIAL.search(normal(s.text)) is not None and name in audit.conditions(s) for s in audit.page.statements)


def _year(audit: Audit, study: Study) -> int:
    article = audit.held.articles.get(study.source) or audit.cited.get(study.source)
    return (article.published or 0) if article is not None else 0


def _unique(studies: list[Study]) -> list[Study]:
    found = {study.source: study for study in studies}
    return sorted(found.values(), key=lambda s: (-s.size, s.source))


def legend_without_grades(audit: Audit) -> Hits:
    """A legend explains grades of evidence, and nothing on the page is graded.

    Why: a reader takes the legend for a promise that somebody weighed the evidence.
    Fix: grade each topic by the legend, or drop it.
    """
    legends = [s for s in audit.page.sentences if LEGEND.search(normal(s.text))]
    rest = [s.text for s in audit.page.sentences if s not in legends] + [s.title for s in audit.page.sections]
    words = {match.group(1).lower() for legend in legends for match in NAMED_GRADE.finditer(normal(legend.text))}
    graded = any(match.group(1).lower() in words for text in rest for match in NAMED_GRADE.finditer(normal(text)))
    for legend in legends[:1]:
        if words and not graded:
            yield Hit("this legend of grades grades nothing on the page", legend.text, line=legend.line)


RULES = (
    Rule("GRD003", Severity.WARNING, page=otherwise_not_told),
    Rule("GRD004", Severity.WARNING, page=legend_without_grades),
    Rule("GRD005", Severity.WARNING, page=nulls_not_told),
)
