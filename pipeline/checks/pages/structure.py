"""STR: a page is whole, and holds nothing but its text."""

from __future__ import annotations

from pipeline.checks.hits import Hit, Hits
from pipeline.checks.pages.audit import Audit
from pipeline.checks.rule import Rule
from pipeline.models.findings import Severity
from pipeline.models.profile import FOOTER


def empty_section(audit: Audit) -> Hits:
    """A heading of a page has nothing under it.

    Why: an empty heading reads as an oversight or as "no risk".
    Fix: fill it, say what is not known, or drop the heading.
    """
    for section in audit.page.sections:
        if section.empty:
            yield Hit(f"the section '{section.title}' is empty", line=section.line)


def footer_altered(audit: Audit) -> Hits:
    """The AI-disclosure footer is missing from a page or was changed.

    Why: a reader has a right to know how the page was made, in the words agreed.
    Fix: restore the footer word for word.
    """
    footer = audit.page.footer
    if footer is None:
        yield Hit("the AI-disclosure footer is missing", suggestion=FOOTER)
    elif footer.why:
        yield Hit("the AI-disclosure footer is altered", footer.text, suggestion=FOOTER, line=footer.line)


def nothing_to_check(audit: Audit) -> Hits:
    """The page holds no statement at all.

    Why: a check of nothing is not a pass.
    Fix: see whether the file is the page that was meant, and whether its text is in it.
    """
    if not audit.page.statements:
        yield Hit("no statement was checked, because none was found on the page")


def furniture(audit: Audit) -> Hits:
    """A page holds what is no text of a profile: share buttons, navigation, adverts, placeholders.

    Why: it reads as part of the medical text wherever the page is copied, indexed or read by a program.
    Fix: take it out of the text.
    """
    for piece in audit.page.furniture:
        yield Hit(f"no text of a profile, but {piece.why}: '{piece.text[:80]}'", line=piece.line)


RULES = (
    Rule("STR002", Severity.ERROR, page=empty_section),
    Rule("STR003", Severity.ERROR, page=footer_altered),
    Rule("STR005", Severity.ERROR, page=nothing_to_check),
    Rule("STR007", Severity.WARNING, page=furniture),
)
