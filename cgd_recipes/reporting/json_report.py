"""Comparisons and reports as JSON values; schemas/report.schema.json has their shape."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from typing import Any

from cgd_recipes.reporting.comparison import Change, Comparison
from cgd_recipes.reporting.gate import Answer, Decision
from cgd_recipes.reporting.statistics.scores import Interval


def comparison_json(comparison: Comparison) -> dict[str, Any]:
    """A comparison; scores and differences are shares, not percent."""
    return {
        "baseline": comparison.baseline,
        "model": comparison.model,
        "comparable": not comparison.mismatches,
        "mismatches": [each._asdict() for each in comparison.mismatches],
        "missing": list(comparison.missing),
        "benchmarks": [change_json(change) for change in comparison.changes],
        "average": change_json(comparison.average) if comparison.average else None,
    }


def change_json(change: Change) -> dict[str, Any]:
    """One row of a comparison."""
    return {
        "name": change.name,
        "baseline": change.baseline,
        "score": change.score,
        "difference": interval_json(change.difference.interval),
        "p": change.p,
        "p_holm": change.adjusted,
        "detectable": _finite(change.detectable),
        "won": change.won,
        "lost": change.lost,
        "questions": change.questions,
        "samples": list(change.samples),
        "verdict": change.verdict,
    }


def interval_json(interval: Interval) -> dict[str, float | None]:
    """An estimate with its bounds; null for a bound at infinity."""
    return {name: _finite(value) for name, value in interval._asdict().items()}


def decision_json(comparison: Comparison, decisions: Sequence[Decision], answer: Answer) -> dict[str, Any]:
    """What a gate says."""
    return {
        "answer": str(answer),
        "requirements": [
            {"require": str(each.requirement), "answer": str(each.answer), **change_json(each.change)}
            for each in decisions
        ],
        "comparable": not comparison.mismatches,
        "mismatches": [each._asdict() for each in comparison.mismatches],
    }


def _finite(value: float) -> float | None:
    return value if isfinite(value) else None
