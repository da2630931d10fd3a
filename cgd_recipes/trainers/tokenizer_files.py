"""What a student's folder says of its tokenizer: special tokens and chat template."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cgd_recipes.errors import RecipeError
from cgd_recipes.files.regular import read_text
from cgd_recipes.recipe.plan import Plan


def tokenizer_settings(plan: Plan, folder: Path) -> dict[str, Any]:
    """What the folder's special_tokens_map.json and tokenizer_config.json hold, the latter over the former.

    Args:
        plan: for the place of errors.
        folder: the student's folder.

    Raises:
        RecipeError: a file that cannot be read.
    """
    return {**_read(plan, folder / "special_tokens_map.json"), **_read(plan, folder / "tokenizer_config.json")}


def special_tokens(settings: Mapping[str, Any]) -> dict[str, str]:
    """Special tokens by name, such as `bos_token`, from `tokenizer_settings`; empty for one that is not set."""
    return {key: _token_text(value) for key, value in settings.items() if key.endswith("_token")}


def own_template(plan: Plan, folder: Path, settings: Mapping[str, Any]) -> str:
    """The chat template of a student's folder; empty where it has none.

    Args:
        plan: for the place of errors.
        folder: the student's folder.
        settings: see `tokenizer_settings`.

    Raises:
        RecipeError: it cannot be read.
    """
    file = folder / "chat_template.jinja"
    if file.is_file():
        return _text(plan, file)
    template = settings.get("chat_template") or ""
    if isinstance(template, list):
        template = {str(entry.get("name")): entry.get("template") for entry in template if isinstance(entry, dict)}
    if isinstance(template, dict):
        template = template.get("default", "")
    if not isinstance(template, str):
        raise _unreadable(plan, folder / "tokenizer_config.json", "'chat_template' must be text, or templates by name")
    return template


def _token_text(value: Any) -> str:
    return str(value.get("content", "")) if isinstance(value, dict) else value if isinstance(value, str) else ""


def _read(plan: Plan, file: Path) -> dict[str, Any]:
    if not file.is_file():
        return {}
    try:
        values = json.loads(_text(plan, file))
    except (ValueError, RecursionError) as error:
        raise _unreadable(plan, file, error) from None
    if not isinstance(values, dict):
        raise _unreadable(plan, file, "it must hold a mapping")
    return values


def _text(plan: Plan, file: Path) -> str:
    try:
        return read_text(file)
    except (OSError, ValueError) as error:
        raise _unreadable(plan, file, error) from None


def _unreadable(plan: Plan, file: Path, reason: object) -> RecipeError:
    return RecipeError([plan.recipe.problem(("student",), f"{file} cannot be read: {reason}")])
