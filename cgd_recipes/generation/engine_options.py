"""What engines that load models themselves have in common: the extra they need, their options, models used twice."""

from __future__ import annotations

import importlib
from collections.abc import Collection, Iterable, Mapping
from types import ModuleType

from cgd_recipes.errors import Problem, RecipeError, Where, did_you_mean, user_error
from cgd_recipes.generation.engine import Endpoint, EngineSettings


def need(engine: str, *modules: str) -> ModuleType:
    """Import what an engine is made of; gives the last module.

    Raises:
        RecipeError: one of them cannot be imported; says which extra brings it.
    """
    for name in modules:
        try:
            module = importlib.import_module(name)
        except ImportError as error:
            package = name.partition(".")[0]
            lacking = error.name is not None and error.name.partition(".")[0] == package
            why = f"needs {package}" if lacking else f"cannot import {name} ({error})"
            raise user_error(f"engine {engine}", f"{why}: pip install 'cgd-recipes[{engine}]'") from error
    return module


def option_problem(role: str, name: str, message: str) -> Problem:
    """A mistake in one option of a role's model."""
    return Problem(Where(f"generate.{role}.options.{name}"), message)


def check_names(settings: EngineSettings, valid: Collection[str], ours: Mapping[str, str], what: str) -> None:
    """See that all options are known.

    Args:
        settings: whose options are checked, of every role.
        valid: names that the engine knows.
        ours: names that are not for options -> what sets them instead.
        what: whose names they are, for people.

    Raises:
        RecipeError: every option that is unknown or not for options.
    """
    raise_all(
        option_problem(
            role, name, f"is set by {ours[name].format(role=role)}" if name in ours else f"unknown {what}{did_you_mean(name, valid)}"
        )
        for role, endpoint in settings.endpoints.items()
        for name in endpoint.options
        if name in ours or name not in valid
    )


def check_extra_body(settings: EngineSettings, valid: Collection[str]) -> None:
    """See that every field of `extra_body` is a name that the engine knows.

    Raises:
        RecipeError: every field that is not.
    """
    raise_all(
        Problem(
            Where(f"generate.{role}.extra_body.{name}"), f"is no sampling parameter of vLLM{did_you_mean(name, valid)}"
        )
        for role, endpoint in settings.endpoints.items()
        for name in endpoint.extra_body
        if name not in valid
    )


def raise_all(problems: Iterable[Problem]) -> None:
    """Raise a RecipeError where there is any problem."""
    found = list(problems)
    if found:
        raise RecipeError(found)


def distinct(endpoints: Mapping[str, Endpoint]) -> dict[str, list[str]]:
    """The models to load: the first role that needs each -> all roles that share it (same model, same options)."""
    models: dict[str, list[str]] = {}
    for role, endpoint in endpoints.items():
        same = (one for one in models if _loads(endpoints[one]) == _loads(endpoint))
        models.setdefault(next(same, role), []).append(role)
    return models


def _loads(endpoint: Endpoint) -> tuple[str, dict[str, object]]:
    return endpoint.model, dict(endpoint.options)
