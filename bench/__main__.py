"""All benchmarks and their one table, or the details of one by name.

    python -m bench [--write] [--full]
    python -m bench NAME [...]

`--write` puts the table into docs/benchmarks.md; `--full` measures growth up to a million records, which takes a
quarter of an hour more, and puts its plot and figures into the documentation.
"""

from __future__ import annotations

import sys
from importlib import import_module

from bench import table
from bench.running import ACCURACY, ON_FILES, SPEED, everything, nlm_files

NAMES = (*ACCURACY, *SPEED, "compounds")
OPTIONS = {"--write", "--full"}


def main(arguments: list[str]) -> int:
    """Run the named benchmark with its arguments, or all."""
    name, rest = (arguments or [""])[0], arguments[1:]
    if set(arguments) <= OPTIONS:
        return everything(arguments)
    if name not in NAMES:
        print(f"error: there is no benchmark '{name}'", file=sys.stderr)
        print(f"hint: one of {', '.join(sorted(NAMES))}", file=sys.stderr)
        return 2
    module = import_module(f"bench.{name}")
    if hasattr(module, "main"):
        return module.main(rest)
    given = [nlm_files()] if name in ON_FILES else []
    if None in given:
        return 2
    table.show(module.rows(*given))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
