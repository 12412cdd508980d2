"""Study facts in words: the frames into which results are set. Nothing here states what a fact does not carry."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence

from pipeline.models.studies import OBSERVED, SYNTHESES, Design, Direction, Fact, Quantity, Study
from pipeline.quantities import show

TRIALS = (Design.RANDOMISED, Design.CONTROLLED)
# What an observational study may be said to report: a state of affairs, not an effect.
ASSOCIATED = {
    Direction.BENEFIT: "reported better outcomes",
    Direction.NO_DIFFERENCE: "reported no difference",
    Direction.HARM: "reported worse outcomes",
}
MOST_DOSES = 4
ADVERBS = {
    "intra-articular": "into the joint",
    "intragastric": "intragastrically",
    "local": "locally",
    "rectal": "rectally",
    "topical": "topically",
}
ADJECTIVES = {
    "by mouth": "oral",
    "in drinking water": "oral",
    "injected at the bladder": "injected",
}
# Words that may lose their capital when a sentence goes on after a colon; any other may be a name.
OPENERS = frozenset(
    """
    the a an in on at there no both neither after before between during of mean median this these it compared
    with daily about all most more less fewer only when under over by from for among total serious symptoms
    patients
    """.split()
)


def article_for(words: str) -> str:
    """`words` with "a" or "an" before them."""
    return ("an " if re.match(r"[aeio]|un(?!i)|8|11\b|18\b", words) else "a ") + words


def capital(text: str) -> str:
    """`text` with its first letter large and the rest as it is."""
    return text[:1].upper() + text[1:]


def listed(items: Iterable[str], last: str = "and") -> str:
    """Items as a list in words: "a", "a and b", "a, b and c"."""
    found = list(items)
    return f"{', '.join(found[:-1])} {last} {found[-1]}" if len(found) > 1 else "".join(found)


def animals(study: Study) -> str:
    """The animals of an experiment in the plural, or "animals" where the paper does not say which."""
    return study.animals.value if study.animals else "animals"


def design_words(study: Study) -> str:
    """The design as a careful reader would say it, without an article: "randomised, double-blind crossover trial"."""
    design = study.design.value
    blinding = study.blinding.value if study.blinding else None
    placebo = "placebo-controlled" if study.control and study.control.value == "placebo" else None
    crossover = "crossover " if study.crossover else ""
    pilot = "pilot " if study.pilot else ""
    if design is Design.RANDOMISED:
        # An open-label part of a placebo-controlled trial is its extension, not its design.
        qualities = ["randomised", None if placebo and blinding == "open-label" else blinding, placebo]
        return f"{', '.join(q for q in qualities if q)} {crossover}{pilot}trial"
    if design is Design.CONTROLLED:
        qualities = [blinding, placebo or "controlled"]
        return f"{', '.join(q for q in qualities if q)} {crossover}{pilot}trial without stated randomisation"
    if design is Design.SINGLE_ARM:
        return f"{', '.join(q for q in ['uncontrolled', blinding] if q)} {pilot}study"
    if design is Design.COHORT:
        return study.kind.value if study.kind else "cohort study"
    if design is Design.ANIMAL:
        return f"{'controlled ' if study.control else ''}experiment in {animals(study)}"
    if design is Design.UNCLEAR:
        return "study (design not stated)"
    return design.value


def sample_words(study: Study) -> str:
    """Whom the study is of: " in 31 women with asthma", " of 4 studies (n = 222)", or " (n not stated)"."""
    number = f"{study.n.value:,}" if study.n else None
    if study.design.value in SYNTHESES:
        pooled = f" of {study.trials.value} studies" if study.trials else ""
        return pooled + (f" (n = {number})" if number else "")
    if study.design.value is Design.REVIEW or (study.species and study.species.value == "in vitro"):
        return ""
    if study.species and study.species.value == "animal":
        return f" (n = {number})" if number else ""
    if number and study.population:
        return f" in {number} {study.population.value}"
    return f" (n = {number})" if number else " (n not stated)"


def dose_words(doses: Sequence[Fact[Quantity]]) -> str:
    """The doses, the first few of them, as a list in words; one given with a rate stands for the same without.

    Where only some doses carry a rate it is left out of the list, so that it is not read as the rate of some only.
    """
    rated = {(f.value.value, f.value.high, f.value.unit) for f in doses if f.value.per}
    kept = [f.value for f in doses if f.value.per or (f.value.value, f.value.high, f.value.unit) not in rated]
    kept = kept[:MOST_DOSES]
    most = [show(dose).replace("<=", "up to") for dose in kept if dose.operator == "<="]
    given = [dose for dose in kept if dose.operator != "<="]
    if len({dose.per for dose in given}) > 1:
        given = [dose.model_copy(update={"per": None}) for dose in given]
    return ", ".join(part for part in (listed(map(show, given), "or"), *most) if part)


def frequency_words(study: Study) -> str | None:
    """How often the compound was given, where the doses do not say it already; None where there is no dose.

    Where only some doses carry a rate, it is said only when it is the last dose's, after which it stands.
    """
    frequency = study.frequency.value if study.frequency and study.doses else None
    rates = {fact.value.per for fact in study.doses if fact.value.operator != "<="}
    if frequency is None or frequency in rates:
        return None
    if None in rates and len(rates) > 1:
        return frequency if study.doses[-1].value.per else None
    return None if rates != {None} and frequency != "nightly" else frequency


def route_words(route: str) -> str:
    """A route as it stands after a dose: "intraperitoneally", "by mouth or topically"."""
    parts = route.split(" or ")
    return " or ".join(ADVERBS.get(p) or (p + "ly" if re.fullmatch(r"(?:intra|sub)\w+", p) else p) for p in parts)


def regimen_words(study: Study, name: str) -> str:
    """Drug, dose, route, frequency and duration as far as they are known: "aspirin 75 mg/day by mouth"."""
    frequency = frequency_words(study)
    single = frequency == "single dose"
    words: list[str | None]
    route = study.route.value if study.route else None
    if not study.doses:
        words = [f"{ADJECTIVES.get(route, route)} {name}" if route and " or " not in route else name]
    else:
        words = [f"a single dose of {name}" if single else name, dose_words(study.doses)]
        words += [route_words(route) if route else None, None if single else frequency]
    words.append(f"given with {study.combined.value}" if study.combined else None)
    words.append(f"for {show(study.duration.value)}" if study.duration else None)
    return " ".join(word for word in words if word)


def verdict_words(study: Study, name: str) -> str:
    """What the study's direction amounts to, given its design: never more than it can carry."""
    direction = study.direction.value
    compared = study.design.value in TRIALS
    control = study.control.value if study.control else None
    other = f"and {control}" if control in ("placebo", "sham", "vehicle", "saline") else "and its comparator"
    if study.aim in ("mechanism", "pharmacokinetics") and study.design.value not in TRIALS:
        return "reported"
    if direction is Direction.NO_DIFFERENCE and compared:
        return f"found no difference between {name} {other}"
    if direction is Direction.BENEFIT and compared:
        return f"favoured {name}"
    if direction is Direction.HARM and compared:
        return f"was unfavourable to {name}"
    if direction is Direction.MIXED:
        return "gave mixed results"
    if direction is Direction.UNCLEAR:
        return "reported"
    words = {
        Direction.BENEFIT: "reported improvement",
        Direction.NO_DIFFERENCE: "reported no change",
        Direction.HARM: "reported worsening",
    }
    lacking = study.uncontrolled.value if study.uncontrolled else None
    if study.design.value is Design.SINGLE_ARM:
        lacking = "control group"
    if study.design.value in OBSERVED and lacking != "control group":
        words = ASSOCIATED
    return words[direction] + (f", without a {lacking}" if lacking else "")


def run_on(sentence: str, name: str, common: Collection[str] = ()) -> str:
    """A sentence as it goes on after a colon: its first letter small where that cannot be a proper name.

    `name` is the compound's, which keeps the case in which its author writes it; `common` are words that the sources
    write small.
    """
    first, _, rest = sentence.partition(" ")
    word = first.lower().rstrip(",;:")
    ordinary = (word in OPENERS or word in common) and first[1:] == first[1:].lower()
    return f"{first.lower()} {rest}" if ordinary or first.lower() == name else sentence
