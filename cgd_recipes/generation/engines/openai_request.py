"""What is sent to an OpenAI-compatible server: addresses that can be one, and the body of a request."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

import orjson

from cgd_recipes.errors import Finding
from cgd_recipes.generation.engines.protocol import Endpoint, Request, RequestFailed

_NOT_SETTABLE = frozenset(["model", "messages", "stream", "n"])
"""Fields of a request that `extra_body` cannot set: the answer could not be read, or would not be the one asked for."""


def endpoint_findings(role: str, endpoint: Endpoint) -> Iterator[Finding]:
    """What is wrong with the settings of a role."""
    path = ("generate", role, "base_urls")
    for index, url in enumerate(endpoint.base_urls):
        parts = urlsplit(url)
        if "@" in parts.netloc or parts.query or parts.fragment:
            message = "an address is scheme, host and path only; name the variable that holds a key in api_key_env"
            yield Finding((*path, index), message)
        elif parts.scheme not in ("http", "https") or not parts.hostname:
            yield Finding((*path, index), f"'{url}' is no address such as http://127.0.0.1:8000/v1")
    if not endpoint.base_urls:
        yield Finding(path, "names no server; engine openai needs one")
    for name in sorted(_NOT_SETTABLE.intersection(endpoint.extra_body)):
        yield Finding(("generate", role, "extra_body", name), "cannot be set there")


def request_body(endpoint: Endpoint, request: Request) -> bytes:
    """The body of a chat completion; null takes a field away.

    Raises:
        RequestFailed: text that no JSON can hold.
    """
    sampling = request.sampling
    fields: dict[str, Any] = {
        "model": endpoint.model,
        "messages": [{"role": message.role, "content": message.content} for message in request.messages],
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        "max_tokens": sampling.max_tokens,
        "seed": sampling.seed,
        "stop": list(sampling.stop) or None,
        "response_format": request.schema and _response_format(request.schema),
        **endpoint.extra_body,
    }
    try:
        return orjson.dumps({name: value for name, value in fields.items() if value is not None})
    except TypeError as error:  # a lone surrogate
        raise RequestFailed("prompt is not valid Unicode", str(error)) from None


def _response_format(schema: Mapping[str, Any]) -> dict[str, Any]:
    """How the API spells an answer that follows a schema."""
    return {"type": "json_schema", "json_schema": {"name": "answer", "strict": True, "schema": schema}}
