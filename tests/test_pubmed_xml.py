from __future__ import annotations

import gzip
import io
import re
import tracemalloc
from pathlib import Path
from typing import BinaryIO, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pubmed_files import PUBMED

from pipeline.errors import FormatError
from pipeline.sources.pubmed_xml import Record, open_file, records

RECORD = (
    b"<PubmedArticle><MedlineCitation><PMID>%d</PMID>"
    b"<Article><ArticleTitle>An invented title</ArticleTitle></Article></MedlineCitation></PubmedArticle>"
)
FIRST = 90000200


def a_set(count: int) -> bytes:
    inside = b"\n".join(RECORD % number for number in range(FIRST, FIRST + count))
    return b"<PubmedArticleSet>%b</PubmedArticleSet>\n" % inside


def read(body: bytes) -> tuple[list[str | None], FormatError | None]:
    """The PMIDs that came before the fault, and the fault."""
    found: list[str | None] = []
    try:
        found.extend(record.article.pmid for record in records(io.BytesIO(body)))
    except FormatError as error:
        return found, error
    return found, None


def test_an_empty_set_is_valid_and_empty() -> None:
    assert read((PUBMED / "empty_set.xml").read_bytes()) == ([], None)
    assert read(b"<PubmedBookArticleSet/>") == ([], None)


def test_a_single_record_may_be_the_root() -> None:
    assert read((PUBMED / "single_record.xml").read_bytes()) == (["90000098"], None)


def test_deleted_records_are_told_apart_from_new_ones() -> None:
    deleted = ["90000001"]
    with open_file(PUBMED / "update_file.xml") as stream:
        found = [record.article.pmid for record in records(stream, deleted=deleted)]
    assert found == ["90000095"]
    assert deleted == ["90000001", "90000096", "90000097"]
    assert read((PUBMED / "update_file.xml").read_bytes()) == (["90000095"], None)


@pytest.mark.parametrize(
    "path", [path for path in sorted(PUBMED.glob("*.xml")) if path.stem not in ("entities", "error_reply", "no_ids")]
)
def test_the_kept_xml_is_the_element_as_it_stood_and_says_the_same(path: Path) -> None:
    body = path.read_bytes()
    for record in records(io.BytesIO(body)):
        assert record.xml in body
        (again,) = records(io.BytesIO(record.xml))
        assert again == record
        assert again.xml.startswith((b"<PubmedArticle>", b"<PubmedBookArticle>"))


def test_the_kept_xml_does_not_depend_on_how_the_bytes_arrive() -> None:
    class Dribble(io.BytesIO):
        def read1(self, size: int | None = -1, /) -> bytes:
            return super().read1(7)

    body = b"\xef\xbb\xbf<?xml version='1.0'?>\n" + a_set(3).replace(b"invented", "erfundener Titel: µ".encode())
    whole = list(records(io.BytesIO(body)))
    assert list(records(Dribble(body))) == whole
    assert [record.xml.count(b"PubmedArticle") for record in whole] == [2, 2, 2]


def test_xml_that_was_not_asked_for_is_not_kept() -> None:
    assert {record.xml for record in records(io.BytesIO(a_set(3)), keep_xml=False)} == {b""}


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "is empty"),
        (b"\n  \n", "is empty"),
        (b'{"error":"API rate limit exceeded","api-key":"secret"}', "is JSON"),
        (b"Bad gateway", "is no XML"),
        (b"<!DOCTYPE html>\n<html><body>Sign in<br></body></html>", "is HTML"),
        (b"<html><head><title>Sign in", "is HTML"),
        (b"<?xml version='1.0'?><!doctype html><p>", "not well-formed"),
        (b"<ERROR>Unable to obtain the query</ERROR>", "Unable to obtain the query"),
        (b"<PubmedArticleSet><ERROR>UID not found</ERROR></PubmedArticleSet>", "UID not found"),
        (b"<eSearchResult><Count>0</Count></eSearchResult>", "<eSearchResult>"),
        (b"<PubmedArticleSet><Surprise/></PubmedArticleSet>", "<Surprise>"),
        (b"<DeleteCitation><PMID>1</PMID></DeleteCitation>", "<DeleteCitation>"),
        ("<PubmedArticleSet/>".encode("utf-16"), "is UTF-16"),
        (b"<PubmedArticleSet/><PubmedArticleSet/>", "not well-formed"),
        (b"<?xml version='1.0'?>", "ends too early"),
    ],
)
def test_what_is_not_pubmed_xml_is_refused_by_name(body: bytes, said: str) -> None:
    found, error = read(body)
    assert found == []
    assert error is not None
    assert said in error.message
    assert error.hint
    assert "secret" not in f"{error.message} {error.hint} {error.__cause__}"


def test_an_error_reply_is_quoted_on_one_line() -> None:
    _, error = read((PUBMED / "error_reply.xml").read_bytes())
    assert error is not None
    assert error.message.endswith(": ID list is empty! Possibly it has no correct IDs.")


def test_declared_entities_are_refused_before_they_expand() -> None:
    found, error = read((PUBMED / "entities.xml").read_bytes())
    assert found == []
    assert error is not None
    assert "XML entities" in error.message
    outside = b'<!DOCTYPE PubmedArticleSet [<!ENTITY %% x SYSTEM "file:///etc/hostname"> %%x;]>%b' % a_set(1)
    assert "XML entities" in str(read(outside)[1])


def test_an_external_dtd_is_never_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("asked for a name or a file")

    monkeypatch.setattr("socket.getaddrinfo", refuse)
    monkeypatch.setattr("urllib.request.urlopen", refuse)
    doctype = b'<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD//EN" "https://dtd.invalid/pubmed.dtd">'
    assert read(doctype + a_set(2)) == ([str(FIRST), str(FIRST + 1)], None)
    assert "XML entities" in str(read(doctype + a_set(2).replace(b"invented", b"&alpha;"))[1])
    assert "not well-formed" in str(read(a_set(2).replace(b"invented", b"&alpha;"))[1])


def test_all_complete_records_of_truncated_xml_come_before_the_fault() -> None:
    found, error = read(a_set(3)[:-60])
    assert found == [str(FIRST), str(FIRST + 1)]
    assert error is not None
    assert error.message == "the PubMed XML ends too early, after 2 whole records"
    assert error.retryable


def test_all_complete_records_of_broken_xml_come_before_the_fault() -> None:
    found, error = read(a_set(3).replace(b"%d" % (FIRST + 2), b"<"))
    assert found == [str(FIRST), str(FIRST + 1)]
    assert "not well-formed" in str(error)
    assert "after 2 whole records" in str(error)


def test_hostile_nesting_is_a_fault_of_the_file() -> None:
    references = b"<PubmedData><Reference><Reference/></Reference></PubmedData></PubmedArticle>"
    _, error = read(a_set(1).replace(b"</PubmedArticle>", references))
    assert "nested" in str(error)


def zipped(path: Path, body: bytes) -> Path:
    path.write_bytes(body)
    return path


def test_gzip_is_told_by_its_first_bytes(tmp_path: Path) -> None:
    for path in (
        zipped(tmp_path / "plain.xml.gz", a_set(2)),
        zipped(tmp_path / "zipped.xml", gzip.compress(a_set(2))),
    ):
        with open_file(path) as stream:
            assert len(list(records(stream))) == 2


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda body: body[: len(body) * 3 // 4], "ends too early"),
        (lambda body: body[:-4], "ends too early"),
        (lambda body: body[:-8] + b"\0" * 8, ".gz file is damaged"),
        (lambda body: body[:2000] + b"\xff" * 40 + body[2040:], "not well-formed|.gz file is damaged"),
    ],
)
def test_a_damaged_gzip_file_gives_what_was_whole_and_then_a_fault(tmp_path: Path, damage: object, said: str) -> None:
    body = gzip.compress(a_set(3000))
    assert callable(damage)
    found: list[Record] = []
    with open_file(zipped(tmp_path / "file.xml.gz", damage(body))) as stream, pytest.raises(FormatError, match=said):
        found.extend(records(stream))  # the list keeps what came before the fault
    assert [record.article.pmid for record in found] == [str(FIRST + i) for i in range(len(found))]
    assert len(found) > 100


def test_a_file_that_cannot_be_opened_is_named(tmp_path: Path) -> None:
    for path in (tmp_path / "missing.xml", tmp_path):
        with pytest.raises(FormatError, match=re.escape(str(path))):
            open_file(path)


class Endless(io.RawIOBase):
    """`count` records of 4 kB, made as they are read."""

    def __init__(self, count: int) -> None:
        self.left = count
        self.began = False

    def read(self, size: int = -1, /) -> bytes:
        if not self.began:
            self.began = True
            return b"<PubmedArticleSet>"
        self.left -= 1
        if self.left < 0:
            return b"</PubmedArticleSet>" if self.left == -1 else b""
        filler = b"<MedlineCitation><Note>%b</Note>" % (b"x" * 4000)
        return (RECORD % (FIRST + self.left)).replace(b"<MedlineCitation>", filler)


def test_memory_stays_flat() -> None:
    tracemalloc.start()
    try:
        assert sum(1 for _ in records(cast(BinaryIO, Endless(1000)))) == 1000
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 1_000_000


def test_records_come_before_the_stream_has_ended() -> None:
    stream = Endless(1000)
    next(records(cast(BinaryIO, stream)))
    assert stream.left > 990


_SEEDS = [path.read_bytes() for path in sorted(PUBMED.glob("*.xml"))]


@settings(max_examples=150)
@given(st.sampled_from(_SEEDS), st.lists(st.tuples(st.integers(0, 6000), st.binary(max_size=6)), max_size=4))
def test_no_damage_is_worse_than_a_format_error(body: bytes, damage: list[tuple[int, bytes]]) -> None:
    for place, patch in damage:
        body = body[:place] + patch + body[place + 3 :]
    try:
        assert all(record.article.key for record in records(io.BytesIO(body)))
    except FormatError as error:
        assert error.hint
