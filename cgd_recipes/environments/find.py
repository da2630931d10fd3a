"""Where the tools live: the command of a trainer or of lm-eval, and the Python that can import it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from cgd_recipes.errors import user_error

TRAINER_BIN = "CGD_TRAINER_BIN"
"""Environment variable that names the bin folder of the trainer's environment."""
EVAL_BIN = "CGD_EVAL_BIN"
"""Environment variable that names the bin folder of lm-eval's environment."""
NO_TELEMETRY = {"AXOLOTL_DO_NOT_TRACK": "1", "DO_NOT_TRACK": "1", "HF_HUB_DISABLE_TELEMETRY": "1"}
OFFLINE = {"HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1"}


@dataclass(frozen=True)
class Tool:
    """A program that lives in an environment of its own, or beside this one.

    Attributes:
        name: package that its Python can import, as messages name it.
        command: its program.
        extra: extra of cgd-recipes that installs it.
        variable: environment variable that names the bin folder of its environment.
        also: another such variable, whose folder is searched as well.
    """

    name: str
    command: str
    extra: str
    variable: str = TRAINER_BIN
    also: str | None = None


LM_EVAL = Tool("lm_eval", "lm_eval", "eval", EVAL_BIN, also=TRAINER_BIN)


def find_command(tool: Tool, source: Path) -> Path:
    """The tool's program: in the folder that its variable names if that is set, else beside this Python or on PATH.

    Args:
        tool: a trainer's, or `LM_EVAL`.
        source: what to name in messages.

    Returns:
        The command with links followed, so that what was installed with it (torchrun) is in the same folder.

    Raises:
        RecipeError: it is in none of them.
    """
    named = os.environ.get(tool.variable)
    others = [os.environ[tool.also]] if tool.also and tool.also in os.environ else []
    folders = [named] if named else [str(Path(sys.executable).parent), *others, os.environ.get("PATH", os.defpath)]
    script = shutil.which(tool.command, path=os.pathsep.join(folders))
    if script:
        return Path(script).resolve()
    if named:
        message = f"there is no '{tool.command}' in {named}; name the bin folder of an environment with {tool.name}, or unset it"
        raise user_error(tool.variable, message)
    message = (
        f"{tool.name} is not installed here: pip install 'cgd-recipes[{tool.extra}]', or put its "
        f"environment on PATH, or name that environment's bin folder in {tool.variable}"
    )
    raise user_error(str(source), message)


def find_interpreter(tool: Tool, source: Path) -> str:
    """The Python that can import a tool: this one, or that of the tool's program (see `find_command`).

    Raises:
        RecipeError: neither.
    """
    if is_installed(tool.name) and not os.environ.get(tool.variable):
        return sys.executable
    script = find_command(tool, source)
    first = script.read_bytes().split(b"\n", 1)[0].decode(errors="replace")
    named = first[2:].split()[:1] if first.startswith("#!") else []
    # Where the path is too long for a first line, that line names a shell.
    for candidate in (*map(Path, named), script.parent / "python"):
        if candidate.name.startswith("python") and candidate.is_file():
            return str(candidate)
    message = f"does not say which Python runs it; name the bin folder of its environment in {tool.variable}"
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
