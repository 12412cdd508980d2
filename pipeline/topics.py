"""Which study belongs under which heading: the author's topics, and those the records themselves name.

A study belongs to a topic when one of the topic's terms stands in its title, MeSH headings or keywords, or in the
sentence that says who was studied. A passing mention elsewhere is not enough.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from pipeline.models.compound import Topic
from pipeline.models.sources import Article
from pipeline.models.studies import Design, Evidence, Study
from pipeline.text import normal

# MeSH qualifiers that are allowed on diseases only, or that show a disease being treated (MeSH qualifiers, NLM).
TREATED = frozenset({"drug therapy", "therapy", "prevention & control", "rehabilitation"})
_WHO = r"patients?|adults|children|women|men|people|adolescents|individuals|subjects"
_AFTER = r"and|treated|receiving|undergoing|on|in|who|after|by|using|an?|the|during|at|with|for|versus"
TITLED = re.compile(
    rf"\b(?:(?:{_WHO}) with|(?:treatment|therapy) of) ((?!an? |the |and )[A-Za-z][\w' -]{{3,45}}?)"
    rf"(?=$|[:,.;?()]| (?:{_AFTER})\b)",
    re.IGNORECASE,
)
LEAST_STUDIES = 2
BACKGROUND = re.compile(
    r"\b(?:add-?ons?(?: (?:therapy|treatment))? (?:to|on|with)|added (?:on )?to|adjunct(?:ive)? to"
    r"|(?:inadequately|insufficiently|poorly) controlled (?:on|with|by)|background)(?: [\w-]+)? $",
    re.IGNORECASE,
)
OFTEN = 3  # sentences of an abstract that name the compound where its title does not


@lru_cache(maxsize=512)
def term_pattern(terms: tuple[str, ...]) -> re.Pattern[str]:
    """Any of the terms as whole words, hyphens and spaces alike, an ending s or 's allowed."""
    spelled = (re.escape(normal(term)).replace(r"\ ", "[ -]").replace(r"\-", "[ -]") for term in terms)
    return re.compile(rf"(?<!\w)(?:{'|'.join(spelled)})(?:'?s)?(?!\w)", re.IGNORECASE)


def is_about(article: Article, sentences: Sequence[Evidence], names: re.Pattern[str]) -> bool:
    """True where a paper is about the compound that `names` match, and does not merely mention it.

    Its title, substances, MeSH headings or keywords name it, or at least three sentences of its abstract do. A title
    in which it is only what another treatment was added to makes a paper about that other treatment.
    """
    title = normal(article.title)
    entitled = [match.start() for match in names.finditer(title)]
    if entitled and all(BACKGROUND.search(title[:start]) for start in entitled):
        return False
    headings = [heading.descriptor for heading in article.mesh]
    if entitled or any(names.search(normal(text)) for text in (*article.substances, *headings, *article.keywords)):
        return True
    return sum(names.search(normal(s.text)) is not None for s in sentences[1:]) >= OFTEN


def belongs(topic: Topic, article: Article, study: Study, sentences: Sequence[Evidence]) -> bool:
    """True where the article is about the topic, by its title, headings, keywords or the people it studied."""
    pattern = term_pattern(topic.terms or (topic.name,))
    told = [heading.descriptor for heading in article.mesh if heading.major or heading.qualifiers]
    headings = [form for descriptor in told for form in (descriptor, _natural(descriptor))]
    if any(pattern.search(normal(text)) for text in (article.title, *headings, *article.keywords)):
        return True
    who = {study.population.evidence if study.population else None, study.design.evidence}
    return any(pattern.search(normal(s.text)) for s in sentences if s.id in who)


def discovered(articles: Iterable[Article], topics: Sequence[Topic]) -> tuple[Topic, ...]:
    """Conditions that at least two records treat and that no given topic covers, commonest first.

    A record treats what MeSH indexes it as treating; one without MeSH headings yet, what its title says its people had
    or were treated for.
    """
    counts: Counter[str] = Counter()
    spelled: dict[str, str] = {}
    for article in articles:
        indexed = [_natural(h.descriptor) for h in article.mesh if TREATED & set(h.qualifiers)]
        titled = [found.group(1).strip() for found in TITLED.finditer(normal(article.title))]
        names = {name.lower(): name for name in (indexed if article.mesh else titled)}
        counts.update(names.keys())
        spelled = names | spelled
    covered = [term_pattern(topic.terms or (topic.name,)) for topic in topics]
    new = [
        name
        for name, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        if count >= LEAST_STUDIES and not any(pattern.search(name) for pattern in covered)
    ]
    return tuple(Topic(name=spelled[name], terms=(name,)) for name in new)


def _natural(heading: str) -> str:
    """A MeSH heading in the order people say it: "Arthritis, Rheumatoid" as "Rheumatoid Arthritis"."""
    parts = heading.split(", ")
    return " ".join(reversed(parts)) if len(parts) == 2 else heading


def by_topic(
    topics: Sequence[Topic],
    articles: Mapping[str, Article],
    studies: Mapping[str, Study],
    evidence: Mapping[str, Sequence[Evidence]],
) -> dict[str, tuple[Study, ...]]:
    """The studies of each topic, by topic name; a study may stand under several, notices and comments under none."""
    kept = [s for s in studies.values() if s.design.value not in (Design.NOTICE, Design.COMMENT)]
    return {
        topic.name: tuple(s for s in kept if belongs(topic, articles[s.source], s, evidence[s.source]))
        for topic in topics
    }
