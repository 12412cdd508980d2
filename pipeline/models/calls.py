"""What is asked of a language model, what came back, and what it took."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from pipeline.models.base import Frozen


class Prompt(Frozen):
    """One request in words: `system` is the same for every call of its kind, `user` is what this call is about.

    `name` is the prompt's file in `prompts/`, `version` the hash of that file; `subject` is the section or the source
    that the call serves, for the account.
    """

    name: str
    version: str
    subject: str
    system: str
    user: str


class Usage(Frozen):
    """Tokens as the server counted them; `cached` of the `prompt` tokens were read from the provider's own cache."""

    prompt: int
    completion: int
    cached: int = 0


class ModelCall(Frozen):
    """A call that was answered, by the network or from the cache of answers.

    `usage` is None where the server did not say, `cost` (US dollars) None where no price is known: unknown is never
    zero. `remembered` is true for an answer of an earlier run, which cost nothing now. `seconds` is the time it took.
    """

    prompt: str
    subject: str
    model: str
    usage: Usage | None
    cost: Decimal | None
    remembered: bool = False
    seconds: float = 0.0


Outcome = Literal["kept", "mended", "replaced", "dropped"]


class Fate(Frozen):
    """What became of one proposed claim, and why.

    `kept` as the model wrote it, `mended` on its second try, `replaced` by the extractive claims of that study, or
    `dropped` without a replacement: its study is told by other claims, or it belonged to none.
    """

    section: str
    source: str | None
    outcome: Outcome
    text: str
    reasons: tuple[str, ...] = ()


def dollars(amount: Decimal) -> str:
    """An amount as people read it: to the cent from ten cents on, to three digits below."""
    return f"${amount:.2f}" if amount >= Decimal("0.1") or not amount else f"${round(amount, 2 - amount.adjusted()):f}"
