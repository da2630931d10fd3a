"""`cgd-recipe report`: a page, Markdown and JSON about finished evaluations."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from cgd_recipes import __version__
from cgd_recipes.commands.compare import chosen_metrics
from cgd_recipes.commands.console import say
from cgd_recipes.errors import user_error
from cgd_recipes.files.output import OutputFolder
from cgd_recipes.files.ownership import MANIFEST, MANIFEST_VERSION, REPORT
from cgd_recipes.reporting.json_report import report_json
from cgd_recipes.reporting.page import encodable
from cgd_recipes.reporting.reading.evaluation import names_of, read_models
from cgd_recipes.reporting.report import Report, make_report, paper_report
from cgd_recipes.reporting.report_page import markdown, report_page


def run_report(
    runs: Sequence[str],
    baseline: str | None,
    output: Path,
    metrics: Sequence[str],
    *,
    anyway: bool,
    paper: bool,
) -> None:
    """`cgd-recipe report`: write report.html, report.md and report.json.

    Args:
        runs: see `read_models`.
        baseline: another one, which the others are compared with; or the label of one of them.
        output: folder.
        metrics: `TASK=METRIC` texts.
        anyway: compare also what was measured differently.
        paper: the published tables alone.

    Raises:
        RecipeError: a run that cannot be read or compared, or a folder that cannot be written to.
    """
    report = paper_report() if paper else _report(runs, baseline, metrics, anyway)
    with OutputFolder(output, REPORT) as folder:
        folder.write("report.html", encodable(report_page(report)))
        folder.write("report.md", encodable(markdown(report)))
        folder.write("report.json", json.dumps(report_json(report), indent=2) + "\n")
        outputs = folder.staged()
        manifest = {"manifest_version": MANIFEST_VERSION, "command": REPORT.name, "cgd-recipes": __version__}
        folder.write(MANIFEST, json.dumps({**manifest, "outputs": outputs}, indent=2) + "\n")
        folder.publish(outputs)
    say(f"{output / 'report.html'} written, with report.md and report.json beside it")


def _report(runs: Sequence[str], baseline: str | None, metrics: Sequence[str], anyway: bool) -> Report:
    if not runs:
        raise user_error("RUN", "name at least one results folder, or use --paper for the published tables")
    first = [baseline] if baseline and not any(baseline in names_of(run) for run in runs) else []
    models = read_models([*first, *runs], chosen_metrics(metrics))
    label = models[0].label if first else baseline
    return make_report(models, label, anyway)
