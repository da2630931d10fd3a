"""How Axolotl makes tokens of messages."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cgd_recipes.errors import RecipeError
from cgd_recipes.recipe.plan import Plan
from cgd_recipes.trainers.protocol import Tokenization, TokenizationUnknownError

# Keys under which the folder's tokenizer or the rendered dataset entry is not what is trained on.
_OTHER_TOKENS = ("tokenizer_config", "tokens", "added_tokens_overrides", "tokenizer_use_mistral_common", "datasets")


def axolotl_tokenization(plan: Plan, config: Mapping[str, Any]) -> Tokenization:
    """See `Trainer.tokenization`."""
    changed = [key for key in _OTHER_TOKENS if plan.train.get("axolotl", {}).get(key)]
    if changed:
        raise TokenizationUnknownError(f"train.axolotl.{changed[0]} changes what is tokenized")
    folder = Path(str(config["base_model"]))
    if not folder.is_dir():
        raise TokenizationUnknownError("the student is not a local folder")
    settings = {**_read(plan, folder / "special_tokens_map.json"), **_read(plan, folder / "tokenizer_config.json")}
    template = _template(plan, config, folder, settings)
    named = {key: _token_text(value) for key, value in settings.items() if key.endswith("_token")}
    special = {key: text for key, text in {**named, **(config.get("special_tokens") or {})}.items() if text}
    ends = {*(config.get("eot_tokens") or []), special.get("eos_token", "")}
    return Tokenization(folder / "tokenizer.json", template, special, frozenset(ends))


def _template(plan: Plan, config: Mapping[str, Any], folder: Path, settings: Mapping[str, Any]) -> str:
    choice = config["chat_template"]
    if choice == "jinja":
        source = str(config.get("chat_template_jinja") or "")
        if "{" not in source:
            raise TokenizationUnknownError("train.axolotl.chat_template_jinja names a file")
    elif choice == "tokenizer_default":
        source = _own_template(plan, folder, settings)
    else:
        raise TokenizationUnknownError(f"the chat template '{choice}' is Axolotl's own")
    if not source:
        raise TokenizationUnknownError("the student's folder has no chat template")
    return source


def _own_template(plan: Plan, folder: Path, settings: Mapping[str, Any]) -> str:
    file = folder / "chat_template.jinja"
    if file.is_file():
        return _text(plan, file)
    template = settings.get("chat_template") or ""
    if isinstance(template, list):
        entries = [entry for entry in template if isinstance(entry, dict) and entry.get("name") == "default"]
        template = entries[0].get("template", "") if entries else ""
    if not isinstance(template, str):
        raise _unreadable(
            plan, folder / "tokenizer_config.json", "'chat_template' must be text, or a list of templates"
        )
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
        return file.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise _unreadable(plan, file, error) from None


def _unreadable(plan: Plan, file: Path, reason: object) -> RecipeError:
    return RecipeError([plan.recipe.problem(("student",), f"{file} cannot be read: {reason}")])
