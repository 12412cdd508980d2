"""What the calls of a model took, in all and section by section, as people see it in a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from pipeline.models.calls import Fate, ModelCall, dollars
from pipeline.render.fates import STANDS, counted
from pipeline.render.terminal import say

if TYPE_CHECKING:
    from pipeline.llm import Ledger

WIDEST = 28


def show_account(ledger: Ledger, fates: Sequence[Fate]) -> None:
    """What the model's calls took, in all and by section, and what became of its claims there."""
    calls = ledger.calls
    told = [call for call in calls if call.prompt != "study"]
    sections = dict.fromkeys([*(fate.section for fate in fates), *map(_section, told)])
    if not calls:
        say("model   nothing had to be asked; tokens 0, cost $0.00")
        return
    say(f"model   {len(calls)} calls, {sum(call.remembered for call in calls)} of them answered before")
    if papers := [call for call in calls if call.prompt == "study"]:
        say(f"        {'papers read':<{WIDEST}}  {_used(papers)}")
    for section in sections:
        claims = [fate for fate in fates if fate.section == section]
        stand = sum(fate.outcome in STANDS for fate in claims)
        name = section.removeprefix("evidence/")
        name = name if len(name) <= WIDEST else name[: WIDEST - 3] + "..."
        used = _used([call for call in told if _section(call) == section])
        say(f"        {name:<{WIDEST}}  {stand}/{len(claims)} claims; {used}")
    if fates:
        say(f"claims  of the model: {counted(fates)}")
    say(f"tokens  {spent(ledger)}")


def spent(ledger: Ledger) -> str:
    """The tokens and the cost of a run; what is not known is never a zero."""
    tokens, cost = ledger.tokens, ledger.cost
    used = "unavailable" if tokens.amount is None else f"{tokens.amount:,}" + " at least" * tokens.partial
    paid = "unavailable" if cost.amount is None else dollars(cost.amount) + " at least" * cost.partial
    return f"{used}, cost {paid}"


def _section(call: ModelCall) -> str:
    """The section that a call serves: its subject without the number of the part."""
    return call.subject.partition(" (")[0]


def _used(calls: Sequence[ModelCall]) -> str:
    told = [call.usage.prompt + call.usage.completion for call in calls if call.usage is not None]
    costs = [call.cost for call in calls if call.cost is not None]
    tokens = f"{sum(told):,} tokens" if len(told) == len(calls) else "tokens unavailable"
    cost = f", {dollars(sum(costs, Decimal(0)))}" if costs and len(costs) == len(calls) else ""
    return f"{len(calls)} calls, {tokens}{cost}"
