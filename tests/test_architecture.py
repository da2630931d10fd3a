"""The shape of the package: imports go with the data, modules and functions stay small."""

import ast
from collections import Counter
from functools import cache

from helpers.shipped import ROOT

PACKAGE = ROOT / "cgd_recipes"

LAYERS = (
    "files", "recipe", "environments", "trainers", "data", "grading", "generation", "evaluation", "reporting",
    "curation", "rendering", "workflow", "commands",
)  # fmt: skip
"""Each imports only from those before it."""

GRADING = ("notation", "values", "prose", "endings", "readings", "question")
"""The same within grading; `gold`, which they all name, imports nothing."""


def statements(node):
    """All statements below a node, without the expressions in them, of which there are ten times as many."""
    for part in ("body", "orelse", "finalbody", "handlers", "cases"):
        for below in getattr(node, part, ()):
            yield below
            yield from statements(below)


@cache
def modules():
    """Path below the package -> its imports and functions, as syntax trees."""
    paths = [path for path in PACKAGE.rglob("*.py") if "_data" not in path.parts]
    kinds = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef)
    trees = {path.relative_to(PACKAGE): ast.parse(path.read_text(encoding="utf-8")) for path in paths}
    return {name: [node for node in statements(tree) if isinstance(node, kinds)] for name, tree in trees.items()}


def imported(nodes):
    """Layers that a module imports from, wherever in it the import stands."""
    for node in nodes:
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("cgd_recipes."):
            yield node.module.split(".")[1]
        elif isinstance(node, ast.Import):
            yield from (name.name.split(".")[1] for name in node.names if name.name.startswith("cgd_recipes."))


def arrows():
    """(layer, layer it imports from) -> how many modules do."""
    found = Counter()
    for path, nodes in modules().items():
        if len(path.parts) > 1:
            found.update((path.parts[0], layer) for layer in set(imported(nodes)) if layer in LAYERS)
    return found


def test_every_package_is_a_layer():
    assert {path.parts[0] for path in modules() if len(path.parts) > 1} == set(LAYERS)


def test_imports_go_down_only():
    found = arrows()
    print("layer imports from (modules)")
    for layer in reversed(LAYERS):
        below = [f"{other} {found[layer, other]}" for other in LAYERS if found[layer, other] and other != layer]
        print(f"{layer:12} {', '.join(below)}")
    assert [arrow for arrow in found if LAYERS.index(arrow[1]) > LAYERS.index(arrow[0])] == []


def test_imports_between_the_rooms_of_grading_go_down_only():
    up = []
    for path, nodes in modules().items():
        if path.parts[0] != "grading" or len(path.parts) != 3:
            continue
        for node in nodes:
            parts = (getattr(node, "module", None) or "").split(".")[1:]
            below = GRADING[: GRADING.index(path.parts[1]) + 1]
            if parts[:1] == ["grading"] and parts[1:2] != ["gold"] and not (parts[1:] and parts[1] in below):
                up.append(f"{path}: {'.'.join(parts)}")
    assert {path.parts[1] for path in modules() if path.parts[0] == "grading" and len(path.parts) > 2} == set(GRADING)
    assert up == []


def test_modules_and_functions_stay_small():
    long = []
    for name, nodes in modules().items():
        lines = len((PACKAGE / name).read_text(encoding="utf-8").splitlines())
        if lines > 300:
            long.append(f"{name}: {lines} lines")
        for node in nodes:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno - node.lineno >= 50:
                long.append(f"{name}.{node.name}: {node.end_lineno - node.lineno + 1} lines")
    assert long == []


def test_nothing_of_a_machine_is_left_in_shipped_files():
    folders = ["recipes", "templates", "schemas", "cgd_recipes", "evals", "docs"]
    files = [
        path
        for folder in folders
        for path in (ROOT / folder).rglob("*")
        if path.suffix in (".py", ".yaml", ".j2", ".md", ".json")
    ]
    assert len(files) > 50
    for path in files:
        text = path.read_text(encoding="utf-8")
        assert "/root/" not in text and "/home/" not in text, path
