"""The prompts in `prompts/`: filled for one call, and named by the hash of their text."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from pipeline.errors import ConfigError
from pipeline.models.calls import Prompt
from pipeline.text import normal

DIRECTORY = Path(__file__).resolve().parents[1] / "prompts"
NAMES = ("study", "section", "repair", "judge")
_BORDER = "=== user ===\n"
_UNSEEN = ("Cc", "Cf", "Cs", "Co")


class _Text(NamedTuple):
    version: str
    system: str
    user: str


@cache
def _text(name: str) -> _Text:
    path = DIRECTORY / f"{name}.md"
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"the prompt {path} cannot be read: {error}", "restore it: git checkout prompts") from error
    system, border, user = text.partition(_BORDER)
    if not border:
        raise ConfigError(f"the prompt {path} lacks the line '{_BORDER.strip()}'", "restore it: git checkout prompts")
    return _Text("sha256:" + hashlib.sha256(text.encode()).hexdigest()[:16], system.strip(), user)


def version(name: str) -> str:
    """`sha256:` and 16 hex digits of a prompt's text. Raises ConfigError where it cannot be read."""
    return _text(name).version


def fill(file: str, subject: str, values: Mapping[str, Any]) -> Prompt:
    """The prompt `file` for the call on `subject`; every value that it names has to be given.

    Raises ConfigError where the prompt cannot be read or does not fit its values.
    """
    from jinja2 import Environment, StrictUndefined, TemplateError

    text = _text(file)
    environment = Environment(  # noqa: S701 - plain text for a model, not HTML
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, finalize=_shown
    )
    try:
        user = environment.from_string(text.user).render(values)
    except TemplateError as error:
        raise ConfigError(
            f"the prompt '{file}' cannot be filled: {error}", "restore it: git checkout prompts"
        ) from error
    return Prompt(name=file, version=text.version, subject=subject, system=text.system, user=user.strip() + "\n")


def _shown(value: object) -> object:
    return shown(value) if isinstance(value, str) else value


def shown(text: str) -> str:
    """Text as a model gets it: in its normal form, on one line, without the characters that a person does not see."""
    line = " ".join(normal(text).split())
    return "".join(char for char in line if unicodedata.category(char) not in _UNSEEN)
