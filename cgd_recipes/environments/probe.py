"""Tells which versions of packages an environment has. Run it by path with that environment's interpreter.

python probe.py torch torchao ...

prints one JSON object of those that are installed, name -> version. It reads metadata and imports none of them.
"""

from __future__ import annotations

import json
import sys
from importlib.metadata import PackageNotFoundError, version

UNKNOWN = "unknown"
"""The version of a package whose metadata name none, after a broken installation; no range has it."""


def installed(names: list[str]) -> dict[str, str]:
    """Versions by name, without the packages that are not installed."""
    found = {}
    for name in names:
        try:
            found[name] = version(name) or UNKNOWN
        except PackageNotFoundError:
            continue
        except KeyError:  # from Python 3.14 on
            found[name] = UNKNOWN
    return found


if __name__ == "__main__":
    print(json.dumps(installed(sys.argv[1:])))
