"""Making steps: what is skipped, what is made anew, and what a failure leaves."""

import fcntl
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from helpers.command import run

from cgd_recipes.errors import RecipeError
from cgd_recipes.workflow import records as records_module
from cgd_recipes.workflow import run as module
from cgd_recipes.workflow.cells import Study
from cgd_recipes.workflow.records import Record, Records
from cgd_recipes.workflow.run import StepFailed, Wanted, make_steps, time_left
from cgd_recipes.workflow.steps import Step

SLOW = """
import signal, sys, time
signal.signal(signal.SIGTERM, signal.default_int_handler)
try:
    print("on", flush=True)
    time.sleep(60)
except KeyboardInterrupt:  # as `generate` takes SIGTERM
    print("cleaned up")
    sys.exit(130)
"""


class Loop:
    """Three steps over files: `render` copies `rows`, `train` needs that, `report` needs both."""

    def __init__(self, monkeypatch):
        self.study, self.made, self.told, self.fails = Study("s", "s.yaml", []), [], [], {}
        Path("rows").write_text("1")
        self.steps = [
            self.step("render", "rows"), self.step("train", "render", "render-x"), self.step("report", "train", "train-x")
        ]  # fmt: skip
        monkeypatch.setattr(module, "_start", self.start)

    def step(self, kind, source, *needs):
        def made_from():
            return {"text": Path(source).read_text()}

        return Step(
            kind, "x", [kind, source], made_from, lambda: Path(kind).read_text() if Path(kind).exists() else None, needs
        )

    def start(self, command, log, lock):
        kind, source = command[4:]
        assert command[:4] == [sys.executable, "-P", "-m", "cgd_recipes"]
        log.write_text(f"{kind} says\n\x1b[31mwhat\n")
        if kind in self.fails:
            Path(kind).write_text("half")
            return self.fails[kind]
        self.made.append(kind)
        Path(kind).write_text(Path(source).read_text() + kind)
        return 0

    def go(self, **wanted):
        self.made.clear()
        self.told.clear()
        make_steps(self.study, self.steps, Wanted(**wanted), self.told.append)
        return list(self.made)


@pytest.fixture
def loop(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return Loop(monkeypatch)


def test_what_is_done_is_skipped(loop):
    assert loop.go() == ["render", "train", "report"]
    assert loop.go() == []
    assert [told.skipped for told in loop.told] == [True] * 3


def test_what_depends_on_a_change_is_made_anew(loop):
    loop.go()
    Path("render").write_text("edited")
    assert loop.go() == ["render"]  # which gives what it gave
    Path("rows").write_text("2")
    assert loop.go() == ["render", "train", "report"]
    Path("train").unlink()
    assert loop.go() == ["train"]


def test_a_failure_leaves_what_is_done_and_says_why(loop):
    loop.fails["train"] = 1
    with pytest.raises(StepFailed) as failed:
        loop.go()
    assert (failed.value.code, failed.value.tail) == (1, ["train says", "\x1b[31mwhat"])
    loop.fails.clear()
    assert loop.go() == ["train", "report"]


def test_a_step_that_is_made_again_is_not_done_until_it_has_ended(loop):
    """It is killed while it writes over what it gave before."""
    loop.go()
    loop.fails["train"] = -9
    with pytest.raises(StepFailed):
        loop.go(first="train")
    Path("train").write_text("1rendertrain")
    loop.fails.clear()
    assert loop.go() == ["train", "report"]


def test_a_command_that_leaves_nothing_has_failed(loop):
    loop.steps[0] = Step("render", "x", ["render", "rows"], dict, lambda: None)
    with pytest.raises(StepFailed) as failed:
        loop.go()
    assert failed.value.code == 0


def test_a_part_of_the_steps(loop):
    assert loop.go(last="train") == ["render", "train"]
    assert loop.go(first="train") == ["train", "report"]
    assert loop.go(jobs=("report-x",)) == []
    Path("train").unlink()
    with pytest.raises(
        RecipeError,
        match="train-x: this step is not done, and what is to be made needs it; make it first with --only x",
    ):
        loop.go(jobs=("report-x",))


def test_a_step_that_something_still_makes_is_left_alone(loop, monkeypatch):
    monkeypatch.setattr(records_module, "PATIENCE", 0.0)
    loop.study.folder.mkdir(parents=True)
    with open(loop.study.folder / "train-x.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(RecipeError, match="train-x: is still being made by another run"):
            loop.go()
    assert loop.go() == ["train", "report"]


def test_what_another_run_has_made_meanwhile_is_not_made_twice(loop, monkeypatch):
    held = Records.held

    def made_meanwhile(records, step):
        Path("render").write_text("1render")
        records.write(step, Record(step.inputs(), "1render", 1.0))
        monkeypatch.setattr(Records, "held", held)
        return held(records, step)

    monkeypatch.setattr(Records, "held", made_meanwhile)
    assert loop.go() == ["train", "report"]


def test_half_of_what_is_needed_is_not_there(loop):
    loop.go()
    Path("train").write_text("half")
    with pytest.raises(RecipeError, match="train-x: this step is not done"):
        loop.go(jobs=("report-x",))


def test_steps_that_leave_nothing_to_make(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = run("run", "qwen-cgd", "--from", "report", "--to", "render")
    assert (result.exit_code, "leave no step to make" in result.output) == (2, True)
    assert run("run", "qwen-cgd", "--jobs", "--to", "render").exit_code == 2


def test_a_damaged_record_is_none(loop):
    loop.go()
    for path in loop.study.folder.glob("*.json"):
        path.write_text('{"inputs": 1')
    assert loop.go() == ["render", "train", "report"]


def test_what_needs_something_undone_is_undone(loop):
    loop.go()
    Path("rows").write_text("2")
    assert [step.kind for step in Records(loop.study.folder).to_do(loop.steps)] == ["render", "train", "report"]


def test_time_left_is_what_such_steps_took(loop):
    records = Records(loop.study.folder)
    loop.study.folder.mkdir(parents=True)
    assert time_left(records, loop.steps) is None
    for step, seconds in zip(loop.steps, (10.0, 20.0, 5.0), strict=True):
        records.write(step, Record("", "", seconds))
    other = Step("train", "y", [], dict, lambda: None)
    records.write(other, Record("", "", 40.0))
    assert time_left(records, loop.steps) == 35.0
    assert time_left(records, [Step("train", "z", [], dict, lambda: None)]) == 30.0


@pytest.mark.processes
def test_ctrl_c_ends_the_command_first(tmp_path, monkeypatch):
    """A real command, which takes its time to end after the signal."""
    log = tmp_path / "log"
    real, before = subprocess.Popen.wait, signal.getsignal(signal.SIGTERM)

    def interrupted(self, timeout=None):
        monkeypatch.setattr(subprocess.Popen, "wait", real)
        while log.read_text() != "on\n":
            time.sleep(0.01)
        raise KeyboardInterrupt

    monkeypatch.setattr(subprocess.Popen, "wait", interrupted)
    with open(tmp_path / "lock", "w") as lock, pytest.raises(KeyboardInterrupt):
        module._start([sys.executable, "-c", SLOW], log, lock.fileno())
    assert log.read_text() == "on\ncleaned up\n"
    assert signal.getsignal(signal.SIGTERM) is before


def test_a_missing_tool_is_told_before_anything_starts(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = run("run", "qwen-cgd", "-s", "launch.gpus_per_node=1", "-s", "train.micro_batch_size=1")
    assert result.exit_code == 1
    assert "axolotl is not installed here" in result.output
    assert "lm_eval is not installed here" in result.output
    assert not Path("build").exists()


def test_a_dry_run_shows_the_commands(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = run("run", "qwen-cgd", "--to", "train", "--dry-run")
    assert result.exit_code == 0, result.output
    assert "cgd-recipe render build/qwen-cgd.run/qwen-cgd." in result.output
    assert "2 of 2 steps to do, time left unknown; nothing was started" in result.output
    assert not Path("build").exists()


def test_an_unknown_job_is_named(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = run("run", "qwen-cgd", "--only", "qwen-cg")
    assert result.output.startswith("--only: there is no job 'qwen-cg'; did you mean 'qwen-cgd'?")
