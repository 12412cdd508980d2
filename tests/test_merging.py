"""A redraft beside what people wrote: their words stay while what they stand on does."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from pipeline.merging import merge
from pipeline.models.profile import (
    FOOTER,
    Claim,
    DoseRow,
    Profile,
    Provenance,
    Quotation,
    Section,
    Suppression,
)
from pipeline.profiles import (
    HEADER,
    claim_hash,
    dump,
    is_edited,
    read_profile,
)

PAIN, SLEEP = "Pain fell with examplol.", "Sleep improved with examplol."
CURRENT = {"90000001:1": PAIN, "90000001:2": SLEEP}


def claim(key: str, text: str = PAIN, evidence: str = "90000001:1") -> Claim:
    """A claim as it was drafted."""
    quoted = (Quotation(id=evidence, text=CURRENT[evidence]),)
    return Claim(id=key, text=text, evidence=quoted, drafted=claim_hash(text, [evidence]))


def edited(key: str, evidence: str = "90000001:1") -> Claim:
    """A claim whose words a person changed after it was drafted."""
    return claim(key, evidence=evidence).model_copy(update={"text": "Pain fell, in my words."})


def profile(**sections: tuple[Claim, ...]) -> Profile:
    origin = Provenance(drafter="extractive", version="1", date=date(2026, 1, 1), records=1, synopses=0)
    parts = tuple(Section(id=name, title=name.title(), claims=claims) for name, claims in sections.items())
    return Profile(name="examplol", slug="examplol", provenance=origin, sections=parts, footer=FOOTER)


def texts(merged: Profile) -> dict[str, list[tuple[str, str]]]:
    return {section.id: [(c.id, c.text) for c in section.claims] for section in merged.sections}


def test_an_edit_is_a_changed_text_or_changed_evidence() -> None:
    drafted = claim("a")
    assert not is_edited(drafted)
    assert is_edited(drafted.model_copy(update={"text": "Pain fell."}))
    assert is_edited(drafted.model_copy(update={"evidence": (Quotation(id="90000001:2", text=SLEEP),)}))
    assert is_edited(Claim(id="a", text="Written by hand."))


def test_a_first_draft_is_taken_as_it_is() -> None:
    new = profile(overview=(claim("overview/a"),))
    assert merge(new, None, CURRENT) == (new, ())


def test_claims_that_nobody_touched_are_made_anew() -> None:
    old = profile(overview=(claim("overview/a", "Old words."), claim("overview/gone")))
    new = profile(overview=(claim("overview/a", "New words."), claim("overview/b")))
    assert merge(new, old, CURRENT) == (new, ())


def test_an_edited_claim_is_kept_word_for_word_in_the_order_of_the_draft() -> None:
    old = profile(overview=(edited("overview/b"), claim("overview/a")))
    new = profile(overview=(claim("overview/a"), claim("overview/b")))
    merged, lapsed = merge(new, old, CURRENT)
    assert merged.sections[0].claims == (claim("overview/a"), edited("overview/b"))
    assert lapsed == ()
    assert merge(new, merged, CURRENT).profile == merged


def test_an_added_claim_stays_in_its_section() -> None:
    added = Claim(id="safety/mine", text="Ask a doctor.", evidence=(Quotation(id="90000001:2", text=SLEEP),))
    old = profile(overview=(claim("overview/a"),), safety=(added,))
    new = profile(safety=(claim("safety/a"),), overview=(claim("overview/a"),))
    merged, lapsed = merge(new, old, CURRENT)
    assert [c.id for c in merged.sections[0].claims] == ["safety/a", "safety/mine"]
    assert (merged.sections[0].claims[1], merged.sections[1], lapsed) == (added, new.sections[1], ())


@pytest.mark.parametrize("now", [{}, {"90000001:1": "Pain rose with examplol."}], ids=["gone", "changed"])
def test_an_edit_lapses_with_the_sentence_it_stood_on(now: dict[str, str]) -> None:
    old = profile(overview=(edited("overview/a"), edited("overview/b", evidence="90000001:2")))
    new = profile(overview=(claim("overview/a", "Drafted anew."), claim("overview/b")))
    merged, lapsed = merge(new, old, {"90000001:2": SLEEP, **now})
    assert texts(merged)["overview"] == [("overview/a", "Drafted anew."), ("overview/b", "Pain fell, in my words.")]
    assert lapsed == ("overview/a",)


def test_what_a_person_wrote_outlives_its_section() -> None:
    old = profile(overview=(), topic=(edited("topic/a"), claim("topic/b")))
    merged, lapsed = merge(profile(overview=()), old, CURRENT)
    assert texts(merged) == {"overview": [], "kept/topic": [("topic/a", "Pain fell, in my words.")]}
    assert (merged.sections[1].title, lapsed) == ("Topic", ())


WAIVED = Suppression(code="WRD008", reason="the journal says so", by="A. Reviewer")


def test_a_suppression_stays_while_its_claim_says_the_same_of_the_same_sentences() -> None:
    old = profile(overview=tuple(claim(f"overview/{i}").model_copy(update={"suppress": (WAIVED,)}) for i in "abc"))
    other = claim("overview/c", evidence="90000001:2")
    new = profile(overview=(claim("overview/a"), claim("overview/b", "Pain rose."), other, claim("overview/d")))
    merged = merge(new, old, CURRENT).profile
    assert [c.suppress for c in merged.claims] == [(WAIVED,), (), (), ()]
    assert [c.text for c in merged.claims] == [c.text for c in new.claims]
    assert merge(new, merged, CURRENT).profile == merged


def test_an_edited_claim_and_a_dose_row_keep_their_suppressions() -> None:
    mine = edited("overview/a").model_copy(update={"suppress": (WAIVED,)})
    row = DoseRow(id="doses/1", source="90000001", dose="4 mg", design="cohort study")
    rows = {"doses": (row.model_copy(update={"suppress": (WAIVED,)}), row.model_copy(update={"id": "doses/2"}))}
    old = profile(overview=(mine,)).model_copy(update=rows)
    new = profile(overview=(claim("overview/a"),)).model_copy(update={"doses": (row,)})
    merged = merge(new, old, CURRENT).profile
    assert (merged.claims, merged.doses) == ((mine,), old.doses[:1])
    changed = new.model_copy(update={"doses": (row.model_copy(update={"dose": "5 mg"}),)})
    assert merge(changed, old, CURRENT).profile.doses[0].suppress == ()


def test_an_edit_survives_the_file(tmp_path: Path) -> None:
    new = profile(overview=(claim("overview/a"), claim("overview/b", SLEEP, "90000001:2")))
    path = tmp_path / "profile.yaml"
    path.write_text(dump(new, HEADER).replace(f"text: {PAIN}\n    evidence", "text: Pain fell a lot.\n    evidence"))
    old = read_profile(tmp_path)
    assert old is not None
    assert [c.id for c in old.claims if is_edited(c)] == ["overview/a"]
    assert [c.text for c in merge(new, old, CURRENT).profile.claims] == ["Pain fell a lot.", SLEEP]
