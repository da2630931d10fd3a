"""Which files of a folder are which split: by its dataset card, by how it was saved, or by the files' names."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from cgd_recipes.errors import did_you_mean, user_error

TRAIN = "train"
ALL = "all"
"""The split that stands for all of them, as in the datasets library."""
# The words by which the datasets library knows a split in a file's name (its documentation, "File names and splits"), and
# others in use: what is held out must not be trained because its name is written in another way.
_WORDS = {
    **dict.fromkeys(("train", "training", "trainset", "trn"), TRAIN),
    **dict.fromkeys(
        ("validation", "valid", "val", "dev", "validationset", "validset", "valset", "devset"), "validation"
    ),
    **dict.fromkeys(("test", "testing", "eval", "evaluation", "testset", "tests", "tst", "evalset", "evals"), "test"),
    **dict.fromkeys(("heldout", "holdout"), "test"),
}
_HELD_OUT = re.compile(r"(?i)(held|hold)[\W_]?out")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z][a-z])")  # gsm8kTest
_SHARD = re.compile(r"(?P<split>\w+)-\d{5}-of-\d{5}\b")
_FRONT_MATTER = re.compile(r"---\r?\n(.*?)\r?\n---\s*(?:\n|$)", re.DOTALL)
_LARGEST_CARD = 1 << 20  # bytes of a README.md that are looked at


class SplitError(Exception):
    """A choice of split or configuration that a folder does not have.

    Attributes:
        key: the key of the `data` section that makes it.
    """

    def __init__(self, key: str, message: str):
        super().__init__(message)
        self.key = key


def split_of(name: Path) -> str:
    """The split that a file's name or folder says, in the datasets library's names; empty where they say none.

    A name that says two (`train_test.jsonl`) gives both, so that it is neither.
    """
    shard = _SHARD.match(name.name)
    if shard and name.parent.name == "data":
        return _WORDS.get(shard["split"], shard["split"])
    for part in reversed(name.parts):
        words = re.split(r"[\W_\d]+", _HELD_OUT.sub(r"\1out", _CAMEL.sub("_", part)).lower())
        said = dict.fromkeys(_WORDS[word] for word in words if word in _WORDS)
        if said:
            return " and ".join(said)
    return ""


def by_name(folder: Path, files: Iterable[Path]) -> dict[str, list[Path]]:
    """The files of every split, by their names; those that say none are the split `train` where no file says one.

    Returns:
        Split -> files; under the empty name the files that say no split beside others that do.
    """
    found: dict[str, list[Path]] = {}
    for file in files:
        found.setdefault(split_of(file.relative_to(folder)), []).append(file)
    return {TRAIN: found[""]} if set(found) == {""} else found


def saved_splits(folder: Path) -> dict[str, list[Path]] | None:
    """The files of a folder that `save_to_disk` of the datasets library wrote; None where it did not.

    Raises:
        RecipeError: what the library noted there cannot be read.
    """
    if (folder / "dataset_dict.json").is_file():
        names = _noted(folder / "dataset_dict.json", "splits")
        return {str(name): _state_files(folder / str(name)) for name in names}
    if (folder / "state.json").is_file() and (folder / "dataset_info.json").is_file():
        return {TRAIN: _state_files(folder)}
    return None


def _state_files(folder: Path) -> list[Path]:
    return [folder / str(file.get("filename")) for file in _noted(folder / "state.json", "_data_files")]


def _noted(file: Path, key: str) -> list[Any]:
    try:
        noted = json.loads(file.read_text(encoding="utf-8"))
        found = noted[key]
        if isinstance(found, list):
            return found
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        pass
    raise user_error(str(file), f"cannot be read as save_to_disk writes it: no list under '{key}'")


def card_splits(folder: Path, config: str | None) -> dict[str, list[Path]] | None:
    """The files of every split as the dataset card (README.md) of a folder says; None where it says nothing.

    Args:
        config: the configuration to take; None for the default one, or the only one.

    Raises:
        SplitError: the card has no such configuration, or several and none is the default.
    """
    configs = {str(entry["config_name"]): entry for entry in _card_configs(folder) if entry.get("config_name")}
    if not configs:
        return None
    chosen = config or _default(configs)
    if chosen is None:
        raise SplitError("source", f"has several configurations: {', '.join(configs)}; set data.config to one of them")
    if chosen not in configs:
        hint = did_you_mean(chosen, configs) or f"; there are: {', '.join(configs)}"
        raise SplitError("config", f"no configuration '{chosen}' in the dataset card{hint}")
    entry = configs[chosen]
    below, patterns = str(entry.get("data_dir") or ""), _patterns(entry.get("data_files"))
    return {split: _matching(folder, below, of_split) for split, of_split in patterns.items()}


def _default(configs: Mapping[str, Mapping[str, Any]]) -> str | None:
    marked = [name for name, entry in configs.items() if entry.get("default") is True]
    named = marked or [name for name in configs if name == "default"]
    return named[0] if named else next(iter(configs)) if len(configs) == 1 else None


def _card_configs(folder: Path) -> list[dict[str, Any]]:
    card = folder / "README.md"
    if not card.is_file():
        return []
    with open(card, encoding="utf-8", errors="replace") as handle:
        found = _FRONT_MATTER.match(handle.read(_LARGEST_CARD))
    try:
        front = yaml.safe_load(found[1]) if found else None
    except (yaml.YAMLError, RecursionError, ValueError):
        return []
    configs = front.get("configs") if isinstance(front, dict) else None
    entries = configs if isinstance(configs, list) else []
    return [entry for entry in entries if isinstance(entry, dict) and entry.get("data_files")]


def _patterns(files: Any) -> dict[str, list[str]]:
    """Split -> patterns, of the forms that a card may have: text, a list of texts, or a list of splits with their paths."""
    found: dict[str, list[str]] = {}
    for entry in files if isinstance(files, list) else [files]:
        split, paths = (entry.get("split", TRAIN), entry.get("path")) if isinstance(entry, dict) else (TRAIN, entry)
        found.setdefault(str(split), []).extend(map(str, paths if isinstance(paths, list) else [paths]))
    return found


def _matching(folder: Path, below: str, patterns: Iterable[str]) -> list[Path]:
    """Files that a card means; it is written by others, so it reaches nothing outside its folder, and costs little."""
    found: dict[Path, None] = {}
    for pattern in (Path(below) / pattern for pattern in patterns):
        if pattern.parts and not pattern.is_absolute() and ".." not in pattern.parts and pattern.parts.count("**") <= 2:
            found.update(dict.fromkeys(sorted(folder.glob(str(pattern)))))
    return list(found)


def choose(splits: Mapping[str, list[Path]], wanted: str | None) -> list[Path]:
    """The files of a split, of several (`train+validation`), or of `all`.

    Args:
        splits: split -> files.
        wanted: as the recipe has it; None for `train`.

    Raises:
        SplitError: there is no such split; the message lists those there are.
    """
    if wanted == ALL:
        return [file for files in splits.values() for file in files]
    named = sorted(split for split in splits if split)
    chosen: list[Path] = []
    for part in (wanted or TRAIN).split("+"):
        split = part.strip()
        if split not in named:
            share = "; draw a share of a split with data.sample" if "[" in split else ""
            choice = "" if wanted else "; choose one with data.split"
            message = f"no split '{split}' in the folder; there are: {', '.join(named)}{share}{choice}"
            raise SplitError("split" if wanted else "source", message)
        chosen += splits[split]
    return list(dict.fromkeys(chosen))
