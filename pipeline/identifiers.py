"""PMID, DOI, record keys, evidence ids and slugs: parse, normalise, format.

A record's key is its PMID, or its DOI (lower case) when it has no PMID, or `label-...` / `note-...` for a document
that is not a paper. An evidence id is `<key>:<sentence number>`; sentence 0 is the title.
"""

from __future__ import annotations

import re
import unicodedata

_PMID = re.compile(r"(?:pmid\s*:?\s*|https?://(?:www\.)?pubmed\.ncbi\.nlm\.nih\.gov/)?([1-9]\d{0,8})/?", re.IGNORECASE)
_DOI = re.compile(r"(?:doi\s*:?\s*|https?://(?:dx\.)?doi\.org/)?(10\.\d{4,9}/\S+)", re.IGNORECASE)
_SET_ID = re.compile(r"label-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")
_DOCUMENT = re.compile(r"(?:label|note)-[a-z0-9][a-z0-9-]*")


def parse_pmid(text: str) -> str | None:
    """The PMID that `text` is (bare, `PMID: 123`, or a PubMed address), or None. 1 to 9 digits, no leading zero."""
    match = _PMID.fullmatch(text.strip())
    return match.group(1) if match else None


def parse_doi(text: str) -> str | None:
    """The DOI that `text` is (bare, `doi:10...`, or an address), lower-cased without trailing punctuation, or None.

    DOI names are case-insensitive (DOI Handbook, 2.4), so one case makes equal names equal strings.
    """
    match = _DOI.fullmatch(text.strip())
    return match.group(1).rstrip(".,;").lower() if match else None


def record_key(pmid: str | None, doi: str | None) -> str:
    """The key a record is stored and cited under: its PMID, else its DOI.

    Raises ValueError when it has neither, since nothing could then point at it.
    """
    if pmid:
        return pmid
    if doi and (parsed := parse_doi(doi)):
        return parsed
    raise ValueError("a record needs a PMID or a DOI")


def is_document(key: str) -> bool:
    """True for the key of a drug label or a note (`label-...`, `note-...`), false for a paper."""
    return _DOCUMENT.fullmatch(key) is not None


def evidence_id(key: str, number: int) -> str:
    """The id of sentence `number` of the source `key`."""
    return f"{key}:{number}"


def split_evidence_id(identifier: str) -> tuple[str, int] | None:
    """The source key and the sentence number of an evidence id, or None when `identifier` is not one."""
    key, colon, number = identifier.rpartition(":")
    if not colon or not key or not re.fullmatch(r"\d{1,4}", number):
        return None
    return key, int(number)


def slug(name: str) -> str:
    """`name` in lower case ASCII letters, digits and single hyphens; empty when nothing of it survives.

    Greek letters become their names, since they tell compounds apart (β-alanine is `beta-alanine`).
    """
    spelled = re.sub(r"[α-ωΑ-Ω]", lambda m: unicodedata.name(m.group()).rsplit(" ", 1)[-1].lower(), name)
    plain = unicodedata.normalize("NFKD", spelled.replace("µ", "u")).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower().replace("'", "")).strip("-")


def footnote_label(key: str) -> str:
    """The Markdown footnote label of a source: its PMID, or its key with only characters every renderer accepts."""
    return key if key.isdigit() else slug(key)


def footnote_place(key: str) -> tuple[bool, str]:
    """What footnotes are sorted by: papers by their PMIDs, then all else, so that a new one moves no other."""
    return not key.isdigit(), key.zfill(9)


def source_words(key: str) -> str:
    """A source as a reader knows it: `PMID 123`, `doi:10.1000/x`, or the key of a document."""
    return f"PMID {key}" if key.isdigit() else f"doi:{key}" if key.startswith("10.") else key


def source_address(key: str) -> str | None:
    """The public address of a source: PubMed for a PMID, doi.org for a DOI, DailyMed for a label by its set id.

    The set id of a label is a UUID (FDA's guide to Structured Product Labeling); another document has none.
    """
    if key.isdigit():
        return f"https://pubmed.ncbi.nlm.nih.gov/{key}/"
    if label := _SET_ID.fullmatch(key):
        return f"https://dailymed.nlm.nih.gov/dailymed/lookup.cfm?setid={label[1]}"
    return f"https://doi.org/{key}" if key.startswith("10.") else None
