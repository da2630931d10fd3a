"""Rows, and what rendering made of them."""

import json

FEW_ROWS = ("data.sample=8", "train.global_batch_size=8")
"""Settings for a render in which rows show nothing: half of the time of one goes into the eighty that are shipped."""


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


def examples_of(rendered) -> list[dict]:
    """The examples of a rendered jsonl dataset."""
    lines = (rendered.folder / "data" / "train.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def quiet(stage: str, rows: int) -> None:
    """A progress callback that shows nothing."""
