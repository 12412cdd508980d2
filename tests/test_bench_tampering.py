"""The tamper benchmark does to a claim what it says and nothing else, and its true claims stay true."""

from __future__ import annotations

import re

import pytest
from conftest import shared

from bench import tampering
from bench.figures import digits, swapped, times
from bench.papers import Labelled, Paper, dice, labelled_papers, synopses
from bench.tamper_cases import CONTROLS, NAMED, TAMPERINGS, TWICE, VERBATIM, Case, cases, claims, said_otherwise
from pipeline.models.verification import Slot, Statement, Verdict, Verification
from pipeline.quantities import missing
from pipeline.text import normal

CONTROL = {name: control for controls in CONTROLS.values() for name, control in controls.items()}
SEEDS = [str(number) for number in range(60)]


def paper(*sentences: str, title: str = "Examplol and pain", labelled: tuple[Labelled, ...] = ()) -> Paper:
    text = " ".join(sentences)
    return Paper("90000001", title, text, sentences, sentences, "invented", labelled=labelled)


def made(kind: str, claim: str, *others: str, **known: object) -> set[str]:
    """Everything that a kind of tampering makes of a claim, whatever chance says."""
    source = paper(claim, *others, **known)  # type: ignore[arg-type]
    return {new for seed in SEEDS if (new := TAMPERINGS[kind](claim, source, dice(seed))) is not None}


def said(control: str, claim: str, *others: str, **known: object) -> str | None:
    return CONTROL[control](claim, paper(claim, *others, **known))  # type: ignore[arg-type]


TRIAL = Labelled("examplol", "placebo", "pain", "decreased")
SLEEP = Labelled("examplol", "placebo", "sleep quality", "no difference")


@pytest.mark.parametrize(
    ("kind", "claim", "tampered"),
    [
        ("dose", "The women took examplol 4.5 mg/day for 12 weeks.", "The women took examplol 45 mg/day for 12 weeks."),
        ("dose", "The men took 15 mg of examplol.", "The men took 51 mg of examplol."),
        ("unit", "The women took examplol 4.5 mg/day.", "The women took examplol 4.5 µg/day."),
        ("unit", "Rats received examplol 5 mg/kg.", "Rats received examplol 5 mg."),
        ("rate", "They took examplol 4 mg once daily.", "They took examplol 4 mg twice daily."),
        ("rate", "They took examplol 4.5 mg/day.", "They took examplol 4.5 mg/week."),
        ("unit of time", "They took examplol for 12 weeks.", "They took examplol for 12 months."),
        ("duration", "They took examplol for 12 weeks.", "They took examplol for 24 weeks."),
        ("n", "A total of 31 women were randomised.", "A total of 310 women were randomised."),
        ("n", "Seventeen patients were enrolled.", "71 patients were enrolled."),
        ("percent", "Pain fell by 45% with examplol.", "Pain fell by 54% with examplol."),
        ("percent", "Of all, 45% of women had less pain.", "Of all, 45 of women had less pain."),
        ("p-value", "Pain was lower (p < 0.05).", "Pain was lower (p > 0.05)."),
        ("p-value", "Pain was lower (P=.016).", "Pain was lower (P=0.16)."),
        ("interval", "The ratio was 19 (95% CI 12 to 34).", "The ratio was 19 (95% CI 12 to 43)."),
        (
            "bound elsewhere",
            "Pain fell (p = 0.01), sleep did not (p = 0.4).",
            "Pain fell (p = 0.4), sleep did not (p = 0.01).",
        ),
        ("arm", "Pain was lower with examplol than with placebo.", "Pain was lower with placebo than with examplol."),
        (
            "numbers of arms",
            "Response was better in the examplol group (32% vs 11%).",
            "Response was better in the examplol group (11% vs 32%).",
        ),
        ("outcome", "Examplol improved pain more than placebo.", "Examplol improved sleep quality more than placebo."),
        ("direction", "Examplol significantly reduced pain.", "Examplol significantly increased pain."),
        ("direction", "Scores were higher in the treated group.", "Scores were lower in the treated group."),
        ("negation", "Examplol did not improve sleep.", "Examplol improved sleep."),
        ("negation", "There was no difference in pain.", "There was a difference in pain."),
        ("negation", "Pain was lower with examplol.", "Pain was not lower with examplol."),
        ("significance", "Pain was significantly lower.", "Pain was not significantly lower."),
        ("significance", "There was no significant difference in pain.", "There was a significant difference in pain."),
        ("significance", "Examplol significantly reduced pain.", "Examplol did not significantly reduce pain."),
        ("significance added", "Pain was lower with examplol.", "Pain was significantly lower with examplol."),
        ("certainty", "Examplol may reduce pain.", "Examplol reduces pain."),
        ("certainty", "These data suggest that examplol helps.", "These data prove that examplol helps."),
        ("cause", "Dose was associated with pain.", "Dose caused pain."),
        ("overclaim", "Examplol was well tolerated.", "Examplol was free of side effects."),
        ("condition", "It enrolled women with Crohn's disease.", "It enrolled women with ulcerative colitis."),
        ("intervention", "Naltrexone reduced pain.", "Naloxone reduced pain."),
        ("other drug", "Pain fell by 9% on naltrexone.", "Pain fell by 9% on infliximab."),
        ("species", "In rats examplol healed wounds.", "In patients examplol healed wounds."),
        ("species dropped", "Examplol healed wounds in rats.", "Examplol healed wounds."),
        ("people as animals", "Thirty patients took examplol.", "Thirty mice took examplol."),
        ("population", "It enrolled children with pain.", "It enrolled adults with pain."),
        ("generalised", "It reduced pain in women with gout.", "It reduced pain in the general population."),
        ("design", "This pilot study was small.", "This randomised controlled study was small."),
        ("design", "This open-label trial was small.", "This double-blind trial was small."),
        ("design", "It was a retrospective study.", "It was a prospective study."),
    ],
)
def test_each_kind_does_what_it_says(kind: str, claim: str, tampered: str) -> None:
    others = ("Infliximab was not allowed.",) if kind == "other drug" else ()
    assert tampered in made(kind, claim, *others, labelled=(TRIAL, SLEEP))


@pytest.mark.parametrize(
    ("kind", "claim", "others"),
    [
        ("dose", "The pain score was 4 at rest.", ()),
        ("unit", "Rats received 2 mg of examplol.", ("Others received 2 µg, 2 mcg or 2 g.",)),
        ("n", "Group 2 patients had a stage 3 tumour.", ()),
        ("percent", "The interval was wide (95% CI 1 to 9).", ()),
        ("arm", "Pain did not differ between examplol and placebo.", ()),
        ("arm", "Patients were assigned to examplol or placebo.", ()),
        ("numbers of arms", "Pain was lower with examplol (12 vs 12).", ()),
        ("direction", "Examplol was given to reduce pain.", ()),
        ("direction", "Examplol did not increase pain.", ()),
        ("direction", "The lower limbs hurt.", ()),
        ("bound elsewhere", "Pain (p = 0.01) and sleep (p = 0.010) improved.", ()),
        ("certainty", "It was asked whether examplol may reduce pain.", ()),
        ("significance added", "Pain was lower with examplol.", ("The difference was significant (p = 0.01).",)),
        ("condition", "It enrolled women with asthma.", ()),
        ("species", "In rats examplol healed wounds.", ("Patients were treated too.",)),
        ("design", "This pilot study was small.", ("Women were randomised.",)),
        ("design", "This open-label trial was small.", ("A double-blind phase came first.",)),
        ("cause", "Dose was associated with pain.", ("This was a randomised trial.",)),
    ],
)
def test_what_would_stay_true_is_left_alone(kind: str, claim: str, others: tuple[str, ...]) -> None:
    if kind == "condition":
        others = (
            "Others had COPD, cystic fibrosis, pneumonia, bronchitis, sarcoidosis, pulmonary fibrosis, "
            "tuberculosis, ARDS or sleep apnea.",
        )
    assert made(kind, claim, *others, labelled=(TRIAL,)) == set()


def test_a_figure_of_the_same_kind_in_the_paper_is_not_put_in() -> None:
    new = " ".join(made("dose", "The first group took examplol 5 mg.", "Others took 50 mg or 5 g."))
    assert new
    assert not re.search(r"\b50 mg|\b5000 mg", new)
    later = " ".join(made("unit of time", "It lasted 12 weeks.", "They were seen at 1 year."))
    assert "12 days" in later
    assert "12 months" not in later


def test_less_of_a_p_value_is_not_tampering() -> None:
    new = made("p-value", "Pain was lower (p < 0.01).")
    assert new == {
        "Pain was lower (p > 0.01).",
        "Pain was lower (p < 0.001).",
    }


@pytest.mark.parametrize(
    ("control", "claim", "other"),
    [
        ("digits for words", "Seventeen patients took it for twelve weeks.", "17 patients took it for 12 weeks."),
        ("words for digits", "It enrolled 31 women.", "It enrolled thirty-one women."),
        ("milligrams", "They took 4.5 mg of it.", "They took 4.5 milligrams of it."),
        ("other unit", "They took 500 mg of it.", "They took 0.5 g of it."),
        ("other unit", "They took 0.5 g of it.", "They took 500 mg of it."),
        ("µg", "They took 10 mcg of it.", "They took 10 µg of it."),
        ("per day", "They took 4.5 mg/day.", "They took 4.5 mg per day."),
        ("per cent", "It was 45% (95% CI 40 to 50).", "It was 45 per cent (95% CI 40 to 50)."),
        ("p spaced", "It fell (p<0.05).", "It fell (P < .05)."),
        ("p tight", "It fell (P = .016).", "It fell (p=0.016)."),
        ("interval with to", "It was 2 (95% CI: 1.2–3.4).", "It was 2 (95% CI 1.2 to 3.4)."),
        ("interval in brackets", "It was 2 (95% CI 1.2 to 3.4).", "It was 2 (95% CI [1.2; 3.4])."),
        ("interval with dots", "It was 2 (95% CI 1.2 to 3.4).", "It was 2 (95% CI 1·2–3·4)."),
        ("weeks in days", "They took it for two weeks.", "They took it for 14 days."),
        ("thousands", "It enrolled 1234 women.", "It enrolled 1,234 women."),
        ("fraction", "It helped 17/20 women.", "It helped 17 of 20 women."),
        ("reduced", "Pain was significantly decreased.", "Pain was significantly reduced."),
        ("fell", "The score decreased from 5 to 3.", "The score fell from 5 to 3."),
        (
            "did not differ",
            "Pain was not significantly different between groups.",
            "Pain did not differ significantly between groups.",
        ),
        (
            "mirrored",
            "Pain was lower with examplol than with placebo.",
            "Pain was higher with placebo than with examplol.",
        ),
        (
            "mirrored",
            "Pain was higher in the placebo group than in the examplol group.",
            "Pain was lower in the examplol group than in the placebo group.",
        ),
        ("expanded", "In JDM the heart is at risk.", "In juvenile dermal malaise the heart is at risk."),
        ("abbreviated", "In juvenile dermal malaise the heart is at risk.", "In JDM the heart is at risk."),
        ("group last", "In women with gout, the score was lower.", "The score was lower in women with gout."),
        ("group first", "The score was lower in women with gout.", "In women with gout, the score was lower."),
        ("group first", "Pain was higher in rats than in women with gout.", None),
        ("no parenthesis", "Pain was lower (p = 0.016) with it.", "Pain was lower with it."),
        (
            "no introduction",
            "In conclusion, examplol helped many women with pain.",
            "Examplol helped many women with pain.",
        ),
        ("in this study", "The score was lower.", "In this study, the score was lower."),
        (
            "main clause",
            "Pain was much lower with examplol, whereas sleep was not.",
            "Pain was much lower with examplol.",
        ),
        ("active", "Pain was reduced by examplol.", "Examplol reduced pain."),
        ("passive", "Examplol reduced plasma ghrelin.", "Plasma ghrelin was reduced by Examplol."),
        (
            "groups did not differ",
            "There was no significant difference in pain between the two groups.",
            "The two groups did not differ significantly in pain.",
        ),
        (
            "summary of n",
            "A total of 31 women were randomised to examplol or placebo.",
            "n = 31 women were randomised.",
        ),
        (
            "summary of dose",
            "Women took examplol 4.5 mg/day for 12 weeks.",
            "Examplol was given at a dose of 4.5 mg/day.",
        ),
        (
            "summary of design",
            "This randomised, double-blind trial enrolled women.",
            "This was a randomised, double-blind trial.",
        ),
        ("summary of duration", "Women took examplol for 12 weeks.", "The treatment lasted 12 weeks."),
        ("summary of duration", "Women took examplol and were followed for 12 weeks.", None),
        ("summary of condition", "This trial enrolled 31 women with gout.", "The women had gout."),
        (
            "summary of no difference",
            "Scores for sleep quality were alike (p = 0.4).",
            "Examplol did not differ from placebo in sleep quality (p = 0.4).",
        ),
    ],
)
def test_each_control_says_the_same(control: str, claim: str, other: str | None) -> None:
    assert said(control, claim, "It concerns juvenile dermal malaise (JDM).", labelled=(SLEEP,)) == other


def test_two_sentences_are_joined() -> None:
    assert said("joined", "Pain was lower.", "The score was 5.") == "Pain was lower, and the score was 5."


def test_numbers() -> None:
    assert (digits("seventeen"), digits("1,234"), digits("0·5")) == ("17", "1234", "0.5")
    assert (times("4.5", "10"), times("0.05", "0.1"), times("31", "10")) == ("45", "0.005", "310")
    assert swapped("31", dice("x")) == "13"
    assert swapped("11", dice("x")) is None
    assert swapped("20", dice("x")) is None


@pytest.fixture(scope="module")
def bundled() -> list[Case]:
    return cases(list(synopses())[:60])


def test_the_same_papers_give_the_same_cases(bundled: list[Case]) -> None:
    again = cases(list(synopses())[:60])
    assert [case.statement() for case in again] == [case.statement() for case in bundled]
    assert {case.half for case in bundled} == {0, 1}
    ids = [(case.statement().id, case.form, case.kind) for case in bundled]
    assert len(set(ids)) == len(ids)


def test_no_tampered_claim_stands_in_its_paper(bundled: list[Case]) -> None:
    tampered = [case for case in bundled if case.kind]
    assert {case.kind for case in tampered} >= set(NAMED) - {"arm"}
    for case in tampered:
        assert normal(case.claim) != normal(case.sentence)
        assert normal(case.claim).lower().rstrip(".") not in case.paper.words()


def test_controls_keep_their_quantities() -> None:
    kept = 0
    for source in list(synopses())[::2]:
        for sentence in claims(source):
            for name, claim in said_otherwise(source, sentence).items():
                if name not in ("times a day", "no parenthesis", "milligrams"):
                    assert not missing(claim, source.sentences), (name, claim)
                    kept += 1
    assert kept > 500


def test_claims_tell_what_was_done_or_found() -> None:
    source = paper(
        "To test examplol in 31 women with fibromyalgia.",
        "The aim was to reduce pain in 31 women with gout.",
        "Further studies are needed in 300 women with gout.",
        "Examplol reduced pain in 31 women with gout by 30%.",
    )
    assert list(claims(source)) == ["Examplol reduced pain in 31 women with gout by 30%."]


def test_background_and_registration_are_not_told() -> None:
    shared("bench", "directions_dev.jsonl")
    for source in labelled_papers():
        assert set(source.told) <= set(source.sentences)
        assert not any("doi:" in sentence for sentence in source.told)


def _verified(statement: Statement) -> Verification:
    """A checker that supports what stands word for word in the source and contradicts the rest."""
    held = any(normal(statement.claim) in normal(source.text) for source in statement.sources)
    verdict = Verdict.SUPPORTED if held else Verdict.CONTRADICTED
    return Verification(id=statement.id, verdict=verdict, slot=None if held else Slot.QUANTITY)


def test_the_tables_count_flags_of_both_halves(bundled: list[Case]) -> None:
    tally = tampering.Tally([(case, _verified(case.statement())) for case in bundled])
    table = "\n".join(tampering.tampered(tally))
    assert re.search(r"^  these together +(\d+) +\1  100\.0%", table, re.MULTILINE)
    true = [line.split() for line in tampering.true(tally)]
    (verbatim,) = (cells for cells in true if cells[:1] == [VERBATIM])
    n = str(sum(case.kind is None and case.form == VERBATIM and case.half == 0 for case in bundled))
    assert verbatim[1:6] == [n, "0", "0.0%", n, "100.0%"]
    assert any(cells[:3] == TWICE.split() for cells in true)


def test_failures_are_of_half_0_only(bundled: list[Case], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tampering, "cases", lambda: bundled)
    monkeypatch.setattr(tampering, "SHOWN", 1000)
    monkeypatch.setattr(tampering, "verify", lambda s: Verification(id=s.id, verdict=Verdict.SUPPORTED))
    told = "\n".join(tampering.failures("dose"))
    assert all(case.claim in told for case in bundled if case.kind == "dose" and case.half == 0)
    assert not any(case.claim in told for case in bundled if case.kind == "dose" and case.half == 1)


def test_an_unknown_kind_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert tampering.main(["--failures", "nonsense"]) == 2
    assert "there is no kind 'nonsense'" in capsys.readouterr().err
