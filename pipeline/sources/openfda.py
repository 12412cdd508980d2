"""US drug labels from openFDA's drug label endpoint, https://api.fda.gov/drug/label.json.

What open.fda.gov documents (read in stored copies of 2016 to 2026, never asked live from here):

- `search=field:term`; `AND` and `OR` between terms, round brackets, "phrases" in quotation marks, a blank meaning OR;
  `field:("a" OR "b")` for several terms of one field (maintainers, FDA/openfda issue 167). Only ASCII letters, digits
  and the marks of the syntax are taken: other characters bring a 400. `*` is a wildcard; in a field `.exact` the whole
  value has to match, with its case, so that `NDA*` is no ANDA.
- `limit` is at most 1000 and 1 without it, `skip` at most 25000, `sort=field:desc` takes dates and `.exact` fields.
- Without a key 240 requests a minute and 1,000 a day from one address.
- Nothing found is status 404 with {"error": {"code": "NOT_FOUND", "message": "No matches found!"}}.
- A record whose product could not be matched has no `openfda` part, or an empty one (FDA/openfda issues 52, 77).
- There is no choice of fields: an answer brings whole labels, some 100 kB each, which is why few are asked for at once.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple
from urllib.parse import urlencode
from urllib.request import Request

from pipeline.errors import FormatError
from pipeline.identifiers import slug
from pipeline.models.sources import Label
from pipeline.patience import PATIENT, Patience
from pipeline.sources.openfda_record import Product, chosen, product
from pipeline.sources.transport import LATER, Service, Transport

SERVICE = Service(
    "openFDA",
    "MONOGRAPH_OPENFDA_URL",
    "openFDA's",
    request="Correct MONOGRAPH_OPENFDA_URL, or the name and the aliases in compound.yaml.",
)
BASE = "https://api.fda.gov"
RATE = 4.0  # requests a second: the 240 a minute that openFDA allows without a key
BATCH = 50  # set ids a request: an address of some 2,500 characters
NEWEST = 50  # labels of one search that are looked at
MOST_NAMES = 30  # of a compound, in one search
_FIELDS = ("openfda.generic_name", "openfda.substance_name", "openfda.brand_name")
_PRESCRIPTION = 'openfda.product_type:"HUMAN PRESCRIPTION DRUG"'
_APPROVED = "(openfda.application_number.exact:NDA* OR openfda.application_number.exact:BLA*)"


class _Page(NamedTuple):
    """An answer: how many labels there are, and those that were sent."""

    found: int
    products: tuple[Product, ...]


class DrugLabels:
    """openFDA's drug labels, asked politely; all objects and threads share one limit of requests a second.

    `base_url` replaces https://api.fda.gov. `deadline` is the time (seconds) of one request with its answer. Raises
    ConfigError for a `base_url` that is not an HTTP address; the methods raise SourceError, with `retryable` where the
    same call may succeed later. That openFDA holds nothing is an answer and no error.
    """

    def __init__(
        self,
        base_url: str | None = None,
        *,
        deadline: float = 60.0,
        patience: Patience = PATIENT,
        rate: float = RATE,
    ) -> None:
        self._address = f"{(base_url or BASE).rstrip('/')}/drug/label.json"
        self._transport = Transport(SERVICE.at(base_url), (), rate=rate, deadline=deadline, patience=patience)

    @property
    def requests(self) -> int:
        """How many requests were sent, those tried again included."""
        return self._transport.requests

    def find(self, names: Sequence[str]) -> tuple[Label, ...]:
        """The labels to use for a compound of these names, as `openfda_record.chosen` says; empty where there is none.

        The 50 newest prescription labels are looked at; where there are more, the 50 newest with an NDA or BLA too;
        where neither gives one of the substance alone, the 50 newest of any kind.
        """
        named = _named(names)
        if not named:
            return ()
        newest = self._page(f"{named} AND {_PRESCRIPTION}", NEWEST, sort=True)
        found = list(newest.products)
        if newest.found > len(found):
            found += self._page(f"{named} AND {_PRESCRIPTION} AND {_APPROVED}", NEWEST, sort=True).products
        if not any(len(one.substances) == 1 for one in chosen(found, names)):
            found += self._page(named, NEWEST, sort=True).products
        return tuple(one.label for one in chosen(found, names))

    def read(self, set_ids: Sequence[str]) -> dict[str, Label]:
        """These labels as openFDA has them now, each under its set id as it was asked.

        A set id that is absent was not in a good answer, which says nothing by itself of the label.
        """
        wanted = {set_id.lower(): set_id for set_id in set_ids if slug(set_id) == set_id.lower()}
        found: dict[str, Label] = {}
        keys = list(wanted)
        for start in range(0, len(keys), BATCH):
            part = keys[start : start + BATCH]
            phrases = " OR ".join(f'"{wanted[key]}"' for key in part)
            for label, *_ in self._page(f"set_id:({phrases})", len(part)).products:
                key = (label.set_id or "").lower()
                if key in part and (key not in found or _number(label) > _number(found[key])):
                    found[key] = label
        return {wanted[key]: label for key, label in found.items()}

    def _page(self, search: str, limit: int, *, sort: bool = False) -> _Page:
        parameters = {"search": search, **({"sort": "effective_time:desc"} if sort else {}), "limit": str(limit)}
        request = f"{self._address}?{urlencode(parameters)}"

        def build() -> Request:
            return Request(request, headers={"Accept": "application/json", "User-Agent": "monograph"})  # noqa: S310

        return self._transport.ask(build, lambda body: _page(body, limit), _nothing)


def _named(names: Sequence[str]) -> str:
    """A search for labels whose generic, substance or brand name holds one of `names`, or "" where no name is left.

    A name is searched as the phrase of its words: whatever else stands in it, such as a quotation mark, a bracket or a
    star, could be read as an operator, and counts for nothing in openFDA's index of words. Greek letters are spelled.
    """
    phrases = dict.fromkeys(slug(name).replace("-", " ") for name in names)
    terms = [f'{field}:"{phrase}"' for phrase in list(filter(None, phrases))[:MOST_NAMES] for field in _FIELDS]
    return f"({' OR '.join(terms)})" if terms else ""


def _number(label: Label) -> int:
    return int(label.version) if label.version else 0


def _json(body: bytes) -> Any:
    """The JSON of a body. Raises FormatError where it is none, or one that is made to break its reader."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise FormatError(f"it is no JSON ({type(error).__name__})", LATER) from error


def _page(body: bytes, limit: int) -> _Page:
    answer = _json(body)
    if not isinstance(answer, dict) or "error" in answer:
        raise FormatError("it is no answer to a search", LATER)
    records, total = answer.get("results"), next(_at(answer, "meta", "results", "total"), None)
    if not isinstance(records, list) or not isinstance(total, int):
        raise FormatError("it lacks the list of labels or their number", LATER)
    if len(records) < min(total, limit):
        raise FormatError(f"it counts {total} labels and sends {len(records)}", LATER)
    return _Page(total, tuple(map(product, records[:limit])))


def _nothing(body: bytes) -> _Page | None:
    """The empty page where the body of a 404 says that nothing was found; None for any other 404."""
    try:
        answer = _json(body)
    except FormatError:
        return None
    return _Page(0, ()) if next(_at(answer, "error", "code"), None) == "NOT_FOUND" else None


def _at(value: Any, *path: str) -> Iterator[Any]:
    """What stands at a path of keys, if anything."""
    for key in path:
        if not isinstance(value, dict) or key not in value:
            return
        value = value[key]
    yield value
