"""The torchtune config that a recipe becomes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cgd_recipes.errors import dotted
from cgd_recipes.files.yaml import parse_yaml
from cgd_recipes.files.yaml_out import dump_yaml
from cgd_recipes.recipe.plan import Plan
from cgd_recipes.recipe.resolve import load_recipe
from cgd_recipes.trainers.places import Places
from cgd_recipes.trainers.plan import make_plan
from cgd_recipes.trainers.protocol import TrainingData
from cgd_recipes.trainers.registry import get_trainer
from cgd_recipes.trainers.torchtune.check import check_torchtune
from cgd_recipes.trainers.torchtune.config import (
    build_torchtune,
    merge,
    steps_per_epoch,
    torchtune_recipe,
)
from cgd_recipes.trainers.torchtune.findings import torchtune_findings, torchtune_warnings

LLAMA_ROPE = {
    "rope_type": "llama3",
    "rope_theta": 500000.0,
    "factor": 8.0,
    "low_freq_factor": 1.0,
    "high_freq_factor": 4.0,
    "original_max_position_embeddings": 8192,
}


def plan_of(name: str, *settings: str) -> Plan:
    return make_plan(load_recipe(name, ["train.trainer=torchtune", *settings]))


def data_of(rows: int | None) -> TrainingData | None:
    return None if rows is None else TrainingData(rows, "0" * 64)


def problems_of(plan: Plan, rows: int | None = None) -> list[str]:
    return [f"{dotted(finding.path)}: {finding.message}" for finding in torchtune_findings(plan, data_of(rows))]


def llama_student(folder: Path, **changes: Any) -> Path:
    """A folder that looks like a small Llama 3.1."""
    config = {
        "model_type": "llama",
        "vocab_size": 512,
        "hidden_size": 64,
        "intermediate_size": 128,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "max_position_embeddings": 16384,
        "rms_norm_eps": 1e-5,
        "tie_word_embeddings": False,
        "rope_parameters": LLAMA_ROPE,
        **changes,
    }
    for name in ("original/tokenizer.model", "tokenizer.json", "model-b.safetensors", "model-a.safetensors"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    (folder / "config.json").write_text(json.dumps(config))
    return folder


@pytest.mark.parametrize("gpus", [1, 8])
@pytest.mark.parametrize("name", ["llama-cgd", "qwen-cgd", "s1-cgd", "qwen-sft", "llama-cft"])
def test_shipped_recipes_become_clean_configs(name: str, gpus: int) -> None:
    plan = plan_of(name, f"launch.gpus_per_node={gpus}")
    config = build_torchtune(plan, data_of(10_000))
    recipe = torchtune_recipe(plan)
    assert recipe == ("full_finetune_single_device" if gpus == 1 else "full_finetune_distributed")
    assert torchtune_findings(plan) == []
    options: dict[str, Any] = {"student": plan.config, "world_size": gpus, "global_batch_size": 64}
    assert check_torchtune(config, recipe=recipe, places=Places(Path("/nowhere")), **options) == []
    assert parse_yaml(dump_yaml(config), "").value == config


def test_settings_reach_the_config() -> None:
    config = build_torchtune(plan_of("qwen-cgd", "train.micro_batch_size=2", "train.seed=7", "output.format=parquet"))
    assert config["batch_size"] == 2
    assert config["gradient_accumulation_steps"] == 64 // (8 * 2)
    assert config["optimizer"]["lr"] == 1e-6
    assert config["dtype"] == "fp32"
    assert config["seed"] == 7
    assert config["tokenizer"]["max_seq_len"] == 4096
    assert (config["dataset"]["source"], config["dataset"]["data_files"]) == ("parquet", "data/train.parquet")
    assert build_torchtune(plan_of("qwen-cgd", "train.precision=bf16"))["dtype"] == "bf16"


def test_model_follows_the_students_config_not_the_name() -> None:
    assert build_torchtune(plan_of("qwen-cgd"))["model"]["rope_base"] == 10000.0
    assert build_torchtune(plan_of("s1-cgd"))["model"]["rope_base"] == 1000000.0
    assert build_torchtune(plan_of("llama-cgd"))["model"]["scale_factor"] == 8.0


def test_embeddings_are_sharded_apart_only_where_they_are_not_tied() -> None:
    assert build_torchtune(plan_of("llama-cgd"))["custom_sharded_layers"] == ["tok_embeddings", "output"]
    assert "custom_sharded_layers" not in build_torchtune(plan_of("s1-cgd"))
    assert "custom_sharded_layers" not in build_torchtune(plan_of("llama-cgd", "launch.gpus_per_node=1"))


@pytest.mark.parametrize(
    ("rows", "gpus", "settings", "steps", "warmup"),
    [
        (1000, 1, [], 15, 1),
        (1000, 8, [], 15, 1),
        (63, 1, [], 0, 0),
        (57, 8, [], 1, 0),  # the sampler fills up to 8 rows on each of 8 GPUs
        (6400, 8, ["train.epochs=3"], 100, 30),
        (6400, 8, ["train.max_steps=50"], 50, 5),
    ],
)
def test_warm_up_is_a_share_of_the_steps(rows: int, gpus: int, settings: list[str], steps: int, warmup: int) -> None:
    plan, data = plan_of("qwen-cgd", f"launch.gpus_per_node={gpus}", *settings), TrainingData(rows, "0" * 64)
    assert steps_per_epoch(plan, data) == steps
    assert build_torchtune(plan, data)["lr_scheduler"]["num_warmup_steps"] == warmup


def test_warm_up_without_rows_is_a_placeholder() -> None:
    assert build_torchtune(plan_of("qwen-cgd"))["lr_scheduler"]["num_warmup_steps"] == 1


def test_constant_schedule_is_a_cosine_of_no_cycles() -> None:
    assert build_torchtune(plan_of("qwen-cgd", "train.lr_scheduler=constant"))["lr_scheduler"]["num_cycles"] == 0.0


def test_checkpoint_of_a_hub_student() -> None:
    checkpointer = build_torchtune(plan_of("qwen-cgd"))["checkpointer"]
    assert checkpointer["checkpoint_dir"] == "models/Qwen2.5-Math-7B"
    assert checkpointer["checkpoint_files"] == {
        "filename_format": "model-{}-of-{}.safetensors",
        "max_filename": "00004",
    }


def test_checkpoint_of_a_local_student(tmp_path: Path) -> None:
    student = llama_student(tmp_path / "student")
    plan = plan_of("llama-cgd", f"student={student}", "evaluate.max_gen_toks=512")
    config = build_torchtune(plan)
    assert torchtune_findings(plan) == []
    assert config["checkpointer"]["checkpoint_dir"] == str(student)
    assert config["checkpointer"]["checkpoint_files"] == ["model-a.safetensors", "model-b.safetensors"]
    assert config["tokenizer"]["path"] == f"{student}/original/tokenizer.model"
    recipe = torchtune_recipe(plan)
    assert check_torchtune(config, recipe=recipe, places=Places(tmp_path), student=plan.config) == []


def test_checkpoint_dir_starts_at_the_recipe(tmp_path: Path) -> None:
    recipe = tmp_path / "own.yaml"
    recipe.write_text("extends: qwen-cgd\ntrain: {trainer: torchtune, checkpoint_dir: weights}\n")
    config = build_torchtune(make_plan(load_recipe(str(recipe))))
    assert config["checkpointer"]["checkpoint_dir"] == str(tmp_path / "weights")
    assert config["tokenizer"]["merges_file"] == str(tmp_path / "weights" / "merges.txt")


def test_own_keys_win() -> None:
    own = "{device: cpu, clip_grad_norm: null, optimizer: {betas: [0.9, 0.95]}, dataset: {split: 'train[:8]'}}"
    config = build_torchtune(plan_of("qwen-cgd", f"train.torchtune={own}"))
    assert config["device"] == "cpu"
    assert config["clip_grad_norm"] is None
    assert config["optimizer"]["betas"] == [0.9, 0.95]
    assert config["optimizer"]["lr"] == 1e-6
    assert config["dataset"]["split"] == "train[:8]"


def test_another_component_keeps_the_arguments_it_takes() -> None:
    config = build_torchtune(plan_of("qwen-cgd", "train.torchtune={optimizer: {_component_: torchao.optim.AdamW8bit}}"))
    assert config["optimizer"] == {"_component_": "torchao.optim.AdamW8bit", "lr": 1e-6, "weight_decay": 0.0}


def test_merge_keeps_the_rendered_config_as_it_was() -> None:
    rendered = {"a": {"b": 1}, "c": 2}
    assert merge(rendered, {"a": {"b": 3}, "c": {"d": 4}}) == {"a": {"b": 3}, "c": {"d": 4}}
    assert rendered == {"a": {"b": 1}, "c": 2}


@pytest.mark.parametrize(
    ("settings", "rows", "expected"),
    [
        (["train.save_steps=10"], None, "train.save_steps: 'train.save_steps': torchtune saves at the end"),
        (["train.max_steps=10", "train.epochs=2"], None, "train.max_steps: 'train.max_steps' 10: torchtune counts"),
        (["train.lr_scheduler=linear"], None, "train.lr_scheduler: 'train.lr_scheduler': torchtune 0.6.1 has"),
        ([], 56, "train.global_batch_size: 'train.global_batch_size' 64 is more than the 56 rows"),
        (
            ["student=Qwen/Qwen2.5-Math-1.5B"],
            None,
            "student: 'student': the architecture of 'Qwen/Qwen2.5-Math-1.5B' is not",
        ),
    ],
)
def test_what_torchtune_cannot_do_is_a_problem(settings: list[str], rows: int | None, expected: str) -> None:
    problems = problems_of(plan_of("qwen-cgd", *settings), rows)
    assert len(problems) == 1
    assert problems[0].startswith(expected)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"rope_parameters": {"rope_theta": 500000.0}}, "has rope_scaling.rope_type nothing (null), but torchtune's"),
        ({"rope_parameters": {**LLAMA_ROPE, "high_freq_factor": 2.0}}, "has rope_scaling.high_freq_factor 2, but"),
        ({"tie_word_embeddings": True}, "has tie_word_embeddings true, but torchtune's llama3_1 has false"),
        ({"attention_bias": True}, "has attention_bias true, but torchtune's llama3_1 has false"),
        ({"head_dim": 32}, "has heads of 32, but torchtune's llama3_1 makes them 16 wide"),
        ({"num_key_value_heads": None}, "has no num_key_value_heads, which the model needs"),
    ],
)
def test_student_that_the_builder_does_not_fit(tmp_path: Path, changes: dict[str, Any], expected: str) -> None:
    student = llama_student(tmp_path, **changes)
    problems = problems_of(plan_of("llama-cgd", f"student={student}", "evaluate.max_gen_toks=512"))
    assert problems
    assert all(problem.startswith("student: ") for problem in problems)
    assert expected in "\n".join(problems)


def test_own_model_is_not_held_against_the_familys_builder(tmp_path: Path) -> None:
    student = llama_student(tmp_path / "student", tie_word_embeddings=True, rope_parameters={"rope_theta": 10000.0})
    own = "{model: {_component_: torchtune.models.llama3_2.llama3_2, scale_factor: 1, tie_word_embeddings: true}}"
    plan = plan_of("llama-cgd", f"student={student}", f"train.torchtune={own}", "evaluate.max_gen_toks=512")
    assert torchtune_findings(plan) == []
    config = build_torchtune(plan)
    assert check_torchtune(config, recipe=torchtune_recipe(plan), places=Places(tmp_path), student=plan.config) == []


def test_files_missing_from_a_local_student(tmp_path: Path) -> None:
    student = llama_student(tmp_path)
    for name in ("original/tokenizer.model", "model-a.safetensors", "model-b.safetensors"):
        (student / name).unlink()
    assert problems_of(plan_of("llama-cgd", f"student={student}", "evaluate.max_gen_toks=512")) == [
        f"student: 'student': '{student}' has no original/tokenizer.model, which torchtune reads",
        f"student: 'student': '{student}' has no safetensors files, or their number is not known; torchtune needs them",
    ]


@pytest.mark.parametrize(
    ("settings", "rows", "words"),
    [
        ([], 1024, None),
        ([], 1000, "40 of 1000 rows are left out"),
        (["train.precision=bf16"], None, "learning rate of 1e-06, 2% of the weights"),
        (["train.precision=bf16", "train.learning_rate=1e-5"], None, "learning rate of 2e-05, 30% of the weights"),
        (["train.precision=bf16", "train.learning_rate=2e-5"], None, None),
        (["train.seed=1"], None, "train.seed has no effect"),
        (["train.sample_packing=true"], 1000, "comes out too long"),
        (["launch.gpus_per_node=1"], None, "take about 113 GiB on each GPU"),
    ],
)
def test_surprises_are_warned_of(settings: list[str], rows: int | None, words: str | None) -> None:
    warnings = torchtune_warnings(plan_of("qwen-cgd", *settings), data_of(rows))
    assert len(warnings) == (0 if words is None else 1)
    assert words is None or words in warnings[0]


def test_whole_numbers_of_verbatim_keys_are_integers() -> None:
    own = "{epochs: 3.0, log_every_n_steps: 2.0, model: {num_layers: 28.0, norm_eps: 1.0}, optimizer: {lr: 1.0}}"
    plan = plan_of("qwen-cgd", f"train.torchtune={own}")
    config = get_trainer("torchtune").build(plan)
    assert (repr(config["epochs"]), repr(config["log_every_n_steps"])) == ("3", "2")
    assert (repr(config["model"]["num_layers"]), repr(config["model"]["norm_eps"])) == ("28", "1.0")
    assert repr(config["optimizer"]["lr"]) == "1.0"
    assert get_trainer("torchtune").model_folder(plan, config) == "model/epoch_2"
    assert repr(plan.train["torchtune"]["epochs"]) == "3.0"


def test_whole_numbers_of_axolotls_verbatim_keys_are_integers() -> None:
    settings = ["train.axolotl={micro_batch_size: 1.0, lora_r: 8.0, learning_rate: 1.0}"]
    config = get_trainer("axolotl").build(make_plan(load_recipe("qwen-cgd", settings)))
    assert (repr(config["micro_batch_size"]), repr(config["lora_r"]), repr(config["learning_rate"])) == (
        "1",
        "8",
        "1.0",
    )
