"""Where a model is asked, which one, and within which bounds."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from urllib.parse import quote, urlsplit

from pipeline.config import Settings
from pipeline.errors import ConfigError

DEFAULT_MODEL = "gpt-5-mini"
OFFICIAL = "https://api.openai.com/v1"

_SHORTEST_SECRET = 6  # a made-up key for a server that wants none ("none", "x") is a word, and hides nothing


@dataclass(frozen=True)
class Endpoint:
    """One model of one service. `base_url` None is OpenAI's own; `api_key` None is a server that asks for none.

    `price` (US dollars for a million tokens in and out) goes before any price list. At most `parallel` calls run at
    once, each attempt of one ends within `deadline` seconds, and `most_tokens` caps every answer, where given.
    """

    model: str
    base_url: str | None = None
    api_key: str | None = field(default=None, repr=False)
    price: tuple[Decimal, Decimal] | None = None
    parallel: int = 128
    most_tokens: int | None = None
    deadline: float = 180.0

    def __post_init__(self) -> None:
        if self.api_key is not None and not (self.api_key.isascii() and self.api_key.isprintable()):
            raise ConfigError("OPENAI_API_KEY has characters that no key has", "Copy the key again, without spaces.")
        if self.base_url is not None:
            _accept_address(self.base_url)

    @property
    def url(self) -> str:
        """The base address, of OpenAI where no other is named."""
        return self.base_url or OFFICIAL

    @property
    def service(self) -> str:
        """The name of the service in messages."""
        return urlsplit(self.base_url).netloc if self.base_url else "OpenAI"

    @cached_property
    def _secret(self) -> re.Pattern[str]:
        secret = self.api_key or ""
        if len(secret) < _SHORTEST_SECRET:
            return re.compile(r"(?!)")
        forms = {secret, quote(secret, safe=""), quote(secret), html.escape(secret)}
        return re.compile("|".join(map(_escaped, sorted(forms, key=len, reverse=True))), re.IGNORECASE)

    def shows_secret(self, text: str) -> bool:
        """True where `text` has the API key in it, in any spelling of addresses, pages and JSON within JSON."""
        return bool(self._secret.search(text))

    def redacted(self, text: str) -> str:
        """`text` without the API key."""
        return self._secret.sub("[redacted]", text)


def _escaped(secret: str) -> str:
    """A pattern of `secret` whose characters may be escaped as in JSON, however often."""
    return "".join(rf"\\*(?:{re.escape(one)}|u{ord(one):04x})" for one in secret)


def endpoint(settings: Settings, model: str | None = None) -> Endpoint:
    """The endpoint that `settings` describe, for `model` where it is given.

    Raises ConfigError where neither a key nor an address is set, and where one of them cannot be used.
    """
    key, url = ((text or "").strip() or None for text in (settings.openai_api_key, settings.openai_base_url))
    if not key and not url:
        raise ConfigError(
            "no language model can be asked: neither OPENAI_API_KEY nor OPENAI_BASE_URL is set",
            "Set OPENAI_API_KEY, or OPENAI_BASE_URL for another server; --extractive drafts without a model.",
        )
    return Endpoint(
        model=model or settings.model or DEFAULT_MODEL,
        base_url=url,
        api_key=key,
        price=settings.price,
        parallel=settings.parallel or Endpoint.parallel,
    )


def _accept_address(url: str) -> None:
    """Return where `url` is scheme, host and path alone: what else it may hold would end up in messages."""
    hint = "Give scheme, host and path, for instance http://127.0.0.1:8080/v1; a key belongs into OPENAI_API_KEY."
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        usable = False
    if not usable or not url.isascii() or not url.isprintable() or " " in url:
        raise ConfigError("OPENAI_BASE_URL is not an address", hint)
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise ConfigError("OPENAI_BASE_URL holds more than an address", hint)
