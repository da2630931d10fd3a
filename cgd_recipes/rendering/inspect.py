"""What is in the rows of a recipe, or of any file, without rendering them."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from pathlib import Path

from cgd_recipes.curation.curate import Curation
from cgd_recipes.curation.report import DataReport
from cgd_recipes.curation.settings import curate_problems
from cgd_recipes.data.draw import Draw, Selection, for_method
from cgd_recipes.data.filters import row_filters
from cgd_recipes.data.measure import Measure
from cgd_recipes.data.readers import suffix_of
from cgd_recipes.data.source import open_source
from cgd_recipes.errors import RecipeError
from cgd_recipes.files.paths import real_path
from cgd_recipes.files.progress import Progress
from cgd_recipes.files.yaml_out import dump_yaml, yaml_text
from cgd_recipes.generation.settings import load_generation
from cgd_recipes.generation.triples import from_triples
from cgd_recipes.recipe.plan import Plan, load_plan
from cgd_recipes.recipe.recipe import Recipe, find_recipe
from cgd_recipes.recipe.resolve import load_recipe
from cgd_recipes.reporting.generation_cost import cost_of

_ANY = "llama-cgd"
"""A shipped recipe whose settings a file of rows is read with; its model matters for nothing but the estimate of lengths."""


def holds_rows(name: str) -> bool:
    """Whether a name is that of a file or folder of rows, and not of a recipe."""
    return bool(suffix_of(Path(name))) or Path(name).is_dir()


def load_inspected(name: str, settings: Sequence[str]) -> Recipe:
    """A recipe, or one made for a file or folder of rows, with the defaults of base/curate below what it sets itself.

    Args:
        name: a recipe, or a file or folder of rows.
        settings: `key.path=value` texts.

    Raises:
        RecipeError: neither, or mistakes in it.
    """
    path, is_rows = Path(name), holds_rows(name)
    parent = _ANY if is_rows else str(real_path(find_recipe(name)))
    values = {"extends": ["base/curate", parent]}
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "inspect.yaml"
        made.write_text(dump_yaml(values), encoding="utf-8")
        source = [f"name={_plain(path.name)}", f"data.source={yaml_text(str(real_path(path)))}"] if is_rows else []
        return load_recipe(str(made), [*source, *settings])


def _plain(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "-", name.partition(".")[0]).strip("-") or "rows"


def inspect_rows(recipe: Recipe, folder: Path, *, any_rows: bool, progress: Progress) -> DataReport:
    """Read rows and examine them, as `render` would.

    Args:
        recipe: see `load_inspected`.
        folder: where to write lists of what was found.
        any_rows: take every row with a question; else those that the recipe's method can use.
        progress: called with a stage's name and its rows so far.

    Raises:
        RecipeError: a source that cannot be read, mistakes in the recipe, or something that is not installed.
    """
    plan = load_plan(recipe)
    problems = list(curate_problems(plan))
    if problems:
        raise RecipeError(problems)
    reading, triples = from_triples(plan)
    source, measure = open_source(reading.recipe), _measure(reading)
    with Curation(reading, measure, folder) as curation:
        wanted = _any(reading, curation.reads) if any_rows else for_method(reading, curation.reads)
        with Draw(reading, source, wanted, limit=curation.limit(recipe.data["sample"])) as draw:
            draw.read(lambda rows: progress("reading", rows))
            for number, _ in enumerate(curation.choose(draw), 1):
                if number % 1_000 == 0:
                    progress("examining", number)
    cost = cost_of(load_generation(plan, to_run=False)) if triples else None
    generated = triples["rows"] if triples else None
    return DataReport(str(recipe.get("name")), str(source.identity["source"]), draw.counts, curation, cost, generated)


def _any(plan: Plan, reads: Sequence[str]) -> Selection:
    return Selection(
        row_filters(plan, ["question"], but=("where",)), tuple(dict.fromkeys(("id", "question", "verdict", *reads)))
    )


def _measure(plan: Plan) -> Measure:
    return Measure(plan.train["sequence_len"], plan.family.values["characters_per_token"], None, "nothing is rendered")
