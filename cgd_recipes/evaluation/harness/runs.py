"""Finished runs on disk: where they are, and whether they still are what was written."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from cgd_recipes.files.hashes import file_sha256

DONE = "results.json"
SUMS = "SHA256SUMS"
"""The hashes of a run's other files, as `sha256sum --check` reads them."""


def run_folder(runs: Path, prefix: str, seed: int) -> Path:
    """Where the run with a seed is kept; the prefix is the evaluation's fingerprint."""
    return runs / f"{prefix}-seed{seed}"


def votes_file(runs: Path, prefix: str, seeds: Sequence[int]) -> Path:
    """Where the votes of some runs are kept; see `count_votes`."""
    return runs.parent / "votes" / f"{prefix}-seeds{seeds[0]}-{seeds[-1]}.json"


def seal(folder: Path) -> None:
    """Write down what the files of a run are."""
    lines = [f"{file_sha256(path)}  {path.name}\n" for path in sorted(folder.iterdir()) if path.name != SUMS]
    (folder / SUMS).write_text("".join(lines), encoding="utf-8")


def is_whole(folder: Path) -> bool:
    """Whether a run is there and every file of it is as it was written; one that was cut off would give another score."""
    try:
        lines = (folder / SUMS).read_text(encoding="utf-8").splitlines()
        sums = {name: sha for sha, _, name in (line.partition("  ") for line in lines)}
        return DONE in sums and all(file_sha256(folder / name) == sha for name, sha in sums.items())
    except (OSError, ValueError):
        return False


def runs_sha256(folders: Sequence[Path]) -> str:
    """What runs consist of, as one hash."""
    return hashlib.sha256(b"".join((folder / SUMS).read_bytes() for folder in folders)).hexdigest()
