"""Mistakes in a recipe's `curate` section that its schema cannot find, told before any row is read."""

from __future__ import annotations

from collections.abc import Iterator

from jinja2 import meta

from cgd_recipes.curation.evaluated import against_problems
from cgd_recipes.curation.filters import FILTERS
from cgd_recipes.curation.requirements import name_problems
from cgd_recipes.errors import Problem, did_you_mean
from cgd_recipes.files.shipped import shipped_names
from cgd_recipes.files.templates import environment
from cgd_recipes.grading.benchmark_golds import BENCHMARKS
from cgd_recipes.recipe.method import Method, shipped_method
from cgd_recipes.recipe.plan import Plan

_NEAR = 1e-9
_GRADED = ("refined_right", "verdict_true", "student_wrong")


def curate_problems(plan: Plan) -> Iterator[Problem]:
    """Every mistake in the `curate` section of a complete recipe."""
    recipe = plan.recipe
    if not recipe.get("curate"):
        return
    section = recipe.curate
    rules = section["answers_like"]
    if rules is not None and rules not in BENCHMARKS:
        hint = did_you_mean(rules, BENCHMARKS) or f"; there are: {', '.join(BENCHMARKS)}"
        yield recipe.problem(("curate", "answers_like"), f"no benchmark '{rules}'{hint}")
    for key in _GRADED:
        if section[key] and not section["truth"]:  # type: ignore[literal-required]
            yield recipe.problem(("curate", key), f"'curate.{key}' needs grades; set curate.truth: true")
    yield from against_problems(recipe)
    yield from name_problems(recipe, [share for each in FILTERS.values() for share in each.shares])
    ratio = section["verdict_ratio"]
    if ratio is not None and abs(sum(ratio.values()) - 1) > _NEAR:
        message = f"the shares of 'curate.verdict_ratio' add up to {sum(ratio.values()):g}; make them add up to 1"
        yield recipe.problem(("curate", "verdict_ratio"), message)
    yield from _mixture_problems(plan)
    trains = [method.name for method in _methods(plan) if "critique" in _trained(method)]
    if section["leakage"] == "mask" and trains:
        message = f"method '{trains[0]}' trains the critique, and would train the mask; set curate.leakage: drop"
        yield recipe.problem(("curate", "leakage"), message)


def _mixture_problems(plan: Plan) -> Iterator[Problem]:
    """Mixed methods that are not shipped, or of another shape than the recipe's; shares that do not add up to 1."""
    recipe, at, shipped = plan.recipe, ("curate", "methods"), shipped_names("templates/methods")
    shares = recipe.curate["methods"] or {}
    if not shares:
        return
    if plan.method.name not in shares:
        message = (
            f"'curate.methods' leaves out '{plan.method.name}', the recipe's method; give it a share, or set method"
        )
        yield recipe.problem(at, message)
    for name in shares:
        if name != plan.method.name and name not in shipped:
            message = f"'{name}' is not a shipped method, and only those can be mixed in{did_you_mean(name, shipped)}"
            yield recipe.problem((*at, name), message)
        elif name != plan.method.name and (shape := shipped_method(name).shape) != plan.method.shape:
            message = (
                f"method '{name}' makes {shape}, and '{plan.method.name}' {plan.method.shape}; they cannot be mixed"
            )
            yield recipe.problem((*at, name), message)
    if abs(sum(shares.values()) - 1) > _NEAR:
        message = f"the shares of 'curate.methods' add up to {sum(shares.values()):g}; make them add up to 1"
        yield recipe.problem(at, message)


def _methods(plan: Plan) -> list[Method]:
    """The recipe's method, and the shipped ones that it mixes in."""
    mixed = [name for name in plan.recipe.curate["methods"] or {} if name in shipped_names("templates/methods")]
    return [plan.method, *(shipped_method(name) for name in mixed)]


def _trained(method: Method) -> set[str]:
    """Row fields in the texts that a method trains."""
    texts = [str(method.values[part]) for part in method.parts if part != "user"]
    return set[str]().union(*(meta.find_undeclared_variables(environment().parse(text)) for text in texts))
