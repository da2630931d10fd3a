"""`cgd-recipe render`: a recipe becomes a dataset, a trainer config, and all that goes with them."""

from __future__ import annotations

import inspect
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from cgd_recipes.curation.curate import Curation
from cgd_recipes.data import student_check
from cgd_recipes.data.draw import Draw, for_method
from cgd_recipes.data.lengths import LengthTally
from cgd_recipes.data.measure import make_measure
from cgd_recipes.data.rendered import DataFile, RenderedData, write_data
from cgd_recipes.data.rows import rows_text
from cgd_recipes.data.source import Source, file_hashes, local_files, open_source
from cgd_recipes.data.student import CHECK_SCRIPT, CHECK_SETTINGS, StudentCheck, check_settings
from cgd_recipes.errors import user_error
from cgd_recipes.evaluation.plan import build_eval, eval_task_files
from cgd_recipes.files.listing import listing_place, remove_listing
from cgd_recipes.files.output import OutputFolder
from cgd_recipes.files.ownership import MANIFEST, RENDER, recorded_outputs
from cgd_recipes.files.paths import real_path
from cgd_recipes.files.progress import Progress
from cgd_recipes.files.yaml_out import dump_yaml
from cgd_recipes.generation.triples import from_triples, triples_warnings
from cgd_recipes.recipe.family import find_data_file
from cgd_recipes.recipe.plan import Plan
from cgd_recipes.recipe.recipe import Recipe
from cgd_recipes.rendering.also.write import also_data_files, also_hashes, write_also
from cgd_recipes.rendering.card import dataset_card
from cgd_recipes.rendering.check import check_config, check_recipe
from cgd_recipes.rendering.head import config_text, head_of
from cgd_recipes.rendering.manifest import build_manifest
from cgd_recipes.rendering.resolved import resolved
from cgd_recipes.trainers.launch import build_launch
from cgd_recipes.trainers.plan import make_plan
from cgd_recipes.trainers.protocol import Config
from cgd_recipes.trainers.registry import trainer_of

REJECTED = "data/rejected.jsonl"


@dataclass
class Rendered:
    """What a render gave.

    Attributes:
        folder: the output folder.
        plan: the plan.
        data: the dataset, with what became of the rows.
        student: what its student's own files say.
        warnings: what the user should know.
        outputs: file name -> SHA-256.
    """

    folder: Path
    plan: Plan
    data: RenderedData
    student: StudentCheck
    warnings: list[str]
    outputs: dict[str, str]


def render(recipe: Recipe, folder: Path, *, force: bool = False, dry_run: bool = False, progress: Progress) -> Rendered:
    """Render a recipe into a folder.

    Args:
        recipe: as loaded.
        folder: output folder; created, or replaced if it is one of ours.
        force: replace files that were edited since they were rendered.
        dry_run: do everything but leave the folder as it is.
        progress: called with a stage's name and its rows so far.

    Raises:
        RecipeError: any mistake in recipe, data or the resulting configuration; the folder is then untouched.
    """
    plan = make_plan(recipe)
    checked = check_recipe(plan)
    lengths = LengthTally(make_measure(plan, checked.config, checked.student.chat))
    reading, triples = from_triples(plan)
    source = open_source(reading.recipe)
    with (
        OutputFolder(folder, RENDER, force=force, dry_run=dry_run, reads=_reads(plan, source, folder)) as output,
        ThreadPoolExecutor(1) as background,
        Curation(reading, lengths.measure, output.path(REJECTED).parent) as curation,
    ):
        _check_method(plan, output, force)
        hashes = background.submit(file_hashes, source)
        data = _render_data(reading, source, curation, output, lengths, progress, dry_run)
        source.check_unchanged()
        files = hashes.result()
        source.check_unchanged()
        config, warnings = check_config(plan, data, output.staging)
        warnings = [
            *warnings,
            *checked.student.warnings,
            *triples_warnings(triples),
            *_data_warnings(plan, data),
            *curation.warnings(),
            *source.warnings(),
        ]
        _write_files(plan, config, data, output)
        identity = {**source.identity, "files": files, **({"generated": triples} if triples else {})}
        output.write("data/README.md", dataset_card(plan, data, curation, identity))
        _write_report(plan, identity, data, curation, output)
        outputs = output.staged({plan.data_file: data.sha256, **also_hashes(plan, data)})
        seen = checked.student.summary()
        manifest = build_manifest(plan, data, curation, student=seen, identity=identity, outputs=outputs)
        output.write(MANIFEST, json.dumps(manifest, indent=2, ensure_ascii=False) + "\n")
        if not dry_run:
            output.publish(outputs)
            remove_listing(folder)
    return Rendered(folder, plan, data, checked.student, warnings, outputs)


def _reads(plan: Plan, source: Source, folder: Path) -> list[Path]:
    """Its rows, and the files of the recipe, its method and its family, but for what an earlier render put into a folder."""
    rendered = {real_path(folder / name) for name in recorded_outputs(folder, RENDER)}
    files = [*plan.recipe.files, *plan.method.files, find_data_file(plan.recipe, "family", "recipes/families")]
    return [*local_files(source), *(file for file in files if real_path(file) not in rendered)]


def _render_data(
    plan: Plan,
    source: Source,
    curation: Curation,
    output: OutputFolder,
    lengths: LengthTally,
    progress: Progress,
    dry_run: bool,
) -> RenderedData:
    listing = output.path(REJECTED)
    kept = None if dry_run else listing_place(output.target)
    limit, selection = curation.limit(plan.recipe.data["sample"]), for_method(plan, curation.reads)
    with Draw(plan, source, selection, limit=limit, listing=listing, kept=kept, scratch=output.staging) as draw:
        own = DataFile(output.path(plan.data_file), partial(trainer_of(plan).record, plan))
        files = [own, *also_data_files(plan, output)]
        data = write_data(plan, draw, curation.choose, lengths, files, kept, progress)
    if not data.counts.rejections and not data.counts.dropped:
        listing.unlink()
    curation.check()
    return data


def _check_method(plan: Plan, output: OutputFolder, force: bool) -> None:
    """A folder holds one method: its trained model would outlive the data that it was trained on."""
    before = output.earlier.get("method", plan.method.name)
    if before != plan.method.name and not force:
        message = (
            f"holds method '{before}'; render '{plan.method.name}' into a folder of its own with -o or another name "
            "(-s name=...), or use --force"
        )
        raise user_error(str(output.target), message)


def _data_warnings(plan: Plan, data: RenderedData) -> list[str]:
    warnings, counts, measure = [], data.counts, data.lengths.measure
    wanted, rejected = plan.recipe.data["sample"], data.counts.rejections.total()
    if rejected:
        reasons = ", ".join(f"{why.text} ({count:,})" for why, count in counts.rejections.most_common(3))
        warnings.append(f"{rejected:,} of {counts.read:,} rows rejected: {reasons}; listed in {REJECTED}")
    if counts.dropped:
        reasons = ", ".join(f"{why.text} ({count:,})" for why, count in counts.dropped.most_common(3))
        warnings.append(f"{counts.dropped.total():,} rows dropped by curate: {reasons}; listed in {REJECTED}")
    for split, count in counts.of_other_splits.items():
        told = f"the column 'split' of {rows_text(count)} says {split}"
        warnings.append(f"{told}, and they are read all the same, because data.split chooses files")
    if wanted and counts.examples < wanted:
        warnings.append(f"data.sample asks for {wanted:,} rows, and only {counts.examples:,} are usable")
    if not measure.chat and data.lengths.maybe_too_long:
        warnings.append(
            f"{data.lengths.maybe_too_long:,} examples may be longer than {measure.limit:,} tokens ({measure.basis}), "
            f"and {trainer_of(plan).overlong}; for exact counts set student to a local folder"
        )
    return [*warnings, *(f"{count:,} examples {change.value}" for change, count in counts.changed.items())]


def _write_files(plan: Plan, config: Config, data: RenderedData, output: OutputFolder) -> None:
    trainer = trainer_of(plan)
    head = head_of(plan)
    output.write(trainer.config_file, config_text(plan, config))
    for file, text in trainer.files(plan, config).items():
        output.write(file, text)
    settings = check_settings(plan, config)
    if settings:
        output.write(CHECK_SCRIPT, inspect.getsource(student_check))
        output.write(CHECK_SETTINGS, json.dumps(settings, indent=2, ensure_ascii=False) + "\n")
    output.write("launch.sh", build_launch(plan, config, data, checks_student=bool(settings)), executable=True)
    output.write(
        "eval.yaml",
        f"{head}# Run in this folder: lm_eval run --config eval.yaml\n"
        + dump_yaml(build_eval(plan, trainer.model_folder(plan, config))),
    )
    for file, text in eval_task_files(plan).items():
        output.write(f"tasks/{file}", text)
    output.write("recipe.resolved.yaml", head + dump_yaml(resolved(plan)))
    write_also(plan, data, output)


def _write_report(
    plan: Plan, identity: dict[str, Any], data: RenderedData, curation: Curation, output: OutputFolder
) -> None:
    if not curation.is_on:
        return
    # They bring the grader, whose import takes as long as all else that a render needs.
    from cgd_recipes.curation.report import DataReport, report_files
    from cgd_recipes.generation.settings import load_generation
    from cgd_recipes.reporting.generation_cost import cost_of

    cost = cost_of(load_generation(plan, to_run=False)) if plan.recipe.get("generate") else None
    name = str(plan.recipe.get("name"))
    generated = identity["generated"]["rows"] if "generated" in identity else None
    report = DataReport(name, identity["source"], data.counts, curation, cost, generated)
    for file, text in report_files(report).items():
        output.write(f"report/{file}", text)
