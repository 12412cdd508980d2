"""An existing page as the rules for pages see it: what it says, where, and what it cites for it."""

from __future__ import annotations

from pipeline.models.base import Frozen


class Marker(Frozen):
    """A citation in running text: as it is written, where, and the references it points at.

    `references` count from 0 in `Page.references`; `dangling` are the parts that point at none ("7" of "[1, 7]").
    """

    text: str
    line: int
    references: tuple[int, ...] = ()
    dangling: tuple[str, ...] = ()


class PageSentence(Frozen):
    """A sentence of a page without its markers; `section` counts from 0 in `Page.sections`, `paragraph` in the page.

    `factual` is true where it asserts something that a source could bear out; false for questions, transitions,
    disclaimers and the like.
    """

    text: str
    line: int
    section: int | None = None
    paragraph: int = 0
    factual: bool = True
    markers: tuple[Marker, ...] = ()

    @property
    def references(self) -> tuple[int, ...]:
        """The references that its markers point at, each once, in order."""
        return tuple(dict.fromkeys(number for marker in self.markers for number in marker.references))


class PageSection(Frozen):
    """A heading with the line it stands in. `empty` where nothing but page furniture stands under it."""

    title: str
    line: int
    level: int = 1
    empty: bool = False
    markers: tuple[Marker, ...] = ()


class PageReference(Frozen):
    """An entry of a page's list of references, or an identifier that stands in running text (`listed` is false).

    `label` is the number or name by which markers call it; None where the entry carries none.
    """

    raw: str
    line: int
    label: str | None = None
    listed: bool = True


class Piece(Frozen):
    """A stretch of a page that is no part of its text: furniture, a placeholder, something hidden; `why` in words."""

    text: str
    line: int
    why: str


class Page(Frozen):
    """An existing page. `footer` is the disclosure, or what most resembles it; None where there is nothing like it."""

    title: str | None = None
    sections: tuple[PageSection, ...] = ()
    sentences: tuple[PageSentence, ...] = ()
    references: tuple[PageReference, ...] = ()
    footer: Piece | None = None
    furniture: tuple[Piece, ...] = ()
    hidden: tuple[Piece, ...] = ()

    @property
    def statements(self) -> tuple[PageSentence, ...]:
        """The sentences that assert something."""
        return tuple(sentence for sentence in self.sentences if sentence.factual)
