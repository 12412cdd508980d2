"""PNG pictures with few colours, as pages of text have them: a quarter of the size, and nothing but zlib."""

from __future__ import annotations

import struct
import zlib
from collections import Counter
from collections.abc import Iterator

SIGNATURE = b"\x89PNG\r\n\x1a\n"
MOST_COLOURS = 256
CHANNELS = {2: 3, 6: 4}  # of colour types: RGB and RGBA, eight bits each


def few_colours(png: bytes) -> bytes:
    """The picture with a palette of at most 256 colours; any other colour becomes the nearest of them."""
    width, height, pixels = _pixels(png)
    nearest = _nearest(Counter(pixels))
    palette = sorted(set(nearest.values()))
    numbers = {colour: number for number, colour in enumerate(palette)}
    places = {colour: numbers[near] for colour, near in nearest.items()}
    rows = (bytes(places[each] for each in pixels[row * width : (row + 1) * width]) for row in range(height))
    data = zlib.compress(b"".join(b"\0" + row for row in rows), 9)
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    parts = ((b"IHDR", header), (b"PLTE", b"".join(palette)), (b"IDAT", data), (b"IEND", b""))
    return SIGNATURE + b"".join(_part(kind, body) for kind, body in parts)


def size(png: bytes) -> tuple[int, int]:
    """Width and height."""
    width, height = struct.unpack(">II", png[16:24])
    return width, height


def _nearest(counts: Counter[bytes]) -> dict[bytes, bytes]:
    """Each colour with the one of the palette that stands for it.

    The palette begins with the commonest and grows by the one that is seen most wrongly: often, or far from all others.
    """
    (first, _), *_ = counts.most_common(1)
    found = {colour: (_apart(first, colour), first) for colour in sorted(counts)}
    for _ in range(MOST_COLOURS - 1):
        worst = max(found, key=lambda colour: found[colour][0] * counts[colour])
        if not found[worst][0]:
            break
        for colour, (apart, _) in found.items():
            if (nearer := _apart(worst, colour)) < apart:
                found[colour] = nearer, worst
    return {colour: near for colour, (_, near) in found.items()}


def _apart(one: bytes, other: bytes) -> int:
    return (one[0] - other[0]) ** 2 + (one[1] - other[1]) ** 2 + (one[2] - other[2]) ** 2


def _part(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _parts(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    place = len(SIGNATURE)
    while place < len(png):
        (length,) = struct.unpack(">I", png[place : place + 4])
        yield png[place + 4 : place + 8], png[place + 8 : place + 8 + length]
        place += length + 12


def _pixels(png: bytes) -> tuple[int, int, list[bytes]]:
    """Width, height and the colours, row by row, of a picture as a browser writes it."""
    parts = list(_parts(png))
    width, height, depth, kind, _, _, interlaced = struct.unpack(">IIBBBBB", parts[0][1])
    assert (depth, interlaced) == (8, 0)
    step = CHANNELS[kind]
    raw = zlib.decompress(b"".join(body for name, body in parts if name == b"IDAT"))
    before, pixels, length = bytes(width * step), list[bytes](), width * step + 1
    for row in range(height):
        line = bytearray(raw[row * length + 1 : (row + 1) * length])
        _unfilter(raw[row * length], line, before, step)
        pixels += [bytes(line[place : place + 3]) for place in range(0, len(line), step)]
        before = bytes(line)
    return width, height, pixels


def _unfilter(kind: int, line: bytearray, above: bytes, step: int) -> None:
    """Undo the filter of a row, in place (PNG specification, 9.2)."""
    for place in range(len(line)):
        left = line[place - step] if place >= step else 0
        up, corner = above[place], above[place - step] if place >= step else 0
        if kind == 1:
            line[place] = (line[place] + left) & 255
        elif kind == 2:
            line[place] = (line[place] + up) & 255
        elif kind == 3:
            line[place] = (line[place] + (left + up) // 2) & 255
        elif kind == 4:
            guess = left + up - corner
            nearest = min((left, up, corner), key=lambda value: abs(guess - value))
            line[place] = (line[place] + nearest) & 255
