"""The `generate` section as a rendered folder keeps it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cgd_recipes.files.paths import real_path
from cgd_recipes.generation.engines.protocol import ROLES
from cgd_recipes.generation.settings import generated_folder
from cgd_recipes.recipe.plan import Plan

_YAML = (".yaml", ".yml")


def resolved_generation(plan: Plan) -> dict[str, Any]:
    """The recipe's `generate` section with its paths absolute: it means the same from anywhere."""
    recipe, generate = plan.recipe, plan.recipe.generate
    assert generate is not None
    section: dict[str, Any] = {**generate, "output": str(real_path(generated_folder(plan)))}
    if section["journal"] is not None:
        section["journal"] = str(real_path(recipe.folder("generate", "journal") / section["journal"]))
    if section["stages"] is not None:
        folders = [recipe.folders.get(("generate", "stages", index), Path()) for index in range(len(section["stages"]))]
        named = zip(folders, section["stages"], strict=True)
        section["stages"] = [str(real_path(folder / name)) if name.endswith(_YAML) else name for folder, name in named]
    for role in ROLES:
        model = section[role]["model"]
        if model and (local := recipe.folder("generate", role, "model") / model).exists():
            section[role] = {**section[role], "model": str(real_path(local))}
    return section
