"""All that is known of a compound, put together once: articles, sentences, studies, topics and grades."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from pipeline.evidence import evidence_of, name_pattern
from pipeline.grading import grade_of
from pipeline.models.compound import Compound, Topic
from pipeline.models.profile import Quotation
from pipeline.models.sources import Article, Collection, Label, Search, Source
from pipeline.models.studies import Evidence, Grade, Study
from pipeline.studies import study_of
from pipeline.topics import by_topic, discovered, is_about


@dataclass(frozen=True)
class Dossier:
    """What a drafter works from. Every mapping is keyed by source key, except `sentences` (evidence id) and the
    topic mappings (topic name). `studies` leaves out the articles that name the compound only in passing."""

    compound: Compound
    names: re.Pattern[str]
    articles: Mapping[str, Article]
    labels: tuple[Label, ...]
    evidence: Mapping[str, tuple[Evidence, ...]]
    sentences: Mapping[str, Evidence]
    studies: Mapping[str, Study]
    topics: tuple[Topic, ...]
    by_topic: Mapping[str, tuple[Study, ...]]
    by_mechanism: Mapping[str, tuple[Study, ...]]
    grades: Mapping[str, Grade]
    searches: tuple[Search, ...]
    label_search: Search | None
    date: date

    @property
    def sources(self) -> tuple[Source, ...]:
        """Everything that was read: the papers, then the labels."""
        return (*self.articles.values(), *self.labels)

    @property
    def nothing_found(self) -> str:
        """The plain statement that no evidence was found, with the day of the search."""
        return f"No evidence found in the sources searched on {self.date.isoformat()}."

    @cached_property
    def live_labels(self) -> frozenset[str]:
        """The keys of the labels that openFDA gave, which hold a label's own words; the others are told in ours."""
        return frozenset(label.key for label in self.labels if label.set_id is not None)

    @cached_property
    def common(self) -> frozenset[str]:
        """The words that the sources write small somewhere inside a sentence, so that they are no names."""
        inside = (re.findall(r"(?<=[^.:] )[a-z][a-z-]+\b", sentence.text) for sentence in self.sentences.values())
        return frozenset(word for words in inside for word in words)

    def quote(self, *identifiers: str | None) -> tuple[Quotation, ...]:
        """The quotations of some evidence ids, each once and in order; None is passed over."""
        wanted = dict.fromkeys(i for i in identifiers if i is not None)
        return tuple(Quotation(id=i, text=self.sentences[i].text) for i in wanted)


def dossier(compound: Compound, collection: Collection) -> Dossier:
    """The dossier of a compound from all records collected for it."""
    articles = {article.key: article for article in collection.articles}
    sources: list[Source] = [*collection.articles, *collection.labels]
    evidence = {source.key: evidence_of(source) for source in sources}
    names = name_pattern(compound.names, ())
    about = {key: article for key, article in articles.items() if is_about(article, evidence[key], names)}
    studies = {key: study_of(article, evidence[key], compound.names) for key, article in about.items()}
    topics = (*compound.topics, *discovered(about.values(), compound.topics))
    gathered = by_topic(topics, articles, studies, evidence)
    topics = tuple(topic for topic in topics if gathered[topic.name] or topic in compound.topics)
    return Dossier(
        compound=compound,
        names=names,
        articles=articles,
        labels=collection.labels,
        evidence=evidence,
        sentences={sentence.id: sentence for found in evidence.values() for sentence in found},
        studies=studies,
        topics=topics,
        by_topic=gathered,
        by_mechanism=by_topic(compound.mechanisms, articles, studies, evidence),
        grades={topic.name: grade_of(gathered[topic.name], articles) for topic in topics},
        searches=collection.searches,
        label_search=collection.label_search,
        date=collection.date,
    )
