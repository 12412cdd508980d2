"""How often and how long a service is asked before a person is told."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Patience:
    """A request is tried at most `attempts` times and about `total` seconds.

    Between two attempts lies a wait (seconds) that doubles from `first_wait` and has a random part, or what the server
    asked for where that is longer; never more than `longest_wait`.
    """

    attempts: int = 5
    first_wait: float = 1.0
    longest_wait: float = 60.0
    total: float = 600.0
    sleep: Callable[[float], None] = time.sleep


PATIENT = Patience()
