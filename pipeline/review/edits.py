"""An edit of a claim: other words, or other sentences that it stands on, as a profile that nothing has written yet."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.decisions import Standing
from pipeline.errors import ProfileError
from pipeline.holding import Held
from pipeline.identifiers import split_evidence_id
from pipeline.models.profile import Claim, Profile, Quotation

LONGEST = 4000  # characters of a claim or a note


def edited(now: Held, standing: Standing, text: str, evidence: Sequence[str] | None) -> Claim:
    """The claim with other words, and other evidence where it is named. Raises ProfileError where that cannot be."""
    what, words = standing.item.what, " ".join(text.split())
    if not isinstance(what, Claim):
        raise ProfileError(
            f"{what.id} is a row of the table of doses, which is made from the study's sentences",
            "reject it or comment on it; an author mends the facts it is made from",
        )
    if not words or len(words) > LONGEST:
        raise ProfileError(f"a claim has one to {LONGEST:,} characters", "write the claim in a sentence, or reject it")
    quoted = what.evidence
    if evidence is not None:
        known = {q.id: q for q in what.evidence}
        known |= {key: Quotation(id=key, text=s.text) for key, s in now.known.sentences.items()}
        if unknown := [key for key in evidence if key not in known]:
            raise ProfileError(f"'{unknown[0]}' is no sentence that is held", "choose among the sentences shown")
        if absent := [key for key in evidence if (at := split_evidence_id(key)) and at[0] not in now.references]:
            raise ProfileError(
                f"'{absent[0]}' is of a source that this profile does not cite", "draft again to take the source in"
            )
        quoted = tuple(known[key] for key in dict.fromkeys(evidence))
    if not quoted:
        raise ProfileError("a claim without a sentence to stand on floats", "choose the sentences that say it")
    return what.model_copy(update={"text": words, "evidence": quoted})


def with_claim(profile: Profile, new: Claim) -> Profile:
    """The profile with a claim in the place of the one with its id."""
    sections = tuple(
        section.model_copy(update={"claims": tuple(new if c.id == new.id else c for c in section.claims)})
        for section in profile.sections
    )
    return profile.model_copy(update={"sections": sections})
