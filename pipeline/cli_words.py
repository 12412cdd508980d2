"""What several verbs take from the command line."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

Name = Annotated[str, typer.Argument(metavar="NAME", help="The compound, by its name, slug or an alias.")]


class Plain(StrEnum):
    """How results are printed that are no findings."""

    TEXT = "text"
    JSON = "json"
