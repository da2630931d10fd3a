"""A recipe's `evaluate` section: what follows from it, and what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from cgd_recipes.errors import Problem, did_you_mean
from cgd_recipes.evaluation.taskfiles import expand_groups, lm_eval_tasks_in, task_names
from cgd_recipes.files.paths import real_path
from cgd_recipes.recipe.plan import DROP
from cgd_recipes.recipe.recipe import Recipe

SAMPLING_TEMPERATURE = 0.6
UNSAFE = ("humaneval", "mbpp")
QUESTIONS = ".jsonl"
"""End of a task's name that is a file of questions."""
_OTHER_FILES = re.compile(r"\.(?:jsonl?|csv|tsv|txt|parquet|arrow)(?:\.\w+)?\Z", re.IGNORECASE)
"""End of the name of a file that may hold questions and is no task."""
RUNS_CODE = re.compile(r"remote_code|_cls$|plugin|processors$|custom_generate")
"""Arguments of transformers and vLLM that let code run which comes with a model, or to which a name points."""


@dataclass(frozen=True)
class EvalSettings:
    """The `evaluate` section, with what it leaves open decided.

    Attributes:
        tasks, engine, base_url, served_model, top_p, grader, select_on, unsafe_code, model_args, gen_kwargs: as in the recipe.
        max_gen_toks: longest response in tokens.
        samples: of each question: as many as are set, or as the largest k of pass@k needs.
        pass_at: the k of pass@k.
        temperature: the one that is set, or 0 (greedy) for one sample and 0.6 for several.
        data: absolute path of the folder of local benchmarks; None for the hub.
        finish_reasons: of whole responses, in a server's own words, besides those that are known.
        seed: of the first run; None for that of the training.
        batch_size: prompts that lm-eval hands over at a time, or auto; None for what suits the engine.
        files: task -> absolute path of its questions, for tasks that are files of the user's.
    """

    tasks: list[str]
    engine: str
    base_url: str | None
    served_model: str | None
    max_gen_toks: int
    samples: int
    pass_at: list[int]
    temperature: float
    top_p: float
    grader: str
    data: str | None
    select_on: str | None
    unsafe_code: bool
    model_args: dict[str, Any]
    gen_kwargs: dict[str, Any]
    finish_reasons: list[str] = field(default_factory=list)
    files: dict[str, Path] = field(default_factory=dict)
    seed: int | None = None
    batch_size: int | str | None = None

    @classmethod
    def of(cls, recipe: Recipe) -> EvalSettings:
        """Read a recipe's section."""
        section = dict(recipe.get("evaluate"))
        # A whole number may be written as 8.0.
        pass_at = [int(k) for k in section["pass_at"]]
        samples = int(section["samples"] or max(pass_at))
        temperature = section["temperature"]
        if temperature is None:
            temperature = SAMPLING_TEMPERATURE if samples > 1 else 0.0
        decided = {
            "max_gen_toks": int(section["max_gen_toks"]),
            "pass_at": pass_at,
            "samples": samples,
            "temperature": float(temperature),
            "data": data_of(recipe),
            "tasks": [Path(name).stem if name.endswith(QUESTIONS) else name for name in section["tasks"]],
            "files": {path.stem: path for path in question_files(recipe).values()},
        }
        return cls(**{**section, **decided})

    def greedy(self, task: str) -> EvalSettings:
        """The same for one greedy sample of each question of a task."""
        return replace(self, tasks=[task], samples=1, pass_at=[1], temperature=0.0)

    @property
    def reported_pass_at(self) -> list[int]:
        """The k for which the samples suffice."""
        return self.pass_at if self.samples > 1 else [1]

    @property
    def task_sampling(self) -> dict[str, Any]:
        """How task files ask for samples, whatever the engine is.

        `do_sample: true` keeps lm-eval's cache from handing the same sample out again.
        """
        options: dict[str, Any] = {"temperature": self.temperature, "do_sample": self.temperature > 0}
        return {**options, "top_p": self.top_p} if self.temperature else options

    @property
    def sampling(self) -> dict[str, Any]:
        """lm-eval's generation kwargs: all that the engine would otherwise take from somewhere else.

        transformers applies what the model's generation_config.json says of everything that is not set here.
        """
        options = self.task_sampling
        if self.engine == "hf":
            options["repetition_penalty"] = 1.0
            if self.temperature:
                options["top_k"] = 0  # off, as it is in vLLM
        return {**options, **self.gen_kwargs}

    def task_values(self, samples: int) -> dict[str, Any]:
        """The keys of task files that the section sets, for some samples of each question."""
        values = {
            "repeats": samples,
            "pass_at": self.pass_at if samples > 1 else [1],
            "grader": self.grader,
            "generation_kwargs": {"until": [], "max_gen_toks": self.max_gen_toks, **self.task_sampling},
        }
        chosen = {"data": self.data, "finish_reasons": self.finish_reasons}
        return values | {key: value for key, value in chosen.items() if value}

    @property
    def code_warnings(self) -> list[str]:
        """What of the section runs code that others wrote."""
        chosen = {f"model_args.{name}": value for name, value in self.model_args.items() if RUNS_CODE.search(str(name))}
        chosen |= {
            f"gen_kwargs.{name}": value for name, value in self.gen_kwargs.items() if RUNS_CODE.search(str(name))
        }
        warnings = [
            f"'evaluate.{name}' lets code of others run on this machine" for name, value in chosen.items() if value
        ]
        if self.unsafe_code:
            warnings.append("'evaluate.unsafe_code' lets tasks run code that the model wrote")
        return warnings


def data_of(recipe: Recipe) -> str | None:
    """The absolute path of evaluate.data; None for the hub."""
    return str(real_path(recipe.local_path("evaluate", "data"))) if recipe.get("evaluate", "data") else None


def question_files(recipe: Recipe) -> dict[int, Path]:
    """Index in `evaluate.tasks` -> absolute path, for those that are files of questions."""
    return {
        index: real_path(recipe.folders.get(("evaluate", "tasks", index), Path()) / name)
        for index, name in enumerate(recipe.evaluate["tasks"])
        if name.endswith(QUESTIONS)
    }


def task_files(recipe: Recipe) -> dict[int, str]:
    """Index in `evaluate.tasks` -> name, for those that `lm_eval run` takes for task files: their `!function` is code."""
    names = enumerate(recipe.evaluate["tasks"])
    return {
        index: name
        for index, name in names
        if not name.endswith(QUESTIONS) and ("/" in name or name.endswith((".yaml", ".yml")))
    }


def resolved_tasks(recipe: Recipe) -> list[str]:
    """`evaluate.tasks` with the paths of files absolute."""
    files = question_files(recipe)
    return [str(files.get(index, name)) for index, name in enumerate(recipe.evaluate["tasks"])]


def eval_problems(recipe: Recipe) -> Iterator[Problem]:
    """Mistakes in the section, each at its key."""
    settings = EvalSettings.of(recipe)
    yield from _sampling_problems(recipe, settings)
    yield from _name_problems(recipe, settings)
    if settings.engine == "server" and not settings.base_url:
        yield recipe.problem(("evaluate", "engine"), "engine 'server' needs 'evaluate.base_url', http://.../v1")
    runs_code = [name for name in lm_eval_tasks_in(settings.tasks) if name.startswith(UNSAFE)]
    if runs_code and not settings.unsafe_code:
        message = (
            f"{', '.join(runs_code)} runs code that the model wrote. Where that is safe, set evaluate.unsafe_code: true"
        )
        yield recipe.problem(("evaluate", "tasks"), message)
    if settings.data and not Path(settings.data).is_dir():
        yield recipe.problem(("evaluate", "data"), f"there is no folder {settings.data}")


def _sampling_problems(recipe: Recipe, settings: EvalSettings) -> Iterator[Problem]:
    samples = settings.samples
    for index, k in enumerate(settings.pass_at):
        if k > samples:
            message = f"pass@{k} needs {k} samples of each question, and 'evaluate.samples' is {samples}"
            yield recipe.problem(("evaluate", "pass_at", index), message)
    if samples > 1 and not settings.temperature:
        fix = f"Set evaluate.temperature above 0, or null for {SAMPLING_TEMPERATURE}"
        message = f"{samples} samples at temperature 0 would be identical. {fix}"
        yield recipe.problem(("evaluate", "temperature"), message)


def _name_problems(recipe: Recipe, settings: EvalSettings) -> Iterator[Problem]:
    names = task_names()
    chosen: list[tuple[tuple[str | int, ...], str | None]] = [
        (("tasks", index), name) for index, name in enumerate(settings.tasks)
    ]
    yield from _file_problems(recipe)
    for path, name in [*chosen, (("select_on",), settings.select_on)]:
        if name and name.startswith("cgd_") and name not in names:
            hint = did_you_mean(name, names) or f". There are: {', '.join(names)}"
            yield recipe.problem(("evaluate", *path), f"there is no task '{name}'{hint}")


def _file_problems(recipe: Recipe) -> Iterator[Problem]:
    """What is wrong with tasks that are files."""
    named = [(("tasks", index), name) for index, name in enumerate(recipe.evaluate["tasks"])]
    for at, name in [*named, (("select_on",), recipe.evaluate["select_on"])]:
        if name and _OTHER_FILES.search(name) and (at[0] == "select_on" or not name.endswith(QUESTIONS)):
            message = (
                f"'{name}' is no task; questions of your own are a file in evaluate.tasks that ends in {QUESTIONS}"
            )
            yield recipe.problem(("evaluate", *at), message)
    taken = {name: name for name in recipe.evaluate["tasks"] if not name.endswith(QUESTIONS)}
    for index, path in question_files(recipe).items():
        key = ("evaluate", "tasks", index)
        if not path.is_file():
            yield recipe.problem(key, f"there is no file {path}")
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]*", path.stem) or path.stem.startswith("cgd_"):
            message = (
                f"'{path.name}' cannot name a task; use letters, digits, dots, - and _, and do not begin with cgd_"
            )
            yield recipe.problem(key, message)
        elif path.stem in taken:
            message = f"{taken[path.stem]} and {path} would be one task, '{path.stem}'; rename one of them"
            yield recipe.problem(key, message)
        taken[path.stem] = str(path)


def eval_warnings(recipe: Recipe) -> list[str]:
    """What would make a reported result mean less than it says, and what runs code."""
    return [*selection_warnings(recipe), *_thinking_warnings(recipe), *EvalSettings.of(recipe).code_warnings]


def _thinking_warnings(recipe: Recipe) -> list[str]:
    """Our tasks look at what follows the thinking; lm-eval's own are given whole responses."""
    others = lm_eval_tasks_in(EvalSettings.of(recipe).tasks)
    if recipe.get("thinking") in (None, DROP) or not others:
        return []
    cure = "evaluate them by themselves, with evaluate.model_args: {think_end_token: ...}"
    return [f"lm-eval's own tasks grade the thinking as well ({', '.join(others)}); {cure}"]


def selection_warnings(recipe: Recipe) -> list[str]:
    """Choosing a checkpoint on what is reported."""
    settings = EvalSettings.of(recipe)
    chosen = expand_groups([settings.select_on] if settings.select_on else [])
    both = [name for name in chosen if name in expand_groups(settings.tasks)]
    if not both:
        return []
    return [
        f"'evaluate.select_on' chooses checkpoints on {', '.join(both)}, which 'evaluate.tasks' reports: the reported score "
        "is then too high. Choose on cgd_math_val"
    ]
