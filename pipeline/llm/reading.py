"""From a raw chat completion to a value: the same for an answer of now, of an earlier run, and of a batch."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import ValidationError

from pipeline.errors import EmptyAnswer, Filtered, NotJson, Refused, TooLong, Truncated, UnusableAnswer, WrongShape
from pipeline.models.base import Frozen
from pipeline.models.calls import Usage

Value = TypeVar("Value", bound=Frozen)

_SHORTER = "Give the section fewer records, or name a model that reads or writes more with --model."
_OTHER = "Another model may answer: name it with --model; --extractive drafts without one."

_MOST_INT = 2**63
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff]")
TOO_LONG = "context_length_exceeded"
_TOO_LONG = re.compile(r"context.?(?:length|window|size)|maximum context|too many (?:input )?tokens", re.IGNORECASE)
_FILTER = re.compile(r"content.?(?:filter|policy|management)|(?:was|been) flagged|safety system", re.IGNORECASE)


def clean(text: str) -> str:
    """`text` without lone surrogates and control characters, which no file of ours can hold."""
    return _UNPRINTABLE.sub("", text)


def line(said: object) -> str:
    """Text from outside on one line, short."""
    return " ".join(clean(str(said)).split())[:300]


def refusal(error: object) -> UnusableAnswer | None:
    """What the error object of an answer says against this request alone, or None where it says something else."""
    if not isinstance(error, Mapping):
        return None
    code, words = str(error.get("code")), str(error.get("message"))
    if code == TOO_LONG or _TOO_LONG.search(words):
        return TooLong("the request is longer than the model reads", _SHORTER)
    if code in ("content_filter", "content_policy_violation") or _FILTER.search(words):
        return Filtered("a filter of the service refused the request", _OTHER)
    return None


def refused(completion: Mapping[str, Any]) -> bool:
    """True for an error in place of an answer."""
    return bool(completion.get("error")) and not completion.get("choices")


def read(completion: Mapping[str, Any], schema: type[Value]) -> Value:
    """The value of `schema` that a chat completion holds. Raises one of the kinds of UnusableAnswer."""
    if refused(completion) and (unusable := refusal(completion["error"])):
        raise unusable
    match completion.get("choices"):
        case [{"message": Mapping() as message, **choice}, *_]:
            pass
        case _:
            raise EmptyAnswer("the model gave no answer", _OTHER)
    finish = choice.get("finish_reason")
    if finish == "length":
        raise Truncated("the model's answer reached its greatest length before its end", _SHORTER)
    if finish == "content_filter":
        raise Filtered("a filter of the service held the model's answer back", _OTHER)
    if message.get("refusal"):
        raise Refused(f"the model declined to answer: {line(message['refusal'])}", _OTHER)
    content = message.get("content")
    if not isinstance(content, str) or not content.strip():
        raise EmptyAnswer("the model's answer is empty", _OTHER)
    try:
        text = json.dumps(_cleaned(strict_json(content)))
    except (ValueError, RecursionError) as error:
        raise NotJson(f"the model's answer is not JSON: {line(error)}", _OTHER) from None
    try:
        return schema.model_validate_json(text, strict=True)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        place = ".".join(map(str, first["loc"])) or "the whole"
        raise WrongShape(
            f"the model's answer is not in the form asked for: {line(place)}: {line(first['msg'])}", _OTHER
        ) from None


def usage(completion: Mapping[str, Any]) -> Usage | None:
    """The tokens that the server counted, or None where it did not say. A refused request took none."""
    if refused(completion):
        return Usage(prompt=0, completion=0)
    match completion:
        case {"usage": {"prompt_tokens": int(prompt), "completion_tokens": int(written), **more}} if (
            0 <= prompt < _MOST_INT and 0 <= written < _MOST_INT
        ):
            details = more.get("prompt_tokens_details")
            cached = details.get("cached_tokens") if isinstance(details, Mapping) else None
            return Usage(
                prompt=prompt,
                completion=written,
                cached=cached if isinstance(cached, int) and 0 <= cached <= prompt else 0,
            )
    return None


def strict_json(text: str) -> Any:
    """What JSON says, where it says it once: ValueError for a key given twice and for numbers beyond reason."""
    return json.loads(text, object_pairs_hook=_once, parse_constant=_no_number, parse_int=_bounded, parse_float=_finite)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = {clean(name): value for name, value in pairs}
    if len(found) < len(pairs):
        raise ValueError("a key is given twice")
    return found


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no number")


def _bounded(digits: str) -> int:
    number = int(digits) if len(digits) <= 20 else _MOST_INT  # as many as the smallest has with its sign
    if abs(number) >= _MOST_INT:
        raise ValueError("a number has too many digits")
    return number


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError("a number has no bounds")
    return number


def _cleaned(value: Any) -> Any:
    match value:
        case str():
            return clean(value)
        case list():
            return [_cleaned(item) for item in value]
        case dict():
            return {name: _cleaned(item) for name, item in value.items()}
    return value
