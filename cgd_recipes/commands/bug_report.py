"""What to tell and to keep when the fault is ours."""

from __future__ import annotations

import os
import platform
import shlex
import sys
import tempfile
import traceback
from contextlib import suppress
from pathlib import Path

from cgd_recipes import __version__
from cgd_recipes.files.atomic import write_text
from cgd_recipes.files.shipped import data_root

_NAME = "cgd-recipe.log"
_OURS = ("recipes", "templates", "schemas", "evals")


def is_ours(error: OSError) -> bool:
    """Whether a file that could not be read is one that ships with the package."""
    if not isinstance(error.filename, str):
        return False
    path = Path(error.filename).absolute()
    package = Path(__file__).resolve().parents[1]
    return any(path.is_relative_to(folder) for folder in (package, *(data_root() / name for name in _OURS)))


def trace(error: BaseException) -> str:
    """The traceback of an error."""
    return "".join(traceback.format_exception(error))


def write_log(error: BaseException, arguments: list[str]) -> Path | None:
    """Keep versions, command and traceback in a log file, over that of an earlier bug.

    Returns:
        The file: in the user's cache folder, or, where that cannot be written to, in the system's temporary one. None where
        neither can.
    """
    text = "\n".join(
        [
            f"cgd-recipes {__version__}, Python {platform.python_version()}, {platform.platform()}",
            f"command: {shlex.join(['cgd-recipe', *arguments])}",
            f"python: {sys.executable}",
            "",
            trace(error),
        ]
    )
    # Surrogates stand for bytes of names that are not UTF-8.
    text = text.encode(errors="backslashreplace").decode()
    cache = Path(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")) / "cgd-recipes"
    with suppress(OSError):
        cache.mkdir(parents=True, exist_ok=True)
        write_text(cache / _NAME, text)
        return cache / _NAME
    with suppress(OSError):
        folder = Path(tempfile.mkdtemp(prefix="cgd-recipes-"))
        write_text(folder / _NAME, text)
        return folder / _NAME
    return None


def bug_report(error: BaseException, arguments: list[str]) -> list[str]:
    """What to print: what went wrong, and where the log is."""
    last = traceback.format_exception_only(error)[-1].strip()
    log = write_log(error, arguments)
    where = f"the log {log}" if log else "what `cgd-recipe --debug ...` prints"
    return [f"cgd-recipe: {last}", f"This is a bug in cgd-recipes. Please report it with {where}"]
