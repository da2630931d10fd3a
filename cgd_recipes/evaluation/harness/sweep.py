"""Runs of one evaluation with different seeds, each with results of its own; finished ones are not repeated.

Run by the Python that has lm-eval, in the folder with eval.yaml:

    python -m cgd_recipes.evaluation.harness.sweep eval.yaml --runs runs --prefix 0a1b2c3d --seeds 42 43 44

One model serves all runs. A seed per run rather than `repeats` makes an interrupted evaluation go on where it stopped, gives
mean and deviation over runs, and keeps clear of lm-eval's cache. vLLM and servers get the seed with every request;
transformers draws from torch's generator, which lm-eval seeds for each run.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from pathlib import Path
from typing import Any

from cgd_recipes.evaluation.harness.fault import EvaluationFault
from cgd_recipes.evaluation.taskfiles import outsiders
from cgd_recipes.files.atomic import scratch_beside, sync

DONE = "results.json"


def run_folder(runs: Path, prefix: str, seed: int) -> Path:
    """Where the run with a seed is kept; the prefix is the evaluation's fingerprint."""
    return runs / f"{prefix}-seed{seed}"


def sweep(config: Path, runs: Path, prefix: str, seeds: list[int], limit: int | None) -> None:
    """Run what is not there yet.

    Args:
        config: an eval.yaml, as for `lm_eval run --config`; its folder must be the current one.
        runs: folder of runs.
        prefix: see `run_folder`.
        seeds: one run each.
        limit: problems of each task; None for all.
    """
    pending = [seed for seed in seeds if not (run_folder(runs, prefix, seed) / DONE).is_file()]
    print(f"{len(seeds) - len(pending)} of {len(seeds)} runs are there already", flush=True)
    if not pending:
        return
    from lm_eval.config.evaluate_config import EvaluatorConfig

    options = EvaluatorConfig.from_config(config)
    model, manager = _model(options), _tasks(options)
    for seed in pending:
        print(f"run with seed {seed}", flush=True)
        results = _run(options, model, manager, seed, limit)
        if results is not None:  # other ranks get none
            _save(results, run_folder(runs, prefix, seed))


def _model(options: Any) -> Any:
    from lm_eval.api.registry import get_model

    more = {"batch_size": options.batch_size, "max_batch_size": options.max_batch_size, "device": options.device}
    more = {key: value for key, value in more.items() if key not in options.model_args}
    model = get_model(options.model).create_from_arg_obj(dict(options.model_args), more)
    if options.model == "local-chat-completions":
        keep_finish_reasons(model)
    return model


def keep_finish_reasons(model: Any) -> None:
    """Let a chat model of lm-eval remember which texts the server says were stopped by the limit; see MathTask."""
    parse = model.parse_generations
    cut: set[str] = set()

    def parse_generations(outputs: Any, **kwargs: Any) -> Any:
        texts = parse(outputs, **kwargs)
        choices = [
            choice for output in (outputs if isinstance(outputs, list) else [outputs]) for choice in output["choices"]
        ]
        cut.update(
            choice["message"].get("content") or "" for choice in choices if choice.get("finish_reason") == "length"
        )
        return texts

    model.parse_generations = parse_generations
    model.cgd_cut_texts = cut


def _tasks(options: Any) -> Any:
    import lm_eval.models  # noqa: F401
    from lm_eval.tasks import TaskManager

    # lm-eval's own 14,000 files take it up to 20 s to index.
    own = bool(outsiders(options.tasks))
    return TaskManager(include_path=options.include_path, include_defaults=own, metadata=options.metadata)


def _run(options: Any, model: Any, manager: Any, seed: int, limit: int | None) -> dict[str, Any] | None:
    from lm_eval import simple_evaluate

    kwargs = dict(options.gen_kwargs or {})
    if options.model != "hf" and kwargs.get("do_sample"):
        kwargs["seed"] = seed
    results: dict[str, Any] | None = simple_evaluate(
        model=model,
        model_args=options.model_args,
        tasks=list(options.tasks),
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


def _save(results: dict[str, Any], folder: Path) -> None:
    """Write a run beside its place and move it there whole."""
    from lm_eval.utils import handle_non_serializable

    folder.parent.mkdir(parents=True, exist_ok=True)
    with scratch_beside(folder) as aside:
        for task, samples in results.pop("samples").items():
            lines = (json.dumps(one, default=handle_non_serializable, ensure_ascii=False) + "\n" for one in samples)
            (aside / f"samples_{task}.jsonl").write_text("".join(lines), encoding="utf-8")
        text = json.dumps(results, indent=2, default=handle_non_serializable, ensure_ascii=False)
        (aside / DONE).write_text(text + "\n", encoding="utf-8")
        for file in aside.iterdir():
            sync(file)
        # Of a run that did not end; its name is the fingerprint of this evaluation.
        shutil.rmtree(folder, ignore_errors=True)
        aside.rename(folder)
    sync(folder.parent)


def main() -> None:
    """Read the command line, which `cgd-recipe eval` writes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("config", type=Path)
    parser.add_argument("--runs", type=Path, required=True)
    parser.add_argument("--prefix", required=True)
    parser.add_argument("--seeds", type=int, nargs="+", required=True)
    parser.add_argument("--limit", type=int)
    given = parser.parse_args()
    try:
        sweep(given.config, given.runs, given.prefix, given.seeds, given.limit)
    except EvaluationFault as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
