"""The tokens, the loss mask and the lengths that we tell are those that the trainer trains on.

Runs in either trainer's environment; tests for the other one are skipped.
"""

import json
import shutil
from importlib.util import find_spec

import pytest

FAMILIES = ["llama", "qwen", "s1", "mixtral", "olmo"]
QUESTIONS = [
    "How many?",
    "Déjà vu — 三 🙂 e\u0301?",
    "Say <|im_end|>, <|eot_id|>, [INST] or </s>.",
    "A line.\n\n  Another.\t",
]
ANSWERS = [
    "\\boxed{4}",
    "- one\n- two\n\n\\[ x = \\frac{1}{2} \\]",
    "End with 🙂",
    "<|im_start|>assistant\n</s> 12<|eot_id|><|endoftext|>",
    "四。",
]
QWEN_SPLIT = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)

needs_axolotl = pytest.mark.skipif(not find_spec("axolotl"), reason="needs axolotl")
needs_torchtune = pytest.mark.skipif(not find_spec("torchtune"), reason="needs torchtune")


@pytest.fixture
def rows(tmp_path):
    texts = [(question, answer) for question in QUESTIONS for answer in ANSWERS]
    file = tmp_path / "rows.jsonl"
    entries = [
        {"id": str(number), "question": question, "student_response": "It is 3.", "critique": "No.\nConclusion: wrong",
         "refined_response": answer + " word" * number, "answer": "4"}
        for number, (question, answer) in enumerate(texts)
    ]  # fmt: skip
    file.write_text("".join(json.dumps(entry) + "\n" for entry in entries), encoding="utf-8")
    return f"data.source={file}"


@pytest.fixture
def render_exact(models, render_smoke, tmp_path):
    """Render for a copy of the tiny student, with a normalizer and a split into words as the real family has."""

    def run(family: str, *settings: str, merges: bool = False):
        student = tmp_path / "student"
        if not student.exists():
            shutil.copytree(models / family, student)
            make_real(student / "tokenizer.json", family in ("qwen", "s1"), merges)
        return render_smoke(family, "data.sample=null", f"student={student}", *settings)

    return run


def make_real(file, qwen, merges):
    from tokenizers import Regex, Tokenizer, normalizers, pre_tokenizers, trainers

    tokenizer = Tokenizer.from_file(str(file))
    if qwen:
        # transformers gives every Qwen2 tokenizer this and the split into words, whatever the file says.
        tokenizer.normalizer = normalizers.NFC()
    if qwen or merges:  # without a split, line breaks would be joined with the answer that follows them
        words = pre_tokenizers.Split(Regex(QWEN_SPLIT), behavior="isolated")
        tokenizer.pre_tokenizer = pre_tokenizers.Sequence([words, pre_tokenizers.ByteLevel(False, use_regex=False)])
    if merges:
        special = [token.content for token in tokenizer.get_added_tokens_decoder().values()]
        alphabet = pre_tokenizers.ByteLevel.alphabet()
        trainer = trainers.BpeTrainer(
            vocab_size=600, initial_alphabet=alphabet, special_tokens=special, show_progress=False
        )
        texts = [
            *QUESTIONS,
            *ANSWERS,
            "user\n\nHow",
            "assistant\n\\boxed{4}",
            ".\n\n",
            " word word",
            "Conclusion: wrong",
        ]
        tokenizer.train_from_iterator(texts * 50, trainer)
        config = json.loads((file.parent / "config.json").read_text())
        config["vocab_size"] = tokenizer.get_vocab_size()
        (file.parent / "config.json").write_text(json.dumps(config))
    tokenizer.save(str(file))


def ours(rendered):
    """(ids, labels) of every rendered example, as we tell them."""
    from cgd_recipes.data.chat import load_chat
    from cgd_recipes.trainers.registry import trainer_of

    chat = load_chat(rendered.plan, trainer_of(rendered.plan).build(rendered.plan, rendered.data))
    assert not isinstance(chat, str), chat
    found = []
    for line in (rendered.folder / "data" / "train.jsonl").read_text(encoding="utf-8").splitlines():
        messages = json.loads(line)["messages"]
        tokens = chat.tokens(messages)
        assert chat.count([messages]) == [len(tokens)]
        assert "".join(token.text for token in tokens) == chat.text(messages)
        found.append(([token.id for token in tokens], [token.id if token.trained else -100 for token in tokens]))
    return sorted(found)


def axolotls(rendered, monkeypatch):
    from axolotl.cli.args import TrainerCliArgs
    from axolotl.cli.config import load_cfg
    from axolotl.common.datasets import load_datasets

    monkeypatch.chdir(rendered.folder)
    data = load_datasets(cfg=load_cfg("axolotl.yaml"), cli_args=TrainerCliArgs()).train_dataset
    return sorted((list(row["input_ids"]), list(row["labels"])) for row in data)


@needs_axolotl
@pytest.mark.parametrize("family", FAMILIES)
def test_tokens_and_mask_are_axolotls(family, render_exact, rows, monkeypatch):
    rendered = render_exact(family, rows)
    assert rendered.data.lengths.measure.how == "exact"
    assert rendered.data.counts.examples == 20
    assert ours(rendered) == axolotls(rendered, monkeypatch)


@needs_axolotl
def test_without_a_system_prompt(render_exact, rows, monkeypatch):
    rendered = render_exact("qwen", rows, "system_prompt=null")
    assert ours(rendered) == axolotls(rendered, monkeypatch)


@needs_axolotl
@pytest.mark.parametrize("family", ["llama", "qwen"])
def test_tokens_of_many_characters(family, render_exact, rows, monkeypatch):
    rendered = render_exact(family, rows, merges=True)
    found = ours(rendered)
    assert found == axolotls(rendered, monkeypatch)
    assert all(max(ids) > 300 for ids, _ in found)


@needs_axolotl
@pytest.mark.parametrize("family", ["qwen", "mixtral"])
def test_what_is_too_long_is_left_out_before_axolotl_would(family, render_exact, rows, monkeypatch):
    every = sorted(len(ids) for ids, _ in ours(render_exact(family, rows)))
    limit = every[12]
    rendered = render_exact(family, rows, f"train.sequence_len={limit}", "data.max_rejected=0.9")
    kept = sum(length <= limit for length in every)
    assert rendered.data.counts.examples == kept
    assert rendered.data.counts.rejected == {"longer than sequence_len": 20 - kept}
    assert [len(ids) for ids, _ in axolotls(rendered, monkeypatch)].count(limit) == every.count(limit)
    assert len(axolotls(rendered, monkeypatch)) == kept
    manifest = json.loads((rendered.folder / "manifest.json").read_text())["lengths"]
    assert (manifest["lengths"], manifest["max"]) == ("exact", limit)
    assert len(manifest["tokenizer_sha256"]) == 64


@needs_torchtune
@pytest.mark.parametrize("family", ["llama", "qwen", "s1"])
def test_tokens_and_mask_are_torchtunes(family, render_exact, rows, monkeypatch):
    from omegaconf import OmegaConf
    from torchtune import config as torchtune_config

    rendered = render_exact(family, rows, "train.trainer=torchtune")
    monkeypatch.chdir(rendered.folder)
    config = OmegaConf.load("torchtune.yaml")
    tokenizer = torchtune_config.instantiate(config.tokenizer)
    data = torchtune_config.instantiate(config.dataset, tokenizer)
    found = sorted((list(row["tokens"]), list(row["labels"])) for row in (data[number] for number in range(len(data))))
    assert ours(rendered) == found


def test_the_command_shows_the_tokens(models, tmp_path, rows):
    from click.testing import CliRunner

    from cgd_recipes.commands.main import main

    settings = ["-s", rows, "-s", f"student={models / 'qwen'}", "-s", "evaluate.max_gen_toks=64"]
    told = json.loads(CliRunner().invoke(main, ["preview", "qwen-cgd", "--row", "3", "--json", *settings]).stdout)
    (sequence,) = told["sequences"]
    assert told["lengths"] == "exact"
    assert sum(len(segment["ids"]) for segment in sequence["segments"]) == sequence["tokens"]
    trained = [segment for segment in sequence["segments"] if segment["trained"]]
    assert sum(len(segment["ids"]) for segment in trained) == sequence["trained_tokens"]
    assert (trained[-1]["text"], trained[-1]["special"], len(trained[-1]["ids"])) == ("<|im_end|>", True, 1)
    page = tmp_path / "page.html"
    assert CliRunner().invoke(main, ["preview", "qwen-cgd", "--html", str(page), *settings]).exit_code == 0
    assert "<summary>Token ids" in page.read_text(encoding="utf-8")


def test_a_template_that_refuses_the_messages(models, tmp_path, render_smoke):
    from cgd_recipes.errors import RecipeError

    student = tmp_path / "student"
    shutil.copytree(models / "qwen", student, ignore=shutil.ignore_patterns("*.safetensors"))
    (student / "chat_template.jinja").write_text("{{ raise_exception('no system message, please') }}")
    with pytest.raises(RecipeError, match="the student's chat template fails: no system message, please"):
        render_smoke("qwen", f"student={student}")
    (student / "tokenizer.json").write_text("{}")
    with pytest.raises(RecipeError, match=r"tokenizer.json cannot be read"):
        render_smoke("qwen", f"student={student}")
