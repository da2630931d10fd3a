"""The data phase of a render: the examples of a plan, filtered, counted and written."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from itertools import islice, tee
from pathlib import Path
from typing import NamedTuple

from cgd_recipes.data.counts import Counts
from cgd_recipes.data.draw import Draw, check_rejected
from cgd_recipes.data.examples import Example, examples
from cgd_recipes.data.filters import Candidate, example_filters, first_drop
from cgd_recipes.data.lengths import LengthTally, check_overlong
from cgd_recipes.data.mixture import method_picker, mixed_methods
from cgd_recipes.data.rejections import Reason
from cgd_recipes.data.rows import Row
from cgd_recipes.data.shapes import Record
from cgd_recipes.files.progress import Progress
from cgd_recipes.files.writer import open_writer
from cgd_recipes.recipe.method import shipped_method
from cgd_recipes.recipe.plan import Plan
from cgd_recipes.trainers.protocol import TrainingData

Choose = Callable[[Draw], Iterator[Row]]

_BATCH = 32  # examples measured at once: enough for all cores to share, few enough to keep memory flat
_TOO_LONG = (Reason.TOO_LONG, Reason.TOO_LONG_ELSEWHERE)


@dataclass(frozen=True)
class RenderedData(TrainingData):
    """A rendered dataset, with what became of the rows on the way.

    Attributes:
        counts: of the rows of the source.
        lengths: how long the examples are.
        copies: SHA-256 of its further files, in their order.
    """

    counts: Counts
    lengths: LengthTally
    copies: tuple[str, ...] = ()


class DataFile(NamedTuple):
    """A dataset file to write.

    Attributes:
        path: its suffix says the format.
        record: makes its row of an example as its shape has it.
    """

    path: Path
    record: Callable[[Record], Record]


@dataclass(frozen=True)
class Fitting:
    """An example that is used.

    Attributes:
        example: the example.
        tokens: the length of each of its conversations.
    """

    example: Example
    tokens: tuple[int, ...]


def matched_examples(plan: Plan, rows: Iterable[Row]) -> Iterator[tuple[Example, ...]]:
    """For every row its example, by the plan's method or by one of those that it mixes, then those of `data.match_methods`."""
    names, mixed, pick = plan.recipe.get("data", "match_methods") or [], mixed_methods(plan), method_picker(plan)
    others = [shipped_method(name) for name in dict.fromkeys(names) if name != plan.method.name]
    plans = [dataclasses.replace(plan, method=method) for method in [*mixed, *others]]
    # The copies advance together; only a method that takes fields from the next row runs a little ahead.
    for group in zip(*map(examples, plans, tee(rows, len(plans))), strict=True):
        yield (group[pick(group[0].row.id)], *group[len(mixed) :])


def fitting(plan: Plan, rows: Iterable[Row], draw: Draw, lengths: LengthTally) -> Iterator[Fitting]:
    """The examples to write, with their lengths, counted; the rows of all others are rejected.

    Raises:
        RecipeError: the student's chat template fails, or a method finds nothing to take from another row.
    """
    filters = example_filters(plan, lengths.measure)
    groups = matched_examples(plan, rows)
    while batch := list(islice(groups, _BATCH)):
        columns = [
            lengths.measure.examples([example.record for example in column], column[0].shape)
            for column in zip(*batch, strict=True)
        ]
        for group, measured in zip(batch, zip(*columns, strict=True), strict=True):
            example, tokens = group[0], tuple(map(max, measured))
            dropped = first_drop(filters, Candidate(group, tokens))
            if dropped:
                draw.rejects.add(example.row.id, example.row.origin, dropped.rejection, **dropped.facts)
                if dropped.rejection.reason in _TOO_LONG:
                    lengths.add_too_long(example.row.id, dropped.facts["tokens"])
                continue
            draw.counts.add(
                verdict=example.row.fields.get("verdict", "unknown"),
                characters=len(example.shape.answer(example.record)),
                changes=example.changes,
            )
            draw.counts.methods[example.method] += 1
            lengths.counted[tokens[0]] += 1
            yield Fitting(example, measured[0])


def write_data(
    plan: Plan,
    draw: Draw,
    choose: Choose,
    lengths: LengthTally,
    files: Sequence[DataFile],
    listing: Path | None,
    progress: Progress,
) -> RenderedData:
    """Read a draw's source and write its examples.

    Args:
        plan: what is rendered.
        draw: an open draw.
        choose: those of its rows that are used, in their order.
        lengths: to count the lengths in.
        files: what to write the dataset to, the trainer's own first.
        listing: where the list of rejected rows will be, for messages.
        progress: called with a stage's name and its rows so far.

    Raises:
        RecipeError: a source that cannot be read, too many rows that cannot be used, none that is left.
    """
    counts = draw.counts
    draw.read(lambda rows: progress("reading", rows))
    check_rejected(plan, counts, listing)
    with ExitStack() as stack:
        writers = [stack.enter_context(closing(open_writer(file.path))) for file in files]
        for used in fitting(plan, choose(draw), draw, lengths):
            for writer, file in zip(writers, files, strict=True):
                writer.write(file.record(used.example.record))
            if counts.examples % 1_000 == 0:
                progress("writing", counts.examples)
        progress("writing", counts.examples)
    check_overlong(plan, lengths, counts, listing)
    check_rejected(plan, counts, listing)
    own, *copies = (writer.sha256() for writer in writers)
    return RenderedData(counts.examples, own, counts, lengths, tuple(copies))
