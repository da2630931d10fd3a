"""torchtune really trains what is rendered, on the tokens that the family's own chat template gives."""

import json
import os
import re
import shlex
import subprocess
import sys
import time
from math import isfinite

import pytest
from conftest import MEMORISE, evaluate_sums, reference_loss

FAMILIES = ["llama", "qwen", "s1"]


@pytest.fixture(params=FAMILIES)
def rendered(request, render_smoke):
    return render_smoke(request.param, "train.trainer=torchtune")


def messages_of(folder):
    lines = (folder / "data" / "train.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["messages"] for line in lines]


def test_tokens_are_those_of_the_chat_template(rendered, monkeypatch):
    from omegaconf import OmegaConf
    from torchtune import config
    from torchtune.data import Message
    from transformers import AutoTokenizer

    monkeypatch.chdir(rendered.folder)
    ours = config.instantiate(OmegaConf.load("torchtune.yaml").tokenizer)
    theirs = AutoTokenizer.from_pretrained(rendered.plan.student)
    end = rendered.plan.family.values["end_of_turn"]
    preamble = rendered.plan.family.values.get("template_preamble", "")
    for messages in messages_of(rendered.folder):
        made = [Message(role=m["role"], content=m["content"], masked=m["role"] != "assistant") for m in messages]
        ids, mask = ours.tokenize_messages(made)
        trained = [token for token, masked in zip(ids, mask, strict=True) if not masked]
        assert theirs.decode(trained) == messages[-1]["content"] + end
        messages[0]["content"] = messages[0]["content"].removeprefix(preamble)
        expected = theirs.apply_chat_template(messages, tokenize=True, return_dict=False)
        assert ids == expected


def test_trains_and_saves_a_model_that_loads(rendered, capsys):
    from transformers import AutoModelForCausalLM, AutoTokenizer

    folder = rendered.folder
    validated = subprocess.run(
        ["tune", "validate", "torchtune.yaml"], cwd=folder, capture_output=True, text=True, check=False
    )
    assert validated.returncode == 0, validated.stderr[-3000:]
    train = [sys.executable, "-m", "cgd_recipes", "train", str(folder)]
    started = time.perf_counter()
    done = subprocess.run(train, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - started
    assert done.returncode == 0, done.stderr[-3000:]
    (log,) = (folder / "model" / "logs").glob("*.log")
    losses = [float(loss) for loss in re.findall(r"\bloss:([0-9.e+-]+|nan)", log.read_text())]
    end, tokenizer = rendered.plan.family.values["end_of_turn"], AutoTokenizer.from_pretrained(rendered.plan.student)
    answers = [messages[-1]["content"] + end for messages in messages_of(folder)]
    tokens = sum(len(ids) for ids in tokenizer(answers, add_special_tokens=False)["input_ids"])
    with capsys.disabled():
        print(f"\ntorchtune {rendered.plan.family.values['name']}: {len(answers)} rows, {tokens} trained tokens, loss "
              f"{losses[0]:.3f} -> {losses[-1]:.3f} in {len(losses)} steps, {seconds:.0f} s")  # fmt: skip
    assert len(losses) == 6
    assert all(isfinite(loss) for loss in losses)
    assert losses[-1] < 0.9 * losses[0]
    AutoModelForCausalLM.from_pretrained(folder / "model" / "epoch_5")


@pytest.mark.parametrize("family", FAMILIES)
def test_what_it_learned_is_what_lm_eval_measures(family, render_smoke, models, capsys):
    """A model that knows the answers by heart gives them and stops, also where the student's own EOS is another token."""
    rendered = render_smoke(family, "train.trainer=torchtune", over=[MEMORISE])
    done = subprocess.run(["bash", "launch.sh"], cwd=rendered.folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    found = evaluate_sums(rendered.folder)
    with capsys.disabled():
        print(f"\nlm_eval {family}: {found}")
    assert found == ["It is 2.", "It is 5.", "It is 8.", "It is 9."]
    saved = rendered.folder / "model" / "epoch_149"
    tokenizer = json.loads((saved / "tokenizer.json").read_text(encoding="utf-8"))
    end = rendered.plan.family.values["end_of_turn"]
    (end_id,) = [token["id"] for token in tokenizer["added_tokens"] if token["content"] == end]
    own = json.loads((models / family / "config.json").read_text())["eos_token_id"]
    for name in ("config.json", "generation_config.json"):
        assert json.loads((saved / name).read_text())["eos_token_id"] == list(dict.fromkeys([end_id, own]))
    assert json.loads((saved / "tokenizer_config.json").read_text())["eos_token"] == end


def test_the_command_for_two_nodes_is_one_that_tune_takes(render_smoke):
    from torch.distributed.run import get_args_parser

    rendered = render_smoke("qwen", "train.trainer=torchtune", "launch.nodes=2", "train.torchtune.device=cuda")
    environment = {**os.environ, "DRY_RUN": "1", "NNODES": "2", "GPUS_PER_NODE": "1", "MASTER_ADDR": "node0"}
    done = subprocess.run(
        ["bash", "launch.sh"], cwd=rendered.folder, capture_output=True, text=True, check=True, env=environment
    )
    words = shlex.split(done.stdout)
    assert words[:2] == ["tune", "run"]
    assert words[-3:] == ["full_finetune_distributed", "--config", "torchtune.yaml"]
    options = get_args_parser().parse_args([*words[2:-3], "script"])
    assert (options.nnodes, options.nproc_per_node, options.rdzv_endpoint) == ("2", "1", "node0:29500")


def test_the_first_loss_is_that_of_the_trained_tokens(render_smoke):
    """With the same check of Axolotl, this shows that both trainers start from one loss on the same rows."""
    rendered = render_smoke("qwen", "train.trainer=torchtune", "train.micro_batch_size=4", "train.epochs=1")
    done = subprocess.run(["bash", "launch.sh"], cwd=rendered.folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    (log,) = (rendered.folder / "model" / "logs").glob("*.log")
    (first,) = re.findall(r"\bloss:([0-9.]+)", log.read_text())
    assert float(first) == pytest.approx(reference_loss(rendered), abs=1e-5)
