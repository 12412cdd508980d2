"""What the results sentences of a paper say of a compound, whatever the outcome: better, worse or no difference."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from pipeline.arms import COMPARATOR_WORDS, INACTIVE_WORDS, Arms, Mention, arm_mentions
from pipeline.comparisons import BETWEEN, TOGETHER, Effect, clauses, effects, of_comparator
from pipeline.mentions import Known, keyed, outcome_mentions, outcome_of
from pipeline.models.studies import Evidence
from pipeline.outcome_readings import AIM, HOPE
from pipeline.outcome_words import BAD_IF_UP, BAD_SCALES, GOOD_IF_UP, GOOD_SCALES, REMEDIES
from pipeline.readings import AT_START, FROM_START, TREND, numbers_say, polarity, verdict_for
from pipeline.significance import verdicts
from pipeline.text import Span, normal
from pipeline.words import abbreviations, is_content, stem, tokens

RESULTS = re.compile(r"result|finding|outcome", re.IGNORECASE)
CONCLUSION = re.compile(r"conclu|interpret|discussion|summary", re.IGNORECASE)
PRIMARY = re.compile(
    r"\b(?:co-?)?(?:primary|main|principal) (?:efficacy )?(?:outcomes?|end ?points?|results?|variables?)\b",
    re.IGNORECASE,
)
SECONDARY = re.compile(r"\b(?:secondary|exploratory|post[- ]hoc|subgroups?)\b", re.IGNORECASE)
# Sentences that limit what the rest may be taken for, or speak of plans and of other people's work.
LIMIT = re.compile(
    r"\b(?:cannot|can not|does not (?:by itself )?(?:show|establish|prove|mean)|do not (?:show|establish)|is not (?:in itself )?evidence"
    r"|sources seen|gives? no (?:evidence|result|outcome|comparison)|was not a trial|not (?:a|one) trial|is a review"
    r"|planned|is to be|are to|will be|is to start|protocol|hypothesis|predates|superseded|retracted|no support"
    r"|whether|possible|authors?|larger (?:controlled )?(?:trials|studies)|further (?:studies|trials|research)|randomi[sz]ed trials are)\b",
    re.IGNORECASE,
)
WITHIN = re.compile(
    r"\b(?:within|in) (?:the |each |either |both )?(?:\w+ )?(?:group|groups|arm|arms)\b.*\b(?:over time|from)\b|\bwithin[- ](?:the )?(?:\w+ )?groups?\b|\bover time\b",
    re.IGNORECASE,
)
HARM_TEXT = re.compile(
    r"\b(?:adverse|side[- ]effects?|tolerat\w+|tolerab\w+|safe(?:ty)?|toxic\w*|serious events?|withdr[ae]w\w*|discontinu\w+|drop-?outs?"
    r"|hepatotoxic\w*)\b",
    re.IGNORECASE,
)
METHODS = re.compile(
    AIM.pattern
    + r"|\bwe (?:conducted|performed|carried out|randomi[sz]ed|enrolled|tested|treated)\b|\bwere given\b|\breceived\b",
    re.IGNORECASE,
)
# Complaints that are harms where they are told of or grew, and an outcome where they became less.
SYMPTOM = re.compile(
    r"\b(?:nausea|vomiting|vivid dreams?|insomnia|headaches?|dizziness|somnolence|diarrh?o?ea)\b", re.IGNORECASE
)
ABOUT_SAFETY = re.compile(r"\b(?:safety|adverse|toxicity|hepatotoxicity|tolerability)\b", re.IGNORECASE)
GOOD_EVENT = re.compile(
    r"\b(?:respon(?:se|ded|ders?)|remission|relief|improvement|improved|recover(?:y|ed)|abstinen(?:t|ce))\b",
    re.IGNORECASE,
)
SHARE = re.compile(r"\d+(?:\.\d+)?\s*%|\b\d+ (?:of|out of) (?:the )?\d+\b")
MOST_OF = re.compile(
    r"\b(?P<some>\d+) of (?:the )?(?P<all>\d+) (?:[\w-]+ )?(?:outcomes?|parameters?|measures?|scales?|questionnaires?|items|domains|variables)",
    re.IGNORECASE,
)
ASIDE = re.compile(r",\s*(?:the|an?|which|who)\b[^,]*,")
AGENT_EFFECT = re.compile(
    r"\b(?:had|has|showed|shows|exerted|produced) (?:no|little)\b[^.;]{0,30}\b(?:effect|efficacy|benefit|influence)s?\b(?! on| of)",
    re.IGNORECASE,
)
PHRASE_END = re.compile(
    r"[;()]|,(?!\s*(?:and\b|\w+(?:\s\w+){0,3},|\w+(?:\s\w+){0,3} and\b))|\b(?:than|compared|versus|vs|with|after|by|during|from|between|against|was|were|when)\b"
)


WORSENING = re.compile(r"\b(?:progress|declin|deteriorat|relaps|recurr|growth|loss|decay)\w*", re.IGNORECASE)
ACTING = re.compile(r"\b(?:with|on|under|by|after|in) (?:\w+ ){0,4}$", re.IGNORECASE)
CHANGED_BY = re.compile(r"\bchange[ds]?\b(?:\s+\w+){0,6}?\s+(?:by|of)\s+(?P<sign>[-+])\d", re.IGNORECASE)
SAME_THING = re.compile(r"\b(?:both|all|between|among|across|groups|arms)\b", re.IGNORECASE)
# Words of judgement: they tell a result only where arms or a test stand beside them.
PRAISE = frozenset({"effective", "beneficial", "benefit", "benefits", "advantage"})
POLAR = BAD_IF_UP | BAD_SCALES | GOOD_IF_UP | GOOD_SCALES
COMPARATORS = Arms(frozenset(), COMPARATOR_WORDS | INACTIVE_WORDS)
PRIMARY_IS = re.compile(
    PRIMARY.pattern + r"[^.;]{0,60}?(?:\b(?:was|were|is|are|included?)\b|,|:)\s+(?P<what>[^.;:]+)", re.IGNORECASE
)


# Behind these the definition of an outcome begins.
DETAIL = re.compile(r"\(|\b(?:defined|assessed|evaluated|measured|according|using|based)\b", re.IGNORECASE)


class Told(NamedTuple):
    """What one sentence says of the compound: +1 better, 0 no difference, -1 worse; `weight` 2 for the main outcome, 0 for a
    secondary one, else 1; `in_title` where the title names the outcome.
    """

    evidence: str
    good: int
    weight: int
    in_title: bool
    reason: str


class Testimony(NamedTuple):
    """The results a paper states, in order, and the ids of its sentences on adverse effects."""

    results: tuple[Told, ...]
    harms: tuple[str, ...]


class _Paper(NamedTuple):
    names: re.Pattern[str]
    known: Known
    controlled: bool
    about_safety: bool
    title: frozenset[str]
    primary: tuple[str, ...]


class _Clause(NamedTuple):
    text: str
    mentions: tuple[Mention, ...]

    @property
    def sides(self) -> set[str]:
        return {m.side for m in self.mentions} - {"other"}


def _names_pattern(names: Sequence[str], texts: tuple[str, ...]) -> re.Pattern[str]:
    """Any of `names`, hyphens and spaces alike, or an abbreviation that the paper defines for one."""
    spelled = [r"[\s-]*".join(re.escape(t.text) for t in tokens(normal(name))) for name in names]
    wanted = [frozenset(stem(t.text) for t in tokens(normal(name)) if is_content(t)) for name in names]
    short = [key for key, long in abbreviations(texts).items() if any(name and name <= long for name in wanted)]
    return re.compile(rf"(?<!\w)(?:{'|'.join([*spelled, *map(re.escape, short)])})(?!\w)", re.IGNORECASE)


def _clause(text: str, paper: _Paper) -> _Clause:
    own = [Mention(m.start(), m.end(), "intervention", True) for m in paper.names.finditer(text)]
    taken = {place for m in own for place in range(m.start, m.end)}
    others = [
        m for m in arm_mentions(text, COMPARATORS, paper.known) if m.start not in taken and m.side == "comparator"
    ]
    return _Clause(text, tuple(sorted([*own, *others])))


def _begin(evidence: Sequence[Evidence], texts: Sequence[str]) -> int:
    """The number of the first sentence that may tell a result.

    Where no part is labelled, that is the first one on aims or methods, if it stands in the first half.
    """
    if any(sentence.section for sentence in evidence):
        return 1
    told = (s.number for s, text in zip(evidence, texts, strict=True) if s.number and METHODS.search(text))
    first = next(told, 1)
    return first if first <= len(evidence) / 2 else 1


def _is_result(sentence: Evidence, text: str) -> bool:
    if sentence.number == 0 or LIMIT.search(text):
        return False
    tested = bool(verdicts(text))
    if HOPE.search(text) and not tested:
        return False
    if sentence.section and not RESULTS.search(sentence.section):
        return CONCLUSION.search(sentence.section) is not None
    return tested or PRIMARY.search(text) is not None or SHARE.search(text) is not None or not AIM.search(text)


def _phrase(text: str, effect: Effect, previous: int) -> str:
    """The words an effect governs: what it happened to."""
    before = text[previous : effect.start]
    if effect.reach == "left":
        return before
    rest = text[effect.end :]
    lead = re.match(r"\s*(?:in|of|for)\b", rest)
    start = lead.end() if lead else 0
    stop = PHRASE_END.search(rest, start)
    right = rest[start : stop.start() if stop else len(rest)]
    return right if effect.reach == "right" or right.strip() else before


def _good(text: str, effect: Effect, phrase: str) -> int | None:
    """Whether the effect is good (+1), bad (-1) or none (0); None where the vocabulary cannot tell."""
    if effect.negated:
        return None if effect.sense == "same" and effect.comparative else 0
    if effect.sense == "same":
        return 0
    if effect.sense in ("better", "worse"):
        return 1 if effect.sense == "better" else -1
    kind = polarity(phrase)
    if text[effect.start : effect.end].lower() in REMEDIES and kind <= 0:
        return 1
    if effect.sense in ("faster", "slower"):
        quick = 1 if effect.sense == "faster" else -1
        return -quick if WORSENING.search(phrase) else quick
    if effect.sense in ("up", "down"):
        return kind * (1 if effect.sense == "up" else -1) or None
    return None


def _tells_harm(text: str) -> bool:
    """Whether a clause is about adverse effects; one on a complaint that became less is about an outcome."""
    if HARM_TEXT.search(text):
        return True
    return SYMPTOM.search(text) is not None and not any(e.sense in ("down", "better", "same") for e in effects(text))


class _Sign(NamedTuple):
    good: int
    about: str
    reason: str
    summary: bool = False


def _acts(clause: _Clause, effect: Effect) -> bool:
    """Whether the compound is what did it: named before the effect, or after "with", "on", "by" and the like."""
    own = [m for m in clause.mentions if m.side == "intervention"]
    return any(m.start < effect.start or ACTING.search(clause.text, effect.end, m.start) for m in own)


def _by_effect(clause: _Clause, effect: Effect, phrase: str) -> _Sign | None:
    text = clause.text
    good = _good(text, effect, phrase)
    if good is None:
        return None
    word = f"'{text[effect.start : effect.end]}'"
    verdict = verdict_for(verdicts(text), (Span(effect.start, effect.end),))
    if good == 0:
        if clause.sides == {"comparator"}:
            return None
        anchored = clause.mentions or BETWEEN.search(text) or verdict or polarity(phrase)
        return _Sign(0, phrase, word + (", negated" if effect.negated else "")) if anchored else None
    if verdict and not verdict.significant:
        return _Sign(0, phrase, verdict.reason)
    if verdict is None and (trend := TREND.search(text)):
        return _Sign(0, phrase, f"'{trend.group()}' and no significant test")
    other = of_comparator(text, effect, clause.mentions)
    if other is None:
        return None
    good = -good if other else good
    if good < 0 and not _acts(clause, effect):
        return None
    if text[effect.start : effect.end].lower() in PRAISE and not verdict and len(clause.sides) < 2:
        return None
    return _Sign(good, phrase, word + (" of the comparator" if other else ""))


def _by_numbers(clause: _Clause, paper: _Paper) -> _Sign | None:
    """The better arm by two numbers, or the share of patients who got well where there is no control."""
    text = clause.text
    first = re.search(r"\d", text)
    if not first:
        return None
    verdict = verdict_for(verdicts(text), (Span(0, first.start()),))
    numbers = numbers_say(text, clause.mentions, ()) if len(clause.sides) == 2 else None
    lead = re.split(r"[:(]", text[: first.start()])[0]
    if numbers and paper.controlled and (verdict or "%" in text):
        if verdict and not verdict.significant:
            return _Sign(0, lead, verdict.reason)
        kind = 1 if REACHED.search(text) else polarity(lead)
        return _Sign(kind * numbers[0], lead, f"{numbers[1]} between the arms") if kind else None
    if verdict and not verdict.significant and BETWEEN.search(text):
        return _Sign(0, lead, verdict.reason)
    if not paper.controlled and SHARE.search(text) and (event := GOOD_EVENT.search(text)):
        return _Sign(1, lead, f"a share of the patients with '{event.group()}'")
    return None


def _signs(text: str, paper: _Paper) -> Iterator[_Sign]:
    """What the clauses of a results sentence say of the compound."""
    if (most := MOST_OF.search(text)) and "improv" in text and 2 * int(most["some"]) > int(most["all"]):
        yield _Sign(1, text, f"{most.group()} improved", summary=True)
        return
    last: _Sign | None = None
    harmful, about = False, ""
    for start, end in clauses(text):
        clause = _clause(text[start:end], paper)
        inside = clause.text
        harmful = harmful or _tells_harm(inside)
        if AT_START.search(inside) or (harmful and not paper.about_safety):
            continue
        both = len(clause.sides) == 2
        within = (
            FROM_START.search(inside)
            or WITHIN.search(inside)
            or (TOGETHER.search(inside) and not BETWEEN.search(inside))
        )
        ignored = paper.controlled and bool(within) and (not both or WITHIN.search(inside) is not None)
        if inside.startswith("not ") and last and last.good:
            yield _Sign(0, inside, "'but not'")
            continue
        agent = AGENT_EFFECT.search(ASIDE.sub(" ", inside))
        if agent and not paper.names.search(ASIDE.sub(" ", inside)[: agent.start()]):
            continue
        previous, told = 0, False
        for effect in _told_effects(inside):
            phrase = _phrase(inside, effect, previous)
            about = phrase if any(is_content(t) for t in tokens(phrase)) else about
            sign = _by_effect(clause, effect, about)
            previous = effect.end
            if sign and not (ignored and sign.good):
                last, told = sign, True
                yield sign
        if not told and not ignored and (sign := _by_numbers(clause, paper)):
            last = sign
            yield sign
        about = about if told else inside


def _told_effects(text: str) -> list[Effect]:
    """The effect words of a clause that have a direction, or say that there was none."""
    found = []
    by = CHANGED_BY.search(text)
    for effect in effects(text):
        if by and by.start() == effect.start:
            effect = effect._replace(sense="up" if by["sign"] == "+" else "down", reach="left", negated=False)
        thing = text[effect.start : effect.end].lower() == "same" and effect.reach == "right"
        if (effect.sense != "differ" or effect.negated) and not (thing and not SAME_THING.search(text)):
            found.append(effect)
    return found


REACHED = re.compile(r"\b(?:reached|achieved|attained|met) by\b|\bachiev\w+\b", re.IGNORECASE)


def _weight(sign: _Sign, text: str, paper: _Paper) -> int:
    if SECONDARY.search(text):
        return 0
    if sign.summary or PRIMARY.search(text):
        return 2
    for item in paper.primary:
        outcome = outcome_of(item, paper.known)
        found = outcome_mentions(text, outcome, paper.known)
        if outcome.coverage(frozenset(key for f in found for key in f.keys)) >= 0.6:
            return 2
    return 1


def testimony(evidence: Sequence[Evidence], names: Sequence[str], *, controlled: bool) -> Testimony:
    """The results that a paper states of the compound called by any of `names`, and its sentences on adverse effects."""
    texts = tuple(normal(sentence.text) for sentence in evidence)
    known = abbreviations(texts)
    title = texts[0] if evidence and evidence[0].number == 0 else ""
    primary = [m["what"] for text in texts if (m := PRIMARY_IS.search(text)) and not SECONDARY.search(m.group())]
    paper = _Paper(
        _names_pattern(names, texts),
        known,
        controlled,
        ABOUT_SAFETY.search(title) is not None and not re.search(r"efficacy|effective", title, re.IGNORECASE),
        frozenset(key for item in keyed(title, known) for key in item.keys & POLAR),
        tuple(item for what in primary for item in re.split(r",|\band\b", DETAIL.split(what)[0]) if item.strip()),
    )
    results: list[Told] = []
    harms: list[str] = []
    begin = _begin(evidence, texts)
    for sentence, text in zip(evidence, texts, strict=True):
        if sentence.number and _tells_harm(text) and not LIMIT.search(text):
            harms.append(sentence.id)
        if sentence.number < begin or not _is_result(sentence, text):
            continue
        seen: set[int] = set()
        for sign in _signs(text, paper):
            if sign.good not in seen:
                seen.add(sign.good)
                about_title = any(key in paper.title for item in keyed(sign.about, known) for key in item.keys)
                results.append(Told(sentence.id, sign.good, _weight(sign, text, paper), about_title, sign.reason))
    if paper.about_safety and not controlled:
        results = []
    return Testimony(tuple(results), tuple(harms))
