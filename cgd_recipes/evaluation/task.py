"""Where task files rendered or installed by cgd-recipes 0.1 look for the class; it moved."""

from cgd_recipes.evaluation.harness.task import MathTask

__all__ = ["MathTask"]
