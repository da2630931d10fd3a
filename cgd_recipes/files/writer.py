"""Dataset files, written as examples come, with their SHA-256."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, Protocol

import orjson

from cgd_recipes.files.hashes import file_sha256

_BLOCK = 16 << 20


class Writer(Protocol):
    """Writes examples to a file and knows its SHA-256 once closed."""

    def write(self, example: dict[str, Any]) -> None:
        """Write one example."""

    def close(self) -> None:
        """Finish the file."""

    def sha256(self) -> str:
        """SHA-256 of the closed file."""


class JsonlWriter:
    """One JSON object per line; hashing and writing run in a thread, since both release the interpreter's lock.

    Args:
        path: file to create.
        block: bytes to gather before they are written.
    """

    def __init__(self, path: Path, block: int = _BLOCK):
        self._block = block
        self._handle = open(path, "wb", buffering=0)  # noqa: SIM115
        self._digest = hashlib.sha256()
        self._lines: list[bytes] = []
        self._size = 0
        self._background = ThreadPoolExecutor(1)
        self._pending: Future[None] | None = None

    def write(self, example: dict[str, Any]) -> None:
        """Write one example."""
        line = orjson.dumps(example, option=orjson.OPT_APPEND_NEWLINE)
        self._lines.append(line)
        self._size += len(line)
        if self._size > self._block:
            self._flush()

    def _flush(self) -> None:
        self._wait()
        self._pending = self._background.submit(self._put, b"".join(self._lines))
        self._lines, self._size = [], 0

    def _put(self, block: bytes) -> None:
        self._digest.update(block)
        left = memoryview(block)
        while left:
            left = left[self._handle.write(left) :]

    def _wait(self) -> None:
        if self._pending:
            self._pending.result()

    def close(self) -> None:
        """Finish the file."""
        try:
            self._flush()
            self._wait()
        finally:
            self._background.shutdown()
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


def open_writer(path: Path, types: Mapping[str, str] | None = None) -> Writer:
    """A writer by the file's suffix, .jsonl or .parquet; for `types` see ParquetWriter."""
    return ParquetWriter(path, types) if path.suffix == ".parquet" else JsonlWriter(path)
