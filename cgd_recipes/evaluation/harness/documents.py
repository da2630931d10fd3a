"""Benchmarks as uniform documents, from the hub or from a local folder with the same files."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cgd_recipes.errors import RecipeError
from cgd_recipes.evaluation.harness.fault import EvaluationFault
from cgd_recipes.grading import Gold
from cgd_recipes.grading.golds import gold_of

DATA = "CGD_EVAL_DATA"
"""Environment variable that names a folder with <benchmark>.jsonl files, to be read in place of the hub."""
_PICTURES = ("picture", "image")


@dataclass(frozen=True)
class Benchmark:
    """What a task file says of its data.

    Attributes:
        name: also the name of the local file, without .jsonl.
        path, configs, revision, split: the dataset on the hub.
        rows: how many problems there are, any of these numbers; empty where that is not known.
        answers_like: the benchmark whose rules read the gold answers.
        pictures: keep problems that come with a picture.
        draw: take this many, by the hash of the problem; None takes all in their order.
        folder: where the local files are; the environment variable comes first.
    """

    name: str
    path: str = ""
    configs: tuple[str, ...] = ()
    revision: str | None = None
    split: str = "test"
    rows: tuple[int, ...] = ()
    answers_like: str = ""
    pictures: bool = True
    draw: int | None = None
    folder: str | None = None
    kwargs: Mapping[str, Any] = field(default_factory=dict)

    @property
    def source(self) -> str:
        """Where the problems come from, for messages."""
        folder = data_folder(self.folder)
        return str(folder / f"{self.name}.jsonl") if folder else f"{self.path}@{self.revision or 'main'}"


def data_folder(named: str | None = None) -> Path | None:
    """The local folder: the environment's, else the one that is named, else None for the hub."""
    folder = os.environ.get(DATA) or named
    return Path(folder) if folder else None


def load_documents(benchmark: Benchmark) -> list[dict[str, Any]]:
    """The problems of a benchmark, each `{id, problem, answer, answer_type, gold}`; `gold` holds the fields of a Gold.

    Raises:
        EvaluationFault: no such file, a row without problem or answer, or none at all.
    """
    folder = data_folder(benchmark.folder)
    rows = _local_rows(benchmark, folder) if folder else _hub_rows(benchmark)
    documents = [_document(benchmark, number, row) for number, row in enumerate(rows) if _wanted(benchmark, row)]
    if benchmark.draw:
        documents.sort(key=lambda one: hashlib.sha256(one["problem"].encode()).digest())
        documents = documents[: benchmark.draw]
    if not documents:
        raise EvaluationFault(f"{benchmark.source} holds no problems")
    return documents


def documents_sha256(documents: Iterable[Mapping[str, Any]]) -> str:
    """What problems and gold answers a result was measured on, as one hash."""
    texts = [json.dumps([one["problem"], one["answer"]], ensure_ascii=False) for one in documents]
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()


def gold_in(document: Mapping[str, Any]) -> Gold:
    """The gold answer that a document holds."""
    return Gold(**document["gold"])


def _local_rows(benchmark: Benchmark, folder: Path) -> list[dict[str, Any]]:
    path = folder / f"{benchmark.name}.jsonl"
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError:
        there = ", ".join(sorted(file.name for file in folder.glob("*.jsonl"))) or "no jsonl file"
        raise EvaluationFault(f"{DATA} or evaluate.data: there is no {path}; the folder has {there}") from None
    rows = []
    for number, line in enumerate(lines, 1):
        try:
            row = json.loads(line) if line.strip() else None
        except ValueError as error:
            raise EvaluationFault(f"{path}:{number}: not JSON: {error}") from None
        if isinstance(row, dict):
            rows.append(row)
        elif row is not None:
            raise EvaluationFault(f"{path}:{number}: must be a JSON object")
    return rows


def _hub_rows(benchmark: Benchmark) -> Iterable[dict[str, Any]]:
    import datasets

    for config in benchmark.configs or (None,):
        try:
            rows = datasets.load_dataset(
                benchmark.path, config, split=benchmark.split, revision=benchmark.revision, **benchmark.kwargs
            )
        except (OSError, ValueError) as error:
            cure = f"name a folder with {benchmark.name}.jsonl in {DATA} to do without the hub"
            raise EvaluationFault(f"{benchmark.source} cannot be read from the hub: {error}; {cure}") from error
        for name, feature in rows.features.items():
            if isinstance(feature, datasets.Image):  # not decoded, which takes another package
                rows = rows.cast_column(name, datasets.Image(decode=False))
        yield from rows


def _wanted(benchmark: Benchmark, row: Mapping[str, Any]) -> bool:
    small = {key.lower(): value for key, value in row.items()}
    has_picture = small.get("has_picture") or any(small.get(name) is not None for name in _PICTURES)
    return benchmark.pictures or not has_picture


def _document(benchmark: Benchmark, number: int, row: Mapping[str, Any]) -> dict[str, Any]:
    small = {key.lower(): value for key, value in row.items()}
    problem = next((small[key] for key in ("problem", "question") if small.get(key)), None)
    if problem is None:
        raise EvaluationFault(f"{benchmark.source}, row {number + 1}: no problem and no question in {', '.join(row)}")
    try:
        gold = gold_of(benchmark.answers_like or benchmark.name, row)
    except RecipeError as error:
        raise EvaluationFault(f"{benchmark.source}, row {number + 1}: {error}") from None
    name = next((small[key] for key in ("id", "unique_id") if small.get(key) is not None), f"{benchmark.name}-{number}")
    return {
        "id": str(name),
        "problem": str(problem),
        "answer": gold.text,
        "answer_type": str(small.get("answer_type") or ""),
        "gold": gold._asdict(),
    }
