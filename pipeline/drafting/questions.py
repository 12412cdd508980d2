"""The FAQ: each question answered from evidence alone, or with the plain statement that none was found.

A question that names a topic of the profile is answered by the topic's grade; any other by at most two sentences that
carry every content word of the question (or one of its `terms`). Nothing is answered by likeness.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from pipeline.drafting.claims import claim, quoted
from pipeline.drafting.dossier import Dossier
from pipeline.drafting.labels import is_readable
from pipeline.drafting.wording import capital, listed
from pipeline.identifiers import is_document, slug
from pipeline.models.compound import Question
from pipeline.models.profile import Section
from pipeline.models.studies import Design, Evidence, Level
from pipeline.text import normal
from pipeline.topics import term_pattern

MOST_SENTENCES = 2
UNFIT = (Design.COMMENT, Design.NOTICE, Design.PROTOCOL)
# Words that carry no content in a question.
EMPTY = frozenset(
    """
    a an the is are was were be been being am do does did can could may might will would should shall must has
    have had it its this that these those there here i you he she we they my your their our me us them what
    which who whom whose when where why how of in on at to for from with without by as and or but not no any
    some if then than so such about into over under during after before take taking taken use used using uses
    get give given go help helps work works safe safety good bad effect effects people person someone patient
    patients drug medicine compound long much many often need needs know known really ever also condition
    conditions there
    """.split()
)


def answers(dossier: Dossier, told: Mapping[str, str]) -> tuple[Section, ...]:
    """The FAQ's heading and a section for each question, in the author's order.

    `told` gives the section title under which each text of the profile already stands; such a text is pointed to and
    not repeated.
    """
    if not dossier.compound.questions:
        return ()
    sections = [Section(id="faq", title="Frequently asked questions")]
    for question in dossier.compound.questions:
        sections.append(_answer(dossier, question, told))
    return tuple(sections)


def _answer(dossier: Dossier, question: Question, told: Mapping[str, str]) -> Section:
    section = f"faq/{slug(question.question)[:60].rstrip('-')}"
    asked = normal(question.question)
    topics = _topics_named(dossier, asked)
    if topics:
        told_by_grade = " ".join(_by_topic(dossier, topic) for topic in topics)
        return Section(id=section, title=question.question, note=told_by_grade)
    found = _matching(dossier, question)
    texts = [capital(quoted(dossier, sentence.id)) for sentence in found]
    elsewhere = dict.fromkeys(told[text] for text in texts if text in told)
    if elsewhere:
        places = listed(f"“{title}”" for title in elsewhere)
        return Section(id=section, title=question.question, note=f"This is answered above, under {places}.")
    claims = [
        claim(section, sentence.source, str(sentence.number), text, dossier.quote(sentence.id))
        for sentence, text in zip(found[:MOST_SENTENCES], texts, strict=False)
    ]
    note = None if claims else dossier.nothing_found
    return Section(id=section, title=question.question, note=note, claims=tuple(claims))


def _topics_named(dossier: Dossier, asked: str) -> list[str]:
    """The topics that a question names; of two whose words overlap the longer one ("knee pain", not "pain")."""
    found = [(m.span(), t.name) for t in dossier.topics if (m := term_pattern((t.name, *t.terms)).search(asked))]
    wider = [span for span, _ in found]
    return [
        name
        for span, name in found
        if not any(other != span and other[0] <= span[0] and span[1] <= other[1] for other in wider)
    ]


def _by_topic(dossier: Dossier, topic: str) -> str:
    grade = dossier.grades[topic]
    title = capital(topic)
    if grade.level is Level.NONE:
        return f"{title}: no study of the effect was found in the sources searched on {dossier.date.isoformat()}."
    return f"{title}: {grade.level.value}, {grade.direction}. {grade.counts}. See the section on {topic}."


def _stem(word: str) -> str:
    return re.sub(r"(?:ies|es|s|ing|ed|y)$", "", word) if len(word) > 4 else word


def _matching(dossier: Dossier, question: Question) -> list[Evidence]:
    """The sentences that carry a term of the question, or else all its content words; labels first, then by design."""
    names = {word for name in dossier.compound.names for word in re.findall(r"[a-z0-9]+", name.lower())}
    words = [w for w in re.findall(r"[a-z0-9]+", normal(question.question).lower()) if w not in EMPTY | names]
    if not question.terms and not words:
        return []
    found: list[tuple[int, str, int, Evidence]] = []
    for key, sentences in dossier.evidence.items():
        study = dossier.studies.get(key)
        unfit = study is not None and (study.retracted or study.design.value in UNFIT)
        if unfit or (study is None and not is_document(key)):
            continue
        rank = 0 if study is None else 1 + list(Design).index(study.design.value)
        fit = [s for s in sentences[1:] if key not in dossier.live_labels or is_readable(s.text)]
        found += [(rank, key, s.number, s) for s in fit if _carries(s.text, question.terms, words)]
    return [sentence for *_, sentence in sorted(found, key=lambda item: item[:3])]


def _carries(sentence: str, terms: Sequence[str], words: Sequence[str]) -> bool:
    text = normal(sentence)
    if terms:
        return term_pattern(tuple(terms)).search(text) is not None
    stems = {_stem(word) for word in re.findall(r"[a-z0-9]+", text.lower())}
    return all(_stem(word) in stems for word in words)
