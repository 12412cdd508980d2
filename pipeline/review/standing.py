"""Where the profiles stand with their reviewers, from their files alone."""

from __future__ import annotations

from pathlib import Path

from pipeline.compounds import resolve
from pipeline.config import Settings
from pipeline.decisions import read_decisions, standings
from pipeline.errors import ProfileError
from pipeline.profiles import read_compound, read_profile, read_sources
from pipeline.readiness import Stood


def standing_of(settings: Settings, name: str | None = None) -> tuple[Stood, ...]:
    """The profile that is named, or every one, by slug. Raises ProfileError where the named one does not exist."""
    if name is None:
        places = sorted(path.parent for path in settings.profiles.glob("*/profile.yaml"))
        return tuple(found for place in places if (found := _stood(place)))
    compound, directory = resolve(name, settings)
    if (found := _stood(directory)) is None:
        raise ProfileError(f"there is no profile of '{compound.name}'", f"draft it: monograph draft {compound.slug}")
    return (found,)


def _stood(directory: Path) -> Stood | None:
    profile = read_profile(directory)
    if profile is None:
        return None
    compound, references = read_compound(directory), read_sources(directory)
    found = standings(profile, references, read_decisions(directory), compound.reviewers)
    return Stood(compound, profile, references, found)
