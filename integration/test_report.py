"""Reports over files that a real lm-eval wrote, of models whose truth is known."""

import json
import shutil

import pytest
from click.testing import CliRunner
from conftest import HERE
from fake_model import FakeModel
from lm_eval import simple_evaluate
from lm_eval.loggers import EvaluationTracker
from lm_eval.tasks import TaskManager

from cgd_recipes.commands.main import main
from cgd_recipes.evaluation.taskfiles import tasks_folder

QUESTIONS, SAMPLES = 40, 8
BENCHMARKS = ("amc23", "aime24")


def evaluate(folder, rate):
    """Evaluate a model that answers this share of all questions rightly, as `lm_eval --log_samples --output_path` does."""
    tracker = EvaluationTracker(output_path=str(folder))
    tasks = [*(f"cgd_own_{name}" for name in BENCHMARKS), "known_sums"]
    results = simple_evaluate(
        model=FakeModel([rate] * QUESTIONS), tasks=tasks, evaluation_tracker=tracker, log_samples=True, bootstrap_iters=10,
        task_manager=TaskManager(include_path=str(folder.parent / "tasks"), include_defaults=False), apply_chat_template=True,
    )  # fmt: skip
    samples = results.pop("samples")
    tracker.save_results_aggregated(results=results, samples=samples)
    for name in results["configs"]:
        tracker.save_results_samples(task_name=name, samples=samples[name])
    return folder


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs")
    rows = [{"id": n, "problem": f"What is {n} + 1?", "answer": str(n + 1)} for n in range(QUESTIONS)]
    for name in (*BENCHMARKS, "known_sums"):
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    shutil.copytree(tasks_folder(), folder / "tasks")
    options = {"until": [], "max_gen_toks": 512, "do_sample": True, "temperature": 0.6}
    for name in BENCHMARKS:
        keys = {"repeats": SAMPLES, "pass_at": [1, 4, 8], "generation_kwargs": options}
        lines = "".join(f"{key}: {json.dumps(value)}\n" for key, value in keys.items())
        (folder / f"tasks/cgd_own_{name}.yaml").write_text(f"include: cgd_{name}.yaml\ntask: cgd_own_{name}\n{lines}")
    task = (HERE / "tasks/known_sums.yaml").read_text().replace("known_sums.jsonl", str(folder / "known_sums.jsonl"))
    (folder / "tasks/known_sums.yaml").write_text(task)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CGD_EVAL_DATA", str(folder))
        return [evaluate(folder / name, rate) for name, rate in (("base", 0.3), ("same", 0.3), ("better", 0.8))]


def run(*arguments):
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def test_a_report(runs, tmp_path):
    base, same, better = runs
    result = run("report", same, better, "--baseline", base, "-o", tmp_path / "out")
    assert result.exit_code == 0, result.output
    values = json.loads((tmp_path / "out/report.json").read_text())
    cards = {card["name"]: card for card in values["models"][0]["benchmarks"]}
    for name in BENCHMARKS:
        card = cards[f"cgd_own_{name}"]
        assert (card["questions"], card["samples"]) == (QUESTIONS, SAMPLES)
        assert abs(card["score"]["value"] - 0.3) < 0.1
        # Every question is solved with the same chance, so that pass@8 is known.
        assert abs(card["pass_at"]["8"]["value"] - (1 - 0.7**8)) < 0.1
        assert card["shares"]["answered"] == card["shares"]["boxed"] == 1
    assert (cards["known_sums"]["metric"], cards["known_sums"]["samples"]) == ("exact_match,last-number", 1)
    verdicts = {each["model"]: {one["verdict"] for one in each["benchmarks"]} for each in values["comparisons"]}
    assert verdicts == {"same": {"within noise"}, "better": {"better"}}
    assert all(model["warnings"] == [] for model in values["models"])
    assert values["comparisons"][1]["cases"]


def test_the_gate_and_the_table(runs):
    base, same, better = runs
    assert run("gate", base, better, "--require", "every > 5").exit_code == 0
    assert run("gate", base, same).exit_code == 5
    assert run("gate", better, base, "--require", "average > 0").exit_code == 4
    table = run("compare", base, better).output
    assert "cgd_own_amc23: better by" in table and "known_sums: better by" in table


def test_another_prompt_is_refused(runs, tmp_path):
    base, _, better = runs
    changed = tmp_path / "changed"
    shutil.copytree(better, changed)
    (results,) = changed.rglob("results_*.json")
    values = json.loads(results.read_text())
    results.write_text(json.dumps({**values, "chat_template_sha": "another"}))
    assert "chat template differs" in run("compare", base, changed).output
