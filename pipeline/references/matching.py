"""Which record a reference names, and whether it is written as the record says.

What title and authors name counts above an identifier: a PMID that belongs to another paper is a difference, not the
answer. Not found means that nothing fits in what was consulted; it never means that the paper does not exist. Where
PubMed was to be asked and could not be, a reference that nothing held fits is unchecked.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING

from pipeline.models.references import CheckedReference, Citation, NoticeMark, RefStatus
from pipeline.models.sources import Article, NoticeKind
from pipeline.references.asking import ask
from pipeline.references.candidates import Shelf
from pipeline.references.fields import Comparison, compare
from pipeline.references.folding import fold_key, words
from pipeline.references.journals import names
from pipeline.references.names import same_person
from pipeline.references.strings import read_string
from pipeline.references.titles import forms, likeness
from pipeline.references.vancouver import reference
from pipeline.sources.collect import Progress
from pipeline.sources.library import Library

if TYPE_CHECKING:
    from pipeline.sources.entrez import PubMed

HELD = ("library", "bundled")
_WEIGHTS = {"title": 6.0, "authors": 2.0, "pages": 2.0, "volume": 1.0, "journal": 1.0, "year": 0.5, "issue": 0.5}
_IDENTIFIERS = {"pmid": 3.0, "doi": 3.0}
_LIKE = ((95.0, 5.0), (88.0, 4.0), (80.0, 3.0), (70.0, 1.5))  # what a title is worth that is only so much alike
_LETTER = 0.25  # what it adds that a title or a journal is written as in the record
_FEW_WORDS = 4  # a title of fewer words names less
_NAMED = 4.0  # weight from which a reference names a record
_TWIN = 88.0  # likeness from which two titles are those of twins
_TOLD = (NoticeKind.COMMENT, NoticeKind.OTHER)
_SHARED = 2  # long words that the title of another paper must share to be one that may have been meant
_LONG = 5


def check_references(
    citations: Sequence[Citation],
    library: Library,
    pubmed: PubMed | None,
    *,
    today: date | None = None,
    progress: Progress = lambda what, done, total: None,
) -> tuple[CheckedReference, ...]:
    """Each citation held against the record that it names: library and bundled collections first, then `pubmed`.

    What PubMed sends is stored in the library, under the date `today`. Raises SourceError only for a library that
    cannot be read; a PubMed that cannot be asked leaves what it was needed for unchecked, and says why.
    """
    shelf = Shelf(library)
    checked: list[CheckedReference] = []
    for number, citation in enumerate(citations):
        checked.append(_checked(citation, shelf))
        if number % 50 == 0:
            progress("checking references", number, len(citations))
    if pubmed is None:
        return tuple(checked)
    waiting = [n for n, one in enumerate(checked) if one.status is not RefStatus.MATCH and _readable(citations[n])]
    answered, fault = ask([citations[n] for n in waiting], library, pubmed, today or date.today(), progress)
    for place, n in enumerate(waiting):
        if place < answered:
            again = _checked(citations[n], shelf)
            checked[n] = again.model_copy(update={"consulted": (*again.consulted, "pubmed")})
        elif checked[n].status is RefStatus.NOT_FOUND:
            why = f"not held here, and PubMed could not be asked: {fault}"
            checked[n] = checked[n].model_copy(update={"status": RefStatus.UNCHECKED, "suggestion": why})
    return tuple(checked)


def _readable(citation: Citation) -> bool:
    return bool(citation.title or citation.authors or citation.journal or citation.pmid or citation.doi)


def _checked(citation: Citation, shelf: Shelf) -> CheckedReference:
    """The outcome for one reference from what is held."""
    if not _readable(citation):
        said = "this entry could not be read as a reference"
        return CheckedReference(input=citation.raw, status=RefStatus.UNCHECKED, suggestion=said)
    compared: dict[str, Comparison] = {}
    for wave, wide in shelf.waves(citation):
        for article in wave:
            if article.key not in compared:
                compared[article.key] = _compare(citation, article)
        named = [one for one in compared.values() if _names(one)]
        if any(not one.differences for one in named) or (wide and any("title" in one.agreed for one in named)):
            break
    return _verdict(citation, list(compared.values()), shelf)


def _compare(citation: Citation, article: Article) -> Comparison:
    """The comparison, with running text read around the title of the record."""
    return compare(read_string(citation.raw, citation.line, article) if citation.plain else citation, article)


def _weight(one: Comparison, *, identifiers: bool = True) -> float:
    """How much speaks for the record being the one meant."""
    weights = _WEIGHTS | _IDENTIFIERS if identifiers else _WEIGHTS
    total = sum(weights.get(field, 0.0) for field in one.agreed)
    title = one.citation.title
    if "title" in one.agreed and title:
        total -= 3.0 if len(words(title)) < _FEW_WORDS else 0.0
        total += _LETTER if fold_key(title) == forms(one.article.title)[0] else 0.0
    elif title:
        total += next((worth for least, worth in _LIKE if one.likeness >= least), 0.0)
    if "journal" in one.agreed and fold_key(one.citation.journal or "") in map(fold_key, names(one.article)):
        total += _LETTER
    if "authors" not in one.agreed and one.citation.authors:
        total += 1.0 if one.first else 0.0
        total += 1.0 if one.shared * 2 > len(one.citation.authors) else 0.0
    return total


def _names(one: Comparison) -> bool:
    """True where the reference names this record. An identifier is enough where there is nothing else to go by."""
    given = one.citation
    by_id = bool(one.agreed & _IDENTIFIERS.keys())
    if not given.title and not given.authors:
        return by_id or _weight(one) >= _NAMED
    if _elsewhere(one):
        return False
    if _disowned(one):
        return _weight(one, identifiers=False) >= _NAMED
    return _weight(one) >= _NAMED


def _elsewhere(one: Comparison) -> bool:
    """True where another title stands at another place: a sibling of the paper that is meant, which is not held."""
    given = one.citation
    placed = given.title is not None and bool(given.volume or given.pages)
    return placed and not one.agreed & {"title", "volume", "pages", "pmid", "doi"}


def _disowned(one: Comparison) -> bool:
    """True where title and authors are not those of the record: what agrees besides may be chance."""
    title = one.citation.title is not None and "title" not in one.agreed and one.likeness < _LIKE[-1][0]
    authors = bool(one.citation.authors) and not one.shared
    return title and (authors or not one.citation.authors)


def _verdict(citation: Citation, compared: Sequence[Comparison], shelf: Shelf) -> CheckedReference:
    named = sorted((one for one in compared if _names(one)), key=lambda one: (-_weight(one), len(one.differences)))
    exact = [one for one in named if not one.differences]
    if exact:
        rivals = [one for one in exact if _weight(one) == _weight(exact[0])]
        return _outcome(citation, RefStatus.MATCH, rivals[0]) if len(rivals) == 1 else _ambiguous(citation, rivals)
    if named:
        best = named[0]
        twins = [one for one in named if _twins(best, one)]
        return _outcome(citation, RefStatus.MISMATCH, best, shelf) if len(twins) < 2 else _ambiguous(citation, twins)
    owner = next((one for one in compared if one.agreed & _IDENTIFIERS.keys()), None)
    if owner is not None:
        return _outcome(citation, RefStatus.MISMATCH, owner, shelf, belongs=True)
    return CheckedReference(
        input=citation.raw, status=RefStatus.NOT_FOUND, suggestion=_nearest(compared), consulted=HELD
    )


def _twins(best: Comparison, other: Comparison) -> bool:
    """True for the best itself, and for a paper of nearly the same title that as many of the given fields speak for."""
    if other is best:
        return True
    return (
        len(other.differences) == len(best.differences)
        and ("authors" in other.agreed) is ("authors" in best.agreed)
        and likeness(best.article.title, other.article.title) >= _TWIN
        and {d.field for d in other.differences} != {d.field for d in best.differences}
    )


def _outcome(
    citation: Citation, status: RefStatus, one: Comparison, shelf: Shelf | None = None, *, belongs: bool = False
) -> CheckedReference:
    said: list[str] = []
    if status is RefStatus.MISMATCH:
        said = [reference(one.article), *_remarks(one, shelf, belongs=belongs)]
    elif one.remark or not citation.title:
        said = [reference(one.article)]
    return CheckedReference(
        input=citation.raw,
        status=status,
        id=one.article.key,
        differences=one.differences,
        notices=notices(one.article),
        suggestion="\n".join([*said, *([one.remark] if one.remark else [])]) or None,
        consulted=HELD,
    )


def notices(article: Article) -> tuple[NoticeMark, ...]:
    """The notices about a paper: retraction, concern, erratum, republication, newer version."""
    return tuple(
        NoticeMark(kind=notice.kind.value, id=notice.id, date=notice.date)
        for notice in article.notices
        if notice.role == "affected" and notice.kind not in _TOLD
    )


def _remarks(one: Comparison, shelf: Shelf | None, *, belongs: bool) -> Iterable[str]:
    """What helps to mend a reference besides the corrected one."""
    given = {difference.field: difference.given for difference in one.differences}
    if belongs:
        yield "the identifier belongs to this paper; what title and authors name was not found in what was consulted"
    for field, word in (("pmid", "PMID "), ("doi", "doi:")):
        owner = shelf.owner(given[field]) if shelf and field in given else None
        if owner is not None and owner.key != one.article.key:
            yield f"{word}{given[field]} belongs to another paper: {reference(owner)}"
    if shelf and "year" in given and (other := _other_paper(one, shelf)):
        yield (
            f"the {other.published} paper of the same first author is"
            f" {f'PMID {other.pmid}' if other.pmid else f'doi:{other.doi}'} ({other.title.rstrip('.')}),"
            " which may be what was meant"
        )


def _other_paper(one: Comparison, shelf: Shelf) -> Article | None:
    """A paper of the same first author and subject that the given year fits, where the record's does not."""
    first = next((author for author in one.article.authors if author.family), None)
    if first is None or one.citation.year is None:
        return None
    told = {word for word in words(f"{one.citation.title or ''} {one.article.title}") if len(word) >= _LONG}
    found = [
        (len(told & set(words(other.title))), other)
        for other in shelf.by_author(first.family or "", one.citation.year)
        if other.key != one.article.key and any(same_person(first, author) for author in other.authors[:1])
    ]
    shared, best = max(found, key=lambda pair: (pair[0], pair[1].key), default=(0, None))
    return best if shared >= _SHARED else None


def _ambiguous(citation: Citation, rivals: Sequence[Comparison]) -> CheckedReference:
    """Papers that fit equally well, each with what would still differ."""

    def told(one: Comparison) -> str:
        differing = ", ".join(f"{d.field} {d.given} is {d.found} there" for d in one.differences)
        return f"{reference(one.article)}{f' ({differing})' if differing else ''}"

    return CheckedReference(
        input=citation.raw,
        status=RefStatus.AMBIGUOUS,
        notices=tuple(dict.fromkeys(mark for one in rivals for mark in notices(one.article))),
        suggestion="\n".join(["it fits more than one paper:", *map(told, rivals)]),
        consulted=HELD,
    )


def _nearest(compared: Sequence[Comparison]) -> str | None:
    """The paper whose title is most like the one given, where any is."""
    best = max(compared, key=lambda one: one.likeness, default=None)
    if best is None or best.likeness < _LIKE[-1][0]:
        return None
    return f"the nearest title held is that of another paper: {reference(best.article)}"
