"""A report as a page of HTML and as Markdown."""

from __future__ import annotations

import re
from typing import Any

from markupsafe import Markup

from cgd_recipes.files.markdown import markdown_cell
from cgd_recipes.files.templates import render_file
from cgd_recipes.reporting import charts, words
from cgd_recipes.reporting.cases import MOST
from cgd_recipes.reporting.comparison import Comparison, Pair
from cgd_recipes.reporting.page import html_page, shown
from cgd_recipes.reporting.report import Report
from cgd_recipes.reporting.scorecard import main_ks
from cgd_recipes.reporting.statistics.scores import Floats
from cgd_recipes.reporting.training import Training


class Charts:
    """What the templates draw, and what they ask of a report."""

    def scores(self, report: Report) -> Markup:
        """Scores of all models by benchmark."""
        rows = {
            name: [
                (shown(model.label), index, model.cards[name].score)
                for index, model in enumerate(report.models)
                if name in model.cards and 0 <= model.cards[name].score.high <= 1
            ]
            for name in report.benchmarks
        }
        return charts.bars({shown(name): found for name, found in rows.items() if found})

    def changes(self, comparison: Comparison) -> Markup:
        """Differences by benchmark."""
        found = comparison.by_name.values()
        return charts.forest([(shown(each.name), each.difference.interval, each.is_seen) for each in found])

    def pairs(self, comparison: Comparison) -> list[Pair]:
        """Benchmarks whose scores are shares."""
        return [each for each in comparison.pairs if _are_shares(each.baseline) and _are_shares(each.model)]

    def questions(self, pair: Pair, comparison: Comparison) -> Markup:
        """Questions of one benchmark."""
        title = f"{shown(pair.name)}: share of right samples of each question"
        points = list(zip(pair.baseline.tolist(), pair.model.tolist(), strict=True))
        return charts.scatter(title, points, (shown(comparison.baseline), shown(comparison.model)))

    def several(self, report: Report) -> list[str]:
        """Benchmarks with several samples."""
        return [
            name for name in report.benchmarks if any(m.cards[name].pass_at for m in report.models if name in m.cards)
        ]

    def pass_at(self, report: Report, name: str) -> Markup:
        """pass@k of all models on one benchmark."""
        lines = [
            (shown(model.label), index, model.cards[name].pass_at)
            for index, model in enumerate(report.models)
            if name in model.cards and model.cards[name].pass_at
        ]
        return charts.curves(f"pass@k over k, {shown(name)}, with 95 % bands", lines)

    def loss(self, label: str, index: int, training: Training) -> Markup:
        """The loss of one training."""
        return charts.loss_curve(shown(label), index, training.losses)

    def losses(self, training: Training) -> list[tuple[int, str]]:
        """The losses as numbers; of many, every n-th, and the last."""
        points = training.losses
        every = max(1, len(points) // 40)
        return [(step, f"{loss:.4g}") for step, loss in [*points[:-1:every], points[-1]]]

    def marks(self, report: Report) -> list[str]:
        """What stands above tables of all models where some were measured differently; one line at most."""
        found = [words.mark(against.comparison) for against in report.against]
        return list(dict.fromkeys(filter(None, found)))[:1]

    def protocols(self, report: Report) -> list[str]:
        """What the publications do otherwise."""
        tables = [each.table for model in report.models for each in model.published]
        return list(dict.fromkeys(line for table in tables for line in table.protocol))


def report_page(report: Report) -> str:
    """The page; every text in it is escaped, and characters that would not be seen are named."""
    benchmarks = dict.fromkeys(shown(case.benchmark) for against in report.against for case in against.cases)
    return html_page(
        "report/report.html.j2", _title(report), most_cases=MOST, case_benchmarks=list(benchmarks), **_values(report)
    )


def markdown(report: Report) -> str:
    """The tables in Markdown, without the cases."""
    text = render_file("report/report.md.j2", title=_title(report), cell=markdown_cell, **_values(report))
    return re.sub(r"\n{3,}", "\n\n", text).rstrip() + "\n"


def _title(report: Report) -> str:
    names = [shown(model.label) for model in report.models]
    return "Report: " + ", ".join(names) if names else "The published scores of CGD and CFT"


def _values(report: Report) -> dict[str, Any]:
    functions = (
        "percent",
        "bounds",
        "p_value",
        "points",
        "count",
        "finding",
        "seeds",
        "mark",
        "printed",
        "trained",
        "generated",
        "money",
    )
    values = {name: getattr(words, name) for name in functions}
    return {
        **values, "report": report, "charts": Charts(), "main_ks": main_ks, "share": _share, "number": _number,
    }  # fmt: skip


def _are_shares(scores: Floats) -> bool:
    return bool(scores.min() >= 0 and scores.max() <= 1)


def _share(value: Any) -> str:
    return words.percent(value) if isinstance(value, int | float) else "-"


def _number(value: Any) -> str:
    return f"{value:,.0f}" if isinstance(value, int | float) else "-"
