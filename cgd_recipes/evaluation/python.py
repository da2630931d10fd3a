"""The Python that has lm-eval, with the same cgd-recipes beside it."""

from __future__ import annotations

import json
import subprocess
import tempfile
from pathlib import Path

from cgd_recipes import __version__
from cgd_recipes.environments.find import LM_EVAL, find_interpreter
from cgd_recipes.environments.versions import compatibility, is_within, read_environment
from cgd_recipes.errors import user_error

# Asks for versions, and imports neither lm-eval nor math-verify. None where there is no such package.
_ASK = """
import importlib.util, json
found = {"math_verify": importlib.util.find_spec("math_verify") is not None, "cgd_recipes": None}
if importlib.util.find_spec("cgd_recipes"):
    import cgd_recipes
    found["cgd_recipes"] = getattr(cgd_recipes, "__version__", "an unknown version")
print(json.dumps(found))
"""


def find_python(source: str) -> str:
    """The Python that has lm-eval, with this version of cgd-recipes and math-verify beside it: the answers are graded there.

    Raises:
        RecipeError: no lm-eval, or one without them, or one with another version.
    """
    python = find_interpreter(LM_EVAL, Path(source))
    if fault := grading_fault(python):
        raise user_error(python, fault)
    return python


def grading_fault(python: str) -> str:
    """What keeps the Python that has lm-eval from grading, and how to install it; empty where nothing does."""
    with tempfile.TemporaryDirectory() as elsewhere:  # not the current folder, which Python would search as well
        done = subprocess.run([python, "-c", _ASK], capture_output=True, text=True, cwd=elsewhere, check=False)
    found = json.loads(done.stdout) if done.returncode == 0 else {}
    install = f"{python} -m pip install 'cgd-recipes[eval]=={__version__}'"
    if not found.get("cgd_recipes"):
        return f"has no cgd_recipes, which grades there: {install}"
    if found["cgd_recipes"] != __version__:
        return f"has cgd-recipes {found['cgd_recipes']}, and this program is {__version__}: {install}"
    return "" if found["math_verify"] else f"has no math_verify, which grades there: {install}"


def version_warnings(python: str) -> list[str]:
    """What to know about the lm-eval of a Python; nothing where its version is supported."""
    version = read_environment(python).versions.get("lm-eval")
    known = compatibility()["tools"]["lm-eval"]
    if version is None or is_supported(version, known["supported"]):
        return []
    if is_within(version, known["tried"]):
        return [f"lm-eval {version} is a pre-release. The tasks were tried with it, but it is not supported yet"]
    return [f"lm-eval {version} is not supported ({known['supported']}), and the tasks were not tried with it"]


def is_supported(version: str, supported: str) -> bool:
    """Whether a version is in a range; a pre-release of the version that the range ends at is not."""
    from packaging.version import Version

    return is_within(version, supported) and is_within(Version(version).base_version, supported)
