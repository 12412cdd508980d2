"""The audit of a page that others wrote, of any compound, held against what is known.

file -> Page -> its references and its compound looked up -> Audit -> Report
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.checks.catalogue import check_page
from pipeline.checks.pages.audit import Audit
from pipeline.checks.pages.held import Held
from pipeline.checks.pages.references import is_no_paper
from pipeline.compounds import recognised, resolve
from pipeline.config import Settings
from pipeline.drafting.dossier import dossier
from pipeline.errors import NothingFound
from pipeline.evidence import evidence_of
from pipeline.identifiers import source_words
from pipeline.legacy import read_page
from pipeline.legacy.files import read_bytes
from pipeline.models.compound import Compound
from pipeline.models.findings import Report, Skipped
from pipeline.models.pages import Page
from pipeline.models.references import CheckedReference, RefStatus
from pipeline.models.sources import Article
from pipeline.models.studies import Study
from pipeline.references.candidates import bundled
from pipeline.references.matching import check_references
from pipeline.references.strings import read_string
from pipeline.sources import synopses
from pipeline.sources.collect import Progress, collect
from pipeline.sources.library import Library
from pipeline.studies import study_of
from pipeline.text import normal

if TYPE_CHECKING:
    from pipeline.sources.entrez import PubMed

NOTHING = Held(articles={}, studies={}, evidence={}, topics=(), labels=(), names=None)


def audit(
    path: Path,
    name: str | None,
    settings: Settings,
    *,
    today: date,
    pubmed: PubMed | None = None,
    progress: Progress = lambda what, done, total: None,
) -> Report:
    """What the rules find on an existing page: of the compound `name`, else of the one that it is about.

    Its references are looked up in what is held, and in `pubmed` where it is given; the compound's studies only in what
    is held. Raises FormatError where the file is no page.
    """
    page = read_page(read_bytes(path), path.name)
    compound = resolve(name, settings)[0] if name else _recognised(page, settings)
    with Library(settings.library) as library:
        held = _held(compound, library, today, progress) if compound else NOTHING
        citations = [read_string(reference.raw, reference.line) for reference in page.references]
        checked = check_references(citations, library, pubmed, today=today, progress=progress)
        cited = _records(checked, held, library)
    names = compound.names if compound else ()
    found = check_page(Audit(page, compound, checked, cited, _studies(cited, held, names), held))
    findings = tuple(finding.model_copy(update={"file": str(path)}) for finding in found.findings)
    return found.model_copy(
        update={"findings": findings, "skipped": tuple(_skipped(page, name, compound, held, checked, cited))}
    )


def _recognised(page: Page, settings: Settings) -> Compound | None:
    headings = [section.title for section in page.sections]
    return recognised(page.title, headings, " ".join(normal(s.text) for s in page.sentences), settings)


def _held(compound: Compound, library: Library, today: date, progress: Progress) -> Held:
    """What is held on a compound: the bundled collection, the last answer of PubMed, and what names it."""
    try:
        collection = collect(compound, library, today=today, bundled=synopses.bundled(compound.slug), progress=progress)
    except NothingFound:
        return replace(NOTHING, topics=compound.topics)
    known = dossier(compound, collection)
    return Held(
        articles=known.articles,
        studies=known.studies,
        evidence=known.evidence,
        topics=compound.topics,
        labels=known.labels,
        names=known.names,
    )


def _records(checked: tuple[CheckedReference, ...], held: Held, library: Library) -> dict[str, Article]:
    """The records that the page's references name, by key."""
    keys = {one.id for one in checked if one.id is not None and one.status is not RefStatus.AMBIGUOUS}
    found = {key: held.articles[key] for key in keys if key in held.articles}
    found |= library.get(sorted(keys - found.keys()))
    return found | {article.key: article for article in bundled() if article.key in keys - found.keys()}


def _studies(cited: Mapping[str, Article], held: Held, names: tuple[str, ...]) -> dict[str, Study]:
    """What the cited records are and found, read for the compound."""
    return {
        key: held.studies.get(key) or study_of(article, evidence_of(article), names or ("the compound",))
        for key, article in cited.items()
    }


def _skipped(
    page: Page,
    name: str | None,
    compound: Compound | None,
    held: Held,
    checked: tuple[CheckedReference, ...],
    cited: Mapping[str, Article],
) -> list[Skipped]:
    """What could not be looked at, and why."""
    found = []
    if compound is None:
        found.append(Skipped(what="compound", why="compound not recognised: name it with --compound"))
    elif not held.studies:
        found.append(Skipped(what=compound.name, why="no record on it is held; import some, or draft its profile"))
    for entry, one in zip(page.references, checked, strict=True):
        if one.status is RefStatus.NOT_FOUND and is_no_paper(entry.raw):
            found.append(Skipped(what=f"reference in line {entry.line}", why="a document or an address, and no paper"))
        elif one.status is RefStatus.UNCHECKED:
            found.append(
                Skipped(what=f"reference in line {entry.line}", why=one.suggestion or "could not be looked up")
            )
        elif one.id is not None and one.id in cited and not cited[one.id].abstract:
            found.append(Skipped(what=source_words(one.id), why="no abstract of it is held, so no claim was compared"))
    return found
