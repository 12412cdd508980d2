"""Pictures with few colours keep what is seen."""

from __future__ import annotations

import random
import struct
import zlib

import pytest
from pictures import SIGNATURE, _part, _parts, few_colours, size

RED, INK, PAPER = b"\xb0\x10\x20", b"\x10\x10\x10", b"\xff\xff\xff"


def written(rows: list[list[bytes]], kind: int) -> bytes:
    """A picture of these colours, each row under the filter `kind`."""
    before, lines = bytes(len(rows[0]) * 3), []
    for row in rows:
        line = b"".join(row)
        filtered = bytearray([kind])
        for place, value in enumerate(line):
            left, corner = (line[place - 3], before[place - 3]) if place >= 3 else (0, 0)
            up = before[place]
            near = min((left, up, corner), key=lambda value: abs(left + up - corner - value))
            filtered.append((value - (0, left, up, (left + up) // 2, near)[kind]) & 255)
        lines.append(bytes(filtered))
        before = line
    header = struct.pack(">IIBBBBB", len(rows[0]), len(rows), 8, 2, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(b"".join(lines))), (b"IEND", b""))
    return SIGNATURE + b"".join(_part(name, body) for name, body in parts)


def seen(png: bytes) -> list[list[bytes]]:
    """The colours of a picture with a palette, row by row."""
    parts = dict(_parts(png))
    width, height = size(png)
    raw, palette = zlib.decompress(parts[b"IDAT"]), parts[b"PLTE"]
    lines = [raw[row * (width + 1) + 1 : (row + 1) * (width + 1)] for row in range(height)]
    return [[palette[number * 3 : number * 3 + 3] for number in line] for line in lines]


@pytest.mark.parametrize("kind", range(5))
def test_every_filter_is_read(kind: int) -> None:
    chance = random.Random(kind)
    rows = [[chance.choice((RED, INK, PAPER)) for _ in range(7)] for _ in range(5)]
    assert seen(few_colours(written(rows, kind))) == rows


def test_a_rare_colour_that_is_far_from_the_others_stays() -> None:
    greys = [bytes([value] * 3) for value in range(256)]
    rows = [[*greys], [*greys], [RED, *greys[1:]]]
    found = seen(few_colours(written(rows, 0)))
    assert found[2][0] == RED
    assert max(abs(a[0] - b[0]) for a, b in zip(found[0], greys, strict=True)) <= 1
