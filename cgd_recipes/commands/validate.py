"""`cgd-recipe validate`: all checks that need no data."""

from __future__ import annotations

from pathlib import Path

from cgd_recipes.commands.console import print_json, say, warn
from cgd_recipes.errors import user_error
from cgd_recipes.recipe.resolve import load_recipe


def run_validate(name: str, settings: tuple[str, ...], *, with_trainer: bool, as_json: bool) -> None:
    """`cgd-recipe validate`."""
    from cgd_recipes.data.source import absent_data
    from cgd_recipes.generation.settings import load_generation
    from cgd_recipes.rendering.check import check_recipe
    from cgd_recipes.trainers.config_file import check_trainer_file, trainer_of_file
    from cgd_recipes.trainers.plan import make_plan

    trainer = trainer_of_file(name)
    warnings: list[str] = []
    if trainer:
        if settings:
            raise user_error(name, f"is a config of {trainer.name}, not a recipe; -s has no meaning for it")
        warnings = check_trainer_file(Path(name), trainer, with_trainer)
    else:
        plan = make_plan(load_recipe(name, settings))
        config, warnings = check_recipe(plan)
        absent = absent_data(plan.recipe)
        warnings = [
            *warnings,
            *([f"the data is not on this machine, and was not looked at: {absent}"] if absent else []),
        ]
        if plan.recipe.get("generate"):
            load_generation(plan)
        if with_trainer:
            from cgd_recipes.trainers.ask import check_with_trainer

            check_with_trainer(plan, config)
    warn(warnings)
    if as_json:
        print_json({"valid": True, "warnings": warnings})
    else:
        say(f"{name}: valid")
