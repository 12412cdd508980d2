"""The command line, thin: each verb reads its words, calls a stage and shows what came of it.

Exit status 0 is clean, 1 means findings of severity error, 2 means that it could not run. Heavy imports wait inside
the verbs, so that `monograph --help` is quick.
"""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli_build import build
from pipeline.cli_draft import batch, draft
from pipeline.cli_export import export
from pipeline.cli_library import library_app
from pipeline.cli_refresh import refresh
from pipeline.cli_review import approve, review, status
from pipeline.cli_words import Every, Jobs, Name, Names, Offline, Plain, Scheduler, incomplete, named

if TYPE_CHECKING:
    from pipeline.models.findings import Report

INTERRUPTED = 130  # what typer makes of Ctrl-C

app = typer.Typer(
    add_completion=False,
    no_args_is_help=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Honest, cited, living profiles of medical compounds.",
)
app.add_typer(library_app, name="library")
app.command()(draft)
app.command()(batch)
app.command()(refresh)
app.command()(build)
app.command()(review)
app.command()(approve)
app.command()(status)
app.command()(export)


class Format(StrEnum):
    """How findings are printed."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"
    GITHUB = "github"
    MARKDOWN = "markdown"


@app.command()
def new(name: Name) -> None:
    """Write a commented compound.yaml to start a profile from."""
    from pipeline import authoring
    from pipeline.config import settings
    from pipeline.render.terminal import say

    path = authoring.new(name, settings())
    say(f"{path} written; name its topics, then run: monograph draft {path.parent.name}")


@app.command()
def check(
    names: Names = None,
    every: Every = False,
    jobs: Jobs = None,
    scheduler: Scheduler = None,
    format: Annotated[Format, typer.Option("--format", help="How findings are printed.")] = Format.TEXT,
) -> None:
    """Hold a profile, or many, against the rules."""
    from pipeline import holding
    from pipeline.config import settings
    from pipeline.render import many, terminal
    from pipeline.render.reports import located, together
    from pipeline.workers import opened

    here = settings()
    chosen = named(names, every, here)
    if len(chosen) == 1 and not scheduler:
        report, directory = holding.check(chosen[0], here)
        _print(located(report, directory / "profile.yaml"), format)
        raise typer.Exit(terminal.status_of(report))
    with terminal.progress() as progress, opened(jobs, scheduler) as workers:
        each = holding.check_many(chosen, here, workers)
        reports, failed = many.gathered(each, lambda it: located(it[0], it[1] / "profile.yaml"), len(chosen), progress)
    if format is Format.TEXT:
        many.show_checks(reports, failed)
    else:
        _print(together(reports, failed), format)
    if failed:
        raise incomplete(failed, "checked", len(chosen))
    raise typer.Exit(max(map(terminal.status_of, reports.values())))


@app.command()
def audit(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A page: text, Markdown or HTML.")],
    compound: Annotated[str | None, typer.Option("--compound", metavar="NAME", help="What the page is about.")] = None,
    offline: Offline = False,
    format: Annotated[Format, typer.Option("--format", help="How findings are printed.")] = Format.TEXT,
) -> None:
    """Hold an existing page against the rules: its statements, its references, and what it leaves out."""
    from pipeline import auditing
    from pipeline.config import settings
    from pipeline.render import terminal
    from pipeline.sources.pubmed import pubmed_of

    here = settings()
    pubmed = None if offline else pubmed_of(here)
    with terminal.progress() as progress:
        report = auditing.audit(file, compound, here, today=terminal.today(), pubmed=pubmed, progress=progress)
    _print(report, format)
    raise typer.Exit(terminal.status_of(report))


@app.command()
def refs(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="References: text, BibTeX, RIS, NBIB or CSL-JSON.")],
    offline: Offline = False,
    format: Annotated[Plain, typer.Option("--format", help="How verdicts are printed.")] = Plain.TEXT,
) -> None:
    """Hold references against their records, field by field."""
    from pipeline.config import settings
    from pipeline.references.files import read_file
    from pipeline.references.matching import check_references
    from pipeline.render import references, terminal
    from pipeline.sources.library import Library
    from pipeline.sources.pubmed import pubmed_of

    here = settings()
    citations = read_file(file)
    pubmed = None if offline else pubmed_of(here)
    with terminal.progress() as progress, Library(here.library) as library:
        checked = check_references(citations, library, pubmed, today=terminal.today(), progress=progress)
    if format is Plain.JSON:
        typer.echo(references.as_json(checked))
    else:
        references.show(file, citations, checked, asked=pubmed is not None)
    raise typer.Exit(references.status_of(checked))


@app.command()
def claims(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Claims with their sources, a line of JSON each.")],
    format: Annotated[Plain, typer.Option("--format", help="How verdicts are printed.")] = Plain.TEXT,
) -> None:
    """Hold claims against the sources given with them, in bulk."""
    from pipeline import claims
    from pipeline.render import findings, terminal

    with terminal.progress() as progress:
        verdicts, report = claims.verified(file, progress)
    if format is Plain.JSON:
        typer.echo(claims.as_json(verdicts))
    else:
        for finding in report.findings:
            findings.show_finding(finding)
        terminal.say(claims.tally(verdicts))
    raise typer.Exit(terminal.status_of(report))


def _print(report: Report, format: Format) -> None:
    """Findings in the format that was asked for, on standard output."""
    from pipeline.checks.catalogue import catalogue
    from pipeline.render import findings, github, reports, sarif, summary

    if format is Format.TEXT:
        findings.show_report(report)
    elif format is Format.JSON:
        typer.echo(reports.as_json(report))
    elif format is Format.SARIF:
        typer.echo(sarif.sarif(report, catalogue()))
    elif format is Format.GITHUB:
        typer.echo(github.commands(report))
    else:
        typer.echo(summary.summary(report), nl=False)


@app.command()
def rules() -> None:
    """List the rules, with their severities."""
    from pipeline.checks.catalogue import catalogue
    from pipeline.render.catalogue import show_rules

    show_rules(catalogue())


@app.command()
def explain(code: Annotated[str, typer.Argument(metavar="CODE", help="A rule's code, such as QTY001.")]) -> None:
    """Say what a rule looks for, why, and how to mend what it finds."""
    from pipeline.checks.catalogue import catalogue, rule
    from pipeline.render.catalogue import show_rule

    wanted = rule(code).code
    show_rule(next(entry for entry in catalogue() if entry.code == wanted))


def main() -> None:
    """Run the command line; a fault that a person can mend ends in two lines on standard error and status 2."""
    from typer.exceptions import TyperException

    from pipeline.errors import PipelineError
    from pipeline.workers import seldom_collecting

    seldom_collecting()
    try:
        status = app(standalone_mode=False)
        sys.stdout.flush()
    except TyperException as error:
        context = getattr(error, "ctx", None)
        _fail(
            str(error) or "the command line was not understood",
            f"see: {getattr(context, 'command_path', 'monograph')} --help",
        )
    except PipelineError as error:
        _fail(error.message, error.hint)
    except (BrokenPipeError, SystemExit):  # typer and rich leave with SystemExit when the reader of a pipe has gone
        _drop_output()
        sys.exit(2)
    except OSError as error:
        _drop_output()
        _fail(f"the system refused: {error}", "check the working directory, the space on the disk and the permissions")
    if status == INTERRUPTED:
        _fail("stopped", "what was fetched is kept; run the same command again to go on")
    sys.exit(status if isinstance(status, int) else 0)


def _drop_output() -> None:
    """Let what standard output could not take go, so that the interpreter does not try it once more on leaving."""
    import os
    from contextlib import suppress

    with suppress(OSError, ValueError), Path(os.devnull).open("w") as nowhere:
        os.dup2(nowhere.fileno(), sys.stdout.fileno())


def _fail(message: str, hint: str) -> None:
    from pipeline.render.terminal import plain

    said, advice = (plain(" ".join(text.split())) for text in (message, hint))
    print(f"error: {said}\nhint: {advice}", file=sys.stderr)  # noqa: T201
    sys.exit(2)


if __name__ == "__main__":
    main()
