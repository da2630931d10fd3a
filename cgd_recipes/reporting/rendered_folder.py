"""The folder that `render` wrote, from the model that was trained in it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

from cgd_recipes.files.ownership import read_manifest

_LEVELS = 3
"""`model/`, `model/checkpoint-20`, `model/epoch_0/...` below the rendered folder."""


class RenderedFolder(NamedTuple):
    """What `render` left beside a model.

    Attributes:
        recipe: the file of the recipe with everything merged in.
        manifest: its manifest.
    """

    recipe: Path
    manifest: dict[str, Any]


def rendered_folder(model: str) -> RenderedFolder | None:
    """The nearest rendered folder above a model; None for a hub id, and where there is none.

    Args:
        model: folder of a model.
    """
    folder = Path(model)
    for parent in list(folder.parents)[:_LEVELS] if folder.is_absolute() else ():
        recipe, manifest = parent / "recipe.resolved.yaml", read_manifest(parent)
        if manifest is not None and recipe.is_file():
            return RenderedFolder(recipe, manifest)
    return None
