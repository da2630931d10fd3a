"""triples.jsonl: the rows that a generation completed, sealed by a manifest of what they were made from."""

from __future__ import annotations

import dataclasses
import os
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from cgd_recipes import __version__
from cgd_recipes.data.source import file_hashes, open_source
from cgd_recipes.errors import Problem, RecipeError, Where, dotted, user_error
from cgd_recipes.files.output import MANIFEST, MANIFEST_VERSION, file_sha256, read_manifest
from cgd_recipes.files.schema import quoted
from cgd_recipes.files.writer import JsonlWriter
from cgd_recipes.generation.engines.protocol import Request
from cgd_recipes.generation.flow import replay
from cgd_recipes.generation.journal import Journal
from cgd_recipes.generation.questions import Questions
from cgd_recipes.generation.settings import Generation, generated_folder, load_generation
from cgd_recipes.recipe.plan import Plan
from cgd_recipes.recipe.recipe import flatten

TRIPLES, FAILED = "triples.jsonl", "failed.jsonl"
_BLOCK = 1 << 20
_DATA_KEYS = ("source", "config", "split", "revision", "format", "columns", "sample", "seed")


class Written(NamedTuple):
    """What a generation gave.

    Attributes:
        complete: rows in triples.jsonl.
        failed: (stage, reason) -> rows that were set aside.
        unfinished: rows that the journal has not all answers of.
    """

    complete: int
    failed: Counter[tuple[str, str]]
    unfinished: int


def write_triples(
    generation: Generation, questions: Questions, journal: Journal, limit: int | None, tick: Callable[[int], None]
) -> Written:
    """Write every complete row, in the order of the draw, and every other one with its reason.

    Nothing else is in the rows than what the journal has, so the same journal gives the same bytes.

    Args:
        tick: called with the number of rows so far.
    """
    folder = generation.output
    folder.mkdir(parents=True, exist_ok=True)
    parts = {name: folder / f".{name}.{os.getpid()}.tmp" for name in (TRIPLES, FAILED, MANIFEST)}
    written = Written(0, Counter(), 0)
    try:
        with (
            closing(JsonlWriter(parts[TRIPLES], _BLOCK)) as rows,
            closing(JsonlWriter(parts[FAILED], _BLOCK)) as failures,
        ):
            for number, row in enumerate(questions, 1):
                step = replay(generation, row, journal)
                if isinstance(step, Request):
                    written = written._replace(unfinished=written.unfinished + 1)
                    failures.write({"id": row["id"], "stage": step.stage, "reason": "not generated yet"})
                elif step.stage is None:
                    written = written._replace(complete=written.complete + 1)
                    rows.write(step.row)
                else:
                    written.failed[step.stage, step.reason] += 1
                    failures.write({"id": row["id"], "stage": step.stage, "reason": step.reason, "detail": step.detail})
                if number % 1_000 == 0:
                    tick(number)
        manifest = _manifest(generation, questions, written, limit, rows.sha256())
        parts[MANIFEST].write_bytes(orjson.dumps(manifest, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
        # At every moment there are triples with their manifest, or no triples.
        (folder / TRIPLES).unlink(missing_ok=True)
        parts[MANIFEST].replace(folder / MANIFEST)
        parts[TRIPLES].replace(folder / TRIPLES)
        if parts[FAILED].stat().st_size:
            parts[FAILED].replace(folder / FAILED)
        else:
            (folder / FAILED).unlink(missing_ok=True)
    finally:
        for part in parts.values():
            part.unlink(missing_ok=True)
    return written


def _manifest(
    generation: Generation, questions: Questions, written: Written, limit: int | None, sha256: str
) -> dict[str, Any]:
    recipe, counts = generation.plan.recipe, questions.counts
    return {
        "manifest_version": MANIFEST_VERSION,
        "recipe": recipe.get("name"),
        "cgd-recipes": __version__,
        "made_from": _made_from(generation, questions.identity),
        "limit": limit,
        "rows": {
            "read": counts.read,
            "rejected": dict(sorted(counts.rejected.items())),
            "drawn": counts.examples,
            "complete": written.complete,
            "failed": {f"{stage}: {reason}": count for (stage, reason), count in sorted(written.failed.items())},
            "unfinished": written.unfinished,
        },
        "outputs": {TRIPLES: sha256},
    }


def _made_from(generation: Generation, identity: dict[str, Any]) -> dict[str, Any]:
    data = generation.plan.recipe.get("data")
    files = {file["file"]: file["sha256"] for file in identity["files"]}
    return {
        # A file is what it holds, wherever it lies.
        "data": {key: data[key] for key in _DATA_KEYS[bool(files) :] if data.get(key) is not None},
        "files": files,
        "generate": generation.describe(),
    }


def check_untouched(folder: Path) -> None:
    """See that generating again overwrites nothing but what was generated.

    Raises:
        RecipeError: the triples were edited, or are not ours.
    """
    file = folder / TRIPLES
    if not file.is_file():
        return
    manifest = read_manifest(folder)
    if manifest is None or manifest["outputs"].get(TRIPLES) != file_sha256(file):
        message = (
            "was changed since it was generated, and would be overwritten; move it away, or set another generate.output"
        )
        raise user_error(str(file), message)


def is_generated(plan: Plan) -> bool:
    """Whether a recipe's triples are on this machine."""
    return (generated_folder(plan) / TRIPLES).is_file()


def from_triples(plan: Plan) -> tuple[Plan, dict[str, Any] | None]:
    """The plan to read rows with: where the recipe generates, they are the triples, whatever data.source says.

    Returns:
        The plan, and the manifest of the triples; None where the recipe generates nothing.

    Raises:
        RecipeError: nothing was generated yet, or from other rows, prompts, models or settings than the recipe has now.
    """
    if not plan.recipe.get("generate"):
        return plan, None
    folder, recipe = generated_folder(plan), plan.recipe
    where, run = ("generate",), f"run `cgd-recipe generate {recipe.source}`"
    manifest = read_manifest(folder)
    if manifest is None or not is_generated(plan):
        raise RecipeError([recipe.problem(where, f"no triples in {folder} yet; {run}")])
    check_untouched(folder)
    source = open_source(recipe)
    now = dict(flatten(_made_from(load_generation(plan, to_run=False), {"files": file_hashes(source)})))
    before = dict(flatten(manifest["made_from"]))
    changed = [
        Problem(
            Where(str(folder / MANIFEST)),
            f"'{dotted(path)}' was {quoted(before.get(path))} when the triples were generated, and is {quoted(now.get(path))} now; {run}",
        )
        for path in dict.fromkeys([*now, *before])
        if before.get(path) != now.get(path)
    ]
    if changed:
        raise RecipeError(changed)
    # The rows bear the row fields' own names, wherever the recipe's columns took them from.
    kept = {key: value for key, value in recipe.values["data"].items() if key not in (*_DATA_KEYS[1:4], "columns")}
    data = {**kept, "source": str((folder / TRIPLES).resolve()), "format": "rows"}
    reading = dataclasses.replace(recipe, values={**recipe.values, "data": data})
    return dataclasses.replace(plan, recipe=reading), manifest


def triples_warnings(manifest: dict[str, Any] | None) -> list[str]:
    """What a user should know of the triples that a dataset is rendered from."""
    if manifest is None:
        return []
    rows, warnings = manifest["rows"], []
    if manifest["limit"] is not None:
        warnings.append(f"the rows were generated with --limit {manifest['limit']:,}; without it there may be more")
    if rows["failed"]:
        reasons = ", ".join(f"{reason} ({count:,})" for reason, count in rows["failed"].items())
        warnings.append(f"{rows['complete']:,} of {rows['drawn']:,} rows were generated; the others failed: {reasons}")
    return warnings
