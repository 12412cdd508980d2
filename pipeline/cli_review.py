"""The verbs of reviewers, thin as the others: the local page, decisions by command, and what stands where."""

from __future__ import annotations

from typing import Annotated

import typer

from pipeline.cli_words import Name, Plain


def review(
    name: Name,
    reviewer: Annotated[
        str | None, typer.Option("--reviewer", metavar="WHO", help="Your name; that of git by default.")
    ] = None,
    port: Annotated[
        int | None, typer.Option("--port", min=0, max=65535, help="8765 by default, or any that is free.")
    ] = None,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the page in the browser.")] = True,
) -> None:
    """Open the review page on this machine: claims beside their sentences; approve, reject, comment, edit."""
    from pipeline.config import settings
    from pipeline.render.terminal import say
    from pipeline.review.serving import serve, user_of_git

    serve(name, settings(), reviewer=reviewer or user_of_git(), port=port, browser=browser, say=say)


def approve(
    name: Name,
    claims: Annotated[
        list[str] | None,
        typer.Argument(metavar="[CLAIM...]", help="Ids of claims; without any, all that are open or have lapsed."),
    ] = None,
    reviewer: Annotated[str, typer.Option("--reviewer", metavar="WHO", help="The person who read the claims.")] = "",
    reject: Annotated[bool, typer.Option("--reject", help="Reject the claims named instead.")] = False,
    note: Annotated[str | None, typer.Option("--note", metavar="TEXT", help="Why.")] = None,
) -> None:
    """Approve claims in review.yaml. One with an open error is refused, with the reason."""
    from pipeline.config import settings
    from pipeline.errors import ConfigError, ProfileError
    from pipeline.render import decisions, terminal
    from pipeline.review.desk import Desk, wanted

    if not reviewer.strip():
        raise ConfigError("no reviewer is named", "say who read the claims: --reviewer 'A. Pharmacist'")
    if reject and not claims:
        raise ConfigError("--reject rejects the claims that are named, and none is", "name them by their ids")
    desk, refused = Desk(name, settings()), dict[str, ProfileError]()
    ids = wanted(desk.open(), claims or (), reviewer)
    kind, done = "reject" if reject else "approve", list[str]()
    for claim, outcome in desk.decide_all(ids, kind, reviewer, terminal.today(), note=note).items():
        if outcome is None:
            done.append(claim)
        else:
            refused[claim] = outcome
    decisions.show_decided(kind, done, refused, desk.open().standings)
    raise typer.Exit(1 if refused else 0)


def status(
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="One profile: its claims by risk, and what is left to do.")
    ] = None,
    format: Annotated[Plain, typer.Option("--format", help="How it is printed.")] = Plain.TEXT,
) -> None:
    """What stands where: approved, stale, open and rejected claims by risk; drafted and refreshed when."""
    from pipeline.config import settings
    from pipeline.refresh.memory import refreshed
    from pipeline.render import decisions
    from pipeline.review.standing import standing_of

    here = settings()
    found = standing_of(here, name)
    days = refreshed(here.nights)
    if format is Plain.JSON:
        typer.echo(decisions.as_json(found, days))
    elif name is None:
        decisions.show_profiles(found, days)
    else:
        decisions.show_profile(found[0], days)
