"""Checks task files in lm-eval as far as a run uses them; lm-eval's own `validate` looks at names alone.

It loads each task, evaluates a model on it that answers the first questions with their gold answers, and grades every gold answer
against itself. Run by the Python that has lm-eval:

    python -m cgd_recipes.evaluation.harness.check FOLDER TASK...
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator, Mapping
from typing import Any

from cgd_recipes.errors import printable
from cgd_recipes.evaluation.harness.pool import pool
from cgd_recipes.evaluation.taskfiles import expand_groups, lm_eval_tasks_in, task_names
from cgd_recipes.grading import Gold


def check(folder: str, names: list[str]) -> Iterator[tuple[str, str]]:
    """Check tasks and groups.

    Args:
        folder: the folder with the task files.
        names: tasks and groups of it.

    Yields:
        (name, what is wrong); an empty text where all is well.
    """
    from lm_eval.tasks import TaskManager

    from cgd_recipes.evaluation.harness.lm_eval_seams import load_task

    manager = TaskManager(include_path=folder, include_defaults=False)
    for name in [name for name in expand_groups(names) if name in task_names()]:
        try:
            yield name, check_task(name, load_task(manager, name))
        except Exception as error:  # whatever is wrong with one task, the others are to be looked at as well
            yield name, f"{type(error).__name__}: {error}"
    others = lm_eval_tasks_in(names)
    if others:
        known = TaskManager(include_path=folder)
        for name in others:
            yield name, "" if known.match_tasks([name]) else "lm-eval has no such task"


def check_task(name: str, task: Any) -> str:
    """What is wrong with a task that is loaded; empty where nothing is."""
    documents = list(task.eval_docs)
    return _check_run(name, task) or _check_prompts(task, documents) or _check_golds(documents)


def _check_run(name: str, task: Any) -> str:
    """The first questions, answered with their gold answers, must get their whole way through lm-eval and score 1."""
    from lm_eval.evaluator import evaluate

    from cgd_recipes.evaluation.harness.lm_eval_seams import gold_model

    model = gold_model(_right_response)
    results = evaluate(lm=model, task_dict={name: task}, limit=3, bootstrap_iters=0, apply_chat_template=True)
    score = results["results"][name]["pass@1,none"]
    return "" if score == 1 else f"responses with the gold answers of the first questions score {score}, and not 1"


def _check_prompts(task: Any, documents: list[dict[str, Any]]) -> str:
    """The requests that lm-eval made: each has its question and the instruction."""
    for document, instance in zip(documents, task.instances, strict=False):
        prompt = instance.args[0]
        if document["problem"] not in prompt or "boxed" not in prompt:
            return f"the prompt of {document['id']} lacks the question or the instruction: {prompt!r}"
    return ""


def _check_golds(documents: list[dict[str, Any]]) -> str:
    """Every gold answer must be right when a response gives it."""
    pairs = [(Gold(**document["gold"]), _right_response(document)) for document in documents]
    grades = pool().grade_many(pairs, "strict")
    refused = [
        f"{document['id']} ({document['answer']!r})"
        for document, grade in zip(documents, grades, strict=True)
        if not grade.correct
    ]
    if not refused:
        return ""
    return f"{len(refused)} of {len(documents)} gold answers are not equal to themselves: {', '.join(refused[:5])}"


def _right_response(document: Mapping[str, Any]) -> str:
    return f"The answer is \\boxed{{{document['answer']}}}."


def main() -> None:
    """Print a line for each task; exit code 1 where one is wrong."""
    failed = False
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    for name, fault in check(sys.argv[1], sys.argv[2:]):
        print(f"{name}: {printable(fault) or 'ok'}", flush=True)
        failed |= bool(fault)
    sys.exit(failed)


if __name__ == "__main__":
    main()
