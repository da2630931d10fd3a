"""A trainer's own YAML, written by hand and given to `cgd-recipe validate`."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from helpers.command import run

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
        (TORCHTUNE, "batch_size", "<<: {batch_size: two}", "'batch_size' must be a whole number, found text 'two'"),
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
    """A torchtune config whose student is in a relative folder, of which these files are there."""
    for file in files:
        path = Path(folder) / "student" / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    config = yaml.safe_load(TORCHTUNE.read_text(encoding="utf-8"))
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
