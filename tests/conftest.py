"""Shared fixtures."""

import json
from pathlib import Path

import pytest

from cgd_recipes.recipe.resolve import load_recipe
from cgd_recipes.rendering.render import render

ROOT = Path(__file__).parent.parent


def quiet(stage: str, rows: int) -> None:
    """A progress callback that shows nothing."""


@pytest.fixture
def render_recipe(tmp_path):
    """Render a recipe into a new folder; returns what `render` returns."""
    counter = iter(range(1_000))

    def run(name: str, *settings: str, folder: Path | None = None, **options):
        target = folder or tmp_path / f"out{next(counter)}"
        return render(load_recipe(name, settings), target, progress=quiet, **options)

    return run


@pytest.fixture
def write_rows(tmp_path):
    """Write rows to a jsonl file and return its path."""

    def write(rows, name: str = "rows.jsonl") -> Path:
        path = tmp_path / name
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        return path

    return write


def examples_of(rendered) -> list[dict]:
    """The examples of a rendered jsonl dataset."""
    lines = (rendered.folder / "data" / "train.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def make_row(number: int, **fields) -> dict:
    """A complete row."""
    row = {
        "id": f"r{number}",
        "question": f"What is {number} + 1?",
        "reference": f"{number} + 1 = {number + 1}",
        "answer": str(number + 1),
        "student_response": f"It is {number}.",
        "critique": f"{number} is where you started; add one.\nConclusion: wrong",
        "refined_response": f"{number} + 1 = {number + 1}, so \\boxed{{{number + 1}}}.",
        "teacher_response": f"\\boxed{{{number + 1}}}",
    }
    return {**row, **fields}
