"""Trainers and families are added in files of their own: a third trainer by one line, a sixth family by its path."""

import json
import sys

import pytest
import yaml
from click.testing import CliRunner
from helpers.dummy_trainer import Dummy
from helpers.plain import plain_yaml
from helpers.shipped import ROOT

from cgd_recipes.commands import doctor
from cgd_recipes.commands.main import main
from cgd_recipes.files.shipped import data_root
from cgd_recipes.trainers.protocol import Trainer
from cgd_recipes.trainers.registry import TRAINERS, get_trainer

DUMMY = ("qwen-cgd", "-s", "train.trainer=dummy", "-s", "launch.gpus_per_node=1", "-s", "data.sample=64")


@pytest.fixture
def dummy(tmp_path, monkeypatch):
    """A third trainer, in the registry and installed."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(TRAINERS, "dummy", Dummy())
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/dummy").write_text(f"#!{sys.executable}\n")
    (tmp_path / "bin/dummy").chmod(0o755)
    monkeypatch.setenv("CGD_TRAINER_BIN", str(tmp_path / "bin"))


def run(*arguments):
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def test_every_trainer_has_what_the_protocol_lists():
    wanted = {name for name in (*Trainer.__annotations__, *vars(Trainer)) if not name.startswith("_")}
    for name, trainer in {**TRAINERS, "dummy": Dummy()}.items():
        assert [attribute for attribute in sorted(wanted) if not hasattr(trainer, attribute)] == []
        assert trainer.name == name
        assert trainer.launch_template.is_file()


def test_an_unknown_trainer_is_never_another_one():
    with pytest.raises(KeyError):
        get_trainer("sglang")
    assert (
        "unknown trainer 'sglang'; there are: axolotl, torchtune, trl"
        in run("validate", "qwen-cgd", "-s", "train.trainer=sglang").stderr
    )
    assert "did you mean 'torchtune'?" in run("validate", "qwen-cgd", "-s", "train.trainer=torchtun").stderr


def test_trainers_are_told_apart_in_their_packages_alone():
    for path in (ROOT / "cgd_recipes").rglob("*.py"):
        inside = path.relative_to(ROOT / "cgd_recipes").parts
        if (
            inside[:2] in (("trainers", "axolotl"), ("trainers", "torchtune"), ("trainers", "trl"))
            or inside[0] == "_data"
        ):
            continue
        text = path.read_text(encoding="utf-8")
        for name in ("axolotl", "torchtune", "trl"):
            assert f'== "{name}"' not in text and f'!= "{name}"' not in text, path


def test_a_third_trainer_renders_and_is_checked(dummy, tmp_path):
    result = run("render", *DUMMY, "-o", "out")
    assert result.exit_code == 0, result.output
    assert "warning: dummy trains nothing\n" in result.stderr
    assert "and dummy dances at those that are" in result.stderr or "may be longer" not in result.stderr
    config = plain_yaml((tmp_path / "out/dummy.yaml").read_text())
    assert (config["steps"], config["length"]) == (64, 4096)
    assert (tmp_path / "out/dummy.txt").read_text() == "dum\n"
    example = json.loads((tmp_path / "out/data/train.jsonl").read_text().splitlines()[0])
    assert example["messages"][0]["content"].startswith("dummy: ")
    evaluation = plain_yaml((tmp_path / "out/eval.yaml").read_text())
    assert evaluation["model_args"]["pretrained"] == "here/last"
    assert run("validate", "out/dummy.yaml").stdout == "out/dummy.yaml: valid\n"
    assert "out/dummy.yaml: dummy says: not on 1 GPU" in run("validate", "out/dummy.yaml", "--with-trainer").stderr
    assert "train.epochs: dummy knows one epoch" in run("validate", *DUMMY, "-s", "train.epochs=2").stderr
    assert "is rendered for trainer: axolotl or trl only" in run("validate", *DUMMY, "-s", "method=dpo").stderr


@pytest.mark.processes
def test_a_third_trainer_is_started_and_looked_for(dummy, tmp_path, capfd, monkeypatch):
    monkeypatch.setenv("GPUS_PER_NODE", "1")
    with pytest.raises(SystemExit) as end:
        main(["train", *DUMMY, "--dry-run", "--", "more"])
    assert end.value.code == 0
    assert capfd.readouterr().out.splitlines()[-1] == "dummy Qwen/Qwen2.5-Math-7B more "
    monkeypatch.setattr(doctor, "find_gpus", lambda: ["GPU 0"])
    assert run("doctor", *DUMMY).stdout.endswith("qwen-cgd: can be trained here\n")


def test_a_sixth_family_is_a_file(tmp_path, render_recipe):
    family = plain_yaml((data_root() / "recipes/families/olmo.yaml").read_text())
    student = {"my/model-1B": {"max_position_embeddings": 8192}}
    own = {"name": "mine", "student": "my/model-1B", "students": student, "end_of_turn": "<|done|>"}
    own["axolotl"] = {"special_tokens": {"eos_token": "<|done|>"}}
    (tmp_path / "mine.yaml").write_text(yaml.safe_dump({**family, **own}))
    recipe = {"extends": ["base/full", "base/cgd"], "name": "mine-cgd", "description": "mine", "family": "./mine.yaml"}
    (tmp_path / "recipe.yaml").write_text(json.dumps(recipe))
    rendered = render_recipe(str(tmp_path / "recipe.yaml"), "evaluate.max_gen_toks=1024", "data.sample=64")
    config = plain_yaml((rendered.folder / "axolotl.yaml").read_text())
    assert (config["base_model"], config["eot_tokens"]) == ("my/model-1B", ["<|done|>"])
    refused = run("validate", tmp_path / "recipe.yaml", "-s", "train.trainer=torchtune")
    assert "torchtune cannot train family 'mine': torchtune 0.6.1 has no model with" in refused.stderr
    assert refused.stderr.endswith("; use trainer: axolotl or trl\n")
