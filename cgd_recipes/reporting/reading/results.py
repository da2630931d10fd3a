"""One results file of lm-eval with its samples files: its benchmarks, and what they depend on."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from cgd_recipes.errors import user_error
from cgd_recipes.files.jsonl import parse_json
from cgd_recipes.files.regular import read_bytes
from cgd_recipes.reporting.evaluations import Benchmark
from cgd_recipes.reporting.reading.samples import Records, is_number, read_samples

_LIMITS = {
    "max_gen_toks": "longest answer",
    "max_tokens": "longest answer",
    "max_new_tokens": "longest answer",
    "until": "stop strings",
    "temperature": "temperature",
    "top_p": "top_p",
    "top_k": "top_k",
    "min_p": "min_p",
    "do_sample": "sampling",
    "repetition_penalty": "repetition penalty",
}
"""Generation kwargs that results depend on; a seed is what runs differ in."""
_GRADING = ("metric_list", "filter_list", "output_type", "process_results")


def read_results(path: Path) -> dict[str, Any]:
    """A results file as it is.

    Raises:
        RecipeError: no results file of lm-eval.
    """
    try:
        values = parse_json(read_bytes(path))
    except OSError as error:
        raise user_error(str(path), f"cannot be read: {error.strerror}") from None
    except ValueError:
        raise user_error(str(path), "is not JSON; it may have been cut off, so evaluate again") from None
    sections = ("results", "configs")
    if not isinstance(values, dict) or not all(isinstance(values.get(key), dict) for key in sections):
        raise user_error(str(path), "holds no results of lm-eval: 'results' and 'configs' are missing")
    return values


def read_benchmarks(path: Path, wanted: Mapping[str, str]) -> dict[str, Benchmark]:
    """The benchmarks of a results file; groups, which have no samples of their own, are left out.

    Args:
        path: results.json or results_<time>.json; the samples files lie beside it.
        wanted: task -> the metric to take, see `read_samples`.

    Raises:
        RecipeError: a file that cannot be used, or a task without samples.
    """
    values = read_results(path)
    found = {}
    for task in values["configs"]:
        config = section(values["configs"], task)
        samples = _samples_file(path, task)
        better = section(section(values, "higher_is_better"), task)
        listed = config.get("filter_list")
        filters = (
            [str(each.get("name")) for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
        )
        records = read_samples(samples, better, filters, wanted.get(task))
        facts = dict(_facts(values, task, config, records))
        printed = number_in(section(values["results"], task), _key(records.metric))
        found[task] = Benchmark(task, records.metric, records.questions, facts, printed=printed)
    if not found:
        raise user_error(str(path), "holds no tasks")
    return found


def section(values: Any, key: str) -> dict[str, Any]:
    """A mapping inside a mapping; an empty one where there is none, or something else in its place."""
    found = values.get(key) if isinstance(values, dict) else None
    return found if isinstance(found, dict) else {}


def number_in(values: Mapping[str, Any], key: str) -> float | None:
    """A number in a mapping; None where there is none, or one that is not finite."""
    return float(values[key]) if is_number(values.get(key)) else None


def _key(metric: str) -> str:
    return metric if "," in metric else f"{metric},none"


def _samples_file(results: Path, task: str) -> Path:
    stamp = re.search(r"_\d{4}-\d\d-\d\dT[\d.-]+$", results.stem)
    path = results.parent / f"samples_{task}{stamp[0] if stamp else ''}.jsonl"
    if not os.path.isfile(path):  # False for names that no file can have
        raise user_error(str(path), "is missing: a report compares answer by answer; run lm_eval with --log_samples")
    return path


def _facts(
    values: Mapping[str, Any], task: str, config: Mapping[str, Any], records: Records
) -> Iterator[tuple[str, str | None]]:
    """What a result depends on, in the order in which differences are named."""
    metadata = section(config, "metadata")
    yield "lm-eval version", _text(values.get("lm_eval_version"))
    yield "task version", _text(section(values, "versions").get(task))
    yield "grader", _text(metadata.get("grader")) or _fingerprint([config.get(key) for key in _GRADING])
    yield "metric", records.metric
    yield "data", _text(metadata.get("documents_sha256"))
    yield "system prompt", _text(values.get("system_instruction"))
    yield "chat template", _text(values.get("chat_template_sha"))
    yield "examples in the prompt", _text(section(values, "n-shot").get(task))
    options = {**section(config, "generation_kwargs"), **records.options}
    for key, name in _LIMITS.items():
        if key in options:
            yield name, json.dumps(options[key])


def _fingerprint(values: Sequence[Any]) -> str:
    """Sixteen hex digits; addresses of functions, which change from run to run, are left out."""
    text = re.sub(r" at 0x[0-9a-f]+", "", json.dumps(values, sort_keys=True, default=str))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
