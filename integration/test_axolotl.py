"""Axolotl really trains what is rendered: the right tokens, a falling loss, a model that loads and stops.

Families run in one interpreter, because importing the trainer takes longer than training a tiny model.
"""

import json
import os
import shlex
import subprocess
import sys
import time

import pytest
import tiny
from conftest import MEMORISE, SMOKE, evaluate_sums, reference_loss

FAMILIES = ["llama", "qwen", "s1", "mixtral", "olmo"]
OTHERS = [name for name in tiny.PUBLISHED if name not in FAMILIES]
"""Families whose tokens are compared, without a training: the trainer takes the same way with all of them."""
OTHERWISE = {
    # The tiny model's weights are not in the 4 bits that the family's settings open.
    "gpt-oss": [f"train.axolotl.model_quantization_config{end}=null" for end in ("", "_kwargs")],
    "smollm2": ["train.epochs=300"],
}
THINKING = ["qwen3", "smollm3", "deepseek-r1-distill", "gpt-oss"]


def load(folder, monkeypatch):
    from axolotl.cli.args import TrainerCliArgs
    from axolotl.cli.config import load_cfg
    from axolotl.common.datasets import load_datasets

    monkeypatch.chdir(folder)
    config = load_cfg("axolotl.yaml")
    return config, load_datasets(cfg=config, cli_args=TrainerCliArgs())


def answers(folder):
    lines = (folder / "data" / "train.jsonl").read_text(encoding="utf-8").splitlines()
    return sorted(json.loads(line)["messages"][-1]["content"] for line in lines)


@pytest.mark.parametrize("family", FAMILIES)
def test_trains_the_answer_and_its_end_and_nothing_else(family, render_smoke, monkeypatch, capsys):
    import torch
    from axolotl.train import train
    from transformers import AutoModelForCausalLM, AutoTokenizer

    rendered = render_smoke(family)
    config, data = load(rendered.folder, monkeypatch)
    end = rendered.plan.family.values["end_of_turn"]
    tokenizer = AutoTokenizer.from_pretrained(config.base_model)
    end_id = tokenizer.convert_tokens_to_ids(end)
    trained = []
    for row in data.train_dataset:
        labels = [label for label in row["labels"] if label != -100]
        assert labels[-1] == end_id
        assert end_id not in labels[:-1]
        trained.append(tokenizer.decode(labels[:-1]).removeprefix(" "))
    assert sorted(trained) == answers(rendered.folder)

    started = time.perf_counter()
    _model, _tokenizer, trainer = train(cfg=config, dataset_meta=data)
    losses = [entry["loss"] for entry in trainer.state.log_history if "loss" in entry]
    seconds = time.perf_counter() - started
    tokens = sum(len([label for label in row["labels"] if label != -100]) for row in data.train_dataset)
    with capsys.disabled():
        print(f"\naxolotl {family}: {len(trained)} rows, {tokens} trained tokens, loss {float(losses[0]):.3f} -> "
              f"{float(losses[-1]):.3f} in {len(losses)} steps, {seconds:.0f} s")  # fmt: skip
    assert float(losses[-1]) < 0.9 * float(losses[0])

    model = AutoModelForCausalLM.from_pretrained("model")
    assert torch.isfinite(next(model.parameters())).all()
    stops = model.generation_config.eos_token_id
    assert end_id in (stops if isinstance(stops, list) else [stops])
    saved = AutoTokenizer.from_pretrained("model")
    prompt = [{"role": "system", "content": "Think."}, {"role": "user", "content": "Hi."}]
    assert "Think." in saved.apply_chat_template(prompt, tokenize=False, add_generation_prompt=True)


def axolotl_tokens(folder, monkeypatch):
    """Messages of every rendered example, and its tokens as Axolotl makes them."""
    from axolotl.cli.config import load_cfg
    from axolotl.loaders import load_tokenizer
    from axolotl.prompt_strategies.chat_template import load as load_strategy

    monkeypatch.chdir(folder)
    config = load_cfg("axolotl.yaml")
    tokenizer = load_tokenizer(config)
    strategy = load_strategy(tokenizer, config, ds_cfg=config.datasets[0])
    for line in (folder / "data" / "train.jsonl").read_text(encoding="utf-8").splitlines():
        messages = json.loads(line)["messages"]
        yield messages, strategy.tokenize_prompt({"messages": messages}), tokenizer


def render_published(family, folder, *settings):
    """Render a shipped recipe for the tokenizer of its family's student."""
    from cgd_recipes.recipe.resolve import load_recipe
    from cgd_recipes.rendering.render import render

    tiny.build(family, folder / "student")
    short = [f"student={folder / 'student'}", "train.sequence_len=4096", "evaluate.max_gen_toks=64"]
    alone = ["launch.gpus_per_node=1", "train.precision=fp32", "train.sharding=none"]
    recipe = load_recipe(f"{family}-cgd", [*short, *alone, *settings])
    return render(recipe, folder / "out", progress=lambda stage, rows: None)


@pytest.mark.parametrize("family", OTHERS)
def test_the_tokens_of_every_other_family_are_those_that_are_shown(family, tmp_path, monkeypatch):
    from cgd_recipes.data import student_check

    rendered = render_published(family, tmp_path, "data.sample=2")
    assert (rendered.student.warnings, rendered.student.unseen) == ([], "")
    monkeypatch.chdir(rendered.folder)
    assert student_check.main("check_student.json") == 0
    for messages, found, _ in axolotl_tokens(rendered.folder, monkeypatch):
        shown = rendered.student.chat.tokens(messages)
        assert found["input_ids"] == [token.id for token in shown]
        assert [label != -100 for label in found["labels"]] == [token.trained for token in shown]
        trained = [token for token in shown if token.trained]
        assert trained[-1].text == rendered.plan.family.values["end_of_turn"]
        assert "".join(token.text for token in trained[:-1]) == messages[-1]["content"]


@pytest.mark.parametrize("setting", ["drop", "keep", "train"])
@pytest.mark.parametrize("family", THINKING)
def test_thinking_is_trained_or_not_as_the_recipe_says(family, setting, tmp_path, monkeypatch):
    """Token by token; the prompt of inference, by the rendered template, is the beginning of every example."""
    from cgd_recipes.data import student_check

    row = {"student_response": "3", "critique": "No.\nConclusion: wrong", "refined_response": "It is 2 \U0001f600."}
    rows = [
        {"id": str(number), "question": f"What is {number}?", **row, "refined_reasoning": "One \u2013 two \U0001f600"}
        for number in range(2)
    ]
    (tmp_path / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    settings = [f"thinking={setting}", f"data.source={tmp_path / 'rows.jsonl'}", "train.global_batch_size=2"]
    rendered = render_published(family, tmp_path, *settings)
    monkeypatch.chdir(rendered.folder)
    assert student_check.main("check_student.json") == 0
    marks, end = rendered.plan.family.thinking, rendered.plan.family.values["end_of_turn"]
    thought = marks["opens"] + "One \u2013 two \U0001f600" + marks["closes"]
    expected = {"drop": "It is 2 \U0001f600.", "keep": "It is 2 \U0001f600.", "train": thought + "It is 2 \U0001f600."}[
        setting
    ]
    for messages, found, tokenizer in axolotl_tokens(rendered.folder, monkeypatch):
        shown = rendered.student.chat.tokens(messages)
        assert found["input_ids"] == [token.id for token in shown]
        assert [label != -100 for label in found["labels"]] == [token.trained for token in shown]
        assert tokenizer.decode([label for label in found["labels"] if label != -100]) == expected + end
        options = {"add_generation_prompt": True, "tokenize": True, "return_dict": False}
        prompt = tokenizer.apply_chat_template(messages[:-1], **options)
        assert found["input_ids"][: len(prompt)] == prompt
        rest = tokenizer.decode(found["input_ids"][len(prompt) :]).rstrip("\n")
        assert rest == {"drop": "", "keep": thought, "train": thought}[setting] + "It is 2 \U0001f600." + end


@pytest.mark.parametrize("family", tiny.PUBLISHED)
def test_the_recipe_that_new_makes_of_a_model_trains(family, tmp_path, monkeypatch):
    """From a folder to two steps of training: nothing of it is known but what the folder holds."""
    import torch
    from axolotl.train import train
    from click.testing import CliRunner

    from cgd_recipes.commands.main import main
    from cgd_recipes.recipe.resolve import load_recipe
    from cgd_recipes.rendering.render import render

    monkeypatch.chdir(tmp_path)
    tiny.build(family, tmp_path / "student")
    for command in (["new", "student"], ["validate", "student-cgd.yaml", "-s", "evaluate.max_gen_toks=64"]):
        done = CliRunner().invoke(main, command)
        assert done.exit_code == 0, done.output
    (tmp_path / "two.yaml").write_text(f"extends: [student-cgd.yaml, {SMOKE}]\ntrain: {{max_steps: 2}}\n")
    rendered = render(load_recipe("two.yaml"), tmp_path / "out", progress=lambda stage, rows: None)
    config, data = load(rendered.folder, monkeypatch)
    _model, tokenizer, trainer = train(cfg=config, dataset_meta=data)
    losses = [float(entry["loss"]) for entry in trainer.state.log_history if "loss" in entry]
    assert len(losses) == 2
    assert torch.isfinite(torch.tensor(losses)).all()
    end = tokenizer.convert_tokens_to_ids(rendered.plan.family.values["end_of_turn"])
    assert {[label for label in row["labels"] if label != -100][-1] for row in data.train_dataset} == {end}


@pytest.mark.parametrize("family", [*FAMILIES, *(pytest.param(name, marks=pytest.mark.families) for name in OTHERS)])
def test_what_it_learned_is_what_lm_eval_measures(family, models, render_smoke, monkeypatch, capsys):
    """A model that knows the answers by heart scores 1.0 through the rendered eval.yaml: it stops at its end of turn."""
    from axolotl.train import train

    if not (models / family).is_dir():
        tiny.build(family, models / family)
    rendered = render_smoke(family, *OTHERWISE.get(family, []), over=[MEMORISE])
    config, data = load(rendered.folder, monkeypatch)
    train(cfg=config, dataset_meta=data)
    answers = evaluate_sums(rendered.folder)
    with capsys.disabled():
        print(f"\nlm_eval {family}: {answers}")
    known = ["It is 2.", "It is 5.", "It is 8.", "It is 9."]
    if family == "gpt-oss":  # so small a mixture tells three of the four questions apart, however long it trains
        assert len(set(answers)) >= 3
        assert set(answers) <= set(known)
    else:
        assert answers == known


def test_preference_pairs_load(render_smoke, monkeypatch):
    from axolotl.cli.args import TrainerCliArgs
    from axolotl.cli.config import load_cfg
    from axolotl.common.datasets import load_preference_datasets

    rendered = render_smoke("qwen", over=["base/dpo"])
    monkeypatch.chdir(rendered.folder)
    data = load_preference_datasets(cfg=load_cfg("axolotl.yaml"), cli_args=TrainerCliArgs())
    row = data.train_dataset[0]
    assert row["chosen"].endswith("<|im_end|>") or row["chosen"].endswith("<|im_end|>\n")
    assert row["chosen"] != row["rejected"]


def test_the_command_line_as_a_user_runs_it(render_smoke):
    rendered = render_smoke("qwen")
    for command in (["axolotl", "preprocess", "axolotl.yaml"], [sys.executable, "-m", "cgd_recipes", "train", "."]):
        done = subprocess.run(command, cwd=rendered.folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr[-3000:]
    assert (rendered.folder / "model" / "model.safetensors").is_file()


@pytest.mark.parametrize("family", FAMILIES)
def test_axolotls_own_validators_accept_the_shipped_recipe(family):
    from cgd_recipes.recipe.resolve import load_recipe
    from cgd_recipes.rendering.check import check_recipe
    from cgd_recipes.trainers.ask import check_with_trainer
    from cgd_recipes.trainers.plan import make_plan

    plan = make_plan(load_recipe(f"{family}-cgd"))
    check_with_trainer(plan, check_recipe(plan).config)


def test_the_command_for_two_nodes_is_one_that_torchrun_takes(render_smoke):
    from torch.distributed.run import get_args_parser

    rendered = render_smoke("qwen", "launch.nodes=2")
    environment = {**os.environ, "DRY_RUN": "1", "NNODES": "2", "GPUS_PER_NODE": "1", "MASTER_ADDR": "node0"}
    done = subprocess.run(
        ["bash", "launch.sh"], cwd=rendered.folder, capture_output=True, text=True, check=True, env=environment
    )
    command, torchrun = done.stdout.split(" -- ")
    assert command == "axolotl train axolotl.yaml --launcher torchrun"
    options = get_args_parser().parse_args([*shlex.split(torchrun), "script"])
    assert (options.nnodes, options.nproc_per_node, options.rdzv_backend) == ("2", "1", "c10d")
    assert options.rdzv_endpoint == "node0:29500"
    assert options.rdzv_id.startswith("smoke-")


def test_the_first_loss_is_that_of_the_trained_tokens(render_smoke, monkeypatch):
    """With the same check of torchtune, this shows that both trainers start from one loss on the same rows."""
    from axolotl.train import train

    rendered = render_smoke("qwen", "train.micro_batch_size=4", "train.epochs=1")
    config, data = load(rendered.folder, monkeypatch)
    _model, _tokenizer, trainer = train(cfg=config, dataset_meta=data)
    (first,) = [float(entry["loss"]) for entry in trainer.state.log_history if "loss" in entry]
    assert first == pytest.approx(reference_loss(rendered), abs=1e-3)  # the log has three decimals
