"""A folder that was rendered before: what it was rendered from, and whether it still is what it was."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

from cgd_recipes.data.source import file_hashes, open_source
from cgd_recipes.errors import Problem, RecipeError, Where, dotted, user_error
from cgd_recipes.files.hashes import file_sha256
from cgd_recipes.files.ownership import MANIFEST, RENDER, read_manifest, written_by
from cgd_recipes.files.schema import quoted
from cgd_recipes.files.yaml import parse_yaml, read_yaml
from cgd_recipes.files.yaml_out import dump_yaml
from cgd_recipes.generation.triples import from_triples, is_generated
from cgd_recipes.recipe.plan import Plan
from cgd_recipes.recipe.recipe import RESOLVED, flatten
from cgd_recipes.rendering.manifest import read_files
from cgd_recipes.rendering.resolved import resolved


def is_rendered(folder: Path) -> bool:
    """Whether something was rendered into a folder; a damaged manifest says yes, for a message on it."""
    manifest = read_manifest(folder)
    return (folder / MANIFEST).is_file() if manifest is None else written_by(manifest) == RENDER.name


def recipe_name(name: str) -> str:
    """What to load for a recipe as a user names it: the resolved recipe of a rendered folder, anything else as it is."""
    return str(Path(name) / RESOLVED) if is_rendered(Path(name)) else name


def rendered_values(folder: Path) -> dict[str, Any]:
    """The resolved recipe of a rendered folder, as it is written there.

    Raises:
        RecipeError: it cannot be read.
    """
    values = read_yaml(folder / RESOLVED).value
    if not isinstance(values, dict):
        raise _damaged(folder)
    return values


def check_outputs(folder: Path) -> dict[str, Any]:
    """See that the files of a rendered folder are as they were rendered; nothing outside the folder is needed.

    Returns:
        The folder's manifest.

    Raises:
        RecipeError: a damaged manifest, or every file that was edited or is missing.
    """
    manifest = read_manifest(folder)
    if manifest is None or RESOLVED not in manifest["outputs"] or not _is_whole(manifest):
        raise _damaged(folder)
    fix = "put the change into the recipe, then render again with --force"
    faults = {name: _fault(folder / name, sha) for name, sha in manifest["outputs"].items()}
    problems = [Problem(Where(str(folder / name)), f"{fault}; {fix}") for name, fault in faults.items() if fault]
    if problems:
        raise RecipeError(problems)
    return manifest


def _is_whole(manifest: dict[str, Any]) -> bool:
    """Whether a manifest has what is read from it; one that was edited may not."""
    source = manifest.get("source")
    lists = [manifest.get(key, []) for key in ("family_files", "method_files")]
    lists.append(source.get("files", []) if isinstance(source, dict) else None)
    return isinstance(manifest.get("trainer"), str) and all(
        isinstance(files, list) and all(isinstance(file, dict) and {"file", "sha256"} <= file.keys() for file in files)
        for files in lists
    )


def _damaged(folder: Path) -> RecipeError:
    return user_error(str(folder / MANIFEST), "is damaged; remove the folder, or choose another with -o")


def _fault(path: Path, sha256: str) -> str | None:
    if not path.is_file():
        return "is missing"
    return "was changed since it was rendered" if file_sha256(path) != sha256 else None


def check_rendered(plan: Plan, folder: Path) -> None:
    """See that a folder holds what the plan's recipe renders to, unchanged.

    Compared are the folder's files, the recipe's values, the family and method files, and the data files where they are
    on this machine; datasets of the hub are not read again.

    Raises:
        RecipeError: edited or missing files, or every value that differs, where the recipe sets it, or every file that
            it was rendered from and that has changed.
    """
    manifest = check_outputs(folder)
    fix = "render again, or choose another folder with -o"
    before = dict(flatten(rendered_values(folder)))
    now = dict(flatten(parse_yaml(dump_yaml(resolved(plan)), RESOLVED).value))
    problems = []
    for path in dict.fromkeys([*now, *before]):
        if now.get(path) != before.get(path):
            message = f"'{dotted(path)}' is {quoted(now.get(path))}, but {folder} was rendered with "
            problems.append(plan.recipe.problem(path, f"{message}{quoted(before.get(path))}; {fix}"))
    if not problems:
        for path, name in _changed_files(plan, manifest):
            problems.append(plan.recipe.problem(path, f"'{name}' has changed since {folder} was rendered; {fix}"))
    if problems:
        raise RecipeError(problems)


def _changed_files(plan: Plan, manifest: dict[str, Any]) -> list[tuple[tuple[str, ...], str]]:
    """Files that a render would read and that differ from those that it did read, under the keys that name them."""
    read = read_files(plan)
    keys = {"family_files": ("family",), "method_files": ("method",), "format_files": ("data", "format")}
    now: dict[tuple[str, ...], list[dict[str, str]]] = {keys[name]: files for name, files in read.items()}
    before = {keys[name]: manifest.get(name, files) for name, files in read.items()}
    found = None
    if not plan.recipe.get("generate"):
        with suppress(RecipeError):  # rendered on another machine, where the rows were
            found = open_source(plan.recipe)
    elif is_generated(plan):
        found = open_source(from_triples(plan)[0].recipe)
    if found and found.hub is None:
        source = ("data", "source")
        now[source], before[source] = file_hashes(found), manifest["source"].get("files", [])
    changed: list[tuple[tuple[str, ...], str]] = []
    for path, files in now.items():
        both = [{file["file"]: file["sha256"] for file in some} for some in (files, before[path])]
        names = dict.fromkeys([*both[0], *both[1]])
        changed += [(path, name) for name in names if both[0].get(name) != both[1].get(name)]
    return changed
