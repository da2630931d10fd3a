"""The steps of a run: commands of this program in their order, with what each is made from and what it leaves."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import orjson

from cgd_recipes import __version__
from cgd_recipes.curation.evaluated import evaluated_file
from cgd_recipes.data.source import file_hashes, open_source
from cgd_recipes.errors import one_line
from cgd_recipes.evaluation.job import RESULTS, make_job
from cgd_recipes.evaluation.settings import EvalSettings, data_of
from cgd_recipes.files.hashes import file_sha256, folder_state
from cgd_recipes.files.ownership import MANIFEST, read_manifest
from cgd_recipes.files.yaml_out import dump_yaml
from cgd_recipes.generation.settings import load_generation
from cgd_recipes.generation.triples import made_from as made_from_rows
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
        file = str(recipe_file(study, cell))
        needs = [f"train-{cell.start.name}"] if cell.start else []
        if cell.trains and cell.recipe.generate is not None:
            if cell.generated not in generated:
                steps.append(_generate(cell, file, needs))
                generated[cell.generated] = steps[-1].name
            needs = [*needs, generated[cell.generated]]
        if cell.trains:
            steps.append(_render(cell, file, needs))
            steps.append(_train(cell, needs=[steps[-1].name]))
        if cell.reports:
            steps.append(_evaluate(cell, file))
    return [*steps, *(_report(study, baseline, cells) for baseline, cells in study.reports().items())]


def recipe_file(study: Study, cell: Cell) -> Path:
    """The file that holds a cell's whole recipe. Its name tells what is in it: a changed recipe has another file."""
    digest = hashlib.sha256(recipe_text(study, cell).encode()).hexdigest()[:8]
    return study.folder / f"{cell.name}.{digest}.yaml"


def recipe_text(study: Study, cell: Cell) -> str:
    """What that file holds."""
    return f"# Written by `cgd-recipe run`: change {one_line(study.source)}, not this file.\n" + dump_yaml(cell.values)


def _generate(cell: Cell, file: str, needs: Iterable[str]) -> Step:
    def made_from() -> dict[str, Any]:
        generation = load_generation(cell.plan, to_run=False)
        identity = {"files": file_hashes(open_source(cell.recipe))}
        section = {**cell.values["generate"], "output": None, "journal": None}
        return {
            **made_from_rows(generation, identity),
            **_student(cell),
            "section": section,
            "data": cell.recipe.data,
            "against": _evaluated(cell) if section.get("accept") else None,
        }

    arguments = ["generate", file]
    return Step("generate", cell.name, arguments, made_from, lambda: _written(cell.generated), tuple(needs))


def _render(cell: Cell, file: str, needs: Iterable[str]) -> Step:
    def made_from() -> dict[str, Any]:
        made = {
            "recipe": cell.values,
            **_student(cell),
            **read_files(cell.plan),
            "against": _evaluated(cell) if cell.recipe.values.get("curate") else None,
        }
        if cell.recipe.generate is not None:
            return {**made, "generated": _written(cell.generated)}
        return {**made, "files": file_hashes(open_source(cell.recipe))}

    arguments = ["render", file, "-o", str(cell.rendered)]
    return Step("render", cell.name, arguments, made_from, lambda: _written(cell.rendered), tuple(needs))


def _train(cell: Cell, needs: Iterable[str]) -> Step:
    def made_from() -> dict[str, Any]:
        manifest = read_manifest(cell.rendered) or {}
        return {**_student(cell), "rendered": manifest.get("outputs")}

    arguments = ["train", str(cell.rendered)]
    return Step("train", cell.name, arguments, made_from, lambda: _state(cell.model), tuple(needs))


def _evaluate(cell: Cell, file: str) -> Step:
    def made_from() -> dict[str, Any]:
        settings = EvalSettings.of(cell.recipe)
        job = make_job(cell.plan, settings, cell.model, cell.results.absolute(), limit=None, python="")
        return {
            "eval": job.config,
            "settings": asdict(settings),
            "tasks": job.files,
            "seeds": job.seeds,
            "data": [file_sha256(path) for path in job.data],
            "model": _state(cell.model),
        }

    arguments = ["eval", file, "--model", cell.model, "-o", str(cell.results)]
    needs = (f"train-{cell.name}",) if cell.trains else ()
    return Step("evaluate", cell.name, arguments, made_from, lambda: _file(cell.results / RESULTS), needs)


def _report(study: Study, baseline: str, cells: list[Cell]) -> Step:
    folder = study.report_folder(baseline)
    runs = [f"{cell.label}={cell.results}" for cell in cells]
    against = ["--baseline", baseline] if len({cell.label for cell in cells}) > 1 else []
    arguments = ["report", *runs, *against, "-o", str(folder)]

    def made_from() -> dict[str, Any]:
        results = {cell.name: _file(cell.results / RESULTS) for cell in cells}
        return {"arguments": arguments, "results": results}

    needs = tuple(f"evaluate-{cell.name}" for cell in cells)
    name = folder.name.removesuffix("-report")
    return Step("report", name, arguments, made_from, lambda: _written(folder), needs)


def _evaluated(cell: Cell) -> dict[str, Any]:
    """Local questions of the evaluation, which decontamination compares with."""
    recipe = cell.recipe
    folder = data_of(recipe)
    found = {path.name: file_sha256(path) for path in sorted(Path(folder).glob("*.jsonl"))} if folder else {}
    if recipe.values.get("curate"):
        for index in range(len(recipe.curate["decontaminate"]["against"])):
            path = evaluated_file(recipe, index)
            if path and path.is_file():
                found[str(path)] = file_sha256(path)
    return found


def _student(cell: Cell) -> dict[str, Any]:
    values = cell.values
    return {"student": cell.student, "revision": values.get("student_revision"), "state": _state(cell.student)}


def _state(model: str) -> str | None:
    return folder_state(Path(model))


def _file(path: Path) -> str | None:
    return file_sha256(path) if path.is_file() else None


def _written(folder: Path) -> str | None:
    """A hash of a folder's manifest and of the sizes of its files; None where one of them is missing."""
    manifest = read_manifest(folder)
    if manifest is None:
        return None
    paths = [folder / name for name in manifest["outputs"]]
    if not all(path.is_file() for path in paths):
        return None
    content = orjson.dumps([_file(folder / MANIFEST), [path.stat().st_size for path in paths]])
    return hashlib.sha256(content).hexdigest()
