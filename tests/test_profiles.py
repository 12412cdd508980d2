"""Reading and writing the files of a profile."""

from __future__ import annotations

import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from enum import Enum
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from pipeline.errors import ProfileError
from pipeline.models.compound import Compound
from pipeline.models.profile import (
    Profile,
)
from pipeline.models.sources import Article, Label, Search
from pipeline.models.studies import Study
from pipeline.profiles import (
    HEADER,
    LOADER,
    dump,
    read,
    read_compound,
    read_profile,
    read_sources,
    write,
)

# --- reading ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name: [examplol", "compound.yaml:2: did not find expected ',' or ']'"),
        ("\tname: examplol", "compound.yaml:1: found character that cannot start any token"),
        ("name: !!python/object:os.system x", "compound.yaml:1: could not determine a constructor"),
        ("name: examplol\x07", "compound.yaml: not valid YAML"),
        ("name: 2020-13-01", "compound.yaml: month must be in 1..12"),
        ("", "holds no mapping of keys to values"),
        ("- examplol", "holds no mapping of keys to values"),
        ("name: examplol\ntopcs: []", "unknown key 'topcs'; did you mean 'topics'?"),
        ("nmae: examplol", "unknown key 'nmae'; did you mean 'name'?"),
        (
            "name: examplol\ntopics:\n- name: pain\n- {name: sleep, trems: []}",
            "'topics.2.trems'; did you mean 'terms'?",
        ),
        ("name: examplol\nzzzzzz: 1", "unknown key 'zzzzzz'"),
        ("tagline: A compound", "name: Field required"),
        ("name: examplol\nmesh: 5", "mesh: Input should be a valid tuple"),
        ("name: examplol\nretrieve: many", "retrieve: Input should be a valid integer"),
        ("name: examplol\nform: {kind: pill}", "form.kind: Input should be 'oral', 'injectable'"),
    ],
)
def test_a_fault_of_a_file_is_said_with_its_place(text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "compound.yaml").write_text(text)
    with pytest.raises(ProfileError) as caught:
        read_compound(tmp_path)
    assert said in caught.value.message
    assert "\n" not in caught.value.message
    assert str(tmp_path / "compound.yaml") in caught.value.message
    assert caught.value.hint


def test_a_file_that_is_not_there_or_not_text(tmp_path: Path) -> None:
    with pytest.raises(ProfileError, match=r"compound\.yaml does not exist"):
        read_compound(tmp_path)
    assert (read_profile(tmp_path), read_sources(tmp_path)) == (None, {})
    (tmp_path / "profile.yaml").write_bytes(b"name: \xff\xfe")
    with pytest.raises(ProfileError, match="cannot be read"):
        read_profile(tmp_path)
    (tmp_path / "sources.yaml").mkdir()
    with pytest.raises(ProfileError, match="cannot be read"):
        read_sources(tmp_path)


def test_the_slug_of_a_compound_is_its_directory(tmp_path: Path) -> None:
    place = tmp_path / "examplol"
    place.mkdir()
    (place / "compound.yaml").write_text(
        "name: Examplol\ntopics: [pain, {name: sleep, terms: [insomnia]}]\nform: oral\n"
    )
    compound = read_compound(place)
    assert (compound.slug, compound.form and compound.form.kind) == ("examplol", "oral")
    assert [(topic.name, topic.terms) for topic in compound.topics] == [("pain", ()), ("sleep", ("insomnia",))]


# --- writing ----------------------------------------------------------------------------------------------------------


@contextmanager
def disk_of(size: int) -> Iterator[None]:
    """No file may grow beyond `size` bytes: a real failure in the middle of writing."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def contents(directory: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in directory.iterdir()}


def test_files_are_written_and_only_changed_ones_again(tmp_path: Path) -> None:
    place = tmp_path / "profiles" / "examplol"
    one, two = place / "one.yaml", place / "two.md"
    assert write({one: "α: 1\n", two: "two\n"}) == (one, two)
    assert one.read_bytes() == "α: 1\n".encode()
    assert one.stat().st_mode & 0o777 == 0o644
    for path in (one, two):
        os.utime(path, ns=(1, 1))
    assert write({one: "α: 1\n", two: "three\n"}) == (two,)
    assert (one.stat().st_mtime_ns, two.stat().st_mtime_ns > 1) == (1, True)
    assert write({one: "α: 1\n", two: "three\n"}) == ()
    assert contents(place) == {"one.yaml": "α: 1\n", "two.md": "three\n"}


def test_nothing_changes_when_the_disk_is_full_half_way(tmp_path: Path) -> None:
    place = tmp_path / "examplol"
    small, large = place / "small.yaml", place / "large.yaml"
    write({small: "old", large: "old"})
    with disk_of(1000), pytest.raises(ProfileError) as caught:
        write({small: "new", large: "new" * 1000})
    assert str(place) in caught.value.message
    assert "untouched" in caught.value.hint
    assert contents(place) == {"small.yaml": "old", "large.yaml": "old"}


@pytest.mark.parametrize("fault", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_no_temporary_file_is_left_when_the_second_file_fails(
    fault: BaseException, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "examplol"
    write({place / "one.yaml": "old", place / "two.yaml": "old"})
    calls = []

    def fsync(handle: int) -> None:
        calls.append(handle)
        if len(calls) == 2:
            raise fault

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises((ProfileError, KeyboardInterrupt)):
        write({place / "one.yaml": "new", place / "two.yaml": "new"})
    assert len(calls) == 2
    assert contents(place) == {"one.yaml": "old", "two.yaml": "old"}


def test_a_directory_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "profiles").write_text("a file where a directory should be")
    with pytest.raises(ProfileError, match=r"cannot write to .*profiles/examplol: "):
        write({tmp_path / "profiles" / "examplol" / "profile.yaml": "new"})
    assert (tmp_path / "profiles").read_text() == "a file where a directory should be"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_directory_without_permission_is_said(tmp_path: Path) -> None:
    place = tmp_path / "examplol"
    write({place / "profile.yaml": "old"})
    place.chmod(0o500)
    with pytest.raises(ProfileError, match="Permission denied"):
        write({place / "profile.yaml": "new"})
    place.chmod(0o700)
    assert contents(place) == {"profile.yaml": "old"}


# --- laws -------------------------------------------------------------------------------------------------------------


def values(kind: Any) -> st.SearchStrategy[Any]:
    """Any value of an annotation that the models use."""
    origin, parts = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return values(parts[0])
    if origin is Literal:
        return st.sampled_from(parts)
    if origin in (Union, UnionType):
        return st.one_of([values(part) for part in parts])
    if origin is tuple:
        assert parts[1:] == (...,)
        return st.lists(values(parts[0]), max_size=2).map(tuple)
    if issubclass(kind, BaseModel):
        return st.deferred(lambda: built(kind))
    if issubclass(kind, Enum):
        return st.sampled_from(list(kind))
    plain: dict[type, st.SearchStrategy[Any]] = {
        NoneType: st.none(),
        str: st.text(max_size=12) | st.text("ab \n\u202e:#-'\"é", min_size=1, max_size=12),
        bool: st.booleans(),
        int: st.integers(1, 100_000),
        Decimal: st.decimals(allow_nan=False, allow_infinity=False, min_value=Decimal("0.001")),
        date: st.dates(),
    }
    return plain[kind]


def built(model: type[BaseModel]) -> st.SearchStrategy[Any]:
    """Values of a model: of its annotations' values those that its constraints allow."""
    fields = {name: values(field.annotation) for name, field in model.model_fields.items()}
    return (
        st.fixed_dictionaries(fields).map(lambda given: allowed(model, given)).filter(lambda value: value is not None)
    )


def allowed(model: type[BaseModel], given: dict[str, Any]) -> BaseModel | None:
    try:
        return model(**given)
    except ValidationError:
        return None


@pytest.mark.parametrize("model", [Profile, Article, Label, Compound, Study, Search], ids=lambda model: model.__name__)
@settings(max_examples=30)
@given(data=st.data())
def test_every_value_survives_yaml_and_json(model: type[BaseModel], data: st.DataObject) -> None:
    value = data.draw(built(model))
    text = dump(value, HEADER)
    assert "\r" not in text
    assert model.model_validate(yaml.load(text, Loader=LOADER)) == value
    assert model.model_validate(yaml.safe_load(text)) == value
    assert model.model_validate_json(value.model_dump_json()) == value


def test_defaults_are_not_written_and_a_text_is_one_line(tmp_path: Path) -> None:
    paper = Article(pmid="90000001", title="Examplol: " + "long " * 100 + "\nin two lines", year=2020)
    text = dump(paper)
    assert [line.partition(":")[0] for line in text.splitlines()] == ["pmid", "title", "year"]
    (tmp_path / "paper.yaml").write_text(text)
    assert read(tmp_path / "paper.yaml", Article) == paper
