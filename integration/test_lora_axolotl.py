"""Axolotl trains adapters on what is rendered, on every family, and the merged model is the one that was trained."""

import json
import subprocess
import time

import pytest
from test_axolotl import FAMILIES, load

# Axolotl turns these Triton kernels on by itself, and they need a GPU.
KERNELS = [f"train.axolotl.lora_{part}_kernel=false" for part in ("mlp", "qkv", "o", "embedding")]
LORA = ["train.adapter=lora", "train.learning_rate=2e-2", *KERNELS]
# Tensors A and B for each of two layers: q, k, v, o, and gate, up, down; Mixtral has its experts in two tensors.
TRAINED = {"llama": 28, "qwen": 28, "s1": 28, "mixtral": 24, "olmo": 28}


def logits(model):
    import torch

    with torch.no_grad():
        return model.eval()(torch.arange(3, 83)[None]).logits


@pytest.mark.parametrize("family", FAMILIES)
def test_trains_adapters_and_merges_them(family, render_smoke, monkeypatch, capsys):
    from axolotl.cli.merge_lora import do_cli
    from axolotl.train import train
    from transformers import AutoModelForCausalLM

    rendered = render_smoke(family, *LORA)
    config, data = load(rendered.folder, monkeypatch)
    started = time.perf_counter()
    model, _tokenizer, trainer = train(cfg=config, dataset_meta=data)
    losses = [float(entry["loss"]) for entry in trainer.state.log_history if "loss" in entry]
    trained = {name: weight for name, weight in model.named_parameters() if weight.requires_grad}
    with capsys.disabled():
        print(f"\naxolotl lora {family}: {len(trained)} tensors, loss {losses[0]:.3f} -> {losses[-1]:.3f} in "
              f"{len(losses)} steps, {time.perf_counter() - started:.0f} s")  # fmt: skip
    assert len(trained) == TRAINED[family]
    assert all("lora_" in name for name in trained)
    if family == "mixtral":
        experts = [weight for name, weight in trained.items() if "mlp.experts" in name]
        assert len(experts) == 8
        assert all(weight.abs().max() > 0 for weight in experts)
    assert losses[-1] < losses[0]

    do_cli(config="axolotl.yaml")
    merged = logits(AutoModelForCausalLM.from_pretrained("model/merged"))
    assert (merged - logits(model)).abs().max() < 1e-4
    assert (merged - logits(AutoModelForCausalLM.from_pretrained(config.base_model))).abs().max() > 1e-2


def test_the_launch_script_leaves_a_model_that_stops(render_smoke):
    """Qwen's own EOS is not its end-of-turn token, so the merged model must have been given the right one."""
    from transformers import AutoModelForCausalLM, AutoTokenizer

    rendered = render_smoke("qwen", *LORA)
    done = subprocess.run(["bash", "launch.sh"], cwd=rendered.folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    merged = rendered.folder / "model" / "merged"
    tokenizer = AutoTokenizer.from_pretrained(merged)
    assert tokenizer.eos_token == "<|im_end|>"
    assert AutoModelForCausalLM.from_pretrained(merged).generation_config.eos_token_id[0] == tokenizer.eos_token_id
    assert tokenizer.chat_template == AutoTokenizer.from_pretrained(rendered.plan.student).chat_template


@pytest.mark.parametrize(
    ("family", "adapter"),
    [
        ("llama", "qlora"),
        ("qwen", "lora"),
        ("s1", "qlora"),
        ("mixtral", "lora"),
        ("mixtral", "qlora"),
        ("olmo", "lora"),
    ],
)
def test_axolotls_own_validators_accept_the_fragments(family, adapter, tmp_path):
    from cgd_recipes.recipe.resolve import load_recipe
    from cgd_recipes.rendering.check import check_recipe
    from cgd_recipes.trainers.ask import check_with_trainer
    from cgd_recipes.trainers.plan import make_plan

    recipe = tmp_path / "recipe.yaml"
    recipe.write_text(json.dumps({"extends": [f"{family}-cgd", f"base/{adapter}"]}))
    plan = make_plan(load_recipe(str(recipe)))
    check_with_trainer(plan, check_recipe(plan).config)
