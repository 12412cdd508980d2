"""Papers, labels and searches: what a draft may stand on."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Literal

from pipeline.identifiers import record_key
from pipeline.models.base import Frozen


class NoticeKind(StrEnum):
    """What happened to a paper. Four of them are never the same thing: retraction, concern, erratum, update.

    DELETED is a record that NLM took out of PubMed, or that PubMed no longer sends.
    """

    RETRACTION = "retraction"
    CONCERN = "concern"
    ERRATUM = "erratum"
    REPUBLICATION = "republication"
    UPDATE = "update"
    COMMENT = "comment"
    DELETED = "deleted"
    OTHER = "other"


TITLED = "title: "  # the `ref_type` of what a title says of its paper, before the word


class Notice(Frozen):
    """A link between a paper and a notice about it.

    `role` is "affected" on the paper that was retracted, corrected, ..., and "notice" on the record that says so.
    `id` is the PMID or DOI of the other side where PubMed gives one. `ref_type` keeps PubMed's own word. `about` is
    what an erratum corrects, as far as its own record says: "data" (numbers, doses, results) or "other" (names,
    affiliations, funding); None where nobody looked or it does not say.
    """

    kind: NoticeKind
    role: Literal["affected", "notice"]
    id: str | None = None
    citation: str | None = None
    date: str | None = None
    ref_type: str | None = None
    about: Literal["data", "other"] | None = None

    @property
    def titled(self) -> str | None:
        """The word by which the paper's own title says so ("RETRACTED"), where no notice of its record does."""
        return self.ref_type.removeprefix(TITLED) if self.ref_type and self.ref_type.startswith(TITLED) else None


class Author(Frozen):
    """A person (`family`, `initials`) or a group (`collective`)."""

    family: str | None = None
    initials: str | None = None
    suffix: str | None = None
    collective: str | None = None

    @property
    def name(self) -> str:
        """As Vancouver style prints it: `Younger J`, `Smith JP Jr`, or the group's name."""
        return self.collective or " ".join(part for part in (self.family, self.initials, self.suffix) if part)


class MeshHeading(Frozen):
    """A MeSH descriptor with its qualifiers; `major` when the descriptor or one of them is a major topic."""

    descriptor: str
    qualifiers: tuple[str, ...] = ()
    major: bool = False


class AbstractSection(Frozen):
    """A part of an abstract. `label` is what the journal printed ("RESULTS"), `category` NLM's own name for it."""

    text: str
    label: str | None = None
    category: str | None = None


class Article(Frozen):
    """One paper as PubMed describes it, or as a bundled synopsis does.

    `text_origin` is "pubmed" for the real abstract, "synopsis" for one written for this project from verified facts.
    `year` is the year of the issue; `year_electronic` that of electronic publication, where it is given.
    `authors_complete` is false where the record says that its list of authors is not whole.
    Strings are plain text: markup is rendered (`10^-3`, `H2O`), never dropped in a way that changes a number.
    """

    pmid: str | None = None
    doi: str | None = None
    pmcid: str | None = None
    version: int = 1
    kind: Literal["article", "book"] = "article"
    title: str
    vernacular_title: str | None = None
    authors: tuple[Author, ...] = ()
    authors_complete: bool = True
    journal: str | None = None
    journal_title: str | None = None
    issn: str | None = None
    nlm_id: str | None = None
    year: int | None = None
    month: str | None = None
    day: int | None = None
    medline_date: str | None = None
    year_electronic: int | None = None
    volume: str | None = None
    issue: str | None = None
    pages: str | None = None
    languages: tuple[str, ...] = ()
    publication_types: tuple[str, ...] = ()
    mesh: tuple[MeshHeading, ...] = ()
    keywords: tuple[str, ...] = ()
    substances: tuple[str, ...] = ()
    registrations: tuple[str, ...] = ()
    abstract: tuple[AbstractSection, ...] = ()
    notices: tuple[Notice, ...] = ()
    status: str | None = None
    date_revised: date | None = None
    text_origin: Literal["pubmed", "synopsis"] = "pubmed"

    @cached_property
    def key(self) -> str:
        """The PMID, or the DOI of a record without one."""
        return record_key(self.pmid, self.doi)

    def affected_by(self, kind: NoticeKind) -> bool:
        """True for the paper that a notice of this kind is about; false for the notice itself."""
        return any(notice.kind is kind and notice.role == "affected" for notice in self.notices)

    def is_older_than(self, other: Article) -> bool:
        """True for an earlier version or revision of a record than the other, as far as both say."""
        dated = self.date_revised is not None and other.date_revised is not None
        return self.version < other.version or (dated and self.date_revised < other.date_revised)  # type: ignore[operator]

    @property
    def published(self) -> int | None:
        """The year of the issue, else of electronic publication."""
        return self.year or self.year_electronic

    @cached_property
    def text(self) -> str:
        """The title and the sections of the abstract, one a line: the text that evidence spans count in."""
        return "\n".join((self.title, *(section.text for section in self.abstract)))


class LabelSection(Frozen):
    """A part of a label or note. `kind` is its subject: contraindication, interaction, pregnancy, regulatory, ..."""

    kind: str
    text: str
    urls: tuple[str, ...] = ()
    confidence: str | None = None


class Label(Frozen):
    """A drug label (`label-...`) or a note on facts outside the papers (`note-...`), by subject.

    `effective` is the date printed on the label; None where the source does not give it. A label as openFDA gives it
    has the `set_id` under which all its versions go, `text_origin` "label", and the key `label-<set id>`.
    """

    key: str
    title: str
    set_id: str | None = None
    version: str | None = None
    effective: date | None = None
    sections: tuple[LabelSection, ...] = ()
    text_origin: Literal["label", "synopsis"] = "label"

    @cached_property
    def text(self) -> str:
        """The title and the sections, one a line: the text that evidence spans count in."""
        return "\n".join((self.title, *(section.text for section in self.sections)))


Source = Article | Label


class Search(Frozen):
    """A search that was made: what was asked, what PubMed (or openFDA, for labels) made of it, what came back and when.

    `found` counts all hits, `ids` those that were taken; `date` is the day on which this answer was first given.
    """

    query: str
    translation: str | None = None
    warnings: tuple[str, ...] = ()
    found: int
    ids: tuple[str, ...]
    date: date


class Collection(Frozen):
    """All that a draft may stand on: records, labels and the searches that found them, as of `date`.

    `label_search` is what became of asking openFDA for labels, None where it was never asked.
    """

    articles: tuple[Article, ...]
    labels: tuple[Label, ...] = ()
    searches: tuple[Search, ...] = ()
    label_search: Search | None = None
    date: date
