"""Comparisons and reports as JSON values; schemas/report.schema.json has their shape."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from typing import Any

from cgd_recipes import __version__
from cgd_recipes.reporting.comparison import Change, Comparison
from cgd_recipes.reporting.gate import Answer, Decision
from cgd_recipes.reporting.generation_cost import GenerationCost
from cgd_recipes.reporting.paper import Average, Cell, Table
from cgd_recipes.reporting.report import Against, ModelReport, Report
from cgd_recipes.reporting.scorecard import Scorecard
from cgd_recipes.reporting.statistics.proportion import Interval
from cgd_recipes.reporting.training import Training

REPORT_VERSION = 1


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


def report_json(report: Report) -> dict[str, Any]:
    """A report; scores and shares are from 0 to 1, published scores percent."""
    return {
        "report_version": REPORT_VERSION,
        "cgd_recipes": __version__,
        "models": [_model_json(model) for model in report.models],
        "comparisons": [_against_json(against) for against in report.against],
        "paper": [_table_json(table) for table in report.paper],
    }


def _model_json(model: ModelReport) -> dict[str, Any]:
    return {
        "label": model.label,
        "models": list(model.models),
        "warnings": list(model.warnings),
        "benchmarks": [_card_json(card) for card in model.cards.values()],
        "trainings": [_training_json(each) for each in model.trainings],
        "generations": [_generation_json(each) for each in model.generations],
        "published": [
            {
                "benchmark": each.benchmark,
                "method": each.row.label,
                "source": each.table.source,
                **_cell_json(each.cell),
            }
            for each in model.published
        ],
    }


def _training_json(training: Training) -> dict[str, Any]:
    return {
        "losses": [list(point) for point in training.losses],
        "tokens": training.tokens,
        "trained_tokens": training.trained_tokens,
        "seconds": training.seconds,
        "gpu_hours": training.gpu_hours,
    }


def _generation_json(generation: GenerationCost) -> dict[str, Any]:
    return {
        "seconds": generation.seconds,
        "unfinished": generation.unfinished,
        "cost": generation.cost,
        "stages": [stage._asdict() for stage in generation.stages],
    }


def _card_json(card: Scorecard) -> dict[str, Any]:
    return {
        "name": card.name,
        "metric": card.metric,
        "score": interval_json(card.score),
        "correct": card.correct,
        "questions": card.questions,
        "samples": card.samples,
        "pass_at": {str(k): interval_json(found) for k, found in card.pass_at.items()},
        "majority_at": {str(k): interval_json(found) for k, found in card.majority_at.items()},
        "seeds": card.variation._asdict(),
        "shares": {**card.shares, "distinct": card.distinct, "boxed": card.boxed},
        "words": card.words,
        "steps": card.steps,
    }


def _against_json(against: Against) -> dict[str, Any]:
    drifts = [
        {
            "benchmark": each.benchmark,
            "phrases": list(each.phrases),
            "boxed": list(each.boxed),
            "length": interval_json(each.length) if each.length else None,
        }
        for each in against.drift
    ]
    obedience = [change_json(change) for change in against.obedience]
    cases = [{**case._asdict(), "scores": list(case.scores), "answers": list(case.answers)} for case in against.cases]
    return {**comparison_json(against.comparison), "drift": drifts, "obedience": obedience, "cases": cases}


def _table_json(table: Table) -> dict[str, Any]:
    rows = [
        {
            "method": row.method,
            "teacher": row.teacher,
            "scores": {name: _cell_json(cell) for name, cell in row.cells.items()},
            "averages": [_average_json(average) for average in row.averages],
        }
        for row in table.rows
    ]
    found = [{**claim._asdict(), "paired": claim.paired._asdict(), "verdict": claim.verdict} for claim in table.claims]
    averages = [
        {**claim._asdict(), "difference": interval_json(claim.difference), "verdict": claim.verdict}
        for claim in table.average_claims
    ]
    return {
        "name": table.name,
        "title": table.title,
        "source": table.source,
        "rows": rows,
        "claims": found,
        "average_claims": averages,
    }


def _average_json(average: Average) -> dict[str, Any]:
    interval = interval_json(average.interval) if average.interval else None
    return {**average._asdict(), "interval": interval, "agrees": average.agrees}


def _cell_json(cell: Cell) -> dict[str, Any]:
    return {
        "printed": cell.printed,
        "correct": cell.correct,
        "questions": cell.questions,
        "runs": cell.runs,
        "error": cell.error,
        "possible": cell.is_possible,
        "interval": interval_json(cell.interval) if cell.interval else None,
    }


def _finite(value: float) -> float | None:
    return value if isfinite(value) else None
