"""Where a paper stands: year, volume, issue and pages as references write them, and when two say the same."""

from __future__ import annotations

import re
from typing import NamedTuple

from pipeline.text import normal

_MONTHS = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?|spring|summer|autumn|fall|winter)\b\.?"
)
_YEAR = r"(?<![\w.-])(?:1[6-9]|20)\d\d(?!\d)"
_DAY = r"(?:\s+\d{1,2}(?:st|nd|rd|th)?\b(?:\s*-\s*\d{1,2})?(?=\s*(?:[;:,.)]|$)))?"
_SPAN = rf"{_MONTHS}{_DAY}(?:\s*[-/]\s*{_MONTHS}{_DAY})?"
_DATE = re.compile(
    rf"(?P<year>{_YEAR})[a-z]?(?:[\s,./-]+{_SPAN})?"
    rf"|(?:\b\d{{1,2}}(?:st|nd|rd|th)?\s+)?\b{_SPAN}[\s,]*(?P<year_behind>{_YEAR})[a-z]?",
    re.IGNORECASE,
)
_BRACKETED_DATE = re.compile(
    r"\(\s*(?:n\.\s?d\.|[^()]{0,20}?(?P<year>(?:1[6-9]|20)\d\d)[a-z]?[^()\d]{0,20}(?:\d{1,2})?)\s*\)"
)
_SUPPL = r"(?:suppl(?:ement)?s?|spec(?:ial)? no|pt|part)\b\.?"
_NUMBER = r"[A-Z]{0,3}\d{1,5}(?!\d)[A-Z]?|(?=[IVXLC])(?:X{0,3}|X?L|L?X{0,3}|C{0,3})(?:IX|IV|V?I{0,3})\b"
_NUMBER_RANGE = r"\d{1,4}\s*[-/?]\s*\d{1,4}(?=\s*(?:\([^()]*\))?\s*[:,]\s*(?:pp?\.?\s*)?[A-Z]{0,3}\d)"
_VOLUME = re.compile(
    rf"[\s,;:.]*(?:\bvol(?:ume)?s?\b\.?\s*)?(?P<volume>{_NUMBER_RANGE}|{_NUMBER}|suppl\.?\s*\d{{1,4}})(?P<more>\s*{_SUPPL}(?:\s*[A-Z]?\d{{1,4}})?)?",
    re.IGNORECASE,
)
_POINTED = re.compile(r"[\s,;:]*(?P<volume>\d{1,4})\.(?P<issue>\d{1,3})(?=\s*[;:,])")  # MLA: 10.4 (2009): 663-72
_ISSUE_LABEL = re.compile(
    r"\W*\b(?:no|nr|num|number|issue|iss|heft)\b\.?\s*(?P<issue>[A-Z]?\d[\w/-]*(?:\s*\(?(?:suppl|pt|part)\b\.?\s*\w*\)?)*|(?:suppl|pt|part)\w*\.?\s*\w*)",
    re.IGNORECASE,
)
_ISSUE = re.compile(r"\s*\(\s*(?:no\.?|issue|iss\.?)?\s*(?P<issue>[^()]{1,40}?)\s*\)", re.IGNORECASE)
_SUPPLEMENT = re.compile(rf"\W*(?P<issue>{_SUPPL}\s*[A-Z]?\d{{0,4}})(?=\s*(?:[:,;.]|$))", re.IGNORECASE)
_PII = r"S?\d{4}-\d{3}[\dX]\(\d\d\)\d{5}-[\dX]"  # an identifier of the publisher in the place of pages
_PAGE = (
    rf"(?:{_PII}|(?:[A-Za-z]{{0,5}}|[A-Za-z]{{2,9}}\.)\d+(?:[A-Za-z]{{1,2}}(?![a-z]))?(?:\.e?\d+)*(?:[-/]\d+\.\d+)?)"
)
_PAGES = re.compile(
    rf"\W{{0,12}}?(?P<label>\b(?:pp?|pages?|pgs?|article(?:\s+(?:no|number|id))?|art(?:\.\s*(?:no|id))?|artn|s)\b[.:]?\s*(?:no\.?\s*)?)?"
    rf"(?P<pages>(?<![\w]){_PAGE}(?:\s*-\s*{_PAGE})?|\b[ivxlc]+\s*-\s*[ivxlc]+\b)(?![\w/])",
    re.IGNORECASE,
)
_SUPPLEMENT_OF_VOLUME = re.compile(r"(?:suppl|pt|part|spec|s(?=\d)).*")
_LEADING_ZEROS = re.compile(r"(?<![\d])0+(?=\d)")
_PAGE_BEFORE = re.compile(r"(?::|\bpp?\.?|\bpages?|\barticle|\bvol(?:ume)?\.?)\s*$", re.IGNORECASE)
_START_OF_PLACE = re.compile(
    rf"[\s,;:.(]{{0,6}}(?:(?<![\w-])(?:{_YEAR})|;\s*(?:\(|[^\W\d]{{0,9}}\.?\s*\d)|(?<![\w-])\d|\(\d|\(suppl|[,.]\s*[A-Z]{{0,2}}\d+\s*[(:,]"
    rf"|\b(?:vol(?:ume)?s?|pp?|no|issue|article|art)\b\.?\s*\w?\d|(?<=[\s,.])\b{_SPAN}[\s,;:]*\d)",
    re.IGNORECASE,
)


class Place(NamedTuple):
    """Where a paper stands, as far as a text says."""

    journal: str | None = None
    year: int | None = None
    volume: str | None = None
    issue: str | None = None
    pages: str | None = None


def year_in(text: str) -> int | None:
    """The year that `text` gives in brackets, else the last one that it names."""
    if found := [match for match in _BRACKETED_DATE.finditer(text) if match["year"]]:
        return int(found[-1]["year"])
    years = re.findall(_YEAR, text)
    return int(years[-1]) if years else None


def read_place(text: str, journal: str = "", *, year: int | None = None) -> Place:
    """Journal, year, volume, issue and pages from the text behind a title.

    `journal` is how much of its beginning is known to be the journal's name. With `year`, which stands before the
    title, a number is taken for the year only where it is that year and stands as one.
    """
    if not journal:
        start = _START_OF_PLACE.search(text)
        journal, text = (text[: start.start()], text[start.start() :]) if start else (text, "")
    else:
        text = text[len(journal) :]
        if re.match(r"(?:\s*[:;]\s|\s*)[\[(]?[^\W\d_]{2}", text) and (start := _START_OF_PLACE.search(text)):
            text = text[start.start() :]  # what a name goes on with: [Chinese journal of surgery]
    said, text = _take_year(text, year)
    found: dict[str, str | None] = {"volume": None, "issue": None, "pages": None}
    if match := _ISSUE_LABEL.search(text):
        found["issue"] = match["issue"]
        text = f"{text[: match.start()]} , {text[match.end() :]}"
    match = _POINTED.match(text)
    if match and not found["issue"]:
        found["volume"], found["issue"] = match["volume"], match["issue"]
        text = text[match.end() :]
    elif (match := _VOLUME.match(text)) and not _is_page(text, match):
        found["volume"] = f"{match['volume']}{match['more'] or ''}"
        text = text[match.end() :]
    else:
        text = re.sub(r"^[\s,;.]+", "", text)
    if not found["issue"] and (match := _ISSUE.match(text) or _SUPPLEMENT.match(text)):
        found["issue"] = match["issue"]
        text = text[match.end() :]
    elif match := _SUPPLEMENT.match(text):
        found["issue"] = f"{found['issue']} {match['issue']}"
        text = text[match.end() :]
    if match := _PAGES.search(text):
        found["pages"] = match["pages"]
    name = journal.strip(" .,;:()[]-\"'") if any(c.isalpha() for c in journal) else ""
    return Place(_closed(journal, name) or None, said, **found)


def _closed(journal: str, name: str) -> str:
    """The name with the bracket that belongs to it: `Obesity (Silver Spring)`."""
    if name.count("(") <= name.count(")") or ")" not in journal:
        return name
    return journal[journal.index(name[:1]) : journal.rindex(")") + 1]


def _is_page(text: str, match: re.Match[str]) -> bool:
    """True where the first number is a page, since no volume is given: `: e59795`, `663-72`, `pp. 1-6`."""
    behind = text[match.end() :]
    lead = text[: match.start("volume")]
    if re.search(r"\bvol", lead, re.IGNORECASE):
        return False
    return (
        bool(re.match(r"\s*-\s*[A-Za-z]{0,3}\d", behind))
        or ":" in lead
        or bool(re.search(r"\b(?:pp?|pages?|art\w*)\b\.?\s*$", lead, re.IGNORECASE))
        or (match["volume"][:1].lower() == "e" and not re.match(r"\s*[(:]", behind))
    )


def _take_year(text: str, known: int | None) -> tuple[int | None, str]:
    """The year, and the text without it: one in brackets, else the first that does not stand where pages do."""
    for match in _BRACKETED_DATE.finditer(text):
        if match["year"]:
            return int(match["year"]), f"{text[: match.start()]} {text[match.end() :]}"
    for match in _DATE.finditer(text):
        year = int(match["year"] or match["year_behind"])
        before, after = text[: match.start()], text[match.end() :]
        if known is not None and (year != known or not (len(match[0]) > len("2009a") or re.match(r"\s*;", after))):
            continue
        if _PAGE_BEFORE.search(before) or re.match(r"\s*-\s*\d", after):
            continue
        return year, f"{before} ; {after}"
    return None, text


def same_volume(given: str, found: str) -> bool:
    """True for one volume; a supplement counts where both name one."""
    (one, more), (other, extra) = _volume(given), _volume(found)
    return (_covers(one, other) or _covers(other, one)) and (not more or not extra or _covers(more, extra))


def same_issue(given: str, found: str, volume: str | None = None) -> bool:
    """True for one issue: `4` and `no. 4`, `Suppl 1` and `S1`, `4-5` and `4`. A supplement may stand in the volume."""
    one, other = _issue(given), _issue(found)
    if _covers(one, other) or _covers(other, one):
        return True
    return volume is not None and _covers(_volume(volume)[1], one)


def _volume(text: str) -> tuple[str, str]:
    plain = re.sub(r"\b(?:vol(?:ume)?|v|bd|tome?)\b\.?\s*", "", normal(text).lower()).strip(" .,;()")
    more = _SUPPLEMENT_OF_VOLUME.search(plain)
    number = plain[: more.start()] if more else plain
    number = re.sub(r"\s*[-/?]\s*", "-", number.strip(" ()"))
    return _LEADING_ZEROS.sub("", number), _issue(more[0]) if more else ""


def _issue(text: str) -> str:
    plain = re.sub(r"\b(?:no|nr|num|number|issue|iss)\b\.?\s*", "", normal(text).lower())
    plain = re.sub(r"suppl(?:ement)?s?\b\.?[\s_]*|suppl(?=\d)", "s", plain)
    plain = re.sub(r"\b(?:pt|part)\b\.?\s*", "p", plain)
    return _LEADING_ZEROS.sub("", re.sub(r"[^\w/-]", "", plain).replace("/", "-"))


def _covers(one: str, other: str) -> bool:
    """True where `one` is `other`, or names it less exactly: the issue without its part, the first of a range."""
    return one == other or (bool(one) and re.match(rf"{re.escape(one)}(?:[-sp]|(?<=s)\d)", other) is not None)


def same_pages(given: str, found: str) -> bool:
    """True for the same pages, however shortened: `663-72`, `663-672`, or the first page alone; `e0159` and `0159`."""
    first, last = page_range(given)
    start, end = page_range(found)
    return first == start and (last is None or end is None or last in (end, start))


def page_range(text: str) -> tuple[str, str | None]:
    """The first and the last page, written out; None for the last where one page is given."""
    plain = re.sub(r"\s+", "", re.split(r"[;,]|(?<=\d)\s+[^\W\d]", normal(text))[0]).lower()
    if re.match(_PII, plain, re.IGNORECASE):
        return plain, None
    plain = re.sub(r"^(?:pp?|pages?|article(?:no|number|id)?|art)\.?(?=[a-z]{0,3}\d)", "", plain)
    first, _, last = plain.partition("-")
    if not last:
        return _page(first), None
    head, tail = re.match(r"(\D*)(.*)", first, re.DOTALL), re.match(r"(\D*)(.*)", last, re.DOTALL)
    if head is None or tail is None or not head[2][:1].isdigit():
        return _page(first), _page(last)
    digits, end = re.match(r"\d+", head[2]), re.match(r"\d+", tail[2])
    if digits and end and len(end[0]) < len(digits[0]) and tail[1] in ("", head[1]):
        last = head[1] + digits[0][: len(digits[0]) - len(end[0])] + tail[2]
    elif not tail[1]:
        last = head[1] + tail[2]
    return _page(first), _page(last)


def _page(text: str) -> str:
    """One page or e-location: `e0159223` and `0159223` are one, `S12` and `12` are two."""
    plain = re.sub(r"^(?:e-?)(?=\d)", "", text)
    head, digits = re.match(r"(\D*)(.*)", plain, re.DOTALL).groups()  # type: ignore[union-attr]
    return head + _LEADING_ZEROS.sub("", digits)
