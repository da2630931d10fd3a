"""Engine `openai`: any server with an OpenAI-compatible chat endpoint: vLLM, SGLang, llama.cpp, hosted ones."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from types import TracebackType
from typing import TYPE_CHECKING

from cgd_recipes import __version__
from cgd_recipes.errors import Problem, RecipeError, Where, did_you_mean, user_error
from cgd_recipes.generation.engines.addresses import Address, Addresses, Waits
from cgd_recipes.generation.engines.keys import Keys
from cgd_recipes.generation.engines.openai_answer import (
    AWAY,
    BUSY,
    FatalServerError,
    RetryableError,
    raise_for,
    read_answer,
    read_models,
    retry_after,
)
from cgd_recipes.generation.engines.openai_request import endpoint_findings, request_body
from cgd_recipes.generation.engines.options import raise_if_any
from cgd_recipes.generation.engines.protocol import Completion, EngineSettings, Request, RequestFailed

if TYPE_CHECKING:
    import aiohttp

CONCURRENCY = 256
USES_SERVERS = True
_CATALOGUE = 20
"""Servers that list more models than this are hosted ones, which may serve others too."""
_KEEP_ALIVE = 4.0
"""Seconds that an idle connection is kept: uvicorn, under vLLM and SGLang, and llama.cpp drop it after five."""


def open_engine(settings: EngineSettings) -> OpenAIEngine:
    """The engine for settings of a recipe."""
    return OpenAIEngine(settings)


class OpenAIEngine:
    """Sends requests to named addresses and nowhere else: no proxy of the environment is used, no redirect followed.

    Args:
        settings: endpoints with `base_urls`, and the budget of tries.
        waits: seconds to wait between tries.
    """

    one_model = False

    def __init__(self, settings: EngineSettings, waits: Waits = Waits()):  # noqa: B008 - immutable
        self._settings, self._waits = settings, waits
        self._keys = Keys(settings.endpoints)
        self._headers: dict[str, dict[str, str]]
        self._models: dict[tuple[str, str], dict[str, str]] = {}
        self._answered_as: dict[tuple[str, str], str] = {}
        self._addresses: Addresses
        self._session: aiohttp.ClientSession
        self._timeouts: dict[str, aiohttp.ClientTimeout]

    async def __aenter__(self) -> OpenAIEngine:
        """Connect, and see that every address serves its model.

        Raises:
            SettingsError: an address that is none, or a field that cannot be set.
            RecipeError: no key in the environment, nobody there, or another model.
        """
        import aiohttp

        endpoints = self._settings.endpoints
        raise_if_any(finding for role, endpoint in endpoints.items() for finding in endpoint_findings(role, endpoint))
        _raise_problems(list(self._keys.problems()))
        # Uncompressed: answers are small, and a server cannot blow one up.
        common = {"Accept-Encoding": "identity", "Content-Type": "application/json"}
        self._headers = {role: {**common, **self._keys.header(role)} for role in endpoints}
        self._addresses = Addresses((url for one in endpoints.values() for url in one.base_urls), self._waits)
        seconds, connect = self._settings.timeout, self._waits.connect
        self._timeouts = {
            "POST": aiohttp.ClientTimeout(total=seconds, sock_connect=connect),
            "GET": aiohttp.ClientTimeout(total=connect, sock_connect=connect),
        }
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=_KEEP_ALIVE),
            headers={"User-Agent": f"cgd-recipes/{__version__}"},
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
        )
        checks = [self._first_look(role, url) for role, one in endpoints.items() for url in one.base_urls]
        try:
            found = await asyncio.gather(*checks)
            _raise_problems([problem for problems in found for problem in problems])
        except BaseException:
            await self._session.close()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._session.close()

    async def switch(self, role: str) -> None:
        """Nothing to do: the servers are there all the time."""

    def slots(self, role: str) -> int:
        """Requests of a role to keep in flight."""
        return self._settings.endpoints[role].concurrency * len(self._settings.endpoints[role].base_urls)

    async def complete(self, request: Request) -> Completion:
        """Answer one request, trying again what may pass. A server that is full or away is waited for; that is no try.

        Raises:
            RequestFailed: no answer within the budget of tries, or one that trying again cannot change.
            RecipeError: the key is refused, the server has no such model, or another one now.
        """
        loop, endpoint = asyncio.get_running_loop(), self._settings.endpoints[request.role]
        body = request_body(endpoint, request)
        deadline: float | None = None
        failed: RetryableError | None = None
        sent = tries = 0
        while tries < self._settings.max_attempts:
            try:
                address = await self._addresses.take(endpoint.base_urls, endpoint.concurrency, deadline)
            except TimeoutError:
                break
            deadline = deadline or loop.time() + self._settings.retry_seconds
            sent += 1
            try:
                return await self._try(request, address, body, sent)
            except RetryableError as error:
                failed = error
                self._note(address, error)
            except RequestFailed as error:
                raise RequestFailed(error.reason, self._keys.clean(error.detail), sent) from None
            except FatalServerError as error:
                raise user_error(address.url, self._why(request.role, error)) from None
            finally:
                self._addresses.give(address)
            if failed.kind not in (AWAY, BUSY):
                tries += 1
                pause = self._waits.backoff(tries)
                if tries == self._settings.max_attempts or loop.time() + pause > deadline:
                    break
                await asyncio.sleep(pause)
        assert failed
        raise RequestFailed(failed.reason, self._keys.clean(failed.detail), sent)

    def _note(self, address: Address, error: RetryableError) -> None:
        now = asyncio.get_running_loop().time()
        if error.kind == BUSY:
            address.refused(now, error.wait, self._waits)
        else:
            address.failed(now, self._waits, away=error.kind == AWAY)

    async def _try(self, request: Request, address: Address, body: bytes, sent: int) -> Completion:
        if address.unsure:
            await self._look_again(address)
        loop = asyncio.get_running_loop()
        begin = loop.time()
        status, wait, raw = await self._send("POST", address, "/chat/completions", request.role, body)
        if status != 200:
            raise_for(status, raw, wait)
        answer = self._without_keys(read_answer(raw))
        address.succeeded()
        served = answer.served_model or request.model
        before = self._answered_as.setdefault((request.role, address.url), served)
        if served != before:
            raise FatalServerError(f"answers as '{served}' now, and as '{before}' before: its model was changed")
        seconds = round(loop.time() - begin, 3)
        return replace(answer, seconds=seconds, served_model=served, server=address.url, attempts=sent)

    def _without_keys(self, answer: Completion) -> Completion:
        """An answer without the keys that a server may have sent back in it."""
        clean = self._keys.clean
        return replace(
            answer,
            text=clean(answer.text),
            reasoning=answer.reasoning and clean(answer.reasoning),
            finish_reason=clean(answer.finish_reason),
            served_model=clean(answer.served_model),
        )

    async def _send(
        self, method: str, address: Address, path: str, role: str, body: bytes | None = None
    ) -> tuple[int, float | None, bytes]:
        """Status, seconds that the server asks to wait, and body without keys. A body that was cut short is no answer.

        Raises:
            RetryableError: none came.
            FatalServerError: the server sends us elsewhere.
        """
        import aiohttp

        try:
            async with self._session.request(method, address.url.rstrip("/") + path, data=body, headers=self._headers[role],
                                             timeout=self._timeouts[method], allow_redirects=False) as answer:  # fmt: skip
                status, headers, raw = answer.status, answer.headers, await answer.read()
        except aiohttp.ConnectionTimeoutError:
            address.unsure = True
            raise RetryableError("no connection", f"none within {self._waits.connect:g} s", AWAY) from None
        except TimeoutError:
            raise RetryableError("timeout", f"no answer within {self._timeouts[method].total:g} s") from None
        except aiohttp.ClientConnectorError as error:
            address.unsure = True
            raise RetryableError("no connection", str(error), AWAY) from None
        except (aiohttp.ClientError, OSError) as error:
            address.unsure = True
            raise RetryableError("connection lost", str(error) or type(error).__name__) from None
        if 300 <= status < 400:
            target = self._keys.clean(headers.get("Location", "elsewhere"))
            raise FatalServerError(f"sends requests on to {target}; nothing is sent there unless base_urls names it")
        return status, retry_after(headers) if status != 200 else None, self._keys.clean_bytes(raw)

    async def _first_look(self, role: str, url: str) -> list[Problem]:
        """What is wrong with an address at the start; what it serves is kept."""
        endpoint = self._settings.endpoints[role]
        try:
            status, _, raw = await self._send("GET", self._addresses[url], "/models", role)
            if status in (401, 403):
                raise_for(status, b"", None)
        except RetryableError as error:
            detail = f"{error.reason}: {self._keys.clean(error.detail)}"
            message = f"does not answer ({detail}); start the server, or set generate.{role}.base_urls"
            return [Problem(Where(url), message)]
        except FatalServerError as error:
            return [Problem(Where(url), self._why(role, error))]
        models = self._models[role, url] = read_models(raw) if status == 200 else {}
        if models and endpoint.model not in models and len(models) <= _CATALOGUE:
            hint = did_you_mean(endpoint.model, models) or f"; it serves: {', '.join(list(models)[:5])}"
            return [Problem(Where(url), f"serves no '{endpoint.model}'{hint} (generate.{role}.model)")]
        return []

    async def _look_again(self, address: Address) -> None:
        """A server that was away has the same models as before, or else the run stops."""
        async with address.checking:
            for (role, url), before in self._models.items():
                if url != address.url or not before or not address.unsure:
                    continue
                status, _, raw = await self._send("GET", address, "/models", role)
                if status != 200:
                    return
                model, now = self._settings.endpoints[role].model, read_models(raw)
                names = [model] if model in before else before.keys() | now.keys()
                if any(before.get(name) != now.get(name) for name in names):
                    raise FatalServerError(
                        f"serves {', '.join(now) or 'nothing'} since it was restarted, not what it served before"
                    )
            address.unsure = False

    def _why(self, role: str, error: FatalServerError) -> str:
        endpoint = self._settings.endpoints[role]
        key = f"its key from {endpoint.api_key_env}" if endpoint.api_key_env else "no api_key_env"
        return self._keys.clean(
            f"{error} (generate.{role} has model '{endpoint.model}' and {key}); all answers so far are kept"
        )


def _raise_problems(problems: list[Problem]) -> None:
    if problems:
        raise RecipeError(problems)
