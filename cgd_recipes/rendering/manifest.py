"""manifest.json: everything that is needed to make the same output again."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from functools import cache
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from cgd_recipes import __version__
from cgd_recipes.data.formats import own_format_file
from cgd_recipes.data.measure import Measure
from cgd_recipes.data.mixture import mixed_names
from cgd_recipes.data.rendered import RenderedData
from cgd_recipes.files.hashes import file_sha256, hashed_files
from cgd_recipes.files.ownership import MANIFEST_VERSION
from cgd_recipes.recipe.family import find_data_file
from cgd_recipes.recipe.plan import Plan

if TYPE_CHECKING:
    from cgd_recipes.curation.curate import Curation

Facts = Mapping[str, Any]


def build_manifest(
    plan: Plan, data: RenderedData, curation: Curation, *, student: Facts, identity: Facts, outputs: dict[str, str]
) -> dict[str, Any]:
    """What made the output: recipe and source with their hashes, versions, seeds, counts, and the outputs' hashes."""
    recipe, counts = plan.recipe, data.counts
    return {
        "manifest_version": MANIFEST_VERSION,
        "recipe": recipe.get("name"),
        "recipe_files": hashed_files(recipe.files),
        **read_files(plan),
        "family": plan.family.values["name"],
        "method": plan.method.name,
        "student": recipe.get("student"),
        "student_revision": recipe.get("student_revision"),
        "student_check": student,
        "teacher": recipe.get("teacher"),
        "trainer": plan.train["trainer"],
        "source": identity,
        "seeds": {"data": recipe.get("data", "seed"), "train": plan.train["seed"]},
        "rows": {
            "read": counts.read,
            "rejected": dict(sorted(counts.rejected.items())),
            **({"dropped": _by_text(counts.dropped)} if curation.is_on else {}),
            **({"methods": dict(sorted(counts.methods.items()))} if mixed_names(recipe) else {}),
            "left_out": counts.left_out,
            "not_drawn": counts.not_drawn,
            "examples": counts.examples,
            "neutralised": counts.neutralised,
            "verdicts": dict(sorted(counts.verdicts.items())),
        },
        **({"curation": curation.summary()} if curation.is_on else {}),
        "lengths": {**data.lengths.summary(), **_tokenizer(data.lengths.measure)},
        "batch": {
            "global_batch_size": plan.train["global_batch_size"],
            "micro_batch_size": plan.train["micro_batch_size"],
            "gradient_accumulation_steps": plan.accumulation,
            "world_size": plan.world_size,
        },
        "versions": {
            "cgd-recipes": __version__,
            "python": ".".join(platform.python_version_tuple()[:2]),
            "jinja2": _version("jinja2"),
            "orjson": _version("orjson"),
        },
        "outputs": outputs,
    }


@cache
def _version(package: str) -> str:
    return version(package)


def _by_text(reasons: Mapping[Any, int]) -> dict[str, int]:
    return {why.text: count for why, count in sorted(reasons.items())}


def read_files(plan: Plan) -> dict[str, list[dict[str, str]]]:
    """The files of the family, the method, and the user's own format, with their hashes, as the manifest lists them."""
    family = find_data_file(plan.recipe, "family", "recipes/families")
    own_format = own_format_file(plan.recipe)
    return {
        "family_files": hashed_files([family]),
        "method_files": hashed_files(plan.method.files),
        **({"format_files": hashed_files([own_format])} if own_format else {}),
    }


def _tokenizer(measure: Measure) -> dict[str, str]:
    """What exact lengths depend on."""
    if measure.chat is None:
        return {}
    return {"tokenizer_sha256": file_sha256(measure.chat.file), "tokenizers": _version("tokenizers")}
