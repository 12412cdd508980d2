"""The verb of the nightly job, thin as the others: it reads its words, calls the stage, shows what came of it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli_words import Jobs, Plain, Scheduler

FILES = (".xml", ".xml.gz")


def refresh(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME...]", help="The compounds; all profiles without any.")
    ] = None,
    updates: Annotated[
        list[Path] | None,
        typer.Option("--updates", metavar="FILE", help="An update file of NLM to read instead; several may follow."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Ask and tell, but change no profile and write no report.")
    ] = False,
    every: Annotated[bool, typer.Option("--all", help="All profiles, as without any name.")] = False,
    jobs: Jobs = None,
    scheduler: Scheduler = None,
    format: Annotated[Plain, typer.Option("--format", help="How the night is printed.")] = Plain.TEXT,
) -> None:
    """Read every cited record again: what changed, which claims it touches, and what is new."""
    from pipeline.config import settings
    from pipeline.errors import ConfigError, SourceError
    from pipeline.refresh.run import refresh as run
    from pipeline.render import nights, terminal
    from pipeline.workers import opened

    # A shell makes `--updates *.xml.gz` one option and many words; no compound is called like a file.
    words = names or []
    given = [*(updates or []), *(Path(word) for word in words if updates and word.endswith(FILES))]
    files = [file for path in given for file in (sorted(path.glob("*.xml.gz")) if path.is_dir() else [path])]
    if given and not files:
        raise SourceError(f"{given[0]} holds no update file", "fetch some: monograph library download DIR")
    chosen = [word for word in words if not (updates and word.endswith(FILES))]
    if every and chosen:
        raise ConfigError("--all means every profile, and some are named too", "give one of the two")
    with terminal.progress() as progress, opened(jobs, scheduler) as workers:
        night = run(
            settings(),
            names=chosen,
            updates=files,
            dry_run=dry_run,
            today=terminal.today(),
            progress=progress,
            workers=workers,
        )
    if format is Plain.JSON:
        typer.echo(nights.as_json(night), nl=False)
    else:
        nights.show(night)
    if (status := nights.status_of(night)) == 2:
        why = night.unreachable[0].why
        raise SourceError(f"nothing could be read: {why}", "no profile was changed; run the same command again later")
    raise typer.Exit(status)
