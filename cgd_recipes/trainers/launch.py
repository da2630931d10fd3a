"""launch.sh: one GPU, one node or many, with the checks that must hold where training starts."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from cgd_recipes import __version__
from cgd_recipes.files.arguments import as_argument
from cgd_recipes.files.templates import render_script
from cgd_recipes.recipe.plan import Plan
from cgd_recipes.trainers.protocol import Config, TrainingData
from cgd_recipes.trainers.registry import trainer_of


def build_launch(plan: Plan, config: Config, data: TrainingData, *, checks_student: bool) -> str:
    """The text of launch.sh.

    Args:
        plan: the plan.
        config: the trainer config, as it is written.
        data: the rendered dataset.
        checks_student: whether the folder has the files for a check of the student.
    """
    trainer = trainer_of(plan)
    return launch_text(
        plan,
        data,
        template=trainer.launch_template,
        trainer=trainer.name,
        config_file=trainer.config_file,
        data_file=plan.data_file,
        adapter=trainer.adapter(plan, config),
        output_dir=trainer.output_folder(config),
        checks_student=checks_student,
        values=trainer.launch_values(plan, config),
    )


def launch_text(
    plan: Plan,
    data: TrainingData,
    *,
    template: Path,
    trainer: str,
    config_file: str,
    data_file: str,
    adapter: str | None,
    output_dir: str,
    checks_student: bool,
    values: Mapping[str, object],
) -> str:
    """The text of a launch script.

    Args:
        plan: the plan.
        data: the dataset.
        template: of the script; see `Trainer.launch_template`.
        trainer: its name.
        config_file: its config.
        data_file: the dataset's file.
        adapter: the adapter that is trained; None for none.
        output_dir: where it saves to.
        checks_student: whether the folder has the files for a check of the student.
        values: what the template needs beyond these.
    """
    launch, name = plan.recipe.get("launch"), plan.recipe.get("name")
    common: dict[str, object] = {
        "version": __version__,
        "name": name,
        "trainer": trainer,
        "config_file": config_file,
        "nodes": launch["nodes"],
        "gpus_per_node": launch["gpus_per_node"],
        "micro_batch_size": plan.train["micro_batch_size"],
        "accumulation": plan.accumulation,
        "global_batch_size": plan.train["global_batch_size"],
        "data_file": data_file,
        "data_sha256": data.sha256,
        "run_id": f"{name}-{data.sha256[:8]}",
        "adapter": adapter,
        "checks_student": checks_student,
        "output_dir": as_argument(output_dir),
        "end_of_turn": plan.family.values["end_of_turn"],
    }
    return render_script(template, **common, **values)
