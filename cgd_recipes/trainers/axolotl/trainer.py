"""Axolotl, as the rest of the package sees it."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from cgd_recipes.environments.find import Tool
from cgd_recipes.environments.versions import Environment, install_command
from cgd_recipes.errors import Finding, Problem
from cgd_recipes.files.shipped import data_root
from cgd_recipes.files.validators import read_whole_numbers
from cgd_recipes.files.yaml import Dialect
from cgd_recipes.recipe.plan import Plan
from cgd_recipes.trainers.axolotl.check import axolotl_schema, axolotl_versions, check_all_versions
from cgd_recipes.trainers.axolotl.config import (
    axolotl_findings,
    axolotl_warnings,
    build_axolotl,
    turn_end_findings,
    verbatim_warnings,
)
from cgd_recipes.trainers.axolotl.tokenization import axolotl_source, axolotl_tokenization
from cgd_recipes.trainers.disclosure import RUNS, Disclosure
from cgd_recipes.trainers.hardware import AMPERE, ampere_problems, optimizer_needs_gpu
from cgd_recipes.trainers.places import Places
from cgd_recipes.trainers.protocol import Checked, Config, Tokenization, TokenizerSource, TrainingData

_DEEPSPEED = ("deepspeed/zero2.json", "deepspeed/zero3.json")
_OWN_TYPE = re.compile(r"[a-z_0-9]+(\.(default|argilla|chatml|icr|intel|prompt_pairs|ultra|user_defined))?")
"""Dataset types that are part of Axolotl: one name, or one with a layout."""
_NEED_A_GPU = ("bf16", "bfloat16", "fp16", "float16", "fp8", "deepspeed", "fsdp_config", "load_in_4bit", "load_in_8bit")
_GPU_WORDS = {"attn_implementation": "flash", "plugins": "LigerPlugin"}


class Axolotl:
    """See `Trainer`."""

    name = "axolotl"
    config_file = "axolotl.yaml"
    dialect = Dialect.PYYAML
    tool = Tool("axolotl", "axolotl", "axolotl")
    shapes = frozenset({"conversations", "preference pairs"})
    masks_answers = True
    overlong = "Axolotl drops those that are"
    null_removes = True
    launch_template = data_root() / "templates" / "launch" / "axolotl.sh.j2"

    def build(self, plan: Plan, data: TrainingData | None = None) -> Config:
        """See `Trainer`."""
        config = copy.deepcopy(build_axolotl(plan, data))
        read_whole_numbers(config, axolotl_schema(axolotl_versions()[0]))
        return config

    def plan_findings(self, plan: Plan, data: TrainingData | None = None) -> list[Finding]:
        """See `Trainer`."""
        return axolotl_findings(plan)

    def check(self, plan: Plan, config: Config, folder: Path | None) -> Checked:
        """See `Trainer`."""
        findings, notes = check_all_versions(
            config,
            places=None if self.files(plan, config) or folder is None else Places(folder),
            decoder_layer=plan.family.values["decoder_layer"],
            max_positions=plan.max_positions,
            world_size=plan.world_size,
            global_batch_size=plan.train["global_batch_size"],
        )
        return Checked(findings or list(turn_end_findings(plan, config)), notes)

    def warnings(self, plan: Plan, config: Config, data: TrainingData | None = None) -> list[str]:
        """See `Trainer`."""
        return [*axolotl_warnings(plan), *verbatim_warnings(config, data)]

    def recognises(self, values: Mapping[str, Any]) -> bool:
        """See `Trainer`."""
        return "base_model" in values

    def check_file(self, values: Any, places: Places) -> Checked:
        """See `Trainer`."""
        return Checked(*check_all_versions(values, places=places))

    def named_files(self, values: Config) -> list[str]:
        """See `Trainer`."""
        name = values.get("deepspeed")
        return [name] if isinstance(name, str) and name else []

    def probe_arguments(self, gpus: int, modules: Path | None) -> list[str]:
        """See `Trainer`. Axolotl imports plugins from its own environment alone."""
        return [str(gpus)]

    def sequence_limit(self, config: Config) -> int | None:
        """See `Trainer`."""
        limit = config.get("sequence_len")
        return int(limit) if limit else None

    def tokenization(self, plan: Plan, config: Config) -> Tokenization:
        """See `Trainer`."""
        return axolotl_tokenization(plan, config)

    def tokenizer_source(self, plan: Plan, config: Config) -> TokenizerSource:
        """See `Trainer`."""
        return axolotl_source(plan, config)

    def record(self, plan: Plan, record: Mapping[str, Any]) -> dict[str, Any]:
        """See `Trainer`. The columns are named in the config."""
        return dict(record)

    def system_preamble(self, plan: Plan) -> str:
        """See `Trainer`. Axolotl renders the model's own chat template."""
        return ""

    def adapter(self, plan: Plan, config: Config) -> str | None:
        """See `Trainer`. Verbatim keys may say otherwise than the recipe."""
        return config.get("adapter")

    def output_folder(self, config: Config) -> str:
        """See `Trainer`. Without the key, Axolotl takes `model-out`."""
        return str(PurePosixPath(str(config.get("output_dir") or "model-out")))

    def model_folder(self, plan: Plan, config: Config) -> str:
        """See `Trainer`. Axolotl saves an adapter by itself; launch.sh merges it."""
        folder = self.output_folder(config)
        return f"{folder}/merged" if self.adapter(plan, config) else folder

    def files(self, plan: Plan, config: Config) -> dict[str, str]:
        """See `Trainer`."""
        name = config.get("deepspeed")
        return {name: (data_root() / "templates" / name).read_text(encoding="utf-8")} if name in _DEEPSPEED else {}

    def launch_values(self, plan: Plan, config: Config) -> dict[str, object]:
        """See `Trainer`."""
        return {"deepspeed": "deepspeed" in config}

    def environment_problems(self, plan: Plan, config: Config, environment: Environment) -> Iterator[Problem]:
        """See `Trainer`."""
        versions, python = environment.versions, environment.python
        if config.get("deepspeed") and "deepspeed" not in versions:
            message = f"sharding {plan.train['sharding']} needs deepspeed, which is not in {python}"
            cure = f"{install_command('deepspeed', versions)}; or set train.sharding"
            yield plan.recipe.problem(("train", "sharding"), f"{message}: {cure}")
        if config.get("attn_implementation") == "flash_attention_2" and "flash-attn" not in versions:
            message = f"flash_attention_2 needs flash-attn, which is not in {python}"
            cure = f"{install_command('flash-attn', versions)}; or set train.attention: sdpa"
            yield plan.recipe.problem(("train", "attention"), f"{message}: {cure}")

    def machine_problems(self, plan: Plan, config: Config, capability: float | None) -> Iterator[Problem]:
        """See `Trainer`."""
        if capability is None or capability >= AMPERE:
            return
        cures = {
            "bf16": "set train.precision: fp32",
            "bfloat16": "remove train.axolotl.bfloat16",
            "tf32": "set train.axolotl.tf32: auto",
        }
        yield from ampere_problems(plan, config, capability, cures)
        if config.get("bf16") == "auto" and not config.get("fp16"):  # its own `resolve_dtype`
            message = f"bf16: auto becomes fp16 on a GPU of compute capability {capability}, which is another training"
            cure = "set train.axolotl.bf16: false for fp32, or train.axolotl.fp16: true if you want it"
            yield plan.recipe.problem(("train", "axolotl", "bf16"), f"{message}; {cure}")

    def disclosures(self, config: Config) -> Iterator[Disclosure]:
        """See `Trainer`. Axolotl imports the plugins, prompt strategies and trainers that a config names."""
        for index, plugin in enumerate(config.get("plugins") or []):
            if not str(plugin).startswith("axolotl.integrations."):
                yield Disclosure(RUNS, ("plugins", index), f"names {plugin}, which is not part of Axolotl")
        for key in ("datasets", "test_datasets", "pretraining_dataset"):
            for index, dataset in enumerate(config.get(key) or []):
                kind = dataset.get("type") if isinstance(dataset, dict) else None
                if isinstance(kind, str) and not _OWN_TYPE.fullmatch(kind):
                    yield Disclosure(RUNS, (key, index, "type"), f"names {kind}, which may be a module")

    def trains_without_gpu(self, config: Config) -> bool:
        """See `Trainer`."""
        needs = [config.get(key) for key in _NEED_A_GPU]
        # With tf32: true transformers refuses to start without a GPU that has it.
        if any(needs) or config.get("tf32") is True or optimizer_needs_gpu(config.get("optimizer")):
            return False
        return not any(word in str(config.get(key)) for key, word in _GPU_WORDS.items())

    def check_environment(self, interpreter: str) -> None:
        """See `Trainer`. Rendered configs name nothing beyond Axolotl."""
