"""LLaMA-Factory, as the rest of rendering sees it; it was run with 0.9.5."""

from __future__ import annotations

import json
from collections.abc import Iterator

from cgd_recipes.data.shapes import Record
from cgd_recipes.errors import Problem
from cgd_recipes.files.shipped import data_root
from cgd_recipes.recipe.plan import Plan
from cgd_recipes.rendering.also.protocol import Recorder
from cgd_recipes.rendering.also.shared import DATA_FILE, shared_problems, target_files, training_arguments
from cgd_recipes.rendering.also.turns import turn_maker
from cgd_recipes.trainers.protocol import Config, TrainingData

_DATASET = "cgd"
_ATTENTION = {"flash_attention_2": "fa2", "eager": "disabled"}
"""Its names for kinds of attention, where they are others."""


class LlamaFactory:
    """See `Target`.

    Its chat templates train a line break after the end of a turn, or leave out what a model's own writes. So the rows hold
    the chat layout as text, and its template `empty` adds nothing.
    """

    name = "llamafactory"

    def problems(self, plan: Plan) -> Iterator[Problem]:
        """See `Target`."""
        yield from shared_problems(plan, self.name)

    def data_file(self, plan: Plan) -> str:
        """See `Target`."""
        return DATA_FILE

    def recorder(self, plan: Plan) -> Recorder:
        """See `Target`."""
        turn_of = turn_maker(plan)

        def record(example: Record) -> Record:
            turn = turn_of(example)
            return {"id": example["id"], "instruction": turn.prompt, "output": turn.answer + turn.end}

        return record

    def files(self, plan: Plan, data: TrainingData) -> dict[str, str]:
        """See `Target`."""
        info = {_DATASET: {"file_name": DATA_FILE, "columns": {"prompt": "instruction", "response": "output"}}}
        launch = data_root() / "templates" / "launch" / "llamafactory.sh.j2"
        return {
            **target_files(plan, data, build_llamafactory(plan), self.name, launch),
            "dataset_info.json": json.dumps(info, indent=2) + "\n",
        }


def build_llamafactory(plan: Plan) -> Config:
    """The config of a plan, to be run in the folder of its dataset. What its default would decide is written out."""
    train, revision = plan.train, plan.recipe.get("student_revision")
    packing, attention = train["sample_packing"], train["attention"]
    return {
        "stage": "sft",
        "do_train": True,
        "model_name_or_path": plan.student,
        **({"model_revision": revision} if revision else {}),
        "trust_remote_code": False,
        "flash_attn": _ATTENTION.get(attention, attention),
        "dataset_dir": ".",
        "dataset": _DATASET,
        "template": "empty",
        # It cuts examples at this length without a word. Rows over sequence_len were left out; packs are one token shorter.
        "cutoff_len": train["sequence_len"] + 1 if packing else plan.max_positions or train["sequence_len"],
        "train_on_prompt": False,
        "mask_history": False,
        "packing": packing,
        "neat_packing": packing,
        **_adapter(plan),
        # Else the weights that are trained are held in fp32.
        "pure_bf16": train["precision"] == "bf16" and not plan.adapter,
        "disable_gradient_checkpointing": not train["gradient_checkpointing"],
        **training_arguments(plan),
        "report_to": "none",
        "plot_loss": False,
    }


def _adapter(plan: Plan) -> Config:
    if not plan.adapter:
        return {"finetuning_type": "full"}
    lora = plan.train["lora"]
    config = {
        "finetuning_type": "lora",
        "lora_target": "all",
        "lora_rank": lora["r"],
        "lora_alpha": lora["alpha"],
        "lora_dropout": float(lora["dropout"]),
    }
    if plan.adapter == "qlora":
        config |= {
            "quantization_bit": 4,
            "quantization_method": "bnb",
            "quantization_type": "nf4",
            "double_quantization": True,
        }
    return config
