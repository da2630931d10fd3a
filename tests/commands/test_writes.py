"""Every command that writes: files of others stay, and the message says what to do."""

import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from cgd_recipes.commands.main import main
from cgd_recipes.errors import RecipeError
from cgd_recipes.evaluation.job import RESULTS, write_outputs
from cgd_recipes.files.hashes import file_sha256
from cgd_recipes.files.ownership import read_manifest

GENERATE = """
extends: [llama-cgd, base/generate]
name: r
data: {source: rows.jsonl}
generate:
  output: g
  engine: openai
  student: {base_urls: ["http://127.0.0.1:9/v1"], model: m}
  teacher: {base_urls: ["http://127.0.0.1:9/v1"], model: m}
"""


@pytest.fixture(autouse=True)
def in_empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def run(*arguments):
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 1, result.output
    return result.stderr


def write(path, text="mine\n"):
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(text)


@pytest.mark.parametrize("name", ["manifest.json", "triples.jsonl", "failed.jsonl", "rejected.jsonl"])
def test_generate_beside_files_of_others(name):
    write("rows.jsonl", '{"id": "a", "question": "q"}\n')
    write("r.yaml", GENERATE)
    write(f"g/{name}")
    assert f"g/{name}: is in the way and was not written by `cgd-recipe generate`; move it away" in run(
        "generate", "r.yaml"
    )
    assert Path(f"g/{name}").read_text() == "mine\n"
    assert os.listdir("g") == [name]


@pytest.mark.parametrize("name", ["triples.jsonl", "rejected.jsonl"])
def test_generate_from_a_source_in_its_own_folder(name):
    write(f"g/{name}", '{"id": "a", "question": "q"}\n')
    write("r.yaml", GENERATE.replace("rows.jsonl", f"g/{name}"))
    assert "is read by the recipe, and would be overwritten" in run("generate", "r.yaml")
    assert os.listdir("g") == [name]


def test_a_lock_that_is_none():
    write("rows.jsonl", '{"id": "a", "question": "q"}\n')
    write("r.yaml", GENERATE)
    write("g/journal.sqlite.lock")
    assert "journal.sqlite.lock: is in the way" in run("generate", "r.yaml")
    assert Path("g/journal.sqlite.lock").read_text() == "mine\n"


def test_render_into_the_folder_of_a_generation():
    write("g/triples.jsonl")
    outputs = {"triples.jsonl": file_sha256(Path("g/triples.jsonl"))}
    # As cgd-recipes 0.1 wrote it.
    write("g/manifest.json", json.dumps({"manifest_version": 1, "made_from": {}, "outputs": outputs}))
    assert "holds what `cgd-recipe generate` wrote; choose another folder with -o" in run(
        "render", "qwen-cgd", "-o", "g"
    )
    assert sorted(os.listdir("g")) == ["manifest.json", "triples.jsonl"]


def test_a_page_over_a_file_of_the_users_and_over_an_earlier_page():
    write("page.html")
    assert "page.html: is in the way" in run("preview", "qwen-cgd", "--html", "page.html")
    assert Path("page.html").read_text() == "mine\n"
    Path("page.html").unlink()
    for row in ("1", "2"):
        result = CliRunner().invoke(main, ["preview", "qwen-cgd", "--row", row, "--html", "page.html"])
        assert result.exit_code == 0, result.output


@pytest.mark.parametrize("name", ["eval.yaml", "tasks/cgd_math.yaml", "results.json", "manifest.json"])
def test_an_evaluation_beside_files_of_others(name):
    write(name)
    texts = {"eval.yaml": "a: 1\n", "tasks/cgd_math.yaml": "b: 1\n", RESULTS: "{}"}
    with pytest.raises(RecipeError, match=r"is in the way and was not written by `cgd-recipe eval`"):
        write_outputs(Path(), texts)
    assert Path(name).read_text() == "mine\n"


def test_an_evaluation_keeps_its_results_until_there_are_new_ones():
    folder = Path("e")
    write_outputs(folder, {"eval.yaml": "a: 1\n", "tasks/x.yaml": "b: 1\n"}, keep=(RESULTS,))
    write_outputs(folder, {RESULTS: "1"})
    write("e/runs/one", "hours of work")
    write_outputs(folder, {"eval.yaml": "a: 2\n"}, keep=(RESULTS,))
    assert read_manifest(folder)["outputs"].keys() == {"eval.yaml", RESULTS}
    assert (folder / RESULTS).read_text() == "1"
    assert (folder / "runs" / "one").read_text() == "hours of work"
    assert not (folder / "tasks" / "x.yaml").exists()
    (folder / RESULTS).write_text("edited")
    with pytest.raises(RecipeError, match="was changed since it was written"):
        write_outputs(folder, {RESULTS: "2"})


@pytest.mark.parametrize("pattern", ["(a|a|b|x| )+$ZZ", "(", "x*"])
def test_patterns_of_a_family_are_checked_when_it_is_read(pattern):
    from cgd_recipes.files.shipped import data_root

    text = (data_root() / "recipes" / "families" / "qwen.yaml").read_text()
    write("mine.yaml", "".join(line for line in text.splitlines(True) if not line.startswith(("control_tokens", "#"))))
    with open("mine.yaml", "a") as handle:
        handle.write(f"control_tokens: ['<x>', {json.dumps(pattern)}]\n")
    line = len(Path("mine.yaml").read_text().splitlines())
    assert f"mine.yaml:{line}:25: 'control_tokens[1]' " in run("validate", "qwen-cgd", "-s", "family=./mine.yaml")


RENDER = """
extends: [llama-cgd]
name: r
data: {source: sample}
"""


@pytest.mark.parametrize("name", ["axolotl.yaml", "eval.yaml", "recipe.resolved.yaml"])
def test_render_never_takes_the_place_of_its_own_recipe(name):
    write(f"o/{name}", RENDER)
    message = (
        f"o/{name}: is read by the recipe, and would be overwritten; move it away, or choose another folder with -o"
    )
    assert message in run("render", f"o/{name}", "-o", "o", "--force")
    assert Path(f"o/{name}").read_text() == RENDER
    assert os.listdir("o") == [name]


def test_render_again_from_what_an_earlier_render_wrote():
    write("r.yaml", RENDER)
    for recipe in ("r.yaml", "o/recipe.resolved.yaml"):
        result = CliRunner().invoke(main, ["render", recipe, "-o", "o"])
        assert result.exit_code == 0, result.output


def test_a_new_recipe_through_a_link_that_leads_nowhere():
    Path("mine.yaml").symlink_to("nowhere.yaml")
    assert "mine.yaml: exists already" in run("new", "qwen", "-o", "mine.yaml")
    assert not Path("nowhere.yaml").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ("render", "r.yaml", "-o", "loop"),
        ("report", "--paper", "-o", "loop"),
        ("inspect", "r.yaml", "-o", "loop"),
        ("validate", "r.yaml", "-s", "evaluate.data=loop"),
    ],
)
def test_a_link_that_leads_to_itself_is_a_mistake_of_the_users(arguments):
    write("r.yaml", RENDER)
    Path("loop").symlink_to("loop")
    assert "loop" in run(*arguments)


def test_nothing_waits_for_a_pipe_in_a_folder():
    write("r.yaml", RENDER)
    for name in ("o/manifest.json", "s/config.json", "e/results.json", "data/below/manifest.json"):
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        os.mkfifo(name)
    assert "o: is not empty and was not written by cgd-recipes" in run("render", "r.yaml", "-o", "o")
    assert "config.json" in run("validate", "r.yaml", "-s", "student=./s")
    assert "config.json" in run("family", "s")
    assert "results.json" in run("report", "e", "-o", "p")
    assert "data/below/manifest.json: is no regular file" in run("render", "r.yaml", "-s", "data.source=data")


def test_a_checkpoint_folder_that_leads_to_itself_is_looked_for_where_the_training_starts():
    write("r.yaml", RENDER)
    Path("loop").symlink_to("loop")
    settings = ["-s", "train.trainer=torchtune", "-s", "train.checkpoint_dir=loop"]
    assert CliRunner().invoke(main, ["validate", "r.yaml", *settings]).exit_code == 0
