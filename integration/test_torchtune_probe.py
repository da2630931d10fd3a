"""What torchtune itself says of a config, through the probe. Needs torchtune: run with the trainer's interpreter."""

from __future__ import annotations

import json
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

PROBE = Path(__file__).parent.parent / "cgd_recipes" / "trainers" / "torchtune" / "probe.py"
LOSS = "torchtune.modules.loss.CEWithChunkedOutputLoss"


@pytest.fixture(scope="module")
def check() -> Any:
    return runpy.run_path(str(PROBE))["check"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"loss: {{_component_: {LOSS}}}", None),
        (f"loss: {{_component_: {LOSS}, chunks: 8}}", "TypeError: CEWithChunkedOutputLoss got an unexpected keyword"),
        ("optimizer: {_component_: torch.optim.AdamW, lrr: 1}", "TypeError: got an unexpected keyword argument 'lrr'"),
        (f"loss: {{_component_: {LOSS}x}}", "InstantiationError: "),
        ("loss: {_component_: no.such.module}", "InstantiationError: "),
        ("loss: {_component_: Loss}", "InstantiationError: "),
        ("seed: ${sed}", "InterpolationKeyError: Interpolation key 'sed' not found"),
        ("seed: 1\nseed: 2", "ConstructorError: "),
        ("seed: [", "ParserError: "),
    ],
)
def test_every_kind_of_error_is_reported(check: Any, tmp_path: Path, text: str, expected: str | None) -> None:
    path = tmp_path / "torchtune.yaml"
    path.write_text(text + "\n")
    errors = check(str(path))
    assert len(errors) == (0 if expected is None else 1)
    assert expected is None or errors[0].startswith(expected)


def test_answer_is_one_line_of_json(tmp_path: Path) -> None:
    (tmp_path / "beside.py").write_text("print('noise')\ndef loss(): ...\n")
    (tmp_path / "torchtune.yaml").write_text("loss: {_component_: beside.loss}\n")
    command = [sys.executable, str(PROBE), str(tmp_path / "torchtune.yaml")]
    # A module beside the config runs when it is imported, so that it is found only where it was asked for.
    alone = subprocess.run(command, capture_output=True, text=True, check=True)
    assert len(json.loads(alone.stdout)["errors"]) == 1
    assert "noise" not in alone.stderr
    done = subprocess.run([*command, str(tmp_path)], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == {"trainer": "torchtune", "version": "0.6.1", "errors": []}
    assert done.stdout.count("\n") == 1
    assert "noise" in done.stderr


def test_no_config_is_a_usage_error() -> None:
    assert subprocess.run([sys.executable, str(PROBE)], capture_output=True).returncode == 2
