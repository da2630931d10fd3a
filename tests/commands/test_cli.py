"""Commands, exit codes, and what they load."""

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from helpers.command import run
from helpers.lists import some
from helpers.plain import plain_yaml
from helpers.shipped import FAMILIES, RECIPES, ROOT
from jsonschema import Draft202012Validator

from cgd_recipes.commands.main import main
from cgd_recipes.commands.options import _complete_recipe
from cgd_recipes.files.schema import load_schema
from cgd_recipes.files.shipped import data_root, shipped_names


@pytest.fixture(autouse=True)
def in_empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def test_render_in_an_empty_folder(tmp_path):
    result = run("render", "qwen-cgd.yaml")
    assert result.exit_code == 0, result.output
    assert "cd build/qwen-cgd && bash launch.sh" in result.stdout
    assert (tmp_path / "build/qwen-cgd/axolotl.yaml").is_file()


def test_a_folder_that_begins_with_a_dash_is_no_option_of_cd():
    result = run("render", "qwen-cgd", "-o", "./-x y")
    assert "train     cd './-x y' && bash launch.sh" in result.stdout


def test_the_readme_shows_what_is_printed():
    shown = (ROOT / "README.md").read_text(encoding="utf-8")
    assert run("render", "qwen-cgd.yaml").stdout in shown


def test_a_full_disk_is_no_bug(monkeypatch):
    def full(*_args, **_options):
        raise OSError(28, "No space left on device", "build/x")

    monkeypatch.setattr("cgd_recipes.rendering.render.build_launch", full)
    result = run("render", "qwen-cgd")
    assert (result.exit_code, result.stderr) == (1, "build/x: No space left on device\n")


def test_render_for_machines():
    result = run("render", "qwen-cgd", "--json", "-o", "here")
    assert json.loads(result.stdout)["examples"] == 80
    assert json.loads(run("render", "qwen-cgd", "--json", "--dry-run").stdout)["written"] is False


def test_validate():
    unseen = "not held against its family, because the student is not a local folder"
    assert run("validate", "qwen-cgd").stdout == (
        f"qwen-cgd: valid\nstudent   {unseen}; launch.sh looks where the training starts\n"
    )
    found = json.loads(run("validate", "qwen-cgd", "--json").stdout)
    assert (found["valid"], found["student_unseen"]) == (True, unseen)


def test_validate_says_what_of_the_data_is_not_here():
    for source, told in (
        ("./gone.jsonl", "no such file or folder: ./gone.jsonl"),
        ("nobody/rows", "read from the hub"),
    ):
        result = run("validate", "qwen-cgd", "-s", f"data.source={source}")
        assert result.exit_code == 0
        assert result.stderr.startswith("warning: the data is not on this machine")
        assert told in result.stderr


def test_validate_says_it_of_every_arm_of_a_study(tmp_path):
    (tmp_path / "s.yaml").write_text(
        "name: s\nrecipe: qwen-cgd\nseeds: [1, 2]\n"
        "arms: {a: {settings: {data: {source: ./gone.jsonl}}}, b: {settings: {data: {split: nosuch}}}}\n"
    )
    result = run("validate", str(tmp_path / "s.yaml"), "--json")
    first, second = json.loads(result.stdout)["warnings"]
    assert "no such file or folder: ./gone.jsonl" in first
    assert second.startswith("the data cannot be used as it is") and "no split 'nosuch'" in second
    assert result.stderr.count("warning: ") == 2


def test_validate_takes_a_rendered_config(tmp_path):
    run("render", "qwen-cgd", "-o", "out")
    assert run("validate", "out/axolotl.yaml").exit_code == 0
    with open("out/axolotl.yaml", "a") as handle:
        handle.write("sample_paking: true\n")
    result = run("validate", "out/axolotl.yaml")
    assert result.exit_code == 1
    lines = len((tmp_path / "out/axolotl.yaml").read_text().splitlines())
    assert result.stderr == f"out/axolotl.yaml:{lines}:1: unknown key 'sample_paking'; did you mean 'sample_packing'?\n"


def test_errors_for_machines():
    result = run("validate", "qwen-cgd", "--json", "-s", "train.epochs=none")
    assert result.exit_code == 1
    (problem,) = json.loads(result.stdout)["problems"]
    assert problem == {
        "source": "-s train.epochs",
        "line": None,
        "column": None,
        "message": "'train.epochs' must be a whole number, found 'none'",
    }


def test_show_tells_origins():
    listing = json.loads(run("show", "qwen-cgd", "--json", "-s", "train.epochs=2").stdout)
    assert listing["train.epochs"] == {"value": 2, "origin": "-s train.epochs"}
    assert "recipes/base/full.yaml:" in run("show", "qwen-cgd").stdout


def test_show_of_a_rendered_folder(tmp_path):
    folder = str(tmp_path / "out")
    assert run("render", "qwen-cgd", "-o", folder).exit_code == 0
    listing = json.loads(run("show", folder, "--json").stdout)
    assert listing["train.epochs"]["origin"].startswith(f"{folder}/recipe.resolved.yaml:")


@pytest.mark.parametrize("name", ["axolotl.YAML", "axolotl config"])
def test_a_trainers_config_is_known_by_what_is_in_it(name, tmp_path):
    (tmp_path / name).write_text((ROOT / "tests/golden/qwen-cgd-axolotl-lora/axolotl.yaml").read_text())
    result = run("validate", str(tmp_path / name))
    assert (result.exit_code, result.stdout) == (0, f"{tmp_path / name}: valid\n"), result.stderr


def test_ls_names_everything_once():
    listing = json.loads(run("ls", "--json").stdout)
    folders = {
        "recipes": "recipes", "studies": "recipes/studies", "fragments": "recipes/base", "families": "recipes/families",
        "methods": "templates/methods", "formats": "recipes/formats", "stages": "templates/prompts",
    }  # fmt: skip
    assert {kind: sorted(entries) for kind, entries in listing.items()} == {
        kind: shipped_names(folder) for kind, folder in folders.items()
    }
    text = run("ls").stdout
    for entries in listing.values():
        for name, description in entries.items():
            assert name in text
            assert description in text


@pytest.mark.parametrize("family", some(FAMILIES, 4))
def test_new_writes_a_recipe_that_renders(family, tmp_path):
    assert run("new", family).exit_code == 0
    text = (tmp_path / f"{family}-cgd.yaml").read_text()
    assert not list(Draft202012Validator(load_schema("recipe")).iter_errors(plain_yaml(text)))
    result = run("render", f"{family}-cgd.yaml")
    assert result.exit_code == 0, result.output
    again = run("new", family)
    assert again.exit_code == 1
    assert "exists already" in again.stderr


@pytest.mark.parametrize(
    ("path", "name"),
    [("weird name.yaml", "weird-name"), ("_é_.yaml", "qwen-cgd"), ("2024.yaml", "2024"), ("null.yaml", "null")],
)
def test_new_names_a_recipe_as_the_schema_wants_it(path, name):
    written = run("new", "qwen", "-o", path)
    assert plain_yaml(Path(path).read_text())["name"] == name
    command = shlex.split(written.stdout.split("next: cgd-recipe ")[1])
    assert command == ["render", path]
    result = run("validate", path)
    assert result.exit_code == 0, result.output


def test_the_papers_families_are_listed_first():
    listed = json.loads(run("ls", "--json").stdout)
    papers = {"llama", "mixtral", "olmo", "qwen", "s1"}
    assert set(list(listed["families"])[: len(papers)]) == papers
    of_paper = [name.rpartition("-")[0] in papers for name in listed["recipes"]]
    assert of_paper == sorted(of_paper, reverse=True)


def test_new_for_another_method_and_unknown_family():
    assert run("new", "qwen", "-m", "dpo", "-o", "pairs.yaml").exit_code == 0
    assert run("validate", "pairs.yaml").exit_code == 0
    assert "did you mean 'qwen'?" in run("new", "qwne").stderr


@pytest.mark.parametrize("name", some(shipped_names("schemas", ".schema.json"), every=4))
def test_schemas_are_printed_and_valid(name):
    schema = json.loads(run("schema", name).stdout)
    Draft202012Validator.check_schema(schema)


def test_unknown_schema():
    assert "did you mean 'recipe'?" in run("schema", "recipes").stderr


def test_usage_errors_exit_with_2():
    assert run("render").exit_code == 2
    assert run("rendr", "x").exit_code == 2


def broken(*_args, **_options):
    raise ZeroDivisionError("oops")


def test_our_own_faults_exit_with_3_and_leave_a_log(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr("cgd_recipes.commands.catalog.run_ls", broken)
    result = run("ls", "--json")
    log = tmp_path / "cache" / "cgd-recipes" / "cgd-recipe.log"
    assert result.exit_code == 3
    assert result.stderr == (
        f"cgd-recipe: ZeroDivisionError: oops\nThis is a bug in cgd-recipes. Please report it with the log {log}\n"
    )
    text = log.read_text()
    assert text.startswith("cgd-recipes 0.") and "\ncommand: cgd-recipe ls --json\n" in text
    assert text.endswith("ZeroDivisionError: oops\n") and "Traceback" in text


@pytest.mark.parametrize("home", ["file", "nothing"])
def test_a_bug_is_told_where_no_cache_can_be_written(monkeypatch, tmp_path, home):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    if home == "nothing":
        monkeypatch.setattr("tempfile.mkdtemp", lambda *_, **__: str(tmp_path / "file" / "x"))
    monkeypatch.setattr("cgd_recipes.commands.catalog.run_ls", broken)
    result = run("ls")
    assert result.exit_code == 3
    assert ("cgd-recipe --debug" if home == "nothing" else "the log /") in result.stderr


@pytest.mark.parametrize("way", ["option", "variable"])
def test_debug_shows_the_traceback(monkeypatch, tmp_path, way):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    if way == "variable":
        monkeypatch.setenv("CGD_DEBUG", "1")
    monkeypatch.setattr("cgd_recipes.commands.catalog.run_ls", broken)
    result = run(*["--debug"][: way == "option"], "ls")
    assert result.exit_code == 3
    assert "Traceback" in result.stderr
    assert "Traceback" in run("--debug", "validate", "nosuch").stderr


@pytest.mark.parametrize("error", [FileNotFoundError, PermissionError, NotADirectoryError])
def test_a_file_of_ours_that_cannot_be_read_is_a_bug(monkeypatch, tmp_path, error):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))

    def lost(*_args, **_options):
        raise error(2, "lost", str(data_root() / "schemas" / "recipe.schema.json"))

    monkeypatch.setattr("cgd_recipes.commands.catalog.run_ls", lost)
    result = run("ls")
    assert result.exit_code == 3
    assert "This is a bug in cgd-recipes" in result.stderr


def test_json_behind_the_dashes_is_the_trainers(tmp_path):
    result = run("train", "nosuch", "--", "--json")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("nosuch: no such file")
    assert json.loads(run("validate", "nosuch", "--json").stdout)["problems"][0]["source"] == "nosuch"
    assert json.loads(run("validate", "-s", "--json", "nosuch", "--json").stdout)["problems"]
    assert run("validate", "nosuch", "-s", "--json").stdout == ""


def test_interruption_exits_with_130_and_leaves_nothing(monkeypatch, tmp_path):
    def interrupted(*_args, **_options):
        raise KeyboardInterrupt

    monkeypatch.setattr("cgd_recipes.rendering.render.build_launch", interrupted)
    result = run("render", "qwen-cgd")
    assert (result.exit_code, result.stderr.strip()) == (130, "interrupted")
    assert list(tmp_path.iterdir()) == []


HOSTILE = "a\x1b[2J\x07\u202eb\nout.yaml: valid\r\x85\u2028c\U000e0041"
QUOTED = yaml.safe_dump(HOSTILE, default_style='"', width=999).strip()
SHOWN = "a⟨U+001B⟩[2J⟨U+0007⟩⟨U+202E⟩b\n    out.yaml: valid⟨U+000D⟩⟨U+0085⟩⟨U+2028⟩c⟨U+E0041⟩"


def test_text_of_others_does_not_steer_the_terminal(tmp_path):
    (tmp_path / "r.yaml").write_text(f"extends: qwen-cgd\nname: x\ndescription: {QUOTED}\n")
    assert SHOWN in run("render", "r.yaml", "--dry-run").stdout
    assert run("validate", "r.yaml", "-s", f"family={QUOTED}").stderr.count(SHOWN) == 1
    shown = run("show", "r.yaml", "-s", f"system_prompt={QUOTED}").stdout
    assert not set(shown) & set("\x1b\x07\u202e\r\x85\u2028\U000e0041")
    found = run("show", "r.yaml", "--json").stdout
    assert found.isprintable() or not set(found) & set("\x1b\x07\u202e\r\x85\u2028\U000e0041\x7f")
    assert json.loads(found)["description"]["value"] == HOSTILE


@pytest.mark.parametrize("value", ["[/INST]", "[bold]x[/bold]", "[link=http://x]y", "\\[x]", ":smile:"])
def test_values_are_not_markup(value):
    result = run("show", "qwen-cgd", "-s", f"system_prompt={json.dumps(value)}")
    assert result.exit_code == 0, result.output
    assert json.dumps(value) in result.stdout


@pytest.mark.processes
def test_names_that_are_not_utf8_are_printed(tmp_path):
    name = os.fsencode(tmp_path) + b"/\xff.yaml"
    with open(name, "w") as handle:
        handle.write("extends: qwen-cgd\nname: x\n")
    done = subprocess.run([sys.executable, "-m", "cgd_recipes", "validate", name], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.decode().startswith(f"{tmp_path}/⟨U+DCFF⟩.yaml: valid\n")


def test_every_command_has_help():
    for name in main.commands:
        result = run(name, "--help")
        assert result.exit_code == 0
        told = " ".join(result.output.split())
        assert " ".join(main.commands[name].help.split("\f")[0].split()) in told


@pytest.mark.processes
@pytest.mark.parametrize("arguments", [["--help"], ["validate", "qwen-cgd"], ["ls"], ["show", "qwen-cgd", "--json"]])
def test_quick_commands_load_nothing_heavy(arguments):
    script = (
        "import sys\nfrom cgd_recipes.commands.main import main\n"
        f"try: main({arguments!r})\nexcept SystemExit: pass\n"
        "heavy = ('torch', 'transformers', 'datasets', 'pyarrow', 'numpy', 'rich', 'cgd_recipes.grading')\n"
        "print(*[m for m in heavy if m in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == ""


@pytest.mark.processes
@pytest.mark.parametrize("arguments", [["render", "qwen-cgd", "--dry-run"], ["preview", "qwen-cgd"]])
def test_without_curation_nothing_waits_for_the_grader(arguments):
    script = (
        "import sys\nfrom cgd_recipes.commands.main import main\n"
        f"try: main({arguments!r})\nexcept SystemExit as end: assert not end.code\n"
        "assert 'cgd_recipes.grading' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)


@pytest.mark.processes
def test_help_does_not_wait_for_the_schema_library():
    script = (
        "import sys\nfrom cgd_recipes.commands.main import main\n"
        "try: main(['--help'])\nexcept SystemExit: pass\n"
        "assert 'jsonschema' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)


def test_completion_offers_shipped_recipes():
    items = _complete_recipe(None, None, "qwen")
    assert [item.value for item in items] == [*(name for name in RECIPES if name.startswith("qwen")), "qwen"]
