"""Tokenizers for torchtune which train the answer and the token that ends it, and nothing else.

A torchtune config names them as components (`_component_: cgd_recipes.torchtune_tokenizers.qwen2_5_tokenizer`).
They differ from torchtune 0.6.1's own in this: the header of an answer is context; the end-of-turn token is trained
whatever `max_seq_len` is (https://github.com/pytorch/torchtune/issues/2792); text that looks like a control token
stays text; a row that is too long is an error, where torchtune would cut its answer short. Token ids are those of the
family's Hugging Face chat template.

This module needs torchtune, so nothing else in the package imports it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence

from torchtune.data import Message
from torchtune.models.llama3 import Llama3Tokenizer
from torchtune.models.llama3._tokenizer import SPECIAL_TOKENS as LLAMA3_SPECIAL_TOKENS
from torchtune.models.qwen2_5._tokenizer import QWEN2_5_SPECIAL_TOKENS, Qwen2_5Tokenizer
from torchtune.modules.transforms.tokenizers import parse_hf_tokenizer_json

_LLAMA3_NEEDED = ("begin_of_text", "end_of_text", "finetune_right_pad_id", "start_header_id", "end_header_id", "eot_id")
_QWEN_NEEDED = ("endoftext", "im_start", "im_end")


class _Row:
    """Token ids of one row, and for each whether it is context (True) or trained (False)."""

    def __init__(self) -> None:
        self.ids: list[int] = []
        self.mask: list[bool] = []

    def add(self, ids: Sequence[int], masked: bool) -> None:
        self.ids += ids
        self.mask += [masked] * len(ids)

    def finish(self, messages: Sequence[Message], max_seq_len: int | None) -> tuple[list[int], list[bool]]:
        if max_seq_len and len(self.ids) > max_seq_len:
            question = next((text for m in messages if m.role == "user" and (text := _text(m))), "")
            raise ValueError(
                f"a row has {len(self.ids)} tokens, more than max_seq_len {max_seq_len}; "
                f"drop it or raise max_seq_len. Its question begins: {question[:80]!r}"
            )
        return self.ids, self.mask


def _text(message: Message) -> str:
    if any(item["type"] != "text" for item in message.content):
        raise ValueError(f"a {message.role} message holds something other than text")
    return str(message.text_content)


class Llama3ChatTokenizer(Llama3Tokenizer):  # type: ignore[misc]
    """Llama 3.1 chat format, see `llama3_tokenizer`."""

    def tokenize_messages(
        self, messages: Sequence[Message], *, add_end_tokens: bool = True
    ) -> tuple[list[int], list[bool]]:
        """Token ids and mask (True: not trained) of a conversation.

        Args:
            messages: the conversation; a message is trained where it is not `masked`.
            add_end_tokens: False leaves the last message open, for generation.

        Raises:
            ValueError: more than `max_seq_len` tokens, or content that is not text.
        """
        row = _Row()
        row.add([self.bos_id], True)
        for number, message in enumerate(messages, 1):
            row.add([self.start_header_id, *self._plain(message.role), self.end_header_id, *self._plain("\n\n")], True)
            end = [self.eot_id] if add_end_tokens or number < len(messages) else []
            row.add([*self._plain(_text(message).strip()), *end], message.masked)
        return row.finish(messages, self.max_seq_len)

    def _plain(self, text: str) -> list[int]:
        ids: list[int] = self.encode(text, add_bos=False, add_eos=False)
        return ids


class Qwen2_5ChatTokenizer(Qwen2_5Tokenizer):  # type: ignore[misc]  # noqa: N801  (torchtune's spelling)
    """Qwen2.5 chat format, see `qwen2_5_tokenizer`."""

    @property
    def vocab_size(self) -> int:
        """One more than the largest token id."""
        return 1 + int(max(*self.encoder.values(), *self.special_tokens.values()))

    def tokenize_messages(self, messages: Sequence[Message], *, add_eos: bool = True) -> tuple[list[int], list[bool]]:
        """Token ids and mask (True: not trained) of a conversation.

        Args:
            messages: the conversation; a message is trained where it is not `masked`.
            add_eos: False leaves the last message open, for generation.

        Raises:
            ValueError: more than `max_seq_len` tokens, or content that is not text.
        """
        row = _Row()
        for number, message in enumerate(messages, 1):
            row.add([self.im_start_id], True)
            self._add_turn(row, message)
            if add_eos or number < len(messages):
                row.add([self.im_end_id], message.masked)
                row.add(self._plain("\n"), True)
        return row.finish(messages, self.max_seq_len)

    def _add_turn(self, row: _Row, message: Message) -> None:
        header, content = f"{message.role}\n", _text(message)
        if message.masked:
            # A chat template is tokenized as one text, where a line break that opens the content joins the header's.
            row.add(self._plain(header + content), True)
        else:
            # An answer starts where generation starts: after the header, never inside a token of it.
            row.add(self._plain(header), True)
            row.add(self._plain(content), False)

    def _plain(self, text: str) -> list[int]:
        # `encode` would turn text such as `<|im_end|>` into the control token.
        return [self._convert_token_to_id(token) for token in self._tokenize(unicodedata.normalize("NFC", text))]


def llama3_tokenizer(
    path: str, special_tokens_path: str | None = None, max_seq_len: int | None = None
) -> Llama3ChatTokenizer:
    """Tokenizer for Llama 3.1.

    Args:
        path: `original/tokenizer.model`.
        special_tokens_path: `tokenizer.json`; by default the ids of Llama 3.1.
        max_seq_len: longest row in tokens; longer ones raise an error.

    Raises:
        ValueError: `tokenizer.json` lacks a token of the chat format.
    """
    special = _special_tokens(special_tokens_path, _LLAMA3_NEEDED, LLAMA3_SPECIAL_TOKENS)
    return Llama3ChatTokenizer(path=path, special_tokens=special, max_seq_len=max_seq_len)


def qwen2_5_tokenizer(
    path: str, merges_file: str, special_tokens_path: str | None = None, max_seq_len: int | None = None
) -> Qwen2_5ChatTokenizer:
    """Tokenizer for Qwen2.5 and models made from it.

    Args:
        path: `vocab.json`.
        merges_file: `merges.txt`.
        special_tokens_path: `tokenizer.json`; by default the ids of Qwen2.5.
        max_seq_len: longest row in tokens; longer ones raise an error.

    Raises:
        ValueError: `tokenizer.json` lacks a token of the chat format.
    """
    special = _special_tokens(special_tokens_path, _QWEN_NEEDED, ("<tool_call>", "</tool_call>"))
    special = special or QWEN2_5_SPECIAL_TOKENS
    return Qwen2_5ChatTokenizer(path=path, merges_file=merges_file, special_tokens=special, max_seq_len=max_seq_len)


def _special_tokens(path: str | None, needed: Sequence[str], expected: Iterable[str]) -> dict[str, int] | None:
    if path is None:
        return None
    tokens: dict[str, int] = parse_hf_tokenizer_json(path)
    missing = [name for name in needed if f"<|{name}|>" not in tokens]
    if missing:
        names = ", ".join(f"<|{name}|>" for name in missing)
        raise ValueError(f"{path} has no {names}: not a tokenizer of this family")
    # torchtune's classes look up tokens that a model need not have (Llama 3.1 has no <|image|>, no <|step_id|>). Ids
    # past the last one keep them apart from every token in use.
    spare = max(tokens.values()) + 1
    absent = [name for name in expected if name not in tokens]
    return {**tokens, **{name: spare + number for number, name in enumerate(absent)}}
