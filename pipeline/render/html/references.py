"""The list of references of a page: each source once, numbered as it is first cited, with the sentences cited of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from pipeline.identifiers import is_document, source_words, split_evidence_id
from pipeline.models.profile import Claim, DoseRow, Quotation, Reference, cited_sources
from pipeline.models.sources import Article
from pipeline.references.vancouver import described, fates
from pipeline.render.html.text import reference_anchor, short_form
from pipeline.render.words import encoded_address, origin_word


class Link(NamedTuple):
    """Words that lead somewhere, where there is an address."""

    words: str
    address: str | None


class Entry(NamedTuple):
    """A source in the list of references. `sentences` are the cited ones by number, 0 being the title; `kind` says of
    what: an abstract, a label, a synopsis."""

    number: int
    key: str
    anchor: str
    short: str
    marks: tuple[str, ...]
    text: str
    links: tuple[Link, ...]
    kind: str
    sentences: tuple[tuple[int, str], ...]


class Cite(NamedTuple):
    """A citation: the number and the anchor of the entry, and the numbers of the sentences of it."""

    number: int
    anchor: str
    sentences: str


class References:
    """The entries of a page, from what it says in reading order."""

    def __init__(self, said: Iterable[Claim | DoseRow], held: Mapping[str, Reference]) -> None:
        cited: dict[str, set[tuple[int, str]]] = {}
        for quotation in (quotation for each in said for quotation in each.evidence):
            if split := split_evidence_id(quotation.id):
                cited.setdefault(split[0], set()).add((split[1], quotation.text))
        self.anchors = unique(cited, reference_anchor)
        self.entries = tuple(
            _entry(number, key, self.anchors[key], held.get(key), cited[key]) for number, key in enumerate(cited, 1)
        )
        self._numbers = {entry.key: entry.number for entry in self.entries}

    def cites(self, evidence: tuple[Quotation, ...]) -> tuple[Cite, ...]:
        """The citations of a claim or row, one a source."""
        numbers: dict[str, list[str]] = {key: [] for key in cited_sources(evidence)}
        for quotation in evidence:
            if split := split_evidence_id(quotation.id):
                numbers[split[0]].append(str(split[1]))
        return tuple(Cite(self._numbers[key], self.anchors[key], " ".join(found)) for key, found in numbers.items())

    def link(self, key: str) -> Link:
        """A source as a link: to its entry where the page cites it, else to its public record."""
        here = f"#{self.anchors[key]}" if key in self.anchors else None
        return Link(source_words(key), here or encoded_address(key))


def unique(names: Iterable[str], form: Callable[[str], str], taken: Iterable[str] = ()) -> dict[str, str]:
    """An anchor for each name; of names whose anchors would be the same, the later ones get a number."""
    found: dict[str, str] = {}
    used = set(taken)
    for name in names:
        wanted = name_of = form(name)
        turn = 2
        while wanted in used:
            wanted, turn = f"{name_of}-{turn}", turn + 1
        used.add(wanted)
        found[name] = wanted
    return found


def _entry(number: int, key: str, anchor: str, held: Reference | None, sentences: Iterable[tuple[int, str]]) -> Entry:
    source = held.source if held else None
    noted = fates(held) if held else []
    text = described(source) if source else "The record is not among the sources of this profile."
    told = tuple(sorted(sentences))
    return Entry(
        number, key, anchor, short_form(key, source), tuple(noted), text, _links(key, source), origin_word(source), told
    )


def _links(key: str, source: object) -> tuple[Link, ...]:
    """Where a source can be read: its PubMed record and its DOI, or the label at DailyMed."""
    if isinstance(source, Article):
        keys = [known for known in (source.pmid, source.doi) if known]
        return tuple(Link(source_words(known), encoded_address(known)) for known in keys)
    if is_document(key):
        address = encoded_address(key)
        return (Link("DailyMed", address),) if address else ()
    return (Link(source_words(key), encoded_address(key)),)
