"""A student's files, written as plain JSON: what is looked at needs no model and no library."""

import json
from pathlib import Path

from helpers.plain import plain_yaml

TEMPLATE = (
    "{%- for m in messages %}{{- '<|im_start|>' + m.role + '\n' + m.content + '<|im_end|>\n' }}{%- endfor %}"
    "{%- if add_generation_prompt %}{{- '<|im_start|>assistant\n' }}{%- endif %}"
)
TOKENS = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]


def write_student(
    folder: Path,
    *,
    template: str | None = TEMPLATE,
    tokens: list[str] = TOKENS,
    plain: list[str] = [],  # noqa: B006
    last: list[str] = [],  # noqa: B006
    unlisted: list[str] = [],  # noqa: B006
    config: dict | None = None,
    tokenizer_config: dict | None = None,
) -> Path:
    """Write a student of family qwen.

    Args:
        folder: to be created.
        template: chat template; None for none.
        tokens: control tokens, after 256 others.
        plain: added tokens that are not special.
        last: control tokens after these.
        unlisted: tokens of the vocabulary that are not added.
        config: what of config.json differs.
        tokenizer_config: what of tokenizer_config.json differs.
    """
    folder.mkdir(parents=True)
    pieces = {f"<0x{byte:02X}>": byte for byte in range(256)}
    pieces |= {token: 256 + at for at, token in enumerate(unlisted)}
    listed = (
        [(token, True) for token in tokens] + [(token, False) for token in plain] + [(token, True) for token in last]
    )
    added = [
        {"id": len(pieces) + at, "content": token, "special": special, "normalized": False}
        for at, (token, special) in enumerate(listed)
    ]
    size = len(pieces) + len(added)
    files = {
        "config.json": {
            "model_type": "qwen2", "max_position_embeddings": 4096, "vocab_size": size, **(config or {})
        },
        "tokenizer.json": {"added_tokens": added, "model": {"type": "BPE", "vocab": pieces, "merges": []}},
        "tokenizer_config.json": {
            "eos_token": "<|endoftext|>", "pad_token": "<|endoftext|>", **(tokenizer_config or {})
        },
    }  # fmt: skip
    for name, values in files.items():
        (folder / name).write_text(json.dumps(values))
    if template is not None:
        (folder / "chat_template.jinja").write_text(template)
    return folder


PUBLISHED = plain_yaml(Path(__file__).with_name("published.yaml").read_text(encoding="utf-8"))
"""Family -> what its students publish."""


def write_published(folder: Path, family: str) -> Path:
    """Write the student of a shipped family: its template and control tokens over 256 other tokens."""
    known = PUBLISHED[family]
    special, plain, last = known["special"], known.get("plain", []), known.get("unembedded", [])
    named = {f"{name}_token": known.get(name) for name in ("bos", "eos", "pad")}
    rows = 256 + len(special) + len(plain)
    config = {"model_type": known["model_type"], "vocab_size": rows, "max_position_embeddings": 16384}
    tokens = {"tokens": special, "plain": plain, "last": last}
    return write_student(folder, template=known["template"], **tokens, config=config, tokenizer_config=named)
