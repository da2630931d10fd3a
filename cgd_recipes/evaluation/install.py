"""Task files inside an installed lm-eval, so that `lm_eval --tasks cgd_math` finds them; put there and taken away by hand.

lm-eval has no entry point for tasks up to 0.4.13: it reads its own tasks folder, and what --include_path names.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import NamedTuple

from cgd_recipes import __version__
from cgd_recipes.errors import Problem, RecipeError, Where, user_error
from cgd_recipes.evaluation.taskfiles import SUPPORT, task_names, tasks_folder
from cgd_recipes.files.atomic import is_scratch, remove_leftovers, scratch_beside, write_text
from cgd_recipes.files.hashes import file_sha256
from cgd_recipes.files.output import OutputFolder, finish_publishing
from cgd_recipes.files.ownership import INSTALL, MANIFEST, MANIFEST_VERSION, read_manifest, written_by
from cgd_recipes.files.regular import read_text

FOLDER = "cgd_recipes"
_MANIFEST_BEFORE = "installed.json"
_FIND = (
    "import importlib.util as u; s = u.find_spec('lm_eval'); print(list(s.submodule_search_locations)[0] if s else '')"
)


class Installed(NamedTuple):
    """What is in lm-eval's folder.

    Attributes:
        version: of the cgd-recipes that put it there; None where nothing is, or nothing of ours.
        faults: what is not as it was put there, or is not what this version would put there; empty where all is well.
    """

    version: str | None
    faults: list[str]


def lm_eval_tasks(python: str) -> Path | None:
    """The tasks folder of the lm-eval that a Python imports; None where it has none. lm-eval itself is not imported."""
    with tempfile.TemporaryDirectory() as elsewhere:  # not the current folder, which Python would search as well
        done = subprocess.run([python, "-c", _FIND], capture_output=True, text=True, cwd=elsewhere, check=False)
    folder = done.stdout.strip()
    return Path(folder) / "tasks" if folder and (Path(folder) / "tasks").is_dir() else None


def our_files() -> dict[str, Path]:
    """The files to install, by name."""
    names = [*SUPPORT, *(f"{name}.yaml" for name in task_names())]
    return {name: tasks_folder() / name for name in names}


def install(tasks: Path) -> Path:
    """Copy the task files into lm-eval's tasks folder, over an earlier copy of ours.

    Args:
        tasks: see `lm_eval_tasks`.

    Returns:
        The folder that they are in.

    Raises:
        RecipeError: a folder of that name that is not ours, or files in it that were edited.
    """
    target = tasks / FOLDER
    _check_ours(target)
    try:
        with OutputFolder(target, INSTALL) as output:
            for name, path in our_files().items():
                shutil.copyfile(path, output.path(name))
            outputs = output.staged()
            manifest = {"manifest_version": MANIFEST_VERSION, "command": INSTALL.name, "cgd-recipes": __version__}
            output.write(MANIFEST, json.dumps({**manifest, "outputs": outputs}, indent=2) + "\n")
            output.publish(outputs)
    except OSError as error:
        raise user_error(str(tasks), f"cannot be written to: {error.strerror}; use --include_path instead") from None
    return target


def uninstall(tasks: Path) -> list[str]:
    """Remove what `install` put there, and nothing else.

    Returns:
        The files removed; empty where nothing was installed.

    Raises:
        RecipeError: a folder that is not ours, or files that were edited or added since.
    """
    target = tasks / FOLDER
    remove_leftovers(tasks)
    files = _check_ours(target)
    if target.exists():
        # Whole or gone: half a folder would be nobody's, and in the way of the next install.
        with scratch_beside(target) as scratch:
            os.rename(target, scratch / FOLDER)
    return sorted(files)


def _check_ours(target: Path) -> dict[str, str]:
    """The files that an earlier install put into a folder, which holds nothing else.

    Raises:
        RecipeError: a folder that is not ours, or files that were edited or added since.
    """
    if not os.path.lexists(target):
        return {}
    finish_publishing(target)
    _adopt(target)
    files = _installed(target)
    if files is None:
        raise user_error(str(target), "was not written by cgd-recipes; move it away")
    edited = [name for name, sha in files.items() if (target / name).is_file() and file_sha256(target / name) != sha]
    foreign = _foreign(target, files)
    if edited or foreign:
        message = "is not as it was installed; move it away"
        raise RecipeError(Problem(Where(str(target / name)), message) for name in [*edited, *foreign])
    return files


def _adopt(target: Path) -> None:
    """Give a folder that cgd-recipes up to 0.1 installed the manifest of today."""
    try:
        before = json.loads(read_text(target / _MANIFEST_BEFORE))
        manifest = {"manifest_version": MANIFEST_VERSION, "command": INSTALL.name, "cgd-recipes": before["cgd-recipes"]}
        write_text(target / MANIFEST, json.dumps({**manifest, "outputs": before["files"]}, indent=2) + "\n")
        (target / _MANIFEST_BEFORE).unlink()
    except (OSError, ValueError, KeyError, TypeError):
        return


def state(tasks: Path) -> Installed:
    """What is installed in lm-eval's tasks folder, compared with this version's files."""
    target = tasks / FOLDER
    if not target.exists():
        return Installed(None, [])
    files = _installed(target)
    if files is None:
        return Installed(None, [f"{target} was not written by cgd-recipes, and keeps its tasks out; move it away"])
    version = str((read_manifest(target) or {}).get("cgd-recipes"))
    faults = [f"{target / name} is not ours; move it away" for name in _foreign(target, files)]
    for name, sha in files.items():
        path = target / name
        if not os.path.lexists(path):
            faults.append(f"{path} is missing; run cgd-recipe tasks install")
        elif not path.is_file() or file_sha256(path) != sha:
            faults.append(f"{path} was changed since it was installed; move it away and run cgd-recipe tasks install")
    wanted = {name: file_sha256(path) for name, path in our_files().items()}
    if files != wanted:
        faults.append(f"{target} is of cgd-recipes {version}, other than this one; run cgd-recipe tasks install")
    return Installed(version, faults)


def _installed(target: Path) -> dict[str, str] | None:
    """Name -> SHA-256 of what was installed in a folder; None where that was not by us."""
    manifest = read_manifest(target)
    if manifest is None or written_by(manifest) != INSTALL.name or target.is_symlink():
        return None
    outputs: dict[str, str] = manifest["outputs"]
    return outputs if all("/" not in name for name in outputs) else None


def _foreign(target: Path, files: dict[str, str]) -> list[str]:
    names = {path.name for path in target.iterdir() if not is_scratch(path)} - {MANIFEST, "__pycache__"}
    return sorted(names - set(files))
