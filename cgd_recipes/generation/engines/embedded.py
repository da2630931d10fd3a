"""Engine `embedded`: GGUF models served in this process by llama.cpp (xllamacpp), for a computer without a GPU."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from types import TracebackType
from typing import Any

from cgd_recipes.errors import Finding, user_error
from cgd_recipes.generation.engines.openai import OpenAIEngine
from cgd_recipes.generation.engines.options import (
    import_or_explain,
    models_to_load,
    option_finding,
    option_name_findings,
    raise_if_any,
)
from cgd_recipes.generation.engines.protocol import Completion, Endpoint, EngineSettings, Request

CONCURRENCY = 4
"""A CPU gains little from more sequences side by side, and each has its own context in memory."""
USES_SERVERS = False
ENVIRONMENT: Mapping[str, str] = {}
_SLOT_CONTEXT = 8192
"""Tokens of context for a sequence where `n_ctx` does not say; llama.cpp caps it at what the model was trained for."""
_THREADS = {"n_threads": "cpuparams", "n_threads_batch": "cpuparams_batch"}
_SET_ELSEWHERE = {
    **dict.fromkeys(["model", "model_alias", "models_dir"], "generate.{role}.model"),
    **dict.fromkeys(["hostnames", "port", "api_keys", "api_prefix"], "the engine: a free port of 127.0.0.1"),
}
_NEUTRAL = {"top_k": 0, "min_p": 0.0}
"""llama.cpp keeps the 40 likeliest tokens with `min_p` 0.05 where a request does not say; other engines do neither."""


def open_engine(settings: EngineSettings) -> EmbeddedEngine:
    """The engine for settings of a recipe.

    Raises:
        SettingsError: a model is no GGUF file, or an option is unknown or of the wrong type.
        RecipeError: xllamacpp is missing.
    """
    xllamacpp = import_or_explain("embedded", "xllamacpp")
    names = option_name_findings(settings, _names(xllamacpp), _SET_ELSEWHERE, "llama.cpp parameter")
    raise_if_any([*_model_findings(settings.endpoints), *names])
    return EmbeddedEngine(settings)


class EmbeddedEngine:
    """Serves each model on a free port of 127.0.0.1, and asks as any OpenAI-compatible server is asked.

    Args:
        settings: endpoints whose `model` is the path of a GGUF file, and whose `options` are llama.cpp parameters.
            A model that both roles use with the same options is loaded once.
    """

    one_model = False

    def __init__(self, settings: EngineSettings):
        self._settings, self._shared = settings, models_to_load(settings.endpoints)
        self._params = {role: self._llama_params(role) for role in self._shared}
        self._servers: list[Any] = []
        self._client: OpenAIEngine | None = None

    def _llama_params(self, role: str) -> Any:
        import xllamacpp

        endpoint, params = self._settings.endpoints[role], xllamacpp.CommonParams()
        options = dict(endpoint.options)
        slots = options.setdefault("n_parallel", endpoint.concurrency)
        if isinstance(slots, int):
            options.setdefault("n_ctx", slots * _SLOT_CONTEXT)
        if len(self._shared) > 1:
            # Threads of two models that outnumber the cores wait for each other in every layer.
            options.setdefault("n_threads", max(1, (os.cpu_count() or 1) // len(self._shared)))
        params.model.path, params.model_alias = endpoint.model, {Path(endpoint.model).name}
        params.verbosity, params.offline, params.ui, params.endpoint_slots = 0, True, False, False
        raise_if_any(_set_all(role, params, options))
        return params

    async def __aenter__(self) -> EmbeddedEngine:
        """Load the models and start to serve them.

        Raises:
            RecipeError: llama.cpp cannot load a model with these options.
        """
        endpoints: dict[str, Endpoint] = {}
        for first, roles in self._shared.items():
            params = self._params[first]
            url = await asyncio.to_thread(self._serve, first, params)
            for role in roles:
                endpoint = self._settings.endpoints[role]
                endpoints[role] = Endpoint(Path(endpoint.model).name, (url,), None, params.n_parallel,
                                           {**_NEUTRAL, **endpoint.extra_body})  # fmt: skip
        self._client = OpenAIEngine(replace(self._settings, endpoints=endpoints))
        await self._client.__aenter__()
        return self

    def _serve(self, role: str, params: Any) -> str:
        import xllamacpp

        try:
            server = xllamacpp.Server(params)
        except RuntimeError as error:
            message = f"llama.cpp cannot load it ({error}); set generate.{role}.options.verbosity: 2 to see why"
            raise user_error(params.model.path, message) from None
        self._servers.append(server)
        return f"{server.listening_address}/v1"

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # The connections first: a server that still answers does not stop before it is done.
        if self._client:
            await self._client.__aexit__(kind, error, trace)
        self._servers.clear()

    async def switch(self, role: str) -> None:
        """Nothing to do: all models are loaded."""

    def slots(self, role: str) -> int:
        """Sequences that the role's model decodes at once (`n_parallel`)."""
        return next(int(self._params[first].n_parallel) for first, roles in self._shared.items() if role in roles)

    async def complete(self, request: Request) -> Completion:
        """Answer one request, as OpenAIEngine does."""
        assert self._client
        return replace(await self._client.complete(request), server=f"xllamacpp {version('xllamacpp')}")


def _model_findings(endpoints: Mapping[str, Endpoint]) -> Iterator[Finding]:
    fix = "name a GGUF file, as llama.cpp's convert_hf_to_gguf.py makes from a model's folder"
    for role, endpoint in endpoints.items():
        path, key = Path(endpoint.model), ("generate", role, "model")
        if not path.is_file():
            what = "is a folder" if path.is_dir() else "is not there"
            yield Finding(key, f"names '{path}', which {what}; {fix}")
        else:
            with path.open("rb") as file:
                if file.read(4) != b"GGUF":
                    yield Finding(key, f"names '{path}', which is no GGUF file; {fix}")


def _names(xllamacpp: Any) -> set[str]:
    """Parameters that a plain value can set."""
    params = xllamacpp.CommonParams()
    names = (name for name in dir(params) if not name.startswith("_"))
    return {*_THREADS, *(name for name in names if isinstance(getattr(params, name), int | float | str | list | dict))}


def _set_all(role: str, params: Any, options: Mapping[str, Any]) -> Iterator[Finding]:
    for name, value in options.items():
        target = getattr(params, _THREADS[name]) if name in _THREADS else params
        attribute = "n_threads" if name in _THREADS else name
        try:
            if isinstance(getattr(target, attribute), bool) is not isinstance(value, bool):
                raise TypeError
            setattr(target, attribute, value)
        except (TypeError, ValueError, OverflowError):
            kind = type(getattr(target, attribute)).__name__
            yield option_finding(role, (name,), f"is {value!r}, but must be of type {kind}")
