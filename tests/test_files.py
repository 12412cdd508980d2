"""Files of records, parsed by several processes: what comes, in which order, and what faults and kills cost."""

from __future__ import annotations

import gzip
import multiprocessing
import os
import random
import signal
import tracemalloc
import zlib
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pubmed_files import PUBMED

from pipeline.errors import FormatError, PipelineError
from pipeline.render.terminal import show_imported
from pipeline.sources import files, pubmed_chunks, update_files
from pipeline.sources.files import Imported, files_in, import_files, read_records
from pipeline.sources.library import Library
from pipeline.sources.library_entries import Entry, entry
from pipeline.sources.pubmed_chunks import chunks, parsed
from pipeline.workers import Done, Here, Workers
from pipeline.workers.local import Local

TODAY = date(2026, 11, 22)
FIRST = 90000000
RECORD = """<PubmedArticle><MedlineCitation><PMID Version="1">{}</PMID><Article><ArticleTitle>{}</ArticleTitle>
</Article></MedlineCitation><PubmedData><History><PubMedPubDate/></History>
<ArticleIdList><ArticleId IdType="doi">10.1000/own.{}</ArticleId></ArticleIdList>
<ReferenceList><Reference><ArticleIdList><ArticleId IdType="doi">10.1000/cited</ArticleId></ArticleIdList></Reference>
</ReferenceList></PubmedData></PubmedArticle>"""
DELETED = "<DeleteCitation><PMID Version='1'>90000001</PMID></DeleteCitation>"


def a_set(titles: Iterable[tuple[int, str]], end: str = "") -> bytes:
    inside = "\n".join(RECORD.format(pmid, title, pmid) for pmid, title in titles)
    start = "<?xml version='1.0'?>\n<!DOCTYPE PubmedArticleSet>\n"
    return f"{start}<PubmedArticleSet>{inside}{end}</PubmedArticleSet>\n".encode()


def numbered(count: int) -> list[tuple[int, str]]:
    return [(FIRST + number, f"Invented paper {number}") for number in range(count)]


def quiet(what: str, done: int, total: int) -> None:
    """No word on progress."""


def stored(library: Path) -> list[tuple[Any, ...]]:
    """All records of a library, but for the order in which they came; two compressions of one text may differ."""
    with Library(library) as held, held._file.reading() as db:
        rows = db.execute("SELECT key, doi, origin, article, xml FROM record").fetchall()
    return sorted((*row, zlib.decompress(packed)) for *row, packed in rows)


def outcome(entries: Iterator[Entry]) -> tuple[list[Entry], str]:
    """What came, and the fault that followed."""
    found: list[Entry] = []
    try:
        found.extend(entries)
    except FormatError as error:
        return found, f"{error.message}\n{error.hint}"
    return found, ""


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Chunks of a few records."""
    monkeypatch.setattr(pubmed_chunks, "CHUNK", 2000)
    monkeypatch.setattr(update_files, "_BLOCK", 1000)


@pytest.mark.parametrize(
    "path", [*sorted(PUBMED.glob("*.xml")), *sorted(PUBMED.glob("*.nbib"))], ids=lambda path: path.name
)
def test_a_file_gives_the_same_in_chunks_as_it_does_whole(path: Path) -> None:
    _, entries = next(files._parsed([path], Here()))
    assert outcome(entries) == outcome(map(entry, read_records(path)))


def test_chunks_are_whole_records_and_the_references_of_one_are_not_its_own(tmp_path: Path) -> None:
    path = tmp_path / "many.xml.gz"
    path.write_bytes(gzip.compress(a_set(numbered(50), DELETED)))
    cut = list(chunks(path))
    assert len(cut) > 10
    records = [record for chunk in cut if chunk for record in parsed(chunk) or []]
    assert [(record.article.pmid, record.article.doi) for record in records] == [
        (str(pmid), f"10.1000/own.{pmid}") for pmid, _ in numbered(50)
    ]
    assert all(record.xml.startswith(b"<PubmedArticle>") and b"<Reference>" in record.xml for record in records)


STRANGE = {
    "comment": (b"<ReferenceList>", b"<!-- </PubmedArticle> <ReferenceList> --><ReferenceList>"),
    "cdata": (b"Invented paper 7<", b"Invented <![CDATA[</PubmedArticle>]]> 7<"),
    "instruction": (b"<History>", b"<?x <ReferenceList> ?><History>"),
    "text": (b"</PubmedArticle>\n<PubmedArticle>", b"</PubmedArticle> text <PubmedArticle>"),
    "space": (b"</PubmedArticle>\n", b"</PubmedArticle  >\n"),
    "entity": (b"Invented paper 7<", b"Invented &alpha; 7<"),
    "nested": (b"Invented paper 7<", b"<PubmedArticle></PubmedArticle> 7<"),
    "empty": (b"Invented paper 7<", b" 7</ArticleTitle></Article></MedlineCitation></PubmedArticle><PubmedArticle/><"),
    "nameless": (b'<PMID Version="1">90000007</PMID>', b""),
    "prolog": (b"<?xml", b" <?xml"),
    "other end": (b"</PubmedArticleSet>", b"</PubmedBookArticleSet>"),
    "two": (b"</PubmedArticleSet>", b"</PubmedArticleSet><PubmedArticleSet/>"),
}


@pytest.mark.parametrize("strange", STRANGE)
@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["xml", "gz"])
def test_what_nlm_never_writes_is_read_with_the_same_care(
    tmp_path: Path, strange: str, pack: Callable[[bytes], bytes]
) -> None:
    path = tmp_path / "strange"
    body = a_set(numbered(30)).replace(*STRANGE[strange], 3)
    assert body != a_set(numbered(30))
    path.write_bytes(pack(body))
    _, entries = next(files._parsed([path], Here()))
    assert outcome(entries) == outcome(map(entry, read_records(path)))


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.booleans(), st.lists(st.tuples(st.integers(0, 12000), st.binary(max_size=6)), max_size=3), st.integers(0, 40))
def test_damage_costs_no_record_before_it(
    tmp_path: Path, packed: bool, damage: list[tuple[int, bytes]], cut: int
) -> None:
    body = a_set(numbered(30))
    body = gzip.compress(body, mtime=0) if packed else body
    for place, patch in damage:
        body = body[:place] + patch + body[place + len(patch) :]
    path = tmp_path / "damaged"
    path.write_bytes(body[: len(body) - cut])
    _, entries = next(files._parsed([path], Here()))
    found, fault = outcome(entries)
    expected, said = outcome(map(entry, read_records(path)))
    assert bool(fault) == bool(said)
    assert found[: len(expected)] == expected
    if not packed:
        assert (found, fault) == (expected, said)


def test_memory_stays_flat(tmp_path: Path) -> None:
    path = tmp_path / "many.xml.gz"
    path.write_bytes(gzip.compress(a_set(numbered(3000), DELETED)))
    tracemalloc.start()
    try:
        _, entries = next(files._parsed([path], Here()))
        assert sum(1 for _ in entries) == 3000
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 1_000_000


class Backwards:
    """Workers that give back what they have at hand in the wrong order, the first work of all as the very last."""

    def __init__(self, ahead: int) -> None:
        self.ahead = ahead
        self.most = 0

    def run(self, task: Callable[[Any], Any], works: Iterable[tuple[str, Any]]) -> Iterator[Done[Any]]:
        held: list[tuple[str, Any]] = []
        first, given_ = None, 0
        for work in works:
            if first is None:
                first = work
                continue
            held.append(work)
            given_ += 1
            self.most = max(self.most, given_)
            if len(held) == self.ahead:
                yield from Here().run(task, reversed(held))
                held = []
        yield from Here().run(task, [*held, *([first] if first else [])])


def test_results_come_in_order_and_few_wait_for_a_slow_one() -> None:
    workers = Backwards(4)
    works = ((f"work {number}", number) for number in range(500))
    assert list(files._in_order(cast(Workers, workers), str, works)) == [str(number) for number in range(500)]
    assert workers.most <= files._WAITING + 4


def test_a_fault_of_a_work_is_raised_in_its_place() -> None:
    def halved(number: int) -> int:
        if number == 7:
            raise FormatError("seven", "give another")
        return number // 2

    results = files._in_order(cast(Workers, Backwards(3)), halved, ((str(n), n) for n in range(20)))
    assert [next(results) for _ in range(7)] == [0, 0, 1, 1, 2, 2, 3]
    with pytest.raises(FormatError, match="seven"):
        next(results)


def test_of_equal_records_the_later_one_is_kept_whoever_parses_them(tmp_path: Path) -> None:
    order = numbered(60) * 3
    random.Random(1).shuffle(order)
    titled = [(pmid, f"{title}, copy {place}") for place, (pmid, title) in enumerate(order)]
    for name, part in (("a.xml", titled[:90]), ("b.xml.gz", titled[90:])):
        body = a_set(part)
        (tmp_path / name).write_bytes(gzip.compress(body) if name.endswith("gz") else body)
    paths = [tmp_path / "a.xml", tmp_path / "b.xml.gz"]
    alone = import_files(paths, tmp_path / "alone.sqlite", TODAY, quiet)
    several = import_files(paths, tmp_path / "several.sqlite", TODAY, quiet, Local(2))
    import_files(paths, tmp_path / "backwards.sqlite", TODAY, quiet, cast(Workers, Backwards(5)))
    assert alone == several
    assert sum(one.added.new for one in alone) == 60
    expected = stored(tmp_path / "alone.sqlite")
    assert expected == stored(tmp_path / "several.sqlite") == stored(tmp_path / "backwards.sqlite")
    last = {str(pmid): title for pmid, title in titled}
    with Library(tmp_path / "several.sqlite") as library:
        assert {key: article.title for key, article in library.get(last).items()} == last


def test_a_worker_that_is_killed_costs_nothing(tmp_path: Path) -> None:
    path = tmp_path / "many.xml.gz"
    path.write_bytes(gzip.compress(a_set(numbered(6000), DELETED)))
    undisturbed = import_files([path], tmp_path / "undisturbed.sqlite", TODAY, quiet)
    first, killed = set[int](), list[int]()

    def kill(what: str, done: int, total: int) -> None:
        children = {cast(int, child.pid) for child in multiprocessing.active_children()}
        first.update(() if killed else children)
        if done in (1000, 3000) and children:
            # not the one that began in the place of the first: it may have the chunk that was lost
            killed.append(min(children & first or children))
            os.kill(killed[-1], signal.SIGKILL)

    assert import_files([path], tmp_path / "killed.sqlite", TODAY, kill, Local(2)) == undisturbed
    assert killed
    assert undisturbed[0].added.new == 6000
    assert stored(tmp_path / "killed.sqlite") == stored(tmp_path / "undisturbed.sqlite")


def test_a_damaged_file_stops_itself_only(tmp_path: Path) -> None:
    whole, cut, other = tmp_path / "a.xml", tmp_path / "b.xml.gz", tmp_path / "c.xml.gz"
    whole.write_bytes(a_set(numbered(20)))
    cut.write_bytes(gzip.compress(a_set((pmid + 100, title) for pmid, title in numbered(400)))[:-700])
    other.write_bytes(gzip.compress(a_set((pmid + 1000, title) for pmid, title in numbered(20))))
    for name, workers in (("one", Here()), ("two", Local(2))):
        outcomes = import_files([whole, cut, tmp_path / "none.xml", other], tmp_path / name, TODAY, quiet, workers)
        assert [bool(one.fault) for one in outcomes] == [False, True, True, False]
        assert [one.added.new for one in outcomes][::3] == [20, 20]
        assert outcomes[1].added.new > 100
        assert outcomes[1].fault and "ends too early" in outcomes[1].fault.message
    assert stored(tmp_path / "one") == stored(tmp_path / "two")


def test_a_fault_of_the_library_stops_all(tmp_path: Path) -> None:
    (tmp_path / "notes").write_text("no library")
    (tmp_path / "a.xml").write_bytes(a_set(numbered(20)))
    with pytest.raises(PipelineError, match="is not a library"):
        import_files([tmp_path / "a.xml"] * 2, tmp_path / "notes", TODAY, quiet, Local(2))


def test_a_directory_is_its_files_by_name(tmp_path: Path) -> None:
    for name in ("b.xml.gz", "a.nbib", "c.xml", "d.xml.gz.md5", "e.txt"):
        (tmp_path / name).touch()
    given_ = tmp_path / "e.txt"
    assert [path.name for path in files_in([tmp_path, given_])] == ["a.nbib", "b.xml.gz", "c.xml", "e.txt"]
    (tmp_path / "empty").mkdir()
    with pytest.raises(FormatError, match="holds no file to import"):
        files_in([tmp_path / "empty"])


def test_the_faults_of_several_files_are_said_in_two_lines(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    faults = [FormatError(f"{name} is damaged", "Fetch it again.") for name in "ab"]
    outcomes = [Imported(tmp_path / "x", files.Added(new=1), fault) for fault in (*faults, None)]
    fault = files.fault_of(outcomes)
    assert fault and fault.message == "2 of 3 files are at fault: a is damaged; b is damaged"
    assert fault.hint == "Fetch it again."
    show_imported(outcomes)
    assert capsys.readouterr().out.splitlines()[0] == "3 new, 0 updated, 0 unchanged"
