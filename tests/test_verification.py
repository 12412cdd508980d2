"""A claim against its sources: true paraphrases pass, each kind of tampering is found in the slot that it changed."""

from __future__ import annotations

import html
import json
import time
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import shared
from hypothesis import given
from hypothesis import strategies as st

from pipeline.models.findings import Severity
from pipeline.models.verification import SourceText, Statement, Verdict, Verification
from pipeline.verification import verify

CLAIMS: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "data" / "claims.yaml").read_text("utf-8"))
PAPER = SourceText(id="90000001", title=CLAIMS["title"], text=CLAIMS["text"])


def verified(claim: str, *sources: SourceText) -> Verification:
    return verify(Statement(id="c1", claim=claim, sources=sources or (PAPER,)))


@pytest.mark.parametrize("claim", CLAIMS["right"])
def test_true_claims_are_supported(claim: str) -> None:
    found = verified(claim)
    assert (found.verdict, found.findings) == (Verdict.SUPPORTED, ())
    assert found.evidence


@pytest.mark.parametrize(("claim", "slot"), CLAIMS["wrong"])
def test_false_claims_are_found_by_the_slot_that_was_changed(claim: str, slot: str) -> None:
    found = verified(claim)
    assert found.verdict in (Verdict.CONTRADICTED, Verdict.NOT_SUPPORTED), found
    assert found.slot is not None
    assert found.slot.value == slot
    assert found.findings
    assert all(finding.source == PAPER.id and finding.claim == "c1" for finding in found.findings)


def test_a_factor_of_ten_and_a_wrong_unit_are_named_as_such() -> None:
    ten, unit = verified("Patients took examplol 45 mg/day."), verified("Patients took examplol 4.5 mcg/day.")
    assert "factor 10" in ten.findings[0].message
    assert "mcg instead of mg" in unit.findings[0].message


def test_contradictions_are_errors_and_missing_support_is_a_warning() -> None:
    assert verified("Pain rose by 28.8% with examplol.").findings[0].severity is Severity.ERROR
    assert verified("Examplol cures fibromyalgia.").findings[0].severity is Severity.WARNING


@pytest.mark.parametrize("claim", [*CLAIMS["right"], *(claim for claim, _ in CLAIMS["wrong"])])
def test_every_passage_stands_where_it_says(claim: str) -> None:
    for passage in verified(claim).evidence:
        assert passage.source == PAPER.id
        assert passage.quote == PAPER.text[passage.start : passage.end] or passage.quote == PAPER.title


def test_what_the_source_does_not_speak_of_is_unverifiable() -> None:
    found = verified(
        "Imaginol lowers blood pressure within two hours.", SourceText(id="1", text="The weather was fine.")
    )
    assert found.verdict in (Verdict.UNVERIFIABLE, Verdict.NOT_SUPPORTED)
    assert verified("Pain is bad.", SourceText(id="1")).verdict is Verdict.UNVERIFIABLE
    assert verify(Statement(id="c1", claim="Pain is bad.")).verdict is Verdict.UNVERIFIABLE


def test_a_claim_may_stand_on_two_sources_together() -> None:
    one = SourceText(id="1", text="Examplol reduced pain in 31 women.")
    two = SourceText(id="2", text="Nausea occurred in 16% of patients on examplol.")
    claim = "Examplol reduced pain in 31 women, and nausea occurred in 16% of patients on examplol."
    assert verified(claim, one).verdict is not Verdict.SUPPORTED
    assert verified(claim, two, one).verdict is Verdict.SUPPORTED
    assert {passage.source for passage in verified(claim, two, one).evidence} == {"1", "2"}


def test_the_source_that_supports_a_claim_is_enough() -> None:
    other = SourceText(id="2", text="Examplol increased pain in 40 men.")
    assert verified(
        "Pain fell by 28.8% with examplol and by 18.0% with placebo (p = 0.016).", other, PAPER
    ).verdict is (Verdict.SUPPORTED)


def test_a_piece_cut_out_of_a_denial_is_not_its_source_s_word() -> None:
    source = SourceText(id="1", text="We found no evidence that examplol reduces daily pain in adults with gout.")
    assert verified("Examplol reduces daily pain in adults with gout.", source).verdict is not Verdict.SUPPORTED


def test_lay_words_are_the_paper_s_words() -> None:
    source = SourceText(id="1", text="Patients with hypertension had more pruritus on examplol than on placebo.")
    assert verified(
        "Patients with high blood pressure had more itching on examplol than on placebo.", source
    ).verdict is (Verdict.SUPPORTED)


def test_an_abbreviation_and_what_it_stands_for_are_one() -> None:
    source = SourceText(
        id="1", text="Patients with multiple sclerosis (MS) took examplol. Fatigue fell in MS patients."
    )
    assert verified("Fatigue fell in multiple sclerosis patients.", source).verdict is Verdict.SUPPORTED


@pytest.mark.parametrize(
    ("claim", "text"),
    [
        ("x" * 50_000, "Pain fell."),
        ("1/" * 1_400, "Pain fell by 28.8% with examplol. " * 20),
        ("and ".join(["pain fell by 3 mg with examplol compared with placebo "] * 40), "Pain fell by 3 mg. " * 20),
        ("Pain fell by 28.8% with examplol.", "pain fell and examplol " * 8_000),
        ("Pain fell by 28.8% with examplol.", "1/" * 40_000),
        ("pain less than x " * 150, "pain less than x " * 150),
        ("(" * 2_900, "[" * 2_900),
    ],
)
def test_hostile_texts_take_bounded_time(claim: str, text: str) -> None:
    begun = time.process_time()
    assert verified(claim, SourceText(id="1", text=text)).id == "c1"
    assert time.process_time() - begun < 20


WORDS = st.lists(
    st.sampled_from("pain fell rose not with examplol placebo than 12 4.5 mg % in women rats may p < 0.05".split()),
    min_size=1,
    max_size=14,
).map(" ".join)


@given(claim=WORDS, text=st.lists(WORDS, max_size=4).map(". ".join))
def test_any_words_get_a_verdict_with_passages_in_place(claim: str, text: str) -> None:
    source = SourceText(id="1", title="Examplol", text=text)
    found = verified(claim, source)
    for passage in found.evidence:
        assert passage.quote in (source.title, source.text[passage.start : passage.end])
    assert (found.verdict in (Verdict.CONTRADICTED, Verdict.NOT_SUPPORTED)) == bool(found.findings)


FREE: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "data" / "free_claims.yaml").read_text("utf-8"))
FLAGS = (Verdict.CONTRADICTED, Verdict.NOT_SUPPORTED)


def test_free_prose_on_real_abstracts() -> None:
    """What a person wrote of an abstract in other words is never called wrong; of what is wrong most is found.

    The rules were adjusted on these claims, so the shares are a floor to keep, and no measure of other prose.
    """
    lines = shared("bench", "directions_dev.jsonl").read_text("utf-8").splitlines()
    texts = {case["pmid"]: html.unescape(case["abstract_raw"]) for case in map(json.loads, lines)}
    verdicts: dict[str, list[Verdict]] = {"right": [], "wrong": []}
    for pmid, claims in FREE.items():
        for kind, found in verdicts.items():
            found += [verified(claim, SourceText(id=pmid, text=texts[pmid])).verdict for claim in claims[kind]]
    assert not set(verdicts["right"]) & set(FLAGS)
    assert sum(verdict is Verdict.SUPPORTED for verdict in verdicts["right"]) >= 55
    assert sum(verdict in FLAGS for verdict in verdicts["wrong"]) >= 67
    assert sum(verdict is Verdict.SUPPORTED for verdict in verdicts["wrong"]) <= 9
