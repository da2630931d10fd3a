"""File types that rows are read from: one reader each, named here.

Add a file type: a module with a `Reader` (see protocol.py), and its line in `READERS`.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from cgd_recipes.data.readers.arrow_files import read_arrow, read_parquet
from cgd_recipes.data.readers.json_files import read_json, read_lines
from cgd_recipes.data.readers.protocol import Entry, Reader
from cgd_recipes.errors import RecipeError, user_error

_BUFFER = 1 << 20


def _open_plain(path: Path) -> Any:
    return open(path, "rb", buffering=_BUFFER)


def _open_gzip(path: Path) -> Any:
    import gzip

    return gzip.open(path, "rb")


def _open_zstd(path: Path) -> Any:
    from backports import zstd

    return io.BufferedReader(zstd.open(path, "rb"), _BUFFER)


READERS: dict[str, Reader] = {
    ".jsonl": read_lines,
    ".ndjson": read_lines,
    ".json": read_json,
    ".parquet": read_parquet,
    ".arrow": read_arrow,
}
"""Suffix -> reader."""
SEEKING = (".parquet", ".arrow")
"""Types with a compression of their own, which are read at any place and not from the start: never compressed as a whole."""
COMPRESSIONS: dict[str, Callable[[Path], Any]] = {
    ".gz": _open_gzip,
    ".zst": _open_zstd,
}
"""Suffix after that of the file type -> what opens the file."""
SUFFIXES = f"{', '.join(READERS)} (and {' or '.join(COMPRESSIONS)} after {', '.join(key for key in READERS if key not in SEEKING)})"
"""For messages."""


def suffix_of(path: Path) -> str:
    """The suffix that says a file's type, in lower case; empty where there is no reader, or the file is hidden."""
    name = path.name.lower()
    if name.startswith("."):
        return ""
    plain = name
    for ending in COMPRESSIONS:
        plain = plain.removesuffix(ending)
    suffix = Path(plain).suffix
    return suffix if suffix in READERS and not (suffix in SEEKING and plain != name) else ""


def read_entries(path: Path) -> Iterator[Entry]:
    """All entries of a file.

    Raises:
        RecipeError: a file that cannot be read to its end, or is not what its suffix says.
    """
    try:
        with COMPRESSIONS.get(path.suffix.lower(), _open_plain)(path) as handle:
            yield from READERS[suffix_of(path)](path, handle)
    except RecipeError:
        raise
    except Exception as error:  # a damaged archive fails in as many ways as there are formats
        raise user_error(str(path), f"cannot be read to its end: {error}") from error
