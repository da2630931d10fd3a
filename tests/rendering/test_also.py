"""What is rendered for further trainers beside the recipe's own."""

from __future__ import annotations

import json
import re

import pytest
from helpers.shipped import FAMILIES, family_values
from jinja2 import Environment

from cgd_recipes.errors import RecipeError
from cgd_recipes.files.hashes import file_sha256
from cgd_recipes.files.yaml import read_yaml
from cgd_recipes.recipe.resolve import load_recipe
from cgd_recipes.rendering.also.llamafactory.target import build_llamafactory
from cgd_recipes.rendering.also.ms_swift.target import build_ms_swift
from cgd_recipes.rendering.also.registry import TARGETS, target_problems
from cgd_recipes.trainers.plan import make_plan

TALK = [{"role": role, "content": f"The {role}."} for role in ("system", "user", "assistant")]
EXAMPLE = {"id": "a", "messages": TALK}


def plan_of(*settings, recipe="qwen-cgd"):
    return make_plan(load_recipe(recipe, settings))


WRITTEN = [name for name in FAMILIES if "chat_template" in family_values(name) and name != "mixtral"]


@pytest.mark.parametrize("family", WRITTEN)
def test_rows_are_the_familys_layout_cut_where_the_answer_begins(family):
    plan, values = plan_of(recipe=f"{family}-cgd"), family_values(family)
    source = re.sub(r"{%-? *(end)?generation *-?%}", "", plan.family.template(values["chat_template"], False))
    tokens = {"bos_token": values.get("bos_token", ""), "eos_token": values["end_of_turn"]}
    whole = Environment(trim_blocks=True, lstrip_blocks=True).from_string(source).render(messages=TALK, **tokens)
    row = TARGETS["llamafactory"].recorder(plan)(EXAMPLE)
    assert row["output"] == f"The assistant.{values['end_of_turn']}"
    assert row["instruction"] + row["output"] == whole
    assert "The system." in row["instruction"]
    asked, answer = TARGETS["ms-swift"].recorder(plan)(EXAMPLE)["messages"]
    assert (asked["content"], answer["content"]) == (row["instruction"], "The assistant.")
    assert (
        list(
            target_problems(
                plan_of("output.also=[llamafactory, ms-swift]", "train.sharding=none", recipe=f"{family}-cgd")
            )
        )
        == []
    )


def test_what_another_trainer_wants_before_the_system_message_is_left_out():
    plan = plan_of("train.trainer=torchtune", recipe="llama-cgd")
    preamble = family_values("llama")["template_preamble"]
    example = {"id": "a", "messages": [{**TALK[0], "content": f"{preamble}The system."}, *TALK[1:]]}
    assert TARGETS["trl"].recorder(plan)(example)["messages"] == TALK
    assert TARGETS["llamafactory"].recorder(plan)(example)["instruction"].count("Knowledge Date") == 1
    assert TARGETS["trl"].recorder(plan)({"id": "a", "messages": TALK[1:]})["messages"] == TALK[1:]


@pytest.fixture(scope="module")
def rendered(tmp_path_factory):
    from cgd_recipes.rendering.render import render

    settings = [
        "data.sample=4",
        "train.global_batch_size=4",
        "launch.gpus_per_node=1",
        "output.also=[llamafactory, ms-swift, trl]",
    ]
    return render(load_recipe("qwen-cgd", settings), tmp_path_factory.mktemp("also") / "out", progress=lambda *_: None)


def test_each_has_a_folder_with_all_that_it_needs(rendered):
    shared = {"launch.sh", "chat_template.jinja", "deepspeed/zero2.json"}
    own = {
        "llamafactory": {"llamafactory.yaml", "dataset_info.json", "train.jsonl"},
        "ms-swift": {"ms-swift.yaml", "plugin.py", "train.jsonl"},
        "trl": {"trl.yaml", "data/train.jsonl"},
    }
    manifest = json.loads((rendered.folder / "manifest.json").read_text())["outputs"]
    for name, files in own.items():
        found = {
            str(path.relative_to(rendered.folder / name))
            for path in (rendered.folder / name).rglob("*")
            if path.is_file()
        }
        assert found == shared | files
        (data,) = [file for file in files if file.endswith("train.jsonl")]
        digest = file_sha256(rendered.folder / name / data)
        assert manifest[f"{name}/{data}"] == digest
        launch = rendered.folder / name / "launch.sh"
        assert launch.stat().st_mode & 0o100
        assert f"{digest}  {data}" in launch.read_text()
        assert "settle_template" in launch.read_text()


def test_all_train_the_same_rows_in_the_same_order(rendered):
    files = ("data/train.jsonl", "trl/data/train.jsonl", "llamafactory/train.jsonl", "ms-swift/train.jsonl")
    rows = [[json.loads(line) for line in (rendered.folder / file).read_text().splitlines()] for file in files]
    assert rows[0] == rows[1]
    for own, _, factory, swift in zip(*rows, strict=True):
        assert own["id"] == factory["id"] == swift["id"]
        answer = own["messages"][-1]["content"]
        assert factory["output"] == f"{answer}<|im_end|>"
        assert swift["messages"][-1]["content"] == answer


def test_what_it_is_started_with(rendered):
    launch = {name: (rendered.folder / name / "launch.sh").read_text() for name in TARGETS}
    assert 'torchrun "${rendezvous[@]}" -m llamafactory.launcher llamafactory.yaml' in launch["llamafactory"]
    assert "command=(swift sft ms-swift.yaml" in launch["ms-swift"]
    assert "trl.scripts.sft --config trl.yaml" in launch["trl"]
    plugin = (rendered.folder / "ms-swift/plugin.py").read_text()
    compile(plugin, "plugin.py", "exec")
    assert "suffix=['<|im_end|>']" in plugin
    assert "default_trust_remote_code = False" in plugin
    info = json.loads((rendered.folder / "llamafactory/dataset_info.json").read_text())
    config = read_yaml(rendered.folder / "llamafactory/llamafactory.yaml").value
    assert info[config["dataset"]]["file_name"] == "train.jsonl"


def test_parquet_is_for_trainers_that_are_rendered_here(tmp_path, render_recipe):
    folder = render_recipe("qwen-cgd", "data.sample=4", "output.format=parquet", "output.also=[trl, ms-swift]").folder
    assert (folder / "trl/data/train.parquet").is_file()
    assert (folder / "ms-swift/train.jsonl").is_file()


@pytest.mark.parametrize(
    ("settings", "factory", "swift"),
    [
        ((), {"bf16": True, "pure_bf16": False, "finetuning_type": "full", "deepspeed": "deepspeed/zero2.json", "cutoff_len": 4096},
             {"bf16": True, "fp16": False, "torch_dtype": "float32", "tuner_type": "full", "max_length": 4096}),
        (("train.sharding=none",), {"bf16": False, "deepspeed": None}, {"bf16": False, "fp16": False, "deepspeed": None}),
        (("train.sharding=none", "train.precision=bf16"), {"bf16": True, "pure_bf16": True}, {"torch_dtype": "bfloat16"}),
        (("train.adapter=lora", "train.sharding=none"), {"finetuning_type": "lora", "lora_rank": 16, "quantization_bit": None},
             {"tuner_type": "lora", "lora_rank": 16, "quant_bits": None}),
        (("train.adapter=qlora", "train.sharding=none"), {"quantization_bit": 4, "pure_bf16": False}, {"quant_bits": 4}),
        (("train.sample_packing=true", "train.attention=flash_attention_2"),
             {"packing": True, "neat_packing": True, "cutoff_len": 4097, "flash_attn": "fa2"}, {"packing": True, "max_length": 4096}),
        (("train.save_steps=5", "train.max_steps=9"), {"save_steps": 5, "max_steps": 9}, {"save_steps": 5, "max_steps": 9}),
        (("train.max_grad_norm=null", "student_revision=abc"), {"max_grad_norm": 0.0, "model_revision": "abc"}, {"model_revision": "abc"}),
    ],
)  # fmt: skip
def test_what_settings_become(settings, factory, swift):
    plan = plan_of(*settings)
    for config, expected in ((build_llamafactory(plan), factory), (build_ms_swift(plan), swift)):
        assert {key: config.get(key) for key in expected} == expected


def test_what_their_defaults_would_decide_is_written_out():
    factory, swift = build_llamafactory(plan_of()), build_ms_swift(plan_of())
    traps = {
        "template": "empty",
        "train_on_prompt": False,
        "mask_history": False,
        "report_to": "none",
        "push_to_hub": False,
    }
    assert {key: factory[key] for key in traps} == traps
    traps = {
        "use_hf": True, "truncation_strategy": "delete", "split_dataset_ratio": 0.0, "report_to": ["none"], "weight_decay": 0.0,
        "adam_beta2": 0.999, "template": "cgd", "model_type": "cgd", "add_version": False, "loss_scale": "default",
    }  # fmt: skip
    assert {key: swift[key] for key in traps} == traps
    assert None not in swift.values(), "its command line would read the word None"


def test_a_family_of_ones_own_says_what_its_template_needs(tmp_path):
    for key, message in (("chat_template", "has no chat_template"), ("bos_token", "add bos_token to the family file")):
        values = {name: value for name, value in family_values("llama").items() if name != key}
        (tmp_path / f"{key}.yaml").write_text(json.dumps(values))
        (problem,) = target_problems(
            plan_of(f"family={tmp_path / f'{key}.yaml'}", "output.also=[llamafactory]", recipe="llama-cgd")
        )
        assert message in str(problem)


def test_a_template_that_fails_is_the_users_mistake(tmp_path):
    (tmp_path / "mine.yaml").write_text(
        json.dumps({**family_values("qwen"), "chat_template": "{{ messages[0].nothing.at_all }}"})
    )
    with pytest.raises(RecipeError, match="chat template fails"):
        list(target_problems(plan_of(f"family={tmp_path / 'mine.yaml'}", "output.also=[llamafactory]")))


def test_adapters_on_experts_are_not_left_out_in_silence():
    said = " ".join(
        str(problem)
        for problem in target_problems(plan_of("train.adapter=lora", "output.also=[ms-swift]", recipe="mixtral-cgd"))
    )
    assert "would leave the experts of 'mixtral' without adapters" in said


def test_thinking_is_trained_or_dropped(tmp_path):
    kept, trained = (
        plan_of(f"thinking={how}", "output.also=[ms-swift]", "train.sharding=none", recipe="qwen3-cgd")
        for how in ("keep", "train")
    )
    (problem,) = target_problems(kept)
    assert "thinking that is not trained is not rendered for ms-swift" in str(problem)
    assert list(target_problems(trained)) == []
    thinking = [*TALK[:2], {"role": "assistant", "content": "<think>\nHm.\n</think>\n\n2"}]
    row = TARGETS["ms-swift"].recorder(trained)({"id": "a", "messages": thinking})
    assert [message["content"].count("<think>") for message in row["messages"]] == [0, 1]
