"""The folder of update files: what is new is fetched whole, whatever goes wrong on the way."""

from __future__ import annotations

import errno
import hashlib
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from commands import refused, run
from eutils_faults import Fault
from files_server import FilesServer, listing

from pipeline.errors import ConfigError, SourceError
from pipeline.patience import Patience
from pipeline.sources.update_files import md5_of
from pipeline.sources.update_folder import UpdateFolder, download

FIRST, SECOND, THIRD = (f"pubmed26n{number}.xml.gz" for number in (1335, 1336, 1337))


def noise(seed: int) -> bytes:
    return random.Random(seed).randbytes(300_000)


@pytest.fixture
def server() -> Iterator[FilesServer]:
    with FilesServer({SECOND: noise(2), FIRST: noise(1), THIRD: noise(3)}) as server:
        server.files["README.txt"] = b"read me"
        yield server


@pytest.fixture
def into(tmp_path: Path) -> Path:
    return tmp_path / "updates"


def folder(server: FilesServer, waits: list[float] | None = None, silence: float = 5.0) -> UpdateFolder:
    patience = Patience(sleep=lambda seconds: waits.append(seconds) if waits is not None else None)
    return UpdateFolder(server.url, silence=silence, patience=patience, rate=1000)


def fetched(server: FilesServer, into: Path, since: str | None = None) -> list[str]:
    return [path.name for path in download(folder(server), into, since, lambda what, done, total: None)]


def test_what_is_not_held_is_fetched_in_order_with_its_digest(server: FilesServer, into: Path) -> None:
    assert fetched(server, into) == [FIRST, SECOND, THIRD]
    for name in (FIRST, SECOND, THIRD):
        assert (into / name).read_bytes() == server.files[name]
        assert md5_of(into / name) == hashlib.md5(server.files[name]).hexdigest()
    assert sorted(path.name for path in into.glob("[!.]*")) == sorted(
        [*(name for name in (FIRST, SECOND, THIRD)), *(f"{name}.md5" for name in (FIRST, SECOND, THIRD))]
    )
    server.files["pubmed27n0001.xml.gz"] = b"the next year"
    assert fetched(server, into) == ["pubmed27n0001.xml.gz"]
    assert server.asked(FIRST) == 1


@pytest.mark.parametrize("since", ["pubmed26n1335", FIRST])
def test_only_those_after_a_name(server: FilesServer, into: Path, since: str) -> None:
    assert fetched(server, into, since) == [SECOND, THIRD]
    assert fetched(server, into, "pubmed26n1337") == []


@pytest.mark.parametrize("since", ["yesterday", "", "../pubmed26n1335", "pubmed26n1335.xml"])
def test_another_name_is_refused(server: FilesServer, into: Path, since: str) -> None:
    with pytest.raises(ConfigError, match="update file"):
        fetched(server, into, since)


@pytest.mark.parametrize("prefix", ["", "./", "/updates/", "https://ftp.example.org/updates/", "//x/"])
def test_links_of_any_form(server: FilesServer, into: Path, prefix: str) -> None:
    names = [THIRD, FIRST, f"{FIRST}.md5", "pubmed26n1335_stats.html", "?C=N;O=D", "http://[", "pubmed26nX.xml.gz"]
    server.page = listing(names, prefix)
    assert fetched(server, into) == [FIRST, THIRD]


PAGES = {
    "empty": b"",
    "other": b"<html><body>Sign in to the network</body></html>",
    "json": b'{"files": []}',
    "no file": listing(["README.txt", "pubmed26n1335.xml.gz.md5"]),
    "cut": listing([FIRST, SECOND])[:-30],
}


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_a_page_that_is_no_whole_listing_is_not_nothing_new(server: FilesServer, into: Path, page: bytes) -> None:
    server.page = page
    with pytest.raises(SourceError, match="update file") as caught:
        fetched(server, into)
    assert caught.value.hint
    assert not into.exists()


PASSING = [
    Fault.status(500),
    Fault.status(429, retry_after=7),
    Fault.hang_up(),
    Fault.reset(),
    Fault.short(),
]


@pytest.mark.parametrize("fault", PASSING, ids=lambda fault: fault.name)
@pytest.mark.parametrize("name", ["", f"{FIRST}.md5", FIRST])
def test_a_passing_fault_is_tried_again(server: FilesServer, into: Path, name: str, fault: Fault) -> None:
    server.faults[name].append(fault)
    waits: list[float] = []
    new = download(folder(server, waits), into, "pubmed26n1334", lambda *_: None)
    assert [path.read_bytes() for path in new] == [noise(1), noise(2), noise(3)]
    assert len(waits) == 1
    assert waits[0] == 7 or fault.name != "status 429"


@pytest.mark.parametrize("fault", [*PASSING, Fault.status(404), Fault.status(403)], ids=lambda fault: fault.name)
def test_a_lasting_fault_names_the_file_and_leaves_no_half_one(server: FilesServer, into: Path, fault: Fault) -> None:
    server.faults[SECOND].extend([fault] * 5)
    with pytest.raises(SourceError, match=SECOND) as caught:
        fetched(server, into)
    assert "offline" not in caught.value.hint
    assert caught.value.retryable == (fault.name not in ("status 404", "status 403"))
    assert [path.name for path in into.glob("*.gz")] == [FIRST]


@pytest.mark.parametrize("fault", [Fault.silence(), Fault.dribble(0.02), Fault.dribble(0.02, header=True)])
def test_silence_and_dribble_end(server: FilesServer, into: Path, fault: Fault) -> None:
    server.faults[FIRST].extend([fault] * 5)
    with pytest.raises(SourceError, match="in time"):
        folder(server, silence=0.1).fetch(FIRST, _made(into))
    assert not (into / FIRST).exists()


def test_a_closed_port(server: FilesServer, into: Path) -> None:
    gone = UpdateFolder("http://127.0.0.1:9/", patience=Patience(attempts=1), rate=1000)
    with pytest.raises(SourceError, match="cannot be reached") as caught:
        gone.names()
    assert "offline" not in caught.value.hint


def _made(into: Path) -> Path:
    into.mkdir(exist_ok=True)
    return into


def _interrupted(server: FilesServer, into: Path) -> int:
    """Fetch half of the first file, and give up. Returns the bytes kept."""
    server.faults[FIRST].append(Fault.short())
    once = UpdateFolder(server.url, patience=Patience(attempts=1), rate=1000)
    with pytest.raises(SourceError, match="broke off"):
        once.fetch(FIRST, _made(into))
    return (into / f"{FIRST}.part").stat().st_size


def test_the_next_run_carries_on(server: FilesServer, into: Path) -> None:
    kept = _interrupted(server, into)
    assert 0 < kept < 300_000
    assert folder(server).fetch(FIRST, into).read_bytes() == noise(1)
    assert (server.requests[-1].range, server.requests[-1].sent) == (f"bytes={kept}-", 300_000 - kept)
    assert sorted(path.name for path in into.glob("[!.]*")) == [FIRST, f"{FIRST}.md5"]


def test_a_file_that_changed_meanwhile_starts_over(server: FilesServer, into: Path) -> None:
    _interrupted(server, into)
    server.files[FIRST] = noise(9)
    assert folder(server).fetch(FIRST, into).read_bytes() == noise(9)
    assert (server.asked(FIRST), server.requests[-1].sent) == (2, 300_000)


def test_a_server_without_ranges_starts_over(server: FilesServer, into: Path) -> None:
    _interrupted(server, into)
    server.ranges = False
    assert folder(server).fetch(FIRST, into).read_bytes() == noise(1)
    assert (server.asked(FIRST), server.requests[-1].sent) == (2, 300_000)


def test_a_part_of_unknown_origin_starts_over(server: FilesServer, into: Path) -> None:
    _interrupted(server, into)
    (into / f"{FIRST}.part.of").unlink()
    assert folder(server).fetch(FIRST, into).read_bytes() == noise(1)
    assert server.requests[-1].range is None


def test_another_part_than_the_one_asked_for_is_not_taken(server: FilesServer, into: Path) -> None:
    def act(handler: Any, honest: bytes) -> None:
        handler.extra = {"Content-Range": "bytes 5-299999/300000"}
        handler.reply(honest)

    _interrupted(server, into)
    server.faults[FIRST].append(Fault("another part", act))
    assert folder(server).fetch(FIRST, into).read_bytes() == noise(1)


def test_a_range_that_the_server_does_not_have_starts_over(server: FilesServer, into: Path) -> None:
    _interrupted(server, into)
    server.faults[FIRST].append(Fault.status(416))
    assert folder(server).fetch(FIRST, into).read_bytes() == noise(1)
    assert server.requests[-1].range is None


def test_a_part_that_is_whole_is_not_asked_for(server: FilesServer, into: Path) -> None:
    (_made(into) / f"{FIRST}.part").write_bytes(noise(1))
    assert folder(server).fetch(FIRST, into).read_bytes() == noise(1)
    assert server.asked(FIRST) == 0


def test_a_damaged_part_is_fetched_anew_once(server: FilesServer, into: Path) -> None:
    kept = _interrupted(server, into)
    (into / f"{FIRST}.part").write_bytes(bytes(kept))
    assert folder(server).fetch(FIRST, into).read_bytes() == noise(1)
    assert [seen.sent for seen in server.requests if seen.name == FIRST][1:] == [300_000 - kept, 300_000]


def test_a_wrong_digest_is_an_error_after_the_second_time(server: FilesServer, into: Path) -> None:
    server.files[f"{FIRST}.md5"] = f"MD5({FIRST})= {'0' * 32}\n".encode()
    with pytest.raises(SourceError, match=rf"{FIRST} does not match its \.md5, twice") as caught:
        folder(server).fetch(FIRST, _made(into))
    assert caught.value.retryable
    assert (server.asked(FIRST), list(into.iterdir())) == (2, [])


def test_a_digest_file_that_holds_none(server: FilesServer, into: Path) -> None:
    server.files[f"{FIRST}.md5"] = b"<html>Down</html>"
    with pytest.raises(SourceError, match=rf"{FIRST}: .*no MD5 digest"):
        folder(server).fetch(FIRST, _made(into))
    assert server.asked(FIRST) == 0


def test_a_full_disk(server: FilesServer, into: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = Path.open

    def full(path: Path, mode: str = "r", *rest: Any, **more: Any) -> Any:
        if mode == "ab":
            raise OSError(errno.ENOSPC, "No space left on device")
        return opened(path, mode, *rest, **more)

    monkeypatch.setattr(Path, "open", full)
    with pytest.raises(SourceError, match="No space left") as caught:
        fetched(server, into)
    assert "Make room" in caught.value.hint
    assert server.asked(FIRST) == 1


def test_a_place_that_is_no_directory(server: FilesServer, into: Path) -> None:
    into.write_text("a file")
    with pytest.raises(SourceError, match="cannot be written"):
        fetched(server, into)


def test_a_large_file_is_streamed(server: FilesServer, into: Path) -> None:
    import tracemalloc

    server.files[FIRST] = noise(1) * 40  # 12 MB
    tracemalloc.start()
    try:
        folder(server).fetch(FIRST, _made(into))
        held, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most - held < 8 * 2**20
    assert (into / FIRST).read_bytes() == server.files[FIRST]


def test_the_command(server: FilesServer, into: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MONOGRAPH_UPDATES_URL", server.url)
    outcome = run("library", "download", str(into), "--since", "pubmed26n1336")
    assert (outcome.status, outcome.err) == (0, "")
    assert outcome.out.splitlines()[0].startswith("1 new update file in ")
    assert "monograph refresh --updates" in outcome.out
    monkeypatch.delenv("MONOGRAPH_UPDATES_URL")
    again = run("library", "download", str(into), "--from", f"{server.url}/")
    assert again.out.startswith("2 new update files in ")
    assert run("library", "download", str(into), "--from", server.url).out.startswith("0 new update files in ")
    assert "http" in refused(run("library", "download", str(into), "--from", "ftp://example.org/"))
    server.page = b"<html></html>"
    assert "no update file" in refused(run("library", "download", str(into), "--from", server.url))
