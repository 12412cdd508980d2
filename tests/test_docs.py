"""Documentation cannot fall behind: commands, variables, rules, reasons and the sample of a draft."""

from __future__ import annotations

import re
from pathlib import Path

import pictures
import pytest
import rule_catalogue
import yaml

from pipeline.checks import catalogue
from pipeline.cli import app, library_app
from pipeline.models.review import Decisions

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text("utf-8")
REVIEWING = (ROOT / "docs" / "reviewing.md").read_text("utf-8")
GRADING = (ROOT / "docs" / "grading.md").read_text("utf-8")


def verbs() -> list[str]:
    names = [c.name or c.callback.__name__ for c in app.registered_commands if c.callback]
    names += [c.name or c.callback.__name__ for c in library_app.registered_commands if c.callback]
    return names


@pytest.mark.parametrize("verb", verbs())
def test_every_command_is_in_the_readme_and_has_help(verb: str) -> None:
    assert re.search(rf"`(?:monograph )?(?:library )?{verb}\b", README), verb
    commands = {c.name or c.callback.__name__: c for c in (*app.registered_commands, *library_app.registered_commands)}  # type: ignore[union-attr]
    callback = commands[verb].callback
    assert callback is not None
    assert callback.__doc__


def test_every_variable_that_is_read_is_documented_and_no_other() -> None:
    source = (ROOT / "pipeline" / "config.py").read_text("utf-8")
    read = set(re.findall(r'(?:environ\.get|_number)\("(\w+)"', source))
    table = set(re.findall(r"^\| `([A-Z_]+)` \|", README, re.MULTILINE))
    assert read == table
    others = [p for p in (ROOT / "pipeline").rglob("*.py") if "os.environ" in p.read_text("utf-8")]
    assert [p.name for p in others] == ["config.py"]


def test_every_reason_of_a_grade_is_explained() -> None:
    source = (ROOT / "pipeline" / "grading.py").read_text("utf-8")
    codes = set(re.findall(r'(?:_reason\(|code=)"([a-z-]+)"', source))
    assert codes
    assert {code for code in codes if f"`{code}`" not in GRADING} == set()


def test_every_make_target_of_the_readme_exists() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for target in re.findall(r"^    make (\w+)", README, re.MULTILINE):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_the_sample_in_the_readme_stands_in_the_committed_draft() -> None:
    sample = "".join(
        README.partition(f"<!-- {name}:start -->")[2].partition(f"<!-- {name}:end -->")[0]
        for name in ("sample", "extractive")
    )
    lines = [line for line in sample.splitlines() if line.strip() and not line.startswith("```")]
    draft = (ROOT / "profiles" / "naltrexone" / "profile.md").read_text("utf-8")
    assert len(lines) >= 4
    assert [line for line in lines if line not in draft] == []


def test_the_catalogue_of_rules_is_current() -> None:
    assert rule_catalogue.RULES.read_text("utf-8") == rule_catalogue.written(), "run: make docs"


def test_every_rule_is_in_the_catalogue_once_with_its_reason() -> None:
    text = rule_catalogue.written()
    assert sorted(re.findall(r"^### (\w+)$", text, re.MULTILINE)) == sorted(rule.code for rule in catalogue.RULES)
    for entry in catalogue.catalogue():
        assert entry.fault
        assert f"*Why:* {entry.why}\n\n*Fix:* {entry.fix}" in text


def test_the_number_of_rules_in_the_changelog() -> None:
    assert f"{len(catalogue.RULES)} rules" in (ROOT / "CHANGELOG.md").read_text("utf-8")


DOCUMENTS = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md"))]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_picture_and_page_that_a_document_names_is_there(document: Path) -> None:
    text = document.read_text("utf-8")
    for words, address in re.findall(r"(!?\[[^\]]*\])\(([^)#\s]+)[^)]*\)", text):
        if not address.startswith(("http", "mailto:")):
            assert (document.parent / address).is_file(), address
        assert not words.startswith("!") or len(words) > 20, f"{address} needs words for those who do not see it"


def test_the_pictures_of_the_guide_are_small() -> None:
    for path in (ROOT / "docs" / "images").glob("*.png"):
        png = path.read_bytes()
        assert len(png) < 120_000, path.name
        assert pictures.size(png)[0] <= 1280, path.name
        assert path.name in REVIEWING, path.name


def test_every_key_of_the_review_page_is_in_the_guide() -> None:
    page = (ROOT / "pipeline" / "review" / "templates" / "review.html.j2").read_text("utf-8")
    keys = re.findall(r"<kbd>(.*?)</kbd>", page.partition('<dialog id="keys"')[2])
    rows = "\n".join(re.findall(r"^\| `.*$", REVIEWING.partition("## Keys")[2].partition("\n## ")[0], re.MULTILINE))
    assert len(keys) >= 10
    assert [key for key in keys if f"`{key}`" not in rows] == []


def test_the_decisions_in_the_guide_are_such_as_are_written() -> None:
    shown = re.search(r"```diff\n(.*?)```", REVIEWING, re.DOTALL)
    assert shown
    lines = "\n".join(line[1:] for line in shown[1].splitlines())
    decisions = Decisions.model_validate(yaml.safe_load(lines)).decisions
    profile = (ROOT / "profiles" / "naltrexone" / "profile.yaml").read_text("utf-8")
    assert [each.claim for each in decisions if f"- id: {each.claim}\n" not in profile] == []
