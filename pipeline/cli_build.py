"""The verb that makes the published site, thin as the others."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def build(
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where the site is written.")] = Path("site"),
    drafts: Annotated[
        bool, typer.Option("--drafts", help="Build what is not approved too, marked as an unreviewed draft.")
    ] = False,
    base_url: Annotated[
        str | None, typer.Option("--base-url", metavar="URL", help="Where the site will be, for its map and feed.")
    ] = None,
    jobs: Annotated[
        int | None,
        typer.Option("--jobs", metavar="N", min=1, max=64, help="How many processes; as many as cores without."),
    ] = None,
) -> None:
    """Build the static site of approved profiles, and say which are not on it and why."""
    from pipeline import publishing
    from pipeline.config import settings
    from pipeline.refresh.memory import refreshed
    from pipeline.render import terminal

    here = settings()
    with terminal.progress() as progress:
        built = publishing.build(
            here,
            out,
            drafts=drafts,
            base_url=base_url,
            jobs=jobs,
            refreshed=refreshed(here.nights),
            progress=progress,
        )
    for held in built.held:
        terminal.say(f"{held.slug:<20} {'draft' if drafts else 'not published'}: {held.why}")
    published = sum(entry.draft is None for entry in built.listed)
    if not published:
        terminal.say("nothing is published: no profile is approved")
    place = terminal.short(built.out)
    terminal.say(
        f"{place}: {published} published{f', {len(built.listed) - published} as drafts' if drafts else ''};"
        f" {built.written} files written, {built.removed} removed"
    )
    demanded = [held.slug for held in built.held if held.demanded]
    for slug in demanded:
        terminal.say(f"error: {slug} has to be on the site (publish: true) and is not approved")
    raise typer.Exit(int(bool(demanded)))
