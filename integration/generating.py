"""`cgd-recipe generate` as a user runs it, with a small real model as student and teacher, and what must hold afterwards."""

import json
import os
import subprocess
import sys
from pathlib import Path

import smollm2

ROWS = 20
CGD_RECIPE = [sys.executable, "-m", "cgd_recipes"]


def gguf() -> Path:
    """The model for llama.cpp, kept in CGD_MODELS."""
    return smollm2.download(Path(os.environ["CGD_MODELS"]))


def folder() -> Path:
    """The same model for vLLM, kept in CGD_MODELS."""
    return smollm2.convert(gguf(), Path(os.environ["CGD_MODELS"]) / "smollm2")


def write_recipe(work: Path, engine: str, **role) -> None:
    """`work/recipe.yaml`: questions of the sample rows, one model for student and teacher."""
    from cgd_recipes.files.shipped import data_root

    with open(data_root() / "recipes/sample/rows.jsonl", encoding="utf-8") as lines:
        rows = [json.loads(line) for line, _ in zip(lines, range(ROWS), strict=False)]
    questions = [{name: row[name] for name in ("id", "question", "answer")} for row in rows]
    (work / "questions.jsonl").write_text("".join(json.dumps(row) + "\n" for row in questions), encoding="utf-8")
    role = {"max_tokens": 256, **role}
    recipe = {
        "extends": ["llama-cgd", "base/generate"],
        "name": "small",
        "data": {"source": "questions.jsonl"},
        "generate": {"engine": engine, "student": role, "teacher": role},
    }
    (work / "recipe.yaml").write_text(json.dumps(recipe), encoding="utf-8")


def run(work: Path, *arguments: str) -> str:
    """Run cgd-recipe there; gives what it says."""
    done = subprocess.run([*CGD_RECIPE, *arguments], cwd=work, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    print(done.stdout)
    return done.stdout


def lines(path: Path) -> list[dict]:
    """The rows of a jsonl file; none where there is no such file, as where no row failed."""
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def generate_and_render(work: Path, *, cached: bool = True) -> list[dict]:
    """All stages, the same again from the journal alone, then `render`; gives the answers in the journal.

    A model this small gets lost in repetition now and then, and such a row is set aside.
    """
    run(work, "generate", "recipe.yaml")
    out = work / "build" / "small.generated"
    triples, failed = lines(out / "triples.jsonl"), lines(out / "failed.jsonl")
    assert len({row["id"] for row in [*triples, *failed]}) == ROWS
    assert len(triples) >= ROWS // 3, failed
    assert all(row["student_response"] and row["critique"] and row["refined_response"] for row in triples)
    assert {row["verdict"] for row in triples} <= {"right", "wrong"}
    run(work, "journal", "export", "recipe.yaml", "-o", "calls.jsonl")
    calls = lines(work / "calls.jsonl")
    assert {"probe", "critique", "refine"} <= {call["stage"] for call in calls}
    assert all(call["prompt_tokens"] > 0 and call["completion_tokens"] > 0 for call in calls)
    assert all(call["finish_reason"] in ("stop", "length") for call in calls)
    # What was cut off fills its room to the last token, and nothing else does.
    for call in calls:
        room = call["sampling"]["max_tokens"]
        assert (call["finish_reason"] == "length") == (call["completion_tokens"] == room), call
    assert not cached or sum(call["cached_tokens"] for call in calls) > 0
    before = (out / "triples.jsonl").read_bytes()
    run(work, "generate", "recipe.yaml")
    assert (out / "triples.jsonl").read_bytes() == before
    run(work, "journal", "export", "recipe.yaml", "-o", "again.jsonl")
    assert lines(work / "again.jsonl") == calls
    run(work, "render", "recipe.yaml")
    assert len(lines(work / "build" / "small" / "data" / "train.jsonl")) == len(triples)
    return calls
