from __future__ import annotations

from datetime import date

from pubmed_files import articles, only


def issue_dates() -> dict[str, tuple[int | None, str | None, int | None, str | None]]:
    return {str(item.pmid)[-2:]: (item.year, item.month, item.day, item.medline_date) for item in articles("dates")}


def test_free_text_dates_give_the_first_year_and_the_month_that_follows_it() -> None:
    found = issue_dates()
    assert found["20"] == (1998, "Dec", None, "1998 Dec-1999 Jan")
    assert found["21"] == (2000, None, None, "2000 Spring")
    assert found["22"] == (1998, None, None, "1998-1999")
    assert found["27"] == (None, None, None, "Summer")
    assert found["28"] == (1999, None, None, "1999-2000 Nov")


def test_a_season_is_kept_as_it_would_be_printed() -> None:
    found = issue_dates()
    assert found["23"] == (2001, None, None, "2001 Winter")
    assert found["24"] == (2002, "Jul", None, "2002 Jul-Sep")


def test_months_by_number_and_by_name_are_one() -> None:
    assert issue_dates()["25"] == (2003, "May", 9, None)
    paper = only("plain_article")
    assert (paper.year, paper.month, paper.day) == (2031, "Mar", 7)


def test_the_electronic_year_is_apart_from_that_of_the_issue() -> None:
    paper = articles("dates")[6]
    assert (paper.year, paper.year_electronic) == (2004, 2003)
    assert articles("dates")[5].year_electronic is None


def test_a_revision_date_that_is_missing_or_no_day_is_none() -> None:
    assert only("plain_article").date_revised == date(2032, 11, 30)
    assert articles("dates")[5].date_revised is None
    assert articles("dates")[6].date_revised is None
