"""How Axolotl makes tokens of messages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cgd_recipes.recipe.plan import Plan
from cgd_recipes.recipe.student_files import student_folder
from cgd_recipes.trainers.protocol import NoChatTemplateError, Tokenization, TokenizationUnknownError, TokenizerSource
from cgd_recipes.trainers.tokenizer_files import own_template, special_tokens, tokenizer_settings

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
    if isinstance(folder, str):
        raise TokenizationUnknownError(folder)
    settings = tokenizer_settings(plan, folder)
    template = source.template or own_template(plan, folder, settings)
    if not template:
        error = NoChatTemplateError if (folder / "tokenizer.json").is_file() else TokenizationUnknownError
        raise error("the student's folder has no chat template")
    named = {**special_tokens(settings), **source.special_tokens}
    special = {key: text for key, text in named.items() if text}
    ends = frozenset([*(config.get("eot_tokens") or []), special.get("eos_token", "")])
    return Tokenization(folder / "tokenizer.json", template, special, ends, source.variables)
