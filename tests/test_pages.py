"""Whole pages of several layouts and compounds: every planted fault is found in its line, and nothing else is.

Beside each page stands a file that lists what the library holds (`records`), what has to be found (`findings`: line and
code, the line null for the page as a whole), and lines that must stay clean.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from commands import TODAY

from pipeline.auditing import audit
from pipeline.config import Settings
from pipeline.models.findings import Report
from pipeline.models.sources import Article
from pipeline.render.findings import WIDTH, block
from pipeline.sources.library import Library
from pipeline.sources.pubmed_xml import Record

PAGES = Path(__file__).parent / "pages"
EXPECTED = sorted(PAGES.glob("*.yaml"))


def audited(page: Path, expected: dict[str, Any], tmp_path: Path) -> Report:
    here = Settings(root=tmp_path, library=tmp_path / "library.sqlite")
    records = [Record(Article.model_validate(record), b"") for record in expected.get("records", ())]
    with Library(here.library) as library:
        library.add(records, fetched_at=TODAY)
    return audit(page, expected.get("compound"), here, today=TODAY)


def test_the_piece_in_the_readme_is_what_is_printed(tmp_path: Path) -> None:
    expected = yaml.safe_load((PAGES / "corvanil.yaml").read_text("utf-8"))
    report = audited(PAGES / "corvanil.txt", expected, tmp_path)
    shown = [f.model_copy(update={"file": "corvanil.txt"}) for f in report.findings if f.code in ("QTY002", "REF002")]
    readme = (Path(__file__).resolve().parents[1] / "README.md").read_text("utf-8")
    piece = readme.partition("<!-- audit:start -->\n```text\n")[2].partition("```\n<!-- audit:end -->")[0]
    assert piece == "\n".join(block(finding, WIDTH, coloured=False).plain for finding in shown)


@pytest.mark.parametrize("beside", EXPECTED, ids=[path.stem for path in EXPECTED])
def test_the_planted_faults_are_found_and_nothing_else(beside: Path, tmp_path: Path) -> None:
    (page,) = (path for path in PAGES.glob(f"{beside.stem}.*") if path != beside)
    expected = yaml.safe_load(beside.read_text("utf-8"))
    report = audited(page, expected, tmp_path)
    found = sorted((f.line or 0, f.code) for f in report.findings)
    assert found == sorted((line or 0, code) for line, code in expected["findings"])
    assert not {line for line, _ in found} & set(expected["clean"])
    assert report.checked.claims
    assert report.checked.references == expected.get("references", len(expected.get("records", ())))
