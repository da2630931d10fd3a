"""The rows to generate for: drawn as `render` draws them, once, and read again as often as needed."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from cgd_recipes.data.counts import Counts
from cgd_recipes.data.draw import Draw, check_rejected, for_generation
from cgd_recipes.data.rows import RowFields
from cgd_recipes.data.source import file_hashes, open_source
from cgd_recipes.generation.settings import Generation

REJECTED = "rejected.jsonl"


@dataclass(frozen=True)
class Questions:
    """Rows in the order of their draw.

    Attributes:
        file: temporary file that holds them.
        rejected: temporary file that lists the rows that cannot be used.
        counts: what became of the records; `examples` are the rows.
        identity: what the manifest says of where they come from.
    """

    file: Path
    rejected: Path
    counts: Counts
    identity: dict[str, Any]

    def __iter__(self) -> Iterator[RowFields]:
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
    source = open_source(plan.recipe)
    limits = [number for number in (plan.recipe.get("data", "sample"), limit) if number is not None]
    with tempfile.TemporaryDirectory() as scratch:
        rows, rejected = Path(scratch) / "rows.jsonl", Path(scratch) / REJECTED
        selection, most = for_generation(plan, generation.source_needs), min(limits, default=None)
        with Draw(plan, source, selection, limit=most, listing=rejected, kept=kept) as draw:
            draw.read(tick)
            with open(rows, "wb") as drawn:
                for row in draw.rows():
                    draw.counts.examples += 1
                    drawn.write(orjson.dumps(row.fields, option=orjson.OPT_APPEND_NEWLINE))
            check_rejected(plan, draw.counts, kept)
        identity = {**source.identity, "files": file_hashes(source)}
        source.check_unchanged()
        yield Questions(rows, rejected, draw.counts, identity)
