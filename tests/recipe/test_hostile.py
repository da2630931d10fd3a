"""Recipes that are large, deep, or name what cannot be a file: a located error, soon."""

import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner
from helpers.lists import some
from helpers.rows import FEW_ROWS

from cgd_recipes.commands.main import main
from cgd_recipes.errors import RecipeError
from cgd_recipes.files.schema import check_schema
from cgd_recipes.files.yaml import parse_yaml
from cgd_recipes.recipe import merge as module
from cgd_recipes.recipe.merge import merge_recipe


@pytest.fixture(autouse=True)
def in_empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))


def problems_of(name, *settings):
    with pytest.raises(RecipeError) as caught:
        merge_recipe(name, settings)
    return [str(problem) for problem in caught.value.problems]


def test_files_that_double(monkeypatch):
    Path("d0.yaml").write_text("name: x\n")
    for number in range(1, 40):
        Path(f"d{number}.yaml").write_text(f"extends: [./d{number - 1}.yaml, ./d{number - 1}.yaml]\n")
    read = []
    whole = module.read_yaml
    monkeypatch.setattr(module, "read_yaml", lambda *arguments: read.append(1) or whole(*arguments))
    (problem,) = problems_of("d39.yaml")
    assert "a recipe extends more than 100 files" in problem
    assert len(read) < 200


@pytest.mark.parametrize("section", ["", "train:\n  axolotl:\n    x:\n", "data:\n", "generate:\n  student:\n"])
def test_thousands_of_unknown_keys(section):
    indent = " " * (2 * section.count("\n"))
    Path("k.yaml").write_text("name: x\n" + section + "".join(f"{indent}key{number}: 1\n" for number in range(4_000)))
    try:
        merge_recipe("k.yaml")
    except RecipeError as error:
        assert len(error.problems) == 101
        assert "there may be more unknown keys here; the first 100 are named" in str(error.problems[-1])
    else:
        assert "axolotl" in section  # checked against the trainer's own schema, later


def test_merging_takes_a_step_for_every_value(monkeypatch):
    """Each file's places are looked up once, however many values there are."""
    values = "".join(f"    key{number}: {{a: 1, b: [1, 2]}}\n" for number in range(1_000))
    Path("a.yaml").write_text(f"train:\n  axolotl:\n{values}")
    Path("b.yaml").write_text(f"extends: ./a.yaml\nname: x\ntrain:\n  axolotl:\n{values}")
    steps = []
    whole = module._paths
    monkeypatch.setattr(module, "_paths", lambda *arguments: steps.append(1) or whole(*arguments))
    recipe = merge_recipe("b.yaml")
    assert sum(steps) < 40_000
    assert str(recipe.where(("train", "axolotl", "key999", "b", 1))) == "b.yaml:1004:27"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: |\n" + "  x\n" * 300_000, "f:1:1: longer than 1,000,000 characters"),
        ("a: [" + "1," * 50_000 + "]", "f:1:"),
        ("# " + "x" * 1_000_000, "f:1:1: longer than"),
    ],
)
def test_large_files(text, message):
    with pytest.raises(RecipeError) as caught:
        parse_yaml(text, "f")
    assert str(caught.value).startswith(message)


KEYS = ["student", "family", "method", "data.source", "generate.output", "generate.journal", "train.checkpoint_dir"]
KEYS += ["generate.student.model", "evaluate.data", "teacher", "system_prompt"]
PATHS = KEYS[:-1]


@pytest.mark.parametrize("key", KEYS)
def test_no_text_holds_a_nul(key):
    (problem,) = problems_of("qwen-cgd", f'{key}="a\\0b.yaml"')
    assert problem == f"-s {key}: holds the character NUL (\\0), which no text and no file name may have"


@pytest.mark.parametrize("key", PATHS)
def test_the_home_folder_is_written_out_for_every_path(key, tmp_path):
    path = key.split(".")
    assert merge_recipe("qwen-cgd", [f"{key}=~/x.yaml"]).get(*path) == f"{tmp_path}/home/x.yaml"
    (problem,) = problems_of("qwen-cgd", f"{key}=~nosuchuser/x.yaml")
    assert problem == f"-s {key}: '~nosuchuser/x.yaml' is no path: there is no user of that name"


@pytest.mark.parametrize("key", PATHS)
@pytest.mark.parametrize("variable", ["$DATA", "${DATA}", "$_x1"])
def test_a_variable_is_refused_in_every_path(key, variable):
    (problem,) = problems_of("qwen-cgd", f"{key}={variable}/x.yaml")
    message = f"'{variable}/x.yaml' is no path: {variable} is not expanded here, so write the path out"
    assert problem == f"-s {key}: {message}"


def test_a_variable_is_refused_in_lists_and_in_extends_and_a_dollar_is_none(tmp_path):
    Path("r.yaml").write_text("extends: qwen-cgd\ngenerate: {stages: [probe, $DATA/mine.yaml]}\n")
    assert problems_of("r.yaml") == [
        "r.yaml:2:28: '$DATA/mine.yaml' is no path: $DATA is not expanded here, so write the path out"
    ]
    Path("r.yaml").write_text("extends: $DATA/a.yaml\n")
    assert problems_of("r.yaml")[0].startswith("r.yaml:1:10: '$DATA/a.yaml' is no path: $DATA is not expanded")
    Path("$DATA").mkdir()
    for name in ("$DATA", "a$", "5$ off", "$5"):
        assert merge_recipe("qwen-cgd", [f"data.source={name}"]).get("data", "source") == name


@pytest.mark.parametrize(
    ("text", "cure"),
    [
        ("hf://datasets/a/b.c", "write the id of the dataset, a/b.c"),
        ("https://huggingface.co/datasets/a/b/resolve/main/x.jsonl", "write the id of the dataset, a/b"),
        ("https://example.com/y.jsonl", "download it, and write the path of the file"),
        ("s3://bucket/y.jsonl", "download it, and write the path of the file"),
    ],
)
@pytest.mark.parametrize("key", ["data.source", "data.format", "evaluate.data"])
def test_addresses_are_not_read(key, text, cure):
    (problem,) = problems_of("qwen-cgd", f"{key}={text}")
    cure = cure if key == "data.source" else "download it, and write the path of the file"
    assert problem == f"-s {key}: '{text}' is an address, and addresses are not read: {cure}"


def test_files_of_questions_to_leave_out_are_paths_too():
    Path("r.yaml").write_text(
        "extends: [qwen-cgd, base/curate]\ncurate: {decontaminate: {against: [$D/x.jsonl, 's3://b/y.jsonl']}}\n"
    )
    first, second = problems_of("r.yaml")
    assert first == "r.yaml:2:36: '$D/x.jsonl' is no path: $D is not expanded here, so write the path out"
    assert second.startswith("r.yaml:2:48: 's3://b/y.jsonl' is an address")


def test_an_address_in_a_list_is_found_in_its_place():
    Path("r.yaml").write_text("extends: qwen-cgd\nevaluate: {tasks: [cgd_math, 'https://h/x.jsonl']}\n")
    assert problems_of("r.yaml")[0].startswith("r.yaml:2:30: 'https://h/x.jsonl' is an address")


@pytest.mark.parametrize("trainer", ["axolotl", "torchtune", "trl"])
def test_a_variable_in_an_output_folder_of_a_trainer_is_refused(trainer, tmp_path):
    key = f"train.{trainer}.output_dir"
    (problem,) = problems_of("qwen-cgd", f"{key}=$OUT/x")
    assert problem == f"-s {key}: '$OUT/x' is no path: $OUT is not expanded here, so write the path out"
    assert merge_recipe("qwen-cgd", [f"{key}=~/x"]).get(*key.split(".")) == f"{tmp_path}/home/x"


def test_what_torchtune_expands_itself_is_left_to_it():
    settings = ["train.torchtune.base=/a", "train.torchtune.output_dir=${base}/x"]
    assert merge_recipe("qwen-cgd", settings).get("train", "torchtune", "output_dir") == "${base}/x"


def test_the_home_folder_in_lists_and_in_extends(tmp_path):
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "a.yaml").write_text("name: from-home\n")
    Path("r.yaml").write_text("extends: [qwen-cgd, ~/a.yaml]\ngenerate: {stages: [probe, ~/mine.yaml]}\n")
    recipe = merge_recipe("r.yaml")
    assert recipe.get("name") == "from-home"
    assert recipe.get("generate", "stages") == ["probe", f"{tmp_path}/home/mine.yaml"]
    Path("r.yaml").write_text("extends: ~nosuchuser/a.yaml\n")
    assert problems_of("r.yaml") == ["r.yaml:1:10: '~nosuchuser/a.yaml' is no path: there is no user of that name"]


@pytest.mark.parametrize("name", ["x\n", "x\r", "x\u2028", "a b"])
def test_the_end_of_a_pattern_is_the_end_of_the_text(name):
    (finding,) = check_schema({"name": name}, "recipe")
    assert finding.message.startswith("'name' must match ^[A-Za-z0-9]")


def test_a_folder_that_is_not_utf8_is_told(tmp_path):
    folder = os.fsencode(tmp_path) + b"/\xff"
    os.mkdir(folder)
    Path(os.fsdecode(folder), "config.json").write_text("{}")
    Path(os.fsdecode(folder), "chat_template.jinja").write_text("{{ messages }}")
    os.chdir(folder)
    result = CliRunner().invoke(main, ["render", "qwen-cgd", "-o", str(tmp_path / "out"), "-s", "student=."])
    assert (result.exit_code, "is not UTF-8" in result.stderr) == (1, True), result.output


@pytest.mark.parametrize(
    "key", some(["manifest_version", "outputs", "source", "trainer", "family_files", "method", "rows"], every=7)
)
def test_a_damaged_manifest_is_no_bug(key, tmp_path):
    run = CliRunner().invoke
    rendering = ["render", "qwen-cgd", "-o", "out", *(part for setting in FEW_ROWS for part in ("-s", setting))]
    assert run(main, rendering).exit_code == 0
    manifest = json.loads(Path("out/manifest.json").read_text())
    for bad in (None, 5, [5], {"x": 5}, "x"):
        for command in (["train", "out", "--dry-run"], [*rendering, "--dry-run"]):
            Path("out/manifest.json").write_text(json.dumps({**manifest, key: bad}))
            result = run(main, command)
            assert result.exit_code in (0, 1), (key, bad, command, result.output)
