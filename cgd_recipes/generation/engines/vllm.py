"""Engine `vllm`: models in this process on vLLM, the student's first and then the teacher's on the same devices."""

from __future__ import annotations

import asyncio
import inspect
import time
import uuid
from collections.abc import Mapping
from dataclasses import fields
from types import TracebackType
from typing import Any

from cgd_recipes.errors import Finding, user_error
from cgd_recipes.generation.engines.options import (
    TEMPLATE_KEY,
    extra_body_findings,
    import_or_explain,
    models_to_load,
    option_name_findings,
    raise_if_any,
    sampling_values,
)
from cgd_recipes.generation.engines.protocol import Completion, EngineSettings, Request, RequestFailed, SettingsError

CONCURRENCY = 256
USES_SERVERS = False
ENVIRONMENT: Mapping[str, str] = {"VLLM_NO_USAGE_STATS": "1", "VLLM_LOGGING_LEVEL": "ERROR"}
"""It reports its use to nobody, and logs only errors: the display says the rest."""
_SET_ELSEWHERE = {"model": "generate.{role}.model", "enable_log_requests": "nothing: requests are in the journal"}


def open_engine(settings: EngineSettings) -> VLLMEngine:
    """The engine for settings of a recipe.

    Raises:
        SettingsError: an option is no engine argument of the installed version, or a field no sampling parameter.
        RecipeError: vLLM is missing.
    """
    arguments, sampling = vllm_names("vllm")
    names = option_name_findings(settings, arguments, _SET_ELSEWHERE, "vLLM engine argument")
    raise_if_any([*names, *extra_body_findings(settings, sampling)])
    return VLLMEngine(settings)


def vllm_names(engine: str) -> tuple[set[str], set[str]]:
    """Names of the engine arguments and of the sampling parameters that the installed vLLM knows.

    Raises:
        RecipeError: vLLM is missing.
    """
    arguments, vllm = import_or_explain(engine, "vllm.engine.arg_utils"), import_or_explain(engine, "vllm")
    names = {argument.name for argument in fields(arguments.AsyncEngineArgs)}
    return names, set(inspect.signature(vllm.SamplingParams).parameters)


class VLLMEngine:
    """Gives requests to vLLM one by one, which batches them continuously.

    Args:
        settings: endpoints whose `options` are vLLM engine arguments, and whose `extra_body` are further sampling
            parameters or `chat_template_kwargs`, as vLLM's server takes them.

    Attributes:
        one_model: whether the roles have different models; otherwise one is loaded for both.
    """

    def __init__(self, settings: EngineSettings):
        self._endpoints, self._timeout = settings.endpoints, settings.timeout
        shared = models_to_load(settings.endpoints)
        self._first = {role: first for first, roles in shared.items() for role in roles}
        self.one_model = len(shared) > 1
        self._loaded: str | None = None
        self._loading = asyncio.Lock()
        self._engine: Any = None
        self._tokenizer: Any = None
        self._server = ""

    async def __aenter__(self) -> VLLMEngine:
        """Nothing yet: a model is loaded at its first request, so that a run whose answers are all known loads none."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._unload()

    async def switch(self, role: str) -> None:
        """Free the other role's model."""
        if self._loaded != self._first[role]:
            await self._unload()

    async def _load(self, role: str) -> None:
        import vllm
        from vllm.engine.arg_utils import AsyncEngineArgs
        from vllm.v1.engine.async_llm import AsyncLLM

        endpoint = self._endpoints[role]
        try:
            arguments = AsyncEngineArgs(model=endpoint.model, **{"disable_log_stats": True, **endpoint.options})
            self._engine = AsyncLLM.from_engine_args(arguments)
            found = self._engine.get_tokenizer()
            self._tokenizer = await found if inspect.isawaitable(found) else found
        except Exception as error:
            await self._unload()
            message = f"names '{endpoint.model}', which vLLM cannot load: {_brief(error)}"
            raise SettingsError([Finding(("generate", role, "model"), message)]) from error
        if not getattr(self._tokenizer, "chat_template", "one of its own"):
            await self._unload()
            raise no_template(role, endpoint.model)
        self._loaded, self._server = self._first[role], f"vllm {vllm.__version__}"

    async def _unload(self) -> None:
        engine, self._engine, self._tokenizer, self._loaded = self._engine, None, None, None
        if engine is not None:
            # Weights and cache live in a process of vLLM's own, and are free when it has ended, which this waits for.
            engine.shutdown()

    def slots(self, role: str) -> int:
        """Requests to keep in flight; vLLM itself runs at most `max_num_seqs` of them at once."""
        return self._endpoints[role].concurrency

    async def complete(self, request: Request) -> Completion:
        """Answer one request; in process there is nothing that trying again would change.

        Raises:
            RequestFailed: the prompt leaves no room for an answer, the answer is empty, or it takes too long.
            SettingsError: vLLM cannot load the model, or the model has no chat template.
            RecipeError: vLLM died.
        """
        from vllm.v1.engine.exceptions import EngineDeadError

        async with self._loading:
            if self._loaded is None:
                await self._load(request.role)

        begin, ids = time.monotonic(), self._encode(request)
        room = int(self._engine.model_config.max_model_len) - len(ids)
        if room < 1:
            raise RequestFailed("prompt too long", f"{len(ids)} tokens, and max_model_len is {len(ids) + room}")
        try:
            async with asyncio.timeout(self._timeout):
                output = await self._generate(ids, request, room)
        except TimeoutError:
            raise RequestFailed("timeout", f"no answer within {self._timeout:g} s") from None
        except EngineDeadError as error:
            raise user_error(request.model, "vLLM died, see its messages above; every answer so far is kept") from error
        answer = output.outputs[0]
        finish = str(answer.finish_reason or "unknown")
        if not answer.text.strip() and finish != "length":
            raise RequestFailed("empty answer", f"finish_reason {finish}")
        return Completion(answer.text, None, finish, len(ids), len(answer.token_ids), output.num_cached_tokens,
                          round(time.monotonic() - begin, 3), self._endpoints[request.role].model, self._server)  # fmt: skip

    def _encode(self, request: Request) -> list[int]:
        import jinja2

        messages = [message._asdict() for message in request.messages]
        more = self._endpoints[request.role].extra_body.get(TEMPLATE_KEY, {})
        try:
            ids = self._tokenizer.apply_chat_template(
                messages, add_generation_prompt=True, tokenize=True, return_dict=False, **more
            )
        except jinja2.TemplateError as error:
            raise RequestFailed("refused by the chat template", str(error)) from error
        return list(ids)

    async def _generate(self, ids: list[int], request: Request, room: int) -> Any:
        from vllm import SamplingParams, TokensPrompt
        from vllm.sampling_params import RequestOutputKind, StructuredOutputsParams

        values = sampling_values(request, self._endpoints[request.role].extra_body, room)
        if request.schema:
            values["structured_outputs"] = StructuredOutputsParams(json=request.schema)
        try:
            parameters = SamplingParams(**values, output_kind=RequestOutputKind.FINAL_ONLY)
            async for output in self._engine.generate(TokensPrompt(prompt_token_ids=ids), parameters, uuid.uuid4().hex):
                if output.finished:
                    return output
        except ValueError as error:
            raise RequestFailed("refused by vLLM", _brief(error)) from error
        raise RequestFailed("no answer", "vLLM ended the request without one")


def no_template(role: str, model: str) -> SettingsError:
    """The error for a model that does not say how a conversation is written."""
    fix = "name an instruct model, or a folder with a chat_template.jinja beside the tokenizer"
    return SettingsError(
        [Finding(("generate", role, "model"), f"names '{model}', which has no chat template (a base model?); {fix}")]
    )


def _brief(error: BaseException) -> str:
    return " ".join(str(error).split())[:300] or type(error).__name__
