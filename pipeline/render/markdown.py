"""`profile.md`: one claim a line, footnotes labelled by PMID, so that adding a reference renumbers nothing."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping

from pipeline.identifiers import (
    footnote_label,
    footnote_place,
    is_document,
    source_words,
    split_evidence_id,
)
from pipeline.models.profile import Profile, Quotation, Reference, cited_sources
from pipeline.models.sources import Article, Label
from pipeline.references.vancouver import fates, reference
from pipeline.render.words import (
    CHALLENGES,
    MOST_WAITING,
    encoded_address,
    grade_words,
    origin_word,
    same_study,
    visible,
    waiting_words,
)

MAP_FILE = "evidence-map.svg"
_SPECIAL = re.compile(r"([\\`*\[\]<>|$~]|(?<![^\W_])_|_(?![^\W_])|&(?=#?\w+;))")
# At the start of a line: a heading, a list, a rule. An ordered list takes its backslash behind the number.
_OPENING = re.compile(r"^(?:\d{1,9}(?=[.)](?:\s|$))|(?=[#+=-]+(?:\s|$)))")


def escape(text: str) -> str:
    """Text from a source as Markdown that shows it as it is: no markup, HTML or mathematics, nothing unseen."""
    return _OPENING.sub(r"\g<0>\\", _SPECIAL.sub(r"\\\1", visible(text)))


def code(text: str) -> str:
    """Text as a code span, in which nothing is markup; backticks become apostrophes."""
    return "`" + visible(text).replace("`", "'") + "`"


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


def _link(shown: str, key: str) -> str | None:
    """A Markdown link to a source, or None where it has no address."""
    address = encoded_address(key)
    return f"[{escape(shown)}]({address})" if address else None


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
