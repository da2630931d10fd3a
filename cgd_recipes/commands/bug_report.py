"""What to print when the fault is ours."""

from __future__ import annotations

import platform
import traceback

from cgd_recipes import __version__


def bug_report(error: Exception) -> str:
    """A traceback with versions, ready to paste into an issue."""
    trace = "".join(traceback.format_exception(error))
    return (
        f"{trace}\nThis is a bug in cgd-recipes. Please report it with the text above and the command that led to it.\n"
        f"cgd-recipes {__version__}, Python {platform.python_version()}, {platform.platform()}"
    )
