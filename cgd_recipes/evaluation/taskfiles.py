"""The task files that come with the package: what is in them, and copies with a recipe's settings."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from cgd_recipes.files.shipped import data_root, shipped_names
from cgd_recipes.files.yaml import read_yaml
from cgd_recipes.files.yaml_out import dump_yaml

BASE = "_cgd_base"
PASSK = "_cgd_passk"
SUPPORT = (BASE, PASSK, "cgd_task.py")


def tasks_folder() -> Path:
    """The folder for lm-eval's --include_path."""
    return data_root() / "evals"


@cache
def task_names() -> tuple[str, ...]:
    """Tasks and groups that come with the package, sorted; the folder is read once."""
    return tuple(shipped_names("evals"))


@cache
def task_file(name: str) -> dict[str, Any]:
    """The keys of a shipped task or group file, without what it includes."""
    keys: dict[str, Any] = read_yaml(tasks_folder() / f"{name}.yaml").value
    return keys


def benchmark_of(name: str) -> str:
    """The benchmark of a shipped task, which names its local file."""
    keys = task_file(name)
    return str(keys.get("benchmark") or benchmark_of(keys["include"].removesuffix(".yaml")))


def expand_groups(names: Iterable[str]) -> list[str]:
    """Tasks without their groups: the members of shipped groups in full, names that are not ours as they are."""
    found: list[str] = []
    for name in names:
        members = task_file(name)["task"] if name in task_names() else name
        found += expand_groups(members) if isinstance(members, list) else [name]
    return list(dict.fromkeys(found))


def lm_eval_tasks_in(names: Iterable[str]) -> list[str]:
    """Those of the tasks that lm-eval must bring itself."""
    return [name for name in expand_groups(names) if name not in task_names()]


def average_of(group: str) -> dict[str, str] | None:
    """The metric of each task that makes a group's average; None where the group has no average."""
    keys = task_file(group)
    if "aggregate_metric_list" in keys:
        return dict.fromkeys(expand_groups([group]), "pass@1")
    named: dict[str, str] | None = (keys.get("metadata") or {}).get("mean_of")
    return named


def copied_files(
    tasks: Iterable[str], values: Mapping[str, Any], files: Mapping[str, Path] | None = None
) -> dict[str, str]:
    """The files that some tasks need, by name, with settings in place of the shared ones.

    Args:
        tasks: names of tasks and groups; those that are not ours are left out.
        values: key -> value, for the file that all tasks include.
        files: task -> absolute path of its questions, for tasks of the user's own.
    """
    own = {f"{name}.yaml": _own_text(name, path) for name, path in (files or {}).items()}
    names = [name for name in _with_includes(tasks) if name in task_names()]
    if not names and not own:
        return {}
    texts = {f"{name}.yaml": _shipped_text(f"{name}.yaml") for name in names}
    for name in names:
        if "aggregate_metric_list" in task_file(name) and "include" not in task_file(name):
            texts[f"{name}.yaml"] = _group_text(name, tuple(values.get("pass_at", [1])))
    needed = [
        name for name in SUPPORT if name != PASSK or any(task_file(task).get("include") == PASSK for task in names)
    ]
    texts |= {name: _shipped_text(name) for name in needed}
    texts[BASE] = _with_values(texts[BASE], values)
    return dict(sorted((texts | own).items()))


@cache
def _shipped_text(file: str) -> str:
    return (tasks_folder() / file).read_text(encoding="utf-8")


def _own_text(name: str, path: Path) -> str:
    """The task file of a user's own questions, whose gold answers are read as those of MATH."""
    keys = {"include": BASE, "task": name, "benchmark": name, "answers_like": "math500", "data": str(path.parent)}
    return dump_yaml({**keys, "dataset_path": "local", "test_split": "test", "metadata": {"version": 1.0}})


def _with_includes(tasks: Iterable[str]) -> list[str]:
    found: list[str] = []
    for name in tasks:
        found.append(name)
        if name in task_names():
            keys = task_file(name)
            members = keys["task"] if isinstance(keys["task"], list) else []
            parent = str(keys.get("include", "")).removesuffix(".yaml")
            found += _with_includes([*members, *([parent] if parent in task_names() else [])])
    return list(dict.fromkeys(found))


@cache
def _group_text(name: str, pass_at: tuple[int, ...]) -> str:
    keys = dict(task_file(name))
    first, *others = keys["aggregate_metric_list"]
    metrics = [f"pass@{k}" for k in pass_at] + [f"majority@{k}" for k in pass_at if k > 1]
    keys["aggregate_metric_list"] = [{**first, "metric": metric} for metric in metrics] + others
    return dump_yaml(keys)


def _with_values(text: str, values: Mapping[str, Any]) -> str:
    for key, value in values.items():
        line = f"{key}: {json.dumps(value, ensure_ascii=False)}"  # JSON is YAML
        text, found = re.subn(rf"(?m)^{key}:.*$", lambda _, line=line: line, text)  # type: ignore[misc]
        text += "" if found else f"{line}\n"
    return text
