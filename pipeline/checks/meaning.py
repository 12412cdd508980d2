"""WRD: a claim says what its source says: the same direction, no more certain, of the same comparison."""

from __future__ import annotations

from pipeline.checks.hits import Hit, Hits
from pipeline.checks.rule import Review, Rule
from pipeline.models.findings import Severity
from pipeline.models.studies import Direction
from pipeline.text import any_of

# The words in which a claim sums a study up before it quotes it, and the directions that they deny.
FRAMES = (
    (any_of(r"\bfavou?red\b", r"\breported improvement\b"), (Direction.NO_DIFFERENCE, Direction.HARM)),
    (any_of(r"\b(?:found|reported) no (?:difference|change)\b"), (Direction.BENEFIT, Direction.HARM)),
    (any_of(r"\bunfavou?rable to\b", r"\breported worsening\b"), (Direction.BENEFIT, Direction.NO_DIFFERENCE)),
)


def direction_reversed(review: Review) -> Hits:
    """A claim says the opposite of what its source found.

    Why: every word of the claim may stand in the source, and the reader still learns the reverse.
    Fix: tell the direction that the source gives.
    """
    yield from review.told("WRD001")
    for cited in review.claims:
        study = review.studies.get(cited.sources[0]) if len(cited.sources) == 1 else None
        for words, against in FRAMES:
            found = words.search(cited.own_words)
            if found and study is not None and study.direction.value in against:
                first = review.sentences.get(study.results[0]) if study.results else None
                yield Hit(
                    f"'{found.group()}' is said of a study whose result reads as {study.direction.value}",
                    cited.id,
                    study.source,
                    quote=first.text if first else None,
                )


def negation_changed(review: Review) -> Hits:
    """A "not" or "no" of the source is missing from the claim, or the claim has one of its own.

    Why: one short word turns a null result into a benefit.
    Fix: restore the negation of the source, or take out the one that it does not have.
    """
    yield from review.told("WRD002")


def significance_changed(review: Review) -> Hits:
    """A claim calls significant what its source does not, or the other way round.

    Why: a difference that chance explains is no effect, and one that it does not is no chance.
    Fix: say of the difference what the source's test says of it.
    """
    yield from review.told("WRD003")


def more_certain(review: Review) -> Hits:
    """A claim is more certain than its source.

    Why: "may" that becomes "does" is how a hypothesis becomes a fact, one citation at a time.
    Fix: keep the source's "may", "suggests" or "preliminary".
    """
    yield from review.told("WRD004")


def arms_swapped(review: Review) -> Hits:
    """A claim swaps the intervention and the comparator of its source, or names another in its place.

    Why: what placebo did is told of the drug.
    Fix: name the two arms as the source does.
    """
    yield from review.told("WRD005")


RULES = (
    Rule("WRD001", Severity.ERROR, direction_reversed),
    Rule("WRD002", Severity.ERROR, negation_changed),
    Rule("WRD003", Severity.ERROR, significance_changed),
    Rule("WRD004", Severity.WARNING, more_certain),
    Rule("WRD005", Severity.ERROR, arms_swapped),
)
