"""The data files that come with the package."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from cgd_recipes.errors import did_you_mean, user_error


@cache
def data_root() -> Path:
    """The folder that holds recipes/, templates/, schemas/ and evals/.

    A wheel carries them under `cgd_recipes/_data`; an editable install reads them from the repository.
    """
    package = Path(__file__).resolve().parents[1]
    packaged = package / "_data"
    return packaged if packaged.is_dir() else package.parent


def shown_path(path: Path) -> str:
    """A path as messages name it: a shipped file by its place in the package."""
    root = data_root()
    return str(path.relative_to(root)) if path.is_relative_to(root) else str(path)


def shipped_names(folder: str, suffix: str = ".yaml") -> list[str]:
    """Names (without suffix) of the files in a shipped folder such as `recipes/families`, sorted."""
    return list(_names(folder, suffix))


@cache
def _names(folder: str, suffix: str) -> tuple[str, ...]:
    return tuple(sorted(path.name.removesuffix(suffix) for path in (data_root() / folder).glob(f"*{suffix}")))


def shipped_file(folder: str, name: str, kind: str, suffix: str = ".yaml") -> Path:
    """The path of one shipped file.

    Raises:
        RecipeError: no such file; names the nearest one and lists them all.
    """
    names = shipped_names(folder, suffix)
    if name not in names:
        hint = did_you_mean(name, names) or f"; there are: {', '.join(names)}"
        raise user_error(name, f"unknown {kind} '{name}'{hint}")
    return data_root() / folder / f"{name}{suffix}"
