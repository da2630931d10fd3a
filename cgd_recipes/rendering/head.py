"""The lines at the top of what is rendered."""

from __future__ import annotations

from cgd_recipes import __version__
from cgd_recipes.files.yaml_out import dump_yaml
from cgd_recipes.recipe.plan import Plan
from cgd_recipes.trainers.protocol import Config


def head_of(plan: Plan) -> str:
    """What a rendered file is, and that it is not to be changed."""
    return f"# Rendered by cgd-recipes {__version__} from recipe {plan.recipe.get('name')}; change the recipe, not this file.\n"


def config_text(plan: Plan, config: Config) -> str:
    """A trainer's config as it is written, with how to run it."""
    how = "# Run in this folder, on the GPUs that the recipe says: bash launch.sh\n"
    return f"{head_of(plan)}{how}{dump_yaml(config)}"
