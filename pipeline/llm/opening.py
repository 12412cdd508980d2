"""The model that a run asks, if any: opened with its answers and its account, closed at the end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

from pipeline.config import Settings
from pipeline.llm.answers import Answers
from pipeline.llm.client import Model
from pipeline.llm.costs import Ledger
from pipeline.llm.endpoints import Endpoint, endpoint

LOCAL = "local"  # the name by which the small model of the extra [local] is asked for


def is_set(settings: Settings, name: str | None) -> bool:
    """True where a model is to be asked: one is named, or a service is set."""
    return bool(name or settings.openai_api_key or settings.openai_base_url)


def at(settings: Settings, name: str | None = None) -> Endpoint:
    """The endpoint of a model by name, without asking it. Raises ConfigError where no service is set."""
    if name == LOCAL:
        from pipeline.llm.local import MODEL

        return Endpoint(model=MODEL, base_url="http://127.0.0.1", price=(Decimal(0), Decimal(0)))
    return endpoint(settings, name)


@contextmanager
def opened(
    settings: Settings, name: str | None = None, *, max_cost: Decimal | None = None, fresh: bool = False
) -> Iterator[Model]:
    """The model `name`, or the one that the settings name; `local` starts the small one of this machine.

    Raises ConfigError where no service is set, or where `max_cost` is set and no price is known.
    """
    if name == LOCAL:
        from pipeline.llm.local import serving

        with serving() as local:
            here = Endpoint(
                model=local.model,
                base_url=local.base_url,
                price=(Decimal(0), Decimal(0)),
                parallel=settings.parallel or local.parallel,
                most_tokens=local.most_tokens,
                deadline=local.deadline,
            )
            with Answers(settings.answers) as answers, Model(here, answers, Ledger(max_cost), fresh=fresh) as model:
                yield model
        return
    asked = endpoint(settings, name)
    with Answers(settings.answers) as answers, Model(asked, answers, Ledger(max_cost), fresh=fresh) as model:
        yield model
