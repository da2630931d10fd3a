"""Tells which versions of packages an environment has. Run it by path with that environment's interpreter.

python probe.py torch torchao ...

prints one JSON object of those that are installed, name -> version. It reads metadata and imports none of them.
"""

from __future__ import annotations

import json
import sys
from importlib.metadata import PackageNotFoundError, version


def installed(names: list[str]) -> dict[str, str]:
    """Versions by name, without the packages that are not installed."""
    found = {}
    for name in names:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


if __name__ == "__main__":
    print(json.dumps(installed(sys.argv[1:])))
