"""The body of a request, the same for a call and for a line of a batch, and what identifies it."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

from pipeline.llm.endpoints import Endpoint
from pipeline.llm.reading import clean
from pipeline.llm.schemas import strict_schema
from pipeline.models.base import Frozen
from pipeline.models.calls import Prompt

# Models that reason refuse any temperature but their own (OpenAI's documentation, November 2026).
_OWN_TEMPERATURE = re.compile(r"^(?:gpt-[5-9]|o\d)")
_BYTES_A_TOKEN = 3  # of English prose and JSON: 4 or more; of tables of numbers: about 2.5


def payload(prompt: Prompt, schema: type[Frozen], endpoint: Endpoint, most_tokens: int) -> dict[str, Any]:
    """The body of a chat completion that asks `prompt` for one value of `schema`, in at most `most_tokens`.

    What all prompts of a kind share comes first: services charge less for a beginning they have read before.
    """
    body = {
        "model": endpoint.model,
        "messages": [
            {"role": "system", "content": clean(prompt.system)},
            {"role": "user", "content": clean(prompt.user)},
        ],
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": _name(schema), "schema": strict_schema(schema), "strict": True},
        },
        "max_completion_tokens": min(most_tokens, endpoint.most_tokens or most_tokens),
    }
    if not _OWN_TEMPERATURE.match(endpoint.model):
        body["temperature"] = 0
    return body


def _name(schema: type[Frozen]) -> str:
    """A name of the schema in the characters and the length that OpenAI takes."""
    return re.sub(r"\W", "_", schema.__name__, flags=re.ASCII)[:64]


def key(payload: Mapping[str, Any]) -> str:
    """What identifies a request: the hash of model, messages, schema and parameters. The service is no part of it."""
    canonical = json.dumps(payload, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def size(payload: Mapping[str, Any]) -> int:
    """The bytes of a request as it is sent. No tokenizer in use makes more tokens than bytes of a text."""
    return len(json.dumps(payload, separators=(",", ":"), ensure_ascii=False).encode())


def estimate(payload: Mapping[str, Any]) -> int:
    """About how many tokens the request has, rather too many than too few."""
    return -(-size(payload) // _BYTES_A_TOKEN)
