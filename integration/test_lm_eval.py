"""lm-eval runs the rendered eval.yaml as it is: chat template, system prompt, no early stop, all samples logged."""

import json
import shutil
import subprocess
import sys

import pytest
import tiny
import yaml
from conftest import HERE, MEMORISE


@pytest.mark.parametrize("family", ["llama", "qwen", "s1", "mixtral", "olmo"])
def test_the_rendered_plan_runs(family, render_smoke):
    rendered = render_smoke(family, over=[MEMORISE])
    shutil.copytree(rendered.plan.student, rendered.folder / "model")
    shutil.copy(HERE / "sums.jsonl", rendered.folder)
    settings = ["--tasks", "cgd_smoke_sums", "--include_path", str(HERE / "tasks"), "--device", "cpu"]
    command = [sys.executable, "-m", "lm_eval", "run", "--config", "eval.yaml", *settings]
    done = subprocess.run(command, cwd=rendered.folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    (samples,) = rendered.folder.glob("results/**/samples_*.jsonl")
    for line in samples.read_text().splitlines():
        prompt, options = json.loads(line)["arguments"]["gen_args_0"].values()
        assert json.loads(line)["doc"]["question"] in prompt
        # Mixtral's own template knows no system message; the one that training saves with the model does.
        assert ("Add." in prompt) == (family != "mixtral")
        assert options["until"] == []
        assert options["max_gen_toks"] == 64


@pytest.mark.parametrize("family", [family for family in tiny.PUBLISHED if family not in tiny.BUILDERS])
def test_the_plan_of_every_other_family_asks_as_it_is_trained(family, tmp_path, monkeypatch):
    """The prompt of a benchmark is the training layout up to the answer, for a model as training saves it."""
    from lm_eval import simple_evaluate
    from lm_eval.tasks import TaskManager

    from cgd_recipes.recipe.resolve import load_recipe
    from cgd_recipes.rendering.render import render

    tiny.build(family, tmp_path / "student")
    settings = ["data.sample=2", "train.sequence_len=4096", "evaluate.max_gen_toks=8", "evaluate.engine=hf"]
    alone = ["train.global_batch_size=2", "launch.gpus_per_node=1", f"evaluate.data={HERE / 'problems'}"]
    recipe = load_recipe(f"{family}-cgd", [f"student={tmp_path / 'student'}", *settings, *alone])
    rendered = render(recipe, tmp_path / "out", progress=lambda stage, rows: None)
    shutil.copytree(tmp_path / "student", rendered.folder / "model")
    config = yaml.safe_load((rendered.folder / "axolotl.yaml").read_text())
    if "chat_template_jinja" in config:
        (rendered.folder / "model" / "chat_template.jinja").write_text(config["chat_template_jinja"])
    monkeypatch.chdir(rendered.folder)
    plan = yaml.safe_load((rendered.folder / "eval.yaml").read_text())
    found = simple_evaluate(
        model=plan["model"], model_args={**plan["model_args"], "dtype": "float32"}, tasks=["cgd_gsm8k"], limit=1, device="cpu",
        task_manager=TaskManager(include_path="tasks", include_defaults=False), apply_chat_template=True,
        system_instruction=plan["system_instruction"], gen_kwargs=plan["gen_kwargs"], bootstrap_iters=0,
    )  # fmt: skip
    (sample,) = found["samples"]["cgd_gsm8k"]
    prompt, options = sample["arguments"][0]
    messages = [
        {"role": "system", "content": plan["system_instruction"]}, {"role": "user", "content": sample["doc"]["problem"]}
    ]  # fmt: skip
    layout = rendered.student.chat.layout
    whole = layout.text([*messages, {"role": "assistant", "content": "ANSWER"}])
    assert prompt == whole.partition("ANSWER")[0]
    assert plan["system_instruction"] in prompt
    assert (options["until"], options["max_gen_toks"]) == ([], 8)
