"""The list of references of a page: where it is, and its entries."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.legacy.blocks import LINK, LINKED_DOI, LINKED_PMID, SENTINEL, Block, words_of
from pipeline.legacy.page_words import DISCLAIMER, ENTRY, REFERENCES
from pipeline.models.pages import PageReference

LEAST_ENTRIES = 2
LONGEST_ENTRY = 2000
LEADING_NUMBER = re.compile(r"^\s*(?:[↑^]\s*(?:[a-z]\s+)*)?(?:\[(\d{1,5})\]|\((\d{1,5})\)|(\d{1,5})\.(?=\s|[A-Z]))\s*")
YEARS = re.compile(r"(?<!\d)(?:1[89]|20)\d{2}(?!\d)")


def entries(body: Sequence[Block]) -> list[list[Block]]:
    """The entries of the list of references, each as its blocks."""
    groups: list[list[Block]] = []
    level: int | None = None
    for block in body:
        if block.kind == "note":
            groups.append([block])
        elif block.kind == "heading":
            if level is None or block.level <= level:
                level = block.level if REFERENCES.fullmatch(words_of(block)) else None
        elif level is not None and _is_entry(block):
            same = (
                groups
                and groups[-1][-1].kind == "item"
                and block.kind == "item"
                and groups[-1][-1].level == block.level
            )
            if same:
                groups[-1].append(block)
            else:
                groups.append([block])
    if not any(group[0].kind != "note" for group in groups):
        tail = _tail(body)
        groups += [[block] for block in tail]
    return groups


def _is_entry(block: Block) -> bool:
    text = words_of(block)
    if block.kind == "item" or LEADING_NUMBER.match(text):
        return True
    return ENTRY.search(text) is not None and not DISCLAIMER.search(text)


def _tail(body: Sequence[Block]) -> list[Block]:
    """Entries of references without a heading: the last numbered blocks of a page that look like references."""
    tail: list[Block] = []
    for block in reversed(body):
        text = words_of(block)
        numbered = block.label is not None or LEADING_NUMBER.match(text)
        if block.kind in ("item", "text") and numbered and len(ENTRY.findall(text)) >= 1 and YEARS.search(text):
            tail.append(block)
        elif tail or block.kind == "heading" or not DISCLAIMER.search(text):
            break
    return tail[::-1] if len(tail) >= LEAST_ENTRIES else []


def reference(group: Sequence[Block]) -> PageReference:
    """An entry as it reads, without its number, with the identifier that only a link gives."""
    text = " ".join(block.text for block in group)
    links = [content.partition(" ")[0] for kind, content in SENTINEL.findall(text) if kind == LINK]
    raw = " ".join(SENTINEL.sub("", text).split())
    label = group[0].label
    if label is None and (numbered := LEADING_NUMBER.match(raw)):
        label = next(g for g in numbered.groups() if g)
    raw = LEADING_NUMBER.sub("", raw)
    for link in links:
        pmid, doi = LINKED_PMID.search(link), LINKED_DOI.search(link)
        if pmid and pmid.group(1) not in raw:
            raw += f" PMID: {pmid.group(1)}"
        elif doi and doi.group(1).lower() not in raw.lower():
            raw += f" doi:{doi.group(1)}"
    return PageReference(raw=raw[:LONGEST_ENTRY], line=group[0].line, label=label)
