"""The worked examples of docs/grading.md, computed."""

from __future__ import annotations

from typing import Any

from examples import article

from pipeline.grading import grade_of
from pipeline.models.studies import Design, Direction, Fact, Grade, Study

BENEFIT, NULL, HARM, UNCLEAR = Direction.BENEFIT, Direction.NO_DIFFERENCE, Direction.HARM, Direction.UNCLEAR
YES: Fact[bool] = Fact(value=True)


def study(pmid: str, design: Design, n: int | None = None, direction: Direction = UNCLEAR, **more: Any) -> Study:
    return Study(
        source=pmid,
        design=Fact(value=design),
        n=Fact(value=n) if n else None,
        direction=Fact(value=direction),
        **more,
    )


def grade(
    *studies: Study,
    authors: dict[str, tuple[str, ...]] | None = None,
    years: dict[str, int] | None = None,
    bare: tuple[str, ...] = (),
) -> Grade:
    papers = {
        s.source: article(
            s.source,
            "A study of examplol",
            *(() if s.source in bare else ("Something was found.",)),
            authors=(authors or {}).get(s.source, (s.source,)),
            year=(years or {}).get(s.source, 2020),
        )
        for s in studies
    }
    return grade_of(studies, papers)


def codes(given: Grade) -> list[str]:
    return [reason.code for reason in (*given.reasons, *given.caps)]


def test_positive_and_null_trials_are_gold_conflicting() -> None:
    given = grade(
        study("1", Design.RANDOMISED, 99, NULL),
        study("2", Design.RANDOMISED, 58, NULL),
        study("3", Design.RANDOMISED, 31, BENEFIT),
        study("4", Design.CONTROLLED, 10, BENEFIT, pilot=YES),
        years={"1": 2024, "2": 2023, "3": 2013, "4": 2009},
    )
    assert (given.level, given.direction) == ("Gold", "conflicting")
    assert codes(given) == ["randomised", "conflicting"]
    assert given.reasons[0].sources == ("1", "2", "3")
    assert given.reasons[1].text == "direction conflicting; the largest and the newest study are null"
    assert given.counts.startswith("3 randomised trials (188 participants): 1 favours, 2 found no difference")


def test_uncontrolled_studies_do_not_soften_a_null_trial() -> None:
    loose = [study(str(k), Design.SINGLE_ARM, 30, BENEFIT) for k in range(2, 6)]
    given = grade(study("1", Design.RANDOMISED, 60, NULL), *loose)
    assert (given.level, given.direction) == ("Gold", "no difference")


def test_a_small_pilot_and_cohorts_that_agree_are_silver() -> None:
    given = grade(
        study("1", Design.RANDOMISED, 12, BENEFIT, pilot=YES),
        study("2", Design.COHORT, 50, BENEFIT),
        study("3", Design.COHORT, 80, BENEFIT),
    )
    assert (given.level, given.direction, codes(given)) == ("Silver", "favours", ["consistent", "pilot-or-small"])


def test_one_chart_review_is_bronze() -> None:
    given = grade(study("1", Design.COHORT, 17, BENEFIT))
    assert (given.level, given.direction, codes(given)) == ("Bronze", "favours", ["limited"])


def test_animals_need_groups_that_share_no_author() -> None:
    rats = [study(str(k), Design.ANIMAL, 20, BENEFIT) for k in range(1, 5)]
    two = {"1": ("Ash",), "2": ("Ash", "Birch"), "3": ("Cedar",), "4": ("Cedar",)}
    one = {"1": ("Ash",), "2": ("Ash", "Birch"), "3": ("Birch", "Cedar"), "4": ("Cedar",)}
    given = grade(*rats, authors=two)
    assert (given.level, given.direction, codes(given)) == ("Silver", "favours", ["animals-consistent", "animals-only"])
    assert grade(*rats, authors=one).level == "Bronze"


def test_plans_and_reviews_grade_nothing() -> None:
    given = grade(study("1", Design.PROTOCOL, 120), study("2", Design.REVIEW))
    assert (given.level, codes(given), given.counts) == ("None", ["no-study"], "1 trial planned or under way")


def test_a_retracted_trial_does_not_count() -> None:
    given = grade(
        study("1", Design.RANDOMISED, 200, BENEFIT, retracted=True),
        study("2", Design.RANDOMISED, 40, NULL),
    )
    assert (given.level, given.direction, codes(given)) == ("Gold", "no difference", ["randomised", "retracted"])


def test_a_mechanistic_trial_is_not_a_trial_of_effect() -> None:
    given = grade(study("1", Design.RANDOMISED, 40, NULL, aim="mechanism"))
    assert given.level == "None"


def test_a_title_that_overstates_is_named() -> None:
    given = grade(study("1", Design.RANDOMISED, 40, NULL, overstated=YES))
    assert codes(given) == ["randomised", "title-overstates"]


def test_a_synthesis_alone_is_bronze() -> None:
    given = grade(study("1", Design.META_ANALYSIS, 222, BENEFIT))
    assert (given.level, codes(given)) == ("Bronze", ["syntheses-only"])


def test_an_older_version_of_a_review_does_not_count_beside_the_newer() -> None:
    given = grade(
        study("1", Design.SYSTEMATIC_REVIEW, 46, BENEFIT),
        study("2", Design.SYSTEMATIC_REVIEW, 34, NULL, superseded=True),
    )
    assert (given.direction, given.counts) == ("favours", "1 systematic review")


def test_a_single_trial_is_said_to_be_one() -> None:
    assert grade(study("1", Design.RANDOMISED, 40, BENEFIT)).reasons[0].text.endswith("from a single trial")


def test_a_trial_without_an_abstract_is_named_and_not_counted() -> None:
    trial = study("1", Design.RANDOMISED, 40)
    given = grade(trial, bare=("1",))
    assert (given.level, codes(given)) == ("None", ["no-study", "no-abstract"])
    assert given.caps[0].sources == ("1",)
    beside = grade(trial, study("2", Design.SINGLE_ARM, 30, BENEFIT), bare=("1",))
    assert (beside.level, beside.direction) == ("Bronze", "favours")
