"""Runs of one model on some tasks: lm-eval's configuration, the command, and what tells runs apart."""

from __future__ import annotations

import hashlib
import json
import os
import shlex
import subprocess
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import click

from cgd_recipes import __version__
from cgd_recipes.environments.find import LM_EVAL, NO_TELEMETRY, OFFLINE, can_import, find_interpreter
from cgd_recipes.errors import user_error
from cgd_recipes.evaluation.harness.documents import data_folder
from cgd_recipes.evaluation.harness.sweep import run_folder
from cgd_recipes.evaluation.plan import build_eval, eval_task_files
from cgd_recipes.evaluation.settings import data_of, samples_of
from cgd_recipes.evaluation.taskfiles import benchmark_of, leaves, task_names
from cgd_recipes.files.hashes import file_sha256
from cgd_recipes.files.output import OutputFolder
from cgd_recipes.files.ownership import EVAL, MANIFEST, MANIFEST_VERSION
from cgd_recipes.files.yaml import dump_yaml
from cgd_recipes.recipe.plan import Plan

RESULTS = "results.json"


@dataclass(frozen=True)
class Evaluation:
    """Runs of one model on some tasks.

    Attributes:
        config: the eval.yaml.
        files: task files, by their name below the folder.
        seeds: one run each.
        limit: problems of each task; None for all.
        python: the Python that has lm-eval.
        switches: environment variables to set where they are not.
        folder: where all of it goes.
    """

    config: dict[str, Any]
    files: dict[str, str]
    seeds: list[int]
    limit: int | None
    python: str
    switches: dict[str, str]
    folder: Path
    data: tuple[Path, ...] = field(default=())

    @cached_property
    def fingerprint(self) -> str:
        """What a run's answers depend on, as eight hex digits: settings, task files, local data, a local model's files."""
        model = Path(str(self.config["model_args"].get("pretrained", "")))
        state = [
            (str(path.relative_to(model)), path.stat().st_size, path.stat().st_mtime_ns)
            for path in sorted(model.rglob("*") if model.is_absolute() and model.is_dir() else ())
        ]
        data = [(path.name, file_sha256(path)) for path in self.data]
        text = json.dumps([__version__, self.config, self.files, self.limit, state, data], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:8]

    @property
    def command(self) -> list[str]:
        """The command, to be run in the folder."""
        limit = [] if self.limit is None else ["--limit", str(self.limit)]
        seeds = [str(seed) for seed in self.seeds]
        arguments = ["eval.yaml", "--runs", "runs", "--prefix", self.fingerprint, *limit, "--seeds", *seeds]
        return [self.python, "-m", "cgd_recipes.evaluation.harness.sweep", *arguments]

    def __str__(self) -> str:
        switches = [f"{name}={shlex.quote(value)}" for name, value in self.switches.items()]
        return f"cd {shlex.quote(str(self.folder))} && {' '.join([*switches, shlex.join(self.command)])}"

    def run(self) -> list[Path]:
        """Write eval.yaml and tasks/, run what is not there yet, and return the folders of the runs.

        Raises:
            RecipeError: files of others are in the way, or lm-eval failed; runs that had finished are kept.
        """
        write_outputs(self.folder, {**self.files, "eval.yaml": dump_yaml(self.config)}, keep=(RESULTS,))
        environment = {**os.environ, **self.switches}
        try:
            done = subprocess.run(self.command, cwd=self.folder, env=environment, check=False)
        except KeyboardInterrupt:
            click.echo("the same command goes on after the runs that have finished", err=True)
            raise click.exceptions.Exit(130) from None
        if done.returncode:
            message = f"lm-eval ended with exit code {done.returncode}, see above; runs that have finished are kept"
            raise user_error(str(self.folder), message)
        return [run_folder(self.folder / "runs", self.fingerprint, seed) for seed in self.seeds]


def write_outputs(folder: Path, files: Mapping[str, str], keep: Container[str] | None = None) -> None:
    """Put files into a folder of results.

    Args:
        folder: of the results.
        files: name -> text.
        keep: which files of earlier evaluations stay; all of them unless given.

    Raises:
        RecipeError: files of others are in the way, or files of ours were edited.
    """
    with OutputFolder(folder, EVAL) as output:
        for name, text in files.items():
            output.write(name, text)
        earlier = output.earlier.get("outputs", {}).items()
        outputs = {name: sha for name, sha in earlier if keep is None or name in keep} | output.staged()
        manifest = {"manifest_version": MANIFEST_VERSION, "command": EVAL.name, "cgd-recipes": __version__}
        output.write(MANIFEST, json.dumps({**manifest, "outputs": outputs}, indent=2) + "\n")
        output.publish(outputs)


def make_evaluation(
    plan: Plan,
    model: str,
    folder: Path,
    limit: int | None,
    python: str,
    tasks: list[str] | None = None,
    samples: int | None = None,
) -> Evaluation:
    """Everything that one evaluation needs.

    Args:
        plan: of the recipe.
        model: absolute folder or hub id; of no meaning for engine `server`.
        folder: where it goes, absolute.
        limit: problems of each task.
        python: the Python that has lm-eval.
        tasks: in place of the recipe's.
        samples: in place of the recipe's.
    """
    evaluate = plan.recipe.get("evaluate")
    names, n = tasks or evaluate["tasks"], samples or samples_of(evaluate)
    if samples is not None:
        evaluate = {**evaluate, "samples": samples, "pass_at": [1], "temperature": 0.0}
    config = build_eval(plan, model, evaluate=evaluate, tasks=names)
    config.pop("output_path")
    config.pop("log_samples")
    files = {f"tasks/{file}": text for file, text in eval_task_files(plan, 1, names).items()}
    local = data_folder(data_of(plan.recipe))
    offline = OFFLINE if local and (Path(model).is_dir() or evaluate["engine"] == "server") else {}
    switches = {key: value for key, value in {**NO_TELEMETRY, **offline}.items() if key not in os.environ}
    seeds = [plan.train["seed"] + run for run in range(n)]
    return Evaluation(config, files, seeds, limit, python, switches, folder, tuple(_data_files(names, local)))


def _data_files(names: Iterable[str], folder: Path | None) -> list[Path]:
    """The local files that tasks read; none where they come from the hub."""
    if folder is None:
        return []
    ours = [name for name in leaves(names) if name in task_names()]
    paths = [folder / f"{benchmark_of(name)}.jsonl" for name in ours]
    return [path for path in paths if path.is_file()]


def find_python(source: str) -> str:
    """The Python that has lm-eval, with this package and math-verify beside it, which grade there.

    Raises:
        RecipeError: no lm-eval, or one without them.
    """
    python = find_interpreter(LM_EVAL, Path(source))
    for module in ("cgd_recipes", "math_verify"):
        if not can_import(python, module):
            raise user_error(
                python, f"has no {module}, which grades there: {python} -m pip install 'cgd-recipes[eval]'"
            )
    return python
