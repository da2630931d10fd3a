"""Grading in worker processes that are ended, and replaced, when a response takes too long.

The workers are plain child processes. Those of multiprocessing (and of pools built on it) import the main module of the
process that starts them, which is slow where that is lm-eval, or are forks, which must not be made beside CUDA and threads.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from queue import Empty, LifoQueue, SimpleQueue
from types import TracebackType
from typing import NamedTuple, Self

from cgd_recipes.grading.gold import Gold, Grade, faulty
from cgd_recipes.grading.grader import known_grader
from cgd_recipes.grading.majority import Vote, majority
from cgd_recipes.grading.strict import QUICK_LENGTH, Settled, settle
from cgd_recipes.grading.values.certain import certain

MEMORY_MB = 4096
MAX_CACHED = 100_000
# A worker takes a second to start, which is worth it for so many tasks.
TASKS_PER_WORKER = 16


class Task(NamedTuple):
    """What a worker is asked: a grader, a gold answer, and the final answer (strict) or the response (the others)."""

    grader: str
    gold: Gold
    text: str


class Worker:
    """A child process that grades one task at a time; it is started when it is first needed.

    Args:
        timeout: seconds of processor time that one grade may take.
    """

    def __init__(self, timeout: float):
        # -P: no module of the current folder, which may be a download, is imported in place of another.
        self.command = [sys.executable, "-P", "-m", "cgd_recipes.grading.worker", str(timeout), str(MEMORY_MB)]
        self.process: subprocess.Popen[str] | None = None

    def start(self) -> subprocess.Popen[str]:
        """The running process.

        Raises:
            ModuleNotFoundError: math-verify is not installed.
            RuntimeError: it does not start for another reason.
        """
        if self.process is None or self.process.poll() is not None:
            path = [str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", "")]
            env = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, path)), "PYTHONWARNINGS": "ignore"}
            self.process = subprocess.Popen(
                self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8", env=env
            )
            first = self._read(self.process)
            if not first:
                raise RuntimeError(f"a grading worker does not start (exit status {self.process.wait()}); see above")
            if fault := json.loads(first):
                raise ModuleNotFoundError(fault)
        return self.process

    @staticmethod
    def _read(process: subprocess.Popen[str]) -> str:
        assert process.stdout is not None
        return process.stdout.readline()

    def ask(self, task: Task) -> Grade:
        """The grade of a task; its reason is "timeout" where the process was ended by its limits.

        Raises:
            RuntimeError: the process failed by itself, with a traceback on standard error.
        """
        process = self.start()
        assert process.stdin is not None
        try:
            process.stdin.write(json.dumps(task) + "\n")
            process.stdin.flush()
            reply = self._read(process)
        except BrokenPipeError:
            reply = ""
        if reply:
            return Grade(*json.loads(reply)) if json.loads(reply) else faulty("", "timeout")
        status = process.wait()
        self.close()
        if status > 0:
            raise RuntimeError(f"a grading worker failed (exit status {status}) on: {task.text[-200:]!r}; see above")
        return faulty("", "timeout")

    def close(self) -> None:
        """End the process, if it runs."""
        process, self.process = self.process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            with suppress(OSError):  # what was not yet written has no reader
                assert pipe is not None
                pipe.close()


class GradingPool:
    """Worker processes that grade; what is plain at once, and what was graded before, does not reach them.

    Args:
        workers: how many; by default one for each core that this process may use, at most eight.
        timeout: seconds of processor time that one response may take, and six times as many on the clock; then its grade is
            wrong, for the reason "timeout".
    """

    def __init__(self, workers: int | None = None, timeout: float = 10.0):
        count = workers or min(
            8, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        )
        self._workers = [Worker(timeout) for _ in range(count)]
        # Last in, first out: the next task goes to a worker that runs already.
        self._idle: LifoQueue[Worker] = LifoQueue()
        for worker in reversed(self._workers):
            self._idle.put(worker)
        self._threads = ThreadPoolExecutor(count, thread_name_prefix="grading")
        self._grades: dict[Task, Grade] = {}

    def grade(self, gold: Gold, response: str, grader: str = "strict", question: str = "") -> Grade:
        """Grade one response; see `grade_many`."""
        return self.grade_many([(gold, response, question)], grader)[0]

    def grade_many(
        self, items: Iterable[tuple[Gold, str] | tuple[Gold, str, str]], grader: str = "strict"
    ) -> list[Grade]:
        """Grade many responses, in parallel.

        Args:
            items: gold answers and responses, with their questions where these are at hand; see `grade`.
            grader: one of GRADERS.

        Returns:
            The grades, in the order of the items.

        Raises:
            ModuleNotFoundError: math-verify is not installed and an answer needs it.
            RuntimeError: a worker does not start or fails.
            ValueError: unknown grader.
        """
        known_grader(grader)
        grades: list[tuple[Grade | None, Task]] = []
        for gold, response, *question in items:
            settled = settle(gold, response, *question) if grader == "strict" else Settled(None, response, gold)
            grades.append((settled.grade, Task(grader, settled.gold, settled.answer)))
        self._answer([task for plain, task in grades if plain is None])
        found = [plain or self._grades[task] for plain, task in grades]
        if len(self._grades) > MAX_CACHED:
            self._grades.clear()
        return found

    def _answer(self, tasks: Iterable[Task]) -> None:
        """Have tasks graded that were not yet, by no more workers than it is worth starting."""
        new = list(dict.fromkeys(task for task in tasks if task not in self._grades))
        queue: SimpleQueue[Task] = SimpleQueue()
        for task in new:
            queue.put(task)
        count = min(len(self._workers), -(-len(new) // TASKS_PER_WORKER))
        for served in [self._threads.submit(self._serve, queue) for _ in range(count)]:
            self._grades.update(served.result())

    def _serve(self, queue: SimpleQueue[Task]) -> dict[Task, Grade]:
        """Grade tasks with one worker until none is left."""
        worker = self._idle.get()
        grades = {}
        try:
            while True:
                task = queue.get_nowait()
                grade = worker.ask(task)
                late = grade.reason == "timeout" and task.grader == "strict"
                grades[task] = grade._replace(answered=True, answer=task.text) if late else grade
        except Empty:
            return grades
        finally:
            self._idle.put(worker)

    def same(self, gold: Gold, answer: str) -> bool:
        """Whether a final answer is strictly equal to a gold answer; no where it takes too long or cannot be read.

        Raises:
            ModuleNotFoundError: math-verify is not installed and the answer needs it.
            RuntimeError: a worker does not start or fails.
        """
        plain = certain(gold, answer) if len(answer) <= QUICK_LENGTH else None
        if plain is None:
            task = Task("strict", gold, answer)
            self._answer([task])
            return self._grades[task].correct
        return plain

    def vote(self, gold: Gold, grades: Sequence[Grade]) -> Vote:
        """How the samples of one question vote, compared in the workers; see `majority`."""
        return majority(gold, grades, self.same)

    def close(self) -> None:
        """End the workers; grades under way come to nothing."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        for worker in self._workers:
            if worker.process is not None:
                worker.process.kill()
        self._threads.shutdown(wait=True)
        for worker in self._workers:
            worker.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
