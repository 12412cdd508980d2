"""The words by which a sentence is more or less sure, more or less general, or denies: one alternative a line."""

from __future__ import annotations

from pipeline.text import any_of

HEDGE = any_of(
    r"\b(?:may|might|could|perhaps|possibly|possible|potential(?:ly)?|probably|likely|presumably|preliminary|promising)\b",
    r"\b(?:suggest(?:s|ed|ing|ive)?|appear(?:s|ed)?|seem(?:s|ed)?|tend(?:s|ed)?|indicat(?:e|es|ed|ing)|hypothes\w+|trend)\b",
    r"\b(?:unclear|uncertain|not (?:clear|known)|remains? to be|further (?:studies|research|trials))\b",
    r"\b(?:whether|candidate)\b",
)
MODAL = any_of(
    r"\b(?:may|might|could|perhaps|possibly|potential(?:ly)?|probably|presumably|suggest(?:s|ed|ing|ive)?)\b",
    r"\b(?:appear(?:s|ed)? to|seem(?:s|ed)? to|tend(?:s|ed)? to|hypothes\w+)\b",
)
CERTAIN = any_of(
    r"\b(?:prov(?:e|es|ed|en|ing)|proof|definite(?:ly)?|definitive(?:ly)?|certain(?:ly)?|undoubtedly)\b",
    r"\b(?:unequivocal(?:ly)?|conclusive(?:ly)?|guarante\w+|always|invariably|cur(?:e|es|ed|ing)|in all cases|must)\b",
    r"\b(?:establish(?:es|ed)?|confirm(?:s|ed)?|(?:beyond|without) (?:any )?doubt|clearly|miracl\w+|breakthrough)\b",
    r"\b(?:(?:completely|entirely|totally|fully) \w+(?:ed|s)|eliminat(?:e|es|ed|ing)|eradicat\w+|perfect(?:ly)?)\b",
    r"\b(?:(?:completely|perfectly|entirely|totally) safe|remarkabl[ey]|dramatic(?:ally)?|powerful(?:ly)?)\b",
    r"\b(?:revolution|game-?chang)\w+\b",
)
_HARM = r"(?:side[- ]effects?|adverse (?:effects?|events?|reactions?)|risks?|toxicity)"
HARMLESS_CLAIM = any_of(rf"\b(?:free (?:of|from)|no|without|zero) (?:any )?{_HARM}\b")
NO_HARM_SEEN = any_of(
    rf"\b(?:no|not|without|free|nor|none|lack)\b(?! (?:\w+ )*?(?:signif|differ|seri|sever))[^.;]{{0,40}}\b{_HARM}\b"
)
EVERYONE = any_of(
    r"\b(?:general (?:population|public)|everyone|everybody|anyone|anybody|all people|most people|people in general)\b",
    r"\b(?:all|every|any) (?:patients?|people|persons?|wom[ae]n|m[ae]n|adults?|child(?:ren)?|individuals?|users?)\b",
)
CAUSAL = any_of(
    r"\b(?:caus(?:e|es|ed|ing)|due to|because of|(?:led|leads?|leading) to|result(?:s|ed|ing)? in|responsible for)\b",
    r"\b(?:produc(?:e|es|ed|ing)|induc(?:e|es|ed|ing)|trigger(?:s|ed|ing)?)\b",
)
ASSOCIATED = any_of(r"\b(?:associat\w+|correlat\w+|linked|related to|predict\w+|relationships?)\b")
NEGATION = any_of(
    r"\b(?:no|not|neither|nor|never|none|without|lack(?:s|ed|ing)?|absence|cannot|unable|fail(?:s|ed|ing|ure)? to)\b",
    r"n't\b",
)
