"""The verbs of `monograph library`, thin as the others: each reads its words, calls a stage, shows what came of it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli_words import Jobs, Scheduler

library_app = typer.Typer(
    no_args_is_help=False, rich_markup_mode=None, help="The records that were fetched or imported."
)


@library_app.command("import")
def library_import(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="PubMed XML (plain or .gz) or NBIB, or a directory of them.")
    ],
    jobs: Jobs = None,
    scheduler: Scheduler = None,
) -> None:
    """Import records from files: PubMed XML, plain or .gz, or NBIB."""
    from pipeline.config import settings
    from pipeline.render import terminal
    from pipeline.sources.files import fault_of, files_in, import_files
    from pipeline.workers import opened

    found = files_in(files)
    with opened(jobs, scheduler) as workers, terminal.progress() as progress:
        outcomes = import_files(found, settings().library, terminal.today(), progress, workers)
    fault = fault_of(outcomes)
    if len(outcomes) > 1 or not fault:
        terminal.show_imported(outcomes)
    if fault:
        raise fault


@library_app.command("download")
def library_download(
    into: Annotated[
        Path, typer.Argument(metavar="DIR", help="Where the files are kept; those it holds are not fetched.")
    ],
    since: Annotated[
        str | None, typer.Option("--since", metavar="NAME", help="Only those after this one, e.g. pubmed26n1335.")
    ] = None,
    address: Annotated[str | None, typer.Option("--from", metavar="URL", help="Another folder than NLM's own.")] = None,
) -> None:
    """Download NLM's PubMed update files that a directory does not hold yet."""
    from pipeline.config import settings
    from pipeline.render import terminal
    from pipeline.sources.update_folder import UpdateFolder, download

    with terminal.progress() as progress:
        new = download(UpdateFolder(address or settings().updates_url), into, since, progress)
    terminal.say(f"{len(new)} new update file{'' if len(new) == 1 else 's'} in {into}")
    if new:
        terminal.say(f"to use them: monograph refresh --updates {into}/*.xml.gz")


@library_app.command("search")
def library_search(
    query: Annotated[str, typer.Argument(metavar="QUERY", help='Words, or a "phrase" in quotation marks.')],
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="At most so many records.")] = 20,
) -> None:
    """Search titles, abstracts and headings of the records held."""
    from pipeline.config import settings
    from pipeline.render.terminal import show_hits
    from pipeline.sources.library import Library

    with Library(settings().library) as library:
        show_hits(query, library.search(query, limit))


@library_app.command("show")
def library_show(key: Annotated[str, typer.Argument(metavar="ID", help="A PMID or a DOI.")]) -> None:
    """Show one record: its reference, notices and abstract, sentence by sentence."""
    from pipeline.config import settings
    from pipeline.render.terminal import show_record
    from pipeline.sources.files import one

    show_record(one(key, settings().library))


@library_app.command("stats")
def library_stats() -> None:
    """Count what the library holds."""
    from pipeline.config import settings
    from pipeline.render.terminal import show_stats
    from pipeline.sources.library import Library

    here = settings()
    with Library(here.library) as library:
        show_stats(library.stats(), here.library)
