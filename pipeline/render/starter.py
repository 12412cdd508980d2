"""The commented `compound.yaml` that a new profile starts from."""

from __future__ import annotations

import json

from jinja2 import Environment, PackageLoader, StrictUndefined

from pipeline.models.compound import Compound


def starter(compound: Compound) -> str:
    """A compound.yaml with the name and aliases filled in and every other field explained."""
    environment = Environment(  # noqa: S701 - YAML, not HTML: `quoted` does its own work
        loader=PackageLoader("pipeline.render"), undefined=StrictUndefined, trim_blocks=True, keep_trailing_newline=True
    )
    environment.filters["quoted"] = lambda text: json.dumps(text, ensure_ascii=False)
    return environment.get_template("compound.yaml.j2").render(compound=compound)
