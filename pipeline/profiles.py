"""The files of a profile: read them, write them atomically, hash what was read, keep what people changed."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError
from rapidfuzz import process

from pipeline.errors import ProfileError
from pipeline.identifiers import split_evidence_id
from pipeline.models.base import Frozen
from pipeline.models.compound import Compound
from pipeline.models.profile import Claim, DoseRow, Profile, Reference, cited_sources
from pipeline.models.sources import Article, Notice, NoticeKind, Source

M = TypeVar("M", bound=BaseModel)

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)

HEADER = """\
# The profile as data: the rendered files are made from this and sources.yaml.
# Claims may be edited by hand: a claim whose text or evidence ids you change is kept by the next draft.
"""


class Sources(Frozen):
    """`sources.yaml`: the cited records, by key."""

    sources: tuple[Reference, ...] = ()


def digest(text: str) -> str:
    """`sha256:` and the hex digest of a text, as used for source versions and for claims."""
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def short_digest(text: str) -> str:
    """The first 16 hex digits of `digest`: enough to notice that a text is another one."""
    return digest(text)[: len("sha256:") + 16]


def claim_hash(text: str, evidence: Sequence[str]) -> str:
    """The short hash of a claim's text and evidence ids, by which a person's edit is noticed."""
    return short_digest("\n".join((text, *evidence)))


def is_edited(claim: Claim) -> bool:
    """True where a person wrote or changed the claim after it was drafted."""
    return claim.drafted != claim_hash(claim.text, [quotation.id for quotation in claim.evidence])


# --- reading ----------------------------------------------------------------------------------------------------------


def read(path: Path, model: type[M], **extra: Any) -> M:
    """A YAML file as a value of `model`; `extra` are fields that the file does not carry.

    Raises ProfileError for a missing or unreadable file, for YAML that does not parse (with its line), for an unknown
    key (naming the nearest known one) and for a value that does not fit.
    """
    try:
        data = yaml.load(path.read_text("utf-8"), Loader=LOADER)  # noqa: S506 - a safe loader either way
    except FileNotFoundError as error:
        raise ProfileError(f"{path} does not exist", "write it first: monograph draft NAME makes a profile") from error
    except (OSError, UnicodeDecodeError) as error:
        raise ProfileError(f"{path} cannot be read: {error}", "check that it is a readable UTF-8 text file") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f":{mark.line + 1}" if mark else ""
        problem = getattr(error, "problem", None) or "not valid YAML"
        hint = "mend the file by hand; nothing was overwritten"
        if "<<<<<<<" in str(getattr(mark, "buffer", "") or path.read_text("utf-8")):
            hint = "a merge was not finished: keep what is right of both sides, and take out its marks (<<<<<<<)"
        raise ProfileError(f"{path}{line}: {problem}", hint) from error
    except ValueError as error:  # a date such as 2020-13-01, which YAML reads as one
        raise ProfileError(f"{path}: {error}", "mend the file by hand; nothing was overwritten") from error
    if not isinstance(data, dict):
        raise ProfileError(f"{path} holds no mapping of keys to values", "compare it with another profile's file")
    try:
        return model.model_validate({**data, **extra})
    except ValidationError as error:
        raise ProfileError(
            f"{path}: {_first_problem(error, model)}", "mend the file; nothing was overwritten"
        ) from error


def _first_problem(error: ValidationError, model: type[BaseModel]) -> str:
    """The first fault of a file in words, with the nearest known key for an unknown one.

    An unknown key comes before a missing one, since a key that is misspelt is both.
    """
    faults = error.errors()
    first = next((fault for fault in faults if fault["type"] == "extra_forbidden"), faults[0])
    place = [part for part in first["loc"] if isinstance(part, int | str)]
    where = ".".join(str(part + 1) if isinstance(part, int) else part for part in place)
    if first["type"] != "extra_forbidden":
        return f"{where}: {first['msg']}"
    nearest = process.extractOne(str(place[-1]), sorted(_known_keys(model) - {str(place[-1])}), score_cutoff=60)
    return f"unknown key '{where}'" + (f"; did you mean '{nearest[0]}'?" if nearest else "")


def _known_keys(model: type[BaseModel]) -> set[str]:
    """Every field name of a model and of the models inside it."""
    schema = model.model_json_schema()
    parts = [schema, *schema.get("$defs", {}).values()]
    return {key for part in parts for key in part.get("properties", {})}


def read_compound(directory: Path) -> Compound:
    """`compound.yaml` of a profile; the slug is the directory's name."""
    return read(directory / "compound.yaml", Compound, slug=directory.name)


def read_profile(directory: Path) -> Profile | None:
    """`profile.yaml`, or None where there is none yet."""
    path = directory / "profile.yaml"
    return read(path, Profile) if path.exists() else None


def reference_of(source: Source) -> Reference:
    """A source as `sources.yaml` keeps it: without its abstract and headings, whose hashes stand for what was read.

    A label of openFDA goes without its sections, as an abstract does; those of a bundled one name where they were read.
    """
    if not isinstance(source, Article):
        if source.set_id is None:
            return Reference(key=source.key, label=source, hash=digest(source.text))
        texts: dict[str, list[str]] = {}
        for section in source.sections:
            texts.setdefault(section.kind, []).append(section.text)
        parts = {kind: short_digest("\n".join(found)) for kind, found in texts.items()}
        bare = source.model_copy(update={"sections": ()})
        return Reference(key=source.key, label=bare, hash=digest(source.text), parts=parts)
    indexed = source.model_dump_json(include={"mesh", "keywords", "substances"})
    return Reference(
        key=source.key,
        article=Article(**source.model_dump(exclude={"abstract", "mesh", "keywords", "substances"})),
        hash=digest(source.text),
        headings=short_digest(indexed) if source.text_origin == "pubmed" else None,
    )


def bears_on(notice: Notice) -> bool:
    """True for a notice that a reader of the paper's results must know of.

    A comment is none, nor an erratum that says itself that it corrects names or the like.
    """
    if notice.role == "notice" or notice.kind in (NoticeKind.COMMENT, NoticeKind.OTHER):
        return False
    return not (notice.kind is NoticeKind.ERRATUM and notice.about == "other")


def version(reference: Reference) -> str:
    """What a source was when it was read: the hash of its text, and what had become of it by then."""
    notices = [n for n in reference.article.notices if bears_on(n)] if reference.article else []
    if reference.parts:  # what is quoted of a label of openFDA is all that is told of it
        return "withdrawn" if reference.withdrawn else "label"
    standing = {n.kind.value if n.kind is not NoticeKind.ERRATUM else f"erratum {n.citation or n.id}" for n in notices}
    return " ".join([reference.hash, *sorted(standing)])


def version_of(claim: Claim | DoseRow, references: Mapping[str, Reference]) -> str:
    """The hash of what a reviewer reads of a claim or row: its words, its quotations, and the version of each source.

    The sentences of a label of openFDA count without their numbers: a section that grows before them moves them all.
    """
    live = {key for key in cited_sources(claim.evidence) if key in references and references[key].parts}
    split = [(quotation, split_evidence_id(quotation.id)) for quotation in claim.evidence]
    quoted = [f"{at[0] if at and at[0] in live else quotation.id} {quotation.text}" for quotation, at in split]
    read_from = [version(references[key]) if key in references else "" for key in cited_sources(claim.evidence)]
    return digest("\n".join([claim.words, *quoted, *read_from]))


def read_sources(directory: Path) -> dict[str, Reference]:
    """`sources.yaml` by key; empty where there is none."""
    path = directory / "sources.yaml"
    return {r.key: r for r in read(path, Sources).sources} if path.exists() else {}


# --- writing ----------------------------------------------------------------------------------------------------------


def dump(model: BaseModel, header: str = "") -> str:
    """A value as YAML: fields in their order, defaults left out, one line a string, so that an edit is one line."""
    data = model.model_dump(mode="json", exclude_defaults=True)
    text = yaml.dump(data, Dumper=DUMPER, sort_keys=False, allow_unicode=True, width=2**20)
    return header + text


def write(files: Mapping[Path, str]) -> tuple[Path, ...]:
    """Write each file whose content differs, all new contents being on disk before the first is put in place.

    Returns the paths that changed. Raises ProfileError when the disk is full or the directory cannot be written; every
    old file is then as it was.
    """
    changed = {path: text for path, text in files.items() if not _same(path, text)}
    waiting: list[tuple[Path, Path]] = []
    try:
        for path, text in changed.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            new = path.with_name(f".{path.name}.new")  # one name, so that what a killed run leaves is written over
            waiting.append((new, path))
            with new.open("w", encoding="utf-8", newline="\n") as stream:
                stream.write(text)
                stream.flush()
                os.fsync(stream.fileno())
        for new, path in waiting:
            new.replace(path)
    except OSError as error:
        where = next(iter(changed)).parent
        raise ProfileError(
            f"cannot write to {where}: {error.strerror or error}",
            "make room or make the directory writable, then run again; the old files are untouched",
        ) from error
    finally:
        for new, _ in waiting:
            new.unlink(missing_ok=True)
    return tuple(changed)


def _same(path: Path, text: str) -> bool:
    try:
        return path.read_bytes() == text.encode()
    except OSError:
        return False
