"""One of the trainers that a recipe can name, beside another."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

from cgd_recipes.data.shapes import Record
from cgd_recipes.errors import Problem
from cgd_recipes.recipe.plan import Plan
from cgd_recipes.rendering.also.protocol import LAUNCH, Recorder
from cgd_recipes.rendering.also.turns import without_preamble
from cgd_recipes.rendering.head import config_text
from cgd_recipes.trainers.launch import build_launch
from cgd_recipes.trainers.protocol import TrainingData
from cgd_recipes.trainers.registry import get_trainer, trainer_problems


class OwnTrainer:
    """See `Target`.

    Args:
        name: of a trainer, as recipes write it.
    """

    def __init__(self, name: str):
        self._trainer = get_trainer(name)

    def _plan(self, plan: Plan) -> Plan:
        """The plan of the same recipe with this trainer."""
        train = {**plan.recipe.values["train"], "trainer": self._trainer.name}
        return dataclasses.replace(
            plan, recipe=dataclasses.replace(plan.recipe, values={**plan.recipe.values, "train": train})
        )

    def problems(self, plan: Plan) -> Iterator[Problem]:
        """See `Target`."""
        where, trainer, own = plan.recipe.where(("output", "also")), self._trainer, self._plan(plan)
        if plan.train["trainer"] == trainer.name:
            yield Problem(where, f"{trainer.name} is the recipe's own trainer; take it out of output.also")
            return
        problems = [Problem(where, problem.message) for problem in trainer_problems(own)]
        problems = problems or [own.recipe.problem(*finding[:2]) for finding in trainer.plan_findings(own)]
        if not problems:
            findings = trainer.check(own, trainer.build(own), None).findings
            problems = [own.recipe.problem(("train", trainer.name, *found.path), found.message) for found in findings]
        yield from problems

    def data_file(self, plan: Plan) -> str:
        """See `Target`."""
        return plan.data_file

    def recorder(self, plan: Plan) -> Recorder:
        """See `Target`."""
        own = self._plan(plan)
        preamble = self._trainer.system_preamble(own)

        def record(example: Record) -> Record:
            # Every shape has one list of messages, and begins it with the system message.
            key = "messages" if "messages" in example else "prompt"
            messages = without_preamble(plan, example[key])
            if messages[0]["role"] == "system":
                messages[0] = {**messages[0], "content": preamble + messages[0]["content"]}
            return self._trainer.record(own, {**example, key: messages})

        return record

    def files(self, plan: Plan, data: TrainingData) -> dict[str, str]:
        """See `Target`."""
        own, trainer = self._plan(plan), self._trainer
        config = trainer.build(own, data)
        return {
            trainer.config_file: config_text(plan, config),
            LAUNCH: build_launch(own, config, data, checks_student=False),
            **trainer.files(own, config),
        }
