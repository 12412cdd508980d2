"""Which profiles are on the site, what of them, and what is told of the others."""

from __future__ import annotations

import re
from datetime import date
from itertools import pairwise
from pathlib import Path

import commands
import pytest
import sites
from sites import here

from pipeline.models.profile import FOOTER
from pipeline.refresh.memory import Memory

__all__ = ["here"]

ROOT = Path(__file__).resolve().parents[1]
SENTENCES = [claim["text"] for claim in sites.CLAIMS] + [sites.CONTRAINDICATED]


def test_an_approved_profile_is_published_whole(here: Path) -> None:
    sites.decide(sites.put(here))
    outcome = sites.build()
    assert (outcome.status, outcome.err) == (0, "")
    assert "1 published" in outcome.out
    said = sites.words(sites.page())
    for sentence in SENTENCES:
        assert sentence in said
    assert FOOTER in said
    assert "Doses that were studied. Not a recommendation." in said
    assert "Approved statement by statement by A. Reviewer, last on 2026-11-01" in said
    assert "draft" not in sites.page().casefold().replace("drafter", "").replace("was drafted", "")
    assert "noindex" not in sites.everything()


def test_what_nobody_approved_is_nowhere_on_the_site(here: Path) -> None:
    sites.put(here)
    sites.decide(sites.put(here, "other"), leave=["overview/1"])
    outcome = sites.build()
    assert outcome.status == 0
    assert "examplol             not published: 4 of 4 claims are not approved" in outcome.out
    assert "other                not published: 1 of 4 claims are not approved" in outcome.out
    assert "nothing is published" in outcome.out
    everything = sites.everything()
    for sentence in SENTENCES:
        assert sentence not in everything
    assert "No profile is approved yet" in sites.words((here / "site" / "index.html").read_text("utf-8"))
    assert not (here / "site" / "examplol").exists()


def test_drafts_say_so_everywhere(here: Path) -> None:
    sites.put(here)
    sites.decide(sites.put(here, "other"))
    outcome = sites.build("--drafts")
    assert outcome.status == 0
    assert "1 published, 1 as drafts" in outcome.out
    page = sites.page()
    tree = sites.parsed(page)
    assert tree.find(".//meta[@name='robots']").get("content") == "noindex"
    banner = tree.find(".//section[@class='draft']")
    assert "Unreviewed draft." in "".join(banner.itertext())
    states = [each.text for each in tree.iter("span") if each.get("class") == "state"]
    assert states == ["not reviewed"] * 5  # three claims, the row, and the contraindication once more at the head
    assert "noindex" not in sites.page("other")
    index = sites.words((here / "site" / "index.html").read_text("utf-8"))
    assert "Examplol unreviewed draft" in index
    assert "Other unreviewed" not in index
    feed = (here / "site" / "feed.xml").read_text("utf-8")
    assert "Other: approved" in feed
    assert "Examplol" not in feed
    assert "3 removed" in sites.build().out
    assert not (here / "site" / "examplol").exists()


def test_what_was_rejected_is_left_out_and_counted(here: Path) -> None:
    directory = sites.put(here)
    sites.decide(directory, reject=["overview/1", "safety/contraindications/1", "doses/0"])
    assert "1 published" in sites.build().out
    everything = sites.everything()
    assert sites.CLAIMS[1]["text"] not in everything
    assert sites.TRIAL not in everything
    assert sites.CONTRAINDICATED not in everything
    assert "Not a recommendation" not in everything
    assert "90000002" not in sites.page()
    assert sites.words(sites.page()).count("On review 1 statement of this section was left out.") == 3


def test_what_follows_a_rejected_statement_names_its_study(here: Path) -> None:
    more = {"text": "In the same study: nothing else was seen.", "evidence": {"90000001:2": "Nothing else was seen."}}
    directory = sites.put(here, claims=[sites.CLAIMS[0], more])
    sites.decide(directory, reject=["overview/0"])
    sites.build()
    said = sites.words(sites.page())
    assert "imagined pain, whose first statement was left out on review: In the same study: nothing else" in said
    sites.decide(directory)
    sites.build()
    assert "whose first statement" not in sites.words(sites.page())


def test_a_profile_of_which_all_was_rejected_is_none(here: Path) -> None:
    directory = sites.put(here)
    every = ["overview/0", "overview/1", "safety/contraindications/1", "doses/0"]
    sites.decide(directory, reject=every)
    assert "not published: all of its 4 claims were rejected" in sites.build().out


def test_one_rejection_of_two_reviewers_keeps_a_claim_off(here: Path) -> None:
    directory = sites.put(here, compound="reviewers: 2\n")
    sites.decide(directory, "A. Reviewer")
    assert "4 of 4 claims are not approved" in sites.build().out
    sites.decide(directory, "A. Reviewer", "B. Reviewer")
    assert "1 published" in sites.build().out
    assert "by A. Reviewer, B. Reviewer, last on" in sites.words(sites.page())


@pytest.mark.parametrize(("approved", "publish", "status", "published"), [
    (True, "", 0, True),
    (True, "publish: true\n", 0, True),
    (True, "publish: false\n", 0, False),
    (False, "", 0, False),
    (False, "publish: true\n", 1, False),
    (False, "publish: false\n", 0, False),
])  # fmt: skip
def test_publish_in_the_compound(here: Path, approved: bool, publish: str, status: int, published: bool) -> None:
    directory = sites.put(here, compound=publish)
    if approved:
        sites.decide(directory)
    outcome = sites.build()
    assert outcome.status == status
    assert (here / "site" / "examplol" / "index.html").exists() == published
    assert ("examplol" in outcome.out) != published
    if status:
        assert "publish: true" in outcome.out


def test_a_compound_that_is_not_drafted_is_named(here: Path) -> None:
    (here / "profiles" / "later").mkdir()
    (here / "profiles" / "later" / "compound.yaml").write_text("name: later\npublish: true\n", "utf-8")
    outcome = sites.build()
    assert outcome.status == 1
    assert "later                not published: it is not drafted yet" in outcome.out


def test_an_approval_on_a_synopsis_publishes_nothing(here: Path) -> None:
    sites.decide(sites.put(here, origin="synopsis"))
    outcome = sites.build()
    assert "3 of 4 claims are not approved (3 approved on synopses only)" in outcome.out
    assert not (here / "site" / "examplol").exists()


def test_a_grade_from_a_synopsis_publishes_nothing(here: Path) -> None:
    directory = sites.put(
        here,
        origin="synopsis",
        points=[
            {"source": "90000001", "row": "Pain", "year": 2020, "n": 9, "design": "case report", "direction": "mixed"}
        ],
    )
    sites.decide(directory, reject=["overview/0", "overview/1", "doses/0"])
    assert "not published: 1 of the papers that it stands on were read as synopses" in sites.build().out


def test_an_edit_after_the_approval_takes_the_profile_off(here: Path) -> None:
    directory = sites.put(here)
    sites.decide(directory)
    sites.build()
    path = directory / "profile.yaml"
    path.write_text(path.read_text("utf-8").replace("Fatigue did not differ", "Fatigue differed"), "utf-8")
    outcome = sites.build()
    assert "1 of 4 claims are not approved (1 changed since they were reviewed)" in outcome.out
    assert not (here / "site" / "examplol").exists()


def test_when_the_references_were_last_checked(here: Path) -> None:
    from pipeline.config import settings

    sites.decide(sites.put(here))
    sites.build()
    assert "References read on 2026-01-01" in sites.words(sites.page())
    nights = settings().nights
    nights.parent.mkdir(parents=True, exist_ok=True)
    with Memory(nights) as memory:
        memory.note("read", ["examplol"], date(2026, 11, 19))
    sites.build()
    assert "References last checked 2026-11-19" in sites.words(sites.page())


def test_what_became_of_cited_papers_stands_at_the_head(here: Path) -> None:
    notices = {
        "90000001": [
            {"kind": "retraction", "role": "affected", "id": "90000009", "date": "2026 Nov 3"},
            {"kind": "comment", "role": "affected", "id": "90000008"},
        ],
        "90000002": [
            {"kind": "erratum", "role": "affected", "id": "90000007", "ref_type": "PartialRetractionIn"},
            {"kind": "erratum", "role": "affected", "id": "90000006", "date": "2025"},
            {"kind": "erratum", "role": "affected", "id": "90000005", "about": "other"},
        ],
    }
    sites.decide(sites.put(here, notices=notices))
    sites.build()
    tree = sites.parsed(sites.page())
    banner = tree.find(".//section[@class='fates']")
    told = " ".join("".join(banner.itertext()).split())
    assert "was retracted, 2026 Nov 3 (PMID 90000009)" in told
    assert "was partially retracted (PMID 90000007)" in told
    assert "9000000" not in re.sub(r"PMID 9000000[79]", "", told)
    assert [link.get("href") for link in banner.iter("a")] == ["#ref-90000001", "#ref-90000002"]
    assert "was corrected, 2025 (PMID 90000006)" in sites.words(sites.page())
    feed = (here / "site" / "feed.xml").read_text("utf-8")
    assert "was retracted" in feed
    assert "<updated>2026-11-03T00:00:00Z</updated>" in feed
    assert "90000005" not in feed


def test_new_evidence_waits_in_a_box(here: Path) -> None:
    waiting = [
        {
            "source": "90000077",
            "topics": ["Imagined pain"],
            "design": "randomised trial",
            "n": 1096,
            "direction": "no difference",
            "challenges": [{"claim": "overview/0", "how": "better"}],
        }
    ]
    sites.decide(sites.put(here, waiting=waiting))
    sites.build()
    said = sites.words(sites.page())
    assert "1 record was found since this page was drafted and not weighed yet; 1 speaks against what is said" in said
    assert "Imagined pain: randomised trial, n = 1,096, no difference: PMID 90000077" in said


def test_the_committed_profiles_as_drafts(here: Path) -> None:
    for directory in (ROOT / "profiles").iterdir():
        (here / "profiles" / directory.name).symlink_to(directory)
    outcome = sites.build("--drafts")
    assert (outcome.status, outcome.err) == (0, "")
    for directory in (ROOT / "profiles").iterdir():
        text = sites.page(directory.name)
        said = sites.words(text)
        assert len(text.encode()) < 200_000
        profile = sites.profile_in(directory)
        assert [c.id for c in profile.claims if " ".join(c.text.split()) not in said] == []
        assert [q.id for q in profile.quotations if " ".join(q.text.split()) not in said] == []
        tree = sites.parsed(text)
        ids = [each.get("id") for each in tree.iter() if each.get("id")]
        assert len(ids) == len(set(ids))
        hrefs = {a.get("href") for a in tree.iter("a")}
        assert {href for href in hrefs if href.startswith("#") and href[1:] not in ids} == set()
        levels = [int(each.tag[1]) for each in tree.iter() if re.fullmatch(r"h[1-6]", str(each.tag))]
        assert levels[0] == 1
        assert all(after - before <= 1 for before, after in pairwise(levels))


def test_no_night_and_no_profile_is_no_fault(here: Path) -> None:
    outcome = commands.run("build")
    assert outcome.status == 0
    assert "nothing is published" in outcome.out
    sites.parsed((here / "site" / "index.html").read_text("utf-8"))
