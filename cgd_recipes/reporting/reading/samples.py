"""One samples file of lm-eval, 0.4.11 to 0.4.13: a record a question and filter."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from math import isfinite
from pathlib import Path
from typing import Any, NamedTuple

from cgd_recipes.errors import Problem, RecipeError, Where, did_you_mean, user_error
from cgd_recipes.evaluation.harness.scores import RUNS
from cgd_recipes.files.jsonl import read_jsonl
from cgd_recipes.reporting.evaluations import Question

_SHARES = ("answered", "truncated", "unfinished", "ungraded", "distinct", "tokens", "words")
MAJORITY = "majority@"
_VOTES = re.compile(rf"{MAJORITY}\d{{1,6}}")
_METRICS = ("pass@1", "exact_match", "acc", "acc_norm", "prompt_level_strict_acc", "pass_at_1")
"""The main metric of a task is the first of these that it has."""
_TEXT_KEYS = ("problem", "question", "prompt", "query", "input", "text")


class Records(NamedTuple):
    """What a samples file says.

    Attributes:
        metric: the metric that was taken, with its filter.
        questions: in order.
        options: generation kwargs of the first request.
    """

    metric: str
    questions: list[Question]
    options: Mapping[str, Any]


def read_samples(path: Path, better: Mapping[str, Any], filters: Sequence[str], wanted: str | None = None) -> Records:
    """Read a samples file.

    Args:
        path: samples_<task>*.jsonl.
        better: metric -> whether more is better, of the task.
        filters: of the task, in its order; the first counts unless `wanted` names another.
        wanted: metric, or `metric,filter`; the main one unless given.

    Raises:
        RecipeError: a line that is no record, no metric to be found, or samples that differ in number.
    """
    records = list(_records(path))
    if not records:
        raise user_error(str(path), "holds no samples; run lm_eval with --log_samples")
    name, _, chosen = (wanted or "").partition(",")
    present = list(dict.fromkeys(str(record.get("filter", "none")) for _, record in records))
    chosen = chosen or next((each for each in filters if each in present), present[0])
    if chosen not in present:
        hint = did_you_mean(chosen, present) or f"; there are: {', '.join(present)}"
        raise user_error(str(path), f"has no filter '{chosen}'{hint}")
    kept = [(line, record) for line, record in records if str(record.get("filter", "none")) == chosen]
    metric = _metric(path, kept[0][1], better, name)
    questions = [_question(path, line, record, metric) for line, record in sorted(kept, key=_number)]
    if len({len(question.scores) for question in questions}) > 1:
        raise user_error(str(path), "not all questions have the same number of samples; evaluate again")
    label = metric if chosen == "none" else f"{metric},{chosen}"
    return Records(label, questions, _options(kept[0][1]))


def _records(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    for line, record in read_jsonl(path):
        if not isinstance(record, dict) or not isinstance(record.get("doc_id"), int):
            raise _fault(path, line, "is no sample of lm-eval: 'doc_id' is missing")
        yield line, record


def _number(numbered: tuple[int, dict[str, Any]]) -> int:
    return int(numbered[1]["doc_id"])


def _metric(path: Path, record: Mapping[str, Any], better: Mapping[str, Any], wanted: str) -> str:
    metrics = record.get("metrics")
    names = [str(name) for name in metrics] if isinstance(metrics, list) else [*better]
    usable = [name for name in names if isinstance(record.get(name), int | float)]
    if wanted:
        if wanted in usable:
            return wanted
        hint = did_you_mean(wanted, usable) or f"; there are: {', '.join(usable)}"
        raise user_error(str(path), f"has no metric '{wanted}'{hint}")
    found = [name for name in _METRICS if name in usable] + [name for name in usable if better.get(name) is True]
    if not found:
        raise user_error(str(path), "has no metric of which more is better; name one with --metric TASK=METRIC")
    return found[0]


def _question(path: Path, line: int, record: Mapping[str, Any], metric: str) -> Question:
    right = record.get(RUNS)
    value = record.get(metric)
    if metric == "pass@1" and isinstance(right, list) and right:
        scores = right
    elif isinstance(value, int | float):
        scores = [value]
    else:
        raise _fault(path, line, f"has no number for the metric '{metric}'")
    if not all(is_number(score) for score in scores):
        raise _fault(path, line, f"'{metric}' is not a number")
    if metric == "pass@1" and not all(0 <= score <= 1 for score in scores):
        raise _fault(path, line, f"'{metric}' is not from 0 to 1")
    texts = _texts(record.get("resps"))
    doc = record.get("doc")
    kept = [key for key in record if key in _SHARES or _VOTES.fullmatch(key)]
    shares = {key: float(record[key]) for key in kept if is_number(record[key])}
    return Question(
        key=str(record.get("doc_hash") or json.dumps(doc, sort_keys=True, default=str)),
        text=_shown(doc),
        gold=str(record.get("target", "")),
        prompt=str(record["prompt_hash"]) if record.get("prompt_hash") else None,
        texts=texts,
        scores=tuple(float(score) for score in scores),
        shares=shares,
    )


def _texts(responses: Any) -> tuple[str, ...]:
    """The generated texts; none where the responses are log-likelihoods."""
    while isinstance(responses, list) and len(responses) == 1 and isinstance(responses[0], list):
        responses = responses[0]
    flat = responses if isinstance(responses, list) else []
    return tuple(text for text in flat if isinstance(text, str))


def is_number(value: Any) -> bool:
    """Whether a value of JSON is a number that can be counted with: finite, and no whole number beyond a float."""
    try:
        return isinstance(value, int | float) and isfinite(value)
    except OverflowError:
        return False


def _shown(doc: Any) -> str:
    if isinstance(doc, dict):
        return next((doc[key] for key in _TEXT_KEYS if isinstance(doc.get(key), str)), json.dumps(doc, default=str))
    return str(doc)


def _options(record: Mapping[str, Any]) -> Mapping[str, Any]:
    """Generation kwargs: lm_eval's files have them under gen_args_0, its Python values as the second of a list."""
    arguments = record.get("arguments")
    if isinstance(arguments, dict):
        arguments = [
            [values.get("arg_0"), values.get("arg_1")] for values in arguments.values() if isinstance(values, dict)
        ]
    first = arguments[0] if isinstance(arguments, list) and arguments else []
    options = first[1] if isinstance(first, list) and len(first) > 1 else None
    return options if isinstance(options, dict) else {}


def _fault(path: Path, line: int, message: str) -> RecipeError:
    return RecipeError([Problem(Where(str(path), line, 1), message)])
