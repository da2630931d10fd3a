"""One problem's samples, graded: the numbers that lm-eval averages over problems."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from cgd_recipes.evaluation.harness.guards import check_distinct, token_limit
from cgd_recipes.evaluation.harness.passk import over_runs, pass_at_k
from cgd_recipes.grading import Grade

RUNS = "run_sd"
"""Metric that keeps, for every problem, which of its samples are right; it is aggregated to the deviation over runs."""
Tokens = Callable[[str], int | None]


class Sample(NamedTuple):
    """One graded response.

    Attributes:
        text: the response.
        grade: of the response.
        tokens: its length; None where no tokenizer is at hand.
        truncated: it was stopped by the limit of tokens.
    """

    text: str
    grade: Grade
    tokens: int | None
    truncated: bool

    @property
    def answered(self) -> bool:
        """There is a final answer."""
        return self.grade.answered

    @property
    def words(self) -> int:
        """Its length in words."""
        return len(self.text.split())


def is_truncated(grade: Grade, tokens: int | None, limit: int) -> bool:
    """Whether a response was stopped by the limit of tokens, as far as its text shows.

    lm-eval hands on no finish reason. A response that was stopped fills its limit when it is tokenized again, to within the
    few tokens by which that can differ (1 %); and a box that is never closed was cut off.

    Args:
        grade: of the response.
        tokens: of the text; None where no tokenizer is at hand.
        limit: max_gen_toks.
    """
    return grade.reason == "cut off" or (tokens is not None and tokens >= limit - max(1, limit // 100))


def accepted(sample: Sample, grader: str) -> bool:
    """Whether a sample counts as right; the strict grader accepts nothing from a truncated response."""
    return sample.grade.correct and not (grader == "strict" and sample.truncated)


def problem_metrics(samples: Sequence[Sample], pass_at: Sequence[int], grader: str) -> dict[str, Any]:
    """lm-eval's metrics of one problem: each a number to be averaged, but for RUNS, the list of which samples are right."""
    right = [accepted(sample, grader) for sample in samples]
    n = len(samples)
    metrics: dict[str, Any] = {f"pass@{k}": pass_at_k(n, sum(right), k) for k in pass_at}
    if n > 1:
        metrics[RUNS] = [int(one) for one in right]
        metrics["distinct"] = len({sample.text for sample in samples}) / n
    metrics["answered"] = sum(sample.answered for sample in samples) / n
    metrics["truncated"] = sum(sample.truncated for sample in samples) / n
    metrics["ungraded"] = sum(sample.grade.reason == "timeout" for sample in samples) / n
    tokens = [sample.tokens for sample in samples if sample.tokens is not None]
    if len(tokens) == n:
        metrics["tokens"] = sum(tokens) / n
    metrics["words"] = sum(sample.words for sample in samples) / n
    return metrics


def metric_list(pass_at: Sequence[int], repeats: int) -> list[dict[str, Any]]:
    """What lm-eval is to know of the metrics: how they are aggregated, and whether more is better."""
    better = {**{f"pass@{k}": True for k in pass_at}, "answered": True, "truncated": False, "ungraded": False}
    better |= {"tokens": False, "words": False}
    listed = [{"metric": name, "aggregation": "mean", "higher_is_better": more} for name, more in better.items()]
    if repeats > 1:
        listed.append({"metric": RUNS, "aggregation": run_deviation, "higher_is_better": False})
        listed.append({"metric": "distinct", "aggregation": partial(distinct_share, repeats), "higher_is_better": True})
    return listed


def run_deviation(items: Sequence[Sequence[int]]) -> float:
    """Standard deviation of the scores of runs; run r is the r-th samples of all problems."""
    return over_runs([[bool(one) for one in item] for item in items])[1] or 0.0


def distinct_share(repeats: int, items: Sequence[float]) -> float:
    """Mean share of distinct samples; warns where all samples of every problem are one and the same."""
    check_distinct(items, repeats)
    return sum(items) / len(items)


def graded(
    texts: Sequence[str | None],
    grades: Sequence[Grade],
    tokens: Tokens,
    options: Mapping[str, Any],
    cut: Collection[str] = (),
) -> list[Sample]:
    """Put responses together with their grades and lengths.

    Args:
        texts: responses; None where a server returned none.
        grades: of the responses.
        tokens: gives the length of a text.
        options: lm-eval's generation kwargs, for the limit of tokens.
        cut: texts of which the server said that the limit stopped them.
    """
    samples, limit = [], token_limit(options)
    for text, grade in zip(texts, grades, strict=True):
        length = tokens(text or "")
        if length is not None:  # bytes that are no text may be more tokens when they are tokenized again
            length = min(length, limit)
        truncated = text in cut or is_truncated(grade, length, limit)
        samples.append(Sample(text or "", grade, length, truncated))
    return samples
