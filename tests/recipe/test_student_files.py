"""A student of the hub: its small files are fetched into the hub's cache, and what cannot be had is said."""

import json

import pytest
from helpers.command import run
from helpers.hub_models import model_hub
from helpers.students import TOKENS, write_student

from cgd_recipes.recipe import student_files
from cgd_recipes.recipe.student_files import student_folder

FETCH, MODEL = student_files._why_not_fetched, "Qwen/Qwen2.5-Math-7B"


@pytest.fixture
def hub(tmp_path, monkeypatch):
    """Serves models; commands ask it, and keep what it sends in an empty cache."""

    def serve(models, **options):
        serving = model_hub(models, **options)
        url, asked = serving.__enter__()
        stop.append(serving)
        monkeypatch.setenv("HF_ENDPOINT", url)
        return asked

    stop = []
    monkeypatch.setattr(student_files, "_why_not_fetched", FETCH)
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "cache"))
    yield serve
    for serving in stop:
        serving.__exit__(None, None, None)


def student(tmp_path, **changes):
    folder = write_student(tmp_path / "published", **{"config": {"vocab_size": 152064}, **changes})
    (folder / "model.safetensors").write_bytes(b"weights")
    (folder / "modeling_own.py").write_text("raise SystemExit")
    return folder


def test_a_student_of_the_hub_is_held_against_its_family(hub, tmp_path, monkeypatch):
    asked = hub({MODEL: student(tmp_path, tokens=[*TOKENS, "[MASK]"])})
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    result = run("validate", "qwen-cgd", "--json")
    (warning,) = json.loads(result.stdout)["warnings"]
    assert "'control_tokens' do not match [MASK]" in warning
    files = {path.rpartition("/")[2] for path, _ in asked}
    assert files == set(student_files._FETCHED)
    assert {(path.split("/")[1:5]) == ["Qwen", "Qwen2.5-Math-7B", "resolve", "main"] for path, _ in asked} == {True}
    assert {token for _, token in asked} == {"Bearer hf_secret"}
    assert "hf_secret" not in result.output
    count = len(asked)
    assert "[MASK]" in run("validate", "qwen-cgd").stderr
    assert len(asked) == count  # it is in the cache now


def test_what_the_family_says_of_a_model_is_held_against_its_config(hub, tmp_path):
    hub({MODEL: student(tmp_path, config={"vocab_size": 151936})})
    (warning,) = json.loads(run("validate", "qwen-cgd", "--json").stdout)["warnings"]
    assert f"{MODEL} has vocab_size 151936, and not 152064" in warning
    assert "recipes/families/qwen.yaml:" in warning


def test_a_wrong_student_of_the_hub_is_an_error(hub, tmp_path):
    hub({MODEL: student(tmp_path, tokens=TOKENS[:2])})
    result = run("validate", "qwen-cgd")
    assert result.exit_code == 1
    assert "'end_of_turn' <|im_end|> is no token of the student's vocabulary" in result.stderr


def test_a_family_and_a_recipe_are_made_of_a_model_of_the_hub(hub, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    hub({"some/model": student(tmp_path)})
    assert run("new", "some/model").exit_code == 0
    assert "some/model" in (tmp_path / "model-family.yaml").read_text()
    assert run("validate", "model-cgd.yaml").exit_code == 0


@pytest.mark.parametrize(
    ("name", "refuse", "reason"),
    [
        ("some/other", None, "the hub has no model some/other, or it is private and HF_TOKEN may not read it"),
        ("some/model", (403, "GatedRepo"), "some/model is gated on the hub; set HF_TOKEN to a token that may read it"),
        ("some/model", (404, "RevisionNotFound"), "some/model has no revision v2 on the hub"),
        ("some/model", (404, "EntryNotFound"), "some/model has no config.json on the hub"),
        ("some/model", (500, None), "the hub could not be reached"),
        ("my-folder", None, "the student is not a local folder"),
    ],
)
def test_what_cannot_be_had_is_said_and_asked_once(name, refuse, reason, hub, tmp_path):
    asked = hub({"some/model": student(tmp_path)}, refuse=refuse)
    assert student_folder(name, "v2") == reason
    count = len(asked)
    assert student_folder(name, "v2") == reason
    assert len(asked) == count <= 1


def test_offline_nobody_is_asked(hub, tmp_path, monkeypatch):
    asked = hub({"some/model": student(tmp_path)})
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    assert "HF_HUB_OFFLINE forbids to fetch" in student_folder("some/model")
    assert asked == []


@pytest.mark.parametrize("command", [["ls"], ["show", "qwen-cgd"], ["tasks", "path"]])
def test_only_commands_that_look_at_the_student_ask(command, hub, tmp_path):
    asked = hub({MODEL: student(tmp_path)})
    assert run(*command).exit_code == 0
    assert asked == []
