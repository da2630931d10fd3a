"""Engine `openai`: any server with an OpenAI-compatible chat endpoint: vLLM, SGLang, llama.cpp, hosted ones."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from types import TracebackType

from cgd_recipes.errors import Problem, RecipeError, Where, user_error
from cgd_recipes.generation.engines.addresses import Address, Addresses, Clock, Waits
from cgd_recipes.generation.engines.keys import Keys
from cgd_recipes.generation.engines.openai_answer import (
    AWAY,
    BUSY,
    FatalServerError,
    RetryableError,
    raise_for,
    read_answer,
    refused_setting,
    server_words,
    stated_status,
)
from cgd_recipes.generation.engines.openai_http import Http, Reply
from cgd_recipes.generation.engines.openai_models import ServedModels, skip_check
from cgd_recipes.generation.engines.openai_request import Dialect, endpoint_findings, request_body
from cgd_recipes.generation.engines.options import raise_if_any
from cgd_recipes.generation.engines.protocol import Completion, EngineSettings, Request, RequestFailed

CONCURRENCY = 256
USES_SERVERS = True
ENVIRONMENT: Mapping[str, str] = {}


def open_engine(settings: EngineSettings) -> OpenAIEngine:
    """The engine for settings of a recipe."""
    return OpenAIEngine(settings)


class OpenAIEngine:
    """Sends requests to named addresses and nowhere else.

    Args:
        settings: endpoints with `base_urls`, and the budget of tries.
        waits: seconds to wait between tries.
        clock: by which they are waited for; a test has one of its own.
    """

    one_model = False

    def __init__(self, settings: EngineSettings, waits: Waits = Waits(), clock: Clock | None = None):  # noqa: B008 - immutable
        self._settings, self._waits, self._clock = settings, waits, clock or Clock()
        self._keys = Keys(settings.endpoints)
        self._http = Http(settings, self._keys, waits.connect)
        self._models = ServedModels(settings, self._http)
        self._dialects: dict[tuple[str, str], Dialect] = {}
        self._addresses: Addresses

    async def __aenter__(self) -> OpenAIEngine:
        """Connect, and see that every address serves its model.

        Raises:
            SettingsError: an address that is none, or a field that cannot be set.
            RecipeError: no key in the environment, nobody there, or another model.
        """
        endpoints = self._settings.endpoints
        raise_if_any(finding for role, endpoint in endpoints.items() for finding in endpoint_findings(role, endpoint))
        _raise_problems(list(self._keys.problems()))
        urls = [(role, url) for role, endpoint in endpoints.items() for url in endpoint.base_urls]
        self._addresses = Addresses((url for _, url in urls), self._waits, self._clock)
        self._http.open()
        try:
            found = await asyncio.gather(*[self._first_look(role, url) for role, url in urls])
            _raise_problems([problem for problems in found for problem in problems])
        except BaseException:
            await self._http.close()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.close()

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
        clock, endpoint = self._clock, self._settings.endpoints[request.role]
        deadline: float | None = None
        failed: RetryableError | None = None
        sent = tries = 0
        while tries < self._settings.max_attempts:
            try:
                address = await self._addresses.take(endpoint.base_urls, endpoint.concurrency, deadline)
            except TimeoutError:
                break
            deadline = deadline or clock.time() + self._settings.retry_seconds
            sent += 1
            try:
                # A server may fail at the schema without a word about it, so the last try goes without one.
                is_last = 0 < tries == self._settings.max_attempts - 1
                return await self._try(replace(request, schema=None) if is_last else request, address, sent)
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
                if tries == self._settings.max_attempts or clock.time() + pause > deadline:
                    break
                await clock.sleep(pause)
        assert failed
        raise RequestFailed(failed.reason, self._keys.clean(failed.detail), sent)

    def _note(self, address: Address, error: RetryableError) -> None:
        now = self._clock.time()
        if error.kind == BUSY:
            # Whatever a server asks for, no request waits longer than its own budget.
            wait = None if error.wait is None else min(error.wait, self._settings.retry_seconds)
            address.refused(now, wait, self._waits)
        else:
            address.failed(now, self._waits, away=error.kind == AWAY)

    async def _try(self, request: Request, address: Address, sent: int) -> Completion:
        if address.unsure:
            await self._models.look_again(address)
        begin = self._clock.time()
        reply = await self._send(request, address)
        if reply.status == 404 and not self._settings.endpoints[request.role].check_model:
            said = server_words(reply.body)
            raise RetryableError("HTTP 404", f"a gateway may not find a model for a moment; it said: {said}")
        if reply.status != 200:
            raise_for(reply.status, reply.body, reply.wait, request)
        answer = self._without_keys(read_answer(reply.body, request))
        address.succeeded()
        served = answer.served_model or request.model
        if answer.served_model:
            self._models.check_answer(request.role, address.url, served)
        seconds = round(self._clock.time() - begin, 3)
        return replace(answer, seconds=seconds, served_model=served, server=address.url, attempts=sent)

    async def _send(self, request: Request, address: Address) -> Reply:
        """The reply, in the dialect that the server takes; one that it was found to take is kept for later requests."""
        endpoint, key = self._settings.endpoints[request.role], (request.role, address.url)
        dialect: Dialect | None = self._dialects.get(key, Dialect())
        first: Reply | None = None
        while dialect:
            body = request_body(endpoint, request, dialect)
            reply = await self._http.send("POST", address, "/chat/completions", request.role, body)
            reply = reply._replace(status=stated_status(reply.status, reply.body))
            if reply.status == 200:
                self._dialects[key] = dialect
                return reply
            first = first or reply
            limit, dialect = dialect.limit, dialect.after_refusal(request, reply.status, reply.body)
            if dialect and dialect.limit != limit:  # understood, so what counts is what the next reply says
                first = None
        assert first
        if first.status in (400, 422) and (refused := refused_setting(first.body, request)):
            name, said = refused
            none = "[]" if name == "stop" else "null"
            raise FatalServerError(
                f"{said} (HTTP {first.status}); set generate.{request.role}.{name}: {none}, so that none is sent"
            )
        return first

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

    async def _first_look(self, role: str, url: str) -> list[Problem]:
        try:
            return await self._models.first_look(role, self._addresses[url])
        except (RetryableError, RequestFailed) as error:
            detail = f"{error.reason}: {self._keys.clean(error.detail)}"
            message = f"does not answer ({detail}); start the server, or set generate.{role}.base_urls"
        except FatalServerError as error:
            message = self._why(role, error)
        return [Problem(Where(url), message)]

    def _why(self, role: str, error: FatalServerError) -> str:
        endpoint = self._settings.endpoints[role]
        key = f"its key from {endpoint.api_key_env}" if endpoint.api_key_env else "no api_key_env"
        hint = skip_check(role) if error.about_model else ""
        return self._keys.clean(
            f"{error} (generate.{role} has model '{endpoint.model}' and {key}){hint}; all answers so far are kept"
        )


def _raise_problems(problems: list[Problem]) -> None:
    if problems:
        raise RecipeError(problems)
