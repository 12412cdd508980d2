"""The extractive drafter: a whole profile from verified study facts and quoted results, without any model.

The same dossier gives the same profile, byte for byte: nothing here asks a clock, a network or a random number.
"""

from __future__ import annotations

from pipeline import __version__
from pipeline.drafting.dossier import Dossier
from pipeline.drafting.guidance import overview_sections, preparation_section, safety_sections
from pipeline.drafting.questions import answers
from pipeline.drafting.research import dose_rows, evidence_sections, kept_out, mechanism_section, other_section, points
from pipeline.models.profile import FOOTER, Profile, Provenance, Reference, Section, Uncited, cited_sources
from pipeline.models.sources import Search
from pipeline.profiles import reference_of


def draft(dossier: Dossier) -> Profile:
    """The profile of a compound, drafted from its dossier."""
    told: set[str] = set()
    overview = overview_sections(dossier)
    # Told in the order of where a sentence belongs most, not of the page: harms, mechanism, effect.
    safety = safety_sections(dossier, told)
    mechanism = mechanism_section(dossier, told)
    evidence = evidence_sections(dossier, told)
    others = other_section(dossier, told)
    preparation = preparation_section(dossier)
    rows = dose_rows(dossier)
    doses = Section(
        id="doses",
        title="Doses studied",
        note=None if rows else f"No dose is stated in the sources searched on {dossier.date.isoformat()}.",
    )
    body = (*overview, mechanism, *evidence, *([others] if others else []), doses, preparation, *safety)
    places = {claim.text: section.title for section in body for claim in section.claims}
    sections = (*body, *answers(dossier, places))
    articles = dossier.articles.values()
    profile = Profile(
        name=dossier.compound.name,
        slug=dossier.compound.slug,
        aliases=dossier.compound.aliases,
        tagline=dossier.compound.tagline,
        provenance=Provenance(
            drafter="extractive",
            version=__version__,
            date=dossier.date,
            records=len(dossier.articles),
            synopses=sum(article.text_origin == "synopsis" for article in articles),
            searches=tuple(_bare(search) for search in dossier.searches),
            label_search=_bare(dossier.label_search) if dossier.label_search else None,
        ),
        sections=sections,
        doses=rows,
        points=points(dossier),
        footer=FOOTER,
    )
    uncited = kept_out(dossier, cited_sources(profile.quotations))
    listed = tuple(Uncited(source=key, reason=reason) for key, reason in sorted(uncited.items()))
    return profile.model_copy(update={"uncited": listed})


def _bare(search: Search) -> Search:
    """A search as a profile keeps it: the ids stand in `sources.yaml`, and in the library."""
    return search.model_copy(update={"ids": ()})


def references(dossier: Dossier, profile: Profile) -> tuple[Reference, ...]:
    """The cited and the uncited sources of a profile as `sources.yaml` keeps them: papers by key, then documents.

    The abstract is left out; its hash stands for the version that was read.
    """
    labels = {label.key: label for label in dossier.labels}
    papers = [*cited_sources(profile.quotations), *(that.source for that in profile.uncited)]
    found = []
    for key in dict.fromkeys(papers):
        if source := dossier.articles.get(key) or labels.get(key):
            found.append(reference_of(source))
    return tuple(sorted(found, key=lambda r: (r.label is not None, r.key.zfill(9) if r.key.isdigit() else "~" + r.key)))
