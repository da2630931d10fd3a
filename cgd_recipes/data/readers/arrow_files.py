"""Binary tables: Parquet, and the Arrow files of datasets saved with `save_to_disk`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any

from cgd_recipes.data.readers.protocol import Entry

_BATCH = 1_000  # rows turned into Python values at once


def read_parquet(path: Path, handle: IO[bytes]) -> Iterator[Entry]:
    """The rows of a Parquet file."""
    import pyarrow.parquet

    with pyarrow.parquet.ParquetFile(handle) as table:
        yield from _entries(table.iter_batches(batch_size=_BATCH))


def read_arrow(path: Path, handle: IO[bytes]) -> Iterator[Entry]:
    """The rows of an Arrow file, whether a stream, as the datasets library writes it, or a file with an index."""
    import pyarrow.ipc

    if handle.peek(6)[:6] == b"ARROW1":  # type: ignore[attr-defined]
        with pyarrow.ipc.open_file(handle) as table:
            yield from _entries(table.get_batch(number) for number in range(table.num_record_batches))
        return
    with pyarrow.ipc.open_stream(handle) as stream:
        yield from _entries(stream)


def _entries(batches: Iterable[Any]) -> Iterator[Entry]:
    number = 0
    for batch in batches:
        for start in range(0, batch.num_rows, _BATCH):
            for values in batch.slice(start, _BATCH).to_pylist():
                number += 1
                yield Entry(number, values)
