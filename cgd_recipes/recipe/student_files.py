"""The files of a student that are on this machine: its own folder, or what the hub's cache holds of it."""

from __future__ import annotations

import os
from pathlib import Path


def student_folder(name: str, revision: str | None = None) -> Path | None:
    """The folder with a student's files; not all of them need be there.

    The cache is laid out as huggingface_hub's documentation says ("Understand caching"); that package is not asked, because
    importing it takes longer than everything else that is looked at here.

    Args:
        name: a folder, or a hub id.
        revision: commit or branch on the hub; None for the default branch.

    Returns:
        None where nothing of it is on this machine.
    """
    if Path(name).is_dir():
        return Path(name)
    folder = _hub_cache() / f"models--{name.replace('/', '--')}"
    reference = folder / "refs" / (revision or "main")
    commit = reference.read_text(encoding="utf-8").strip() if reference.is_file() else revision
    snapshot = folder / "snapshots" / (commit or "main")
    return snapshot if snapshot.is_dir() else None


def _hub_cache() -> Path:
    """The hub's cache, by the environment variables of huggingface_hub."""
    if named := os.environ.get("HF_HUB_CACHE"):
        return Path(named).expanduser()
    cache = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(os.environ.get("HF_HOME") or f"{cache}/huggingface").expanduser() / "hub"
