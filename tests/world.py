"""A project with a drafted profile of examplol, a PubMed that changes under it, and nights in which it is refreshed."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any
from unittest.mock import patch

import commands
import pytest
from commands import Outcome, contents, hurry
from eutils_faults import set_of
from eutils_server import EutilsServer
from examplol import LITERATURE

from pipeline.config import settings
from pipeline.decisions import approved, dump_decisions, items, read_decisions
from pipeline.models.profile import Profile, Reference
from pipeline.models.review import Decision
from pipeline.profiles import read_profile, read_sources, version_of
from pipeline.sources.entrez import PubMed
from pipeline.sources.openfda import DrugLabels

FIRST = date(2026, 11, 1)
REPORTS = ("refresh-report.md", "refresh-report.json")


class World:
    """Profiles below the working directory, and the loopback PubMed that they are drawn from."""

    def __init__(self, server: EutilsServer, root: Path) -> None:
        self.server = server
        self.root = root
        self.here = settings()
        self.place = self.here.profiles / "examplol"

    def draft(self, *names: str, day: date = FIRST) -> None:
        for name in names or ("examplol",):
            with patch("pipeline.render.terminal.today", lambda: day):
                outcome = commands.run("draft", name)
            assert outcome.status == 0, outcome

    @property
    def profile(self) -> Profile:
        found = read_profile(self.place)
        assert found is not None
        return found

    @property
    def references(self) -> dict[str, Reference]:
        return read_sources(self.place)

    @property
    def approved(self) -> frozenset[str]:
        return approved(self.profile, self.references, read_decisions(self.place))

    def approve_all(self) -> None:
        """Approve every claim and row as it stands, by a person."""
        references = self.references
        decisions = tuple(
            Decision(
                claim=item.id,
                decision="approve",
                hash=version_of(item.what, references),
                reviewer="A. Reviewer",
                date=FIRST,
            )
            for item in items(self.profile)
        )
        (self.place / "review.yaml").write_text(dump_decisions(decisions), encoding="utf-8")

    def files(self) -> dict[str, bytes]:
        """Every file of every profile."""
        return contents(self.here.profiles)

    def night(self, day: int | date, *words: str) -> Night:
        """Refresh on a day of November 2026."""
        when = day if isinstance(day, date) else date(2026, 11, day)
        before, asked = self.files(), len(self.server.requests)
        with patch("pipeline.render.terminal.today", lambda: when):
            outcome = commands.run("refresh", *words)
        after = self.files()
        changed = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
        path = self.root / REPORTS[1]
        report = json.loads(path.read_text("utf-8")) if path.exists() else {}
        return Night(outcome, report, changed, len(self.server.requests) - asked)

    def edit(self, pmid: str, change: Callable[[str], str]) -> None:
        """Change the record that PubMed has of a paper."""
        xml = self.server.entries[pmid].xml
        assert xml is not None
        edited = change(xml)
        assert edited != xml
        self.server.add(edited)


class Night:
    """What a night came to: how the command ended, its report, the files it changed and the requests it made."""

    def __init__(self, outcome: Outcome, report: dict[str, Any], changed: set[str], requests: int) -> None:
        self.outcome = outcome
        self.report = report
        self.changed = changed
        self.requests = requests

    @property
    def told(self) -> list[tuple[str, str, str]]:
        """Profile, source and kind of each item."""
        return [(item["profile"], item["source"], item["change"]["kind"]) for item in self.report["items"]]

    def item(self, source: str, kind: str) -> dict[str, Any]:
        (found,) = [i for i in self.report["items"] if (i["source"], i["change"]["kind"]) == (source, kind)]
        return found

    def fates(self, source: str, kind: str) -> dict[str, tuple[str, bool]]:
        """The claims of an item with what became of each, and whether its approval ended."""
        return {claim["claim"]: (claim["became"], claim["lapsed"]) for claim in self.item(source, kind)["claims"]}


def linked(ref_type: str, pmid: str, source: str = "J Invent Res. 2026 Nov 3;10(1):1") -> Callable[[str], str]:
    """A change that adds a link of this type to a record."""
    link = (
        f'<CommentsCorrections RefType="{ref_type}"><RefSource>{source}</RefSource>'
        f'<PMID Version="1">{pmid}</PMID></CommentsCorrections>'
    )

    def change(xml: str) -> str:
        if "</CommentsCorrectionsList>" in xml:
            return xml.replace("</CommentsCorrectionsList>", f"{link}</CommentsCorrectionsList>")
        return xml.replace(
            "</MedlineJournalInfo>", f"</MedlineJournalInfo><CommentsCorrectionsList>{link}</CommentsCorrectionsList>"
        )

    return change


def unlinked(xml: str) -> str:
    """A change that takes all links away."""
    return re.sub(r"<CommentsCorrectionsList>.*?</CommentsCorrectionsList>", "", xml)


def typed(kind: str) -> Callable[[str], str]:
    """A change that adds a publication type."""
    return lambda xml: xml.replace(
        "<PublicationTypeList>", f"<PublicationTypeList><PublicationType>{kind}</PublicationType>"
    )


def untyped(kind: str) -> Callable[[str], str]:
    return lambda xml: xml.replace(f"<PublicationType>{kind}</PublicationType>", "")


def both(*changes: Callable[[str], str]) -> Callable[[str], str]:
    def change(xml: str) -> str:
        for each in changes:
            xml = each(xml)
        return xml

    return change


def replaced(old: str, new: str) -> Callable[[str], str]:
    """A change of words that have to be there."""

    def change(xml: str) -> str:
        assert old in xml
        return xml.replace(old, new)

    return change


def entered(xml: str, day: date) -> str:
    """A record that was entered and revised on a day."""
    parts = f"<Year>{day.year}</Year><Month>{day.month}</Month><Day>{day.day}</Day>"
    return re.sub(
        r'(<DateRevised>|<PubMedPubDate PubStatus="entrez">).*?(</DateRevised>|</PubMedPubDate>)', rf"\1{parts}\2", xml
    )


def with_doi(xml: str, doi: str) -> str:
    return xml.replace("<ArticleIdList>", f'<ArticleIdList><ArticleId IdType="doi">{doi}</ArticleId>')


def including(xml: str, pmids: Iterable[str]) -> str:
    """A review with a reference list."""
    listed = "".join(
        f'<Reference><ArticleIdList><ArticleId IdType="pubmed">{pmid}</ArticleId></ArticleIdList></Reference>'
        for pmid in pmids
    )
    return xml.replace("</PubmedData>", f"<ReferenceList>{listed}</ReferenceList></PubmedData>")


def without(answer: str, pmid: str) -> str:
    """An answer of EFetch without one of its records."""
    records = re.findall(r"<PubmedArticle>.*?</PubmedArticle>", answer, re.DOTALL)
    (record,) = [each for each in records if f'<PMID Version="1">{pmid}</PMID>' in each.partition("<Article ")[0]]
    return answer.replace(record, "")


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    (tmp_path / "profiles").mkdir()
    monkeypatch.chdir(tmp_path)
    hurry(monkeypatch, PubMed, DrugLabels, attempts=2)
    with EutilsServer(LITERATURE) as server:
        monkeypatch.setenv("NCBI_EMAIL", "pat@example.org")
        monkeypatch.setenv("MONOGRAPH_ENTREZ_URL", server.url)
        yield World(server, tmp_path)


def files_of(world: World, *records: str, deleted: str = "", name: str = "pubmed26n1335.xml.gz") -> Path:
    """An update file with its .md5."""
    gone = f"<DeleteCitation>{deleted}</DeleteCitation></PubmedArticleSet>" if deleted else "</PubmedArticleSet>"
    path = world.root / name
    path.write_bytes(gzip.compress(set_of(records).replace("</PubmedArticleSet>", gone).encode()))
    path.with_name(f"{name}.md5").write_text(f"MD5({name})= {hashlib.md5(path.read_bytes()).hexdigest()}\n")
    return path


def xml_of(world: World, pmid: str) -> str:
    xml = world.server.entries[pmid].xml
    assert xml is not None
    return xml
