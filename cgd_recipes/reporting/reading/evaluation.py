"""A RUN of the command line: a folder of `cgd-recipe eval`, or results of plain lm_eval."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from cgd_recipes.errors import Problem, RecipeError, Where, user_error
from cgd_recipes.evaluation.harness.runs import DONE, run_folder
from cgd_recipes.evaluation.taskfiles import expand_groups
from cgd_recipes.files.jsonl import parse_json
from cgd_recipes.files.regular import read_bytes
from cgd_recipes.reporting.evaluations import Benchmark, Evaluation, Model, Question
from cgd_recipes.reporting.reading.results import number_in, read_benchmarks, read_results, section

_NEAR = 1e-6


def read_models(runs: Sequence[str], metrics: Mapping[str, str]) -> list[Model]:
    """The models that RUNs are of; those with one label are one model, trained with different seeds.

    Args:
        runs: folders or files, each with `LABEL=` before it or not.
        metrics: task -> metric to take in place of the task's main one.

    Raises:
        RecipeError: what cannot be read, all of it at once.
    """
    found: dict[str, list[Evaluation]] = {}
    problems: list[Problem] = []
    for number, text in enumerate(runs):
        label, path = _split(text)
        try:
            evaluation = read_evaluation(path, metrics)
        except RecipeError as error:
            problems += error.problems
            continue
        name = label or evaluation.label
        if not label and name in found:  # two RUNs that nobody said belong together
            name = f"{name} ({path})" if f"{name} ({path})" not in found else f"{name} ({number + 1})"
        found.setdefault(name, []).append(replace(evaluation, label=name))
    if problems:
        raise RecipeError(problems)
    models = [Model(label, trainings) for label, trainings in found.items()]
    for model in models:
        _check_trainings(model)
    return models


def _split(text: str) -> tuple[str | None, Path]:
    label, sign, path = text.partition("=")
    if not sign or not label.strip() or Path(text).exists():
        return None, Path(text)
    return label.strip(), Path(path)


def names_of(run: str) -> set[str]:
    """The labels that `read_models` may give a RUN, known without reading its samples."""
    label, path = _split(run)
    if label:
        return {label}
    summary = _summary(path / DONE if path.is_dir() else path)
    folder = path if path.is_dir() else path.parent
    name = str(summary.get("recipe") or folder.name) if summary else folder.name
    return {name, f"{name} ({path})"}


def _check_trainings(model: Model) -> None:
    first, *others = model.trainings
    for other in others:
        for name in first.benchmarks.keys() & other.benchmarks.keys():
            keys = [{question.key for question in each.benchmarks[name].questions} for each in (first, other)]
            if keys[0] != keys[1]:
                message = f"has other questions of {name} than {first.path}, which has the same label '{model.label}'"
                raise user_error(str(other.path), message)


def read_evaluation(path: Path, metrics: Mapping[str, str]) -> Evaluation:
    """One evaluation.

    Args:
        path: a folder of `cgd-recipe eval`, a results file of lm_eval, or a folder that holds some.
        metrics: task -> metric to take in place of the task's main one.

    Raises:
        RecipeError: nothing there, or something that cannot be used.
    """
    if not path.exists():
        raise user_error(str(path), "no such file or folder; a RUN is a results folder of `cgd-recipe eval` or lm_eval")
    summary = path / DONE if path.is_dir() else path
    if summary.is_file() and (values := _summary(summary)) is not None:
        return _of_recipe(summary, values, metrics)
    files = [path] if path.is_file() else sorted(path.glob("results*.json")) or sorted(path.glob("*/results*.json"))
    if not files:
        message = "holds no results.json of `cgd-recipe eval` and no results_<time>.json of lm_eval"
        raise user_error(str(path), message)
    return _of_lm_eval(path, files, metrics)


def _summary(path: Path) -> dict[str, Any] | None:
    """results.json of `cgd-recipe eval`; None where the file is something else."""
    try:
        values = parse_json(read_bytes(path))
    except (OSError, ValueError):
        return None
    is_ours = isinstance(values, dict) and {"recipe", "tasks", "runs", "seeds"} <= values.keys()
    return values if is_ours else None


def _check_summary(path: Path, values: Mapping[str, Any]) -> None:
    """See that the keys that say what was run are as `cgd-recipe eval` writes them.

    Raises:
        RecipeError: those that are not.
    """
    seeds, name, chosen = values["seeds"], values["recipe"], section(values, "selection").get("set")
    is_right = {
        "seeds": isinstance(seeds, list)
        and seeds
        and all(type(seed) is int for seed in seeds)
        and len({*seeds}) == len(seeds),
        "runs": isinstance(values["runs"], str) and re.fullmatch(r"\w+", values["runs"]),
        "recipe": name is None or isinstance(name, str),
        "warnings": isinstance(values.get("warnings", []), list),
        "selection": chosen is None or isinstance(chosen, str),
    }
    message = "is not as `cgd-recipe eval` writes it; move the file away, and run the same `cgd-recipe eval` again"
    problems = [Problem(Where(str(path)), f"'{key}' {message}") for key, is_so in is_right.items() if not is_so]
    if problems:
        raise RecipeError(problems)


def _of_recipe(path: Path, values: Mapping[str, Any], metrics: Mapping[str, str]) -> Evaluation:
    _check_summary(path, values)
    folders = [run_folder(path.parent / "runs", values["runs"], seed) for seed in values["seeds"]]
    absent = [folder for folder in folders if not os.path.isfile(folder / DONE)]
    if absent:
        message = "is missing; run the same `cgd-recipe eval` again, which makes what is not there"
        raise RecipeError(Problem(Where(str(folder)), message) for folder in absent)
    parts = [read_benchmarks(folder / DONE, metrics) for folder in folders]
    system = str(values.get("system_instruction") or "")
    benchmarks, warnings = {}, [str(warning) for warning in values.get("warnings") or []]
    for name in parts[0]:
        if not all(name in part for part in parts):
            raise user_error(str(path), f"not every run has the task {name}; evaluate again into another folder")
        merged = _merge(str(path), [part[name] for part in parts])
        told = section(section(values, "tasks"), name)
        printed = number_in(section(told, "pass@1"), "value") if merged.metric == "pass@1" else merged.printed
        facts = {**merged.facts, "system prompt": system}
        benchmarks[name] = replace(merged, facts=facts, majority=_majority(told), printed=printed)
    chosen = section(values, "selection").get("set")
    warnings += [*_unlikely(benchmarks), *_chosen_here(chosen, benchmarks)]
    arguments = section(values, "model_args")
    model = str(arguments.get("pretrained") or arguments.get("model"))
    label = str(values.get("recipe") or path.parent.name)
    return Evaluation(label, path.parent, benchmarks, model, values.get("recipe"), chosen, warnings)


def _merge(source: str, parts: Sequence[Benchmark]) -> Benchmark:
    """Runs with different seeds as one benchmark with that many samples a question."""
    first = parts[0]
    if any([each.key for each in part.questions] != [each.key for each in first.questions] for part in parts):
        raise user_error(source, f"the runs are not of the same questions of {first.name}; evaluate again")
    questions = []
    for same in zip(*(part.questions for part in parts), strict=True):
        shares = {key: sum(each.shares.get(key, 0.0) for each in same) / len(same) for key in same[0].shares}
        questions.append(_joined(same, shares))
    return replace(first, questions=questions)


def _joined(same: Sequence[Question], shares: Mapping[str, float]) -> Question:
    texts = tuple(text for each in same for text in each.texts)
    scores = tuple(score for each in same for score in each.scores)
    return same[0]._replace(texts=texts, scores=scores, shares=shares)


def _majority(told: Mapping[str, Any]) -> dict[int, tuple[float, float | None]]:
    named = ((re.fullmatch(r"majority@(\d{1,6})", key), section(told, key)) for key in told)
    found = {
        int(match[1]): (number_in(told_of, "value"), number_in(told_of, "error")) for match, told_of in named if match
    }
    return {k: (value, error) for k, (value, error) in found.items() if value is not None}


def _of_lm_eval(path: Path, files: Sequence[Path], metrics: Mapping[str, str]) -> Evaluation:
    benchmarks: dict[str, Benchmark] = {}
    place: dict[str, Path] = {}
    for file in files:
        for name, benchmark in read_benchmarks(file, metrics).items():
            if name in place:
                message = f"has {name}, and so has {place[name].name}; name one of the files as the RUN"
                raise user_error(str(file), message)
            benchmarks[name], place[name] = benchmark, file
    values = read_results(files[-1])
    model = str(values.get("model_name") or section(values, "config").get("model_args") or path.name)
    folder = path if path.is_dir() else path.parent
    return Evaluation(folder.name, path, benchmarks, model, warnings=[*_unlikely(benchmarks)])


def _unlikely(benchmarks: Mapping[str, Benchmark]) -> Iterator[str]:
    """Scores that the samples cannot give."""
    for name, benchmark in benchmarks.items():
        printed, total = benchmark.printed, len(benchmark.questions) * benchmark.samples
        if printed is None:
            continue
        if benchmark.is_binary and abs(printed * total - round(printed * total)) > _NEAR * total:
            yield f"{name}: the results say {100 * printed:.2f} %, which no whole number of {total} samples gives"
        elif abs(printed - benchmark.score) > _NEAR:
            yield f"{name}: the results say {100 * printed:.2f} %, and the samples give {100 * benchmark.score:.2f} %"


def _chosen_here(chosen: str | None, benchmarks: Mapping[str, Benchmark]) -> Iterator[str]:
    both = [name for name in (expand_groups([chosen]) if chosen else []) if name in benchmarks]
    if both:
        yield f"the checkpoint was chosen on {', '.join(both)}, which is reported here: that score is too high"
