"""A second draft by a model: nothing is paid for twice, and what people wrote and approved stays."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from authors import answered, kind_of, shameless, truthful
from commands import TODAY, contents
from eutils_faults import set_of
from examplol import POSITIVE, RESULT, positive
from model_drafts import changed_by_hand, draft, quiet, read
from model_server import Fault, ModelServer, model_at, prompt_of

from pipeline import authoring
from pipeline.config import Settings
from pipeline.errors import ModelError
from pipeline.models.review import Decision, Decisions
from pipeline.profiles import dump, read_sources, version_of
from pipeline.sources.files import import_files


def test_a_redraft_with_nothing_new_asks_nothing_and_changes_no_byte(here: Settings) -> None:
    with ModelServer(truthful) as server:
        draft("examplol", here, server)
        before, asked = contents(here.profiles), len(server.requests)
        assert asked
        assert not draft("examplol", here, server).changed
        here.answers.unlink()
        assert not draft("examplol", here, server).changed
    assert len(server.requests) == asked
    assert not authoring.draft("examplol", here, offline=True, today=TODAY, progress=quiet).changed
    assert contents(here.profiles) == before


def test_what_failed_before_is_not_asked_again(here: Settings) -> None:
    with ModelServer(shameless) as server:
        draft("examplol", here, server)
        asked = len(server.requests)
        here.answers.unlink()
        assert not draft("examplol", here, server).changed
    assert len(server.requests) == asked


def test_another_model_tells_everything_anew(here: Settings) -> None:
    with ModelServer(truthful) as server:
        draft("examplol", here, server)
        asked = len(server.requests)
        draft("examplol", here, server, model="another")
    assert len(server.requests) == 2 * asked
    assert read(here).provenance.model == "another"


def test_a_changed_record_touches_its_own_claims_only(here: Settings) -> None:
    with ModelServer(truthful) as server:
        draft("examplol", here, server)
        before = {claim.id: claim for claim in read(here).claims}
        asked = len(server.requests)
        Path("more.xml").write_text(set_of([positive(RESULT.replace("-1.4", "-1.2"))]))
        import_files([Path("more.xml")], here.library, TODAY, quiet)
        draft("examplol", here, server)
    after = {claim.id: claim for claim in read(here).claims}
    changed = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
    assert changed
    assert {q.id.partition(":")[0] for key in changed for q in after[key].evidence} == {POSITIVE}
    again = server.requests[asked:]
    assert again
    assert all(POSITIVE in prompt_of(body) or kind_of(body) == "Opinions" for body in again)


def test_what_a_person_edited_is_kept_word_for_word(here: Settings) -> None:
    with ModelServer(truthful) as server:
        draft("examplol", here, server)
        (mine, *_) = [claim.id for claim in read(here).claims if claim.drafter == "model"]

        def change(claims: list[dict[str, Any]]) -> None:
            next(claim for claim in claims if claim["id"] == mine)["text"] = "A person's own words."

        changed_by_hand(here, change)
        asked = len(server.requests)
        draft("examplol", here, server)
        assert len(server.requests) == asked
        draft("examplol", here, server, model="another")
    assert next(claim.text for claim in read(here).claims if claim.id == mine) == "A person's own words."


def test_what_a_person_approved_is_kept_while_its_sources_are_the_same(here: Settings) -> None:
    directory = here.profiles / "examplol"
    with ModelServer(truthful) as server:
        draft("examplol", here, server)
    profile, references = read(here), read_sources(directory)
    (one, *_) = [claim for claim in profile.claims if claim.id.startswith(f"evidence/fibromyalgia/{POSITIVE}")]
    decision = Decision(
        claim=one.id, decision="approve", hash=version_of(one, references), reviewer="A. Reviewer", date=TODAY
    )
    (directory / "review.yaml").write_text(dump(Decisions(decisions=(decision,))))
    with ModelServer(lambda body: answered(body, [])) as silent:
        draft("examplol", here, silent, model="another")
        assert one.text in [claim.text for claim in read(here).claims]
        assert [claim.drafter for claim in read(here).claims].count("model") == 1
        Path("more.xml").write_text(set_of([positive(RESULT.replace("-1.4", "-1.2"))]))
        import_files([Path("more.xml")], here.library, TODAY, quiet)
        draft("examplol", here, silent, model="another")
    assert one.text not in [claim.text for claim in read(here).claims]


def test_a_crash_loses_only_what_was_under_way(here: Settings) -> None:
    before = contents(here.profiles)
    with ModelServer(truthful) as server:
        server.faults.extend([None] * 9 + [Fault.insufficient_quota()] * 400)
        with pytest.raises(ModelError, match="credit"):
            draft("examplol", here, server, parallel=1)
        assert contents(here.profiles) == before
        server.faults.clear()
        asked = len(server.requests)
        draft("examplol", here, server)
        rest = len(server.requests) - asked
    with ModelServer(truthful) as whole:
        here.answers.unlink()
        with model_at(whole, here.answers) as model:
            authoring.draft("examplol", here, offline=True, today=TODAY, progress=quiet, model=model, anew=True)
    assert rest == len(whole.requests) - 9
