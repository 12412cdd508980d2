"""The schema of an answer in the strict dialect that servers enforce, made from a type."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipeline.models.base import Frozen

# What a strict schema may hold. Lengths and patterns of strings are left to the validation of the answer.
_KEPT = ("type", "enum", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minItems", "maxItems")


def strict_schema(of: type[Frozen]) -> dict[str, Any]:
    """The JSON schema of `of`: every property required, none besides them, no defaults, no titles.

    Raises TypeError for what such a schema cannot say: a root that is no object, a dictionary, a tuple of fixed items.
    """
    schema = of.model_json_schema()
    strict = _strict(schema, of.__name__)
    if strict.get("type") != "object":
        raise TypeError(f"{of.__name__} is no object")
    if "$defs" in schema:
        strict["$defs"] = {name: _strict(inner, name) for name, inner in schema["$defs"].items()}
    return strict


def _strict(node: Mapping[str, Any], where: str) -> dict[str, Any]:
    if "$ref" in node:
        reference = {"$ref": node["$ref"]}
        # a reference stands alone, so a description needs a place beside it
        return {"anyOf": [reference], "description": node["description"]} if "description" in node else reference
    strict = {name: node[name] for name in _KEPT if name in node}
    if "const" in node:
        strict["enum"] = [node["const"]]
    if options := node.get("anyOf") or node.get("oneOf"):
        strict["anyOf"] = [_strict(option, where) for option in options]
    match node.get("type"):
        case "object":
            properties = node.get("properties", {})
            if node.get("additionalProperties") is not False or node.get("patternProperties"):
                raise TypeError(f"{where}: a strict schema has no free keys; forbid extra fields, or list pairs")
            strict["properties"] = {name: _property(inner, f"{where}.{name}") for name, inner in properties.items()}
            strict["required"] = list(properties)
            strict["additionalProperties"] = False
        case "array":
            if "prefixItems" in node or not node.get("items"):
                raise TypeError(f"{where}: a strict schema has no tuple of fixed items; name them in an object")
            strict["items"] = _strict(node["items"], where)
        case None if not strict.keys() & {"anyOf", "enum"}:
            raise TypeError(f"{where}: a strict schema names a type for everything")
    return strict


def _property(node: Mapping[str, Any], where: str) -> dict[str, Any]:
    strict = _strict(node, where)
    if "description" in node:  # written at the field, for the model; a docstring of a type is for people
        strict["description"] = node["description"]
    return strict
