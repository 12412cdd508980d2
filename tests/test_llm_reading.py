"""Requests, schemas and answers: laws that hold for every prompt, type and text."""

from __future__ import annotations

import json
import math
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any, Literal

import jsonschema
import pytest
from hypothesis import given
from hypothesis import settings as runs
from hypothesis import strategies as st
from model_server import completion
from pydantic import Field, RootModel, field_validator

from pipeline.errors import EmptyAnswer, NotJson, TooLong, UnusableAnswer, WrongShape
from pipeline.llm import Endpoint, estimate, key, payload, read
from pipeline.llm.reading import usage
from pipeline.llm.requests import size
from pipeline.llm.schemas import strict_schema
from pipeline.models.base import Frozen
from pipeline.models.calls import Prompt, Usage

ENDPOINT = Endpoint("gpt-4.1-nano", api_key="sk-0123456789")
PROMPT = Prompt(name="study", version="1", subject="PMID 90000001", system="Read the record.", user="5 mg of examplol")


class Kind(Enum):
    TRIAL = "trial"
    REVIEW = "review"


class Arm(Frozen):
    """A docstring is for people and is not sent."""

    title: str = Field(description="the name of the arm as the record has it")
    default: int | None = None
    people: int = Field(ge=0, le=2**53)


class Study(Frozen):
    kind: Kind
    phase: Literal[1, 2, "4"] | None
    only: Literal["yes"]
    arms: tuple[Arm, ...] = Field(max_length=5)
    first: Arm | None = Field(default=None, description="the arm named first")
    mean: float
    blinded: bool
    day: date | None
    dose: Decimal | None = None


words = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"], include_characters="\t\n"), max_size=20)
arms = st.builds(Arm, title=words, people=st.integers(0, 2**53), default=st.none() | st.integers(-(2**62), 2**62))
studies = st.builds(
    Study,
    arms=st.lists(arms, max_size=5).map(tuple),
    first=st.none() | arms,
    mean=st.floats(allow_nan=False, allow_infinity=False),
    dose=st.none() | st.decimals(-1000, 1000, places=2),
)


@runs(max_examples=30, deadline=None)
@given(studies)
def test_what_follows_the_schema_is_read_as_it_was_meant(study: Study) -> None:
    said = study.model_dump_json()
    jsonschema.validate(json.loads(said), strict_schema(Study))
    assert read(completion(said), Study) == study


def nodes(schema: Any) -> list[dict[str, Any]]:
    """Every schema within a schema."""
    below = [*schema.get("properties", {}).values(), *schema.get("$defs", {}).values(), *schema.get("anyOf", [])]
    below += [schema["items"]] if "items" in schema else []
    return [schema, *(node for one in below for node in nodes(one))]


def test_a_strict_schema_holds_nothing_that_servers_refuse() -> None:
    schema = strict_schema(Study)
    jsonschema.Draft202012Validator.check_schema(schema)
    for node in nodes(schema):
        assert not node.keys() & {"title", "default", "const", "oneOf", "allOf", "prefixItems", "pattern", "format"}
        assert node.keys() >= {"type"} or node.keys() & {"anyOf", "$ref", "enum"}
        assert "$ref" not in node or len(node) == 1
        if node.get("type") == "object":
            assert node["required"] == list(node["properties"])
            assert node["additionalProperties"] is False
    assert schema["properties"]["first"]["description"] == "the arm named first"
    assert schema["properties"]["kind"] == {"$ref": "#/$defs/Kind"}
    assert schema["properties"]["only"] == {"type": "string", "enum": ["yes"]}
    assert schema["$defs"]["Arm"]["properties"].keys() == {"title", "default", "people"}
    assert "docstring" not in json.dumps(schema)


class Free(Frozen):
    notes: dict[str, str]


class Fixed(Frozen):
    pair: tuple[int, str]


class Anything(Frozen):
    what: Any


class Items(Frozen):
    what: list[Any]


class Listed(RootModel[list[int]]):
    pass


@pytest.mark.parametrize("kind", [Free, Fixed, Anything, Items, Listed])
def test_a_type_that_no_strict_schema_can_say_is_a_bug(kind: type[Frozen]) -> None:
    with pytest.raises(TypeError, match=kind.__name__):
        strict_schema(kind)


# Requests and their keys.


def test_the_key_depends_on_all_that_the_model_is_told_and_on_nothing_else() -> None:
    def of(prompt: Prompt = PROMPT, kind: type[Frozen] = Arm, at: Endpoint = ENDPOINT, most: int = 100) -> str:
        return key(payload(prompt, kind, at, most))

    same = [
        of(),
        of(PROMPT.model_copy(update={"name": "other", "version": "2", "subject": "other"})),
        of(at=Endpoint("gpt-4.1-nano", "http://127.0.0.1/v1", "other key", (Decimal(1), Decimal(1)), 3, 100, 5.0)),
        key(json.loads(json.dumps(payload(PROMPT, Arm, ENDPOINT, 100)))),
    ]
    other = [
        of(PROMPT.model_copy(update={"system": "Read."})),
        of(PROMPT.model_copy(update={"user": "6 mg"})),
        of(kind=Study),
        of(at=Endpoint("gpt-5-mini")),
        of(most=101),
    ]
    assert len(set(same)) == 1
    assert len({*same, *other}) == 1 + len(other)


@runs(deadline=None)
@given(st.text(max_size=200), st.text(max_size=200))
def test_every_text_can_be_sent(system: str, user: str) -> None:
    body = payload(PROMPT.model_copy(update={"system": system, "user": user}), Arm, ENDPOINT, 100)
    sent = json.dumps(body, ensure_ascii=False).encode()
    assert key(body) and estimate(body) <= size(body) <= len(sent)


# Answers.

QUOTED = [
    ('{"title": "a\\u0000b\\ud800c\\u001b", "default": null, "people": 1}', Arm(title="abc", people=1)),
    (
        '{"title": "\\ud83d\\ude00 \\t5\\u2009mg", "default": 1, "people": 1}',
        Arm(title="😀 \t5\u2009mg", default=1, people=1),
    ),
]


@pytest.mark.parametrize(("content", "value"), QUOTED)
def test_characters_that_no_file_can_hold_are_left_out(content: str, value: Arm) -> None:
    assert read(completion(content), Arm) == value


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ('{"title": "a", "default": NaN, "people": 1}', NotJson),
        ('{"title": "a", "default": -Infinity, "people": 1}', NotJson),
        ('{"title": "a", "default": 1e999, "people": 1}', NotJson),
        ('{"title": "a", "people": 1, "default": 1, "people": 2}', NotJson),
        ('{"title": "a", "people": 1, "default": 1, "people\\u0000": 2}', NotJson),
        ('{"title": "a", "default": null, "people": ' + "9" * 19 + "}", NotJson),
        ('{"title": "a", "default": null, "people": ' + "9" * 9999 + "}", NotJson),
        ("[" * 100_000, NotJson),
        ('{"title":' * 50_000, NotJson),
        ('{"title": "a", "default": null, "people": 1} and more', NotJson),
        ("\ufeff{}", NotJson),
        ('{"title": "a", "default": null}', WrongShape),
        ('{"title": "a", "default": null, "people": 1, "extra": "\\ud800"}', WrongShape),
        ('{"title": "a", "default": null, "people": true}', WrongShape),
        ('{"title": "a", "default": null, "people": "31"}', WrongShape),
        ('{"title": "a", "default": null, "people": 1.5}', WrongShape),
        ('{"title": "a", "default": null, "people": -1}', WrongShape),
        ('{"title": null, "default": null, "people": 1}', WrongShape),
        ('{"title": "a", "default": null, "people": 1, "\\n' + "x" * 999 + '": 1}', WrongShape),
        ("[]", WrongShape),
        ("null", WrongShape),
        ("{}", WrongShape),
    ],
)
def test_an_answer_of_another_form_is_told_on_a_line(content: str, kind: type[UnusableAnswer]) -> None:
    with pytest.raises(UnusableAnswer) as caught:
        read(completion(content), Arm)
    assert type(caught.value) is kind
    assert "\n" not in caught.value.message and len(caught.value.message) < 700
    caught.value.message.encode()


class Checked(Frozen):
    title: str

    @field_validator("title")
    @classmethod
    def known(cls, title: str) -> str:
        if title != "known":
            raise ValueError(f"{title} is\nnot known")
        return title


def test_what_a_type_itself_refuses_is_of_the_wrong_shape() -> None:
    with pytest.raises(WrongShape, match=r"title: Value error, 5 is not known"):
        read(completion('{"title": "5"}'), Checked)
    assert read(completion('{"title": "known"}'), Checked).title == "known"


def test_a_refused_request_of_a_batch_reads_as_one_of_a_call() -> None:
    with pytest.raises(TooLong):
        read({"error": {"code": "context_length_exceeded", "message": "x"}}, Arm)
    with pytest.raises(EmptyAnswer):
        read({"error": {"code": "server_error", "message": "x"}}, Arm)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=9,
)
messages = st.fixed_dictionaries({}, optional={"content": json_values | st.text(), "refusal": json_values})
choices = st.fixed_dictionaries({}, optional={"message": messages | json_values, "finish_reason": json_values})
completions = st.fixed_dictionaries(
    {},
    optional={
        "choices": st.lists(choices | json_values, max_size=2) | json_values,
        "usage": st.dictionaries(st.sampled_from(["prompt_tokens", "completion_tokens"]), json_values) | json_values,
        "error": json_values,
    },
)


@runs(deadline=None)
@given(completions)
def test_every_completion_is_a_value_or_an_unusable_answer(found: dict[str, Any]) -> None:
    counted = usage(found)
    assert counted is None or counted.prompt >= counted.cached >= 0
    try:
        read(found, Arm)
    except UnusableAnswer as error:
        error.message.encode()


@runs(deadline=None)
@given(json_values)
def test_no_value_holds_what_a_file_cannot(value: Any) -> None:
    class Open(Frozen):
        what: Any

    try:
        read_back = read(completion(json.dumps({"what": value})), Open).what
    except UnusableAnswer:
        return
    text = json.dumps(read_back, ensure_ascii=False, allow_nan=False)
    assert "\\u0000" not in text and text.encode()


@pytest.mark.parametrize(
    ("said", "counted"),
    [
        ({"prompt_tokens": 7, "completion_tokens": 3}, Usage(prompt=7, completion=3)),
        ({"prompt_tokens": 0, "completion_tokens": 0}, Usage(prompt=0, completion=0)),
        (
            {"prompt_tokens": 7, "completion_tokens": 3, "prompt_tokens_details": {"cached_tokens": 5}},
            Usage(prompt=7, completion=3, cached=5),
        ),
        (
            {"prompt_tokens": 7, "completion_tokens": 3, "prompt_tokens_details": {"cached_tokens": 9}},
            Usage(prompt=7, completion=3),
        ),
        ({"prompt_tokens": 7, "completion_tokens": 3, "prompt_tokens_details": None}, Usage(prompt=7, completion=3)),
        ({"prompt_tokens": 7}, None),
        ({"prompt_tokens": -7, "completion_tokens": 3}, None),
        ({"prompt_tokens": 10**30, "completion_tokens": 3}, None),
        ({"prompt_tokens": math.nan, "completion_tokens": 3}, None),
        ({"prompt_tokens": "7", "completion_tokens": 3}, None),
        (None, None),
    ],
)
def test_tokens_are_counted_where_the_server_did(said: Any, counted: Usage | None) -> None:
    assert usage({"usage": said}) == counted
