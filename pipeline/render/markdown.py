"""`profile.md`: one claim a line, footnotes labelled by PMID, so that adding a reference renumbers nothing."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping
from urllib.parse import quote

from pipeline.identifiers import (
    footnote_label,
    footnote_place,
    is_document,
    source_address,
    source_words,
    split_evidence_id,
)
from pipeline.models.profile import Claim, Profile, Quotation, Reference, Waiting, cited_sources
from pipeline.models.sources import Article, Label
from pipeline.models.studies import Direction, Grade, Level
from pipeline.references.vancouver import fates, reference

MAP_FILE = "evidence-map.svg"
_SPECIAL = re.compile(r"([\\`*\[\]<>|$~]|(?<![^\W_])_|_(?![^\W_])|&(?=#?\w+;))")
# At the start of a line: a heading, a list, a rule. An ordered list takes its backslash behind the number.
_OPENING = re.compile(r"^(?:\d{1,9}(?=[.)](?:\s|$))|(?=[#+=-]+(?:\s|$)))")
_UNSEEN = ("Cc", "Cf", "Cs", "Co")


def visible(text: str) -> str:
    """Text on one line, with a replacement character for each that is not seen: control, bidi, zero-width, private."""
    line = " ".join(text.split())
    if line.isprintable():
        return line
    return "".join("\ufffd" if unicodedata.category(c) in _UNSEEN or _is_no_character(ord(c)) else c for c in line)


def _is_no_character(code: int) -> bool:
    return code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF


def escape(text: str) -> str:
    """Text from a source as Markdown that shows it as it is: no markup, HTML or mathematics, nothing unseen."""
    return _OPENING.sub(r"\g<0>\\", _SPECIAL.sub(r"\\\1", visible(text)))


def code(text: str) -> str:
    """Text as a code span, in which nothing is markup; backticks become apostrophes."""
    return "`" + visible(text).replace("`", "'") + "`"


def grade_words(grade: Grade) -> str:
    """The badge in words: "Gold, conflicting", or "none" where no study was found."""
    return "none found" if grade.level is Level.NONE else f"{grade.level.value}, {grade.direction}"


def origin_word(source: Article | Label | None) -> str:
    """What the cited sentences of a source are of: "Abstract", "Label" or "Synopsis"."""
    return {"synopsis": "Synopsis", "label": "Label"}.get(source.text_origin if source else "", "Abstract")


def notes(claim_evidence: tuple[Quotation, ...]) -> str:
    """The footnote marks of a claim, one a source, in order."""
    return "".join(f"[^{footnote_label(key)}]" for key in cited_sources(claim_evidence))


def _cited(profile: Profile) -> dict[str, dict[int, str]]:
    """The cited sentences of each source, by their number."""
    found: dict[str, dict[int, str]] = defaultdict(dict)
    for quotation in profile.quotations:
        if split := split_evidence_id(quotation.id):
            found[split[0]][split[1]] = quotation.text
    return found


def markdown(profile: Profile, sources: Mapping[str, Reference], *, has_map: bool) -> str:
    """The profile as a Markdown document. `sources` are the references of `sources.yaml` by key."""
    from jinja2 import Environment, PackageLoader, StrictUndefined  # its words serve others, who need not wait for it

    cited = _cited(profile)
    footnotes = []
    for key in sorted(cited, key=footnote_place):
        held = sources.get(key)
        source = held.source if held else None
        footnotes.append(
            {
                "label": footnote_label(key),
                "text": _reference(key, held),
                "kind": origin_word(source),
                "sentences": sorted(cited[key].items()),
            }
        )
    reasons: dict[str, list[str]] = defaultdict(list)
    for record in profile.uncited:
        reasons[record.reason].append(record.source)
    environment = Environment(  # noqa: S701 - Markdown, not HTML: `escape` does its own work
        loader=PackageLoader("pipeline.render"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals["same_study"] = same_study
    environment.filters |= {"md": escape, "code": code, "grade": grade_words, "notes": notes, "linked": linked}
    environment.filters |= {"waits": waiting_words, "how": CHALLENGES.__getitem__}
    titles = {key: held.article.title for key, held in sources.items() if held.article}
    return environment.get_template("profile.md.j2").render(
        profile=profile,
        footnotes=footnotes,
        reasons=sorted(reasons.items()),
        titles=defaultdict(str, titles),
        most_waiting=MOST_WAITING,
        map_file=MAP_FILE if has_map else None,
    )


# In which way newer evidence speaks against a claim.
CHALLENGES = {
    "better": "a stronger study",
    "opposite": "found otherwise",
    "results": "the results of that plan",
    "version": "a newer version",
}
MOST_WAITING = 20  # new records that a profile lists


def waiting_words(record: Waiting) -> str:
    """What a record that waits is: "Fibromyalgia: randomised trial, n = 96, no difference"."""
    size = f", n = {record.n:,}" if record.n else ""
    found = "" if record.direction is Direction.UNCLEAR else f", {record.direction.value}"
    about = f"{', '.join(record.topics)}: " if record.topics else ""
    return f"{about}{record.design.value}{size}{found}{', on harm' if record.harm else ''}"


def same_study(claim: Claim, following: Claim | None) -> bool:
    """True for two claims on one paper, which stand in one paragraph; the sentences of a label stand apart."""
    keys = cited_sources(claim.evidence)
    return (
        isinstance(following, Claim)
        and len(keys) == 1
        and not is_document(keys[0])
        and cited_sources(following.evidence) == keys
    )


def _link(shown: str, key: str) -> str | None:
    """A Markdown link to a source, or None where it has no address."""
    address = encoded_address(key)
    return f"[{escape(shown)}]({address})" if address else None


def encoded_address(key: str) -> str | None:
    """The public address of a source, or None; what could end a link early is percent-encoded."""
    address = source_address(key)
    safe = "/:;,.-_~@%" + "?=" * is_document(key)  # a DOI may hold these, the address of a label does
    return quote(address, safe=safe) if address else None


def linked(key: str) -> str:
    """A source as a link to its public record, where it has one."""
    return _link(source_words(key), key) or escape(source_words(key))


def _reference(key: str, held: Reference | None) -> str:
    source = held and held.source
    if not isinstance(source, Article | Label):
        return f"{linked(key)} (record not among the sources)"
    noted = [f"**{escape(told)}.**" for told in fates(held)] if held else []
    site = "PubMed" if key.isdigit() else "DailyMed" if is_document(key) else "doi.org"
    return " ".join(filter(None, [*noted, escape(reference(source)), _link(site, key)]))
