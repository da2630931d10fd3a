"""triples.jsonl: the rows that a generation completed, sealed by a manifest of what they were made from."""

from __future__ import annotations

import dataclasses
import shutil
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from cgd_recipes import __version__
from cgd_recipes.data.formats import own_format_file
from cgd_recipes.data.source import file_hashes, local_files, open_source
from cgd_recipes.errors import Problem, RecipeError, Where, dotted, user_error
from cgd_recipes.files.hashes import file_sha256
from cgd_recipes.files.output import OutputFolder
from cgd_recipes.files.ownership import (
    GENERATE,
    MANIFEST,
    MANIFEST_VERSION,
    edited_problems,
    read_manifest,
    recorded_outputs,
)
from cgd_recipes.files.paths import real_path
from cgd_recipes.files.schema import quoted
from cgd_recipes.files.writer import JsonlWriter
from cgd_recipes.generation.acceptance import Acceptance
from cgd_recipes.generation.questions import REJECTED, Questions
from cgd_recipes.generation.settings import Generation, generated_folder, load_generation
from cgd_recipes.recipe.plan import Plan
from cgd_recipes.recipe.recipe import flatten

TRIPLES, FAILED, REFUSED = "triples.jsonl", "failed.jsonl", "not_accepted.jsonl"
_DATA_KEYS = ("source", "config", "split", "revision", "format", "columns", "sample", "seed")


class Written(NamedTuple):
    """What a generation gave.

    Attributes:
        complete: rows in triples.jsonl.
        failed: (stage, reason) -> rows that were set aside.
        refused: reason -> whole rows that are not used.
        unfinished: rows that the journal has not all answers of.
    """

    complete: int
    failed: Counter[tuple[str, str]]
    refused: Counter[str]
    unfinished: int


def triples_folder(generation: Generation) -> OutputFolder:
    """The folder that a generation writes to.

    Raises:
        RecipeError: what lies there under the names of its files was edited, is not ours, or is read by the recipe.
    """
    source = open_source(generation.plan.recipe)
    output = OutputFolder(generation.output, GENERATE, reads=local_files(source))
    output.check_names([TRIPLES, FAILED, REFUSED, REJECTED])
    return output


def write_triples(
    output: OutputFolder,
    questions: Questions,
    acceptance: Acceptance,
    limit: int | None,
    tick: Callable[[int], None],
) -> Written:
    """Write every row that is taken, in the order of the draw, and every other one with its reason.

    Nothing else is in the rows than what the journal has, so the same journal gives the same bytes.

    Args:
        output: see `triples_folder`.
        questions: the rows that were drawn.
        acceptance: what became of them, and which are taken.
        limit: as the run had it.
        tick: called with the number of rows so far.

    Raises:
        RecipeError: what lies in the folder was changed meanwhile.
    """
    with output:
        written, sha256 = _write_rows(output, questions, acceptance, tick)
        shutil.copyfile(questions.rejected, output.path(REJECTED))
        for name in (FAILED, REFUSED, REJECTED):
            if not output.path(name).stat().st_size:
                output.path(name).unlink()
        outputs = output.staged({TRIPLES: sha256})
        manifest = _manifest(acceptance, questions, written, limit, outputs)
        output.path(MANIFEST).write_bytes(
            orjson.dumps(manifest, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
        )
        output.publish(outputs)
    return written


def _write_rows(
    output: OutputFolder, questions: Questions, acceptance: Acceptance, tick: Callable[[int], None]
) -> tuple[Written, str]:
    """Stage the lists of rows. Gives their counts, and the SHA-256 of the triples."""
    complete, unfinished, failed, refused = 0, 0, Counter[tuple[str, str]](), Counter[str]()
    with (
        closing(JsonlWriter(output.path(TRIPLES))) as rows,
        closing(JsonlWriter(output.path(FAILED))) as failures,
        closing(JsonlWriter(output.path(REFUSED))) as others,
    ):
        for number, row in enumerate(acceptance.decided(questions)):
            outcome = acceptance.outcomes.get(number)
            if outcome is None:
                unfinished += 1
                failures.write({"id": row["id"], "reason": "not generated yet"})
            elif outcome.stage is None:
                if reason := acceptance.fate(number, outcome):
                    refused[reason] += 1
                    others.write({"reason": reason, **outcome.row})
                else:
                    complete += 1
                    rows.write(outcome.row)
            else:
                failed[outcome.stage, outcome.reason] += 1
                why = {"stage": outcome.stage, "reason": outcome.reason, "detail": outcome.detail}
                failures.write({"id": row["id"], **why})
            if number % 1_000 == 999:
                tick(number + 1)
    return Written(complete, failed, refused, unfinished), rows.sha256()


def _manifest(
    acceptance: Acceptance, questions: Questions, written: Written, limit: int | None, outputs: dict[str, str]
) -> dict[str, Any]:
    recipe, counts = acceptance.generation.plan.recipe, questions.counts
    return {
        "manifest_version": MANIFEST_VERSION,
        "command": GENERATE.name,
        "recipe": recipe.get("name"),
        "cgd-recipes": __version__,
        "made_from": made_from(acceptance.generation, questions.identity),
        "limit": limit,
        "rows": {
            "read": counts.read,
            "rejected": dict(sorted(counts.rejected.items())),
            "drawn": acceptance.judged if acceptance.is_on else counts.examples,
            "complete": written.complete,
            "failed": {f"{stage}: {reason}": count for (stage, reason), count in sorted(written.failed.items())},
            "unfinished": written.unfinished,
            **({"not_accepted": dict(sorted(written.refused.items()))} if written.refused else {}),
        },
        **({"acceptance": acceptance.as_json()} if acceptance.is_on else {}),
        "outputs": outputs,
    }


def made_from(generation: Generation, identity: dict[str, Any]) -> dict[str, Any]:
    """What the triples of a generation depend on.

    Args:
        generation: as loaded.
        identity: of the source, with the `files` that it reads and their hashes.
    """
    recipe = generation.plan.recipe
    data = recipe.get("data")
    files = {file["file"]: file["sha256"] for file in identity["files"]}
    # A file is what it holds, wherever it lies.
    values = {key: data[key] for key in _DATA_KEYS[bool(files) :] if data.get(key) is not None}
    own_format = own_format_file(recipe)
    return {
        "data": {**values, "format": file_sha256(own_format)} if own_format else values,
        "files": files,
        "generate": generation.describe(),
    }


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
    _check_manifest(manifest, folder, run)
    recorded = {name: sha for name, sha in recorded_outputs(folder, GENERATE).items() if name == TRIPLES}
    if edited := list(edited_problems(folder, recorded, GENERATE)):
        raise RecipeError(edited)
    source = open_source(recipe)
    now = dict(flatten(made_from(load_generation(plan, to_run=False), {"files": file_hashes(source)})))
    before = dict(flatten(manifest["made_from"]))
    changed = [
        Problem(
            Where(str(folder / MANIFEST)),
            f"'{dotted(path)}' was {quoted(before.get(path))} when the triples were generated, and is {quoted(now.get(path))} now; {run}",
        )
        for path in dict.fromkeys([*now, *before])
        # The model's folder need not be on the machine that renders.
        if before.get(path) != now.get(path) and not (path[-1] == "state" and path not in now)
    ]
    if changed:
        raise RecipeError(changed)
    # The rows bear the row fields' own names, wherever the recipe's columns took them from.
    kept = {key: value for key, value in recipe.values["data"].items() if key not in (*_DATA_KEYS[1:4], "columns")}
    data = {**kept, "source": str(real_path(folder / TRIPLES)), "format": "rows"}
    reading = dataclasses.replace(recipe, values={**recipe.values, "data": data})
    return dataclasses.replace(plan, recipe=reading), manifest


def _check_manifest(manifest: dict[str, Any], folder: Path, run: str) -> None:
    """See that a manifest of triples holds what is read from it.

    Raises:
        RecipeError: it does not; it was damaged, or written by hand.
    """
    rows = manifest.get("rows")
    is_whole = (
        isinstance(manifest.get("made_from"), dict)
        and isinstance(manifest.get("limit"), int | None)
        and isinstance(rows, dict)
        and all(isinstance(rows.get(name), int) for name in ("complete", "drawn"))
        and isinstance(rows.get("failed"), dict)
        and isinstance(rows.get("not_accepted", {}), dict)
        and isinstance(manifest.get("acceptance", {}), dict)
        and all(isinstance(count, int) for name in ("failed", "not_accepted") for count in rows.get(name, {}).values())
        and TRIPLES in manifest["outputs"]
    )
    if not is_whole:
        raise user_error(str(folder / MANIFEST), f"is damaged: it does not say what the triples were made from; {run}")


def triples_warnings(manifest: dict[str, Any] | None) -> list[str]:
    """What a user should know of the triples that a dataset is rendered from."""
    if manifest is None:
        return []
    rows, warnings = manifest["rows"], []
    if manifest.get("limit") is not None:
        warnings.append(f"the rows were generated with --limit {manifest['limit']:,}; without it there may be more")
    if refused := rows.get("not_accepted"):
        reasons = ", ".join(f"{reason} ({count:,})" for reason, count in refused.items())
        warnings.append(f"{sum(refused.values()):,} of {rows['drawn']:,} rows were not accepted: {reasons}")
    warnings += manifest.get("acceptance", {}).get("warnings", [])
    if rows["failed"]:
        reasons = ", ".join(f"{reason} ({count:,})" for reason, count in rows["failed"].items())
        warnings.append(f"{rows['complete']:,} of {rows['drawn']:,} rows were generated; the others failed: {reasons}")
    return warnings
