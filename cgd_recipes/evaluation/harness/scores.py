"""One question's samples, graded: the numbers that lm-eval averages over questions."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from cgd_recipes.data.finish import Ending, ending_of
from cgd_recipes.evaluation.harness.guards import check_distinct, token_limit
from cgd_recipes.evaluation.harness.passk import over_runs, pass_at_k
from cgd_recipes.grading import Grade, Vote, majority_at_k

RUNS = "run_sd"
"""Metric that keeps, for every question, which of its samples are right; it is aggregated to the deviation over runs."""
Tokens = Callable[[str], int | None]


class Sample(NamedTuple):
    """One graded response.

    Attributes:
        text: the response.
        grade: of the response.
        tokens: its length; None where no tokenizer is at hand.
        truncated: it was stopped by the limit of tokens.
        finish_reason: what a server said of its end; None where nothing was said.
        unfinished: the server said something else than that the model stopped or that the limit was reached.
    """

    text: str
    grade: Grade
    tokens: int | None
    truncated: bool
    finish_reason: str | None = None
    unfinished: bool = False

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


def is_whole(sample: Sample, grader: str) -> bool:
    """Whether a sample may count: the strict grader accepts nothing from a response that the model did not end by itself."""
    return grader != "strict" or not (sample.truncated or sample.unfinished)


def accepted(sample: Sample, grader: str) -> bool:
    """Whether a sample counts as right."""
    return sample.grade.correct and is_whole(sample, grader)


def question_metrics(
    samples: Sequence[Sample], pass_at: Sequence[int], grader: str, vote: Vote | None = None
) -> dict[str, Any]:
    """lm-eval's metrics of one question: each a number to be averaged, but for RUNS, the list of which samples are right.

    Args:
        samples: of the question.
        pass_at: the k of pass@k and majority@k.
        grader: one of GRADERS.
        vote: of the samples; None for a single one.
    """
    right = [accepted(sample, grader) for sample in samples]
    n = len(samples)
    metrics: dict[str, Any] = {f"pass@{k}": pass_at_k(n, sum(right), k) for k in pass_at}
    if vote is not None:
        metrics |= {f"majority@{k}": majority_at_k(vote, k) for k in voting(pass_at)}
    if n > 1:
        metrics[RUNS] = [int(is_right) for is_right in right]
        metrics["distinct"] = len({sample.text for sample in samples}) / n
    metrics["answered"] = sum(sample.answered for sample in samples) / n
    metrics["truncated"] = sum(sample.truncated for sample in samples) / n
    metrics["unfinished"] = sum(sample.unfinished for sample in samples) / n
    metrics["ungraded"] = sum(sample.grade.reason == "timeout" for sample in samples) / n
    tokens = [sample.tokens for sample in samples if sample.tokens is not None]
    if len(tokens) == n:
        metrics["tokens"] = sum(tokens) / n
    metrics["words"] = sum(sample.words for sample in samples) / n
    return metrics


def voting(pass_at: Sequence[int]) -> list[int]:
    """The k of majority@k: those of pass@k, without 1, for which the two are the same."""
    return [k for k in pass_at if k > 1]


def metric_list(pass_at: Sequence[int], repeats: int) -> list[dict[str, Any]]:
    """What lm-eval is to know of the metrics: how they are aggregated, and whether more is better."""
    scores = [f"pass@{k}" for k in pass_at] + [f"majority@{k}" for k in voting(pass_at) if repeats > 1]
    better = {**dict.fromkeys(scores, True), "answered": True, "truncated": False, "unfinished": False}
    better |= {"ungraded": False, "tokens": False, "words": False}
    listed = [{"metric": name, "aggregation": "mean", "higher_is_better": more} for name, more in better.items()]
    if repeats > 1:
        listed.append({"metric": RUNS, "aggregation": run_deviation, "higher_is_better": False})
        listed.append({"metric": "distinct", "aggregation": partial(distinct_share, repeats), "higher_is_better": True})
    return listed


def run_deviation(items: Sequence[Sequence[int]]) -> float:
    """Standard deviation of the scores of runs; run r is the r-th samples of all questions."""
    return over_runs([[bool(is_right) for is_right in item] for item in items])[1] or 0.0


def distinct_share(repeats: int, items: Sequence[float]) -> float:
    """Mean share of distinct samples; warns where all samples of every question are one and the same."""
    check_distinct(items, repeats)
    return sum(items) / len(items)


def graded(
    texts: Sequence[str | None],
    grades: Sequence[Grade],
    tokens: Tokens,
    options: Mapping[str, Any],
    finish_reasons: Sequence[str | None] = (),
    also_whole: Collection[str] = (),
) -> list[Sample]:
    """Put responses together with their grades and lengths.

    Args:
        texts: responses; None where a server returned none.
        grades: of the responses.
        tokens: gives the length of a text.
        options: lm-eval's generation kwargs, for the limit of tokens.
        finish_reasons: what a server said of their ends; None where nothing was said.
        also_whole: finish reasons of whole responses, besides those that are known.
    """
    samples, limit = [], token_limit(options)
    for text, grade, reason in zip(texts, grades, finish_reasons or [None] * len(texts), strict=True):
        length = tokens(text or "")
        if length is not None:  # bytes that are no text may be more tokens when they are tokenized again
            length = min(length, limit)
        ending = Ending.WHOLE if reason is None else ending_of(reason, also_whole)
        truncated = ending is Ending.TRUNCATED or is_truncated(grade, length, limit)
        samples.append(Sample(text or "", grade, length, truncated, reason, ending is Ending.UNKNOWN))
    return samples
