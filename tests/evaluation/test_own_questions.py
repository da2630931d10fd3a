"""Files of questions as tasks of a recipe."""

import json
from pathlib import Path

import pytest
from helpers.plain import plain_yaml

from cgd_recipes.errors import RecipeError
from cgd_recipes.evaluation.harness.documents import DATA, Benchmark, load_documents
from cgd_recipes.evaluation.job import make_job
from cgd_recipes.evaluation.plan import build_eval, eval_task_files
from cgd_recipes.evaluation.settings import EvalSettings
from cgd_recipes.recipe.resolve import load_recipe
from cgd_recipes.rendering.check import check_recipe
from cgd_recipes.rendering.resolved import resolved
from cgd_recipes.trainers.plan import make_plan


@pytest.fixture
def recipe(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "mine"
    folder.mkdir()
    rows = [{"question": "What is 2 + 3?", "answer": "5"}, {"problem": "Half of 3?", "answer": "3/2"}]
    (folder / "sums.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (folder / "mine.yaml").write_text("extends: qwen-cgd\nevaluate:\n  tasks: [cgd_gsm8k, sums.jsonl]\n")
    return folder / "mine.yaml"


def test_a_file_is_a_task_of_its_name(recipe, monkeypatch):
    plan = make_plan(load_recipe(str(recipe)))
    monkeypatch.setenv(DATA, "/elsewhere")
    assert build_eval(plan, "m")["tasks"] == ["cgd_gsm8k", "sums"]
    files = eval_task_files(plan)
    assert set(files) == {"_cgd_base", "cgd_task.py", "cgd_gsm8k.yaml", "sums.yaml"}
    task = plain_yaml(files["sums.yaml"])
    assert (task["include"], task["task"]) == ("_cgd_base", "sums")
    documents = load_documents(Benchmark.of(task))
    assert [(document.problem, document.answer) for document in documents] == [
        ("What is 2 + 3?", "5"),
        ("Half of 3?", "3/2"),
    ]


def test_the_path_starts_at_the_recipe_and_is_kept_whole(recipe):
    plan = make_plan(load_recipe(str(recipe)))
    assert resolved(plan)["evaluate"]["tasks"] == ["cgd_gsm8k", str(recipe.with_name("sums.jsonl").resolve())]


def test_results_depend_on_what_is_in_the_file(recipe):
    def fingerprint():
        plan = make_plan(load_recipe(str(recipe), ["evaluate.tasks=[mine/sums.jsonl]"]))
        return make_job(plan, EvalSettings.of(plan.recipe), "m", Path("/x"), limit=None, python="").fingerprint

    before = fingerprint()
    assert fingerprint() == before
    recipe.with_name("sums.jsonl").write_text('{"question": "?", "answer": "1"}\n')
    assert fingerprint() != before


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("none.jsonl", "there is no file "),
        ("mine/cgd_x.jsonl", "'cgd_x.jsonl' cannot name a task"),
        ("mine/a b.jsonl", "'a b.jsonl' cannot name a task"),
        ("other/sums.jsonl", "would be one task, 'sums'; rename one of them"),
        ("mine/sums.jsonl", "would be one task, 'sums'; rename one of them"),
        (
            "sums.jsonl.gz",
            "'sums.jsonl.gz' is no task; questions of your own are a file in evaluate.tasks that ends in .jsonl",
        ),
        ("mine/sums.CSV", "'mine/sums.CSV' is no task"),
    ],
)
def test_what_cannot_be_a_task(recipe, name, message):
    Path("other").mkdir()
    for file in ("mine/cgd_x.jsonl", "mine/a b.jsonl", "other/sums.jsonl"):
        Path(file).touch()
    plan = make_plan(load_recipe(str(recipe), [f'evaluate.tasks=["mine/sums.jsonl", "{name}"]']))
    with pytest.raises(RecipeError) as caught:
        check_recipe(plan)
    assert message in str(caught.value)
    assert str(caught.value).startswith("-s evaluate.tasks: ")
