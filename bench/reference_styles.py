"""References written from records in the styles that people use, and the alterations that make them wrong."""

from __future__ import annotations

import json
import random
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Written:
    """What a reference says, before it is put into a style. `authors` are (family, initials)."""

    authors: tuple[tuple[str, str], ...]
    title: str
    journal: str
    year: str
    volume: str
    issue: str | None
    pages: str | None
    pmid: str | None
    doi: str | None
    et_al: bool = False


Style = Callable[[Written], str]


def _ended(text: str) -> str:
    return text if text.endswith((".", "?", "!")) else text + "."


def _dotted(initials: str, gap: str = " ") -> str:
    return gap.join(f"{letter}." for letter in re.findall(r"[^\W\d_]", initials))


def _ids(w: Written, doi: str = "doi:{}", pmid: str = "PMID: {}") -> str:
    found = [doi.format(w.doi)] if w.doi else []
    return " ".join([*found, *([f"{pmid.format(w.pmid)}."] if w.pmid else [])])


def _issue(w: Written) -> str:
    return f"({w.issue})" if w.issue else ""


def _families_first(w: Written) -> str:
    return ", ".join([*(f"{f} {i}" for f, i in w.authors), *(["et al"] if w.et_al else [])])


def _listed(said: list[str], w: Written, last: str) -> str:
    """Names with `last` before the last one, unless more follow."""
    if w.et_al or not said:
        return ", ".join(said)
    return ", ".join(said[:-1]) + (last if len(said) > 1 else "") + said[-1]


def vancouver(w: Written) -> str:
    """NLM: Doe JA, Roe K. Title. J Invent. 2020;1(2):3-4."""
    names = _families_first(w)
    place = f"{w.year};{w.volume}{_issue(w)}{f':{w.pages}' if w.pages else ''}."
    return f"{_ended(names)} {_ended(w.title)} {_ended(w.journal)} {place} {_ids(w)}".strip()


def ama(w: Written) -> str:
    """As Vancouver, with the month and PubMed's way of giving identifiers."""
    names = _families_first(w)
    place = f"{w.year} Apr 3;{w.volume}{_issue(w)}{f':{w.pages}' if w.pages else ''}."
    ids = _ids(w, "doi: {}.", "PubMed PMID: {}")
    return f"{_ended(names)} {_ended(w.title)} {_ended(w.journal)} {place} {ids}".strip()


def apa(w: Written) -> str:
    """Doe, J. A., & Roe, K. (2020). Title. Journal, 1(2), 3-4. https://doi.org/..."""
    said = [f"{f}, {_dotted(i)}" for f, i in w.authors]
    joined = _listed(said, w, ", & ")
    names = f"{joined}, et al." if w.et_al else joined
    pages = f", {w.pages}" if w.pages else ""
    return f"{names} ({w.year}). {_ended(w.title)} {w.journal}, {w.volume}{_issue(w)}{pages}. {_ids(w, 'https://doi.org/{}')}".strip()


def harvard(w: Written) -> str:
    """Doe, J.A. and Roe, K., 2020. Title. Journal, 1(2), pp.3-4."""
    said = [f"{f}, {_dotted(i, '')}" for f, i in w.authors]
    joined = _listed(said, w, " and ")
    names = f"{joined} et al." if w.et_al else joined
    pages = f", pp.{w.pages}" if w.pages else ""
    return f"{names}, {w.year}. {_ended(w.title)} {w.journal}, {w.volume}{_issue(w)}{pages}. {_ids(w, 'Available at: https://doi.org/{}')}".strip()


def nature(w: Written) -> str:
    """Doe, J. A. & Roe, K. Title. Journal 1, 3-4 (2020)."""
    said = [f"{f}, {_dotted(i)}" for f, i in w.authors]
    joined = _listed(said, w, " & ")
    names = f"{joined} et al." if w.et_al else joined
    pages = f", {w.pages}" if w.pages else ""
    return f"{names} {_ended(w.title)} {w.journal} {w.volume}{pages} ({w.year}). {_ids(w)}".strip()


def ieee(w: Written) -> str:
    """J. A. Doe and K. Roe, "Title," Journal, vol. 1, no. 2, pp. 3-4, 2020."""
    said = [f"{_dotted(i)} {f}".strip() for f, i in w.authors]
    joined = _listed(said, w, " and ")
    names = f"{joined}, et al." if w.et_al else joined
    issue, pages = f", no. {w.issue}" if w.issue else "", f", pp. {w.pages}" if w.pages else ""
    return f'{names}, "{w.title.rstrip(".")}," {w.journal}, vol. {w.volume}{issue}{pages}, {w.year}. {_ids(w)}'.strip()


def chicago(w: Written) -> str:
    """Doe, J. A., and K. Roe. “Title.” Journal 1, no. 2 (2020): 3-4."""
    said = [f"{f}, {_dotted(i)}" if n == 0 else f"{_dotted(i)} {f}".strip() for n, (f, i) in enumerate(w.authors)]
    joined = _listed(said, w, ", and ")
    names = f"{joined}, et al." if w.et_al else _ended(joined)
    issue, pages = f", no. {w.issue}" if w.issue else "", f": {w.pages}" if w.pages else ""
    return f"{names} “{_ended(w.title)}” {w.journal} {w.volume}{issue} ({w.year}){pages}. {_ids(w)}".strip()


def loose(w: Written) -> str:
    """What people paste: Doe JA, Roe K (2020) Title. Journal 1:3-4"""
    names = ", ".join(f"{f} {i}" for f, i in w.authors) + (" et al." if w.et_al else "")
    pages = f":{w.pages}" if w.pages else ""
    return f"{names} ({w.year}) {_ended(w.title)} {w.journal} {w.volume}{_issue(w)}{pages} {_ids(w, 'https://doi.org/{}')}".strip()


def bibtex(w: Written) -> str:
    """An entry as publishers export it."""
    names = " and ".join([*(f"{f}, {_dotted(i)}" for f, i in w.authors), *(["others"] if w.et_al else [])])
    fields = {"author": names, "title": f"{{{w.title}}}", "journal": w.journal, "year": w.year, "volume": w.volume}
    fields |= {
        "number": w.issue or "",
        "pages": (w.pages or "").replace("-", "--"),
        "doi": w.doi or "",
        "pmid": w.pmid or "",
    }
    inside = ",\n".join(f"  {key} = {{{value}}}" for key, value in fields.items() if value)
    return f"@article{{key,\n{inside}\n}}"


def ris(w: Written) -> str:
    """A record as reference managers export it."""
    first, _, last = (w.pages or "").partition("-")
    tags = [
        ("TY", "JOUR"),
        *(("AU", f"{f}, {_dotted(i)}") for f, i in w.authors),
        *([("AU", "et al.")] if w.et_al else []),
    ]
    tags += [("TI", w.title), ("JO", w.journal), ("PY", w.year), ("VL", w.volume), ("IS", w.issue or "")]
    tags += [("SP", first), ("EP", last), ("DO", w.doi or ""), ("AN", w.pmid or ""), ("ER", "")]
    return "\n".join(f"{tag}  - {value}" for tag, value in tags if value or tag == "ER")


def csl(w: Written) -> str:
    """An item of CSL-JSON."""
    people = [{"family": f, "given": _dotted(i)} for f, i in w.authors] + ([{"literal": "et al."}] if w.et_al else [])
    item = {"type": "article-journal", "title": w.title, "author": people, "container-title": w.journal}
    item |= {"issued": {"date-parts": [[int(w.year)]]}, "volume": w.volume, "issue": w.issue, "page": w.pages}
    return json.dumps([{key: value for key, value in (item | {"DOI": w.doi, "PMID": w.pmid}).items() if value}])


STYLES: tuple[Style, ...] = (vancouver, ama, apa, harvard, nature, ieee, chicago, loose, bibtex, ris, csl)
ISSUELESS = {nature}  # styles that do not give the issue


def first_page_short(pages: str | None) -> str | None:
    """`663-672` as `663-72`."""
    first, _, last = (pages or "").partition("-")
    if not (first.isdigit() and last.isdigit() and len(first) == len(last)):
        return pages
    same = next((n for n, (a, b) in enumerate(zip(first, last, strict=True)) if a != b), len(first) - 1)
    return f"{first}-{last[same:]}"


def without_diacritics(text: str) -> str:
    """`Müller` as `Muller`."""
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


HARMLESS: dict[str, Callable[[Written], Written | None]] = {
    "pages abbreviated": lambda w: _if(replace(w, pages=first_page_short(w.pages)), w),
    "first page only": lambda w: replace(w, pages=w.pages.split("-")[0]) if w.pages and "-" in w.pages else None,
    "diacritics dropped": lambda w: _if(
        replace(w, authors=tuple((without_diacritics(f), i) for f, i in w.authors), title=without_diacritics(w.title)),
        w,
    ),
    "title in other case": lambda w: replace(
        w, title=w.title.title() if w.title[5:25].islower() else w.title.capitalize()
    ),
    "journal in capitals": lambda w: replace(w, journal=w.journal.upper()),
    "journal with dots": lambda w: replace(
        w, journal=" ".join(f"{x}." if len(x) > 1 else x for x in w.journal.split())
    ),
    "issue left out": lambda w: replace(w, issue=None) if w.issue else None,
    "pages left out": lambda w: replace(w, pages=None) if w.pages else None,
    "subtitle left out": lambda w: (
        replace(w, title=w.title.partition(": ")[0])
        if ": " in w.title and len(w.title.partition(": ")[0].split()) > 4
        else None
    ),
    "typographic quotes and dashes": lambda w: _if(
        replace(w, title=w.title.replace("-", "‐").replace("'", "’"), pages=(w.pages or "").replace("-", "–") or None),
        w,
    ),
}


def _if(changed: Written, given: Written) -> Written | None:
    return changed if changed != given else None


def _digits(text: str, rng: random.Random) -> str | None:
    """Two neighbouring digits of a number swapped, or one changed where they are the same."""
    places = [n for n in range(len(text) - 1) if text[n].isdigit() and text[n + 1].isdigit() and text[n] != text[n + 1]]
    places = [n for n in places if not (text[n + 1] == "0" and (n == 0 or not text[n - 1].isdigit()))]
    if places:
        n = rng.choice(places)
        return text[:n] + text[n + 1] + text[n] + text[n + 2 :]
    digits = [n for n, c in enumerate(text) if c.isdigit()]
    if not digits:
        return None
    n = digits[-1]
    return text[:n] + str((int(text[n]) + 3) % 10 or 4) + text[n + 1 :]


def _title_word(w: Written, other: Written, rng: random.Random) -> Written | None:
    told = w.title.split()
    long = [n for n, word in enumerate(told) if len(word) > 5 and word.isalpha()]
    words = [
        word for word in other.title.split() if len(word) > 5 and word.isalpha() and word.lower() not in w.title.lower()
    ]
    if not long or not words:
        return None
    told[rng.choice(long)] = rng.choice(words).lower()
    return replace(w, title=" ".join(told))


def _negated(w: Written, other: Written, rng: random.Random) -> Written | None:
    told = w.title.split()
    if len(told) < 4:
        return None
    told.insert(rng.randrange(1, len(told)), rng.choice(["not", "no", "without"]))
    return replace(w, title=" ".join(told))


def _title_number(w: Written, other: Written, rng: random.Random) -> Written | None:
    found = list(re.finditer(r"(?<![\w.])\d+", w.title))
    if not found:
        return None
    match = rng.choice(found)
    return replace(
        w, title=f"{w.title[: match.start()]}{int(match[0]) + rng.choice([1, 2, 10])}{w.title[match.end() :]}"
    )


def _initials(w: Written, other: Written, rng: random.Random) -> Written | None:
    n = rng.randrange(len(w.authors)) if w.authors else 0
    if not w.authors or not w.authors[n][1]:
        return None
    family, given = w.authors[n]
    changed = rng.choice([given[::-1], given + "Q", "Q" + given[1:], given[:-1] + "Q"])
    if changed == given:
        changed = ("X" if given[0] == "Q" else "Q") + given[1:]
    return replace(w, authors=(*w.authors[:n], (family, changed), *w.authors[n + 1 :]))


def _swapped(w: Written, other: Written, rng: random.Random) -> Written | None:
    if len(w.authors) < 2:
        return None
    n = rng.randrange(len(w.authors) - 1)
    if w.authors[n] == w.authors[n + 1]:
        return None
    return replace(w, authors=(*w.authors[:n], w.authors[n + 1], w.authors[n], *w.authors[n + 2 :]))


def _dropped(w: Written, other: Written, rng: random.Random) -> Written | None:
    if len(w.authors) < 3:
        return None
    n = rng.randrange(1, len(w.authors) - 1)
    return replace(w, authors=(*w.authors[:n], *w.authors[n + 1 :]))


def _added(w: Written, other: Written, rng: random.Random) -> Written | None:
    if not other.authors or not w.authors or other.authors[0] in w.authors:
        return None
    n = rng.randrange(1, len(w.authors) + (not w.et_al))
    return replace(w, authors=(*w.authors[:n], other.authors[0], *w.authors[n:]))


def _first(w: Written, other: Written, rng: random.Random) -> Written | None:
    if not other.authors or not w.authors or other.authors[0] == w.authors[0]:
        return None
    return replace(w, authors=(other.authors[0], *w.authors[1:]))


def _year(w: Written, other: Written, rng: random.Random) -> Written | None:
    return replace(w, year=str(int(w.year) + rng.choice([-9, -4, -3, -2, -1, 1, 2, 3, 4])))


def _range(w: Written, other: Written, rng: random.Random) -> Written | None:
    first, dash, last = (w.pages or "").partition("-")
    if not (dash and last.isdigit()) or first == last:
        return None
    return replace(w, pages=f"{first}-{int(last) + rng.choice([1, 2, 10])}")


def _mixed(w: Written, other: Written, rng: random.Random) -> Written | None:
    """The place of one paper with authors and title of another."""
    if (w.journal, w.year, w.volume) == (other.journal, other.year, other.volume):
        return None
    return replace(w, journal=other.journal, year=other.year, volume=other.volume, issue=other.issue, pages=other.pages)


def _pages(w: Written, other: Written, rng: random.Random) -> Written | None:
    changed = _digits(w.pages, rng) if w.pages else None
    return replace(w, pages=changed) if changed else None


def _volume(w: Written, other: Written, rng: random.Random) -> Written | None:
    changed = _digits(w.volume, rng) if rng.random() < 0.5 else str(int(w.volume) + rng.choice([1, 2, 10]))
    return replace(w, volume=changed) if changed else None


def _issue_changed(w: Written, other: Written, rng: random.Random) -> Written | None:
    return replace(w, issue=str(int(w.issue) + rng.choice([1, 2, 3]))) if w.issue and w.issue.isdigit() else None


ALTERATIONS: dict[str, Callable[[Written, Written, random.Random], Written | None]] = {
    "year": _year,
    "volume": _volume,
    "issue": _issue_changed,
    "pages: digits": _pages,
    "pages: range": _range,
    "journal replaced": lambda w, other, rng: replace(w, journal=other.journal),
    "first author replaced": _first,
    "author order swapped": _swapped,
    "author dropped": _dropped,
    "author added": _added,
    "initials changed": _initials,
    "title: word changed": _title_word,
    "title: negation added": _negated,
    "title: number changed": _title_number,
    "DOI of another paper": lambda w, other, rng: replace(w, doi=other.doi) if w.doi and other.doi else None,
    "PMID of another paper": lambda w, other, rng: replace(w, pmid=other.pmid) if w.pmid else None,
    "two papers mixed": _mixed,
}
