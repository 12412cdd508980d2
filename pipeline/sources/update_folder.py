"""NLM's folder of PubMed update files over HTTP, and a directory that follows it.

A file is fetched to `NAME.part` and gets its name when it is whole and its MD5 digest is the published one; `NAME.md5`
is then beside it. What an interruption leaves is carried on from, also by a later run: `NAME.part.of` holds the ETag
or date of the file that the part is of, so that a file which changed meanwhile starts over.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from html.parser import HTMLParser
from http import HTTPStatus
from http.client import HTTPResponse
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import unquote, urlsplit
from urllib.request import Request

from pipeline.errors import ConfigError, FormatError, SourceError
from pipeline.locks import held
from pipeline.patience import PATIENT, Patience
from pipeline.sources.collect import Progress
from pipeline.sources.deadline import pieces
from pipeline.sources.transport import Failure, Service, Transport
from pipeline.sources.update_files import digest_in

UPDATES = "https://ftp.ncbi.nlm.nih.gov/pubmed/updatefiles/"
SERVICE = Service(
    "NLM's update folder",
    "the address (--from or MONOGRAPH_UPDATES_URL)",
    "NLM's",
    f"Correct the address (--from or MONOGRAPH_UPDATES_URL); NLM's own is {UPDATES}",
)

_NAME = re.compile(r"pubmed([0-9]{2})n([0-9]{4,6})(\.xml\.gz)?")
_LISTING_END = re.compile(rb"</html\s*>", re.IGNORECASE)
_AGAIN = "Run the same command again later; what was fetched stays, and is carried on from."
_ROOM = "Make room or name another directory, then run it again; what was fetched stays."


def download(folder: UpdateFolder, into: Path, since: str | None, progress: Progress) -> tuple[Path, ...]:
    """Fetch the update files that `into` does not hold, in the order of their numbers, and return the new ones.

    With `since`, such as `pubmed26n1335`, only those that come after that one.

    Raises ConfigError for another `since`, SourceError where the folder or a file of it cannot be had or stored; the
    files fetched before stay.
    """
    after = (0, 0) if since is None else _number(since)
    if after is None:
        raise ConfigError(f"'{since}' is not the name of an update file", "Give one such as pubmed26n1335.")
    listed = folder.names()
    with _stored(into):
        into.mkdir(parents=True, exist_ok=True)
        wait = "Wait for it to end, then run again."
        busy = SourceError(f"another download is under way in {into}", wait, retryable=True)
        lock = held(into / ".download.lock", busy)  # two that add to one part would leave a mixture of both
    with lock:
        return _download(folder, into, listed, after, progress)


def _download(
    folder: UpdateFolder, into: Path, listed: Sequence[str], after: tuple[int, int], progress: Progress
) -> tuple[Path, ...]:
    missing = [name for name in listed if (_number(name) or after) > after and not (into / name).exists()]
    new: list[Path] = []
    for name in missing:
        progress(f"downloading {name}", len(new), len(missing))
        new.append(folder.fetch(name, into))
    return tuple(new)


class UpdateFolder:
    """A folder of update files with their digests, as NLM lays it out.

    `address` replaces NLM's own. `silence` is the time (seconds) that an answer, and then each piece of it, may take;
    `rate` is the most requests a second, which are made one after the other.

    Raises ConfigError for an address that is none; the methods raise SourceError, with `retryable` where the same call
    may succeed later.
    """

    def __init__(
        self,
        address: str | None = None,
        *,
        silence: float = 60.0,
        patience: Patience = PATIENT,
        rate: float = 10.0,
    ) -> None:
        self._address = (address or UPDATES).rstrip("/") + "/"
        self._silence = silence
        service = SERVICE.at(address or None)
        self._transport = Transport(service, (), rate=rate, deadline=silence, patience=patience)

    def names(self) -> tuple[str, ...]:
        """The names of the update files in the folder, in the order of their numbers; at least one."""
        try:
            return self._transport.ask(lambda: Request(self._address), _listed)  # noqa: S310
        except Failure as error:
            raise _told("the list of update files", error) from error

    def fetch(self, name: str, into: Path) -> Path:
        """The file `name` of the folder in the directory `into`, whole and with the digest that NLM published.

        A file with another digest is fetched anew once.
        """
        part = _Part(into / f"{name}.part")
        try:
            for _ in range(2):
                digest = self._transport.ask(partial(self._request, f"{name}.md5"), digest_in)
                if part.digest != digest:
                    self._transport.stream(partial(self._request, name, part), partial(self._take, part))
                if part.digest == digest:
                    return part.become(into / name)
                part.drop()
        except Failure as error:
            raise _told(name, error) from error
        raise SourceError(f"{name} does not match its .md5, twice", _AGAIN, retryable=True)

    def _request(self, name: str, part: _Part | None = None) -> Request:
        request = Request(self._address + name)  # noqa: S310
        if part and part.size and part.of:
            request.add_header("Range", f"bytes={part.size}-")
            request.add_header("If-Range", part.of)
        return request

    def _take(self, part: _Part, response: HTTPResponse | HTTPError) -> None:
        """Add what an answer holds to `part`."""
        tag = response.headers.get("ETag") or ""
        of = tag if tag.startswith('"') else response.headers.get("Last-Modified") or ""  # a weak tag will not do
        if response.status == HTTPStatus.PARTIAL_CONTENT:
            start = (response.headers.get("Content-Range") or "").partition("-")[0]
            fits = start == f"bytes {part.size}" and of == part.of
        else:
            fits = response.status == HTTPStatus.OK
        if isinstance(response, HTTPError) or not fits:
            part.drop()
            raise SourceError("the server sent another part of the file than was asked for", _AGAIN, retryable=True)
        if response.status == HTTPStatus.OK:
            part.restart(of)
        for piece in pieces(response, seconds=self._silence):
            part.append(piece)


class _Part:
    """What is there of a file: `size` bytes, the start of the version that `of` names (an ETag or a date, or nothing).

    The methods raise SourceError where the disk fails.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._note = path.with_name(f"{path.name}.of")
        self._hash = hashlib.md5(usedforsecurity=False)
        self.size = 0
        self.of = ""
        with _stored(path):
            if path.exists():
                with path.open("rb") as file:
                    while block := file.read(2**20):
                        self._count(block)
                self.of = self._note.read_text("latin-1") if self._note.exists() else ""

    @property
    def digest(self) -> str:
        """The MD5 digest of what is there."""
        return self._hash.hexdigest()

    def restart(self, of: str) -> None:
        """Begin anew, with nothing of the version `of`."""
        self.drop()
        self.of = of
        with _stored(self._note):
            self._note.write_text(of, "latin-1")

    def append(self, piece: bytes) -> None:
        """Add the next bytes."""
        with _stored(self._path), self._path.open("ab") as file:
            file.write(piece)
        self._count(piece)

    def drop(self) -> None:
        """Have nothing."""
        with _stored(self._path):
            self._path.unlink(missing_ok=True)
            self._note.unlink(missing_ok=True)
        self._hash = hashlib.md5(usedforsecurity=False)
        self.size, self.of = 0, ""

    def become(self, path: Path) -> Path:
        """Give the whole file its name, its .md5 before it."""
        beside = path.with_name(f"{path.name}.md5")
        new = beside.with_name(f"{beside.name}.part")
        with _stored(path):
            new.write_text(f"MD5({path.name})= {self.digest}\n", "ascii")
            for stored in (new, self._path):
                with stored.open("rb+") as file:
                    os.fsync(file.fileno())
            new.replace(beside)
            self._path.replace(path)
            self._note.unlink(missing_ok=True)
        return path

    def _count(self, block: bytes) -> None:
        self._hash.update(block)
        self.size += len(block)


class _Links(HTMLParser):
    """The last parts of the paths that a page links to."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for address in (value for key, value in attrs if tag == "a" and key == "href" and value):
            try:
                self.names.add(unquote(urlsplit(address).path).rpartition("/")[2])
            except ValueError:
                continue  # no address at all, so none of a file


def _listed(body: bytes) -> tuple[str, ...]:
    """The update files that a listing names, in order."""
    links = _Links()
    links.feed(body.decode("utf-8", "replace"))
    numbered = sorted((number, name) for name in links.names if (number := _number(name)) and name.endswith(".gz"))
    if not numbered:
        raise SourceError("the folder lists no update file", SERVICE.request)
    if not _LISTING_END.search(body):
        raise FormatError("the list of update files ends too early", _AGAIN)
    return tuple(name for _, name in numbered)


def _number(name: str) -> tuple[int, int] | None:
    """The year and number of an update file, by which they are in order, or None for another name."""
    match = _NAME.fullmatch(name)
    return (int(match[1]), int(match[2])) if match else None


def _told(what: str, error: Failure) -> SourceError:
    hint = _AGAIN if error.retryable else error.hint
    return SourceError(f"{what}: {error.message}", hint, retryable=error.retryable)


@contextmanager
def _stored(path: Path) -> Iterator[None]:
    """Says of a fault of the disk what it means."""
    try:
        yield
    except OSError as error:
        raise SourceError(f"{path} cannot be written: {error.strerror or error}", _ROOM) from error
