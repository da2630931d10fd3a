"""What is rendered for TRL, and what of a recipe it cannot honour."""

from __future__ import annotations

import json

import pytest
from helpers.shipped import FAMILIES, METHODS, ROOT
from helpers.students import PUBLISHED
from jinja2 import Environment
from jinja2.ext import Extension

from cgd_recipes.errors import RecipeError
from cgd_recipes.files.yaml import read_yaml
from cgd_recipes.recipe.family import Family
from cgd_recipes.recipe.method import shipped_method
from cgd_recipes.recipe.resolve import load_recipe
from cgd_recipes.rendering.check import check_recipe
from cgd_recipes.trainers.plan import make_plan

TALK = [{"role": role, "content": f"The {role}."} for role in ("system", "user", "assistant")]
BASE = ("train.trainer=trl", "launch.gpus_per_node=1")


def config_of(*settings, recipe="qwen-cgd"):
    return check_recipe(make_plan(load_recipe(recipe, [*BASE, *settings]))).config


def refused(*settings, recipe="qwen-cgd"):
    with pytest.raises(RecipeError) as error:
        config_of(*settings, recipe=recipe)
    return [str(problem) for problem in error.value.problems]


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ((), {"dtype": "float32", "bf16": True, "deepspeed": "deepspeed/zero2.json", "max_length": None}),
        (("train.sharding=none",), {"dtype": "float32", "bf16": False}),
        (("train.sharding=none", "train.precision=bf16", "train.learning_rate=1e-4"), {"dtype": "bfloat16", "bf16": True}),
        (("train.precision=fp32",), {"dtype": "float32", "bf16": False}),
        (("train.sharding=fsdp2", "train.adapter=lora"), {"dtype": "bfloat16", "bf16": True, "use_peft": True}),
        (("train.sample_packing=true",), {"packing": True, "max_length": 4096}),
        (("train.max_grad_norm=null",), {"max_grad_norm": 0.0}),
        (("train.save_steps=5",), {"save_strategy": "steps", "save_steps": 5, "save_only_model": True}),
        (("train.trl={max_grad_norm: 8.0, seed: 3.0}",), {"max_grad_norm": 8.0, "seed": 3}),
        (("student_revision=abc",), {"model_revision": "abc"}),
        (("output.format=parquet",), {"datasets": [{"path": "parquet", "data_files": "data/train.parquet", "split": "train"}]}),
    ],
)  # fmt: skip
def test_what_settings_become(settings, expected):
    config = config_of(*settings)
    assert {key: config[key] for key in expected} == expected
    assert "fsdp_config" not in config


def test_null_is_a_value_and_mappings_are_laid_over_each_other():
    config = config_of(
        "launch.gpus_per_node=8", "train.sharding=fsdp2", "train.trl={bf16: null, fsdp_config: {offload: true}}"
    )
    assert config["bf16"] is None
    assert config["fsdp_config"]["offload"] is True
    assert config["fsdp_config"]["transformer_layer_cls_to_wrap"] == ["Qwen2DecoderLayer"]


@pytest.mark.parametrize(
    ("settings", "messages"),
    [
        (("train.trl={learning_rte: 1}",), ["unknown key 'learning_rte'; did you mean 'learning_rate'?"]),
        (("train.trl={num_processes: 8}",), ["unknown key 'num_processes'"]),
        (("train.trl={assistant_only_loss: false}",), ["TRL would train the question as well"]),
        (("train.trl={eos_token: x}",), ["eos_token must be <|im_end|>"]),
        (("train.trl={chat_template_path: null}",), ["chat_template_path is what says where the answer begins"]),
        (("method=dpo", "train.sample_packing=true"), ["TRL does not pack preference pairs"]),
        (("train.warmup_ratio=1",), ["reads a warmup of 1 as one step"]),
        (("train.attention=flash_attention_2", "train.sharding=none"), ["flash_attention_2 needs bf16"]),
    ],
)
def test_what_trl_cannot_honour_is_told(settings, messages):
    found = refused(*settings)
    assert len(found) == len(messages)
    for problem, message in zip(found, messages, strict=True):
        assert message in problem


def test_adapters_on_experts():
    found = refused("train.adapter=qlora", "train.lora.dropout=0.1", "train.sharding=zero3", recipe="mixtral-cgd")
    assert [problem.split(": ", 1)[1].split(" ")[0] for problem in found] == ["TRL", "zero3", "adapters"]
    assert "use adapter: lora, or trainer: axolotl" in found[0]


def test_a_family_without_a_marked_template(tmp_path):
    family = read_yaml(ROOT / "recipes/families/qwen.yaml").value
    del family["chat_template"]
    (tmp_path / "mine.yaml").write_text(json.dumps(family))
    (problem,) = refused(f"family={tmp_path / 'mine.yaml'}")
    assert "has no 'chat_template', by which TRL tells what is trained" in problem


def test_preference_pairs_are_rows_that_trl_knows(render_recipe):
    rendered = render_recipe("mixtral-cgd", "method=dpo", "data.sample=4", "train.global_batch_size=8", *BASE)
    row = json.loads((rendered.folder / "data/train.jsonl").read_text(encoding="utf-8").splitlines()[0])
    assert list(row) == ["id", "prompt", "chosen", "rejected", "chat_template_kwargs"]
    assert [message["role"] for message in (*row["prompt"], *row["chosen"], *row["rejected"])] == [
        "system", "user", "assistant", "assistant",
    ]  # fmt: skip
    template = (rendered.folder / "chat_template.jinja").read_text(encoding="utf-8").rstrip("\n")
    assert row["chat_template_kwargs"] == {"chat_template": template}
    assert "-m trl.scripts.dpo --config trl.yaml" in (rendered.folder / "launch.sh").read_text(encoding="utf-8")
    columns = '{"id", "prompt", "chosen", "rejected", "chat_template_kwargs"}'
    assert columns in (rendered.folder / "data/README.md").read_text(encoding="utf-8")
    config = config_of("method=dpo", recipe="mixtral-cgd")
    assert (config["max_length"], config["router_aux_loss_coef"]) == (None, 0.0)
    assert not {"chat_template_path", "assistant_only_loss", "eos_token"} & set(config)


SAMPLE = (ROOT / "recipes/sample/rows.jsonl").read_text(encoding="utf-8")
ON_POLICY = [name for name in METHODS if shipped_method(name).is_on_policy]


@pytest.mark.parametrize("method", ON_POLICY)
def test_the_student_sees_the_question_and_the_teacher_the_context(method, render_recipe):
    rendered = render_recipe("qwen-cgd", f"method={method}", "data.sample=4", "train.global_batch_size=8", *BASE)
    rows = [
        json.loads(line) for line in (rendered.folder / "data/train.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    source = {row["id"]: row for row in map(json.loads, SAMPLE.splitlines())}
    for row in rows:
        assert list(row) == ["id", "prompt", "privileged_context"]
        assert [message["role"] for message in row["prompt"]] == ["system", "user"]
        given = source[row["id"]]
        assert row["prompt"][-1]["content"] == given["question"].strip()
        holds = {name: given[name].strip() in row["privileged_context"] for name in ("critique", "refined_response")}
        assert holds == {
            "critique": method in ("cgd-onpolicy", "cgd-onpolicy-both"),
            "refined_response": method in ("cgd-onpolicy-refined", "cgd-onpolicy-both"),
        }
        assert "{{" not in row["privileged_context"]


def test_on_policy_training_is_started_by_a_script_of_its_own(render_recipe):
    rendered = render_recipe("qwen-cgd", "method=cgd-onpolicy", "data.sample=4", "train.global_batch_size=8", *BASE)
    launch = (rendered.folder / "launch.sh").read_text(encoding="utf-8")
    assert "train_on_policy.py chat_template.jinja '<|im_end|>' --config trl.yaml" in launch
    compile((rendered.folder / "train_on_policy.py").read_text(encoding="utf-8"), "script", "exec")
    config = config_of("method=cgd-onpolicy", "train.trl={max_completion_length: 96}")
    assert (config["max_prompt_length"], config["max_completion_length"]) == (4000, 96)
    assert config["teacher_prompt_template"] == "{prompt}\n\n{privileged_context}"
    assert not {"max_length", "chat_template_path", "assistant_only_loss"} & set(config)


def test_the_fragment_for_on_policy_training(tmp_path):
    (tmp_path / "r.yaml").write_text("extends: [llama-cgd, base/cgd-onpolicy]\nname: mine\n")
    config = check_recipe(make_plan(load_recipe(str(tmp_path / "r.yaml"), ["data.sample=4"]))).config
    assert config["num_generations"] == 4
    assert config["distillation_mode"] == "topk_logits"


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (("train.trainer=axolotl",), "trains on own answers, which is rendered for trainer: trl only"),
        (("train.trainer=torchtune",), "trains on own answers, which is rendered for trainer: trl only"),
        (("train.trl={num_generations: 7}",), "64 is not a multiple of the 7 answers of each question"),
        (("train.trl={max_completion_length: 4096}",), "leaves no room for the question"),
        (("train.trl={num_generation: 4}",), "did you mean 'num_generations'?"),
        (("train.sample_packing=true",), "TRL does not pack own answers"),
    ],
)
def test_what_on_policy_training_cannot_be(settings, message):
    (problem,) = refused("method=cgd-onpolicy", *settings)
    assert message in problem


def test_pure_bf16_is_warned_about():
    plan = make_plan(load_recipe("qwen-cgd", [*BASE, "train.precision=bf16", "train.sharding=none"]))
    warnings = check_recipe(plan).warnings
    assert any("in pure bf16: most of a step is rounded away" in warning for warning in warnings)


class Marks(Extension):
    """Prints what stands in {% generation %} between marks of its own."""

    tags = {"generation"}  # noqa: RUF012

    def parse(self, parser):
        from jinja2 import nodes

        next(parser.stream)
        body = parser.parse_statements(("name:endgeneration",), drop_needle=True)
        return [nodes.Output([nodes.TemplateData("[[")]), *body, nodes.Output([nodes.TemplateData("]]")])]


def family_values(name):
    """A family's file, its chat templates as they are rendered where thinking is dropped."""
    document = read_yaml(ROOT / "recipes/families" / f"{name}.yaml")
    values, family = document.value, Family(document.value, document)
    for of in (values, values["axolotl"]):
        of.update(
            {
                key: family.template(of[key], False)
                for key in ("chat_template", "chat_template_jinja")
                if "{" in of.get(key, "")
            }
        )
    return values


MARKED = [name for name in FAMILIES if "chat_template" in family_values(name)]


def test_a_family_without_marks_says_that_trl_cannot_train_it():
    assert MARKED
    for name in FAMILIES:
        assert (name in MARKED) != ("trl" in family_values(name).get("unsupported", {})), name


@pytest.mark.parametrize("family", MARKED)
def test_a_familys_template_marks_the_answer_and_its_end(family):
    values = family_values(family)
    template = Environment(extensions=[Marks]).from_string(values["chat_template"])
    end = values["end_of_turn"]
    text = template.render(messages=TALK, bos_token="<bos>", eos_token=end)
    before, _, rest = text.partition("[[")
    assert rest == f"The assistant.{end}]]"
    assert "The system." in before and "The user." in before
    asked = template.render(messages=TALK[:2], bos_token="<bos>", eos_token=end, add_generation_prompt=True)
    assert asked == before.rstrip(" ")


@pytest.mark.parametrize("family", MARKED)
def test_a_familys_template_writes_what_axolotl_trains_with(family):
    """That is the family's template for Axolotl, or else the one that its students publish."""
    values = family_values(family)
    source = values["axolotl"].get("chat_template_jinja") or PUBLISHED[family]["template"]
    made = Environment(extensions=[Marks]).from_string(values["chat_template"]), Environment().from_string(source)
    end, own = values["end_of_turn"], {"bos_token": "<bos>", "eos_token": values["end_of_turn"]}
    marked, plain = (template.render(messages=TALK, **own).replace("[[", "").replace("]]", "") for template in made)
    assert marked == plain[: plain.rindex(end) + len(end)]
    asked = [template.render(messages=TALK[:2], add_generation_prompt=True, **own) for template in made]
    assert asked[0] == asked[1]


@pytest.mark.parametrize(
    ("prompt", "roles"), [("Add.", '("system", "user", "assistant")'), ("null", '("user", "assistant")')]
)
def test_templates_are_compared_on_what_the_recipe_trains(prompt, roles, render_recipe):
    """A student's own template may write a system message where there is none."""
    rendered = render_recipe(
        "smollm2-cgd", f"system_prompt={prompt}", "data.sample=4", "train.global_batch_size=8", *BASE
    )
    assert f"for role in {roles}]" in (rendered.folder / "launch.sh").read_text(encoding="utf-8")


@pytest.mark.parametrize("family", [name for name in MARKED if "torchtune" in family_values(name)])
def test_a_familys_template_writes_what_its_layout_for_torchtune_does(family):
    """Two layouts of one family say the same, but for the line break after the last turn."""
    values = family_values(family)
    messages = [{**TALK[0], "content": values.get("template_preamble", "") + "The system."}, *TALK[1:]]
    layout = Environment().from_string(values["torchtune"]["layout"]).render(messages=messages)
    made = Environment(extensions=[Marks]).from_string(values["chat_template"])
    text = made.render(messages=TALK, bos_token="<|begin_of_text|>").replace("[[", "").replace("]]", "")
    assert text == layout.rstrip("\n")
