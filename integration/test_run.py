"""The whole loop as a user runs it: the laptop example with a real student, and a run that is killed in every step."""

import hashlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import generating
import pytest

ROOT = Path(__file__).resolve().parents[1]
CGD_RECIPE = [sys.executable, "-m", "cgd_recipes"]
LAPTOP = ROOT / "examples" / "laptop"
STEPS = ("generate", "render", "train", "evaluate", "report")


@pytest.fixture(scope="module")
def environment():
    """The programs of this environment first, as in a shell where it is active."""
    return {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}


def command(*arguments, cwd, environment):
    done = subprocess.run(
        [*CGD_RECIPE, *map(str, arguments)], cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-6000:]
    return done.stdout


def test_the_laptop_example_goes_from_questions_to_a_report(tmp_path, environment):
    """Its programs are named from the root of a clone."""
    (tmp_path / "examples").mkdir()
    folder = tmp_path / "examples" / "laptop"
    folder.mkdir()
    for path in LAPTOP.glob("*.*"):
        (folder / path.name).write_text(path.read_text())
    subprocess.run([sys.executable, "-W", "ignore", "examples/laptop/questions.py"], cwd=tmp_path, check=True)
    run = ("run", "examples/laptop/quick.yaml", "-s", f"student={generating.folder()}")
    command(*run, cwd=tmp_path, environment=environment)
    build = tmp_path / "build"
    rows = [json.loads(line) for line in (build / "laptop-quick-cgd" / "data" / "train.jsonl").read_text().splitlines()]
    assert len(rows) == 16
    (generated,) = build.glob("*.generated")  # the arms share it
    triples = [json.loads(line) for line in (generated / "triples.jsonl").read_text().splitlines()]
    assert {row["verdict"] for row in triples} <= {"right", "wrong"}
    assert all(row["student_response"] and row["critique"] and "\\boxed{" in row["refined_response"] for row in triples)
    report = json.loads((build / "laptop-quick-report" / "report.json").read_text())
    print((build / "laptop-quick-report" / "report.md").read_text()[:3000])
    assert [model["label"] for model in report["models"]] == ["base", "refined-only", "cgd"]
    # A second time there is nothing to do, and the servers are gone.
    again = command(*run, cwd=tmp_path, environment=environment)
    assert again.count("done before") == 11
    assert (
        command(*run, "--dry-run", cwd=tmp_path, environment=environment)
        .splitlines()[-1]
        .startswith("0 of 11 steps to do")
    )


def write_loop(folder, models):
    """A recipe whose teacher is that of the laptop example, for a tiny student whose answers the rows hold."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    sums = [(number, number + 7) for number in range(11, 27)]
    rows = [
        {"question": f"What is {a} + {b}?", "answer": str(a + b), "student_response": f"It is {a + b - a % 2}."}
        for a, b in sums
    ]
    (folder / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (folder / "test.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows[:4]))
    role = {"base_urls": [f"http://127.0.0.1:{port}/v1"], "max_tokens": 200}
    recipe = {
        "extends": ["qwen-cgd", "base/cpu", "base/generate"],
        "name": "loop",
        "student": str(models / "qwen"),
        "teacher": "sum-teacher",
        "data": {"source": "rows.jsonl"},
        "generate": {
            "stages": ["critique", "refine"],
            "teacher": {**role, "serve": [sys.executable, str(LAPTOP / "teacher.py"), "--port", str(port)]},
        },
        "train": {
            "trainer": "trl",
            "global_batch_size": 4,
            "micro_batch_size": 4,
            "sequence_len": 2048,
            "learning_rate": 1e-3,
        },
        "evaluate": {"tasks": ["test.jsonl"], "max_gen_toks": 8},
    }
    (folder / "loop.yaml").write_text(json.dumps(recipe))


def what_came_of(folder):
    """The bytes of the data and of the weights, and the scores."""
    build = folder / "build"
    model = (build / "loop" / "model" / "model.safetensors").read_bytes()
    results = json.loads((build / "loop-eval" / "results.json").read_text())
    data = (build / "loop" / "data" / "train.jsonl").read_bytes()
    return data, hashlib.sha256(model).hexdigest(), results["tasks"]


def kill_in(step, folder, environment):
    """Start a run, and kill it as soon as that step of the recipe's own training writes something."""
    name = f"{step}-loop"
    process = subprocess.Popen(
        [*CGD_RECIPE, "run", "loop.yaml"],
        cwd=folder,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    log, until = folder / "build" / "loop.run" / f"{name}.log", time.monotonic() + 300
    began = log.stat().st_mtime_ns if log.exists() else 0
    while process.poll() is None and time.monotonic() < until:
        if log.exists() and log.stat().st_mtime_ns > began:
            break
        time.sleep(0.05)
    time.sleep(0.5)
    process.send_signal(signal.SIGKILL)
    process.wait()


def test_a_run_that_is_killed_in_every_step_comes_to_the_same(models, tmp_path, environment):
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    for folder in (whole, broken):
        folder.mkdir()
        write_loop(folder, models)
    command("run", "loop.yaml", cwd=whole, environment=environment)
    for step in STEPS:
        kill_in(step, broken, environment)
    command("run", "loop.yaml", cwd=broken, environment=environment)
    assert what_came_of(broken) == what_came_of(whole)
    assert "0 of 6 steps to do" in command("run", "loop.yaml", "--dry-run", cwd=broken, environment=environment)
