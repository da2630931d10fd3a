"""Train a student on its own answers with TRL's SDFTTrainer, which has no command of its own. Written by cgd-recipes.

    python train_on_policy.py CHAT_TEMPLATE END_OF_TURN --config trl.yaml

The student sees the prompt of a row and answers. The teacher, which is the same model unless trl.yaml says otherwise, sees
the row's context under the question. The student's own tokens are drawn towards what the teacher would have said.

The trainer is experimental in TRL: it was run with TRL 1.16.0, and may change with every release.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any


def check_lengths(rows: Any, tokenizer: Any, layout: str, limit: int | None) -> None:
    """Stop where TRL would cut prompts on the left, and with that the system prompt and the question.

    Args:
        rows: with `prompt` and `privileged_context`.
        tokenizer: with the chat template.
        layout: how the teacher's message is made of both.
        limit: longest prompt in tokens; None for no limit.
    """
    long = 0
    for row in rows if limit else ():
        *before, asked = row["prompt"]
        told = layout.format(prompt=asked["content"], privileged_context=row["privileged_context"])
        for messages in (row["prompt"], [*before, {**asked, "content": told}]):
            found = tokenizer.apply_chat_template(messages, add_generation_prompt=True, return_dict=True)
            long += len(found["input_ids"]) > (limit or 0)
    if long:
        sys.exit(
            f"train_on_policy.py: {long} prompts are longer than max_prompt_length {limit}, and TRL would cut their beginning; "
            "render with a larger train.sequence_len, or from a student on this machine, so that lengths are counted"
        )


def main() -> None:
    """Read the arguments, train, save."""
    from transformers import AutoTokenizer
    from trl import (
        DatasetMixtureConfig,
        ModelConfig,
        ScriptArguments,
        TrlParser,
        get_dataset,
        get_peft_config,
        get_quantization_config,
    )
    from trl.experimental.sdft import SDFTConfig, SDFTTrainer

    template, end, *arguments = sys.argv[1:]
    parser = TrlParser((ScriptArguments, SDFTConfig, ModelConfig, DatasetMixtureConfig))
    _script, settings, model, mixture = parser.parse_args_and_config(arguments)
    tokenizer = AutoTokenizer.from_pretrained(
        model.model_name_or_path,
        revision=model.model_revision,
        trust_remote_code=settings.trust_remote_code,
        padding_side="left",
        truncation_side="left",
    )
    tokenizer.chat_template = Path(template).read_text(encoding="utf-8").rstrip("\n")
    # Answers end at it.
    tokenizer.eos_token = end
    rows = get_dataset(mixture)["train"]
    check_lengths(rows, tokenizer, settings.teacher_prompt_template, settings.max_prompt_length)
    quantization = get_quantization_config(model)
    settings.model_init_kwargs = {
        "revision": model.model_revision,
        "dtype": model.dtype,
        "attn_implementation": model.attn_implementation,
        **({"quantization_config": quantization} if quantization else {}),
        **(settings.model_init_kwargs or {}),
    }
    trainer = SDFTTrainer(
        model=model.model_name_or_path,
        args=settings,
        train_dataset=rows,
        processing_class=tokenizer,
        peft_config=get_peft_config(model),
    )
    trainer.train(resume_from_checkpoint=settings.resume_from_checkpoint)
    trainer.save_model(settings.output_dir)


if __name__ == "__main__":
    main()
