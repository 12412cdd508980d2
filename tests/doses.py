"""What the tests of calls ask a model for: a dose of so many milligrams, and a model that answers rightly."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from model_server import prompt_of

from pipeline.models.base import Frozen
from pipeline.models.calls import Prompt


class Dose(Frozen):
    mg: int


def prompt(number: int) -> Prompt:
    return Prompt(name="study", version="1", subject="x", system="Read the record.", user=f"{number} mg of examplol")


def number_of(body: Mapping[str, Any]) -> int:
    return int(prompt_of(body).split()[0])


def right(body: Mapping[str, Any]) -> dict[str, Any]:
    return {"mg": number_of(body)}
