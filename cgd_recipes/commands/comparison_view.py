"""A comparison as tables for people."""

from __future__ import annotations

from cgd_recipes.commands.console import cells, say, table_console, warn
from cgd_recipes.reporting.comparison import Comparison
from cgd_recipes.reporting.evaluations import Model
from cgd_recipes.reporting.gate import Answer, Decision
from cgd_recipes.reporting.scorecard import scorecards
from cgd_recipes.reporting.words import bounds, count, finding, mark, p_value, percent, points, seeds, with_bounds


def print_comparison(comparison: Comparison, models: list[Model]) -> None:
    """Print scores, differences, findings in words and warnings; scores in percent, 95 % intervals in brackets."""
    _print_mark(comparison)
    _print_scores(models)
    _print_changes(comparison)
    for change in [*comparison.changes, *([comparison.average] if comparison.average else [])]:
        say(finding(change))
    if comparison.missing:
        say(f"not compared, because only one run has them: {', '.join(comparison.missing)}")
    warn(f"{each.label}: {warning}" for model in models for each in model.trainings for warning in each.warnings)


def print_decisions(decisions: list[Decision], answer: Answer) -> None:
    """Print what each requirement came to, and the answer last."""
    for requirement, change, each in decisions:
        name = f" ({change.name})" if change.name != requirement.name else ""
        shown = with_bounds(change.difference.interval, signed=True)
        say(f"{requirement}{name}: {each}; the difference is {shown}, p {p_value(change.p)}")
    say(str(answer))


def _print_mark(comparison: Comparison) -> None:
    if text := mark(comparison):
        say(text)
        for each in comparison.mismatches:
            say(f"  {each}")
        say("")


def _print_scores(models: list[Model]) -> None:
    from rich.table import Table

    table = Table("benchmark", "model", "score", "95 %", "right", "answered", "truncated", "words", "seeds", box=None)
    cards = {model.label: scorecards(model) for model in models}
    for name in models[0].benchmarks:
        for label, card in [(label, found[name]) for label, found in cards.items() if name in found]:
            shares = [percent(card.shares[key]) if key in card.shares else "-" for key in ("answered", "truncated")]
            words = "-" if card.words is None else f"{card.words:.0f}"
            shown = [percent(card.score.value), bounds(card.score), count(card), *shares, words, seeds(card)]
            table.add_row(*cells(name, label, *shown))
    table_console().print(table)


def _print_changes(comparison: Comparison) -> None:
    from rich.table import Column, Table

    if text := mark(comparison):
        say("", text)
    labels = [Column(label) for label in cells(comparison.baseline, comparison.model)]
    table = Table("benchmark", *labels, "difference", "95 %", "won", "lost", "p", "p (Holm)", "could show", box=None)
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
            "-" if change.is_average else p_value(change.adjusted),
            points(change.detectable),
        ]
        table.add_row(*cells(change.name, *scores, *tallies, *tests), style="bold" if change.is_average else None)
    say("")
    table_console().print(table)
    say("")
