"""WRD: a claim uses no words that its evidence cannot carry."""

from __future__ import annotations

from pipeline.checks.rule import Hit, Hits, Review, Rule
from pipeline.identifiers import is_document, source_words
from pipeline.models.findings import Severity
from pipeline.models.studies import CASES, OBSERVED, Design, Direction
from pipeline.text import any_of, normal

OVERCLAIM = any_of(
    r"(?<!not )(?<!never )(?<!been )\b(?:clinically|scientifically|medically)[ -]proven\b",
    r"\b(?:is|are|has been|have been|was|were) (?:now )?(?:conclusively |definitively )?proven\b",
    r"(?<!no )(?<!not a )(?<!not )\bcures?\b(?! rates?\b)(?= [a-z])",
    r"\b(?:completely|perfectly|totally|entirely|absolutely|100 ?%|very|remarkably) (?:safe|harmless|effective)\b",
    r"\b(?:is|are) (?:a )?(?:safe|harmless)(?: and effective)?"
    r"(?= (?:for|in|and|with|to|option|treatment|choice|therapy)\b|[.,;]|$)",
    r"\b(?:no|without(?: any)?|zero|free (?:of|from)) (?:known |serious |significant )?side[- ]effects\b",
    r"\b(?:miracle|miraculous|wonder drug|magic bullet|game[- ]?chang\w+|revolutionary|ground-?breaking)\b",
    r"\b(?:amazing|incredible|unparalleled|unrivalled|unmatched|life-?changing|cutting-edge|state-of-the-art)\b",
    r"\b(?:an?|the|major|real|true|new|medical|scientific) breakthrough\b"
    r"(?! (?:\w+ designation|symptom|pain|bleed|seiz|infect))",
    r"\b(?:guarantees?|guaranteed|never fails|works for everyone|risk-free|all-natural)\b",
)
CAUSE = any_of(
    r"\b(?:caus(?:es|ed)|leads? to|led to|results? in|resulted in|due to treatment|thanks to)\b",
    r"\b(?:reduces|improves|lowers|prevents|relieves|alleviates|eliminates|reverses|increases|heals|treats|boosts)\b",
    r"\b(?:reduced|improved|lowered|prevented|relieved|alleviated|eliminated|reversed|healed|increased|boosted)"
    r" (?!with|after|in|by|from|during|over|at|among|to)",
)
# Words by which a claim owns to a design that cannot show a cause, or to its being about something else.
OWNED = any_of(
    r"\b(?:uncontrolled|open[- ]label|observational|cohort|retrospective|prospective|cases?|series|registry|survey)\b",
    r"\b(?:associat\w+|correlat\w+|cross-sectional|single[- ]arm|chart review|records?|report(?:s|ed)?|without a)\b",
    r"\b(?:baseline|before|pilot|in the same study|users?|database|may|might|could|not?|in vitro|rats?|mice|animals?)\b",
)
GOOD = any_of(
    r"\b(?:effective|efficacious|beneficial|benefits?|promising|favou?rs|favou?red|superior|helps|helped|works)\b",
    r"\b(?:improve[sd]?|reliev(?:es|ed)|alleviat(?:es|ed))\b",
    r"\bsignificant(?:ly)? (?:better|improvement|reduction|reduced)\b",
    r"\b(?:reduce[sd]?|lower(?:s|ed)?) (?:[\w-]+ ){0,3}"
    r"(?:pain|fatigue|symptoms?|severity|depression|anxiety|inflammation)\b",
)
NULL = any_of(
    r"\b(?:no|not|nor|neither|without|failed|fails|did not|didn't|null|secondary|exploratory|subgroup|post hoc)\b",
    r"\b(?:but|however|although|despite|similar|comparable|equal|alike)\b",
)
_WHO = r"(?:patients|people|adults|women|men|children|users|individuals)"
ADVICE = any_of(
    r"(?:^|[.:;] )(?:take|start|begin|use|inject|titrate|increase|try)"
    r" (?:with |at |up to |to |about |around |a dose of )*\d",
    r"\byou (?:should|can|may|must|could|will want to) (?:take|start|begin|use|inject|try|increase|titrate|stop)\b",
    rf"\b{_WHO} should (?:take|start|begin|use|inject|be given)\b",
    r"\bwe (?:recommend|advise|suggest) (?:taking|starting|a dose|\d)",
)
RECOMMENDED = any_of(
    r"\b(?:recommended|suggested|optimal|ideal|best|usual|typical|standard|starting) (?:[a-z-]+ )?"
    r"(?:doses?|dosages?|dosing) (?:is|are|of|for|range)\b",
    r"\bshould be (?:taken|started|injected|titrated|increased|dosed|used) (?:at|with|to|once|twice|daily|nightly|\d)",
)


def overclaim(review: Review) -> Hits:
    """A claim uses words that no study can carry: proven, cures, safe, no side effects, or the words of advertising.

    Why: trust in one such sentence outweighs the ten careful ones around it.
    Fix: say what was found, in whom and how often, and what was not studied.
    """
    for cited in review.claims:
        if found := OVERCLAIM.search(cited.own_words):
            yield Hit(f"'{found.group().strip()}' is more than a study can show", cited.id)


def cause_without_control(review: Review) -> Hits:
    """A claim tells a cause where its sources only observed, or treated everybody and compared with nobody.

    Why: people who get better, who choose a drug or who are seen by a doctor differ in more than the drug.
    Fix: name the design, and say "was associated with" or "after" instead.
    """
    weak = (*OBSERVED, *CASES, Design.SINGLE_ARM)
    for cited in review.claims:
        designs = {study.design.value for key in cited.sources if (study := review.studies.get(key))}
        text = normal(cited.text)
        told = designs and len(designs) == len({*designs} & {*weak}) and all(k in review.studies for k in cited.sources)
        if told and (found := CAUSE.search(text)) and not OWNED.search(text):
            names = ", ".join(sorted(designs))
            yield Hit(f"'{found.group().strip()}' of a {names}", cited.id, cited.sources[0])


def spin(review: Review) -> Hits:
    """A claim is favourable where the main outcome of its only source did not differ, and the profile never says so.

    Why: a null trial under a hopeful conclusion is the commonest way in which true sentences mislead.
    Fix: tell the main outcome first, as the source reports it.
    """
    quoted = {quotation.id for quotation in review.profile.quotations}
    for cited in review.claims:
        study = review.studies.get(cited.sources[0]) if len(cited.sources) == 1 else None
        if study is None or study.direction.value is not Direction.NO_DIFFERENCE:
            continue
        nulls = [*study.results[:1], *study.nulls]
        text = normal(cited.text)
        found = GOOD.search(text)
        if found and nulls and not quoted & set(nulls) and not NULL.search(text):
            sentence = review.sentences.get(nulls[0])
            yield Hit(
                f"the main outcome of {source_words(study.source)} did not differ, and nothing here says so",
                cited.id,
                study.source,
                quote=sentence.text if sentence else None,
            )


def advice(review: Review) -> Hits:
    """A claim advises to take a dose.

    Why: a profile tells what was studied; a dose for a person is the decision of somebody who knows that person.
    Fix: say which dose was studied, in whom and by which study.
    """
    for cited in review.claims:
        if cited.sources and all(is_document(key) for key in cited.sources):
            continue
        found = ADVICE.search(normal(cited.text)) or RECOMMENDED.search(cited.own_words)
        if found:
            yield Hit(f"'{found.group().strip(' .:;')}' is advice on a dose", cited.id)


RULES = (
    Rule("WRD006", Severity.WARNING, overclaim),
    Rule("WRD008", Severity.WARNING, cause_without_control),
    Rule("WRD009", Severity.WARNING, spin),
    Rule("WRD011", Severity.ERROR, advice),
)
