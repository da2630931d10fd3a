"""The data files of a folder, and what stands there in place of data."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from cgd_recipes.data.dataset_card import CARD, read_card
from cgd_recipes.data.readers import COMPRESSIONS, READERS, SEEKING, SUFFIXES, suffix_of
from cgd_recipes.data.splits import ALL, SplitError, by_name, choose, saved_splits
from cgd_recipes.errors import Problem, RecipeError, Where, user_error
from cgd_recipes.files.jsonl import other_form
from cgd_recipes.files.ownership import read_manifest

# What datasets, models and evaluations keep beside their data.
_SIDE_FILES = {
    "dataset_dict.json", "dataset_info.json", "dataset_infos.json", "state.json", "config.json", "package.json",
    "generation_config.json", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "metadata.json",
}  # fmt: skip
_LISTS = ("rejected.jsonl", "failed.jsonl", "contamination.jsonl", "repetition.jsonl")  # of what was found in rows
_FIRST_LINE = 1 << 16  # bytes of a .json file that are looked at
_COPY_WORDS = {
    "backup", "backups", "bak", "copy", "of", "old", "orig", "original", "tmp", "temp", "archive", "archived", "previous", "prev",
    "deprecated", "obsolete", "save",
}  # fmt: skip
_NUMBERED_COPY = re.compile(r" \(\d+\)")  # rows (1).jsonl, as browsers name what was there already
_SHARD = re.compile(r"(?<!\d)(\d{1,5})-of-(\d{1,5})(?!\d)")
_CACHE = re.compile(r"cache-\w+\.arrow")  # of the datasets library, beside what save_to_disk wrote
# Types of files in which people keep rows, and which are not read here, and those of downloads that did not end.
_OTHER_TYPES = {
    ".csv", ".tsv", ".xlsx", ".xls", ".ods", ".feather", ".avro", ".orc", ".lance", ".pkl", ".pickle", ".h5", ".hdf5", ".npz",
    ".sqlite", ".db", ".msgpack", ".tar", ".tgz", ".zip", ".7z", ".bz2", ".xz", ".lz4", ".jsonlines", ".jl", ".ldjson", ".json5",
    ".incomplete", ".part", ".partial", ".crdownload", ".download", ".aria2",
}  # fmt: skip
_LARGEST_POINTER = 1 << 10
_POINTER_WORDS = re.compile(rb"(?i)\b(?:sha-?(?:1|256|512)|md5|oid|xet|hash|etag|filesize|version)\b")
_POINTERS = {
    b"version https://git-lfs.github.com/spec/": "is a git-lfs pointer and not the data; run `git lfs pull` in its folder",
    b"/annex/objects/": "is a git-annex pointer and not the data; run `git annex get` in its folder",
}


_UNREAD = f"rows are read from {SUFFIXES} alone"


class Found(NamedTuple):
    """What a folder holds.

    Attributes:
        files: the data files of the chosen split, in the order of their names.
        passed_over: why data files are not read -> their names.
    """

    files: list[Path]
    passed_over: dict[str, list[str]]


def find_files(folder: Path, split: str | None, config: str | None) -> Found:
    """The data files of one split of a folder.

    A folder that `save_to_disk` wrote and one with a dataset card that lists its files say themselves which they are;
    elsewhere the files' names do.

    Args:
        folder: where to look, and below.
        split: a split, several joined with `+`, or `all`; None for `train`.
        config: a configuration of the dataset card; None for the default one.

    Raises:
        SplitError: no such split or configuration.
        RecipeError: links that lead nowhere, files that cannot be read, pointers in place of data.
    """
    _check_no_cache(folder)
    splits, passed_over = saved_splits(folder), dict[str, list[str]]()
    if splits is None:
        splits, passed_over = _splits_of(folder, config)
    elif config:
        raise SplitError("config", "a folder that save_to_disk wrote has no configurations; remove data.config")
    chosen = choose(splits, split) if any(splits.values()) else []
    unsaid = [_shown(file, folder) for file in splits.get("", [])]
    if unsaid and split != ALL:
        passed_over["their names say no split, and those of others do"] = unsaid
    check_files(chosen)
    if empty := [file for file in chosen if not file.stat().st_size]:
        passed_over["they are empty"] = [_shown(file, folder) for file in empty]
    if missing := [_shown(file, folder) for file in missing_shards(chosen)]:
        passed_over["they are not there, though the names of others count them"] = missing
    unread = {*(file for file in _walk(folder, is_of_other_type)), *(file for file in chosen if not suffix_of(file))}
    if unread:
        passed_over[_UNREAD] = sorted(_shown(file, folder) for file in unread)
    return Found([file for file in chosen if suffix_of(file)], passed_over)


def _check_no_cache(folder: Path) -> None:
    """Stop at a repository in the hub's cache, which holds each version of a dataset that was ever fetched."""
    if all((folder / name).is_dir() for name in ("blobs", "refs", "snapshots")):
        versions = ", ".join(f"snapshots/{version.name}" for version in sorted((folder / "snapshots").iterdir()))
        raise SplitError("source", f"is a repository in the hub's cache; name a version in it: {versions}")


def _splits_of(folder: Path, config: str | None) -> tuple[dict[str, list[Path]], dict[str, list[str]]]:
    """The files of every split, by the dataset card or by their names, and those that are not read, by why."""
    card = read_card(folder)
    chosen = card.choose(config)
    if chosen and chosen.patterns:
        splits = chosen.splits(folder)
        if not any(splits.values()):
            message = f"no data file in folder that fits; its dataset card ({CARD}) names {chosen.shown()}"
            raise SplitError("source", message)
        return splits, {}
    if config and not chosen:
        raise SplitError("config", f"no {CARD} with configurations in the folder; remove data.config")
    files, passed_over = _data_files(chosen.folder(folder) if chosen else folder, folder)
    if card.is_broken:
        passed_over["its front matter is not valid YAML"] = [CARD]
    return by_name(folder, files), passed_over


def missing_shards(files: list[Path]) -> Iterator[Path]:
    """Files of a set (`train-00001-of-00003.parquet`) that are not among those there are."""
    sets: dict[tuple[Path, str, str, str], set[int]] = {}
    for file in files:
        if found := _SHARD.search(file.name):
            of = (file.parent, file.name[: found.start(1)], found[2], file.name[found.end(2) :])
            sets.setdefault(of, set()).add(int(found[1]))
    for (folder, begin, count, end), there in sets.items():
        first = 1 if int(count) in there else 0
        lost = (number for number in range(first, int(count) + first) if number not in there)
        yield from (folder / f"{begin}{number:0{len(count)}}-of-{count}{end}" for number in lost)


def _data_files(folder: Path, root: Path) -> tuple[list[Path], dict[str, list[str]]]:
    """The data files below a folder, and those that are copies or something else, by why they are not read."""
    files, passed_over = sorted(_walk(folder, _is_read)), dict[str, list[str]]()
    if lost := sorted(_walk(folder, _is_lost_folder)):
        passed_over["they are links to what is not there"] = [_shown(link, root) for link in lost]
    for why, find in (("they hold no rows", _without_rows), ("their names say that they are copies", _copies)):
        others = find(folder, files)
        # Where there is nothing else, they are the data.
        if others and len(others) < len(files):
            passed_over[why] = [_shown(file, root) for file in files if file in others]
            files = [file for file in files if file not in others]
    return files, passed_over


def _is_read(file: Path) -> bool:
    return bool(suffix_of(file))


def _is_lost_folder(file: Path) -> bool:
    """Whether a link that leads nowhere has the name of a folder, which may have held rows."""
    return not file.suffix and not file.name.startswith(".") and file.is_symlink() and not file.exists()


def is_of_other_type(file: Path) -> bool:
    """Whether a file may hold rows, by its name, that are not read."""
    plain = file.name.lower()
    for ending in COMPRESSIONS:
        plain = plain.removesuffix(ending)
    return not plain.startswith(".") and not _is_read(file) and Path(plain).suffix in {*_OTHER_TYPES, *SEEKING}


def _walk(folder: Path, wanted: Callable[[Path], bool]) -> Iterator[Path]:
    """The wanted files, each once, but none that is hidden and none that a render put there."""
    seen: set[str] = set()
    for name, folders, names in os.walk(folder, followlinks=True, onerror=_stop):
        here, real = Path(name), os.path.realpath(name)
        if real in seen or (here != folder and read_manifest(here) is not None):
            folders.clear()
            continue
        seen.add(real)
        folders[:] = sorted(below for below in folders if not below.startswith("."))
        for file in (path for name in sorted(names) if wanted(path := here / name)):
            real = os.path.realpath(file)
            if real not in seen:
                seen.add(real)
                yield file


def _stop(error: OSError) -> None:
    raise user_error(str(error.filename), f"cannot be read: {error.strerror}")


def _copies(folder: Path, files: list[Path]) -> set[Path]:
    """Files with the name of another and a word such as `backup`: `rows.old.jsonl`, `backup/rows.jsonl`."""
    words = {file: _words(file.relative_to(folder)) for file in files}
    names = {tuple(of) for of in words.values() if not _COPY_WORDS.intersection(of)}
    rest = {file: tuple(word for word in of if word not in _COPY_WORDS) for file, of in words.items()}
    return {file for file in files if len(rest[file]) < len(words[file]) and (not rest[file] or rest[file] in names)}


def _words(path: Path) -> list[str]:
    known = {word.removeprefix(".") for word in (*READERS, *COMPRESSIONS)}
    words = re.split(r"[\W_\d]+", _NUMBERED_COPY.sub(" copy ", str(path)).lower())
    return [word for word in words if word and word not in known]


def _without_rows(folder: Path, files: list[Path]) -> set[Path]:
    return {file for file in files if _holds_no_rows(file)}


def _holds_no_rows(file: Path) -> bool:
    """Whether a file is one that this project or a library keeps beside data, or a .json file with a single object."""
    if file.name in _LISTS or file.name.endswith(".rejected.jsonl") or _CACHE.fullmatch(file.name):
        return True
    if file.suffix.lower() != ".json" or not file.is_file():
        return False
    if file.name.lower() in _SIDE_FILES:
        return True
    with open(file, "rb") as handle:
        first = handle.readline(_FIRST_LINE).removeprefix(b"\xef\xbb\xbf").strip()
        return first.startswith(b"{") and (not first.endswith(b"}") or not handle.read(_FIRST_LINE).strip())


def check_files(files: list[Path]) -> None:
    """See that files are there and hold data.

    Raises:
        RecipeError: every link that leads nowhere, every pointer of git-lfs or git-annex, everything that is no regular file.
    """
    problems = [Problem(Where(str(file)), fault) for file in files if (fault := _fault(file))]
    if problems:
        raise RecipeError(problems)


def _fault(file: Path) -> str:
    if file.is_symlink() and not file.exists():
        return f"is a link to a file that is not there: {os.readlink(file)}"
    if not file.exists():
        return "is not there"
    if not file.is_file():
        return "is no regular file"
    try:
        with open(file, "rb") as handle:
            head = handle.read(_LARGEST_POINTER + 1)
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    known = next((fault for pointer, fault in _POINTERS.items() if head.startswith(pointer)), "")
    is_text = suffix_of(file) == file.suffix.lower() and suffix_of(file) not in SEEKING
    return known or (other_form(head) if is_text else "") or _unknown_pointer(head)


def _unknown_pointer(head: bytes) -> str:
    """What to say of a short text without any row that speaks of a hash or a version, as pointers of all tools do."""
    head = head.removeprefix(b"\xef\xbb\xbf")
    lines = head.split(b"\n")
    is_text = head.isascii() and b"\0" not in head and len(head) <= _LARGEST_POINTER
    if not is_text or any(line.lstrip()[:1] in (b"{", b"[") for line in lines) or not _POINTER_WORDS.search(head):
        return ""
    begin = next(line for line in lines if line.strip()).decode().strip()[:60]
    return f"holds no rows and looks like a pointer to data ('{begin}'); fetch the file with the tool that keeps it (git xet, dvc, ...)"


def no_files_message(name: str) -> str:
    """What to say of a folder without data files."""
    return f"no data file in folder '{name}'; files must end in {SUFFIXES}"


def _shown(file: Path, folder: Path) -> str:
    return os.fsencode(file.relative_to(folder)).decode(errors="replace")
