"""What an author writes about a compound: `compound.yaml`."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from pipeline.models.base import Frozen


def _short(field: str) -> BeforeValidator:
    """Lets an author write a bare string where only the first field matters."""
    return BeforeValidator(lambda value: {field: value} if isinstance(value, str) else value)


Name = Annotated[str, Field(min_length=1, pattern=r"\S")]


class Topic(Frozen):
    """A heading under which evidence is gathered: a condition, or a mechanism. `terms` are matched as whole words."""

    name: Name
    terms: tuple[Name, ...] = ()


class Question(Frozen):
    """A question of the FAQ. `terms` narrow the sentences that may answer it; without them its own words do."""

    question: Name
    terms: tuple[Name, ...] = ()


class Form(Frozen):
    """How the compound is supplied. `vial_mg` and `diluent_ml` feed the reconstitution arithmetic of injectables."""

    kind: Literal["oral", "injectable", "topical", "inhaled", "other"]
    presentation: str | None = None
    vial_mg: Annotated[Decimal, Field(gt=0)] | None = None
    diluent_ml: tuple[Annotated[Decimal, Field(gt=0)], ...] = ()


class Compound(Frozen):
    """`compound.yaml`, written by a person: what the profile is about and where to look.

    `reviewers` have to approve each claim. `publish` true says that the profile is on the site, so that a claim that is
    not approved is an error; false keeps it off; without it the profile is there while all of it is approved.
    """

    name: Name
    slug: str
    aliases: tuple[Name, ...] = ()
    tagline: str | None = None
    mesh: tuple[str, ...] = ()
    query: str | None = None
    retrieve: Annotated[int, Field(ge=1, le=100_000)] = 1000
    topics: tuple[Annotated[Topic, _short("name")], ...] = ()
    mechanisms: tuple[Annotated[Topic, _short("name")], ...] = ()
    form: Annotated[Form, _short("kind")] | None = None
    questions: tuple[Annotated[Question, _short("question")], ...] = ()
    reviewers: Annotated[int, Field(ge=1)] = 1
    publish: bool | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The name and its aliases, each once, in order."""
        return tuple(dict.fromkeys((self.name, *self.aliases)))
