"""One `PubmedArticle` or `PubmedBookArticle` element as an Article.

Only direct children are read on the way to a field: the references and links of a record hold the PMIDs and DOIs of
other papers under the same names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any
from xml.etree.ElementTree import Element

from pipeline.errors import FormatError
from pipeline.identifiers import parse_doi, parse_pmid
from pipeline.models.sources import Article
from pipeline.sources.pubmed_dates import electronic_year, exact_date, issue_date
from pipeline.sources.pubmed_markup import plain
from pipeline.sources.pubmed_notices import entitled, notices

_BRACKETED = re.compile(r"\[(.*)\](\.?)")
_VERSION = re.compile(r"\d{1,4}", re.ASCII)
_NO_TITLE = frozenset({"", "Not Available", "Not Available."})


def article(record: Element) -> Article:
    """The paper or book chapter that `record` describes.

    Raises FormatError for a record with neither PMID nor DOI.
    """
    fields = _book(record) if record.tag == "PubmedBookArticle" else _paper(record)
    fields["notices"] += tuple(entitled(fields["title"] or "", fields["notices"]))
    if not fields["pmid"] and not fields["doi"]:
        raise FormatError("a PubMed record has neither a PMID nor a DOI", "Fetch or download the file again.")
    return Article.model_validate(fields)


def _paper(record: Element) -> dict[str, Any]:
    citation = _child(record, "MedlineCitation")
    paper = _child(citation, "Article")
    journal = _child(paper, "Journal")
    issue = _child(journal, "JournalIssue")
    info = _child(citation, "MedlineJournalInfo")
    identifiers = _identifiers(_child(record, "PubmedData"))
    locations = _locations(paper)
    types = _texts(_child(paper, "PublicationTypeList"))
    banks = (bank.find("AccessionNumberList") for bank in _child(paper, "DataBankList"))
    return {
        **_common(citation, paper),
        **_date(_child(issue, "PubDate")),
        "doi": parse_doi(identifiers.get("doi", "")) or parse_doi(locations.get("doi", "")),
        "pmcid": identifiers.get("pmc"),
        "journal": _text(info, "MedlineTA") or (_text(journal, "ISOAbbreviation") or "").replace(".", "") or None,
        "journal_title": _text(journal, "Title"),
        "issn": _text(journal, "ISSN") or _text(info, "ISSNLinking"),
        "nlm_id": _text(info, "NlmUniqueID"),
        "year_electronic": electronic_year(paper),
        "volume": _text(issue, "Volume"),
        "issue": _text(issue, "Issue"),
        "pages": _pages(paper) or locations.get("pii"),
        "publication_types": types,
        "mesh": tuple(_mesh(heading) for heading in _child(citation, "MeshHeadingList") if len(heading)),
        "substances": tuple(
            name for chemical in _child(citation, "ChemicalList") if (name := _text(chemical, "NameOfSubstance"))
        ),
        "registrations": tuple(number for bank in banks if bank is not None for number in _texts(bank)),
        "notices": tuple(notices(_child(citation, "CommentsCorrectionsList"), types)),
        "status": citation.get("Status"),
        **_people(paper.findall("AuthorList")),
    }


def _book(record: Element) -> dict[str, Any]:
    """A chapter, or a whole book. The date is that of the contribution where there is one, else that of the book."""
    document = _child(record, "BookDocument")
    book = _child(document, "Book")
    identifiers = _identifiers(_child(record, "PubmedBookData")) | _identifiers(document)
    contributed = document.find("ContributionDate")
    types = tuple(filter(None, map(plain, document.findall("PublicationType"))))
    fields = _common(document, document)
    return {
        **fields,
        **_date(contributed if contributed is not None else _child(book, "PubDate")),
        "kind": "book",
        "title": fields["title"] or plain(book.find("BookTitle")),
        "doi": parse_doi(identifiers.get("doi", "")) or parse_doi(_locations(book).get("doi", "")),
        "pmcid": identifiers.get("pmc"),
        "journal_title": _text(book, "BookTitle"),
        "volume": _text(book, "Volume"),
        "pages": _pages(document),
        "publication_types": types,
        "notices": tuple(notices((), types)),
        **_people(document.findall("AuthorList") or book.findall("AuthorList")),
    }


def _common(outer: Element, inner: Element) -> dict[str, Any]:
    """What papers and books say in the same way, in `outer` (about the record) and `inner` (about the text)."""
    pmid = outer.find("PMID")
    vernacular = _text(inner, "VernacularTitle")
    title = _unbracketed(plain(inner.find("ArticleTitle")))
    version = _VERSION.fullmatch(pmid.get("Version", "")) if pmid is not None else None
    return {
        "pmid": parse_pmid(plain(pmid)),
        "version": int(version[0]) if version else 1,
        "title": (vernacular or title) if title in _NO_TITLE else title,
        "vernacular_title": vernacular,
        "languages": tuple(filter(None, map(plain, inner.findall("Language")))),
        "keywords": tuple(word for words in outer.findall("KeywordList") for word in _texts(words)),
        "abstract": tuple(_sections(_child(inner, "Abstract"))),
        "date_revised": exact_date(outer.find("DateRevised")),
    }


def _child(element: Element, tag: str) -> Element:
    """The first child called `tag`, or an element without content, which yields nothing wherever it is read."""
    found = element.find(tag)
    return Element(tag) if found is None else found


def _text(element: Element, tag: str) -> str | None:
    return plain(element.find(tag)) or None


def _texts(element: Iterable[Element]) -> tuple[str, ...]:
    return tuple(filter(None, map(plain, element)))


def _date(element: Element) -> dict[str, Any]:
    day = issue_date(element)
    return {"year": day.year, "month": day.month, "day": day.day, "medline_date": day.printed}


def _identifiers(element: Element) -> dict[str, str]:
    """The record's own ids by type: `doi`, `pmc`, `pii`, ..."""
    return {item.get("IdType", ""): plain(item) for item in reversed(_child(element, "ArticleIdList"))}


def _locations(element: Element) -> dict[str, str]:
    """The electronic locations (`doi`, `pii`) that are not marked as invalid; of several the first."""
    found = reversed(element.findall("ELocationID"))
    return {item.get("EIdType", ""): plain(item) for item in found if item.get("ValidYN") != "N"}


def _pages(element: Element) -> str | None:
    """The pages as NLM prints them, such as `663-72` or `e1234`; else from the first and the last page."""
    pagination = _child(element, "Pagination")
    first, last = _text(pagination, "StartPage"), _text(pagination, "EndPage")
    return _text(pagination, "MedlinePgn") or (f"{first}-{last}" if first and last and first != last else first)


def _unbracketed(title: str) -> str:
    """A translated title stands in brackets, its full stop behind them: `[Title].` is `Title.`"""
    match = _BRACKETED.fullmatch(title)
    if not match:
        return title
    depth = 0
    for bracket in re.findall(r"[\[\]]", match[1]):
        depth += 1 if bracket == "[" else -1
        if depth < 0:  # "[A] and [B]": the first bracket is not closed by the last
            return title
    inner = match[1].strip()
    return inner if inner.endswith((".", "?", "!")) else inner + match[2]


def _people(lists: list[Element]) -> dict[str, Any]:
    """The authors, or the editors where nobody else is named, without those that NLM marks as invalid."""
    chosen = [people for people in lists if people.get("Type") != "editors"] or lists
    return {
        "authors": tuple(
            person
            for people in chosen
            for author in people
            if author.get("ValidYN") != "N" and (person := _person(author))
        ),
        "authors_complete": all(people.get("CompleteYN") != "N" for people in chosen),
    }


def _person(author: Element) -> dict[str, str | None]:
    """A name, or nothing where the element holds none. Initials that are missing are taken from the forename."""
    family = plain(author.find("LastName"))
    if collective := plain(author.find("CollectiveName")):
        return {"collective": collective}
    if not family:
        return {}
    initials = plain(author.find("Initials")) or _initials(plain(author.find("ForeName")))
    suffix = author.find("Suffix")
    named = plain(suffix).lstrip(", ") if suffix is not None else ""
    return {"family": family, "initials": initials or None, "suffix": named or None}


def _initials(forenames: str) -> str:
    return "".join(name[0] for name in forenames.replace("-", " ").split())


def _mesh(heading: Element) -> dict[str, Any]:
    names = [plain(part) for part in heading]
    return {
        "descriptor": names[0],
        "qualifiers": names[1:],
        "major": "Y" in [part.get("MajorTopicYN") for part in heading],
    }


def _sections(abstract: Element) -> Iterator[dict[str, str | None]]:
    """The `AbstractText` elements that hold text; NLM's word for "no label" is none."""
    for part in abstract.findall("AbstractText"):
        if text := plain(part):
            yield {"text": text, "label": _name(part, "Label"), "category": _name(part, "NlmCategory")}


def _name(part: Element, attribute: str) -> str | None:
    name = part.get(attribute)
    return " ".join(name.split()) if name and name.upper() != "UNLABELLED" else None
