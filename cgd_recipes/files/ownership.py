"""Whose file it is: a command replaces what an earlier run of the same command wrote, and nothing else.

A folder that a command wrote has a manifest with the hashes of its files. A single file bears a mark in its text.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

from cgd_recipes.errors import Problem, RecipeError, Where, user_error
from cgd_recipes.files.hashes import file_sha256
from cgd_recipes.files.regular import read_text

MANIFEST = "manifest.json"
MANIFEST_VERSION = 1
_HEAD = 4_096
_SURROGATE = re.compile("[\ud800-\udfff]")


class Command(NamedTuple):
    """A command that writes a folder.

    Attributes:
        name: as the user types it, and as its manifests say.
        made: what it did to its files, for messages.
        if_edited: how a message on an edited file goes on: what to do about it.
        if_foreign: what to do about a file of another's.
        shares: whether it writes beside files of others, or wants a folder of its own.
    """

    name: str
    made: str
    if_edited: str
    if_foreign: str
    shares: bool


RENDER = Command(
    "render",
    "rendered",
    "; put the change into the recipe, or use --force to overwrite it",
    "move it, or use --force to overwrite it",
    False,
)
GENERATE = Command(
    "generate",
    "generated",
    ", and would be overwritten; move it away, or set another generate.output",
    "move it away, or set another generate.output",
    True,
)
EVAL = Command(
    "eval",
    "written",
    "; move it away, or choose another folder with -o",
    "move it away, or choose another folder with -o",
    True,
)
REPORT = Command(
    "report",
    "written",
    "; move it away, or choose another folder with -o",
    "move it away, or choose another folder with -o",
    False,
)
INSPECT = Command(
    "inspect",
    "written",
    "; move it away, or choose another folder with -o",
    "move it away, or choose another folder with -o",
    False,
)
INSTALL = Command("tasks install", "installed", "; move it away", "move it away", False)


def read_manifest(folder: Path, name: str = MANIFEST) -> dict[str, Any] | None:
    """The manifest of a folder that a command wrote; None where there is none, or one that is not ours.

    Its outputs are names below the folder: a manifest that points elsewhere is not ours either.
    """
    try:
        manifest = json.loads(read_text(folder / name))
    except (OSError, ValueError, RecursionError):
        return None
    outputs = manifest.get("outputs") if isinstance(manifest, dict) else None
    if not isinstance(outputs, dict) or manifest.get("manifest_version") != MANIFEST_VERSION:
        return None
    return manifest if all(_is_inside(file) and isinstance(sha, str) for file, sha in outputs.items()) else None


def _is_inside(name: str) -> bool:
    path = PurePosixPath(name)
    is_name = "\0" not in name and not _SURROGATE.search(name)
    return is_name and bool(path.parts) and not path.is_absolute() and ".." not in path.parts


def written_by(manifest: Mapping[str, Any]) -> str:
    """The name of the command that wrote a manifest."""
    # Up to 0.1, neither said so.
    return str(manifest.get("command") or ("generate" if "made_from" in manifest else "render"))


def recorded_outputs(folder: Path, command: Command) -> dict[str, str]:
    """Name -> SHA-256 of what earlier runs of a command put into a folder; empty where there were none."""
    manifest = read_manifest(folder)
    outputs: dict[str, str] = manifest["outputs"] if manifest and written_by(manifest) == command.name else {}
    return outputs


def edited_problems(folder: Path, recorded: Mapping[str, str], command: Command) -> Iterator[Problem]:
    """Recorded files that are not what the command wrote any more."""
    for name, sha256 in recorded.items():
        path = folder / name
        if os.path.lexists(path) and (path.is_symlink() or not path.is_file() or file_sha256(path) != sha256):
            yield Problem(Where(str(path)), f"was changed since it was {command.made}{command.if_edited}")


def foreign_problems(
    folder: Path, names: Mapping[str, Path | None], recorded: Mapping[str, str], command: Command
) -> Iterator[Problem]:
    """Files that are in the way of outputs and that the command did not write.

    Args:
        folder: where the outputs go.
        names: of outputs, with the file that is to take the place; a file with the same content is in nobody's way.
        recorded: see `recorded_outputs`.
        command: who writes.
    """
    for name, new in names.items():
        path = folder / name
        if name in recorded or (name == MANIFEST and recorded) or not os.path.lexists(path):
            continue
        if new is None or not _is_same(path, new):
            message = f"is in the way and was not written by `cgd-recipe {command.name}`; {command.if_foreign}"
            yield Problem(Where(str(path)), message)


def _is_same(path: Path, new: Path) -> bool:
    if path.is_symlink() or not path.is_file() or path.stat().st_size != new.stat().st_size:
        return False
    return file_sha256(path) == file_sha256(new)


def check_room(folder: Path, names: Iterable[str]) -> None:
    """See that files can be put into a folder under some names, and that they stay in it.

    Raises:
        RecipeError: everything of another kind that has such a name. A folder that is a link leads out; it may come with a
            download.
    """
    problems = []
    for parent in sorted({parent for name in names for parent in PurePosixPath(name).parents if parent.parts}):
        path = folder / parent
        if path.is_symlink():
            problems.append(Problem(Where(str(path)), "is a link, and would be written through; remove it"))
        elif path.exists() and not path.is_dir():
            problems.append(Problem(Where(str(path)), "is a file, and a folder is to go there; move it"))
    for path in (folder / name for name in names):
        if path.is_dir() and not path.is_symlink():
            problems.append(Problem(Where(str(path)), "is a folder, and a file is to go there; move it"))
    if problems:
        raise RecipeError(problems)


def check_marked(path: Path, mark: re.Pattern[bytes], advice: str) -> None:
    """See that a single file may be replaced: it is not there, or an earlier run left its mark in it.

    Args:
        path: the file.
        mark: what the file begins with, or has in its first 4,096 bytes.
        advice: what to do otherwise.

    Raises:
        RecipeError: it is a file of another's, a link, or no file.
    """
    if not os.path.lexists(path):
        return
    if not path.is_symlink() and path.is_file():
        with open(path, "rb") as handle:
            if mark.search(handle.read(_HEAD)):
                return
    raise user_error(str(path), f"is in the way and was not written by cgd-recipes; {advice}")
