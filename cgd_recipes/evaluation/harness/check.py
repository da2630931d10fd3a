"""Loads task files in lm-eval, builds their documents, renders prompts and grades every gold answer against itself.

Run by the Python that has lm-eval; lm-eval's own `validate` looks at names alone:

    python -m cgd_recipes.evaluation.harness.check FOLDER TASK...
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

from cgd_recipes.evaluation.harness.documents import gold_in
from cgd_recipes.evaluation.taskfiles import leaves, outsiders, task_names


def check(folder: str, names: list[str]) -> Iterator[tuple[str, str]]:
    """Check tasks and groups.

    Args:
        folder: the folder with the task files.
        names: tasks and groups of it.

    Yields:
        (name, what is wrong); an empty text where all is well.
    """
    from lm_eval.tasks import TaskManager

    manager = TaskManager(include_path=folder, include_defaults=False)
    for name in [name for name in leaves(names) if name in task_names()]:
        try:
            yield name, _check_task(_load(manager, name))
        except Exception as error:  # whatever is wrong with one task, the others are to be looked at as well
            yield name, f"{type(error).__name__}: {error}"
    others = outsiders(names)
    if others:
        known = TaskManager(include_path=folder)
        for name in others:
            yield name, "" if known.match_tasks([name]) else "lm-eval has no such task"


def _load(manager: Any, name: str) -> Any:
    """One task, with lm-eval 0.4.13's or 0.4.11's manager."""
    return manager.load([name])["tasks"][name] if hasattr(manager, "load") else manager.load_task_or_group([name])[name]


def _check_task(task: Any) -> str:
    from cgd_recipes.evaluation.harness.task import pool

    documents = list(task.eval_docs)
    prompts = [task.fewshot_context(document, num_fewshot=0) for document in documents[:3]]
    for document, prompt in zip(documents, prompts, strict=False):
        if document["problem"] not in prompt or "boxed" not in prompt:
            return f"the prompt of {document['id']} lacks the problem or the instruction: {prompt!r}"
    golds = [gold_in(document) for document in documents]
    pairs = [(gold, f"The answer is \\boxed{{{gold.text}}}.") for gold in golds]
    grades = pool().grade_many(pairs, "strict")
    bad = [
        f"{one['id']} ({one['answer']!r})" for one, grade in zip(documents, grades, strict=True) if not grade.correct
    ]
    if bad:
        return f"{len(bad)} of {len(documents)} gold answers are not equal to themselves: {', '.join(bad[:5])}"
    return ""


def main() -> None:
    """Print a line for each task; exit code 1 where one is wrong."""
    failed = False
    for name, fault in check(sys.argv[1], sys.argv[2:]):
        print(f"{name}: {fault or 'ok'}", flush=True)
        failed |= bool(fault)
    sys.exit(failed)


if __name__ == "__main__":
    main()
