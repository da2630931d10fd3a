"""Where the relative paths of a trainer's config start."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path


class Places:
    """Folders in which a config's relative paths may start.

    Args:
        folders: the likeliest first. A folder named twice counts once.
    """

    def __init__(self, *folders: Path):
        self._folders = list({os.path.abspath(folder): folder for folder in folders}.values())

    def find(self, name: str) -> Path:
        """The file or folder of a name, in the first folder that has it; in the first of all where none has."""
        found = [Path(os.path.normpath(folder / name)) for folder in self._folders]
        return next((path for path in found if path.exists()), found[0])

    @property
    def searched(self) -> str:
        """How a message goes on that says a file is not there."""
        if len(self._folders) == 1:
            return ""
        return ", neither in the working folder, where the trainer looks, nor beside this config"

    def only_beside(self, names: Iterable[str]) -> list[str]:
        """Those of the names that are in another folder than the first."""
        first = self._folders[0]
        return [name for name in names if not (first / name).exists() and self.find(name).exists()]
