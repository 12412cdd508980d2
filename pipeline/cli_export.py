"""The verb that gives a profile away in a format of others: it reads two files, calls the format, writes one."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli_words import Name


class To(StrEnum):
    """The formats of others."""

    CSL = "csl"
    BIBTEX = "bibtex"
    RIS = "ris"
    JSONLD = "jsonld"


def export(
    name: Name,
    to: Annotated[To, typer.Option("--to", help="References as CSL-JSON, BibTeX or RIS; or the page as JSON-LD.")],
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="The file to write; standard output without one.")
    ] = None,
) -> None:
    """Give out what a profile cites: for reference managers, or as structured data for the web."""
    from pipeline import profiles
    from pipeline.compounds import resolve
    from pipeline.config import settings
    from pipeline.errors import ProfileError
    from pipeline.render.exports import EXPORTS
    from pipeline.render.exports.cited import missing
    from pipeline.render.terminal import plain

    compound, directory = resolve(name, settings())
    profile = profiles.read_profile(directory)
    if profile is None:
        raise ProfileError(f"there is no profile of '{compound.name}'", f"draft it: monograph draft {compound.slug}")
    references = profiles.read_sources(directory)
    text = EXPORTS[to](profile, references)
    if lost := missing(profile, references):
        typer.echo(plain(f"left out, having no record in sources.yaml: {', '.join(lost)}"), err=True)
    if out is None:
        typer.echo(text, nl=False)
    elif out.exists() and not out.is_file():
        raise ProfileError(f"cannot write to {out}: it is no file", "name a file, or leave --out away and redirect")
    else:
        profiles.write({out: text})
