"""From a compound to all that a draft may stand on: what is bundled, what PubMed and openFDA answer, what is held."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from pipeline.errors import NothingFound, SourceError
from pipeline.models.compound import Compound
from pipeline.models.sources import Article, Collection, Search
from pipeline.sources import labels
from pipeline.sources.library import Library
from pipeline.sources.pubmed_xml import Record

if TYPE_CHECKING:
    from pipeline.sources.entrez import PubMed
    from pipeline.sources.openfda import DrugLabels

Progress = Callable[[str, int, int], None]  # what is being done, how much of it is done, how much there is


def quiet(what: str, done: int, total: int) -> None:
    """The progress of work that nobody watches."""


class Plan(NamedTuple):
    """What would be asked of PubMed: the query, and how many records of the last answer are not held yet."""

    query: str
    known: Search | None
    to_fetch: int


def query_of(compound: Compound) -> str:
    """The author's query, or one that looks for every name of the compound in titles, abstracts and MeSH headings."""
    if compound.query:
        return compound.query
    names = (" ".join(name.replace('"', " ").split()) for name in compound.names)  # a quotation mark would end a phrase
    words = [f'"{name}"[Title/Abstract]' for name in names if name]
    return " OR ".join([*words, *(f'"{heading}"[MeSH Terms]' for heading in compound.mesh)])


def outdated(wanted: Mapping[str, Article | None], held: Mapping[str, Article]) -> list[str]:
    """Those of the `wanted` records that are not held, or only in an older version."""
    return [key for key, article in wanted.items() if key not in held or (article and held[key].is_older_than(article))]


def renew(
    wanted: Mapping[str, Article | None], library: Library, pubmed: PubMed | None, today: date, progress: Progress
) -> None:
    """Bring the library up to the records that a profile was drawn from, where it holds older versions of them.

    So a draft never goes back behind what a night found out elsewhere. Raises SourceError where that cannot be done.
    """
    held = library.get(wanted)
    older = outdated({key: article for key, article in wanted.items() if key in held}, held)
    for batch in pubmed.fetch([key for key in older if key.isdecimal()]) if pubmed else ():
        progress("fetching newer versions", 0, len(older))
        library.add(batch.records, fetched_at=today)
    if older and (left := outdated({key: wanted[key] for key in older}, library.get(older))):
        raise SourceError(
            f"the library holds an older version of {len(left)} of the profile's records than it was drawn from",
            "set NCBI_EMAIL and leave out --offline, so that it is fetched, or import it: monograph library import",
        )


def in_order(articles: Iterable[Article]) -> tuple[Article, ...]:
    """Records in the one order in which drafts are made from them: by PMID, then those without one by DOI."""
    return tuple(sorted(articles, key=lambda a: (not a.key.isdigit(), a.key.zfill(9))))


def plan(compound: Compound, library: Library) -> Plan:
    """What `collect` would ask of PubMed, without asking."""
    query = query_of(compound)
    known = library.recall(query)
    return Plan(query, known, len(library.missing(known.ids)) if known else 0)


def collect(
    compound: Compound,
    library: Library,
    *,
    today: date,
    bundled: Collection | None = None,
    pubmed: PubMed | None = None,
    drug_labels: DrugLabels | None = None,
    progress: Progress = quiet,
) -> Collection:
    """Every record for a compound, stored in the library on the way: the search's, the bundled, those that name it.

    With `pubmed` its answer to the compound's query is fetched as far as it is not held, batch by batch, so that an
    interrupted run goes on where it stopped. Without it the last remembered answer serves; so it does for the labels of
    openFDA without `drug_labels`, and where openFDA does not answer. The date of the collection is that of the newest
    search or bundle it stands on, never the clock's. Raises SourceError when nothing was found.
    """
    query = query_of(compound)
    papers: tuple[Article, ...] = bundled.articles if bundled else ()
    if bundled is not None:
        library.add([Record(article, b"") for article in papers], fetched_at=bundled.date)
    if pubmed is not None:
        progress("searching PubMed", 0, 1)
        search: Search | None = library.remember(pubmed.search(query, today=today, limit=compound.retrieve))
        wanted = [*(search.ids if search else ()), *(a.pmid for a in papers if a.pmid)]
        _fetch(pubmed, library, wanted, today, progress)
    else:
        search = library.recall(query)
    found = list(search.ids) if search else []
    unsent = library.missing(found)
    if search is not None and unsent:
        said = f"{len(unsent)} of the {len(found)} records it listed were not received"
        search = search.model_copy(update={"warnings": (*search.warnings, said)})
    keys = [*found, *(article.key for article in papers), *library.mentioning(compound.names, compound.retrieve)]
    articles = {article.key: article for article in library.get(dict.fromkeys(keys)).values()}
    if drug_labels is not None:
        progress("asking openFDA for labels", 0, 1)
    live, label_search = labels.found(compound.names, library, drug_labels, today)
    if not articles and not live and not (bundled and bundled.labels):
        raise _nothing(compound, asked=pubmed is not None, unsent=len(unsent))
    revised = [article.date_revised for article in articles.values() if article.date_revised]
    stands_on = (search, bundled, label_search if live else None)
    dates = [that.date for that in stands_on if that is not None] or revised or [today]
    return Collection(
        articles=in_order(articles.values()),
        labels=(*(bundled.labels if bundled else ()), *live),
        searches=(search,) if search else (),
        label_search=label_search,
        date=max(dates),
    )


def _fetch(pubmed: PubMed, library: Library, wanted: Sequence[str], today: date, progress: Progress) -> None:
    """Fetch what is not held. An answer without any record is asked for once more: it may be the server's trouble."""
    absent = library.missing(wanted)
    done, again = 0, list[str]()
    for batch in pubmed.fetch(absent):
        library.add(batch.records, fetched_at=today)
        done += len(batch.records) + len(batch.missing)
        again += batch.missing if not batch.records else ()
        progress("fetching records", done, len(absent))
    for batch in pubmed.fetch(again):
        library.add(batch.records, fetched_at=today)


def _nothing(compound: Compound, *, asked: bool, unsent: int) -> SourceError:
    if asked and unsent:
        return SourceError(
            f"PubMed listed {unsent} records for '{compound.name}' and sent none of them",
            "run the same command again later",
            retryable=True,
        )
    if asked:
        return NothingFound(
            f"PubMed and the library hold no record for '{compound.name}'",
            "check the spelling, or give aliases or a query in its compound.yaml",
        )
    return NothingFound(
        f"no record for '{compound.name}' is bundled or in the library, and PubMed was not asked",
        "set NCBI_EMAIL to ask PubMed, or import records: monograph library import FILE",
    )
