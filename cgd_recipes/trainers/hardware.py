"""What a config asks of the machine, whatever the trainer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from cgd_recipes.errors import Problem
from cgd_recipes.recipe.plan import Plan

AMPERE = 8.0
"""Compute capability of the first GPUs with bf16 and tf32."""
_GPU_OPTIMIZERS = ("bnb", "8bit", "4bit", "paged")


def ampere_problems(
    plan: Plan, config: Mapping[str, Any], capability: float, cures: Mapping[str, str]
) -> Iterator[Problem]:
    """Switches that are on and that only newer GPUs take.

    Args:
        plan: the plan.
        config: its trainer config.
        capability: compute capability of the machine's weakest GPU.
        cures: key of such a switch -> what to do.
    """
    if capability >= AMPERE:
        return
    for key, cure in cures.items():
        if config.get(key) is True:
            message = f"{key} needs a GPU of compute capability {AMPERE} or more, and this machine has {capability}"
            path = ("train", "precision") if key == "bf16" else ("train", plan.train["trainer"], key)
            yield plan.recipe.problem(path, f"{message}; {cure}")


def optimizer_needs_gpu(name: object) -> bool:
    """Whether an optimizer of this name is one of bitsandbytes or torchao, which have none for the CPU."""
    return any(part in str(name) for part in _GPU_OPTIMIZERS)
