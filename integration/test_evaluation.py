"""The benchmarks in a real lm-eval: three ways to name them, pass@k of known models, guards, interrupted runs, a server."""

import io
import itertools
import json
import logging
import os
import random
import shutil
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from statistics import mean

import pytest
from conftest import HERE
from fake_model import FakeModel
from lm_eval import simple_evaluate
from lm_eval.tasks import TaskManager

from cgd_recipes.evaluation.harness.fault import EvaluationFault
from cgd_recipes.evaluation.taskfiles import expand_groups, tasks_folder

PROBLEMS = HERE / "problems"
BIN = Path(sys.executable).parent


@pytest.fixture(autouse=True)
def local_data(monkeypatch):
    monkeypatch.setenv("CGD_EVAL_DATA", str(PROBLEMS))
    monkeypatch.setenv("CGD_EVAL_BIN", str(BIN))


@pytest.fixture
def sums(tmp_path, monkeypatch):
    """A local amc23 of sums, as many as there are rates."""

    def write(count):
        rows = [
            {"id": number, "problem": f"What is {number} + 1?", "answer": str(number + 1)} for number in range(count)
        ]
        (tmp_path / "amc23.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
        monkeypatch.setenv("CGD_EVAL_DATA", str(tmp_path))

    return write


def evaluate(model, tmp_path, *, gen_kwargs=None, chat=True, system=None, **keys):
    """Run cgd_amc23 with keys of its file changed."""
    folder = tmp_path / "own"
    if not folder.exists():
        shutil.copytree(tasks_folder(), folder)
    changed = "".join(f"{key}: {json.dumps(value)}\n" for key, value in keys.items())
    (folder / "cgd_own.yaml").write_text(f"include: cgd_amc23.yaml\ntask: cgd_own\n{changed}")
    return simple_evaluate(
        model=model, tasks=["cgd_own"], task_manager=TaskManager(include_path=str(folder), include_defaults=False),
        apply_chat_template=chat, system_instruction=system, gen_kwargs=gen_kwargs, bootstrap_iters=100,
    )  # fmt: skip


class Thinker(FakeModel):
    """Thinks of one answer and gives another, or never stops thinking."""

    def answer(self, prompt, options):
        number = int(prompt.rpartition("What is ")[2].split()[0])
        right, wrong = f"\\boxed{{{number + 1}}}", f"\\boxed{{{number + 2}}}"
        return [
            f"<think>\n{wrong}?\n</think>\n\n{right}",
            f"<think>\n{right}?\n</think>\n\n{wrong}",
            f"<think>\n{right}?\n</think>",
            f"<think>\n{right}?",
        ][number]


def test_the_score_is_of_what_follows_the_thinking(sums, tmp_path):
    sums(4)
    results = evaluate(Thinker([]), tmp_path)
    found = results["results"]["cgd_own"]
    assert (found["pass@1,none"], found["answered,none"]) == (0.25, 0.5)
    assert [sample["pass@1"] for sample in results["samples"]["cgd_own"]] == [1, 0, 0, 0]


SAMPLED = {"until": [], "max_gen_toks": 512, "do_sample": True, "temperature": 0.6}


def test_known_success_rates_give_the_closed_form(sums, tmp_path):
    rng = random.Random(9)
    rates = [rng.random() ** 2 for _ in range(150)]
    sums(len(rates))
    results = evaluate(FakeModel(rates), tmp_path, repeats=32, pass_at=[1, 4, 16], generation_kwargs=SAMPLED)
    found = results["results"]["cgd_own"]
    for k in (1, 4, 16):
        closed = mean(1 - (1 - rate) ** k for rate in rates)
        assert abs(found[f"pass@{k},none"] - closed) < found[f"pass@{k}_stderr,none"], k
    assert found["distinct,none"] == 1.0
    assert found["answered,none"] == 1.0
    # The samples file alone gives the same: the mean over all ways to take k of a problem's samples, for the small k.
    samples = results["samples"]["cgd_own"]
    for k in (1, 4):
        shares = []
        for one in samples[:20]:
            right = [f"\\boxed{{{one['doc']['answer']}}}" in text for text in one["resps"][0]]
            draws = itertools.combinations(right, k)
            shares.append(mean(float(any(draw)) for draw in draws))
            assert one[f"pass@{k}"] == pytest.approx(shares[-1])
            assert one["run_sd"] == right


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"repeats": 4}, "4 samples with greedy decoding"),
        ({"repeats": 4, "generation_kwargs": {**SAMPLED, "seed": 1}}, "the same seed"),
        ({"pass_at": [4]}, "repeats is 1"),
        ({"generation_kwargs": {**SAMPLED, "max_gen_toks": 16_380}}, "2 of 2 prompts would be cut"),
        ({"grader": "lenient"}, "unknown grader 'lenient'"),
    ],
)
def test_what_is_stopped_before_anything_is_generated(options, message, sums, tmp_path):
    sums(2)
    model = FakeModel([1, 1])
    with pytest.raises(EvaluationFault, match=message):
        evaluate(model, tmp_path, **options)
    assert model.asked == []


@pytest.fixture
def log():
    """A text buffer of what is logged; lm-eval sets handlers of its own."""
    text, logger = io.StringIO(), logging.getLogger("cgd_recipes.evaluation")
    handler = logging.StreamHandler(text)
    logger.addHandler(handler)
    yield text
    logger.removeHandler(handler)


def test_what_is_told(sums, tmp_path, log):
    sums(2)
    constant = FakeModel([1, 1], constant=True)
    found = evaluate(constant, tmp_path, repeats=4, pass_at=[1, 4], generation_kwargs=SAMPLED)["results"]["cgd_own"]
    assert found["distinct,none"] == 0.25
    assert "the 4 samples of every question are the same text" in log.getvalue()
    assert "2 questions in" in log.getvalue() and "where 40 are expected" in log.getvalue()
    assert "no chat template" not in log.getvalue()
    evaluate(FakeModel([1, 1]), tmp_path, chat=False, gen_kwargs={"until": ["\n\n"]})
    assert "no chat template is applied" in log.getvalue()
    assert "responses end at ['\\n\\n']" in log.getvalue()


def test_the_instruction(sums, tmp_path):
    sums(1)
    for system, head in (
        (None, "<system>Please reason step by step"),
        ("Mine.", "<system>Mine.<user>"),
        ("", "<user>"),
    ):
        model = FakeModel([1])
        evaluate(model, tmp_path, system=system)
        ((prompt, options),) = model.asked
        assert prompt.startswith(head), prompt
        assert (options["until"], options["max_gen_toks"]) == ([], 8192)
        assert prompt.count("boxed") == (system is None)


def test_responses_that_fill_the_limit_are_truncated(sums, tmp_path):
    sums(2)
    found = evaluate(FakeModel([1, 1]), tmp_path, generation_kwargs={**SAMPLED, "max_gen_toks": 4})["results"][
        "cgd_own"
    ]
    assert found["truncated,none"] == 1.0
    assert found["pass@1,none"] == 0.0
    assert found["tokens,none"] == 4


def command(*arguments, cwd, **options):
    done = subprocess.run(list(map(str, arguments)), cwd=cwd, capture_output=True, text=True, check=False, **options)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-3000:]
    return done.stdout + done.stderr


def test_every_shipped_task_is_in_order(tmp_path):
    text = command(BIN / "cgd-recipe", "tasks", "check", "--data", PROBLEMS, cwd=tmp_path)
    told = dict(line.split(": ", 1) for line in text.splitlines() if line.endswith(": ok"))
    expected = {*expand_groups(["cgd_math", "cgd_g2", "cgd_general", "cgd_math_val", "cgd_theoremqa_text"])}
    assert set(told) == expected


def test_a_wrong_task_is_found(tmp_path):
    shutil.copytree(PROBLEMS, tmp_path / "data")
    (tmp_path / "data" / "aime24.jsonl").write_text('{"problem": "p"}\n')
    run = [BIN / "cgd-recipe", "tasks", "check", "cgd_aime24", "cgd_aime25", "--data", tmp_path / "data"]
    done = subprocess.run(run, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "aime24.jsonl:1: aime24: a row has no answer" in done.stdout
    assert "cgd_aime25: ok" in done.stdout


@pytest.fixture
def model(models, tmp_path):
    """The tiny LLaMA with a penalty that transformers would apply."""
    folder = tmp_path / "tiny"
    shutil.copytree(models / "llama", folder)
    config = folder / "generation_config.json"
    values = json.loads(config.read_text()) if config.exists() else {}
    config.write_text(json.dumps({**values, "repetition_penalty": 1.3}))
    return folder


def tasks_in(results):
    """Names in the results file that plain lm-eval wrote, and one task's first sample."""
    (path,) = results.rglob("results_*.json")
    found = json.loads(path.read_text())["results"]
    (samples,) = results.rglob("samples_cgd_gsm8k_*.jsonl")
    return set(found), json.loads(samples.read_text().splitlines()[0])


def test_three_ways_to_name_the_tasks(model, tmp_path):
    everything = {"cgd_math", *expand_groups(["cgd_math"])}
    plain = [
        BIN / "lm_eval", "--model", "hf", "--model_args", f"pretrained={model},dtype=float32", "--tasks", "cgd_math", "--limit", "1",
        "--gen_kwargs", "max_gen_toks=16", "--apply_chat_template", "--device", "cpu", "--batch_size", "8", "--log_samples",
    ]  # fmt: skip
    recipe = BIN / "cgd-recipe"
    command(recipe, "tasks", "install", cwd=tmp_path)
    try:
        log = command(*plain, "--output_path", "installed", cwd=tmp_path)
    finally:
        command(recipe, "tasks", "uninstall", cwd=tmp_path)
    names, sample = tasks_in(tmp_path / "installed")
    assert names == everything
    assert "generation_config.json sets repetition_penalty=1.3" in log
    assert sample["truncated"] == 1.0 and sample["tokens"] <= 16
    missing = subprocess.run(
        [*map(str, plain), "--output_path", "x"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert missing.returncode != 0 and "not found" in missing.stdout + missing.stderr

    folder = command(recipe, "tasks", "path", cwd=tmp_path).strip()
    command(*plain, "--include_path", folder, "--output_path", "included", cwd=tmp_path)
    assert tasks_in(tmp_path / "included")[0] == everything

    out = tmp_path / "build"
    settings = ("evaluate.engine=hf", "evaluate.max_gen_toks=16", "evaluate.pass_at=[1, 2]", "data.sample=4")
    options = [part for setting in settings for part in ("-s", setting)]
    command(
        recipe,
        "render",
        "llama-cgd",
        "-s",
        f"student={model}",
        "-s",
        "train.sequence_len=4096",
        *options,
        "-o",
        out,
        cwd=tmp_path,
    )
    shutil.move(out, tmp_path / "moved")
    shutil.copytree(model, tmp_path / "moved" / "model")
    run = [BIN / "lm_eval", "run", "--config", "eval.yaml", "--limit", "1", "--device", "cpu"]
    log = command(*run, cwd=tmp_path / "moved")
    names, sample = tasks_in(tmp_path / "moved" / "results")
    assert names == everything
    assert len(sample["resps"][0]) == 2 and "pass@2" in sample
    assert "generation_config.json sets" not in log


def eval_command(model, *settings):
    overs = [
        f"student={model}",
        "train.sequence_len=4096",
        "evaluate.max_gen_toks=16",
        "evaluate.tasks=[cgd_amc23, cgd_gsm8k]",
        *settings,
    ]
    options = [part for setting in overs for part in ("-s", setting)]
    return [BIN / "cgd-recipe", "eval", "llama-cgd", "--model", model, *options]


def test_an_interrupted_evaluation_goes_on(model, tmp_path):
    run = eval_command(
        model, "evaluate.engine=hf", "evaluate.pass_at=[1, 3]", "evaluate.model_args={dtype: float32, device: cpu}"
    )
    first = command(*run, cwd=tmp_path)
    assert "0 of 3 runs are there already" in first
    place = tmp_path / "build" / "llama-cgd-eval"
    runs = sorted((place / "runs").iterdir())
    assert len(runs) == 3
    texts = [[json.loads(line)["resps"] for line in (one / "samples_cgd_amc23.jsonl").open()] for one in runs]
    assert texts[0] != texts[1] != texts[2]
    result = json.loads((place / "results.json").read_text())
    kept = (runs[0] / "results.json").stat().st_mtime_ns
    shutil.rmtree(runs[1])
    (place / "runs" / f".{runs[1].name}.1.tmp").mkdir()  # what a run that was killed may leave
    again = command(*run, cwd=tmp_path)
    assert "2 of 3 runs are there already" in again and "run with seed 43" in again and "run with seed 42" not in again
    assert (runs[0] / "results.json").stat().st_mtime_ns == kept
    lines = (runs[1] / "samples_cgd_amc23.jsonl").read_text().splitlines()
    assert [json.loads(line)["resps"] for line in lines] == texts[1]  # its seed says what it is
    assert json.loads((place / "results.json").read_text())["tasks"] == result["tasks"]
    assert result["tasks"]["cgd_amc23"]["samples"] == 3
    assert any("were stopped by max_gen_toks" in warning for warning in result["warnings"])


class Server(BaseHTTPRequestHandler):
    """A chat endpoint that answers every problem with 4, and says of one that it was cut."""

    asked: list = []  # noqa: RUF012

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.asked.append(body)
        cut = "shelf" in body["messages"][-1]["content"]
        message = {"role": "assistant", "content": f"Sample {body['seed']}: \\boxed{{{27 if cut else 4}}}"}
        choice = {"index": 0, "message": message, "finish_reason": "length" if cut else "stop"}
        text = json.dumps({"choices": [choice], "usage": {}}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_arguments):
        pass


def test_a_server(model, tmp_path):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings = (
        "evaluate.engine=server",
        f"evaluate.base_url=http://127.0.0.1:{server.server_port}/v1",
        "evaluate.served_model=me",
    )
    run = eval_command(model, *settings, "evaluate.pass_at=[1, 2]")
    try:
        command(*run, cwd=tmp_path, env={**os.environ, "OPENAI_API_KEY": "secret-key"})
    finally:
        server.shutdown()
        server.server_close()
    place = tmp_path / "build" / "llama-cgd-eval"
    amc = json.loads((place / "results.json").read_text())["tasks"]["cgd_amc23"]
    # Both answers are right, but the server says that one was cut.
    assert (amc["pass@1"]["value"], amc["truncated"], amc["distinct"]) == (0.5, 0.5, 1.0)
    assert {body["seed"] for body in Server.asked} == {42, 43}
    for body in Server.asked:
        assert (body["model"], body["max_tokens"], body["temperature"], body["top_p"]) == ("me", 16, 0.6, 0.95)
        assert [one["role"] for one in body["messages"]] == ["system", "user"]
    assert not any(b"secret-key" in path.read_bytes() for path in place.rglob("*") if path.is_file())


HOSTILE = [
    "line one\u2028line two",
    "a\u0085b",
    "half a pair \ud83d of surrogates",
    "NUL \x00 and \x1c\x1d\x1e",
    " " * 1_000_000,
    "\ufeff\u2029\r\n\r",
]


class HostileServer(Server):
    """Writes what no program likes to read, with the right answer behind it, and a reason of each kind."""

    asked: list = []  # noqa: RUF012

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.asked.append((body["messages"][-1]["content"], body["seed"]))
        number = len(set(self.asked))
        message = {"role": "assistant", "content": f"{HOSTILE[number % len(HOSTILE)]} {number} \\boxed{{4}}"}
        reason = ["stop", "stop", "content_filter"][number % 3]
        text = json.dumps(
            {"choices": [{"index": 0, "message": message, "finish_reason": reason}], "usage": {}}
        ).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)


# Put on the path of every Python of the command: ends it, as `kill -9` does, at one place.
KILL = """
import os, signal
place, _, times = os.environ.get("KILL_AT", "").partition(":")
def die(module, owner, name, after=False):
    import importlib
    target = importlib.import_module(module)
    target = getattr(target, owner) if owner else target
    act, calls = getattr(target, name), []
    def dying(*arguments, **options):
        calls.append(1)
        if len(calls) < int(times or 1):
            return act(*arguments, **options)
        if after:
            act(*arguments, **options)
        os.kill(os.getpid(), signal.SIGKILL)
    setattr(target, name, dying)
if place == "generating":
    die("cgd_recipes.evaluation.harness.answers", "AnswerJournal", "add_partial", after=True)
elif place == "generated":
    die("cgd_recipes.evaluation.harness.answers", "AnswerJournal", "answer", after=True)
elif place == "grading":
    die("cgd_recipes.grading.pool", "GradingPool", "grade_many")
elif place == "voting":
    die("cgd_recipes.evaluation.harness.votes", "", "count_votes")
elif place == "summarising":
    die("cgd_recipes.evaluation.summary", "", "task_result")
"""


@pytest.mark.parametrize("place", ["generating:3", "generated", "generated:2", "grading:2", "voting", "summarising"])
def test_a_killed_evaluation_asks_for_nothing_twice(place, model, tmp_path):
    HostileServer.asked.clear()
    (tmp_path / "path").mkdir()
    (tmp_path / "path" / "sitecustomize.py").write_text(KILL)
    server = ThreadingHTTPServer(("127.0.0.1", 0), HostileServer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"evaluate.base_url=http://127.0.0.1:{server.server_port}/v1"
    settings = ("evaluate.engine=server", url, "evaluate.tasks=[cgd_amc23]", "evaluate.max_gen_toks=2048")
    run = [
        *map(str, eval_command(model, *settings, "evaluate.pass_at=[1, 2]", "evaluate.model_args={num_concurrent: 1}"))
    ]
    path = os.pathsep.join(filter(None, [str(tmp_path / "path"), os.environ.get("PYTHONPATH", "")]))
    environment = {**os.environ, "PYTHONPATH": path, "OPENAI_API_KEY": "k"}
    try:
        first = subprocess.run(
            run, cwd=tmp_path, env={**environment, "KILL_AT": place}, capture_output=True, check=False
        )
        assert first.returncode != 0
        before = len(HostileServer.asked)
        command(*run, cwd=tmp_path, env=environment)
    finally:
        server.shutdown()
        server.server_close()
    questions = len((PROBLEMS / "amc23.jsonl").read_text().splitlines())
    assert before > 0
    assert len(HostileServer.asked) == len(set(HostileServer.asked)) == 2 * questions
    if place in ("generated:2", "voting", "summarising"):
        assert before == 2 * questions
    place = tmp_path / "build" / "llama-cgd-eval"
    amc = json.loads((place / "results.json").read_text())["tasks"]["cgd_amc23"]
    assert sum(amc["finish_reasons"].values()) == 2 * questions
    assert amc["unfinished"] == amc["finish_reasons"]["content_filter"] / (2 * questions)
    for samples in place.glob("runs/*/samples_*.jsonl"):
        assert len(samples.read_text().splitlines()) == questions


def without_times(file):
    """What a file of a run holds that is the same whenever it is made: samples, or scores and votes without dates and hashes."""
    content = file.read_text(encoding="utf-8")
    if file.suffix == ".jsonl":
        return content
    found = json.loads(content)
    return found.get("results") or found["votes"]


def test_damaged_runs_and_votes_are_made_again_without_a_token(model, tmp_path):
    HostileServer.asked.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), HostileServer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"evaluate.base_url=http://127.0.0.1:{server.server_port}/v1"
    run = eval_command(model, "evaluate.engine=server", url, "evaluate.tasks=[cgd_amc23]", "evaluate.pass_at=[1, 2]")
    environment = {**os.environ, "OPENAI_API_KEY": "k"}
    place = tmp_path / "build" / "llama-cgd-eval"
    try:
        command(*run, cwd=tmp_path, env=environment)
        result, asked = (place / "results.json").read_bytes(), len(HostileServer.asked)
        first, second = sorted((place / "runs").iterdir())
        for damaged in (first / "samples_cgd_amc23.jsonl", second / "results.json", *(place / "votes").iterdir()):
            content, scores = damaged.read_bytes(), without_times(damaged)
            damaged.write_bytes(content[: len(content) // 2])
            command(*run, cwd=tmp_path, env=environment)
            assert without_times(damaged) == scores
        assert len(HostileServer.asked) == asked
        assert (place / "results.json").read_bytes() == result
    finally:
        server.shutdown()
        server.server_close()
