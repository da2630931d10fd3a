"""What a reader of a file type does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, NamedTuple, Protocol

from cgd_recipes.data.rejections import Rejection


class Entry(NamedTuple):
    """One entry of a file.

    Attributes:
        line: 1-based line; in binary files the number of the row.
        values: the entry's mapping; None when it cannot be read.
        fault: why not.
    """

    line: int
    values: dict[str, Any] | None
    fault: Rejection | None = None


class Reader(Protocol):
    """Reads the entries of one file."""

    def __call__(self, path: Path, handle: IO[bytes]) -> Iterator[Entry]:
        """All entries of a file, in their order, in flat memory.

        Args:
            path: for messages.
            handle: its content, decompressed, with `peek`.

        Raises:
            RecipeError: a file of another form, located. Any other exception says that the file is damaged.
        """
