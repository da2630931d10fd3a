"""`cgd-recipe gate`: GO, NO-GO or INCONCLUSIVE, for CI of models."""

from __future__ import annotations

from collections.abc import Sequence

import click

from cgd_recipes.commands.compare import compare_runs
from cgd_recipes.commands.comparison_view import print_decisions
from cgd_recipes.commands.console import print_json, say
from cgd_recipes.reporting.gate import Answer, decide, overall, parse_requirements
from cgd_recipes.reporting.json_report import decision_json
from cgd_recipes.reporting.words import mark


def run_gate(
    baseline: str, run: str, requirements: Sequence[str], metrics: Sequence[str], *, anyway: bool, as_json: bool
) -> None:
    """`cgd-recipe gate`: print the answer to each requirement, and end with the exit code of all of them together.

    Args:
        baseline, run: see `read_models`.
        requirements: texts such as `average > 0`.
        metrics: `TASK=METRIC` texts.
        anyway: also for runs that were measured differently.
        as_json: print one object for machines.

    Raises:
        RecipeError: a run that cannot be read, two that cannot be compared, or a requirement that cannot be understood.
        Exit: with the code of `Answer`, unless the answer is GO.
    """
    wanted = parse_requirements(requirements)
    _, comparison = compare_runs(baseline, run, metrics, anyway)
    decisions = decide(comparison, wanted)
    answer = overall(decisions)
    if as_json:
        print_json(decision_json(comparison, decisions, answer))
    else:
        if text := mark(comparison):
            say(text)
        print_decisions(decisions, answer)
    if answer is not Answer.GO:
        raise click.exceptions.Exit(answer.value)
