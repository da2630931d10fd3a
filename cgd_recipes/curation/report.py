"""The data report: what curation found in rows, as a page, as Markdown and as JSON."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import partial
from math import ceil
from typing import Any, NamedTuple

from markupsafe import Markup

from cgd_recipes.curation.curate import Both, Curation
from cgd_recipes.curation.ratings import ratings
from cgd_recipes.curation.survey import CLUSTERS, SAMPLE, STEP, WORST, Shown
from cgd_recipes.curation.tally import Figure, figure_text
from cgd_recipes.data.counts import Counts
from cgd_recipes.files.markdown import markdown_cell
from cgd_recipes.files.templates import render_file
from cgd_recipes.reporting import charts, words
from cgd_recipes.reporting.generation_cost import GenerationCost
from cgd_recipes.reporting.page import encodable, html_page, shown

_BINS = 20
_MOST = 0.99  # of the texts are inside the histogram; its last bin holds the others too
FILTERED = ("verdict", "student", "refined", "leaks", "contaminated", "fate")
"""Facts by which the rows of the page can be chosen."""


class DataReport(NamedTuple):
    """What a data report is about.

    Attributes:
        name: of the recipe or file.
        source: where the rows come from.
        counts: of the rows of the source.
        curation: after the rows went through it.
        cost: of generating the rows; None where it is not known.
        generated: `rows` of the manifest of the triples; None for rows that no recipe generated.
    """

    name: str
    source: str
    counts: Counts
    curation: Curation
    cost: GenerationCost | None = None
    generated: Mapping[str, Any] | None = None

    def funnel(self) -> list[tuple[str, int]]:
        """Step -> rows that are left after it; what is not examined cannot be used, or was not needed."""
        steps: list[tuple[str, int]] = []
        if self.generated:
            left = self.generated["drawn"]
            steps.append(("asked", left))
            for why, count in (self.generated["failed"] | self.generated.get("not_accepted", {})).items():
                left -= count
                steps.append((why, left))
        left = self.curation.examined.rows
        steps += [("read", self.counts.read), ("examined", left)]
        dropped: Counter[str] = Counter()
        for why, count in self.counts.dropped.items():
            dropped[why.text.partition(":")[0].removeprefix("curate.")] += count
        for key, count in dropped.items():
            left -= count
            steps.append((key, left))
        return [*steps, ("used", self.curation.kept.rows)]

    def matrix(self) -> dict[str, Counter[str]]:
        """Verdict -> grade of the student's answer -> rows."""
        return self.curation.examined.crossed("verdict", "student")

    def clusters(self) -> list[tuple[str, str, int]]:
        """Field, first row, and rows that repeat it, of the largest clusters."""
        return [(*key, count) for key, count in self.curation.survey.clusters.most_common(CLUSTERS)]


def report_files(report: DataReport) -> dict[str, str]:
    """Name of a file -> its text."""
    return {
        "data.html": encodable(_page(report)),
        "data.md": encodable(_markdown(report)),
        "data.json": json.dumps(report_json(report), indent=2, ensure_ascii=True) + "\n",
    }


def report_json(report: DataReport) -> dict[str, Any]:
    """The figures for machines."""
    curation, counts = report.curation, report.counts
    return {
        "name": report.name,
        "source": report.source,
        "rows": {
            **({"generated": dict(report.generated)} if report.generated else {}),
            "read": counts.read,
            "rejected": dict(sorted(counts.rejected.items())),
            "dropped": {why.text: count for why, count in sorted(counts.dropped.items())},
            "examined": curation.examined.rows,
            "used": curation.kept.rows,
        },
        "figures": {
            both.share.name: {
                "of": both.share.title,
                "better": "more" if both.share.is_good else "less",
                "examined": _figure_json(both.examined),
                "used": _figure_json(both.used),
            }
            for both in curation.figures()
        },
        "verdict_against_truth": {verdict: dict(sorted(row.items())) for verdict, row in report.matrix().items()},
        "ratings": [
            {
                "name": rating.name,
                "by_verdict": {
                    group.verdict: {
                        "mean": group.mean,
                        "sd": group.deviation,
                        "counts": dict(sorted(group.counts.items())),
                    }
                    for group in rating.groups
                },
                "effect": rating.effect and rating.effect._asdict(),
            }
            for rating in ratings(curation.examined)
        ],
        "clusters": [{"field": field, "first": first, "repeats": count} for field, first, count in report.clusters()],
        "cost": [stage._asdict() for stage in report.cost.stages] if report.cost else None,
    }


def _figure_json(figure: Figure | None) -> dict[str, float] | None:
    if figure is None:
        return None
    found = figure.interval
    return {"rows": figure.hits, "of": figure.total, "share": found.value, "low": found.low, "high": found.high}


def _page(report: DataReport) -> str:
    survey = report.curation.survey
    rows = survey.rows
    choices: dict[str, list[str]] = {}
    for name in FILTERED[:-1]:
        values = sorted({row.facts[name] for row in rows if name in row.facts})
        choices |= {name: values} if len(values) > 1 else {}
    return html_page(
        "report/data.html.j2", f"Data: {shown(report.name)}", rows=rows, choices={**choices, "fate": ["used", "dropped"]},
        charts=_Charts(), breakable=_breakable, unbroken=_unbroken, faults_text=partial(_faults_text, report),
        most_worst=WORST, most_sample=SAMPLE, lengths=dict(_lengths(report)), **_values(report),
    )  # fmt: skip


def _breakable(name: str) -> Markup:
    """The name of a figure, which may be broken behind its underscores."""
    return Markup("_<wbr>").join(name.split("_"))


def _unbroken(figure: str) -> str:
    """A figure whose interval stays in one line."""
    return figure.replace(", ", ",\u00a0").replace("% of ", "%\u00a0of\u00a0")


def _faults_text(report: DataReport, row: Shown) -> str:
    """`lowers refined accuracy; raises leakage, loops`: how a row speaks against figures."""
    good = {share.name for share in report.curation.shares if share.is_good}
    parts = []
    for word, names in (
        ("lowers", [n for n in row.faults if n in good]),
        ("raises", [n for n in row.faults if n not in good]),
    ):
        if names:
            parts.append(f"{word} {', '.join(names).replace('_', ' ')}")
    return "; ".join(parts) or "nothing found"


def _markdown(report: DataReport) -> str:
    text = render_file("report/data.md.j2", cell=markdown_cell, **_values(report))
    return re.sub(r"\n{3,}", "\n\n", text).rstrip() + "\n"


def _values(report: DataReport) -> dict[str, Any]:
    return {
        "report": report, "counts": report.counts, "curation": report.curation, "figures": report.curation.figures(),
        "matrix": report.matrix(), "ratings": list(ratings(report.curation.examined)), "percent": figure_text,
        "grades": ("right", "wrong", "unanswered"), "bounds": words.bounds, "money": words.money,
        "verdicts_true": dict(_verdicts_true(report)),
    }  # fmt: skip


def _verdicts_true(report: DataReport) -> Iterator[tuple[str, Figure]]:
    share = next(share for share in report.curation.shares if share.name == "verdict_accuracy")
    for verdict in report.matrix():
        figure = report.curation.examined.figure(share, verdict=verdict)
        if figure:
            yield verdict, figure


def _lengths(report: DataReport) -> Iterator[tuple[str, list[tuple[float, float, int]]]]:
    """Field -> bins of its lengths in tokens."""
    for name, found in report.curation.survey.lengths.items():
        total, seen, top = found.total(), 0, 0
        for top in sorted(found):
            seen += found[top]
            if seen >= _MOST * total:
                break
        width = max(STEP, ceil((top + STEP) / _BINS / STEP) * STEP)
        bins = Counter(min(length // width, _BINS - 1) for length in found.elements())
        yield name, [(place * width, (place + 1) * width, bins[place]) for place in range(max(bins) + 1)]


class _Charts:
    """What the template draws."""

    def funnel(self, report: DataReport) -> Markup:
        """Rows after each step."""
        return charts.funnel("Rows after each step", report.funnel())

    def figures(self, figures: list[Both]) -> Markup:
        """Shares of examined and of used rows."""
        return charts.bars(
            {
                both.share.name.replace("_", " "): [
                    (f"{both.share.title}: {when}", index, figure.interval)
                    for index, (when, figure) in enumerate((("examined", both.examined), ("used", both.used)))
                    if figure
                ]
                for both in figures
            }
        )

    def lengths(self, name: str, bins: list[tuple[float, float, int]], index: int) -> Markup:
        """Lengths of one field."""
        return charts.histogram(f"Lengths of {name.replace('_', ' ')}", bins, "tokens, estimated", index)
