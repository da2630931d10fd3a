"""What the environments have installed, which versions break each other, and the GPUs of this machine."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from cgd_recipes.environments.find import LM_EVAL, Tool, find_interpreter
from cgd_recipes.errors import Problem, RecipeError, Where
from cgd_recipes.files.shipped import data_root
from cgd_recipes.files.yaml import read_yaml


class Environment(NamedTuple):
    """A Python and the versions of the tools in it, by package name."""

    python: str
    versions: dict[str, str]


@cache
def compatibility() -> dict[str, Any]:
    """What is known about the tools' versions: schemas/vendor/compat.yaml."""
    facts: dict[str, Any] = read_yaml(data_root() / "schemas" / "vendor" / "compat.yaml").value
    return facts


def read_environment(python: str) -> Environment:
    """Look up the tools' versions in an environment, from metadata alone."""
    names = list(compatibility()["tools"])
    probe = Path(__file__).with_name("probe.py")
    done = subprocess.run([python, str(probe), *names], capture_output=True, text=True, check=False)
    return Environment(python, json.loads(done.stdout) if done.returncode == 0 else {})


def find_pythons(tools: Iterable[Tool]) -> dict[str, str]:
    """Find the tools that would be used: the path of the Python of each, by the tool's name."""
    pythons = {}
    for tool in tools:
        with suppress(RecipeError):
            pythons[tool.name] = find_interpreter(tool, Path(tool.name))
    return pythons


def find_environments(trainers: dict[str, str]) -> dict[str, Environment]:
    """Look up this environment, those of trainers (see `find_pythons`) and lm-eval's, by the path of their Python."""
    pythons = [sys.executable, *trainers.values(), *find_pythons([LM_EVAL]).values()]
    return {python: read_environment(python) for python in dict.fromkeys(pythons)}


def find_gpus() -> list[str]:
    """The GPUs that nvidia-smi lists, one line of text each."""
    try:
        done = subprocess.run(["nvidia-smi", "-L"], capture_output=True, text=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return []
    return [line for line in done.stdout.splitlines() if line.startswith("GPU")]


def weakest_capability() -> float | None:
    """Compute capability of the weakest GPU that nvidia-smi lists, such as 8.0; None where it lists none."""
    command = ["nvidia-smi", "--query-gpu=compute_cap", "--format=csv,noheader"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        return min(map(float, done.stdout.split()), default=None)
    except (OSError, subprocess.TimeoutExpired, ValueError):
        return None


def unsupported(environment: Environment, *, but: str = "") -> Iterator[Problem]:
    """Installed tools, but for one, whose version this project does not work with, and what to install."""
    for tool, facts in compatibility()["tools"].items():
        version, supported = environment.versions.get(tool), facts.get("supported")
        if tool == but or facts.get("part_of") in environment.versions:
            continue
        if version and supported and not is_within(version, supported):
            message = f"{tool} {version} is not supported (needs {supported}): {pip_install(facts['install'])}"
            yield Problem(Where(environment.python), message)


def is_within(version: str, specifier: str) -> bool:
    """Whether a version is in a PEP 440 range. Pre-releases count; a version that cannot be read is in none."""
    from packaging.specifiers import SpecifierSet
    from packaging.version import InvalidVersion

    try:
        return SpecifierSet(specifier).contains(version, prereleases=True)
    except InvalidVersion:
        return False


def contradictions(environment: Environment) -> Iterator[Problem]:
    """Installed tools that do not work with each other, and what to install."""
    versions = environment.versions
    for rule in _rules_for(versions):
        tool, other = f"{rule['tool']} {versions[rule['tool']]}", rule["needs"]
        found, cure = versions.get(other), pip_install([rule["install"]])
        if found is None and rule.get("required"):
            yield Problem(
                Where(environment.python), f"{tool} needs {other} {rule['range']}, which is not installed: {cure}"
            )
        if found is not None and not is_within(found, rule["range"]):
            verb = "breaks" if rule.get("breaks") else "does not fit"
            yield Problem(Where(environment.python), f"{other} {found} {verb} {tool} (needs {rule['range']}): {cure}")


def _rules_for(versions: dict[str, str]) -> Iterator[dict[str, Any]]:
    for rule in compatibility()["rules"]:
        if rule["tool"] in versions and is_within(versions[rule["tool"]], rule["versions"]):
            yield rule


def pip_install(requirements: list[str]) -> str:
    """The pip command for some requirements, quoted for a shell."""
    return "pip install " + " ".join(f"'{requirement}'" for requirement in requirements)


def install_command(tool: str, versions: dict[str, str]) -> str:
    """How to install a tool beside the versions that an environment has."""
    specific = [rule["install"] for rule in _rules_for(versions) if rule["needs"] == tool]
    return pip_install(specific[:1] or compatibility()["tools"][tool]["install"])
