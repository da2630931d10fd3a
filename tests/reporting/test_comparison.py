"""Two models compared: what is found, what is refused, and what a gate says."""

import json
import re
from collections import Counter
from statistics import mean

import numpy as np
import pytest
from click.testing import CliRunner
from helpers.finished_runs import record, write_eval, write_results
from helpers.lists import some
from helpers.simulated import gates_passed, simulated_comparison

from cgd_recipes.commands.main import main
from cgd_recipes.errors import RecipeError
from cgd_recipes.reporting.comparison import AVERAGE, compare
from cgd_recipes.reporting.gate import Requirement, parse_requirements
from cgd_recipes.reporting.reading.evaluation import read_models
from cgd_recipes.reporting.scorecard import scorecards
from cgd_recipes.reporting.statistics.paired import mcnemar


def run(*arguments):
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def compared(*paths, anyway=False):
    baseline, model = read_models([str(path) for path in paths], {})
    return compare(baseline, model, anyway)


def test_one_sample_a_question_is_mcnemar(tmp_path):
    first = [[1]] * 10 + [[0]] * 30
    second = [[1]] * 8 + [[0]] * 20 + [[1]] * 12
    base = write_eval(tmp_path / "base", {"t": first})
    tuned = write_eval(tmp_path / "tuned", {"t": second})
    (change,) = compared(base, tuned).changes
    assert (change.won, change.lost, change.questions) == (12, 2, 40)
    assert change.p == pytest.approx(mcnemar(12, 2))
    assert (change.baseline, change.score) == (0.25, 0.5)
    assert change.verdict == "better"


def test_several_samples_are_compared_question_by_question(pair_of_runs):
    comparison = compared(*pair_of_runs())
    better, same = comparison.changes
    assert (better.name, better.verdict, same.verdict) == ("cgd_amc23", "better", "within noise")
    assert better.adjusted == pytest.approx(2 * better.p)
    assert comparison.average.difference.interval.value == pytest.approx(
        (better.difference.interval.value + same.difference.interval.value) / 2
    )


def test_what_is_printed(pair_of_runs):
    result = run("compare", *pair_of_runs())
    assert result.exit_code == 0, result.output
    assert "cgd_amc23: better by" in result.stdout and "outside noise" in result.stdout
    assert "cgd_gsm8k: " in result.stdout and "within noise" in result.stdout
    assert "This set could have shown" in result.stdout
    assert "one training seed, 4 sampling runs, sd" in result.stdout
    assert "On average" in result.stdout


def test_for_machines(pair_of_runs):
    found = json.loads(run("compare", *pair_of_runs(), "--json").stdout)
    assert (found["baseline"], found["model"], found["comparable"]) == ("base", "tuned", True)
    assert found["benchmarks"][0]["verdict"] == "better"
    assert found["benchmarks"][0]["difference"]["low"] > 0


DIFFERENT = [
    ({"results": {"lm_eval_version": "0.4.11"}}, "lm-eval version differs: 0.4.11 / 0.4.13"),
    ({"results": {"versions": {"t": 2.0}}}, "task version differs: 2.0 / 1.0"),
    ({"results": {"config_t": {"metadata": {"grader": "compat"}}}}, "grader differs: compat / strict"),
    ({"results": {"config_t": {"metadata": {"documents_sha256": "00", "grader": "strict"}}}}, "data differs: 00"),
    ({"results": {"chat_template_sha": "aa"}}, "chat template differs: aa / bb"),
    ({"results": {"n-shot": {"t": 4}}}, "examples in the prompt differs: 4 / 0"),
    ({"system_instruction": ""}, "system prompt differs: none / Be brief."),
]


@pytest.mark.parametrize(("keys", "message"), DIFFERENT)
def test_runs_that_were_measured_differently_are_refused(keys, message, tmp_path):
    rights = {"t": [[1], [0], [1]]}
    usual = {"chat_template_sha": "bb"}
    first = write_eval(tmp_path / "a", rights, **{**keys, "results": {**usual, **keys.get("results", {})}})
    second = write_eval(tmp_path / "b", rights, results=dict(usual))
    result = run("compare", first, second)
    assert result.exit_code == 1
    assert f"a / b: t: {message}" in result.stderr
    assert "add --anyway" in result.stderr
    anyway = run("compare", first, second, "--anyway")
    assert anyway.exit_code == 0
    assert anyway.stdout.count("NOT COMPARABLE: ") == 2  # above each table
    assert run("gate", first, second).exit_code == 1
    assert "NOT COMPARABLE: " in run("gate", first, second, "--anyway").stdout


LIMITS = [("max_gen_toks", 96, 128), ("until", [], ["\n"]), ("temperature", 0.6, 1.0), ("top_p", 0.95, 1.0)]


@pytest.mark.parametrize(("key", "here", "there"), LIMITS)
def test_other_limits_are_refused(key, here, there, tmp_path):
    for name, value in (("a", here), ("b", there)):
        rows = [{**record(n, 1), "arguments": [["prompt", {key: value, "seed": n}]]} for n in range(3)]
        write_results(tmp_path / name, {"t": rows})
    with pytest.raises(RecipeError, match="not compared"):
        compared(tmp_path / "a", tmp_path / "b")


def test_other_questions_and_other_prompts_are_refused(tmp_path):
    write_results(tmp_path / "a", {"t": [record(n, 1) for n in range(3)]})
    write_results(tmp_path / "b", {"t": [record(n, 1) for n in range(4)]})
    with pytest.raises(RecipeError, match="set of questions differs: 3, 3 in common / 4, 3 in common"):
        compared(tmp_path / "a", tmp_path / "b")
    write_results(tmp_path / "c", {"t": [record(n, 1, prompt="Think! ") for n in range(3)]})
    with pytest.raises(RecipeError, match="prompt differs: that of 3 of 3 questions"):
        compared(tmp_path / "a", tmp_path / "c")


def test_what_is_not_known_is_no_difference(tmp_path):
    write_results(tmp_path / "a", {"t": [record(n, n % 2) for n in range(4)]}, chat_template_sha="aa")
    write_results(tmp_path / "b", {"t": [record(n, 1) for n in range(4)]})
    assert compared(tmp_path / "a", tmp_path / "b").mismatches == []


def test_trainings_of_one_label_are_checked_too(tmp_path):
    rights = {"t": [[1], [0], [1]]}
    write_eval(tmp_path / "a", rights)
    write_eval(tmp_path / "b", rights)
    write_eval(tmp_path / "c", rights, system_instruction="Other.")
    runs = [f"x={tmp_path / 'a'}", f"x={tmp_path / 'c'}", f"y={tmp_path / 'b'}"]
    first, second = read_models(runs, {})
    with pytest.raises(RecipeError, match="system prompt differs"):
        compare(second, first)


def test_nothing_in_common(tmp_path):
    write_eval(tmp_path / "a", {"t": [[1]]})
    write_eval(tmp_path / "b", {"u": [[1]]})
    assert "no benchmark in common: t / u" in run("compare", tmp_path / "a", tmp_path / "b").stderr
    assert "both runs have this label" in run("compare", tmp_path / "a", f"a={tmp_path / 'b'}").stderr
    assert "write TASK=METRIC" in run("compare", tmp_path / "a", tmp_path / "b", "--metric", "t").stderr


def test_a_set_that_is_too_small_says_so(tmp_path):
    """Five questions would need a difference of more than 100 points."""
    base = write_eval(tmp_path / "base", {"t": [[0, 0]] * 5}, seeds=[1, 2])
    tuned = write_eval(tmp_path / "tuned", {"t": [[1, 1]] * 3 + [[0, 0]] * 2}, seeds=[1, 2])
    shown = run("compare", base, tuned).stdout
    assert "This set is too small to show any difference." in shown
    assert json.loads(run("compare", base, tuned, "--json").stdout)["benchmarks"][0]["detectable"] is None
    assert re.search(r"1\.000 +0\.250 +none|0\.250 +0\.250 +none", shown)


def test_seeds_of_training_and_of_sampling_are_shown_apart(tmp_path):
    for name, shift in (("a", 0), ("b", 10)):
        rights = [[int((n + shift + seed) % 20 < 10) for seed in range(3)] for n in range(30)]
        write_eval(tmp_path / name, {"t": rights}, seeds=[1, 2, 3])
    (model,) = read_models([f"x={tmp_path / 'a'}", f"x={tmp_path / 'b'}"], {})
    found = scorecards(model)["t"].variation
    assert (found.trainings, found.runs) == (2, 6)
    assert found.training > 3 * found.sampling


def test_a_metric_that_is_no_share(tmp_path):
    for name, add in (("a", 0), ("b", 3)):
        rows = [record(n, 10.0 + n % 3 + add, text="x", metric="bleu") for n in range(30)]
        write_results(tmp_path / name, {"t": rows}, metric="bleu")
    (change,) = compared(tmp_path / "a", tmp_path / "b").changes
    assert change.difference.interval.value == pytest.approx(3)
    assert change.verdict == "better"
    assert run("compare", tmp_path / "a", tmp_path / "b").exit_code == 0


GATES = [
    ([], "GO", 0),
    (["cgd_amc23 > 5"], "GO", 0),
    (["cgd_amc23 > 50"], "NO-GO", 4),
    (["cgd_gsm8k > 0"], "INCONCLUSIVE", 5),
    (["cgd_gsm8k > -30", "average>=0"], "GO", 0),
    (["every > 0"], "INCONCLUSIVE", 5),
    (["every > -30"], "GO", 0),
    (["cgd_amc23 > 5", "cgd_gsm8k > 60"], "NO-GO", 4),
]


@pytest.mark.parametrize(("requirements", "answer", "code"), some(GATES, every=3))
def test_what_a_gate_says(requirements, answer, code, pair_of_runs):
    options = [option for text in requirements for option in ("--require", text)]
    result = run("gate", *pair_of_runs(), *options)
    assert (result.stdout.splitlines()[-1], result.exit_code) == (answer, code)
    assert json.loads(run("gate", *pair_of_runs(), *options, "--json").stdout)["answer"] == answer


@pytest.mark.parametrize("text", ["average", "> 3", "t < 3", "average > x", ""])
def test_requirements_that_are_none(text, pair_of_runs):
    result = run("gate", *pair_of_runs(), "--require", text)
    assert result.exit_code == 1 and "is no requirement" in result.stderr


def test_a_requirement_on_a_benchmark_that_is_not_there(pair_of_runs):
    result = run("gate", *pair_of_runs(), "--require", "averege > 0")
    assert result.exit_code == 1 and "did you mean 'average'" in result.stderr


@pytest.mark.sweep
def test_a_gate_lets_equal_models_pass_in_one_of_forty_at_most():
    generator, trials = np.random.default_rng(3), 250
    names = ["40", "100", AVERAGE]
    passed = Counter(name for _ in range(trials) for name in gates_passed(generator, 0, (40, 100, 30), names))
    noise = 2 * (0.025 * 0.975 / trials) ** 0.5  # of a share of that many trials; the benchmark has more of them
    assert all(passed[name] / trials <= 0.025 + noise for name in names), passed


@pytest.mark.sweep
@pytest.mark.parametrize("name", ["40", AVERAGE])
def test_a_gate_lets_twice_the_smallest_detectable_difference_pass(name):
    generator, sizes = np.random.default_rng(4), (40, 30)
    least = np.median([simulated_comparison(generator, 0.1, sizes).by_name[name].detectable for _ in range(30)])
    assert mean(name in gates_passed(generator, 2 * least, sizes, [name]) for _ in range(60)) >= 0.8


def test_requirements_are_read():
    assert parse_requirements(["average>0", " cgd_gsm8k >= -1.5 "]) == [("average", 0.0), ("cgd_gsm8k", -1.5)]
    assert str(Requirement("average", 0.0)) == "average > 0"
