"""Engine `openai`: any server with an OpenAI-compatible chat endpoint: vLLM, SGLang, llama.cpp, hosted ones."""

from __future__ import annotations

import asyncio
import json
import os
import random
import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import TYPE_CHECKING, Any

from cgd_recipes.errors import did_you_mean, user_error
from cgd_recipes.generation.engine import Completion, EngineSettings, Request, RequestFailed

if TYPE_CHECKING:
    import aiohttp

_AGAIN = frozenset([408, 409, 425, 429, 500, 502, 503, 504, 520, 522, 524, 529])
"""HTTP statuses worth another try: the server is busy, restarting, or failed in passing."""
_TOO_LONG = ("context length", "context window", "context size", "too long", "maximum model length", "max_model_len")
_REST = 2.0
"""Seconds that an address which failed is left alone while others answer."""
_FIRST_WAIT, _LONGEST_WAIT = 0.5, 30.0


class _Again(Exception):
    """A try that failed in a way which may pass.

    Args:
        wait: seconds that the server asks to wait; None where it does not say.
    """

    def __init__(self, reason: str, detail: str = "", wait: float | None = None):
        super().__init__(reason)
        self.reason, self.detail, self.wait = reason, detail, wait


def open_engine(settings: EngineSettings) -> OpenAIEngine:
    """The engine for settings of a recipe."""
    return OpenAIEngine(settings)


class OpenAIEngine:
    """Sends requests to named addresses and nowhere else: no proxy of the environment is used, no redirect followed.

    Args:
        settings: endpoints with `base_urls`, and the budget of tries.
    """

    one_model = False

    def __init__(self, settings: EngineSettings):
        self._endpoints, self._timeout = settings.endpoints, settings.timeout
        self._max_attempts, self._retry_seconds = settings.max_attempts, settings.retry_seconds
        urls = {url for endpoint in self._endpoints.values() for url in endpoint.base_urls}
        self._in_flight, self._rests_until = dict.fromkeys(urls, 0), dict.fromkeys(urls, 0.0)
        self._keys: dict[str, str] = {}
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> OpenAIEngine:
        """Connect, and see that every address serves its model.

        Raises:
            RecipeError: no key in the environment, nobody there, or another model.
        """
        import aiohttp

        for role, endpoint in self._endpoints.items():
            if endpoint.api_key_env:
                key = os.environ.get(endpoint.api_key_env, "").strip()
                if not key:
                    message = f"is not set; generate.{role}.api_key_env names it as the variable that holds the key"
                    raise user_error(endpoint.api_key_env, message)
                self._keys[role] = key
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0), timeout=aiohttp.ClientTimeout(total=self._timeout), trust_env=False
        )
        try:
            checks = [self._check(role, url) for role, one in self._endpoints.items() for url in one.base_urls]
            await asyncio.gather(*checks)
        except BaseException:
            await self._session.close()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session:
            await self._session.close()

    async def switch(self, role: str) -> None:
        """Nothing to do: the servers are there all the time."""

    def slots(self, role: str) -> int:
        """Requests of a role to keep in flight."""
        return self._endpoints[role].concurrency * len(self._endpoints[role].base_urls)

    async def _check(self, role: str, url: str) -> None:
        import aiohttp

        assert self._session
        try:
            async with self._session.get(f"{url}/models", headers=self._headers(role), allow_redirects=False,
                                         timeout=aiohttp.ClientTimeout(total=30)) as answer:  # fmt: skip
                status, body = answer.status, await answer.read()
        except (TimeoutError, aiohttp.ClientError) as error:
            reason = self._clean(str(error) or type(error).__name__)
            message = f"does not answer ({reason}); start the server, or set generate.{role}.base_urls"
            raise user_error(url, message) from None
        if status in (401, 403):
            raise self._refused(role, url, status)
        served = _served(body) if status == 200 else []
        model = self._endpoints[role].model
        if served and model not in served:
            hint = did_you_mean(model, served) or f"; it serves: {', '.join(served[:5])}"
            raise user_error(url, f"serves no '{model}'{hint} (generate.{role}.model)")

    async def complete(self, request: Request) -> Completion:
        """Answer one request, trying again what may pass.

        Raises:
            RequestFailed: no answer within the budget of tries, or one that trying again cannot change.
            RecipeError: the key is refused, or the server has no such model (any more).
        """
        begin, wait = time.monotonic(), _FIRST_WAIT
        for attempt in range(1, self._max_attempts + 1):
            url = self._choose(request.role)
            self._in_flight[url] += 1
            try:
                return await self._try(request, url, attempt)
            except _Again as again:
                failed = again
            finally:
                self._in_flight[url] -= 1
            if failed.wait is None:
                self._rests_until[url] = time.monotonic() + _REST
            pause = failed.wait if failed.wait is not None else wait * random.uniform(0.5, 1.5)  # noqa: S311 - jitter
            wait = min(2 * wait, _LONGEST_WAIT)
            if attempt == self._max_attempts or time.monotonic() - begin + pause > self._retry_seconds:
                break
            await asyncio.sleep(pause)
        raise RequestFailed(failed.reason, self._clean(failed.detail), attempt)

    def _choose(self, role: str) -> str:
        """The address with the fewest requests in flight, those that failed just now last."""
        now = time.monotonic()
        return min(
            self._endpoints[role].base_urls, key=lambda url: (self._rests_until[url] > now, self._in_flight[url])
        )

    async def _try(self, request: Request, url: str, attempt: int) -> Completion:
        import aiohttp

        assert self._session
        begin = time.monotonic()
        try:
            async with self._session.post(f"{url}/chat/completions", json=self._body(request), allow_redirects=False,
                                          headers=self._headers(request.role)) as answer:  # fmt: skip
                status, wait, raw = answer.status, _retry_after(answer.headers.get("Retry-After")), await answer.read()
        except TimeoutError:
            raise _Again("timeout", f"no answer within {self._timeout:g} s") from None
        except (aiohttp.ClientError, OSError) as error:
            raise _Again("connection lost", str(error) or type(error).__name__) from None
        if status != 200:
            self._raise_for(request.role, url, status, raw, wait, attempt)
        try:
            return self._parse(json.loads(raw), request, url, attempt, time.monotonic() - begin)
        except (ValueError, LookupError, TypeError, AttributeError):
            raise _Again("malformed answer", raw[:200].decode(errors="replace")) from None

    def _body(self, request: Request) -> dict[str, Any]:
        endpoint, sampling = self._endpoints[request.role], request.sampling
        body: dict[str, Any] = {
            **endpoint.extra_body,
            "model": endpoint.model,
            "messages": [message._asdict() for message in request.messages],
            "temperature": sampling.temperature,
            "top_p": sampling.top_p,
            "max_tokens": sampling.max_tokens,
        }
        if sampling.seed is not None:
            body["seed"] = sampling.seed
        if request.schema is not None:
            schema = {"name": "answer", "strict": True, "schema": request.schema}
            body["response_format"] = {"type": "json_schema", "json_schema": schema}
        if sampling.stop:
            body["stop"] = list(sampling.stop)
        return body

    def _headers(self, role: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._keys[role]}"} if role in self._keys else {}

    def _raise_for(self, role: str, url: str, status: int, raw: bytes, wait: float | None, attempt: int) -> None:
        text = raw[:2_000].decode(errors="replace")
        if status in _AGAIN:
            raise _Again(f"HTTP {status}", text[:300], wait)
        if status in (401, 403):
            raise self._refused(role, url, status)
        if status == 404:
            raise user_error(
                url, f"has no model '{self._endpoints[role].model}' or no chat endpoint: {self._clean(text[:300])}"
            )
        if any(sign in text.lower() for sign in _TOO_LONG):
            raise RequestFailed("prompt too long", self._clean(text[:300]), attempt)
        raise RequestFailed(f"HTTP {status}", self._clean(text[:300]), attempt)

    def _refused(self, role: str, url: str, status: int) -> Exception:
        named = self._endpoints[role].api_key_env
        what = (
            f"the key in {named}"
            if named
            else f"a request without a key; name its variable in generate.{role}.api_key_env"
        )
        return user_error(url, f"refuses {what} (HTTP {status})")

    def _parse(self, answer: Any, request: Request, url: str, attempt: int, seconds: float) -> Completion:
        choice, endpoint = answer["choices"][0], self._endpoints[request.role]
        message, usage = choice["message"], answer.get("usage") or {}
        served = str(answer.get("model") or endpoint.model)
        if not _same_model(served, endpoint.model):
            message = f"answers as '{served}' now, not as '{endpoint.model}': its model was changed; every answer so far is kept"
            raise user_error(url, message)
        text, reasoning = message.get("content") or "", message.get("reasoning") or message.get("reasoning_content")
        if not isinstance(text, str) or not isinstance(reasoning, str | None):
            raise TypeError
        finish = str(choice.get("finish_reason") or "unknown")
        if not text.strip() and not (reasoning or "").strip() and finish != "length":
            raise _Again("empty answer")
        cached = (usage.get("prompt_tokens_details") or {}).get("cached_tokens")
        return Completion(text, reasoning, finish, usage.get("prompt_tokens"), usage.get("completion_tokens"), cached,
                          round(seconds, 3), served, url, attempt)  # fmt: skip

    def _clean(self, text: str) -> str:
        """Text of a server without the keys that it may have sent back."""
        for key in self._keys.values():
            text = text.replace(key, "[key]")
        return text


def _same_model(served: str, asked: str) -> bool:
    """Hosted services answer with a dated name (`x-2026-01-01` for `x`), llama.cpp with the file's path."""
    return (
        served == asked
        or served.startswith(asked)
        or served.endswith(("/" + asked, asked + ".gguf"))
        or asked.endswith(served)
    )


def _served(body: bytes) -> list[str]:
    try:
        return [str(model["id"]) for model in json.loads(body)["data"]]
    except (ValueError, LookupError, TypeError):
        return []


def _retry_after(header: str | None) -> float | None:
    """Seconds of a Retry-After header (RFC 9110, 10.2.3): a number, or a date."""
    if not header:
        return None
    try:
        return max(0.0, float(header))
    except ValueError:
        pass
    try:
        return max(0.0, (parsedate_to_datetime(header) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return None
