"""The number enrolled is told from numbers screened, completing, responding and from numbers in names."""

from __future__ import annotations

import pytest
from examples import article, sentences

from pipeline.evidence import name_pattern
from pipeline.studies.samples import Sample, sample_of


def sample(*abstract: str, synthesis: bool = False) -> Sample:
    paper = article("90000001", "Examplol EX-12", *abstract)
    found = sentences(paper)
    return sample_of(found, name_pattern(["examplol", "EX-12"], found), synthesis=synthesis)


@pytest.mark.parametrize(
    ("text", "n", "who"),
    [
        ("This trial enrolled 31 women with fibromyalgia.", 31, "women with fibromyalgia"),
        ("Of 158 patients screened, 99 women were randomised.", 99, "women"),
        ("The trial enrolled 80 people with multiple sclerosis, of whom 60 completed it.", 80, None),
        ("Seventeen patients with active colitis were included.", 17, "patients with active colitis"),
        ("A total of 1,383 adults at 11 sites were randomised.", 1383, "adults"),
        (
            "The 40 children with moderate to severe disease were treated.",
            40,
            "children with moderate to severe disease",
        ),
        ("Thirty-two male Wistar rats were used.", 32, "male Wistar rats"),
        (
            "In this study 14 participants (38%) were rated as responders and 37 participants took part.",
            37,
            "participants",
        ),
        ("In all, 34 were analysed by intention to treat.", 34, None),
    ],
)
def test_n_is_the_number_enrolled(text: str, n: int, who: str | None) -> None:
    found = sample(text)
    assert found.n is not None
    assert (found.n.value, found.n.evidence) == (n, "90000001:1")
    if who is not None:
        assert found.population is not None
        assert found.population.value == who


def test_a_number_in_the_compounds_name_counts_nobody() -> None:
    assert sample("EX 12 improved the healing of rats.").n is None


def test_nothing_stated_is_none() -> None:
    assert sample("Examplol was well tolerated.") == Sample(None, None, None)


def test_a_synthesis_counts_trials_and_pooled_people() -> None:
    found = sample("We pooled 4 randomised trials with 222 patients. One trial enrolled 99 women.", synthesis=True)
    assert found.trials is not None
    assert found.n is not None
    assert (found.trials.value, found.n.value) == (4, 222)
