"""How many calls run at once: as many as are allowed, and fewer after a service said that they were too many.

A thread alone cannot know that. With 128 of them at an account for a third of their requests, two fifths of all calls
used up their attempts. None does where the number is halved at every such round and grows again with what succeeds, as
TCP does, and where only the refusals of a call that was alone count as its attempts (measured November 2026).
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Room:
    """Places for `most` calls at once."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._open = float(most)
        self._taken = 0
        self._round = 0
        self._freed = threading.Condition()

    @contextmanager
    def place(self) -> Iterator[int]:
        """A place as soon as one is free; what is given is its round, to be told to `too_many`."""
        with self._freed:
            while self._taken >= self._open:
                self._freed.wait()
            self._taken += 1
            entered = self._round
        try:
            yield entered
        finally:
            with self._freed:
                self._taken -= 1
                self._freed.notify_all()

    def too_many(self, entered: int) -> bool:
        """Halve the places, once for all the calls of a round, after one has left it. True where others are inside."""
        with self._freed:
            if entered == self._round:
                self._open = max(1.0, min(self._open, self._taken + 1) / 2)
                self._round += 1
            return self._taken > 0

    def enough(self) -> None:
        """Open places again, one for about as many calls as there are places."""
        with self._freed:
            self._open = min(self._most, self._open + 1 / self._open)
            self._freed.notify_all()
