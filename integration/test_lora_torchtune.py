"""torchtune trains adapters on what is rendered, and the model that it saves has them merged in, once."""

import re
import subprocess
import time
from math import isfinite

import pytest
import tiny
from test_torchtune import FAMILIES


@pytest.mark.parametrize(("family", "adapter"), [*((family, "lora") for family in FAMILIES), ("qwen", "qlora")])
def test_trains_adapters_and_saves_a_model_that_loads(family, adapter, render_smoke, monkeypatch, tmp_path, capsys):
    from transformers import AutoModelForCausalLM

    settings = ["train.trainer=torchtune", f"train.adapter={adapter}", "train.learning_rate=2e-2"]
    if adapter == "qlora":
        # NF4 takes blocks of 64 weights, 256 blocks at a time: more than the layers of the other tiny models have.
        monkeypatch.setattr(tiny, "SHAPE", {**tiny.SHAPE, "hidden_size": 256, "intermediate_size": 512})
        tiny.build(family, tmp_path / "student")
        settings.append(f"student={tmp_path / 'student'}")
    rendered = render_smoke(family, *settings)
    folder = rendered.folder
    validate = ["tune", "validate", "torchtune.yaml"]
    validated = subprocess.run(validate, cwd=folder, capture_output=True, text=True, check=False)
    assert validated.returncode == 0, validated.stderr[-3000:]
    started = time.perf_counter()
    done = subprocess.run(["bash", "launch.sh"], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    (log,) = (folder / "model" / "logs").glob("*.log")
    losses = [float(loss) for loss in re.findall(r"\bloss:([0-9.e+-]+|nan)", log.read_text())]
    with capsys.disabled():
        print(f"\ntorchtune {adapter} {family}: loss {losses[0]:.3f} -> {losses[-1]:.3f} in {len(losses)} steps, "
              f"{time.perf_counter() - started:.0f} s")  # fmt: skip
    assert len(losses) == 6
    assert all(isfinite(loss) for loss in losses)
    assert losses[-1] < losses[0]

    saved = folder / "model" / "epoch_5"
    # With these beside the model, transformers adds the adapter to weights that have it already.
    assert not list(saved.glob("adapter_*"))
    assert (saved / "adapter" / "adapter_model.safetensors").is_file()
    merged = AutoModelForCausalLM.from_pretrained(saved).state_dict()
    student = AutoModelForCausalLM.from_pretrained(rendered.plan.student).state_dict()
    changed = {name for name, weight in merged.items() if not weight.equal(student[name].to(weight.dtype))}
    projections = {name for name in merged if name.endswith("_proj.weight")}
    assert len(projections) == 14
    assert changed == projections
