"""A comparison as tables for people."""

from __future__ import annotations

import sys

import click

from cgd_recipes.reporting.comparison import AVERAGE, Comparison
from cgd_recipes.reporting.evaluations import Model
from cgd_recipes.reporting.gate import Answer, Decision
from cgd_recipes.reporting.scorecard import scorecards
from cgd_recipes.reporting.words import bounds, count, finding, mark, p_value, percent, points, seeds, with_bounds


def print_comparison(comparison: Comparison, models: list[Model]) -> None:
    """Print scores, differences, findings in words and warnings; scores in percent, 95 % intervals in brackets."""
    _print_scores(models)
    _print_changes(comparison)
    for change in [*comparison.changes, *([comparison.average] if comparison.average else [])]:
        click.echo(finding(change))
    if comparison.missing:
        click.echo(f"not compared, because only one run has them: {', '.join(comparison.missing)}")
    for model in models:
        for training in model.trainings:
            for warning in training.warnings:
                click.echo(f"warning: {training.label}: {warning}", err=True)


def print_decisions(decisions: list[Decision], answer: Answer) -> None:
    """Print what each requirement came to, and the answer last."""
    for requirement, change, each in decisions:
        name = f" ({change.name})" if change.name != requirement.name else ""
        shown = with_bounds(change.difference.interval, signed=True)
        click.echo(f"{requirement}{name}: {each}; the difference is {shown}, p {p_value(change.p)}")
    click.echo(str(answer))


def _print_scores(models: list[Model]) -> None:
    from rich.table import Table

    table = Table("benchmark", "model", "score", "95 %", "right", "answered", "truncated", "words", "seeds", box=None)
    for name in models[0].benchmarks:
        for model in models:
            if name not in model.benchmarks:
                continue
            card = scorecards(model)[name]
            shares = [percent(card.shares[key]) if key in card.shares else "-" for key in ("answered", "truncated")]
            words = "-" if card.words is None else f"{card.words:.0f}"
            table.add_row(
                name,
                model.label,
                percent(card.score.value),
                bounds(card.score),
                count(card),
                *shares,
                words,
                seeds(card),
            )
    _print(table)


def _print_changes(comparison: Comparison) -> None:
    from rich.table import Table

    if text := mark(comparison):
        click.echo(f"\n{text}")
        for each in comparison.mismatches:
            click.echo(f"  {each}")
    table = Table(
        "benchmark", comparison.baseline, comparison.model, "difference", "95 %", "won", "lost", "p", "p (Holm)", "could show", box=None,
    )  # fmt: skip
    for change in [*comparison.changes, *([comparison.average] if comparison.average else [])]:
        found = change.difference.interval
        scores = [
            percent(change.baseline),
            percent(change.score),
            percent(found.value, signed=True),
            bounds(found, signed=True),
        ]
        tallies = ["-" if tally is None else str(tally) for tally in (change.won, change.lost)]
        tests = [
            p_value(change.p),
            "-" if change.name == AVERAGE else p_value(change.adjusted),
            points(change.detectable),
        ]
        table.add_row(change.name, *scores, *tallies, *tests, style="bold" if change.name == AVERAGE else None)
    click.echo()
    _print(table)
    click.echo()


def _print(table: object) -> None:
    from rich.console import Console

    Console(width=None if sys.stdout.isatty() else 200).print(table)
