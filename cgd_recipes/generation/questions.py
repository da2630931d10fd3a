"""The rows to generate for: drawn as `render` draws them, once, and read again as often as needed."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from cgd_recipes.data.draw import PLACE, Counts, Rejects, Wanted, check_rejected, chosen_rows, collect
from cgd_recipes.data.rows import Row
from cgd_recipes.data.shuffle import Shuffle
from cgd_recipes.data.source import file_hashes, open_source
from cgd_recipes.files.listing import keep_listing
from cgd_recipes.generation.settings import Generation

REJECTED = "rejected.jsonl"


@dataclass(frozen=True)
class Questions:
    """Rows in the order of their draw.

    Attributes:
        file: temporary file that holds them.
        counts: what became of the records; `examples` are the rows.
        identity: what the manifest says of where they come from.
        rejected: temporary file that lists the rows that cannot be used.
    """

    file: Path
    rejected: Path
    counts: Counts
    identity: dict[str, Any]

    def __iter__(self) -> Iterator[Row]:
        """All rows; any number of times."""
        with open(self.file, "rb") as handle:
            yield from map(orjson.loads, handle)

    def __len__(self) -> int:
        return self.counts.examples


@contextmanager
def draw_questions(
    generation: Generation, limit: int | None, kept: Path | None, tick: Callable[[int], None]
) -> Iterator[Questions]:
    """Read the recipe's source and draw its rows.

    Args:
        generation: as loaded.
        limit: at most so many rows, the first of the draw; None for `data.sample`.
        kept: where to list the rows that cannot be used if they stop the run; None lists none.
        tick: called with the number of records read so far.

    Raises:
        RecipeError: a source that cannot be read, or with too many rows that cannot be used.
    """
    plan = generation.plan
    source, counts = open_source(plan.recipe), Counts()
    limits = [number for number in (plan.recipe.get("data", "sample"), limit) if number is not None]
    most = min(limits, default=None)
    with tempfile.TemporaryDirectory() as scratch:
        rows, rejected = Path(scratch) / "rows.jsonl", Path(scratch) / REJECTED
        with (
            open(rejected, "wb") as handle,
            closing(Shuffle(Path(scratch) / "draw", most)) as shuffle,
            keep_listing(handle, rejected, kept),
        ):
            rejects = Rejects(handle, source, counts)
            collect(
                plan, Wanted(generation.source_needs, lambda row: True, True), source, shuffle, rejects, counts, tick
            )
            with open(rows, "wb") as drawn:
                for row in chosen_rows(shuffle, most, rejects, counts):
                    del row[PLACE]
                    counts.examples += 1
                    drawn.write(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))
            check_rejected(plan, counts, kept)
        yield Questions(rows, rejected, counts, {**source.identity, "files": file_hashes(source)})
