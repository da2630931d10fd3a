"""Asks torchtune itself about a config. Run it by path with the trainer's interpreter.

    python probe.py torchtune.yaml [FOLDER]

prints one line of JSON, `{"trainer": "torchtune", "version": ..., "errors": [...]}`, and exits with 0 when it could
ask. It needs torchtune and nothing of ours, unless the config names one of our components.
"""

from __future__ import annotations

import contextlib
import importlib.metadata
import json
import os
import sys
import traceback
from pathlib import Path
from typing import Any


def main(arguments: list[str]) -> int:
    """Check one config and print the result.

    Args:
        arguments: the path of the config, and a folder whose modules it may name; importing one runs it.

    Returns:
        0 when torchtune was asked, whatever it said; 2 for wrong arguments.
    """
    if len(arguments) not in (1, 2):
        print("usage: probe.py CONFIG.yaml [FOLDER]", file=sys.stderr)
        return 2
    # Imports and libraries print to stdout, from C as well; only the answer may go there.
    answer = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    with contextlib.redirect_stdout(sys.stderr):
        errors = check(*arguments)
    version = _version("torchtune")
    print(json.dumps({"trainer": "torchtune", "version": version, "errors": errors}), file=answer, flush=True)
    return 0


def check(path: str, modules: str | None = None) -> list[str]:
    """List what torchtune has against a config.

    Args:
        path: the YAML file.
        modules: folder whose modules can be imported, as `tune` imports those of the folder that it is run in.
    """
    try:
        # `import torchtune` succeeds with versions of torchao that its recipes cannot be imported with.
        import torchtune.training  # noqa: F401
        from omegaconf import OmegaConf
        from torchtune import config as torchtune_config
    except Exception as error:
        return [
            f"torchtune {_version('torchtune')} cannot be imported with torchao {_version('torchao')} and "
            f"torch {_version('torch')}: {error}; torchtune 0.6.1 needs torchao >= 0.13, < 0.16"
        ]
    if modules:
        sys.path.append(str(Path(modules).resolve()))
    try:
        config = OmegaConf.load(path)
        OmegaConf.to_container(config, resolve=True)
        torchtune_config.validate(config)
    except Exception as error:
        # ConfigError holds a list; InstantiationError, TypeError, OmegaConf's and YAML's errors come one at a time, and
        # a component that fails while it is imported can raise anything.
        traceback.print_exc()
        return [_line(one) for one in getattr(error, "errors", None) or [error]]
    return []


def _line(error: Any) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())}"


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "(not installed)"


if __name__ == "__main__":
    # Run by path, Python would search the modules beside this file before the trainer's own.
    sys.path[:] = [path for path in sys.path if path != os.path.dirname(os.path.abspath(__file__))]
    sys.exit(main(sys.argv[1:]))
