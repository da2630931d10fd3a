"""The recipe as a rendered folder keeps it."""

from __future__ import annotations

from typing import Any

from cgd_recipes.curation.evaluated import resolved_curation
from cgd_recipes.data.formats import own_format_file
from cgd_recipes.evaluation.settings import data_of, resolved_tasks
from cgd_recipes.files.paths import real_path
from cgd_recipes.files.schema import load_schema
from cgd_recipes.generation.resolved import resolved_generation
from cgd_recipes.recipe.plan import Plan


def resolved(plan: Plan) -> dict[str, Any]:
    """The merged recipe in the schema's key order, with local paths absolute: it renders the same from anywhere."""
    recipe = plan.recipe
    values = {key: recipe.values[key] for key in load_schema("recipe")["properties"] if key in recipe.values}
    values["student"] = plan.student
    values["data"] = dict(values["data"])
    path = recipe.folder("data", "source") / values["data"]["source"]
    if values["data"]["source"] != "sample" and path.exists():
        values["data"]["source"] = str(real_path(path))
    if values.get("generate"):
        values["generate"] = {**resolved_generation(plan), "accept": _conditions(plan)}
    if values.get("curate"):
        values["curate"] = resolved_curation(recipe)
    values["evaluate"] = {**values["evaluate"], "data": data_of(recipe), "tasks": resolved_tasks(recipe)}
    own_format = own_format_file(recipe)
    if own_format:
        values["data"]["format"] = str(real_path(own_format))
    for key in ("family", "method"):
        if values[key].endswith((".yaml", ".yml")):
            values[key] = str(real_path(recipe.folder(key) / values[key]))
    if values["train"].get("checkpoint_dir"):
        values["train"] = {**values["train"]}
        values["train"]["checkpoint_dir"] = str(real_path(recipe.local_path("train", "checkpoint_dir")))
    return values


def _conditions(plan: Plan) -> dict[str, Any] | None:
    if plan.recipe.generate is None or plan.recipe.generate["accept"] is None:
        return None
    from cgd_recipes.curation.acceptance import resolved_conditions  # it brings the grader, which is slow to import

    return resolved_conditions(plan)
