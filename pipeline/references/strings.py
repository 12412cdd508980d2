"""One reference in running text, told apart into its parts: Vancouver, AMA, APA, Harvard and what people make of them.

Where authors end, where a title ends and where a journal begins cannot always be seen. Once a record is thought to be
meant, its title is looked for in the text, and the rest is read around it.
"""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import unquote

from rapidfuzz import fuzz

from pipeline.identifiers import parse_doi
from pipeline.models.references import Citation
from pipeline.models.sources import Article
from pipeline.references import journals
from pipeline.references.folding import Folded, bare, find, fold, fold_key, tidy
from pipeline.references.names import read_names
from pipeline.references.places import Place, read_place, year_in
from pipeline.references.titles import forms
from pipeline.text import Span

LONGEST = 3000  # characters of a reference that are read
_SHORTEST = 20  # characters of a title and what follows it, behind a year
_LONGEST_NAME = 400  # characters of a journal with the end of a title before it
_SIMILAR = 70.0  # of 100: below it a title does not stand in the text

_NAMED_DOI = re.compile(r"(?:https?://)?(?:dx\.)?(?:doi\.org/|\bdoi\s*(?::|=)?\s*)+(10\.\d{4,9}/\S+)", re.IGNORECASE)
_DOI = re.compile(r"(?<![\w./])10\.\d{4,9}/\S+")
_PMID = re.compile(
    r"(?:pubmed\s*)?\bPM\s?ID\b\s*[:#=]?\s*(?:https?://\S*/)?([1-9]\d{0,8})\b"
    r"|(?:https?://)?(?:www\.)?(?:pubmed\.ncbi\.nlm\.nih\.gov|ncbi\.nlm\.nih\.gov/(?:m/)?pubmed)/(?:\?term=)?([1-9]\d{0,8})\S*"
    r"|\[?PubMed:\s*([1-9]\d{3,8})\]?",
    re.IGNORECASE,
)
_BARE_PMID = re.compile(r"\W*([1-9]\d{4,8})\W*")
_NOISE = re.compile(
    r"\bPMC\s?ID(?:\s*:\s*(?:PMC)?\d*|\s*(?:PMC)?\d+)(?:\.\d)?|\bPMC\d+(?:\.\d)?\b|https?://\S+|\bwww\.\S+"
    r"|\[(?:internet|online|pubmed|cross\s?ref|google scholar|(?:free )?pmc(?: free)? article|(?:free )?full text|doi"
    r"|medline|web of science|isi|scopus|abstract|e-?pub[^\]]*|article in [^\]]*|cited [^\]]*|published online[^\]]*"
    r"|online ahead of print|eprint|ahead of print|in press|links?)\]"
    r"|\(?\bepub\s+(?:ahead of print(?:\s+\d{4})?|\d{4})(?:\s+[A-Z][a-z]{2})?(?:\s+\d{1,2})?\)?[.;]?"
    r"|\(epub\)|(?<=[.;]\s)epub[.;]"
    r"|\becollection\s+\d{4}[^.;]*[.;]?"
    r"|(?<=[.;,)\]]\s)\(?"
    r"(?:available (?:from|at)|retrieved(?: \w+ \d+, \d{4},?)? from|(?:last )?accessed)\b:?[^.;]*[.;]?"
    r"|\((?:last )?accessed\b[^()]*\)"
    r"|\b(?:first published|published online|online ahead of print|advance online publication)\b[^.;]*[.;]?"
    r"|(?<=[.;\s])(?:pubmed|cross\s?ref|google scholar)\b(?=[\s.;]*(?:$|pubmed|cross|google))",
    re.IGNORECASE,
)
_WRAPPED_DOI = re.compile(r"(10\.\d{4,9}/\S*[-/_])\s+(?=[\da-z])")
_LINK = re.compile(r"\[([^\[\]]+)\]\((\S+?)\)")
_EMPHASIS = re.compile(r"(?<!\w)[*_]{1,3}(?=\S)|(?<=\S)[*_]{1,3}(?!\w)")
_QUOTED = re.compile(r'"([^"]{12,600}?)[.,]?"(?!\w)|(?<!\w)\'([^\']{20,600}?)[.,]?\'(?!\w)')
_DATED = re.compile(
    r"[\s,.]*\(\s*(?:\w+\.?\s+)?(?:1[6-9]|20)\d\d[a-z]?(?:,[^()]{1,20})?\s*\)[\s.,:]*|[\s,.]+(?:1[6-9]|20)\d\d[a-z]?[.,:]\s+(?=[A-Z])"
)
_END = re.compile(r"(?<=[^\W_][^\W_.])[.?!]+[\"')\]]*\s+(?=[\"'(\[]?[^\W_])|(?<=[)\]\d%])[.?!]\s+(?=[^\W_])")
_AUTHORS = re.compile(
    r"(?:[^\W\d_][\w'’.-]*\s+){1,4}?(?:[A-Z]{1,4}|(?:[A-Z]\.[\s-]?){1,4})(?:\s+(?:Jr|Sr|II|III)\b\.?)?"
    r"(?:[\s,]*\bet al\b\.?[\s,:]*|\s*[,;&]\s*(?:and\s+|&\s*)?|\s+and\s+|\.\s+|:\s+|\s*$|(?=\s*\((?:1[6-9]|20)\d\d))"
)
_INVERTED = re.compile(
    r"(?:[^\W\d_][\w'’-]*\s+){0,3}[^\W\d_][\w'’-]*,\s*(?:[A-Z]\.[\s-]?){1,4}(?:,\s*(?:Jr|Sr|II|III)\.?)?"
    r"(?:[\s,]*\bet al\b\.?[\s,:]*|\s*[,;&]\s*(?:and\s+|&\s*)?|\s+and\s+|\s+|$)"
)
_NAME_OF_JOURNAL = re.compile(r"(?:(?:[A-Z][\w-]*\.?|of|the|and|&|in|for)\s*){1,7}\.?")
_CONNECT = re.compile(r"[\s,.;:\"'(\[]*$")
_BROKEN = re.compile(r"[.:;,\"')\](?!]\s*$")


class _Parts(NamedTuple):
    """A text without identifiers, and those."""

    text: str
    pmid: str | None
    doi: str | None


def read_string(raw: str, line: int | None = None, article: Article | None = None) -> Citation:
    """The parts of a reference. With `article` they are told apart around its title, where that stands in the text."""
    text, pmid, doi = _parts(raw)
    span = _title_of(text, article) if article else None
    if span is None:
        span = _title_by_shape(text)
        if article and journals.same_journal(text[span.start : span.end].strip(" ."), article):
            span = Span(span.start, span.start)  # authors, journal, volume: no title
    head, title, tail = text[: span.start], text[span.start : span.end], text[span.end :]
    first = _journal_at_start(head, article) if article else ""
    if len(first) > 2 and (leading := read_place(head, first)).year and leading.volume:  # place first, authors last
        place, surplus, year = leading, 0, None
        authors, et_al = read_names(tail)
    else:
        if article and not head.strip():  # title first
            lead = len(tail) - len(tail.lstrip(" .?!"))
            end = 0 if _journal_at_start(tail[lead:], article) else _end_of_authors(tail[lead:])
            head, tail = tail[lead : lead + end], tail[lead + end :]
        authors, et_al = read_names(_without_date(head))
        year = year_in(head)
        place, surplus = _place(tail, article, year)
    if surplus:
        title = text[span.start : span.end + surplus]
    return Citation(
        raw=raw,
        line=line,
        plain=True,
        authors=authors,
        et_al=et_al,
        title=title.strip(" .,;:\"'") or None,
        journal=place.journal,
        year=year or place.year,
        volume=place.volume,
        issue=place.issue,
        pages=place.pages,
        pmid=pmid,
        doi=doi,
    )


def _parts(raw: str) -> _Parts:
    text = tidy(_LINK.sub(r"\1 \2", raw[:LONGEST]))
    text = _WRAPPED_DOI.sub(r"\1", text) if "10." in text else text
    pmid = doi = None
    if match := _NAMED_DOI.search(text):
        doi = _trimmed_doi(match[1])
        text = _NAMED_DOI.sub(" ", text)
    if match := _DOI.search(text):
        doi = doi or _trimmed_doi(match[0])
        text = _DOI.sub(" ", text)
    if match := _PMID.search(text):
        pmid = match[1] or match[2] or match[3]
        text = _PMID.sub(" ", text)
    if pmid is None and (match := _BARE_PMID.fullmatch(text)):
        return _Parts("", match[1], doi)
    text = _EMPHASIS.sub("", _NOISE.sub(" ", text))
    return _Parts(" ".join(text.split()).strip(" ;,"), pmid, doi)


def _trimmed_doi(text: str) -> str | None:
    """A DOI without the punctuation and the brackets that the text around it lent it."""
    text = unquote(text) if "%" in text else text
    text = (
        re.split(r"(?i)[;,]?(?:PMID|PMCID)\b|[\"<>\]}]|\)\.|,(?=$|\s)", text)[0]
        if "<" not in text or ">" not in text
        else text
    )
    text = text.rstrip(".,;:*_'\"]}>")
    while text.endswith(")") and text.count(")") > text.count("("):
        text = text[:-1].rstrip(".,;")
    return parse_doi(text)


def _title_of(text: str, article: Article) -> Span | None:
    """Where the title of `article` stands in the text: exactly under the comparison form, else what is most like it."""
    folded = fold(text)
    for form in forms(article.title, article.vernacular_title):
        if span := find(form, folded):
            return _to_borders(text, span)
    return _most_alike(text, folded, fold_key(article.title))


def _to_borders(text: str, span: Span) -> Span:
    """The span with the words that belong to the title too: those up to the next border on either side."""
    start, end = span
    before = text[:start]
    if not _CONNECT.search(before) or (before.strip() and not _BROKEN.search(before)):
        borders = [match.end() for match in re.finditer(r"[.:?!\"(]\s+|\)[.,:]?\s+|[.,]\s*\"", before)]
        start = borders[-1] if borders and start - borders[-1] < 120 else start
    after = text[end:]
    if re.match(r"\s*(?:[\w:;+/<>=%&-]|\(\D|\[)", after) and not re.match(
        r"[\s:;-]*(?:\(?(?:1[6-9]|20)\d\d\b|in:)", after, re.IGNORECASE
    ):
        border = _END.search(after) or re.search(r"[.,]?\"", after)
        if border:
            end += border.start()
    return Span(start, end)


def _most_alike(text: str, folded: Folded, wanted: str) -> Span | None:
    if len(wanted) < 8 or not folded.key:
        return None
    aligned = fuzz.partial_ratio_alignment(wanted, folded.key, score_cutoff=_SIMILAR)
    if aligned is None or len(folded.key) < len(wanted) * 0.5:
        return None
    inside = [
        place for key, place in folded.spans if key.end > aligned.dest_start + 1 and key.start < aligned.dest_end - 1
    ]
    if not inside:
        return None
    start, end = inside[0].start, inside[-1].end
    borders = [0, *(m.end() for m in re.finditer(r"[.:?!\"]\s+|\)[.,:]?\s*|[,.]\s*\"|,\s+(?=[A-Z])", text))]
    near = [place for place in borders if abs(place - start) <= 30]
    start = min(near, key=lambda place: abs(place - start)) if near else start
    ends = [len(text), *(m.start() for m in _END.finditer(text)), *(m.start() for m in re.finditer(r"[.,]?\"\s", text))]
    near = [place for place in ends if abs(place - end) <= 30 and place > start]
    end = min(near, key=lambda place: abs(place - end)) if near else end
    return Span(start, end)


def _place(tail: str, article: Article | None, year: int | None) -> tuple[Place, int]:
    """Where the text behind a title says that the paper stands, and how much of that text is title still.

    The journal of `article` is recognised at its beginning, or behind more words than the title has. `year` is the one
    given before the title.
    """
    lead = len(tail) - len(tail.lstrip(" .,;:?!\"')]-"))
    body = re.sub(r"^(?:in:?\s+)(?=[A-Z])", "", tail[lead:])
    if article is None or not (article.journal or article.journal_title):
        return read_place(body, year=year), 0
    if name := _journal_at_start(body, article):
        return read_place(body, name, year=year), 0
    place = read_place(body, year=year)
    written = place.journal or ""
    for match in _END.finditer(written) if len(written) < _LONGEST_NAME else ():
        rest = written[match.end() :]
        if journals.same_journal(rest, article):
            return place._replace(journal=rest), lead + body.index(written) + match.start()
    return place, 0


def _journal_at_start(text: str, article: Article) -> str:
    """The name of the record's journal at the beginning of a text, with a subtitle as far as no number comes."""
    begins = {bare(name[:1]) for known in journals.names(article) for name in known.split()[:2]}
    words = text[:60].split(maxsplit=2)[:2]
    if not begins & {bare(word[:1]) for word in words}:
        return ""  # a name and its abbreviations begin with one letter, but for an article
    found, numbers = "", set(re.findall(r"\d+", " ".join(journals.names(article))))
    for match in re.finditer(r"[\w)](?:\.(?!\w))?(?=[\s,;:.(]|$)", text[:240]):
        name = text[: match.end()]
        if found and not set(re.findall(r"\d+", name[len(found) :])) <= numbers:
            break
        if (
            any(c.isalpha() for c in name)
            and name.count("(") == name.count(")")
            and journals.same_journal(name, article)
        ):
            found = name
    return found


def _without_date(head: str) -> str:
    dates = [match.start() for match in _DATED.finditer(f"{head} A")]
    head = head[: dates[-1]] if dates else head
    return re.sub(r"[\s,.(]*\b(?:1[6-9]|20)\d\d[a-z]?\b[\s.,:)]*$", "", head)


def _title_by_shape(text: str) -> Span:
    """Where the title seems to stand: in quotation marks, behind the year, or between authors and journal."""
    if match := _QUOTED.search(text):
        group = 1 if match[1] else 2
        return Span(*match.span(group))
    start = _end_of_authors(text)
    if start:
        dated = _DATED.match(text, start - 1) or _DATED.match(text, start)
    else:
        dated = _DATED.search(text[:400])
        dated = dated if dated and dated.end() < len(text) - _SHORTEST else None
    start = dated.end() if dated else start
    ends = [match.start() + 1 for match in _END.finditer(text, start)]
    for end in ends:
        if not re.search(r"\b(?:vs|al|St|Dr|no|vol|pp|cf|spp?|var|ca|i\.e|e\.g)\.$", text[start:end]):
            bare = not read_place(text[end:]).journal
            if bare and end != ends[-1]:
                continue
            if bare and start and _NAME_OF_JOURNAL.fullmatch(text[start:end]):
                return Span(start, start)
            return Span(start, end)
    place = read_place(text[start:])
    if place.volume and place.journal and not re.search(r"[a-z] [a-z]+ [a-z]", place.journal):
        return Span(start, start)  # authors, journal, volume: no title
    if "," in text[start:] and place.journal and "," in place.journal:
        return Span(start, start + text[start:].index(place.journal) + place.journal.rindex(","))
    if place.journal and (place.volume or place.year):
        return Span(start, start + text[start:].index(place.journal) + len(place.journal))
    return Span(start, len(text))


def _end_of_authors(text: str) -> int:
    """Where a list of authors at the beginning of the text ends; 0 where there is none."""
    at, found = 0, 0
    while match := _INVERTED.match(text, at) or _AUTHORS.match(text, at):
        at = found = match.end()
        if re.search(r"(?:\.|:|et al\.?)[\s,:]*$", match[0]) and not _INVERTED.match(text, at):
            if match.re is _AUTHORS:
                break
            if re.search(r"et al", match[0]) or not _INVERTED.match(text, at):
                break
    if not found and (match := re.match(r"[^.(\"]{2,60}?\bet al\.?[\s,:]*", text)):
        return match.end()
    return found
