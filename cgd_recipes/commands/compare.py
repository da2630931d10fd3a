"""`cgd-recipe compare`: two evaluations beside each other in the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from cgd_recipes.commands.comparison_view import print_comparison
from cgd_recipes.commands.console import print_json
from cgd_recipes.errors import Problem, RecipeError, Where
from cgd_recipes.reporting.comparison import Comparison, compare
from cgd_recipes.reporting.evaluations import Model
from cgd_recipes.reporting.json_report import comparison_json
from cgd_recipes.reporting.reading.evaluation import read_models


def run_compare(baseline: str, run: str, metrics: Sequence[str], *, anyway: bool, as_json: bool) -> None:
    """`cgd-recipe compare`: print how a run differs from a baseline.

    Args:
        baseline, run: see `read_models`.
        metrics: `TASK=METRIC` texts.
        anyway: compare also what was measured differently.
        as_json: print one object for machines.

    Raises:
        RecipeError: a run that cannot be read, or two that cannot be compared.
    """
    models, comparison = compare_runs(baseline, run, metrics, anyway)
    if as_json:
        print_json(comparison_json(comparison))
    else:
        print_comparison(comparison, models)


def compare_runs(baseline: str, run: str, metrics: Sequence[str], anyway: bool) -> tuple[list[Model], Comparison]:
    """Read two runs and compare them.

    Raises:
        RecipeError: as for `run_compare`.
    """
    models = read_models([baseline, run], chosen_metrics(metrics))
    if len(models) == 1:
        message = "both runs have this label, which makes them one model; give them different labels"
        raise RecipeError([Problem(Where(models[0].label), message)])
    return models, compare(models[0], models[1], anyway)


def chosen_metrics(texts: Sequence[str]) -> dict[str, str]:
    """`TASK=METRIC` or `TASK=METRIC,FILTER` texts by task.

    Raises:
        RecipeError: a text of another form.
    """
    wrong = [text for text in texts if not all(text.partition("=")[::2])]
    if wrong:
        raise RecipeError(
            Problem(Where(f"--metric {text}"), "write TASK=METRIC or TASK=METRIC,FILTER") for text in wrong
        )
    return {task: metric for task, _, metric in (text.partition("=") for text in texts)}
