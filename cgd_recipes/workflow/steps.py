"""The steps of a run: commands of this program in their order, with what each is made from and what it leaves."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from cgd_recipes import __version__
from cgd_recipes.data.source import file_hashes, open_source
from cgd_recipes.evaluation.job import RESULTS, make_job
from cgd_recipes.evaluation.settings import EvalSettings
from cgd_recipes.files.hashes import file_sha256, folder_state
from cgd_recipes.files.ownership import MANIFEST, read_manifest
from cgd_recipes.generation.settings import load_generation
from cgd_recipes.rendering.manifest import read_files
from cgd_recipes.workflow.cells import Cell, Study


@dataclass(frozen=True)
class Step:
    """One command of a run.

    Attributes:
        kind: one of `KINDS`.
        cell: name of the cell that it is for; that of the report for a report.
        arguments: of the command line, after the program's name.
        made_from: gives what the step's result depends on; it can be called once the steps before are done.
        result: gives a hash of what the step leaves; None where that is not there.
        needs: names of the steps whose results it reads.
    """

    kind: str
    cell: str
    arguments: list[str]
    made_from: Callable[[], dict[str, Any]]
    result: Callable[[], str | None]
    needs: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Unique in its run."""
        return f"{self.kind}-{self.cell}"

    @property
    def job(self) -> str:
        """The job that it belongs to: generation and the report are one each, and so is all else of a cell."""
        return self.name if self.kind in ("generate", "report") else self.cell

    def inputs(self) -> str:
        """A hash of what the step's result depends on, this program's version included."""
        content = orjson.dumps([__version__, self.kind, self.made_from()], option=orjson.OPT_SORT_KEYS, default=str)
        return hashlib.sha256(content).hexdigest()


def steps_of(study: Study) -> list[Step]:
    """Every step of a study, each after those that it needs. Rows that several cells share are generated once."""
    steps: list[Step] = []
    generated: dict[Path, str] = {}
    for cell in study.cells:
        needs = [f"train-{cell.start.name}"] if cell.start else []
        if cell.trains and cell.recipe.generate is not None:
            if cell.generated not in generated:
                steps.append(_generate(study, cell, needs))
                generated[cell.generated] = steps[-1].name
            needs = [*needs, generated[cell.generated]]
        if cell.trains:
            steps.append(_render(study, cell, needs))
            steps.append(_train(cell, needs=[steps[-1].name]))
        if cell.reports:
            steps.append(_evaluate(study, cell))
    return [*steps, *(_report(study, baseline, cells) for baseline, cells in study.reports().items())]


def recipe_file(study: Study, cell: Cell) -> Path:
    """The file that holds a cell's recipe, where the run writes one."""
    return study.folder / f"{cell.name}.yaml"


def _named(study: Study, cell: Cell) -> list[str]:
    """How a command names a cell's recipe."""
    return list(cell.arguments) or [str(recipe_file(study, cell))]


def _generate(study: Study, cell: Cell, needs: Iterable[str]) -> Step:
    def made_from() -> dict[str, Any]:
        generation = load_generation(cell.plan, to_run=False)
        return {**_source(cell), **_student(cell), "generate": generation.describe(), "section": cell.recipe.generate}

    manifest = cell.generated / MANIFEST
    return Step(
        "generate", cell.name, ["generate", *_named(study, cell)], made_from, lambda: _file(manifest), tuple(needs)
    )


def _render(study: Study, cell: Cell, needs: Iterable[str]) -> Step:
    def made_from() -> dict[str, Any]:
        made = {"recipe": cell.values(), **_student(cell), **read_files(cell.plan)}
        if cell.recipe.generate is not None:
            return {**made, "generated": _file(cell.generated / MANIFEST)}
        return {**made, **_source(cell)}

    arguments = ["render", *_named(study, cell), "-o", str(cell.rendered)]
    return Step("render", cell.name, arguments, made_from, lambda: _file(cell.rendered / MANIFEST), tuple(needs))


def _train(cell: Cell, needs: Iterable[str]) -> Step:
    def made_from() -> dict[str, Any]:
        manifest = read_manifest(cell.rendered) or {}
        return {**_student(cell), "rendered": manifest.get("outputs")}

    arguments = ["train", str(cell.rendered)]
    return Step("train", cell.name, arguments, made_from, lambda: _state(cell.model), tuple(needs))


def _evaluate(study: Study, cell: Cell) -> Step:
    def made_from() -> dict[str, Any]:
        settings = EvalSettings.of(cell.recipe)
        job = make_job(cell.plan, settings, cell.model, cell.results.absolute(), limit=None, python="")
        config = {key: value for key, value in job.config.items() if key != "output_path"}
        data = [file_sha256(path) for path in job.data]
        return {"eval": config, "tasks": job.files, "seeds": job.seeds, "data": data, "model": _state(cell.model)}

    arguments = ["eval", *_named(study, cell), "--model", cell.model, "-o", str(cell.results)]
    needs = (f"train-{cell.name}",) if cell.trains else ()
    return Step("evaluate", cell.name, arguments, made_from, lambda: _file(cell.results / RESULTS), needs)


def _report(study: Study, baseline: str, cells: list[Cell]) -> Step:
    folder = study.report_folder(baseline)

    def made_from() -> dict[str, Any]:
        return {cell.name: [cell.label, _file(cell.results / RESULTS)] for cell in cells}

    runs = [f"{cell.label}={cell.results}" for cell in cells]
    against = ["--baseline", baseline] if len({cell.label for cell in cells}) > 1 else []
    arguments = ["report", *runs, *against, "-o", str(folder)]
    needs = tuple(f"evaluate-{cell.name}" for cell in cells)
    name = folder.name.removesuffix("-report")
    return Step("report", name, arguments, made_from, lambda: _file(folder / MANIFEST), needs)


def _source(cell: Cell) -> dict[str, Any]:
    """The rows that a cell starts from: the files' hashes, or what names a dataset of the hub."""
    source = open_source(cell.recipe)
    return {"data": cell.recipe.data, "files": file_hashes(source)}


def _student(cell: Cell) -> dict[str, Any]:
    return {"student": cell.student, "revision": cell.recipe.get("student_revision"), "state": _state(cell.student)}


def _state(model: str) -> str | None:
    return folder_state(Path(model))


def _file(path: Path) -> str | None:
    return file_sha256(path) if path.is_file() else None


def recipes_to_write(study: Study) -> Iterator[tuple[Path, Cell]]:
    """The files that hold the recipes of cells, where the user gave none."""
    for cell in study.cells:
        if not cell.arguments:
            yield recipe_file(study, cell), cell
