"""QUO: a quotation is what the source says, at the place that its id names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from pipeline.checks.hits import Hit, Hits
from pipeline.checks.rule import Review, Rule
from pipeline.identifiers import split_evidence_id
from pipeline.models.findings import Severity
from pipeline.models.profile import Quotation
from pipeline.models.sources import Source
from pipeline.models.studies import Evidence
from pipeline.text import any_of, locate, normal

MOST = 3  # claims that may stand on one short sentence alone
SHORT = 30  # words
UNFIT = ("method", "objective", "aim", "background", "introduction", "design", "setting", "registration", "funding")
# What a claim on a result says in its own words.
RESULT = any_of(
    r"\b(?:reduced|improved|increased|decreased|lowered|raised|relieved|prevented|worsened|favoured|shortened|prolonged)\b",
    r"\b(?:reduces|improves|increases|decreases|lowers|relieves|prevents|worsens|shortens|prolongs)\b",
    r"\b(?:more|less|fewer|greater|lower|higher|better|worse) (?:[\w-]+ ){0,4}than\b",
    r"\b(?:no (?:significant )?(?:difference|effect)|did not differ|was effective|is effective|were effective)\b",
)
AIM = any_of(
    r"^(?:the )?(?:aims?|objectives?|purposes?|goals?) (?:of|was|were|is|are)\b",
    r"^(?:this|the|our|the present) (?:study|trial|review|paper|work) (?:aim(?:s|ed)?|sought|was designed) ",
    r"^we (?:aimed|sought|set out|hypothesi[sz]ed|planned) ",
    r"^to (?:determine|evaluate|assess|investigate|examine|compare|test|explore|study|describe|review)\b",
)
BOILERPLATE = any_of(
    r"\b(?:further|more|larger|additional|future) (?:[\w-]+ ){0,3}(?:studies|research|trials|work)"
    r" (?:is|are|will be) (?:needed|required|warranted|necessary)\b",
    r"\b(?:all rights reserved|copyright|©|conflicts? of interest|(?:study|trial) was funded by|funding:)",
    r"\b(?:clinicaltrials\.gov|trial registration|registered (?:at|with|as|in))\b",
)


def not_in_source(review: Review) -> Hits:
    """A quotation does not stand in the source that it names.

    Why: a quotation that nobody wrote lends a claim support that it does not have.
    Fix: run `monograph draft` to attach the source's own sentence, or cite another sentence.
    """
    for claim, quotation, source in _displaced(review):
        if locate(quotation.text, source.text) is None:
            yield Hit(f"the quotation {quotation.id} does not stand in its source", claim, source.key)


def other_sentence(review: Review) -> Hits:
    """A quotation stands in its source, but not as the sentence that its id names.

    Why: the id is how a reader and the nightly job find the sentence again.
    Fix: run `monograph draft`, or correct the sentence number.
    """
    for claim, quotation, source in _displaced(review):
        if locate(quotation.text, source.text) is not None:
            yield Hit(f"{quotation.id} names another sentence than the one quoted", claim, source.key)


def _displaced(review: Review) -> Iterator[tuple[str, Quotation, Source]]:
    """The quotations of held sources that are not the sentence which their id names, with the claim that cites them."""
    for cited in review.cited:
        for quotation in cited.evidence:
            named = review.sentences.get(quotation.id)
            split = split_evidence_id(quotation.id)
            source = review.sources.get(split[0]) if split else None
            if source is not None and (named is None or normal(named.text) != normal(quotation.text)):
                yield cited.id, quotation, source


def no_result_quoted(review: Review) -> Hits:
    """A title, a sentence on methods or aims, or boilerplate is all that a claim on a result stands on.

    Why: a title advertises and a method plans; neither says what was found.
    Fix: cite the sentence of the results that says so.
    """
    for cited in review.claims:
        sentences = [review.sentences.get(quotation.id) for quotation in cited.evidence]
        held = [sentence for sentence in sentences if sentence is not None]
        if held and len(held) == len(sentences) and RESULT.search(cited.own_words) and all(map(_is_no_result, held)):
            yield Hit(
                "what is quoted is a title, a method or boilerplate, and no result",
                cited.id,
                held[0].source,
                quote=held[0].text,
            )


def _is_no_result(sentence: Evidence) -> bool:
    text, label = normal(sentence.text), (sentence.section or "").lower()
    if sentence.number == 0 or BOILERPLATE.search(text):
        return True
    return (any(word in label for word in UNFIT) and "result" not in label) or AIM.search(text) is not None


def quotation_overburdened(review: Review) -> Hits:
    """One short sentence is all that more than three claims stand on.

    Why: a sentence of one line rarely says four things; some of the claims say more than it does.
    Fix: cite for each claim the sentence that says it.
    """
    alone = [(cited.evidence[0], cited.id) for cited in review.claims if len(cited.evidence) == 1]
    times = Counter(quotation.id for quotation, _ in alone)
    told = set()
    for quotation, claim in alone:
        if times[quotation.id] > MOST and quotation.id not in told and len(quotation.text.split()) <= SHORT:
            told.add(quotation.id)
            split = split_evidence_id(quotation.id)
            yield Hit(
                f"{times[quotation.id]} claims stand on {quotation.id} alone",
                claim,
                split and split[0],
                quote=quotation.text,
            )


RULES = (
    Rule("QUO001", Severity.ERROR, not_in_source),
    Rule("QUO002", Severity.ERROR, other_sentence),
    Rule("QUO003", Severity.WARNING, no_result_quoted),
    Rule("QUO004", Severity.WARNING, quotation_overburdened),
)
