"""All rules together, those for profiles and those for existing pages: each code once, with what it looks at."""

from __future__ import annotations

from pipeline.checks import FAMILIES, ORDER, pages, suppressions
from pipeline.checks.pages.audit import Audit
from pipeline.checks.rule import Rule, joined
from pipeline.errors import ConfigError
from pipeline.models.findings import Checked, Entry, Report

RULES = joined(rule for family in (*FAMILIES, *pages.FAMILIES) for rule in family.RULES)
CODES = tuple(rule.code for rule in RULES)


def rule(code: str) -> Rule:
    """The rule of a code, in any case. Raises ConfigError, naming the nearest code, where there is none."""
    wanted = code.strip().upper()
    if wanted not in CODES:
        raise ConfigError(
            f"there is no rule '{code}'", f"{suppressions.nearest(code, CODES)}See the list: monograph rules"
        )
    return RULES[CODES.index(wanted)]


def catalogue() -> tuple[Entry, ...]:
    """Every rule as people read it, by code."""
    return tuple(
        rule.entry(suppressible=rule.code not in suppressions.FIRM)
        for rule in sorted(RULES, key=lambda rule: rule.code)
    )


def check_page(audit: Audit) -> Report:
    """Every finding of every rule for pages, errors first and then by line, with counts of what was checked."""
    rules = [(rule, rule.page) for rule in RULES if rule.page is not None]
    found = dict.fromkeys(rule.finding(hit) for rule, page in rules for hit in page(audit))
    return Report(
        findings=tuple(sorted(found, key=lambda f: (ORDER.index(f.severity), f.line or 0))),
        checked=Checked(claims=len(audit.page.statements), references=len(audit.page.references), rules=len(rules)),
    )
