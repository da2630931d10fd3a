"""`cgd-recipe render`: a recipe becomes a dataset, a trainer config, and all that goes with them."""

from __future__ import annotations

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cgd_recipes import __version__
from cgd_recipes.data.draw import Counts, Rejects, check_rejected, chosen_rows, collect, for_method
from cgd_recipes.data.lengths import Lengths, check_overlong, fitting, load_lengths
from cgd_recipes.data.shuffle import Shuffle
from cgd_recipes.data.source import Source, file_hashes, local_files, open_source
from cgd_recipes.errors import user_error
from cgd_recipes.evaluation.plan import build_eval, eval_task_files
from cgd_recipes.files.listing import keep_listing, listing_place, remove_listing
from cgd_recipes.files.output import OutputFolder
from cgd_recipes.files.ownership import MANIFEST, RENDER
from cgd_recipes.files.progress import Progress
from cgd_recipes.files.templates import render_file
from cgd_recipes.files.writer import open_writer
from cgd_recipes.files.yaml import dump_yaml
from cgd_recipes.generation.triples import from_triples, triples_warnings
from cgd_recipes.recipe.plan import Plan
from cgd_recipes.recipe.recipe import Recipe
from cgd_recipes.rendering.check import check_config, check_recipe
from cgd_recipes.rendering.manifest import build_manifest
from cgd_recipes.rendering.resolved import resolved
from cgd_recipes.trainers.launch import build_launch
from cgd_recipes.trainers.plan import make_plan
from cgd_recipes.trainers.protocol import Config, TrainingData
from cgd_recipes.trainers.registry import trainer_of

REJECTED = "data/rejected.jsonl"


@dataclass
class Rendered:
    """What a render gave.

    Attributes:
        folder: the output folder.
        plan: the plan.
        data: the dataset.
        counts: what became of the rows.
        lengths: how long the examples are.
        warnings: what the user should know.
        outputs: file name -> SHA-256.
    """

    folder: Path
    plan: Plan
    data: TrainingData
    counts: Counts
    lengths: Lengths
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
    lengths = load_lengths(plan, check_recipe(plan).config)
    reading, triples = from_triples(plan)
    source = open_source(reading.recipe)
    with (
        OutputFolder(folder, RENDER, force=force, dry_run=dry_run, reads=local_files(source)) as output,
        ThreadPoolExecutor(1) as background,
    ):
        _check_method(plan, output, force)
        hashes = background.submit(file_hashes, source)
        data, counts = _render_data(reading, source, output, lengths, progress, dry_run)
        config, warnings = check_config(plan, data, output.staging)
        warnings = [*warnings, *triples_warnings(triples), *_data_warnings(plan, counts, lengths, source)]
        _write_files(plan, config, data, output)
        identity = {**source.identity, "files": hashes.result(), **({"generated": triples} if triples else {})}
        output.write("data/README.md", _card(plan, counts, lengths, identity))
        outputs = output.staged({plan.data_file: data.sha256})
        manifest = build_manifest(plan, counts, lengths, identity, outputs)
        output.write(MANIFEST, json.dumps(manifest, indent=2, ensure_ascii=False) + "\n")
        if not dry_run:
            output.publish(outputs)
            remove_listing(folder)
    return Rendered(folder, plan, data, counts, lengths, warnings, outputs)


def _render_data(
    plan: Plan, source: Source, output: OutputFolder, lengths: Lengths, progress: Progress, dry_run: bool
) -> tuple[TrainingData, Counts]:
    counts = Counts()
    limit = plan.recipe.get("data", "sample")
    scratch = output.staging / ".rows"
    listing = output.path(REJECTED)
    kept = None if dry_run else listing_place(output.target)
    with (
        open(listing, "wb") as handle,
        closing(Shuffle(scratch, limit)) as shuffle,
        keep_listing(handle, listing, kept),
    ):
        rejects = Rejects(handle, source, counts)
        collect(plan, for_method(plan), source, shuffle, rejects, counts, lambda rows: progress("reading", rows))
        check_rejected(plan, counts, kept)
        with closing(open_writer(output.path(plan.data_file))) as writer:
            for example in fitting(plan, chosen_rows(shuffle, limit, rejects, counts), lengths, rejects, counts):
                writer.write(example)
                if counts.examples % 1_000 == 0:
                    progress("writing", counts.examples)
            progress("writing", counts.examples)
        check_overlong(plan, lengths, counts, kept)
        check_rejected(plan, counts, kept)
    shutil.rmtree(scratch, ignore_errors=True)
    if not counts.rejected:
        listing.unlink()
    return TrainingData(counts.examples, writer.sha256()), counts


def _check_method(plan: Plan, output: OutputFolder, force: bool) -> None:
    """A folder holds one method: its trained model would outlive the data that it was trained on."""
    before = output.earlier.get("method", plan.method.name)
    if before != plan.method.name and not force:
        message = (
            f"holds method '{before}'; render '{plan.method.name}' into a folder of its own with -o or another name "
            "(-s name=...), or use --force"
        )
        raise user_error(str(output.target), message)


def _data_warnings(plan: Plan, counts: Counts, lengths: Lengths, source: Source) -> list[str]:
    warnings = []
    wanted = plan.recipe.get("data", "sample")
    rejected = sum(counts.rejected.values())
    if rejected:
        reasons = ", ".join(f"{reason} ({count:,})" for reason, count in counts.rejected.most_common(3))
        warnings.append(f"{rejected:,} of {counts.read:,} rows rejected: {reasons}; listed in {REJECTED}")
    if wanted and counts.examples < wanted:
        warnings.append(f"data.sample asks for {wanted:,} rows, and only {counts.examples:,} are usable")
    if not lengths.chat and lengths.maybe_too_long:
        warnings.append(
            f"{lengths.maybe_too_long:,} examples may be longer than {lengths.limit:,} tokens ({lengths.basis}), "
            f"and {trainer_of(plan).overlong}; for exact counts set student to a local folder"
        )
    if counts.neutralised:
        warnings.append(
            f"{counts.neutralised:,} examples hold text that looks like a control token; it was neutralised"
        )
    if source.identity["source"] == "sample":
        warnings.append("these are the shipped sample rows, a demonstration; set data.source to rows of your own")
    if source.hub and not source.hub["revision"] and not Path(source.hub["path"]).is_dir():
        warnings.append("data.revision is not pinned: the dataset can change under you")
    return warnings


def _write_files(plan: Plan, config: Config, data: TrainingData, output: OutputFolder) -> None:
    trainer, name = trainer_of(plan), plan.recipe.get("name")
    head = f"# Rendered by cgd-recipes {__version__} from recipe {name}; change the recipe, not this file.\n"
    how = "# Run in this folder, on the GPUs that the recipe says: bash launch.sh\n"
    output.write(trainer.config_file, head + how + dump_yaml(config))
    for file, text in trainer.files(config).items():
        output.write(file, text)
    output.write("launch.sh", build_launch(plan, config, data), executable=True)
    output.write(
        "eval.yaml",
        f"{head}# Run in this folder: lm_eval run --config eval.yaml\n"
        + dump_yaml(build_eval(plan, trainer.model_folder(plan, config))),
    )
    for file, text in eval_task_files(plan).items():
        output.write(f"tasks/{file}", text)
    output.write("recipe.resolved.yaml", head + dump_yaml(resolved(plan)))


def _card(plan: Plan, counts: Counts, lengths: Lengths, identity: dict[str, Any]) -> str:
    front = {
        "configs": [{"config_name": "default", "data_files": [{"split": "train", "path": Path(plan.data_file).name}]}]
    }
    return render_file(
        "cards/dataset.md.j2",
        front_matter=dump_yaml(front),
        version=__version__,
        name=plan.recipe.get("name"),
        family=plan.family.values["name"],
        method=plan.method.values,
        student=plan.recipe.get("student"),
        teacher=plan.recipe.get("teacher"),
        counts=counts,
        rejected=sum(counts.rejected.values()),
        verdicts=sorted(counts.verdicts.items()),
        mean=counts.characters // max(counts.examples, 1),
        lengths=lengths.summary(),
        source=identity,
        seed=plan.recipe.get("data", "seed"),
        preference=plan.method.is_preference,
    )
