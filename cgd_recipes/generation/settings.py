"""What a recipe generates: its stages, each with the model and the sampling that answer it."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from cgd_recipes.data.draw import needed_fields
from cgd_recipes.data.rows import Row
from cgd_recipes.errors import Problem, RecipeError, did_you_mean, user_error
from cgd_recipes.files.shipped import data_root, shipped_names
from cgd_recipes.generation.bound import BoundStage
from cgd_recipes.generation.engines.protocol import (
    ROLES,
    BatchEngine,
    Endpoint,
    Engine,
    EngineSettings,
    Sampling,
)
from cgd_recipes.generation.stage import FOLDER, Stage, find_stage, read_stage
from cgd_recipes.recipe.plan import Plan

_YAML = (".yaml", ".yml")
SERVERS = "openai"
"""The engine that sends requests to addresses; the others load the models themselves."""


@dataclass(frozen=True)
class Generation:
    """A recipe's `generate` section, checked.

    Attributes:
        plan: the plan of the recipe.
        stages: in their order.
        endpoints: role -> where its model is run; only the roles that answer a stage.
        output: folder for the triples.
        journal: file for the answers.
    """

    plan: Plan
    stages: list[BoundStage]
    endpoints: dict[str, Endpoint]
    output: Path
    journal: Path

    @property
    def section(self) -> dict[str, Any]:
        """The recipe's `generate` section."""
        section: dict[str, Any] = self.plan.recipe.values["generate"]
        return section

    def passes(self, bound: BoundStage, row: Row) -> bool:
        """Whether a row passes a stage as it is, because it has what the stage gives."""
        return self.section["given"] == "keep" and all(name in row for name in bound.stage.gives)

    @property
    def source_needs(self) -> list[str]:
        """Row fields that the source must have: what a stage needs and no earlier one gives."""
        needs, given = {"question": None}, set[str]()
        for bound in self.stages:
            needs.update(dict.fromkeys(name for name in bound.stage.needs if name not in given))
            given.update(bound.stage.gives)
        return list(needs)

    def open_engine(self) -> Engine | BatchEngine:
        """The recipe's engine, not yet started.

        Raises:
            RecipeError: a package that it needs is missing, or its options are wrong.
        """
        section = self.section
        settings = EngineSettings(
            self.endpoints, section["timeout"], section["max_attempts"], float(section["retry_seconds"])
        )
        try:
            made: Engine | BatchEngine = _engine_module(section["engine"]).open_engine(settings)
        except RecipeError as error:
            raise RecipeError(_in_recipe(self.plan, problem) for problem in error.problems) from error
        return made

    def describe(self) -> dict[str, Any]:
        """What the generated rows depend on besides the rows they start from."""
        section = self.section
        stages = {bound.stage.name: bound.describe() for bound in self.stages}
        return {"style": section["style"], "given": section["given"], "stages": list(stages), **stages}


def _in_recipe(plan: Plan, problem: Problem) -> Problem:
    """What an engine says of a setting, by its key path, where the recipe sets it."""
    path = tuple(problem.where.source.split("."))
    if path[0] != "generate":
        return problem
    return plan.recipe.problem(path, f"'{problem.where.source}' {problem.message}")


def generated_folder(plan: Plan) -> Path:
    """Where a recipe's triples are."""
    recipe = plan.recipe
    named = recipe.get("generate", "output")
    if named is None:
        return Path("build") / f"{recipe.get('name')}.generated"
    return Path(os.path.normpath(recipe.folder("generate", "output") / named))


def resolved_generation(plan: Plan) -> dict[str, Any]:
    """The recipe's `generate` section with its paths absolute: it means the same from anywhere."""
    recipe = plan.recipe
    section = {**recipe.values["generate"], "output": str(generated_folder(plan).resolve())}
    if section["journal"] is not None:
        section["journal"] = str((recipe.folder("generate", "journal") / section["journal"]).resolve())
    if section["stages"] is not None:
        folders = [recipe.folders.get(("generate", "stages", index), Path()) for index in range(len(section["stages"]))]
        named = zip(folders, section["stages"], strict=True)
        section["stages"] = [str((folder / name).resolve()) if name.endswith(_YAML) else name for folder, name in named]
    for role in ROLES:
        model = section[role]["model"]
        if model and (recipe.folder("generate", role, "model") / model).exists():
            section[role] = {
                **section[role],
                "model": str((recipe.folder("generate", role, "model") / model).resolve()),
            }
    return section


def load_generation(plan: Plan, *, to_run: bool = True) -> Generation:
    """Read and check the `generate` section of a plan's recipe.

    Args:
        plan: the plan.
        to_run: also check what only a run needs, such as addresses.

    Raises:
        RecipeError: there is none, or every mistake in it and in the stage files.
    """
    recipe = plan.recipe
    if not recipe.get("generate"):
        message = (
            "has no 'generate' section; make a recipe that extends this one and base/generate, and names the servers"
        )
        raise user_error(recipe.source, message)
    stages = _load_stages(plan)
    roles = {stage.role: recipe.get("generate", stage.role) for stage in stages}
    problems = [problem for role in roles if to_run for problem in _role_problems(plan, role)]
    if recipe.get("generate", "style") == "conversation":
        names = [stage.name for stage in stages]
        for stage in stages:
            if stage.values.get("continues", stage.name) not in names:
                message = f"stage '{stage.name}' continues the conversation of '{stage.values['continues']}', which is no stage here"
                problems.append(recipe.problem(("generate", "style"), f"{message}; use style: separate"))
    engines = engine_names()
    if recipe.get("generate", "engine") not in engines:
        name = recipe.get("generate", "engine")
        hint = did_you_mean(name, engines) or f"; there are: {', '.join(engines)}"
        problems.append(recipe.problem(("generate", "engine"), f"unknown engine '{name}'{hint}"))
    if problems:
        raise RecipeError(problems)
    output = generated_folder(plan)
    journal = recipe.get("generate", "journal")
    place = output / "journal.sqlite" if journal is None else recipe.folder("generate", "journal") / journal
    endpoints = {role: _endpoint(plan, role) for role in roles}
    return Generation(plan, [_bind(plan, stage, stages) for stage in stages], endpoints, output, place)


def engine_names() -> list[str]:
    """Names of the engines that there are: every module beside this one whose name ends in `_engine`."""
    return ["embedded", "openai", "ray", "vllm"]


def _engine_module(name: str) -> Any:
    return import_module(f"cgd_recipes.generation.engines.{name}")


def _load_stages(plan: Plan) -> list[Stage]:
    recipe = plan.recipe
    named = recipe.get("generate", "stages")
    if named is None:
        return _stages_for(needed_fields(recipe, plan.method))
    problems: list[Problem] = []
    stages: list[Stage] = []
    for index, name in enumerate(named):
        path = ("generate", "stages", index)
        where, folder = recipe.where(path), recipe.folders.get(path, Path())
        try:
            stages.append(read_stage(find_stage(name, folder, where)))
        except RecipeError as error:
            problems += error.problems
    for name in {stage.name for stage in stages if [one.name for one in stages].count(stage.name) > 1}:
        problems.append(recipe.problem(("generate", "stages"), f"stage '{name}' is there twice"))
    if problems:
        raise RecipeError(problems)
    return stages


def _stages_for(fields: Iterable[str]) -> list[Stage]:
    """The shipped stages that give certain fields, each after those that it needs."""
    givers: dict[str, Stage] = {}
    for name in shipped_names(FOLDER):
        stage = read_stage(data_root() / FOLDER / f"{name}.yaml")
        givers.update(dict.fromkeys(stage.gives, stage))
    chosen: dict[str, Stage] = {}

    def add(names: Iterable[str]) -> None:
        for stage in (givers[name] for name in names if name in givers):
            if stage.name not in chosen:
                add(stage.needs)
                chosen[stage.name] = stage

    add(fields)
    return list(chosen.values())


def _role_problems(plan: Plan, role: str) -> list[Problem]:
    recipe, section = plan.recipe, plan.recipe.get("generate", role)
    problems = []
    engine = recipe.get("generate", "engine")
    if engine == SERVERS and not section["base_urls"]:
        message = (
            f"'generate.{role}.base_urls' names no server; set it, or leave the {role}'s stages out of generate.stages"
        )
        problems.append(recipe.problem(("generate", role, "base_urls"), message))
    if engine != SERVERS:
        for key in ("base_urls", "api_key_env"):
            if section[key]:
                message = f"'generate.{role}.{key}' is for engine {SERVERS}; engine {engine} has no use for it"
                problems.append(recipe.problem(("generate", role, key), message))
    elif section["options"]:
        message = f"'generate.{role}.options' is for engines that load the model; a server has its own, see extra_body"
        problems.append(recipe.problem(("generate", role, "options"), message))
    if not (section["model"] or recipe.get(role)):
        problems.append(recipe.problem(("generate", role, "model"), f"no {role} is named; set 'generate.{role}.model'"))
    if role == "student" and plan.max_positions and section["max_tokens"] >= plan.max_positions:
        room = f"the {plan.max_positions} positions of {recipe.get('student')}"
        message = f"'generate.student.max_tokens' leaves no room for the prompt in {room}"
        problems.append(recipe.problem(("generate", role, "max_tokens"), message))
    return problems


def _model(plan: Plan, role: str) -> str:
    """What the engine calls a role's model: the absolute path where it is a local folder or file."""
    recipe = plan.recipe
    path = ("generate", role, "model") if recipe.get("generate", role, "model") else (role,)
    name = str(recipe.get(*path))
    local = recipe.folder(*path) / name
    return str(local.resolve()) if local.exists() and recipe.get("generate", "engine") != SERVERS else name


def _endpoint(plan: Plan, role: str) -> Endpoint:
    section = plan.recipe.get("generate", role)
    urls = tuple(url.rstrip("/") for url in section["base_urls"])
    slots = section["concurrency"] or _engine_module(plan.recipe.get("generate", "engine")).CONCURRENCY
    model, key = _model(plan, role), section["api_key_env"]
    return Endpoint(model, urls, key, slots, section["extra_body"], section["options"])


def _bind(plan: Plan, stage: Stage, stages: list[Stage]) -> BoundStage:
    section = plan.recipe.get("generate", stage.role)
    sampling = {**{name: section[name] for name in Sampling._fields}, **stage.values.get("sampling", {})}
    sampling["stop"] = tuple(sampling["stop"])
    earlier = None
    if plan.recipe.get("generate", "style") == "conversation":
        earlier = next((one for one in stages if one.name == stage.values.get("continues")), None)
    return BoundStage(
        stage, _model(plan, stage.role), Sampling(**sampling), section["thinking"], section["extra_body"], earlier
    )
