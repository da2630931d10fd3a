"""A family file from a model's own files: what they say, where it was read, and what they do not tell."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cgd_recipes.data.chat import Chat
from cgd_recipes.data.student import expectations, load_student
from cgd_recipes.data.student_check import ANSWER, DAYS, Student, conversation, examine
from cgd_recipes.errors import Problem, RecipeError, Where, one_line, user_error
from cgd_recipes.files.paths import real_path
from cgd_recipes.files.regular import read_text
from cgd_recipes.files.schema import check_schema
from cgd_recipes.files.shipped import data_root, shipped_names
from cgd_recipes.files.yaml import read_yaml
from cgd_recipes.files.yaml_out import yaml_text
from cgd_recipes.recipe.plan import Plan, load_plan
from cgd_recipes.recipe.resolve import load_recipe
from cgd_recipes.recipe.student_files import student_folder
from cgd_recipes.trainers.protocol import TokenizationUnknownError
from cgd_recipes.trainers.registry import TRAINERS, trainer_of

_GUESS = 2.6
"""Characters per token where they cannot be measured: the lowest of the shipped families."""
_SHAPES = (r"<\|[A-Za-z0-9_]+\|>", "<\uff5c[^<>\uff5c]{1,40}\uff5c>", r"\[/?[A-Z][A-Z_]{1,40}\]")
"""Patterns that match the control tokens of many models."""
_PADS = ("pad", "<unk>", "<|endoftext|>")
"""What a token that can pad has in it, the best first."""
_SHORT = 4096
"""Positions where config.json does not say: few, so that no longer rows are trained than a model may take."""
_TRAINER = "axolotl"
"""The trainer whose keys are written."""
_OF_THE_TYPE = ("attn_implementation",)
_OPENS_WEIGHTS = ("model_quantization_config", "model_quantization_config_kwargs")
"""Keys of shipped families that follow from a model's type, and from its weights being quantised."""
_SYSTEM = "Please reason step by step."


@dataclass(frozen=True)
class Proposal:
    """A family file that was made from a model's files.

    Attributes:
        text: YAML with comments.
        questions: what the files do not tell, or what does not fit.
        positions: that the model has.
    """

    text: str
    questions: list[str]
    positions: int


def propose_family(model: str, name: str) -> Proposal:
    """The family file of a model, from its config.json, tokenizer and chat template.

    Args:
        model: its folder, or a hub id of which the cache holds these files, or the hub.
        name: of the family.

    Raises:
        RecipeError: the files are not on this machine, or cannot be read.
    """
    folder = student_folder(model)
    if isinstance(folder, str):
        raise user_error(model, f"no family can be made of it: {folder}; give a folder with its files, or a hub id")
    config = _read_config(folder, model)
    layer, questions = _decoder_layer(config)
    facts: dict[str, Any] = {
        "name": name,
        "student": model,
        "model_type": config.get("model_type", "unknown"),
        "decoder_layer": layer,
        "students": {model: _known(config)},
        "end_of_turn": "</s>",
        "control_tokens": ["</s>"],
        "characters_per_token": _GUESS,
        "special_tokens": {},
        "type_keys": _type_keys(config),
    }
    _, student, chat = _look(facts, folder)
    facts["end_of_turn"], asked = _end_of_turn(student)
    questions += asked
    if config.get("quantization_config") and "model_quantization_config" not in facts["type_keys"]:
        kind = config["quantization_config"].get("quant_method", "unknown")
        questions.append(f"its weights are quantised ({kind}); how are they opened? see families/gpt-oss.yaml")
    facts["control_tokens"] = _patterns(student.controls() or [facts["end_of_turn"]])
    facts["special_tokens"] = _special_tokens(student, facts["end_of_turn"])
    measured = _characters_per_token(chat)
    facts["characters_per_token"] = measured or _GUESS
    if measured is None:
        questions.append("characters_per_token was not measured; install tokenizers, and run this again")
    if any(key in config for key in ("num_local_experts", "num_experts", "n_routed_experts")):
        questions.append("this model has experts: what of them shall LoRA train? see families/mixtral.yaml")
    faults = _faults(facts, folder)
    other = _other_template(facts, folder) if faults else None
    if other:
        facts |= other
        used = f"the chat template of families/{facts['template_of']}.yaml is used instead; is it right for this model?"
        faults = [*faults, used]
    questions += faults
    text = _text(facts, str(folder), questions, measured is not None)
    return Proposal(text, questions, int(facts["students"][model]["max_position_embeddings"]))


def _faults(facts: Mapping[str, Any], folder: Path) -> list[str]:
    plan, student, _ = _look(facts, folder)
    return [fault.message for fault in examine(student, expectations(plan))]


def _other_template(facts: Mapping[str, Any], folder: Path) -> dict[str, Any] | None:
    """The chat template of a shipped family of the same type and end of turn, with which nothing goes wrong."""
    for name in shipped_names("recipes/families"):
        family = read_yaml(data_root() / "recipes" / "families" / f"{name}.yaml").value
        template = family["axolotl"].get("chat_template_jinja")
        same = all(family[key] == facts[key] for key in ("model_type", "end_of_turn"))
        if not template or not same:
            continue
        other = {"template_of": name, "template": template, "thinking": family.get("thinking")}
        _, student, _ = _look({**facts, **other}, folder)
        other["control_tokens"] = _patterns(student.controls())
        if not _faults({**facts, **other}, folder):
            return other
    return None


def _read_config(folder: Path, model: str) -> dict[str, Any]:
    try:
        config = json.loads(read_text(folder / "config.json"))
    except (OSError, ValueError, RecursionError) as error:
        raise user_error(model, f"its config.json cannot be read: {error}") from None
    findings = check_schema(config, "student")
    if findings:
        raise user_error(model, f"its config.json: {findings[0].message}")
    # Models that also read images keep the facts of their language model apart.
    return {**(config.get("text_config") or {}), **config}


def _known(config: Mapping[str, Any]) -> dict[str, Any]:
    keys = ("vocab_size", "hidden_size", "max_position_embeddings")
    return {"max_position_embeddings": _SHORT, **{key: config[key] for key in keys if config.get(key)}}


def _shipped_family(kind: str | None) -> dict[str, Any]:
    """The first shipped family of a model type; empty where there is none."""
    for name in shipped_names("recipes/families"):
        family: dict[str, Any] = read_yaml(data_root() / "recipes" / "families" / f"{name}.yaml").value
        if family["model_type"] == kind:
            return family
    return {}


def _type_keys(config: Mapping[str, Any]) -> dict[str, Any]:
    """Keys of the trainer that a model type needs, as a shipped family has them."""
    keys = _shipped_family(config.get("model_type")).get(_TRAINER, {})
    opens = bool(config.get("quantization_config"))
    return {key: keys[key] for key in keys if key in _OF_THE_TYPE or (opens and key in _OPENS_WEIGHTS)}


def _decoder_layer(config: Mapping[str, Any]) -> tuple[str, list[str]]:
    """By the name that transformers gives it, or as a shipped family of the same type has it."""
    if family := _shipped_family(config.get("model_type")):
        return str(family["decoder_layer"]), []
    architecture = next(iter(config.get("architectures") or []), "")
    layer = f"{architecture.partition('For')[0]}DecoderLayer"
    return layer, [
        f"is decoder_layer {layer} right? it is made from the name of the architecture, {architecture or 'not given'}"
    ]


def _look(facts: Mapping[str, Any], folder: Path) -> tuple[Plan, Student, Chat | str]:
    """The student as a recipe with this family sees it."""
    with tempfile.TemporaryDirectory() as work:
        family, recipe = Path(work, "family.yaml"), Path(work, "recipe.yaml")
        family.write_text(_text(facts, str(folder), [], True), encoding="utf-8")
        head = "extends: [base/full, base/cgd]\nname: probe\nfamily: family.yaml\n"
        recipe.write_text(
            f"{head}student: {yaml_text(str(real_path(folder)))}\nsystem_prompt: {_SYSTEM}\n", encoding="utf-8"
        )
        plan = load_plan(load_recipe(str(recipe)))
    try:
        return plan, *load_student(plan, trainer_of(plan).build(plan))
    except TokenizationUnknownError as reason:
        raise user_error(str(folder), f"no family can be made of it: {reason}") from None
    except RecipeError as error:  # nobody knows the recipe that it names
        raise RecipeError(Problem(Where(str(folder)), problem.message) for problem in error.problems) from None


def _end_of_turn(student: Student) -> tuple[str, list[str]]:
    """The first control token after an answer."""
    named = student.named or {}
    fallback = named.get("eos_token", "</s>")
    after = ""
    for system in (None, _SYSTEM):  # a template may refuse either
        with suppress(Exception):
            after = student.text(conversation(system, ANSWER), False, DAYS[0]).rpartition(ANSWER)[2].lstrip()
    ends = [token for token in student.added if token.strip() and after.startswith(token)]
    if ends:
        return max(ends, key=len), []
    return fallback, [f"which token ends a turn? the chat template writes none after an answer; {fallback} is the EOS"]


def _patterns(controls: Sequence[str]) -> list[str]:
    shapes = [shape for shape in _SHAPES if any(re.fullmatch(shape, token) for token in controls)]
    rest = [token for token in controls if not any(re.fullmatch(shape, token) for shape in shapes)]
    numbered = dict.fromkeys(re.sub(r"[0-9]+", "[0-9]+", re.escape(token)) for token in rest)
    return [*shapes, *numbered]


def _special_tokens(student: Student, end: str) -> dict[str, str]:
    named = student.named or {}
    tokens = {"eos_token": end}
    if named.get("pad_token") in (None, "", end) or named["pad_token"] not in student.vocabulary:
        able = [token for mark in _PADS for token in student.added if mark in token and token != end]
        if able:
            tokens["pad_token"] = able[0]
    return tokens


def _characters_per_token(chat: Chat | str) -> float | None:
    """Characters that make one token in the shipped rows: 95 % of the rows have more; None without the tokenizer."""
    if isinstance(chat, str):
        return None
    lines = (data_root() / "recipes" / "sample" / "rows.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    texts = [f"{row['question']}\n{row['reference']}\n{row.get('student_response') or ''}" for row in rows]
    counts = chat.tokenizer.encode_batch_fast(texts, add_special_tokens=False)
    ratios = sorted(len(text) / len(tokens) for text, tokens in zip(texts, counts, strict=True))
    return max(int(ratios[len(ratios) // 20] * 10) / 10, 0.1)


def _text(facts: Mapping[str, Any], place: str, questions: Sequence[str], measured: bool) -> str:
    """The YAML of a family file, each field with where it comes from."""
    return "".join(f"{line}\n" for line in _lines(facts, place, questions, measured))


def _lines(facts: Mapping[str, Any], place: str, questions: Sequence[str], measured: bool) -> Iterator[str]:
    schema = (data_root() / "schemas" / "family.schema.json").as_uri()
    yield f"# yaml-language-server: $schema={schema}"
    yield f"# Made from the files of {one_line(place)}."
    yield from (f"# QUESTION: {one_line(question)}" for question in questions)
    yield f"name: {yaml_text(facts['name'])}"
    yield f"description: {yaml_text('made from ' + str(facts['student']))}"
    yield f"student: {yaml_text(str(facts['student']))}"
    yield f"model_type: {yaml_text(facts['model_type'])}   # config.json"
    yield f"decoder_layer: {yaml_text(facts['decoder_layer'])}   # a shipped family of this type, or config.json: architectures"
    yield f"end_of_turn: {_quoted(facts['end_of_turn'])}   # the chat template writes it after an answer"
    yield "# tokenizer.json: added tokens that are special, or that the chat template writes"
    yield from ("control_tokens:", *(f"  - {_quoted(pattern)}" for pattern in facts["control_tokens"]))
    how = "measured on the shipped sample rows: 95 % have more" if measured else "not measured"
    yield f"characters_per_token: {facts['characters_per_token']}   # {how}"
    yield "students:"
    for student, known in facts["students"].items():
        yield f"  {yaml_text(student)}:   # config.json"
        yield from (f"    {key}: {value}" for key, value in known.items())
    if facts.get("thinking"):
        yield f"thinking: {json.dumps(facts['thinking'])}"
    yield "axolotl:"
    if facts.get("template"):
        yield f"  # That of families/{facts['template_of']}.yaml, because the model's own would train something else."
        yield "  chat_template: jinja"
        yield f"  chat_template_jinja: {yaml_text(facts['template'])}"
    for key, value in facts["type_keys"].items():
        yield f"  {key}: {json.dumps(value)}   # as the shipped family of this type has it"
    yield "  special_tokens:" if facts["special_tokens"] else "  special_tokens: {}"
    yield from (f"    {key}: {_quoted(token)}" for key, token in facts["special_tokens"].items())
    yield "lora:"
    yield "  axolotl: {lora_target_linear: true}   # every linear layer but the output"
    yield "unsupported:"
    others = [trainer for trainer in TRAINERS if trainer != _TRAINER]
    yield from (f"  {trainer}: this family file does not say how {trainer} trains it" for trainer in others)


def _quoted(text: str) -> str:
    """Text as YAML, in single quotes where it can be: a backslash is itself there."""
    return "'" + text.replace("'", "''") + "'" if text == one_line(text) else yaml_text(text)
