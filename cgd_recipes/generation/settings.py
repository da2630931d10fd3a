"""What a recipe generates: its stages, each with the model and the sampling that answer it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast

from cgd_recipes.data.rows import RowFields as Row
from cgd_recipes.errors import Problem, RecipeError, did_you_mean, dotted, user_error
from cgd_recipes.files.hashes import file_sha256, folder_state
from cgd_recipes.files.paths import real_path
from cgd_recipes.generation.bound import BoundStage
from cgd_recipes.generation.engines.openai_request import address_fault
from cgd_recipes.generation.engines.protocol import (
    BatchEngine,
    Endpoint,
    Engine,
    EngineSettings,
    Sampling,
    SettingsError,
)
from cgd_recipes.generation.engines.registry import ENGINES
from cgd_recipes.generation.sampling import first_seed, sampling_problems
from cgd_recipes.generation.spending import Budget
from cgd_recipes.generation.stage import Stage
from cgd_recipes.generation.stage_choice import load_stages
from cgd_recipes.recipe.plan import Plan
from cgd_recipes.recipe.sections import GenerateSection, RoleSection

_UNUSED = Literal["options", "base_urls", "api_key_env", "serve"]


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
    def section(self) -> GenerateSection:
        """The recipe's `generate` section."""
        return _section(self.plan)

    def role(self, role: str) -> RoleSection:
        """The recipe's `generate.student` or `generate.teacher`."""
        return _role(self.plan, role)

    def passes(self, bound: BoundStage, row: Row) -> bool:
        """Whether a row passes a stage as it is, because it has what the stage gives."""
        return self.section["given"] == "keep" and all(name in row for name in bound.stage.outputs)

    @property
    def samples(self) -> int:
        """How often the student is asked each question; each answer is a row."""
        return self.section["student"].get("samples", 1)

    def sample_of(self, row_id: str) -> int:
        """Which of the answers to its question a row is: the number behind the last `#` of its id."""
        return int(row_id.rpartition("#")[2]) if self.samples > 1 else 0

    @property
    def budget(self) -> Budget:
        """What `generate.accept.budget` allows."""
        limits = (self.section["accept"] or {}).get("budget", {})
        prices = {role: self.role(role)["price"] for role in self.endpoints}
        most = sum(bound.sampling.max_tokens for bound in self.stages)
        return Budget(limits.get("tokens"), limits.get("cost"), prices, most)

    @property
    def source_needs(self) -> list[str]:
        """Row fields that the source must have: what a stage needs and no earlier one gives."""
        needs, given = {"question": None}, set[str]()
        for bound in self.stages:
            needs.update(dict.fromkeys(name for name in bound.stage.needs if name not in given))
            given.update(bound.stage.outputs)
        return list(needs)

    def open_engine(self) -> Engine | BatchEngine:
        """The recipe's engine, not yet started.

        Raises:
            SettingsError: its settings are wrong.
            RecipeError: a package that it needs is missing.
        """
        section = self.section
        settings = EngineSettings(
            self.endpoints, section["timeout"], section["max_attempts"], float(section["retry_seconds"])
        )
        return ENGINES[section["engine"]].open_engine(settings)

    @contextmanager
    def located(self) -> Iterator[None]:
        """Say where the recipe sets what an engine finds wrong.

        Raises:
            RecipeError: in place of a SettingsError.
        """
        try:
            yield
        except SettingsError as error:
            problem = self.plan.recipe.problem
            raise RecipeError(
                problem(finding.path, f"'{dotted(finding.path)}' {finding.message}") for finding in error.findings
            ) from error

    @property
    def environment(self) -> Mapping[str, str]:
        """Environment variables that the engine wants set before it is opened."""
        return ENGINES[self.section["engine"]].ENVIRONMENT

    @property
    def destinations(self) -> list[str]:
        """Where a run sends the rows, and with which key: what a user of somebody else's recipe should see before it does."""
        return [
            f"{role}: prompts to {url}, {f'with the key in {endpoint.api_key_env}' if endpoint.api_key_env else 'without a key'}"
            for role, endpoint in self.endpoints.items()
            for url in endpoint.base_urls
        ]

    def describe(self) -> dict[str, Any]:
        """What the generated rows depend on besides the rows they start from."""
        section = self.section
        stages = {bound.stage.name: bound.describe() for bound in self.stages}
        said: dict[str, Any] = {"style": section["style"], "given": section["given"], "stages": list(stages), **stages}
        said |= {"samples": self.samples} if self.samples > 1 else {}
        return said if section["accept"] is None else {**said, "accept": self._conditions(section["accept"])}

    def _conditions(self, accept: dict[str, Any]) -> dict[str, Any]:
        """Conditions with files as what they hold, wherever they lie."""
        compared, recipe = accept.get("decontaminate", {}), self.plan.recipe
        at = ("generate", "accept", "decontaminate", "against")
        files = [
            recipe.folders.get((*at, index), Path()) / name for index, name in enumerate(compared.get("against", []))
        ]
        against = [file_sha256(file) if file.is_file() else file.name for file in files]
        return {**accept, "decontaminate": {**compared, "against": against}} if against else accept


def _section(plan: Plan) -> GenerateSection:
    section = plan.recipe.generate
    assert section is not None
    return section


def _role(plan: Plan, role: str) -> RoleSection:
    section = _section(plan)
    return section["teacher"] if role == "teacher" else section["student"]


def generated_folder(plan: Plan) -> Path:
    """Where a recipe's triples are."""
    recipe = plan.recipe
    named = recipe.get("generate", "output")
    if named is None:
        return recipe.build_folder(".generated")
    return Path(os.path.normpath(recipe.folder("generate", "output") / named))


def load_generation(plan: Plan, *, to_run: bool = True) -> Generation:
    """Read and check the `generate` section of a plan's recipe.

    Args:
        plan: the plan.
        to_run: also check what only a run needs, such as addresses.

    Raises:
        RecipeError: there is none, or every mistake in it and in the stage files.
    """
    recipe = plan.recipe
    if recipe.generate is None:
        message = (
            "has no 'generate' section; make a recipe that extends this one and base/generate, and names the servers"
        )
        raise user_error(recipe.source, message)
    stages = load_stages(plan)
    roles = list(dict.fromkeys(stage.role for stage in stages))
    problems = _engine_problems(plan)
    if to_run and not problems:
        problems += [problem for role in roles for problem in _role_problems(plan, role)]
    if recipe.generate["style"] == "conversation":
        names = [stage.name for stage in stages]
        for stage in stages:
            if stage.values.get("continues", stage.name) not in names:
                message = f"stage '{stage.name}' continues the conversation of '{stage.values['continues']}', which is no stage here"
                problems.append(recipe.problem(("generate", "style"), f"{message}; use style: separate"))
    problems += sampling_problems(plan, roles)
    if problems:
        raise RecipeError(problems)
    output = generated_folder(plan)
    journal = recipe.generate["journal"]
    place = output / "journal.sqlite" if journal is None else recipe.folder("generate", "journal") / journal
    endpoints = {role: _endpoint(plan, role) for role in roles}
    return Generation(plan, [_bind(plan, stage, stages) for stage in stages], endpoints, output, place)


def _engine_problems(plan: Plan) -> list[Problem]:
    """The engine's name, before anything is asked of the engine."""
    name = _section(plan)["engine"]
    if name in ENGINES:
        return []
    hint = did_you_mean(name, ENGINES) or f"; there are: {', '.join(sorted(ENGINES))}"
    return [plan.recipe.problem(("generate", "engine"), f"unknown engine '{name}'{hint}")]


def _role_problems(plan: Plan, role: str) -> list[Problem]:
    recipe, section = plan.recipe, _role(plan, role)
    problems = []
    engine = _section(plan)["engine"]
    if ENGINES[engine].USES_SERVERS:
        if not section["base_urls"]:
            message = f"'generate.{role}.base_urls' names no server; set it, or leave the {role}'s stages out of generate.stages"
            problems.append(recipe.problem(("generate", role, "base_urls"), message))
        for index, url in enumerate(section["base_urls"]):
            if fault := address_fault(url):
                path = ("generate", role, "base_urls", index)
                problems.append(recipe.problem(path, f"'{dotted(path)}' {fault}"))
        unused: dict[_UNUSED, str] = {
            "options": "for engines that load the model; a server has its own, see extra_body"
        }
    else:
        servers = ", ".join(name for name, module in ENGINES.items() if module.USES_SERVERS)
        what = f"for engine {servers}; engine {engine} has no use for it"
        unused = {"base_urls": what, "api_key_env": what, "serve": what}
    for key, what in unused.items():
        if section.get(key):
            problems.append(recipe.problem(("generate", role, key), f"'generate.{role}.{key}' is {what}"))
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
    path = ("generate", role, "model") if _role(plan, role)["model"] else (role,)
    name = str(recipe.get(*path))
    local = recipe.folder(*path) / name
    served = ENGINES[_section(plan)["engine"]].USES_SERVERS
    return str(real_path(local)) if local.exists() and not served else name


def _endpoint(plan: Plan, role: str) -> Endpoint:
    section = _role(plan, role)
    urls = tuple(url.rstrip("/") for url in section["base_urls"])
    slots = section["concurrency"] or ENGINES[_section(plan)["engine"]].CONCURRENCY
    model, key = _model(plan, role), section["api_key_env"]
    return Endpoint(
        model=model,
        base_urls=urls,
        api_key_env=key,
        concurrency=slots,
        extra_body=section["extra_body"],
        options=section["options"],
        check_model=section.get("check_model", True),
    )


def _bind(plan: Plan, stage: Stage, stages: list[Stage]) -> BoundStage:
    section = _role(plan, stage.role)
    set_for_role = cast("dict[str, Any]", section)
    sampling = {**{name: set_for_role[name] for name in Sampling._fields}, **stage.values.get("sampling", {})}
    sampling["stop"] = tuple(sampling["stop"])
    earlier = None
    if _section(plan)["style"] == "conversation":
        earlier = next((other for other in stages if other.name == stage.values.get("continues")), None)
    model = _model(plan, stage.role)
    loads = not ENGINES[_section(plan)["engine"]].USES_SERVERS or section.get("serve")
    return BoundStage(
        stage=stage,
        model=model,
        state=folder_state(Path(model)) if loads else None,
        sampling=Sampling(**sampling),
        thinking=section["thinking"],
        finish_reasons=tuple(section.get("finish_reasons", ())),
        marks_as_text=tuple(plan.recipe.data.get("marks_as_text", ())),
        extra_body=section["extra_body"],
        earlier=earlier,
        first_seed=first_seed(plan, stage.role),
    )
