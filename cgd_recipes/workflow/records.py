"""What is known of the steps that were made: a small file for each, written when it has ended well."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from cgd_recipes.files.atomic import lock_file, open_lock, write_text
from cgd_recipes.files.regular import read_text
from cgd_recipes.workflow.steps import Step

PATIENCE = 60.0
"""Seconds to wait for a step that something else makes."""


@dataclass(frozen=True)
class Record:
    """A step that has ended well.

    Attributes:
        inputs: hash of what it was made from, see `Step.inputs`.
        result: hash of what it left, see `Step.result`.
        seconds: that it took.
    """

    inputs: str
    result: str
    seconds: float


class Records:
    """The records of a run.

    Args:
        folder: of the run; there need be none yet.
    """

    def __init__(self, folder: Path):
        self.folder = folder

    def log(self, step: Step) -> Path:
        """The file that a step's output goes to."""
        return self.folder / f"{step.name}.log"

    def read(self, step: Step) -> Record | None:
        """The record of a step; None where it has not ended well, or the file cannot be read."""
        return _read(self._path(step))

    def write(self, step: Step, record: Record) -> None:
        """Remember that a step has ended well."""
        write_text(self._path(step), json.dumps(asdict(record)) + "\n")

    def forget(self, step: Step) -> None:
        """Forget a step, which is about to be made anew: what it leaves in between is no result."""
        self._path(step).unlink(missing_ok=True)

    def seconds(self) -> dict[str, list[float]]:
        """Kind of step -> the seconds that steps of that kind took."""
        taken: dict[str, list[float]] = {}
        for path in sorted(self.folder.glob("*.json")):
            if record := _read(path):
                taken.setdefault(path.name.split("-", 1)[0], []).append(record.seconds)
        return taken

    def to_do(self, steps: Iterable[Step]) -> list[Step]:
        """The steps that are not done, or that need one which is not.

        Raises:
            RecipeError: data cannot be read.
        """
        undone: dict[str, Step] = {}
        for step in steps:
            if undone.keys() & set(step.needs) or not self.is_done(step):
                undone[step.name] = step
        return list(undone.values())

    def is_done(self, step: Step) -> bool:
        """Whether a step was made from what there is now, and what it left is still there.

        Raises:
            RecipeError: its data cannot be read.
        """
        record = self.read(step)
        return record is not None and record.result == step.result() and record.inputs == step.inputs()

    @contextmanager
    def held(self, step: Step) -> Iterator[int | None]:
        """Hold a step's lock, which its command inherits: so it is held as long as that lives.

        Yields:
            The open lock, to hand on; None where another process still has it after `PATIENCE` seconds.
        """
        lock = open_lock(self.folder / f"{step.name}.lock")
        try:
            yield lock if _locked(lock) else None
        finally:
            os.close(lock)

    def _path(self, step: Step) -> Path:
        return self.folder / f"{step.name}.json"


def _locked(lock: int) -> bool:
    """Lock an open file. What a run that was killed had started ends soon after it."""
    until = time.monotonic() + PATIENCE
    while not lock_file(lock, wait=False):
        if time.monotonic() > until:
            return False
        time.sleep(0.2)
    return True


def _read(path: Path) -> Record | None:
    try:
        return Record(**json.loads(read_text(path)))
    except (OSError, ValueError, TypeError):
        return None
