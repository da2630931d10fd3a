"""How Axolotl makes tokens of messages."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cgd_recipes.errors import RecipeError
from cgd_recipes.recipe.plan import Plan
from cgd_recipes.recipe.student_files import student_folder
from cgd_recipes.trainers.protocol import NoChatTemplateError, Tokenization, TokenizationUnknownError, TokenizerSource

# Keys under which the folder's tokenizer or the rendered dataset entry is not what is trained on.
_OTHER_TOKENS = ("tokenizer_config", "tokens", "added_tokens_overrides", "tokenizer_use_mistral_common", "datasets")


def axolotl_source(plan: Plan, config: Mapping[str, Any]) -> TokenizerSource:
    """See `Trainer.tokenizer_source`."""
    changed = [key for key in _OTHER_TOKENS if plan.train.get("axolotl", {}).get(key)]
    if changed:
        raise TokenizationUnknownError(f"train.axolotl.{changed[0]} changes what is tokenized")
    choice, template = config["chat_template"], str(config.get("chat_template_jinja") or "")
    if choice not in ("jinja", "tokenizer_default"):
        raise TokenizationUnknownError(f"the chat template '{choice}' is Axolotl's own")
    if choice == "jinja" and "{" not in template:
        raise TokenizationUnknownError("train.axolotl.chat_template_jinja names a file")
    return TokenizerSource(
        str(config["base_model"]),
        config.get("revision_of_model"),
        template if choice == "jinja" else None,
        dict(config.get("special_tokens") or {}),
        dict(config.get("chat_template_kwargs") or {}),
        trust_remote_code=bool(config.get("trust_remote_code")),
    )


def axolotl_tokenization(plan: Plan, config: Mapping[str, Any]) -> Tokenization:
    """See `Trainer.tokenization`."""
    source = axolotl_source(plan, config)
    folder = student_folder(source.student, source.revision)
    if folder is None:
        raise TokenizationUnknownError("the student is not a local folder")
    settings = {**_read(plan, folder / "special_tokens_map.json"), **_read(plan, folder / "tokenizer_config.json")}
    template = source.template or _own_template(plan, folder, settings)
    if not template:
        raise NoChatTemplateError("the student's folder has no chat template")
    named = {key: _token_text(value) for key, value in settings.items() if key.endswith("_token")}
    special = {key: text for key, text in {**named, **source.special_tokens}.items() if text}
    ends = frozenset([*(config.get("eot_tokens") or []), special.get("eos_token", "")])
    return Tokenization(folder / "tokenizer.json", template, special, ends, source.variables)


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
