"""Samples into metrics, and the guards against results that mean something else."""

from types import SimpleNamespace

import pytest

from cgd_recipes.evaluation.harness import guards
from cgd_recipes.evaluation.harness.fault import EvaluationFault
from cgd_recipes.evaluation.harness.scores import RUNS, Sample, graded, metric_list, question_metrics
from cgd_recipes.grading import Grade

RIGHT, WRONG = Grade(True, True, "4", ""), Grade(False, True, "5", "different")
SILENT, CUT = Grade(False, False, "", "no answer"), Grade(False, False, "\\boxed{", "cut off")


def sample(text, grade=RIGHT, tokens=10, truncated=False):
    return Sample(text, grade, tokens, truncated)


def test_the_metrics_of_a_question():
    samples = [sample("a b"), sample("a b"), sample("c", WRONG, 20), sample("d", SILENT, 40, True)]
    assert question_metrics(samples, [1, 2], "strict") == {
        "pass@1": 0.5, "pass@2": pytest.approx(5 / 6), RUNS: [1, 1, 0, 0], "distinct": 0.75, "answered": 0.75,
        "truncated": 0.25, "unfinished": 0.0, "ungraded": 0.0, "tokens": 20.0, "words": 1.5,
    }  # fmt: skip


def test_a_single_sample_has_no_runs_and_no_tokenizer_no_tokens():
    metrics = question_metrics([sample("a", tokens=None)], [1], "strict")
    assert {RUNS, "distinct", "tokens"}.isdisjoint(metrics)
    assert {listed["metric"] for listed in metric_list([1], 1)} >= set(metrics)
    assert {listed["metric"] for listed in metric_list([1, 4], 4)} >= set(
        question_metrics([sample("a")] * 4, [1, 4], "strict")
    )


def test_the_strict_grader_accepts_nothing_from_a_truncated_response():
    cut = [sample("x", truncated=True)]
    assert question_metrics(cut, [1], "strict")["pass@1"] == 0
    assert question_metrics(cut, [1], "compat")["pass@1"] == 1


@pytest.mark.parametrize(
    ("tokens", "limit", "truncated"),
    [(8192, 8192, True), (8115, 8192, True), (8000, 8192, False), (63, 64, True), (62, 64, False), (None, 64, False)],
)
def test_a_response_that_fills_its_limit_was_stopped_by_it(tokens, limit, truncated):
    (found,) = graded(["x"], [RIGHT], lambda text: tokens, {"max_gen_toks": limit})
    assert found.truncated is truncated


def test_other_signs_of_truncation():
    options = {"max_gen_toks": 8192}
    assert graded(["x"], [CUT], lambda text: 5, options)[0].truncated
    assert graded(["x"], [RIGHT], lambda text: None, options, ["length"])[0].truncated
    assert not graded([None], [SILENT], lambda text: 0, options)[0].truncated


def test_aggregations():
    aggregations = {listed["metric"]: listed["aggregation"] for listed in metric_list([1], 2)}
    assert aggregations[RUNS]([[1, 0], [1, 1]]) == pytest.approx(0.3536, abs=1e-4)
    assert aggregations["distinct"]([0.5, 1.0]) == 0.75


def test_identical_samples_are_told(logged):
    assert guards.check_distinct([0.25, 0.25], 4)
    assert "the 4 samples of every question are the same text" in logged.getvalue()
    assert not guards.check_distinct([0.25, 0.5], 4)
    assert not guards.check_distinct([0.5, 0.5], 4)
    assert not guards.check_distinct([1.0], 1)


@pytest.mark.parametrize(
    ("repeats", "pass_at", "options", "message"),
    [
        (4, [1, 8], {"temperature": 1}, "pass_at \\[1, 8\\] needs that many samples, and repeats is 4"),
        (4, [1], {"temperature": 0.0}, "4 samples with greedy decoding are 4 times the same"),
        (4, [1], {}, "greedy decoding"),
        (4, [1], {"temperature": 0.6, "do_sample": False}, "greedy decoding"),
        (
            4,
            [1],
            {"temperature": 0.6, "seed": 7},
            "seed=7 in gen_kwargs gives every one of the 4 samples the same seed",
        ),
    ],
)
def test_samples_that_could_only_be_the_same(repeats, pass_at, options, message):
    with pytest.raises(EvaluationFault, match=message):
        guards.check_repeats("t", repeats, pass_at, options)


def test_samples_that_may_differ():
    guards.check_repeats("t", 4, [1, 4], {"temperature": 0.6, "do_sample": True})
    guards.check_repeats("t", 1, [1], {"temperature": 0.6, "seed": 7})


def test_without_a_grader_nothing_is_generated(monkeypatch):
    monkeypatch.setattr(guards, "find_spec", lambda name: None)
    with pytest.raises(EvaluationFault, match="math-verify, which grades, is missing"):
        guards.check_grader()
    monkeypatch.setattr(guards, "find_spec", lambda name: object())
    guards.check_grader()


def test_every_sample_must_reach_the_grader():
    guards.check_responses("t", 4, 4)
    with pytest.raises(EvaluationFault, match="1 of 4 samples reached the grader"):
        guards.check_responses("t", 1, 4)


def test_prompts_that_would_be_cut():
    guards.check_prompts("t", {"a": 96}, 192, {"max_gen_toks": 96})
    with pytest.raises(EvaluationFault, match=r"1 of 2 prompts would be cut: b has 97 tokens.*max_gen_toks=95 at most"):
        guards.check_prompts("t", {"a": 96, "b": 97}, 192, {"max_gen_toks": 96})
    with pytest.raises(EvaluationFault, match=r"leaves 0 of 4096"):
        guards.check_prompts("t", {"a": 1}, 4096, {"max_gen_toks": 8192})
    with pytest.raises(EvaluationFault, match=r"max_gen_toks 256 leaves 44"):  # lm-eval's default
        guards.check_prompts("t", {"a": 100}, 300, {})


def test_unusual_requests():
    assert list(guards.request_warnings("t", True, {"until": []})) == []
    warnings = list(guards.request_warnings("t", False, {"until": ["\n\n"]}))
    assert "no chat template" in warnings[0] and "responses end at" in warnings[1]


def test_what_the_models_generation_config_would_change():
    config = SimpleNamespace(repetition_penalty=1.05, top_k=20, top_p=0.8, temperature=0.7)
    greedy = list(guards.generation_warnings("t", config, {"temperature": 0.0}))
    assert len(greedy) == 1 and "repetition_penalty=1.05" in greedy[0]
    sampled = list(guards.generation_warnings("t", config, {"temperature": 0.6}))
    assert len(sampled) == 3
    decided = {"temperature": 0.6, "repetition_penalty": 1.0, "top_k": 0, "top_p": 0.95}
    assert list(guards.generation_warnings("t", config, decided)) == []
    assert list(guards.generation_warnings("t", None, {})) == []
