"""What kind of sentence it is: aims and methods, results, hopes, limits, adverse effects; and on which outcome."""

from __future__ import annotations

import re

from pipeline.text import any_of

AIM = any_of(
    r"^(?:\w+:\s*)?(?:the |our |main |primary )*(?:aim|objective|purpose|goal)s?\b",
    r"^(?:\w+:\s*)?we (?:aimed|sought|hypothesi|evaluated|investigated|assessed|compared|examined|studied)",
    r"^(?:\w+:\s*)?to (?:evaluate|assess|compare|determine|investigate|examine|study|test|describe|explore)\b",
    r"^(?:\w+:\s*)?this (?:study|trial)[\w\s,-]*(?:aim|evaluat|investigat|compar|assess|examin)",
    r"^(?:\w+:\s*)?this (?:study|trial)[\w\s,-]*was (?:designed|conducted|undertaken)",
    r"\b(?:was|were) (?:conducted|performed|designed|carried out|undertaken) to\b",
    r"\bwere (?:then )?(?:randomly|randomi[sz]ed|allocated|assigned|enrolled|recruited|included)\b",
    r"\b(?:was|were) (?:measured|assessed|recorded|evaluated)\b|\bwere compared\b",
    r"\boutcomes? (?:measures? )?(?:was|were|included|included)\b",
    r"\bend ?points? (?:was|were|included)\b",
    r"\bhypothesi[sz]ed?\b|\bwas defined as\b",
)
METHODS = any_of(
    AIM.pattern,
    r"\bwe (?:conducted|performed|carried out|randomi[sz]ed|enrolled|tested|treated)\b",
    r"\bwere given\b|\breceived\b",
)
HOPE = any_of(
    r"\b(?:may|might|could|should|suggests?|seems?|appears?|potential|promising|needed|warranted|can help)\b",
    r"\bfurther (?:studies|research)\b|\b(?:conclu|recommend)\w+",
)
# Sentences that limit what the rest may be taken for, or speak of plans, hypotheses and other people's judgement.
LIMIT = any_of(
    r"\b(?:cannot|can not|does not (?:by itself )?(?:show|establish|prove|mean)|do not (?:show|establish))\b",
    r"\bis not (?:in itself )?evidence\b|\bno support\b|\bgives? no (?:evidence|result|outcome|comparison)\b",
    r"\b(?:was not a|not a|not one) trial\b|\bis a review\b|\bsources seen\b",
    r"\b(?:planned|is to be|are to|will be|is to start|protocol|hypothesis|whether|possible)\b",
    r"\b(?:predates|superseded|retracted|authors?|half-li(?:fe|ves))\b",
    r"\b(?:larger|further) (?:controlled )?(?:studies|trials|research)\b|\brandomi[sz]ed trials are\b",
)
RESULTS_LABEL = any_of(r"result|finding|outcome")
CONCLUSION_LABEL = any_of(r"conclu|interpret|discussion|summary")
PRIMARY = any_of(
    r"\b(?:co-?)?(?:primary|main|principal) (?:efficacy )?(?:outcomes?|end ?points?|results?|variables?)\b"
)
PRIMARY_IS = re.compile(
    PRIMARY.pattern + r"[^.;]{0,60}?(?:\b(?:was|were|is|are|included?)\b|,|:)\s+(?P<what>[^.;:]+)", re.IGNORECASE
)
# Behind these the definition of an outcome begins, or its result.
DETAIL = any_of(
    r"\(|\b(?:defined|assessed|evaluated|measured|according|using|based)\b", r"\b(?:was|were|did|differed|than|with)\b"
)
SECONDARY = any_of(r"\b(?:secondary|exploratory|post[- ]hoc|subgroups?)\b")
HARM = any_of(
    r"\b(?:adverse|side[- ]effects?|tolerat\w+|tolerab\w+|safe(?:ty)?|\w*toxic\w*|serious events?)\b",
    r"\b(?:withdr[ae]w\w*|discontinu\w+|drop-?outs?)\b",
)
# Complaints that are harms where they are told of or grew, and an outcome where they became less.
SYMPTOM = any_of(r"\b(?:nausea|vomiting|vivid dreams?|insomnia|headaches?|dizziness|somnolence|diarrh?o?ea)\b")
SAFETY_TITLE = any_of(r"\b(?:safety|adverse|toxicity|hepatotoxicity|tolerability)\b")
EFFICACY_TITLE = any_of(r"efficacy|effective")
GOOD_EVENT = any_of(
    r"\b(?:respon(?:se|ded|ders?)|remission|relief|improvement|improved|recover(?:y|ed)|abstinen(?:t|ce))\b"
)
SHARE = any_of(r"\d+(?:\.\d+)?\s*%", r"\b\d+ (?:of|out of) (?:the )?\d+\b")
MOST_OF = any_of(
    r"\b(?P<some>\d+) of (?:the )?(?P<all>\d+) (?:[\w-]+ )?"
    r"(?:outcomes?|parameters?|measures?|scales?|questionnaires?|items|domains|variables)"
)
REACHED = any_of(r"\b(?:reached|achieved|attained|met) by\b", r"\bachiev\w+\b")
