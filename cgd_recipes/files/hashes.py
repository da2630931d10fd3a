"""SHA-256 of files, and the names under which they are listed."""

from __future__ import annotations

import hashlib
from pathlib import Path

from cgd_recipes.files.shipped import data_root


def file_sha256(path: Path) -> str:
    """SHA-256 of a file, in hex."""
    with open(path, "rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def stamp(path: Path) -> tuple[int, ...]:
    """Size, time of change and number of a file, and when any of these was set: another as soon as it is written anew.

    Raises:
        OSError: there is no such file.
    """
    status = path.stat()
    return status.st_size, status.st_mtime_ns, status.st_ino, status.st_ctime_ns


def hashed_files(paths: list[Path]) -> list[dict[str, str]]:
    """Name and SHA-256 of files; shipped ones by their path in the package."""
    root = data_root()
    names = [str(path.relative_to(root)) if path.is_relative_to(root) else path.name for path in paths]
    return [{"file": name, "sha256": file_sha256(path)} for name, path in zip(names, paths, strict=True)]


_WHOLE, _PART, _PARTS = 1 << 20, 1 << 16, 16


def folder_state(folder: Path) -> str | None:
    """A hash of a folder of large files, such as a model: names, sizes, and of what they hold enough to tell a change.

    A file of up to 1 MiB is read whole, of a larger one 16 pieces of 64 KiB, evenly apart. A training changes every weight, so
    every piece. Times of change do not count: a copy on another machine is the same.

    Returns:
        SHA-256 in hex; None where there is no such folder.
    """
    if not folder.is_dir():
        return None
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.iterdir() if path.is_file()):
        size = path.stat().st_size
        digest.update(f"{path.name}\0{size}\0".encode())
        with open(path, "rb") as handle:
            if size <= _WHOLE:
                digest.update(handle.read())
                continue
            for part in range(_PARTS):
                handle.seek((size - _PART) * part // (_PARTS - 1))
                digest.update(handle.read(_PART))
    return digest.hexdigest()
