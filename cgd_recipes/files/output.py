"""A folder of outputs: written aside, put into place whole, sealed by its manifest."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterable
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

from cgd_recipes.errors import Problem, RecipeError, Where, user_error
from cgd_recipes.files.atomic import (
    encoded,
    exclusive,
    is_scratch,
    make_executable,
    remove_leftovers,
    scratch_beside,
    sync,
)
from cgd_recipes.files.hashes import file_sha256
from cgd_recipes.files.ownership import (
    MANIFEST,
    RENDER,
    Command,
    check_room,
    edited_problems,
    foreign_problems,
    read_manifest,
    recorded_outputs,
    written_by,
)
from cgd_recipes.files.paths import real_path

_COMMITTED = ".cgd-publish"
_BEFORE = ".before"
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""What writing says without the name of the file."""


class OutputFolder:
    """Outputs of a command, which replace those of its earlier runs, and never anything else.

    Files are written to `staging` and moved by `publish`; until then the target is untouched. Files in the target that are
    not ours (a trained model, say) stay.

    Attributes:
        target: the folder to end up with.
        earlier: manifest of what the command wrote there before; empty where that is nothing.
        staging: where files are written before they are published.

    Args:
        target: the folder to end up with.
        command: who writes.
        force: replace outputs even if they were edited since, and files of others that bear their names.
        dry_run: stage in the system's temporary folder, and leave the target's surroundings alone.
        reads: files that the command reads; no output takes the place of one.

    Raises:
        RecipeError: the target is a file, holds what another command wrote, foreign files where the command wants a folder
            of its own, or edited files.
    """

    def __init__(
        self,
        target: Path,
        command: Command = RENDER,
        *,
        force: bool = False,
        dry_run: bool = False,
        reads: Iterable[Path] = (),
    ):
        self.target, self.staging = target, target
        self.earlier: dict[str, Any] = {}
        self._command, self._force, self._dry_run = command, force, dry_run
        self._reads = {real_path(path) for path in reads}
        self._seen: dict[str, tuple[int, ...]] = {}
        self._hashes: dict[str, str] = {}
        self._folders: set[str] = set()
        self._made: list[Path] = []
        self._open = ExitStack()
        if _is_folder(target / _COMMITTED):
            if dry_run:
                return
            with exclusive(target):
                finish_publishing(target)
        self._check()

    def _check(self) -> None:
        if real_path(self.target).is_symlink():
            raise user_error(str(self.target), f"is a link that leads to itself; {self._elsewhere}")
        if not self.target.exists():
            return
        if not self.target.is_dir():
            raise user_error(str(self.target), f"is a file; {self._elsewhere}")
        if os.path.lexists(self.target / _COMMITTED) and not _is_folder(self.target / _COMMITTED):
            raise user_error(str(self.target / _COMMITTED), "is in the way; remove it")
        manifest = read_manifest(self.target)
        if manifest and written_by(manifest) != self._command.name and not self._force:
            message = f"holds what `cgd-recipe {written_by(manifest)}` wrote; {self._elsewhere}"
            raise user_error(str(self.target), message)
        recorded = recorded_outputs(self.target, self._command)
        self.earlier = manifest if manifest and recorded else {}
        others = (path for path in self.target.iterdir() if not is_scratch(path))
        if not self._command.shares and not recorded and not self._force and any(others):
            message = "is not empty and was not written by cgd-recipes; choose another folder with -o, or use --force"
            raise user_error(str(self.target), message)
        if self._force:
            return
        # Large files are hashed once: what is as it was at the first look needs no second one.
        stamps = {name: _stamp(self.target / name) for name in recorded}
        changed = {name: sha for name, sha in recorded.items() if self._seen.get(name) != stamps[name]}
        if problems := list(edited_problems(self.target, changed, self._command)):
            raise RecipeError(problems)
        self._seen = stamps

    @property
    def _elsewhere(self) -> str:
        return "set another generate.output" if self._command.name == "generate" else "choose another folder with -o"

    def check_names(self, names: Iterable[str]) -> None:
        """See that outputs may be put into place, before the work that makes them.

        Raises:
            RecipeError: files of others bear their names.
        """
        self._check_places(dict.fromkeys([*names, MANIFEST]))

    def _check_places(self, names: dict[str, Path | None]) -> None:
        check_room(self.target, names)
        read = [self.target / name for name in names if real_path(self.target / name) in self._reads]
        if read:
            message = f"is read by the recipe, and would be overwritten; move it away, or {self._elsewhere}"
            raise RecipeError(Problem(Where(str(path)), message) for path in read)
        recorded = self.earlier.get("outputs", {})
        problems = list(foreign_problems(self.target, names, recorded, self._command))
        if problems and not self._force:
            raise RecipeError(problems)

    def __enter__(self) -> OutputFolder:
        if self._dry_run:
            self.staging = Path(self._open.enter_context(tempfile.TemporaryDirectory()))
            return self
        whole = real_path(self.target)
        # A folder that is there may be the root of a file system.
        place = whole / MANIFEST if whole.is_dir() else whole
        self._made = [folder for folder in place.parents if not folder.exists()]
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            remove_leftovers(whole.parent)
            self.staging = self._open.enter_context(scratch_beside(place))
        except FileExistsError as error:
            raise user_error(
                str(error.filename), f"is a file, and a folder is to go there; {self._elsewhere}"
            ) from None
        except OSError as error:
            folder = self.target if self.target.is_dir() else self.target.parent
            raise user_error(str(folder), f"cannot be written to: {error.strerror}") from None
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        self._open.close()
        if isinstance(error, OSError) and error.errno in _FULL and not error.filename:
            error.filename = str(self.target)
        for folder in self._made:
            with suppress(OSError):  # not empty: the run succeeded, or left a list of rejected rows
                folder.rmdir()

    def write(self, name: str, text: str, executable: bool = False) -> None:
        """Stage a text file; `name` is relative to the folder."""
        path = self.path(name)
        path.write_bytes(content := encoded(text, self.target / name))
        self._hashes[name] = hashlib.sha256(content).hexdigest()
        if executable:
            make_executable(path)

    def path(self, name: str) -> Path:
        """Where to stage a file, its folder created."""
        path, (folder, _, _) = self.staging / name, name.rpartition("/")
        if folder not in self._folders:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._folders.add(folder)
        return path

    def staged(self, known: dict[str, str] | None = None) -> dict[str, str]:
        """SHA-256 of every staged file but the manifest, by name, sorted.

        Args:
            known: hashes of files that `write` did not stage, by name, where they are known already.
        """
        known, names = {**self._hashes, **(known or {})}, []
        for folder, _, files in os.walk(self.staging):
            below = os.path.relpath(folder, self.staging)
            names += files if below == os.curdir else [f"{below}/{file}" for file in files]
        return {name: known.get(name) or file_sha256(self.staging / name) for name in sorted(names) if name != MANIFEST}

    def publish(self, outputs: Iterable[str]) -> None:
        """Put the staged outputs and the manifest into place: all of them, or, until then, none.

        A process that is killed meanwhile leaves a folder without a manifest, which the next one finishes. Runs into the same
        folder wait for each other here. Outputs that are not staged stay as they are.

        Raises:
            RecipeError: files of others bear the names of outputs, or the folder changed while the outputs were made.
        """
        names = [name for name in (*outputs, MANIFEST) if os.path.exists(f"{self.staging}/{name}")]
        for folder in _folders_of(names):
            sync(self.staging / folder)
        for name in names:
            sync(self.staging / name)
        whole = real_path(self.target)
        while True:
            place = whole if whole.is_dir() else whole.parent
            with exclusive(place):
                if place == whole:
                    self._replace(names)
                    return
                if not whole.exists():
                    os.rename(self.staging, whole)
                    sync(place)
                    return

    def _replace(self, names: list[str]) -> None:
        finish_publishing(self.target)
        before = self.earlier
        self._check()
        if self.earlier != before and not self._force and self.earlier != read_manifest(self.staging):
            raise user_error(str(self.target), "was written to by another run meanwhile; run the command again")
        self._check_places({name: self.staging / name for name in names})
        os.rename(self.staging, self.target / _COMMITTED)
        sync(self.target)
        finish_publishing(self.target)


def is_unfinished(folder: Path) -> bool:
    """Whether a process was killed while it put outputs into a folder."""
    return _is_folder(folder / _COMMITTED)


def finish_publishing(folder: Path) -> None:
    """Put into place what a process has committed; every step may be the last one of a process, and is done again then.

    The earlier manifest goes first and the new one comes last, so that at no time a manifest stands beside other files
    than its own.
    """
    committed = folder / _COMMITTED
    if not _is_folder(committed):
        return
    manifest = read_manifest(committed)
    if manifest:
        outputs = manifest["outputs"]
        check_room(folder, outputs)
        if os.path.lexists(folder / MANIFEST):
            os.replace(folder / MANIFEST, committed / _BEFORE)
        for name in _outputs_before(committed, written_by(manifest)):
            if name not in outputs:
                check_room(folder, [name])
                (folder / name).unlink(missing_ok=True)
        for name in outputs:
            if (committed / name).exists():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                os.replace(committed / name, folder / name)
        for parent in _folders_of(outputs):
            sync(folder / parent)
        os.replace(committed / MANIFEST, folder / MANIFEST)
        sync(folder)
    shutil.rmtree(committed)


def _outputs_before(committed: Path, command: str) -> dict[str, str]:
    """Outputs of the manifest that was there before, where the same command wrote it."""
    manifest = read_manifest(committed, _BEFORE)
    outputs: dict[str, str] = manifest["outputs"] if manifest and written_by(manifest) == command else {}
    return outputs


def _folders_of(names: Iterable[str]) -> set[str]:
    """The folders that hold some files, and those that hold these, up to the one that the names start from."""
    found = {""}
    for folder in {name.rpartition("/")[0] for name in names}:
        while folder:
            found.add(folder)
            folder = folder.rpartition("/")[0]
    return found


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def _stamp(path: Path) -> tuple[int, ...]:
    try:
        found = path.lstat()
    except OSError:
        return ()
    return found.st_ino, found.st_size, found.st_mtime_ns, found.st_mode
