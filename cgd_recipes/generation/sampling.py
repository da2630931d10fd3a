"""Several answers of the student to one question, and the budget of further questions: what a recipe may ask for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cgd_recipes.errors import Problem
from cgd_recipes.recipe.plan import Plan


def first_seed(plan: Plan, role: str) -> int | None:
    """Seed of the first of several answers of a role; None where each question is asked once."""
    section = plan.recipe.generate
    if section is None or role != "student" or section["student"].get("samples", 1) == 1:
        return None
    own = section["student"]["seed"]
    return plan.recipe.data["seed"] if own is None else own


def sampling_problems(plan: Plan, roles: Sequence[str]) -> Iterator[Problem]:
    """Mistakes in `samples` and `generate.accept.budget` that no schema finds.

    Args:
        plan: whose recipe generates.
        roles: those that answer a stage.
    """
    recipe, section = plan.recipe, plan.recipe.generate
    assert section is not None
    student, at = section["student"], ("generate", "student", "samples")
    if student.get("samples", 1) > 1 and "student" not in roles:
        yield recipe.problem(at, "'generate.student.samples' is for a stage of the student, and there is none")
    elif student.get("samples", 1) > 1 and student["temperature"] == 0:
        message = f"at temperature 0 all {student['samples']} answers are the same; set generate.student.temperature"
        yield recipe.problem(at, message)
    if "samples" in section["teacher"]:
        message = "'generate.teacher.samples' has no meaning: the teacher answers each row once"
        yield recipe.problem(("generate", "teacher", "samples"), message)
    budget = (section["accept"] or {}).get("budget", {})
    unpriced = [role for role in roles if not (section["teacher"] if role == "teacher" else student)["price"]]
    if "cost" in budget and unpriced:
        message = f"a budget of money needs prices; set {' and '.join(f'generate.{role}.price' for role in unpriced)}"
        yield recipe.problem(("generate", "accept", "budget", "cost"), message)
