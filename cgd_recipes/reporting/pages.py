"""A report as a page of HTML and as Markdown. The page is one file, runs one script of ours, and loads nothing."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from cgd_recipes import __version__
from cgd_recipes.errors import visible
from cgd_recipes.files.shipped import data_root
from cgd_recipes.files.templates import render_file, render_page
from cgd_recipes.reporting import charts, words
from cgd_recipes.reporting.cases import MOST
from cgd_recipes.reporting.comparison import Comparison
from cgd_recipes.reporting.paper import Average, Row, Table, claims
from cgd_recipes.reporting.report import Report
from cgd_recipes.reporting.training import Training

_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>()#+!|~])")


class Charts:
    """What the templates draw, and what they ask of a report."""

    def scores(self, report: Report) -> Markup:
        """Scores of all models by benchmark."""
        rows = {
            name: [
                (visible(model.label), index, model.cards[name].score)
                for index, model in enumerate(report.models)
                if name in model.cards and 0 <= model.cards[name].score.high <= 1
            ]
            for name in report.benchmarks
        }
        return charts.bars({visible(name): found for name, found in rows.items() if found})

    def changes(self, comparison: Comparison) -> Markup:
        """Differences by benchmark."""
        found = comparison.by_name.values()
        return charts.forest([(visible(each.name), each.difference.interval, each.is_seen) for each in found])

    def pairs(self, name: str, pairs: Sequence[tuple[float, float]], comparison: Comparison) -> Markup:
        """Questions of one benchmark."""
        title = f"{visible(name)}: share of right samples of each question"
        return charts.scatter(title, pairs, (visible(comparison.baseline), visible(comparison.model)))

    def several(self, report: Report) -> list[str]:
        """Benchmarks with several samples."""
        return [
            name for name in report.benchmarks if any(m.cards[name].pass_at for m in report.models if name in m.cards)
        ]

    def pass_at(self, report: Report, name: str) -> Markup:
        """pass@k of all models on one benchmark."""
        lines = [
            (visible(model.label), index, model.cards[name].pass_at)
            for index, model in enumerate(report.models)
            if name in model.cards and model.cards[name].pass_at
        ]
        return charts.curves(f"pass@k over k, {visible(name)}, with 95 % bands", lines)

    def loss(self, label: str, index: int, training: Training) -> Markup:
        """The loss of one training."""
        return charts.loss_curve(visible(label), index, training.losses)

    def protocols(self, report: Report) -> list[str]:
        """What the publications do otherwise."""
        tables = [each.table for model in report.models for each in model.published]
        return list(dict.fromkeys(line for table in tables for line in table.protocol))

    def wrong_averages(self, table: Table) -> list[tuple[Row, Average]]:
        """Printed averages that are not the mean of their cells."""
        return [(row, average) for row in table.rows for average in row.averages if not average.agrees]


def html_page(report: Report) -> str:
    """The page; every text in it is escaped, and characters that would not be seen are named."""
    script = (data_root() / "templates" / "report" / "report.js").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    values = {"script": Markup(script), "script_sha256": digest, "shown": _shown, "colour": charts.colour}  # noqa: S704
    return render_page("report/report.html.j2", most_cases=MOST, version=__version__, **values, **_values(report))


def markdown(report: Report) -> str:
    """The tables in Markdown, without the cases."""
    text = render_file("report/report.md.j2", cell=_cell, **_values(report))
    return re.sub(r"\n{3,}", "\n\n", text).rstrip() + "\n"


def _values(report: Report) -> dict[str, Any]:
    names = [model.label for model in report.models]
    title = "Report: " + ", ".join(map(visible, names)) if names else "The published scores of CGD and CFT"
    functions = ("percent", "bounds", "p_value", "points", "count", "finding", "seeds", "mark")
    values = {name: getattr(words, name) for name in functions}
    return {
        **values, "report": report, "title": title, "charts": Charts(), "claims": claims, "share": _share, "number": _number,
    }  # fmt: skip


def _shown(value: object) -> str:
    return visible(str(value))


def _cell(value: object) -> str:
    """Text of others in a table of Markdown: on one line, and none of it markup."""
    return _MARKDOWN.sub(r"\\\1", " ".join(visible(str(value)).split()))


def _share(value: Any) -> str:
    return words.percent(value) if isinstance(value, int | float) else "-"


def _number(value: Any) -> str:
    return f"{value:,.0f}" if isinstance(value, int | float) else "-"
