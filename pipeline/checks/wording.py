"""WRD: a claim uses no words that its evidence cannot carry."""

from __future__ import annotations

from pipeline.checks.hits import Hit, Hits
from pipeline.checks.rule import Review, Rule
from pipeline.identifiers import is_document, source_words
from pipeline.models.findings import Severity
from pipeline.models.studies import CASES, OBSERVED, Design, Direction
from pipeline.quantities import missing, parse
from pipeline.text import any_of, normal

UNCONTROLLED = frozenset({*OBSERVED, *CASES, Design.SINGLE_ARM})  # designs that cannot show a cause
OVERCLAIM = any_of(
    r"(?<!not )(?<!never )(?<!been )\b(?:clinically|scientifically|medically)[ -]proven\b",
    r"\b(?:is|are|has been|have been|was|were) (?:now )?(?:conclusively |definitively )?proven\b",
    r"\b(?:cures|(?:can|will|to) cure|(?:is|as|offers) (?:a|the) cure)\b(?! rates?\b)",
    r"\b(?:completely|perfectly|totally|entirely|absolutely|100 ?%|very|remarkably) (?:safe|harmless|effective)\b",
    r"\b(?:is|are) (?:a )?(?:safe|harmless)(?: and effective)?"
    r"(?= (?:for|in|and|with|to|option|treatment|choice|therapy)\b|[.,;]|$)",
    r"\b(?:no|without(?: any)?|zero|free (?:of|from)) (?:known |serious |significant )?side[- ]effects\b"
    r"(?! (?:[\w-]+ ){0,5}(?:reported|observed|seen|noted|found|recorded|noticed|detected))",
    r"\b(?:miracle|miraculous|wonder drug|magic bullet|game[- ]?chang\w+|revolutionary|ground-?breaking)\b",
    r"\b(?:amazing|incredible|unparalleled|unrivalled|unmatched|life-?changing)\b",
    r"\b(?:an?|the|major|real|true|new|medical|scientific) breakthrough\b"
    r"(?! (?:\w+ designation|symptom|pain|bleed|seiz|infect))",
    r"\b(?:guaranteed (?:to|results?)|never fails|works for everyone|risk-free|all-natural)\b",
)
CAUSE = any_of(
    r"\b(?:caus(?:es|ed)|leads? to|led to|results? in|resulted in|due to treatment|thanks to)\b",
    r"\b(?:reduces|improves|lowers|prevents|relieves|alleviates|eliminates|reverses|increases|heals|treats|boosts)\b",
    r"\b(?:reduced|improved|lowered|prevented|relieved|alleviated|eliminated|reversed|healed|increased|boosted)"
    r" (?!with|after|in|by|from|during|over|at|among|to)",
)
# Words by which a claim owns to a design that cannot show a cause, or to its being about something else.
OWNED = any_of(
    r"\b(?:uncontrolled|open[- ]label|observational|cohort|retrospective|prospective|cases?|registry|survey)\b",
    r"\b(?:associat\w+|correlat\w+|cross-sectional|single[- ]arm|chart review|records?|report(?:s|ed)?|without a)\b",
    r"\b(?:baseline|before|pilot|in the same study|users?|database|may|might|could|not?|in vitro|animals?)\b",
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
EVERYBODY = any_of(
    r"\b(?:everyone|everybody|anyone|anybody|people of all ages|the general population|regardless of (?:age|sex))\b",
    r"\b(?:all|every|any) (?:patients?|people|person|adults?|women|men|children) (?:with [\w -]{3,40} )?"
    r"(?:can|will|should|may|benefits?|responds?|improves?)\b",
)
# A comparison with a control, and a change over time in one group.
AGAINST = any_of(
    r"\b(?:than|compared (?:with|to)|versus|vs\.?|relative to|over|against) (?:[\w-]+ ){0,3}"
    r"(?:placebo|controls?|sham|vehicle|saline|usual care|comparator)\b",
    r"\bbetween (?:the )?(?:[\w-]+ )?(?:groups|arms)\b|\bbetween-group\b|\bplacebo-subtracted\b",
)
OVER_TIME = any_of(
    r"\b(?:from|compared (?:with|to)|versus|vs\.?|relative to|over|than at) (?:the )?baseline\b",
    r"\bwithin[- ](?:the )?(?:[\w-]+ )?group\b",
    r"\b(?:before and after|pre-? ?(?:to|and|versus|vs\.?) ?-?post|over time)\b",
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
    r"(?:doses?|dosages?|dosing)(?: range)?(?: (?:of|for) [^.;,]{1,40}?)? (?:is|are|ranges from)\b",
    r"\bshould be (?:taken|started|injected|titrated|increased|dosed) (?:at|with|to|once|twice|daily|nightly|\d)",
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
    for cited in review.claims:
        designs = {study.design.value for key in cited.sources if (study := review.studies.get(key))}
        text = normal(cited.text)
        told = designs and designs <= UNCONTROLLED and all(key in review.studies for key in cited.sources)
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


def generalised(review: Review) -> Hits:
    """A claim speaks of everybody where its source does not.

    Why: a result holds for the people who were studied; written summaries drop them more often than not.
    Fix: say who was studied, how many and for how long.
    """
    for cited in review.claims:
        found = EVERYBODY.search(cited.own_words)
        sources = [review.sources[key].text for key in cited.sources if key in review.sources]
        if found and sources and not any(EVERYBODY.search(normal(text)) for text in sources):
            yield Hit(f"'{found.group()}' is more people than the source speaks of", cited.id, cited.sources[0])


def within_group(review: Review) -> Hits:
    """A change within one group is told as a difference between groups.

    Why: most people get better by themselves; only the comparison shows what the treatment did.
    Fix: tell the difference between the groups; where there was none, say so.
    """
    for cited in review.claims:
        if not AGAINST.search(normal(cited.text)) or OVER_TIME.search(normal(cited.text)):
            continue
        sources = cited.sources
        for quantity in (q for q in parse(cited.text) if q.kind == "p_value"):
            held = [s for s in review.sentences.values() if s.source in sources and s.number]
            told = [s for s in held if not missing(quantity.text, [s.text])]
            texts = [normal(sentence.text) for sentence in told]
            if told and all(OVER_TIME.search(text) and not AGAINST.search(text) for text in texts):
                yield Hit(
                    f"'{quantity.text}' is of a change within a group, not of the difference between groups",
                    cited.id,
                    told[0].source,
                    quote=told[0].text,
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
    Rule("WRD007", Severity.WARNING, generalised),
    Rule("WRD008", Severity.WARNING, cause_without_control),
    Rule("WRD009", Severity.WARNING, spin),
    Rule("WRD010", Severity.ERROR, within_group),
    Rule("WRD011", Severity.ERROR, advice),
)
