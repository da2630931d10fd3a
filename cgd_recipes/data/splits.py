"""Which files of a folder are which split: by how it was saved, or by the files' names."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from cgd_recipes.errors import user_error
from cgd_recipes.files.regular import read_text

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


def other_split(said: object, wanted: str | None) -> str:
    """The split that a row says it is of, where that is another one than is wanted; empty where it says none.

    Args:
        said: what its column `split` holds.
        wanted: as the recipe has it; None for `train`.
    """
    split = _WORDS.get(said.strip().lower(), "") if isinstance(said, str) else ""
    read = [part.strip().lower() for part in (wanted or TRAIN).split("+")]
    return "" if wanted == ALL or split in [_WORDS.get(part, part) for part in read] else split


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
    noted = folder / "dataset_dict.json"
    if noted.is_file():
        return {name: _state_files(folder / name) for name in _names(noted, "splits", _noted(noted, "splits"))}
    if (folder / "state.json").is_file() and (folder / "dataset_info.json").is_file():
        return {TRAIN: _state_files(folder)}
    return None


def _state_files(folder: Path) -> list[Path]:
    file, key = folder / "state.json", "_data_files"
    named = [entry.get("filename") if isinstance(entry, dict) else entry for entry in _noted(file, key)]
    return [folder / name for name in _names(file, key, named)]


def _names(file: Path, key: str, noted: list[Any]) -> list[str]:
    """Names in the folder of what notes them: it may come from others, so it reaches nothing outside."""
    if all(isinstance(name, str) and name not in ("", "..") and Path(name).name == name for name in noted):
        return noted
    message = f"cannot be read as save_to_disk writes it: something under '{key}' is no name of its folder"
    raise user_error(str(file), message)


def _noted(file: Path, key: str) -> list[Any]:
    try:
        noted = json.loads(read_text(file))
        found = noted[key]
        if isinstance(found, list):
            return found
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        pass
    raise user_error(str(file), f"cannot be read as save_to_disk writes it: no list under '{key}'")


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
            split = _WORDS.get(split.lower(), split)  # dev.jsonl is the split `validation`
        if split not in named:
            share = "; draw a share of a split with data.sample" if "[" in split else ""
            choice = "" if wanted else "; choose one with data.split"
            message = f"no split '{part.strip()}' in the folder; there are: {', '.join(named)}{share}{choice}"
            raise SplitError("split" if wanted else "source", message)
        chosen += splits[split]
    return list(dict.fromkeys(chosen))
