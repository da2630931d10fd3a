"""A job: lm-eval started once for one model. It makes runs, one for each seed, each with results of its own."""

from __future__ import annotations

import hashlib
import json
import os
import shlex
import subprocess
from collections.abc import Container, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import click

from cgd_recipes import __version__
from cgd_recipes.environments.find import NO_TELEMETRY, OFFLINE
from cgd_recipes.errors import user_error
from cgd_recipes.evaluation.harness.documents import DATA, data_folder
from cgd_recipes.evaluation.harness.runs import run_folder, votes_file
from cgd_recipes.evaluation.plan import build_eval, eval_task_files, seed_of
from cgd_recipes.evaluation.settings import EvalSettings
from cgd_recipes.evaluation.taskfiles import benchmark_of, expand_groups, task_names
from cgd_recipes.files.atomic import lock_file
from cgd_recipes.files.child import end_with_parent
from cgd_recipes.files.hashes import file_sha256
from cgd_recipes.files.output import OutputFolder
from cgd_recipes.files.ownership import EVAL, MANIFEST, MANIFEST_VERSION
from cgd_recipes.files.yaml_out import dump_yaml
from cgd_recipes.recipe.plan import Plan

RESULTS = "results.json"
_OURS = (RESULTS, MANIFEST, "eval.yaml", "tasks", "runs", "answers", "votes", "select")
"""What an evaluation puts into its folder."""
_MODELS = ("pretrained", "tokenizer", "peft", "delta", "lora_local_path")
"""Arguments of lm-eval's models that may be folders: the model, and what is laid over it."""
_HOW_FAST = (
    "batch_size", "max_batch_size", "num_concurrent", "max_retries", "timeout", "gpu_memory_utilization", "tensor_parallel_size",
    "data_parallel_size", "max_num_seqs", "enforce_eager", "swap_space",
)  # fmt: skip
"""Settings that say how fast a model answers, and not what: changed after a lack of memory, they cost no answer."""


@dataclass(frozen=True)
class LmEvalJob:
    """Runs of one model on some tasks.

    Attributes:
        config: the eval.yaml.
        files: task files, by their name below the folder.
        seeds: one run each.
        limit: questions of each task; None for all.
        python: the Python that has lm-eval.
        switches: environment variables to set.
        folder: where all of it goes.
        data: local files that the tasks read.
    """

    config: dict[str, Any]
    files: dict[str, str]
    seeds: list[int]
    limit: int | None
    python: str
    switches: dict[str, str]
    folder: Path
    data: tuple[Path, ...] = ()

    @cached_property
    def answers_fingerprint(self) -> str:
        """What a model's answers to the same prompts depend on, as eight hex digits: settings, files of a local model."""
        arguments = {key: value for key, value in self.config["model_args"].items() if key not in _HOW_FAST}
        state = {key: _state(self.folder / str(arguments[key]), self.folder) for key in _MODELS if arguments.get(key)}
        settings = {
            key: value for key, value in self.config.items() if key not in (*_HOW_FAST, "tasks", "include_path")
        }
        return _digest([{**settings, "model_args": arguments}, state])

    @cached_property
    def fingerprint(self) -> str:
        """What a run's results depend on, as eight hex digits: the answers, this version, task files and local data."""
        data = [(path.name, file_sha256(path)) for path in self.data]
        return _digest([__version__, self.answers_fingerprint, self.config, self.files, self.limit, data])

    @property
    def command(self) -> list[str]:
        """The command, to be run in the folder."""
        limit = [] if self.limit is None else ["--limit", str(self.limit)]
        seeds = [str(seed) for seed in self.seeds]
        answers = ["--answers", f"answers/{self.answers_fingerprint}"]
        arguments = ["eval.yaml", "--runs", "runs", "--prefix", self.fingerprint, *answers, *limit, "--seeds", *seeds]
        return [self.python, "-P", "-m", "cgd_recipes.evaluation.harness.sweep", *arguments]

    def __str__(self) -> str:
        switches = [f"{name}={shlex.quote(value)}" for name, value in self.switches.items()]
        return f"cd {shlex.quote(str(self.folder))} && {' '.join([*switches, shlex.join(self.command)])}"

    def run(self) -> list[Path]:
        """Write eval.yaml and tasks/, make the runs that are not there yet, and return the folders of the runs.

        Raises:
            RecipeError: files of others are in the way, or lm-eval failed; runs that had finished are kept.
        """
        write_outputs(self.folder, {**self.files, "eval.yaml": dump_yaml(self.config)}, keep=(RESULTS,))
        environment = {**os.environ, **self.switches}
        try:
            done = subprocess.run(
                self.command, cwd=self.folder, env=environment, check=False, preexec_fn=end_with_parent
            )
        except KeyboardInterrupt:
            click.echo("the same command goes on with what is there", err=True)
            raise click.exceptions.Exit(130) from None
        if done.returncode:
            message = (
                f"lm-eval ended with exit code {done.returncode}, see above; runs that have finished are kept, and so is every "
                "answer of the others. Fix the cause, then run the same command again"
            )
            raise user_error(str(self.folder), message)
        return [run_folder(self.folder / "runs", self.fingerprint, seed) for seed in self.seeds]

    @property
    def votes(self) -> Path | None:
        """The file with the votes of the samples; None for a single run."""
        return votes_file(self.folder / "runs", self.fingerprint, self.seeds) if len(self.seeds) > 1 else None


@contextmanager
def evaluating(folder: Path) -> Iterator[None]:
    """Keep other evaluations out of a folder: lm-eval reads its settings there, some of them after minutes.

    Raises:
        RecipeError: another one is at work there, or the folder cannot be made.
    """
    made = [parent for parent in (folder, *folder.parents) if not parent.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = os.open(folder, os.O_RDONLY)
    except FileExistsError:
        raise user_error(str(folder), "is a file; choose another folder with -o") from None
    except OSError as error:
        raise user_error(str(folder), f"cannot be written to: {error.strerror}") from None
    try:
        if not lock_file(lock, wait=False):
            message = "another `cgd-recipe eval` is at work here; wait for it, or choose another folder with -o"
            raise user_error(str(folder), message)
        yield
    finally:
        os.close(lock)
        for parent in made:
            with suppress(OSError):  # not empty: the evaluation wrote something
                parent.rmdir()


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
        output.check_names([*files, RESULTS])  # before hours of work, and not after them
        for name, text in files.items():
            output.write(name, text)
        earlier = output.earlier.get("outputs", {}).items()
        outputs = {name: sha for name, sha in earlier if keep is None or name in keep} | output.staged()
        manifest = {"manifest_version": MANIFEST_VERSION, "command": EVAL.name, "cgd-recipes": __version__}
        output.write(MANIFEST, json.dumps({**manifest, "outputs": outputs}, indent=2) + "\n")
        output.publish(outputs)


def make_job(
    plan: Plan, settings: EvalSettings, model: str, folder: Path, *, limit: int | None, python: str
) -> LmEvalJob:
    """Everything that one evaluation needs.

    Args:
        plan: of the recipe.
        settings: the recipe's section, or what is to be evaluated in its place.
        model: absolute folder or hub id; of no meaning for engine `server`.
        folder: where it goes, absolute.
        limit: questions of each task.
        python: the Python that has lm-eval.
    """
    config = build_eval(plan, model, settings)
    config.pop("output_path")
    config.pop("log_samples")
    local = data_folder(settings.data)
    # Named from here, and read in the folder of the results.
    moved = {DATA: str(local.absolute())} if local and not local.is_absolute() else {}
    is_local = local or settings.files.keys() >= set(settings.tasks)
    offline = OFFLINE if is_local and (Path(model).is_dir() or settings.engine == "server") else {}
    return LmEvalJob(
        config=config,
        files={f"tasks/{file}": text for file, text in eval_task_files(plan, settings, 1).items()},
        seeds=[seed_of(plan) + run for run in range(settings.samples)],
        limit=limit,
        python=python,
        switches=moved | {key: value for key, value in {**NO_TELEMETRY, **offline}.items() if key not in os.environ},
        folder=folder,
        data=(*_data_files(settings.tasks, local), *settings.files.values()),
    )


def _state(path: Path, results: Path) -> list[tuple[str, int, int]]:
    """Names, sizes and times of change of a model's files; what is evaluated into the same folder is none of it."""
    if not os.path.isdir(path):
        return []
    ours = {results / name for name in _OURS}
    files = [file for file in sorted(path.rglob("*")) if file.is_file() and ours.isdisjoint((file, *file.parents))]
    return [(str(file.relative_to(path)), file.stat().st_size, file.stat().st_mtime_ns) for file in files]


def _digest(values: list[Any]) -> str:
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:8]


def _data_files(names: Iterable[str], folder: Path | None) -> tuple[Path, ...]:
    """The local files that tasks read; none where they come from the hub."""
    if folder is None:
        return ()
    shipped = [name for name in expand_groups(names) if name in task_names()]
    paths = [folder / f"{benchmark_of(name)}.jsonl" for name in shipped]
    return tuple(path for path in paths if path.is_file())
