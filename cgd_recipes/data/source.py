"""Records, one at a time, from files, folders of files and datasets of the hub."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from cgd_recipes.data.folders import check_files, find_files, is_of_other_type, no_files_message
from cgd_recipes.data.readers import SUFFIXES, read_entries, suffix_of
from cgd_recipes.data.rejections import Rejection
from cgd_recipes.data.splits import ALL, TRAIN, SplitError, split_of
from cgd_recipes.errors import Problem, RecipeError, Where, user_error
from cgd_recipes.files.hashes import file_sha256, stamp
from cgd_recipes.files.paths import real_path
from cgd_recipes.files.shipped import data_root
from cgd_recipes.recipe.family import HUB_ID
from cgd_recipes.recipe.recipe import Recipe

SAMPLE = "sample"
_ABSENT = "the data is not on this machine, and was not looked at"


class Record(NamedTuple):
    """One record of a source.

    Attributes:
        file: index into `Source.files`.
        line: 1-based line (row number in binary files and hub datasets).
        values: the record's mapping; None when it cannot be read.
        fault: why not.
    """

    file: int
    line: int
    values: dict[str, Any] | None
    fault: Rejection | None = None


@dataclass
class Source:
    """Where records come from.

    Attributes:
        files: local files in the order of their names; one entry, the dataset's id, for a hub dataset.
        hub: arguments for `datasets.load_dataset`; None for files.
        identity: what the manifest says of it.
        root: the folder that the files were found in, where a folder was named.
        passed_over: why data files of the folder are not read -> their names.
        stamps: size, identity and times of change of every file when the source was opened.
    """

    files: list[str]
    hub: dict[str, Any] | None = None
    identity: dict[str, Any] = field(default_factory=dict)
    root: Path | None = None
    passed_over: dict[str, list[str]] = field(default_factory=dict)
    stamps: list[tuple[int, ...] | None] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.stamps = self._stamps()

    def _stamps(self) -> list[tuple[int, ...] | None]:
        return [] if self.hub is not None else [_stamp(name) for name in self.files]

    def records(self) -> Iterator[Record]:
        """All records.

        Raises:
            RecipeError: a source that cannot be read, or not to its end.
        """
        if self.hub is not None:
            yield from _hub_records(self.hub)
            return
        for index, name in enumerate(self.files):
            for line, values, fault in read_entries(Path(name)):
                yield Record(index, line, values, fault)

    def check_unchanged(self) -> None:
        """See that the files are as they were when the source was opened, so that their hashes are those of what was read.

        Raises:
            RecipeError: every file that has changed.
        """
        stamps = zip(self.files, self.stamps, self._stamps(), strict=False)
        problems = [Problem(Where(name), _changed(before, after)) for name, before, after in stamps if before != after]
        if problems:
            raise RecipeError(problems)

    def describe_file(self, index: int) -> str:
        """Short name of a file for `rejected.jsonl`."""
        if self.hub is not None:
            return self.files[index]
        path = Path(self.files[index])
        name = path.relative_to(self.root) if self.root else path.name
        return os.fsencode(name).decode(errors="replace")

    def warnings(self) -> list[str]:
        """What a user should know of what is read."""
        warnings = [f"not read, because {why}: {_listed(names)}" for why, names in self.passed_over.items()]
        if self.identity["source"] == SAMPLE:
            warnings.append("these are the shipped sample rows, a demonstration; set data.source to rows of your own")
        if self.hub and not self.hub["revision"]:
            warnings.append("data.revision is not pinned: the dataset can change under you")
        return warnings


def _listed(names: list[str]) -> str:
    return ", ".join(names[:5]) + (f" and {len(names) - 5:,} more" if len(names) > 5 else "")


def _stamp(name: str) -> tuple[int, ...] | None:
    try:
        return stamp(Path(name))
    except OSError:
        return None


def _changed(before: tuple[int, ...] | None, after: tuple[int, ...] | None) -> str:
    if before and after and before[:-1] == after[:-1]:
        # Whoever sets the dates back cannot set this one; but rights and links change it, too.
        what = "or its rights, its links or its dates were; make sure that nothing writes to it"
        return f"was changed while it was read, {what}, then run again"
    return "changed while it was read; wait until nothing writes to it, then run again"


def open_source(recipe: Recipe) -> Source:
    """The source that a recipe names, with its files found.

    Raises:
        RecipeError: no such file, an unknown suffix, an empty folder, a split or configuration that is not there.
    """
    section = recipe.data
    name = str(section["source"])
    chosen = {key: value for key in ("config", "split", "revision") if (value := recipe.get("data", key))}
    if name == SAMPLE:
        sample = data_root() / "recipes" / "sample" / "rows.jsonl"
        return _open_file(recipe, sample, {"source": SAMPLE}, chosen)
    path = recipe.local_path("data", "source")
    identity = {"source": name, **chosen}
    if path.is_dir():
        return _open_folder(recipe, path, identity, chosen)
    if path.is_file() or path.is_symlink():
        return _open_file(recipe, path, identity, chosen)
    if path.exists():
        raise RecipeError([recipe.problem(("data", "source"), f"'{name}' is neither a file nor a folder")])
    if looks_local(name):
        message = f"no such file or folder: {name} (looked in {real_path(path.parent)})"
        raise RecipeError([recipe.problem(("data", "source"), message)])
    hub = {"path": name, "name": chosen.get("config"), "split": chosen.get("split", TRAIN)}
    return Source([name], {**hub, "revision": chosen.get("revision")}, identity)


def looks_local(name: str) -> bool:
    """Whether a source is meant as a file or folder, and not as the id of a dataset of the hub."""
    return not HUB_ID.fullmatch(name) or bool(suffix_of(Path(name))) or is_of_other_type(Path(name))


def _open_file(recipe: Recipe, path: Path, identity: dict[str, Any], chosen: dict[str, str]) -> Source:
    problems = [_no_hub(recipe, key) for key in ("config", "revision") if key in chosen]
    own = split_of(Path(path.name)) or TRAIN
    if "split" in chosen and chosen["split"] not in (own, ALL):
        message = f"no split '{chosen['split']}' in a single file; there are: {own}"
        problems.append(recipe.problem(("data", "split"), message))
    if not suffix_of(path):
        message = f"cannot tell the format of '{identity['source']}'; it must end in {SUFFIXES}"
        problems.append(recipe.problem(("data", "source"), message))
    if problems:
        raise RecipeError(problems)
    check_files([path])
    return Source([str(path)], None, identity)


def _open_folder(recipe: Recipe, path: Path, identity: dict[str, Any], chosen: dict[str, str]) -> Source:
    if "revision" in chosen:
        raise RecipeError([_no_hub(recipe, "revision")])
    try:
        found = find_files(path, chosen.get("split"), chosen.get("config"))
    except SplitError as error:
        raise RecipeError([recipe.problem(("data", error.key), f"'{identity['source']}': {error}")]) from None
    if not found.files:
        raise RecipeError([recipe.problem(("data", "source"), no_files_message(identity["source"]))])
    return Source([str(file) for file in found.files], None, identity, path, found.passed_over)


def _no_hub(recipe: Recipe, key: str) -> Problem:
    return recipe.problem(
        ("data", key), f"data.{key} is for datasets of the hub, and data.source is on this machine; remove it"
    )


def absent_data(recipe: Recipe) -> str:
    """What of a recipe's data is not on this machine, or cannot be read there, in a sentence; empty where all of it is.

    Nothing is read but the names in a folder, and how its files begin.
    """
    try:
        source = open_source(recipe)
    except RecipeError as error:
        fault = "; ".join(str(problem) for problem in error.problems)
        if recipe.data["source"] == SAMPLE or recipe.local_path("data", "source").exists():
            return f"the data cannot be used as it is: {fault}"
        return f"{_ABSENT}: {fault}"
    name = recipe.data["source"]
    return f"{_ABSENT}: the rows of '{name}' are read from the hub" if source.hub else ""


def local_files(source: Source) -> list[Path]:
    """The files of a source on this machine; none for a hub dataset."""
    return [] if source.hub is not None else [Path(name) for name in source.files]


def file_hashes(source: Source) -> list[dict[str, str]]:
    """Name and SHA-256 of every local file of a source."""
    paths = enumerate(local_files(source))
    return [{"file": source.describe_file(index), "sha256": file_sha256(path)} for index, path in paths]


def _hub_records(hub: dict[str, Any]) -> Iterator[Record]:
    import datasets

    arguments = {key: value for key, value in hub.items() if value is not None}
    try:
        rows = datasets.load_dataset(**arguments, streaming=True)
        for number, values in enumerate(rows, 1):
            yield Record(0, number, values)
    except Exception as error:  # the library raises its own, the network's and the file system's errors
        reason = str(error).strip().splitlines()
        message = f"no file or folder of that name, and not loaded as a dataset: {type(error).__name__}: {' '.join(reason[:1])}"
        raise user_error(str(hub["path"]), message) from error
