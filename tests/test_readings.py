"""What a model read in a paper: taken where its sentence says so of the whole study, and nowhere else."""

from __future__ import annotations

import pytest
from commands import TODAY

from pipeline.drafting.dossier import Dossier, dossier
from pipeline.drafting.readings import confirmed, wanted, with_readings
from pipeline.models.compound import Compound
from pipeline.models.proposals import Amount, Counted, StudyFacts
from pipeline.models.sources import AbstractSection, Article, Collection

NOTHING = StudyFacts(participants=None, dose=None, duration=None, main_result=None)


def known(*sentences: str) -> Dossier:
    """A dossier of one paper on examplol with these sentences."""
    article = Article(
        pmid="90000001", title="Examplol and imagined pain", abstract=(AbstractSection(text=" ".join(sentences)),)
    )
    collection = Collection(articles=(article,), labels=(), searches=(), date=TODAY)
    return dossier(Compound(name="examplol", slug="examplol"), collection)


def read(held: Dossier, said: StudyFacts) -> dict[str, str]:
    """The facts of an answer that are taken, by name."""
    reading = confirmed(held, "90000001", said, "sha256:0")
    return {fact.fact: fact.value or fact.evidence for fact in reading.facts}


def test_a_number_of_people_is_taken_where_it_alone_was_enrolled() -> None:
    held = known("Of all who came, 48 were finally recruited by letter to take examplol or nothing.", "Pain fell.")
    study = held.studies["90000001"]
    if study.n is not None:
        pytest.skip("the rules read it themselves")
    assert wanted(study)
    assert read(held, NOTHING.model_copy(update={"participants": Counted(value=48, sentence=1)}))["n"].startswith("48")
    for value, sentence in ((480, 1), (48, 2), (48, 99), (48, -1)):
        assert not read(held, NOTHING.model_copy(update={"participants": Counted(value=value, sentence=sentence)}))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Here 24 were recruited to examplol and 25 were recruited to placebo.", 24),
        ("They were recruited and 12 completed the study.", 12),
        ("Everybody was recruited at the age of 40 or so.", 40),
        ("Recruited people took examplol for 8 weeks.", 8),
    ],
)
def test_an_arm_a_rest_an_age_and_a_time_are_no_number_of_people(text: str, value: int) -> None:
    held = known(text)
    assert "n" not in read(held, NOTHING.model_copy(update={"participants": Counted(value=value, sentence=1)}))


def test_a_dose_is_the_only_one_of_a_sentence_that_names_the_drug() -> None:
    given = "Nobody was told that the daily amount which was given of examplol was, in the end, 5 mg."
    for text, value, unit, taken in (
        (given, 5, "mg", True),
        (given, 50, "mg", False),
        (given, 5, "g", False),
        (given.replace("examplol", "aspirin"), 5, "mg", False),
        (f"{given[:-1]} and 7 mg.", 5, "mg", False),
    ):
        held = known(text)
        if held.studies["90000001"].doses:
            continue  # the rules read it themselves, and a model is not asked
        said = NOTHING.model_copy(update={"dose": Amount(value=value, unit=unit, sentence=1)})
        assert ("dose" in read(held, said)) is taken


def test_a_result_is_a_sentence_that_states_a_finding() -> None:
    held = known("We aimed to test examplol.", "We found that examplol binds to the receptor in 4 of 10 cells.")
    assert not held.studies["90000001"].results
    assert not read(held, NOTHING.model_copy(update={"main_result": 1}))
    assert read(held, NOTHING.model_copy(update={"main_result": 2})) == {"result": "90000001:2"}


def test_what_is_read_fills_a_gap_and_touches_no_grade() -> None:
    held = known("Of all who came, 48 were finally recruited by letter to take examplol or nothing.", "Pain fell.")
    said = NOTHING.model_copy(update={"participants": Counted(value=48, sentence=1)})
    filled = with_readings(held, [confirmed(held, "90000001", said, "sha256:0")])
    fact = filled.studies["90000001"].n
    assert fact is not None
    assert (fact.value, fact.evidence) == (48, "90000001:1")
    assert filled.grades == held.grades
    assert with_readings(held, []) is held
