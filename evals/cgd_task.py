"""What `!function` in these task files names: lm-eval 0.4.11 finds nothing but a module beside them."""

from cgd_recipes.evaluation.harness.task import MathTask  # noqa: F401
