"""Commands about finished evaluations; `main` adds them to the program."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

from cgd_recipes.commands.options import json_option


def comparing_options(command: Callable[..., None]) -> Callable[..., None]:
    """--metric and --anyway."""
    metric = click.option(
        "--metric", "metrics", multiple=True, metavar="TASK=METRIC", help="Score a task by another of its metrics."
    )
    anyway = click.option("--anyway", is_flag=True, help="Compare also what was measured differently, and say so.")
    return metric(anyway(command))


@click.command()
@click.argument("runs", nargs=-1, metavar="[RUN]...")
@click.option("--baseline", metavar="RUN", help="Compare every RUN with this one; also the label of one of them.")
@click.option(
    "-o",
    "--output",
    default="build/report",
    show_default=True,
    type=click.Path(path_type=Path),
    help="Folder to write.",
)
@click.option("--paper", is_flag=True, help="The published tables alone, with intervals and tests.")
@comparing_options
def report(
    runs: tuple[str, ...], baseline: str | None, output: Path, paper: bool, metrics: tuple[str, ...], anyway: bool
) -> None:
    """Write report.html, report.md and report.json about finished evaluations.

    RUN is a results folder of `cgd-recipe eval` or of lm_eval (with --log_samples), or LABEL=FOLDER. RUNs with one label are
    one training with different seeds.
    """
    from cgd_recipes.commands.report import run_report

    run_report(runs, baseline, output, metrics, anyway=anyway, paper=paper)


@click.command()
@click.argument("baseline")
@click.argument("run")
@comparing_options
@json_option
def compare(baseline: str, run: str, metrics: tuple[str, ...], anyway: bool, as_json: bool) -> None:
    """Show how RUN differs from BASELINE on each benchmark, with intervals and paired tests.

    Both are results folders of `cgd-recipe eval` or of lm_eval (with --log_samples), or LABEL=FOLDER.
    """
    from cgd_recipes.commands.compare import run_compare

    run_compare(baseline, run, metrics, anyway=anyway, as_json=as_json)


@click.command()
@click.argument("baseline")
@click.argument("run")
@click.option(
    "--require",
    "requirements",
    multiple=True,
    default=["average > 0"],
    show_default=True,
    metavar="'NAME > POINTS'",
    help="NAME is a benchmark, 'average' or 'every'. All requirements must hold.",
)
@comparing_options
@json_option
def gate(
    baseline: str,
    run: str,
    requirements: tuple[str, ...],
    metrics: tuple[str, ...],
    anyway: bool,
    as_json: bool,
) -> None:
    """Decide whether RUN is better than BASELINE beyond noise: GO, NO-GO or INCONCLUSIVE.

    Exit codes: 0 GO, 4 NO-GO, 5 INCONCLUSIVE; 1 is a mistake in what was given, as in all commands.
    """
    from cgd_recipes.commands.gate import run_gate

    run_gate(baseline, run, requirements, metrics, anyway=anyway, as_json=as_json)
