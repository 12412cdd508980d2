"""Update files: the wanted records as they stand, the deleted ones, and no fault taken for nothing found."""

from __future__ import annotations

import gzip
import hashlib
import io
import threading
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest
from eutils_server import article_xml
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import FormatError
from pipeline.sources import pubmed_xml, update_files
from pipeline.sources.update_files import md5_of, wanted_records

CITED = '<CommentsCorrections RefType="Cites"><PMID Version="1">90000001</PMID></CommentsCorrections>'
BOOK = (
    '<PubmedBookArticle><BookDocument><PMID Version="1">90000004</PMID><Book><BookTitle>A book</BookTitle></Book>'
    '<ArticleTitle>A chapter</ArticleTitle></BookDocument><PubmedBookData><ArticleIdList><ArticleId IdType="pubmed">'
    "90000001</ArticleId></ArticleIdList></PubmedBookData></PubmedBookArticle>"
)
RECORDS = [
    article_xml("90000001", "First"),
    article_xml("90000002", "Cites <PubmedArticle> & others", [(None, "5 < 6 </PubmedArticle>")], corrections=CITED),
    article_xml("90000003", "Größe 10 µg, 研究"),
    BOOK,
    article_xml("90000003", "A second version"),
]
DELETED = (
    '<DeleteCitation>\n<PMID Version="1">90000009</PMID>\n<PMID Version="1">90000008</PMID>\n</DeleteCitation>'
    '<DeleteDocument><PMID Version="1">90000007</PMID></DeleteDocument><DeleteCitation/>'
)
HEAD = (
    '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st January '
    '2025//EN" "https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_250101.dtd">\n'
)


def text_of(records: list[str], between: str = "\n  ", end: str = DELETED) -> bytes:
    inside = "".join(f"{between}{unit}" for unit in [*records, end])
    return f"{HEAD}<PubmedArticleSet>{inside}{between}</PubmedArticleSet>\n".encode()


WHOLE = text_of(RECORDS)
PACKED = gzip.compress(WHOLE, mtime=0)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "pubmed26n1335.xml.gz"


def scanned(path: Path, *wanted: int) -> tuple[list[str], list[str]]:
    deleted: list[str] = []
    return [xml.decode() for xml in wanted_records(path, set(wanted), deleted)], deleted


@pytest.mark.parametrize("content", [PACKED, WHOLE], ids=["gz", "xml"])
def test_the_wanted_records_as_they_stand(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    first, second, third, book, version = RECORDS
    assert scanned(path) == ([], ["90000009", "90000008", "90000007"])
    assert scanned(path, 90000001)[0] == [first]
    assert scanned(path, 90000003, 90000004, 90000002)[0] == [second, third, book, version]
    (xml,) = scanned(path, 90000002)[0]
    (record,) = pubmed_xml.records(io.BytesIO(xml.encode()))
    assert (record.article.pmid, record.xml.decode()) == ("90000002", second)


FORMS = {
    "one line": lambda text: text.replace(b"\n", b"").replace(b">  <", b"><"),
    "other attributes": lambda text: (
        text.replace(b"<PubmedArticle>", b"<PubmedArticle a='1>2' >")
        .replace(b'<MedlineCitation Status="MEDLINE" Owner="NLM">', b'<MedlineCitation Owner = "NLM"\n x:y="" >')
        .replace(b'<PMID Version="1">', b"<PMID >  ")
        .replace(b"</PMID>", b"\n</PMID >")
    ),
    "spaced end tags": lambda text: text.replace(b"Article>\n", b"Article\n >\n"),
    "comments": lambda text: text.replace(b"<PubmedArticle>", b"<!-- a > b --><PubmedArticle>"),
    "something before the PMID": lambda text: text.replace(b'<PMID Version="1">', b'<!-- x --><PMID Version="1">'),
    "byte order mark": lambda text: b"\xef\xbb\xbf" + text,
    "no declaration": lambda text: text[text.index(b"<PubmedArticleSet") :],
    "wide gaps": lambda text: text.replace(b"\n", b"\n" * 5000),
}


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize("form", FORMS)
def test_forms_that_mean_the_same(path: Path, form: str, packed: bool) -> None:
    text = FORMS[form](text_of(RECORDS, end=""))
    path.write_bytes(gzip.compress(text) if packed else text)
    titles = [xml.partition("Title>")[2][:5] for xml in scanned(path, 90000001, 90000003)[0]]
    assert len(titles) == 3
    assert len(scanned(path, *range(90000001, 90000005))[0]) == 5


def test_members_of_gzip_one_after_the_other_with_padding(path: Path) -> None:
    path.write_bytes(gzip.compress(WHOLE[:900]) + gzip.compress(b"") + gzip.compress(WHOLE[900:]) + bytes(700))
    assert scanned(path, 90000001)[0] == [RECORDS[0]]


@settings(max_examples=60)
@given(st.integers(1, 400), st.sampled_from([1, 2, 3, 7, 64, 1000]), st.booleans())
def test_borders_of_chunks_do_not_matter(block: int, read: int, packed: bool) -> None:
    with pytest.MonkeyPatch.context() as patch, pytest.MonkeyPatch.context() as here:
        patch.setattr(update_files, "_BLOCK", block)
        patch.setattr(update_files, "_READ", max(read, 2))
        here.setattr(Path, "open", lambda *_: io.BytesIO(PACKED if packed else WHOLE))
        here.setattr(update_files, "md5_of", lambda _: None)
        assert scanned(Path("x"), 90000002, 90000004) == (
            [RECORDS[1], RECORDS[3]],
            ["90000009", "90000008", "90000007"],
        )


def test_every_border_of_two_blocks(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = text_of(RECORDS[:2], between="")
    path.write_bytes(gzip.compress(text))
    for cut in range(1, len(text)):
        blocks = [text[:cut], text[cut:]]
        monkeypatch.setattr(update_files, "decompressed", lambda _, blocks=blocks: iter(blocks))
        assert scanned(path, 90000002) == ([RECORDS[1]], ["90000009", "90000008", "90000007"])


FAULTS = {
    "empty": b"",
    "html": b"<!DOCTYPE html><html><body>Not found</body></html>",
    "json": b'{"error": "busy"}',
    "nbib": b"PMID- 90000001\nOWN - NLM\n",
    "noise": bytes(range(256)) * 9,
    "other xml": b"<rss><channel/></rss>",
    "one record": RECORDS[0].encode(),
    "entity": b'<!DOCTYPE x [<!ENTITY a "b">]><PubmedArticleSet></PubmedArticleSet>',
    "utf-16": WHOLE.decode().encode("utf-16"),
    "error reply": b"<eFetchResult><ERROR>busy</ERROR></eFetchResult>",
    "in the head": WHOLE[:100],
    "in the first record": WHOLE[:400],
    "between records": WHOLE[: WHOLE.index(b"</PubmedArticle>") + 20],
    "before the end": WHOLE[: WHOLE.index(b"</PubmedArticleSet>")],
    "in the end": WHOLE[:-5],
    "more after the end": WHOLE + WHOLE,
    "text between records": WHOLE.replace(b"<PubmedArticle>", b"x<PubmedArticle>", 1),
    "another element": WHOLE.replace(b"<DeleteCitation>", b"<Other/><DeleteCitation>"),
    "no PMID": WHOLE.replace(b"PMID", b"PM").replace(b'"pubmed"', b'"pii"'),
    "deleted what": WHOLE.replace(b">90000008<", b"><"),
}


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize("name", FAULTS)
def test_no_fault_is_taken_for_nothing_found(path: Path, name: str, packed: bool) -> None:
    path.write_bytes(gzip.compress(FAULTS[name]) if packed else FAULTS[name])
    with pytest.raises(FormatError) as caught:
        scanned(path)
    assert caught.value.message.startswith(f"{path}: ")
    assert caught.value.message.count(str(path)) == 1
    assert caught.value.hint
    assert "\n" not in caught.value.message + caught.value.hint


def test_a_record_whose_end_is_missing_does_not_swallow_the_next(path: Path) -> None:
    text = WHOLE.replace(b"</PubmedArticle>", b"", 1)
    path.write_bytes(text)
    with pytest.raises(FormatError, match="damaged, after 0 whole records"):
        scanned(path)
    path.write_bytes(gzip.compress(text))  # where its checksum is right, only what is given out is looked through
    with pytest.raises(FormatError, match="damaged"):
        scanned(path, 90000001)


@pytest.mark.parametrize("length", [2, 5, 12, 300, len(PACKED) - 9, len(PACKED) - 1])
def test_a_gz_that_is_cut_off(path: Path, length: int) -> None:
    path.write_bytes(PACKED[:length])
    with pytest.raises(FormatError, match="ends too early") as caught:
        scanned(path)
    assert caught.value.retryable


@pytest.mark.parametrize("place", [3, 12, 300, len(PACKED) - 6, len(PACKED)])
def test_a_gz_that_is_damaged(path: Path, place: int) -> None:
    path.write_bytes(PACKED[:place] + b"\x55" + PACKED[place + 1 :])
    with pytest.raises(FormatError) as caught:
        scanned(path, 90000001)
    assert caught.value.retryable


def test_a_missing_file_and_a_directory(tmp_path: Path) -> None:
    for place in (tmp_path / "none.xml.gz", tmp_path):
        with pytest.raises(FormatError, match="cannot be read"):
            scanned(place)


def test_an_empty_set_holds_nothing(path: Path) -> None:
    for text in (b"<PubmedArticleSet/>", b"<PubmedArticleSet>\n</PubmedArticleSet>"):
        path.write_bytes(gzip.compress(text))
        assert scanned(path, 1) == ([], [])


def test_an_element_without_end_is_not_gathered_for_ever(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(update_files, "LONGEST_ELEMENT", 2**20)
    path.write_bytes(gzip.compress(WHOLE.replace(b"</PubmedArticle>", b"x" * 2**22, 1)[: 2**22]))
    with pytest.raises(FormatError, match="above 1 MB"):
        scanned(path)


DIGEST = hashlib.md5(PACKED).hexdigest()


@pytest.mark.parametrize(
    "line",
    [f"MD5(pubmed26n1335.xml.gz)= {DIGEST}\n", f"{DIGEST}  pubmed26n1335.xml.gz\n", f"{DIGEST} *x\r\n", DIGEST.upper()],
)
def test_a_digest_that_fits(path: Path, line: str) -> None:
    path.write_bytes(PACKED)
    assert md5_of(path) is None
    path.with_name(f"{path.name}.md5").write_text(line)
    assert md5_of(path) == DIGEST
    assert scanned(path, 90000001)[0] == [RECORDS[0]]


def test_a_digest_that_does_not_fit_is_told_at_the_end(path: Path) -> None:
    path.write_bytes(PACKED)
    path.with_name(f"{path.name}.md5").write_text(f"MD5({path.name})= {'0' * 32}\n")
    scan = wanted_records(path, {90000001}, [])
    assert next(scan).decode() == RECORDS[0]
    with pytest.raises(FormatError, match=r"does not match its \.md5") as caught:
        next(scan)
    assert caught.value.retryable
    assert "again" in caught.value.hint


@pytest.mark.parametrize("text", ["", "<html>Not found</html>", "d41d8cd98f00b204"])
def test_a_digest_file_without_a_digest(path: Path, text: str) -> None:
    path.write_bytes(PACKED)
    path.with_name(f"{path.name}.md5").write_text(text)
    with pytest.raises(FormatError, match=r"\.md5: it holds no MD5 digest"):
        scanned(path)


def test_leaving_early_leaves_nothing_behind(path: Path) -> None:
    path.write_bytes(PACKED)
    threads = threading.active_count()
    scan = wanted_records(path, range(10**9), [])
    assert isinstance(scan, Iterator)
    next(scan)
    scan.close()  # type: ignore[attr-defined]
    assert threading.active_count() == threads  # and an open file would be a warning, which is an error here


def test_memory_stays_flat(path: Path) -> None:
    records = [article_xml(str(90000000 + number), "A title " * 300) for number in range(4000)]
    path.write_bytes(gzip.compress(text_of(records), 1))
    tracemalloc.start()
    try:
        assert sum(1 for _ in wanted_records(path, range(10**9), [])) == 4000
        assert tracemalloc.get_traced_memory()[1] < 6 * 2**20
    finally:
        tracemalloc.stop()
