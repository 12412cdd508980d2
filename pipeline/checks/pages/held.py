"""What is held on a compound, so that a sentence of a page can be asked which studies speak of its matter.

A condition is a topic of the profile, or words that titles of held records give to what was treated ("multiple
sclerosis", "Crohn's disease"), with its abbreviation. Other matter is found by the words that few records share.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from pipeline.directions.words import stem
from pipeline.grading import counts_as_efficacy
from pipeline.identifiers import source_words
from pipeline.models.compound import Topic
from pipeline.models.sources import Article, Label
from pipeline.models.studies import SYNTHESES, Design, Direction, Evidence, Study
from pipeline.text import normal
from pipeline.topics import belongs, term_pattern

MOST_NAMED = 3
LEAST_SHARED = 2  # words that a record without a shared condition must share with a sentence
LEAST_WEIGHT = 6.0  # and what they must weigh: a word in one record of sixty weighs about 4
HEADS = (
    r"diseases?|syndromes?|disorders?|illness(?:es)?|cancers?|carcinomas?|dependence|deficiency|palsy|dystrophy"
    r"|failure"
    r"|infections?|injur(?:y|ies)|ulcers?|wounds?|fractures?|ruptures?|tears?|hypertension|diabetes|depression"
    r"|psychosis"
    r"|alopecia|lupus|asthma|eczema|psoriasis|obesity|sarcopenia|menopause|COVID(?:-19)?|covid|migraine"
    r"|epilepsy|stroke"
    r"|sepsis|gout|acne|insomnia|addiction|alcoholism"
)
ENDINGS = r"[a-z]{3,}(?:itis|itides|osis|algia|opathy|emia|aemia|oma|uria|plegia|phrenia|iasis|rrhea|rrhoea)"
NOT_CONDITIONS = frozenset(
    """
    diagnosis prognosis apoptosis necrosis hypothesis osmosis mitosis biosynthesis symbiosis meiosis thrombosis
    anastomosis hypnosis metamorphosis autophagy diploma aroma stoma genoma coma academia homeopathy allopathy
    """.split()
)
# Heads that name no condition without a word before them.
VAGUE = frozenset(
    """
    disease diseases syndrome syndromes disorder disorders illness illnesses dependence deficiency failure infection
    infections injury injuries ulcer ulcers wound wounds addiction rupture ruptures tear tears fracture fractures
    """.split()
)
# Conditions that go by several names, none of which holds another.
SAME = (
    (
        "long COVID",
        "post-COVID",
        "post-COVID-19",
        "post-acute sequelae of COVID-19",
        "post-acute sequelae of SARS-CoV-2",
        "after COVID-19",
        "COVID-19 long hauler",
    ),
    ("ME/CFS", "chronic fatigue syndrome", "myalgic encephalomyelitis"),
    ("Crohn's disease", "Crohn disease", "Crohns disease", "Crohn's"),
    ("alcohol dependence", "alcohol use disorder", "alcoholism"),
    ("depression", "depressive disorder"),
    ("type 2 diabetes", "type II diabetes", "T2DM", "diabetes mellitus type 2"),
    ("high blood pressure", "hypertension"),
    ("tendinopathy", "tendinitis", "tendonitis", "tendinosis"),
)
LOOSE = frozenset(
    """
    a an the of in on with for and or to by from as at after before during versus vs active mild moderate severe acute
    chronic refractory early late primary secondary advanced patients adults children women men people subjects
    treating treat treats treatment therapy study trial effect effects efficacy safety is are was were that other
    various several many some common recurrent persistent symptomatic experimental induced model rat rats mice human
    clinical use used using low high dose pilot oral its their this these those against among between recalcitrant
    improves improve enhances enhance promotes accelerates reduces attenuates alleviates relieves prevents managing
    successfully treated new novel major
    """.split()
)
_CONDITION = re.compile(rf"(?:[A-Za-z][\w'-]*[ -]){{0,2}}\b(?:(?:{HEADS})|(?:{ENDINGS}))\b", re.IGNORECASE)
GENERIC = frozenset(
    stem(word)
    for word in """
    study trial patient people person participant adult child woman man evidence research data result effect effective
    dose daily day week month year show shown find found report reported suggest compare compared placebo control group
    treatment treat treated therapy compound drug medicine use used using user low high clinical human animal rat mouse
    include including produce lead cause reduce reduction increase decrease improve improvement significant signal
    benefit positive negative outcome symptom disease condition syndrome disorder model system level long short term
    function activity mechanism pathway cell tissue body response several many multiple other various also may can
    potential promising major common related associated based known well safe safety efficacy randomized randomised
    double blind open label pilot review meta analysis systematic case series cohort observational small large number
    administration oral injection standard lower higher more less different new available require
    """.split()
)
_WORD = re.compile(r"[A-Za-z][\w'-]*\w|\w+-\d+\w*")
SENSES = {
    Direction.BENEFIT: "favours",
    Direction.NO_DIFFERENCE: "no difference",
    Direction.HARM: "harm",
    Direction.MIXED: "mixed",
}
RANKS = {design: rank for rank, design in enumerate(dict.fromkeys((Design.RANDOMISED, *SYNTHESES, *Design)))}


def content(text: str) -> frozenset[str]:
    """The stems of the words of a text that say what it is about."""
    return frozenset(s for word in _WORD.findall(normal(text)) if len(s := stem(word.lower())) > 2) - GENERIC


def in_short(study: Study) -> str:
    """A study in a bracket: "randomised trial, n = 31, favours"."""
    people = re.split(r" (?:with|who|after|taking) ", study.population.value)[0] if study.population else ""
    parts = [
        study.blinding.value if study.blinding and study.blinding.value != "double-blind" else "",
        "pilot" if study.pilot and study.design.value not in SYNTHESES else "",
        study.design.value.value,
        f"n = {study.n.value} {people if len(people) <= 20 else ''}".strip() if study.n else "",
        SENSES.get(study.direction.value, ""),
    ]
    return ", ".join(part for part in parts if part)


@dataclass(frozen=True)
class Held:
    """The articles on a compound that are held, what they are and found, and its topics and labels."""

    articles: Mapping[str, Article]
    studies: Mapping[str, Study]
    evidence: Mapping[str, Sequence[Evidence]]
    topics: tuple[Topic, ...]
    labels: tuple[Label, ...]
    names: re.Pattern[str] | None

    @cached_property
    def conditions(self) -> tuple[Topic, ...]:
        """The topics, then what titles name and no topic covers."""
        topics = list(self.topics)
        covered = [term_pattern(topic.terms or (topic.name,)) for topic in topics]
        for key in self.studies:
            for phrase in conditions_named(self.articles[key].title):
                if any(pattern.search(phrase) for pattern in covered):
                    continue
                names = next((row for row in SAME if term_pattern(row).search(phrase)), (phrase.lower(),))
                topics.append(Topic(name=names[0], terms=names))
                covered.append(term_pattern(names))
        return tuple(topics)

    @cached_property
    def by_condition(self) -> Mapping[str, tuple[Study, ...]]:
        """The studies of each condition, by its name."""
        kept = [s for s in self.studies.values() if s.design.value not in (Design.NOTICE, Design.COMMENT)]
        return {
            topic.name: tuple(s for s in kept if belongs(topic, self.articles[s.source], s, self.evidence[s.source]))
            for topic in self.conditions
        }

    @cached_property
    def _patterns(self) -> tuple[tuple[re.Pattern[str], re.Pattern[str] | None, Topic], ...]:
        text = " ".join(sentence.text for key in self.studies for sentence in self.evidence[key])
        out = []
        for topic in self.conditions:
            terms = topic.terms or (topic.name,)
            short = {s for term in terms if (s := initials(term)) and re.search(rf"(?<!\w){s}(?!\w)", text)}
            short |= {s for term in terms if len(s := initials(term) or "") == 2}
            named = re.compile(rf"(?<![\w-])(?:{'|'.join(sorted(short))})(?![\w-])") if short else None
            out.append((term_pattern(terms), named, topic))
        return tuple(out)

    def conditions_in(self, text: str, context: str = "") -> tuple[str, ...]:
        """The names of the conditions that a text speaks of. An abbreviation counts where `context`, the whole page,
        spells it out."""
        plain = normal(text)
        return tuple(
            topic.name
            for words, short, topic in self._patterns
            if words.search(plain) or (short is not None and short.search(plain) and words.search(context))
        )

    @cached_property
    def _index(self) -> Mapping[str, Mapping[str, float]]:
        """The records in which a word stands, with what it counts there: more in the title."""
        index: dict[str, dict[str, float]] = defaultdict(dict)
        for key in self.studies:
            article = self.articles[key]
            for word in content(article.text):
                index[word][key] = 1.0
            for word in content(article.title):
                index[word][key] = 2.0
        return index

    def _score(self, text: str) -> dict[str, tuple[int, float]]:
        """The records that share words with a text: how many, and what they weigh."""
        scores: dict[str, tuple[int, float]] = {}
        for word in content(text):
            if self.names is not None and self.names.search(word):
                continue
            holders = self._index.get(word, {})
            weight = math.log(max(len(self.studies), 2) / len(holders)) if holders else 0.0
            for key, times in holders.items():
                shared, total = scores.get(key, (0, 0.0))
                scores[key] = (shared + 1, total + weight * times)
        return scores

    def fitting(self, text: str, context: str = "", most: int = MOST_NAMED) -> tuple[Study, ...]:
        """The held studies that fit a sentence best: those on its condition, the strongest designs first, else those
        that share its rare words."""
        named = self.conditions_in(text, context)
        scores = self._score(text)
        if named:
            of_it = {s.source: s for name in named for s in self.by_condition[name]}
            shared = Counter(s.source for name in named for s in self.by_condition[name])
            usable = [s for s in of_it.values() if not (s.retracted or s.superseded)]
            return tuple(
                sorted(
                    usable,
                    key=lambda s: (
                        not counts_as_efficacy(s),
                        -shared[s.source],
                        RANKS[s.design.value],
                        -s.size,
                        -scores.get(s.source, (0, 0.0))[1],
                        s.source,
                    ),
                )[:most]
            )
        good = [
            key
            for key, (count, weight) in scores.items()
            if count >= LEAST_SHARED and weight >= LEAST_WEIGHT and not self.studies[key].retracted
        ]
        return tuple(self.studies[key] for key in sorted(good, key=lambda key: (-scores[key][1], key))[:most])

    def described(self, studies: Iterable[Study]) -> str:
        """Studies in words: "PMID 1 (randomised trial, n = 31, favours), PMID 2 (...)"."""
        return "; ".join(f"{source_words(study.source)} ({in_short(study)})" for study in studies)

    def label_sentences(self, *kinds: str) -> tuple[Evidence, ...]:
        """The sentences of the labels on some subjects."""
        return tuple(s for label in self.labels for s in self.evidence[label.key] if s.section in kinds)


def initials(term: str) -> str | None:
    """The abbreviation of a term of two words or more by its initials: "MS" of "multiple sclerosis"."""
    words = [
        word for word in re.split(r"[\s/-]+", re.sub(r"'s\b", "", term)) if word.lower() not in ("of", "and", "the")
    ]
    return (
        "".join(word[0] for word in words).upper()
        if 2 <= len(words) <= 5 and all(w[0].isalpha() for w in words)
        else None
    )


def conditions_named(text: str) -> tuple[str, ...]:
    """The conditions that a title names, without the words before them that only tell how bad or how old they are."""
    found: dict[str, None] = {}
    for match in _CONDITION.finditer(normal(text)):
        words = match.group().split()
        for place in range(len(words) - 2, -1, -1):
            if words[place].lower().strip("-") in LOOSE:
                words = words[place + 1 :]
                break
        phrase = " ".join(words)
        if not words or words[-1].lower() in NOT_CONDITIONS or phrase.lower() in VAGUE:
            continue
        found.setdefault(phrase)
    return tuple(found)
