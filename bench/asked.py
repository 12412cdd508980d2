"""A draft by a model that answers after a while, against its longest chain of calls, and the tokens of each section.

    python -m bench asked

The model is a server on this machine that waits and then answers with what a model once wrote for these prompts
(`model_truths.jsonl`), so nothing is asked of anybody. Its tokens are those that the program estimates of a request
before it is sent, at three bytes a token, which is rather too many than too few: no tokenizer is part of this.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from statistics import median
from textwrap import shorten
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from authors import recorded
from model_server import KEY, Completion, ModelServer, completion, model_at

from bench.commands import NAME, ROOT, Ran, monograph, project
from bench.rows import Row
from pipeline import authoring
from pipeline.config import Settings
from pipeline.llm import Ledger, estimate
from pipeline.models.calls import ModelCall, Usage

LATENCIES = (2.0, 4.0)  # seconds
RUNS = 3
MOST = 1.3
ANSWERS = recorded(ROOT / "bench" / "model_truths.jsonl", NAME)


def drafted(place: Path, latency: float) -> tuple[Ran, int]:
    """A model draft of naltrexone as a process, from nothing, with a model that waits so long; and its calls."""
    with ModelServer(ANSWERS, latency=latency) as server:
        service = {"OPENAI_BASE_URL": server.url, "OPENAI_API_KEY": KEY, "MONOGRAPH_MODEL": "loopback"}
        ran = monograph(project(place), "draft", NAME, "--offline", **service)
        return ran, len(server.requests)


def longest(done: Iterable[ModelCall]) -> int:
    """The calls that wait for one another: all papers are read, then each section is told, mended and read again."""
    return 1 + max(Counter(call.subject for call in done if call.prompt != "study").values())


def chains(place: Path, chain: int) -> Iterator[Row]:
    """The wall time of a draft at each latency, against the chain of calls."""
    for latency in LATENCIES:
        done = [drafted(place / f"{latency}-{number}", latency) for number in range(RUNS)]
        seconds, path = median(ran.seconds for ran, _ in done), chain * latency
        met = seconds <= MOST * path
        note = (
            f"{RUNS} runs, {done[0][1]} calls; a section waits for its papers, and is mended and read by a last reader"
        )
        short = f"; the program's own {seconds - path:.1f} s are the same whatever the latency"
        yield Row(
            f"model draft, each call {latency:.0f} s",
            f"{seconds:.1f} s",
            f"longest chain: {chain} calls, {path:.0f} s",
            seconds / path,
            f"≤ {MOST}",
            met,
            note if met else note + short,
        )


def counted(body: dict[str, Any]) -> Completion:
    """The recorded answer, with the tokens of request and answer as the program estimates them."""
    said = ANSWERS(body)
    return completion(json.dumps(said), model=str(body.get("model")), tokens=(estimate(body), estimate(said)))


def calls(place: Path) -> tuple[ModelCall, ...]:
    """Every call of a model draft of naltrexone from nothing."""
    here, ledger = Settings(project(place), place / ".library" / "library.sqlite"), Ledger()
    with ModelServer(counted) as server, model_at(server, here.answers, ledger) as model:
        authoring.draft(NAME, here, offline=True, today=date(2026, 11, 1), progress=lambda *_: None, model=model)
    return ledger.calls


def tokens(done: Iterable[ModelCall]) -> Iterator[Row]:
    """The tokens of a model draft, in all and by section."""
    used: dict[str, list[Usage]] = {}
    for call in done:
        assert call.usage is not None
        section = shorten(call.subject.partition(" (")[0].rpartition("/")[2].replace("-", " "), 24, placeholder=" ...")
        used.setdefault("papers read" if call.prompt == "study" else section, []).append(call.usage)
    yield _tokens(f"tokens of a model draft of {NAME}", [usage for each in used.values() for usage in each])
    for section in sorted(used, key=lambda name: (name != "papers read", name)):
        yield _tokens(f"- {section}", used[section])


def _tokens(what: str, used: list[Usage]) -> Row:
    put_in, out = sum(usage.prompt for usage in used), sum(usage.completion for usage in used)
    number = f"{len(used)} call{'s' * (len(used) > 1)}"
    return Row(what, f"{put_in:,} in, {out:,} out", "", None, "", None, f"{number}; estimated, 3 bytes a token")


def rows() -> list[Row]:
    """The drafts at each latency, then the tokens."""
    with tempfile.TemporaryDirectory() as made:
        done = calls(Path(made) / "tokens")
        return [*chains(Path(made), longest(done)), *tokens(done)]
