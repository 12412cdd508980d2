"""All benchmarks, or one by name: `python -m bench [directions|designs|references] [FILE ...]`."""

from __future__ import annotations

import sys

from bench import designs, directions, model, nights, references, site, statements, tampering

BENCHMARKS = {
    "directions": directions.main,
    "designs": designs.main,
    "statements": statements.main,
    "tampering": tampering.main,
    "references": references.main,
    "model": model.main,
    "nights": nights.main,
    "site": site.main,
}


def main(arguments: list[str]) -> int:
    """Run the named benchmark with its arguments, or all; the status is the worst of them."""
    if arguments and arguments[0] in BENCHMARKS:
        return BENCHMARKS[arguments[0]](arguments[1:])
    if arguments:
        print(f"error: there is no benchmark '{arguments[0]}'", file=sys.stderr)
        print(f"hint: one of {', '.join(BENCHMARKS)}", file=sys.stderr)
        return 2
    statuses = []
    for name, run in BENCHMARKS.items():
        print(f"== {name} ==")
        statuses.append(run([]))
        print()
    return max(statuses)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
