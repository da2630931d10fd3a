"""RUNs of `cgd-recipe eval` and of plain lm_eval, whole, broken and hostile."""

import json
import math

import pytest
from helpers.finished_runs import record, write_eval, write_lines, write_results

from cgd_recipes.errors import RecipeError
from cgd_recipes.reporting.reading.evaluation import names_of, read_evaluation, read_models
from cgd_recipes.reporting.scorecard import scorecards


def read(path, **metrics):
    return read_evaluation(path, metrics)


def test_runs_of_an_evaluation_are_samples(tmp_path):
    write_eval(tmp_path / "mine", {"cgd_amc23": [[1, 0, 1], [0, 0, 0]]}, seeds=[42, 43, 44])
    found = read(tmp_path / "mine")
    assert (found.label, found.recipe, found.model) == ("mine", "mine", "/models/mine")
    (benchmark,) = found.benchmarks.values()
    assert [question.scores for question in benchmark.questions] == [(1, 0, 1), (0, 0, 0)]
    assert benchmark.runs == [0.5, 0.0, 0.5]
    assert benchmark.questions[0].texts == ("\\boxed{1}", "\\boxed{2}", "\\boxed{1}")
    assert benchmark.facts["system prompt"] == "Be brief."
    assert benchmark.facts["grader"] == "strict"
    assert found.warnings == []


@pytest.mark.parametrize("nested", [True, False])
def test_several_samples_in_one_run_of_lm_eval(nested, tmp_path):
    folder = tmp_path / "out" / "model" if nested else tmp_path / "out"
    write_results(folder, {"cgd_math500": [record(0, [1, 0, 0, 1]), record(1, [0, 0, 0, 0])]})
    (benchmark,) = read(tmp_path / "out").benchmarks.values()
    assert [question.scores for question in benchmark.questions] == [(1, 0, 0, 1), (0, 0, 0, 0)]
    assert len(benchmark.questions[0].texts) == 4


def test_tasks_of_lm_evals_own(tmp_path):
    """gsm8k: two filters, a record for each; the first in the task counts unless another is named."""
    rows = []
    for number in range(4):
        rows.append(record(number, 1, metric="exact_match", filter_name="strict-match"))
        rows.append(record(number, number % 2, metric="exact_match", filter_name="flexible-extract"))
    filters = {"filter_list": [{"name": "flexible-extract"}, {"name": "strict-match"}]}
    write_results(tmp_path / "run", {"gsm8k": rows}, metric="exact_match", config_gsm8k=filters, results={"gsm8k": {}})
    assert read(tmp_path / "run").benchmarks["gsm8k"].metric == "exact_match,flexible-extract"
    assert read(tmp_path / "run").benchmarks["gsm8k"].score == 0.5
    assert read(tmp_path / "run", gsm8k="exact_match,strict-match").benchmarks["gsm8k"].score == 1
    with pytest.raises(RecipeError, match="no metric 'exact_mach'; did you mean 'exact_match'"):
        read(tmp_path / "run", gsm8k="exact_mach")
    with pytest.raises(RecipeError, match="no filter 'strict'"):
        read(tmp_path / "run", gsm8k="exact_match,strict")


def test_log_likelihoods_have_no_texts(tmp_path):
    rows = [{**record(n, n % 2, metric="acc"), "resps": [[["-1.5", "False"]], [["-0.5", "True"]]]} for n in range(4)]
    write_results(tmp_path / "run", {"mmlu": rows}, metric="acc")
    found = read(tmp_path / "run").benchmarks["mmlu"]
    assert found.score == 0.5
    assert {question.texts for question in found.questions} == {()}


HOSTILE = ["a\u2028b\u0085c\x0bd", "\ud800 alone", "</script><script>alert(1)</script>", "\x1b[31m", "{{ 7 * 7 }}", ""]


def test_any_text_survives(tmp_path):
    write_results(tmp_path / "run", {"t": [record(0, [1] * len(HOSTILE), text=HOSTILE), record(1, [0] * len(HOSTILE))]})
    assert list(read(tmp_path / "run").benchmarks["t"].questions[0].texts) == HOSTILE


@pytest.mark.parametrize(
    ("line", "place", "message"),
    [
        ('{"doc_id": 1', ":2:13", "not JSON"),
        ("[1]", ":2:1", "is no sample of lm-eval"),
        ('{"doc_id": 1, "pass@1": "yes"}', ":2:1", "has no number for the metric 'pass@1'"),
        ('{"doc_id": 1, "pass@1": NaN}', ":2:1", "'pass@1' is not a number"),
        ('{"doc_id": 1, "pass@1": -Infinity}', ":2:1", "'pass@1' is not a number"),
        ('{"doc_id": 1, "pass@1": 1%s}' % ("0" * 400), ":2:1", "'pass@1' is not a number"),
        ('{"doc_id": 1, "pass@1": -1}', ":2:1", "'pass@1' is not from 0 to 1"),
        ('{"doc_id": 1, "pass@1": 1.5}', ":2:1", "'pass@1' is not from 0 to 1"),
        ('{"doc_id": 1, "run_sd": [1, 0], "pass@1": 0.5}', "", "not all questions have the same number of samples"),
    ],
)
def test_a_bad_record_is_named_by_its_place(line, place, message, tmp_path):
    folder = write_results(tmp_path / "run", {"t": [record(0, 1)]})
    (samples,) = folder.glob("samples*")
    samples.write_text(samples.read_text() + line + "\n")
    with pytest.raises(RecipeError) as caught:
        read(tmp_path / "run")
    assert f"{samples}{place}: " in str(caught.value) and message in str(caught.value)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "{}", '{"results": [], "configs": {}}', '{"results": {}, "configs": {}}']
)
def test_broken_results_are_no_bug(text, tmp_path):
    (tmp_path / "results_2026-11-25T18-48-35.1.json").write_text(text)
    with pytest.raises(RecipeError):
        read(tmp_path)


@pytest.mark.parametrize("key", ["versions", "n-shot", "higher_is_better", "config", "results"])
def test_sections_of_another_type_are_no_bug(key, tmp_path):
    write_results(tmp_path / "run", {"t": [record(0, 1)]}, **{key: {} if key == "results" else [3]})
    assert read(tmp_path / "run").benchmarks["t"].score == 1


def test_what_is_missing(tmp_path):
    with pytest.raises(RecipeError, match="no such file or folder"):
        read(tmp_path / "nowhere")
    with pytest.raises(RecipeError, match=r"holds no results\.json"):
        read(tmp_path)
    folder = write_results(tmp_path / "run", {"t": [record(0, 1)]})
    (samples,) = folder.glob("samples*")
    samples.unlink()
    with pytest.raises(RecipeError, match="--log_samples"):
        read(folder)
    write_eval(tmp_path / "mine", {"t": [[1, 0]]}, seeds=[1, 2])
    (tmp_path / "mine/runs/0a1b2c3d-seed2/results.json").unlink()
    with pytest.raises(RecipeError, match="seed2: is missing"):
        read(tmp_path / "mine")


def test_two_results_of_one_task_are_not_guessed_between(tmp_path):
    write_results(tmp_path / "run", {"t": [record(0, 1)]})
    write_results(tmp_path / "run", {"t": [record(0, 0)]}, stamp="_2026-11-26T18-48-35.125307")
    with pytest.raises(RecipeError, match="name one of the files as the RUN"):
        read(tmp_path / "run")
    assert read(tmp_path / "run/results_2026-11-26T18-48-35.125307.json").benchmarks["t"].score == 0


def test_scores_that_the_samples_cannot_give_are_flagged(tmp_path):
    tasks = {"t": [record(n, n % 2) for n in range(4)]}
    write_results(tmp_path / "a", tasks, results={"t": {"pass@1,none": 0.55}})
    (warning,) = read(tmp_path / "a").warnings
    assert "55.00 %, which no whole number of 4 samples gives" in warning
    write_results(tmp_path / "b", tasks, results={"t": {"pass@1,none": 0.75}})
    (warning,) = read(tmp_path / "b").warnings
    assert "75.00 %, and the samples give 50.00 %" in warning


@pytest.mark.parametrize(("chosen", "flagged"), [("cgd_math500", True), ("cgd_g1", True), ("cgd_math_val", False)])
def test_a_checkpoint_chosen_on_what_is_reported_is_flagged(chosen, flagged, tmp_path):
    selection = {"set": chosen, "scores": {}, "model": "x"}
    write_eval(tmp_path / "mine", {"cgd_math500": [[1], [0]]}, selection=selection)
    warnings = read(tmp_path / "mine").warnings
    assert any("was chosen on cgd_math500" in warning for warning in warnings) is flagged


def test_labels(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, seed in (("one", 1), ("two", 2)):
        write_eval(tmp_path / name, {"t": [[1, 0], [seed % 2, 0]]}, seeds=[1, 2], recipe="mine")
    (model,) = read_models(["cgd=one", "cgd=two"], {})
    assert model.label == "cgd" and len(model.trainings) == 2
    assert model.benchmarks["t"].samples == 4
    assert model.runs_of("t") == [[1.0, 0.0], [0.5, 0.0]]
    first, second = read_models(["one", "two"], {})
    assert (first.label, second.label) == ("mine", "mine (two)")
    assert names_of("one") == {"mine", "mine (one)"} and names_of("two") == {"mine", "mine (two)"}
    assert names_of("cgd=one") == {"cgd"}
    (tmp_path / "a=b").mkdir()
    write_eval(tmp_path / "a=b", {"t": [[1]]})
    assert read_models(["a=b"], {})[0].label == "a=b"


def test_trainings_of_other_questions_are_no_one_model(tmp_path):
    write_eval(tmp_path / "one", {"t": [[1], [0]]})
    write_eval(tmp_path / "two", {"t": [[1]]})
    with pytest.raises(RecipeError, match="has other questions of t"):
        read_models([f"x={tmp_path / 'one'}", f"x={tmp_path / 'two'}"], {})


def test_all_unreadable_runs_are_named_at_once(tmp_path):
    with pytest.raises(RecipeError) as caught:
        read_models([str(tmp_path / "a"), str(tmp_path / "b")], {})
    assert len(caught.value.problems) == 2


def test_majority_votes_are_those_of_the_evaluation(tmp_path):
    told = {"t": {"pass@1": {"value": 0.5, "error": 0.1}, "majority@2": {"value": 0.75, "error": 0.2}}}
    write_eval(tmp_path / "mine", {"t": [[1, 0], [1, 0]]}, seeds=[1, 2], tasks=told)
    assert read(tmp_path / "mine").benchmarks["t"].majority == {2: (0.75, 0.2)}
    (model,) = read_models([str(tmp_path / "mine")], {})
    # Two questions promise less than a standard error of 20 points looks like.
    assert scorecards(model)["t"].majority_at[2].low < 0.1


def test_majority_votes_in_the_samples(tmp_path):
    rows = [{**record(n, [1, 0, n % 2]), "majority@3": n % 2} for n in range(4)]
    write_results(tmp_path / "run", {"t": rows})
    (model,) = read_models([str(tmp_path / "run")], {})
    found = scorecards(model)["t"]
    assert found.majority_at[3].value == 0.5
    assert "majority@3" not in found.shares


def test_our_runners_samples_have_lists_of_arguments(tmp_path):
    rows = [{**record(0, 1), "arguments": [["prompt", {"max_gen_toks": 7, "seed": 3}]]}]
    write_results(tmp_path / "run", {"t": rows})
    facts = read(tmp_path / "run").benchmarks["t"].facts
    assert json.loads(facts["longest answer"]) == 7
    assert not any("seed" in fact for fact in facts)
    write_lines(tmp_path / "run/samples_t_2026-11-25T18-48-35.125307.jsonl", [{**record(0, 1), "arguments": "what?"}])
    assert read(tmp_path / "run").benchmarks["t"].facts["longest answer"] == "96"


@pytest.mark.parametrize(
    ("keys", "value"),
    [
        (("seeds",), 5), (("seeds",), []), (("seeds",), [42, 42]), (("seeds",), ["42"]), (("runs",), ["x"]), (("runs",), "../x"),
        (("recipe",), {"a": 1}), (("warnings",), 3), (("selection", "set"), [1]),
    ],
)  # fmt: skip
def test_a_damaged_results_file_of_eval_is_named_with_its_key(keys, value, tmp_path):
    write_eval(tmp_path, {"t": [[1], [0]]})
    values = json.loads((tmp_path / "results.json").read_text())
    values[keys[0]] = {keys[1]: value} if len(keys) > 1 else value
    (tmp_path / "results.json").write_text(json.dumps(values))
    with pytest.raises(RecipeError, match=f"results.json: '{keys[0]}' is not as `cgd-recipe eval` writes it"):
        read(tmp_path)


@pytest.mark.parametrize("value", [math.nan, math.inf, 10**400, "x", None, [1], {"value": math.nan}, {"value": "x"}])
def test_stated_scores_that_are_no_numbers_are_passed_over(value, tmp_path):
    write_eval(tmp_path / "eval", {"t": [[1], [0]]})
    path = tmp_path / "eval" / "results.json"
    values = json.loads(path.read_text())
    values["tasks"] = {"t": {"pass@1": value, "majority@2": value, "majority@" + "9" * 5000: {"value": 1}}}
    path.write_text(json.dumps(values))
    found = read(tmp_path / "eval").benchmarks["t"]
    assert (found.score, found.printed, found.majority) == (0.5, None, {})
    plain = write_results(tmp_path / "plain", {"t": [record(0, 1)]}, results={"t": {"pass@1,none": value}})
    assert read(plain).benchmarks["t"].printed is None


@pytest.mark.parametrize("config", [None, 5, [], {"filter_list": 5}, {"filter_list": {"a": 1}}, {"metadata": 3}])
def test_a_configuration_of_another_kind_is_none(config, tmp_path):
    assert read(write_results(tmp_path, {"t": [record(0, 1)]}, configs={"t": config})).benchmarks["t"].score == 1


@pytest.mark.parametrize("name", ["a/b", "../t", "\0", "é" * 300])
def test_a_task_whose_name_no_file_can_have(name, tmp_path):
    with pytest.raises(RecipeError, match="is missing: a report compares answer by answer"):
        read(write_results(tmp_path, {"t": [record(0, 1)]}, configs={name: {}}))
