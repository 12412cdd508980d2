"""The verbs that draft, thin as the others: one profile, many of them, or many through a provider's batches."""

from __future__ import annotations

from typing import Annotated

import typer

from pipeline.cli_words import Every, Jobs, Names, Offline, Scheduler, incomplete, named


def draft(
    names: Names = None,
    every: Every = False,
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
    jobs: Jobs = None,
    scheduler: Scheduler = None,
) -> None:
    """Draft a profile, or many: fetch, read, grade, write, check. The main job."""
    from decimal import Decimal

    from pipeline import authoring
    from pipeline.config import settings
    from pipeline.errors import ConfigError
    from pipeline.llm.opening import is_set
    from pipeline.render import drafts, many, terminal
    from pipeline.workers import opened

    here = settings()
    chosen = named(names, every, here)
    if extractive and model:
        raise ConfigError("--extractive drafts without a model, and --model names one", "give one of the two")
    asks = not extractive and is_set(here, model)
    if asks and (scheduler or jobs):
        raise ConfigError(
            "a model is asked from one process, which has many calls under way at once",
            "leave out --jobs and --scheduler, or give --extractive",
        )
    if dry_run:
        for name in chosen:
            if len(chosen) > 1:
                terminal.say(f"draft  {name}")
            plan = authoring.planned(name, here, offline=offline, model=model if asks else None, extractive=not asks)
            drafts.show_plan(plan)
        return
    most = Decimal(str(max_cost)) if max_cost is not None else None
    today, anew, alone = terminal.today(), extractive or fresh, len(chosen) == 1 and not scheduler
    with terminal.progress() as progress, authoring.asking(here, model, most, fresh, asks) as asked:
        if alone:
            done = authoring.draft(
                chosen[0], here, offline=offline, today=today, progress=progress, model=asked, anew=anew
            )
        else:
            with opened(1 if asks else jobs, scheduler) as workers:
                each = authoring.drafts(chosen, here, workers, offline=offline, today=today, model=asked, anew=anew)
                rows, failed = many.gathered(each, many.row, len(chosen), progress)
    ledger = asked.ledger if asked else None
    if alone:
        drafts.show_draft(done, ledger)
        raise typer.Exit(terminal.status_of(done.report))
    many.show_drafts(rows, failed, ledger)
    if failed:
        raise incomplete(failed, "drafted", len(chosen))
    raise typer.Exit(int(any(row.faulty for row in rows.values())))


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
