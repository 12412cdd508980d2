"""One night's questions to PubMed: what is new of each profile, and every cited record once, in batches of 200.

A fault of one search or one batch is that profile's or those records' alone. After two in a row nothing more is
asked: the service is down, and each further question would wait for it in vain.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from typing import NamedTuple, TypeVar

from pipeline.errors import SourceError
from pipeline.refresh.memory import Watched
from pipeline.sources.collect import Progress
from pipeline.sources.entrez import BATCH, PubMed
from pipeline.sources.pubmed_xml import Record
from pipeline.sources.transport import Failure

T = TypeVar("T")
Take = Callable[[Sequence[Record]], None]

OVERLAP = timedelta(days=2)
IN_A_ROW = 2  # faults after which the service counts as down
MOST_MISSING = 0.5  # of the records asked for: beyond that an answer is not believed
ONCE_MORE = 20 * BATCH  # records that are asked for again, where an answer left them out


def window(query: str, since: date) -> str:
    """The query for what was entered or revised since two days before `since`."""
    day = f"{since - OVERLAP:%Y/%m/%d}"
    ranges = " OR ".join(f'("{day}"[{kind}] : "3000"[{kind}])' for kind in ("edat", "mdat"))
    return f"({query}) AND ({ranges})"


class _Fault(NamedTuple):
    """Why nothing came: in words, and whether the service is at fault and not the one thing that was asked for."""

    words: str
    of_service: bool


@dataclass
class Asking:
    """PubMed through one night.

    `sent` and `missing` are the PMIDs that came and that a good answer left out, `unread` those that could not be asked
    for, with the reason; `others` are records that came without being asked for. `down` says why nothing more is asked,
    once that is so.
    """

    pubmed: PubMed
    today: date
    progress: Progress
    down: str | None = None
    read: int = 0
    sent: set[str] = field(default_factory=set)
    missing: set[str] = field(default_factory=set)
    unread: dict[str, str] = field(default_factory=dict)
    others: dict[str, Record] = field(default_factory=dict)
    _faults: int = 0
    _answered: int = 0

    def search(
        self, watched: Sequence[Watched], since: Mapping[str, date]
    ) -> tuple[dict[str, tuple[str, ...]], dict[str, str]]:
        """What is new or revised of each profile, by slug, and for those that could not be asked, why not."""
        hits, unasked = dict[str, tuple[str, ...]](), dict[str, str]()
        for number, profile in enumerate(watched):
            self.progress("asking for what is new", number, len(watched))
            found, fault = self._try(partial(self._new, profile, since[profile.slug]))
            if fault is not None:
                unasked[profile.slug] = fault.words
            else:
                hits[profile.slug] = found or ()
        return hits, unasked

    def _new(self, profile: Watched, since: date) -> tuple[str, ...]:
        query = window(profile.query, since)
        return self.pubmed.search(query, today=self.today, limit=profile.retrieve).ids

    def fetch(self, keys: Sequence[str], take: Take, gone: Collection[str] = ()) -> None:
        """Read the records of `keys`; each batch goes to `take` as it arrives.

        What an answer leaves out is asked for once more, but what is known to be `gone`: one short answer says nothing
        of a record. Where most of what was asked for is left out, it is the service that is at fault: nothing of it
        counts as missing then, but as unread.
        """
        self._fetch(keys, take)
        again = sorted((self.missing & set(keys)) - set(gone))[:ONCE_MORE]
        if again and self.down is None:
            self.missing -= set(again)
            self._fetch(again, take)
        left_out = self.missing & set(keys)
        if len(left_out - set(gone)) > MOST_MISSING * len(set(keys) - set(gone)):
            self.missing -= left_out
            self.unread |= dict.fromkeys(left_out, f"PubMed left out {len(left_out)} of {len(keys)} records")

    def ask(self, question: Callable[[], T]) -> T | None:
        """What a further question gives, None where it cannot be asked."""
        return self._try(question)[0]

    def _fetch(self, keys: Sequence[str], take: Take) -> None:
        left = list(keys)
        while left:
            self.progress("reading records", len(keys) - len(left), len(keys))
            part, before = left[:BATCH], self._answered
            _, fault = self._try(partial(self._batch, part, take))
            done = len(part) if fault is None else self._answered - before
            if fault is not None:  # what came before it stands, and the fault of one record is that record's alone
                lost = part[done:] if fault.of_service else part[done : done + 1]
                self.unread |= dict.fromkeys(lost, fault.words)
                done += len(lost)
            left = left[done:]

    def _batch(self, part: Sequence[str], take: Take) -> None:
        for batch in self.pubmed.fetch(part):
            take(batch.records)
            self.read += len(batch.records)
            self.sent |= {record.article.key for record in batch.records}
            self.missing |= set(batch.missing)
            self.others |= {record.article.key: record for record in batch.others}
            self._answered += len(batch.records) + len(batch.missing)

    def _try(self, question: Callable[[], T]) -> tuple[T | None, _Fault | None]:
        if self.down is not None:
            return None, _Fault(self.down, of_service=True)
        try:
            found = question()
        except SourceError as error:
            of_service = error.retryable and isinstance(error, Failure)
            self._faults += of_service
            if self._faults >= IN_A_ROW:
                self.down = error.message
            return None, _Fault(error.message, of_service=of_service)
        self._faults = 0
        return found, None
