"""LLaMA-Factory and ms-swift read what is rendered for them, and train the answer and its end.

Runs in the environment of one of them; tests for the other are skipped.
"""

import json
import os
import subprocess
from importlib.util import find_spec

import pytest
import tiny
import yaml
from conftest import MEMORISE

# Those that have a chat_template. Mixtral has the space before an answer in the answer's first token, and is refused.
FAMILIES = [name for name in tiny.families_of("trl") if name != "mixtral"]
SUMS = ["It is 2.", "It is 5.", "It is 8.", "It is 9."]


def read_by_llamafactory():
    """Token ids and labels of the rows, by its own parser, template and dataset code."""
    from llamafactory.data import get_dataset, get_template_and_fix_tokenizer
    from llamafactory.hparams import get_train_args
    from llamafactory.model import load_tokenizer

    with open("llamafactory.yaml", encoding="utf-8") as file:
        model, data, training, _finetuning, _generating = get_train_args(yaml.safe_load(file))
    module = load_tokenizer(model)
    template = get_template_and_fix_tokenizer(module["tokenizer"], data)
    rows = get_dataset(template, model, data, training, stage="sft", **module)["train_dataset"]
    return [(row["input_ids"], row["labels"]) for row in rows]


def read_by_ms_swift():
    """The same by its own parser, template and dataset code."""
    from swift.cli.main import parse_yaml_args
    from swift.pipelines.train.sft import SwiftSft

    arguments = ["ms-swift.yaml"]
    parse_yaml_args(arguments)
    sft = SwiftSft(arguments)
    rows, _ = sft._prepare_dataset()
    return [(row["input_ids"], row["labels"]) for row in rows]


READERS = {"llamafactory": read_by_llamafactory, "ms-swift": read_by_ms_swift}
MODULES = {"llamafactory": "llamafactory", "ms-swift": "swift"}
INSTALLED = [name for name in READERS if find_spec(MODULES[name])]


@pytest.fixture(autouse=True)
def without_sound(tmp_path, monkeypatch):
    """LLaMA-Factory imports torchaudio, of which there is no build for every torch on a CPU; text needs none of it."""
    (tmp_path / "stub").mkdir()
    (tmp_path / "stub" / "torchaudio.py").touch()
    monkeypatch.syspath_prepend(tmp_path / "stub")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path / "stub"), os.environ.get("PYTHONPATH", "")]))


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("tool", INSTALLED)
def test_trains_the_answer_and_its_end_and_nothing_else(tool, family, render_smoke, tmp_path, monkeypatch):
    from cgd_recipes.data.chat import load_chat
    from cgd_recipes.rendering.check import check_recipe

    tiny.build(family, tmp_path / "student")
    settings = [f"student={tmp_path / 'student'}", "data.sample=2", "train.trainer=trl", f"output.also=[{tool}]"]
    rendered = render_smoke(family, *settings)
    chat = load_chat(rendered.plan, check_recipe(rendered.plan).config)
    lines = (rendered.folder / "data/train.jsonl").read_text(encoding="utf-8").splitlines()
    expected = [chat.tokens(json.loads(line)["messages"]) for line in lines]
    monkeypatch.chdir(rendered.folder / tool)
    found = READERS[tool]()
    assert sorted(list(ids) for ids, _ in found) == sorted([token.id for token in tokens] for tokens in expected)
    assert sorted(list(labels) for _, labels in found) == sorted(
        [token.id if token.trained else -100 for token in tokens] for tokens in expected
    )


@pytest.mark.parametrize("tool", INSTALLED)
def test_learns_answers_by_heart_and_stops(tool, render_smoke, capsys):
    from transformers import AutoModelForCausalLM, AutoTokenizer

    rendered = render_smoke("qwen", f"output.also=[{tool}]", "train.sequence_len=512", over=[MEMORISE])
    folder = rendered.folder / tool
    environment = {**os.environ, "GPUS_PER_NODE": "1"}
    done = subprocess.run(
        ["bash", "launch.sh"], cwd=folder, capture_output=True, text=True, check=False, env=environment
    )
    assert done.returncode == 0, done.stderr[-3000:]
    model = max(
        [folder / "model", *(folder / "model").glob("checkpoint-*")], key=lambda path: (path / "config.json").is_file()
    )
    tokenizer, loaded = (kind.from_pretrained(model) for kind in (AutoTokenizer, AutoModelForCausalLM))
    answers = []
    for line in (rendered.folder / "data/train.jsonl").read_text().splitlines():
        asked = json.loads(line)["messages"][:-1]
        prompt = tokenizer.apply_chat_template(asked, add_generation_prompt=True, return_tensors="pt", return_dict=True)
        answer = loaded.generate(**prompt, max_new_tokens=40, do_sample=False)[0, prompt["input_ids"].shape[1] :]
        answers.append(tokenizer.decode(answer, skip_special_tokens=True).strip())
    with capsys.disabled():
        print(f"\n{tool} qwen: {sorted(answers)}")
    assert sorted(answers) == SUMS
