"""What the rules for pages look at: a page, what came of its references, and what is held on its compound."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from pipeline.checks.hits import Hit, Hits
from pipeline.checks.pages.held import RANKS, Held, in_short
from pipeline.evidence import source_text
from pipeline.grading import counts_as_efficacy
from pipeline.identifiers import source_words
from pipeline.models.compound import Compound
from pipeline.models.pages import Page, PageSentence
from pipeline.models.references import CheckedReference
from pipeline.models.sources import Article
from pipeline.models.studies import Design, Direction, Study
from pipeline.models.verification import Statement, Verdict, Verification
from pipeline.quantities import show
from pipeline.text import any_of, normal
from pipeline.verification import verify

MOST_TRIALS = 4
# Words by which a sentence shows that it tells of a study, and so that a paper on its matter is what it describes.
TELLS_OF_A_STUDY = any_of(
    r"\b(?:trials?|stud(?:y|ies)|rcts?|pilot|meta-?analys[ie]s|reviews?|researchers|cohort|case series|placebo)\b",
    r"\b(?:showed|shown|demonstrated|found that|reported|investigated|randomi[sz]ed)\b",
)
POINTING = any_of(
    r"^(?:it|this|they)\b", r"\b(?:the|this) (?:drug|compound|peptide|medicine|medication|supplement|agent)\b"
)
# Words of a sentence that says what was looked for, and not what was seen.
AIMS = any_of(
    r"\b(?:examined|aimed|searched|were excluded|were eligible|to (?:assess|evaluate|determine|investigate))\b"
)


@dataclass(frozen=True)
class Audit:
    """An existing page beside what is held.

    `references` are the outcomes for the page's references, one each and in their order, None where they could not be
    looked up. `cited` are the records that they name, by key, with what they are in `studies`. `held` is what is held
    on the compound; empty where the compound is not known.
    """

    page: Page
    compound: Compound | None
    references: tuple[CheckedReference | None, ...]
    cited: Mapping[str, Article]
    studies: Mapping[str, Study]
    held: Held

    @cached_property
    def text(self) -> str:
        """All sentences of the page, in the normal form."""
        return " ".join(normal(sentence.text) for sentence in self.page.sentences)

    def record(self, reference: int) -> str | None:
        """The key of the record that a reference of the page names, where it is held."""
        checked = self.references[reference]
        return checked.id if checked is not None and checked.id in self.cited else None

    def sources(self, sentence: PageSentence) -> tuple[str, ...]:
        """The keys of the held records that the markers of a sentence point at."""
        found = (self.record(number) for number in sentence.references)
        return tuple(dict.fromkeys(key for key in found if key is not None))

    @cached_property
    def _conditions(self) -> dict[PageSentence, tuple[str, ...]]:
        return {}

    def conditions(self, sentence: PageSentence) -> tuple[str, ...]:
        """The conditions that a sentence speaks of, else those in the titles of the papers that it cites."""
        if sentence not in self._conditions:
            titles = (self.cited[key].title for key in self.sources(sentence))
            own = self.held.conditions_in(sentence.text, self.text)
            self._conditions[sentence] = own or self.held.conditions_in(" ".join(titles), self.text)
        return self._conditions[sentence]

    def matter(self, sentence: PageSentence) -> frozenset[str]:
        """The conditions of a sentence, else those of the heading it stands under."""
        own = self.conditions(sentence)
        if not own and sentence.section is not None:
            own = self.held.conditions_in(self.page.sections[sentence.section].title, self.text)
        return frozenset(own)

    @cached_property
    def _listed(self) -> dict[str, tuple[int, ...]]:
        """The listed references on each condition."""
        found: dict[str, tuple[int, ...]] = {}
        for number, reference in enumerate(self.page.references):
            if reference.listed:
                key = self.record(number)
                text = self.cited[key].title if key is not None else reference.raw
                for name in self.held.conditions_in(text, self.text):
                    found[name] = (*found.get(name, ()), number)
        return found

    def described(self, sentence: PageSentence) -> tuple[int, ...]:
        """The references that a sentence without a marker evidently tells of: listed papers on its condition."""
        if sentence.markers or not TELLS_OF_A_STUDY.search(normal(sentence.text)):
            return ()
        found = (n for name in self.conditions(sentence) for n in self._listed.get(name, ()))
        return tuple(dict.fromkeys(found))

    @cached_property
    def verified(self) -> tuple[tuple[PageSentence, Verification], ...]:
        """Every statement whose markers lead to held records with a text, held against them."""
        out = []
        for number, sentence in enumerate(self.page.statements):
            sources = tuple(source_text(self.cited[key]) for key in self.sources(sentence) if self.cited[key].abstract)
            if sources:
                out.append((sentence, verify(Statement(id=str(number), claim=sentence.text, sources=sources))))
        return tuple(out)

    @cached_property
    def _supported(self) -> frozenset[PageSentence]:
        return frozenset(s for s, verification in self.verified if verification.verdict is Verdict.SUPPORTED)

    def supported(self, sentence: PageSentence) -> bool:
        """True for a statement that a paper which it cites bears out as it stands."""
        return sentence in self._supported

    def tells_of_it(self, sentence: PageSentence) -> bool:
        """True for a sentence that names the compound, points at it, or cites or describes a held study of it."""
        plain = normal(sentence.text)
        named = self.held.names is not None and self.held.names.search(plain) is not None
        keys = {*self.sources(sentence), *(self.record(number) for number in self.described(sentence))}
        return named or POINTING.search(plain) is not None or bool(keys & self.held.studies.keys())

    def told(self, code: str) -> Hits:
        """What the verification of the statements found under a code, with the sentence that decided; of one statement
        everything on its numbers, else the first."""
        for sentence, verification in self.verified:
            years = {str(self.cited[key].published) for key in self.sources(sentence)}
            found = [
                finding
                for finding in verification.findings
                if finding.code == code and not any(f"'{year}'" in finding.message for year in years)
            ]
            for finding in found if code.startswith("QTY") else found[:1]:
                yield Hit(
                    finding.message,
                    sentence.text,
                    finding.source,
                    finding.suggestion,
                    sentence.line,
                    finding.severity,
                    verification.quote(finding),
                )

    def see(self, sentence: PageSentence) -> str | None:
        """The held records that fit a sentence best, in words; None where there is none."""
        context = self.text
        text = sentence.text
        if not self.conditions(sentence) and sentence.section is not None:
            text = f"{text} {self.page.sections[sentence.section].title}"
        return self.held.described(self.held.fitting(text, context)) or None

    def trials(self, sentence: PageSentence) -> tuple[Study, ...]:
        """The held randomised trials on what a sentence speaks of: those in favour first, then the larger."""
        found = {s.source: s for name in self.conditions(sentence) for s in self.held.by_condition[name]}
        randomised = [s for s in found.values() if s.design.value is Design.RANDOMISED and counts_as_efficacy(s)]
        return tuple(
            sorted(
                randomised,
                key=lambda s: (s.direction.value is not Direction.BENEFIT, -s.size, s.source),
            )
        )

    def better(self, sentence: PageSentence, but: set[str]) -> str | None:
        """The held randomised trials on what a sentence speaks of, in words, without those in `but`."""
        found = [study for study in self.trials(sentence) if study.source not in but][:MOST_TRIALS]
        return f"see {self.held.described(found)}" if found else None

    def doses(self, sentence: PageSentence) -> str | None:
        """The doses of the strongest held studies of people on what a sentence speaks of, or on anything."""
        matter = self.matter(sentence)
        studies = [s for name in matter for s in self.held.by_condition[name]] or list(self.held.studies.values())
        given = [s for s in studies if s.doses and counts_as_efficacy(s) and s.design.value is not Design.ANIMAL]
        ordered = sorted(given, key=lambda s: (RANKS[s.design.value], -s.size, s.source))
        told = [f"{show(s.doses[0].value)} in {source_words(s.source)} ({in_short(s)})" for s in ordered[:3]]
        return "; ".join(dict.fromkeys(told)) or None

    def main_result(self, study: Study) -> str | None:
        """The sentence that carries the main outcome of a held study."""
        told = study.results[0] if study.results else study.nulls[0] if study.nulls else None
        sentences = self.held.evidence.get(study.source, ())
        return next((sentence.text for sentence in sentences if sentence.id == told), None)

    def first_harm(self) -> str | None:
        """What the largest held trial says of adverse effects, with its key."""
        telling = [study for study in self.held.studies.values() if study.harms and not study.retracted]
        for study in sorted(telling, key=lambda s: (-s.size, s.source)):
            for sentence in self.held.evidence[study.source]:
                if sentence.id in study.harms and not AIMS.search(normal(sentence.text)):
                    return f"{sentence.text} ({source_words(study.source)})"
        return None

    def label(self, reference: int) -> str:
        """A reference as the page calls it: "reference 2"."""
        entry = self.page.references[reference]
        if not entry.listed:
            return entry.raw
        return f"reference {entry.label}" if entry.label else f"the reference in line {entry.line}"


def first(pattern: re.Pattern[str], text: str) -> str | None:
    """What `pattern` finds first in the normal form of a text, or None."""
    found = pattern.search(normal(text))
    return found.group().strip() if found else None
