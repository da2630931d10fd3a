"""The output folder: written aside, renamed into place, sealed by its manifest."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import Any

from cgd_recipes.errors import Problem, RecipeError, Where, user_error
from cgd_recipes.files.shipped import data_root

MANIFEST = "manifest.json"
MANIFEST_VERSION = 1


class OutputFolder:
    """A folder of rendered files that replaces an earlier one of ours, and never anything else.

    Files are written to `staging` and moved by `publish`; until then the target is untouched. Files in the target that are
    not ours (a trained model, say) stay.

    Attributes:
        target: the folder to end up with.
        earlier: manifest of what was rendered there before; empty where nothing was.
        staging: where files are written before they are published.

    Args:
        target: the folder to end up with.
        force: replace rendered files even if they were edited since, and files of others that bear their names.
        dry_run: stage in the system's temporary folder, and leave the target's surroundings alone.

    Raises:
        RecipeError: the target is a file, holds foreign files and no manifest of ours, or edited files.
    """

    def __init__(self, target: Path, force: bool = False, dry_run: bool = False):
        self.target = target
        self.earlier: dict[str, Any] = {}
        self._force, self._dry_run = force, dry_run
        self._made: list[Path] = []
        self._check()
        whole = target.resolve()
        self.staging = whole.parent / f".{whole.name}.{os.getpid()}.tmp"

    def _check(self) -> None:
        if not self.target.exists():
            return
        if not self.target.is_dir():
            raise user_error(str(self.target), "is a file; choose another folder with -o")
        self.earlier = read_manifest(self.target) or {}
        if not self.earlier and any(self.target.iterdir()) and not self._force:
            message = "is not empty and was not written by cgd-recipes; choose another folder with -o, or use --force"
            raise user_error(str(self.target), message)
        outputs = self.earlier.get("outputs", {}).items()
        present = [(name, sha) for name, sha in outputs if (self.target / name).is_file()]
        edited = [name for name, sha in present if file_sha256(self.target / name) != sha]
        if edited and not self._force:
            message = (
                "was changed since it was rendered; put the change into the recipe, or use --force to overwrite it"
            )
            raise RecipeError(Problem(Where(str(self.target / name)), message) for name in edited)

    def __enter__(self) -> OutputFolder:
        if self._dry_run:
            self.staging = Path(tempfile.mkdtemp())
            return self
        self._made = [folder for folder in self.staging.parents if not folder.exists()]
        try:
            self.staging.mkdir(parents=True)
        except OSError as error:
            raise user_error(str(self.target.parent), f"cannot be written to: {error.strerror}") from None
        return self

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self.staging, ignore_errors=True)
        for folder in self._made:
            with suppress(OSError):  # not empty: the render succeeded, or left a list of rejected rows
                folder.rmdir()

    def write(self, name: str, text: str, executable: bool = False) -> None:
        """Stage a text file; `name` is relative to the folder."""
        path = self.path(name)
        path.write_text(text, encoding="utf-8", newline="\n")
        if executable:
            path.chmod(0o755)

    def path(self, name: str) -> Path:
        """Where to stage a file, its folder created."""
        path = self.staging / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def staged(self, known: dict[str, str] | None = None) -> dict[str, str]:
        """SHA-256 of every staged file but the manifest, by name, sorted.

        Args:
            known: hashes that are known already, by name.
        """
        files = (path for path in self.staging.rglob("*") if path.is_file())
        names = sorted(str(path.relative_to(self.staging)) for path in files)
        known = known or {}
        return {name: known.get(name) or file_sha256(self.staging / name) for name in names if name != MANIFEST}

    def publish(self, outputs: Iterable[str]) -> None:
        """Move the staged outputs and the manifest into place, durably; the manifest goes first and comes back last.

        Raises:
            RecipeError: a file of another's has the name of an output.
        """
        names, earlier = [*outputs, MANIFEST], self.earlier.get("outputs", {})
        foreign = [name for name in names if name not in earlier and name != MANIFEST and (self.target / name).exists()]
        if foreign and not self._force:
            message = "is in the way and was not written by cgd-recipes; move it, or use --force to overwrite it"
            raise RecipeError(Problem(Where(str(self.target / name)), message) for name in foreign)
        for name in names:
            _sync(self.staging / name)
        if not self.target.exists():
            os.rename(self.staging, self.target)
            _sync(self.target.resolve().parent)
            return
        (self.target / MANIFEST).unlink(missing_ok=True)
        for name in earlier:
            if name not in names:
                (self.target / name).unlink(missing_ok=True)
        for name in names:
            (self.target / name).parent.mkdir(parents=True, exist_ok=True)
            os.replace(self.staging / name, self.target / name)
        _sync(self.target)


def read_manifest(folder: Path) -> dict[str, Any] | None:
    """The manifest of a rendered folder; None where there is none, or one that is not ours.

    Its outputs are names below the folder: a manifest that points elsewhere is not ours either.
    """
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    outputs = manifest.get("outputs") if isinstance(manifest, dict) else None
    if not isinstance(outputs, dict) or manifest.get("manifest_version") != MANIFEST_VERSION:
        return None
    names = [PurePosixPath(name) for name in outputs]
    inside = not any(name.is_absolute() or ".." in name.parts for name in names)
    return manifest if inside and all(isinstance(sha, str) for sha in outputs.values()) else None


def file_sha256(path: Path) -> str:
    """SHA-256 of a file, in hex."""
    with open(path, "rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def hashed_files(paths: list[Path]) -> list[dict[str, str]]:
    """Name and SHA-256 of files; shipped ones by their path in the package."""
    return [{"file": _shown_name(path), "sha256": file_sha256(path)} for path in paths]


def _shown_name(path: Path) -> str:
    root = data_root()
    return str(path.relative_to(root)) if path.is_relative_to(root) else path.name


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
