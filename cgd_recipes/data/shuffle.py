"""Rows in an order that depends on a seed and on their ids only, in flat memory."""

from __future__ import annotations

import hashlib
import heapq
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import IO, NamedTuple

_HEAD = struct.Struct(">QQIIQ")
_BUCKETS = 256
_BUFFER = 1 << 16
_HELD = _BUCKETS * _BUFFER
"""Bytes that the buffers of all files take."""
_OVERHEAD = 256
"""Bytes that Python needs for a row, besides what is in it."""


class Stored(NamedTuple):
    """A stored row: its key, a digest of its content, its bytes, and where it came from (file index, line)."""

    key: int
    digest: int
    payload: bytes
    file: int
    line: int


def order_key(seed: int, row_id: str) -> int:
    """64-bit key of a row; sorting by it shuffles rows the same way whatever order they come in."""
    return int.from_bytes(hashlib.blake2b(f"{seed}:{row_id}".encode(), digest_size=8).digest())


class Shuffle:
    """Collects rows and gives them back in the order of their keys; more than a few are sorted on disk by key prefix.

    A row's place does not change when other rows come or go, so that a larger sample contains a smaller one.

    Args:
        folder: where to put temporary files; it is created when needed and left to the caller to remove.
        limit: keep only the rows with the smallest keys; None for all.
        room: bytes of rows that stay in memory; only where there are more is the disk used.
    """

    def __init__(self, folder: Path, limit: int | None = None, room: int = _HELD):
        self._folder = folder
        self._limit = limit
        self._room = room
        self._held: list[Stored] = []
        self._buckets: list[IO[bytes] | None] = [None] * _BUCKETS
        self._largest: list[int] = []
        self._seen: set[int] = set()

    def may_be_drawn(self, key: int) -> bool:
        """Whether a row with this key can still be among the rows that are kept."""
        return self._limit is None or len(self._largest) < self._limit or key <= -self._largest[0]

    def add(self, key: int, digest: int, payload: bytes, file: int, line: int) -> None:
        """Store one row; rows of one key are ordered by the digest of their content."""
        if self._limit is not None and key not in self._seen:
            self._seen.add(key)
            heapq.heappush(self._largest, -key)
            if len(self._largest) > self._limit:
                self._seen.discard(-heapq.heappop(self._largest))
        stored = Stored(key, digest, payload, file, line)
        self._room -= len(payload) + _OVERHEAD
        if self._room >= 0:
            self._held.append(stored)
            return
        for earlier in self._held:
            self._write(earlier)
        self._held.clear()
        self._write(stored)

    def _write(self, row: Stored) -> None:
        bucket = self._buckets[row.key >> 56] or self._open(row.key >> 56)
        bucket.write(_HEAD.pack(row.key, row.digest, len(row.payload), row.file, row.line))
        bucket.write(row.payload)

    def _open(self, index: int) -> IO[bytes]:
        self._folder.mkdir(parents=True, exist_ok=True)
        bucket = open(self._folder / f"{index:03}", "w+b", buffering=_BUFFER)  # noqa: SIM115
        self._buckets[index] = bucket
        return bucket

    def __iter__(self) -> Iterator[Stored]:
        """All stored rows by key, then by content; more than `limit` only where keys are equal or were displaced."""
        yield from sorted(self._held)
        for bucket in filter(None, self._buckets):
            bucket.seek(0)
            rows = []
            while head := bucket.read(_HEAD.size):
                key, digest, length, file, line = _HEAD.unpack(head)
                rows.append(Stored(key, digest, bucket.read(length), file, line))
            yield from sorted(rows)

    def close(self) -> None:
        """Close the temporary files."""
        for bucket in filter(None, self._buckets):
            bucket.close()
