"""lm-eval runs the rendered eval.yaml as it is: chat template, system prompt, no early stop, all samples logged."""

import json
import shutil
import subprocess
import sys

import pytest
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
