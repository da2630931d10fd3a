"""`cgd-recipe journal`: what a journal of generated answers holds."""

from __future__ import annotations

from pathlib import Path

from cgd_recipes.commands.console import print_json, say
from cgd_recipes.generation.settings import Generation, load_generation
from cgd_recipes.recipe.resolve import load_recipe
from cgd_recipes.trainers.plan import make_plan


def _journal_file(name: str, settings: tuple[str, ...]) -> Path:
    """The journal that a user names: a file, or a recipe that generates."""
    if Path(name).is_file() and not name.endswith((".yaml", ".yml")):
        return Path(name)
    generation: Generation = load_generation(make_plan(load_recipe(name, settings)), to_run=False)
    return generation.journal


def run_status(name: str, settings: tuple[str, ...], *, as_json: bool) -> None:
    """`cgd-recipe journal status`."""
    from cgd_recipes.generation.journal import Journal

    with Journal(_journal_file(name, settings), read_only=True) as journal:
        stages, runs = journal.status(), journal.runs()
    if as_json:
        print_json({"stages": [stage._asdict() for stage in stages], "runs": runs})
        return
    for run in runs:
        ended = f"ended {run['ended']}" if run["ended"] else "not ended"
        say(f"run {run['run']}     recipe {run['details']['recipe']}, started {run['started']}, {ended}")
    for stage in stages:
        tokens = f"{stage.prompt_tokens:,} prompt tokens ({stage.cached_tokens:,} cached), {stage.completion_tokens:,} completion tokens"
        say(f"{stage.stage:9} {stage.model}: {stage.answers:,} answers; {tokens}")
        for reason, count in stage.faults.items():
            say(f"          failed: {count:,} {reason}")


def run_export(name: str, settings: tuple[str, ...], output: Path) -> None:
    """`cgd-recipe journal export`."""
    from cgd_recipes.generation.export import export_journal
    from cgd_recipes.generation.journal import Journal

    with Journal(_journal_file(name, settings), read_only=True) as journal:
        count = export_journal(journal, output)
    say(f"{output} written: {count:,} answers and failures")
