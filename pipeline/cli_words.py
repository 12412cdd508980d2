"""What several verbs take from the command line, and how they end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from pipeline.config import Settings
    from pipeline.errors import ProfileError

Name = Annotated[str, typer.Argument(metavar="NAME", help="The compound, by its name, slug or an alias.")]
Names = Annotated[list[str] | None, typer.Argument(metavar="NAME...", help="The compounds, by name, slug or an alias.")]
Every = Annotated[bool, typer.Option("--all", help="All compounds that have a compound.yaml.")]
Jobs = Annotated[
    int | None,
    typer.Option("--jobs", metavar="N", min=1, max=512, help="Processes of this machine; without, one a core."),
]
Scheduler = Annotated[
    str | None,
    typer.Option("--scheduler", metavar="ADDRESS", help="A Dask cluster instead, such as tcp://127.0.0.1:8786."),
]
Offline = Annotated[bool, typer.Option("--offline", help="Do not ask PubMed even when NCBI_EMAIL is set.")]


class Plain(StrEnum):
    """How results are printed that are no findings."""

    TEXT = "text"
    JSON = "json"


def named(names: Sequence[str] | None, every: bool, settings: Settings) -> Sequence[str]:
    """The compounds that a command line names, one or more. Raises ConfigError where it names none, or both."""
    from pipeline.errors import ConfigError

    if every and names:
        raise ConfigError("--all means every compound, and some are named too", "give one of the two")
    if names:
        return names
    if not every:
        raise ConfigError("no compound is named", "name one or more, such as naltrexone, or give --all")
    found = sorted(path.parent.name for path in settings.profiles.glob("*/compound.yaml"))
    if not found:
        raise ConfigError(f"{settings.profiles} holds no compound", "begin one: monograph new NAME")
    return found


def incomplete(failed: Mapping[str, Exception], done: str, total: int) -> ProfileError:
    """The fault of a run that could not do all it was asked to, with that of one of the compounds that `failed`."""
    from pipeline.errors import ProfileError, words_of

    name = next(iter(failed))
    message, hint = words_of(failed[name], name)
    others = f"the others are {done}; mend what is said above, and run the same again"
    return ProfileError(
        f"{len(failed)} of {total} compounds could not be {done}, such as {name}: {message}",
        hint if len(failed) == total else others,
    )
