"""What the main outcome of a study says of its compound."""

from __future__ import annotations

import pytest

from pipeline.directions import judge
from pipeline.evidence import evidence_of
from pipeline.models.sources import AbstractSection, Article
from pipeline.models.studies import Direction


def paper(*sentences: str, title: str = "A trial of zelopride", label: str | None = None) -> Article:
    """An invented paper of one section."""
    return Article(pmid="90000001", title=title, abstract=(AbstractSection(text=" ".join(sentences), label=label),))


def judged(article: Article, *, controlled: bool = True) -> tuple[Direction, list[str]]:
    got = judge(evidence_of(article), ["zelopride"], controlled=controlled)
    return got.direction, [identifier.rpartition(":")[2] for identifier in got.results]


@pytest.mark.parametrize(
    "sentence",
    [
        "Of those eligible, 71.0% (2641/3715) were evaluated, and the reported cure rate was high at 96.1%.",
        "Expanding access to zelopride can help improve adherence.",
        "Zelopride has a longer half-life than its metabolite.",
    ],
)
def test_what_a_cohort_does_not_report_of_the_compound_is_no_result(sentence: str) -> None:
    got = judge(evidence_of(paper(sentence)), ["zelopride"], controlled=False, observed=True)
    assert got.direction is Direction.UNCLEAR


@pytest.mark.parametrize(
    ("sentences", "direction"),
    [
        (["Craving was lower with zelopride than with placebo."], Direction.BENEFIT),
        (["Relapse occurred in 23% of the zelopride group against 54.3% of the placebo group."], Direction.BENEFIT),
        (["Remission was less frequent with zelopride than with placebo (p = 0.01)."], Direction.HARM),
        (
            [
                "The primary outcome, pain, did not differ between the groups (p = 0.813).",
                "Within the zelopride group pain fell over time (p = 0.001).",
                "Mood improved with zelopride (p = 0.03).",
            ],
            Direction.NO_DIFFERENCE,
        ),
        (["Within the zelopride group pain fell over time (p = 0.001)."], Direction.UNCLEAR),
        (
            [
                "With zelopride mental quality of life improved (p = 0.04).",
                "Physical quality of life did not improve with zelopride.",
            ],
            Direction.MIXED,
        ),
        (["The planned primary outcome is pain at week 12."], Direction.UNCLEAR),
        (["The half-life of zelopride was 12 h."], Direction.UNCLEAR),
        (["Zelopride counteracted the gastric lesions and the raised bilirubin."], Direction.BENEFIT),
        (["Healing of the tendon was faster with zelopride than with saline."], Direction.BENEFIT),
        (
            ["Pooled pain scores were lower with zelopride (mean difference -0.86, 95% CI -1.20 to -0.51)."],
            Direction.BENEFIT,
        ),
        (["Acamine, the other drug, showed no effect."], Direction.UNCLEAR),
    ],
)
def test_a_controlled_study(sentences: list[str], direction: Direction) -> None:
    assert judged(paper(*sentences))[0] is direction


def test_a_change_from_baseline_decides_only_without_a_control() -> None:
    article = paper("Pain decreased from baseline on zelopride (p = 0.01).")
    assert judged(article)[0] is Direction.UNCLEAR
    assert judged(article, controlled=False)[0] is Direction.BENEFIT


def test_gains_from_baseline_of_a_controlled_trial_are_not_a_benefit() -> None:
    # As the abstract of PMID 23188075 reports: scores before and on the drug, nothing on placebo.
    article = paper(
        "Activity scores fell from 34.2 before treatment to 21.7 on zelopride (p = 0.005).",
        "Quality of life improved with zelopride (p = 0.035).",
    )
    assert judged(article)[0] is Direction.UNCLEAR
    assert judged(article, controlled=False)[0] is Direction.BENEFIT


def test_a_title_is_never_the_only_witness() -> None:
    article = paper("The dose was 5 mg.", title="Zelopride significantly reduces pain (p = 0.01)")
    assert judged(article) == (Direction.UNCLEAR, [])


def test_the_primary_outcome_comes_first_and_adverse_effects_stand_apart() -> None:
    article = paper(
        "Fifty people received zelopride or placebo.",
        "Sleep improved with zelopride (p = 0.03).",
        "The primary outcome, pain, was lower with zelopride than with placebo (p = 0.01).",
        "Fatigue did not differ between zelopride and placebo (p = 0.6).",
        "Nausea was more common with zelopride than with placebo.",
    )
    got = judge(evidence_of(article), ["zelopride"], controlled=True)
    assert got.direction is Direction.BENEFIT
    assert got.results == ("90000001:3",)
    assert got.nulls == ("90000001:4",)
    assert got.harms == ("90000001:5",)


def test_methods_and_background_sections_tell_no_result() -> None:
    sentence = "Pain was lower with zelopride than with placebo (p = 0.01)."
    assert judged(paper(sentence, label="BACKGROUND"))[0] is Direction.UNCLEAR
    assert judged(paper(sentence, label="RESULTS"))[0] is Direction.BENEFIT
