"""TRL, as the rest of the package sees it."""

from __future__ import annotations

import copy
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
from cgd_recipes.trainers.disclosure import SETS, Disclosure
from cgd_recipes.trainers.hardware import ampere_problems, optimizer_needs_gpu
from cgd_recipes.trainers.places import Places
from cgd_recipes.trainers.protocol import Checked, Config, Tokenization, TokenizerSource, TrainingData
from cgd_recipes.trainers.trl.check import check_trl, command_schema, likely_command, named_files
from cgd_recipes.trainers.trl.config import ON_POLICY_SCRIPT, TEMPLATE_FILE, build_trl, command_of
from cgd_recipes.trainers.trl.findings import trl_findings, trl_warnings, turn_end_findings
from cgd_recipes.trainers.trl.tokenization import trl_source, trl_tokenization

_DEEPSPEED = ("deepspeed/zero2.json", "deepspeed/zero3.json")
_NEED_A_GPU = (
    "bf16_full_eval",
    "tf32",
    "fp16",
    "fp16_full_eval",
    "use_liger_kernel",
    "deepspeed",
    "fsdp",
    "load_in_4bit",
    "load_in_8bit",
)


class Trl:
    """See `Trainer`."""

    name = "trl"
    config_file = "trl.yaml"
    dialect = Dialect.PYYAML
    tool = Tool("trl", "trl", "trl")
    shapes = frozenset({"conversations", "preference pairs", "own answers"})
    masks_answers = False
    overlong = "TRL trains those that are whole"
    null_removes = False
    launch_template = data_root() / "templates" / "launch" / "trl.sh.j2"

    def build(self, plan: Plan, data: TrainingData | None = None) -> Config:
        """See `Trainer`."""
        config = copy.deepcopy(build_trl(plan))
        read_whole_numbers(config, command_schema(command_of(plan)))
        return config

    def plan_findings(self, plan: Plan, data: TrainingData | None = None) -> list[Finding]:
        """See `Trainer`."""
        return trl_findings(plan)

    def check(self, plan: Plan, config: Config, folder: Path | None) -> Checked:
        """See `Trainer`."""
        places, rendered = None if folder is None else Places(folder), self.files(plan, config)
        checked = check_trl(config, command_of(plan), launches=False, places=places, rendered=rendered)
        return Checked(checked.findings or list(turn_end_findings(plan, config)), checked.notes)

    def warnings(self, plan: Plan, config: Config, data: TrainingData | None = None) -> list[str]:
        """See `Trainer`."""
        return trl_warnings(plan, config)

    def recognises(self, values: Mapping[str, Any]) -> bool:
        """See `Trainer`. LLaMA-Factory has the key as well, and always says a stage."""
        return "model_name_or_path" in values and not {"stage", "finetuning_type"} & set(values)

    def check_file(self, values: Any, places: Places) -> Checked:
        """See `Trainer`. A file does not say which command it is for: the first that knows most of its keys."""
        return check_trl(values, likely_command(values), launches=True, places=places)

    def named_files(self, values: Config) -> list[str]:
        """See `Trainer`."""
        return named_files(values)

    def probe_arguments(self, gpus: int, modules: Path | None) -> list[str]:
        """See `Trainer`. TRL imports no modules that a config names."""
        return []

    def sequence_limit(self, config: Config) -> int | None:
        """See `Trainer`."""
        limit = config.get("max_length") or config.get("max_prompt_length")
        return int(limit) if limit else None

    def tokenization(self, plan: Plan, config: Config) -> Tokenization:
        """See `Trainer`."""
        return trl_tokenization(plan, config)

    def tokenizer_source(self, plan: Plan, config: Config) -> TokenizerSource:
        """See `Trainer`."""
        return trl_source(plan, config)

    def record(self, plan: Plan, record: Mapping[str, Any]) -> dict[str, Any]:
        """See `Trainer`. TRL knows pairs by the names of their columns, and `trl dpo` takes a chat template from rows alone."""
        if not plan.method.is_preference:
            return dict(record)
        return {
            "id": record["id"],
            "prompt": record["messages"],
            **{part: [record[part]] for part in ("chosen", "rejected")},
            "chat_template_kwargs": {
                "chat_template": plan.family.template(plan.family.values["chat_template"], plan.thinks)
            },
        }

    def system_preamble(self, plan: Plan) -> str:
        """See `Trainer`. The family's chat template writes it."""
        return ""

    def adapter(self, plan: Plan, config: Config) -> str | None:
        """See `Trainer`. Verbatim keys may say otherwise than the recipe."""
        return ("qlora" if config.get("load_in_4bit") else "lora") if config.get("use_peft") else None

    def output_folder(self, config: Config) -> str:
        """See `Trainer`. Without the key, transformers takes `trainer_output`."""
        return str(PurePosixPath(str(config.get("output_dir") or "trainer_output")))

    def model_folder(self, plan: Plan, config: Config) -> str:
        """See `Trainer`. TRL saves an adapter by itself; launch.sh merges it."""
        folder = self.output_folder(config)
        return f"{folder}/merged" if self.adapter(plan, config) else folder

    def files(self, plan: Plan, config: Config) -> dict[str, str]:
        """See `Trainer`."""
        name, files = (
            config.get("deepspeed"),
            {TEMPLATE_FILE: plan.family.template(plan.family.values["chat_template"], plan.thinks) + "\n"},
        )
        if name in _DEEPSPEED:
            files[name] = (data_root() / "templates" / name).read_text(encoding="utf-8")
        if plan.method.is_on_policy:
            files[ON_POLICY_SCRIPT] = Path(__file__).with_name("on_policy.py").read_text(encoding="utf-8")
        return files

    def launch_values(self, plan: Plan, config: Config) -> dict[str, object]:
        """See `Trainer`."""
        return {
            "deepspeed": bool(config.get("deepspeed")),
            "program": [ON_POLICY_SCRIPT] if plan.method.is_on_policy else ["-m", f"trl.scripts.{command_of(plan)}"],
            "arguments": [TEMPLATE_FILE, plan.family.values["end_of_turn"]] if plan.method.is_on_policy else [],
            "student": plan.student,
            "revision": config.get("model_revision") or "",
            "template_file": TEMPLATE_FILE,
            "has_system": plan.recipe.get("system_prompt") is not None,
        }

    def environment_problems(self, plan: Plan, config: Config, environment: Environment) -> Iterator[Problem]:
        """See `Trainer`."""
        needs = {
            "deepspeed": (
                config.get("deepspeed"),
                f"sharding {plan.train['sharding']}",
                "sharding",
                "set train.sharding",
            ),
            "flash-attn": (
                config.get("attn_implementation") == "flash_attention_2",
                "flash_attention_2",
                "attention",
                "set train.attention: sdpa",
            ),
            "peft": (config.get("use_peft"), f"adapter {plan.train['adapter']}", "adapter", "set train.adapter: none"),
            "bitsandbytes": (config.get("load_in_4bit"), "adapter qlora", "adapter", "set train.adapter: lora"),
        }
        for package, (needed, what, key, otherwise) in needs.items():
            if needed and package not in environment.versions:
                message = f"{what} needs {package}, which is not in {environment.python}"
                cure = f"{install_command(package, environment.versions)}; or {otherwise}"
                yield plan.recipe.problem(("train", key), f"{message}: {cure}")

    def machine_problems(self, plan: Plan, config: Config, capability: float | None) -> Iterator[Problem]:
        """See `Trainer`."""
        cures = {key: f"remove train.trl.{key}" for key in ("bf16_full_eval", "tf32")}
        if capability is not None:
            yield from ampere_problems(plan, config, capability, {"bf16": "set train.precision: fp32", **cures})

    def disclosures(self, config: Config) -> Iterator[Disclosure]:
        """See `Trainer`. What TRL runs or sends is told by the names of its keys; it also sets variables before it starts."""
        if env := config.get("env"):
            yield Disclosure(SETS, ("env",), f"sets {', '.join(env) if isinstance(env, dict) else env}")

    def trains_without_gpu(self, config: Config) -> bool:
        """See `Trainer`."""
        needs = any(config.get(key) for key in _NEED_A_GPU) or optimizer_needs_gpu(config.get("optim"))
        # TRL's own default for bf16 is true.
        return not needs and config.get("bf16") is False and "flash" not in str(config.get("attn_implementation"))

    def check_environment(self, interpreter: str) -> None:
        """See `Trainer`. Rendered configs name nothing beyond TRL."""
