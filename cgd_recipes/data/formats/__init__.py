"""Formats of records: which of them a recipe reads, and which of several a record is of.

Add a format: a file in `recipes/formats/`, or one of your own that `data.format` names by its path.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from cgd_recipes.data.formats.layout import load_layout
from cgd_recipes.data.formats.protocol import Format, RowFields
from cgd_recipes.data.rejections import Reason, RowError
from cgd_recipes.errors import RecipeError, did_you_mean
from cgd_recipes.files.shipped import data_root, shipped_names
from cgd_recipes.recipe.recipe import Recipe

FOLDER = "recipes/formats"
AUTO, ROWS = "auto", "rows"
"""Every shipped format, by the columns of each record; and none, since the columns are row fields."""


def load_formats(recipe: Recipe) -> list[Format]:
    """The formats that a recipe's records may have: all shipped ones, one of them, or the user's own.

    Raises:
        RecipeError: an unknown format, or mistakes in the user's file.
    """
    name, names, own = recipe.data["format"], shipped_names(FOLDER), own_format_file(recipe)
    if own:
        if not own.is_file():
            raise RecipeError([recipe.problem(("data", "format"), f"no such file: {name}")])
        return [load_layout(own)]
    if name not in (AUTO, ROWS, *names):
        choices = [AUTO, ROWS, *names]
        hint = did_you_mean(name, choices) or f"; there are: {', '.join(choices)}; or give a path that ends in .yaml"
        raise RecipeError([recipe.problem(("data", "format"), f"unknown row format '{name}'{hint}")])
    wanted = {AUTO: names, ROWS: []}.get(name, [name])
    return [load_layout(data_root() / FOLDER / f"{name}.yaml") for name in wanted]


def own_format_file(recipe: Recipe) -> Path | None:
    """The format file that `data.format` names by its path; None where it names a shipped one."""
    name = recipe.data["format"]
    return recipe.local_path("data", "format") if name.endswith((".yaml", ".yml")) else None


def unpack(record: Mapping[str, Any], formats: Sequence[Format]) -> RowFields:
    """The row fields of a record by the format that fits it best; none where no format has its columns.

    Several formats may fit. The one told by most columns and labels is taken. A text that begins with a label of one
    format and goes on otherwise is damaged, and no format without labels takes it.

    Raises:
        RowError: two formats fit equally well, or the columns are there and hold something else.
    """
    fits: list[tuple[int, Format, RowFields]] = []
    faults: list[tuple[Format, RowError]] = []
    for form in formats:
        if form.matches(record):
            try:
                fits.append((form.weight, form, form.unpack(record)))
            except RowError as error:
                faults.append((form, error))
    damaged = [error for _, error in faults if error.rejection.reason is Reason.BLOCKS_NOT_ONCE]
    if damaged and not any(form.has_labels for _, form, _ in fits):
        raise _joint(damaged)
    if not fits:
        if faults:
            # What the formats without labels say is nearer: they may be of any text.
            raise _joint([error for form, error in faults if not form.has_labels] or [error for _, error in faults])
        return {}
    most = max(weight for weight, _, _ in fits)
    best = [(form.name, row) for weight, form, row in fits if weight == most]
    if len(best) > 1:
        raise RowError(Reason.FITS_SEVERAL_FORMATS, "", " and ".join(f"'{name}'" for name, _ in best))
    return best[0][1]


def _joint(faults: Sequence[RowError]) -> RowError:
    """One fault for several formats that a record is not quite of."""
    if len({error.rejection for error in faults}) == 1:
        return faults[0]
    fields = dict.fromkeys(error.rejection.field for error in faults)
    return RowError(Reason.BLOCKS_UNKNOWN, ", ".join(fields))
