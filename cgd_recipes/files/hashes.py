"""SHA-256 of files, and the names under which they are listed."""

from __future__ import annotations

import hashlib
from pathlib import Path

from cgd_recipes.files.shipped import data_root


def file_sha256(path: Path) -> str:
    """SHA-256 of a file, in hex."""
    with open(path, "rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def hashed_files(paths: list[Path]) -> list[dict[str, str]]:
    """Name and SHA-256 of files; shipped ones by their path in the package."""
    root = data_root()
    names = [str(path.relative_to(root)) if path.is_relative_to(root) else path.name for path in paths]
    return [{"file": name, "sha256": file_sha256(path)} for name, path in zip(names, paths, strict=True)]
