"""What an erratum corrects, as far as its own record says.

Most records of errata hold nothing but a title. Where the words speak of doses, results or numbers the correction
counts as one of the data; only where they speak of nothing but names, affiliations and the like does it not. Where they
say nothing, the corrected record may: one in which affiliations, names or funding changed and the abstract did not.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pipeline.models.sources import Article, Notice, NoticeKind
from pipeline.quantities import parse
from pipeline.text import any_of, normal

_DATA = any_of(
    r"\b(?:dos(?:e|es|age|ing)|results?|data|tables?|figures?|values?|numbers?|percentages?|means?|medians?|units?)\b",
    r"\b(?:calculat\w+|analys[ei]s|odds ratio|hazard ratio|confidence intervals?|statistic\w*|outcomes?|abstract)\b",
    r"\b(?:participants|patients|sample size|mg|mcg|placebo|p[- ]values?)\b",
)
_OTHER = any_of(
    r"\b(?:affiliations?|name of (?:the |an? )?(?:\w+ )?author|authorship)\b",
    r"\bauthors?(?:'s|s'|')? (?:names?|list|order|contributions?)\b",
    r"\b(?:spelling|misspell?ed|surname|middle initial|orcid|e-?mail|correspond\w+|address)\b",
    r"\b(?:funding|grant|acknowledge?ments?|conflicts? of interest|disclosures?|competing interests?)\b",
    r"\b(?:licen[sc]e|copyright)\b",
)
_NUMERIC = frozenset({"dose", "percent", "p_value", "interval", "mean", "count"})


def about(erratum: Article) -> Literal["data", "other"] | None:
    """What a record of an erratum says that it corrects: "data" or "other"; None where it does not say."""
    text = normal("\n".join(section.text for section in erratum.abstract))
    if _DATA.search(text) or any(quantity.kind in _NUMERIC for quantity in parse(text)):
        return "data"
    return "other" if _OTHER.search(text) or _OTHER.search(normal(erratum.title)) else None


def with_subjects(article: Article, errata: Mapping[str, Article], *, aside: bool) -> Article:
    """The article, its errata marked with what they are about: as their own records (`errata`, by PMID) say, else as
    the article's does, where it changed `aside` of its abstract."""

    def subject(notice: Notice) -> Literal["data", "other"] | None:
        said = about(errata[notice.id]) if notice.id and notice.id in errata else None
        return said or ("other" if aside else None)

    notices = tuple(
        notice.model_copy(update={"about": subject(notice)})
        if notice.kind is NoticeKind.ERRATUM and notice.role == "affected"
        else notice
        for notice in article.notices
    )
    return article.model_copy(update={"notices": notices})
