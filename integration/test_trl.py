"""TRL really trains what is rendered: the right tokens, a falling loss, a model that loads and stops.

Families run in one interpreter, because importing the trainer takes longer than training a tiny model.
"""

import importlib
import json
import os
import runpy
import shlex
import shutil
import subprocess
import sys

import pytest
import tiny
from conftest import MEMORISE, reference_loss

FAMILIES = ["llama", "qwen", "s1", "mixtral", "olmo"]
OTHERS = [name for name in tiny.families_of("trl") if name not in FAMILIES]
"""Families whose tokens are looked at, without a training: the trainer takes the same way with all of them."""
SUMS = ["It is 2.", "It is 5.", "It is 8.", "It is 9."]
LORA = ["train.adapter=lora", "train.learning_rate=2e-2", "train.precision=fp32"]
# Tensors A and B for each of two layers: q, k, v, o, and gate, up, down; Mixtral has its experts in two tensors.
ADAPTED = {"qwen": 28, "mixtral": 24}


def trl_main(folder, monkeypatch, *, command="sft", train=True):
    """What a command of TRL does with the config of a folder; gives the trainer."""
    import trl

    script, made = importlib.import_module(f"trl.scripts.{command}"), []
    name = f"{command.upper()}Trainer"

    class Kept(getattr(trl, name)):
        def __init__(self, *arguments, **options):
            super().__init__(*arguments, **options)
            made.append(self)

        def train(self, *arguments, **options):
            return super().train(*arguments, **options) if train else None

        def save_model(self, *arguments, **options):
            return super().save_model(*arguments, **options) if train else None

    monkeypatch.chdir(folder)
    monkeypatch.setattr(trl, name, Kept)
    script.main(*script.make_parser().parse_args_and_config(["--config", "trl.yaml"]))
    return made[0]


def finish(folder):
    """What launch.sh does once TRL has ended."""
    script = (folder / "launch.sh").read_text()
    script = script.replace('run "${command[@]}"', ":").replace('rm -rf "$model/merged"', ': "$model/merged"')
    (folder / "finish.sh").write_text(script)
    done = subprocess.run(["bash", "finish.sh"], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stderr


def answers_of(folder, model):
    """What a trained model answers to the questions that it was trained on, through its own files alone."""
    from transformers import AutoModelForCausalLM, AutoTokenizer

    tokenizer, loaded = (kind.from_pretrained(folder / model) for kind in (AutoTokenizer, AutoModelForCausalLM))
    found = []
    for line in (folder / "data/train.jsonl").read_text().splitlines():
        asked = json.loads(line)["messages"][:-1]
        prompt = tokenizer.apply_chat_template(asked, add_generation_prompt=True, return_tensors="pt")
        answer = loaded.generate(**prompt, max_new_tokens=40, do_sample=False)[0, prompt["input_ids"].shape[1] :]
        found.append(tokenizer.decode(answer, skip_special_tokens=True).strip())
    return sorted(found)


@pytest.mark.parametrize("family", [*FAMILIES, *OTHERS])
def test_trains_the_answer_and_its_end_and_nothing_else(family, render_smoke, tmp_path, monkeypatch):
    from cgd_recipes.data.chat import load_chat
    from cgd_recipes.rendering.check import check_recipe

    own = [f"student={tmp_path / 'student'}"] if family in OTHERS else []
    if own:
        tiny.build(family, tmp_path / "student")
    rendered = render_smoke(family, "train.trainer=trl", "data.sample=2", *own)
    trainer = trl_main(rendered.folder, monkeypatch, train=False)
    tokenizer, end = trainer.processing_class, rendered.plan.family.values["end_of_turn"]
    lines = (rendered.folder / "data/train.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line)["messages"] for line in lines]
    trained = [[label for label in row["labels"] if label != -100] for row in trainer.train_dataset]
    expected = [f"{messages[-1]['content']}{end}" for messages in rows]
    assert [tokenizer.decode(labels).removeprefix(" ") for labels in trained] == expected
    chat = load_chat(rendered.plan, check_recipe(rendered.plan).config)
    for messages, row in zip(rows, trainer.train_dataset, strict=True):
        tokens = chat.tokens(messages)
        assert [token.id for token in tokens] == row["input_ids"]
        assert [token.id if token.trained else -100 for token in tokens] == row["labels"]


@pytest.mark.parametrize("family", FAMILIES)
def test_learns_answers_by_heart_and_stops(family, render_smoke, monkeypatch, capsys):
    from transformers import AutoConfig, AutoTokenizer

    rendered = render_smoke(family, "train.trainer=trl", over=[MEMORISE])
    trainer = trl_main(rendered.folder, monkeypatch)
    losses = [entry["loss"] for entry in trainer.state.log_history if "loss" in entry]
    said = finish(rendered.folder)
    answers = answers_of(rendered.folder, "model")
    with capsys.disabled():
        print(f"\ntrl {family}: loss {losses[0]:.3f} -> {losses[-1]:.4f} in {len(losses)} steps; {answers}")
    assert answers == SUMS
    assert ("writes another text" in said) == (family == "mixtral")
    own, kept = (AutoTokenizer.from_pretrained(place).chat_template for place in (rendered.plan.student, "model"))
    assert "generation %" not in kept
    assert (kept == own) == (family != "mixtral")
    assert getattr(AutoConfig.from_pretrained("model"), "output_router_logits", False) is False


@pytest.mark.parametrize("family", ADAPTED)
def test_trains_adapters_and_merges_them(family, render_smoke, monkeypatch, capsys):
    rendered = render_smoke(family, "train.trainer=trl", *LORA, "train.epochs=20", over=[MEMORISE])
    trainer = trl_main(rendered.folder, monkeypatch)
    weights = {name: weight for name, weight in trainer.model.named_parameters() if weight.requires_grad}
    losses = [entry["loss"] for entry in trainer.state.log_history if "loss" in entry]
    with capsys.disabled():
        print(f"\ntrl lora {family}: {len(weights)} tensors, loss {losses[0]:.3f} -> {losses[-1]:.4f}")
    assert len(weights) == ADAPTED[family]
    assert all("lora_" in name for name in weights)
    assert losses[-1] < 0.95 * losses[0]
    finish(rendered.folder)
    check_merged(trainer.model, rendered.folder / "model/merged")


def check_merged(trained, folder):
    """The merged model is the one that was trained."""
    import torch
    from transformers import AutoModelForCausalLM

    tokens = torch.arange(3, 83)[None]
    with torch.no_grad():
        models = (trained.eval(), AutoModelForCausalLM.from_pretrained(folder).eval())
        found = [model(tokens).logits for model in models]
    assert (found[0] - found[1]).abs().max() < 1e-4


@pytest.mark.parametrize("family", FAMILIES)
def test_trains_both_answers_of_a_pair_and_their_ends(family, render_smoke, monkeypatch, capsys):
    small = ["data.sample=2", "train.global_batch_size=2", "train.micro_batch_size=1", "train.epochs=2"]
    rendered = render_smoke(family, "train.trainer=trl", *small, over=["base/dpo"])
    trainer = trl_main(rendered.folder, monkeypatch, command="dpo")
    tokenizer, end = trainer.processing_class, rendered.plan.family.values["end_of_turn"]
    rows = (rendered.folder / "data/train.jsonl").read_text(encoding="utf-8").splitlines()
    for tokens, row in zip(trainer.train_dataset, map(json.loads, rows), strict=True):
        for part in ("chosen", "rejected"):
            assert tokenizer.decode(tokens[f"{part}_ids"]).removeprefix(" ") == row[part][0]["content"] + end
        assert row["prompt"][-1]["content"] in tokenizer.decode(tokens["prompt_ids"])
    losses = [entry["loss"] for entry in trainer.state.log_history if "loss" in entry]
    with capsys.disabled():
        print(f"\ntrl dpo {family}: loss {losses[0]:.4f} -> {losses[-1]:.4f}")
    assert losses[0] == pytest.approx(0.6931, abs=1e-4)
    assert losses[-1] < losses[0]


@pytest.fixture
def heeding(models, tmp_path):
    """A student with large random weights, whose answers depend on what it reads."""
    import torch
    from transformers import AutoModelForCausalLM

    shutil.copytree(models / "qwen", tmp_path / "heeding")
    model = AutoModelForCausalLM.from_pretrained(models / "qwen")
    with torch.no_grad():
        for weight in model.parameters():
            weight.mul_(6 if weight.dim() == 2 else 1)
    model.save_pretrained(tmp_path / "heeding")
    return tmp_path / "heeding"


def test_the_student_answers_by_itself_and_is_drawn_towards_the_informed_teacher(
    heeding, render_smoke, monkeypatch, capsys
):
    import trl.experimental.sdft as sdft

    small = ["data.sample=2", "train.global_batch_size=4", "train.epochs=10", "train.learning_rate=2e-3"]
    own = ["train.trl.num_generations=2", "train.trl.max_completion_length=16", f"student={heeding}"]
    rendered = render_smoke("qwen", *small, *own, over=["base/cgd-onpolicy"])
    seen, made = [], []

    class Kept(sdft.SDFTTrainer):
        def __init__(self, *arguments, **options):
            super().__init__(*arguments, **options)
            made.append(self)

        def _prepare_training_batch(self, inputs):
            batch, read = super()._prepare_training_batch(inputs), self.processing_class.decode
            for number in range(len(inputs)):
                prompt = batch["prompt_ids"][number][batch["prompt_mask"][number].bool()]
                teacher = batch["teacher_input_ids"][number][batch["teacher_attention_mask"][number].bool()]
                answer = batch["completion_ids"][number][batch["completion_mask"][number].bool()]
                assert teacher[-len(answer) :].tolist() == answer.tolist()
                seen.append((read(prompt), read(teacher)))
            return batch

    monkeypatch.chdir(rendered.folder)
    monkeypatch.setattr(sdft, "SDFTTrainer", Kept)
    monkeypatch.setattr(sys, "argv", ["script", "chat_template.jinja", "<|im_end|>", "--config", "trl.yaml"])
    runpy.run_path("train_on_policy.py", run_name="__main__")
    rows = [json.loads(line) for line in (rendered.folder / "data/train.jsonl").read_text().splitlines()]
    assert len(seen) == 40
    for prompt, teacher in seen:
        (row,) = [row for row in rows if row["prompt"][-1]["content"] in prompt]
        assert row["privileged_context"] not in prompt
        assert row["privileged_context"] in teacher
    losses = [entry["loss"] for entry in made[0].state.log_history if "loss" in entry]
    with capsys.disabled():
        print(f"\ntrl on-policy: loss {losses[0]:.4f} -> {losses[-1]:.4f} in {len(losses)} steps")
    assert losses[-1] < 0.7 * losses[0]
    finish(rendered.folder)


def test_the_command_line_as_a_user_runs_it(render_smoke):
    rendered = render_smoke("qwen", "train.trainer=trl", "train.epochs=2", over=[MEMORISE])
    for command in (["trl", "sft", "--config", "trl.yaml"], [sys.executable, "-m", "cgd_recipes", "train", "."]):
        done = subprocess.run(command, cwd=rendered.folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr[-3000:]
    assert (rendered.folder / "model" / "model.safetensors").is_file()


@pytest.mark.parametrize("family", FAMILIES)
def test_trls_own_validators_accept_the_shipped_recipe(family, tmp_path):
    from cgd_recipes.recipe.resolve import load_recipe
    from cgd_recipes.rendering.check import check_recipe
    from cgd_recipes.trainers.ask import check_with_trainer
    from cgd_recipes.trainers.plan import make_plan

    recipe = tmp_path / "recipe.yaml"
    adapter = ["base/lora" if family == "mixtral" else "base/qlora"]
    recipe.write_text(json.dumps({"extends": [f"{family}-cgd", *adapter]}))
    plan = make_plan(load_recipe(str(recipe), ("train.trainer=trl",)))
    check_with_trainer(plan, check_recipe(plan).config)


def test_the_command_for_two_nodes_is_one_that_torchrun_takes(render_smoke):
    from torch.distributed.run import get_args_parser

    rendered = render_smoke("qwen", "train.trainer=trl", "launch.nodes=2")
    environment = {**os.environ, "DRY_RUN": "1", "NNODES": "2", "GPUS_PER_NODE": "1", "MASTER_ADDR": "node0"}
    done = subprocess.run(
        ["bash", "launch.sh"], cwd=rendered.folder, capture_output=True, text=True, check=True, env=environment
    )
    name, *words = shlex.split(done.stdout)
    assert name == "torchrun"
    options = get_args_parser().parse_args(words)
    assert (options.nnodes, options.nproc_per_node, options.rdzv_backend) == ("2", "1", "c10d")
    assert (options.module, options.training_script) == (True, "trl.scripts.sft")
    assert options.training_script_args == ["--config", "trl.yaml"]


def test_the_first_loss_is_that_of_the_trained_tokens(render_smoke, monkeypatch):
    """With the same check of the other trainers, this shows that all start from one loss on the same rows."""
    rendered = render_smoke("qwen", "train.trainer=trl", "train.epochs=1")
    trainer = trl_main(rendered.folder, monkeypatch)
    losses = [entry["loss"] for entry in trainer.state.log_history if "loss" in entry]
    assert losses[0] == pytest.approx(reference_loss(rendered), abs=1e-4)


def test_what_is_rendered_is_what_its_snapshot_says():
    """The vendored snapshot is that of the installed TRL."""
    from importlib.metadata import version
    from pathlib import Path

    sys.path.insert(0, str(Path(__file__).parents[1] / "tools"))
    import snapshot_trl

    from cgd_recipes.trainers.trl.check import trl_snapshot

    found, schema = snapshot_trl.snapshot()
    assert found == version("trl")
    assert json.loads(json.dumps(schema)) == trl_snapshot()
