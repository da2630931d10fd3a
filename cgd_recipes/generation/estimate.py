"""`cgd-recipe generate --dry-run`: the first prompts, and what a run will ask for."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

from cgd_recipes.data.rows import RowFields as Row
from cgd_recipes.generation.bound import BoundStage
from cgd_recipes.generation.engines.protocol import Message, Request, RequestFailed
from cgd_recipes.generation.flow import conversation, flow, follow
from cgd_recipes.generation.journal import Journal
from cgd_recipes.generation.questions import draw_questions
from cgd_recipes.generation.settings import Generation
from cgd_recipes.generation.spending import Tokens
from cgd_recipes.recipe.prompt_file import row_fields


@dataclass
class StageEstimate:
    """What one stage will ask for.

    Attributes:
        calls: requests; those for a missing verdict come on top.
        prompt_tokens: of their prompts, counted by the family's characters per token; texts that are not written yet
            count as long as earlier answers in the journal were, and nothing without such.
        completion_tokens: as many as earlier answers in the journal had; None without such.
        most_tokens: what the calls can have at most.
        messages: the prompt of the first row, with <field> for what is not written yet.
    """

    calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int | None = None
    most_tokens: int = 0
    messages: list[Message] = field(default_factory=list)


@dataclass
class Estimate:
    """What a run will ask for.

    Attributes:
        rows: rows to go through.
        done: rows that the journal completes already, or has set aside.
        stages: by name.
        cost: of it all at the recipe's prices; None without prices or earlier answers.
        destinations: see Generation.
        may_draw_further: whether rows that are not accepted are replaced by others.
    """

    rows: int
    done: int
    stages: dict[str, StageEstimate]
    cost: float | None
    destinations: list[str]
    may_draw_further: bool


def estimate(generation: Generation, limit: int | None, tick: Callable[[int], None]) -> Estimate:
    """Follow every row through the journal, and count what is left; nothing is sent and nothing written.

    Raises:
        RecipeError: rows that cannot be read.
    """
    with ExitStack() as stack:
        questions = stack.enter_context(draw_questions(generation, limit, None, tick))
        journal = None
        if generation.journal.is_file():
            journal = stack.enter_context(Journal(generation.journal, read_only=True))
        means = _mean_tokens(generation, journal)
        stages = {
            bound.stage.name: StageEstimate(completion_tokens=None if bound.stage.name not in means else 0)
            for bound in generation.stages
        }
        done = 0
        for number, row in enumerate(questions):
            step = follow(flow(generation, row), journal).last if journal else None
            if number == 0:
                _first_prompts(generation, row, stages)
            if step is not None and not isinstance(step, Request):
                done += 1
                continue
            _add_row(generation, row, step, means, stages)
    further = generation.section["accept"] is not None
    return Estimate(len(questions), done, stages, _cost(generation, stages), generation.destinations, further)


def _first_prompts(generation: Generation, row: Row, stages: dict[str, StageEstimate]) -> None:
    unknown, row = {name: f"<{name}>" for name in row_fields()}, dict(row)
    for bound in generation.stages:
        if not generation.passes(bound, row):
            bound.stage.clear(row)
        stages[bound.stage.name].messages = _prompt(bound, {**unknown, **row})


def _mean_tokens(generation: Generation, journal: Journal | None) -> dict[str, float]:
    models = {bound.stage.name: bound.model for bound in generation.stages}
    found = journal.status() if journal else []
    return {
        status.stage: status.completion_tokens / status.answers
        for status in found
        if status.answers and models.get(status.stage) == status.model
    }


def _add_row(
    generation: Generation, row: Row, step: Request | None, means: dict[str, float], stages: dict[str, StageEstimate]
) -> None:
    """Count the calls of a row from its first missing one on."""
    per_token, begun = generation.plan.family.values["characters_per_token"], step is None
    row = dict(row)
    for bound in generation.stages:
        if generation.passes(bound, row):
            continue
        name = bound.stage.name
        bound.stage.clear(row)
        begun = begun or (step is not None and step.stage == name)
        if not begun:
            continue
        for made in bound.stage.outputs:
            row[made] = "x" * int(means.get(name, 0) * per_token)
        counts = stages[name]
        counts.calls += 1
        counts.prompt_tokens += int(sum(len(turn.content) for turn in _prompt(bound, row)) / per_token)
        counts.most_tokens += bound.sampling.max_tokens
        if counts.completion_tokens is not None:
            counts.completion_tokens += round(means[name])


def _prompt(bound: BoundStage, row: Row) -> list[Message]:
    try:
        return list(conversation(bound, {**dict.fromkeys(row_fields(), ""), **row}))
    except RequestFailed:  # a row that the template fails on is set aside
        return []


def _cost(generation: Generation, stages: dict[str, StageEstimate]) -> float | None:
    total = 0.0
    for bound in generation.stages:
        price, counts = generation.role(bound.stage.role)["price"], stages[bound.stage.name]
        if not price or (counts.completion_tokens is None and counts.calls):
            return None
        total += Tokens(counts.prompt_tokens, 0, counts.completion_tokens or 0).cost(price)
    return total


def as_json(made: Estimate) -> dict[str, Any]:
    """An estimate for machines."""
    stages = {
        name: {**vars(counts), "messages": [message._asdict() for message in counts.messages]}
        for name, counts in made.stages.items()
    }
    return {
        "rows": made.rows,
        "done": made.done,
        "cost": made.cost,
        "sends": made.destinations,
        "may_draw_further": made.may_draw_further,
        "stages": stages,
    }
