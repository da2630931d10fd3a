"""Where the tools live: the command of a trainer or of lm-eval, and the Python that can import it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from cgd_recipes.errors import user_error

TRAINER_BIN = "CGD_TRAINER_BIN"
"""Environment variable that names the bin folder of the trainer's environment."""
EVAL_BIN = "CGD_EVAL_BIN"
"""Environment variable that names the bin folder of lm-eval's environment."""
_COMMANDS = {"axolotl": "axolotl", "torchtune": "tune", "lm_eval": "lm_eval"}
_EXTRAS = {"lm_eval": "eval"}
NO_TELEMETRY = {"AXOLOTL_DO_NOT_TRACK": "1", "DO_NOT_TRACK": "1", "HF_HUB_DISABLE_TELEMETRY": "1"}
OFFLINE = {"HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1"}


def find_command(trainer: str, source: Path) -> Path:
    """The trainer's command: in the folder that CGD_TRAINER_BIN names if it is set, else beside this Python or on PATH.

    For lm-eval it is CGD_EVAL_BIN, and the trainer's folder is searched too.

    Args:
        trainer: axolotl, torchtune or lm_eval.
        source: what to name in messages.

    Returns:
        The command with links followed, so that what was installed with it (torchrun) is in the same folder.

    Raises:
        RecipeError: it is in none of them.
    """
    variable = EVAL_BIN if trainer == "lm_eval" else TRAINER_BIN
    name, named = _COMMANDS[trainer], os.environ.get(variable)
    trainers = [os.environ[TRAINER_BIN]] if variable == EVAL_BIN and TRAINER_BIN in os.environ else []
    folders = [named] if named else [str(Path(sys.executable).parent), *trainers, os.environ.get("PATH", os.defpath)]
    script = shutil.which(name, path=os.pathsep.join(folders))
    if script:
        return Path(script).resolve()
    if named:
        message = f"there is no '{name}' in {named}; name the bin folder of an environment with {trainer}, or unset it"
        raise user_error(variable, message)
    message = (
        f"{trainer} is not installed here: pip install 'cgd-recipes[{_EXTRAS.get(trainer, trainer)}]', or put its "
        f"environment on PATH, or name that environment's bin folder in {variable}"
    )
    raise user_error(str(source), message)


def find_interpreter(trainer: str, source: Path) -> str:
    """The Python that can import a trainer: this one, or that of the trainer's command (see `find_command`).

    Raises:
        RecipeError: neither.
    """
    if is_installed(trainer) and not os.environ.get(EVAL_BIN if trainer == "lm_eval" else TRAINER_BIN):
        return sys.executable
    script = find_command(trainer, source)
    first = script.read_bytes().split(b"\n", 1)[0].decode(errors="replace")
    named = first[2:].split()[:1] if first.startswith("#!") else []
    # Where the path is too long for a first line, that line names a shell.
    for candidate in (*map(Path, named), script.parent / "python"):
        if candidate.name.startswith("python") and candidate.is_file():
            return str(candidate)
    variable = EVAL_BIN if trainer == "lm_eval" else TRAINER_BIN
    message = f"does not say which Python runs it; name the bin folder of its environment in {variable}"
    raise user_error(str(script), message)


def is_installed(package: str) -> bool:
    """Whether this environment has a package. A folder of that name, which Python could import as well, does not count."""
    try:
        distribution(package)
    except PackageNotFoundError:
        return False
    return True


def can_import(interpreter: str, module: str) -> bool:
    """Whether a Python, run with this environment, finds a module."""
    script = f"import sys, importlib.util as u; sys.exit(u.find_spec({module!r}) is None)"
    # Not from the current folder, which Python would search as well.
    with tempfile.TemporaryDirectory() as folder:
        return subprocess.run([interpreter, "-c", script], cwd=folder, check=False).returncode == 0
