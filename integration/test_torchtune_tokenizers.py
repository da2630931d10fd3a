"""What torchtune trains with our tokenizers, token by token. Needs torchtune: run with the trainer's interpreter."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from tokenizers import AddedToken, Regex, Tokenizer, models, normalizers, pre_tokenizers
from torchtune.data import Message
from torchtune.datasets import chat_dataset
from torchtune.models.llama3._tokenizer import CL100K_PATTERN
from torchtune.models.qwen2._tokenizer import PRETOKENIZE_REGEX

from cgd_recipes.torchtune_tokenizers import llama3_tokenizer, qwen2_5_tokenizer

QWEN_CONTROL = ("<|endoftext|>", "<|im_start|>", "<|im_end|>", "<tool_call>", "</tool_call>")
# What the tokenizer.json of Llama 3.1 has: no <|image|>, no <|step_id|>.
LLAMA_CONTROL = tuple(
    f"<|{name}|>"
    for name in (
        "begin_of_text",
        "end_of_text",
        "finetune_right_pad_id",
        "start_header_id",
        "end_header_id",
        "eom_id",
        "eot_id",
        "python_tag",
    )
)
MERGES = (b"\n \n", b"t h", b"th e", b"i s", b"1 2", b"\n\n \n", b"= =")
ROWS = {
    "plain": ("Reason step by step.", "What is the sum of 12 and 1?", "It is 13.\n\n\\boxed{13}"),
    "no system": (None, "the question", "the answer"),
    "line breaks at the edges": ("\nsystem\n", "\n\n  the question\n\n", "the answer\n"),
    "unicode": ("Système", "e\u0301 is é? 三 🙂", "é — ½"),
    "empty question": (None, "", "the answer"),
}
LITERAL = "the <|eot_id|><|im_end|>\n<|im_start|>assistant\n12<|endoftext|><|end_of_text|> <|start_header_id|>"


class Family(NamedTuple):
    """How one family is tokenized: ours, Hugging Face's, and the text of its chat template."""

    ours: Callable[[int | None], Any]
    reference: Tokenizer
    template: Callable[[list[Message]], str]
    end: str
    decode: Callable[[Any, list[int]], str]


def byte_letters() -> dict[int, str]:
    """The letters that byte-level BPE writes bytes with."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in printable]
    return {**{byte: chr(byte) for byte in printable}, **{byte: chr(256 + n) for n, byte in enumerate(others)}}


def vocabulary() -> tuple[list[bytes], list[tuple[bytes, bytes]]]:
    pairs = [(left, right) for left, right in (merge.split(b" ") for merge in MERGES)]
    return [*(bytes([byte]) for byte in range(256)), *(left + right for left, right in pairs)], pairs


def reference_tokenizer(control: tuple[str, ...], pattern: str, nfc: bool) -> Tokenizer:
    letters, (words, pairs) = byte_letters(), vocabulary()

    def spell(word: bytes) -> str:
        return "".join(letters[byte] for byte in word)

    merges = [(spell(left), spell(right)) for left, right in pairs]
    tokenizer = Tokenizer(models.BPE({spell(word): rank for rank, word in enumerate(words)}, merges))
    if nfc:
        tokenizer.normalizer = normalizers.NFC()
    split = pre_tokenizers.Split(Regex(pattern), behavior="isolated")
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([split, pre_tokenizers.ByteLevel(False, use_regex=False)])
    tokenizer.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in control])
    return tokenizer


@pytest.fixture
def qwen(tmp_path_factory: pytest.TempPathFactory) -> Family:
    folder = tmp_path_factory.mktemp("qwen")
    reference = reference_tokenizer(QWEN_CONTROL, PRETOKENIZE_REGEX, nfc=True)
    reference.save(str(folder / "tokenizer.json"))
    model = json.loads((folder / "tokenizer.json").read_text())["model"]
    (folder / "vocab.json").write_text(json.dumps(model["vocab"]))
    lines = ["#version: 0.2", *(" ".join(pair) for pair in model["merges"])]
    (folder / "merges.txt").write_text("\n".join(lines))
    vocab, merges, special = (str(folder / name) for name in ("vocab.json", "merges.txt", "tokenizer.json"))
    return Family(
        ours=lambda length: qwen2_5_tokenizer(vocab, merges, special, length),
        reference=reference,
        template=lambda ms: "".join(f"<|im_start|>{m.role}\n{m.text_content}<|im_end|>\n" for m in ms),
        end="<|im_end|>",
        decode=lambda tokenizer, ids: str(tokenizer.decode(ids)),
    )


@pytest.fixture
def llama(tmp_path_factory: pytest.TempPathFactory) -> Family:
    folder = tmp_path_factory.mktemp("llama")
    reference = reference_tokenizer(LLAMA_CONTROL, CL100K_PATTERN, nfc=False)
    reference.save(str(folder / "tokenizer.json"))
    ranks = [f"{base64.b64encode(word).decode()} {rank}\n" for rank, word in enumerate(vocabulary()[0])]
    (folder / "tokenizer.model").write_text("".join(ranks))
    model, special = str(folder / "tokenizer.model"), str(folder / "tokenizer.json")
    turn = "<|start_header_id|>{}<|end_header_id|>\n\n{}<|eot_id|>"
    return Family(
        ours=lambda length: llama3_tokenizer(model, special, length),
        reference=reference,
        template=lambda ms: "<|begin_of_text|>" + "".join(turn.format(m.role, m.text_content.strip()) for m in ms),
        end="<|eot_id|>",
        decode=lambda tokenizer, ids: str(tokenizer.decode(ids, truncate_at_eos=False, skip_special_tokens=False)),
    )


@pytest.fixture(params=["llama", "qwen"])
def family(request: pytest.FixtureRequest) -> Family:
    found: Family = request.getfixturevalue(request.param)
    return found


def conversation(system: str | None, question: str, answer: str) -> list[Message]:
    texts = {"system": system, "user": question, "assistant": answer}
    return [Message(role, text, masked=role != "assistant") for role, text in texts.items() if text is not None]


def trained(family: Family, tokenizer: Any, ids: list[int], mask: list[bool]) -> str:
    return family.decode(tokenizer, [one for one, masked in zip(ids, mask, strict=True) if not masked])


@pytest.mark.parametrize("length", [None, 512])
@pytest.mark.parametrize("row", ROWS)
def test_ids_are_those_of_the_chat_template(family: Family, row: str, length: int | None) -> None:
    messages = conversation(*ROWS[row])
    ids, _ = family.ours(length).tokenize_messages(messages)
    assert ids == family.reference.encode(family.template(messages), add_special_tokens=False).ids


@pytest.mark.parametrize("length", [None, 512])
@pytest.mark.parametrize("row", ROWS)
def test_answer_and_end_of_turn_are_trained_and_nothing_else(family: Family, row: str, length: int | None) -> None:
    tokenizer = family.ours(length)
    messages = conversation(*ROWS[row])
    answer = messages[-1].text_content.strip() if family.end == "<|eot_id|>" else messages[-1].text_content
    ids, mask = tokenizer.tokenize_messages(messages)
    assert trained(family, tokenizer, ids, mask) == answer + family.end


def test_row_that_just_fits_is_whole_and_one_token_more_raises(family: Family) -> None:
    messages = conversation(*ROWS["plain"])
    ids, mask = family.ours(None).tokenize_messages(messages)
    assert family.ours(len(ids)).tokenize_messages(messages) == (ids, mask)
    with pytest.raises(ValueError, match=rf"{len(ids)} tokens, more than max_seq_len {len(ids) - 1}.*What is the sum"):
        family.ours(len(ids) - 1).tokenize_messages(messages)


def test_control_tokens_in_text_stay_text(family: Family) -> None:
    tokenizer = family.ours(512)
    ids, mask = tokenizer.tokenize_messages(conversation(LITERAL, LITERAL, LITERAL))
    control = {family.reference.token_to_id(token) for token in (*QWEN_CONTROL, *LLAMA_CONTROL)} - {None}
    expected, _ = tokenizer.tokenize_messages(conversation("a", "b", "c"))
    assert [one for one in ids if one in control] == [one for one in expected if one in control]
    assert trained(family, tokenizer, ids, mask) == LITERAL + family.end


def test_line_break_before_an_answer_is_trained_as_it_is_generated(qwen: Family) -> None:
    tokenizer = qwen.ours(None)
    ids, mask = tokenizer.tokenize_messages(conversation(None, "the question", "\nthe answer"))
    assert trained(qwen, tokenizer, ids, mask) == "\nthe answer<|im_end|>"


def test_every_answer_of_a_conversation_is_trained(family: Family) -> None:
    tokenizer = family.ours(512)
    messages = [*conversation(None, "one", "1"), *conversation(None, "two", "2")]
    ids, mask = tokenizer.tokenize_messages(messages)
    assert trained(family, tokenizer, ids, mask) == f"1{family.end}2{family.end}"


def test_last_message_is_left_open_for_generation(llama: Family, qwen: Family) -> None:
    messages = conversation(None, "the question", "the")
    ids, _ = llama.ours(None).tokenize_messages(messages, add_end_tokens=False)
    assert llama.decode(llama.ours(None), ids).endswith("assistant<|end_header_id|>\n\nthe")
    ids, _ = qwen.ours(None).tokenize_messages(messages, add_eos=False)
    assert qwen.decode(qwen.ours(None), ids).endswith("<|im_start|>assistant\nthe")


def test_recipes_find_what_they_look_up(family: Family) -> None:
    tokenizer = family.ours(512)
    assert tokenizer.max_seq_len == 512
    assert family.reference.token_to_id(family.end) in tokenizer.stop_tokens
    assert 0 <= tokenizer.pad_id < family.reference.get_vocab_size()
    assert tokenizer.vocab_size >= family.reference.get_vocab_size()


def write_rows(path: Path) -> list[str]:
    names = ("system", "user", "assistant")
    rows = [
        {"id": name, "messages": [{"role": r, "content": t} for r, t in zip(names, row, strict=True) if t is not None]}
        for name, row in ROWS.items()
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return [row[2] for row in ROWS.values()]


@pytest.mark.parametrize("packed", [False, True])
def test_dataset_trains_all_answers(family: Family, tmp_path: Path, packed: bool) -> None:
    answers, tokenizer = write_rows(tmp_path / "train.jsonl"), family.ours(512)
    dataset = chat_dataset(
        tokenizer,
        source="json",
        data_files=str(tmp_path / "train.jsonl"),
        conversation_column="messages",
        conversation_style="openai",
        packed=packed,
        cache_dir=str(tmp_path / "cache"),
    )
    labels = [int(label) for sample in dataset for label in sample["labels"] if label != -100]
    strip = family.end == "<|eot_id|>"
    assert family.decode(tokenizer, labels) == "".join((a.strip() if strip else a) + family.end for a in answers)


def test_tokenizer_of_another_family_is_refused(tmp_path: Path) -> None:
    reference_tokenizer(QWEN_CONTROL, PRETOKENIZE_REGEX, nfc=True).save(str(tmp_path / "tokenizer.json"))
    with pytest.raises(ValueError, match=r"has no <\|begin_of_text\|>.*not a tokenizer of this family"):
        llama3_tokenizer("unused", str(tmp_path / "tokenizer.json"))
