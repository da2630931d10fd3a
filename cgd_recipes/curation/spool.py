"""Rows under examination on disk, so that memory stays flat while all of them must be known."""

from __future__ import annotations

import pickle
import tempfile
from collections.abc import Iterator
from types import TracebackType
from typing import Self

from cgd_recipes.curation.protocol import Entry


class Spool:
    """Entries in a temporary file, in the order in which they were added; each has a number, from 0."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile(prefix="cgd-rows.")  # noqa: SIM115
        self._places: list[int] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def __len__(self) -> int:
        return len(self._places)

    def add(self, entry: Entry) -> None:
        """Keep an entry."""
        self._places.append(self._file.tell())
        pickle.dump(entry, self._file)

    def __getitem__(self, number: int) -> Entry:
        self._file.seek(self._places[number])
        entry: Entry = pickle.load(self._file)  # noqa: S301  (written by `add`)
        return entry

    def __iter__(self) -> Iterator[Entry]:
        return (self[number] for number in range(len(self)))
