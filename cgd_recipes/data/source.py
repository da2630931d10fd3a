"""Records, one at a time, from files, folders of files and datasets of a hub layout."""

from __future__ import annotations

import codecs
import gzip
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, NamedTuple

import orjson

from cgd_recipes.errors import RecipeError, user_error
from cgd_recipes.files.hashes import file_sha256
from cgd_recipes.files.ownership import read_manifest
from cgd_recipes.files.shipped import data_root
from cgd_recipes.recipe.recipe import Recipe

SUFFIXES = (".jsonl", ".ndjson", ".json", ".parquet")
COMPRESSED = (".gz", ".zst")
SAMPLE = "sample"
_CHUNK = 1 << 20
_BOM = b"\xef\xbb\xbf"
_BLANK = re.compile(r"[ \t\r\n]*")
# Reading an array: what each mark leads to, and what is due where another mark is found.
_STEPS: dict[str, dict[str, str]] = {
    "start": {"[": "first"},
    "first": {"]": "end"},
    "item": {},
    "comma": {",": "item", "]": "end"},
    "end": {},
}
_WANTED = {"start": "'['", "comma": "',' or ']'", "end": "the end of the file"}


class Record(NamedTuple):
    """One record of a source.

    Attributes:
        file: index into `Source.files`.
        line: 1-based line (row number in parquet and hub datasets).
        values: the record's mapping; None when it cannot be read.
        fault: why not.
    """

    file: int
    line: int
    values: dict[str, Any] | None
    fault: str = ""


@dataclass
class Source:
    """Where records come from.

    Attributes:
        files: local files in the order of their names; one entry, the dataset's id, for a hub dataset.
        hub: arguments for `datasets.load_dataset`; None for files.
        identity: what the manifest says of it.
        root: the folder that the files were found in, where a folder was named.
    """

    files: list[str]
    hub: dict[str, Any] | None = None
    identity: dict[str, Any] = field(default_factory=dict)
    root: Path | None = None

    def records(self) -> Iterator[Record]:
        """All records.

        Raises:
            RecipeError: a source that cannot be read, or not to its end.
        """
        if self.hub is not None:
            yield from _hub_records(self.hub)
            return
        for index, name in enumerate(self.files):
            for line, values, fault in _file_records(Path(name)):
                yield Record(index, line, values, fault)

    def describe_file(self, index: int) -> str:
        """Short name of a file for `rejected.jsonl`."""
        if self.hub is not None:
            return self.files[index]
        path = Path(self.files[index])
        return str(path.relative_to(self.root)) if self.root else path.name


def open_source(recipe: Recipe) -> Source:
    """The source that a recipe names, with its files found.

    Raises:
        RecipeError: no such file, an unknown suffix, an empty folder.
    """
    name = str(recipe.get("data", "source"))
    hub_keys = {key: recipe.get("data", key) for key in ("config", "split", "revision") if recipe.get("data", key)}
    if name == SAMPLE:
        return _local([data_root() / "recipes" / "sample" / "rows.jsonl"], {"source": SAMPLE})
    path = recipe.folder("data", "source") / Path(name).expanduser()
    if path.is_dir() and not hub_keys:
        files = sorted(_files_below(path))
        if not files:
            message = (
                f"no data file in folder '{name}'; files must end in {', '.join(SUFFIXES)}, or those with .gz or .zst"
            )
            raise RecipeError([recipe.problem(("data", "source"), message)])
        return Source([str(file) for file in files], None, {"source": name}, path)
    if path.is_file():
        if not _data_suffix(path):
            message = (
                f"cannot tell the format of '{name}'; it must end in {', '.join(SUFFIXES)}, or those with .gz or .zst"
            )
            raise RecipeError([recipe.problem(("data", "source"), message)])
        return _local([path], {"source": name})
    looks_local = name.startswith((".", "/", "~")) or _data_suffix(Path(name)) or name.count("/") > 1
    if looks_local and not path.exists():
        message = f"no such file or folder: {name} (looked in {path.parent.resolve()})"
        raise RecipeError([recipe.problem(("data", "source"), message)])
    hub = {
        "path": str(path) if path.is_dir() else name,
        "name": hub_keys.get("config"),
        "split": hub_keys.get("split", "train"),
    }
    hub["revision"] = hub_keys.get("revision")
    return Source([name], hub, {"source": name, **hub_keys})


def _files_below(folder: Path) -> Iterator[Path]:
    """Data files of a folder, but none that is hidden and none that a render put there."""
    for path in folder.iterdir():
        if path.name.startswith("."):
            continue
        if path.is_dir() and read_manifest(path) is None:
            yield from _files_below(path)
        elif path.is_file() and _data_suffix(path):
            yield path


def _local(files: list[Path], identity: dict[str, Any]) -> Source:
    return Source([str(file) for file in files], None, identity)


def local_files(source: Source) -> list[Path]:
    """The files of a source on this machine; none for a hub dataset."""
    return [] if source.hub is not None else [Path(name) for name in source.files]


def file_hashes(source: Source) -> list[dict[str, str]]:
    """Name and SHA-256 of every local file of a source."""
    paths = enumerate(local_files(source))
    return [{"file": source.describe_file(index), "sha256": file_sha256(path)} for index, path in paths]


def _data_suffix(path: Path) -> str:
    name = path.name
    if name.startswith("."):
        return ""
    for ending in COMPRESSED:
        name = name.removesuffix(ending)
    suffix = Path(name).suffix
    return suffix if suffix in SUFFIXES and not (suffix == ".parquet" and name != path.name) else ""


def _file_records(path: Path) -> Iterator[tuple[int, dict[str, Any] | None, str]]:
    try:
        if _data_suffix(path) == ".parquet":
            yield from _parquet_records(path)
            return
        with _open(path) as handle:
            first = handle.peek(1 << 12).removeprefix(_BOM).lstrip()[:1]
            yield from _array_records(handle, path) if first == b"[" else _line_records(handle, path)
    except RecipeError:
        raise
    except Exception as error:  # a damaged archive fails in as many ways as there are formats
        raise user_error(str(path), f"cannot be read to its end: {error}") from error


def _open(path: Path) -> Any:
    if path.suffix == ".gz":
        return gzip.open(path, "rb")
    if path.suffix == ".zst":
        from backports import zstd

        return zstd.open(path, "rb")
    return open(path, "rb", buffering=_CHUNK)


def _line_records(handle: IO[bytes], path: Path) -> Iterator[tuple[int, dict[str, Any] | None, str]]:
    for number, line in enumerate(handle, 1):
        if number == 1:
            line = line.removeprefix(_BOM)
        if line.isspace():
            continue
        try:
            value = orjson.loads(line)
        except orjson.JSONDecodeError:
            if number == 1 and _data_suffix(path) == ".json":
                message = "a .json file must hold an array of rows, or one object a line"
                raise user_error(f"{path}:1", message) from None
            yield number, None, "not valid JSON"
            continue
        yield _checked(number, value)


def _checked(number: int, value: Any) -> tuple[int, dict[str, Any] | None, str]:
    return (number, value, "") if isinstance(value, dict) else (number, None, "not a JSON object")


def _array_records(handle: IO[bytes], path: Path) -> Iterator[tuple[int, dict[str, Any] | None, str]]:
    """Items of a JSON array, without holding the whole array in memory."""
    decoder, decode = json.JSONDecoder(), codecs.getincrementaldecoder("utf-8-sig")()
    text, line, position, state = "", 1, 0, "start"
    while True:
        chunk = handle.read(_CHUNK)
        text, position = text[position:] + decode.decode(chunk, final=not chunk), 0
        while True:
            start = position
            position = _BLANK.match(text, start).end()  # type: ignore[union-attr]
            line += text.count("\n", start, position)
            mark = text[position : position + 1]
            if not mark:
                break
            if mark in _STEPS[state]:
                state, position = _STEPS[state][mark], position + 1
                continue
            if state not in ("item", "first"):
                raise user_error(f"{path}:{line}", f"not a JSON array: found '{mark}' where {_WANTED[state]} is due")
            try:
                value, end = decoder.raw_decode(text, position)
            except json.JSONDecodeError as error:
                if chunk:
                    break
                raise user_error(f"{path}:{line}", f"not valid JSON: {error.msg}") from None
            if end == len(text) and chunk and not isinstance(value, dict | list):
                break
            yield _checked(line, value)
            line += text.count("\n", position, end)
            position, state = end, "comma"
        if not chunk:
            if state != "end":
                raise user_error(f"{path}:{line}", "the array has no end; the file may be cut off")
            return


def _parquet_records(path: Path) -> Iterator[tuple[int, dict[str, Any] | None, str]]:
    import pyarrow.parquet

    number = 0
    with pyarrow.parquet.ParquetFile(path) as table:
        for batch in table.iter_batches(batch_size=1_000):
            for values in batch.to_pylist():
                number += 1
                yield number, values, ""


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
