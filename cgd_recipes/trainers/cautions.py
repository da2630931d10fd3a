"""What a user should know before training, whatever the trainer."""

from __future__ import annotations

from cgd_recipes.recipe.plan import Plan

SMALL_BF16_STEP = 2.0e-5
"""Learning rate under which pure bf16 training rounds most updates away (see `axolotl_warnings`)."""


def packing_warnings(plan: Plan) -> list[str]:
    """What packing means for the size of a step."""
    if not plan.train["sample_packing"]:
        return []
    return ["sample_packing: a step holds more than global_batch_size examples, so runs are not matched by steps"]
