"""`cgd-recipe generate`: questions in, triples out, every answer in the journal."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cgd_recipes import __version__
from cgd_recipes.files.listing import listing_place, remove_listing
from cgd_recipes.files.progress import Progress
from cgd_recipes.generation.acceptance import Acceptance, Judge
from cgd_recipes.generation.journal import Journal
from cgd_recipes.generation.outcomes import Outcomes
from cgd_recipes.generation.questions import draw_questions
from cgd_recipes.generation.recorder import Recorder
from cgd_recipes.generation.scheduler import run_stages
from cgd_recipes.generation.settings import Generation
from cgd_recipes.generation.tally import Tally
from cgd_recipes.generation.triples import Written, triples_folder, write_triples


@dataclass(frozen=True)
class Generated:
    """What a generation gave.

    Attributes:
        folder: where the triples are.
        journal: where the answers are.
        tally: calls and tokens of this run.
        written: what became of the rows.
        acceptance: which of them were taken.
    """

    folder: Path
    journal: Path
    tally: Tally
    written: Written
    acceptance: Acceptance


def generate(
    generation: Generation,
    *,
    limit: int | None,
    retry_failed: bool,
    judge: Judge | None = None,
    tick: Progress,
    show: Callable[[Tally], None] | None,
) -> Generated:
    """Take a recipe's rows through its stages and write the triples.

    Args:
        generation: as loaded.
        limit: only so many rows, the first of the draw.
        retry_failed: ask again for what failed in earlier runs.
        judge: of the conditions of `generate.accept`; None where the recipe has none.
        tick: called with what is done and its rows so far, while rows are read and written.
        show: called with the counts after every answer.

    Raises:
        RecipeError: rows that cannot be read, an engine that cannot run, too many failures; every answer is kept.
    """
    output = triples_folder(generation)
    kept = listing_place(generation.output)
    with (
        Journal(generation.journal) as journal,
        draw_questions(
            generation, limit, kept, lambda rows: tick("reading", rows), further=judge is not None
        ) as questions,
    ):
        number = journal.begin_run(_details(generation, questions.identity, limit))
        with generation.located(), closing(Outcomes()) as outcomes:
            target = generation.plan.recipe.data["sample"]
            acceptance = Acceptance(generation, outcomes, judge, len(questions), target)
            tally = Tally(generation, acceptance.wanted, show)
            run_stages(
                Recorder(generation, journal, tally, acceptance, retry_failed), generation.open_engine(), questions
            )
            journal.sync()
            written = write_triples(output, questions, acceptance, limit, lambda rows: tick("writing", rows))
        journal.end_run(number)
    remove_listing(generation.output)
    return Generated(generation.output, generation.journal, tally, written, acceptance)


def _details(generation: Generation, identity: dict[str, Any], limit: int | None) -> dict[str, Any]:
    """What the journal remembers of a run; keys are not in a recipe, so they cannot be in here."""
    recipe = generation.plan.recipe
    return {
        "recipe": recipe.get("name"),
        "cgd-recipes": __version__,
        "source": identity,
        "data": recipe.get("data"),
        "generate": recipe.get("generate"),
        "stages": generation.describe(),
        "limit": limit,
    }
