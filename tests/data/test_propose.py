"""A family file made from a model's own files says what the shipped one says."""

import json
import re
from pathlib import Path

import pytest
from helpers.command import run
from helpers.lists import some
from helpers.plain import plain_yaml
from helpers.shipped import FAMILIES, ROOT
from helpers.students import PUBLISHED, write_published, write_student

from cgd_recipes.data.propose import propose_family
from cgd_recipes.errors import RecipeError

OWN_TEMPLATE = [
    name
    for name in FAMILIES
    if "chat_template" in plain_yaml((ROOT / "recipes" / "families" / f"{name}.yaml").read_text())["axolotl"]
]
"""Families whose own chat template would train something else, so that the family file has one of its own."""


@pytest.mark.parametrize("family", some(FAMILIES, 4))
def test_the_proposed_family_is_the_shipped_one_in_all_that_matters(family, tmp_path):
    proposal = propose_family(str(write_published(tmp_path / "student", family)), "mine")
    made = plain_yaml(proposal.text)
    shipped = plain_yaml((ROOT / "recipes" / "families" / f"{family}.yaml").read_text(encoding="utf-8"))
    for key in ("model_type", "decoder_layer", "end_of_turn"):
        assert made[key] == shipped[key]
    assert made["axolotl"]["special_tokens"]["eos_token"] == shipped["axolotl"]["special_tokens"]["eos_token"]
    padding = made["axolotl"]["special_tokens"].get("pad_token", PUBLISHED[family].get("pad"))
    assert padding not in (None, made["end_of_turn"])
    pattern = re.compile("|".join(made["control_tokens"]))
    assert all(pattern.search(token) for token in PUBLISHED[family]["special"])
    asked = [question for question in proposal.questions if "characters_per_token" not in question]
    assert bool(asked) == (family in OWN_TEMPLATE), asked
    for key in ("chat_template", "chat_template_jinja", "attn_implementation"):
        assert made["axolotl"].get(key) == shipped["axolotl"].get(key)
    assert made.get("thinking") == shipped.get("thinking")


def test_what_is_wrong_with_a_student_is_said_of_its_folder(tmp_path):
    folder = write_published(tmp_path / "student", "phi4")
    (folder / "tokenizer.json").write_text("[]")
    with pytest.raises(RecipeError) as caught:
        propose_family(str(folder), "mine")
    assert str(caught.value).startswith(f"{folder}: {folder}/tokenizer.json cannot be read")


@pytest.mark.parametrize("family", some(FAMILIES, 4))
def test_the_recipe_of_new_is_valid_for_every_student(family, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_published(tmp_path / "student", family)
    assert run("new", "student").exit_code == 0
    result = run("validate", "student-cgd.yaml", "-s", "evaluate.max_gen_toks=64")
    assert result.exit_code == 0, result.stderr


def test_a_new_recipe_for_a_folder_has_its_family_and_is_valid(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_published(tmp_path / "My_Model", "phi4")
    written = run("new", "My_Model")
    assert written.exit_code == 0, written.output
    assert run("validate", "My_Model-cgd.yaml").exit_code == 0
    assert plain_yaml((tmp_path / "my-model-family.yaml").read_text())["end_of_turn"] == "<|im_end|>"
    assert "exists already" in run("new", "My_Model").stderr


@pytest.mark.parametrize("positions", [2048, 8192])
def test_a_new_recipe_for_a_short_model_fits_into_it(positions, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_student(tmp_path / "short", config={"max_position_embeddings": positions})
    assert run("new", "short", "-o", "r.yaml").exit_code == 0
    recipe = plain_yaml((tmp_path / "r.yaml").read_text())
    assert (recipe["train"]["sequence_len"], recipe["evaluate"]["max_gen_toks"]) == (positions, positions * 3 // 4)
    assert run("validate", "r.yaml").exit_code == 0


def test_a_new_recipe_for_a_model_that_a_family_knows(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run("new", "Qwen/Qwen3-0.6B").exit_code == 0
    recipe = plain_yaml((tmp_path / "qwen3-cgd.yaml").read_text())
    assert (recipe["extends"], recipe["student"]) == ("qwen3-cgd", "Qwen/Qwen3-0.6B")


def test_how_quantised_weights_are_opened_is_as_the_shipped_family_says_or_a_question(tmp_path):
    student = write_published(tmp_path / "student", "gpt-oss")
    config = json.loads((student / "config.json").read_text()) | {"quantization_config": {"quant_method": "mxfp4"}}
    (student / "config.json").write_text(json.dumps(config))
    made = plain_yaml(propose_family(str(student), "mine").text)["axolotl"]
    assert (made["model_quantization_config"], made["model_quantization_config_kwargs"]) == (
        "Mxfp4Config",
        {"dequantize": True},
    )
    (student / "config.json").write_text(json.dumps({**config, "model_type": "other"}))
    asked = "\n".join(propose_family(str(student), "mine").questions)
    assert "its weights are quantised (mxfp4); how are they opened?" in asked


def test_what_the_files_do_not_tell_is_a_question(tmp_path):
    template = "{%- for m in messages %}{{ m.role + ': ' + m.content + '\\n' }}{%- endfor %}"
    student = write_student(
        tmp_path / "odd",
        template=template,
        config={"model_type": "newone", "architectures": ["NewOneForCausalLM"], "num_experts": 8},
    )
    asked = "\n".join(propose_family(str(student), "odd").questions)
    assert "is decoder_layer NewOneDecoderLayer right?" in asked
    assert "which token ends a turn?" in asked
    assert "this model has experts" in asked
    printed = run("family", str(student))
    assert printed.exit_code == 0
    assert "# QUESTION: which token ends a turn?" in printed.stdout
    assert run("family", str(student), "-o", str(tmp_path / "f.yaml")).exit_code == 0


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("config.json", "its config.json cannot be read"),
        ("tokenizer.json", "has no tokenizer.json"),
        ("chat_template.jinja", "has no chat template"),
    ],
)
def test_files_that_are_not_there(file, said, tmp_path):
    student = write_student(tmp_path / "student")
    (student / file).unlink()
    result = run("family", str(student))
    assert (result.exit_code, said in result.stderr) == (1, True), result.stderr


def test_a_model_that_is_nowhere():
    result = run("family", "some/model")
    assert result.exit_code == 1
    assert "no family can be made of it: the student is not a local folder; give a folder" in result.stderr


def test_what_is_in_a_models_files_adds_nothing_to_the_family_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    student = tmp_path / "m\nname: x 😀"
    config = {"model_type": "newone", "architectures": ["A\nthinking: xForCausalLM"]}
    write_student(student, config=config)
    written = run("family", str(student), "-o", "f.yaml")
    assert written.exit_code == 0, written.output
    made = plain_yaml(Path("f.yaml").read_text(encoding="utf-8"))
    assert "thinking" not in made
    assert made["name"] == "f"
    assert list(made["students"]) == [str(student)]
    printed = plain_yaml(run("family", str(student)).stdout)
    assert {**printed, "name": "f"} == made


def test_a_recipe_that_is_there_keeps_the_family_file_from_being_written(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_published(tmp_path / "model", "phi4")
    Path("mine.yaml").write_text("mine\n")
    assert "mine.yaml: exists already" in run("new", "model", "-o", "mine.yaml").stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine.yaml", "model"]
