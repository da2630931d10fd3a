"""Random models of the families' real architectures, small enough to train on a CPU in seconds.

Each has the control tokens and the chat template of its family (written out here, not downloaded), and a byte-level
vocabulary, so that any text can be tokenized. Run by the interpreter that has torch and transformers:

    python tiny.py FOLDER FAMILY...
"""

import base64
import json
import sys
from pathlib import Path

import yaml

SHAPE = {
    "hidden_size": 64,
    "intermediate_size": 128,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": 4096,
    "tie_word_embeddings": False,
}
LLAMA3_ROPE = {
    "rope_type": "llama3",
    "rope_theta": 500000.0,
    "factor": 8.0,
    "low_freq_factor": 1.0,
    "high_freq_factor": 4.0,
    "original_max_position_embeddings": 8192,
}
LLAMA_TEMPLATE = (
    "{{- bos_token }}{%- set ns = namespace(system='') %}"
    "{%- for m in messages if m.role == 'system' %}{%- set ns.system = m.content | trim %}{%- endfor %}"
    "{{- '<|start_header_id|>system<|end_header_id|>\n\nCutting Knowledge Date: December 2023\nToday Date: 26 Jul 2024\n\n'"
    " + ns.system + '<|eot_id|>' }}"
    "{%- for m in messages if m.role != 'system' %}"
    "{{- '<|start_header_id|>' + m.role + '<|end_header_id|>\n\n' + m.content | trim + '<|eot_id|>' }}{%- endfor %}"
    "{%- if add_generation_prompt %}{{- '<|start_header_id|>assistant<|end_header_id|>\n\n' }}{%- endif %}"
)
QWEN_TEMPLATE = (
    "{%- if messages[0].role != 'system' %}{{- '<|im_start|>system\n' + default_system + '<|im_end|>\n' }}{%- endif %}"
    "{%- for m in messages %}{{- '<|im_start|>' + m.role + '\n' + m.content + '<|im_end|>\n' }}{%- endfor %}"
    "{%- if add_generation_prompt %}{{- '<|im_start|>assistant\n' }}{%- endif %}"
)
MIXTRAL_TEMPLATE = (
    "{{- bos_token }}{%- for m in messages %}{%- if (m.role == 'user') != (loop.index0 % 2 == 0) %}"
    "{{- raise_exception('Conversation roles must alternate user/assistant/user/assistant/...') }}{%- endif %}"
    "{%- if m.role == 'user' %}{{- ' [INST] ' + m.content + ' [/INST]' }}{%- else %}{{- ' ' + m.content + eos_token }}{%- endif %}"
    "{%- endfor %}"
)
OLMO_TEMPLATE = (
    "{{- bos_token }}{%- for m in messages %}{%- if m.role == 'assistant' %}"
    "{{- '<|assistant|>\n' + m.content + eos_token + ('' if loop.last else '\n') }}"
    "{%- elif m.role in ['system', 'user'] %}{{- '<|' + m.role + '|>\n' + m.content + '\n' }}{%- endif %}{%- endfor %}"
    "{%- if add_generation_prompt %}{{- '<|assistant|>\n' }}{%- endif %}"
)
LLAMA_TOKENS = [
    "<|begin_of_text|>", "<|end_of_text|>", "<|finetune_right_pad_id|>", "<|step_id|>", "<|start_header_id|>",
    "<|end_header_id|>", "<|eom_id|>", "<|eot_id|>", "<|python_tag|>", "<|image|>",
]  # fmt: skip
QWEN_TOKENS = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]


def byte_alphabet() -> dict[str, int]:
    """The byte-level alphabet that GPT-2 style tokenizers write bytes in, character -> byte."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    hidden = [byte for byte in range(256) if byte not in printable]
    return {chr(byte): byte for byte in printable} | {chr(256 + rank): byte for rank, byte in enumerate(hidden)}


def byte_tokenizer(special: list[str]):
    """A byte-level BPE tokenizer without merges; control tokens follow the 256 bytes."""
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

    tokenizer = Tokenizer(models.BPE(vocab=byte_alphabet(), merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in special])
    return tokenizer


def sentencepiece_tokenizer():
    """The layout of Llama 2 and Mistral vocabularies: `<unk> <s> </s>`, byte fallback, a mark for spaces.

    A word and the space before it are one token there, and so the first word of an answer is trained with its space.
    """
    from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers

    merges = [("\u2581", "I"), ("\u2581I", "t")]
    pieces = ["<unk>", "<s>", "</s>", *(f"<0x{byte:02X}>" for byte in range(256)), "\u2581", *map(chr, range(33, 127))]
    vocabulary = {piece: number for number, piece in enumerate([*pieces, *("".join(pair) for pair in merges)])}
    tokenizer = Tokenizer(
        models.BPE(vocab=vocabulary, merges=merges, unk_token="<unk>", byte_fallback=True, fuse_unk=True)
    )
    tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend("\u2581"), normalizers.Replace(" ", "\u2581")])
    tokenizer.decoder = decoders.Sequence(
        [decoders.Replace("\u2581", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)]
    )
    tokenizer.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in pieces[:3]])
    return tokenizer


def save_tokenizer(folder: Path, tokenizer, template: str, **tokens: str | None) -> int:
    """Save in Hugging Face layout; returns the size of the vocabulary."""
    from transformers import PreTrainedTokenizerFast

    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, **tokens)
    fast.chat_template = template
    fast.save_pretrained(folder)
    return len(fast)


def build_llama(folder: Path):
    """LLaMA 3.1: no pad token, as on the hub; with torchtune's tokenizer.model."""
    from transformers import LlamaConfig, LlamaForCausalLM

    size = save_tokenizer(
        folder, byte_tokenizer(LLAMA_TOKENS), LLAMA_TEMPLATE, bos_token="<|begin_of_text|>", eos_token="<|eot_id|>"
    )
    (folder / "original").mkdir(exist_ok=True)
    ranks = (f"{base64.b64encode(bytes([byte])).decode()} {byte}\n" for byte in range(256))
    (folder / "original" / "tokenizer.model").write_text("".join(ranks))
    return LlamaForCausalLM(
        LlamaConfig(
            vocab_size=size, bos_token_id=256, eos_token_id=263, rms_norm_eps=1e-5, rope_parameters=LLAMA3_ROPE, **SHAPE
        )
    )


def build_qwen(
    folder: Path, default_system: str = "Please reason step by step.", tied: bool = False, theta: float = 10000.0
):
    """Qwen2.5-Math: a base model whose EOS is not the token that ends a turn."""
    from transformers import Qwen2Config, Qwen2ForCausalLM

    template = QWEN_TEMPLATE.replace("default_system", repr(default_system))
    eos = "<|im_end|>" if tied else "<|endoftext|>"
    size = save_tokenizer(folder, byte_tokenizer(QWEN_TOKENS), template, eos_token=eos, pad_token="<|endoftext|>")
    (folder / "vocab.json").write_text(json.dumps(byte_alphabet()))
    (folder / "merges.txt").write_text("#version: 0.2\n")
    rope = {"rope_type": "default", "rope_theta": theta}
    shape = {**SHAPE, "tie_word_embeddings": tied}
    eos_id = 258 if tied else 256
    return Qwen2ForCausalLM(
        Qwen2Config(
            vocab_size=size, bos_token_id=256, eos_token_id=eos_id, rms_norm_eps=1e-6, rope_parameters=rope, **shape
        )
    )


def build_s1(folder: Path):
    """S1.1: Qwen2.5 with tied embeddings and its own RoPE base."""
    return build_qwen(folder, "You are Qwen, created by Alibaba Cloud. You are a helpful assistant.", True, 1000000.0)


def build_mixtral(folder: Path):
    """Mixtral: strict user/assistant alternation, no pad token, four experts."""
    from transformers import MixtralConfig, MixtralForCausalLM

    size = save_tokenizer(
        folder, sentencepiece_tokenizer(), MIXTRAL_TEMPLATE, bos_token="<s>", eos_token="</s>", unk_token="<unk>"
    )
    return MixtralForCausalLM(
        MixtralConfig(
            vocab_size=size, bos_token_id=1, eos_token_id=2, num_local_experts=4, num_experts_per_tok=2, **SHAPE
        )
    )


def build_olmo(folder: Path):
    """OLMo 2: BOS and EOS are one token."""
    from transformers import Olmo2Config, Olmo2ForCausalLM

    names = ["<|endoftext|>", "<|pad|>"]
    size = save_tokenizer(
        folder, byte_tokenizer(names), OLMO_TEMPLATE, bos_token=names[0], eos_token=names[0], pad_token=names[1]
    )
    return Olmo2ForCausalLM(Olmo2Config(vocab_size=size, bos_token_id=256, eos_token_id=256, pad_token_id=257, **SHAPE))


PUBLISHED = yaml.safe_load(
    (Path(__file__).parents[1] / "tests" / "helpers" / "published.yaml").read_text(encoding="utf-8")
)
"""Family -> what its students publish: chat template, special tokens, control tokens."""


def families_of(trainer: str) -> list[str]:
    """The families that a trainer can train."""
    folder = Path(__file__).parents[1] / "recipes" / "families"
    families = {name: yaml.safe_load((folder / f"{name}.yaml").read_text(encoding="utf-8")) for name in PUBLISHED}
    return [name for name, values in families.items() if trainer not in values.get("unsupported", {})]


def build_published(family: str, folder: Path):
    """A family's student with its published template and control tokens, in a small model of its architecture."""
    from transformers import AutoConfig, AutoModelForCausalLM

    known = PUBLISHED[family]
    tokenizer = byte_tokenizer(known["special"])
    tokenizer.add_tokens(known.get("plain", []))
    named = {f"{name}_token": known[name] for name in ("bos", "eos", "pad") if name in known}
    size = save_tokenizer(folder, tokenizer, known["template"], **named)
    ids = {
        f"{name}_token_id": tokenizer.token_to_id(known[name]) if name in known else None
        for name in ("bos", "eos", "pad")
    }
    shape = {
        **SHAPE,
        "head_dim": SHAPE["hidden_size"] // SHAPE["num_attention_heads"],
        "max_position_embeddings": 16384,
    }
    return AutoModelForCausalLM.from_config(AutoConfig.for_model(known["model_type"], vocab_size=size, **ids, **shape))


BUILDERS = {"llama": build_llama, "qwen": build_qwen, "s1": build_s1, "mixtral": build_mixtral, "olmo": build_olmo}


def build(family: str, folder: Path) -> None:
    """Build and save one family's model; the same weights every time."""
    import torch

    torch.manual_seed(0)
    folder.mkdir(parents=True, exist_ok=True)
    model = BUILDERS[family](folder) if family in BUILDERS else build_published(family, folder)
    model.save_pretrained(folder)


if __name__ == "__main__":
    for name in sys.argv[2:] or BUILDERS:
        build(name, Path(sys.argv[1]) / name)
