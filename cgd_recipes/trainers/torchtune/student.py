"""Compares a torchtune config with the model it starts from: what its config.json says, and the files it names."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from cgd_recipes.errors import Finding, dotted
from cgd_recipes.files.schema import describe
from cgd_recipes.trainers.places import Places
from cgd_recipes.trainers.torchtune.components import Path_, find_component

# Argument of torchtune's model builders -> key of config.json.
FACTS = {
    "vocab_size": "vocab_size",
    "num_layers": "num_hidden_layers",
    "num_heads": "num_attention_heads",
    "num_kv_heads": "num_key_value_heads",
    "embed_dim": "hidden_size",
    "intermediate_dim": "intermediate_size",
    "norm_eps": "rms_norm_eps",
    "rope_base": "rope_theta",
    "scale_factor": "rope_scaling.factor",
    "tie_word_embeddings": "tie_word_embeddings",
}
_SHARDS = re.compile(r"0*[0-9]{1,3}")
"""A number of files that a checkpoint may be in; with more, none of them is looked for."""
_FILES = ("path", "merges_file", "special_tokens_path")


def fact(student: Mapping[str, Any], key: str) -> Any:
    """A value of config.json by dotted key; None where it has none."""
    value: Any = student
    for part in key.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def student_findings(values: Mapping[str, Any], student: Mapping[str, Any] | None) -> list[Finding]:
    """Model arguments, given or the builder's own, that contradict the student's config.json.

    Most of these load and train without an error: shapes agree, and only the result is wrong.
    """
    model = values.get("model")
    found = find_component(model)
    if not student or not isinstance(model, Mapping) or found.get("kind") != "model":
        return []
    findings = []
    for argument, key in FACTS.items():
        # A builder that cannot tie embeddings does not tie them.
        default = False if argument == "tie_word_embeddings" else None
        default = found["parameters"].get(argument, {}).get("default", default)
        value = model.get(argument, found.get("fixed", {}).get(argument, default))
        # A Llama 3.1 builder scales unless it is told a factor of 1.
        expected = fact(student, key) if key != "rope_scaling.factor" else fact(student, key) or 1
        if not isinstance(value, (bool, int, float)) or expected is None or _same(value, expected):
            continue
        path: Path_ = ("model", argument if argument in model else "_component_")
        name = str(model["_component_"]).rsplit(".", 1)[-1]
        what = f"'{dotted(path)}' is" if argument in model else f"{name} has {argument}"
        message = f"{what} {describe(value)}, but the student's config.json says {key} {describe(expected)}"
        findings.append(Finding(path, message))
    positions, longest = student.get("max_position_embeddings"), model.get("max_seq_len")
    if isinstance(positions, int) and isinstance(longest, int) and longest > positions:
        message = f"'model.max_seq_len' {longest} is more than the student's {positions} positions"
        findings.append(Finding(("model", "max_seq_len"), message))
    return findings


def _same(value: Any, expected: Any) -> bool:
    if isinstance(value, float) or isinstance(expected, float):
        try:
            return math.isclose(value, expected)
        except (TypeError, OverflowError):
            return False
    return bool(value == expected)


def file_findings(values: Mapping[str, Any], places: Places | None) -> list[Finding]:
    """Files that the config names and that are not there.

    A checkpoint folder that does not exist yet is taken to be downloaded later, with everything in it.

    Args:
        values: the config, references resolved.
        places: where relative paths start; None leaves them unchecked.
    """
    checkpointer, tokenizer = _section(values, "checkpointer"), _section(values, "tokenizer")
    findings = []
    home = _place(checkpointer.get("checkpoint_dir"), places)
    if home is not None:
        named = f"'checkpointer.{{}}': {checkpointer['checkpoint_dir']} has no {{}}"
        wanted = [("checkpoint_files", name) for name in checkpoint_names(checkpointer.get("checkpoint_files"))]
        for key, name in [*wanted, ("checkpoint_dir", "config.json")] if home.is_dir() else []:
            if not (home / name).is_file():
                findings.append(Finding(("checkpointer", key), named.format(key, name)))
        output = _place(checkpointer.get("output_dir"), places)
        if output is not None and output.is_relative_to(home):
            message = "'checkpointer.output_dir' must not be inside 'checkpointer.checkpoint_dir'"
            findings.append(Finding(("checkpointer", "output_dir"), message))
    for key in _FILES:
        place = _place(tokenizer.get(key), places)
        if place is None or place.is_file() or (home is not None and not home.is_dir() and place.is_relative_to(home)):
            continue
        searched = places.searched if places and not os.path.isabs(tokenizer[key]) else ""
        findings.append(Finding(("tokenizer", key), f"'tokenizer.{key}': no such file: {tokenizer[key]}{searched}"))
    return findings


def _section(values: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    section = values.get(key)
    return section if isinstance(section, Mapping) else {}


def named_files(values: Mapping[str, Any]) -> list[str]:
    """Relative names of files and folders that must be there when the run starts."""
    tokenizer = _section(values, "tokenizer")
    names = [_section(values, "checkpointer").get("checkpoint_dir"), *(tokenizer.get(key) for key in _FILES)]
    return [name for name in names if isinstance(name, str) and not os.path.isabs(name)]


def _place(path: Any, places: Places | None) -> Path | None:
    if not isinstance(path, str) or (places is None and not Path(path).is_absolute()):
        return None
    return (places or Places(Path())).find(path)


def checkpoint_names(files: Any) -> Iterator[str]:
    """File names from `checkpoint_files`, which is a list of them or a pattern and the last number."""
    if isinstance(files, list):
        yield from (name for name in files if isinstance(name, str))
    if isinstance(files, Mapping):
        pattern, last = files.get("filename_format"), files.get("max_filename")
        if isinstance(pattern, str) and isinstance(last, str) and _SHARDS.fullmatch(last) and pattern.count("{}") == 2:
            for number in range(1, int(last) + 1):
                yield pattern.replace("{}", str(number).zfill(len(last)), 1).replace("{}", last, 1)
