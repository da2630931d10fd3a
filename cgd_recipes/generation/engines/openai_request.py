"""What is sent to an OpenAI-compatible server: addresses that can be one, and the body of a request."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

import orjson

from cgd_recipes.errors import Finding
from cgd_recipes.generation.engines.openai_answer import refuses_max_tokens
from cgd_recipes.generation.engines.protocol import Endpoint, Request, RequestFailed

_HOST = re.compile(r"[\w-]+(?:\.[\w-]+)*\.?|[0-9A-Fa-f.]*:[0-9A-Fa-f:.]+(?:%[\w.-]+)?")
_NOT_SETTABLE = frozenset(["model", "messages", "stream", "n"])
"""Fields of a request that `extra_body` cannot set: the answer could not be read, or would not be the one asked for."""
_NOT_UNDERSTOOD, _ABOUT_ELSE = frozenset([400, 404, 405, 415, 422, 501]), frozenset([401, 402, 403, 413, 429])
"""HTTP statuses that may be about any field of a request, and those that are about none, whatever their text."""
_FORMAT_WORDS = (b"response_format", b"json_schema", b"structured", b"guided", b"grammar")


@dataclass(frozen=True)
class Dialect:
    """What a server takes, as it turned out.

    Attributes:
        limit: the field that limits the answer's tokens; models that think want `max_completion_tokens`.
        takes_schema: whether it can be told a JSON Schema (`response_format`).
    """

    limit: str = "max_tokens"
    takes_schema: bool = True

    def after_refusal(self, request: Request, status: int, body: bytes) -> Dialect | None:
        """The dialect to try next where a request was refused in this one; None where that is not what is wrong."""
        if status in _NOT_UNDERSTOOD and self.limit == "max_tokens" and refuses_max_tokens(body):
            return replace(self, limit="max_completion_tokens")
        says_so = any(word in body for word in _FORMAT_WORDS)
        by_status = status in _NOT_UNDERSTOOD or (says_so and status not in _ABOUT_ELSE)
        if request.schema and self.takes_schema and by_status:
            return replace(self, takes_schema=False)
        return None


def endpoint_findings(role: str, endpoint: Endpoint) -> Iterator[Finding]:
    """What is wrong with the settings of a role that a server answers."""
    path = ("generate", role, "base_urls")
    for index, url in enumerate(endpoint.base_urls):
        if message := address_fault(url):
            yield Finding((*path, index), message)
    if not endpoint.base_urls:
        yield Finding(path, "names no server; an engine of servers needs one")
    for name in sorted(_NOT_SETTABLE.intersection(endpoint.extra_body)):
        yield Finding(("generate", role, "extra_body", name), "cannot be set there")


def address_fault(url: str) -> str:
    """Why a text is no address of a server; empty where it is one. Never with what may be a key."""
    try:
        parts = urlsplit(url)
        host, _ = (parts.hostname or ""), parts.port
        host.encode("idna")
    except ValueError as error:  # brackets without an end, a port beyond 65535, a host with an empty label
        return f"is no address: {' '.join(str(error).split())[:80]}"
    if "@" in parts.netloc or "?" in url or "#" in url:
        return "an address is scheme, host and path only; name the variable that holds a key in api_key_env"
    is_host = bool(_HOST.fullmatch(host)) and parts.port != 0
    if parts.path.rstrip("/").endswith("/chat/completions"):
        return "ends in /chat/completions, which is added to it; leave that out"
    if parts.scheme not in ("http", "https") or not is_host or not url.isprintable() or " " in url:
        return f"'{url}' is no address such as http://127.0.0.1:8000/v1"
    return ""


def request_body(endpoint: Endpoint, request: Request, dialect: Dialect) -> bytes:
    """The body of a chat completion; a null in `extra_body` takes a field away.

    Raises:
        RequestFailed: text that no JSON can hold.
    """
    sampling = request.sampling
    fields: dict[str, Any] = {
        "model": endpoint.model,
        "messages": [{"role": message.role, "content": message.content} for message in request.messages],
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        dialect.limit: sampling.max_tokens,
        "seed": sampling.seed,
        "stop": list(sampling.stop) or None,
        "response_format": _response_format(request.schema) if request.schema and dialect.takes_schema else None,
        **endpoint.extra_body,
    }
    try:
        return orjson.dumps({name: value for name, value in fields.items() if value is not None})
    except TypeError as error:  # a lone surrogate
        raise RequestFailed("prompt is not valid Unicode", str(error)) from None


def _response_format(schema: Mapping[str, Any]) -> dict[str, Any]:
    """How the API spells an answer that follows a schema."""
    return {"type": "json_schema", "json_schema": {"name": "answer", "strict": True, "schema": schema}}
