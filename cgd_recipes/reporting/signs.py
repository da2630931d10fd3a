"""Signs in answers and names of tasks that tell what training spoiled; templates/report/drift.yaml lists them."""

from __future__ import annotations

import re
from functools import cache

from cgd_recipes.files.shipped import data_root
from cgd_recipes.files.yaml import read_yaml


def has_phrase(text: str) -> bool:
    """Whether a text has a phrase of templates/report/drift.yaml."""
    return _phrases().search(text) is not None


def is_of_obedience(task: str) -> bool:
    """Whether a task measures how well instructions are followed; templates/report/drift.yaml lists them."""
    return task in _signs()["obedience"]


@cache
def _signs() -> dict[str, list[str]]:
    values: dict[str, list[str]] = read_yaml(data_root() / "templates" / "report" / "drift.yaml").value
    return values


@cache
def _phrases() -> re.Pattern[str]:
    listed = _signs()["phrases"]
    return re.compile(r"\b(?:" + "|".join(re.escape(phrase) for phrase in listed) + r")(?!\w)", re.IGNORECASE)
