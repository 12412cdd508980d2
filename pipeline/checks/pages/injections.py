"""INJ: nothing on a page speaks to a model that reads it, and nothing is hidden from a person who does."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.checks.hits import Hit, Hits
from pipeline.checks.injections import hidden_in, speaks_to_a_model
from pipeline.checks.pages.audit import Audit
from pipeline.checks.rule import Rule
from pipeline.models.findings import Severity
from pipeline.text import normal

LEAST_WORDS = 3  # words that are hidden: fewer are a label of a button


def _texts(audit: Audit) -> Iterator[tuple[str, int]]:
    page = audit.page
    yield from ((s.text, s.line) for s in page.sentences)
    yield from ((s.title, s.line) for s in page.sections)
    yield from ((r.raw, r.line) for r in page.references)
    yield from ((piece.text, piece.line) for piece in (*page.furniture, *page.hidden))


def instruction(audit: Audit) -> Hits:
    """A page, or a record that it cites, contains an instruction that is addressed to a model.

    Why: a model that reads it may obey, and say of the drug what the text wants said.
    Fix: take it out, and find out who put it there.
    """
    for text, line in _texts(audit):
        if around := speaks_to_a_model(text):
            yield Hit("the page speaks to a model that reads it", text[:300], line=line, quote=around)
    for article in audit.cited.values():
        if around := speaks_to_a_model(article.text):
            yield Hit("a cited record speaks to a model that reads it", source=article.key, quote=around)


def hidden_text(audit: Audit) -> Hits:
    """A page holds characters or text that are not seen, or that turn the order of the text round.

    Why: what a person sees and what a program reads are then two texts.
    Fix: take them out, or show them.
    """
    for text, line in _texts(audit):
        if told := hidden_in(text):
            yield Hit(f"the page holds {told}", text[:300], line=line)
    for piece in audit.page.hidden:
        if "comment" not in piece.why and len(piece.text.split()) >= LEAST_WORDS:
            yield Hit(f"text {piece.why}: '{normal(piece.text)[:120]}'", line=piece.line)


RULES = (
    Rule("INJ001", Severity.ERROR, page=instruction),
    Rule("INJ002", Severity.WARNING, page=hidden_text),
)
