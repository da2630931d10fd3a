"""What the dataset card (README.md) of a folder says of its files."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from cgd_recipes.data.splits import TRAIN, SplitError
from cgd_recipes.errors import did_you_mean

CARD = "README.md"
_FRONT_MATTER = re.compile(r"---\r?\n(.*?)\r?\n---\s*(?:\n|$)", re.DOTALL)
_LARGEST = 1 << 20  # characters that are looked at
_MAGIC = re.compile(r"[*?\[]")


class CardConfig(NamedTuple):
    """One configuration.

    Attributes:
        below: folder of its files, relative to that of the card.
        patterns: split -> patterns of its files; none where the names of the files say which split they are.
    """

    below: str
    patterns: dict[str, list[str]]

    def folder(self, folder: Path) -> Path:
        """The folder of its files.

        Raises:
            SplitError: it is not there, or not in the folder of the card.
        """
        if not _is_inside(self.below) or not (folder / self.below).is_dir():
            raise SplitError("source", f"its dataset card ({CARD}) names a folder that is not in it: {self.below}")
        return folder / self.below

    def splits(self, folder: Path) -> dict[str, list[Path]]:
        """The files of every split."""
        return {split: _matching(folder, self.below, patterns) for split, patterns in self.patterns.items()}

    def shown(self) -> str:
        """All its patterns, for messages."""
        return ", ".join(str(Path(self.below) / pattern) for of_split in self.patterns.values() for pattern in of_split)


class Card(NamedTuple):
    """A dataset card.

    Attributes:
        configs: configurations that say where their files are, by name.
        is_broken: whether it cannot be read.
    """

    configs: dict[str, Mapping[str, Any]]
    is_broken: bool

    def choose(self, config: str | None) -> CardConfig | None:
        """A configuration; None where the card has none.

        Args:
            config: its name; None for the default one, or the only one.

        Raises:
            SplitError: there is no such configuration, or several and none is the default.
        """
        if not self.configs:
            return None
        chosen = config or _default(self.configs)
        if chosen is None:
            message = f"has several configurations: {', '.join(self.configs)}; set data.config to one of them"
            raise SplitError("source", message)
        if chosen not in self.configs:
            hint = did_you_mean(chosen, self.configs) or f"; there are: {', '.join(self.configs)}"
            raise SplitError("config", f"no configuration '{chosen}' in the dataset card{hint}")
        entry = self.configs[chosen]
        return CardConfig(str(entry.get("data_dir") or ""), _patterns(entry.get("data_files")))


def read_card(folder: Path) -> Card:
    """The dataset card of a folder."""
    card = folder / CARD
    if not card.is_file():
        return Card({}, is_broken=False)
    with open(card, encoding="utf-8-sig", errors="replace") as handle:
        found = _FRONT_MATTER.match(handle.read(_LARGEST))
    try:
        front = yaml.safe_load(found[1]) if found else None
    except (yaml.YAMLError, RecursionError, ValueError):
        return Card({}, is_broken=True)
    configs = front.get("configs") if isinstance(front, dict) else None
    entries = configs if isinstance(configs, list) else []
    named = {_name(entry): entry for entry in entries if isinstance(entry, dict)}
    says_where = (name for name, entry in named.items() if name and (entry.get("data_files") or entry.get("data_dir")))
    return Card({name: named[name] for name in says_where}, is_broken=False)


def _name(entry: Mapping[str, Any]) -> str:
    name = entry.get("config_name", "default")
    return str(name) if isinstance(name, str | int) else ""


def _default(configs: Mapping[str, Mapping[str, Any]]) -> str | None:
    marked = [name for name, entry in configs.items() if entry.get("default") is True]
    named = marked or [name for name in configs if name == "default"]
    return named[0] if named else next(iter(configs)) if len(configs) == 1 else None


def _patterns(files: Any) -> dict[str, list[str]]:
    """Split -> patterns, of the forms that a card may have: text, a list of texts, or splits with their paths."""
    found: dict[str, list[str]] = {}
    for split, paths in _entries(files):
        texts = paths if isinstance(paths, list) else [paths]
        found.setdefault(str(split), []).extend(text for text in texts if isinstance(text, str) and text.strip())
    return {split: patterns for split, patterns in found.items() if patterns}


def _entries(files: Any) -> Iterator[tuple[Any, Any]]:
    if isinstance(files, dict) and "path" not in files:
        yield from files.items()
        return
    for entry in files if isinstance(files, list) else [files]:
        yield (entry.get("split", TRAIN), entry.get("path")) if isinstance(entry, dict) else (TRAIN, entry)


def _is_inside(path: str) -> bool:
    return not Path(path).is_absolute() and ".." not in Path(path).parts


def _matching(folder: Path, below: str, patterns: Iterable[str]) -> list[Path]:
    """Files that a card means; it is written by others, so it reaches nothing outside its folder, and costs little.

    A file that is named without a wildcard is listed also where it is not there.
    """
    found: dict[Path, None] = {}
    for pattern in (str(Path(below) / pattern) for pattern in patterns):
        if not _is_inside(pattern) or "\0" in pattern:
            continue
        if _MAGIC.search(pattern):
            found.update(dict.fromkeys(sorted(_glob(folder, pattern))))
        else:
            found[folder / pattern] = None
    return list(found)


def _glob(folder: Path, pattern: str) -> Iterator[Path]:
    parts = Path(pattern).parts
    if parts.count("**") > 2 or any("**" in part and part != "**" for part in parts):
        return
    # `**` at the end means all files below, and pathlib gives folders.
    for file in folder.glob(f"{pattern}/*" if parts[-1] == "**" else pattern):
        if not file.is_dir() and not any(part.startswith(".") for part in file.relative_to(folder).parts):
            yield file
