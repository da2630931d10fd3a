"""The task files that come with the package, copies of them with a recipe's settings, and their place in lm-eval."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from helpers.command import run
from helpers.shipped import ROOT

from cgd_recipes.errors import RecipeError
from cgd_recipes.evaluation import install as installing
from cgd_recipes.evaluation.taskfiles import (
    average_of,
    copied_files,
    expand_groups,
    lm_eval_tasks_in,
    task_file,
    task_names,
)
from cgd_recipes.grading.benchmark_golds import BENCHMARKS

EVALS = ROOT / "evals"


class Loader(yaml.SafeLoader):
    """Reads `!function` as text, as lm-eval does when it lists tasks."""


Loader.add_constructor("!function", lambda loader, node: loader.construct_scalar(node))


def read(text):
    return yaml.load(text, Loader)


@pytest.mark.parametrize("name", task_names())
def test_every_file_is_a_task_or_a_group_of_its_name(name):
    keys = task_file(name)
    if "group" in keys:
        assert keys["group"] == name
        assert all(member in task_names() or member in lm_eval_tasks_in([name]) for member in keys["task"])
        return
    while keys["include"] != "_cgd_base":
        keys = {**task_file(keys["include"].removesuffix(".yaml")), **keys, "include": "_cgd_base"}
    assert keys["task"] == name
    assert keys["benchmark"] in BENCHMARKS or keys["answers_like"] in BENCHMARKS
    assert (EVALS / keys["include"]).is_file()
    # The one exception says why in its file.
    assert len(keys.get("dataset_kwargs", {}).get("revision", "")) == 40 or keys["benchmark"] == "theoremqa"


def test_the_groups_are_the_papers():
    assert {name.removeprefix("cgd_") for name in expand_groups(["cgd_math"])} == set(BENCHMARKS)
    assert expand_groups(["cgd_math_passk"]) == expand_groups(["cgd_math"])
    assert set(expand_groups(["cgd_g1"])) == {
        f"cgd_{one}" for one in ("math500", "minerva_math", "gsm8k", "olympiadbench", "amc23")
    }
    assert lm_eval_tasks_in(["cgd_g2"]) == ["gpqa_diamond_cot_zeroshot", "mmlu_pro"]
    assert set(average_of("cgd_g2")) == set(expand_groups(["cgd_g2"]))
    assert average_of("cgd_general") is None
    assert len(lm_eval_tasks_in(["cgd_general"])) == 7


def test_validation_and_reported_problems_are_different_splits():
    assert task_file("cgd_math_val")["test_split"] == "train"
    assert "cgd_math_val" not in expand_groups(["cgd_math", "cgd_g2"])


def test_the_base_has_no_stop_strings_and_does_not_forbid_sampling():
    base = read((EVALS / "_cgd_base").read_text())
    assert base["generation_kwargs"]["until"] == []
    assert "do_sample" not in base["generation_kwargs"]
    assert task_file("cgd_math_passk")["include"] == "_cgd_passk"
    twin = read((EVALS / "_cgd_passk").read_text())["generation_kwargs"]
    assert twin["do_sample"] is True and twin["until"] == []


def test_copies_carry_the_settings():
    values = {"repeats": 8, "pass_at": [1, 8], "grader": "compat", "data": "/some where/ü"}
    files = copied_files(["cgd_math", "ifeval"], values)
    assert set(files) == {
        "_cgd_base",
        "cgd_task.py",
        "cgd_math.yaml",
        *(f"{name}.yaml" for name in expand_groups(["cgd_math"])),
    }
    base = read(files["_cgd_base"])
    assert {key: base[key] for key in values} == values
    assert base["description"] == read((EVALS / "_cgd_base").read_text())["description"]
    metrics = [one["metric"] for one in read(files["cgd_math.yaml"])["aggregate_metric_list"]]
    assert metrics == ["pass@1", "pass@8", "majority@8", "answered", "truncated"]
    assert copied_files(["ifeval"], values) == {}
    assert "cgd_theoremqa.yaml" in copied_files(["cgd_theoremqa_text"], values)


@pytest.fixture
def tasks(tmp_path):
    folder = tmp_path / "lm_eval" / "tasks"
    folder.mkdir(parents=True)
    (folder / "gsm8k.yaml").write_text("task: gsm8k\n")
    return folder


def test_install_and_uninstall_leave_no_trace(tasks):
    before = sorted(tasks.rglob("*"))
    target = installing.install(tasks)
    assert {path.name for path in target.iterdir()} == {*installing.our_files(), installing.MANIFEST}
    assert installing.state(tasks).faults == []
    installing.install(tasks)
    (target / "__pycache__").mkdir()
    assert len(installing.uninstall(tasks)) == len(installing.our_files())
    assert sorted(tasks.rglob("*")) == before
    assert installing.uninstall(tasks) == []
    assert installing.state(tasks) == (None, [])


def test_edited_and_added_files_are_not_removed(tasks):
    target = installing.install(tasks)
    (target / "cgd_amc23.yaml").write_text("mine")
    (target / "own.yaml").write_text("mine")
    for act in (installing.uninstall, installing.install):
        with pytest.raises(RecipeError) as error:
            act(tasks)
        assert [problem.where.source.rpartition("/")[2] for problem in error.value.problems] == [
            "cgd_amc23.yaml",
            "own.yaml",
        ]
    assert len(installing.state(tasks).faults) == 2


def test_a_missing_file_is_told_and_put_back(tasks):
    target = installing.install(tasks)
    (target / "cgd_math.yaml").unlink()
    assert installing.state(tasks).faults == [f"{target / 'cgd_math.yaml'} is missing; run cgd-recipe tasks install"]
    installing.install(tasks)
    assert installing.state(tasks).faults == []


def test_a_folder_of_someone_elses_stays(tasks):
    (tasks / installing.FOLDER).mkdir()
    with pytest.raises(RecipeError, match="was not written by cgd-recipes"):
        installing.install(tasks)
    assert "was not written by cgd-recipes" in installing.state(tasks).faults[0]


def test_a_stale_copy_is_told_and_replaced(tasks):
    target = installing.install(tasks)
    manifest = json.loads((target / installing.MANIFEST).read_text())
    (target / "cgd_old.yaml").write_text("task: cgd_old\n")
    manifest["outputs"]["cgd_old.yaml"] = installing.file_sha256(target / "cgd_old.yaml")
    manifest["cgd-recipes"] = "0.0.1"
    (target / installing.MANIFEST).write_text(json.dumps(manifest))
    (fault,) = installing.state(tasks).faults
    assert "is of cgd-recipes 0.0.1, other than this one; run cgd-recipe tasks install" in fault
    installing.install(tasks)
    assert installing.state(tasks).faults == []
    assert not (target / "cgd_old.yaml").exists()


def test_lm_eval_is_found_without_being_imported(tmp_path, monkeypatch):
    package = tmp_path / "lm_eval"
    (package / "tasks").mkdir(parents=True)
    (package / "__init__.py").write_text("raise RuntimeError")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert installing.lm_eval_tasks(sys.executable) == package / "tasks"


def test_the_commands(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CGD_EVAL_BIN", str(tmp_path / "none"))
    folder = Path(run("tasks", "path").stdout.strip())
    assert {path.name for path in folder.iterdir()} >= set(installing.our_files())
    result = run("tasks", "check", "cgd_amc32")
    assert (result.exit_code, result.stderr) == (1, "cgd_amc32: there is no such task; did you mean 'cgd_amc23'?\n")
    for command in ("install", "uninstall", "check"):
        result = run("tasks", command)
        assert result.exit_code == 1
        assert result.stderr.startswith(
            f"CGD_EVAL_BIN: there is no 'lm_eval' in {tmp_path / 'none'}; name the bin folder"
        )


@pytest.mark.processes
def test_help_loads_no_lm_eval_and_no_datasets():
    script = "import sys; from cgd_recipes.commands.eval_cli import eval_; sys.exit(bool({'lm_eval', 'datasets'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
