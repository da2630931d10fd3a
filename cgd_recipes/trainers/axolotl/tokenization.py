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
    template = _template(config, folder, settings)
    named = {key: _token_text(value) for key, value in settings.items() if key.endswith("_token")}
    special = {key: text for key, text in {**named, **(config.get("special_tokens") or {})}.items() if text}
    ends = {*(config.get("eot_tokens") or []), special.get("eos_token", "")}
    return Tokenization(folder / "tokenizer.json", template, special, frozenset(ends))


def _template(config: Mapping[str, Any], folder: Path, settings: Mapping[str, Any]) -> str:
    choice = config["chat_template"]
    if choice == "jinja":
        source = str(config.get("chat_template_jinja") or "")
        if "{" not in source:
            raise TokenizationUnknownError("train.axolotl.chat_template_jinja names a file")
    elif choice == "tokenizer_default":
        source = _own_template(folder, settings)
    else:
        raise TokenizationUnknownError(f"the chat template '{choice}' is Axolotl's own")
    if not source:
        raise TokenizationUnknownError("the student's folder has no chat template")
    return source


def _own_template(folder: Path, settings: Mapping[str, Any]) -> str:
    file = folder / "chat_template.jinja"
    if file.is_file():
        return file.read_text(encoding="utf-8")
    template = settings.get("chat_template") or ""
    if isinstance(template, list):
        return next((str(entry["template"]) for entry in template if entry["name"] == "default"), "")
    return str(template)


def _token_text(value: Any) -> str:
    return str(value.get("content", "")) if isinstance(value, dict) else value if isinstance(value, str) else ""


def _read(plan: Plan, file: Path) -> dict[str, Any]:
    if not file.is_file():
        return {}
    try:
        values: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise RecipeError([plan.recipe.problem(("student",), f"{file} cannot be read: {error}")]) from None
    return values
