"""What the runner asks of an engine, and what it gets back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, NamedTuple, Protocol, Self, runtime_checkable

from cgd_recipes.errors import Finding, dotted

ROLES = ("student", "teacher")


class Sampling(NamedTuple):
    """How tokens are drawn; sent whole with every request, since a server otherwise applies the model's own defaults.

    A temperature or top_p of None is not sent: some servers take none but their own.
    """

    temperature: float | None = 0.0
    top_p: float | None = 1.0
    max_tokens: int = 8192
    seed: int | None = None
    stop: tuple[str, ...] = ()


@dataclass(frozen=True)
class Endpoint:
    """Where, or how, one role's model is run.

    Attributes:
        model: what the engine calls it: a served name, a hub id, or the absolute path of a folder or a GGUF file.
        base_urls: addresses up to and with `/v1`, for engines of servers; requests go to the least busy one.
        api_key_env: environment variable with the key; None where none is needed.
        concurrency: requests in flight at each address, or in the engine.
        extra_body: fields to add to every request, as a server takes them; they change what is answered.
        options: the engine's own settings as they are, for engines that load the model.
        check_model: whether a server must list the model, find it every time and answer as the same one all the time.
    """

    model: str
    base_urls: tuple[str, ...] = ()
    api_key_env: str | None = None
    concurrency: int = 256
    extra_body: Mapping[str, Any] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    check_model: bool = True


@dataclass(frozen=True)
class EngineSettings:
    """What a recipe says of an engine.

    Attributes:
        endpoints: role -> where its model is run; only the roles that are needed.
        timeout: seconds for one try, from sending to the last byte.
        max_attempts: tries for a request.
        retry_seconds: seconds from a request's first try after which no other try begins.
    """

    endpoints: Mapping[str, Endpoint]
    timeout: float = 600.0
    max_attempts: int = 8
    retry_seconds: float = 1800.0


class Message(NamedTuple):
    """One turn of a conversation."""

    role: str
    content: str


@dataclass(frozen=True)
class Request:
    """One completion that is wanted.

    Attributes:
        key: address of the result in the journal: SHA-256 of stage, messages, model, sampling, extra fields and schema.
        stage: name of the stage that asks.
        row_id: the row that is asked for.
        role: student or teacher; says which model and which endpoints.
        model: name of the model, as the recipe gives it.
        messages: the conversation so far; the last turn is the user's.
        sampling: how tokens are drawn.
        attempt: 1 for the stage's own question, 2 for the turn that asks for what the first answer lacked.
        schema: JSON Schema that the answer must follow, by constrained decoding; None for free text.
    """

    key: str
    stage: str
    row_id: str
    role: str
    model: str
    messages: tuple[Message, ...]
    sampling: Sampling
    attempt: int = 1
    schema: dict[str, Any] | None = field(default=None, compare=False)

    @property
    def is_follow_up(self) -> bool:
        """Whether it asks for what an earlier answer lacked."""
        return self.attempt > 1


@dataclass(frozen=True)
class Completion:
    """One finished answer, as the engine gave it.

    Attributes:
        text: the answer, unparsed; thinking may be in it.
        reasoning: thinking which the engine returned apart; None where it did not.
        finish_reason: stop, length, or what the engine says.
        prompt_tokens, completion_tokens, cached_tokens: as reported; None where it was not.
        seconds: from sending the request to the end of the answer.
        served_model: what the engine says the model is; empty where it does not say.
        server: address or engine, never with a key in it.
        attempts: tries that it took.
    """

    text: str
    reasoning: str | None
    finish_reason: str
    prompt_tokens: int | None
    completion_tokens: int | None
    cached_tokens: int | None
    seconds: float = 0.0
    served_model: str = ""
    server: str = ""
    attempts: int = 1


class RequestFailed(Exception):
    """A request that brought no usable answer within its budget of tries.

    Args:
        reason: a few words which are the same for all failures of this kind: `HTTP 500`, `timeout`, `connection lost`,
            `malformed answer`, `empty answer`, `truncated answer`, `prompt too long`, ...
        detail: what the engine said; no keys.
        attempts: tries made.
    """

    def __init__(self, reason: str, detail: str = "", attempts: int = 1):
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason, self.detail, self.attempts = reason, detail, attempts


class SettingsError(Exception):
    """Settings with which an engine cannot run, before it is known where the recipe sets them.

    Args:
        findings: every mistake, by key path from `generate` on.
    """

    def __init__(self, findings: Iterable[Finding]):
        self.findings = list(findings)
        super().__init__("\n".join(f"'{dotted(finding.path)}' {finding.message}" for finding in self.findings))


class Engine(Protocol):
    """An engine that answers one request at a time, many at once.

    Attributes:
        one_model: whether only one role's model fits at a time; the runner then finishes the student's stages first and
            calls `switch` before the teacher's.
    """

    one_model: bool

    async def __aenter__(self) -> Self:
        """Start, or connect.

        Raises:
            SettingsError, RecipeError: that cannot succeed.
        """

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop; requests in flight are given up."""

    async def switch(self, role: str) -> None:
        """Make ready for the requests of a role."""

    def slots(self, role: str) -> int:
        """How many requests of a role should be in flight."""

    async def complete(self, request: Request) -> Completion:
        """Answer one request; retries are the engine's.

        Raises:
            RequestFailed: not answered within the budget; the row is set aside.
            SettingsError, RecipeError: nothing of this run can be answered (wrong key, no such model); the run stops.
        """


@runtime_checkable
class BatchEngine(Protocol):
    """An engine that distributes a whole stage by itself."""

    def __enter__(self) -> Self:
        """Start, or connect.

        Raises:
            SettingsError, RecipeError: that cannot succeed.
        """

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""

    def batch(self, role: str, requests: Iterable[Request]) -> Iterator[tuple[Request, Completion | RequestFailed]]:
        """Answer all requests of one stage, in any order, each as soon as it is there.

        Raises:
            SettingsError, RecipeError: the engine cannot run.
        """


class EngineModule(Protocol):
    """All that a module of an engine must have; `registry.ENGINES` lists the modules.

    Attributes:
        CONCURRENCY: requests in flight, at each address or in the engine, where the recipe leaves that open.
        USES_SERVERS: whether it sends requests to `base_urls`, with the key of `api_key_env`; an engine that does not loads the
            models itself, and takes its own settings from `options`.
        ENVIRONMENT: environment variables that must be set before it is opened, because its packages read them on import; who
            opens it sets them where they are not set.
    """

    CONCURRENCY: int
    USES_SERVERS: bool
    ENVIRONMENT: Mapping[str, str]

    def open_engine(self, settings: EngineSettings) -> Engine | BatchEngine:
        """The engine for settings of a recipe, not yet started.

        Raises:
            SettingsError: settings that are wrong; each one.
            RecipeError: a package that it needs is missing.
        """
