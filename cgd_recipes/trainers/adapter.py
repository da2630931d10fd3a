"""LoRA and QLoRA: what holds for adapters in every trainer."""

from __future__ import annotations

from cgd_recipes.errors import Finding
from cgd_recipes.recipe.plan import Plan

SMALL_STEP = 2.0e-5
"""Learning rate under which adapters, whose second half starts at zero, learn next to nothing in one epoch."""


def adapter_findings(plan: Plan) -> list[Finding]:
    """An adapter of which the family does not say, in the words of the plan's trainer, what it trains."""
    if not plan.adapter:
        return []
    name, trainer = plan.family.values["name"], plan.train["trainer"]
    if trainer in plan.family.values.get("lora", {}):
        return []
    message = f"family '{name}' does not say what {plan.adapter} trains; add lora.{trainer} to the family file"
    return [Finding(("train", "adapter"), message)]


def adapter_warnings(plan: Plan) -> list[str]:
    """What a user should know before training adapters."""
    rate = plan.train["learning_rate"]
    if not plan.adapter or rate >= SMALL_STEP:
        return []
    return [
        f"learning rate {rate:g} is one for full fine-tuning: adapters start at zero and would hardly leave it; "
        f"extend base/{plan.adapter}, or set train.learning_rate to about 1e-4"
    ]
