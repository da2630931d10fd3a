"""Paths as arguments of programs."""

from __future__ import annotations

from pathlib import Path


def as_argument(path: Path | str) -> str:
    """A path that no program takes for an option, whatever it begins with."""
    return f"./{path}" if str(path).startswith("-") else str(path)
