"""ms-swift, as the rest of rendering sees it; it was run with 4.6.0."""

from __future__ import annotations

from collections.abc import Iterator

from cgd_recipes.data.shapes import Record
from cgd_recipes.errors import Problem
from cgd_recipes.files.shipped import data_root
from cgd_recipes.files.templates import render_file
from cgd_recipes.recipe.plan import Plan
from cgd_recipes.rendering.also.protocol import Recorder
from cgd_recipes.rendering.also.shared import DATA_FILE, shared_problems, target_files, training_arguments
from cgd_recipes.rendering.also.turns import turn_maker
from cgd_recipes.trainers.protocol import Config, TrainingData
from cgd_recipes.trainers.trl.config import loaded_type

_PLUGIN = "plugin.py"


class MsSwift:
    """See `Target`.

    Its chat templates train a line break after the end of a turn, or leave out what a model's own writes. So the rows hold
    the chat layout as text, and a plugin that is rendered beside them has a template that adds the end of the turn alone.
    """

    name = "ms-swift"

    def problems(self, plan: Plan) -> Iterator[Problem]:
        """See `Target`."""
        yield from shared_problems(plan, self.name)
        if plan.train["sample_packing"] and plan.train["attention"] != "flash_attention_2":
            message = f"{self.name} packs with flash attention alone; set attention: flash_attention_2, or sample_packing: false"
            yield plan.recipe.problem(("train", "sample_packing"), message)

    def data_file(self, plan: Plan) -> str:
        """See `Target`."""
        return DATA_FILE

    def recorder(self, plan: Plan) -> Recorder:
        """See `Target`."""
        turn_of = turn_maker(plan)

        def record(example: Record) -> Record:
            turn = turn_of(example)
            texts = {"user": turn.prompt, "assistant": turn.answer}
            return {"id": example["id"], "messages": [{"role": role, "content": texts[role]} for role in texts]}

        return record

    def files(self, plan: Plan, data: TrainingData) -> dict[str, str]:
        """See `Target`."""
        launch = data_root() / "templates" / "launch" / "ms-swift.sh.j2"
        return {
            **target_files(plan, data, build_ms_swift(plan), self.name, launch),
            _PLUGIN: render_file("launch/ms-swift-plugin.py.j2", end=repr(plan.family.values["end_of_turn"])),
        }


def build_ms_swift(plan: Plan) -> Config:
    """The config of a plan, to be run in the folder of its dataset. What its default would decide is written out."""
    train, revision = plan.train, plan.recipe.get("student_revision")
    packing, attention = train["sample_packing"], train["attention"]
    return {
        "model": plan.student,
        # Else it looks for models and data on ModelScope.
        "use_hf": True,
        **({"model_revision": revision} if revision else {}),
        "torch_dtype": loaded_type(plan),
        "attn_impl": attention,
        "external_plugins": [_PLUGIN],
        # By its own means it would ask for a type where several have one architecture, and run a model's own code.
        "model_type": "cgd",
        "template": "cgd",
        "dataset": [DATA_FILE],
        "split_dataset_ratio": 0.0,
        # Examples over it are left out, and never cut. Rows over sequence_len were left out before.
        "max_length": train["sequence_len"] if packing else plan.max_positions or train["sequence_len"],
        "truncation_strategy": "delete",
        "loss_scale": "default",
        "packing": packing,
        **_adapter(plan),
        # With weights in fp32 it would compute in fp16.
        "fp16": False,
        "gradient_checkpointing": train["gradient_checkpointing"],
        **training_arguments(plan),
        "adam_beta2": 0.999,
        "report_to": ["none"],
        "data_seed": train["seed"],
        "add_version": False,
    }


def _adapter(plan: Plan) -> Config:
    if not plan.adapter:
        return {"tuner_type": "full"}
    lora = plan.train["lora"]
    config = {
        "tuner_type": "lora",
        "target_modules": ["all-linear"],
        "lora_rank": lora["r"],
        "lora_alpha": lora["alpha"],
        "lora_dropout": float(lora["dropout"]),
    }
    if plan.adapter == "qlora":
        config |= {"quant_method": "bnb", "quant_bits": 4}
    return config
