"""The rows to generate for: drawn as `render` draws them, once, and read again as often as needed."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import orjson

from cgd_recipes.data.counts import Counts
from cgd_recipes.data.draw import Draw, check_rejected, for_generation
from cgd_recipes.data.rows import Row, RowFields
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
    generation: Generation,
    limit: int | None,
    kept: Path | None,
    tick: Callable[[int], None],
    *,
    further: bool = False,
) -> Iterator[Questions]:
    """Read the recipe's source and draw its rows.

    Args:
        generation: as loaded.
        limit: at most so many rows, the first of the draw; None for no such limit.
        kept: where to list the rows that cannot be used if they stop the run; None lists none.
        tick: called with the number of records read so far.
        further: draw all there are, and not only `data.sample`.

    Raises:
        RecipeError: a source that cannot be read, or with too many rows that cannot be used.
    """
    plan = generation.plan
    source = open_source(plan.recipe)
    sample, samples = None if further else plan.recipe.get("data", "sample"), generation.samples
    most = min([number for number in (sample, limit) if number is not None], default=None)
    questions = None if most is None else -(-most // samples)
    with tempfile.TemporaryDirectory() as scratch:
        rows, rejected = Path(scratch) / "rows.jsonl", Path(scratch) / REJECTED
        selection = for_generation(plan, generation.source_needs)
        with Draw(plan, source, selection, limit=questions, listing=rejected, kept=kept) as draw:
            draw.read(tick)
            with open(rows, "wb") as drawn:
                for fields in islice(_sampled(draw.rows(), samples), most):
                    draw.counts.examples += 1
                    drawn.write(orjson.dumps(fields, option=orjson.OPT_APPEND_NEWLINE))
            check_rejected(plan, draw.counts, kept)
        identity = {**source.identity, "files": file_hashes(source)}
        source.check_unchanged()
        yield Questions(rows, rejected, draw.counts, identity)


def _sampled(rows: Iterable[Row], samples: int) -> Iterator[RowFields]:
    """Each row so often as the student is asked, with the number of the sample in its id."""
    for row in rows:
        if samples == 1:
            yield row.fields
        else:
            yield from ({**row.fields, "id": f"{row.fields['id']}#{sample}"} for sample in range(samples))
