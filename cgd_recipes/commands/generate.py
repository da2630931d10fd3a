"""`cgd-recipe generate`: student and teacher write what the rows lack."""

from __future__ import annotations

import os
import shlex
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from typing import TYPE_CHECKING, Any

from cgd_recipes.commands.console import cells, duration, print_json, progress, say
from cgd_recipes.errors import RecipeError
from cgd_recipes.generation.settings import load_generation
from cgd_recipes.recipe.resolve import load_recipe
from cgd_recipes.trainers.plan import make_plan

if TYPE_CHECKING:
    from rich.table import Table

    from cgd_recipes.curation.acceptance import RowJudge
    from cgd_recipes.generation.estimate import Estimate
    from cgd_recipes.generation.generate import Generated
    from cgd_recipes.generation.settings import Generation
    from cgd_recipes.generation.tally import Tally
    from cgd_recipes.recipe.plan import Plan

_LINE_SECONDS = 60.0
"""Seconds between the lines that a run without a terminal prints."""


def run_generate(name: str, settings: tuple[str, ...], limit: int | None, *, retry_failed: bool, as_json: bool) -> None:
    """`cgd-recipe generate`."""
    from cgd_recipes.generation.generate import generate
    from cgd_recipes.generation.serve import serving

    generation = _load(name, settings)
    # What engines read when they are imported; what the user set stays.
    for variable, value in generation.environment.items():
        os.environ.setdefault(variable, value)
    try:
        with (
            serving(generation, lambda line: say(line, to_stderr=True)),
            _display() as show,
            _judge(generation.plan) as judge,
        ):
            made = generate(generation, limit=limit, retry_failed=retry_failed, judge=judge, tick=show.tick, show=show)
    except KeyboardInterrupt:
        say(
            f"stopped; every answer so far is in {generation.journal}: the same command goes on from there",
            to_stderr=True,
        )
        sys.exit(130)
    if as_json:
        print_json(_summary(made))
    else:
        say(*_text_summary(made, name))
    for warning in made.acceptance.warnings():
        say(f"warning: {warning}", to_stderr=True)
    if made.tally.rows and not made.written.complete:
        rows, failed = made.acceptance, f"no row is complete: all {made.tally.rows:,} failed"
        say(f"{name}: {f'none of {rows.judged:,} rows is accepted' if rows.is_on else failed}", to_stderr=True)
        sys.exit(1)


def _load(name: str, settings: tuple[str, ...]) -> Generation:
    """A recipe's generation, with its conditions checked.

    Raises:
        RecipeError: every mistake in them.
    """
    from cgd_recipes.curation.acceptance import accept_problems

    generation = load_generation(make_plan(load_recipe(name, settings)))
    problems = list(accept_problems(generation.plan))
    if problems:
        raise RecipeError(problems)
    return generation


@contextmanager
def _judge(plan: Plan) -> Iterator[RowJudge | None]:
    """What judges the rows; none where a recipe has no conditions."""
    from cgd_recipes.curation.acceptance import judge_of

    judge = judge_of(plan)
    with closing(judge) if judge else nullcontext():
        yield judge


def _summary(made: Generated) -> dict[str, Any]:
    written = made.written
    failed = {f"{stage}: {reason}": count for (stage, reason), count in sorted(written.failed.items())}
    return {
        "folder": str(made.folder),
        "journal": str(made.journal),
        "complete": written.complete,
        "failed": failed,
        "not_accepted": dict(sorted(written.refused.items())),
        "unfinished": written.unfinished,
        **({"acceptance": made.acceptance.as_json()} if made.acceptance.is_on else {}),
        **made.tally.as_json(),
    }


def _text_summary(made: Generated, name: str) -> list[str]:
    from cgd_recipes.generation.triples import FAILED, TRIPLES

    written, tally = made.written, made.tally
    lines = [f"rows      {_taken(made)}, in {tally.seconds:,.1f} s"]
    for reason, count in written.refused.most_common():
        lines.append(f"not used  {count:,}: {reason}")
    for stage, counts in tally.stages.items():
        tokens = f"{counts.prompt_tokens:,} prompt tokens ({counts.cached_tokens:,} cached), {counts.completion_tokens:,} completion tokens"
        again = f" ({counts.asked_again:,} once more)" if counts.asked_again else ""
        lines.append(f"{stage:9} {counts.asked:,} asked{again}, {counts.known:,} known before; {tokens}")
    if tally.cost() is not None:
        lines.append(f"cost      {tally.cost():,.2f}")
    for (stage, reason), count in written.failed.most_common():
        lines.append(f"failed    {count:,} at {stage}: {reason}")
    if written.failed:
        lines.append(
            f"retry     cgd-recipe generate {shlex.quote(name)} --retry-failed   (they are in {made.folder / FAILED})"
        )
    lines.append(f"written   {made.folder / TRIPLES}; every answer is in {made.journal}")
    return [*lines, f"render    cgd-recipe render {shlex.quote(name)}"]


def _taken(made: Generated) -> str:
    written, acceptance = made.written, made.acceptance
    if not acceptance.is_on:
        return f"{written.complete:,} of {made.tally.rows:,} complete"
    ahead = made.tally.settled_rows - acceptance.judged
    more = f" ({ahead:,} more were asked ahead, and are in the journal)" if ahead > 0 else ""
    ended = f"; {acceptance.end.value}" if acceptance.end else ""
    return f"{written.complete:,} accepted of {acceptance.judged:,} drawn{more}{ended}"


class _Show:
    """Progress on a terminal, or a line now and then."""

    def __init__(self) -> None:
        self.tally: Tally | None = None
        self.stage = "starting"
        self._next = time.monotonic() + _LINE_SECONDS
        self.lines = not sys.stderr.isatty()

    def __call__(self, tally: Tally) -> None:
        self.tally = tally
        if self.lines and time.monotonic() > self._next:
            self._next = time.monotonic() + _LINE_SECONDS
            stages = ", ".join(f"{name} {counts.done:,}" for name, counts in tally.stages.items())
            say(f"{tally.settled_rows:,} of {tally.rows:,} rows; {stages}; {_left(tally)}", to_stderr=True)

    def tick(self, stage: str, rows: int) -> None:
        """Rows read or written so far."""
        self.stage, self.tally = f"{stage}: {rows:,} rows", None

    def __rich__(self) -> Table | str:
        return _table(self.tally) if self.tally else self.stage


@contextmanager
def _display() -> Iterator[_Show]:
    show = _Show()
    if show.lines:
        yield show
        return
    from rich.console import Console
    from rich.live import Live

    with Live(show, console=Console(stderr=True), refresh_per_second=4, transient=True):
        yield show


def _table(tally: Tally) -> Table:
    from rich.table import Table

    table = Table("stage", "answers", "tokens/s", "failed", box=None, pad_edge=False, caption_justify="left")
    seconds = max(tally.seconds, 1e-3)
    for name, counts in tally.stages.items():
        failed = f"{counts.failed.total():,}"
        table.add_row(
            *cells(name, f"{counts.done:,}/{tally.rows:,}", f"{counts.completion_tokens / seconds:,.0f}", failed)
        )
    table.caption = f"{tally.settled_rows:,} of {tally.rows:,} rows; {_left(tally)}"
    return table


def _left(tally: Tally) -> str:
    left, cost = tally.seconds_left(), tally.cost()
    parts = ["time left unknown" if left is None else f"about {duration(left)} left"]
    return "; ".join([*parts, *([] if cost is None else [f"cost {cost:,.2f}"])])


def run_estimate(name: str, settings: tuple[str, ...], limit: int | None, *, as_json: bool) -> None:
    """`cgd-recipe generate --dry-run`."""
    from cgd_recipes.generation.estimate import as_json as estimate_json
    from cgd_recipes.generation.estimate import estimate

    generation = _load(name, settings)
    with progress() as tick:
        made = estimate(generation, limit, lambda rows: tick("reading", rows))
    if as_json:
        print_json(estimate_json(made))
    else:
        _print_estimate(made)


def _print_estimate(made: Estimate) -> None:
    for name, counts in made.stages.items():
        for message in counts.messages:
            say(f"--- {name}: {message.role}", bold=True)
            say(message.content)
    lines = [f"rows      {made.rows:,}, of which {made.done:,} are done"]
    for name, counts in made.stages.items():
        tokens = "" if counts.completion_tokens is None else f"about {counts.completion_tokens:,} completion tokens, "
        prompt = f"about {counts.prompt_tokens:,} prompt tokens"
        lines.append(
            f"{name:9} {counts.calls:,} calls, {prompt}, {tokens}at most {counts.most_tokens:,} completion tokens"
        )
    if any(counts.calls and counts.completion_tokens is None for counts in made.stages.values()):
        lines.append("hint      after a run with --limit the estimate knows how long answers are")
    if made.cost is not None:
        lines.append(f"cost      about {made.cost:,.2f}")
    if made.may_draw_further:
        lines.append("further   rows that generate.accept does not take are replaced; their calls come on top")
    lines += [f"sends     {destination}" for destination in made.destinations]
    say(*lines, "dry run   nothing was sent and nothing written")
