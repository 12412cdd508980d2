"""A profile and its parts: claims with their evidence, dose rows, references, provenance."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from pipeline.identifiers import split_evidence_id
from pipeline.models.base import Frozen
from pipeline.models.sources import Article, Label, Search
from pipeline.models.studies import Design, Direction, Grade

FOOTER = (
    "This profile was prepared using AI-assisted research synthesis. Citations are provided where applicable — verify"
    " with primary sources before clinical application."
)


class Quotation(Frozen):
    """A cited sentence, attached by code from its id: `text` is what the source says, character by character."""

    id: str
    text: str


def cited_sources(quotations: Iterable[Quotation]) -> tuple[str, ...]:
    """The keys of the sources that some quotations name, each once, in order; what is no evidence id is passed over."""
    split = (split_evidence_id(quotation.id) for quotation in quotations)
    return tuple(dict.fromkeys(found[0] for found in split if found is not None))


Words = Annotated[str, Field(min_length=1, pattern=r"\S")]


class Suppression(Frozen):
    """A rule that is not to be told of one claim: its code, the reason, and who answers for it."""

    code: Words
    reason: Words
    by: Words


class Claim(Frozen):
    """One sentence (or a short run that belongs together) and the evidence it stands on.

    `id` is `<section>/<source>-<role>` and stays the same across redrafts. `drafted` is the hash of the text as the
    drafter wrote it: where it differs from the hash of `text`, a person has edited the claim. `suppress` is written by
    people only, and stays while the text and the evidence do. `asked` is the hash of what a model was shown of the
    source when it told this study in this section, whether its words stand here or not.
    """

    id: str
    text: str
    evidence: tuple[Quotation, ...] = ()
    drafter: str = "extractive"
    drafted: str | None = None
    asked: str | None = None
    suppress: tuple[Suppression, ...] = ()

    @property
    def words(self) -> str:
        """What it says."""
        return self.text


class DoseRow(Frozen):
    """A row of the table of studied doses. Every cell stands in the row's evidence; an unknown cell is None."""

    id: str
    source: str
    dose: str
    route: str | None = None
    duration: str | None = None
    population: str | None = None
    design: str
    evidence: tuple[Quotation, ...] = ()
    suppress: tuple[Suppression, ...] = ()

    @property
    def words(self) -> str:
        """What it says, cell by cell."""
        return "; ".join(filter(None, (self.dose, self.route, self.duration, self.population, self.design)))


class Point(Frozen):
    """A study as a mark on the evidence map."""

    source: str
    row: str
    year: int
    n: int | None
    design: Design
    direction: Direction


class Section(Frozen):
    """A heading with its claims. An id with a slash is a part of the section before the slash.

    `note` says in a sentence what is not known; it states no fact about a paper. `grade` is set for topics.
    """

    id: str
    title: str
    note: str | None = None
    grade: Grade | None = None
    claims: tuple[Claim, ...] = ()


class Uncited(Frozen):
    """A record that was retrieved and not cited, with the reason."""

    source: str
    reason: str


class Read(Frozen):
    """A fact that a model read in a paper and that stands in the sentence `evidence`, which prints it as `value`."""

    fact: Literal["n", "dose", "duration", "result"]
    value: str
    evidence: str


class Challenge(Frozen):
    """A claim that newer evidence speaks against: it is "better" (a stronger or larger study), "opposite" in direction,
    the "results" of the plan that the claim tells, or a newer "version" of what it cites."""

    claim: str
    how: Literal["better", "opposite", "results", "version"]


class Waiting(Frozen):
    """A record found since the draft, which nobody has weighed yet; it leaves the list when a draft takes it in.

    `topics` are the titles of the sections that it bears on; `harm` is true where it is about harm.
    """

    source: str
    topics: tuple[str, ...] = ()
    design: Design
    n: int | None = None
    direction: Direction
    harm: bool = False
    challenges: tuple[Challenge, ...] = ()


class Reading(Frozen):
    """What a model read in one paper and the rules confirmed. `asked` is the hash of what it was shown."""

    source: str
    asked: str
    facts: tuple[Read, ...] = ()


class Provenance(Frozen):
    """What a draft was made from and by what: enough to make it again.

    `model` is the model that was asked, None for none, and `prompts` the versions of the prompts that it got.
    `label_search` is what became of asking openFDA for drug labels, None where it never was asked.
    """

    drafter: str
    version: str
    date: date
    records: int
    synopses: int
    searches: tuple[Search, ...] = ()
    label_search: Search | None = None
    model: str | None = None
    prompts: tuple[str, ...] = ()


class Profile(Frozen):
    """`profile.yaml`: the whole profile as data. Rendered files are made from this and `sources.yaml` alone."""

    name: str
    slug: str
    aliases: tuple[str, ...] = ()
    tagline: str | None = None
    provenance: Provenance
    sections: tuple[Section, ...] = ()
    doses: tuple[DoseRow, ...] = ()
    points: tuple[Point, ...] = ()
    uncited: tuple[Uncited, ...] = ()
    readings: tuple[Reading, ...] = ()
    waiting: tuple[Waiting, ...] = ()
    footer: str

    @property
    def claims(self) -> tuple[Claim, ...]:
        """All claims, in reading order."""
        return tuple(claim for section in self.sections for claim in section.claims)

    @property
    def quotations(self) -> tuple[Quotation, ...]:
        """All that is quoted: by the claims in reading order, then by the dose rows."""
        told = (*(claim.evidence for claim in self.claims), *(row.evidence for row in self.doses))
        return tuple(quotation for evidence in told for quotation in evidence)


class Reference(Frozen):
    """A cited source in `sources.yaml`: its bibliography without the abstract, and the hash of the text that was read.

    `hash` is `sha256:` and the digest of the source's text; a changed abstract changes it. `headings` is the short hash
    of what a paper is indexed with (MeSH, keywords, substances), None for a synopsis. `rests_on` are the PMIDs of
    retracted papers in the reference list of a review. `withdrawn` is true of a label that openFDA holds no more;
    `parts` are the short hashes of such a label's sections, by subject.
    """

    key: str
    article: Article | None = None
    label: Label | None = None
    hash: str
    headings: str | None = None
    rests_on: tuple[str, ...] = ()
    withdrawn: bool = False
    parts: dict[str, str] = Field(default_factory=dict)

    @property
    def source(self) -> Article | Label | None:
        """The paper or the label, None where the file names neither."""
        return self.article or self.label
