"""Drafts of many compounds through a provider's batches, at half the price and within a day.

    gather what each draft would ask -> one batch of it all -> keep the answers -> draft again, until nothing is asked

A draft takes up to four rounds: papers, sections, repairs, last readings. Every round can be left and taken up again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from pipeline import authoring
from pipeline.config import Settings
from pipeline.errors import Deferred, OverBudget
from pipeline.llm import Answers, Ledger
from pipeline.llm.batch import Batches, Standing, wait
from pipeline.llm.costs import unpriced
from pipeline.llm.endpoints import Endpoint
from pipeline.llm.gathering import Gathering, most_cost
from pipeline.models.calls import dollars
from pipeline.sources.collect import Progress


class Batched(NamedTuple):
    """How far the drafts of some compounds are: those that are written, those that wait, and what is under way.

    `ledger` is the account of the batches that were collected in this run.
    """

    drafted: dict[str, authoring.Drafted]
    waiting: tuple[str, ...]
    standing: Standing | None
    ledger: Ledger


def run(
    names: Sequence[str],
    settings: Settings,
    endpoint: Endpoint,
    *,
    offline: bool,
    today: date,
    max_cost: Decimal | None,
    stay: bool,
    progress: Progress,
    every: tuple[float, float] = (5.0, 60.0),
) -> Batched:
    """Take the drafts of `names` as far as they go: to their ends where it may `stay`, else to the next batch.

    `every` is how often the service is asked how far it is, in seconds: at first, and at last. Raises OverBudget before
    a batch that could cost more than is left of `max_cost`, and ModelError where the service fails or refuses a batch;
    what was answered is kept.
    """

    def told(standing: Standing) -> None:
        progress("waiting for the batch", standing.done, standing.requests)

    drafted: dict[str, authoring.Drafted] = {}
    left = max_cost
    with Answers(settings.answers) as answers, Batches(endpoint, answers, settings.batches) as batches:
        standing: Standing | None = batches.collect()
        while True:
            while standing and standing.batches and stay:
                standing = wait(batches, every=every, progress=told)
            gathering = Gathering(endpoint, answers)
            waiting = [name for name in names if name not in drafted]
            for name in waiting:
                try:
                    drafted[name] = authoring.draft(
                        name, settings, offline=offline, today=today, progress=progress, model=gathering
                    )
                except Deferred:
                    continue
            waiting = [name for name in names if name not in drafted]
            if not waiting:
                return Batched(drafted, (), standing, batches.ledger)
            if left is not None:
                left -= _bound(batches, gathering, endpoint, left)
            batches.submit(gathering.wanted)
            standing = batches.collect()
            if not stay:
                return Batched(drafted, tuple(waiting), standing, batches.ledger)


def _bound(batches: Batches, gathering: Gathering, endpoint: Endpoint, left: Decimal) -> Decimal:
    """The most that the next batch can cost."""
    most = most_cost(batches.new(gathering.wanted), endpoint)
    if most is None:
        raise unpriced(endpoint)
    if most > left:
        raise OverBudget(
            f"the next batch could cost {dollars(most)}, and {dollars(left)} is left",
            "Raise --max-cost and run the command again: the answers already paid for are kept.",
        )
    return most
