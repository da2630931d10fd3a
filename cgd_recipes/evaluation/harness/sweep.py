"""Runs of one evaluation with different seeds, each with results of its own; finished ones are not repeated.

Run by the Python that has lm-eval, in the folder with eval.yaml:

    python -m cgd_recipes.evaluation.harness.sweep eval.yaml --runs runs --prefix 0a1b2c3d --answers answers/4e5f6a7b --seeds 42 43

One model serves all runs. A seed per run rather than `repeats` makes an interrupted evaluation go on where it stopped, gives
mean and deviation over runs, and keeps clear of lm-eval's cache. vLLM and servers get the seed with every request;
transformers draws from torch's generator, which lm-eval seeds for each run.

Every answer is on disk before it is graded. A run that was stopped, in grading for one, takes its answers from there.
"""

from __future__ import annotations

import argparse
import errno
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cgd_recipes.errors import printable
from cgd_recipes.evaluation.harness.fault import EvaluationFault
from cgd_recipes.evaluation.harness.runs import DONE, is_whole, run_folder, seal, votes_file
from cgd_recipes.evaluation.harness.votes import are_of, count_votes
from cgd_recipes.evaluation.taskfiles import expand_groups, lm_eval_tasks_in
from cgd_recipes.files.atomic import scratch_beside, sync
from cgd_recipes.files.jsonl import json_bytes, json_line, parse_json
from cgd_recipes.files.regular import read_bytes

if TYPE_CHECKING:
    from cgd_recipes.evaluation.harness.lm_eval_seams import Recorder

_OF_DISKS = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO)


def graders_in(results: Mapping[str, Any]) -> dict[str, str]:
    """Name -> grader of those tasks of a run that are ours."""
    found = {name: config.get("metadata") or {} for name, config in results["configs"].items()}
    return {name: metadata["grader"] for name, metadata in found.items() if metadata.get("documents_sha256")}


@dataclass(frozen=True)
class Sweep:
    """Runs to be made.

    Attributes:
        config: an eval.yaml, as for `lm_eval run --config`; its folder must be the current one.
        runs: folder of runs.
        prefix: see `run_folder`.
        answers: beginning of the names of the files with a model's answers, one for each seed.
        seeds: one run each.
        limit: questions of each task; None for all.
    """

    config: Path
    runs: Path
    prefix: str
    answers: Path
    seeds: Sequence[int]
    limit: int | None

    def folder(self, seed: int) -> Path:
        """See `run_folder`."""
        return run_folder(self.runs, self.prefix, seed)

    @property
    def votes(self) -> Path:
        """See `votes_file`."""
        return votes_file(self.runs, self.prefix, self.seeds)

    def make(self) -> None:
        """Make the runs that are not there yet, and count the votes of all."""
        self._make_runs()
        folders = [self.folder(seed) for seed in self.seeds]
        # Other ranks may come here before the one that writes the last run.
        if len(folders) > 1 and all(map(is_whole, folders)) and not are_of(self.votes, folders):
            count_votes(folders, graders_in(parse_json(read_bytes(folders[0] / DONE))), self.votes)

    def _make_runs(self) -> None:
        pending = [seed for seed in self.seeds if not is_whole(self.folder(seed))]
        print(f"{len(self.seeds) - len(pending)} of {len(self.seeds)} runs are there already", flush=True)
        if not pending:
            return
        from lm_eval.config.evaluate_config import EvaluatorConfig

        from cgd_recipes.evaluation.harness.lm_eval_seams import Recorder

        options = EvaluatorConfig.from_config(self.config)
        model, manager = _model(options), _tasks(options)
        recorder = Recorder(model)
        for seed in pending:
            rank = getattr(model, "rank", 0)
            path = self.answers.with_name(f"{self.answers.name}-seed{seed}{f'.rank{rank}' if rank else ''}.jsonl")
            known = len(recorder.start(path))
            print(
                f"run with seed {seed}" + (f", of which {known:,} answers are there already" if known else ""),
                flush=True,
            )
            results = _evaluate(options, model, manager, seed, self.limit)
            if results is not None:  # other ranks get none
                _save(results, recorder, self.folder(seed))


def _model(options: Any) -> Any:
    from lm_eval.api.registry import get_model

    more = {"batch_size": options.batch_size, "max_batch_size": options.max_batch_size, "device": options.device}
    more = {key: value for key, value in more.items() if key not in options.model_args}
    return get_model(options.model).create_from_arg_obj(dict(options.model_args), more)


def _tasks(options: Any) -> Any:
    import lm_eval.models  # noqa: F401
    from lm_eval.tasks import TaskManager

    # lm-eval's own 14,000 files take it up to 20 s to index.
    folder = Path(options.include_path or "")
    own = any(not (folder / f"{name}.yaml").is_file() for name in lm_eval_tasks_in(options.tasks))
    return TaskManager(include_path=options.include_path, include_defaults=own, metadata=options.metadata)


def _evaluate(options: Any, model: Any, manager: Any, seed: int, limit: int | None) -> dict[str, Any] | None:
    from lm_eval import simple_evaluate

    kwargs = dict(options.gen_kwargs or {})
    if options.model != "hf" and kwargs.get("do_sample"):
        kwargs["seed"] = seed
    results: dict[str, Any] | None = simple_evaluate(
        model=model,
        model_args=options.model_args,
        tasks=expand_groups(options.tasks),  # the averages of our groups are made of all runs
        batch_size=options.batch_size,
        device=options.device,
        limit=limit,
        log_samples=True,
        system_instruction=options.system_instruction,
        apply_chat_template=options.apply_chat_template,
        gen_kwargs=kwargs,
        task_manager=manager,
        random_seed=seed,
        numpy_random_seed=seed,
        torch_random_seed=seed,
        fewshot_random_seed=options.seed[3],
        confirm_run_unsafe_code=options.confirm_run_unsafe_code,
        metadata=options.metadata,
    )
    return results


def _save(results: dict[str, Any], recorder: Recorder, folder: Path) -> None:
    """Write a run beside its place and move it there whole."""
    from lm_eval.utils import handle_non_serializable

    folder.parent.mkdir(parents=True, exist_ok=True)
    with scratch_beside(folder) as aside:
        for task, records in results.pop("samples").items():
            with open(aside / f"samples_{task}.jsonl", "wb") as handle:
                for record in records:
                    whole = {**record, **_graded_fields(recorder, task, record)}
                    handle.write(json_line(whole, default=handle_non_serializable))
        content = json_bytes(results, indent=2, default=handle_non_serializable)
        (aside / DONE).write_bytes(content + b"\n")
        seal(aside)
        for file in aside.iterdir():
            sync(file)
        _put_aside(folder)
        aside.rename(folder)
    sync(folder.parent)


def _put_aside(folder: Path) -> None:
    """Keep a run whose files were cut off or edited: they may hold what nothing else does."""
    if not folder.exists():
        return
    place = folder.with_name(f"{folder.name}.damaged")
    shutil.rmtree(place, ignore_errors=True)
    folder.rename(place)
    print(f"{folder} was damaged; it is made again from its answers, and kept as {place.name}", flush=True)


def _graded_fields(recorder: Recorder, task: str, record: Mapping[str, Any]) -> dict[str, Any]:
    """What a samples file tells of our tasks besides lm-eval's fields: grades and finish reasons, one for each sample."""
    doc = record["doc"]
    number = doc.get("number") if isinstance(doc, dict) else None
    samples = recorder.graded.get((task, number)) if isinstance(number, int) else None
    if samples is None:
        return {}
    return {
        "grades": [sample.grade._asdict() for sample in samples],
        "finish_reasons": [sample.finish_reason for sample in samples],
    }


def main() -> None:
    """Read the command line, which `cgd-recipe eval` writes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("config", type=Path)
    parser.add_argument("--runs", type=Path, required=True)
    parser.add_argument("--prefix", required=True)
    parser.add_argument("--answers", type=Path, required=True)
    parser.add_argument("--seeds", type=int, nargs="+", required=True)
    parser.add_argument("--limit", type=int)
    try:
        Sweep(**vars(parser.parse_args())).make()
    except EvaluationFault as error:
        sys.exit(printable(str(error)))
    except OSError as error:
        if not error.filename and error.errno not in _OF_DISKS:  # of the network, where the traceback tells more
            raise
        sys.exit(printable(f"{error.filename or Path.cwd()}: {error.strerror}"))


if __name__ == "__main__":
    main()
