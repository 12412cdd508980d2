"""INJ: nothing in a source speaks to a model that reads it, and nothing in it is hidden from a person who does."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator

from pipeline.checks.hits import Hit, Hits
from pipeline.checks.rule import Review, Rule
from pipeline.models.findings import Severity
from pipeline.text import any_of, normal

_BEGIN = r"(?:^|[.!?:;]['\")\]]? |\bplease |\byou (?:must|should|will|are to) )"
_MODEL = (
    r"(?:AI|A\.I\.|LLMs?|(?:large )?language models?|(?:AI )?assistants?|chatbots?|chatgpt|gpt-?\d\w*|claude|gemini)"
)
_PAPER = (
    r"(?:drug|compound|treatment|medicine|paper|study|trial|article|abstract|evidence|intervention|therapy|product)"
)
INSTRUCTION = any_of(
    r"\b(?:ignore|disregard|forget|override|bypass) (?:(?:all|any|of|the|your|these|those|every|each) ){0,3}"
    r"(?:previous|prior|above|earlier|preceding|foregoing|existing|system|safety|original) (?:\w+ )?"
    r"(?:instructions?|prompts?|rules?|directions?|context|guardrails?|commands?|orders|messages?|text)\b",
    r"\b(?:ignore|disregard|forget|override) (?:all |any |of )*(?:your|my|these) (?:\w+ )?"
    r"(?:instructions?|prompts?|rules|training)\b",
    r"\b(?:ignore|disregard|forget) (?:everything|anything|all|what)\b[^.]{0,20}\b(?:above|told|said|instructed)\b",
    r"\bignor\w+ (?:\w+ ){0,3}(?:instrucciones|anweisungen|instruções|istruzioni)\b",
    r"\bignorez (?:\w+ ){0,3}instructions\b",
    rf"\bfrom now on,? you\b|\b(?:act|behave|pretend) (?:as|to be|that you are|you are) (?:an? |the )?{_MODEL}\b",
    rf"\byou are (?:now )?(?:an? |the )?(?:helpful |unrestricted |uncensored )?{_MODEL}\b",
    r"\byou are now (?:in|an?|the|free|acting|operating)\b",
    r"\b(?:system|developer|hidden) prompts?\b(?!s? (?:engineering|design))",
    r"(?:^|[.!?] )(?:assistant|system|human|user) ?: ?(?:you|please|ignore|sure|ok|i|the user|do not|always|never)\b",
    r"<\|?/?(?:im_start|im_end|system|assistant|user|endoftext|eot_id|start_header_id)\|?>|\[/?INST\]|<</?SYS>>",
    r"(?:^|\s)#{2,} ?(?:system|instructions?|assistant|user|response) ?:?(?=\s|$)",
    r"</?(?:tool_calls?|tool_use|function_calls?|function_results?|invoke|tool_result)\b",
    r"[\"'](?:tool_calls?|function_call|tool_name|tool_input)[\"'] ?:",
    rf"{_BEGIN}(?:respond|reply|answer|output|return|print|write|say|state) (?:only |just |exactly |strictly |always )*"
    r"(?:with|in|that|exactly|only|the following|this|the word)\b[^.]{0,40}"
    r"(?:[\"'{\[]|\bjson\b|\beffective\b|\bsafe\b|\bsupported\b|\byes\b|\btrue\b|\bapproved?\b|\bfollowing\b)",
    rf"{_BEGIN}(?:do not|don't|never) (?:mention|include|report|discuss|cite|list|disclose|reveal|summari[sz]e|flag)\b",
    r"\b(?:do not|don't|never) (?:tell|inform|warn|alert|notify|reveal (?:this|it) to) (?:the )?"
    r"(?:users?|readers?|reviewers?)\b",
    rf"{_BEGIN}(?:always |only )?"
    r"(?:rate|grade|score|classify|label|mark|rank|describe|report|summari[sz]e|present|recommend|call)"
    rf" (?:this|the|our|that) (?:\w+ )?{_PAPER} (?:as|to be|with) ",
    r"\b(?:note|attention|instructions?|message|notice|reminder|warning) (?:to|for) (?:the |any |all |every )?"
    rf"(?:reading |reviewing )?{_MODEL}\b(?! (?:use|users|development|deployment))",
    rf"\bif you are (?:an? |the )?(?:reading this|{_MODEL})",
    rf"\bas (?:an? )?{_MODEL},? (?:you|please|ignore|do not)\b",
    r"\byour (?:new |only |real |actual )?(?:task|instructions?|role|goal|job) (?:is|are) (?:now )?to\b",
    r"\b(?:new|updated|override|secret) instructions? ?:|\b(?:jailbreak|DAN|developer|god) mode\b",
)
# Hidden wherever they stand: tags, overrides of direction, controls, a selector of variants behind no ideograph, runs.
_HIDDEN = re.compile(
    "[\U000e0000-\U000e007f]|[\u202d\u202e]|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]"
    "|(?<![\u3400-\u9fff\U00020000-\U0003ffff])[\U000e0100-\U000e01ef]|[\ufe00-\ufe0f]{2,}|[\u200b-\u200d\u2060\ufeff]{4,}"
    # Without width, or a filler, inside a word of Latin letters and digits.
    "|(?<=[A-Za-z0-9])[\u200b-\u200d\u2060\ufeff\u034f\u180e\u115f\u1160\u3164\uffa0]+(?=[A-Za-z0-9])"
)
_DIRECTION = re.compile("[\u200e\u200f\u061c\u202a-\u202c\u2066-\u2069]")


def instruction(review: Review) -> Hits:
    """A source contains an instruction that is addressed to a model.

    Why: a model that reads it may obey, and say of the drug what the text wants said.
    Fix: read the record; do not cite it before a person has, and tell its journal.
    """
    for source in review.sources.values():
        if around := speaks_to_a_model(source.text):
            yield Hit("the record speaks to a model that reads it", source=source.key, quote=around)


def hidden_characters(review: Review) -> Hits:
    """A source or a claim holds characters that are not seen, or that turn the order of the text round.

    Why: what a person sees and what a program reads are then two texts.
    Fix: read the record's raw text; in a claim, type the words anew.
    """
    for source in review.sources.values():
        if told := hidden_in(source.text):
            yield Hit(f"the record holds {told}", source=source.key)
    for cited in review.cited:
        if told := hidden_in(cited.text):
            yield Hit(f"the claim holds {told}", cited.id)


def speaks_to_a_model(text: str) -> str | None:
    """The first instruction to a model in a text, with a few words around it; None where there is none."""
    for line in map(normal, text.split("\n")):
        if found := INSTRUCTION.search(line):
            return line[max(0, found.start() - 40) : found.end() + 80]
    return None


def hidden_in(text: str) -> str:
    """The hidden characters of a text by name, with how often each is there; empty where there is none."""
    names = Counter(f"U+{ord(char):04X} {unicodedata.name(char, '').lower()}".strip() for char in _hidden(text))
    return ", ".join(f"{name}{f' ({times} times)' if times > 1 else ''}" for name, times in sorted(names.items())[:5])


def _hidden(text: str) -> Iterator[str]:
    """The characters that hide something from a reader.

    Not among them: what typesetting leaves in real records (a soft hyphen, a byte order mark, a break without width
    beside a space or a sign), marks of direction in a text with letters that run from right to left, and the joiners
    of the scripts that need them.
    """
    if text.isascii() and text.isprintable():
        return
    for found in _HIDDEN.finditer(text):
        yield from found.group()
    if not any(char.isalpha() and unicodedata.bidirectional(char) in ("R", "AL") for char in text):
        yield from _DIRECTION.findall(text)


RULES = (
    Rule("INJ001", Severity.ERROR, instruction),
    Rule("INJ002", Severity.WARNING, hidden_characters),
)
