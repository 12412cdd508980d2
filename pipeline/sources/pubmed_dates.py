"""The dates of a PubMed record, in all the ways it writes them."""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple
from xml.etree.ElementTree import Element

from pipeline.sources.pubmed_markup import plain

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_NUMBER = {name.lower(): place for place, name in enumerate(_MONTHS, 1)}
_YEAR = re.compile(r"(?<!\d)(?:1[5-9]|20)\d\d(?!\d)")
_SHORT_NUMBER = re.compile(r"\d{1,4}", re.ASCII)
_MONTH_AFTER_YEAR = re.compile(r"\s+([A-Z][a-z]{2})")


class IssueDate(NamedTuple):
    """When an issue appeared. `month` is "Jan" to "Dec"; `printed` is kept where that is not year, month and day."""

    year: int | None = None
    month: str | None = None
    day: int | None = None
    printed: str | None = None


def issue_date(element: Element) -> IssueDate:
    """The date of a `PubDate`: year, month and day, or a season, or free text such as "1998 Dec-1999 Jan".

    Of free text the first year counts, and the month that follows it. A season is kept as NLM prints it, "2000 Spring".
    """
    printed = plain(element.find("MedlineDate"))
    if not printed and (season := plain(element.find("Season"))):
        printed = f"{plain(element.find('Year'))} {season}".strip()
    if printed:
        year = _YEAR.search(printed)
        month = _MONTH_AFTER_YEAR.match(printed, year.end()) if year else None
        return IssueDate(int(year[0]) if year else None, _month(month[1]) if month else None, None, printed)
    return IssueDate(_int(element, "Year"), _month(plain(element.find("Month"))), _int(element, "Day"))


def exact_date(element: Element | None) -> date | None:
    """The day that `Year`, `Month` and `Day` name, or None where they name none."""
    if element is None:
        return None
    month = _month(plain(element.find("Month")))
    try:
        return date(_int(element, "Year") or 0, _NUMBER[month.lower()] if month else 0, _int(element, "Day") or 0)
    except ValueError:
        return None


def electronic_year(article: Element) -> int | None:
    """The year of the `ArticleDate` that is marked electronic."""
    return next(
        (_int(day, "Year") for day in article.findall("ArticleDate") if day.get("DateType") == "Electronic"), None
    )


def _month(text: str) -> str | None:
    """The month that `text` names by number or by a name of three letters or more."""
    number = int(text) if _SHORT_NUMBER.fullmatch(text) else _NUMBER.get(text[:3].lower(), 0)
    return _MONTHS[number - 1] if 1 <= number <= 12 else None


def _int(element: Element, tag: str) -> int | None:
    text = element.findtext(tag, "").strip()
    return int(text) if _SHORT_NUMBER.fullmatch(text) else None
