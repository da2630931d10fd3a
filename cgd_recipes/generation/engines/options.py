"""What engines that load models themselves have in common: the extra they need, their options, models used twice."""

from __future__ import annotations

import importlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from types import ModuleType
from typing import Any

from cgd_recipes.errors import Finding, did_you_mean, user_error
from cgd_recipes.generation.engines.protocol import Endpoint, EngineSettings, Request, SettingsError

TEMPLATE_KEY = "chat_template_kwargs"
"""The field of `extra_body` whose values go to the chat template, as vLLM's server calls it."""


def import_or_explain(engine: str, *modules: str) -> ModuleType:
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


def option_finding(role: str, path: Iterable[str | int], message: str) -> Finding:
    """A mistake in one option of a role's model."""
    return Finding(("generate", role, "options", *path), message)


def option_name_findings(
    settings: EngineSettings,
    valid: Collection[str],
    set_elsewhere: Mapping[str, str],
    what: str,
    within: tuple[str, ...] = (),
) -> Iterator[Finding]:
    """Options that are unknown, or that something else sets.

    Args:
        settings: whose options are checked, of every role.
        valid: names that the engine knows.
        set_elsewhere: names that are not for options -> what sets them instead.
        what: whose names they are, for people.
        within: keys below `options` under which the names are.
    """
    for role, endpoint in settings.endpoints.items():
        options: Any = endpoint.options
        for key in within:
            options = options.get(key, {})
        if not isinstance(options, Mapping):
            yield option_finding(role, within, f"must be a mapping of names to values, found {options!r}")
            continue
        for name in options:
            if name in set_elsewhere:
                message = f"is set by {set_elsewhere[name].format(role=role)}"
                yield option_finding(role, (*within, name), message)
            elif name not in valid:
                yield option_finding(role, (*within, name), f"is no {what}{did_you_mean(name, valid)}")


def extra_body_findings(settings: EngineSettings, sampling: Collection[str]) -> Iterator[Finding]:
    """Fields of `extra_body` that are neither a sampling parameter of vLLM's nor `chat_template_kwargs`."""
    for role, endpoint in settings.endpoints.items():
        for name in endpoint.extra_body:
            if name not in sampling and name != TEMPLATE_KEY:
                hint = did_you_mean(name, [*sampling, TEMPLATE_KEY])
                yield Finding(("generate", role, "extra_body", name), f"is no sampling parameter of vLLM{hint}")


def sampling_values(request: Request, extra_body: Mapping[str, Any], room: int) -> dict[str, Any]:
    """Arguments of vLLM's SamplingParams; none is left to the model's generation_config.

    Args:
        request: what is asked.
        extra_body: of its endpoint.
        room: tokens that the prompt leaves.
    """
    more = {name: value for name, value in extra_body.items() if name != TEMPLATE_KEY}
    sampling = request.sampling._asdict() | {
        "stop": list(request.sampling.stop),
        "max_tokens": min(request.sampling.max_tokens, room),
    }
    return more | {name: value for name, value in sampling.items() if value not in (None, [])}


def raise_if_any(findings: Iterable[Finding]) -> None:
    """Raise a SettingsError where there is any finding."""
    found = list(findings)
    if found:
        raise SettingsError(found)


def models_to_load(endpoints: Mapping[str, Endpoint]) -> dict[str, list[str]]:
    """The models to load: the first role that needs each -> all roles that share it (same model, same options)."""
    models: dict[str, list[str]] = {}
    for role, endpoint in endpoints.items():
        same = (first for first in models if _what_is_loaded(endpoints[first]) == _what_is_loaded(endpoint))
        models.setdefault(next(same, role), []).append(role)
    return models


def _what_is_loaded(endpoint: Endpoint) -> tuple[str, dict[str, object]]:
    return endpoint.model, dict(endpoint.options)
