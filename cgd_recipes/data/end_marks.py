"""Marks for the end of a turn that stand behind an answer, and are no part of it."""

from __future__ import annotations

import re

# Of the tokenizers and templates in use: Llama, Mistral, Qwen (ChatML), OLMo and GPT-2, Gemma, Phi, DeepSeek, Command R, gpt-oss.
KNOWN = (
    "</s>", "<|eot_id|>", "<|eom_id|>", "<|end_of_text|>", "<|im_end|>", "<|endoftext|>", "<end_of_turn>", "<eos>", "<|end|>",
    "<\uff5cend\u2581of\u2581sentence\uff5c>", "<|END_OF_TURN_TOKEN|>", "<|return|>", "<|end_of_turn|>", "<|eos|>", "<|end_of_sentence|>",
)  # fmt: skip
_LOOKS_LIKE_ONE = re.compile(
    r"(?:<\|[^|<>\s]{1,40}\|>|<\uff5c[^<>\uff5c]{1,40}\uff5c>|<(?:turn|channel)\|>|</?(?:eos|eot|eod|eom|end|stop|pad)[a-z_]{0,20}>|\[/?(?:EOS|EOT|EOD|PAD|END_OF_\w{1,20})\])\Z",
    re.IGNORECASE,
)
_LONGEST = 60  # characters of a mark, at most
_INVISIBLE = " \t\r\n\f\v\u00a0\u200b\u200c\u200d\u2060\ufeff"


def cut_end_marks(text: str) -> str:
    """A text without the known marks at its end, and without the white space before them.

    `</s>` also closes struck-out text in HTML; where such text was opened, it stays.
    """
    while True:
        end = text.rstrip(_INVISIBLE)
        if not end.endswith(KNOWN):
            return text
        mark = next(mark for mark in KNOWN if end.endswith(mark))
        if mark == "</s>" and "<s>" in end[1:]:
            return text
        text = end.removesuffix(mark).rstrip(_INVISIBLE)


def unknown_end_mark(text: str) -> str:
    """What stands at the end of a text and looks like a mark for the end of a turn; empty where nothing does."""
    end = text.rstrip(_INVISIBLE)[-_LONGEST:]
    found = _LOOKS_LIKE_ONE.search(end) if end.endswith((">", "]")) else None
    return found.group() if found else ""
