"""How TRL makes tokens of messages, when it is run on what is rendered."""

from __future__ import annotations

from cgd_recipes.recipe.plan import Plan
from cgd_recipes.recipe.student_files import student_folder
from cgd_recipes.trainers.protocol import Config, Tokenization, TokenizationUnknownError, TokenizerSource
from cgd_recipes.trainers.tokenizer_files import special_tokens, tokenizer_settings

# Keys under which the rendered template or dataset is not what is trained on.
_OTHER_TOKENS = ("chat_template_path", "datasets", "dataset_name", "pad_token")


def trl_source(plan: Plan, config: Config) -> TokenizerSource:
    """See `Trainer.tokenizer_source`."""
    changed = [key for key in _OTHER_TOKENS if plan.train.get("trl", {}).get(key)]
    if changed:
        raise TokenizationUnknownError(f"train.trl.{changed[0]} changes what is tokenized")
    return TokenizerSource(
        str(config["model_name_or_path"]),
        config.get("model_revision"),
        plan.family.template(plan.family.values["chat_template"], plan.thinks),
        {"eos_token": plan.family.values["end_of_turn"]},
        # Padding is left out by its place, and not by its token.
        is_own=False,
        trust_remote_code=bool(config.get("trust_remote_code")),
    )


def trl_tokenization(plan: Plan, config: Config) -> Tokenization:
    """See `Trainer.tokenization`."""
    source = trl_source(plan, config)
    folder = student_folder(source.student, source.revision)
    if isinstance(folder, str):
        raise TokenizationUnknownError(folder)
    named = {**special_tokens(tokenizer_settings(plan, folder)), **source.special_tokens}
    special = {key: text for key, text in named.items() if text}
    ends = frozenset([plan.family.values["end_of_turn"]])
    return Tokenization(folder / "tokenizer.json", str(source.template), special, ends)
