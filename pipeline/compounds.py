"""Which compound a name means, and which one a page is about."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import cache, partial
from pathlib import Path

from pipeline.config import Settings
from pipeline.errors import ConfigError
from pipeline.evidence import name_pattern
from pipeline.identifiers import slug as slug_of
from pipeline.models.compound import Compound
from pipeline.profiles import read_compound
from pipeline.sources import synopses
from pipeline.sources.library import Library
from pipeline.text import normal

LONGEST_NAME = 120
OFTEN = 3  # times that a page names the compound it is about
SAMPLE = 20  # records that are looked at to see whether a word is the name of a substance
_PARTED = re.compile(
    r"\s+[-–—|·]\s+|[:|(,;]|\s+(?:for|in|and|review|guide|profile|monograph|overview|peptide|dosage|benefits)\b",
    re.IGNORECASE,
)
_ASKED = re.compile(r"\b(?:what (?:is|are)|about|guide to|introduction to)\s+([^?.:;]{2,60})", re.IGNORECASE)


def resolve(name: str, settings: Settings) -> tuple[Compound, Path]:
    """The compound that a person means by `name`, and the directory of its profile, which need not exist.

    An existing profile is found by its slug or by any alias in its compound.yaml; a bundled one by its names. Raises
    ConfigError for a name that cannot be one.
    """
    return _resolver(settings)(name)


def each_once(settings: Settings) -> Callable[[str], tuple[Compound, Path] | None]:
    """`resolve` for many names, None for one that means the same compound as another before."""
    found, met = _resolver(settings), set[str]()

    def once(name: str) -> tuple[Compound, Path] | None:
        compound, directory = found(name)
        if compound.slug in met:
            return None
        met.add(compound.slug)
        return compound, directory

    return once


def _resolver(settings: Settings) -> Callable[[str], tuple[Compound, Path]]:
    """The names of existing profiles are read once, and only where a name needs them."""
    aliases = cache(partial(_profiled, settings))

    def found(name: str) -> tuple[Compound, Path]:
        slug = slug_of(name)
        unfit = any(c in "/\\" or unicodedata.category(c)[0] == "C" for c in name) or ".." in name
        if not slug or unfit or max(len(name), len(slug)) > LONGEST_NAME:
            raise ConfigError(
                f"'{name[:60]}' cannot be the name of a compound",
                "use letters, digits, spaces, dots and hyphens, such as naltrexone or BPC-157",
            )
        directory = settings.profiles / slug
        if (directory / "compound.yaml").exists():
            return read_compound(directory), directory
        wanted = " ".join(name.split()).lower()
        if place := aliases().get(wanted):
            return read_compound(place), place
        if bundled := synopses.names().get(wanted):
            about = synopses.about(bundled)
            return Compound(name=about.name, slug=bundled, aliases=about.aliases), settings.profiles / bundled
        return Compound(name=" ".join(name.split()), slug=slug), directory

    return found


def recognised(title: str | None, headings: Sequence[str], text: str, settings: Settings) -> Compound | None:
    """The compound that a page is about: named in its title, else the known one that the page names most often.

    Known are the profiles, the bundled collections, and the substances that records of the library are indexed with.
    `text` is the page's, in the normal form. None where the page names no known one.
    """
    entitled = normal(title or "")
    plain = f"{entitled} {text}"
    counts: Counter[str] = Counter()
    for name, slug in _known(settings).items():
        pattern = name_pattern((name,), ())
        if pattern.search(entitled):
            return resolve(slug, settings)[0]
        counts[slug] += len(pattern.findall(plain))
    often = {name: len(name_pattern((name,), ()).findall(plain)) for name in _candidates(title, headings)}
    with Library(settings.library) as library:
        for name, times in often.items():
            if times >= OFTEN and _is_substance(name, library):
                return resolve(name, settings)[0]
    slug, times = next(iter(counts.most_common(1)), ("", 0))
    return resolve(slug, settings)[0] if times >= max(OFTEN, *often.values(), 0) else None


def _known(settings: Settings) -> dict[str, str]:
    """Every known name of a compound with the slug of its profile or collection."""
    return synopses.names() | {name: directory.name for name, directory in _profiled(settings).items()}


def _profiled(settings: Settings) -> dict[str, Path]:
    """Every name of a profile with its directory; of two profiles with one name the first has it."""
    found: dict[str, Path] = {}
    for path in sorted(settings.profiles.glob("*/compound.yaml")):
        for name in read_compound(path.parent).names:
            found.setdefault(name.lower(), path.parent)
    return found


def _candidates(title: str | None, headings: Sequence[str]) -> Iterator[str]:
    """What may be the name of a compound: the first part of the title, and what a heading asks after."""
    for text in (title or "", *headings):
        asked = _ASKED.search(text)
        for part in (asked.group(1) if asked else "", _PARTED.split(text.strip())[0] if text == title else ""):
            name = " ".join(part.split())
            if slug_of(name) and len(name) <= 40 and len(name.split()) <= 4:
                yield name


def _is_substance(name: str, library: Library) -> bool:
    """True where records are indexed with `name` as a substance or heading, or are entitled with it."""
    wanted = name_pattern((name,), ())
    keys = library.mentioning((name,), SAMPLE)
    held = library.get(keys).values()
    indexed = any(
        wanted.fullmatch(normal(word))
        for article in held
        for word in (*article.substances, *(heading.descriptor for heading in article.mesh))
    )
    return indexed or sum(wanted.search(normal(article.title)) is not None for article in held) >= 2
