"""A trainer's own YAML, written by hand and given to `cgd-recipe validate`."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from helpers.command import run
from helpers.plain import plain_yaml

CASES = Path(__file__).parents[1] / "cases"
AXOLOTL = CASES / "axolotl" / "ok" / "lora.yaml"
TORCHTUNE = CASES / "torchtune" / "ok" / "qwen.yaml"


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def validate(text: str, name: str = "mine.yaml"):
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    Path(name).write_text(text, encoding="utf-8")
    return run("validate", name)


def edited(source: Path, key: str, line: str) -> str:
    """A config with another line for a top-level key."""
    lines = source.read_text(encoding="utf-8").splitlines()
    (number,) = [number for number, old in enumerate(lines) if old.startswith(f"{key}:")]
    return "\n".join([*lines[:number], line, *lines[number + 1 :], ""])


@pytest.mark.parametrize(
    ("source", "key", "line"),
    [
        (AXOLOTL, "sequence_len", "sequence_len: 4_096"),
        (AXOLOTL, "sequence_len", "<<: {sequence_len: 4096}"),
        (AXOLOTL, "sequence_len", "<<: [{sequence_len: 4096}, {sequence_len: 10}]"),
        (AXOLOTL, "bf16", "bf16: yes"),
        (TORCHTUNE, "batch_size", "batch_size: 1_0"),
        (TORCHTUNE, "batch_size", "<<: {batch_size: 2}"),
        (TORCHTUNE, "shuffle", "shuffle: off"),
    ],
)
def test_what_the_trainer_reads_is_valid(source, key, line):
    result = validate(edited(source, key, line))
    assert (result.exit_code, result.stdout) == (0, "mine.yaml: valid\n"), result.stderr


@pytest.mark.parametrize(
    ("source", "key", "line", "message"),
    [
        (AXOLOTL, "sequence_len", "<<: {sequence_len: many}", "'sequence_len' must be a whole number, found 'many'"),
        (AXOLOTL, "sequence_len", "sequence_len: 4_096.5", "'sequence_len' must be a whole number, found 4096.5"),
        (AXOLOTL, "output_dir", "output_dir: 2026-01-01", "'output_dir' must be text, found \"2026-01-01\""),
        (TORCHTUNE, "batch_size", "<<: {batch_size: two}", "'batch_size' must be a whole number, found 'two'"),
    ],
)
def test_what_the_trainer_misreads_is_told_at_its_line(source, key, line, message):
    result = validate(edited(source, key, line))
    number = edited(source, key, line).splitlines().index(line) + 1
    assert f"mine.yaml:{number}:" in result.stderr
    assert message in result.stderr


STUDENT = (
    "config.json",
    "vocab.json",
    "merges.txt",
    *(f"model-0000{number}-of-00004.safetensors" for number in range(1, 5)),
)


def own_student(folder: str, *files: str) -> str:
    """A torchtune config whose student is in a relative folder, of which these files are there; so are its rows."""
    for file in files:
        path = Path(folder) / "student" / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    Path("data").mkdir(exist_ok=True)
    Path("data/train.jsonl").touch()
    config = plain_yaml(TORCHTUNE.read_text(encoding="utf-8"))
    config["checkpointer"]["checkpoint_dir"] = "student"
    config["tokenizer"] |= {
        "path": "student/vocab.json",
        "merges_file": "student/merges.txt",
        "special_tokens_path": None,
    }
    return yaml.safe_dump(config)


def test_files_are_looked_for_in_the_working_folder():
    result = validate(own_student(".", *STUDENT), "configs/mine.yaml")
    assert (result.exit_code, result.stderr) == (0, "")


def test_files_beside_the_config_are_taken_and_told():
    result = validate(own_student("configs", *STUDENT), "configs/mine.yaml")
    assert result.exit_code == 0
    assert "student/vocab.json, student/merges.txt: beside this config; start torchtune in configs" in result.stderr


def test_files_beside_a_config_in_the_working_folder_need_no_word():
    result = validate(own_student(".", *STUDENT))
    assert (result.exit_code, result.stderr) == (0, "")


def test_the_working_folder_goes_before_that_of_the_config():
    own_student("configs", *STUDENT)
    result = validate(own_student(".", *STUDENT[1:]), "configs/mine.yaml")
    assert "'checkpointer.checkpoint_dir': student has no config.json" in result.stderr


def test_files_in_neither_folder_are_missed_in_both():
    text = own_student(".", *STUDENT).replace("student/vocab.json", "vocab.json")
    result = validate(text, "configs/mine.yaml")
    assert (
        "no such file: vocab.json, neither in the working folder, where the trainer looks, nor beside" in result.stderr
    )
    assert "no such file: vocab.json\n" in validate(text).stderr


@pytest.mark.parametrize(
    ("folder", "said"), [(".", ""), ("configs", "ds.json: beside this config; start axolotl in configs")]
)
def test_a_deepspeed_file_is_looked_for_in_both(folder, said):
    Path("configs").mkdir()
    (Path(folder) / "ds.json").touch()
    result = validate(edited(AXOLOTL, "output_dir", "output_dir: model\ndeepspeed: ds.json"), "configs/mine.yaml")
    assert result.exit_code == 0, result.stderr
    assert said in result.stderr
    (Path(folder) / "ds.json").unlink()
    result = run("validate", "configs/mine.yaml")
    assert "which is not there, neither in the working folder, where the trainer looks, nor beside" in result.stderr


@pytest.mark.parametrize(
    ("dataset", "told"),
    [
        ("{path: rows.jsonl, type: chat_template}", "rows.jsonl"),
        ("{path: ./rows, type: chat_template}", "./rows"),
        ("{path: json, data_files: [a.jsonl.gz, 'b*.jsonl'], type: chat_template}", "a.jsonl.gz"),
        ("{path: org/rows, data_files: a.jsonl, type: chat_template}", ""),
        ("{path: s3://bucket/a.jsonl, type: chat_template}", ""),
    ],
)
def test_data_that_a_config_names_and_that_is_not_here_is_told(dataset, told):
    config = plain_yaml(AXOLOTL.read_text(encoding="utf-8")) | {"datasets": [plain_yaml(dataset)]}
    result = validate(yaml.safe_dump(config), "configs/mine.yaml")
    assert result.exit_code == 0, result.stderr
    message = f"the data is not on this machine, and was not looked at: {told}, neither in the working folder"
    assert message in result.stderr if told else "the data" not in result.stderr
    if told:
        Path(f"configs/{told}").touch()
        assert f"{told}: beside this config" in run("validate", "configs/mine.yaml").stderr


KD = {
    "teacher_model": {"_component_": "torchtune.models.qwen2_5.qwen2_5_7b_base"},
    "teacher_checkpointer": {"_component_": "torchtune.training.FullModelHFCheckpointer", "checkpoint_dir": "/models/t"}
    | {"checkpoint_files": ["a.safetensors"], "model_type": "QWEN2", "output_dir": "/out"},
    "kd_loss": {"_component_": "torchtune.modules.loss.ForwardKLWithChunkedOutputLoss"},
    "kd_ratio": 0.5,
}
QUANTIZER = {"_component_": "torchtune.training.quantization.Int8DynActInt4WeightQATQuantizer", "groupsize": 32}
OTHERS = {
    "knowledge_distillation_single_device": KD,
    "qat_distributed": {"quantizer": QUANTIZER, "fake_quant_after_n_steps": 1000},
    "qat_lora_finetune_distributed": {
        "quantizer": QUANTIZER,
        "model": {"_component_": "torchtune.models.qwen2_5.lora_qwen2_5_7b_base", "lora_attn_modules": ["q_proj"]},
    },
    "ppo_full_finetune_single_device": {
        "policy_model": {"_component_": "torchtune.models.mistral.mistral_7b"},
        "reward_and_value_model": {
            "_component_": "torchtune.models.mistral._component_builders.mistral_classifier",
            **dict.fromkeys(("num_classes", "vocab_size", "num_layers", "num_heads", "num_kv_heads"), 1),
            **dict.fromkeys(("embed_dim", "intermediate_dim", "max_seq_len"), 8),
        },
        "ppo_epochs": 2,
    },
    "fine-tuning with images": {
        "model": {"_component_": "torchtune.models.llama3_2_vision.llama3_2_vision_11b"},
        "dataset": {"_component_": "torchtune.datasets.multimodal.the_cauldron_dataset", "subset": "ocrvqa"},
    },
}


def of_recipe(recipe: str, **more: object) -> str:
    return yaml.safe_dump(plain_yaml(TORCHTUNE.read_text(encoding="utf-8")) | OTHERS[recipe] | more)


@pytest.mark.parametrize("recipe", OTHERS)
def test_a_config_of_another_torchtune_recipe_is_told_by_it(recipe):
    result = validate(of_recipe(recipe))
    assert (result.exit_code, result.stdout) == (0, "mine.yaml: valid\n"), result.stderr
    assert f"a config for torchtune's {recipe}" in result.stderr
    assert "whole configs are checked for full_finetune_single_device, full_finetune_distributed, lora" in result.stderr


@pytest.mark.parametrize("recipe", OTHERS)
def test_components_of_another_torchtune_recipe_are_checked(recipe):
    result = validate(of_recipe(recipe, optimizer={"_component_": "torch.optim.AdamX"}, batch_size=0))
    assert "have no optimizer 'torch.optim.AdamX'; did you mean 'torch.optim.Adam'?" in result.stderr
    assert "'batch_size' must be at least 1, found 0" in result.stderr
    assert "unknown key" not in result.stderr


def test_components_that_only_another_torchtune_recipe_has_are_checked():
    teacher = {"_component_": "torchtune.models.qwen2_5.qwen2_5_7b_bass"}
    assert (
        "did you mean 'torchtune.models.qwen2_5.qwen2_5_7b_base'?"
        in validate(of_recipe("knowledge_distillation_single_device", teacher_model=teacher)).stderr
    )


@pytest.mark.parametrize(
    ("changes", "recipe"),
    [
        ({}, "full_finetune_single_device"),
        ({"model": {"_component_": "torchtune.models.qwen2_5.lora_qwen2_5_7b_base", "lora_attn_modules": ["q_proj"]}}, "lora_"),
        ({"loss": {"_component_": "torchtune.rlhf.loss.DPOLoss"}}, "full_dpo_distributed"),
    ],
)  # fmt: skip
def test_a_wrong_key_is_judged_by_the_recipe_that_the_model_and_the_loss_tell(changes, recipe):
    text = yaml.safe_dump(plain_yaml(TORCHTUNE.read_text(encoding="utf-8")) | changes | {"zebra": 1})
    assert f"unknown key 'zebra'; {recipe}" in validate(text).stderr


@pytest.mark.parametrize(
    ("key", "line", "message"),
    [
        ("epochs", "epochs: 3.0", "'epochs' must be a whole number, found 3.0; write 3"),
        ("epochs", "<<: {epochs: 3.0}", "'epochs' must be a whole number, found 3.0; write 3"),
        ("epochs", "epochs: 1e1", "'epochs' must be a whole number, found 10.0; write 10"),
        ("epochs", "epochs: 1.5", "'epochs' must be a whole number, found 1.5"),
        ("batch_size", "batch_size: 2.", "'batch_size' must be a whole number, found 2.0; write 2"),
        ("max_steps_per_epoch", "max_steps_per_epoch: 9.0", "must be a whole number or null, found 9.0; write 9"),
    ],
)
def test_a_whole_float_is_no_whole_number_to_torchtune(key, line, message):
    result = validate(edited(TORCHTUNE, key, line))
    assert message + "\n" in result.stderr


@pytest.mark.parametrize("value", ["28.0", "2.8e1"])
def test_a_whole_float_as_an_argument_is_none_either(value):
    text = TORCHTUNE.read_text(encoding="utf-8").replace("max_seq_len: 4096", f"max_seq_len: {value}")
    assert "'tokenizer.max_seq_len' must be a whole number or null, found 28.0; write 28\n" in validate(text).stderr


def test_torchtune_computes_with_a_whole_float_that_counts_nothing():
    text = TORCHTUNE.read_text(encoding="utf-8").replace("rope_base: 10000.0", "rope_base: 1e4")
    assert "rope_base: 1e4" in text
    assert validate(text).exit_code == 0


def test_axolotl_takes_a_whole_float():
    assert validate(edited(AXOLOTL, "num_epochs", "num_epochs: 3.0")).exit_code == 0


def test_a_whole_float_in_a_recipe_is_still_a_whole_number(tmp_path):
    result = run("render", "qwen-cgd", "-o", "out", *["-s", "train.trainer=torchtune", "-s", "train.epochs=3.0"])
    assert result.exit_code == 0, result.stderr
    assert plain_yaml((tmp_path / "out/torchtune.yaml").read_text())["epochs"] == 3
