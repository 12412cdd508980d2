"""What people chose not to be told again: a rule's code on one claim, with a reason and a name, in `profile.yaml`."""

from __future__ import annotations

from collections.abc import Sequence

from rapidfuzz import process

from pipeline.checks.rule import Review
from pipeline.errors import ProfileError
from pipeline.models.findings import Finding, Suppressed

# What no reason excuses: a source that is not what it seems, missing safety, the disclosure, a draft not to publish.
FIRM = frozenset("REF001 PUB001 QUO001 SAF001 STR003 STR005 STR008 SRC001 INJ001 INJ002 REV001 REV002 REV003".split())


def nearest(code: str, codes: Sequence[str]) -> str:
    """The code that a mistyped one is most like as a question, or nothing."""
    found = process.extractOne(code.strip().upper(), codes, score_cutoff=50)
    return f"did you mean {found[0]}? " if found else ""


def refuse(review: Review, codes: Sequence[str]) -> None:
    """Raise ProfileError for a suppression of a code that no rule has, or of a rule that is never suppressed."""
    for cited in review.cited:
        for that in cited.suppress:
            if that.code not in codes:
                raise ProfileError(
                    f"{cited.id} suppresses '{that.code}', and no rule has this code",
                    f"{nearest(that.code, codes)}See the list: monograph rules",
                )
            if that.code in FIRM:
                raise ProfileError(
                    f"{cited.id} suppresses {that.code}, which is never suppressed",
                    f"mend what it finds and take the suppression out; see: monograph explain {that.code}",
                )


def parted(review: Review, findings: Sequence[Finding]) -> tuple[tuple[Finding, ...], tuple[Suppressed, ...]]:
    """The findings that stand, and those that a person suppressed."""
    reasons = {(cited.id, that.code): that for cited in review.cited for that in cited.suppress}
    stand, hidden = [], []
    for finding in findings:
        if that := reasons.get((finding.claim or "", finding.code)):
            hidden.append(Suppressed(finding=finding, reason=that.reason, by=that.by))
        else:
            stand.append(finding)
    return tuple(stand), tuple(hidden)
