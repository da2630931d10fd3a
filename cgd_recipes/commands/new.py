"""How to start: `cgd-recipe new` and `cgd-recipe family`."""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path
from typing import Any

from cgd_recipes.commands.console import say
from cgd_recipes.errors import RecipeError, user_error
from cgd_recipes.files.arguments import as_argument
from cgd_recipes.files.atomic import write_new
from cgd_recipes.files.paths import real_path
from cgd_recipes.files.shipped import data_root, shipped_file, shipped_names

_SEQUENCE_LEN = 8192
"""The length that base/full sets."""


def run_family(model: str, path: Path | None) -> None:
    """`cgd-recipe family`."""
    from cgd_recipes.data.propose import propose_family

    proposal = propose_family(model, _family_name(path.stem if path else real_path(model).name))
    if path is None:
        say(*proposal.text.splitlines())
        return
    _write(path, proposal.text)
    questions = len(proposal.questions)
    say(f"{path} written{f'; it has {questions} questions at its top' if questions else ''}")


def run_new(family: str, method: str, path: Path | None) -> None:
    """`cgd-recipe new`."""
    from cgd_recipes.files.templates import render_file
    from cgd_recipes.files.yaml import read_yaml

    shipped_file("templates/methods", method, "method")
    families = {
        name: read_yaml(data_root() / "recipes" / "families" / f"{name}.yaml").value
        for name in shipped_names("recipes/families")
    }
    if path and os.path.lexists(path):
        raise _exists(path)
    named = next((name for name, known in families.items() if family in known["students"]), family)
    values: dict[str, Any] = {"student": family if named != family else None}
    if named not in families and ("/" in family or Path(family).is_dir()):
        named = _file_name(real_path(family).name if Path(family).is_dir() else Path(family).name)
        values = _own_family(family, (path or Path(named)).parent / f"{_family_name(named)}-family.yaml", method)
    else:
        shipped_file("recipes/families", named, "family")
        own = f"{named}-{method}"
        values["base"] = own if own in shipped_names("recipes") else f"{named}-cgd"
    target = path or Path(f"{named}-{method}.yaml")
    values["name"] = _yaml_text(
        _file_name(target.name.removesuffix(".yaml").removesuffix(".yml")) or f"{named}-{method}"
    )
    schema = (data_root() / "schemas" / "recipe.schema.json").as_uri()
    text = render_file("recipe.yaml.j2", schema=schema, method=method, family=named, **{**_NO_FAMILY, **values})
    _write(target, text)
    say(f"{target} written; next: cgd-recipe render {shlex.quote(as_argument(target))}")


_NO_FAMILY = {"family_file": None, "positions": None}


def _own_family(model: str, file: Path, method: str) -> dict[str, Any]:
    """Write the family file of a model, and say what the recipe needs of it."""
    from cgd_recipes.data.propose import propose_family
    from cgd_recipes.files.yaml_out import yaml_text

    proposal = propose_family(model, file.name.removesuffix("-family.yaml"))
    _write(file, proposal.text)
    for question in proposal.questions:
        say(f"{file}: {question}", to_stderr=True)
    fragment = method if method in shipped_names("recipes/base") else "cgd"
    return {
        "base": f"[base/full, base/{fragment}]",
        "student": yaml_text(str(real_path(model)) if Path(model).is_dir() else model),
        "family_file": yaml_text(file.name),
        "positions": proposal.positions if proposal.positions <= _SEQUENCE_LEN else None,
    }


def _family_name(text: str) -> str:
    return re.sub(r"[^a-z0-9.]+", "-", text.lower()).strip(".-") or "mine"


def _file_name(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]+", "-", text).strip("._-")


def _exists(path: Path) -> RecipeError:
    return user_error(str(path), "exists already; name another file with -o")


def _write(path: Path, text: str) -> None:
    """Write a new file.

    Raises:
        RecipeError: it is there already, or cannot be written.
    """
    try:
        write_new(path, text)
    except FileExistsError:
        raise _exists(path) from None
    except OSError as error:
        raise user_error(str(path), f"cannot be written: {error.strerror}") from None


def _yaml_text(text: str) -> str:
    """Text as YAML reads it: in quotes where it looks like something else (2024, null)."""
    from cgd_recipes.files.yaml import parse_yaml
    from cgd_recipes.files.yaml_out import yaml_text

    return text if isinstance(parse_yaml(text, text).value, str) else yaml_text(text)
