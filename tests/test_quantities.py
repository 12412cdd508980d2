"""Quantities: what is read as which kind, and what is a name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.quantities import parse, show


def read(text: str) -> list[str]:
    return [f"{q.kind}: {show(q)}" for q in parse(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("took 4.5 mg/day", ["dose: 4.5 mg/day"]),
        ("10 µg/kg or 10 μg/kg or 10 mcg/kg", ["dose: 10 mcg/kg"] * 3),
        ("100 micrograms and 20 ug", ["dose: 100 mcg", "dose: 20 mcg"]),
        ("12.5, 50 or 100 mg", ["dose: 12.5 mg", "dose: 50 mg", "dose: 100 mg"]),
        ("1-5 mg, 3.0–4.5 mg/day", ["dose: 1-5 mg", "dose: 3.0-4.5 mg/day"]),
        ("10 mg to 20 mg; 10 mg-20 mg", ["dose: 10-20 mg"] * 2),
        ("between 10 and 20 mg", ["dose: 10-20 mg"]),
        ("20 to 10 mg", ["dose: 20 mg", "dose: 10 mg"]),
        ("8/2 mg films", ["dose: 8 mg", "dose: 2 mg"]),
        ("2.5 mg kg-1 day-1, 2 mg·kg−1·h−1", ["dose: 2.5 mg/kg/day", "dose: 2 mg/kg/hour"]),
        ("0.1 mg per kg of body weight per day", ["dose: 0.1 mg/kg/day"]),
        ("4,000 IU daily and 5 U/kg", ["dose: 4000 IU/day", "dose: 5 units/kg"]),
        ("100 mg/m2, 2 mL of 10 mg/mL", ["dose: 100 mg/m2", "dose: 2 mL", "dose: 10 mg/mL"]),
        ("10(-6) M, 10⁻⁶ M, 2 µM", ["dose: 0.000001 M", "dose: 0.000001 M", "dose: 2 μM"]),
        ("up to 50 mg; ~4.5 mg", ["dose: <= 50 mg", "dose: ~ 4.5 mg"]),
        ("a 70 kg man and a 20 mm lesion", ["number: 70 kg", "number: 20 mm"]),
    ],
)
def test_doses(text: str, expected: list[str]) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    ("words", "per"),
    [
        ("daily", "day"),
        ("once daily", "day"),
        ("/d", "day"),
        ("nightly", "day"),
        ("each evening", "day"),
        ("at bedtime", "day"),
        ("of glimepirol once daily in the morning", "day"),
        ("or placebo once daily for 4 weeks", "day"),
        ("(q.d.)", "day"),
        ("twice daily", "twice daily"),
        ("b.i.d.", "twice daily"),
        ("every 12 hours", "twice daily"),
        ("two times a day", "twice daily"),
        ("t.i.d.", "3 times daily"),
        ("three times per day", "3 times daily"),
        ("weekly", "week"),
        ("every 7 days", "week"),
        ("every other day", "every 2 days"),
        ("every 4 weeks", "every 4 weeks"),
        ("every 28 days", "every 4 weeks"),
        ("monthly", "month"),
        ("per dose", "dose"),
        ("did not change daily pain", None),
        ("and a weekly visit", None),
    ],
)
def test_rates_of_a_dose(words: str, per: str | None) -> None:
    dose = parse(f"They took 5 mg {words}.")[0]
    assert (dose.kind, dose.value, dose.unit, dose.per) == ("dose", 5, "mg", per)


def test_a_rate_may_stand_before_its_dose() -> None:
    assert read("a daily dose of 5 mg; once-daily, 28-mg tablets") == ["dose: 5 mg/day", "dose: 28 mg/day"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("n = 31, N=1,383, (n ≥ 5)", ["count: n = 31", "count: n = 1383", "count: n >= 5"]),
        ("31 adult women and seventeen patients", ["count: n = 31", "count: n = 17"]),
        (
            "17 of 20 patients; 8/16 (50%)",
            ["count: n = 17", "count: n = 20", "count: n = 8", "count: n = 16", "percent: 50%"],
        ),
        ("15\u2009297 patients, 20 921 prescriptions", ["count: n = 15297", "count: n = 20921"]),
        ("one hundred and fifty-nine subjects", ["count: n = 159"]),
        ("One of 20 patients; no one improved", ["count: n = 1", "count: n = 20"]),
        ("in 2010 there were 120 mice", ["number: 2010", "count: n = 120"]),
        ("at least 4 trials", ["count: n >= 4"]),
        ("over two sessions, over 400 patients", ["count: n = 2", "count: n > 400"]),
        ("28.8 per cent, 18.82%, 14.49%", ["percent: 28.8%", "percent: 18.82%", "percent: 14.49%"]),
        ("32 percentage points", ["percent: 32 percentage points"]),
        ("65%-70% or 65–70%", ["percent: 65-70%"] * 2),
        ("more than 30%, >30 %, 18 vs 33%", ["percent: > 30%", "percent: > 30%", "percent: 18%", "percent: 33%"]),
        ("−14% against +3%", ["percent: -14%", "percent: 3%"]),
        ("from 12% to 30%, ranging from 12 to 30%", ["percent: 12-30%", "percent: 12-30%"]),
        ("it increased from 12 to 30%", ["percent: 12%", "percent: 30%"]),
    ],
)
def test_counts_and_percentages(text: str, expected: list[str]) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("p = 0.016; P<.001; p=0·04", ["p_value: p = 0.016", "p_value: p < 0.001", "p_value: p = 0.04"]),
        ("a p-value of .03", ["p_value: p = 0.03"]),
        ("p<10⁻³, p < 10^-3", ["p_value: p < 0.001"] * 2),
        ("P = NS; p ≤ 0.05; P < or = 0.05", ["p_value: p <= 0.05"] * 2),
        ("p = 0.03 and 0.04", ["p_value: p = 0.03", "p_value: p = 0.04"]),
        ("0.01 < p < 0.05", ["p_value: p > 0.01", "p_value: p < 0.05"]),
        (
            "P for trend = 0.02, pinteraction=0.4, p less than 0.05",
            ["p_value: p = 0.02", "p_value: p = 0.4", "p_value: p < 0.05"],
        ),
        ("95% CI -0.95 to 0.27", ["interval: 95% CI -0.95 to 0.27"]),
        ("(95% CI: 0.66–1.06)", ["interval: 95% CI 0.66 to 1.06"]),
        ("95% confidence interval, 1.2; 3.4", ["interval: 95% CI 1.2 to 3.4"]),
        ("OR (95% CI) 0.2 [0.08, 0.25]", ["number: 0.2", "interval: 95% CI 0.08 to 0.25"]),
        ("−1.3 (95% CI −1.7 to −0.8)", ["number: -1.3", "interval: 95% CI -1.7 to -0.8"]),
        (
            "−1.3 (95% CI −1.7–−0.8) and −0.9 (−1.4 to −0.5)",
            ["number: -1.3", "interval: 95% CI -1.7 to -0.8", "number: -0.9", "interval: 95% CI -1.4 to -0.5"],
        ),
        ("28% (90% CI 12% to 34%)", ["percent: 28%", "interval: 90% CI 12 to 34%"]),
        (
            "17 min (IQR 32), median 14 (IQR 12–18)",
            ["duration: 17 minutes", "interval: IQR 32", "number: 14", "interval: IQR 12 to 18"],
        ),
        ("95% CIs were calculated", []),
        ("95% CI 0.3% to 0.8 mg", ["percent: 0.3%", "dose: 0.8 mg"]),
        ("36.5 ± 2.1 kg, 94.9 (SD 4.9)", ["mean: 36.5 ± 2.1 kg", "mean: 94.9 (SD 4.9)"]),
        ("mean 356 (SE 27); 0.20±0.27", ["mean: 356 (SE 27)", "mean: 0.20 ± 0.27"]),
        ("mean (SD) age 45 (12) years", ["mean: 45 (SD 12) years"]),
    ],
)
def test_p_values_intervals_and_means(text: str, expected: list[str]) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12 weeks, 12-week, twelve-week", ["duration: 12 weeks"] * 3),
        ("24 h, 14 d, three months", ["duration: 24 hours", "duration: 14 days", "duration: 3 months"]),
        ("6 to 12 months; 12- and 24-week", ["duration: 6-12 months", "duration: 12 weeks", "duration: 24 weeks"]),
        ("at 3, 6 and 12 months", ["duration: 3 months", "duration: 6 months", "duration: 12 months"]),
        ("seen every 4 weeks over 2 years", ["duration: every 4 weeks", "duration: 2 years"]),
        ("aged 18-35 years; mean age 12.3", ["age: aged 18-35 years", "age: aged 12.3 years"]),
        ("96 adults (15-65 y)", ["count: n = 96", "age: aged 15-65 years"]),
        ("a 50-year-old woman, people ≥18 years of age", ["age: aged 50 years", "age: aged >= 18 years"]),
        ("aged 65+ years; aged 18 years or older", ["age: aged >= 65 years", "age: aged >= 18 years"]),
        ("pups aged 6 weeks", ["age: aged 6 weeks"]),
        ("2:1, 1992, 2010–2014, 2010-14", ["number: 2:1", "number: 1992", "number: 2010-2014", "number: 2010-2014"]),
        (
            "two-thirds; half of them; 2.5-fold; twofold",
            ["number: 0.6666666666666666666666666667", "number: 0.5", "number: 2.5 fold", "number: 2 fold"],
        ),
        ("two and a half years; 1½ tablets", ["duration: 2.5 years", "number: 1.5"]),
        ("1.2 million people; three thousand", ["count: n = 1200000", "number: 3000"]),
        ("120/80 mmHg", ["number: 120 mmHg", "number: 80 mmHg"]),
        ("a 36-item scale, a score of −3.5", ["number: 36", "number: -3.5"]),
        ("F(1,34) = 4.5; 1.2 x 10-6", ["number: 1", "number: 34", "number: 4.5", "number: 0.0000012"]),
    ],
)
def test_times_ages_and_plain_numbers(text: str, expected: list[str]) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "IL-6, TLR4, BPC-157, COVID-19, SF-36, HAM-D-17, CD4+, HbA1c and HER2",
        "5-HT, 5-HT2A, 6-hydroxydopamine, 2,3-dioxygenase, 25(OH)D, 17β-estradiol, H(2)O, Ca(2+)",
        "NCT00568555, PMID: 90000001, doi:10.1000/xyz.123, EudraCT 2019-000702-30, https://example.org/42",
        "at week 12, on days 4, 8 and 15, in Fig 1, Table 2, group 1, type 2 diabetes, grade 3/4 events",
        "the third visit, the 2nd arm, the 1990s, first-line, cm^2, one another, a half-life",
        "as shown before [12] and again [3, 4]",
        "in terms of (1) relief and (2) sleep; mL.min(-1), t(9;22)",
    ],
)
def test_digits_of_names_are_not_quantities(text: str) -> None:
    assert read(text) == []


def test_a_label_does_not_swallow_the_number_after_it() -> None:
    assert read("in group 1, 12 of 20 patients took 4 mg from day 2") == [
        "count: n = 12",
        "count: n = 20",
        "dose: 4 mg",
    ]
    assert read("after 12 weeks 8 patients had left") == ["duration: 12 weeks", "count: n = 8"]


def test_lines_and_clauses_do_not_run_together() -> None:
    assert read("treated for 5\n120 patients") == ["number: 5", "count: n = 120"]
    assert read("two drugs—5 mg and 10 mg") == ["number: 2", "dose: 5 mg", "dose: 10 mg"]


def test_spans_count_in_the_text_as_given() -> None:
    text = "fell\u200b by  −0·34 points (95 %\u00a0CI −0·95 to 0·27;  p≤10⁻³) on 4.5\u2009mg   once daily"
    assert [(q.text, q.text == text[q.start : q.end]) for q in parse(text)] == [
        ("−0·34", True),
        ("95 %\u00a0CI −0·95 to 0·27", True),
        ("p≤10⁻³", True),
        ("4.5\u2009mg   once daily", True),
    ]


@given(
    st.sampled_from([" ", "\u00a0", "\u2009"]), st.sampled_from("-–−‐"), st.sampled_from("µμ"), st.sampled_from(".·")
)
def test_typography_changes_nothing(space: str, dash: str, micro: str, dot: str) -> None:
    plain = "In 15 297 adults, 1-5 μg/kg cut it by -0.34 (95% CI -0.95 to 0.27; p = 0.016) in 6-12 weeks, IL-6 did not"
    text = plain.replace("0.", f"0{dot}").replace(" ", space).replace("-", dash).replace("μ", micro)
    assert read(text) == read(plain)
    assert len(read(plain)) == 6
