"""A trainer's own YAML, written by hand and given to `cgd-recipe validate`."""

from __future__ import annotations

from pathlib import Path

import pytest
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
