"""An invented profile as Markdown."""

from __future__ import annotations

from datetime import date
from typing import Any

from markdown_it import MarkdownIt

from pipeline.models.profile import (
    FOOTER,
    Claim,
    Profile,
    Provenance,
    Quotation,
    Reference,
    Section,
)
from pipeline.models.sources import Article, Label, Notice, NoticeKind
from pipeline.render.markdown import markdown

PARSER = MarkdownIt("commonmark").enable("table").enable("strikethrough")


def paper(**fields: Any) -> Article:
    return Article.model_validate({"pmid": "90000001", "title": "Examplol in pain", **fields})


def notice(kind: NoticeKind, role: str = "affected", **more: str) -> Notice:
    return Notice.model_validate({"kind": kind, "role": role, **more})


def profile(*claims: str, **more: Any) -> Profile:
    """A profile with a claim for each text, standing on sentence 1 of PMID 90000001."""
    quoted = (Quotation(id="90000001:1", text="Pain fell."),)
    made = tuple(Claim(id=f"overview/{k}", text=text, evidence=quoted) for k, text in enumerate(claims))
    origin = Provenance(drafter="extractive", version="1", date=date(2026, 1, 1), records=3, synopses=0)
    fields = {
        "name": "examplol",
        "slug": "examplol",
        "provenance": origin,
        "sections": (Section(id="overview", title="What is it?", claims=made),),
        "footer": FOOTER,
    }
    return Profile.model_validate({**fields, **more})


def rendered(
    given_profile: Profile | None = None, sources: tuple[Article | Label, ...] = (), has_map: bool = False
) -> str:
    held = {
        source.key: Reference(
            key=source.key,
            article=source if isinstance(source, Article) else None,
            label=source if isinstance(source, Label) else None,
            hash="sha256:0",
        )
        for source in sources or (paper(),)
    }
    return markdown(given_profile or profile("Pain fell."), held, has_map=has_map)


def footnote(text: str, label: str = "90000001") -> str:
    (line,) = (line for line in text.splitlines() if line.startswith(f"[^{label}]:"))
    return line
