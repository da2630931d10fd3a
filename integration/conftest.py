"""Fixtures for tests that run in a trainer's own environment."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import tiny

for switch in (
    "AXOLOTL_DO_NOT_TRACK",
    "DO_NOT_TRACK",
    "HF_HUB_OFFLINE",
    "HF_DATASETS_OFFLINE",
    "HF_HUB_DISABLE_TELEMETRY",
):
    os.environ[switch] = "1"

HERE = Path(__file__).parent
SMOKE = HERE / "smoke.yaml"
MEMORISE = HERE / "memorise.yaml"


@pytest.fixture(scope="session")
def models(tmp_path_factory) -> Path:
    """Folder with one tiny model a family, or CGD_TINY_MODELS where they exist already."""
    folder = Path(os.environ.get("CGD_TINY_MODELS") or tmp_path_factory.mktemp("models"))
    for family in tiny.BUILDERS:
        if not (folder / family / "config.json").is_file():
            tiny.build(family, folder / family)
    return folder


@pytest.fixture
def render_smoke(models, tmp_path):
    """Render a shipped recipe with the smoke overlay for the tiny model of its family."""
    from cgd_recipes.recipe.resolve import load_recipe
    from cgd_recipes.rendering.render import render

    def run(family: str, *settings: str, over: tuple[object, ...] = ()):
        recipe = tmp_path / "smoke-recipe.yaml"
        parents = ", ".join(str(parent) for parent in (f"{family}-cgd", SMOKE, *over))
        recipe.write_text(f"extends: [{parents}]\nname: smoke\nstudent: {models / family}\n")
        return render(load_recipe(str(recipe), settings), tmp_path / "out", progress=lambda stage, rows: None)

    return run


def evaluate_sums(folder: Path) -> list[str]:
    """What a model trained on memorise.yaml answers through its rendered eval.yaml, sorted."""
    shutil.copy(HERE / "sums.jsonl", folder)
    settings = ["--tasks", "cgd_smoke_sums", "--include_path", str(HERE / "tasks"), "--device", "cpu"]
    evaluate = [sys.executable, "-m", "lm_eval", "run", "--config", "eval.yaml", *settings]
    done = subprocess.run(evaluate, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    (samples,) = folder.glob("results/**/samples_*.jsonl")
    return sorted(json.loads(line)["resps"][0][0] for line in samples.read_text().splitlines())


def reference_loss(rendered) -> float:
    """Mean loss per trained token of the rendered rows, by transformers alone: what the first step starts from.

    Trained are the tokens after the generation prompt up to the end of turn.
    """
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    student = rendered.plan.student
    model = AutoModelForCausalLM.from_pretrained(student, dtype=torch.float32).eval()
    tokenizer = AutoTokenizer.from_pretrained(student)
    end = tokenizer.convert_tokens_to_ids(rendered.plan.family.values["end_of_turn"])
    total, count = 0.0, 0
    for line in (rendered.folder / "data" / "train.jsonl").read_text(encoding="utf-8").splitlines():
        messages = json.loads(line)["messages"]
        ids = tokenizer.apply_chat_template(messages, tokenize=True, return_dict=False)
        prompt = tokenizer.apply_chat_template(
            messages[:-1], tokenize=True, add_generation_prompt=True, return_dict=False
        )
        last = len(ids) - ids[::-1].index(end)
        labels = [-100] * len(prompt) + ids[len(prompt) : last] + [-100] * (len(ids) - last)
        with torch.no_grad():
            loss = model(input_ids=torch.tensor([ids]), labels=torch.tensor([labels])).loss
        total += float(loss) * (last - len(prompt))
        count += last - len(prompt)
    return total / count
