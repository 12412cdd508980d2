"""The map of the house holds: its rooms, its picture and its paths are those of the code."""

from __future__ import annotations

import ast
import re
import tomllib
from collections import Counter
from importlib import import_module
from pathlib import Path
from xml.etree import ElementTree

import pytest

ROOT = Path(__file__).resolve().parents[1]
PIPELINE = ROOT / "pipeline"
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text("utf-8")
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
LAYERS = next(contract["layers"] for contract in CONTRACTS if contract["type"] == "layers")
ROOMS = [room for layer in LAYERS for room in layer.split(" | ")]
DOCUMENTS = ["README.md", "CONTRIBUTING.md", *(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md"))]
NO_PATHS = {"tests/checks/CODE/", "utils.py"}  # a pattern, and a file that there is never to be
SVG = "{http://www.w3.org/2000/svg}"


def written(kind: str) -> list[str]:
    """The texts of a kind in the picture, from the top down."""
    picture = ElementTree.parse(ROOT / "docs" / "architecture.svg")  # our own file
    return [text.text or "" for text in picture.iter(f"{SVG}text") if text.get("class") == kind]


def part(heading: str) -> str:
    """What stands under a heading of the document."""
    return ARCHITECTURE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]


def test_every_room_has_a_line_in_the_order_of_the_layers() -> None:
    there = {p.stem for p in PIPELINE.iterdir() if p.suffix == ".py" or (p / "__init__.py").exists()}
    rows = [row.split("|")[1] for row in part("The rooms").splitlines() if row.startswith("| `")]
    told = [name for row in rows for name in re.findall(r"`(\w+)`", row)]
    assert sorted(ROOMS) == sorted(there - {"__init__"})
    assert told == ROOMS


def test_the_picture_has_the_layers_and_no_room_that_is_not_there() -> None:
    assert written("layer") == LAYERS
    assert set(written("room")) <= set(ROOMS)


def test_every_function_that_the_way_of_a_value_names_exists() -> None:
    for name in re.findall(r"`((?:\w+\.)+\w+)`", part("The way of a value")):
        module, _, function = name.rpartition(".")
        place = import_module(f"pipeline.{module}")
        assert hasattr(place, function) or (PIPELINE / module / f"{function}.py").exists(), name


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_path_that_a_document_names_exists(document: str) -> None:
    text = (ROOT / document).read_text("utf-8")
    named = set(re.findall(r"`((?:pipeline|prompts|tests|docs|bench|\.github)/[\w./-]*)`", text)) - NO_PATHS
    files = set(re.findall(r"`([\w/]+\.py)`", text)) - NO_PATHS
    known = [p.as_posix() for place in ("pipeline", ".github", "tests") for p in (ROOT / place).rglob("*.py")]
    assert [path for path in sorted(named) if not (ROOT / path).exists()] == []
    assert [path for path in sorted(files) if not any(p.endswith(f"/{path}") for p in known)] == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_link_between_documents_leads_somewhere(document: str) -> None:
    path = ROOT / document
    for target, anchor in re.findall(r"\]\((?!https?:)([^)#\s]*)(?:#([^)\s]*))?\)", path.read_text("utf-8")):
        aim = (path.parent / target).resolve() if target else path
        assert aim.exists(), target
        headings = re.findall(r"^#+ (.+)$", aim.read_text("utf-8"), re.MULTILINE) if anchor else []
        anchors = {re.sub(r"[^\w -]", "", heading).strip().lower().replace(" ", "-") for heading in headings}
        assert not anchor or anchor in anchors, f"{target}#{anchor}"


def test_no_module_gives_one_name_to_two_things() -> None:
    twice = []
    for path in PIPELINE.rglob("*.py"):
        names: Counter[str] = Counter()
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                names[node.name] += 1
            elif isinstance(node, ast.Assign):
                names.update(target.id for target in node.targets if isinstance(target, ast.Name))
        twice += [f"{path.name}: {name}" for name, times in names.items() if times > 1]
    assert twice == []
