"""The engines that there are, by the names that `generate.engine` takes."""

from __future__ import annotations

from cgd_recipes.generation.engines import embedded, openai, ray, vllm
from cgd_recipes.generation.engines.protocol import EngineModule

ENGINES: dict[str, EngineModule] = {
    "openai": openai,
    "vllm": vllm,
    "ray": ray,
    "embedded": embedded,
}
"""Name -> module. A module imports what its engine is made of when it is opened, so that all of them can be listed here."""
