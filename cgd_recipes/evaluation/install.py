"""Task files inside an installed lm-eval, so that `lm_eval --tasks cgd_math` finds them; put there and taken away by hand.

lm-eval has no entry point for tasks up to 0.4.13: it reads its own tasks folder, and what --include_path names.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import NamedTuple

from cgd_recipes import __version__
from cgd_recipes.errors import Problem, RecipeError, Where, user_error
from cgd_recipes.evaluation.taskfiles import SUPPORT, task_names, tasks_folder
from cgd_recipes.files.output import file_sha256

FOLDER = "cgd_recipes"
MANIFEST = "installed.json"
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
    if target.exists():
        uninstall(tasks)
    aside = tasks / f".{FOLDER}.tmp"
    shutil.rmtree(aside, ignore_errors=True)
    try:
        aside.mkdir()
        for name, path in our_files().items():
            shutil.copyfile(path, aside / name)
        hashes = {name: file_sha256(aside / name) for name in our_files()}
        manifest = {"cgd-recipes": __version__, "files": hashes}
        (aside / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
        aside.rename(target)
    except OSError as error:
        raise user_error(str(tasks), f"cannot be written to: {error.strerror}; use --include_path instead") from None
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return target


def uninstall(tasks: Path) -> list[str]:
    """Remove what `install` put there, and nothing else.

    Returns:
        The files removed; empty where nothing was installed.

    Raises:
        RecipeError: a folder that is not ours, or files that were edited or added since.
    """
    target = tasks / FOLDER
    if not target.exists():
        return []
    files = _manifest(target)
    if files is None:
        raise user_error(str(target), "was not written by cgd-recipes; move it away")
    edited = [name for name, sha in files.items() if (target / name).is_file() and file_sha256(target / name) != sha]
    foreign = _foreign(target, files)
    if edited or foreign:
        message = "is not as it was installed; move it away"
        raise RecipeError(Problem(Where(str(target / name)), message) for name in [*edited, *foreign])
    shutil.rmtree(target)
    return sorted(files)


def state(tasks: Path) -> Installed:
    """What is installed in lm-eval's tasks folder, compared with this version's files."""
    target = tasks / FOLDER
    if not target.exists():
        return Installed(None, [])
    files = _manifest(target)
    if files is None:
        return Installed(None, [f"{target} was not written by cgd-recipes, and keeps its tasks out; move it away"])
    version = str(json.loads((target / MANIFEST).read_text(encoding="utf-8"))["cgd-recipes"])
    faults = [f"{target / name} is not ours; move it away" for name in _foreign(target, files)]
    for name, sha in files.items():
        path = target / name
        if not path.is_file() or file_sha256(path) != sha:
            faults.append(f"{path} was changed since it was installed; move it away and run cgd-recipe tasks install")
    wanted = {name: file_sha256(path) for name, path in our_files().items()}
    if files != wanted:
        faults.append(f"{target} is of cgd-recipes {version}, other than this one; run cgd-recipe tasks install")
    return Installed(version, faults)


def _manifest(target: Path) -> dict[str, str] | None:
    try:
        manifest = json.loads((target / MANIFEST).read_text(encoding="utf-8"))
        files: dict[str, str] = manifest["files"]
        return files if isinstance(manifest["cgd-recipes"], str) and all("/" not in name for name in files) else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _foreign(target: Path, files: dict[str, str]) -> list[str]:
    names = {path.name for path in target.iterdir()} - {MANIFEST, "__pycache__"}
    return sorted(names - set(files))
