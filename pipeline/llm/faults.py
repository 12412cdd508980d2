"""What can go wrong with a request to a model, in words; nothing else knows the vendor's exceptions."""

from __future__ import annotations

import math
import re
import ssl
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from socket import gaierror
from typing import TYPE_CHECKING, Any

from pipeline.errors import ModelError
from pipeline.llm.endpoints import Endpoint
from pipeline.llm.reading import TOO_LONG, line, refusal

if TYPE_CHECKING:
    import httpx2
    import openai

ONWARDS = "--extractive drafts without a model; answers already paid for are kept."
_LATER = f"Run the same command again later. {ONWARDS}"
_NETWORK = f"Check the network and OPENAI_BASE_URL. {ONWARDS}"
_KEY = f"Check OPENAI_API_KEY. {ONWARDS}"
_ADDRESS = f"Check OPENAI_BASE_URL: most servers want it to end in /v1. {ONWARDS}"
_PAY = f"Look at the account of the service. {ONWARDS}"
_REQUEST = f"Try another model with --model. {ONWARDS}"

# Parameters that some models and servers refuse, and what they say then and where a number is only too high.
PARAMETERS = ("temperature", "max_completion_tokens")
_NOT_TAKEN = re.compile(r"support|unknown|unrecogni[sz]ed|unexpected|extra|permitted|allowed", re.IGNORECASE)
_TOO_MANY = re.compile(r"at most|too large|too long|maximum|exceed", re.IGNORECASE)
_MARKUP = re.compile(r"<[^>]*>")

# The ways to say that no time will help; other 429s pass.
_UNPAID = ("insufficient_quota", "billing_hard_limit_reached", "billing_not_active")


class Failure(ModelError):
    """An attempt that failed. `wait`: seconds the server asked to be left alone; `attempts`: tries worth making.

    `charged` is true where the service may have charged for an answer that did not arrive, `crowded` where it was sent
    too many requests: together with others of ours, so that this attempt was none of the call's own.
    """

    def __init__(
        self,
        message: str,
        hint: str,
        *,
        retryable: bool = True,
        wait: float = 0.0,
        attempts: int = 99,
        charged: bool = False,
        crowded: bool = False,
    ) -> None:
        super().__init__(message, hint, retryable=retryable)
        self.wait = wait
        self.attempts = attempts
        self.charged = charged
        self.crowded = crowded


def failure(error: Exception, endpoint: Endpoint) -> Failure:
    """What `error` of the vendor's package says. Its status counts, not its class: classes come and go."""
    import httpx2
    import openai

    name = endpoint.service
    match error:
        case openai.APITimeoutError():
            sent = not isinstance(error.__cause__, httpx2.ConnectTimeout)
            return Failure(f"{name} did not answer within {endpoint.deadline:g} seconds", _LATER, charged=sent)
        case openai.APIConnectionError():
            return _unconnected(error, endpoint)
        case openai.APIStatusError():
            return _refused(error, endpoint)
        case openai.APIResponseValidationError():
            return garbled(endpoint)
        case _:
            return Failure(f"{name}: {words(error, endpoint)}", _REQUEST, retryable=False)


def garbled(endpoint: Endpoint) -> Failure:
    """A success whose body is no JSON object: a page of a proxy, or half of an answer."""
    return Failure(
        f"{endpoint.service} answered with something other than a chat completion", _ADDRESS, attempts=2, charged=True
    )


def ailing(error: object, endpoint: Endpoint) -> Failure:
    """An error that came with status 200, as some gateways send it."""
    said = error.get("message", error) if isinstance(error, Mapping) else error
    return Failure(f"{endpoint.service} reports an error: {words(said, endpoint)}", _LATER)


def words(said: object, endpoint: Endpoint) -> str:
    """Text from outside on one line, short, without markup and the API key; nothing for None."""
    return line(_MARKUP.sub(" ", endpoint.redacted("" if said is None else str(said))))


def kept_refusal(told: object, endpoint: Endpoint) -> Mapping[str, Any] | None:
    """The answer to keep where the error object `told` is about the request's own length or content, else None."""
    if not isinstance(told, Mapping):
        return None
    short = {name: words(told.get(name), endpoint) for name in ("code", "message")}
    return {"error": short} if refusal(short) is not None else None


def own_fault(error: Exception, endpoint: Endpoint) -> Mapping[str, Any] | None:
    """The answer to keep where `error` refuses the request for its own length or content, else None."""
    import openai

    if not isinstance(error, openai.APIStatusError):
        return None
    told = _told(error)
    too_large = error.status_code == 429 and "request too large" in str(told.get("message")).lower()
    if error.status_code == 413 or too_large:  # for a proxy, or for the tokens a minute of an account
        return kept_refusal({**told, "code": TOO_LONG}, endpoint)
    return kept_refusal(told, endpoint) if error.status_code in (400, 422) else None


def unknown_parameter(error: Exception, body: Mapping[str, Any]) -> str | None:
    """The parameter of `body` that the server says it does not take, or None."""
    import openai

    if isinstance(error, openai.APIStatusError) and error.status_code in (400, 422):
        said = str(error.body)
        if _NOT_TAKEN.search(said) and not _TOO_MANY.search(said):
            return next((name for name in PARAMETERS if name in body and name in said), None)
    return None


def _told(error: openai.APIStatusError) -> Mapping[str, Any]:
    """The error object of an answer: servers put it at the top or below `error`, and some send a sentence."""
    body = error.body
    if isinstance(body, Mapping):
        inner = body.get("error", body)
        told = inner if isinstance(inner, Mapping) else {"message": inner}
        return {"message": told.get("detail"), **told}
    return {"message": body}


def _unconnected(error: openai.APIConnectionError, endpoint: Endpoint) -> Failure:
    import httpx2

    from pipeline.llm.timed import BodyTooLarge

    name = endpoint.service
    chain = _chain(error)
    if any(isinstance(one, ssl.SSLCertVerificationError) for one in chain):
        hint = f"Check the clock of this machine and its certificates. {ONWARDS}"
        return Failure(f"{name} cannot be trusted: its certificate is not accepted", hint, retryable=False)
    if any(isinstance(one, gaierror) for one in chain):
        return Failure(f"{name} cannot be reached: its host name was not found", _NETWORK)
    match error.__cause__:
        case BodyTooLarge() as large:
            return Failure(f"{name} sent {large} at once", _ADDRESS, retryable=False, charged=True)
        case httpx2.UnsupportedProtocol():
            return Failure(f"{name} has no valid address", _ADDRESS, retryable=False)
        case httpx2.DecodingError():
            return Failure(f"{name} sent an answer that cannot be read", _ADDRESS, attempts=2, charged=True)
        case httpx2.RemoteProtocolError():
            return Failure(f"{name} broke off in the middle of its answer", _LATER, charged=True)
        case httpx2.ConnectError() as cause:
            return Failure(f"{name} cannot be reached: {words(cause, endpoint)}", _NETWORK)
        case cause:
            said = words(cause or error, endpoint)
            return Failure(f"{name} closed the connection: {said}", _NETWORK, charged=True)


def shows_secret(error: BaseException, endpoint: Endpoint) -> bool:
    """True where `error` or what led to it has the API key in it, whether tracebacks show that or not."""
    return any(endpoint.shows_secret(shown) for one in _chain(error) for shown in (repr(one), str(one)))


def _chain(error: BaseException) -> list[BaseException]:
    """`error` and all that led to it."""
    chain = [error]
    for one in chain:
        chain += [cause for cause in (one.__cause__, one.__context__) if cause is not None and cause not in chain]
    return chain


def _refused(error: openai.APIStatusError, endpoint: Endpoint) -> Failure:
    """An answer with another status than 200."""
    status, told = error.status_code, _told(error)
    name = f"{endpoint.service} answered {status}"
    said = words(told.get("message"), endpoint) or "it refused the request"
    wait = asked_wait(error.response.headers)
    if status == 402 or (status == 429 and not {str(told.get("code")), str(told.get("type"))}.isdisjoint(_UNPAID)):
        return Failure(f"{name}: the account has no credit left", _PAY, retryable=False)
    if status == 429:
        hint = f"{_LATER} MONOGRAPH_PARALLEL lowers the number."
        return Failure(f"{name}: too many requests", hint, wait=wait, crowded=True)
    if status >= 500:  # 503 comes before any work; behind the others the model may have worked
        return Failure(f"{name}: it has a fault of its own", _LATER, wait=wait, charged=status != 503)
    if status in (408, 409):
        return Failure(f"{name}: it gave up the request", _LATER, wait=wait)
    if status == 401:  # never with its text: services repeat the key there
        return Failure(f"{name}: it does not accept the API key", _KEY, retryable=False)
    if status == 403:
        return Failure(f"{name}: this key may not do that: {said}", _KEY, retryable=False)
    if status == 404:
        return Failure(
            words(f"{name}: it does not know the model '{endpoint.model}' at {endpoint.url}", endpoint),
            f"Name a model that it has with --model, or check OPENAI_BASE_URL. {ONWARDS}",
            retryable=False,
        )
    if "response_format" in said or "json_schema" in said:
        return Failure(f"{name}: it cannot be held to a schema: {said}", _REQUEST, retryable=False)
    if status < 400:
        return Failure(f"{name}: it has moved", _ADDRESS, retryable=False)
    return Failure(f"{name}: {said}", _REQUEST, retryable=False)


def asked_wait(headers: httpx2.Headers) -> float:
    """The seconds that the headers of an answer ask to wait; 0 for none."""
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        try:
            seconds = float(headers.get(name, "")) * unit
        except ValueError:
            continue
        if math.isfinite(seconds):
            return max(0.0, seconds)
    try:
        moment = parsedate_to_datetime(headers.get("retry-after", ""))
    except (ValueError, TypeError, OverflowError):
        return 0.0
    return max(0.0, (moment.replace(tzinfo=moment.tzinfo or UTC) - datetime.now(UTC)).total_seconds())
