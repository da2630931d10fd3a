"""Folders as `cgd-recipe eval` and lm_eval leave them, made from numbers."""

import hashlib
import json
from pathlib import Path

import numpy as np


def digest(text):
    return hashlib.sha256(str(text).encode("utf-8", "surrogatepass")).hexdigest()


def record(number, right, *, text=None, metric="pass@1", filter_name="none", prompt="", question=None, **more):
    """A line of a samples file; `right` is 0 or 1 for one sample, a list for several."""
    doc = {"id": str(number), "problem": question or f"What is {number} + 1?", "answer": str(number + 1)}
    samples = right if isinstance(right, list) else [right]
    texts = text if isinstance(text, list) else [text or f"\\boxed{{{number + (1 if one else 2)}}}" for one in samples]
    scores = {metric: sum(samples) / len(samples)}
    if isinstance(right, list):
        scores["run_sd"] = right
    return {
        "doc_id": number,
        "doc": doc,
        "target": doc["answer"],
        "arguments": {"gen_args_0": {"arg_0": f"{prompt}{doc['problem']}", "arg_1": {"max_gen_toks": 96, "until": []}}},
        "resps": [texts],
        "filtered_resps": [texts],
        "filter": filter_name,
        "metrics": [*scores, "answered", "truncated", "words"],
        "doc_hash": digest(json.dumps(doc)),
        "prompt_hash": digest(prompt + doc["problem"]),
        "target_hash": digest(doc["answer"]),
        **scores,
        "answered": 1.0,
        "truncated": 0.0,
        "words": 1.0,
        **more,
    }


def write_lines(path: Path, records):
    path.write_text("".join(json.dumps(each) + "\n" for each in records), encoding="utf-8")


def write_results(folder: Path, tasks, *, stamp="_2026-11-25T18-48-35.125307", metric="pass@1", **more):
    """A folder of lm_eval: task -> records.

    Args:
        more: keys of the results file; `config_<task>` is merged into the task's configuration.
    """
    folder.mkdir(parents=True, exist_ok=True)
    results, configs = {}, {}
    for task, records in tasks.items():
        used = records[0]["filter"] if records else "none"
        results[task] = {f"{metric},{used}": sum(each[metric] for each in records) / max(1, len(records))}
        function = f"<function at {hex(id(records))}>"
        configs[task] = {
            "task": task,
            "filter_list": [{"name": used, "filter": [{"filter_fn": function}]}],
            "metadata": {"documents_sha256": digest(sorted(each["doc_hash"] for each in records)), "grader": "strict"},
            "generation_kwargs": {"until": [], "max_gen_toks": 96, "temperature": 0.0},
            **more.pop(f"config_{task}", {}),
        }
        write_lines(folder / f"samples_{task}{stamp}.jsonl", records)
    values = {
        "results": results,
        "configs": configs,
        "versions": dict.fromkeys(tasks, 1.0),
        "n-shot": dict.fromkeys(tasks, 0),
        "higher_is_better": {task: {metric: True, "answered": True, "truncated": False} for task in tasks},
        "config": {"model": "hf"},
        "lm_eval_version": "0.4.13",
        "model_name": "a-model",
        **more,
    }
    path = folder / f"results{stamp}.json"
    path.write_text(json.dumps(values), encoding="utf-8")
    return folder


def write_eval(folder: Path, rights_of, *, seeds=(42,), results=None, **more):
    """A folder of `cgd-recipe eval`: task -> for each question the list of right samples, one a seed.

    Args:
        results: keys of the runs' results files.
        more: keys of results.json.
    """
    for index, seed in enumerate(seeds):
        run = {task: [record(n, right[index]) for n, right in enumerate(rights)] for task, rights in rights_of.items()}
        write_results(folder / "runs" / f"0a1b2c3d-seed{seed}", run, stamp="", **(results or {}))
    scores = {task: sum(map(sum, rights)) / len(rights) / len(seeds) for task, rights in rights_of.items()}
    values = {
        "recipe": folder.name,
        "model_args": {"pretrained": f"/models/{folder.name}"},
        "system_instruction": "Be brief.",
        "seeds": list(seeds),
        "runs": "0a1b2c3d",
        "selection": None,
        "tasks": {task: {"pass@1": {"value": score, "error": 0.1}} for task, score in scores.items()},
        "warnings": [],
        **more,
    }
    (folder / "results.json").write_text(json.dumps(values), encoding="utf-8")
    return folder


def write_pair(folder: Path, gain=0.4, samples=4, questions=60, **more) -> tuple[Path, Path]:
    """Two evaluations of several samples; the second is clearly better on the first of two benchmarks."""
    generator = np.random.default_rng(5)
    rates = generator.beta(0.5, 1, size=questions)
    seeds = range(42, 42 + samples)
    easy = [[int(each) for each in generator.binomial(1, rate, samples)] for rate in rates]
    better = [[int(each) for each in generator.binomial(1, min(1, rate + gain), samples)] for rate in rates]
    same = [[int(each) for each in generator.binomial(1, rate, samples)] for rate in rates]
    base = write_eval(folder / "base", {"cgd_amc23": easy, "cgd_gsm8k": easy}, seeds=seeds, **more)
    tuned = write_eval(folder / "tuned", {"cgd_amc23": better, "cgd_gsm8k": same}, seeds=seeds, **more)
    return base, tuned
