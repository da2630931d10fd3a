"""Benchmarks as uniform documents, from the hub or from a local folder with the same files."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, Self

from cgd_recipes.errors import RecipeError
from cgd_recipes.evaluation.harness.fault import EvaluationFault
from cgd_recipes.files.blank import is_blank
from cgd_recipes.files.jsonl import numbered_lines, parse_line
from cgd_recipes.files.regular import open_regular
from cgd_recipes.grading import Gold
from cgd_recipes.grading.benchmark_golds import gold_of

DATA = "CGD_EVAL_DATA"
"""Environment variable that names a folder with <benchmark>.jsonl files, to be read in place of the hub."""
LOCAL = "local"
"""`dataset_path` of a task whose questions are a file of the user's."""
MAX_NAMED = 10
"""Faulty rows that a message names."""
_PICTURES = ("picture", "image")
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True)
class Benchmark:
    """What a task file says of its data.

    Attributes:
        name: also the name of the local file, without .jsonl.
        path, configs, revision, split: the dataset on the hub.
        rows: how many questions there are, any of these numbers; empty where that is not known.
        answers_like: the benchmark whose rules read the gold answers.
        pictures: keep questions that come with a picture.
        draw: take this many, by the hash of the question; None takes all in their order.
        folder: where the local files are; the environment variable comes first.
        kwargs: what else datasets.load_dataset is given.
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

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> Self:
        """What the keys of a task file say, with what it includes."""
        kwargs = dict(config.get("dataset_kwargs") or {})
        configs, rows = config.get("dataset_name") or (), config.get("rows", ())
        return cls(
            name=config["benchmark"],
            path=config["dataset_path"],
            configs=(configs,) if isinstance(configs, str) else tuple(configs),
            revision=kwargs.pop("revision", None),
            split=config["test_split"],
            rows=tuple(rows) if isinstance(rows, (list, tuple)) else (rows,),
            answers_like=config.get("answers_like", ""),
            pictures=config.get("pictures", True),
            draw=config.get("draw"),
            folder=config.get("data"),
            kwargs=kwargs,
        )

    @property
    def local_folder(self) -> Path | None:
        """The folder to read from; None for the hub. A file of a user's own is where it is, whatever the environment says."""
        return Path(self.folder) if self.folder and self.path == LOCAL else data_folder(self.folder)

    @property
    def source(self) -> str:
        """Where the questions come from, for messages."""
        folder = self.local_folder
        return str(folder / f"{self.name}.jsonl") if folder else f"{self.path}@{self.revision or 'main'}"


def data_folder(named: str | None = None) -> Path | None:
    """The local folder: the environment's, else the one that is named, else None for the hub."""
    folder = os.environ.get(DATA) or named
    return Path(folder) if folder else None


class Document(NamedTuple):
    """A question of a benchmark.

    Attributes:
        id: as the data name it, or the benchmark's name with a number.
        problem: the question.
        answer: the gold answer as the data have it.
        answer_type: what the data say of its kind; empty where they do not.
        gold: the gold answer.
    """

    id: str
    problem: str
    answer: str
    answer_type: str
    gold: Gold

    def as_row(self, number: int) -> dict[str, Any]:
        """As task files and samples files know it, with its place among the questions."""
        return {**self._asdict(), "number": number, "gold": self.gold._asdict()}


def load_documents(benchmark: Benchmark) -> list[Document]:
    """The questions of a benchmark.

    Raises:
        EvaluationFault: no such file, rows without question or answer, or none at all; names up to MAX_NAMED of the rows.
    """
    folder, faults = benchmark.local_folder, list[str]()
    rows = _local_rows(benchmark, folder, faults) if folder else _hub_rows(benchmark)
    documents = []
    for number, (place, row) in enumerate(rows):
        if _is_wanted(benchmark, row):
            try:
                documents.append(_document(benchmark, number, row))
            except (RecipeError, ValueError) as error:
                faults.append(f"{place}: {error}")
    if faults:
        more = [f"and {len(faults) - MAX_NAMED} rows more"] if len(faults) > MAX_NAMED else []
        raise EvaluationFault("\n".join([*faults[:MAX_NAMED], *more]))
    if benchmark.draw:
        documents.sort(key=lambda document: hashlib.sha256(document.problem.encode()).digest())
        documents = documents[: benchmark.draw]
    if not documents:
        raise EvaluationFault(f"{benchmark.source} holds no questions")
    return documents


def documents_sha256(documents: Iterable[Document]) -> str:
    """What questions and gold answers a result was measured on, as one hash."""
    texts = [json.dumps([document.problem, document.answer], ensure_ascii=False) for document in documents]
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()


def _local_rows(benchmark: Benchmark, folder: Path, faults: list[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Rows of a local file, each with its place; lines that are no rows go to the faults."""
    path = folder / f"{benchmark.name}.jsonl"
    try:
        handle = open_regular(path)
    except OSError as error:
        there = ", ".join(sorted(file.name for file in folder.glob("*.jsonl"))) or "no jsonl file"
        reason = "there is no" if isinstance(error, FileNotFoundError) else f"cannot read ({error.strerror})"
        raise EvaluationFault(f"{DATA} or evaluate.data: {reason} {path}; the folder has {there}") from None
    with handle:
        for number, line in numbered_lines(handle):
            try:
                row = parse_line(str(path), number, line)
            except RecipeError as error:
                faults.append(str(error))
                continue
            if isinstance(row, dict):
                yield f"{path}:{number}", row
            else:
                faults.append(f"{path}:{number}: must be a JSON object")


def _hub_rows(benchmark: Benchmark) -> Iterator[tuple[str, dict[str, Any]]]:
    import datasets

    number = 0
    for config in benchmark.configs or (None,):
        try:
            rows = datasets.load_dataset(
                benchmark.path, config, split=benchmark.split, revision=benchmark.revision, **benchmark.kwargs
            )
        except (OSError, ValueError) as error:
            fix = f"name a folder with {benchmark.name}.jsonl in {DATA} to do without the hub"
            raise EvaluationFault(f"{benchmark.source} cannot be read from the hub: {error}; {fix}") from error
        for name, feature in rows.features.items():
            if isinstance(feature, datasets.Image):  # not decoded, which takes another package
                rows = rows.cast_column(name, datasets.Image(decode=False))
        for row in rows:
            number += 1
            yield f"{benchmark.source}, row {number}", row


def _is_wanted(benchmark: Benchmark, row: Mapping[str, Any]) -> bool:
    small = {key.lower(): value for key, value in row.items()}
    has_picture = small.get("has_picture") or any(small.get(name) is not None for name in _PICTURES)
    return benchmark.pictures or not has_picture


def _document(benchmark: Benchmark, number: int, row: Mapping[str, Any]) -> Document:
    small = {key.lower(): value for key, value in row.items()}
    question = next((small[key] for key in ("problem", "question") if small.get(key)), None)
    if not isinstance(question, str):
        found = "is no text" if question is not None else "is missing"
        raise ValueError(f"'problem' (or 'question') {found}; the row has {', '.join(row)}")
    gold = gold_of(benchmark.answers_like or benchmark.name, row)
    for name, text in (("problem", question), ("answer", gold.text)):
        if is_blank(text):
            raise ValueError(f"'{name}' is empty")
        if _SURROGATE.search(text):
            raise ValueError(f"'{name}' has half of a surrogate pair, which no model can be asked")
    name = next((small[key] for key in ("id", "unique_id") if small.get(key) is not None), f"{benchmark.name}-{number}")
    return Document(
        id=_writable(name),
        problem=question,
        answer=gold.text,
        answer_type=_writable(small.get("answer_type") or ""),
        gold=gold._replace(unit=gold.unit and _writable(gold.unit)),
    )


def _writable(value: object) -> str:
    r"""A value as text that any file can hold: half of a surrogate pair, which no model sees here, as `\ud800`."""
    return str(value).encode("utf-8", "backslashreplace").decode()
