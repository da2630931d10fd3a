"""The task class and its check, in a stand-in for both shapes of lm-eval."""

import importlib
import json
import sys

import pytest
from helpers import lm_eval_stand_in
from helpers.lm_eval_stand_in import LM

from cgd_recipes.evaluation.harness import check as checking
from cgd_recipes.evaluation.harness import guards
from cgd_recipes.evaluation.harness.fault import EvaluationFault

CONFIG = {
    "task": "cgd_amc23", "benchmark": "amc23", "dataset_path": "a/b", "test_split": "test", "output_type": "generate_until",
    "description": "Put your final answer within \\boxed{}.", "generation_kwargs": {"until": [], "max_gen_toks": 64, "temperature": 0.6},
}  # fmt: skip
SAMPLED = {"repeats": 4, "pass_at": [1, 2, 4]}


class Model(LM):
    """Gives the texts it is told to, one token a word."""

    tokenizer_name, max_length = "none", 4096

    def __init__(self, *texts):
        self.texts, self.prompts = list(texts), []

    def generate_until(self, requests, **_):
        self.prompts += [request.args[0] for request in requests]
        return [self.texts.pop(0) for _ in requests]

    loglikelihood = loglikelihood_rolling = generate_until

    def apply_chat_template(self, messages, **_):
        return "".join(f"<{turn['role']}>{turn['content']}" for turn in messages)

    def tok_encode(self, text, **_):
        return text.encode().split()


@pytest.fixture(scope="module", params=["0.4", "0.5"])
def stand_in(request):
    """A version's stand-in with the task class that is made from it, and the tasks that it finds by their names."""
    made = {}
    with pytest.MonkeyPatch.context() as monkeypatch:
        lm_eval_stand_in.install(monkeypatch, request.param, made)
        # Of the table and all that made it, for a cache on disk; it takes longer than the rest of a test.
        monkeypatch.setattr("datasets.arrow_dataset.generate_fingerprint", lambda _: "0")
        yield importlib.import_module("cgd_recipes.evaluation.harness.task"), made


@pytest.fixture
def harness(stand_in, monkeypatch, tmp_path, write_rows):
    """Makes tasks in a stand-in of each version, on local questions."""
    task, made = stand_in
    monkeypatch.setattr(guards, "find_spec", lambda name: object())
    monkeypatch.setenv("CGD_EVAL_DATA", str(tmp_path))
    write_rows([{"id": "q", "problem": "What is 3 + 1?", "answer": "4"}], "amc23.jsonl")

    def make(**keys):
        return task.MathTask({**CONFIG, "class": task.MathTask, **keys})

    made["cgd_amc23"] = make
    make.write = write_rows
    return make


def run(task, *texts, model=None):
    """The metrics of the one question."""
    found = lm_eval_stand_in.evaluate(model or Model(*texts), {"t": task}, apply_chat_template=True)["results"]["t"]
    return {name.removesuffix(",none"): value for name, value in found.items()}


def test_a_right_and_a_wrong_response(harness):
    assert run(harness(), "so \\boxed{4}")["pass@1"] == 1
    wrong = run(harness(), "so \\boxed{5}")
    assert (wrong["pass@1"], wrong["answered"], wrong["truncated"], wrong["tokens"]) == (0, 1, 0, 2)
    assert run(harness(), "no idea")["answered"] == 0


@pytest.mark.parametrize(
    ("text", "right", "answered", "truncated"),
    [
        ("<think>\nperhaps \\boxed{5}\n</think>\n\nso \\boxed{4}", 1, 1, 0),
        ("opened by the template \\boxed{5} </think> \\boxed{4}", 1, 1, 0),
        ("<think>\n\\boxed{4}\n</think>\n\nso \\boxed{5}", 0, 1, 0),
        ("<think>\n\\boxed{4}\n</think>", 0, 0, 0),
        ("<think>\nso it is \\boxed{4}", 0, 0, 0),
        ("<think>\nso it is \\boxed{4}" + " word" * 64, 0, 0, 1),
        ("<think>\n" + "word " * 64 + "</think>\n\n\\boxed{4}", 0, 1, 1),
    ],
)
def test_the_score_is_of_what_follows_the_thinking(text, right, answered, truncated, harness):
    found = run(harness(), text)
    assert (found["pass@1"], found["answered"], found["truncated"]) == (right, answered, truncated)


def test_all_samples_of_a_question_count(harness):
    found = run(harness(**SAMPLED), "a \\boxed{4}", "b \\boxed{4}", "c \\boxed{5}", "d \\boxed{6}")
    assert found["pass@1"] == 0.5
    assert found["pass@2"] == pytest.approx(5 / 6)
    assert found["pass@4"] == 1.0
    assert found["majority@4"] == 1.0
    assert found["distinct"] == 1.0
    assert "majority@1" not in found
    assert found["run_sd"] == pytest.approx(0.57735, abs=1e-5)


def test_most_samples_may_be_wrong(harness):
    assert run(harness(**SAMPLED), "\\boxed{4}", "\\boxed{5}", "\\boxed{5}", "\\boxed{5}")["majority@4"] == 0.0
    assert run(harness(**SAMPLED), "\\boxed{4}", "\\boxed{5}", "none", "none")["majority@4"] == 0.5  # a tie


HOSTILE = {
    "U+2028": "line one\u2028line two",
    "U+0085": "a\u0085b",
    "NUL": "a\x00b",
    "surrogate": "a\ud800b",
    "blanks": " " * 100_000,
}


@pytest.mark.parametrize("text", [f"{text} \\boxed{{4}}" for text in HOSTILE.values()], ids=HOSTILE)
def test_whatever_a_model_writes_is_graded(text, harness):
    assert run(harness(), text)["pass@1"] == 1


def test_nothing_but_an_empty_text(harness):
    found = run(harness(), None)
    assert (found["pass@1"], found["answered"], found["words"]) == (0, 0, 0)


def test_the_strict_grader_refuses_what_the_model_did_not_end(harness):
    long = "word " * 70 + "\\boxed{4}"
    assert (run(harness(), long)["truncated"], run(harness(), long)["pass@1"]) == (1, 0)


@pytest.mark.parametrize(
    ("reason", "right", "truncated", "unfinished"),
    [
        ("stop", 1, 0, 0),
        ("END_TURN", 1, 0, 0),
        ("length", 0, 1, 0),
        ("model_length", 0, 1, 0),
        ("content_filter", 0, 0, 1),
        ("abort", 0, 0, 1),
        ("tool_calls", 0, 0, 1),
        ("unknown", 0, 0, 1),
        ("mine", 1, 0, 0),
    ],
)
def test_finish_reasons_go_by_a_list(reason, right, truncated, unfinished, harness, tmp_path):
    seams = sys.modules["cgd_recipes.evaluation.harness.lm_eval_seams"]
    model = Model("\\boxed{4}")
    recorder = seams.Recorder(model)
    recorder.ends.note("\\boxed{4}", reason)
    found = run(harness(finish_reasons=["mine"]), model=model)
    assert (found["pass@1"], found["truncated"], found["unfinished"]) == (right, truncated, unfinished)
    ((sample,),) = recorder.graded.values()
    assert sample.finish_reason == reason


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({}, "stop"),
        ({"native_finish_reason": "MAX_TOKENS"}, "MAX_TOKENS"),
        ({"stop_reason": "max_tokens"}, "max_tokens"),
        ({"stop_reason": 151645, "native_finish_reason": "STOP"}, "stop"),
        ({"message": {"content": "\\boxed{4}", "tool_calls": [{"id": "1"}]}}, "tool_calls"),
        ({"message": {"content": "\\boxed{4}", "refusal": "No."}}, "refusal"),
        ({"error": {"code": 502}}, "error"),
        ({"finish_reason": None}, "unknown"),
    ],
)
def test_the_end_of_a_response_is_read_as_in_generation(more, reason, harness):
    model = Model("\\boxed{4}")
    model.parse_generations = lambda outputs, **_: outputs
    recorder = sys.modules["cgd_recipes.evaluation.harness.lm_eval_seams"].Recorder(model)
    choice = {"message": {"content": "\\boxed{4}"}, "finish_reason": "stop", **more}
    model.parse_generations({"choices": [choice, {"message": {"content": [{}]}}]})
    assert recorder.ends.reason("\\boxed{4}") == reason


def test_the_instruction_of_the_task_gives_way_to_a_given_one(harness):
    for system, head in ((None, "<system>Put your"), ("Mine.", "<system>Mine.<user>"), ("", "<user>")):
        task, model = harness(), Model()
        task.build_all_requests(
            system_instruction=system, chat_template=model.apply_chat_template, apply_chat_template=True
        )
        assert task.instances[0].args[0].startswith(head)


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"repeats": 4, "generation_kwargs": {"until": [], "max_gen_toks": 64}}, "4 samples with greedy decoding"),
        ({"pass_at": [4]}, "repeats is 1"),
        ({"generation_kwargs": {"until": [], "max_gen_toks": 4096}}, "1 of 1 prompts would be cut"),
    ],
)
def test_what_stops_before_anything_is_generated(keys, message, harness):
    model = Model()
    with pytest.raises(EvaluationFault, match=message):
        run(harness(**keys), model=model)
    assert model.prompts == []


def test_an_unknown_grader(harness):
    with pytest.raises(EvaluationFault, match="unknown grader 'lenient'; there are: strict"):
        harness(grader="lenient")


def test_a_filter_that_takes_samples_away_is_found(harness):
    with pytest.raises(EvaluationFault, match="1 of 4 samples reached the grader"):
        harness(**SAMPLED).process_results({"number": 0}, [["\\boxed{4}"]])


def test_what_is_said_of_the_data(harness, logged):
    task = harness(rows=[40, 41])
    assert "1 questions in" in logged.getvalue() and "where 40 or 41 are expected" in logged.getvalue()
    metadata = task.config.metadata
    assert metadata["documents_from"].endswith("amc23.jsonl") and len(metadata["documents_sha256"]) == 64
    assert metadata["grader"] == "strict"


def test_the_check_of_a_task_that_is_in_order(harness):
    assert list(checking.check("folder", ["cgd_amc23"])) == [("cgd_amc23", "")]


def test_the_check_finds_a_class_that_makes_no_requests(harness, monkeypatch):
    monkeypatch.setattr(lm_eval_stand_in.Task, "requests", False)
    monkeypatch.setattr(sys.modules["lm_eval.api.task"].ConfigurableTask, "requests", False)
    ((_, fault),) = checking.check("folder", ["cgd_amc23"])
    assert "did not find any docs" in fault


def test_the_check_finds_a_grader_that_refuses_right_answers(harness, monkeypatch):
    task = sys.modules["cgd_recipes.evaluation.harness.task"]
    monkeypatch.setattr(task, "question_metrics", lambda *_: {"pass@1": 0.0})
    ((_, fault),) = checking.check("folder", ["cgd_amc23"])
    assert fault == "responses with the gold answers of the first questions score 0.0, and not 1"


def test_the_check_finds_a_prompt_without_its_question(harness, monkeypatch):
    monkeypatch.setattr(sys.modules["cgd_recipes.evaluation.harness.task"].MathTask, "eval_docs", property(
        lambda self: [{**doc, "problem": ""} for doc in self.dataset["test"]]))  # fmt: skip
    task = harness()
    assert checking._check_prompts(task, [{"id": "q", "problem": "What?"}]) == ""  # nothing was asked yet
    checking._check_run("cgd_amc23", task)
    assert "lacks the question or the instruction" in checking._check_prompts(task, [{"id": "q", "problem": "What?"}])


def test_the_check_names_golds_that_are_not_equal_to_themselves(harness, monkeypatch):
    documents = [{"id": "q", "answer": "4", "gold": {"text": "5"}}]
    assert checking._check_golds(documents) == "1 of 1 gold answers are not equal to themselves: q ('4')"


def test_the_check_looks_at_names_of_lm_evals_tasks(harness):
    assert dict(checking.check("folder", ["gpqa", "nope"])) == {"gpqa": "", "nope": "lm-eval has no such task"}


def test_the_check_as_a_program(harness, monkeypatch, capsys, tmp_path):
    (tmp_path / "amc23.jsonl").write_text(json.dumps({"problem": "p"}) + "\n")
    monkeypatch.setattr(sys, "argv", ["check", "folder", "cgd_amc23"])
    with pytest.raises(SystemExit) as ended:
        checking.main()
    assert ended.value.code == 1
    assert "amc23.jsonl:1: amc23: a row has no answer" in capsys.readouterr().out


def test_what_the_check_finds_does_not_steer_the_terminal(harness, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["check", "folder", "t"])
    monkeypatch.setattr(checking, "check", lambda _folder, _names: [("t", "\x1b[2J\nt2: ok"), ("u", "")])
    with pytest.raises(SystemExit):
        checking.main()
    assert capsys.readouterr().out == "t: ⟨U+001B⟩[2J\n    t2: ok\nu: ok\n"
