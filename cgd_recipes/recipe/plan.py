"""What a training run will be: the recipe's settings with everything that follows from them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cgd_recipes.errors import Problem, RecipeError
from cgd_recipes.files.blank import is_blank
from cgd_recipes.files.paths import real_path
from cgd_recipes.recipe.family import Family, load_family, student_config
from cgd_recipes.recipe.method import Method, load_method
from cgd_recipes.recipe.recipe import Recipe

DROP, KEEP, TRAIN = "drop", "keep", "train"
"""The values of `thinking`."""


@dataclass(frozen=True)
class Plan:
    """A recipe that is ready to be turned into trainer configs; it knows nothing of the data.

    Attributes:
        recipe, family, method: as loaded.
        config: facts of the student's config.json; None when they are not known.
    """

    recipe: Recipe
    family: Family
    method: Method
    config: dict[str, Any] | None

    @property
    def train(self) -> dict[str, Any]:
        """The recipe's `train` section."""
        section: dict[str, Any] = self.recipe.values["train"]
        return section

    @property
    def adapter(self) -> str | None:
        """`lora` or `qlora`; None where all weights are trained."""
        return None if self.train["adapter"] == "none" else str(self.train["adapter"])

    @property
    def thinking(self) -> str:
        """What becomes of the thinking before an answer: `drop`, `keep` or `train`; folders of earlier versions do not say."""
        return str(self.recipe.get("thinking") or DROP)

    @property
    def thinks(self) -> bool:
        """Whether the model is to think before it answers, in training and at inference."""
        return self.thinking != DROP

    @property
    def data_file(self) -> str:
        """The dataset, relative to the output folder."""
        return f"data/train.{self.recipe.get('output', 'format')}"

    @property
    def world_size(self) -> int:
        """GPUs over all nodes."""
        return int(self.recipe.get("launch", "nodes") * self.recipe.get("launch", "gpus_per_node"))

    @property
    def accumulation(self) -> int:
        """Gradient accumulation steps: global batch / (GPUs x micro batch)."""
        return int(self.train["global_batch_size"] // (self.world_size * self.train["micro_batch_size"]))

    @property
    def student(self) -> str:
        """Hub id of the student, or the absolute path of its folder."""
        folder = self.recipe.local_path("student")
        return str(real_path(folder)) if folder.is_dir() else str(self.recipe.get("student"))

    @property
    def student_is_local(self) -> bool:
        """Whether the student is a folder on this machine."""
        return Path(self.student).is_dir()

    @property
    def max_positions(self) -> int | None:
        """Positions that the student has; None when not known."""
        return self.config.get("max_position_embeddings") if self.config else None


def load_plan(recipe: Recipe) -> Plan:
    """Load what a recipe names: family, method, the student's facts.

    Raises:
        RecipeError: every mistake in them.
    """
    problems: list[Problem] = []
    try:
        method = load_method(recipe)
    except RecipeError as error:
        problems += error.problems
    family = load_family(recipe)
    try:
        config = student_config(recipe, family)
    except RecipeError as error:
        problems += error.problems
    if problems:
        raise RecipeError(problems)
    return Plan(recipe, family, method, config)


def setting_problems(plan: Plan) -> list[Problem]:
    """Settings that contradict each other or the model, whatever the trainer."""
    return [*_prompt_problems(plan), *_thinking_problems(plan), *_batch_problems(plan), *_model_problems(plan)]


def _prompt_problems(plan: Plan) -> list[Problem]:
    prompt = plan.recipe.get("system_prompt")
    if prompt is None or not is_blank(prompt):
        return []
    message = (
        "nothing of 'system_prompt' shows: training would have an empty system turn, and evaluation none; write a text, or null for "
        "no system message"
    )
    return [plan.recipe.problem(("system_prompt",), message)]


def _thinking_problems(plan: Plan) -> list[Problem]:
    if not plan.thinks:
        return []
    family, path = plan.family.values["name"], ("thinking",)
    problems = []
    if not plan.family.thinking:
        cure = "set thinking: drop, or add 'thinking' to a family file of your own"
        message = f"family '{family}' does not say how it marks thinking; {cure}"
        problems.append(plan.recipe.problem(path, message))
    if plan.method.shape != "conversations":
        message = f"method '{plan.method.name}' trains on {plan.method.shape}, whose thinking can only be dropped; set thinking: drop"
        problems.append(plan.recipe.problem(path, message))
    return problems


def _batch_problems(plan: Plan) -> list[Problem]:
    batch, micro, world = plan.train["global_batch_size"], plan.train["micro_batch_size"], plan.world_size
    if batch % (micro * world) == 0:
        return []
    launch = plan.recipe.get("launch")
    message = (
        f"'train.global_batch_size' {batch} is not a multiple of nodes {launch['nodes']} x gpus_per_node "
        f"{launch['gpus_per_node']} x micro_batch_size {micro} = {micro * world}; change one of them"
    )
    return [plan.recipe.problem(("train", "global_batch_size"), message)]


def _model_problems(plan: Plan) -> list[Problem]:
    problems = []
    recipe, train, family = plan.recipe, plan.train, plan.family.values
    if plan.config and plan.config.get("model_type", family["model_type"]) != family["model_type"]:
        message = f"'{plan.student}' is a {plan.config['model_type']} model, but family '{family['name']}' is {family['model_type']}"
        problems.append(recipe.problem(("student",), message))
    if plan.max_positions and train["sequence_len"] > plan.max_positions:
        message = f"'train.sequence_len' {train['sequence_len']} is more than the {plan.max_positions} positions of {recipe.get('student')}"
        problems.append(recipe.problem(("train", "sequence_len"), message))
    if plan.max_positions and recipe.get("evaluate", "max_gen_toks") >= plan.max_positions:
        message = f"'evaluate.max_gen_toks' leaves no room for the prompt in the {plan.max_positions} positions of {recipe.get('student')}"
        problems.append(recipe.problem(("evaluate", "max_gen_toks"), message))
    return problems
