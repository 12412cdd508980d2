"""NBIB, the tagged text that PubMed saves citations in ("PubMed format", earlier MEDLINE), one record at a time.

A field is a tag of up to four letters, a hyphen, and its value, wrapped onto lines that begin with spaces. A record
begins with its PMID and, unless it is a book, ends with SO. Each is put in the form of PubMed's XML and read by the
same code, so that a paper says the same whichever way it came. Tags: https://pubmed.ncbi.nlm.nih.gov/help/#pubmed-format
"""

from __future__ import annotations

import gzip
import re
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import BinaryIO
from xml.etree.ElementTree import Element

from pipeline.errors import FormatError
from pipeline.sources.pubmed_record import article
from pipeline.sources.pubmed_xml import Record

_Field = tuple[str, str]
_AGAIN = "Save the citations again from PubMed: Send to, Citation manager, or Save in PubMed format."

_FIELD = re.compile(r"([A-Z]{2,4}) *-(?: (.*)|$)")
_DAY = re.compile(r"(\d{4})(?: (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)(?: (\d{1,2}))?)?")
_COMPACT_DAY = re.compile(r"(\d{4})(\d\d)(\d\d)")
_TYPED = re.compile(r"(\S+) [\[(](\w+)[\])]")  # "10.1000/xyz [doi]", "1234-5678 (Print)"
_LABEL = re.compile(r"(?:^|(?<=[.?!)\]%\"'”]) )([A-Z][A-Z0-9 ,/&()'’-]+[A-Z0-9)]): ")
_LINKED_PMID = re.compile(r" PMID: (\d+)$")
_REF_TYPES = {
    "CIN": "CommentIn",
    "CON": "CommentOn",
    "CRF": "CorrectedandRepublishedFrom",
    "CRI": "CorrectedandRepublishedIn",
    "ECF": "ExpressionOfConcernFor",
    "ECI": "ExpressionOfConcernIn",
    "EFR": "ErratumFor",
    "EIN": "ErratumIn",
    "ORI": "OriginalReportIn",
    "PRIN": "PartialRetractionIn",
    "PROF": "PartialRetractionOf",
    "RIN": "RetractionIn",
    "ROF": "RetractionOf",
    "RPF": "RepublishedFrom",
    "RPI": "RepublishedIn",
    "RRF": "RetractedandRepublishedFrom",
    "RRI": "RetractedandRepublishedIn",
    "SPIN": "SummaryForPatientsIn",
    "UIN": "UpdateIn",
    "UOF": "UpdateOf",
}


def records(stream: BinaryIO) -> Iterator[Record]:
    """The records of `stream`, in order, each without XML.

    Raises FormatError for what is not NBIB in UTF-8, or ends within a record; the whole records before are yielded.
    """
    for fields in _grouped(_fields(stream)):
        values: defaultdict[str, list[str]] = defaultdict(list)
        for tag, value in fields:
            values[tag].append(value)
        if "OWN" in values and "SO" not in values:
            raise FormatError(f"the NBIB file ends too early, in the record of PMID {values['PMID'][0]}", _AGAIN)
        yield Record(article(_book(fields, values) if "BTI" in values else _paper(fields, values)), b"")


def _grouped(fields: Iterable[_Field]) -> Iterator[list[_Field]]:
    """The fields of each record. A blank line separates records, but may stand within an abstract as well."""
    record: list[_Field] = []
    for field in fields:
        if field[0] == "PMID" and record:
            yield record
            record = []
        record.append(field)
    yield record


def _fields(stream: BinaryIO) -> Iterator[_Field]:
    """Every field with its lines joined. Raises FormatError for a line that is none, and where there is no record."""
    tag, lines = "", list[str]()
    for number, line in enumerate(_lines(stream), 1):
        if match := _FIELD.fullmatch(line):
            if not tag and match[1] != "PMID":
                break
            if tag:
                yield tag, " ".join(lines)
            tag, lines = match[1], [(match[2] or "").strip()]
        elif line and not tag:
            break
        elif line.startswith(" "):
            lines.append(line.strip())
        elif line:
            raise FormatError(f"line {number} of the NBIB file is neither a field nor a part of one", _AGAIN)
    if not tag:
        raise FormatError("the file is not NBIB: it does not begin with a PMID", _AGAIN)
    yield tag, " ".join(lines)


def _lines(stream: BinaryIO) -> Iterator[str]:
    try:
        for line in stream:
            yield line.decode("utf-8").removeprefix("\ufeff").rstrip()
    except UnicodeDecodeError as error:
        raise FormatError("the NBIB file is not UTF-8 text", _AGAIN) from error
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise FormatError(f"the file is damaged as a .gz file ({error})", _AGAIN) from error


def _paper(fields: list[_Field], values: dict[str, list[str]]) -> Element:
    located, issn = _typed(values["LID"]), _typed(values["IS"])
    return _element(
        "PubmedArticle",
        _element(
            "MedlineCitation",
            *_leaves("PMID", values["PMID"]),
            *(_compact_day("DateRevised", day) for day in values["LR"]),
            _element(
                "Article",
                _element(
                    "Journal",
                    *_leaves("ISSN", [number for number, kind in issn if kind != "Linking"]),
                    _element(
                        "JournalIssue",
                        *_leaves("Volume", values["VI"]),
                        *_leaves("Issue", values["IP"]),
                        *map(_issue_date, values["DP"]),
                    ),
                    *_leaves("Title", values["JT"]),
                ),
                *_text(fields, values),
                *(_element("ELocationID", identifier, EIdType=kind) for identifier, kind in located),
                _element("PublicationTypeList", *_leaves("PublicationType", values["PT"])),
                *(_compact_day("ArticleDate", day, DateType="Electronic") for day in values["DEP"]),
                _element("DataBankList", *map(_bank, values["SI"])),
            ),
            _element(
                "MedlineJournalInfo",
                *_leaves("MedlineTA", values["TA"]),
                *_leaves("NlmUniqueID", values["JID"]),
                *_leaves("ISSNLinking", [number for number, kind in issn if kind == "Linking"]),
            ),
            _element("ChemicalList", *map(_chemical, values["RN"])),
            _element("CommentsCorrectionsList", *_links(fields)),
            _element("MeshHeadingList", *map(_mesh, values["MH"])),
            _keywords(values),
            Status=next(iter(values["STAT"]), None),
        ),
        _element("PubmedData", _identifiers(values)),
    )


def _book(fields: list[_Field], values: dict[str, list[str]]) -> Element:
    return _element(
        "PubmedBookArticle",
        _element(
            "BookDocument",
            *_leaves("PMID", values["PMID"]),
            _identifiers(values),
            _element(
                "Book",
                *_leaves("BookTitle", values["BTI"]),
                *map(_issue_date, values["DP"]),
                *_leaves("Volume", values["VI"]),
                *_people(fields, "FED", "ED"),
            ),
            *_text(fields, values),
            *_leaves("PublicationType", values["PT"]),
            _keywords(values),
            *(_compact_day("ContributionDate", day) for day in values["CTDT"]),
            *(_compact_day("DateRevised", day) for day in values["DRDT"]),
        ),
    )


def _text(fields: list[_Field], values: dict[str, list[str]]) -> Iterator[Element]:
    """What papers and books have in common."""
    yield from _leaves("ArticleTitle", values["TI"])
    yield from _leaves("VernacularTitle", values["TT"])
    yield _element("Pagination", *_leaves("MedlinePgn", values["PG"]))
    yield _element("Abstract", *(part for abstract in values["AB"] for part in _sections(abstract)))
    yield from _people(fields, "FAU", "AU")
    yield from _leaves("Language", values["LA"])


def _element(tag: str, *content: Element | str, **attributes: str | None) -> Element:
    element = Element(tag, {name: value for name, value in attributes.items() if value is not None})
    for part in content:
        if isinstance(part, str):
            element.text = part
        else:
            element.append(part)
    return element


def _leaves(tag: str, values: list[str]) -> Iterator[Element]:
    return (_element(tag, value) for value in values)


def _typed(values: list[str]) -> list[tuple[str, str]]:
    """`10.1000/xyz [doi]` as the identifier and its type."""
    return [(match[1], match[2]) for value in values if (match := _TYPED.fullmatch(value))]


def _identifiers(values: dict[str, list[str]]) -> Element:
    found = [*_typed(values["AID"]), *((number, "pmc") for number in values["PMC"])]
    return _element("ArticleIdList", *(_element("ArticleId", number, IdType=kind) for number, kind in found))


def _keywords(values: dict[str, list[str]]) -> Element:
    return _element("KeywordList", *_leaves("Keyword", [word.removeprefix("*") for word in values["OT"]]))


def _issue_date(text: str) -> Element:
    match = _DAY.fullmatch(text)
    parts = zip(("Year", "Month", "Day"), match.groups(), strict=True) if match else (("MedlineDate", text),)
    return _element("PubDate", *(_element(tag, part) for tag, part in parts if part))


def _compact_day(tag: str, text: str, **attributes: str) -> Element:
    match = _COMPACT_DAY.fullmatch(text)
    parts = zip(("Year", "Month", "Day"), match.groups(), strict=True) if match else ()
    return _element(tag, *(_element(name, part) for name, part in parts), **attributes)


def _sections(abstract: str) -> Iterator[Element]:
    """The parts of an abstract that begins with a label ("AIM: ... METHODS: ..."), else the whole of it."""
    first, *rest = _LABEL.split(abstract)
    if first:
        yield _element("AbstractText", abstract)
        return
    for label, text in zip(rest[::2], rest[1::2], strict=True):
        yield _element("AbstractText", text, Label=label)


def _people(fields: list[_Field], full_tag: str, short_tag: str) -> Iterator[Element]:
    """The authors or the editors, in order. A full name belongs to the short one behind it; `et al` means others."""
    people: list[Element] = []
    complete, full = "Y", ""
    for tag, name in fields:
        if tag == "CN" and short_tag == "AU":
            people.append(_element("Author", _element("CollectiveName", name)))
        elif tag == short_tag and name.rstrip(".") == "et al":
            complete = "N"
        elif tag == short_tag:
            people.append(_person(full, name))
        full = name if tag == full_tag else ""
    if people:
        yield _element("AuthorList", *people, CompleteYN=complete)


def _person(full: str, short: str) -> Element:
    """`Younger, Jarred W` and `Younger JW`, with a suffix behind the initials. Without `full` the last word counts."""
    words = short.split()
    family = full.partition(",")[0] or " ".join(words[:-1]) or short
    initials, *suffix = words[len(family.split()) :] or [""]
    return _element(
        "Author",
        _element("LastName", family),
        _element("Initials", initials),
        _element("Suffix", " ".join(suffix)),
    )


def _bank(text: str) -> Element:
    """`ClinicalTrials.gov/NCT01234567`"""
    return _element("DataBank", _element("AccessionNumberList", _element("AccessionNumber", text.rpartition("/")[2])))


def _chemical(text: str) -> Element:
    """`5S6W795CQM (Naltrexone)`, or the name alone."""
    _, bracket, name = text.partition(" (")
    return _element("Chemical", _element("NameOfSubstance", name.removesuffix(")") if bracket else text))


def _mesh(text: str) -> Element:
    """`Naltrexone/administration & dosage/*therapeutic use`; the star marks a major topic."""
    tags = ["DescriptorName", *["QualifierName"] * text.count("/")]
    parts = zip(tags, text.split("/"), strict=True)
    return _element(
        "MeshHeading",
        *(_element(tag, part.lstrip("*"), MajorTopicYN="Y" if part.startswith("*") else "N") for tag, part in parts),
    )


def _links(fields: list[_Field]) -> Iterator[Element]:
    """The notices: `RIN - J Example. 2021 May;1(2):3. doi: 10.1000/xyz. PMID: 90000001`."""
    for tag, citation in fields:
        if tag in _REF_TYPES:
            source = _element("RefSource", _LINKED_PMID.sub("", citation))
            pmid = _LINKED_PMID.search(citation)
            linked = [_element("PMID", pmid[1])] if pmid else []
            yield _element("CommentsCorrections", source, *linked, RefType=_REF_TYPES[tag])
