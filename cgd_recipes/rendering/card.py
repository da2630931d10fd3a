"""The dataset card: what is in a rendered dataset, for people and for the hub."""

from __future__ import annotations

import os
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

from cgd_recipes import __version__
from cgd_recipes.curation.tally import figure_text
from cgd_recipes.data.rendered import RenderedData
from cgd_recipes.data.shapes import shape_of
from cgd_recipes.errors import one_line
from cgd_recipes.files.markdown import markdown_cell, markdown_code
from cgd_recipes.files.templates import render_file
from cgd_recipes.files.yaml_out import dump_yaml
from cgd_recipes.recipe.plan import Plan
from cgd_recipes.trainers.registry import trainer_of

if TYPE_CHECKING:
    from cgd_recipes.curation.curate import Curation

_SIZES = ((10**3, "n<1K"), (10**4, "1K<n<10K"), (10**5, "10K<n<100K"), (10**6, "100K<n<1M"), (10**7, "1M<n<10M"))
"""The hub's `size_categories`: fewer examples than this, and the name. https://huggingface.co/docs/hub/datasets-cards"""
_KEYS = (
    "pretty_name",
    "license",
    "language",
    "size_categories",
    "source_datasets",
    "task_categories",
    "tags",
    "configs",
)


def dataset_card(plan: Plan, data: RenderedData, curation: Curation, identity: dict[str, Any]) -> str:
    """The card of a dataset as Markdown, with a header that the hub reads.

    Args:
        plan: what it was rendered by.
        data: the dataset, with what became of the rows.
        curation: after the rows went through it.
        identity: where the rows come from, as the manifest has it.
    """
    counts = data.counts
    empty = shape_of(plan.method).record("", [], dict.fromkeys(plan.method.parts, ""))
    made_from = identity.get("generated", {}).get("made_from", {}).get("generate", {})
    return render_file(
        "cards/dataset.md.j2",
        front_matter=_header(plan, counts.examples, identity),
        version=__version__,
        name=plan.recipe.get("name"),
        family=plan.family.values["name"],
        method=plan.method.values,
        student=_nameable(str(plan.recipe.get("student"))),
        teacher=plan.recipe.get("teacher") and _nameable(str(plan.recipe.get("teacher"))),
        nameable=_nameable,
        line=one_line,
        cell=markdown_cell,
        code=markdown_code,
        source_name=_nameable(str(identity["source"])),
        license=plan.recipe.get("output", "license"),
        stages={stage: made_from[stage] for stage in made_from.get("stages", [])},
        counts=counts,
        rejected=counts.rejections.total(),
        dropped=[(why.text, count) for why, count in counts.dropped.most_common()],
        figures=curation.figures(),
        percent=figure_text,
        verdicts=sorted(counts.verdicts.items()),
        mean=counts.characters // max(counts.examples, 1),
        lengths=data.lengths.summary(),
        source=identity,
        seed=plan.recipe.data["seed"],
        columns=list(trainer_of(plan).record(plan, empty)),
    )


def _nameable(name: str) -> str:
    """What to call a model or a source on the hub: of a path on this machine, the last part."""
    return PurePath(name).name if os.path.isabs(os.path.expanduser(name)) or name.startswith(".") else name


def _header(plan: Plan, examples: int, identity: dict[str, Any]) -> str:
    """The card's YAML, by the hub's own class, with the keys in an order that no version of it changes."""
    from huggingface_hub.repocard_data import DatasetCardData

    language = plan.recipe.get("curate", "shape", "language")
    data = DatasetCardData(
        license=plan.recipe.get("output", "license"),
        language=[language] if language else None,
        size_categories=[next((name for most, name in _SIZES if examples < most), "n>10M")],
        # A hub dataset is named by its revision too.
        source_datasets=[identity["source"]] if "revision" in identity else None,
        task_categories=["text-generation"],
        tags=["cgd-recipes", "critique-guided-distillation", f"method:{plan.method.name}"],
        configs=[{"config_name": "default", "data_files": [{"split": "train", "path": Path(plan.data_file).name}]}],
    )
    values: dict[str, Any] = data.to_dict()  # type: ignore[no-untyped-call]
    return dump_yaml({key: values[key] for key in _KEYS if key in values})
