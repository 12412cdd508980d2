"""Claims in bulk: a line of JSON each, held against the sources given with it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from pipeline.checks.injections import hidden_in, speaks_to_a_model
from pipeline.errors import FormatError
from pipeline.models.findings import Checked, Finding, Report, Severity, Shown
from pipeline.models.verification import Statement, Verdict, Verification
from pipeline.verification import verify

if TYPE_CHECKING:
    from pipeline.sources.collect import Progress

LARGEST = 200_000_000  # bytes of a file, which is read line by line
LONGEST = 5_000_000  # characters of a line
FORM = 'give one a line: {"id": "1", "claim": "...", "sources": [{"id": "123", "title": "...", "text": "..."}]}'


def read_statements(path: Path) -> Iterator[tuple[int, Statement]]:
    """The statements of a file with their lines, counted from 1; empty lines are passed over.

    Raises FormatError, naming the line, for one that is no statement, has no claim, or repeats an id; and for a file
    that cannot be read or holds no statement.
    """
    seen: dict[str, int] = {}
    for number, line in _lines(path):
        try:
            statement = Statement.model_validate(json.loads(line))
        except (ValueError, RecursionError) as error:
            raise FormatError(f"{path}, line {number}: {_why(error)}", FORM) from error
        if not statement.claim.strip():
            raise FormatError(f"{path}, line {number}: the claim is empty", FORM)
        if statement.id in seen:
            raise FormatError(
                f"{path}, line {number}: the id '{statement.id[:60]}' stands in line {seen[statement.id]} already",
                "give each claim an id of its own",
            )
        seen[statement.id] = number
        yield number, statement
    if not seen:
        raise FormatError(f"{path} holds no claim", FORM)


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    try:
        if path.is_dir() or path.stat().st_size > LARGEST:
            raise FormatError(f"{path} is a directory or larger than {LARGEST // 1_000_000} MB", "split it")
        with path.open(encoding="utf-8-sig") as file:
            number = 0
            while line := file.readline(LONGEST):
                number += 1
                if len(line) == LONGEST:
                    raise FormatError(f"{path}, line {number}: it is longer than {LONGEST:,} characters", FORM)
                if line.strip():
                    yield number, line
    except UnicodeDecodeError as error:
        raise FormatError(f"{path} is no text in UTF-8", FORM) from error
    except (OSError, ValueError) as error:
        raise FormatError(f"cannot read {path}: {getattr(error, 'strerror', None) or error}", FORM) from error


def _why(error: Exception) -> str:
    """What is wrong with a line, in words."""
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        return f"{place or 'the line'}: {first['msg']}"[:200]
    return "it is no JSON" + (
        f" ({error.msg}, column {error.colno})" if isinstance(error, json.JSONDecodeError) else ""
    )


def verified(
    path: Path, progress: Progress = lambda what, done, total: None
) -> tuple[tuple[Verification, ...], Report]:
    """The verdict on every claim of a file, and all their findings as a report. A claim without a source is
    unverifiable, and that is a finding."""
    verdicts: list[Verification] = []
    findings: list[Finding] = []
    for number, statement in read_statements(path):
        one = verify(statement) if statement.sources else _bare(statement)
        told = []
        for finding in (*one.findings, *_attacks(statement)):
            shown = Shown(words=statement.claim, quote=one.quote(finding))
            told.append(finding.model_copy(update={"file": str(path), "line": number, "shown": shown}))
        verdicts.append(one.model_copy(update={"findings": tuple(told)}))
        findings += told
        if number % 20 == 0:
            progress("verifying claims", number, 0)
    return tuple(verdicts), Report(findings=tuple(findings), checked=Checked(claims=len(verdicts)))


def _attacks(statement: Statement) -> Iterator[Finding]:
    """Sources that speak to a model, and text that a person does not see."""
    for source in statement.sources:
        if speaks_to_a_model(f"{source.title}\n{source.text}"):
            message = "the source speaks to a model that reads it; nothing in it was obeyed"
            yield _attack("INJ001", Severity.ERROR, message, statement, source.id)
        if told := hidden_in(f"{source.title} {source.text}"):
            yield _attack("INJ002", Severity.WARNING, f"the source holds {told}", statement, source.id)
    if told := hidden_in(statement.claim):
        yield _attack("INJ002", Severity.WARNING, f"the claim holds {told}", statement, None)


def _attack(code: str, severity: Severity, message: str, statement: Statement, source: str | None) -> Finding:
    return Finding(code=code, severity=severity, message=message, claim=statement.id, source=source)


def _bare(statement: Statement) -> Verification:
    finding = Finding(
        code="COV001", severity=Severity.ERROR, message="the claim is given without a source", claim=statement.id
    )
    return Verification(id=statement.id, verdict=Verdict.UNVERIFIABLE, findings=(finding,))


def as_json(verdicts: tuple[Verification, ...]) -> str:
    """The verdicts as one JSON document; plain ASCII."""
    return json.dumps({"claims": [one.model_dump(mode="json") for one in verdicts]}, indent=2)


def tally(verdicts: tuple[Verification, ...]) -> str:
    """How many claims came to each verdict."""
    counts = Counter(one.verdict for one in verdicts)
    return f"claims  {len(verdicts)}: " + ", ".join(f"{counts[v]} {v.value.replace('_', ' ')}" for v in Verdict)
