"""`cgd-recipe inspect`: what is in rows, as a page, Markdown and JSON."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from cgd_recipes import __version__
from cgd_recipes.commands.console import print_json, progress, say
from cgd_recipes.curation.report import report_files, report_json
from cgd_recipes.curation.tally import figure_text
from cgd_recipes.files.output import OutputFolder
from cgd_recipes.files.ownership import INSPECT, MANIFEST, MANIFEST_VERSION
from cgd_recipes.rendering.inspect import holds_rows, inspect_rows, load_inspected


def run_inspect(name: str, settings: tuple[str, ...], output: Path | None, *, as_json: bool) -> None:
    """`cgd-recipe inspect`.

    Raises:
        RecipeError: rows that cannot be read, mistakes in the recipe, or a folder that cannot be written to.
    """
    recipe = load_inspected(name, settings)
    target = output or recipe.build_folder(".data")
    with OutputFolder(target, INSPECT) as folder:
        with progress() as tick, tempfile.TemporaryDirectory() as lists:
            report = inspect_rows(recipe, Path(lists), any_rows=holds_rows(name), progress=tick)
            for path in sorted(Path(lists).iterdir()):
                folder.write(path.name, path.read_text(encoding="utf-8"))
        for file, text in report_files(report).items():
            folder.write(file, text)
        outputs = folder.staged()
        manifest = {"manifest_version": MANIFEST_VERSION, "command": INSPECT.name, "cgd-recipes": __version__}
        folder.write(MANIFEST, json.dumps({**manifest, "outputs": outputs}, indent=2) + "\n")
        folder.publish(outputs)
    if as_json:
        print_json({"folder": str(target), **report_json(report)})
        return
    for both in report.curation.figures():
        say(f"{both.share.name:20} {figure_text(both.examined)}")
    say(f"{target / 'data.html'} written, with data.md and data.json beside it")
