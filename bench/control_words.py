"""True claims said otherwise: other words for the same thing, spellings, abbreviations."""

from __future__ import annotations

import re

from bench.control_numbers import each
from bench.papers import Control, Paper

_BE = r"(?P<be>was|were|is|are|been)(?P<very> significantly| markedly| substantially)?"
_PEOPLE = "patients|participants|subjects|women|men|children|rats|mice|volunteers|groups"

_NOT_PASSIVE = r"(?<=[a-z] )" + "".join(
    f"(?<!{w} )" for w in "was were is are been be significantly markedly had not and".split()
)

# Each pair holds both ways wherever the pattern lets it.
_SYNONYMS: tuple[tuple[str, str, str], ...] = (
    ("subjects", r"(?<!between-)(?<!within-)\bparticipants\b", "subjects"),
    ("reduced", rf"\b{_BE} decreased\b", r"\g<be>\g<very> reduced"),
    ("decreased", rf"\b{_BE} reduced\b", r"\g<be>\g<very> decreased"),
    ("rose", rf"{_NOT_PASSIVE}increased (?=(?:significantly|from \d|by \d|to \d))", "rose "),
    ("fell", rf"{_NOT_PASSIVE}decreased (?=(?:significantly|from \d|by \d|to \d))", "fell "),
    (
        "larger",
        r"\bgreater (?=(?:\w+ )?(?:reductions?|increases?|improvements?|decreases?|changes?|effects?)\b)",
        "larger ",
    ),
    (
        "greater",
        r"\blarger (?=(?:\w+ )?(?:reductions?|increases?|improvements?|decreases?|changes?|effects?)\b)",
        "greater ",
    ),
    ("paediatric patients", r"\bchildren (?=with\b)", "paediatric patients "),
    (
        "female patients",
        r"(?<!pregnant )(?<!post)\bwomen (?=with [a-z]+ ?(?:pain|syndrome|arthritis|myalgia|cancer|disease|"
        r"incontinence)\b)",
        "female patients ",
    ),
    (
        "were given",
        r"(?i)(?:(?<=patients )|(?<=subjects )|(?<=participants )|(?<=women )|(?<=rats ))received (?=\d|oral|"
        r"placebo|either|a |an )",
        "were given ",
    ),
    ("randomly allocated", r"\brandomly assigned\b", "randomly allocated"),
    ("randomly assigned", r"\brandomly allocated\b", "randomly assigned"),
    ("demonstrated", r"(?<!have )\bshowed (?=that|a|an|no)\b", "demonstrated "),
    ("showed", r"(?<!has )(?<!have )(?<!been )\bdemonstrated (?=that|a|an|no)\b", "showed "),
    (
        "study for trial",
        r"\b(?P<this>[Tt]his|[Tt]he) (?P<kind>(?:randomi[sz]ed |controlled |"
        r"double-blind )*)trial\b(?! (?:was )?regist)",
        r"\g<this> \g<kind>study",
    ),
    ("compared to", r"\bcompared with\b", "compared to"),
    ("versus", r"\bvs\b\.?", "versus"),
    ("vs.", r"\bversus\b", "vs."),
    (
        "in comparison with",
        r"(?<=[a-z,] )(?<!when )(?<!as )(?<!were )(?<!was )(?<!not )compared (?:with|to) (?=(?:placebo|the control|"
        r"controls?|those|that)\b)",
        "in comparison with ",
    ),
    ("side effects", r"\badverse effects\b", "side effects"),
    ("heart attack", r"\bmyocardial infarction\b", "heart attack"),
    (
        "high blood pressure",
        r"(?<!pulmonary )(?<!portal )(?<!ocular )(?<!intracranial )\bhypertension\b",
        "high blood pressure",
    ),
    ("itching", r"\bpruritus\b", "itching"),
    ("kidney", r"\brenal (?=(?:function|failure|disease|transplant\w*)\b)", "kidney "),
    (
        "after",
        r"\bfollowing (?=(?:the )?(?:treatment|surgery|intervention|administration|injection|operation|procedure)\b)",
        "after ",
    ),
    ("following", r"\bafter (?=(?:treatment|surgery|administration|injection)\b)", "following "),
    ("did not differ", r"\b(?:was|were) not significantly different\b", "did not differ significantly"),
    (
        "not significantly different",
        r"\bdid not differ significantly (?=between|among|from)",
        "were not significantly different ",
    ),
    (
        "statistically significant",
        r"(?<!statistically )(?<!clinically )(?<!not )\bsignificant (?=differences?\b)",
        "statistically significant ",
    ),
    ("significant", r"\bstatistically significant\b", "significant"),
    (
        "significantly moved",
        r"\b(?P<be>was|were) significantly (?P<what>increased|reduced|decreased|improved)\b",
        r"\g<be> \g<what> significantly",
    ),
    ("while", r", whereas\b", ", while"),
    ("carried out", r"\b(?P<be>was|were) conducted\b", r"\g<be> carried out"),
    ("found", r"\b(?P<be>was|were) observed\b(?! for\b| every\b)", r"\g<be> found"),
    ("American spelling", r"(?i)(?<=random)is(?=(?:ed|ation)\b)", "iz"),
    ("British spelling", r"(?i)(?<=random)iz(?=(?:ed|ation)\b)", "is"),
    ("blinded", r"\bdouble-blind\b(?!ed)", "double-blinded"),
    ("double-masked", r"\bdouble-blind(?:ed)?\b", "double-masked"),
    ("BMI written out", r"(?<!\()\bBMI\b(?!-)(?! ?\()", "body mass index"),
)

_DEFINED = re.compile(r"\((?P<short>[A-Z][A-Za-z0-9-]{1,9})\)")
_SMALL = {"of", "the", "and", "for", "in", "to", "with", "a", "on"}


def abbreviations(paper: Paper) -> dict[str, str]:
    """The abbreviations that a paper defines, each with its words: those whose initials are its letters."""
    found: dict[str, str] = {}
    said = f"{paper.title}. {paper.text}"
    for match in _DEFINED.finditer(said):
        short = match["short"]
        letters = [c.lower() for c in short if c.isalnum()]
        words = re.findall(r"[\w’'-]+", said[max(0, match.start() - 120) : match.start()].rsplit(".", 1)[-1])
        for length in range(2, min(len(words), 2 * len(letters)) + 1):
            tail = words[-length:]
            initials = [part[0].lower() for word in tail for part in [word] if word.lower() not in _SMALL]
            if initials == letters and tail[0].lower() not in _SMALL:
                phrase = re.search(r"\W+".join(map(re.escape, tail)) + r"\s*$", said[: match.start()])
                if phrase and not re.search(r"[(),;:]", phrase[0]):
                    found[short] = phrase[0].strip()
                break
    return {short: long for short, long in found.items() if not short.isdigit() and len(short) > 1}


def _uncapital(phrase: str) -> str:
    return " ".join(w if any(c.isupper() for c in w[1:]) else w[0].lower() + w[1:] for w in phrase.split())


def expanded(claim: str, paper: Paper) -> str | None:
    """An abbreviation written out as the paper defines it."""
    for short, long in abbreviations(paper).items():
        if re.search(rf"\(\s?{re.escape(short)}\b", claim) or long.lower() in claim.lower():
            continue
        pattern = rf"(?<![\w/+-]){re.escape(short)}(?![\w/+-])(?! ?\()"
        if re.search(pattern, claim):
            words = long if re.search(r"['’]s\b", long) else _uncapital(long)
            new = re.sub(pattern, words, claim)
            return new[0].upper() + new[1:]
    return None


def abbreviated(claim: str, paper: Paper) -> str | None:
    """A term put as the abbreviation that the paper defines."""
    for short, long in abbreviations(paper).items():
        pattern = rf"(?<![\w-]){re.escape(long)}(?P<defined>\s?\({re.escape(short)}\))?(?![\w-])"
        if re.search(pattern, claim, re.IGNORECASE) and len(long.split()) > 1:
            return re.sub(pattern, short, claim, flags=re.IGNORECASE)
    return None


_ARM = (
    r"(?:the )?(?:[\w/+-]+ ){0,3}?(?:group|arm)s?|placebo|controls|[A-Z][A-Za-z0-9-]*|[a-z]+(?:one|ine|ide|ol|ane|"
    r"ate|pam|lam|mab|tan)"
)
_HIGHER = re.compile(
    r"\b(?P<be>was|were) (?P<how>significantly |also |markedly )?(?P<word>higher|lower|greater|longer|shorter|"
    r"larger|smaller) "
    rf"(?P<in>in|for|with|on) (?P<one>{_ARM}) (?:than|compared (?:with|to)) (?:(?:that |"
    rf"those )?(?P=in) )?(?P<two>{_ARM})"
    r"(?P<end>\.| \([pP][^()]*\)\.)$"
)
_MIRRORED = {"higher": "lower", "greater": "smaller", "longer": "shorter", "larger": "smaller"}
_MIRRORED |= {other: one for one, other in _MIRRORED.items() if one != "greater"}


_SUBJECTS = each(r"(?<!healthy )(?<!between-)(?<!within-)\bsubjects\b", "participants")


def participants(claim: str, paper: Paper) -> str | None:
    """ "Subjects" as "participants", which only people are."""
    return None if re.search(r"\b(?:rats?|mice|monkeys?|animals?|dogs)\b", paper.text) else _SUBJECTS(claim, paper)


def mirrored(claim: str, paper: Paper) -> str | None:
    """ "Higher in A than in B" as "lower in B than in A"."""
    match = _HIGHER.search(claim)
    if match is None or re.search(r"\bboth\b|, and\b|;", claim):
        return None
    how = (match["how"] or "").replace("also ", "")
    said = (
        f"{match['be']} {how}{_MIRRORED[match['word']]} {match['in']} {match['two']} than {match['in']} {match['one']}"
    )
    return claim[: match.start()] + said + match["end"]


WORDS: dict[str, Control] = {
    **{name: each(pattern, new) for name, pattern, new in _SYNONYMS},
    "participants": participants,
    "expanded": expanded,
    "abbreviated": abbreviated,
    "mirrored": mirrored,
}
