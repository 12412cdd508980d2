"""Directions: arms and effects in invented sentences, judgements of invented papers, figures on labelled outcomes."""

from __future__ import annotations

import importlib.util
import json
from collections import Counter
from pathlib import Path
from types import ModuleType

import pytest
from conftest import shared

from pipeline.directions import change
from pipeline.directions.comparisons import clauses
from pipeline.directions.effects import effects
from pipeline.directions.polarity import polarity
from pipeline.directions.significance import verdicts
from pipeline.directions.words import abbreviations, stem

ARMS = {"intervention": "zelopride 5 mg", "comparator": "placebo"}


def told(sentence: str, outcome: str, **arms: str) -> str:
    """The label that one sentence gives an outcome."""
    return change([sentence], outcome=outcome, **{**ARMS, **arms}).label


@pytest.mark.parametrize(
    ("sentence", "outcome", "label"),
    [
        ("Pain was significantly lower with zelopride than with placebo (p = 0.01).", "pain", "decreased"),
        ("Pain was significantly higher with placebo than with zelopride (p = 0.01).", "pain", "decreased"),
        ("Compared with placebo, zelopride increased walking distance (p < 0.001).", "walking distance", "increased"),
        ("Pain scores were similar in the zelopride and placebo groups.", "pain scores", "no difference"),
        ("Zelopride did not reduce pain more than placebo.", "pain", "no difference"),
        ("Pain was lower with zelopride than with placebo (p = 0.27).", "pain", "no difference"),
        (
            "The mean difference in pain between the groups was -0.34 (95% CI -0.95 to 0.27).",
            "pain",
            "no difference",
        ),
        (
            "Pain decreased in both groups (p < 0.001), with a greater decrease in the zelopride group (p = 0.02).",
            "pain",
            "decreased",
        ),
        (
            "Pain decreased in both groups (p < 0.001), but the difference between groups was not significant.",
            "pain",
            "no difference",
        ),
        (
            "Zelopride reduced pain (p = 0.01), but not fatigue (p = 0.4), compared with placebo.",
            "fatigue",
            "no difference",
        ),
        (
            "The zelopride group had higher knowledge (p = 0.01), lower trust (p = 0.02) and more visits (p = 0.03) "
            "than the placebo group.",
            "trust",
            "decreased",
        ),
        ("Relapse occurred in 12% with zelopride and 31% with placebo (p = 0.004).", "relapse", "decreased"),
        ("No serious side effects were observed in any group.", "adverse events", "no difference"),
        ("Less decline was seen with zelopride than with placebo (p = 0.01).", "walking distance", "unclear"),
        ("Pain decreased in both groups (p < 0.001).", "pain", "unclear"),
        ("We aimed to show that zelopride reduces pain more than placebo.", "pain", "unclear"),
        ("There was no difference in pain at baseline between the groups (p = 0.8).", "pain", "unclear"),
    ],
)
def test_one_sentence(sentence: str, outcome: str, label: str) -> None:
    assert told(sentence, outcome) == label


def test_swapping_the_arms_turns_the_label() -> None:
    sentence = "Sleep time was longer in the zelopride group than in the control group (7.1 vs 6.2 h, p = 0.03)."
    assert told(sentence, "sleep time") == "increased"
    assert told(sentence, "sleep time", intervention="placebo", comparator="zelopride 5 mg") == "decreased"


def test_better_and_worse_take_the_polarity_of_the_outcome() -> None:
    assert told("Pain improved more with zelopride than with placebo (p = 0.01).", "pain") == "decreased"
    assert told("Function improved more with zelopride than with placebo (p = 0.01).", "function") == "increased"
    assert told("Gizmo units improved more with zelopride than with placebo (p = 0.01).", "gizmo units") == "unclear"


def test_points_in_time_belong_to_their_p_values() -> None:
    sentence = "Strength was higher with zelopride than with placebo at 6 weeks (p = 0.01) and 12 weeks (p = 0.2)."
    assert told(sentence, "strength at 6 weeks") == "increased"
    assert told(sentence, "strength at 12 weeks") == "no difference"
    assert told(sentence, "strength at 24 weeks") == "unclear"


def test_group_labels_are_read_from_the_sentence_that_gives_them() -> None:
    sentences = [
        "Group A (n = 20) received warm water and group B (n = 20) received cold water.",
        "Swelling was significantly greater in group B than in group A (p = 0.02).",
    ]
    got = change(sentences, intervention="warm water", comparator="cold water", outcome="swelling")
    assert (got.label, got.sentence) == ("decreased", 1)


def test_a_third_arm_decides_nothing() -> None:
    sentence = "The ABC group had less pain than the placebo group (p = 0.01)."
    others = ["The ABC group, the zelopride group and the placebo group had 20 patients each.", sentence]
    assert change(others, outcome="pain", **ARMS).label == "unclear"


def test_alone_names_the_arm_that_gets_nothing_added() -> None:
    sentence = "Survival was longer with radiation plus zelopride than with radiation alone (p = 0.01)."
    arms = {"intervention": "zelopride plus radiation", "comparator": "radiation"}
    assert told(sentence, "survival", **arms) == "increased"


def test_sentences_that_disagree_leave_it_unclear() -> None:
    sentences = [
        "Pain was lower with zelopride than with placebo (p = 0.01).",
        "Pain did not differ between zelopride and placebo (p = 0.4).",
    ]
    got = change(sentences, outcome="pain", **ARMS)
    assert got.label == "unclear"
    assert "disagree" in got.reason


def test_the_reason_names_the_rule() -> None:
    got = change(["Pain was lower with zelopride than placebo (p = 0.27)."], outcome="pain", **ARMS)
    assert got.reason == "p = 0.27 is not below 0.05"


@pytest.mark.parametrize("words", [("reduction", "reduced"), ("oedema", "edema"), ("relapse", "relapses", "relapsing")])
def test_stems_make_forms_of_a_word_one(words: tuple[str, ...]) -> None:
    assert len({stem(word) for word in words}) == 1


@pytest.mark.parametrize(
    ("outcome", "good"),
    [("pain", -1), ("pain threshold", 1), ("reduction in pain", 1), ("time to relapse", 1), ("gizmo", 0)],
)
def test_polarity(outcome: str, good: int) -> None:
    assert polarity(outcome) == good


@pytest.mark.parametrize(
    ("text", "significant"),
    [
        ("p = 0.05", [True]),
        ("p = 0.051", [False]),
        ("p > 0.05", [False]),
        ("p = NS", [False]),
        ("HR 0.76, 95% CI 0.63 to 0.92", [True]),
        ("OR 1.4 (95% CI 0.9 to 2.1)", [False]),
        ("mean difference -0.3 (95% CI -0.9 to 0.3)", [False]),
        ("mean 4.2 (95% CI 3.9 to 4.5)", []),
    ],
)
def test_significance(text: str, significant: list[bool]) -> None:
    assert [verdict.significant for verdict in verdicts(text)] == significant


def test_effect_words_know_degree_negation_and_side() -> None:
    assert [(e.sense, e.reach) for e in effects("greater reductions in pain")] == [("down", "right")]
    assert [(e.sense, e.reach) for e in effects("pain was less reduced")][-1][0] == "up"
    assert [e.negated for e in effects("pain was not significantly reduced")][-1]
    assert not effects("more than 30 patients")


def test_clauses_are_never_cut_in_brackets() -> None:
    text = "Pain fell (but not much; see below), whereas sleep did not change."
    assert [text[start:end].strip() for start, end in clauses(text)] == [
        "Pain fell (but not much; see below), whereas",
        "sleep did not change.",
    ]


@pytest.fixture
def bench() -> ModuleType:
    """The benchmark, which is no package of the distribution."""
    path = Path(__file__).parents[1] / "bench" / "directions.py"
    spec = importlib.util.spec_from_file_location("bench_directions", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_labelled_outcomes(bench: ModuleType) -> None:
    path = shared("bench", "directions_dev.jsonl")
    counts: Counter[str] = Counter()
    for line in path.read_text("utf-8").splitlines()[:150]:
        case = json.loads(line)
        names = {key: bench.plain(case[key]) for key in ("intervention", "comparator", "outcome")}
        got = change(bench.abstract(case["abstract_raw"]), **names).label
        counts["unclear" if got == "unclear" else str(got == bench.LABELS[case["label"]])] += 1
    assert counts.total() == 150
    assert counts["True"] >= 90
    assert counts["False"] <= 12


def test_the_benchmark_says_what_is_missing(bench: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    assert bench.main(["no-such-file.jsonl"]) == 2
    said = capsys.readouterr().err.splitlines()
    assert [line.split(":")[0] for line in said] == ["error", "hint"]


def test_an_outcome_is_found_by_its_abbreviation_but_not_by_a_longer_one() -> None:
    assert abbreviations(("Body mass index (BMI) was noted.",))["bmi"] == {"bod", "mas", "index"}
    sentences = [
        "The cranial index (CI) and the cranial vault asymmetry index (CVAI) were measured.",
        "CVAI was lower with zelopride than with placebo (p = 0.01).",
    ]
    assert change(sentences, outcome="cranial index (CI)", **ARMS).label == "unclear"
    assert change(sentences, outcome="cranial vault asymmetry index", **ARMS).label == "decreased"
