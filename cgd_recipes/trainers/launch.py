"""launch.sh: one GPU, one node or many, with the checks that must hold where training starts."""

from __future__ import annotations

from cgd_recipes import __version__
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
    trainer, launch, name = trainer_of(plan), plan.recipe.get("launch"), plan.recipe.get("name")
    values: dict[str, object] = {
        "version": __version__,
        "name": name,
        "trainer": trainer.name,
        "config_file": trainer.config_file,
        "nodes": launch["nodes"],
        "gpus_per_node": launch["gpus_per_node"],
        "micro_batch_size": plan.train["micro_batch_size"],
        "accumulation": plan.accumulation,
        "global_batch_size": plan.train["global_batch_size"],
        "data_file": plan.data_file,
        "data_sha256": data.sha256,
        "run_id": f"{name}-{data.sha256[:8]}",
        "adapter": trainer.adapter(plan, config),
        "checks_student": checks_student,
        "output_dir": trainer.output_folder(config),
        "end_of_turn": plan.family.values["end_of_turn"],
    }
    return render_script(trainer.launch_template, **values, **trainer.launch_values(plan, config))
