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
from pipeline.cli_export import export
from pipeline.cli_library import library_app
from pipeline.cli_refresh import refresh
from pipeline.cli_review import approve, review, status
from pipeline.cli_words import Name, Plain

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


Offline = Annotated[bool, typer.Option("--offline", help="Do not ask PubMed even when NCBI_EMAIL is set.")]


@app.command()
def new(name: Name) -> None:
    """Write a commented compound.yaml to start a profile from."""
    from pipeline import authoring
    from pipeline.config import settings
    from pipeline.render.terminal import say

    path = authoring.new(name, settings())
    say(f"{path} written; name its topics, then run: monograph draft {path.parent.name}")


@app.command()
def draft(
    name: Name,
    model: Annotated[
        str | None, typer.Option("--model", metavar="M", help="The model to ask; 'local' is the small one of [local].")
    ] = None,
    extractive: Annotated[bool, typer.Option("--extractive", help="Draft without a model.")] = False,
    offline: Offline = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be asked and what it would cost.")] = False,
    max_cost: Annotated[
        float | None, typer.Option("--max-cost", metavar="USD", min=0, help="Ask no call that could lead beyond this.")
    ] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Ask a model again what it answered before.")] = False,
) -> None:
    """Draft a profile: fetch, read, grade, write, check. The main job."""
    from decimal import Decimal

    from pipeline import authoring
    from pipeline.config import settings
    from pipeline.errors import ConfigError
    from pipeline.llm.opening import is_set
    from pipeline.render import drafts, terminal

    here = settings()
    if extractive and model:
        raise ConfigError("--extractive drafts without a model, and --model names one", "give one of the two")
    asks = not extractive and is_set(here, model)
    if dry_run:
        plan = authoring.planned(name, here, offline=offline, model=model if asks else None, extractive=not asks)
        drafts.show_plan(plan)
        return
    with terminal.progress() as progress:
        opened = authoring.asking(here, model, Decimal(str(max_cost)) if max_cost is not None else None, fresh, asks)
        with opened as asked:
            done = authoring.draft(
                name,
                here,
                offline=offline,
                today=terminal.today(),
                progress=progress,
                model=asked,
                anew=extractive or fresh,
            )
    drafts.show_draft(done, asked.ledger if asked else None)
    raise typer.Exit(terminal.status_of(done.report))


@app.command()
def batch(
    names: Annotated[list[str], typer.Argument(metavar="NAME...", help="The compounds.")],
    model: Annotated[str | None, typer.Option("--model", metavar="M", help="The model to ask.")] = None,
    offline: Offline = False,
    max_cost: Annotated[
        float | None,
        typer.Option("--max-cost", metavar="USD", min=0, help="Begin no batch that could lead beyond this."),
    ] = None,
    no_wait: Annotated[
        bool, typer.Option("--no-wait", help="Begin the next batch and leave; run again later.")
    ] = False,
) -> None:
    """Draft many profiles through the provider's batches: half the price, within a day."""
    from decimal import Decimal

    from pipeline import batching
    from pipeline.config import settings
    from pipeline.llm import endpoint
    from pipeline.render import drafts, terminal

    here = settings()
    with terminal.progress() as progress:
        done = batching.run(
            names,
            here,
            endpoint(here, model),
            offline=offline,
            today=terminal.today(),
            max_cost=Decimal(str(max_cost)) if max_cost is not None else None,
            stay=not no_wait,
            progress=progress,
        )
    drafts.show_batch(done)
    raise typer.Exit(max((terminal.status_of(one.report) for one in done.drafted.values()), default=0))


@app.command()
def check(
    name: Name,
    format: Annotated[Format, typer.Option("--format", help="How findings are printed.")] = Format.TEXT,
) -> None:
    """Hold a profile against the rules."""
    from pipeline import authoring
    from pipeline.config import settings
    from pipeline.render.reports import located
    from pipeline.render.terminal import status_of

    report, directory = authoring.check(name, settings())
    report = located(report, directory / "profile.yaml")
    _print(report, format)
    raise typer.Exit(status_of(report))


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
