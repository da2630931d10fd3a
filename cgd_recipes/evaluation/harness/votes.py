"""How the samples of each question vote, over the runs of one evaluation; for majority@k.

Answers are compared by the graders' workers, so this is done by the Python that has lm-eval, once the runs are there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from cgd_recipes.evaluation.harness.pool import pool
from cgd_recipes.evaluation.harness.runs import runs_sha256
from cgd_recipes.files.atomic import write_bytes
from cgd_recipes.files.jsonl import json_bytes, parse_json, read_jsonl
from cgd_recipes.files.regular import read_bytes
from cgd_recipes.grading import Gold, Grade, Vote


def count_votes(runs: Sequence[Path], tasks: Mapping[str, str], target: Path) -> None:
    """Count the votes of every question and write them to a file.

    Args:
        runs: folders of the runs.
        tasks: name -> grader of each of our tasks.
        target: the file, written whole.
    """
    votes = {task: [*_task_votes(runs, task, grader)] for task, grader in tasks.items()}
    found = {task: [vote._asdict() for vote in cast] for task, cast in votes.items()}
    target.parent.mkdir(parents=True, exist_ok=True)
    write_bytes(target, json_bytes({"runs_sha256": runs_sha256(runs), "votes": found}) + b"\n")


def are_of(path: Path, runs: Sequence[Path]) -> bool:
    """Whether a file holds the votes of these runs; they are other runs once the model was asked again."""
    try:
        return bool(parse_json(path.read_bytes())["runs_sha256"] == runs_sha256(runs)) and read_votes(path) is not None
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return False


def read_votes(path: Path) -> dict[str, list[Vote]]:
    """The votes in a file: of each task, one of each question in the order of the data."""
    found = parse_json(read_bytes(path))["votes"]
    return {
        task: [Vote(vote["right"], tuple(vote["wrong"]), vote["silent"]) for vote in cast]
        for task, cast in found.items()
    }


def _task_votes(runs: Sequence[Path], task: str, grader: str) -> Iterator[Vote]:
    samples: dict[int, list[dict[str, Any]]] = {}
    for run in runs:
        for _, record in read_jsonl(run / f"samples_{task}.jsonl"):
            samples.setdefault(record["doc_id"], []).append(record)
    for number in sorted(samples):
        gold = Gold(**samples[number][0]["doc"]["gold"])
        yield pool().vote(gold, [_ballot(record, grader) for record in samples[number]])


def _ballot(record: Mapping[str, Any], grader: str) -> Grade:
    (grade,) = record["grades"]
    return ballot(Grade(**grade), whole=grader != "strict" or not (record["truncated"] or record["unfinished"]))


def ballot(grade: Grade, *, whole: bool) -> Grade:
    """What a sample votes with; one that the task does not accept has no vote."""
    return grade if whole else grade._replace(correct=False, answered=False)
