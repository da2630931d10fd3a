"""Where a path leads."""

from __future__ import annotations

import os
from pathlib import Path


def real_path(path: Path | str) -> Path:
    """An absolute path without links. One that leads to itself stays what it is, where `Path.resolve` would raise."""
    return Path(os.path.realpath(path))
