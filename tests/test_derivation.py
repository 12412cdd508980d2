"""When a claim can be read off its sentences: what may differ, and how true words tell something false."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.verification.derivation import strays

NAMES = ("examplol",)
TRIAL = (
    "In this trial pain, fatigue and mood did not differ between the groups: -1.3 points (95% CI -1.7 to -0.8) on"
    " examplol against -0.9 points (95% CI -1.4 to -0.5) on placebo, and headache was more frequent on examplol."
)
MIXED = "Satisfaction (p = 0.045) and mood (p = 0.039) improved with low-dose examplol, but fatigue did not improve."
DOUBT = "The data suggest that examplol blocks the receptor, and sleep improved; nausea was common."


def follows(claim: str, *sentences: str) -> bool:
    return strays(claim, sentences, NAMES) is None


@pytest.mark.parametrize(
    ("claim", "sentences"),
    [
        (TRIAL, (TRIAL,)),
        ("Headache was more frequent on examplol.", (TRIAL,)),
        (
            "Pain and mood did not differ between groups: -1.3 points on examplol against -0.9 points on placebo.",
            (TRIAL,),
        ),
        (MIXED, (MIXED,)),
        ("Satisfaction and mood improved with low-dose examplol, but fatigue did not improve.", (MIXED,)),
        ("Fatigue did not improve.", (MIXED,)),
        ("Nausea was common; headache was more frequent on examplol.", (DOUBT, TRIAL)),
        ("Behavioural scores were characterised.", ("Thus, behavioral scores were characterized.",)),
        ("Pain fell by 3 points.", ("We found that the pain fell by 3 points in this study.",)),
        ("Seventeen patients took 500 mg.", ("17 patients took 500 mg.",)),
    ],
)
def test_what_may_differ(claim: str, sentences: tuple[str, ...]) -> None:
    assert follows(claim, *sentences)


@pytest.mark.parametrize(
    ("claim", "sentence"),
    [
        ("Pain differed between the groups.", TRIAL),
        ("Pain did not differ between the groups: -0.9 points on examplol against -1.3 points on placebo.", TRIAL),
        ("Pain did not differ: -1.3 points (95% CI -1.4 to -0.5) on examplol.", TRIAL),
        ("Headache was more frequent on placebo.", TRIAL),
        ("Headache was less frequent on examplol.", TRIAL),
        ("Fatigue improved with low-dose examplol.", MIXED),
        ("Satisfaction and mood improved with low-dose examplol.", MIXED),  # what follows "but" takes something back
        ("Mood (p = 0.045) improved with low-dose examplol, but fatigue did not improve.", MIXED),
        ("Examplol blocks the receptor.", DOUBT),
        ("Sleep improved.", DOUBT),
        ("The data suggest that the receptor blocks examplol, and sleep improved.", DOUBT),
        ("Pain was reduced by placebo in examplol.", "Pain was reduced by examplol in placebo."),
        ("A rose and fell.", "A rose and B fell."),
        ("Pain fell before treatment.", "Pain fell after treatment."),
        ("Pain fell to 3 points.", "Pain fell by 3 points."),
        ("Pain fell in patients.", "Pain fell in rats."),
        ("Examplol was effective.", "Examplol was likely effective."),
        ("Examplol was tolerated and effective.", "Examplol was tolerated and likely effective."),
        ("The score rose with examplol.", "The score rose with examplol plus NAD+."),
        ("Participants took 6 mg.", "Participants are to take 6 mg."),
        ("Examplol 6 mg each morning was safe.", "Examplol 6 mg each evening was safe."),
        ("Examplol abolished lesions.", "Examplol counteracted lesions."),
        ("Rates of pain fell.", "Rats of pain fell."),
        ("", TRIAL),
        ("Examplol cures cancer.", TRIAL),
    ],
)
def test_true_words_that_tell_something_false(claim: str, sentence: str) -> None:
    assert not follows(claim, sentence)


def test_two_sentences_are_not_mixed() -> None:
    one, two = "Pain fell with examplol (p = 0.01).", "Sleep rose with placebo (p = 0.4)."
    assert follows("Pain fell with examplol (p = 0.01); sleep rose with placebo (p = 0.4).", one, two)
    for mixed in (
        "Pain rose with placebo (p = 0.4).",
        "Pain fell with examplol (p = 0.4).",
        "Sleep fell with examplol.",
    ):
        assert not follows(mixed, one, two)


def test_the_reason_names_the_word_at_which_it_leaves() -> None:
    assert "'less'" in (strays("Headache was less frequent on examplol.", [TRIAL], NAMES) or "")


words = st.lists(
    st.sampled_from("pain sleep mood examplol placebo not fell rose with 3 4 mg and".split()), min_size=3, max_size=12
)


@settings(max_examples=150)
@given(words, words)
def test_a_sentence_follows_itself_and_another_only_as_a_part(one: list[str], two: list[str]) -> None:
    sentence = " ".join(one) + "."
    assert follows(sentence, sentence)
    claim = " ".join(two) + "."
    if follows(claim, sentence):
        assert set(two) - {"and"} <= set(one)
