"""A student that is not what its family says is told before anything is trained.

Every file under cases/students says in what a student differs from a right one; beside it is what `validate` says of it.
To accept new messages after reading them: CGD_ACCEPT=1 pytest tests/data/test_student.py
"""

import json
import os
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from helpers.command import run
from helpers.lists import some
from helpers.plain import plain_yaml
from helpers.shipped import FAMILIES, ROOT
from helpers.students import PUBLISHED, TEMPLATE, TOKENS, write_published, write_student
from jinja2 import Template

from cgd_recipes.data import student, student_check
from cgd_recipes.data.student import check_student
from cgd_recipes.files.yaml import read_yaml
from cgd_recipes.recipe.resolve import load_recipe
from cgd_recipes.rendering.check import check_recipe
from cgd_recipes.trainers.plan import make_plan
from cgd_recipes.trainers.registry import trainer_of

parsed = student._parsed
CASES = Path(__file__).parents[1] / "cases" / "students"
STUDENTS = sorted(CASES.glob("*.yaml"))


@pytest.mark.parametrize("case", STUDENTS, ids=lambda case: case.stem)
def test_a_wrong_student_is_told_before_anything_is_trained(case, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    changes = plain_yaml(case.read_text(encoding="utf-8"))
    level = changes.pop("expect")
    settings = changes.pop("settings", {})
    write_student(tmp_path / "student", **changes)
    (tmp_path / "r.yaml").write_text(
        yaml.safe_dump({"extends": "qwen-cgd", "name": "r", "student": "student", **settings})
    )
    result = run("validate", "r.yaml")
    found = "".join(line for line in result.stderr.splitlines(True) if "cut into tokens" not in line)
    expected = case.with_suffix(".txt")
    if os.environ.get("CGD_ACCEPT"):
        expected.write_text(found, encoding="utf-8")
    assert found == expected.read_text(encoding="utf-8")
    assert result.exit_code == (level == "error")
    assert ("warning: " in found) == (level == "warning")


def test_no_case_of_a_student_is_lost():
    assert {case.with_suffix(".txt").name for case in STUDENTS} == {file.name for file in CASES.glob("*.txt")}


def looked_at(folder, *settings):
    plan = make_plan(load_recipe("qwen-cgd", [f"student={folder}", *settings]))
    return check_student(plan, check_recipe(plan).config)


def test_a_tokenizer_is_read_once_and_anew_when_it_has_changed(tmp_path, monkeypatch):
    read = []
    monkeypatch.setattr(student, "_parsed", lambda file, schema: read.append(file.name) or parsed(file, schema))
    folder = write_student(tmp_path / "student")
    facts = looked_at(folder).facts
    assert facts["tokens"] == 259 and looked_at(folder).facts == facts
    assert read.count("tokenizer.json") == 1
    values = json.loads((folder / "tokenizer.json").read_text())
    values["added_tokens"].append({**values["added_tokens"][-1], "content": "<|new|>", "id": 259})
    (folder / "tokenizer.json").write_text(json.dumps(values))
    assert looked_at(folder).facts["tokens"] == 260
    assert read.count("tokenizer.json") == 2


def test_a_right_student_has_its_facts_in_the_manifest(tmp_path, render_recipe):
    rendered = render_recipe("qwen-cgd", f"student={write_student(tmp_path / 'student')}")
    manifest = json.loads((rendered.folder / "manifest.json").read_text())
    facts = manifest["student_check"]
    facts.pop("not_looked_at", None)
    assert facts == {
        "end_of_turn": "<|im_end|>", "end_of_turn_id": 258, "tokens": 259, "embeddings": 259,
        "generation_prompt": "<|im_end|>\n<|im_start|>assistant\n", "after_the_answer": "<|im_end|>\n",
    }  # fmt: skip
    assert not [warning for warning in rendered.warnings if "student" in warning]
    settings = json.loads((rendered.folder / "check_student.json").read_text())
    assert settings["student"] == str(tmp_path / "student")
    assert settings["special_tokens"] == {"eos_token": "<|im_end|>"}


def test_a_student_of_the_hub_is_looked_at_in_the_hubs_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    found = looked_at("Qwen/Qwen2.5-Math-7B")
    assert found.unseen == "not held against its family, because the student is not a local folder"
    folder = tmp_path / "models--Qwen--Qwen2.5-Math-7B"
    write_student(folder / "snapshots" / "c0ffee", tokens=[*TOKENS, "[MASK]"], config={"vocab_size": 152064})
    (folder / "refs").mkdir()
    (folder / "refs" / "main").write_text("c0ffee\n")
    (warning,) = looked_at("Qwen/Qwen2.5-Math-7B").warnings
    assert "'control_tokens' do not match [MASK]" in warning
    assert looked_at("Qwen/Qwen2.5-Math-7B", "student_revision=c0ffee").warnings == [warning]
    assert looked_at("Qwen/Qwen2.5-Math-7B", "student_revision=other").warnings == []


def test_the_layout_of_torchtune_is_held_against_the_student_too(tmp_path):
    student = write_student(tmp_path / "student", tokens=TOKENS[:2], unlisted=TOKENS[2:])
    settings = [f"student={student}", "train.trainer=torchtune"]
    plan = make_plan(load_recipe("qwen-cgd", [*settings, f"train.checkpoint_dir={student}"]))
    (problem,) = check_student(plan, trainer_of(plan).build(plan)).problems
    assert problem.where.source == "recipes/families/qwen.yaml"
    assert "is in the vocabulary, but text is cut before it" in problem.message


class FakeTokenizer:
    """What transformers' AutoTokenizer gives, as far as it is asked."""

    eos_token, pad_token, chat_template = "<|endoftext|>", "<|endoftext|>", TEMPLATE
    added_tokens_decoder = {number: SimpleNamespace(content=token, special=True) for number, token in enumerate(TOKENS)}  # noqa: RUF012

    def from_pretrained(self, student, trust_remote_code):
        assert (student, trust_remote_code) == ("Qwen/Qwen2.5-Math-7B", False)
        return self

    def get_vocab(self):
        return {token.content: number for number, token in self.added_tokens_decoder.items()}

    def add_special_tokens(self, tokens):
        self.eos_token = tokens["eos_token"]

    def apply_chat_template(self, messages, tokenize, **options):
        template = Template(options.pop("chat_template"), trim_blocks=True, lstrip_blocks=True)
        return template.render(messages=messages, **options)

    def encode(self, text, add_special_tokens):
        return list(text.encode())


@pytest.mark.parametrize(
    ("prompt", "code", "said"),
    [
        ("<|im_start|>assistant\n", 0, ""),
        ("<|im_start|>assistant\n<think>\n", 1, "launch.sh: error: the prompt of inference is not what an answer is"),
    ],
)
def test_the_same_check_runs_beside_the_trainer(prompt, code, said, tmp_path, render_recipe, monkeypatch, capsys):
    folder = render_recipe("qwen-cgd").folder
    fake = FakeTokenizer()
    fake.chat_template = TEMPLATE.replace("<|im_start|>assistant\n", prompt)
    monkeypatch.setitem(sys.modules, "transformers", SimpleNamespace(AutoTokenizer=fake))
    assert student_check.main(str(folder / "check_student.json")) == code
    assert capsys.readouterr().err.startswith(said)
    monkeypatch.setitem(sys.modules, "transformers", None)
    assert student_check.main(str(folder / "check_student.json")) == 0
    assert capsys.readouterr().err.startswith("launch.sh: the student was not looked at: ")


def trained_by(trainer):
    """Families that a trainer can train."""
    values = {name: read_yaml(ROOT / "recipes" / "families" / f"{name}.yaml").value for name in FAMILIES}
    return [(name, trainer) for name in FAMILIES if trainer not in values[name].get("unsupported", {})]


@pytest.mark.parametrize(("family", "trainer"), some([*trained_by("axolotl"), *trained_by("trl")], 4))
def test_the_published_student_of_every_family_fits_it(family, trainer, tmp_path):
    student = write_published(tmp_path / "student", family)
    settings = [f"student={student}", "train.sequence_len=4096", "evaluate.max_gen_toks=64", f"train.trainer={trainer}"]
    plan = make_plan(load_recipe(f"{family}-cgd", settings))
    found = check_student(plan, check_recipe(plan).config)
    assert found.warnings == []
    assert found.facts["end_of_turn"] == plan.family.values["end_of_turn"]
    assert "<think>" not in (found.facts["generation_prompt"] or "").replace("<think>\n\n</think>", "")
    assert plan.family.values["model_type"] == PUBLISHED[family]["model_type"]
