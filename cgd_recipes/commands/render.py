"""`cgd-recipe render`: a recipe into a folder."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cgd_recipes.commands.console import print_json, progress, say, unseen_student, warn
from cgd_recipes.files.arguments import as_argument
from cgd_recipes.recipe.resolve import load_recipe

if TYPE_CHECKING:
    from cgd_recipes.rendering.render import Rendered


def run_render(
    name: str, settings: tuple[str, ...], folder: Path | None, *, dry_run: bool, force: bool, as_json: bool
) -> None:
    """`cgd-recipe render`."""
    from cgd_recipes.rendering.render import render

    recipe = load_recipe(name, settings)
    target = folder or recipe.build_folder()
    with progress() as tick:
        rendered = render(recipe, target, force=force, dry_run=dry_run, progress=tick)
    warn(rendered.warnings)
    if as_json:
        print_json(_summary(rendered, dry_run))
        return
    say(*_text_summary(rendered, dry_run))


def _summary(rendered: Rendered, dry_run: bool) -> dict[str, Any]:
    counts = rendered.data.counts
    return {
        "folder": str(rendered.folder),
        "written": not dry_run,
        "read": counts.read,
        "rejected": dict(counts.rejected),
        "dropped": {why.text: count for why, count in counts.dropped.items()},
        "left_out": counts.left_out,
        "not_drawn": counts.not_drawn,
        "examples": counts.examples,
        "neutralised": counts.neutralised,
        "student_unseen": rendered.student.unseen,
        "lengths": rendered.data.lengths.summary(),
        "warnings": rendered.warnings,
        "outputs": rendered.outputs,
    }


def _text_summary(rendered: Rendered, dry_run: bool) -> list[str]:
    plan, counts = rendered.plan, rendered.data.counts
    batch = plan.train["global_batch_size"]
    verdicts = ", ".join(f"{count:,} {verdict}" for verdict, count in sorted(counts.verdicts.items()))
    lines = [
        f"recipe    {plan.recipe.get('name')} (method {plan.method.name}): {plan.recipe.get('description')}",
        f"rows      {counts.examples:,} of {counts.read:,} (student answers: {verdicts})",
        f"batch     {batch} = {plan.world_size} GPUs x {plan.train['micro_batch_size']} x {plan.accumulation} accumulated",
    ]
    lines += unseen_student(rendered.student.unseen)
    if dry_run:
        return [*lines, f"dry run   all checks passed; nothing was written to {rendered.folder}"]
    files = ", ".join(dict.fromkeys(_short(name) for name in [*rendered.outputs, "manifest.json"]))
    folder = shlex.quote(as_argument(rendered.folder))
    return [
        *lines,
        f"written   {rendered.folder}/: {files}",
        f"train     cd {folder} && bash launch.sh",
        f"evaluate  cd {folder} && lm_eval run --config eval.yaml",
    ]


def _short(name: str) -> str:
    """A file as a summary names it: the task files, of which there may be many, by their folder."""
    return "tasks/" if name.startswith("tasks/") else name
