"""What is exported in tests: the committed profiles, and a made-up one with a source of each sort."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

from pipeline.models.profile import FOOTER, Claim, Profile, Provenance, Quotation, Reference, Section
from pipeline.models.sources import Article, Author, Label, LabelSection, Notice, NoticeKind
from pipeline.profiles import read_profile, read_sources, reference_of

FULL = Article(
    pmid="90000001",
    pmcid="PMC9000001",
    doi="10.1000/Ab_c.1",
    title="β-Examplol & 50% of {restless} pockets: $3 in the HORA_1 trial",
    authors=(
        Author(family="van der Ansel", initials="JP", suffix="Jr"),
        Author(family="Ørsted-Müller", initials="Yu"),
        Author(family="Abu Dabrh", initials="A"),
        Author(collective="Pockets, Trousers and Belts Study Group"),
    ),
    journal="J Invent Res",
    journal_title="Journal of Invented Research",
    issn="0000-0019",
    year=2020,
    month="Feb",
    day=29,
    year_electronic=2019,
    volume="12",
    issue="2 Suppl 1",
    pages="663-72",
    languages=("ger",),
    vernacular_title="Examplol für unruhige Taschen",
)
RETRACTED = Article(
    pmid="90000002",
    title="A retracted story of quiet pendulums",
    authors=(Author(family="Doe", initials="J"),),
    authors_complete=False,
    journal="J Invent Res",
    medline_date="1998 Dec-1999 Jan",
    year=1998,
    month="Dec",
    pages="e12, e15",
    notices=(Notice(kind=NoticeKind.RETRACTION, role="affected", id="90000009", date="2022"),),
)
# It has no PMID, and its notice has one, which is not its own.
AHEAD = Article(
    doi="10.1000/(sici)1<2::aid>3.0.co;2-x",
    title="Examplol ahead of print",
    authors=(Author(collective="Patten"),),
    journal="Ann Invent Med",
    year_electronic=2026,
    pages="CD010410",
    notices=(Notice(kind=NoticeKind.ERRATUM, role="affected", id="90000008", date="2026-02"),),
)
BOOK = Article(
    pmid="90000003", kind="book", title="The Book of Examplol", journal_title="The Book of Examplol", year=2011
)
CHAPTER = Article(
    pmid="90000004",
    kind="book",
    title="Examplol and clocks",
    journal_title="The Book of Examplol",
    authors=(Author(family="Roe", initials="K"),),
    year=2012,
    pages="7-9",
)
LABEL = Label(
    key="label-0f7d5a3e-1111-2222-3333-444455556666",
    set_id="0f7d5a3e-1111-2222-3333-444455556666",
    title="Examplol tablets",
    version="7",
    effective=date(2024, 3, 5),
)
NOTE = Label(
    key="note-examplol",
    title="What is said of examplol",
    text_origin="synopsis",
    sections=(
        LabelSection(kind="other", text="Much.", urls=("https://example.org/a", "https://example.org/b", "a file")),
    ),
)
Held = tuple[Profile, dict[str, Reference]]

PROFILES = Path(__file__).resolve().parents[1] / "profiles"
SOURCES = (FULL, RETRACTED, AHEAD, BOOK, CHAPTER, LABEL, NOTE)


def profile_of(keys: Iterable[str]) -> Profile:
    """A profile that cites these sources, a claim each."""
    claims = [
        Claim(id=f"overview/{key}", text="Much.", evidence=(Quotation(id=f"{key}:1", text="Much."),)) for key in keys
    ]
    return Profile(
        name="examplol",
        slug="examplol",
        aliases=("EX-1", "examplol"),
        tagline="Made up",
        provenance=Provenance(drafter="extractive", version="0", date=date(2026, 1, 1), records=1, synopses=0),
        sections=(Section(id="overview", title="What is it?", claims=tuple(claims)),),
        footer=FOOTER,
    )


def sample(*sources: Article | Label) -> Held:
    """A profile that cites these sources, all of the above where none is given, and its references."""
    references = {source.key: reference_of(source) for source in sources or SOURCES}
    if LABEL.key in references:
        references[LABEL.key] = references[LABEL.key].model_copy(update={"withdrawn": True})
    return profile_of(references), references


def committed(name: str) -> Held:
    """A profile of this repository, and its references."""
    profile = read_profile(PROFILES / name)
    assert profile is not None
    return profile, read_sources(PROFILES / name)
