"""torchtune, as the rest of the package sees it."""

from __future__ import annotations

import copy
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from cgd_recipes.environments.find import Tool, can_import
from cgd_recipes.environments.versions import Environment
from cgd_recipes.errors import Finding, Problem, RecipeError, user_error
from cgd_recipes.files.shipped import data_root
from cgd_recipes.files.validators import read_whole_numbers
from cgd_recipes.files.yaml import Dialect
from cgd_recipes.recipe.plan import Plan
from cgd_recipes.trainers.disclosure import RUNS, SENDS, Disclosure, nodes
from cgd_recipes.trainers.hardware import AMPERE
from cgd_recipes.trainers.places import Places
from cgd_recipes.trainers.protocol import (
    Checked,
    Config,
    Tokenization,
    TokenizationUnknownError,
    TokenizerSource,
    TrainingData,
)
from cgd_recipes.trainers.torchtune.check import check_other_torchtune, check_torchtune
from cgd_recipes.trainers.torchtune.components import COVERED, KINDS, config_schema, snapshot
from cgd_recipes.trainers.torchtune.config import OUTPUT, build_torchtune, torchtune_recipe
from cgd_recipes.trainers.torchtune.findings import torchtune_findings, torchtune_warnings
from cgd_recipes.trainers.torchtune.recipes import likely_recipes, other_recipe
from cgd_recipes.trainers.torchtune.references import resolve
from cgd_recipes.trainers.torchtune.student import named_files


class Torchtune:
    """See `Trainer`."""

    name = "torchtune"
    config_file = "torchtune.yaml"
    dialect = Dialect.OMEGACONF
    tool = Tool("torchtune", "tune", "torchtune")
    shapes = frozenset({"conversations"})
    masks_answers = False
    overlong = "torchtune stops at the first that is"
    null_removes = False
    launch_template = data_root() / "templates" / "launch" / "torchtune.sh.j2"

    def build(self, plan: Plan, data: TrainingData | None = None) -> Config:
        """See `Trainer`."""
        config = copy.deepcopy(build_torchtune(plan, data))
        read_whole_numbers(config, config_schema(config, KINDS, strict=True))
        return config

    def plan_findings(self, plan: Plan, data: TrainingData | None = None) -> list[Finding]:
        """See `Trainer`."""
        return torchtune_findings(plan, data)

    def check(self, plan: Plan, config: Config, folder: Path | None) -> Checked:
        """See `Trainer`."""
        findings = check_torchtune(
            config,
            recipe=torchtune_recipe(plan),
            places=None if folder is None else Places(folder),
            student=plan.config,
            world_size=plan.world_size,
            global_batch_size=plan.train["global_batch_size"],
        )
        return Checked(findings, [])

    def warnings(self, plan: Plan, config: Config, data: TrainingData | None = None) -> list[str]:
        """See `Trainer`."""
        return torchtune_warnings(plan, data)

    def recognises(self, values: Mapping[str, Any]) -> bool:
        """See `Trainer`."""
        return any(isinstance(section, dict) and "_component_" in section for section in values.values())

    def check_file(self, values: Any, places: Places) -> Checked:
        """See `Trainer`. A config does not say which recipe it is for: the likely one that it suits best."""
        if other := other_recipe(values):
            note = (
                f"this is a config for torchtune's {other}: only its components, common values and files are checked; "
                f"whole configs are checked for {', '.join(snapshot()['recipes'])}"
            )
            return Checked(check_other_torchtune(values, places=places), [note])
        choices = [check_torchtune(values, recipe=recipe, places=places) for recipe in likely_recipes(values)]
        return Checked(min(choices, key=len), [])

    def named_files(self, values: Config) -> list[str]:
        """See `Trainer`."""
        return named_files(resolve(values)[0])

    def probe_arguments(self, gpus: int, modules: Path | None) -> list[str]:
        """See `Trainer`."""
        return [str(modules)] if modules else []

    def sequence_limit(self, config: Config) -> int | None:
        """See `Trainer`."""
        limit = config["tokenizer"].get("max_seq_len")
        return int(limit) if limit else None

    def tokenization(self, plan: Plan, config: Config) -> Tokenization:
        """See `Trainer`."""
        layout = self.tokenizer_source(plan, config).template or ""
        file = Path(str(config["tokenizer"].get("special_tokens_path", "")))
        if not file.is_absolute():
            raise TokenizationUnknownError("neither the student nor train.checkpoint_dir is a local folder")
        return Tokenization(file, layout, {}, frozenset([plan.family.values["end_of_turn"]]))

    def tokenizer_source(self, plan: Plan, config: Config) -> TokenizerSource:
        """See `Trainer`. The tokenizer component lays messages out itself, and launch.sh sets the EOS."""
        family, tokenizer = plan.family.values["torchtune"], config["tokenizer"]
        if tokenizer["_component_"] != family["tokenizer"]["_component_"] or "layout" not in family:
            raise TokenizationUnknownError("the layout of this torchtune tokenizer is not known")
        folder = str(config["checkpointer"]["checkpoint_dir"])
        return TokenizerSource(folder, template=family["layout"], is_own=False)

    def record(self, plan: Plan, record: Mapping[str, Any]) -> dict[str, Any]:
        """See `Trainer`. The columns are named in the config."""
        return dict(record)

    def system_preamble(self, plan: Plan) -> str:
        """See `Trainer`. torchtune renders messages without the lines that a model's own chat template adds."""
        return str(plan.family.values.get("template_preamble", ""))

    def adapter(self, plan: Plan, config: Config) -> str | None:
        """See `Trainer`."""
        return plan.adapter

    def output_folder(self, config: Config) -> str:
        """See `Trainer`. The checkpointer's folder, which may refer to the config's."""
        named = str(config.get("output_dir") or OUTPUT)
        return str(PurePosixPath(str(config["checkpointer"]["output_dir"]).replace("${output_dir}", named)))

    def model_folder(self, plan: Plan, config: Config) -> str:
        """See `Trainer`. That of the last epoch; an adapter is merged in."""
        return f"{self.output_folder(config)}/epoch_{config['epochs'] - 1}"

    def files(self, plan: Plan, config: Config) -> dict[str, str]:
        """See `Trainer`."""
        return {}

    def launch_values(self, plan: Plan, config: Config) -> dict[str, object]:
        """See `Trainer`."""
        return {
            "student": plan.student,
            "download": not plan.student_is_local,
            "checkpoint_dir": config["checkpointer"]["checkpoint_dir"],
            "recipe_single": torchtune_recipe(plan, 1),
            "recipe_distributed": torchtune_recipe(plan, 2),
        }

    def environment_problems(self, plan: Plan, config: Config, environment: Environment) -> Iterator[Problem]:
        """See `Trainer`."""
        try:
            self.check_environment(environment.python)
        except RecipeError as error:
            yield from error.problems

    def machine_problems(self, plan: Plan, config: Config, capability: float | None) -> Iterator[Problem]:
        """See `Trainer`. launch.sh downloads a checkpoint folder that is not there."""
        if config.get("dtype") == "bf16" and capability is not None and capability < AMPERE:
            message = f"bf16 needs a GPU of compute capability {AMPERE} or more, and this machine has {capability}"
            yield plan.recipe.problem(("train", "precision"), f"{message}; set train.precision: fp32")
        folder = plan.recipe.build_folder() / config["checkpointer"]["checkpoint_dir"]
        if not folder.is_dir() and os.environ.get("HF_HUB_OFFLINE") in ("1", "true"):
            message = f"there is no {folder}, and HF_HUB_OFFLINE forbids its download; unset it, or download the student there"
            yield plan.recipe.problem(("student",), message)

    def disclosures(self, config: Config) -> Iterator[Disclosure]:
        """See `Trainer`. A component is a function that torchtune imports and calls."""
        for path, value in nodes(config):
            if (
                not path
                or path[-1] not in ("_component_", "prompt_template", "collate_fn")
                or not isinstance(value, str)
            ):
                continue
            if value.split(".")[0] not in COVERED:
                yield Disclosure(RUNS, path, f"names {value}, which is not part of torchtune")
            if value.rsplit(".", 1)[-1] in ("WandBLogger", "CometLogger"):
                yield Disclosure(SENDS, path, f"names {value}")

    def trains_without_gpu(self, config: Config) -> bool:
        """See `Trainer`."""
        return bool(config.get("device") == "cpu")

    def check_environment(self, interpreter: str) -> None:
        """See `Trainer`. Rendered configs name tokenizers of this package."""
        if interpreter != sys.executable and not can_import(interpreter, "cgd_recipes.torchtune_tokenizers"):
            message = (
                "has no cgd_recipes, whose tokenizers the rendered torchtune.yaml names; install cgd-recipes there too"
            )
            raise user_error(interpreter, message)
