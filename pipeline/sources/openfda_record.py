"""A record of openFDA's drug label endpoint as a `Label`, and the choice of few among the many of one compound."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any, NamedTuple

from pipeline.errors import FormatError
from pipeline.identifiers import slug
from pipeline.models.sources import Label, LabelSection
from pipeline.sources.label_text import label_text, plain

# The fields that are used, in the order in which a Label keeps them: field, our kind of section, the label's heading.
FIELDS = (
    ("boxed_warning", "boxed_warning", "BOXED WARNING"),
    ("contraindications", "contraindication", "CONTRAINDICATIONS"),
    ("do_not_use", "contraindication", "DO NOT USE"),
    ("warnings_and_cautions", "warning", "WARNINGS AND PRECAUTIONS"),
    ("warnings", "warning", "WARNINGS"),
    ("precautions", "warning", "PRECAUTIONS"),
    ("ask_doctor", "warning", "ASK A DOCTOR"),
    ("stop_use", "warning", "STOP USE"),
    ("drug_interactions", "interaction", "DRUG INTERACTIONS"),
    ("pregnancy", "pregnancy", "PREGNANCY"),
    ("pregnancy_or_breast_feeding", "pregnancy", "IF PREGNANT OR BREAST-FEEDING"),
    ("lactation", "lactation", "LACTATION"),
    ("nursing_mothers", "lactation", "NURSING MOTHERS"),
    ("pediatric_use", "paediatric", "PEDIATRIC USE"),
    ("overdosage", "overdose", "OVERDOSAGE"),
    ("adverse_reactions", "adverse_reaction", "ADVERSE REACTIONS"),
    ("indications_and_usage", "approved_use", "INDICATIONS AND USAGE"),
)
# Parts of "8 USE IN SPECIFIC POPULATIONS", taken from there where the record has no field of their own for them.
POPULATIONS = {
    "Pregnancy": "pregnancy",
    "Lactation": "lactation",
    "Nursing Mothers": "lactation",
    "Pediatric Use": "paediatric",
    "Hepatic Impairment": "hepatic",
    "Renal Impairment": "renal",
}
PRESCRIPTION, OVER_THE_COUNTER = "human prescription drug", "human otc drug"
MOST = 4  # labels of one compound
_SET_ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]{0,63}")
_VERSION = re.compile(r"[0-9]{1,9}")
_POPULATION = re.compile(rf"(?:8\.\d{{1,2}}\s+)(?=({'|'.join(POPULATIONS)})\b)")
_NEXT = re.compile(r"(?<=\s)8\.\d{1,2}\s+(?=[A-Z])")
_LATER = "Run the same command again later."


class Product(NamedTuple):
    """A label with what openFDA says of its product. Empty where its `openfda` part is missing or says nothing.

    `approval` is 0 for an application that was approved on its own data (NDA, BLA), 1 for a generic (ANDA), 2 for an
    unapproved or unknown one; `type` is "human prescription drug" or another. Substances and
    routes are in small letters.
    """

    label: Label
    type: str
    substances: tuple[str, ...]
    generics: tuple[str, ...]
    brands: tuple[str, ...]
    routes: tuple[str, ...]
    approval: int


def product(record: Any) -> Product:
    """One of an answer's `results`.

    Raises FormatError for a record without a usable set id, and for a field that is no list of texts.
    """
    if not isinstance(record, dict):
        raise FormatError("a result is no record", _LATER)
    set_id = record.get("set_id")
    if not isinstance(set_id, str) or not _SET_ID.fullmatch(set_id):
        raise FormatError("a record has no set id", _LATER)
    about = record.get("openfda") or {}
    if not isinstance(about, dict):
        raise FormatError("'openfda' is no mapping", _LATER)
    version = record.get("version")
    if version is not None and not (isinstance(version, str | int) and _VERSION.fullmatch(str(version))):
        raise FormatError("'version' is no number", _LATER)
    generics, brands = _texts(about, "generic_name"), _texts(about, "brand_name")
    substances = tuple(sorted({text.lower() for text in _texts(about, "substance_name")})) or _listed(generics)
    routes = tuple(sorted({text.lower() for text in _texts(about, "route")}))
    kind = next(iter(_texts(about, "product_type")), "").lower()
    label = Label(
        key=f"label-{set_id.lower()}",
        title=_title(kind, brands, generics, routes, _texts(about, "manufacturer_name"), substances),
        set_id=set_id,
        version=None if version is None else str(version),
        effective=_day(record.get("effective_time")),
        sections=tuple(_sections(record)),
    )
    approval = _approval(_texts(about, "application_number"))
    return Product(label, kind, substances, generics, brands, routes, approval)


def chosen(products: Iterable[Product], names: Sequence[str]) -> tuple[Product, ...]:
    """Those whose labels to use for a compound: at most four, one for each route, the same for the same answer.

    Only labels with a section that is used, whose substance or generic name begins with one of `names`; where there is
    none, those with one of them as brand name. Of these the prescription labels of the substance alone, else the over
    the counter ones, else combinations in the same order. For each route an NDA or BLA stands before an ANDA, and that
    before what is not approved; then the newest, then the lowest set id.
    """
    usable = [one for one in products if one.label.sections and one.type in (PRESCRIPTION, OVER_THE_COUNTER)]
    about = [one for one in usable if any(_named(text, names) for text in (*one.substances, *one.generics))]
    about = about or [one for one in usable if any(slug(brand) in map(slug, names) for brand in one.brands)]
    if not about:
        return ()
    first = min(map(_tier, about))
    ranked = sorted((one for one in about if _tier(one) == first), key=_rank)
    by_route = [next(group) for _, group in groupby(sorted(ranked, key=lambda one: one.routes), lambda one: one.routes)]
    return tuple(sorted(by_route, key=_rank)[:MOST])


def _named(text: str, names: Sequence[str]) -> bool:
    """True where a substance or generic name is one of `names` or a form of it ("examplol hydrochloride").

    A word before the name makes another substance of it, as in "ethinyl estradiol".
    """
    return any(f"{slug(text)}-".startswith(f"{slug(name)}-") for name in names if slug(name))


def _tier(one: Product) -> tuple[bool, bool]:
    return len(one.substances) > 1, one.type != PRESCRIPTION


def _rank(one: Product) -> tuple[int, int, str]:
    return one.approval, -(one.label.effective or date.min).toordinal(), one.label.key


def _texts(record: dict[str, Any], field: str) -> tuple[str, ...]:
    """The texts of a field, without empty ones; none where the field is missing."""
    texts = record.get(field, [])
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise FormatError(f"'{plain(field)}' is no list of texts", _LATER)
    return tuple(cleaned for text in texts if (cleaned := plain(text)))


def _sections(record: dict[str, Any]) -> Iterator[LabelSection]:
    held = set()
    for field, kind, heading in FIELDS:
        text = "\n".join(filter(None, (label_text(part, heading) for part in _texts(record, field))))
        if text:
            held.add(kind)
            yield LabelSection(kind=kind, text=text)
    for part in _texts(record, "use_in_specific_populations"):
        for found in _POPULATION.finditer(part):
            end = _NEXT.search(part, found.end())
            text = label_text(part[found.start() : end.start() if end else None], found[1].upper())
            if text and POPULATIONS[found[1]] not in held:
                yield LabelSection(kind=POPULATIONS[found[1]], text=text)


def _listed(generics: Sequence[str]) -> tuple[str, ...]:
    """The substances that generic names list: "a and b", "a, b", "a/b"."""
    parts = (
        part.strip().lower() for text in generics for part in re.split(r",|/|;|\band\b", text, flags=re.IGNORECASE)
    )
    return tuple(sorted({part for part in parts if part}))


def _title(
    kind: str,
    brands: Sequence[str],
    generics: Sequence[str],
    routes: Sequence[str],
    makers: Sequence[str],
    substances: Sequence[str],
) -> str:
    """ "US prescribing information, EXAMPLINE (examplol), oral"; the maker where the name is but the generic one."""
    kinds = {PRESCRIPTION: "US prescribing information", OVER_THE_COUNTER: "US over-the-counter drug label"}
    generic = generics[0].lower() if generics else ""
    brand = brands[0] if brands and brands[0].lower() != generic else ""
    name = f"{brand} ({generic})" if brand and generic else brand or generic or "product not named by openFDA"
    maker = f" ({makers[0]})" if makers and not brand else ""
    mixed = f"a combination of {' and '.join(substances)}" if len(substances) > 1 else ""
    where = " and ".join(routes)
    return ", ".join(part for part in (kinds.get(kind, "US drug label"), name + maker, mixed, where) if part)


def _approval(numbers: Sequence[str]) -> int:
    if any(number.upper().startswith(("NDA", "BLA")) for number in numbers):
        return 0
    return 1 if any(number.upper().startswith("ANDA") for number in numbers) else 2


def _day(text: object) -> date | None:
    """The day of `effective_time` ("20230131"); None where it is missing or no day."""
    if text is not None and not isinstance(text, str):
        raise FormatError("'effective_time' is no text", _LATER)
    try:
        return datetime.strptime(text or "", "%Y%m%d").date()
    except ValueError:
        return None
