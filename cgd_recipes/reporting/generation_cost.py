"""What the rows of a trained model cost to generate, from the journal of its recipe."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from cgd_recipes.generation.journal import Journal, StageStatus
from cgd_recipes.generation.settings import Generation, load_generation
from cgd_recipes.generation.spending import Tokens
from cgd_recipes.recipe.resolve import load_recipe
from cgd_recipes.reporting.rendered_folder import rendered_folder
from cgd_recipes.trainers.plan import make_plan


class StageCost(NamedTuple):
    """One stage and model of a journal.

    Attributes:
        stage: its name.
        model: that answered.
        answers: finished answers.
        failed: answers and requests that cannot be used.
        prompt_tokens, cached_tokens, completion_tokens: sums, as far as they were reported.
        seconds: sum over all answers, many of which ran at once.
        cost: at the recipe's prices; None where it names none for this stage and model.
    """

    stage: str
    model: str
    answers: int
    failed: int
    prompt_tokens: int
    cached_tokens: int
    completion_tokens: int
    seconds: float
    cost: float | None


class GenerationCost(NamedTuple):
    """All of a journal.

    Attributes:
        journal: the file.
        stages: in the order in which they were first answered.
        seconds: on the clock, of the runs that came to their end.
        unfinished: runs that did not, whose time is not known.
    """

    journal: Path
    stages: Sequence[StageCost]
    seconds: float
    unfinished: int

    @property
    def cost(self) -> float | None:
        """Of all stages that have a price; None where none has."""
        known = [stage.cost for stage in self.stages if stage.cost is not None]
        return sum(known) if known else None


def generation_of(model: str) -> GenerationCost | None:
    """What a trained model's rows cost; None for a model without a rendered recipe that generates, or without its journal.

    Args:
        model: folder of the model, in the folder that `render` wrote; a hub id has none.

    Raises:
        RecipeError: a recipe or journal that is there and cannot be read.
    """
    rendered = rendered_folder(model)
    if rendered is None:
        return None
    recipe = load_recipe(str(rendered.recipe))
    if not recipe.get("generate"):
        return None
    return cost_of(load_generation(make_plan(recipe), to_run=False))


def cost_of(generation: Generation) -> GenerationCost | None:
    """What the answers of a generation's journal cost; None without a journal."""
    if not generation.journal.is_file():
        return None
    with Journal(generation.journal, read_only=True) as journal:
        statuses, runs = journal.status(), journal.runs()
    seconds = [_seconds(run) for run in runs if run["ended"]]
    stages = [_stage_cost(generation, status) for status in statuses]
    return GenerationCost(generation.journal, stages, sum(seconds), len(runs) - len(seconds))


def _stage_cost(generation: Generation, status: StageStatus) -> StageCost:
    prices: list[Mapping[str, float]] = [
        generation.role(bound.stage.role)["price"]
        for bound in generation.stages
        if (bound.stage.name, bound.model) == (status.stage, status.model)
    ]
    price = dict(prices[0]) if prices and prices[0] else None
    tokens = (status.prompt_tokens, status.cached_tokens, status.completion_tokens)
    return StageCost(
        status.stage,
        status.model,
        status.answers,
        sum(status.faults.values()),
        *tokens,
        status.seconds,
        Tokens(*tokens).cost(price) if price else None,
    )


def _seconds(run: Mapping[str, Any]) -> float:
    return (datetime.fromisoformat(run["ended"]) - datetime.fromisoformat(run["started"])).total_seconds()
