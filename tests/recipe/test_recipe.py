"""Merging, settings and origins."""

from itertools import chain

import pytest
from helpers.shipped import ROOT

from cgd_recipes.errors import RecipeError
from cgd_recipes.files.schema import check_schema
from cgd_recipes.recipe.merge import merge_recipe
from cgd_recipes.recipe.recipe import deep_merge, find_recipe, show_rows
from cgd_recipes.recipe.resolve import load_recipe


def origins(*arguments):
    return {key: origin for key, _value, origin in show_rows(load_recipe(*arguments))}


@pytest.mark.parametrize("name", ["qwen-cgd", "qwen-cgd.yaml", "recipes/qwen-cgd.yaml"])
def test_shipped_recipes_are_found_from_any_folder(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert find_recipe(name).name == "qwen-cgd.yaml"


def test_a_file_wins_over_a_shipped_name(tmp_path, monkeypatch):
    (tmp_path / "qwen-cgd.yaml").write_text("extends: llama-cgd\nname: mine\n")
    monkeypatch.chdir(tmp_path)
    assert load_recipe("qwen-cgd.yaml").get("family") == "llama"


def test_every_value_knows_where_it_was_set(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text("extends: qwen-cgd\nname: mine\ntrain:\n  epochs: 3\n")
    found = origins(str(path), ["train.learning_rate=5e-6"])
    assert found["train.epochs"] == f"{path}:4:3"
    assert found["train.learning_rate"] == "-s train.learning_rate"
    assert found["train.sequence_len"].startswith("recipes/qwen-cgd.yaml:")
    assert found["train.lr_scheduler"].startswith("recipes/base/full.yaml:")
    assert found["student"].startswith("recipes/families/qwen.yaml:")


def test_later_parents_win_and_lists_are_replaced(tmp_path):
    (tmp_path / "a.yaml").write_text("evaluate: {tasks: [gsm8k]}\ntrain: {epochs: 2, seed: 1}\n")
    (tmp_path / "b.yaml").write_text("train: {epochs: 3}\n")
    path = tmp_path / "c.yaml"
    path.write_text("extends: [llama-cgd, ./a.yaml, b.yaml]\nname: c\n")
    recipe = load_recipe(str(path))
    assert recipe.get("evaluate", "tasks") == ["gsm8k"]
    assert (recipe.get("train", "epochs"), recipe.get("train", "seed")) == (3, 1)


def test_numbers_without_a_dot_are_numbers():
    assert load_recipe("qwen-cgd", ["train.learning_rate=1e-6"]).get("train", "learning_rate") == 1e-6


def test_mappings_can_be_set_at_once():
    recipe = load_recipe("qwen-cgd", ["data.columns={question: problem, answer: gold}"])
    assert recipe.get("data", "columns") == {"question": "problem", "answer": "gold"}


def test_relative_paths_start_at_the_file_that_names_them(tmp_path):
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "rows.yaml").write_text("data: {source: rows.jsonl}\n")
    path = tmp_path / "top.yaml"
    path.write_text("extends: [llama-cgd, deep/rows.yaml]\nname: top\n")
    assert load_recipe(str(path)).folder("data", "source") == tmp_path / "deep"


def test_all_problems_come_at_once():
    with pytest.raises(RecipeError) as caught:
        load_recipe("qwen-cgd", ["train.epoch=2", "data.sede=1", "nonsense"])
    assert len(caught.value.problems) == 3


def test_null_takes_a_key_away():
    assert deep_merge({"a": 1, "b": {"c": 2, "d": 3}}, {"a": None, "b": {"c": None}}) == {"b": {"d": 3}}


@pytest.mark.parametrize(
    ("values", "messages"),
    [
        ({"user": "u"}, ["the file lacks 'extends', or 'needs' and 'assistant', or 'needs' and 'context'"]),
        (
            {"needs": []},
            [
                "the file lacks 'extends', or 'user' and 'assistant', or 'user' and 'context'",
                "'needs' has 0 entries; give it at least 1",
            ],
        ),
        (
            {"extends": "cgd", "replace": {"critique": "x"}},
            ["'replace.critique' must be a mapping, found 'x'; write its keys below it, each with a value"],
        ),
        (
            {"extends": "cgd", "replace": {"critique": {"from": "next"}}},
            ["'replace.critique.from' must be 'next row'; found 'next'; did you mean 'next row'?"],
        ),
        (
            {"extends": "cgd", "replace": {"critique": {"txt": "x"}}},
            ["unknown key 'replace.critique.txt'; did you mean 'text'?", "'replace.critique.text' is missing"],
        ),
    ],
)
def test_alternatives_of_a_schema_are_told_apart(values, messages):
    found = check_schema({"name": "x", "description": "x", **values}, "method")
    assert [finding.message for finding in found] == messages


def test_modelines_resolve():
    folders = ("recipes", "templates/methods", "templates/prompts")
    files = {folder: list((ROOT / folder).rglob("*.yaml")) for folder in folders}
    assert all(files.values())
    for file in chain(*files.values()):
        first = file.read_text(encoding="utf-8").splitlines()[0]
        assert first.startswith("# yaml-language-server: $schema=")
        assert (file.parent / first.partition("=")[2]).is_file(), file


@pytest.mark.parametrize(("files", "twice"), [(30, True), (150, False)])
def test_files_that_double_or_never_end_stop(files, twice, tmp_path):
    for number in range(files):
        parent = f"./{number + 1}.yaml"
        text = f"extends: [{parent}, {parent}]\n" if twice else f"extends: {parent}\n"
        (tmp_path / f"{number}.yaml").write_text(text if number < files - 1 else "name: x\n")
    with pytest.raises(RecipeError) as caught:
        merge_recipe(str(tmp_path / "0.yaml"))
    (problem,) = caught.value.problems
    assert problem.message == "a recipe extends more than 100 files, each counted as often as it is named"
    assert problem.where.line == 1
