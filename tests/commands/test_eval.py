"""`cgd-recipe eval`: settings, the command, and finished runs put together."""

import json
import math
import os
import random
import sys
from itertools import combinations
from statistics import fmean as mean

import pytest
from helpers.command import run
from helpers.plain import plain_yaml
from helpers.shipped import ROOT

from cgd_recipes.commands import eval as running
from cgd_recipes.errors import RecipeError
from cgd_recipes.evaluation.harness.runs import run_folder, seal
from cgd_recipes.evaluation.harness.votes import count_votes
from cgd_recipes.evaluation.job import LmEvalJob, evaluating, make_job
from cgd_recipes.evaluation.plan import build_eval
from cgd_recipes.evaluation.settings import EvalSettings, eval_problems, eval_warnings
from cgd_recipes.evaluation.summary import summarise
from cgd_recipes.grading import Gold, Grade
from cgd_recipes.recipe.resolve import load_recipe
from cgd_recipes.trainers.plan import make_plan

TASKS = ("cgd_amc23", "cgd_math500")


@pytest.fixture(autouse=True)
def in_empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(running, "find_python", lambda source: sys.executable)
    monkeypatch.setattr(running, "version_warnings", lambda python: [])


@pytest.fixture
def model(tmp_path):
    folder = tmp_path / "trained"
    folder.mkdir()
    (folder / "config.json").write_text("{}")
    return folder


def plan_of(*settings):
    return make_plan(load_recipe("qwen-cgd", settings))


def config_of(*settings):
    return build_eval(plan_of(*settings), "m")


def messages(*settings):
    return [problem.message for problem in eval_problems(load_recipe("qwen-cgd", settings))]


def test_everything_that_an_engine_would_choose_itself_is_set():
    greedy = config_of()
    assert greedy["gen_kwargs"] == {"temperature": 0.0, "do_sample": False, "max_gen_toks": 3072}
    sampled = config_of("evaluate.pass_at=[1, 8]", "evaluate.engine=hf")["gen_kwargs"]
    assert sampled == {
        "temperature": 0.6, "do_sample": True, "top_p": 0.95, "repetition_penalty": 1.0, "top_k": 0, "max_gen_toks": 3072,
    }  # fmt: skip
    assert greedy["apply_chat_template"] is True
    assert greedy["system_instruction"].startswith("Please reason")
    assert config_of("system_prompt=null")["system_instruction"] == ""
    assert greedy["model_args"]["max_model_len"] == 4096
    # Room for the prompt, however short the answers.
    assert config_of("evaluate.max_gen_toks=64")["model_args"]["max_model_len"] == 2112


def test_a_server():
    config = config_of(
        "evaluate.engine=server", "evaluate.base_url=http://localhost:8000/v1/", "evaluate.served_model=me"
    )
    assert config["model"] == "local-chat-completions"
    assert config["model_args"]["base_url"] == "http://localhost:8000/v1/chat/completions"
    assert config["model_args"]["model"] == "me"


def test_verbatim_arguments():
    config = config_of("evaluate.model_args={tensor_parallel_size: 4}", "evaluate.gen_kwargs={min_p: 0.1}")
    assert config["model_args"]["tensor_parallel_size"] == 4
    assert config["gen_kwargs"]["min_p"] == 0.1


def test_prompts_at_a_time():
    assert [config_of(f"evaluate.engine={engine}")["batch_size"] for engine in ("vllm", "hf")] == ["auto", 8]
    assert config_of("evaluate.batch_size=32.0")["batch_size"] == 32
    assert config_of("evaluate.batch_size=auto", "evaluate.engine=hf")["batch_size"] == "auto"


def test_mistakes():
    assert messages() == []
    assert messages("evaluate.samples=4", "evaluate.pass_at=[1, 8]") == [
        "pass@8 needs 8 samples of each question, and 'evaluate.samples' is 4"
    ]
    assert (
        "8 samples at temperature 0 would be identical" in messages("evaluate.samples=8", "evaluate.temperature=0")[0]
    )
    assert messages("evaluate.tasks=[cgd_mth]") == ["there is no task 'cgd_mth'; did you mean 'cgd_math'?"]
    assert "needs 'evaluate.base_url'" in messages("evaluate.engine=server")[0]
    assert "runs code that the model wrote" in messages("evaluate.tasks=[cgd_general]")[0]
    assert messages("evaluate.tasks=[cgd_general]", "evaluate.unsafe_code=true") == []
    assert "there is no folder" in messages("evaluate.data=nowhere")[0]


def test_choosing_on_a_reported_set_is_told():
    def warnings(*settings):
        return eval_warnings(load_recipe("qwen-cgd", settings))

    assert warnings() == []
    (warning,) = warnings("evaluate.select_on=cgd_math500")
    assert "chooses checkpoints on cgd_math500, which 'evaluate.tasks' reports" in warning
    assert warnings("evaluate.select_on=cgd_math500", "evaluate.tasks=[cgd_amc23]") == []
    result = run("validate", "qwen-cgd", "-s", "evaluate.select_on=cgd_math500")
    assert result.exit_code == 0 and "warning: 'evaluate.select_on'" in result.stderr


def test_the_rendered_folder_has_the_tasks_with_the_recipes_settings(render_recipe):
    rendered = render_recipe("qwen-cgd", "evaluate.pass_at=[1, 4]", "evaluate.grader=compat", "data.sample=4")
    base = (rendered.folder / "tasks" / "_cgd_base").read_text()
    assert "repeats: 4\n" in base and "pass_at: [1, 4]\n" in base and 'grader: "compat"\n' in base
    assert plain_yaml((rendered.folder / "eval.yaml").read_text())["include_path"] == "tasks"
    plain = render_recipe("qwen-cgd", "evaluate.tasks=[ifeval]", "data.sample=4")
    assert not (plain.folder / "tasks").exists()
    assert "include_path" not in plain_yaml((plain.folder / "eval.yaml").read_text())


def grade_of(is_right):
    return Grade(True, True, "4", "") if is_right else Grade(False, True, "5", "different")


def write_run(folder, scores, *, text=None, **fields):
    """A finished run; `scores` has, for each task, whether each of its problems is right."""
    folder.mkdir(parents=True)
    metadata = {"documents_sha256": "x", "documents_from": "y", "grader": "strict"}
    configs = {task: {"metadata": metadata} for task in scores}
    (folder / "results.json").write_text(json.dumps({"configs": configs, "results": {task: {} for task in scores}}))
    for task, right in scores.items():
        lines = [
            {
                "doc_id": number, "doc_hash": f"{task}{number}", "pass@1": float(is_right), "answered": 1.0, "truncated": 0.0,
                "unfinished": 0.0, "ungraded": 0.0, "tokens": 5, "words": 3, "resps": [[text or f"{folder.name} {number}"]],
                "doc": {"gold": Gold("4")._asdict()}, "grades": [grade_of(is_right)._asdict()], "finish_reasons": ["stop"], **fields,
            }
            for number, is_right in enumerate(right)
        ]  # fmt: skip
        (folder / f"samples_{task}.jsonl").write_text("".join(json.dumps(line) + "\n" for line in reversed(lines)))
    seal(folder)


def test_runs_become_a_result(tmp_path):
    write_run(tmp_path / "a", {"cgd_amc23": [1, 0, 1], "cgd_math500": [1, 1]})
    write_run(tmp_path / "b", {"cgd_amc23": [1, 0, 0], "cgd_math500": [0, 0]})
    summary = summarise([tmp_path / "a", tmp_path / "b"], [1, 2], []).as_json()
    amc = summary["tasks"]["cgd_amc23"]
    assert amc["pass@1"]["value"] == pytest.approx(0.5)
    assert amc["pass@2"]["value"] == pytest.approx(2 / 3)
    assert amc["pass@2"]["error"] == pytest.approx(1 / 3)
    assert amc["runs"]["sd"] == pytest.approx(math.sqrt(2) / 6)
    assert (amc["problems"], amc["questions"], amc["samples"], amc["distinct"]) == (3, 3, 2, 1.0)
    assert summary["warnings"] == []


def test_most_samples_decide_majority_at_k(tmp_path):
    folders = [tmp_path / "runs" / name for name in "abc"]
    for folder, right in zip(folders, ([1, 1, 0], [1, 0, 0], [0, 0, 0]), strict=True):
        write_run(folder, {"cgd_amc23": right})
    votes = tmp_path / "votes" / "v.json"
    count_votes(folders, {"cgd_amc23": "strict"}, votes)
    task = summarise(folders, [1, 3], [], votes).as_json()["tasks"]["cgd_amc23"]
    assert task["majority@3"]["value"] == pytest.approx(1 / 3)  # two of three right, one of three, none
    assert task["pass@3"]["value"] == pytest.approx(2 / 3)
    assert "majority@1" not in task
    assert task["finish_reasons"] == {"stop": 9}


def test_what_was_cut_off_does_not_vote(tmp_path):
    write_run(tmp_path / "a", {"cgd_amc23": [1]})
    for name in "bc":
        write_run(tmp_path / name, {"cgd_amc23": [0]}, truncated=1.0)
    folders = [tmp_path / name for name in "abc"]
    for grader, value in (("strict", 1.0), ("compat", 0.0)):
        count_votes(folders, {"cgd_amc23": grader}, tmp_path / grader)
        assert summarise(folders, [3], [], tmp_path / grader).benchmarks["cgd_amc23"].majority_at[3].value == value


def test_a_group_counts_each_benchmark_once(tmp_path):
    for name in "ab":
        write_run(tmp_path / name, {"cgd_math500": [1, 1], "cgd_minerva_math": [0, 0], "cgd_gsm8k": [1] * 50,
                                   "cgd_olympiadbench": [0, 1], "cgd_amc23": [0]})  # fmt: skip
    folders = [tmp_path / "a", tmp_path / "b"]
    group = summarise(folders, [1], ["cgd_g1"]).as_json()["groups"]["cgd_g1"]
    assert group["pass@1"]["value"] == pytest.approx(0.5)
    assert group["runs"] == {"mean": pytest.approx(0.5), "sd": 0.0}
    assert summarise(folders, [1], ["cgd_math"]).groups == {}  # tasks are missing


def test_group_two_averages_metrics_of_different_names(tmp_path):
    write_run(tmp_path / "a", {"cgd_theoremqa": [1, 0]})
    path = tmp_path / "a" / "results.json"
    results = json.loads(path.read_text())
    results["configs"]["gpqa_diamond_cot_zeroshot"] = {}
    results["results"]["gpqa_diamond_cot_zeroshot"] = {
        "exact_match,flexible-extract": 0.3, "exact_match_stderr,flexible-extract": 0.04,
    }  # fmt: skip
    results["results"]["mmlu_pro"] = {"exact_match,custom-extract": 0.4, "exact_match_stderr,custom-extract": 0.03}
    path.write_text(json.dumps(results))
    group = summarise([tmp_path / "a"], [1], ["cgd_g2"]).as_json()["groups"]["cgd_g2"]
    assert group["mean"]["value"] == pytest.approx(0.4)
    assert group["mean"]["error"] == pytest.approx(math.sqrt(0.5**2 + 0.04**2 + 0.03**2) / 3)


def test_what_to_be_wary_of(tmp_path):
    for name in "ab":
        write_run(tmp_path / name, {"cgd_amc23": [0, 0]}, text="same", truncated=1.0, answered=0.0, ungraded=0.5)
    text = "\n".join(summarise([tmp_path / "a", tmp_path / "b"], [1, 2], []).warnings)
    assert "the 2 samples of every question are the same text" in text
    assert "responses were stopped by max_gen_toks: cgd_amc23 100.0 %" in text
    assert "few responses have a final answer: cgd_amc23 0.0 %" in text
    assert "count as wrong: cgd_amc23 50.0 %" in text


def test_runs_of_different_problems_are_refused(tmp_path):
    write_run(tmp_path / "a", {"cgd_amc23": [1]})
    write_run(tmp_path / "b", {"cgd_amc23": [1, 0]})
    with pytest.raises(RecipeError, match="not of the same questions"):
        summarise([tmp_path / "a", tmp_path / "b"], [1], [])


def recompute(folders, task, k):
    """pass@k from the samples files by drawing every k of the samples: nothing of the package's arithmetic."""
    runs = [
        {
            record["doc_id"]: record["pass@1"]
            for record in map(json.loads, (folder / f"samples_{task}.jsonl").read_text().split("\n")[:-1])
        }
        for folder in folders
    ]
    draws = list(combinations(runs, k))
    return mean(any(run[doc] for run in drawn) for doc in runs[0] for drawn in draws)


def test_pass_at_k_agrees_with_draws_from_the_samples_files(tmp_path):
    rng = random.Random(3)
    folders = [tmp_path / str(run) for run in range(16)]
    for folder in folders:
        write_run(folder, {"cgd_amc23": [rng.random() < rate / 20 for rate in range(20)]})
    task = summarise(folders, [1, 4, 16], []).as_json()["tasks"]["cgd_amc23"]
    for k in (1, 4, 16):
        assert task[f"pass@{k}"]["value"] == pytest.approx(recompute(folders, "cgd_amc23", k))


def run_eval(model, *arguments):
    settings = [
        "-s",
        f"evaluate.tasks=[{', '.join(TASKS)}]",
        "-s",
        "evaluate.pass_at=[1, 2]",
        "-s",
        "evaluate.engine=hf",
    ]
    return run("eval", "qwen-cgd", "--model", model, *settings, *arguments)


def job_of(plan, model, target):
    return make_job(plan, EvalSettings.of(plan.recipe), str(model), target, limit=None, python=sys.executable)


def finished(model, *settings):
    """The evaluation that `run_eval` makes, its runs there already."""
    plan = plan_of(f"evaluate.tasks=[{', '.join(TASKS)}]", "evaluate.pass_at=[1, 2]", "evaluate.engine=hf", *settings)
    target = (model.parent / "build" / "qwen-cgd-eval").absolute()
    evaluation = job_of(plan, model, target)
    for seed in evaluation.seeds:
        write_run(run_folder(target / "runs", evaluation.fingerprint, seed), {task: [1, 0] for task in TASKS})
    return evaluation


def test_a_dry_run_writes_nothing(model, tmp_path):
    result = run_eval(model, "--dry-run")
    assert result.exit_code == 0, result.output
    command = result.stdout.splitlines()[-1]
    assert "-m cgd_recipes.evaluation.harness.sweep eval.yaml" in command and "--seeds 42 43" in command
    assert f"pretrained: {model}" in result.stdout
    assert not (tmp_path / "build").exists()


@pytest.mark.processes
def test_finished_runs_are_not_repeated(model, tmp_path, capfd):
    finished(model)
    result = run_eval(model)
    assert result.exit_code == 0, result.output
    assert "2 of 2 runs are there already" in capfd.readouterr().out
    assert "50.0 ± 50.0" in result.stdout
    written = json.loads((tmp_path / "build/qwen-cgd-eval/results.json").read_text())
    assert written["tasks"]["cgd_amc23"]["pass@2"]["value"] == 0.5
    assert written["selection"] is None
    assert written["seeds"] == [42, 43]


def test_another_model_in_the_same_folder_is_evaluated_again(model):
    first = finished(model).fingerprint
    os.utime(model / "config.json", (1, 1))
    plan = plan_of(f"evaluate.tasks=[{', '.join(TASKS)}]", "evaluate.pass_at=[1, 2]", "evaluate.engine=hf")
    again = job_of(plan, model, model.parent)
    assert again.fingerprint != first
    # More samples go on from those that are there.
    more = plan_of(f"evaluate.tasks=[{', '.join(TASKS)}]", "evaluate.pass_at=[1, 4]", "evaluate.engine=hf")
    assert job_of(more, model, model.parent).fingerprint == again.fingerprint


def test_local_data_are_part_of_what_a_run_is(model, tmp_path, write_rows):
    path = write_rows([{"problem": "p", "answer": "1"}], "amc23.jsonl")
    settings = ("evaluate.tasks=[cgd_amc23]", f"evaluate.data={tmp_path}")
    prints = set()
    for answer in "12":
        path.write_text(json.dumps({"problem": "p", "answer": answer}))
        evaluation = job_of(plan_of(*settings), model, tmp_path)
        prints.add(evaluation.fingerprint)
    assert len(prints) == 2
    assert f'data: "{tmp_path}"' in evaluation.files["tasks/_cgd_base"]


def test_no_model(tmp_path):
    result = run("eval", "qwen-cgd")
    assert result.exit_code == 1
    assert "build/qwen-cgd/model: there is no trained model; train first, or name a model with --model" in result.stderr


@pytest.mark.processes
def test_lm_eval_that_fails(model, monkeypatch):
    # This environment has no lm-eval, so the runs that are missing cannot be made.
    result = run_eval(model)
    assert result.exit_code == 1
    assert (
        "lm-eval ended with exit code 1, see above; runs that have finished are kept, and so is every answer of the others"
        in result.stderr
    )


def test_the_best_checkpoint_is_chosen_and_named(model, tmp_path, monkeypatch):
    place = tmp_path / "build" / "qwen-cgd" / "model"
    for step in (5, 10, 20):
        (place / f"checkpoint-{step}").mkdir(parents=True)
    scores = {"checkpoint-5": [1, 0], "checkpoint-10": [1, 1], "checkpoint-20": [1, 1]}

    def sweep(evaluation):
        path = evaluation.folder / "runs" / evaluation.config["tasks"][0]
        task = evaluation.config["tasks"][0]
        if not path.exists():
            write_run(path, {task: scores.get(evaluation.folder.name, [0, 0])})
        assert evaluation.config["gen_kwargs"]["do_sample"] is False
        return [path]

    monkeypatch.setattr(LmEvalJob, "run", sweep)
    arguments = ["eval", "qwen-cgd", "-s", "evaluate.tasks=[cgd_amc23]", "--select"]
    result = run(*arguments)
    assert result.exit_code == 0, result.output
    selection = json.loads((tmp_path / "build/qwen-cgd-eval/results.json").read_text())["selection"]
    assert selection["set"] == "cgd_math_val"
    assert selection["model"].endswith("checkpoint-10")
    result = run(*arguments, "-s", "evaluate.select_on=cgd_amc23")
    assert "warning: 'evaluate.select_on' chooses checkpoints on cgd_amc23" in result.stderr
    written = json.loads((tmp_path / "build/qwen-cgd-eval/results.json").read_text())
    assert any("evaluate.select_on" in warning for warning in written["warnings"])


def test_the_docs_name_every_key_of_the_section():
    text = (ROOT / "docs" / "evaluation.md").read_text(encoding="utf-8")
    assert [key for key in plan_of().recipe.get("evaluate") if f"`{key}`" not in text] == []


def test_whole_numbers_may_be_written_as_floats(model):
    settings = ("train.seed=42.0", "evaluate.pass_at=[1.0, 4.0]", "evaluate.max_gen_toks=64.0", "evaluate.samples=4.0")
    job = job_of(plan_of(*settings), model, model.parent)
    assert job.seeds == [42, 43, 44, 45]
    assert job.command[-4:] == ["42", "43", "44", "45"]
    assert job.config["seed"] == [42] * 4 and job.config["gen_kwargs"]["max_gen_toks"] == 64
    assert all(isinstance(seed, int) for seed in [*job.seeds, *job.config["seed"]])


@pytest.mark.parametrize(
    ("setting", "named"),
    [
        ("evaluate.model_args={trust_remote_code: true}", "model_args.trust_remote_code"),
        ("evaluate.model_args={worker_cls: mine.Worker}", "model_args.worker_cls"),
        ("evaluate.model_args={logits_processors: [a.B]}", "model_args.logits_processors"),
        ("evaluate.gen_kwargs={custom_generate: me/repo}", "gen_kwargs.custom_generate"),
        ("evaluate.unsafe_code=true", "unsafe_code"),
    ],
)
def test_what_runs_code_is_told_before_it_runs(setting, named, model):
    for arguments in (
        ["validate", "qwen-cgd", "-s", setting],
        ["eval", "qwen-cgd", "-s", setting, "--model", str(model), "--dry-run"],
    ):
        result = run(*arguments)
        assert result.exit_code == 0, result.output
        assert f"'evaluate.{named}'" in result.stderr
    assert "evaluate." not in run("validate", "qwen-cgd", "-s", "evaluate.model_args={trust_remote_code: false}").stderr


def test_printed_commands_are_quoted(tmp_path, model):
    result = run_eval(model, "--dry-run", "-o", str(tmp_path / "my results"))
    assert f"cd '{tmp_path}/my results' && " in result.stdout


def test_a_model_may_be_asked_by_another_grader_without_a_new_answer(model):
    one, other = (job_of(plan_of(f"evaluate.grader={grader}"), model, model.parent) for grader in ("strict", "compat"))
    assert one.fingerprint != other.fingerprint
    assert one.answers_fingerprint == other.answers_fingerprint
    hotter = job_of(plan_of("evaluate.temperature=0.7"), model, model.parent)
    assert hotter.answers_fingerprint != one.answers_fingerprint


@pytest.mark.parametrize("name", ["results.json", "eval.yaml", "manifest.json", "tasks/_cgd_base"])
def test_files_of_others_stop_an_evaluation_before_it_starts(name, model, tmp_path, capfd):
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("mine")
    (tmp_path / "notes").write_text("mine")
    result = run_eval(model, "-o", ".")
    assert result.exit_code == 1, result.output
    assert name in result.stderr
    assert (path.read_text(), (tmp_path / "notes").read_text()) == ("mine", "mine")
    assert "runs are there already" not in capfd.readouterr().out


def test_what_says_how_fast_a_model_answers_costs_no_answer(model):
    one = job_of(plan_of("evaluate.engine=hf"), model, model.parent)
    for settings in (
        ["evaluate.batch_size=2"],
        ["evaluate.model_args={num_concurrent: 4, timeout: 9, gpu_memory_utilization: 0.5}"],
    ):
        other = job_of(plan_of("evaluate.engine=hf", *settings), model, model.parent)
        assert other.answers_fingerprint == one.answers_fingerprint


@pytest.mark.parametrize("below", [".", "eval", "a/b"])
def test_results_inside_the_model_are_no_part_of_it(below, model):
    target = model / below
    before = job_of(plan_of(), model, target).answers_fingerprint
    for name in (
        "runs/x/samples.jsonl",
        "answers/x.jsonl",
        "votes/v.json",
        "tasks/t.yaml",
        "eval.yaml",
        "results.json",
        "manifest.json",
    ):
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        (target / name).write_text("x")
    assert job_of(plan_of(), model, target).answers_fingerprint == before
    (model / "model.safetensors").write_text("x")
    assert job_of(plan_of(), model, target).answers_fingerprint != before


@pytest.mark.parametrize("argument", ["peft", "lora_local_path", "tokenizer"])
def test_an_adapter_that_was_trained_again_is_asked_again(argument, model, tmp_path):
    adapter = tmp_path / "adapter"
    adapter.mkdir()
    (adapter / "adapter.safetensors").write_text("first")
    setting = f"evaluate.model_args={{{argument}: {adapter}}}"
    before = job_of(plan_of(setting), model, model.parent).answers_fingerprint
    (adapter / "adapter.safetensors").write_text("trained again")
    assert job_of(plan_of(setting), model, model.parent).answers_fingerprint != before


def test_a_local_folder_is_named_from_where_the_command_is_run(model, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").mkdir()
    monkeypatch.setenv("CGD_EVAL_DATA", "data")
    assert job_of(plan_of(), model, model.parent).switches["CGD_EVAL_DATA"] == str(tmp_path / "data")
    monkeypatch.setenv("CGD_EVAL_DATA", str(tmp_path / "data"))
    assert "CGD_EVAL_DATA" not in job_of(plan_of(), model, model.parent).switches


def test_two_evaluations_are_not_at_work_in_one_folder(model, tmp_path):
    target = tmp_path / "build" / "qwen-cgd-eval"
    with evaluating(target):
        result = run_eval(model)
        assert result.exit_code == 1
        assert f"{target}: another `cgd-recipe eval` is at work here; wait for it" in result.stderr
        assert run_eval(model, "--dry-run").exit_code == 0
    assert not (tmp_path / "build").exists()


def test_a_folder_of_results_that_is_a_file(model, tmp_path):
    (tmp_path / "file").touch()
    result = run_eval(model, "-o", str(tmp_path / "file"))
    assert result.exit_code == 1
    assert f"{tmp_path}/file: is a file; choose another folder with -o" in result.stderr


@pytest.mark.parametrize("lost", [math.nan, math.inf])
def test_a_metric_that_is_no_number_is_left_out_and_told(lost, tmp_path):
    (tmp_path / "a").mkdir()
    found = {"acc,none": 0.5, "acc_stderr,none": math.nan, "word_perplexity,none": lost}
    (tmp_path / "a" / "results.json").write_text(json.dumps({"configs": {"mmlu": {}}, "results": {"mmlu": found}}))
    summary = summarise([tmp_path / "a"], [1], [])
    assert summary.as_json()["tasks"]["mmlu"]["metrics"] == {"acc,none": {"value": 0.5, "error": None, "sd": None}}
    assert summary.warnings == ["mmlu: lm-eval counts no number for word_perplexity,none, which is left out"]


@pytest.mark.parametrize(
    ("value", "problem"),
    [(".nan", "'.nan' is not a number"), (".inf", "'evaluate.temperature' must be a number or null, found")],
)
def test_a_temperature_that_is_no_number(value, problem):
    result = run("validate", "qwen-cgd", "-s", f"evaluate.temperature={value}")
    assert result.exit_code == 1
    assert problem in result.stderr
