"""Makes the steps of a run, one after the other, and skips those that are done."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from cgd_recipes.errors import user_error
from cgd_recipes.files.atomic import encoded, write_text
from cgd_recipes.files.child import end_group, start_child
from cgd_recipes.files.regular import open_own, read_bytes
from cgd_recipes.workflow.cells import Study
from cgd_recipes.workflow.kinds import KINDS
from cgd_recipes.workflow.records import Record, Records
from cgd_recipes.workflow.steps import Step, recipe_file, recipe_text

GENERATE_BIN = "CGD_GENERATE_BIN"
"""Environment variable that names the bin folder of the environment that `generate` runs in."""
_TAIL = 15


class StepFailed(Exception):
    """A step that did not end well.

    Attributes:
        step: which.
        code: its exit code; negative where a signal ended it.
        tail: the last lines that it printed.
    """

    def __init__(self, step: Step, code: int, tail: list[str]):
        super().__init__(step.name)
        self.step, self.code, self.tail = step, code, tail


@dataclass(frozen=True)
class Wanted:
    """Which steps of a run are to be made.

    Attributes:
        first: kind of the first. Steps of this kind, and all that need them, are made anew; the others are taken as they
            are. None for every step that is not done.
        last: kind of the last; None for all.
        jobs: see `Step.job`; empty for all.
    """

    first: str | None = None
    last: str | None = None
    jobs: tuple[str, ...] = ()

    def of(self, steps: Iterable[Step]) -> list[Step]:
        """Those of some steps, which come in their order."""
        anew: set[str] = set()
        found = []
        for step in steps:
            if self.first is None or step.kind == self.first or anew & set(step.needs):
                anew.add(step.name)
                if self.last is None or KINDS.index(step.kind) <= KINDS.index(self.last):
                    found.append(step)
        return [step for step in found if not self.jobs or step.job in self.jobs]


@dataclass(frozen=True)
class Progress:
    """A step that begins, or has ended.

    Attributes:
        number: of the step, from 1.
        steps: how many there are.
        step: the step.
        seconds: that it took; None while it runs.
        skipped: whether it was done before.
        left: seconds that all that is still to do took before, or took for others of its kind; None where that is unknown.
    """

    number: int
    steps: int
    step: Step
    seconds: float | None
    skipped: bool
    left: float | None


def write_recipes(study: Study) -> None:
    """Write the recipe of every cell into the run's folder: a recipe that is edited meanwhile changes nothing.

    Raises:
        RecipeError: a file there is not what was written, so that a step would use what the records know nothing of.
    """
    study.folder.mkdir(parents=True, exist_ok=True)
    for cell in study.cells:
        path, text = recipe_file(study, cell), recipe_text(study, cell)
        if not os.path.lexists(path):
            write_text(path, text)
        elif read_bytes(path) != encoded(text, path):
            cure = f"put the change into {study.source}, and remove this file"
            raise user_error(str(path), f"was changed since `cgd-recipe run` wrote it; {cure}")


def make_steps(study: Study, steps: Sequence[Step], asked: Wanted, tell: Callable[[Progress], None]) -> None:
    """Make what is not done.

    Args:
        study: the study.
        steps: of it, in order.
        asked: which of them.
        tell: called when a step begins and when it ends.

    Raises:
        StepFailed: a step did not end well. What is done stays done.
        RecipeError: a step's recipe or data cannot be read, something that it needs is not there, or another run makes it.
    """
    records = Records(study.folder)
    write_recipes(study)
    wanted = asked.of(steps)
    if asked.first is not None:
        for step in wanted:
            records.forget(step)
    names = {step.name for step in wanted}
    there = {step.name: step for step in steps if step.name not in names}
    for number, step in enumerate(wanted, 1):
        for needed in step.needs:
            _check_there(records, there.get(needed))
        done = records.is_done(step)
        tell(
            Progress(number, len(wanted), step, None, done, None if done else time_left(records, wanted[number - 1 :]))
        )
        if not done:
            seconds = _make(records, step)
            tell(Progress(number, len(wanted), step, seconds, done, time_left(records, wanted[number:])))


def time_left(records: Records, steps: Iterable[Step]) -> float | None:
    """Seconds that steps took before, or others of their kind; None where one is of a kind that never ended yet."""
    taken, total = records.seconds(), 0.0
    for step in steps:
        if step.kind not in taken:
            return None
        own = records.read(step)
        total += own.seconds if own else sum(taken[step.kind]) / len(taken[step.kind])
    return total


def _check_there(records: Records, needed: Step | None) -> None:
    """See that a step which is needed, and is not among those that are made, has ended well."""
    if needed is None:
        return
    record = records.read(needed)
    if record is None or record.result != needed.result():
        cure = f"make it first with --only {needed.job}"
        raise user_error(needed.name, f"this step is not done, and what is to be made needs it; {cure}")


def _make(records: Records, step: Step) -> float:
    """Make a step, and give the seconds that it took."""
    with records.held(step) as lock:
        if lock is None:
            message = (
                "is still being made by another run, or by what a run that was killed has left; wait for it, or end it "
                f"(`fuser {records.folder / step.name}.lock` names its processes)"
            )
            raise user_error(step.name, message)
        began = time.monotonic()
        if records.is_done(step):  # by another run, since this one looked
            return 0.0
        records.forget(step)
        inputs = step.inputs()
        code = _start(command_of(step), records.log(step), lock)
        result = step.result()
        if code or result is None:
            raise StepFailed(step, code, _last_lines(records.log(step)))
        seconds = time.monotonic() - began
        records.write(step, Record(inputs, result, round(seconds, 1)))
        return seconds


def command_of(step: Step) -> list[str]:
    """The whole command of a step, with the Python that runs it."""
    folder = os.environ.get(GENERATE_BIN) if step.kind == "generate" else None
    python = str(Path(folder) / "python") if folder else sys.executable
    # -P: a file of the current folder is not imported in place of a library.
    return [python, "-P", "-m", "cgd_recipes", *step.arguments]


def _start(command: Sequence[str], log: Path, lock: int) -> int:
    """Run a command to its end, with its output in a file. Ctrl-C, or SIGTERM, ends the command first."""
    with open_own(log, "wb") as output:
        process = start_child(command, output, pass_fds=[lock])
        before = signal.signal(signal.SIGTERM, signal.default_int_handler)
        try:
            return process.wait()
        except KeyboardInterrupt:
            # It has a session of its own, so that it gets one signal and not two. What runs in the background ignores SIGINT.
            process.terminate()
            try:
                process.wait()
            except KeyboardInterrupt:
                end_group(process, 0)
            raise
        finally:
            signal.signal(signal.SIGTERM, before)


def _last_lines(log: Path) -> list[str]:
    text = log.read_text(encoding="utf-8", errors="replace").replace("\r", "\n")
    return [line for line in text.split("\n") if line.strip()][-_TAIL:]
