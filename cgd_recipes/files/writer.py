"""Dataset files, written as examples come, with their SHA-256."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

import orjson

from cgd_recipes.files.hashes import file_sha256

_BUFFER = 1 << 20  # bytes gathered before they are written


class Writer(Protocol):
    """Writes examples to a file and knows its SHA-256 once closed."""

    def write(self, example: dict[str, Any]) -> None:
        """Write one example."""

    def close(self) -> None:
        """Finish the file."""

    def sha256(self) -> str:
        """SHA-256 of the closed file."""


class JsonlWriter:
    """One JSON object per line.

    Args:
        path: file to create.
        types: of no use here.
    """

    def __init__(self, path: Path, types: Mapping[str, str] | None = None):
        self._handle = open(path, "wb", buffering=_BUFFER)  # noqa: SIM115
        self._digest = hashlib.sha256()

    def write(self, example: dict[str, Any]) -> None:
        """Write one example."""
        line = orjson.dumps(example, option=orjson.OPT_APPEND_NEWLINE)
        self._digest.update(line)
        self._handle.write(line)

    def close(self) -> None:
        """Finish the file."""
        self._handle.close()

    def sha256(self) -> str:
        """SHA-256 of the closed file."""
        return self._digest.hexdigest()


class ParquetWriter:
    """Parquet, 1,000 examples per row group.

    Args:
        path: file to create.
        types: column -> pyarrow type name, for rows in which a column may be empty for long; else told from the first rows.
    """

    def __init__(self, path: Path, types: Mapping[str, str] | None = None):
        self._path, self._types = path, types
        self._batch: list[dict[str, Any]] = []
        self._writer: Any = None

    def write(self, example: dict[str, Any]) -> None:
        """Write one example."""
        self._batch.append(example)
        if len(self._batch) == 1_000:
            self._flush()

    def _flush(self) -> None:
        import pyarrow
        import pyarrow.parquet

        types = self._types and [(name, pyarrow.type_for_alias(kind)) for name, kind in self._types.items()]
        table = pyarrow.Table.from_pylist(self._batch, schema=pyarrow.schema(types) if types else None)
        if self._writer is None:
            self._writer = pyarrow.parquet.ParquetWriter(self._path, table.schema, compression="zstd")
        self._writer.write_table(table)
        self._batch = []

    def close(self) -> None:
        """Finish the file."""
        if self._batch or (self._types and self._writer is None):
            self._flush()
        if self._writer is not None:
            self._writer.close()

    def sha256(self) -> str:
        """SHA-256 of the closed file."""
        return file_sha256(self._path)


class MakesWriter(Protocol):
    """Makes a writer."""

    def __call__(self, path: Path, types: Mapping[str, str] | None = None) -> Writer:
        """A writer of a file; for `types` see ParquetWriter."""


WRITERS: dict[str, MakesWriter] = {"jsonl": JsonlWriter, "parquet": ParquetWriter}
"""`output.format`, which is the file's suffix too -> writer. A new one is named here and in `schemas/recipe.schema.json`."""


def open_writer(path: Path, types: Mapping[str, str] | None = None) -> Writer:
    """A writer by the file's suffix; JSON Lines where it says nothing else. For `types` see ParquetWriter."""
    return WRITERS.get(path.suffix.removeprefix("."), JsonlWriter)(path, types)
